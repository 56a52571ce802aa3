// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of an address (reference 2.13, 3): handlers, records, and reading
 * them.
 */

#include <net/tcp.h>

#include "tdi_kunit_event.h"

struct event_handler_param {
	u32 type;
	u32 lookahead;
	u32 status;
};

static const struct event_handler_param event_handler_params[] = {
	{ TDI_EVENT_CONNECT, 0, STATUS_SUCCESS },
	{ TDI_EVENT_CONNECT, 1, STATUS_INVALID_PARAMETER },
	{ TDI_EVENT_DISCONNECT, 0, STATUS_SUCCESS },
	{ TDI_EVENT_DISCONNECT, 1, STATUS_INVALID_PARAMETER },
	{ TDI_EVENT_ERROR, 0, STATUS_SUCCESS },
	{ TDI_EVENT_RECEIVE, 0, STATUS_SUCCESS },
	{ TDI_EVENT_RECEIVE, U32_MAX, STATUS_SUCCESS },
	{ TDI_EVENT_RECEIVE_DATAGRAM, 0, STATUS_SUCCESS },
	{ TDI_EVENT_RECEIVE_EXPEDITED, 16, STATUS_SUCCESS },
	{ TDI_EVENT_SEND_POSSIBLE, 0, STATUS_SUCCESS },
	{ TDI_EVENT_SEND_POSSIBLE, 1, STATUS_INVALID_PARAMETER },
	{ TDI_EVENT_CHAINED_RECEIVE, 0, STATUS_NOT_IMPLEMENTED },
	{ TDI_EVENT_CHAINED_RECEIVE_DATAGRAM, 0, STATUS_NOT_IMPLEMENTED },
	{ TDI_EVENT_CHAINED_RECEIVE_EXPEDITED, 0, STATUS_NOT_IMPLEMENTED },
	{ TDI_EVENT_ERROR_EX, 0, STATUS_SUCCESS },
	{ TDI_EVENT_ERROR_EX + 1, 0, STATUS_INVALID_PARAMETER },
	{ U32_MAX, 0, STATUS_INVALID_PARAMETER },
	{ 32, 0, STATUS_INVALID_PARAMETER },
};

static void event_handler_desc(const struct event_handler_param *param,
			       char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "event %u, lookahead %u",
		 param->type, param->lookahead);
}

KUNIT_ARRAY_PARAM(event_handler, event_handler_params, event_handler_desc);

static void event_handler(struct kunit *test)
{
	const struct event_handler_param *param = test->param_value;
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = tdi_kunit_address(test, &local, 0);
	int i;

	/* once more, off, and off once more */
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test,
				tdi_kunit_handler(address, param->type, i < 2,
						  param->lookahead),
				param->status);
}

/* What a client can be told */
enum event_cause {
	CAUSE_CONNECT, CAUSE_RECEIVE, CAUSE_LOOKAHEAD, CAUSE_RELEASE,
	CAUSE_ABORT, CAUSE_SPACE, CAUSE_ERROR,
};

struct event_told_param {
	const char *desc;
	enum event_cause cause;
	u32 type;
	u32 size;	/* of the record */
};

static const struct event_told_param event_told_params[] = {
	{ "connect", CAUSE_CONNECT, TDI_EVENT_CONNECT, 64 + 24 },
	{ "receive", CAUSE_RECEIVE, TDI_EVENT_RECEIVE, 64 },
	{ "receive with data", CAUSE_LOOKAHEAD, TDI_EVENT_RECEIVE, 64 + 8 },
	{ "release", CAUSE_RELEASE, TDI_EVENT_DISCONNECT, 64 },
	{ "abort", CAUSE_ABORT, TDI_EVENT_DISCONNECT, 64 },
	{ "send possible", CAUSE_SPACE, TDI_EVENT_SEND_POSSIBLE, 64 },
	{ "error", CAUSE_ERROR, TDI_EVENT_ERROR, 64 },
};

KUNIT_ARRAY_PARAM_DESC(event_told, event_told_params, desc);

/* What a peer that did not read has in its buffers */
/* Whatever has not happened yet for @cause; then it has. */
static void event_cause(struct kunit *test, enum event_cause cause,
			struct tdi_kunit_pair *pair)
{
	struct tdi_address *address = pair->address->address.address;
	struct socket *own = tdi_kunit_own_socket(test, pair->endpoint);

	switch (cause) {
	case CAUSE_CONNECT:
		tdi_kunit_connect_plain(test, &pair->local);
		break;
	case CAUSE_RECEIVE:
	case CAUSE_LOOKAHEAD:
		KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair->peer, "data", 4), 4);
		/* as far as TCP is concerned; a reader may have it already */
		KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(
			READ_ONCE(tcp_sk(own->sk)->bytes_received) >= 4));
		break;
	case CAUSE_RELEASE:
		KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(pair->peer, SHUT_WR),
				0);
		KUNIT_ASSERT_TRUE(test,
			tdi_kunit_state_becomes(pair->endpoint,
						TDI_STATE_REMOTE_RELEASED));
		break;
	case CAUSE_ABORT:
		tdi_kunit_reset_socket(test, pair->peer);
		KUNIT_ASSERT_TRUE(test, tdi_kunit_ended(pair->endpoint));
		break;
	case CAUSE_SPACE:
		tdi_kunit_drain(test, pair->peer,
			    tdi_kunit_fill(test, pair->endpoint));
		KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(
						sk_stream_is_writeable(own->sk)));
		break;
	case CAUSE_ERROR:
		tdi_kunit_event_on(test, pair->address, TDI_EVENT_CONNECT, 0);
		tcp_abort(address->listener.socket->sk, ECONNABORTED);
		break;
	}
}

static u32 event_lookahead(enum event_cause cause)
{
	return cause == CAUSE_LOOKAHEAD ? 4 : 0;
}

/* As large as it says, and not before it fits; then nothing is left. */
static void event_record(struct kunit *test)
{
	const struct event_told_param *param = test->param_value;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	int i;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, param->type,
			   event_lookahead(param->cause));
	event_cause(test, param->cause, &pair);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_event_comes(pair.address));
	KUNIT_EXPECT_NE(test, (__force u32)tdi_event_poll(pair.address), 0);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test,
				tdi_kunit_read_events(pair.address,
						      reader->buffer,
						      param->size - 1),
				-EMSGSIZE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_events(pair.address,
						    reader->buffer,
						    param->size),
			param->size);
	reader->length = param->size;
	tdi_kunit_event(reader, param->type);
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_EQ(test, (__force u32)tdi_event_poll(pair.address), 0);
}

/* A handler turned off is not told (S16), also of what was there before. */
static void event_turned_off(struct kunit *test)
{
	const struct event_told_param *param = test->param_value;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, param->type,
			   event_lookahead(param->cause));
	event_cause(test, param->cause, &pair);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_event_comes(pair.address));
	tdi_kunit_event_off(test, pair.address, param->type);
	if (param->cause == CAUSE_ERROR)
		tdi_kunit_event_off(test, pair.address, TDI_EVENT_CONNECT);
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_EQ(test, (__force u32)tdi_event_poll(pair.address), 0);
}

static void event_turn_off(void *data)
{
	struct tdi_file *address = data;
	const struct tdi_event_handler none = {};

	tdi_event_set_handler(address, TDI_EVENT_RECEIVE, false, &none);
}

/* Once that has returned no read tells of it, also one that began before (S16). */
static void event_turned_off_under_a_reader(struct kunit *test)
{
	struct tdi_kunit_thread *thread;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	struct tdi_events *events;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	events = pair.address->address.events;
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	/* as a reader has it */
	mutex_lock(&events->reading.mutex);
	thread = tdi_kunit_thread(test, event_turn_off, pair.address);
	KUNIT_EXPECT_TRUE(test,
			  tdi_kunit_eventually(!READ_ONCE(events->wanted)));
	KUNIT_EXPECT_FALSE(test, wait_for_completion_timeout(&thread->done,
							     HZ / 20));
	mutex_unlock(&events->reading.mutex);
	tdi_kunit_join(test, thread);
	tdi_kunit_no_event(reader);
}

/* A reader that must not wait for another one is woken when that has gone. */
static void event_reader_behind_a_reader(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	struct tdi_events *events;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	events = pair.address->address.events;
	mutex_lock(&events->reading.mutex);
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_TRUE(test, events->reading.contended);
	mutex_unlock(&events->reading.mutex);
	/* whoever reads next looks for it */
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_FALSE(test, events->reading.contended);
}

/* What is there when its handler comes is told; but for connections */
static void event_turned_on_late(struct kunit *test)
{
	const struct event_told_param *param = test->param_value;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	if (param->cause == CAUSE_CONNECT || param->cause == CAUSE_ERROR)
		kunit_skip(test, "there is no listener without a handler");
	reader = tdi_kunit_announced(test, AF_INET, &pair);
	event_cause(test, param->cause, &pair);
	tdi_kunit_no_event(reader);
	tdi_kunit_event_on(test, pair.address, param->type,
			   event_lookahead(param->cause));
	tdi_kunit_event_of(reader, param->type, pair.endpoint);
	tdi_kunit_no_event(reader);
}

/* A reader with little room is not in the way of what fits. */
static void event_that_fits_passes(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	size_t room = sizeof(struct tdi_event);

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_CONNECT, 0);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_events(pair.address,
						    reader->buffer, room),
			-EAGAIN);
	event_cause(test, CAUSE_RELEASE, &pair);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_events(pair.address,
						    reader->buffer, room),
			room);
}

/* Another endpoint of the address, with a peer of its own */
static struct tdi_file *event_second(struct kunit *test,
				     struct tdi_kunit_pair *pair,
				     struct socket **peer)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct socket *listener = tdi_kunit_listener(test, &remote, 1);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, pair->address);

	file->endpoint.context = 0xd0d1;
	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, file, &remote),
			STATUS_SUCCESS);
	tdi_connection_announce(&file->endpoint,
				file->endpoint.epoch);
	*peer = tdi_kunit_accept(test, listener);
	return file;
}

/* Each with its own number and context; as many as fit, whole ones only */
static void event_several_in_one_read(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	struct tdi_file *other;
	struct socket *peer;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	other = event_second(test, &pair, &peer);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	tdi_kunit_no_event(reader);
	event_cause(test, CAUSE_RECEIVE, &pair);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(peer, "0123456789", 10), 10);
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(peer, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(other,
						TDI_STATE_REMOTE_RELEASED));

	/* 72, 80 and 64 bytes */
	reader->length = tdi_kunit_read_events(pair.address, reader->buffer,
					       72 + 80 + 63);
	KUNIT_ASSERT_EQ(test, reader->length, 72 + 80);
	KUNIT_EXPECT_EQ(test, tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE,
						 pair.endpoint)->size, 72);
	KUNIT_EXPECT_EQ(test, tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE,
						 other)->size, 80);
	tdi_kunit_disconnected(reader, other, TDI_DISCONNECT_RELEASE);
	tdi_kunit_no_event(reader);
}

/* Of one connection after another on the same endpoint */
static void event_sequence_is_never_used_twice(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;
	u64 last = 0;
	int i;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	for (i = 0; i < 3; i++) {
		tdi_kunit_reset_socket(test, pair.peer);
		last = max(last, tdi_kunit_disconnected(reader, pair.endpoint,
					TDI_DISCONNECT_ABORT)->sequence);
		KUNIT_ASSERT_EQ(test,
				tdi_kunit_connect_now(test, pair.endpoint,
						      &pair.remote),
				STATUS_SUCCESS);
		tdi_connection_announce(&pair.endpoint->endpoint,
				pair.endpoint->endpoint.epoch);
		pair.peer = tdi_kunit_accept(test, pair.listener);
		KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "x", 1), 1);
		tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 1);
		KUNIT_EXPECT_GT(test,
				tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE,
						   pair.endpoint)->sequence,
				last);
	}
	tdi_kunit_no_event(reader);
}

/* How an endpoint becomes a connection, all but the announcement */
enum event_way { BY_CONNECT, BY_LISTEN, BY_ACCEPT };

static void event_by(struct kunit *test, enum event_way way,
		     struct tdi_kunit_pair *pair)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_reader *reader;
	struct sockaddr_storage peer;
	u64 cookie;

	if (way == BY_CONNECT) {
		tdi_kunit_connected(test, AF_INET, pair);
		return;
	}
	pair->local = tdi_kunit_loopback(AF_INET, 0);
	reader = tdi_kunit_offering(test, &pair->local);
	pair->address = reader->file;
	pair->endpoint = tdi_kunit_endpoint_on(test, pair->address);
	if (way == BY_LISTEN) {
		request = tdi_kunit_listen(test, pair->endpoint, NULL);
		pair->peer = tdi_kunit_connect_plain(test, &pair->local);
		KUNIT_ASSERT_EQ(test, tdi_kunit_result(request),
				STATUS_SUCCESS);
		return;
	}
	pair->peer = tdi_kunit_connect_plain(test, &pair->local);
	cookie = tdi_kunit_event(reader, TDI_EVENT_CONNECT)->cookie;
	KUNIT_ASSERT_EQ(test, tdi_accept(&pair->endpoint->endpoint, cookie,
					 NULL, &peer, NULL), STATUS_SUCCESS);
}

struct event_announced_param {
	const char *desc;
	enum event_way way;
	bool reset;
};

static const struct event_announced_param event_announced_params[] = {
	{ "connect, release", BY_CONNECT, false },
	{ "connect, reset", BY_CONNECT, true },
	{ "listen, release", BY_LISTEN, false },
	{ "listen, reset", BY_LISTEN, true },
	{ "accept, release", BY_ACCEPT, false },
	{ "accept, reset", BY_ACCEPT, true },
};

KUNIT_ARRAY_PARAM_DESC(event_announced, event_announced_params, desc);

/* Nothing is told of a connection before the client knows of it (S16). */
static void event_not_before_announced(struct kunit *test)
{
	const struct event_announced_param *param = test->param_value;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	event_by(test, param->way, &pair);
	reader = tdi_kunit_reader(test, pair.address);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	event_cause(test, CAUSE_RECEIVE, &pair);
	tdi_kunit_no_event(reader);
	event_cause(test, param->reset ? CAUSE_ABORT : CAUSE_RELEASE, &pair);
	tdi_kunit_no_event(reader);

	tdi_connection_announce(&pair.endpoint->endpoint,
				pair.endpoint->endpoint.epoch);
	/* an abort is told at once (S11) */
	if (!param->reset)
		tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE, pair.endpoint);
	tdi_kunit_disconnected(reader, pair.endpoint,
			       param->reset ? TDI_DISCONNECT_ABORT :
					      TDI_DISCONNECT_RELEASE);
	tdi_kunit_no_event(reader);
}

/* A send that must not wait, when no more goes: at all, or all of it */
static void event_send_possible(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	const struct tdi_event *event;
	struct tdi_kunit_pair pair;
	struct socket *own;
	size_t total;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	own = tdi_kunit_own_socket(test, pair.endpoint);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_SEND_POSSIBLE, 0);
	tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
	tdi_kunit_no_event(reader);

	total = tdi_kunit_fill(test, pair.endpoint);
	tdi_kunit_no_event(reader);
	tdi_kunit_drain(test, pair.peer, total);
	event = tdi_kunit_event_of(reader, TDI_EVENT_SEND_POSSIBLE,
				   pair.endpoint);
	KUNIT_EXPECT_GT(test, event->bytes_available, 0);
	KUNIT_EXPECT_LE(test, event->bytes_available,
			READ_ONCE(own->sk->sk_sndbuf));
	tdi_kunit_no_event(reader);
	tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
	tdi_kunit_no_event(reader);
}

static void event_send_possible_after_a_part(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_request *send;
	struct tdi_kunit_pair pair;
	struct socket *own;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	own = tdi_kunit_own_socket(test, pair.endpoint);
	own->sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	WRITE_ONCE(own->sk->sk_sndbuf, SZ_64K);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_SEND_POSSIBLE, 0);
	send = tdi_kunit_send(test, pair.endpoint, TDI_SEND_NON_BLOCKING,
			      tdi_kunit_pattern(test, 0, TDI_KUNIT_LARGE),
			      TDI_KUNIT_LARGE);
	KUNIT_ASSERT_EQ(test, send->status, STATUS_SUCCESS);
	KUNIT_ASSERT_GT(test, tdi_kunit_information(send), 0);
	KUNIT_ASSERT_LT(test, tdi_kunit_information(send), TDI_KUNIT_LARGE);
	tdi_kunit_drain(test, pair.peer, tdi_kunit_information(send));
	tdi_kunit_event_of(reader, TDI_EVENT_SEND_POSSIBLE, pair.endpoint);
	tdi_kunit_no_event(reader);
}

/* Nothing can be sent after the end, so nothing is told of it. */
static void event_send_possible_not_after_the_end(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_SEND_POSSIBLE, 0);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	tdi_kunit_fill(test, pair.endpoint);
	event_cause(test, CAUSE_ABORT, &pair);
	tdi_kunit_disconnected(reader, pair.endpoint, TDI_DISCONNECT_ABORT);
	tdi_kunit_no_event(reader);
}

static void event_wakes_who_reads(struct kunit *test)
{
	const struct event_told_param *param = test->param_value;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_sleeper *sleeper;
	struct tdi_kunit_pair pair;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	tdi_kunit_event_on(test, pair.address, param->type,
			   event_lookahead(param->cause));
	sleeper = tdi_kunit_sleeper(reader);
	event_cause(test, param->cause, &pair);
	KUNIT_ASSERT_EQ(test, tdi_kunit_woken(sleeper), param->size);
	tdi_kunit_event(reader, param->type);
}

static void event_read_ends_by_a_signal(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_sleeper *sleeper;

	sleeper = tdi_kunit_sleeper(tdi_kunit_offering(test, &local));
	tdi_kunit_interrupt(sleeper);
	KUNIT_EXPECT_EQ(test, tdi_kunit_woken(sleeper), -ERESTARTSYS);
}

/* What an endpoint had to tell goes with it, or with the address (S6). */
static void event_nothing_after_the_close(struct kunit *test)
{
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_wire *wire;
	struct tdi_kunit_pair pair;
	struct tdi_file *other;
	struct socket *peer;

	reader = tdi_kunit_announced(test, AF_INET, &pair);
	other = event_second(test, &pair, &peer);
	wire = tdi_kunit_wire(test, &pair.local);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_DISCONNECT, 0);
	tdi_kunit_event_on(test, pair.address, TDI_EVENT_CONNECT, 0);
	event_cause(test, CAUSE_RECEIVE, &pair);
	tdi_kunit_close(test, pair.endpoint);
	tdi_kunit_no_event(reader);

	KUNIT_ASSERT_EQ(test, tdi_kunit_write(peer, "x", 1), 1);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_readable(other));
	tdi_kunit_close(test, pair.address);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(other), TDI_STATE_OPENED);
	tdi_kunit_eventually(atomic_read(&wire->fin_from) >= 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->fin_from), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->rst_from), 0);
}

static struct kunit_case tdi_event_cases[] = {
	KUNIT_CASE_PARAM(event_handler, event_handler_gen_params),
	KUNIT_CASE_PARAM(event_record, event_told_gen_params),
	KUNIT_CASE(event_turned_off_under_a_reader),
	KUNIT_CASE(event_reader_behind_a_reader),
	KUNIT_CASE_PARAM(event_turned_off, event_told_gen_params),
	KUNIT_CASE_PARAM(event_turned_on_late, event_told_gen_params),
	KUNIT_CASE(event_that_fits_passes),
	KUNIT_CASE(event_several_in_one_read),
	KUNIT_CASE(event_sequence_is_never_used_twice),
	KUNIT_CASE_PARAM(event_not_before_announced,
			 event_announced_gen_params),
	KUNIT_CASE(event_send_possible),
	KUNIT_CASE(event_send_possible_after_a_part),
	KUNIT_CASE(event_send_possible_not_after_the_end),
	KUNIT_CASE_PARAM(event_wakes_who_reads, event_told_gen_params),
	KUNIT_CASE(event_read_ends_by_a_signal),
	KUNIT_CASE(event_nothing_after_the_close),
	{}
};

static struct kunit_suite tdi_event_suite = {
	.name		= "tdi_event",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_event_cases,
};

kunit_test_suite(tdi_event_suite);
