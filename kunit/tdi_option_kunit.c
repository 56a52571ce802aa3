// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of connections: every one of reference 5.4 is set and read back, or is
 * STATUS_NOT_IMPLEMENTED.
 */
#include <net/tcp.h>

#include "tdi_kunit_option.h"

struct option_connection_param {
	const char *desc;
	u32 id;
	u32 status;
	size_t length;
	/* to set; what an endpoint without a connection, and one with one says */
	u32 value[3], idle[3], connected[3];
};

#define FLAG(_id)	{ #_id, TDI_TCP_SOCKET_##_id, STATUS_SUCCESS, 4,	\
			  { 1 }, { 1 }, { 1 } }
#define LACKS(_id)	{ #_id, TDI_TCP_SOCKET_##_id, STATUS_NOT_IMPLEMENTED, 4 }
#define NONE(_id)	{ "none: " #_id, _id, STATUS_INVALID_PARAMETER, 4 }

/* Time is whole seconds. */
static const struct option_connection_param option_connection_params[] = {
	FLAG(NODELAY), FLAG(KEEPALIVE), FLAG(OOBINLINE),
	LACKS(BSDURGENT), LACKS(ATMARK), LACKS(SCALE_CWIN),
	{ "WINDOW", TDI_TCP_SOCKET_WINDOW, STATUS_SUCCESS, 4,
	  { 65536 }, { 65536 }, { 65536 } },
	{ "KEEPALIVE_VALS", TDI_TCP_SOCKET_KEEPALIVE_VALS, STATUS_SUCCESS, 12,
	  { 1, 90001, 1000 }, { 1, 90001, 1000 }, { 1, 91000, 1000 } },
	{ "TOS", TDI_TCP_SOCKET_TOS, STATUS_SUCCESS, 4,
	  { 0x10 }, { 0x10 }, { 0x10 } },
	NONE(0), NONE(10), NONE(0xffffffff),
};

KUNIT_ARRAY_PARAM_DESC(option_connection, option_connection_params, desc);

static void option_expect_connection(struct kunit *test, struct tdi_file *file,
				     const u32 *value)
{
	const struct option_connection_param *param = test->param_value;
	size_t length = sizeof(struct tdi_keepalive);
	u8 got[sizeof(struct tdi_keepalive)];

	if (!param->status)
		option_expect(test, file, TDI_INFO_TYPE_CONNECTION, param->id,
			      value, param->length);
	else
		KUNIT_EXPECT_EQ(test, option_get(file, TDI_INFO_TYPE_CONNECTION,
						 param->id, got, &length),
				param->status);
}

/* Set before there is a connection it is that one's, and the next one's. */
static void option_of_an_endpoint(struct kunit *test)
{
	const struct option_connection_param *param = test->param_value;
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = tdi_kunit_address(test, &local, 0);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);
	struct sockaddr_storage remote;
	int round;

	KUNIT_EXPECT_EQ(test, option_set(file, TDI_INFO_TYPE_CONNECTION,
					 param->id, param->value,
					 param->length),
			param->status);
	option_expect_connection(test, file, param->idle);
	for (round = 0; round < 2; round++) {
		remote = tdi_kunit_loopback(AF_INET, 0);
		tdi_kunit_listener(test, &remote, 1);
		KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, file,
							    &remote),
				STATUS_SUCCESS);
		option_expect_connection(test, file, param->connected);
		tdi_kunit_abort_now(test, file);
	}
	option_expect_connection(test, file, param->idle);
}

/* Set while there is one it is that one's at once. */
static void option_of_a_connection(struct kunit *test)
{
	const struct option_connection_param *param = test->param_value;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, tdi_kunit_has_ipv6() ? AF_INET6 : AF_INET,
			    &pair);
	KUNIT_EXPECT_EQ(test, option_set(pair.endpoint,
					 TDI_INFO_TYPE_CONNECTION, param->id,
					 param->value, param->length),
			param->status);
	option_expect_connection(test, pair.endpoint, param->connected);
	tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
}

/* One that comes in has its endpoint's options, too. */
static void option_of_a_connection_that_came(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = tdi_kunit_address(test, &local, 0);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);
	struct tdi_kunit_request *listen;
	const u32 on = 1;

	tdi_kunit_local(test, address, &local);
	option_set(file, TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_NODELAY, &on,
		   sizeof(on));
	listen = tdi_kunit_listen(test, file, NULL);
	tdi_kunit_connect_plain(test, &local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_result(listen), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tcp_sk(tdi_kunit_own_socket(test, file)->sk)
				->nonagle & TCP_NAGLE_OFF);
}

/* A value of another length is refused, and changes nothing. */
static void option_connection_lengths(struct kunit *test)
{
	const struct option_connection_param *param = test->param_value;
	struct tdi_file *file = tdi_kunit_endpoint(test);
	const u8 value[16] = { 1, [4] = 1, [9] = 4 };
	size_t length;

	for (length = 0; length <= sizeof(value); length++)
		if (length != param->length)
			KUNIT_EXPECT_EQ(test, option_set(file,
						TDI_INFO_TYPE_CONNECTION,
						param->id, value, length),
					param->status ? :
					STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, file->endpoint.options.set, 0);
}

/* What nobody has set is what a connection would have. */
static void option_that_was_never_set(struct kunit *test)
{
	const u32 window = init_net.ipv4.sysctl_tcp_rmem[1] / 2, off = 0;
	const struct tdi_keepalive vals = {
		.time = jiffies_to_msecs(init_net.ipv4.sysctl_tcp_keepalive_time),
		.interval = jiffies_to_msecs(init_net.ipv4.sysctl_tcp_keepalive_intvl),
	};
	struct tdi_file *file = tdi_kunit_endpoint(test);

	option_expect(test, file, TDI_INFO_TYPE_CONNECTION,
		      TDI_TCP_SOCKET_WINDOW, &window, sizeof(window));
	option_expect(test, file, TDI_INFO_TYPE_CONNECTION,
		      TDI_TCP_SOCKET_KEEPALIVE_VALS, &vals, sizeof(vals));
	option_expect(test, file, TDI_INFO_TYPE_CONNECTION,
		      TDI_TCP_SOCKET_NODELAY, &off, sizeof(off));
}

static u32 option_arrived(const struct socket *sock)
{
	const struct tcp_sock *tp = tcp_sk(sock->sk);

	return READ_ONCE(tp->rcv_nxt) - READ_ONCE(tp->copied_seq);
}

/* In line, an urgent byte is one of the others. */
static void option_urgent_in_line(struct kunit *test)
{
	struct kvec kvec = { .iov_base = "c", .iov_len = 1 };
	struct msghdr msg = { .msg_flags = MSG_OOB };
	struct tdi_kunit_reader *reader;
	const struct tdi_event *event;
	struct tdi_kunit_pair pair;
	struct socket *own;
	u32 on = 1;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	KUNIT_EXPECT_EQ(test, option_set(pair.endpoint,
					 TDI_INFO_TYPE_CONNECTION,
					 TDI_TCP_SOCKET_OOBINLINE, &on, 4),
			STATUS_SUCCESS);
	own = tdi_kunit_own_socket(test, pair.endpoint);
	tdi_kunit_write(pair.peer, "ab", 2);
	kernel_sendmsg(pair.peer, &msg, &kvec, 1, 1);
	tdi_kunit_write(pair.peer, "def", 3);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(option_arrived(own) == 6));
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	event = tdi_kunit_event(reader, TDI_EVENT_RECEIVE);
	KUNIT_EXPECT_EQ(test, event->bytes_available, 6);
	KUNIT_EXPECT_EQ(test, event->flags, TDI_RECEIVE_NORMAL);
}

static void option_connection_bad_values(struct kunit *test)
{
	static const struct tdi_keepalive bad[] = {
		{ 1, 0, 1000 }, { 1, 1000, 0 }, { 1, 32768000, 1000 },
		{ 1, 1000, U32_MAX },
	};
	struct tdi_file *file = tdi_kunit_endpoint(test);
	u32 value;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, option_set(file, TDI_INFO_TYPE_CONNECTION,
						 TDI_TCP_SOCKET_KEEPALIVE_VALS,
						 &bad[i], sizeof(bad[i])),
				STATUS_INVALID_PARAMETER);
	value = 256;
	KUNIT_EXPECT_EQ(test, option_set(file, TDI_INFO_TYPE_CONNECTION,
					 TDI_TCP_SOCKET_TOS, &value, 4),
			STATUS_INVALID_PARAMETER);
	value = 0;
	KUNIT_EXPECT_EQ(test, option_set(file, TDI_INFO_TYPE_CONNECTION,
					 TDI_TCP_SOCKET_WINDOW, &value, 4),
			STATUS_INVALID_PARAMETER);
	value = 0x80000000;
	KUNIT_EXPECT_EQ(test, option_set(file, TDI_INFO_TYPE_CONNECTION,
					 TDI_TCP_SOCKET_WINDOW, &value, 4),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, file->endpoint.options.set, 0);
}

/* KEEPALIVE and the first of KEEPALIVE_VALS are the same. */
static void option_keepalive_is_one(struct kunit *test)
{
	struct tdi_keepalive vals = { 1, 90000, 1000 };
	struct tdi_file *file = tdi_kunit_endpoint(test);
	u32 on = 1, off = 0;

	option_set(file, TDI_INFO_TYPE_CONNECTION,
		   TDI_TCP_SOCKET_KEEPALIVE_VALS, &vals, sizeof(vals));
	option_expect(test, file, TDI_INFO_TYPE_CONNECTION,
		      TDI_TCP_SOCKET_KEEPALIVE, &on, sizeof(on));
	option_set(file, TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_KEEPALIVE,
		   &off, sizeof(off));
	vals.onoff = 0;
	option_expect(test, file, TDI_INFO_TYPE_CONNECTION,
		      TDI_TCP_SOCKET_KEEPALIVE_VALS, &vals, sizeof(vals));
}

/* What is an address's on an endpoint, and the other way round */
static void option_on_the_wrong_file(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = tdi_kunit_address(test, &local, 0);
	struct tdi_file *file[] = {
		tdi_kunit_endpoint(test), tdi_kunit_open(test), address,
	};
	size_t length;
	u32 value = 1;
	int i;

	for (i = 1; i < 3; i++) {
		length = sizeof(value);
		KUNIT_EXPECT_EQ(test, option_set(file[i],
						 TDI_INFO_TYPE_CONNECTION, 1,
						 &value, 4),
				STATUS_INVALID_CONNECTION);
		KUNIT_EXPECT_EQ(test, option_get(file[i],
						 TDI_INFO_TYPE_CONNECTION, 1,
						 &value, &length),
				STATUS_INVALID_CONNECTION);
	}
	for (i = 0; i < 2; i++) {
		length = sizeof(value);
		KUNIT_EXPECT_EQ(test, option_set(file[i],
						 TDI_INFO_TYPE_ADDRESS_OBJECT,
						 1, &value, 4),
				STATUS_INVALID_ADDRESS);
		KUNIT_EXPECT_EQ(test, option_get(file[i],
						 TDI_INFO_TYPE_ADDRESS_OBJECT,
						 1, &value, &length),
				STATUS_INVALID_ADDRESS);
	}
	/* an address of connections has none */
	KUNIT_EXPECT_EQ(test, option_set(address, TDI_INFO_TYPE_ADDRESS_OBJECT,
					 TDI_AO_OPTION_TTL, &value, 4),
			STATUS_NOT_IMPLEMENTED);
	KUNIT_EXPECT_EQ(test, option_set(address, TDI_INFO_TYPE_ADDRESS_OBJECT,
					 39, &value, 4),
			STATUS_INVALID_PARAMETER);
}

static void option_of_no_object(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_endpoint(test);
	struct tdi_object_id good = option_id(TDI_INFO_TYPE_CONNECTION, 1), id;
	u32 value = 1;

	id = good;
	id.toi_class = TDI_INFO_CLASS_GENERIC;
	KUNIT_EXPECT_EQ(test, tdi_object_set(file, &id, &value, 4),
			STATUS_INVALID_PARAMETER);
	id = good;
	id.tei_entity = TDI_ENTITY_CL_NL;
	KUNIT_EXPECT_EQ(test, tdi_object_set(file, &id, &value, 4),
			STATUS_INVALID_PARAMETER);
	id = good;
	id.toi_type = TDI_INFO_TYPE_PROVIDER;
	KUNIT_EXPECT_EQ(test, tdi_object_set(file, &id, &value, 4),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_object_set(file, &good, &value, 4),
			STATUS_SUCCESS);
}

static struct kunit_case tdi_option_cases[] = {
	KUNIT_CASE_PARAM(option_of_an_endpoint, option_connection_gen_params),
	KUNIT_CASE_PARAM(option_of_a_connection, option_connection_gen_params),
	KUNIT_CASE(option_of_a_connection_that_came),
	KUNIT_CASE_PARAM(option_connection_lengths,
			 option_connection_gen_params),
	KUNIT_CASE(option_that_was_never_set),
	KUNIT_CASE(option_urgent_in_line),
	KUNIT_CASE(option_connection_bad_values),
	KUNIT_CASE(option_keepalive_is_one),
	KUNIT_CASE(option_on_the_wrong_file),
	KUNIT_CASE(option_of_no_object),
	{}
};

static struct kunit_suite tdi_option_suite = {
	.name = "tdi_option",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_option_cases,
};

kunit_test_suite(tdi_option_suite);
