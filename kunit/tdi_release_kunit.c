// SPDX-License-Identifier: GPL-2.0-only
/*
 * Release of files (S1, S6): a connection gets a FIN, whatever is unread or
 * unsent, in any order of closing.  Judged by what the peer reads, by the
 * segments on the wire, and by TCP's own counter of resets.
 */
#include <net/tcp.h>

#include "tdi_kunit_helpers.h"

/**
 * struct release_watch - what a release is judged by
 * @wire: segments of the connection
 * @resets: TCP's count before
 */
struct release_watch {
	struct tdi_kunit_wire *wire;
	unsigned long resets;
};

static void release_watch(struct kunit *test, struct release_watch *watch,
			  const struct tdi_kunit_pair *pair)
{
	watch->wire = tdi_kunit_wire(test, &pair->local);
	watch->resets = tdi_kunit_resets_sent();
}

static void release_expect_no_reset(struct kunit *test,
				    const struct release_watch *watch)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&watch->wire->rst_from), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&watch->wire->rst_to), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_resets_sent(), watch->resets);
}

/*
 * The endpoint has been closed: the peer gets @expected bytes and the end of
 * file, closes too if it has not yet, and nobody was reset.
 */
static void release_expect_fin(struct kunit *test,
			       const struct release_watch *watch,
			       struct socket *peer, size_t expected)
{
	size_t total;

	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, peer, &total), 0);
	KUNIT_EXPECT_EQ(test, total, expected);
	if (!(peer->sk->sk_shutdown & SEND_SHUTDOWN))
		KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(peer, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_socket_closed(peer));
	KUNIT_EXPECT_EQ(test, READ_ONCE(peer->sk->sk_err), 0);

	KUNIT_EXPECT_GE(test, atomic_read(&watch->wire->fin_from), 1);
	KUNIT_EXPECT_GE(test, atomic_read(&watch->wire->fin_to), 1);
	release_expect_no_reset(test, watch);
}

static bool release_unread_is(const struct sock *sk, size_t length)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return READ_ONCE(tp->rcv_nxt) - READ_ONCE(tp->copied_seq) == length;
}

/* Data that the endpoint has, and its client has not read */
static void release_leave_unread(struct kunit *test,
				 struct tdi_kunit_pair *pair, size_t length)
{
	struct tdi_connection *conn;
	bool there;

	if (!length)
		return;
	KUNIT_ASSERT_EQ(test,
			tdi_kunit_write(pair->peer,
					tdi_kunit_pattern(test, 0, length),
					length), length);
	conn = tdi_connection_get(&pair->endpoint->endpoint);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	there = tdi_kunit_eventually(release_unread_is(conn->sock.socket->sk,
						       length));
	tdi_connection_put(conn);
	KUNIT_ASSERT_TRUE(test, there);
}

enum release_by {
	BY_ENDPOINT,		/* close the endpoint */
	BY_ADDRESS,		/* close the address */
	BY_ENDPOINT_FIRST,	/* both */
	BY_ADDRESS_FIRST,
};

struct release_param {
	const char *desc;
	int family;
	enum release_by by;
	bool accepted;
	size_t unread;
	bool unsent;
	bool receiving;
};

static const struct release_param release_params[] = {
	{ "idle", AF_INET, BY_ENDPOINT },
	{ "idle, IPv6", AF_INET6, BY_ENDPOINT },
	{ "idle, accepted", AF_INET, BY_ENDPOINT, .accepted = true },
	{ "idle, by the address", AF_INET, BY_ADDRESS },
	{ "idle, endpoint, then address", AF_INET, BY_ENDPOINT_FIRST },
	{ "idle, address, then endpoint", AF_INET, BY_ADDRESS_FIRST },
	{ "1 byte unread", AF_INET, BY_ENDPOINT, .unread = 1 },
	{ "32 KiB unread", AF_INET, BY_ENDPOINT, .unread = SZ_32K },
	{ "32 KiB unread, IPv6", AF_INET6, BY_ENDPOINT, .unread = SZ_32K },
	{ "unread, accepted", AF_INET, BY_ENDPOINT, .accepted = true,
	  .unread = 1000 },
	{ "unread, by the address", AF_INET, BY_ADDRESS, .unread = 1000 },
	{ "unread, endpoint, then address", AF_INET, BY_ENDPOINT_FIRST,
	  .unread = 1000 },
	{ "unread, address, then endpoint", AF_INET, BY_ADDRESS_FIRST,
	  .unread = 1000 },
	{ "unsent", AF_INET, BY_ENDPOINT, .unsent = true },
	{ "unsent, IPv6", AF_INET6, BY_ENDPOINT, .unsent = true },
	{ "unsent, accepted", AF_INET, BY_ENDPOINT, .accepted = true,
	  .unsent = true },
	{ "unsent, by the address", AF_INET, BY_ADDRESS, .unsent = true },
	{ "unsent, address, then endpoint", AF_INET, BY_ADDRESS_FIRST,
	  .unsent = true },
	{ "unread and unsent", AF_INET, BY_ENDPOINT, .unread = 1000,
	  .unsent = true },
	{ "unread and unsent, by the address", AF_INET6, BY_ADDRESS,
	  .unread = 1000, .unsent = true },
	{ "a receive waits", AF_INET, BY_ENDPOINT, .receiving = true },
	{ "a receive waits, by the address", AF_INET, BY_ADDRESS,
	  .receiving = true },
	{ "a receive waits, unsent", AF_INET, BY_ENDPOINT, .unsent = true,
	  .receiving = true },
};

KUNIT_ARRAY_PARAM_DESC(release, release_params, desc);

static void release_connected(struct kunit *test, int family, bool accepted,
			      struct tdi_kunit_pair *pair)
{
	struct tdi_kunit_request *listen;

	if (family == AF_INET6)
		tdi_kunit_need_ipv6(test);
	if (!accepted) {
		tdi_kunit_connected(test, family, pair);
		return;
	}
	pair->local = tdi_kunit_loopback(family, 0);
	pair->address = tdi_kunit_address(test, &pair->local, 0);
	tdi_kunit_local(test, pair->address, &pair->local);
	pair->endpoint = tdi_kunit_endpoint_on(test, pair->address);
	listen = tdi_kunit_listen(test, pair->endpoint, NULL);
	pair->peer = tdi_kunit_connect_plain(test, &pair->local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_result(listen), STATUS_SUCCESS);
}

static void release_close(struct kunit *test, struct tdi_kunit_pair *pair,
			  enum release_by by)
{
	if (by == BY_ADDRESS || by == BY_ADDRESS_FIRST)
		tdi_kunit_close(test, pair->address);
	if (by != BY_ADDRESS)
		tdi_kunit_close(test, pair->endpoint);
	if (by == BY_ENDPOINT_FIRST)
		tdi_kunit_close(test, pair->address);
}

static void release_sends_fin(struct kunit *test)
{
	const struct release_param *param = test->param_value;
	struct tdi_kunit_request *receive = NULL;
	struct release_watch watch;
	struct tdi_kunit_pair pair;
	size_t unsent = 0;
	u8 got;

	release_connected(test, param->family, param->accepted, &pair);
	release_watch(test, &watch, &pair);
	release_leave_unread(test, &pair, param->unread);
	if (param->unsent)
		unsent = tdi_kunit_fill(test, pair.endpoint);
	if (param->receiving) {
		receive = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
		tdi_kunit_wait_in_thread(test, receive);
	}

	release_close(test, &pair, param->by);

	if (receive)
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
				param->by == BY_ADDRESS ?
				STATUS_LOCAL_DISCONNECT : STATUS_CANCELLED);
	release_expect_fin(test, &watch, pair.peer, unsent);
}

/* TCP keeps urgent data apart; it is unread like the rest. */
static void release_with_urgent_data_unread(struct kunit *test)
{
	struct msghdr msg = { .msg_flags = MSG_OOB | MSG_NOSIGNAL };
	struct kvec kvec = { .iov_base = "123!", .iov_len = 4 };
	struct release_watch watch;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	release_watch(test, &watch, &pair);
	KUNIT_ASSERT_EQ(test, kernel_sendmsg(pair.peer, &msg, &kvec, 1, 4), 4);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "456", 3), 3);
	tdi_kunit_close(test, pair.endpoint);
	release_expect_fin(test, &watch, pair.peer, 0);
}

static void release_after_the_peers_fin_with_data_unread(struct kunit *test)
{
	struct release_watch watch;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	release_watch(test, &watch, &pair);
	release_leave_unread(test, &pair, 1000);
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(pair.peer, SHUT_WR), 0);
	KUNIT_ASSERT_TRUE(test,
			  tdi_kunit_state_becomes(pair.endpoint,
						  TDI_STATE_REMOTE_RELEASED));
	tdi_kunit_close(test, pair.endpoint);
	release_expect_fin(test, &watch, pair.peer, 0);
}

/* The FIN is out already: no second one, and no RST for what is unread. */
static void release_after_a_local_release(struct kunit *test)
{
	struct release_watch watch;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	release_watch(test, &watch, &pair);
	KUNIT_ASSERT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
	release_leave_unread(test, &pair, 1000);
	tdi_kunit_close(test, pair.endpoint);
	release_expect_fin(test, &watch, pair.peer, 0);
}

/* Disassociation after a local release discards, too (S4). */
static void release_by_disassociation(struct kunit *test)
{
	struct release_watch watch;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	release_watch(test, &watch, &pair);
	KUNIT_ASSERT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
	release_leave_unread(test, &pair, 1000);
	KUNIT_EXPECT_EQ(test,
			tdi_endpoint_disassociate(&pair.endpoint->endpoint),
			STATUS_SUCCESS);
	release_expect_fin(test, &watch, pair.peer, 0);
}

/* What has gone of a send that still waits arrives, and then the FIN. */
static void release_while_a_send_waits(struct kunit *test)
{
	struct tdi_kunit_request *send;
	struct release_watch watch;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	release_watch(test, &watch, &pair);
	send = tdi_kunit_send_large(test, pair.endpoint);
	tdi_kunit_close(test, pair.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(send), STATUS_SUCCESS);
	release_expect_fin(test, &watch, pair.peer,
			   tdi_kunit_information(send));
}

static void release_while_a_release_waits(struct kunit *test)
{
	struct tdi_kunit_request *release;
	struct release_watch watch;
	struct tdi_kunit_pair pair;
	size_t sent;

	tdi_kunit_connected(test, AF_INET, &pair);
	release_watch(test, &watch, &pair);
	sent = tdi_kunit_fill(test, pair.endpoint);
	release = tdi_kunit_disconnect(test, pair.endpoint,
				       TDI_DISCONNECT_RELEASE);
	tdi_kunit_wait_in_thread(test, release);
	tdi_kunit_close(test, pair.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(release), STATUS_CANCELLED);
	release_expect_fin(test, &watch, pair.peer, sent);
}

/* Nobody was there yet: neither FIN nor RST. */
static void release_while_connecting(struct kunit *test)
{
	struct sockaddr_storage full = tdi_kunit_full_listener(test);
	struct tdi_kunit_request *connect;
	struct release_watch watch;
	struct tdi_kunit_pair pair;

	pair.local = tdi_kunit_loopback(AF_INET, 0);
	pair.address = tdi_kunit_address(test, &pair.local, 0);
	tdi_kunit_local(test, pair.address, &pair.local);
	pair.endpoint = tdi_kunit_endpoint_on(test, pair.address);
	release_watch(test, &watch, &pair);
	connect = tdi_kunit_connect(test, pair.endpoint, &full);
	KUNIT_ASSERT_EQ(test, connect->status, STATUS_PENDING);

	tdi_kunit_close(test, pair.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(connect), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, atomic_read(&watch.wire->fin_from), 0);
	release_expect_no_reset(test, &watch);
}

/* Offers that nobody took are refused; that is an RST (S1). */
static void release_refuses_who_waits_to_be_accepted(struct kunit *test)
{
	struct tdi_kunit_request *listen;
	struct tdi_kunit_pair pair;
	u8 byte;

	pair.local = tdi_kunit_loopback(AF_INET, 0);
	pair.address = tdi_kunit_address(test, &pair.local, 0);
	tdi_kunit_local(test, pair.address, &pair.local);
	pair.endpoint = tdi_kunit_endpoint_on(test, pair.address);
	listen = tdi_kunit_listen(test, pair.endpoint, NULL);
	pair.peer = tdi_kunit_connect_plain(test, &pair.local);

	tdi_kunit_close(test, pair.address);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(listen),
			STATUS_LOCAL_DISCONNECT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(pair.peer, &byte, 1),
			-ECONNRESET);
}

#define CONNECTIONS	20

/* S6 with many: each is released, each endpoint is there to be used again. */
static void release_of_an_address_with_many_connections(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address, *file[CONNECTIONS];
	struct socket *peer[CONNECTIONS];
	struct tdi_kunit_request *listen;
	unsigned long resets;
	size_t total;
	u8 got;
	int i;

	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	for (i = 0; i < CONNECTIONS; i++) {
		file[i] = tdi_kunit_endpoint_on(test, address);
		listen = tdi_kunit_listen(test, file[i], NULL);
		peer[i] = tdi_kunit_connect_plain(test, &local);
		KUNIT_ASSERT_EQ(test, tdi_kunit_result(listen), STATUS_SUCCESS);
		tdi_kunit_write(peer[i], "unread", i % 7);
	}
	resets = tdi_kunit_resets_sent();
	tdi_kunit_close(test, address);
	for (i = 0; i < CONNECTIONS; i++) {
		KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, peer[i],
							    &total), 0);
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(file[i]),
				TDI_STATE_OPENED);
		KUNIT_EXPECT_EQ(test, tdi_kunit_receive(test, file[i], 0, &got,
							1)->status,
				STATUS_INVALID_CONNECTION);
	}
	KUNIT_EXPECT_EQ(test, tdi_kunit_resets_sent(), resets);

	local = tdi_kunit_loopback(AF_INET, 0);
	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_associate(&file[0]->endpoint,
						     address),
			STATUS_SUCCESS);
	listen = tdi_kunit_listen(test, file[0], NULL);
	tdi_kunit_connect_plain(test, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(listen), STATUS_SUCCESS);
}

/* The connections of one open of a shared address, not those of the others */
static void release_of_one_open_of_a_shared_address(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address[2], *file[2];
	struct tdi_kunit_request *listen;
	struct socket *peer[2];
	u8 byte;
	int i;

	for (i = 0; i < 2; i++) {
		address[i] = tdi_kunit_address(test, &local,
					       TDI_FILE_SHARE_WRITE);
		tdi_kunit_local(test, address[i], &local);
		file[i] = tdi_kunit_endpoint_on(test, address[i]);
		listen = tdi_kunit_listen(test, file[i], NULL);
		peer[i] = tdi_kunit_connect_plain(test, &local);
		KUNIT_ASSERT_EQ(test, tdi_kunit_result(listen), STATUS_SUCCESS);
	}
	tdi_kunit_close(test, address[0]);

	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer[0], &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file[1]), TDI_STATE_CONNECTED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, file[1], 0, "!", 1)->status,
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer[1], &byte, 1), 1);
}

/* The peer writes until it is told to stop, one way or the other. */
static void release_writer(void *data)
{
	u8 buffer[512] = {};

	while (tdi_kunit_write(data, buffer, sizeof(buffer)) > 0)
		cond_resched();
}

/*
 * What arrives until the close has the socket's lock is discarded: the FIN
 * goes out also to a peer that is sending.  (What arrives after that is
 * answered by TCP, with RST.)
 */
static void release_while_the_peer_sends(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_thread *thread;
	struct tdi_kunit_pair pair;
	struct tdi_kunit_wire *wire;
	u8 got[64];
	int i;

	for (i = 0; i < 10; i++) {
		tdi_kunit_connected(test, AF_INET, &pair);
		wire = tdi_kunit_wire(test, &pair.local);
		thread = tdi_kunit_thread(test, release_writer, pair.peer);
		receive = tdi_kunit_receive(test, pair.endpoint, 0, got,
					    sizeof(got));
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
				STATUS_SUCCESS);
		tdi_kunit_close(test, pair.endpoint);
		tdi_kunit_join(test, thread);
		KUNIT_EXPECT_GE(test, atomic_read(&wire->fin_from), 1);
	}
}

/* What TCP keeps of a connection does not call the module any more. */
static void release_gives_the_callbacks_back(struct kunit *test)
{
	void (*data_ready)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	struct tdi_connection *conn;
	struct tdi_kunit_pair pair;
	struct sock *sk;

	tdi_kunit_connected(test, AF_INET, &pair);
	conn = tdi_connection_get(&pair.endpoint->endpoint);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	data_ready = conn->sock.data_ready;
	state_change = conn->sock.state_change;
	sk = conn->sock.socket->sk;
	sock_hold(sk);
	tdi_connection_put(conn);

	tdi_kunit_close(test, pair.endpoint);
	KUNIT_EXPECT_PTR_EQ(test, sk->sk_data_ready, data_ready);
	KUNIT_EXPECT_PTR_EQ(test, sk->sk_state_change, state_change);
	sock_put(sk);
}

static struct kunit_case tdi_release_cases[] = {
	KUNIT_CASE_PARAM(release_sends_fin, release_gen_params),
	KUNIT_CASE(release_with_urgent_data_unread),
	KUNIT_CASE_PARAM(release_after_the_peers_fin_with_data_unread,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(release_after_a_local_release,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(release_by_disassociation),
	KUNIT_CASE(release_while_a_send_waits),
	KUNIT_CASE(release_while_a_release_waits),
	KUNIT_CASE(release_while_connecting),
	KUNIT_CASE(release_refuses_who_waits_to_be_accepted),
	KUNIT_CASE(release_of_an_address_with_many_connections),
	KUNIT_CASE(release_of_one_open_of_a_shared_address),
	KUNIT_CASE(release_while_the_peer_sends),
	KUNIT_CASE(release_gives_the_callbacks_back),
	{}
};

static struct kunit_suite tdi_release_suite = {
	.name = "tdi_release",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_release_cases,
};

kunit_test_suite(tdi_release_suite);
