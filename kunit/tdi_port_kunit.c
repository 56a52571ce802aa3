// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port of a transport address against ordinary sockets (S7, S8): who holds
 * it keeps it, whatever reuse flags the other one sets; and our own connections
 * in TIME_WAIT are no obstacle to ourselves.
 */
#include <net/tcp.h>

#include "tdi_kunit_helpers.h"

#define SHARED	(TDI_FILE_SHARE_READ | TDI_FILE_SHARE_WRITE)

struct port_param {
	const char *desc;
	int family;
	bool our_any, their_any;
};

static const struct port_param port_params[] = {
	{ "IPv4, both specific", AF_INET, false, false },
	{ "IPv4, ours is the wildcard", AF_INET, true, false },
	{ "IPv4, theirs is the wildcard", AF_INET, false, true },
	{ "IPv4, both wildcards", AF_INET, true, true },
	{ "IPv6, both specific", AF_INET6, false, false },
	{ "IPv6, ours is the wildcard", AF_INET6, true, false },
	{ "IPv6, theirs is the wildcard", AF_INET6, false, true },
	{ "IPv6, both wildcards", AF_INET6, true, true },
};

KUNIT_ARRAY_PARAM_DESC(port, port_params, desc);

static const struct port_param *port_param(struct kunit *test)
{
	const struct port_param *param = test->param_value;

	if (param->family == AF_INET6)
		tdi_kunit_need_ipv6(test);
	return param;
}

static struct sockaddr_storage port_local(int family, bool any, u16 port)
{
	return any ? tdi_kunit_any(family, port) :
		     tdi_kunit_loopback(family, port);
}

/* All that an ordinary program can set before bind(2) */
#define PORT_REUSE_KINDS	4

static struct socket *port_socket(struct kunit *test, int family, int reuse)
{
	struct socket *sock = tdi_kunit_socket(test, family);

	if (reuse & 1)
		sock_set_reuseaddr(sock->sk);
	if (reuse & 2)
		sock_set_reuseport(sock->sk);
	return sock;
}

/* No ordinary socket gets @port. */
static void port_expect_held(struct kunit *test, int family, u16 port,
			     const char *when)
{
	struct sockaddr_storage local;
	struct socket *sock;
	int reuse, any;

	for (any = 0; any <= 1; any++) {
		local = port_local(family, any, port);
		for (reuse = 0; reuse < PORT_REUSE_KINDS; reuse++) {
			sock = port_socket(test, family, reuse);
			KUNIT_EXPECT_EQ_MSG(test, tdi_kunit_bind(sock, &local),
					    -EADDRINUSE, "%s, reuse %d, %s",
					    when, reuse,
					    any ? "wildcard" : "specific");
			tdi_kunit_close_socket(test, sock);
		}
	}
}

static void port_of_ours_is_not_theirs(struct kunit *test)
{
	const struct port_param *param = port_param(test);
	struct sockaddr_storage ours, theirs;
	struct tdi_file *file;
	struct socket *sock;
	int reuse;

	ours = port_local(param->family, param->our_any, 0);
	file = tdi_kunit_address(test, &ours, SHARED);
	tdi_kunit_local(test, file, &ours);
	theirs = port_local(param->family, param->their_any,
			    tdi_kunit_port(&ours));

	for (reuse = 0; reuse < PORT_REUSE_KINDS; reuse++) {
		sock = port_socket(test, param->family, reuse);
		KUNIT_EXPECT_EQ_MSG(test, tdi_kunit_bind(sock, &theirs),
				    -EADDRINUSE, "reuse %d", reuse);
	}
}

static void port_expect_exists(struct kunit *test,
			       const struct sockaddr_storage *local,
			       const char *when, int reuse)
{
	struct tdi_file *file = tdi_kunit_open(test);

	KUNIT_EXPECT_EQ_MSG(test,
			    tdi_kunit_create_address(file, local, SHARED),
			    STATUS_ADDRESS_ALREADY_EXISTS, "%s, reuse %d",
			    when, reuse);
}

static void port_of_theirs_is_not_ours(struct kunit *test)
{
	const struct port_param *param = port_param(test);
	struct sockaddr_storage ours, theirs;
	struct socket *sock;
	int reuse;

	for (reuse = 0; reuse < PORT_REUSE_KINDS; reuse++) {
		theirs = port_local(param->family, param->their_any, 0);
		sock = port_socket(test, param->family, reuse);
		KUNIT_ASSERT_EQ(test, tdi_kunit_bind(sock, &theirs), 0);
		KUNIT_ASSERT_EQ(test, tdi_sock_local(sock, &theirs), 0);
		ours = port_local(param->family, param->our_any,
				  tdi_kunit_port(&theirs));

		port_expect_exists(test, &ours, "bound", reuse);
		KUNIT_ASSERT_EQ(test, kernel_listen(sock, 1), 0);
		port_expect_exists(test, &ours, "listening", reuse);
	}
}

/* A socket of both families takes IPv4 with it. */
static void port_of_a_dual_stack_socket(struct kunit *test)
{
	struct sockaddr_storage v4 = tdi_kunit_any(AF_INET, 0), v6;
	struct tdi_file *file;
	struct socket *sock;

	tdi_kunit_need_ipv6(test);
	file = tdi_kunit_address(test, &v4, 0);
	tdi_kunit_local(test, file, &v4);
	v6 = tdi_kunit_any(AF_INET6, tdi_kunit_port(&v4));
	sock = tdi_kunit_socket(test, AF_INET6);
	sock->sk->sk_ipv6only = false;

	KUNIT_EXPECT_EQ(test, tdi_kunit_bind(sock, &v6), -EADDRINUSE);
	tdi_kunit_close(test, file);
	KUNIT_ASSERT_EQ(test, tdi_kunit_bind(sock, &v6), 0);
	KUNIT_EXPECT_EQ(test,
			tdi_kunit_create_address(tdi_kunit_open(test), &v4, 0),
			STATUS_ADDRESS_ALREADY_EXISTS);
}

/* Our own address leaves the other family to others. */
static void port_of_the_other_family_is_free(struct kunit *test)
{
	struct sockaddr_storage v6 = tdi_kunit_any(AF_INET6, 0), v4;
	struct tdi_file *file;

	tdi_kunit_need_ipv6(test);
	file = tdi_kunit_address(test, &v6, 0);
	tdi_kunit_local(test, file, &v6);
	v4 = tdi_kunit_any(AF_INET, tdi_kunit_port(&v6));
	KUNIT_EXPECT_EQ(test, tdi_kunit_bind(tdi_kunit_socket(test, AF_INET),
					     &v4), 0);
}

/* Both sides release, the endpoint first: TIME_WAIT is on its side. */
static void port_finish_connection(struct kunit *test,
				   struct tdi_kunit_pair *pair)
{
	struct tdi_kunit_request *request;

	request = tdi_kunit_disconnect(test, pair->endpoint,
				       TDI_DISCONNECT_RELEASE);
	KUNIT_ASSERT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(pair->peer, SHUT_WR), 0);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_socket_closed(pair->peer));
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(pair->endpoint,
							TDI_STATE_ASSOCIATED));
}

static void port_is_held_through_a_connections_life(struct kunit *test)
{
	int family = tdi_kunit_family(test);
	struct tdi_kunit_request *listen;
	struct tdi_kunit_pair pair;
	struct tdi_file *second;
	u16 port;

	tdi_kunit_connected(test, family, &pair);
	port = tdi_kunit_port(&pair.local);
	port_expect_held(test, family, port, "connected");

	second = tdi_kunit_endpoint_on(test, pair.address);
	listen = tdi_kunit_listen(test, second, NULL);
	KUNIT_ASSERT_EQ(test, listen->status, STATUS_PENDING);
	port_expect_held(test, family, port, "connected and listening");

	tdi_kunit_close_socket(test,
			       tdi_kunit_connect_plain(test, &pair.local));
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(listen), STATUS_SUCCESS);
	port_expect_held(test, family, port, "accepted");

	port_finish_connection(test, &pair);
	port_expect_held(test, family, port, "in TIME_WAIT");
}

static void port_of_a_finished_connection_is_free_for_us(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	struct tdi_file *file;
	int family = tdi_kunit_family(test);
	int round;

	tdi_kunit_connected(test, family, &pair);
	port_finish_connection(test, &pair);
	tdi_kunit_close(test, pair.address);
	/* there is one: an ordinary socket without SO_REUSEADDR sees it */
	KUNIT_ASSERT_EQ(test, tdi_kunit_bind(tdi_kunit_socket(test, family),
					     &pair.local), -EADDRINUSE);

	for (round = 0; round < 3; round++) {
		file = tdi_kunit_address(test, &pair.local, 0);
		port_expect_held(test, family, tdi_kunit_port(&pair.local),
				 "reopened");
		tdi_kunit_close(test, file);
	}
	/* the wildcard of the same port, too */
	pair.local = tdi_kunit_any(family, tdi_kunit_port(&pair.local));
	tdi_kunit_address(test, &pair.local, 0);
}

static void port_of_a_finished_connection_and_reuseaddr(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	struct socket *sock;
	int family = tdi_kunit_family(test);

	tdi_kunit_connected(test, family, &pair);
	port_finish_connection(test, &pair);
	tdi_kunit_close(test, pair.address);

	sock = port_socket(test, family, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_bind(sock, &pair.local), 0);
	KUNIT_EXPECT_EQ(test, kernel_listen(sock, 1), 0);
	KUNIT_EXPECT_EQ(test,
			tdi_kunit_create_address(tdi_kunit_open(test),
						 &pair.local, SHARED),
			STATUS_ADDRESS_ALREADY_EXISTS);
}

/* Connections of ours hold the port; that does not take it from others. */
static void port_taken_by_others_after_a_finished_connection(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	struct socket *sock;
	int family = tdi_kunit_family(test);

	tdi_kunit_connected(test, family, &pair);
	port_finish_connection(test, &pair);
	tdi_kunit_close(test, pair.address);

	sock = port_socket(test, family, 1);
	KUNIT_ASSERT_EQ(test, tdi_kunit_bind(sock, &pair.local), 0);
	KUNIT_EXPECT_EQ(test,
			tdi_kunit_create_address(tdi_kunit_open(test),
						 &pair.local, SHARED),
			STATUS_ADDRESS_ALREADY_EXISTS);
}

/* As a server does all day: many connections, close, open again */
static void port_reopened_after_many_connections(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address, *endpoint;
	struct tdi_kunit_request *request;
	struct socket *peer;
	int i;

	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	for (i = 0; i < 20; i++) {
		endpoint = tdi_kunit_endpoint_on(test, address);
		request = tdi_kunit_listen(test, endpoint, NULL);
		peer = tdi_kunit_connect_plain(test, &local);
		KUNIT_ASSERT_EQ(test, tdi_kunit_result(request),
				STATUS_SUCCESS);
		/* we close first */
		tdi_kunit_close(test, endpoint);
		tdi_kunit_close_socket(test, peer);
	}
	tdi_kunit_close(test, address);

	address = tdi_kunit_address(test, &local, 0);
	endpoint = tdi_kunit_endpoint_on(test, address);
	request = tdi_kunit_listen(test, endpoint, NULL);
	tdi_kunit_connect_plain(test, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);

	tdi_kunit_listener(test, &remote, 1);
	endpoint = tdi_kunit_endpoint_on(test, address);
	request = tdi_kunit_connect(test, endpoint, &remote);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
}

/* An address that had no connection leaves nothing behind. */
static void port_is_free_for_anyone_after_an_unused_address(struct kunit *test)
{
	struct sockaddr_storage local;
	struct tdi_kunit_request *request;
	struct tdi_file *file;

	local = tdi_kunit_any(tdi_kunit_family(test), 0);
	file = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, file, &local);
	request = tdi_kunit_listen(test, tdi_kunit_endpoint_on(test, file),
				   NULL);
	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	tdi_kunit_close(test, file);

	KUNIT_EXPECT_EQ(test, tdi_kunit_bind(tdi_kunit_socket(test,
							      local.ss_family),
					     &local), 0);
}

/* Ports that the kernel gave out to others are not ours to choose. */
static void port_0_while_others_hold_many(struct kunit *test)
{
	struct sockaddr_storage theirs, ours;
	struct socket *sock;
	int i;

	for (i = 0; i < 64; i++) {
		theirs = tdi_kunit_loopback(AF_INET, 0);
		sock = port_socket(test, AF_INET, i % PORT_REUSE_KINDS);
		KUNIT_ASSERT_EQ(test, tdi_kunit_bind(sock, &theirs), 0);
		ours = tdi_kunit_any(AF_INET, 0);
		tdi_kunit_local(test, tdi_kunit_address(test, &ours, 0), &ours);
		port_expect_held(test, AF_INET, tdi_kunit_port(&ours),
				 "chosen");
	}
}

/* There is no such protocol: no socket, nor what was there before. */
static void port_without_a_socket(struct kunit *test)
{
	const struct tdi_device device = {
		.type = SOCK_STREAM, .protocol = IPPROTO_EGP,
	};
	struct socket *sock = ERR_PTR(-EBADF);

	KUNIT_EXPECT_EQ(test, tdi_sock_create(&device, &init_net, AF_INET,
					      &sock), -EPROTONOSUPPORT);
	KUNIT_EXPECT_NULL(test, sock);
}

static struct kunit_case tdi_port_cases[] = {
	KUNIT_CASE(port_without_a_socket),
	KUNIT_CASE_PARAM(port_of_ours_is_not_theirs, port_gen_params),
	KUNIT_CASE_PARAM(port_of_theirs_is_not_ours, port_gen_params),
	KUNIT_CASE(port_of_a_dual_stack_socket),
	KUNIT_CASE(port_of_the_other_family_is_free),
	KUNIT_CASE_PARAM(port_is_held_through_a_connections_life,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(port_of_a_finished_connection_is_free_for_us,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(port_of_a_finished_connection_and_reuseaddr,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(port_taken_by_others_after_a_finished_connection,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(port_reopened_after_many_connections),
	KUNIT_CASE_PARAM(port_is_free_for_anyone_after_an_unused_address,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(port_0_while_others_hold_many),
	{}
};

static struct kunit_suite tdi_port_suite = {
	.name = "tdi_port",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_port_cases,
};

kunit_test_suite(tdi_port_suite);
