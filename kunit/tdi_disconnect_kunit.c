// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_DISCONNECT (reference 2.8, S3, S4, S15), and resets by the peer.
 */
#include <net/tcp.h>

#include "tdi_kunit_event.h"

struct disconnect_flags_param {
	const char *desc;
	u32 flags;
	u32 status;
	u32 state;
};

#define WAIT	TDI_DISCONNECT_WAIT
#define ABORT	TDI_DISCONNECT_ABORT
#define RELEASE	TDI_DISCONNECT_RELEASE

/* S15 */
static const struct disconnect_flags_param disconnect_flags_params[] = {
	{ "no flags: abort", 0, STATUS_SUCCESS, TDI_STATE_ASSOCIATED },
	{ "abort", ABORT, STATUS_SUCCESS, TDI_STATE_ASSOCIATED },
	{ "wait: abort", WAIT, STATUS_SUCCESS, TDI_STATE_ASSOCIATED },
	{ "abort, wait", ABORT | WAIT, STATUS_SUCCESS, TDI_STATE_ASSOCIATED },
	{ "release", RELEASE, STATUS_SUCCESS, TDI_STATE_LOCAL_RELEASED },
	{ "release, wait", RELEASE | WAIT, STATUS_SUCCESS,
	  TDI_STATE_LOCAL_RELEASED },
	{ "abort and release", ABORT | RELEASE, STATUS_INVALID_PARAMETER,
	  TDI_STATE_CONNECTED },
	{ "all three", ABORT | RELEASE | WAIT, STATUS_INVALID_PARAMETER,
	  TDI_STATE_CONNECTED },
	{ "an unknown one", 8, STATUS_INVALID_PARAMETER, TDI_STATE_CONNECTED },
	{ "release and an unknown one", RELEASE | 0x80000000,
	  STATUS_INVALID_PARAMETER, TDI_STATE_CONNECTED },
};

KUNIT_ARRAY_PARAM_DESC(disconnect_flags, disconnect_flags_params, desc);

static void disconnect_flags(struct kunit *test)
{
	const struct disconnect_flags_param *param = test->param_value;
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	struct tdi_kunit_wire *wire;
	u8 byte;

	tdi_kunit_connected(test, AF_INET, &pair);
	wire = tdi_kunit_wire(test, &pair.local);
	request = tdi_kunit_disconnect(test, pair.endpoint, param->flags);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), param->status);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint), param->state);
	if (param->state == TDI_STATE_CONNECTED)
		tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
	else if (param->state == TDI_STATE_ASSOCIATED)
		KUNIT_EXPECT_EQ(test, tdi_kunit_read(pair.peer, &byte, 1),
				-ECONNRESET);
	else
		KUNIT_EXPECT_EQ(test, tdi_kunit_read(pair.peer, &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->rst_from),
			param->state == TDI_STATE_ASSOCIATED);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->fin_from),
			param->state == TDI_STATE_LOCAL_RELEASED);
}

/* Half close: the peer goes on, and then ends. */
static void release_leaves_receiving_as_it_is(struct kunit *test)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	u8 byte = 0x77, got = 0;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, tdi_kunit_read(pair.peer, &got, 1), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, pair.endpoint, 0, &byte,
					     1)->status,
			STATUS_GRACEFUL_DISCONNECT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_write(pair.peer, &byte, 1), 1);
	request = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, got, 0x77);

	request = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
	KUNIT_EXPECT_EQ(test, request->status, STATUS_PENDING);
	tdi_kunit_close_socket(test, pair.peer);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 0);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(pair.endpoint,
							TDI_STATE_ASSOCIATED));
}

static void release_answers_the_peers_release(struct kunit *test)
{
	struct tdi_kunit_wire *wire;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	wire = tdi_kunit_wire(test, &pair.local);
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(pair.peer, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test,
			  tdi_kunit_state_becomes(pair.endpoint,
						  TDI_STATE_REMOTE_RELEASED));

	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_socket_closed(pair.peer));
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->fin_from), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->rst_from), 0);
	tdi_kunit_expect_idle(test, pair.endpoint);
}

/* Each end's FIN is on its way when the other's comes. */
static void release_of_both_at_once(struct kunit *test)
{
	struct tdi_kunit_request *release;
	struct tdi_kunit_wire *wire;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	wire = tdi_kunit_wire(test, &pair.local);
	/* our FIN waits until the peer has sent its own */
	lock_sock(pair.peer->sk);
	release = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	tdi_kunit_wait_in_thread(test, release);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_LOCAL_RELEASED);
	pair.peer->sk->sk_shutdown |= SEND_SHUTDOWN;
	pair.peer->sk->sk_prot->shutdown(pair.peer->sk, SEND_SHUTDOWN);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(READ_ONCE(
			tdi_kunit_own_socket(test, pair.endpoint)->sk->sk_state) ==
			TCP_CLOSING));
	/* the peer has not acknowledged ours yet */
	KUNIT_EXPECT_EQ(test,
			tdi_endpoint_disassociate(&pair.endpoint->endpoint),
			STATUS_CONNECTION_ACTIVE);
	release_sock(pair.peer->sk);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(release), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_socket_closed(pair.peer));
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->fin_from), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->fin_to), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->rst_from), 0);
	tdi_kunit_expect_idle(test, pair.endpoint);
}

/* A second one waits for the same FIN, or finds it acknowledged. */
static void release_twice(struct kunit *test)
{
	struct tdi_kunit_request *first, *second;
	struct tdi_kunit_pair pair;
	struct tdi_kunit_wire *wire;
	size_t total;

	tdi_kunit_connected(test, AF_INET, &pair);
	wire = tdi_kunit_wire(test, &pair.local);
	tdi_kunit_fill(test, pair.endpoint);
	first = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	second = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	tdi_kunit_wait_in_thread(test, first);
	tdi_kunit_wait_in_thread(test, second);

	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(first), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(second), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->fin_from), 1);
}

static void disconnect_what_has_ended(struct kunit *test)
{
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
	tdi_kunit_close_socket(test, pair.peer);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(pair.endpoint,
							TDI_STATE_ASSOCIATED));
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, pair.endpoint),
			STATUS_SUCCESS);

	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_kunit_reset_socket(test, pair.peer);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(pair.endpoint,
							TDI_STATE_ASSOCIATED));
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
}

/* Sends that wait go first; those that come after it do not go (S3). */
static void release_flushes_sends_that_wait(struct kunit *test)
{
	struct tdi_kunit_request *send, *release;
	struct tdi_kunit_pair pair;
	size_t total;
	u8 byte = 0;

	tdi_kunit_connected(test, AF_INET, &pair);
	send = tdi_kunit_send_large(test, pair.endpoint);
	release = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	tdi_kunit_wait_in_thread(test, release);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_CONNECTED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, pair.endpoint, 0, &byte,
					     1)->status,
			STATUS_GRACEFUL_DISCONNECT);

	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, total, TDI_KUNIT_LARGE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(send), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(send),
			TDI_KUNIT_LARGE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(release), STATUS_SUCCESS);
}

/* The FIN is queued behind data that the peer does not take. */
static void release_times_out(struct kunit *test)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	size_t sent, total;
	u8 byte = 3;

	tdi_kunit_connected(test, AF_INET, &pair);
	sent = tdi_kunit_fill(test, pair.endpoint);
	request = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result_within(request, 2),
			STATUS_IO_TIMEOUT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_LOCAL_RELEASED);
	KUNIT_EXPECT_EQ(test,
			tdi_endpoint_disassociate(&pair.endpoint->endpoint),
			STATUS_CONNECTION_ACTIVE);

	/* receives go on working (S3) */
	KUNIT_EXPECT_EQ(test, tdi_kunit_write(pair.peer, &byte, 1), 1);
	request = tdi_kunit_receive(test, pair.endpoint, 0, &byte, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	/* and the FIN comes after all */
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, total, sent);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
}

/* Given up while it still waited for a send: it never was. */
static void release_that_did_not_begin_leaves_no_trace(struct kunit *test)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	size_t total;

	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_kunit_send_large(test, pair.endpoint);
	request = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result_within(request, 2),
			STATUS_IO_TIMEOUT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_CONNECTED);

	request = tdi_kunit_send(test, pair.endpoint, 0,
				 tdi_kunit_pattern(test, TDI_KUNIT_LARGE, 10),
				 10);
	tdi_kunit_wait_in_thread(test, request);
	request = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	tdi_kunit_wait_in_thread(test, request);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, total, TDI_KUNIT_LARGE + 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
}

static void release_without_waiting(struct kunit *test)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	size_t sent, total;

	tdi_kunit_connected(test, AF_INET, &pair);
	sent = tdi_kunit_fill(test, pair.endpoint);
	request = tdi_kunit_request(test, pair.endpoint);
	request->waiter.req.nonblock = true;
	request->waiter.req.flags = RELEASE;

	KUNIT_EXPECT_EQ(test, tdi_disconnect(&request->waiter.req),
			STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_LOCAL_RELEASED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, total, sent);
}

static void release_without_waiting_behind_a_send(struct kunit *test)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_kunit_send_large(test, pair.endpoint);
	request = tdi_kunit_request(test, pair.endpoint);
	request->waiter.req.nonblock = true;
	request->waiter.req.flags = RELEASE;

	KUNIT_EXPECT_EQ(test, tdi_disconnect(&request->waiter.req),
			STATUS_DEVICE_NOT_READY);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_CONNECTED);
}

static void abort_overrides_a_release(struct kunit *test)
{
	struct tdi_kunit_request *release;
	struct tdi_kunit_pair pair;
	struct tdi_kunit_wire *wire;
	size_t total;

	tdi_kunit_connected(test, AF_INET, &pair);
	wire = tdi_kunit_wire(test, &pair.local);
	tdi_kunit_fill(test, pair.endpoint);
	release = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	tdi_kunit_wait_in_thread(test, release);

	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, pair.endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(release),
			STATUS_CONNECTION_ABORTED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			-ECONNRESET);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->rst_from), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->fin_from), 0);
	tdi_kunit_expect_idle(test, pair.endpoint);
}

static void reset_by_the_peer_is_told_to_everyone(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u8 byte = 0;
	int i;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &byte, 1);
	tdi_kunit_reset_socket(test, pair.peer);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
			STATUS_CONNECTION_RESET);
	for (i = 0; i < 2; i++) {
		receive = tdi_kunit_receive(test, pair.endpoint, 0, &byte, 1);
		KUNIT_EXPECT_EQ(test, receive->status, STATUS_CONNECTION_RESET);
		KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, pair.endpoint, 0,
						     &byte, 1)->status,
				STATUS_CONNECTION_RESET);
	}
	tdi_kunit_expect_idle(test, pair.endpoint);
}

static void reset_by_the_peer_during_a_release(struct kunit *test)
{
	struct tdi_kunit_request *release;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_kunit_fill(test, pair.endpoint);
	release = tdi_kunit_disconnect(test, pair.endpoint, RELEASE);
	tdi_kunit_wait_in_thread(test, release);
	tdi_kunit_reset_socket(test, pair.peer);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(release),
			STATUS_CONNECTION_RESET);
	tdi_kunit_expect_idle(test, pair.endpoint);
}

/* What an administrator can do to any socket (ss -K) */
static void connection_is_killed_from_outside(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_connection *conn;
	struct tdi_kunit_pair pair;
	u8 byte;

	tdi_kunit_connected(test, AF_INET, &pair);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &byte, 1);
	tdi_kunit_wait_in_thread(test, receive);
	conn = tdi_connection_get(&pair.endpoint->endpoint);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	tcp_abort(conn->sock.socket->sk, ECONNABORTED);
	tdi_connection_put(conn);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
			STATUS_CONNECTION_ABORTED);
	tdi_kunit_expect_idle(test, pair.endpoint);
}

static void disconnect_abort(void *data)
{
	struct tdi_kunit_request *request = data;

	request->status = tdi_disconnect(&request->waiter.req);
}

/* As it is for as long as a send or receive is stuck in a page fault */
static void abort_while_the_socket_is_locked(struct kunit *test)
{
	struct tdi_kunit_request *receive, *abort;
	struct tdi_kunit_thread *thread;
	struct tdi_connection *conn;
	struct tdi_kunit_pair pair;
	u8 byte;

	tdi_kunit_connected(test, AF_INET, &pair);
	conn = tdi_connection_get(&pair.endpoint->endpoint);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &byte, 1);
	tdi_kunit_wait_in_thread(test, receive);
	abort = tdi_kunit_request(test, pair.endpoint);
	abort->waiter.req.flags = TDI_DISCONNECT_ABORT;

	lock_sock(conn->sock.socket->sk);
	thread = tdi_kunit_thread(test, disconnect_abort, abort);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
			STATUS_CONNECTION_ABORTED);
	release_sock(conn->sock.socket->sk);
	tdi_kunit_join(test, thread);
	KUNIT_EXPECT_EQ(test, abort->status, STATUS_SUCCESS);
	tdi_connection_put(conn);
	tdi_kunit_expect_idle(test, pair.endpoint);
}

static struct kunit_case tdi_disconnect_cases[] = {
	KUNIT_CASE(abort_while_the_socket_is_locked),
	KUNIT_CASE_PARAM(disconnect_flags, disconnect_flags_gen_params),
	KUNIT_CASE_PARAM(release_leaves_receiving_as_it_is,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(release_answers_the_peers_release,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(release_of_both_at_once,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(release_twice),
	KUNIT_CASE(disconnect_what_has_ended),
	KUNIT_CASE(release_flushes_sends_that_wait),
	KUNIT_CASE(release_times_out),
	KUNIT_CASE(release_that_did_not_begin_leaves_no_trace),
	KUNIT_CASE(release_without_waiting),
	KUNIT_CASE(release_without_waiting_behind_a_send),
	KUNIT_CASE(abort_overrides_a_release),
	KUNIT_CASE_PARAM(reset_by_the_peer_is_told_to_everyone,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(reset_by_the_peer_during_a_release),
	KUNIT_CASE(connection_is_killed_from_outside),
	{}
};

static struct kunit_suite tdi_disconnect_suite = {
	.name = "tdi_disconnect",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_disconnect_cases,
};

kunit_test_suite(tdi_disconnect_suite);
