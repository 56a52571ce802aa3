// SPDX-License-Identifier: GPL-2.0-only
/*
 * Indications: events as a client reads them, from the address file.
 */
#include <linux/sched/signal.h>

#include "address.h"
#include "connection.h"
#include "datagram.h"
#include "event.h"
#include "indication.h"
#include "listen.h"
#include "offer.h"
#include "status.h"
#include "stream.h"
#include "taddr.h"

/* Is the event on?  Then how */
bool tdi_event_wanted(struct tdi_event_reader *reader, u32 type,
		      struct tdi_event_handler *handler)
{
	struct tdi_events *events = reader->events;
	bool wanted;

	spin_lock_bh(&events->lock);
	wanted = !events->handled && events->wanted & BIT(type);
	*handler = events->handlers[type];
	spin_unlock_bh(&events->lock);
	return wanted;
}

void tdi_event_init(struct tdi_event *event, u32 type,
		    const struct tdi_event_handler *handler)
{
	memset(event, 0, sizeof(*event));
	event->size = sizeof(*event);
	event->event_type = type;
	event->event_context = handler->context;
	event->data_offset = sizeof(*event);
}

/* An address goes between the record and its data. */
void tdi_event_init_address(struct tdi_event *event, sa_family_t family)
{
	size_t length = family == AF_INET6 ? TDI_TA_LENGTH_IP6 :
					     TDI_TA_LENGTH_IP;

	event->size += round_up(length, sizeof(u64));
	event->data_offset = event->size;
}

static void tdi_event_of(struct tdi_event *event,
			 const struct tdi_connection *conn)
{
	event->connection_context = READ_ONCE(conn->endpoint->context);
	event->sequence = conn->sequence;
}

/* A record without its data.  Return: its size, -EMSGSIZE or -EFAULT */
ssize_t tdi_event_put(struct iov_iter *iter, const struct tdi_event *event)
{
	if (iov_iter_count(iter) < event->size)
		return -EMSGSIZE;
	if (copy_to_iter(event, sizeof(*event), iter) != sizeof(*event))
		return -EFAULT;
	return event->size;
}

/* And with an address, if there is one, where there is room for it */
ssize_t tdi_event_put_address(struct iov_iter *iter, struct tdi_event *event,
			      const struct sockaddr_storage *ss)
{
	size_t room = event->data_offset - sizeof(*event);
	u8 ta[TDI_TA_LENGTH_IP6 + sizeof(u64)] = {};
	ssize_t n;

	if (ss->ss_family)
		event->address_length = tdi_taddr_build(ss, ta);
	n = tdi_event_put(iter, event);
	if (n > 0 && copy_to_iter(ta, room, iter) != room)
		return -EFAULT;
	return n;
}

/*
 * Data of a socket as a record: the data first, behind the room for what can
 * only be said of it afterwards.
 */
static ssize_t tdi_event_put_data(struct tdi_event_reader *reader,
				  struct tdi_event *event, u32 lookahead,
				  struct socket *sock)
{
	size_t room = iov_iter_count(reader->iter);
	struct iov_iter head = *reader->iter;
	struct msghdr msg = {};
	size_t pad;
	int n;

	if (room < sizeof(*event) + sizeof(u64))
		return tdi_sock_available(sock) ? -EMSGSIZE : 0;
	room = round_down(room - sizeof(*event), sizeof(u64));
	if (fault_in_iov_iter_writeable(reader->iter, sizeof(*event)))
		return -EFAULT;

	iov_iter_advance(reader->iter, sizeof(*event));
	msg.msg_iter = *reader->iter;
	iov_iter_truncate(&msg.msg_iter, min_t(size_t, room, lookahead));
	n = sock_recvmsg(sock, &msg, MSG_DONTWAIT);
	if (n <= 0) {
		*reader->iter = head;
		return n;
	}

	pad = round_up(n, sizeof(u64)) - n;
	iov_iter_advance(reader->iter, n);
	iov_iter_zero(pad, reader->iter);
	event->bytes_indicated = n;
	event->bytes_available = n + tdi_sock_available(sock);
	if (event->bytes_available == event->bytes_indicated)
		event->flags |= TDI_RECEIVE_ENTIRE_MESSAGE;
	event->size = sizeof(*event) + n + pad;
	if (copy_to_iter(event, sizeof(*event), &head) != sizeof(*event))
		return -EFAULT;
	return event->size;
}

static ssize_t tdi_event_tell_data(struct tdi_event_reader *reader,
				   struct tdi_connection *conn)
{
	struct tdi_endpoint *ep = conn->endpoint;
	struct socket *sock = conn->sock.socket;
	struct tdi_event_handler handler;
	struct tdi_event event;
	ssize_t n;

	if (!tdi_event_wanted(reader, TDI_EVENT_RECEIVE, &handler))
		return 0;
	/* a request that waits has precedence */
	if (test_bit(TDI_CONNECTION_SILENT, &conn->flags) ||
	    !list_empty_careful(&tdi_endpoint_file(ep)->queue[TDI_QUEUE_RECEIVE]))
		return 0;

	tdi_event_init(&event, TDI_EVENT_RECEIVE, &handler);
	tdi_event_of(&event, conn);
	event.flags = TDI_RECEIVE_NORMAL;
	if (handler.lookahead) {
		n = tdi_event_put_data(reader, &event, handler.lookahead, sock);
		if (n > 0)
			tdi_connection_count_received(conn,
						      event.bytes_indicated);
		return n == -EMSGSIZE || n == -EFAULT || n > 0 ? n : 0;
	}

	event.bytes_available = tdi_sock_available(sock);
	if (!event.bytes_available)
		return 0;
	set_bit(TDI_CONNECTION_SILENT, &conn->flags);
	n = tdi_event_put(reader->iter, &event);
	if (n < 0)
		clear_bit(TDI_CONNECTION_SILENT, &conn->flags);
	return n;
}

/* The byte of urgent data with its record */
static ssize_t tdi_event_put_urgent(struct tdi_event_reader *reader,
				    struct tdi_event *event,
				    struct tdi_connection *conn)
{
	u8 data[sizeof(u64)] = {};
	int urgent;

	event->bytes_indicated = 1;
	event->flags |= TDI_RECEIVE_ENTIRE_MESSAGE;
	event->size = sizeof(*event) + sizeof(data);
	if (iov_iter_count(reader->iter) < event->size)
		return -EMSGSIZE;
	urgent = tdi_sock_take_urgent(&conn->sock, false);
	if (urgent < 0)
		return 0;
	data[0] = urgent;
	if (copy_to_iter(event, sizeof(*event), reader->iter) == sizeof(*event) &&
	    copy_to_iter(data, sizeof(data), reader->iter) == sizeof(data))
		return event->size;
	tdi_sock_return_urgent(&conn->sock, urgent);
	return -EFAULT;
}

/* Without a handler of its own it comes as RECEIVE, with its flag (3.5). */
static u32 tdi_event_expedited_type(struct tdi_event_reader *reader,
				    struct tdi_event_handler *handler)
{
	if (tdi_event_wanted(reader, TDI_EVENT_RECEIVE_EXPEDITED, handler))
		return TDI_EVENT_RECEIVE_EXPEDITED;
	if (tdi_event_wanted(reader, TDI_EVENT_RECEIVE, handler))
		return TDI_EVENT_RECEIVE;
	return 0;
}

static ssize_t tdi_event_tell_expedited(struct tdi_event_reader *reader,
					struct tdi_connection *conn)
{
	struct tdi_endpoint *ep = conn->endpoint;
	struct tdi_event_handler handler;
	struct tdi_event event;
	ssize_t n;
	u32 type;

	if (!tdi_sock_urgent(&conn->sock) ||
	    test_bit(TDI_CONNECTION_URGENT_TOLD, &conn->flags) ||
	    !list_empty_careful(&tdi_endpoint_file(ep)->queue[TDI_QUEUE_EXPEDITED]))
		return 0;
	type = tdi_event_expedited_type(reader, &handler);
	if (!type)
		return 0;

	tdi_event_init(&event, type, &handler);
	tdi_event_of(&event, conn);
	event.flags = TDI_RECEIVE_EXPEDITED;
	event.bytes_available = 1;
	if (handler.lookahead)
		return tdi_event_put_urgent(reader, &event, conn);

	n = tdi_event_put(reader->iter, &event);
	if (n > 0)
		set_bit(TDI_CONNECTION_URGENT_TOLD, &conn->flags);
	return n;
}

/* How it ended, if it did and that was not told: TDI_DISCONNECT_xxx */
static u32 tdi_event_end_locked(struct tdi_connection *conn)
{
	if (conn->told_end || !conn->established ||
	    !tdi_connection_is_current(conn))
		return 0;
	if (conn->ended && conn->status)
		return TDI_DISCONNECT_ABORT;
	return conn->ended || conn->peer_released ? TDI_DISCONNECT_RELEASE : 0;
}

/**
 * tdi_event_owed_end() - is a client to be told now that a connection has ended?
 * @events: of its address file
 * @conn: the connection
 *
 * Once, and of a release not before the data that it is still to get.
 *
 * Return: TDI_DISCONNECT_xxx, or 0; then tdi_event_told_end() when it is.
 */
u32 tdi_event_owed_end(const struct tdi_events *events,
		       struct tdi_connection *conn)
{
	struct tdi_file *file = tdi_endpoint_file(conn->endpoint);
	u32 flags;

	spin_lock_bh(&file->lock);
	flags = tdi_event_end_locked(conn);
	spin_unlock_bh(&file->lock);
	if (flags == TDI_DISCONNECT_RELEASE &&
	    READ_ONCE(events->wanted) & BIT(TDI_EVENT_RECEIVE) &&
	    tdi_sock_available(conn->sock.socket))
		return 0;
	return flags;
}

void tdi_event_told_end(struct tdi_connection *conn)
{
	struct tdi_file *file = tdi_endpoint_file(conn->endpoint);

	spin_lock_bh(&file->lock);
	conn->told_end = true;
	spin_unlock_bh(&file->lock);
}

static ssize_t tdi_event_tell_end(struct tdi_event_reader *reader,
				  struct tdi_connection *conn)
{
	struct tdi_event_handler handler;
	struct tdi_event event;
	ssize_t n;

	if (!tdi_event_wanted(reader, TDI_EVENT_DISCONNECT, &handler))
		return 0;
	tdi_event_init(&event, TDI_EVENT_DISCONNECT, &handler);
	tdi_event_of(&event, conn);

	event.flags = tdi_event_owed_end(reader->events, conn);
	if (!event.flags)
		return 0;
	n = tdi_event_put(reader->iter, &event);
	if (n > 0)
		tdi_event_told_end(conn);
	return n;
}

/* Bytes of room to tell of, after a send that must not wait did not go */
u32 tdi_event_owed_space(struct tdi_connection *conn)
{
	if (tdi_connection_has_ended(conn) || tdi_send_released(conn) ||
	    !test_bit(TDI_CONNECTION_SEND_FAILED, &conn->flags))
		return 0;
	return tdi_sock_space(conn->sock.socket);
}

static ssize_t tdi_event_tell_space(struct tdi_event_reader *reader,
				    struct tdi_connection *conn)
{
	struct tdi_event_handler handler;
	struct tdi_event event;
	ssize_t n;

	if (!tdi_event_wanted(reader, TDI_EVENT_SEND_POSSIBLE, &handler))
		return 0;
	tdi_event_init(&event, TDI_EVENT_SEND_POSSIBLE, &handler);
	tdi_event_of(&event, conn);
	event.bytes_available = tdi_event_owed_space(conn);
	if (!event.bytes_available)
		return 0;
	n = tdi_event_put(reader->iter, &event);
	if (n > 0)
		clear_bit(TDI_CONNECTION_SEND_FAILED, &conn->flags);
	return n;
}

static ssize_t tdi_event_tell(struct tdi_event_reader *reader,
			      struct tdi_connection *conn)
{
	ssize_t n = 0;

	/* an abort is told at once, and nothing after the end */
	if (tdi_connection_has_ended(conn) && conn->status)
		return tdi_event_tell_end(reader, conn);
	if (!READ_ONCE(conn->told_end))
		n = tdi_event_tell_expedited(reader, conn);
	if (!n && !READ_ONCE(conn->told_end))
		n = tdi_event_tell_data(reader, conn);
	if (!n)
		n = tdi_event_tell_end(reader, conn);
	if (!n)
		n = tdi_event_tell_space(reader, conn);
	return n;
}

/*
 * Take the next endpoint that may have something; with a reference.  @handled: to
 * call handlers, else to be read
 */
struct tdi_file *tdi_event_pop(struct tdi_events *events, bool handled)
{
	struct tdi_file *file = NULL;
	struct tdi_endpoint *ep;

	spin_lock_bh(&events->lock);
	ep = list_first_entry_or_null(&events->ready, struct tdi_endpoint,
				      ready_link);
	if (events->handled != handled)
		ep = NULL;
	if (ep) {
		list_del_init(&ep->ready_link);
		file = tdi_endpoint_file(ep);
		tdi_file_get(file);
	}
	spin_unlock_bh(&events->lock);
	return file;
}

/* Its connection, if it is that address file's endpoint still */
struct tdi_connection *tdi_event_connection(struct tdi_file *address,
					    struct tdi_file *file)
{
	struct tdi_connection *conn = NULL;

	spin_lock_bh(&file->lock);
	if (file->endpoint.address == address)
		conn = tdi_connection_get(&file->endpoint);
	spin_unlock_bh(&file->lock);
	return conn;
}

/* One record, of the first endpoint that has one.  0: nobody has */
static ssize_t tdi_event_next(struct tdi_event_reader *reader)
{
	struct tdi_connection *conn;
	struct tdi_file *file;
	ssize_t n = 0;

	while (!n && (file = tdi_event_pop(reader->events, false))) {
		conn = tdi_event_connection(reader->file, file);
		/* not before the client knows that it is connected */
		if (conn && READ_ONCE(conn->announced))
			n = tdi_event_tell(reader, conn);
		if (conn)
			tdi_connection_put(conn);
		/* there may be more, or more room next time */
		if (n)
			tdi_event_ready(&file->endpoint);
		tdi_file_put(file);
	}
	return n;
}

/* Take in what has come, and find an offer to tell of; address->mutex is held */
struct tdi_offer *tdi_event_owed_offer(struct tdi_events *events)
{
	struct tdi_address *address = events->file->address.address;
	struct tdi_offer *offer;
	bool more;

	lockdep_assert_held(&address->mutex);

	spin_lock_bh(&events->lock);
	events->incoming = false;
	spin_unlock_bh(&events->lock);
	more = tdi_listen_accept_all(address);
	offer = tdi_offer_untold(address);
	if (offer || more)
		WRITE_ONCE(events->incoming, true);
	return offer;
}

/* An offer to tell of, if there is room for it */
static ssize_t tdi_event_find_offer(struct tdi_event_reader *reader,
				    struct tdi_event *event,
				    struct sockaddr_storage *peer)
{
	struct tdi_address *address = reader->file->address.address;
	struct tdi_offer *offer;
	ssize_t n = 0;

	mutex_lock(&address->mutex);
	offer = tdi_event_owed_offer(reader->events);
	if (offer) {
		event->cookie = offer->cookie;
		*peer = offer->peer;
		offer->told = iov_iter_count(reader->iter) >= event->size;
		n = offer->told ? (ssize_t)event->size : -EMSGSIZE;
	}
	mutex_unlock(&address->mutex);
	return n;
}

/* An offer as a record, if there is one */
static ssize_t tdi_event_next_offer(struct tdi_event_reader *reader)
{
	struct tdi_address *address = reader->file->address.address;
	struct tdi_event_handler handler;
	struct sockaddr_storage peer;
	struct tdi_event event;
	ssize_t n;

	if (!READ_ONCE(reader->events->incoming) ||
	    !tdi_event_wanted(reader, TDI_EVENT_CONNECT, &handler))
		return 0;
	tdi_event_init(&event, TDI_EVENT_CONNECT, &handler);
	tdi_event_init_address(&event, address->local.ss_family);
	n = tdi_event_find_offer(reader, &event, &peer);
	if (n <= 0)
		return n;
	n = tdi_event_put_address(reader->iter, &event, &peer);
	if (n < 0) {
		tdi_offer_untell(address, event.cookie);
		WRITE_ONCE(reader->events->incoming, true);
	}
	return n;
}

/* The address cannot be used as it was. */
static ssize_t tdi_event_next_error(struct tdi_event_reader *reader)
{
	struct tdi_event_handler handler;
	struct tdi_event event;
	ssize_t n;

	if (!READ_ONCE(reader->events->error) ||
	    !tdi_event_wanted(reader, TDI_EVENT_ERROR, &handler))
		return 0;
	tdi_event_init(&event, TDI_EVENT_ERROR, &handler);
	event.status = READ_ONCE(reader->events->error);
	n = tdi_event_put(reader->iter, &event);
	if (n > 0)
		WRITE_ONCE(reader->events->error, STATUS_SUCCESS);
	return n;
}

/* As many records as there are and fit.  Return: bytes, or why not one */
static ssize_t tdi_event_read_some(struct tdi_event_reader *reader)
{
	ssize_t total = 0, n;

	do {
		/* which may find that the listener has ended */
		n = tdi_event_next_offer(reader);
		if (!n)
			n = tdi_event_next_error(reader);
		if (!n && tdi_file_is_datagram(reader->file))
			n = tdi_event_next_datagram(reader);
		else if (!n)
			n = tdi_event_next(reader);
		if (n > 0)
			total += n;
	} while (n > 0);
	return total ? total : n;
}

static bool tdi_event_may_read(struct tdi_file *file)
{
	struct tdi_events *events = file->address.events;
	u32 wanted = READ_ONCE(events->wanted);

	if (READ_ONCE(events->handled))
		return false;
	if (tdi_file_is_datagram(file))
		return tdi_datagram_may_read(file);
	return !list_empty_careful(&events->ready) ||
	       (READ_ONCE(events->incoming) && wanted & BIT(TDI_EVENT_CONNECT)) ||
	       (READ_ONCE(events->error) && wanted & BIT(TDI_EVENT_ERROR));
}

void tdi_event_end_reading(struct tdi_file *file)
{
	/* a poller may want a datagram for its receive */
	if (tdi_reading_end(&file->address.events->reading))
		wake_up_interruptible(&file->wait);
}

/**
 * tdi_event_read() - read(2) of an address file
 * @file: address file
 * @iter: where to
 * @nonblock: do not wait
 *
 * Return: bytes of whole records; -EAGAIN, -EMSGSIZE, -EFAULT, -ERESTARTSYS.
 */
ssize_t tdi_event_read(struct tdi_file *file, struct iov_iter *iter,
		       bool nonblock)
{
	struct tdi_events *events = file->address.events;
	struct tdi_event_reader reader = {
		.file = file, .events = events, .iter = iter,
	};
	ssize_t n;

	do {
		if (nonblock && !tdi_reading_try(&events->reading))
			return -EAGAIN;
		if (!nonblock &&
		    mutex_lock_interruptible(&events->reading.mutex))
			return -ERESTARTSYS;
		n = tdi_event_read_some(&reader);
		tdi_event_end_reading(file);
		if (n)
			return n;
		if (nonblock)
			return -EAGAIN;
		cond_resched();
	} while (!signal_pending(current) &&
		 !wait_event_interruptible(file->wait,
					   tdi_event_may_read(file)));
	return -ERESTARTSYS;
}

__poll_t tdi_event_poll(struct tdi_file *file)
{
	__poll_t poll = tdi_event_may_read(file) ? EPOLLIN | EPOLLRDNORM : 0;

	return tdi_file_is_datagram(file) ? poll | tdi_datagram_poll(file) :
					    poll;
}
