// SPDX-License-Identifier: GPL-2.0-only
/*
 * Indications of an address that sends and receives by itself: datagrams, and
 * what became of those that were sent.
 */
#include "address.h"
#include "datagram.h"
#include "indication.h"
#include "sock.h"
#include "status.h"
#include "taddr.h"

/* No datagram is longer. */
#define TDI_DATAGRAM_MAX	65535

/* A record that has an address behind it */
static void tdi_event_init_datagram(struct tdi_event_reader *reader,
				    struct tdi_event *event, u32 type,
				    const struct tdi_event_handler *handler)
{
	tdi_event_init(event, type, handler);
	tdi_event_init_address(event,
			       reader->file->address.address->local.ss_family);
}

/* Room for the next datagram?  One that does not fit is not taken. */
static int tdi_event_check_room(struct tdi_event_reader *reader, size_t head,
				u32 lookahead)
{
	size_t room = iov_iter_count(reader->iter);
	struct sockaddr_storage source;
	int length;

	if (room >= head + round_up(lookahead, sizeof(u64)))
		return 0;
	length = tdi_datagram_look(reader->file, &source);
	if (length < 0)
		return length;
	length = min_t(u32, length, lookahead);
	return room < head + round_up(length, sizeof(u64)) ? -EMSGSIZE : 0;
}

/* A datagram with its record: the data first, as its length is not known */
static ssize_t tdi_event_put_datagram(struct tdi_event_reader *reader,
				      struct tdi_event *event, u32 lookahead)
{
	struct iov_iter iter = *reader->iter;
	struct sockaddr_storage source;
	size_t head = event->size, room, pad;
	struct msghdr msg = {};
	int n;

	n = tdi_event_check_room(reader, head, lookahead);
	if (n < 0)
		return n;
	/* what is taken off the socket is gone */
	if (fault_in_iov_iter_writeable(&iter, min_t(size_t, head + lookahead,
						     iov_iter_count(&iter))))
		return -EFAULT;

	msg.msg_iter = iter;
	iov_iter_advance(&msg.msg_iter, head);
	iov_iter_truncate(&msg.msg_iter, lookahead);
	room = iov_iter_count(&msg.msg_iter);
	n = tdi_datagram_receive(reader->file, &msg, &source, &event->flags);
	if (n < 0)
		return n;

	event->bytes_available = n;
	event->bytes_indicated = min_t(size_t, n, room);
	if (n <= lookahead)
		event->flags |= TDI_RECEIVE_ENTIRE_MESSAGE;
	pad = round_up(event->bytes_indicated, sizeof(u64)) -
	      event->bytes_indicated;
	event->size += event->bytes_indicated + pad;
	iov_iter_advance(reader->iter, head + event->bytes_indicated);
	iov_iter_zero(pad, reader->iter);
	return tdi_event_put_address(&iter, event, &source);
}

/* Only that there is one; then silence until a TDI_RECEIVE_DATAGRAM */
static ssize_t tdi_event_put_notice(struct tdi_event_reader *reader,
				    struct tdi_event *event)
{
	struct sockaddr_storage source;
	ssize_t size;
	int n;

	n = tdi_datagram_look(reader->file, &source);
	if (n < 0)
		return n;
	event->bytes_available = n;
	WRITE_ONCE(reader->events->silent, true);
	size = tdi_event_put_address(reader->iter, event, &source);
	if (size < 0)
		WRITE_ONCE(reader->events->silent, false);
	return size;
}

static ssize_t tdi_event_tell_datagram(struct tdi_event_reader *reader)
{
	struct tdi_event_handler handler;
	struct tdi_event event;
	ssize_t n;

	WRITE_ONCE(reader->events->incoming, false);
	if (!tdi_event_wanted(reader, TDI_EVENT_RECEIVE_DATAGRAM, &handler) ||
	    READ_ONCE(reader->events->silent) ||
	    !tdi_datagram_is_for_event(reader->file))
		return 0;

	tdi_event_init_datagram(reader, &event, TDI_EVENT_RECEIVE_DATAGRAM,
				&handler);
	n = handler.lookahead ?
	    tdi_event_put_datagram(reader, &event,
				   min_t(u32, handler.lookahead,
					 TDI_DATAGRAM_MAX)) :
	    tdi_event_put_notice(reader, &event);
	return n == -EAGAIN ? 0 : n;
}

/* What ICMP says of a datagram that was sent, and where that was to go */
static ssize_t tdi_event_tell_error(struct tdi_event_reader *reader)
{
	struct socket *sock = reader->file->address.sock.socket;
	struct tdi_event_handler handler;
	struct sockaddr_storage remote;
	struct tdi_event event;
	int err = 0;

	if (!tdi_event_wanted(reader, TDI_EVENT_ERROR_EX, &handler))
		return 0;
	if (!tdi_sock_has_error(sock))
		return 0;
	tdi_event_init_datagram(reader, &event, TDI_EVENT_ERROR_EX, &handler);
	if (iov_iter_count(reader->iter) < event.size)
		return -EMSGSIZE;
	if (fault_in_iov_iter_writeable(reader->iter, event.size))
		return -EFAULT;
	/* one that its sender knows of may hide another */
	while (!err && tdi_sock_has_error(sock))
		err = tdi_sock_take_error(sock, &remote);
	if (err <= 0)
		return err;
	event.status = tdi_status_from_icmp(-err);
	return tdi_event_put_address(reader->iter, &event, &remote);
}

/* Return: bytes of one record, 0 if there is none, or why it cannot be read */
ssize_t tdi_event_next_datagram(struct tdi_event_reader *reader)
{
	ssize_t n = tdi_event_tell_error(reader);

	return n ? n : tdi_event_tell_datagram(reader);
}
