// SPDX-License-Identifier: GPL-2.0-only
/*
 * How requests end that do not end by themselves: cancelled (reference 2.15,
 * S10), or with what they were about (4.4).
 */
#include <linux/sched/signal.h>
#include <net/tcp.h>

#include "tdi_kunit_helpers.h"

enum end_kind {
	END_CONNECT,
	END_LISTEN,
	END_SEND,	/* partly in the socket */
	END_QUEUED_SEND,
	END_RECEIVE,
	END_RELEASE,
	END_KINDS,
};

enum end_cause {
	END_CANCEL,
	END_ABORT,
	END_ENDPOINT_CLOSE,
	END_ADDRESS_CLOSE,
	END_PEER_RESET,
	END_SIGNAL,
};

struct end_param {
	const char *desc;
	enum end_cause cause;
	u32 status[END_KINDS];
};

/* Reference 4.4; U32_MAX where the cause does not concern the request */
static const struct end_param end_params[] = {
	{ "cancel", END_CANCEL, {
		[END_CONNECT]		= STATUS_CANCELLED,
		[END_LISTEN]		= STATUS_CANCELLED,
		[END_SEND]		= STATUS_SUCCESS,
		[END_QUEUED_SEND]	= STATUS_CANCELLED,
		[END_RECEIVE]		= STATUS_CANCELLED,
		[END_RELEASE]		= STATUS_CANCELLED } },
	{ "signal", END_SIGNAL, {
		[END_CONNECT]		= STATUS_CANCELLED,
		[END_LISTEN]		= STATUS_CANCELLED,
		[END_SEND]		= STATUS_SUCCESS,
		[END_QUEUED_SEND]	= STATUS_CANCELLED,
		[END_RECEIVE]		= STATUS_CANCELLED,
		[END_RELEASE]		= STATUS_CANCELLED } },
	{ "local abort", END_ABORT, {
		[END_CONNECT]		= STATUS_CONNECTION_ABORTED,
		[END_LISTEN]		= STATUS_CONNECTION_ABORTED,
		[END_SEND]		= STATUS_CONNECTION_ABORTED,
		[END_QUEUED_SEND]	= STATUS_CONNECTION_ABORTED,
		[END_RECEIVE]		= STATUS_CONNECTION_ABORTED,
		[END_RELEASE]		= STATUS_CONNECTION_ABORTED } },
	{ "close of the endpoint", END_ENDPOINT_CLOSE, {
		[END_CONNECT]		= STATUS_CANCELLED,
		[END_LISTEN]		= STATUS_CANCELLED,
		[END_SEND]		= STATUS_SUCCESS,
		[END_QUEUED_SEND]	= STATUS_CANCELLED,
		[END_RECEIVE]		= STATUS_CANCELLED,
		[END_RELEASE]		= STATUS_CANCELLED } },
	{ "close of the address", END_ADDRESS_CLOSE, {
		[END_CONNECT]		= STATUS_LOCAL_DISCONNECT,
		[END_LISTEN]		= STATUS_LOCAL_DISCONNECT,
		[END_SEND]		= STATUS_LOCAL_DISCONNECT,
		[END_QUEUED_SEND]	= STATUS_LOCAL_DISCONNECT,
		[END_RECEIVE]		= STATUS_LOCAL_DISCONNECT,
		[END_RELEASE]		= STATUS_LOCAL_DISCONNECT } },
	{ "reset by the peer", END_PEER_RESET, {
		[END_CONNECT]		= U32_MAX,
		[END_LISTEN]		= U32_MAX,
		[END_SEND]		= STATUS_CONNECTION_RESET,
		[END_QUEUED_SEND]	= STATUS_CONNECTION_RESET,
		[END_RECEIVE]		= STATUS_CONNECTION_RESET,
		[END_RELEASE]		= STATUS_CONNECTION_RESET } },
};

KUNIT_ARRAY_PARAM_DESC(end, end_params, desc);

static struct tdi_kunit_request *end_submit(struct kunit *test,
					    struct tdi_kunit_pair *pair,
					    enum end_kind kind)
{
	struct sockaddr_storage full;

	switch (kind) {
	case END_CONNECT:
		full = tdi_kunit_full_listener(test);
		return tdi_kunit_connect(test, pair->endpoint, &full);
	case END_LISTEN:
		return tdi_kunit_listen(test, pair->endpoint, NULL);
	case END_SEND:
		return tdi_kunit_send_large(test, pair->endpoint);
	case END_QUEUED_SEND:
		tdi_kunit_send_large(test, pair->endpoint);
		return tdi_kunit_send(test, pair->endpoint, 0, "x", 1);
	case END_RECEIVE:
		return tdi_kunit_receive(test, pair->endpoint, 0,
					 kunit_kzalloc(test, 8, GFP_KERNEL), 8);
	default:
		tdi_kunit_fill(test, pair->endpoint);
		return tdi_kunit_disconnect(test, pair->endpoint,
					    TDI_DISCONNECT_RELEASE);
	}
}

/* A request of that kind, pending; on a connection if it needs one */
static struct tdi_kunit_request *end_arrange(struct kunit *test,
					     struct tdi_kunit_pair *pair,
					     enum end_kind kind)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request;

	if (kind == END_CONNECT || kind == END_LISTEN) {
		pair->address = tdi_kunit_address(test, &local, 0);
		pair->endpoint = tdi_kunit_endpoint_on(test, pair->address);
	} else {
		tdi_kunit_connected(test, AF_INET, pair);
	}
	request = end_submit(test, pair, kind);
	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	return request;
}

static void end_act(struct kunit *test, struct tdi_kunit_pair *pair,
		    struct tdi_kunit_request *request, enum end_cause cause)
{
	u64 count;

	switch (cause) {
	case END_CANCEL:
		KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair->endpoint, true, 0,
						      &count),
				STATUS_SUCCESS);
		break;
	case END_SIGNAL:
		send_sig(SIGUSR1, request->thread, 1);
		break;
	case END_ABORT:
		KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, pair->endpoint),
				STATUS_SUCCESS);
		break;
	case END_ENDPOINT_CLOSE:
		tdi_kunit_close(test, pair->endpoint);
		break;
	case END_ADDRESS_CLOSE:
		tdi_kunit_close(test, pair->address);
		break;
	case END_PEER_RESET:
		tdi_kunit_reset_socket(test, pair->peer);
		break;
	}
}

static void end_one(struct kunit *test, const struct end_param *param,
		    enum end_kind kind, bool in_thread)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;

	request = end_arrange(test, &pair, kind);
	if (in_thread && !request->thread)
		tdi_kunit_wait_in_thread(test, request);
	end_act(test, &pair, request, param->cause);

	KUNIT_EXPECT_EQ_MSG(test, tdi_kunit_result(request),
			    param->status[kind], "request %d, %s thread", kind,
			    in_thread ? "with" : "without");
	KUNIT_EXPECT_EQ(test, request->interrupted,
			param->cause == END_SIGNAL);
	if (kind == END_SEND)
		KUNIT_EXPECT_GT(test, tdi_kunit_information(request), 0);
	else
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 0);
}

/* Every kind of request that waits, ended in this way while a thread sleeps */
static void end_of_each_request_that_a_thread_waits_for(struct kunit *test)
{
	const struct end_param *param = test->param_value;
	int kind;

	for (kind = 0; kind < END_KINDS; kind++)
		if (param->status[kind] != U32_MAX)
			end_one(test, param, kind, true);
}

/* The same before anybody waits: the result is there when somebody does. */
static void end_of_each_request_before_the_wait(struct kunit *test)
{
	const struct end_param *param = test->param_value;
	int kind;

	if (param->cause == END_SIGNAL)
		kunit_skip(test, "a signal comes to a thread");
	for (kind = 0; kind < END_KINDS; kind++)
		if (param->status[kind] != U32_MAX)
			end_one(test, param, kind, false);
}

/* What the endpoint was before the request, but for a FIN that is on its way */
static void cancel_leaves_the_endpoint_as_it_was(struct kunit *test)
{
	const u32 state[END_KINDS] = {
		[END_CONNECT]		= TDI_STATE_ASSOCIATED,
		[END_LISTEN]		= TDI_STATE_ASSOCIATED,
		[END_SEND]		= TDI_STATE_CONNECTED,
		[END_QUEUED_SEND]	= TDI_STATE_CONNECTED,
		[END_RECEIVE]		= TDI_STATE_CONNECTED,
		[END_RELEASE]		= TDI_STATE_LOCAL_RELEASED,
	};
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	u64 count;
	int kind;

	for (kind = 0; kind < END_KINDS; kind++) {
		request = end_arrange(test, &pair, kind);
		if (!request->thread)
			tdi_kunit_wait_in_thread(test, request);
		tdi_file_cancel(pair.endpoint, true, 0, &count);
		tdi_kunit_result(request);
		KUNIT_EXPECT_EQ_MSG(test, tdi_kunit_state(pair.endpoint),
				    state[kind], "request %d", kind);
	}
}

static void cancel_by_cookie(struct kunit *test)
{
	struct tdi_kunit_request *receive[4];
	struct tdi_kunit_pair pair;
	u8 got[4];
	u64 count;
	int i;

	tdi_kunit_connected(test, AF_INET, &pair);
	for (i = 0; i < ARRAY_SIZE(receive); i++) {
		receive[i] = tdi_kunit_receive(test, pair.endpoint, 0, &got[i],
					       1);
		/* not in use yet by anybody but us */
		receive[i]->waiter.req.cookie = i == 3 ? U64_MAX : i % 2;
	}
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, false, 7, &count),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, count, 0);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, false, 0, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, 2);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, false, 0, &count),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, false, U64_MAX,
					      &count), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, 1);

	KUNIT_EXPECT_EQ(test, tdi_kunit_write(pair.peer, "!", 1), 1);
	for (i = 0; i < ARRAY_SIZE(receive); i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive[i]),
				i == 1 ? STATUS_SUCCESS : STATUS_CANCELLED);
}

static void cancel_all_counts_what_it_found(struct kunit *test)
{
	struct tdi_kunit_pair pair;
	u8 got[3];
	u64 count;
	int i;

	tdi_kunit_connected(test, AF_INET, &pair);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, true, 5, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, 0);

	for (i = 0; i < ARRAY_SIZE(got); i++)
		tdi_kunit_receive(test, pair.endpoint, 0, &got[i], 1);
	tdi_kunit_send_large(test, pair.endpoint);
	tdi_kunit_disconnect(test, pair.endpoint, TDI_DISCONNECT_RELEASE);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, true, 5, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, 5);
}

/* The bytes go to the next receive, and none to the one that is cancelled. */
static void cancel_of_a_receive_loses_nothing(struct kunit *test)
{
	struct tdi_kunit_request *cancelled, *receive;
	struct tdi_kunit_pair pair;
	u8 untouched[8], got[8];
	u64 count;

	tdi_kunit_connected(test, AF_INET, &pair);
	memset(untouched, 0xcc, sizeof(untouched));
	cancelled = tdi_kunit_receive(test, pair.endpoint, 0, untouched, 8);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, got, 8);
	cancelled->waiter.req.cookie = 1;
	/* kicked, but not run, when it is cancelled */
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer,
					      tdi_kunit_pattern(test, 0, 8),
					      8), 8);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, false, 1, &count),
			STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(cancelled), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, 0, 8));
	KUNIT_EXPECT_NULL(test, memchr_inv(untouched, 0xcc, 8));
}

/* What was reported as sent is what the peer gets; the stream goes on there. */
static void cancel_of_a_send_tells_how_much_went(struct kunit *test)
{
	struct tdi_kunit_request *send, *rest, *release;
	struct tdi_kunit_pair pair;
	u64 count, sent;
	size_t total;

	tdi_kunit_connected(test, AF_INET, &pair);
	send = tdi_kunit_send_large(test, pair.endpoint);
	tdi_file_cancel(pair.endpoint, true, 0, &count);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(send), STATUS_SUCCESS);
	sent = tdi_kunit_information(send);
	KUNIT_EXPECT_LT(test, sent, TDI_KUNIT_LARGE);

	rest = tdi_kunit_send(test, pair.endpoint, 0,
			      tdi_kunit_pattern(test, sent, 1000), 1000);
	if (rest->status == STATUS_PENDING)
		tdi_kunit_wait_in_thread(test, rest);
	release = tdi_kunit_disconnect(test, pair.endpoint,
				       TDI_DISCONNECT_RELEASE);
	tdi_kunit_wait_in_thread(test, release);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, total, sent + 1000);
}

static void cancel_comes_too_late(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u64 count;
	u8 got;

	tdi_kunit_connected(test, AF_INET, &pair);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
	tdi_kunit_wait_in_thread(test, receive);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "!", 1), 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, false, 0, &count),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 1);
}

/**
 * struct cancel_call - somebody who cancels while the request is being tried
 * @file: whose requests
 * @status: of the cancel
 * @count: of the cancel
 */
struct cancel_call {
	struct tdi_file *file;
	u32 status;
	u64 count;
};

static void cancel_call_run(void *data)
{
	struct cancel_call *call = data;

	call->status = tdi_file_cancel(call->file, true, 0, &call->count);
}

/*
 * A cancel that meets a request while it is being tried returns when the try is
 * over, not before.  The try hangs on the lock of the socket.
 */
static void cancel_waits_for_one_that_runs(struct kunit *test)
{
	struct cancel_call cancel = {};
	struct tdi_kunit_request *receive;
	struct tdi_connection *conn;
	struct tdi_request *req;
	struct tdi_kunit_pair pair;
	struct tdi_kunit_thread *thread;
	bool running, ending;
	u8 got;

	tdi_kunit_connected(test, AF_INET, &pair);
	cancel.file = pair.endpoint;
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
	tdi_kunit_wait_in_thread(test, receive);
	req = &receive->waiter.req;
	conn = tdi_connection_get(&pair.endpoint->endpoint);
	KUNIT_ASSERT_NOT_NULL(test, conn);

	lock_sock(conn->sock.socket->sk);
	tdi_queue_kick(pair.endpoint, TDI_QUEUE_RECEIVE);
	running = tdi_kunit_eventually(READ_ONCE(req->state) ==
				       TDI_REQUEST_RUNNING);
	thread = tdi_kunit_thread(test, cancel_call_run, &cancel);
	ending = tdi_kunit_eventually(READ_ONCE(req->end_status));
	KUNIT_EXPECT_FALSE(test, completion_done(&thread->done));
	KUNIT_EXPECT_FALSE(test, completion_done(&receive->done));
	release_sock(conn->sock.socket->sk);
	tdi_connection_put(conn);

	KUNIT_EXPECT_TRUE(test, running);
	KUNIT_EXPECT_TRUE(test, ending);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_CANCELLED);
	tdi_kunit_join(test, thread);
	KUNIT_EXPECT_EQ(test, cancel.status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, cancel.count, 1);
}

/* No more than TDI_PENDING_MAX, and there is room again after a cancel. */
static void cancel_makes_room_for_more_requests(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u64 count;
	u8 got;
	int i;

	tdi_kunit_connected(test, AF_INET, &pair);
	for (i = 0; i < TDI_PENDING_MAX; i++) {
		receive = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
		KUNIT_ASSERT_EQ(test, receive->status, STATUS_PENDING);
	}
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
	KUNIT_EXPECT_EQ(test, receive->status, STATUS_INSUFFICIENT_RESOURCES);

	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, true, 0, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, TDI_PENDING_MAX);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
	KUNIT_EXPECT_EQ(test, receive->status, STATUS_PENDING);
}

static struct kunit_case tdi_cancel_cases[] = {
	KUNIT_CASE_PARAM(end_of_each_request_that_a_thread_waits_for,
			 end_gen_params),
	KUNIT_CASE_PARAM(end_of_each_request_before_the_wait, end_gen_params),
	KUNIT_CASE(cancel_leaves_the_endpoint_as_it_was),
	KUNIT_CASE(cancel_by_cookie),
	KUNIT_CASE(cancel_all_counts_what_it_found),
	KUNIT_CASE(cancel_of_a_receive_loses_nothing),
	KUNIT_CASE(cancel_of_a_send_tells_how_much_went),
	KUNIT_CASE(cancel_comes_too_late),
	KUNIT_CASE(cancel_waits_for_one_that_runs),
	KUNIT_CASE(cancel_makes_room_for_more_requests),
	{}
};

static struct kunit_suite tdi_cancel_suite = {
	.name = "tdi_cancel",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_cancel_cases,
};

kunit_test_suite(tdi_cancel_suite);
