// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_CONNECT (reference 2.5, S7).
 */
#include <net/route.h>
#include <net/tcp.h>

#include "tdi_kunit_helpers.h"

static struct tdi_file *connection_endpoint(struct kunit *test, int family)
{
	struct sockaddr_storage local = tdi_kunit_loopback(family, 0);

	return tdi_kunit_endpoint_on(test, tdi_kunit_address(test, &local, 0));
}

static void connect_from_the_port_of_the_address(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	struct sockaddr_storage seen;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);

	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_CONNECTED);
	KUNIT_EXPECT_EQ(test, tdi_sock_peer(pair.peer, &seen), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&seen, &pair.local));
	tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
}

static void connect_several_at_a_time_from_one_port(struct kunit *test)
{
	int family = tdi_kunit_family(test), i;
	struct sockaddr_storage local = tdi_kunit_loopback(family, 0), remote;
	struct socket *listener, *peer[5];
	struct tdi_file *address, *file[5];

	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	for (i = 0; i < ARRAY_SIZE(file); i++) {
		remote = tdi_kunit_loopback(family, 0);
		listener = tdi_kunit_listener(test, &remote, 1);
		file[i] = tdi_kunit_endpoint_on(test, address);
		KUNIT_EXPECT_EQ(test,
				tdi_kunit_connect_now(test, file[i], &remote),
				STATUS_SUCCESS);
		peer[i] = tdi_kunit_accept(test, listener);
	}
	for (i = 0; i < ARRAY_SIZE(file); i++) {
		KUNIT_EXPECT_EQ(test, tdi_sock_peer(peer[i], &remote), 0);
		KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&remote, &local));
		tdi_kunit_expect_works(test, file[i], peer[i]);
	}
}

/* S7: the same two ends twice is what TCP cannot do. */
static void connect_twice_to_the_same_remote(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	struct tdi_file *second;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	second = tdi_kunit_endpoint_on(test, pair.address);

	KUNIT_EXPECT_EQ(test,
			tdi_kunit_connect_now(test, second, &pair.remote),
			STATUS_ADDRESS_ALREADY_EXISTS);
	tdi_kunit_expect_idle(test, second);
	tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
}

static void connect_refused(struct kunit *test)
{
	struct sockaddr_storage remote;
	struct tdi_file *file;
	struct socket *sock;

	remote = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	sock = tdi_kunit_listener(test, &remote, 1);
	tdi_kunit_close_socket(test, sock);
	file = connection_endpoint(test, remote.ss_family);

	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, file, &remote),
			STATUS_CONNECTION_REFUSED);
	/* once told it is history */
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, file),
			STATUS_INVALID_CONNECTION);
	tdi_kunit_expect_idle(test, file);
}

struct connect_bad_param {
	const char *desc;
	int family;
	u32 host;
	u16 port;
};

static const struct connect_bad_param connect_bad_params[] = {
	{ "port 0", AF_INET, INADDR_LOOPBACK, 0 },
	{ "the wildcard", AF_INET, INADDR_ANY, 80 },
	{ "multicast", AF_INET, 0xe0000001, 80 },
	{ "limited broadcast", AF_INET, INADDR_BROADCAST, 80 },
	{ "a subnet's broadcast", AF_INET, 0x7fffffff, 80 },
	{ "an IPv6 address from an IPv4 one", AF_INET6, 1, 80 },
	{ "no address at all", AF_UNSPEC, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(connect_bad, connect_bad_params, desc);

static void connect_to_what_is_no_remote_address(struct kunit *test)
{
	const struct connect_bad_param *param = test->param_value;
	struct tdi_file *file = connection_endpoint(test, AF_INET);
	struct sockaddr_storage remote = {};

	if (param->family == AF_INET)
		remote = tdi_kunit_ip(param->host, param->port);
	else if (param->family == AF_INET6)
		remote = tdi_kunit_loopback(AF_INET6, param->port);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, file, &remote),
			STATUS_INVALID_ADDRESS_COMPONENT);
	tdi_kunit_expect_idle(test, file);
}

static void connect_to_an_unreachable_network(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	/* 198.51.100.1, for documentation */
	struct sockaddr_storage remote = tdi_kunit_ip(0xc6336401, 80);
	struct flowi4 flow = {
		.daddr = ((struct sockaddr_in *)&remote)->sin_addr.s_addr,
	};
	struct tdi_file *file;
	struct rtable *route;

	route = ip_route_output_key(&init_net, &flow);
	if (!IS_ERR(route)) {
		ip_rt_put(route);
		kunit_skip(test, "there is a route to everywhere");
	}
	file = tdi_kunit_endpoint_on(test, tdi_kunit_address(test, &local, 0));
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, file, &remote),
			STATUS_NETWORK_UNREACHABLE);
	tdi_kunit_expect_idle(test, file);
}

static void connect_times_out(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_full_listener(test);
	struct tdi_file *file = connection_endpoint(test, AF_INET);
	struct tdi_kunit_request *request;

	request = tdi_kunit_connect(test, file, &remote);
	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result_within(request, 2),
			STATUS_IO_TIMEOUT);
	KUNIT_EXPECT_FALSE(test, request->interrupted);
	tdi_kunit_expect_idle(test, file);
}

static void connect_without_waiting(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = connection_endpoint(test, AF_INET);
	struct tdi_kunit_request *request;
	u32 status;

	tdi_kunit_listener(test, &remote, 1);
	request = tdi_kunit_request(test, file);
	request->waiter.req.nonblock = true;
	request->waiter.req.remote = remote;
	status = tdi_connect(&request->waiter.req);

	/* on loopback the answer may be there already */
	if (status != STATUS_PENDING)
		KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test,
			  tdi_kunit_state_becomes(file, TDI_STATE_CONNECTED));
}

static void connect_without_waiting_is_on_its_way(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_full_listener(test);
	struct tdi_file *file = connection_endpoint(test, AF_INET);
	struct tdi_kunit_request *request = tdi_kunit_request(test, file);
	u64 count;

	request->waiter.req.nonblock = true;
	request->waiter.req.remote = remote;
	KUNIT_EXPECT_EQ(test, tdi_connect(&request->waiter.req),
			STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_CONNECTING);
	/* nothing of it is queued */
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(file, true, 0, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, file), STATUS_SUCCESS);
	tdi_kunit_expect_idle(test, file);
}

/* Anything but idle (S4) */
static void connect_or_listen_on_a_busy_endpoint(struct kunit *test)
{
	struct sockaddr_storage full = tdi_kunit_full_listener(test);
	struct tdi_file *connecting = connection_endpoint(test, AF_INET);
	struct tdi_file *listening = connection_endpoint(test, AF_INET);
	struct tdi_kunit_pair connected, releasing, released;
	struct tdi_file *busy[5];
	int i;

	tdi_kunit_connect(test, connecting, &full);
	tdi_kunit_listen(test, listening, NULL);
	tdi_kunit_connected(test, AF_INET, &connected);
	tdi_kunit_connected(test, AF_INET, &releasing);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, releasing.endpoint),
			STATUS_SUCCESS);
	tdi_kunit_connected(test, AF_INET, &released);
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(released.peer, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test,
			  tdi_kunit_state_becomes(released.endpoint,
						  TDI_STATE_REMOTE_RELEASED));

	busy[0] = connecting;
	busy[1] = listening;
	busy[2] = connected.endpoint;
	busy[3] = releasing.endpoint;
	busy[4] = released.endpoint;
	for (i = 0; i < ARRAY_SIZE(busy); i++) {
		u32 status, state = tdi_kunit_state(busy[i]);

		status = tdi_kunit_connect_now(test, busy[i], &full);
		KUNIT_EXPECT_EQ_MSG(test, status, STATUS_CONNECTION_ACTIVE,
				    "connect in state %u", state);
		status = tdi_kunit_listen(test, busy[i], NULL)->status;
		KUNIT_EXPECT_EQ_MSG(test, status, STATUS_CONNECTION_ACTIVE,
				    "listen in state %u", state);
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(busy[i]), state);
	}
}

/* One endpoint, many connections, each ended in another way */
static void connect_again_and_again(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0), remote;
	struct tdi_file *file;
	struct socket *listener, *peer;
	int i;

	file = tdi_kunit_endpoint_on(test, tdi_kunit_address(test, &local, 0));
	for (i = 0; i < 12; i++) {
		remote = tdi_kunit_loopback(AF_INET, 0);
		listener = tdi_kunit_listener(test, &remote, 1);
		KUNIT_ASSERT_EQ(test,
				tdi_kunit_connect_now(test, file, &remote),
				STATUS_SUCCESS);
		peer = tdi_kunit_accept(test, listener);
		tdi_kunit_expect_works(test, file, peer);
		if (i % 4 == 0) {
			tdi_kunit_abort_now(test, file);
		} else if (i % 4 == 1) {
			tdi_kunit_reset_socket(test, peer);
		} else if (i % 4 == 2) {
			tdi_kunit_release_now(test, file);
			kernel_sock_shutdown(peer, SHUT_WR);
		} else {
			kernel_sock_shutdown(peer, SHUT_WR);
			tdi_kunit_release_now(test, file);
		}
		if (!tdi_kunit_state_becomes(file, TDI_STATE_ASSOCIATED))
			KUNIT_FAIL(test, "round %d does not end", i);
	}
}

static void connection_information_of_a_connection(struct kunit *test)
{
	struct tdi_connection_info *info;
	union tdi_information result;
	struct tdi_kunit_pair pair;
	size_t length;

	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
	KUNIT_ASSERT_EQ(test, tdi_query_information(pair.endpoint,
						    TDI_QUERY_CONNECTION_INFO,
						    &result, &length),
			STATUS_SUCCESS);

	info = &result.connection;
	KUNIT_EXPECT_EQ(test, length, sizeof(*info));
	KUNIT_EXPECT_EQ(test, info->state, TDI_STATE_CONNECTED);
	KUNIT_EXPECT_GT(test, info->send_buffer_size, 0);
	KUNIT_EXPECT_GT(test, info->receive_buffer_size, 0);
	KUNIT_EXPECT_LT(test, info->delay, 0);
	KUNIT_EXPECT_EQ(test, info->receive_errors, 0);
	KUNIT_EXPECT_EQ(test, info->unreliable, 0);
}

static struct kunit_case tdi_connection_cases[] = {
	KUNIT_CASE_PARAM(connect_from_the_port_of_the_address,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(connect_several_at_a_time_from_one_port,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(connect_twice_to_the_same_remote,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(connect_refused, tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(connect_to_what_is_no_remote_address,
			 connect_bad_gen_params),
	KUNIT_CASE(connect_to_an_unreachable_network),
	KUNIT_CASE(connect_times_out),
	KUNIT_CASE(connect_without_waiting),
	KUNIT_CASE(connect_without_waiting_is_on_its_way),
	KUNIT_CASE(connect_or_listen_on_a_busy_endpoint),
	KUNIT_CASE(connect_again_and_again),
	KUNIT_CASE(connection_information_of_a_connection),
	{}
};

static struct kunit_suite tdi_connection_suite = {
	.name = "tdi_connection",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_connection_cases,
};

kunit_test_suite(tdi_connection_suite);
