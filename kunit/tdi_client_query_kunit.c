// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queries and options through the interface for clients in the kernel: their
 * buffers, and that they are those of user space.
 */
#include <net/tcp.h>

#include "tdi_kunit_client.h"

static void query_control_close(void *file)
{
	tdi_close(file);
}

static struct tdi_file *query_control(struct kunit *test)
{
	struct tdi_file *file;

	KUNIT_ASSERT_EQ(test, tdi_open_control(&init_net, TDI_DEVICE_TCP,
					       &file), STATUS_SUCCESS);
	tdi_kunit_defer(test, query_control_close, file);
	return file;
}

static void query_information(struct kunit *test)
{
	struct tdi_file *control = query_control(test);
	struct tdi_provider_info info = {};
	u8 part[17];
	size_t length;

	KUNIT_EXPECT_EQ(test, tdi_query(control, TDI_QUERY_PROVIDER_INFO, &info,
					sizeof(info), &length), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, length, 40);
	KUNIT_EXPECT_EQ(test, info.version, 0x100);

	/* nothing behind the part that fits */
	part[16] = 0xa5;
	KUNIT_EXPECT_EQ(test, tdi_query(control, TDI_QUERY_PROVIDER_INFO, part,
					16, &length), STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, length, 16);
	KUNIT_EXPECT_MEMEQ(test, part, &info, 16);
	KUNIT_EXPECT_EQ(test, part[16], 0xa5);
	KUNIT_EXPECT_EQ(test, tdi_query(control, TDI_QUERY_PROVIDER_INFO, NULL,
					0, &length), STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, length, 0);

	KUNIT_EXPECT_EQ(test, tdi_query(control, TDI_QUERY_ADDRESS_INFO, part,
					16, &length),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, tdi_query(control, 0x7777, part, 16, &length),
			STATUS_INVALID_DEVICE_REQUEST);
}

/* That of a connection is about its own socket. */
static void query_connection(struct kunit *test)
{
	struct tdi_connection_info info = {};
	struct tdi_kunit_client client;
	struct socket *peer;
	size_t length;

	tdi_kunit_client(test, AF_INET, &client);
	KUNIT_EXPECT_EQ(test, tdi_query(client.endpoint,
					TDI_QUERY_CONNECTION_INFO, &info,
					sizeof(info), &length),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, info.state, TDI_STATE_ASSOCIATED);
	peer = tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	tdi_kunit_expect_works(test, client.endpoint, peer);
	KUNIT_EXPECT_EQ(test, tdi_query(client.endpoint,
					TDI_QUERY_CONNECTION_INFO, &info,
					sizeof(info), &length),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, length, sizeof(info));
	KUNIT_EXPECT_EQ(test, info.state, TDI_STATE_CONNECTED);
	KUNIT_EXPECT_LT(test, info.delay, 0);
	KUNIT_EXPECT_EQ(test, tdi_query(client.address,
					TDI_QUERY_CONNECTION_INFO, &info,
					sizeof(info), &length),
			STATUS_INVALID_CONNECTION);
}

static const u8 query_no_context[16];

static void query_objects(struct kunit *test)
{
	struct tdi_object_id id = {
		.tei_entity = TDI_ENTITY_GENERIC,
		.toi_class = TDI_INFO_CLASS_GENERIC,
		.toi_type = TDI_INFO_TYPE_PROVIDER,
		.toi_id = TDI_ENTITY_LIST_ID,
	};
	struct tdi_file *control = query_control(test);
	struct tdi_entity_id *entities;
	size_t room = 64 * sizeof(*entities), length, all;

	entities = kunit_kzalloc(test, room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, entities);
	KUNIT_ASSERT_EQ(test, tdi_query_ex(control, &id, query_no_context,
					   entities, room, &all),
			STATUS_SUCCESS);
	KUNIT_EXPECT_GE(test, all, 4 * sizeof(*entities));
	KUNIT_EXPECT_EQ(test, all % sizeof(*entities), 0);

	memset(entities, 0xa5, room);
	KUNIT_EXPECT_EQ(test, tdi_query_ex(control, &id, query_no_context,
					   entities, sizeof(*entities),
					   &length), STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_LE(test, length, sizeof(*entities));
	KUNIT_EXPECT_EQ(test, entities[1].tei_entity, 0xa5a5a5a5);

	id.toi_id = 0x7777;
	KUNIT_EXPECT_NE(test, tdi_query_ex(control, &id, query_no_context,
					   entities, room, &length),
			STATUS_SUCCESS);
}

static void query_sets_an_option(struct kunit *test)
{
	const struct tdi_object_id id = {
		.tei_entity = TDI_ENTITY_CO_TL,
		.toi_class = TDI_INFO_CLASS_PROTOCOL,
		.toi_type = TDI_INFO_TYPE_CONNECTION,
		.toi_id = TDI_TCP_SOCKET_NODELAY,
	};
	struct tdi_kunit_client client;
	struct tdi_connection *conn;
	u32 value = 1, got = 0;
	size_t length;

	tdi_kunit_client(test, AF_INET, &client);
	tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	conn = tdi_connection_get(&client.endpoint->endpoint);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	KUNIT_EXPECT_EQ(test, tdi_set_ex(client.endpoint, &id, &value, 4),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tcp_sk(conn->sock.socket->sk)->nonagle &
				TCP_NAGLE_OFF);
	tdi_connection_put(conn);
	KUNIT_EXPECT_EQ(test, tdi_query_ex(client.endpoint, &id,
					   query_no_context, &got, 4, &length),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, length, 4);
	KUNIT_EXPECT_EQ(test, got, 1);

	KUNIT_EXPECT_EQ(test, tdi_set_ex(client.endpoint, &id, &value, 0),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_set_ex(client.endpoint, &id, &value, 1025),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_NE(test, tdi_set_ex(client.address, &id, &value, 4),
			STATUS_SUCCESS);
}

static struct kunit_case tdi_client_query_cases[] = {
	KUNIT_CASE(query_information),
	KUNIT_CASE(query_connection),
	KUNIT_CASE(query_objects),
	KUNIT_CASE(query_sets_an_option),
	{}
};

static struct kunit_suite tdi_client_query_suite = {
	.name = "tdi_client_query",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_client_query_cases,
};

kunit_test_suite(tdi_client_query_suite);
