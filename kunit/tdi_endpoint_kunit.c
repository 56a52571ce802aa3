// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection endpoints: association (reference 2.3, 2.4, S4 to S6), and what
 * state they are in.
 */
#include <linux/cred.h>

#include "tdi_kunit_helpers.h"

static struct tdi_file *endpoint_address(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);

	return tdi_kunit_address(test, &local, 0);
}

/* Is it associated with that address?  Its address information tells. */
static void endpoint_expect_on(struct kunit *test, struct tdi_file *endpoint,
			       struct tdi_file *address)
{
	struct sockaddr_storage expected, local;

	tdi_kunit_local(test, address, &expected);
	tdi_kunit_local(test, endpoint, &local);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&expected, &local));
}

static void endpoint_expect_alone(struct kunit *test, struct tdi_file *endpoint)
{
	union tdi_information result;
	size_t length;

	KUNIT_EXPECT_EQ(test, tdi_kunit_state(endpoint), TDI_STATE_OPENED);
	KUNIT_EXPECT_EQ(test, tdi_query_information(endpoint,
						    TDI_QUERY_ADDRESS_INFO,
						    &result, &length),
			STATUS_ADDRESS_NOT_ASSOCIATED);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&endpoint->endpoint),
			STATUS_ADDRESS_NOT_ASSOCIATED);
}

static void endpoint_keeps_its_context(struct kunit *test)
{
	const u64 contexts[] = { 0, 1, 0xc0cac01a, U64_MAX };
	struct tdi_file *file;
	int i;

	for (i = 0; i < ARRAY_SIZE(contexts); i++) {
		file = tdi_kunit_open(test);
		KUNIT_EXPECT_EQ(test,
				tdi_kunit_create_endpoint(file, contexts[i]),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_file_kind(file), TDI_CONNECTION_FILE);
		KUNIT_EXPECT_EQ(test, file->endpoint.context, contexts[i]);
	}
}

static void endpoint_needs_a_stream_device(struct kunit *test)
{
	struct tdi_file *file = tdi_file_open(&tdi_devices[TDI_DEVICE_UDP],
					      &init_net);

	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_endpoint(file, 0),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_file_kind(file), TDI_CONTROL_CHANNEL_FILE);
	tdi_file_close(file);
}

static void endpoint_is_alone_at_first(struct kunit *test)
{
	endpoint_expect_alone(test, tdi_kunit_endpoint(test));
}

static void endpoint_associates_and_disassociates(struct kunit *test)
{
	struct tdi_file *address = endpoint_address(test);
	struct tdi_file *file = tdi_kunit_endpoint(test);
	int round;

	for (round = 0; round < 3; round++) {
		KUNIT_EXPECT_EQ(test, tdi_endpoint_associate(&file->endpoint,
							     address),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(file),
				TDI_STATE_ASSOCIATED);
		endpoint_expect_on(test, file, address);
		KUNIT_EXPECT_EQ(test,
				tdi_endpoint_disassociate(&file->endpoint),
				STATUS_SUCCESS);
		endpoint_expect_alone(test, file);
	}
}

/* As long as it is associated it holds the address file, and no longer. */
static void endpoint_lets_go_of_its_address(struct kunit *test)
{
	struct tdi_file *address = endpoint_address(test);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);

	KUNIT_EXPECT_EQ(test, refcount_read(&address->refs), 2);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, refcount_read(&address->refs), 1);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_associate(&file->endpoint, address),
			STATUS_SUCCESS);
	tdi_kunit_close(test, file);
	KUNIT_EXPECT_EQ(test, refcount_read(&address->refs), 1);
	tdi_file_get(address);
	file = tdi_kunit_endpoint_on(test, address);
	KUNIT_EXPECT_EQ(test, refcount_read(&file->refs), 1);
	tdi_kunit_close(test, address);
	KUNIT_EXPECT_EQ(test, refcount_read(&address->refs), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&file->refs), 1);
	tdi_file_put(address);
}

static void endpoint_second_associate_changes_nothing(struct kunit *test)
{
	struct tdi_file *address = endpoint_address(test);
	struct tdi_file *other = endpoint_address(test);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);

	KUNIT_EXPECT_EQ(test, tdi_endpoint_associate(&file->endpoint, address),
			STATUS_ADDRESS_ALREADY_ASSOCIATED);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_associate(&file->endpoint, other),
			STATUS_ADDRESS_ALREADY_ASSOCIATED);
	endpoint_expect_on(test, file, address);
}

static void endpoint_associates_with_another_address(struct kunit *test)
{
	struct tdi_file *first = endpoint_address(test);
	struct tdi_file *second = endpoint_address(test);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, first);

	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_associate(&file->endpoint, second),
			STATUS_SUCCESS);
	endpoint_expect_on(test, file, second);

	/* nothing ties it to the first one any more */
	tdi_kunit_close(test, first);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_ASSOCIATED);
}

#define ENDPOINTS	100

static void endpoint_many_on_one_address(struct kunit *test)
{
	struct tdi_file *address = endpoint_address(test), *file[ENDPOINTS];
	int i;

	for (i = 0; i < ENDPOINTS; i++)
		file[i] = tdi_kunit_endpoint_on(test, address);
	/* out of the middle, by closing and by disassociation */
	for (i = 0; i < ENDPOINTS; i += 4)
		tdi_kunit_close(test, file[i]);
	for (i = 1; i < ENDPOINTS; i += 4)
		KUNIT_EXPECT_EQ(test,
				tdi_endpoint_disassociate(&file[i]->endpoint),
				STATUS_SUCCESS);
	for (i = 2; i < ENDPOINTS; i += 4)
		endpoint_expect_on(test, file[i], address);

	tdi_kunit_close(test, address);
	for (i = 1; i < ENDPOINTS; i++)
		if (i % 4)
			endpoint_expect_alone(test, file[i]);
}

/* S6: idle endpoints of an address that closes */
static void endpoint_outlives_its_address(struct kunit *test)
{
	struct tdi_file *address = endpoint_address(test);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);

	tdi_kunit_close(test, address);
	endpoint_expect_alone(test, file);

	address = endpoint_address(test);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_associate(&file->endpoint, address),
			STATUS_SUCCESS);
	endpoint_expect_on(test, file, address);
}

/* Each open of a shared address has endpoints of its own. */
static void endpoint_belongs_to_one_open_of_a_shared_address(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *first, *second, *one, *two;

	first = tdi_kunit_address(test, &local, TDI_FILE_SHARE_READ);
	tdi_kunit_local(test, first, &local);
	second = tdi_kunit_address(test, &local, TDI_FILE_SHARE_READ);
	one = tdi_kunit_endpoint_on(test, first);
	two = tdi_kunit_endpoint_on(test, second);

	tdi_kunit_close(test, first);
	endpoint_expect_alone(test, one);
	endpoint_expect_on(test, two, second);
}

static void endpoint_without_connection_refuses_requests(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 9);
	struct tdi_file *address = endpoint_address(test);
	struct tdi_file *file = tdi_kunit_endpoint(test);
	u32 status = STATUS_INVALID_CONNECTION;
	u8 byte = 0;
	int round;

	for (round = 0; round < 2; round++) {
		KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, file, 0, &byte,
						     1)->status, status);
		KUNIT_EXPECT_EQ(test, tdi_kunit_receive(test, file, 0, &byte,
							1)->status, status);
		KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, file),
				status);
		KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, file), status);
		if (!round) {
			KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, file,
								    &remote),
					status);
			KUNIT_EXPECT_EQ(test, tdi_kunit_listen(test, file,
							       NULL)->status,
					status);
		}
		/* and once more, associated */
		tdi_endpoint_associate(&file->endpoint, address);
	}
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_ASSOCIATED);
}

static void endpoint_state_while_connecting(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_full_listener(test);
	struct tdi_file *address = endpoint_address(test);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);
	struct tdi_kunit_request *request;

	request = tdi_kunit_connect(test, file, &remote);
	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_CONNECTING);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_CONNECTION_ACTIVE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_CONNECTING);
	endpoint_expect_on(test, file, address);
}

static void endpoint_state_while_listening(struct kunit *test)
{
	struct tdi_file *address = endpoint_address(test);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);
	struct tdi_kunit_request *request;

	request = tdi_kunit_listen(test, file, NULL);
	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_LISTENING);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_CONNECTION_ACTIVE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_LISTENING);
}

static void endpoint_state_connected_then_local_release(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	struct tdi_file *file;

	tdi_kunit_connected(test, AF_INET, &pair);
	file = pair.endpoint;
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_CONNECTED);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_CONNECTION_ACTIVE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_CONNECTED);

	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, file),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_LOCAL_RELEASED);

	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(pair.peer, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(file,
							TDI_STATE_ASSOCIATED));
	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_SUCCESS);
}

static void endpoint_state_after_the_peers_release(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	struct tdi_file *file;

	tdi_kunit_need_ipv6(test);
	tdi_kunit_connected(test, AF_INET6, &pair);
	file = pair.endpoint;
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(pair.peer, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test,
			  tdi_kunit_state_becomes(file,
						  TDI_STATE_REMOTE_RELEASED));
	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_CONNECTION_ACTIVE);

	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, file),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_ASSOCIATED);
}

static void endpoint_state_after_aborts(struct kunit *test)
{
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, pair.endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_ASSOCIATED);

	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_kunit_reset_socket(test, pair.peer);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(pair.endpoint,
							TDI_STATE_ASSOCIATED));
	KUNIT_EXPECT_EQ(test,
			tdi_endpoint_disassociate(&pair.endpoint->endpoint),
			STATUS_SUCCESS);
}

/* S4: what the peer still sends is discarded. */
static void endpoint_leaves_after_its_own_release(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	struct tdi_file *file, *other;

	tdi_kunit_connected(test, AF_INET, &pair);
	file = pair.endpoint;
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, file),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test,
			tdi_kunit_connect(test, file, &pair.remote)->status,
			STATUS_CONNECTION_ACTIVE);

	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_SUCCESS);
	endpoint_expect_alone(test, file);
	other = endpoint_address(test);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_associate(&file->endpoint, other),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, file, &pair.remote),
			STATUS_SUCCESS);
}

/* The connection's own address, where the transport address is a wildcard */
static void endpoint_address_is_concrete_when_connected(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0), now;
	struct tdi_file *address, *file;
	u16 port;

	tdi_kunit_listener(test, &remote, 1);
	address = tdi_kunit_address(test, &local, 0);
	file = tdi_kunit_endpoint_on(test, address);
	tdi_kunit_local(test, file, &local);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_is_any(&local));
	port = tdi_kunit_port(&local);

	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, file, &remote),
			STATUS_SUCCESS);
	tdi_kunit_local(test, file, &now);
	local = tdi_kunit_loopback(AF_INET, port);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&now, &local));

	tdi_kunit_disconnect(test, file, TDI_DISCONNECT_ABORT);
	tdi_kunit_local(test, file, &now);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_is_any(&now));
}

static struct kunit_case tdi_endpoint_cases[] = {
	KUNIT_CASE(endpoint_keeps_its_context),
	KUNIT_CASE(endpoint_needs_a_stream_device),
	KUNIT_CASE(endpoint_is_alone_at_first),
	KUNIT_CASE(endpoint_associates_and_disassociates),
	KUNIT_CASE(endpoint_lets_go_of_its_address),
	KUNIT_CASE(endpoint_second_associate_changes_nothing),
	KUNIT_CASE(endpoint_associates_with_another_address),
	KUNIT_CASE(endpoint_many_on_one_address),
	KUNIT_CASE(endpoint_outlives_its_address),
	KUNIT_CASE(endpoint_belongs_to_one_open_of_a_shared_address),
	KUNIT_CASE(endpoint_without_connection_refuses_requests),
	KUNIT_CASE(endpoint_state_while_connecting),
	KUNIT_CASE(endpoint_state_while_listening),
	KUNIT_CASE(endpoint_state_connected_then_local_release),
	KUNIT_CASE(endpoint_state_after_the_peers_release),
	KUNIT_CASE(endpoint_state_after_aborts),
	KUNIT_CASE(endpoint_leaves_after_its_own_release),
	KUNIT_CASE(endpoint_address_is_concrete_when_connected),
	{}
};

static struct kunit_suite tdi_endpoint_suite = {
	.name = "tdi_endpoint",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_endpoint_cases,
};

kunit_test_suite(tdi_endpoint_suite);
