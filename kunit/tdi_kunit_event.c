// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures: who reads events.
 */
#include <linux/sched/signal.h>
#include <net/tcp.h>

#include "tdi_kunit_event.h"

u32 tdi_kunit_handler(struct tdi_file *address, u32 type, bool on,
		      u32 lookahead)
{
	struct tdi_event_handler handler = {
		.context = TDI_KUNIT_EVENT_CONTEXT + type,
		.lookahead = lookahead,
	};

	return tdi_event_set_handler(address, type, on, &handler);
}

void tdi_kunit_event_on(struct kunit *test, struct tdi_file *address, u32 type,
			u32 lookahead)
{
	KUNIT_ASSERT_EQ(test, tdi_kunit_handler(address, type, true, lookahead),
			STATUS_SUCCESS);
}

void tdi_kunit_event_off(struct kunit *test, struct tdi_file *address, u32 type)
{
	KUNIT_ASSERT_EQ(test, tdi_kunit_handler(address, type, false, 0),
			STATUS_SUCCESS);
}

/* Without waiting.  Return: bytes, or a negative errno */
ssize_t tdi_kunit_read_events(struct tdi_file *address, void *data,
			      size_t length)
{
	struct kvec kvec = { .iov_base = data, .iov_len = length };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, length);
	return tdi_event_read(address, &iter, true);
}

/* Is there a record, now or soon?  No room is enough for it: it stays. */
bool tdi_kunit_event_comes(struct tdi_file *address)
{
	return tdi_kunit_eventually(tdi_kunit_read_events(address, NULL, 0) ==
				    -EMSGSIZE);
}

struct tdi_kunit_reader *tdi_kunit_reader(struct kunit *test,
					  struct tdi_file *address)
{
	struct tdi_kunit_reader *reader;

	reader = kunit_kzalloc(test, sizeof(*reader), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, reader);
	reader->test = test;
	reader->file = address;
	return reader;
}

/* Is there a record in the buffer, or one to be read? */
static bool tdi_kunit_more(struct tdi_kunit_reader *reader)
{
	ssize_t n;

	if (reader->next < reader->length)
		return true;
	n = tdi_kunit_read_events(reader->file, reader->buffer,
				  sizeof(reader->buffer));
	if (n == -EAGAIN)
		return false;
	KUNIT_ASSERT_GT(reader->test, n, 0);
	reader->length = n;
	reader->next = 0;
	return true;
}

/**
 * tdi_kunit_event() - the next record
 * @reader: who reads
 * @type: what it must be of
 *
 * Return: the record, until the next call; what all have in common is checked.
 */
const struct tdi_event *tdi_kunit_event(struct tdi_kunit_reader *reader,
					u32 type)
{
	struct kunit *test = reader->test;
	bool more = tdi_kunit_eventually(tdi_kunit_more(reader));
	const struct tdi_event *event;

	KUNIT_ASSERT_TRUE_MSG(test, more, "no event, %u expected\n", type);
	event = (const struct tdi_event *)(reader->buffer + reader->next);
	KUNIT_ASSERT_EQ(test, event->event_type, type);
	KUNIT_EXPECT_EQ(test, event->event_context,
			TDI_KUNIT_EVENT_CONTEXT + type);
	KUNIT_ASSERT_GE(test, event->size, sizeof(*event));
	KUNIT_EXPECT_EQ(test, event->size % sizeof(u64), 0);
	KUNIT_ASSERT_GE(test, reader->length, reader->next + event->size);
	KUNIT_ASSERT_LE(test, event->data_offset, event->size);
	KUNIT_ASSERT_LE(test, event->bytes_indicated,
			event->size - event->data_offset);
	KUNIT_EXPECT_LE(test, event->bytes_indicated, event->bytes_available);
	reader->next += event->size;
	return event;
}

/* The next record must be about the connection of an endpoint. */
const struct tdi_event *tdi_kunit_event_of(struct tdi_kunit_reader *reader,
					   u32 type, struct tdi_file *endpoint)
{
	struct tdi_connection *conn = tdi_connection_get(&endpoint->endpoint);
	const struct tdi_event *event = tdi_kunit_event(reader, type);

	KUNIT_EXPECT_EQ(reader->test, event->connection_context,
			endpoint->endpoint.context);
	KUNIT_EXPECT_EQ(reader->test, event->sequence,
			conn ? conn->sequence : 0);
	if (conn)
		tdi_connection_put(conn);
	return event;
}

const struct tdi_event *tdi_kunit_disconnected(struct tdi_kunit_reader *reader,
					       struct tdi_file *endpoint,
					       u32 flags)
{
	const struct tdi_event *event;

	event = tdi_kunit_event_of(reader, TDI_EVENT_DISCONNECT, endpoint);
	KUNIT_EXPECT_EQ(reader->test, event->flags, flags);
	return event;
}

void tdi_kunit_no_event(struct tdi_kunit_reader *reader)
{
	const struct tdi_event *event;

	if (!tdi_kunit_more(reader))
		return;
	event = (const struct tdi_event *)(reader->buffer + reader->next);
	KUNIT_FAIL(reader->test, "event %u, flags %x, of %llu bytes\n",
		   event->event_type, event->flags,
		   (u64)event->bytes_available);
	reader->next = reader->length;
}

const void *tdi_kunit_event_data(const struct tdi_event *event)
{
	return (const u8 *)event + event->data_offset;
}

/* A connection whose events may come, and who reads them */
struct tdi_kunit_reader *tdi_kunit_announced(struct kunit *test, int family,
					     struct tdi_kunit_pair *pair)
{
	tdi_kunit_connected(test, family, pair);
	pair->endpoint->endpoint.context = 0xc0c1c2c3c4c5c6c7ULL;
	tdi_connection_announce(&pair->endpoint->endpoint,
				pair->endpoint->endpoint.epoch);
	return tdi_kunit_reader(test, pair->address);
}

/* An address that has a CONNECT handler, and who reads its events */
struct tdi_kunit_reader *tdi_kunit_offering(struct kunit *test,
					    struct sockaddr_storage *local)
{
	struct tdi_file *address = tdi_kunit_address(test, local, 0);

	tdi_kunit_local(test, address, local);
	tdi_kunit_event_on(test, address, TDI_EVENT_CONNECT, 0);
	return tdi_kunit_reader(test, address);
}

/* A peer connects, and an event tells of it.  Return: the offer's cookie */
u64 tdi_kunit_offer(struct tdi_kunit_reader *reader,
		    const struct sockaddr_storage *local, struct socket **peer)
{
	*peer = tdi_kunit_connect_plain(reader->test, local);
	return tdi_kunit_event(reader, TDI_EVENT_CONNECT)->cookie;
}

/* A listen with TDI_QUERY_ACCEPT */
struct tdi_kunit_request *tdi_kunit_query(struct kunit *test,
					  struct tdi_file *endpoint)
{
	struct tdi_kunit_request *request = tdi_kunit_request(test, endpoint);

	request->waiter.req.flags = TDI_QUERY_ACCEPT;
	request->status = tdi_listen(&request->waiter.req);
	return request;
}

/* A peer connects, and a listen with TDI_QUERY_ACCEPT is offered that. */
struct socket *tdi_kunit_offered(struct kunit *test, struct tdi_file *endpoint,
				 const struct sockaddr_storage *local)
{
	struct tdi_kunit_request *request = tdi_kunit_query(test, endpoint);
	struct sockaddr_storage from;
	struct socket *peer;

	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	peer = tdi_kunit_connect_plain(test, local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_sock_local(peer, &from), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&request->waiter.req.remote,
						&from));
	return peer;
}

/* Have all been answered, or will be soon? */
bool tdi_kunit_no_offers(struct tdi_file *address)
{
	const struct tdi_address *object = address->address.address;

	return tdi_kunit_eventually(!READ_ONCE(object->offered));
}

/* Is there something to receive, now or soon? */
bool tdi_kunit_readable(struct tdi_file *endpoint)
{
	return tdi_kunit_eventually((__force u32)
				    tdi_endpoint_poll(&endpoint->endpoint) &
				    POLLED_IN);
}

/* Does its connection end, now or soon? */
bool tdi_kunit_ended(struct tdi_file *endpoint)
{
	return tdi_kunit_state_becomes(endpoint, TDI_STATE_ASSOCIATED);
}

/* The socket of an endpoint's connection, as long as it has that */
struct socket *tdi_kunit_own_socket(struct kunit *test,
				    struct tdi_file *endpoint)
{
	struct tdi_connection *conn = tdi_connection_get(&endpoint->endpoint);
	struct socket *sock;

	KUNIT_ASSERT_NOT_NULL(test, conn);
	sock = conn->sock.socket;
	tdi_connection_put(conn);
	return sock;
}

static void tdi_kunit_sleep(void *data)
{
	struct tdi_kunit_sleeper *sleeper = data;
	struct tdi_kunit_reader *reader = sleeper->reader;
	struct kvec kvec = {
		.iov_base = reader->buffer, .iov_len = sizeof(reader->buffer),
	};
	struct iov_iter iter;

	allow_signal(SIGUSR1);
	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, kvec.iov_len);
	sleeper->n = tdi_event_read(reader->file, &iter, false);
}

/* A signal, which ends a read that sleeps; @data is the sleeper */
void tdi_kunit_interrupt(void *data)
{
	struct tdi_kunit_sleeper *sleeper = data;

	send_sig(SIGUSR1, sleeper->thread->task, 1);
}

/* Returns once it sleeps; ends by a signal if it is not woken. */
struct tdi_kunit_sleeper *tdi_kunit_sleeper(struct tdi_kunit_reader *reader)
{
	struct kunit *test = reader->test;
	struct tdi_kunit_sleeper *sleeper;

	sleeper = kunit_kzalloc(test, sizeof(*sleeper), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sleeper);
	sleeper->reader = reader;
	sleeper->thread = tdi_kunit_thread(test, tdi_kunit_sleep, sleeper);
	tdi_kunit_defer(test, tdi_kunit_interrupt, sleeper);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(
				wq_has_sleeper(&reader->file->wait)));
	return sleeper;
}

/* What the read has returned; -ETIMEDOUT if it sleeps on */
ssize_t tdi_kunit_woken(struct tdi_kunit_sleeper *sleeper)
{
	if (!tdi_kunit_eventually(completion_done(&sleeper->thread->done)))
		return -ETIMEDOUT;
	if (sleeper->n > 0)
		sleeper->reader->length = sleeper->n;
	return sleeper->n;
}

/* What an administrator can do to any socket (ss -K) */
void tdi_kunit_kill_listener(struct tdi_file *address)
{
	tcp_abort(address->address.address->listener.socket->sk, ECONNABORTED);
}

/* Somebody takes it: it was neither lost nor refused. */
void tdi_kunit_expect_accepted(struct kunit *test, struct tdi_file *address,
			       u64 cookie, struct socket *peer)
{
	struct tdi_file *file = tdi_kunit_endpoint_on(test, address);
	struct sockaddr_storage from;

	KUNIT_EXPECT_EQ(test, tdi_accept(&file->endpoint, cookie, NULL, &from, NULL),
			STATUS_SUCCESS);
	tdi_kunit_expect_works(test, file, peer);
}
