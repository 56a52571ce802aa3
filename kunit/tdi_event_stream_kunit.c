// SPDX-License-Identifier: GPL-2.0-only
/*
 * RECEIVE (reference 3.5, S12) and DISCONNECT (3.4, S11): what an address is
 * told of its connections.
 */
#include <net/tcp.h>

#include "tdi_kunit_event.h"

/* Bytes come from the peer, and are there. */
static void stream_write(struct kunit *test, struct tdi_kunit_pair *pair,
			 const void *data, size_t length)
{
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair->peer, data, length), length);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_readable(pair->endpoint));
}

/* The peer's FIN comes, and is there. */
static void stream_fin(struct kunit *test, struct tdi_kunit_pair *pair)
{
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(pair->peer, SHUT_WR), 0);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(pair->endpoint,
						TDI_STATE_REMOTE_RELEASED));
}

static void stream_rst(struct kunit *test, struct tdi_kunit_pair *pair)
{
	tdi_kunit_reset_socket(test, pair->peer);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_ended(pair->endpoint));
}

/* A TDI_RECEIVE takes that many bytes. */
static void stream_take(struct kunit *test, struct tdi_kunit_pair *pair,
			size_t length)
{
	struct tdi_kunit_request *receive;
	u8 data[64];

	KUNIT_ASSERT_LE(test, length, sizeof(data));
	receive = tdi_kunit_receive(test, pair->endpoint, 0, data, length);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), length);
}

/* Nothing is there for a TDI_RECEIVE. */
static void stream_expect_empty(struct kunit *test, struct tdi_file *endpoint)
{
	struct tdi_kunit_request *receive = tdi_kunit_request(test, endpoint);
	struct kvec kvec;
	u8 byte;

	kvec.iov_base = &byte;
	kvec.iov_len = 1;
	iov_iter_kvec(&receive->waiter.req.msg.msg_iter, ITER_DEST, &kvec, 1, 1);
	receive->waiter.req.nonblock = true;
	KUNIT_EXPECT_EQ(test, tdi_receive(&receive->waiter.req),
			STATUS_DEVICE_NOT_READY);
}

static void stream_expect_refused(struct tdi_kunit_reader *reader,
				  struct tdi_kunit_pair *pair, u32 available)
{
	const struct tdi_event *event;

	event = tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE, pair->endpoint);
	KUNIT_EXPECT_EQ(reader->test, event->bytes_indicated, 0);
	KUNIT_EXPECT_EQ(reader->test, event->bytes_available, available);
	KUNIT_EXPECT_EQ(reader->test, event->flags, TDI_RECEIVE_NORMAL);
}

static void stream_expect_taken(struct tdi_kunit_reader *reader,
				struct tdi_kunit_pair *pair,
				const char *data, u32 available)
{
	const struct tdi_event *event;
	u32 flags = TDI_RECEIVE_NORMAL;

	if (strlen(data) == available)
		flags |= TDI_RECEIVE_ENTIRE_MESSAGE;
	event = tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE, pair->endpoint);
	KUNIT_ASSERT_EQ(reader->test, event->bytes_indicated, strlen(data));
	KUNIT_EXPECT_EQ(reader->test, event->bytes_available, available);
	KUNIT_EXPECT_EQ(reader->test, event->flags, flags);
	KUNIT_EXPECT_MEMEQ(reader->test, tdi_kunit_event_data(event), data,
			   strlen(data));
}

/* What comes with the event is taken. */
static void stream_data_comes_with_the_event(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, tdi_kunit_family(test), &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_no_event(reader);
	stream_write(test, &pair, "hello", 5);
	stream_expect_taken(reader, &pair, "hello", 5);
	tdi_kunit_no_event(reader);
	stream_expect_empty(test, pair.endpoint);
	stream_write(test, &pair, "again", 5);
	stream_expect_taken(reader, &pair, "again", 5);
	tdi_kunit_no_event(reader);
}

/* No more at a time than the client wants, nor than there is room for */
static void stream_data_comes_in_pieces(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 10);
	stream_write(test, &pair, "0123456789abcdefghij01234", 25);
	reader->length = tdi_kunit_read_events(pair.address, reader->buffer,
					       64 + 15);
	KUNIT_ASSERT_EQ(test, reader->length, 64 + 8);
	stream_expect_taken(reader, &pair, "01234567", 25);
	stream_expect_taken(reader, &pair, "89abcdefgh", 17);
	stream_expect_taken(reader, &pair, "ij01234", 7);
	tdi_kunit_no_event(reader);
}

/* How a client takes up again what it has refused */
struct stream_resume_param {
	const char *desc;
	u32 flags;
	size_t take;
	u32 left;	/* of eight bytes */
};

static const struct stream_resume_param stream_resume_params[] = {
	{ "nothing", 0, 0, 8 },
	{ "a part", 0, 3, 5 },
	{ "a look", TDI_RECEIVE_PEEK, 8, 8 },
	{ "all", 0, 8, 0 },
};

KUNIT_ARRAY_PARAM_DESC(stream_resume, stream_resume_params, desc);

/* Lookahead 0: told once, then silent until a TDI_RECEIVE (S12) */
static void stream_refused_data_is_told_once(struct kunit *test)
{
	const struct stream_resume_param *param = test->param_value;
	struct tdi_kunit_request *receive;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	u8 data[8];

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	stream_write(test, &pair, "01234", 5);
	stream_expect_refused(reader, &pair, 5);
	tdi_kunit_no_event(reader);
	stream_write(test, &pair, "567", 3);
	tdi_kunit_no_event(reader);

	receive = tdi_kunit_receive(test, pair.endpoint, param->flags, data,
				    param->take);
	KUNIT_ASSERT_EQ(test, receive->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), param->take);
	if (param->left)
		stream_expect_refused(reader, &pair, param->left);
	tdi_kunit_no_event(reader);
	stream_take(test, &pair, param->left);
	stream_write(test, &pair, "8", 1);
	stream_expect_refused(reader, &pair, 1);
	tdi_kunit_no_event(reader);
}

/* The next connection of an endpoint is not silent because the last one was. */
static void stream_silence_ends_with_the_connection(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	stream_write(test, &pair, "one", 3);
	stream_expect_refused(reader, &pair, 3);
	stream_rst(test, &pair);
	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, pair.endpoint,
						    &pair.remote),
			STATUS_SUCCESS);
	tdi_connection_announce(&pair.endpoint->endpoint,
				pair.endpoint->endpoint.epoch);
	pair.peer = tdi_kunit_accept(test, pair.listener);
	stream_write(test, &pair, "other", 5);
	stream_expect_refused(reader, &pair, 5);
}

/* A TDI_RECEIVE that waits gets what comes, and its rest is told then. */
static void stream_receive_has_precedence(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	u8 data[4] = {};

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, data, 4);
	KUNIT_ASSERT_EQ(test, receive->status, STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "takerest", 8), 8);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(receive->waiter.kicked));
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_MEMEQ(test, data, "take", 4);
	stream_expect_taken(reader, &pair, "rest", 4);
	tdi_kunit_no_event(reader);
}

/* The same, if it is cancelled instead */
static void stream_cancelled_receive_lets_events_go_on(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	u8 data[4] = {};
	u64 count;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, data, 4);
	KUNIT_ASSERT_EQ(test, receive->status, STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "rest", 4), 4);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(receive->waiter.kicked));
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.endpoint, true, 0, &count),
			STATUS_SUCCESS);
	stream_expect_taken(reader, &pair, "rest", 4);
	tdi_kunit_no_event(reader);
}

enum stream_end { PEER_RELEASES, PEER_RESETS, TIME_PASSES };

struct stream_end_param {
	const char *desc;
	bool released;	/* by us, before */
	enum stream_end end;
	u32 flags;
};

static const struct stream_end_param stream_end_params[] = {
	{ "release", false, PEER_RELEASES, TDI_DISCONNECT_RELEASE },
	{ "reset", false, PEER_RESETS, TDI_DISCONNECT_ABORT },
	{ "timeout", false, TIME_PASSES, TDI_DISCONNECT_ABORT },
	{ "release after ours", true, PEER_RELEASES, TDI_DISCONNECT_RELEASE },
	{ "reset after our release", true, PEER_RESETS, TDI_DISCONNECT_ABORT },
	{ "timeout after our release", true, TIME_PASSES,
	  TDI_DISCONNECT_ABORT },
};

KUNIT_ARRAY_PARAM_DESC(stream_end, stream_end_params, desc);

/* Once for a connection, however it ended, but for our own doing (S11) */
static void stream_end_is_told_once(struct kunit *test)
{
	const struct stream_end_param *param = test->param_value;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	if (param->released)
		KUNIT_EXPECT_EQ(test,
				tdi_kunit_release_now(test, pair.endpoint),
				STATUS_SUCCESS);
	tdi_kunit_no_event(reader);
	if (param->end == PEER_RELEASES)
		kernel_sock_shutdown(pair.peer, SHUT_WR);
	else if (param->end == PEER_RESETS)
		tdi_kunit_reset_socket(test, pair.peer);
	else
		tcp_abort(tdi_kunit_own_socket(test, pair.endpoint)->sk,
			  ETIMEDOUT);
	tdi_kunit_disconnected(reader, pair.endpoint, param->flags);
	tdi_kunit_no_event(reader);

	/* nor for what comes after it */
	if (param->end == PEER_RELEASES && !param->released)
		stream_rst(test, &pair);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_ended(pair.endpoint));
	tdi_kunit_no_event(reader);
}

static void stream_release_of_both_is_told_once(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, tdi_kunit_family(test), &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	stream_fin(test, &pair);
	tdi_kunit_disconnected(reader, pair.endpoint, TDI_DISCONNECT_RELEASE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_ended(pair.endpoint));
	tdi_kunit_no_event(reader);
}

/* Of a local abort nothing is told, nor of the data it has discarded. */
static void stream_local_abort_is_not_told(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	stream_write(test, &pair, "lost", 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, pair.endpoint),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_ended(pair.endpoint));
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	tdi_kunit_no_event(reader);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_no_event(reader);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	tdi_kunit_no_event(reader);
}

static void stream_abort_before_the_release_was_told(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	stream_fin(test, &pair);
	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, pair.endpoint),
			STATUS_SUCCESS);
	tdi_kunit_no_event(reader);
}

/* A release comes after the last byte. */
static void stream_release_after_the_last_data(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 4);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	stream_write(test, &pair, "12345678", 8);
	stream_fin(test, &pair);
	stream_expect_taken(reader, &pair, "1234", 8);
	stream_expect_taken(reader, &pair, "5678", 4);
	tdi_kunit_disconnected(reader, pair.endpoint, TDI_DISCONNECT_RELEASE);
	tdi_kunit_no_event(reader);
}

/* Who does not want RECEIVE events is told at the FIN, and can still read. */
static void stream_release_without_a_receive_handler(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	stream_write(test, &pair, "data", 4);
	tdi_kunit_no_event(reader);
	stream_fin(test, &pair);
	tdi_kunit_disconnected(reader, pair.endpoint, TDI_DISCONNECT_RELEASE);
	stream_take(test, &pair, 4);
	tdi_kunit_no_event(reader);
}

/* After refused data only once that was received */
static void stream_release_after_refused_data(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	stream_write(test, &pair, "data", 4);
	stream_expect_refused(reader, &pair, 4);
	stream_fin(test, &pair);
	tdi_kunit_no_event(reader);
	stream_take(test, &pair, 3);
	stream_expect_refused(reader, &pair, 1);
	tdi_kunit_no_event(reader);
	stream_take(test, &pair, 1);
	tdi_kunit_disconnected(reader, pair.endpoint, TDI_DISCONNECT_RELEASE);
	tdi_kunit_no_event(reader);
}

/* The same, if the client does not want RECEIVE events any more */
static void stream_release_when_receive_is_turned_off(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	stream_write(test, &pair, "data", 4);
	stream_fin(test, &pair);
	stream_expect_refused(reader, &pair, 4);
	tdi_kunit_no_event(reader);
	tdi_kunit_event_off(test, pair.address, TDI_EVENT_RECEIVE);
	tdi_kunit_disconnected(reader, pair.endpoint, TDI_DISCONNECT_RELEASE);
	tdi_kunit_no_event(reader);
}

/* An abort waits for nobody who refused data, and is the last that is told. */
static void stream_abort_at_once(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 0);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	stream_write(test, &pair, "data", 4);
	stream_expect_refused(reader, &pair, 4);
	stream_rst(test, &pair);
	tdi_kunit_disconnected(reader, pair.endpoint, TDI_DISCONNECT_ABORT);
	tdi_kunit_no_event(reader);
	stream_take(test, &pair, 1);
	tdi_kunit_no_event(reader);
}

/* An endpoint that the last connection has left tells of the next one. */
static void stream_end_of_each_connection(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	int i;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	for (i = 0; i < 3; i++) {
		stream_rst(test, &pair);
		tdi_kunit_disconnected(reader, pair.endpoint,
				       TDI_DISCONNECT_ABORT);
		tdi_kunit_no_event(reader);
		KUNIT_ASSERT_EQ(test,
				tdi_kunit_connect_now(test, pair.endpoint,
						      &pair.remote),
				STATUS_SUCCESS);
		tdi_connection_announce(&pair.endpoint->endpoint,
				pair.endpoint->endpoint.epoch);
		pair.peer = tdi_kunit_accept(test, pair.listener);
	}
}

/* A connect that fails has not been a connection: nothing to tell */
static void stream_connect_that_fails_is_not_told(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = tdi_kunit_address(test, &local, 0);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);
	struct tdi_kunit_reader *reader = tdi_kunit_reader(test, address);
	struct tdi_kunit_request *request;

	tdi_kunit_event_on(test, address, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_event_on(test, address, TDI_EVENT_DISCONNECT, 0);
	tdi_kunit_event_on(test, address, TDI_EVENT_SEND_POSSIBLE, 0);
	/* one that must not wait is announced before it is there */
	request = tdi_kunit_request(test, file);
	request->waiter.req.remote = tdi_kunit_loopback(AF_INET, 9);
	request->waiter.req.nonblock = true;
	tdi_connect(&request->waiter.req);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_ended(file));
	tdi_kunit_no_event(reader);
}

/* Events go to the open that the endpoint is associated with, no other. */
static void stream_of_one_open_of_a_shared_address(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct socket *listener = tdi_kunit_listener(test, &remote, 1), *peer;
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader[2];
	struct tdi_file *file, *address;
	int i;

	for (i = 0; i < 2; i++) {
		address = tdi_kunit_address(test, &local, TDI_FILE_SHARE_READ);
		tdi_kunit_local(test, address, &local);
		tdi_kunit_event_on(test, address, TDI_EVENT_RECEIVE, 16);
		reader[i] = tdi_kunit_reader(test, address);
	}
	file = tdi_kunit_endpoint_on(test, reader[1]->file);
	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, file, &remote),
			STATUS_SUCCESS);
	tdi_connection_announce(&file->endpoint,
				file->endpoint.epoch);
	peer = tdi_kunit_accept(test, listener);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(peer, "x", 1), 1);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_readable(file));
	tdi_kunit_no_event(reader[0]);
	tdi_kunit_event_of(reader[1], TDI_EVENT_RECEIVE, file);
}

static struct kunit_case tdi_event_stream_cases[] = {
	KUNIT_CASE_PARAM(stream_data_comes_with_the_event,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(stream_data_comes_in_pieces),
	KUNIT_CASE_PARAM(stream_refused_data_is_told_once,
			 stream_resume_gen_params),
	KUNIT_CASE(stream_silence_ends_with_the_connection),
	KUNIT_CASE(stream_receive_has_precedence),
	KUNIT_CASE(stream_cancelled_receive_lets_events_go_on),
	KUNIT_CASE_PARAM(stream_end_is_told_once, stream_end_gen_params),
	KUNIT_CASE_PARAM(stream_release_of_both_is_told_once,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(stream_local_abort_is_not_told),
	KUNIT_CASE(stream_abort_before_the_release_was_told),
	KUNIT_CASE(stream_release_after_the_last_data),
	KUNIT_CASE(stream_release_without_a_receive_handler),
	KUNIT_CASE(stream_release_after_refused_data),
	KUNIT_CASE(stream_release_when_receive_is_turned_off),
	KUNIT_CASE(stream_abort_at_once),
	KUNIT_CASE(stream_end_of_each_connection),
	KUNIT_CASE(stream_connect_that_fails_is_not_told),
	KUNIT_CASE(stream_of_one_open_of_a_shared_address),
	{}
};

static struct kunit_suite tdi_event_stream_suite = {
	.name		= "tdi_event_stream",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_event_stream_cases,
};

kunit_test_suite(tdi_event_stream_suite);
