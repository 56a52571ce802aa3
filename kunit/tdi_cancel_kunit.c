// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cancelling requests (reference 2.15, S10); tdi_completion has what each of them
 * ends with.
 */
#include "tdi_kunit_helpers.h"

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
