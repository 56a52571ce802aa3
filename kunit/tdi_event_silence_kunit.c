// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events that could be lost, or told twice: when an endpoint is silent, and what
 * must end that (S12).
 */
#include <net/sock.h>

#include "tdi_kunit_event.h"

static void silence_arrive(struct kunit *test, struct tdi_kunit_pair *pair,
			   const char *data, int flags)
{
	struct kvec kvec = { .iov_base = (void *)data, .iov_len = strlen(data) };
	struct msghdr msg = { .msg_flags = flags };

	KUNIT_ASSERT_EQ(test, kernel_sendmsg(pair->peer, &msg, &kvec, 1,
					     kvec.iov_len), kvec.iov_len);
}

/* A receive that must not wait */
static u32 silence_receive(struct kunit *test, struct tdi_file *endpoint,
			   u32 flags, void *data, size_t length)
{
	struct tdi_kunit_request *receive = tdi_kunit_request(test, endpoint);
	struct kvec kvec = { .iov_base = data, .iov_len = length };
	struct tdi_request *req = &receive->waiter.req;

	iov_iter_kvec(&req->msg.msg_iter, ITER_DEST, &kvec, 1, length);
	req->flags = flags;
	req->nonblock = true;
	return tdi_receive(req);
}

static struct tdi_kunit_reader *silence_begin(struct kunit *test, u32 type,
					      struct tdi_kunit_pair *pair)
{
	struct tdi_kunit_reader *reader;

	reader = tdi_kunit_announced(test, AF_INET, pair);
	tdi_kunit_event_on(test, pair->address, type, 0);
	return reader;
}

/*
 * Two receives in a row, and a reader that looked between them: it tells of
 * what the second takes.  The client receives, and finds nothing.
 */
static void silence_ends_though_nothing_is_there(struct kunit *test)
{
	static const struct {
		u32 type, flags;
		int oob, bit;
	} kinds[] = {
		{ TDI_EVENT_RECEIVE, TDI_RECEIVE_NORMAL, 0,
		  TDI_CONNECTION_SILENT },
		{ TDI_EVENT_RECEIVE_EXPEDITED, TDI_RECEIVE_EXPEDITED, MSG_OOB,
		  TDI_CONNECTION_URGENT_TOLD },
	};
	struct tdi_kunit_reader *reader;
	struct tdi_connection *conn;
	struct tdi_kunit_pair pair;
	u8 byte;
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		reader = silence_begin(test, kinds[i].type, &pair);
		conn = tdi_connection_get(&pair.endpoint->endpoint);
		KUNIT_ASSERT_NOT_NULL(test, conn);
		set_bit(kinds[i].bit, &conn->flags);
		tdi_connection_put(conn);
		KUNIT_EXPECT_EQ(test, silence_receive(test, pair.endpoint,
						      kinds[i].flags, &byte, 1),
				STATUS_DEVICE_NOT_READY);
		silence_arrive(test, &pair, "x", kinds[i].oob);
		tdi_kunit_event_of(reader, kinds[i].type, pair.endpoint);
	}
}

/* While nobody wanted to know, too */
static void silence_ends_while_the_handler_is_off(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	u8 data[4];

	reader = silence_begin(test, TDI_EVENT_RECEIVE, &pair);
	silence_arrive(test, &pair, "one", 0);
	tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE, pair.endpoint);
	tdi_kunit_event_off(test, pair.address, TDI_EVENT_RECEIVE);
	KUNIT_EXPECT_EQ(test, silence_receive(test, pair.endpoint, 0, data, 4),
			STATUS_SUCCESS);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	silence_arrive(test, &pair, "two", 0);
	tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE, pair.endpoint);
}

/* A receive of either kind has taken the urgent byte: the next one is told of. */
static void silence_of_urgent_data_ends_by_any_receive(struct kunit *test)
{
	static const u32 flags[] = {
		0, TDI_RECEIVE_EXPEDITED,
		TDI_RECEIVE_NORMAL | TDI_RECEIVE_EXPEDITED, 0,
	};
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	u8 byte;
	int i;

	reader = silence_begin(test, TDI_EVENT_RECEIVE_EXPEDITED, &pair);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		byte = 0;
		silence_arrive(test, &pair, "!", MSG_OOB);
		tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE_EXPEDITED,
				   pair.endpoint);
		tdi_kunit_no_event(reader);
		KUNIT_EXPECT_EQ(test, silence_receive(test, pair.endpoint,
						      flags[i], &byte, 1),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, byte, '!');
		tdi_kunit_no_event(reader);
	}
}

/* Ending something else is no receive. */
static void silence_outlasts_the_cancel_of_a_send(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_request *send;
	struct tdi_kunit_pair pair;
	u64 count;

	reader = silence_begin(test, TDI_EVENT_RECEIVE, &pair);
	silence_arrive(test, &pair, "data", 0);
	tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE, pair.endpoint);
	tdi_kunit_fill(test, pair.endpoint);
	send = tdi_kunit_send(test, pair.endpoint, 0, "x", 1);
	KUNIT_ASSERT_EQ(test, send->status, STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, true, 0, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, 1);
	tdi_kunit_no_event(reader);
}

/* What comes behind an urgent byte that nobody has stepped over yet */
static void silence_is_not_for_data_behind_urgent_data(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	const struct tdi_event *event;
	struct tdi_kunit_pair pair;
	u8 data[8];

	reader = silence_begin(test, TDI_EVENT_RECEIVE_EXPEDITED, &pair);
	silence_arrive(test, &pair, "!", MSG_OOB);
	tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE_EXPEDITED, pair.endpoint);
	silence_arrive(test, &pair, "rest", 0);
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(pair.peer, SHUT_WR), 0);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(pair.endpoint,
						TDI_STATE_REMOTE_RELEASED));
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);

	event = tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE, pair.endpoint);
	KUNIT_EXPECT_EQ(test, event->bytes_available, 4);
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_EQ(test, silence_receive(test, pair.endpoint,
					      TDI_RECEIVE_NORMAL, data, 8),
			STATUS_SUCCESS);
	KUNIT_EXPECT_MEMEQ(test, data, "rest", 4);
	tdi_kunit_disconnected(reader, pair.endpoint, TDI_DISCONNECT_RELEASE);
}

/*
 * Somebody looked for space, and it was gone again to a send that went: TCP has
 * nobody to tell of the next, unless the look said so.
 */
static void silence_of_send_possible_ends_with_space(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	struct socket *own;
	size_t total;

	reader = silence_begin(test, TDI_EVENT_SEND_POSSIBLE, &pair);
	own = tdi_kunit_own_socket(test, pair.endpoint);
	total = tdi_kunit_fill(test, pair.endpoint);
	clear_bit(SOCK_NOSPACE, &own->flags);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_SEND_POSSIBLE, 0);
	tdi_kunit_no_event(reader);
	tdi_kunit_drain(test, pair.peer, total);
	tdi_kunit_event_of(reader, TDI_EVENT_SEND_POSSIBLE, pair.endpoint);
}

/* A release that was given up; sends can go on, and whoever waits is told. */
static void silence_of_send_possible_ends_with_a_release(struct kunit *test)
{
	struct tdi_kunit_request *send;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	size_t total;

	reader = silence_begin(test, TDI_EVENT_SEND_POSSIBLE, &pair);
	total = tdi_kunit_fill(test, pair.endpoint);
	send = tdi_kunit_send(test, pair.endpoint, TDI_SEND_AND_DISCONNECT, "x",
			      1);
	KUNIT_ASSERT_EQ(test, send->status, STATUS_PENDING);
	tdi_kunit_drain(test, pair.peer, total);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(send->waiter.kicked));
	tdi_kunit_no_event(reader);
	tdi_request_end(&send->waiter.req, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(send), STATUS_CANCELLED);
	tdi_kunit_event_of(reader, TDI_EVENT_SEND_POSSIBLE, pair.endpoint);
}

/* Released without waiting: nothing can be sent any more. */
static void silence_of_send_possible_after_a_release(struct kunit *test)
{
	struct tdi_kunit_request *release;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	size_t total;

	reader = silence_begin(test, TDI_EVENT_SEND_POSSIBLE, &pair);
	total = tdi_kunit_fill(test, pair.endpoint);
	release = tdi_kunit_request(test, pair.endpoint);
	release->waiter.req.nonblock = true;
	release->waiter.req.flags = TDI_DISCONNECT_RELEASE;
	KUNIT_ASSERT_EQ(test, tdi_disconnect(&release->waiter.req),
			STATUS_PENDING);
	tdi_kunit_drain(test, pair.peer, total);
	tdi_kunit_no_event(reader);
}

static struct kunit_case tdi_event_silence_cases[] = {
	KUNIT_CASE(silence_ends_though_nothing_is_there),
	KUNIT_CASE(silence_ends_while_the_handler_is_off),
	KUNIT_CASE(silence_of_urgent_data_ends_by_any_receive),
	KUNIT_CASE(silence_outlasts_the_cancel_of_a_send),
	KUNIT_CASE(silence_is_not_for_data_behind_urgent_data),
	KUNIT_CASE(silence_of_send_possible_ends_with_space),
	KUNIT_CASE(silence_of_send_possible_ends_with_a_release),
	KUNIT_CASE(silence_of_send_possible_after_a_release),
	{}
};

static struct kunit_suite tdi_event_silence_suite = {
	.name		= "tdi_event_silence",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_event_silence_cases,
};

kunit_test_suite(tdi_event_silence_suite);
