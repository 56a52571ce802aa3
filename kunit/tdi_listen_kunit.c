// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_LISTEN (reference 2.6, S9): the endpoint becomes the connection, first
 * come first served, but for filters.
 */
#include <net/tcp.h>

#include "tdi_kunit_helpers.h"

/* An address that connections can come to, with its port */
static struct tdi_file *listen_address(struct kunit *test,
				       struct sockaddr_storage *local)
{
	struct tdi_file *file = tdi_kunit_address(test, local, 0);

	tdi_kunit_local(test, file, local);
	return file;
}

/* An ordinary socket that connects from a certain loopback address */
static struct socket *listen_client(struct kunit *test, u32 from,
				    const struct sockaddr_storage *to)
{
	struct sockaddr_storage local = tdi_kunit_ip(from, 0);
	struct socket *sock = tdi_kunit_socket(test, AF_INET);

	KUNIT_ASSERT_EQ(test, tdi_kunit_bind(sock, &local), 0);
	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_socket(sock, to, 0), 0);
	return sock;
}

/* Is this the connection of that socket?  A byte tells. */
static void listen_expect_peer(struct kunit *test, struct tdi_file *file,
			       struct socket *peer, u8 byte)
{
	struct tdi_kunit_request *receive;
	u8 got = 0;

	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_CONNECTED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_write(peer, &byte, 1), 1);
	receive = tdi_kunit_receive(test, file, 0, &got, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, got, byte);
}

static void listen_becomes_the_connection(struct kunit *test)
{
	struct sockaddr_storage local, from;
	struct tdi_kunit_request *request;
	struct tdi_file *file;
	struct socket *peer;
	u8 byte = 9;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	file = tdi_kunit_endpoint_on(test, listen_address(test, &local));
	request = tdi_kunit_listen(test, file, NULL);
	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	peer = tdi_kunit_connect_plain(test, &local);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_sock_local(peer, &from), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&request->waiter.req.remote,
						&from));
	listen_expect_peer(test, file, peer, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, file, 0, &byte, 1)->status,
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, &byte, 1), 1);
}

/* The same, with a thread that sleeps when the connection comes */
static void listen_wakes_who_waits(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	struct tdi_kunit_request *request;
	struct tdi_file *file;
	struct socket *peer;

	file = tdi_kunit_endpoint_on(test, listen_address(test, &local));
	local = tdi_kunit_loopback(AF_INET, tdi_kunit_port(&local));
	request = tdi_kunit_listen(test, file, NULL);
	tdi_kunit_wait_in_thread(test, request);
	peer = tdi_kunit_connect_plain(test, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	listen_expect_peer(test, file, peer, 2);
}

/* What the peer did before anybody accepted is not lost. */
static void listen_finds_data_and_end_of_a_hasty_peer(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request;
	struct tdi_file *file;
	struct socket *peer;
	u8 data[8] = "hasty";

	file = tdi_kunit_endpoint_on(test, listen_address(test, &local));
	request = tdi_kunit_listen(test, file, NULL);
	peer = tdi_kunit_connect_plain(test, &local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(peer, data, 6), 6);
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(peer, SHUT_WR), 0);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test,
			  tdi_kunit_state_becomes(file,
						  TDI_STATE_REMOTE_RELEASED));
	memset(data, 0, sizeof(data));
	request = tdi_kunit_receive(test, file, 0, data, sizeof(data));
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 6);
	KUNIT_EXPECT_STREQ(test, (char *)data, "hasty");
	request = tdi_kunit_receive(test, file, 0, data, sizeof(data));
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 0);
}

/* A peer that is gone again before it was accepted is not a connection. */
static void listen_passes_over_a_peer_that_is_gone(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request;
	struct tdi_file *file;
	struct socket *peer;

	file = tdi_kunit_endpoint_on(test, listen_address(test, &local));
	request = tdi_kunit_listen(test, file, NULL);
	tdi_kunit_reset_socket(test, tdi_kunit_connect_plain(test, &local));
	tdi_kunit_wait_in_thread(test, request);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_LISTENING);

	peer = tdi_kunit_connect_plain(test, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	listen_expect_peer(test, file, peer, 3);
}

#define HASTY	70	/* more than one turn looks at */

static void listen_passes_over_many_peers_that_are_gone(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = listen_address(test, &local), *file;
	struct tdi_kunit_request *request[HASTY];
	struct socket *peer;
	int i;

	for (i = 0; i < HASTY; i++) {
		file = tdi_kunit_endpoint_on(test, address);
		request[i] = tdi_kunit_listen(test, file, NULL);
		KUNIT_ASSERT_EQ(test, request[i]->status, STATUS_PENDING);
	}
	for (i = 0; i < HASTY - 1; i++)
		tdi_kunit_reset_socket(test,
				       tdi_kunit_connect_plain(test, &local));
	/* behind them, and nobody comes after it: no event tells of it later */
	peer = tdi_kunit_connect_plain(test, &local);
	tdi_kunit_wait_in_thread(test, request[0]);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[0]), STATUS_SUCCESS);
	listen_expect_peer(test, request[0]->waiter.req.file, peer, 3);
}

/* What an administrator can do to any socket (ss -K) */
static void listen_ends_when_its_listener_is_killed(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = listen_address(test, &local), *file[2];
	struct tdi_kunit_request *request[2];
	struct socket *peer;
	int i;

	for (i = 0; i < 2; i++) {
		file[i] = tdi_kunit_endpoint_on(test, address);
		request[i] = tdi_kunit_listen(test, file[i], NULL);
		tdi_kunit_wait_in_thread(test, request[i]);
	}
	tcp_abort(address->address.address->listener.socket->sk, ECONNABORTED);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[i]),
				STATUS_CONNECTION_ABORTED);
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(file[i]),
				TDI_STATE_ASSOCIATED);
	}

	request[0] = tdi_kunit_listen(test, file[0], NULL);
	peer = tdi_kunit_connect_plain(test, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[0]), STATUS_SUCCESS);
	listen_expect_peer(test, file[0], peer, 3);
}

#define LISTENS	4

static void listen_first_come_first_served(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request[LISTENS];
	struct tdi_file *address, *file[LISTENS];
	struct socket *peer[LISTENS];
	int i;

	address = listen_address(test, &local);
	for (i = 0; i < LISTENS; i++) {
		file[i] = tdi_kunit_endpoint_on(test, address);
		request[i] = tdi_kunit_listen(test, file[i], NULL);
		KUNIT_ASSERT_EQ(test, request[i]->status, STATUS_PENDING);
	}
	for (i = 0; i < LISTENS; i++)
		peer[i] = tdi_kunit_connect_plain(test, &local);
	for (i = 0; i < LISTENS; i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[i]),
				STATUS_SUCCESS);
	for (i = 0; i < LISTENS; i++)
		listen_expect_peer(test, file[i], peer[i], i);
}

static void listen_first_come_first_served_by_threads(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request[LISTENS];
	struct tdi_file *address, *file[LISTENS];
	struct socket *peer;
	int i;

	address = listen_address(test, &local);
	for (i = 0; i < LISTENS; i++) {
		file[i] = tdi_kunit_endpoint_on(test, address);
		request[i] = tdi_kunit_listen(test, file[i], NULL);
	}
	/* who sleeps first makes no difference */
	for (i = LISTENS - 1; i >= 0; i--)
		tdi_kunit_wait_in_thread(test, request[i]);
	for (i = 0; i < LISTENS; i++) {
		peer = tdi_kunit_connect_plain(test, &local);
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[i]),
				STATUS_SUCCESS);
		listen_expect_peer(test, file[i], peer, i);
	}
}

/* As many connections as there are listens; the next SYN is dropped (S9). */
static void listen_backlog_is_the_number_of_listens(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = listen_address(test, &local);
	struct tdi_kunit_request *request;
	struct socket *sock;
	int i;

	for (i = 0; i < LISTENS; i++) {
		request = tdi_kunit_listen(test,
					   tdi_kunit_endpoint_on(test, address),
					   NULL);
		KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	}
	for (i = 0; i < LISTENS; i++)
		tdi_kunit_connect_plain(test, &local);

	sock = tdi_kunit_socket(test, AF_INET);
	sock->sk->sk_sndtimeo = HZ / 10;
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_socket(sock, &local, 0),
			-EINPROGRESS);
	KUNIT_EXPECT_EQ(test, sock->sk->sk_state, TCP_SYN_SENT);
}

/* There is no listener without a listen. */
static void listen_ends_with_the_last_one(struct kunit *test)
{
	struct sockaddr_storage local;
	struct tdi_kunit_request *request;
	struct tdi_file *file;
	struct socket *peer;
	u64 count;
	u8 byte;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	file = tdi_kunit_endpoint_on(test, listen_address(test, &local));
	peer = tdi_kunit_socket(test, local.ss_family);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_socket(peer, &local, 0),
			-ECONNREFUSED);

	request = tdi_kunit_listen(test, file, NULL);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_socket(peer, &local, 0), 0);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(file, true, 0, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_ASSOCIATED);

	/* whom nobody took is refused */
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, &byte, 1), -ECONNRESET);
	peer = tdi_kunit_socket(test, local.ss_family);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_socket(peer, &local, 0),
			-ECONNREFUSED);
}

static void listen_cancelled_leaves_the_others(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request[3];
	struct tdi_file *address, *file[3];
	struct socket *peer[2];
	u64 count;
	int i;

	address = listen_address(test, &local);
	for (i = 0; i < 3; i++) {
		file[i] = tdi_kunit_endpoint_on(test, address);
		request[i] = tdi_kunit_listen(test, file[i], NULL);
	}
	/* both are there, and the first listen has been told of it */
	for (i = 0; i < 2; i++)
		peer[i] = tdi_kunit_connect_plain(test, &local);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(file[0], true, 0, &count),
			STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[0]), STATUS_CANCELLED);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[i + 1]),
				STATUS_SUCCESS);
		listen_expect_peer(test, file[i + 1], peer[i], i);
	}
}

struct listen_filter_param {
	const char *desc;
	u32 host;
	bool port;	/* the peer's, or any */
	bool accepted;
};

/* Of a peer at 127.0.0.2 */
static const struct listen_filter_param listen_filter_params[] = {
	{ "that host, any port", 0x7f000002, false, true },
	{ "that host and port", 0x7f000002, true, true },
	{ "any host, that port", INADDR_ANY, true, true },
	{ "another host, any port", 0x7f000003, false, false },
	{ "another host, that port", 0x7f000003, true, false },
};

KUNIT_ARRAY_PARAM_DESC(listen_filter, listen_filter_params, desc);

static void listen_filter(struct kunit *test)
{
	const struct listen_filter_param *param = test->param_value;
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	struct sockaddr_storage from = tdi_kunit_ip(0x7f000002, 0), filter;
	struct socket *peer = tdi_kunit_socket(test, AF_INET);
	struct tdi_kunit_request *request;
	struct tdi_file *file;
	u8 byte;
	int err;

	KUNIT_ASSERT_EQ(test, tdi_kunit_bind(peer, &from), 0);
	KUNIT_ASSERT_EQ(test, tdi_sock_local(peer, &from), 0);
	filter = tdi_kunit_ip(param->host,
			      param->port ? tdi_kunit_port(&from) : 0);
	file = tdi_kunit_endpoint_on(test, listen_address(test, &local));
	request = tdi_kunit_listen(test, file, &filter);
	tdi_kunit_wait_in_thread(test, request);
	local = tdi_kunit_loopback(AF_INET, tdi_kunit_port(&local));
	err = tdi_kunit_connect_socket(peer, &local, 0);

	if (param->accepted) {
		KUNIT_EXPECT_EQ(test, err, 0);
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(request),
				STATUS_SUCCESS);
		listen_expect_peer(test, file, peer, 4);
	} else {
		/* accepted by the kernel, then reset, sooner or later */
		if (!err)
			err = tdi_kunit_read(peer, &byte, 1);
		KUNIT_EXPECT_EQ(test, err, -ECONNRESET);
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(file),
				TDI_STATE_LISTENING);
	}
}

/* The first listen accepts, and hands on what is not its own. */
static void listen_filter_steals_from_nobody(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	struct sockaddr_storage two = tdi_kunit_ip(0x7f000002, 0);
	struct tdi_kunit_request *only_two, *anyone;
	struct tdi_file *address, *file[2];
	struct socket *peer;

	address = listen_address(test, &local);
	local = tdi_kunit_loopback(AF_INET, tdi_kunit_port(&local));
	file[0] = tdi_kunit_endpoint_on(test, address);
	file[1] = tdi_kunit_endpoint_on(test, address);
	only_two = tdi_kunit_listen(test, file[0], &two);
	anyone = tdi_kunit_listen(test, file[1], NULL);
	tdi_kunit_wait_in_thread(test, only_two);
	tdi_kunit_wait_in_thread(test, anyone);

	peer = listen_client(test, 0x7f000003, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(anyone), STATUS_SUCCESS);
	listen_expect_peer(test, file[1], peer, 5);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file[0]), TDI_STATE_LISTENING);

	peer = listen_client(test, 0x7f000002, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(only_two), STATUS_SUCCESS);
	listen_expect_peer(test, file[0], peer, 6);
}

/* Meant for one that goes before it took it: the next one's */
static void listen_handed_on_when_its_taker_goes(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	struct sockaddr_storage two = tdi_kunit_ip(0x7f000002, 0);
	struct tdi_kunit_request *filtered, *taker, *next;
	struct tdi_file *address, *file[3];
	struct socket *peer;

	address = listen_address(test, &local);
	local = tdi_kunit_loopback(AF_INET, tdi_kunit_port(&local));
	file[0] = tdi_kunit_endpoint_on(test, address);
	file[1] = tdi_kunit_endpoint_on(test, address);
	file[2] = tdi_kunit_endpoint_on(test, address);
	filtered = tdi_kunit_listen(test, file[0], &two);
	taker = tdi_kunit_listen(test, file[1], NULL);
	next = tdi_kunit_listen(test, file[2], NULL);

	/* the first hands it to the second, whose thread does not run yet */
	peer = listen_client(test, 0x7f000003, &local);
	tdi_kunit_wait_in_thread(test, filtered);
	KUNIT_ASSERT_TRUE(test,
			  tdi_kunit_eventually(taker->waiter.req.accepted));
	tdi_kunit_close(test, file[1]);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(taker), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(next), STATUS_SUCCESS);
	listen_expect_peer(test, file[2], peer, 7);
}

static void listen_and_connect_from_one_address(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0), seen;
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct socket *listener = tdi_kunit_listener(test, &remote, 1);
	struct tdi_file *address, *listening, *connecting;
	struct tdi_kunit_request *request;
	struct socket *peer;

	address = listen_address(test, &local);
	listening = tdi_kunit_endpoint_on(test, address);
	connecting = tdi_kunit_endpoint_on(test, address);
	request = tdi_kunit_listen(test, listening, NULL);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, connecting, &remote),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_sock_peer(tdi_kunit_accept(test, listener),
					    &seen), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&seen, &local));

	peer = tdi_kunit_connect_plain(test, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	listen_expect_peer(test, listening, peer, 8);
}

static void listen_on_any_open_of_a_shared_address(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request[2];
	struct tdi_file *address, *file[2];
	struct socket *peer;
	int i;

	for (i = 0; i < 2; i++) {
		address = tdi_kunit_address(test, &local, TDI_FILE_SHARE_READ);
		tdi_kunit_local(test, address, &local);
		file[i] = tdi_kunit_endpoint_on(test, address);
		request[i] = tdi_kunit_listen(test, file[i], NULL);
	}
	for (i = 0; i < 2; i++) {
		peer = tdi_kunit_connect_plain(test, &local);
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[i]),
				STATUS_SUCCESS);
		listen_expect_peer(test, file[i], peer, i);
	}
}

static void listen_flags(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file;
	struct tdi_kunit_request *request;
	u32 flag;

	file = tdi_kunit_endpoint_on(test, listen_address(test, &local));
	for (flag = TDI_QUERY_ACCEPT << 1; flag; flag <<= 1) {
		request = tdi_kunit_request(test, file);
		request->waiter.req.flags = flag;
		KUNIT_EXPECT_EQ(test, tdi_listen(&request->waiter.req),
				STATUS_INVALID_PARAMETER);
	}
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_ASSOCIATED);
}

static void listen_without_waiting(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = listen_address(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);
	struct tdi_kunit_request *request = tdi_kunit_request(test, file);
	int i;

	request->waiter.req.nonblock = true;
	/* alone, and with somebody who waits already */
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, tdi_listen(&request->waiter.req),
				STATUS_DEVICE_NOT_READY);
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(file),
				TDI_STATE_ASSOCIATED);
		tdi_kunit_listen(test, tdi_kunit_endpoint_on(test, address),
				 NULL);
	}
}

/* What the last connection still has to be read is not lost by it. */
static void listen_or_connect_that_fails_changes_nothing(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	struct tdi_file *other;
	u8 byte = 'l';

	tdi_kunit_connected(test, AF_INET, &pair);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, &byte, 1), 1);
	tdi_kunit_close_socket(test, pair.peer);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(pair.endpoint,
						TDI_STATE_REMOTE_RELEASED));
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(pair.endpoint,
							TDI_STATE_ASSOCIATED));

	request = tdi_kunit_request(test, pair.endpoint);
	request->waiter.req.nonblock = true;
	KUNIT_EXPECT_EQ(test, tdi_listen(&request->waiter.req),
			STATUS_DEVICE_NOT_READY);
	/* where another one of its address is connected already */
	tdi_kunit_listener(test, &remote, 1);
	other = tdi_kunit_endpoint_on(test, pair.address);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, other, &remote),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, pair.endpoint,
						    &remote),
			STATUS_ADDRESS_ALREADY_EXISTS);
	byte = 0;
	request = tdi_kunit_receive(test, pair.endpoint, 0, &byte, 1);
	KUNIT_EXPECT_EQ(test, request->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, byte, 'l');
}

static struct kunit_case tdi_listen_cases[] = {
	KUNIT_CASE(listen_or_connect_that_fails_changes_nothing),
	KUNIT_CASE_PARAM(listen_becomes_the_connection,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(listen_wakes_who_waits),
	KUNIT_CASE(listen_finds_data_and_end_of_a_hasty_peer),
	KUNIT_CASE(listen_passes_over_a_peer_that_is_gone),
	KUNIT_CASE(listen_passes_over_many_peers_that_are_gone),
	KUNIT_CASE(listen_ends_when_its_listener_is_killed),
	KUNIT_CASE(listen_first_come_first_served),
	KUNIT_CASE(listen_first_come_first_served_by_threads),
	KUNIT_CASE(listen_backlog_is_the_number_of_listens),
	KUNIT_CASE_PARAM(listen_ends_with_the_last_one,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(listen_cancelled_leaves_the_others),
	KUNIT_CASE_PARAM(listen_filter, listen_filter_gen_params),
	KUNIT_CASE(listen_filter_steals_from_nobody),
	KUNIT_CASE(listen_handed_on_when_its_taker_goes),
	KUNIT_CASE(listen_and_connect_from_one_address),
	KUNIT_CASE(listen_on_any_open_of_a_shared_address),
	KUNIT_CASE(listen_flags),
	KUNIT_CASE(listen_without_waiting),
	{}
};

static struct kunit_suite tdi_listen_suite = {
	.name = "tdi_listen",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_listen_cases,
};

kunit_test_suite(tdi_listen_suite);
