// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams: sending (reference 2.11), receiving (2.12), and connected
 * addresses.
 *
 * A datagram belongs to the first receive that waits for its source; else to the
 * RECEIVE_DATAGRAM event, if that is on; else, if receives wait, but none for
 * it, to nobody, and is discarded.  While nobody waits at all it stays in the
 * socket.  events->reading is held from the look at its source to taking it.
 */
#include <linux/lockdep.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>

#include "address.h"
#include "datagram.h"
#include "event.h"
#include "sock.h"
#include "statistics.h"
#include "taddr.h"

static void tdi_datagram_event(struct tdi_sock *ts, unsigned int events)
{
	struct tdi_address_file *open = container_of(ts, struct tdi_address_file,
						     sock);
	struct tdi_file *file = tdi_address_file(open);
	struct tdi_events *wanted = READ_ONCE(open->events);

	if (events & TDI_SOCK_READABLE)
		tdi_queue_kick(file, TDI_QUEUE_RECEIVE);
	if (events & TDI_SOCK_WRITEABLE)
		tdi_queue_kick(file, TDI_QUEUE_SEND);
	if (wq_has_sleeper(&file->wait))
		wake_up_interruptible(&file->wait);
	if (wanted && READ_ONCE(wanted->handled))
		tdi_event_wake(file);
}

/**
 * tdi_datagram_open() - the socket of one open of an address
 * @file: that open
 * @address: its address; its table is locked
 * @local: what to bind; the bound address
 * @cred: of the opener
 *
 * Return: 0 or a negative errno.
 */
int tdi_datagram_open(struct tdi_file *file, struct tdi_address *address,
		      struct sockaddr_storage *local, const struct cred *cred)
{
	struct tdi_sock *ts = &file->address.sock;
	struct socket *sock;
	int err;

	err = tdi_sock_create_datagram(address->device, address->protocol,
				       address->net, local->ss_family, cred,
				       &sock);
	if (err)
		return err;
	/* a datagram may come with the bind, and is everybody's */
	file->address.address = address;
	err = tdi_sock_hook(ts, sock, tdi_datagram_event);
	if (!err && address->shared)
		tdi_sock_share(ts);
	if (!err)
		err = tdi_sock_bind_datagram(sock, local, cred);
	if (!err && address->device->type == SOCK_RAW)
		tdi_taddr_set_port(local, 0);
	/* a link-local address's */
	file->address.ifindex = READ_ONCE(sock->sk->sk_bound_dev_if);
	if (!err)
		return 0;
	tdi_sock_unhook(ts);
	tdi_sock_release_datagram(sock);
	file->address.address = NULL;
	return err;
}

bool tdi_datagram_is_connected(const struct tdi_file *file)
{
	return READ_ONCE(file->address.sock.socket->sk->sk_state) ==
	       TCP_ESTABLISHED;
}

/* A remote that something can come from; a raw one has no port */
static u32 tdi_datagram_check_source(const struct tdi_file *file,
				     struct sockaddr_storage *remote)
{
	const struct tdi_address *address = file->address.address;

	if (remote->ss_family != address->local.ss_family)
		return STATUS_INVALID_ADDRESS_COMPONENT;
	if (address->device->type == SOCK_RAW)
		tdi_taddr_set_port(remote, 0);
	return STATUS_SUCCESS;
}

/* One that something can be sent to */
static u32 tdi_datagram_check_remote(const struct tdi_file *file,
				     struct sockaddr_storage *remote)
{
	u32 status = tdi_datagram_check_source(file, remote);

	if (status)
		return status;
	if (tdi_taddr_is_any(remote) ||
	    (file->device->type == SOCK_DGRAM && !tdi_taddr_port(remote)))
		return STATUS_INVALID_ADDRESS_COMPONENT;
	return STATUS_SUCCESS;
}

/**
 * tdi_datagram_connect() - TDI_CONNECT of an address: it has one remote
 * @req: @remote is which
 *
 * From here on only what that remote sends is received, and a send needs no
 * address.  Another connect replaces it.
 *
 * Return: STATUS_SUCCESS, or why not.
 */
u32 tdi_datagram_connect(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	status = tdi_datagram_check_remote(file, &req->remote);
	if (status)
		return status;
	return tdi_status_from_errno(tdi_sock_connect(file->address.sock.socket,
						      &req->remote));
}

/* TDI_DISCONNECT of an address */
u32 tdi_datagram_disconnect(struct tdi_file *file)
{
	if (!tdi_datagram_is_connected(file))
		return STATUS_INVALID_CONNECTION;
	return tdi_status_from_errno(tdi_sock_disconnect(file->address.sock.socket,
							 file->address.ifindex));
}

/* As often as a request passes over what ICMP says of others' datagrams */
#define TDI_DATAGRAM_ERRORS	8

/* Not about memory, nor about what is there */
static bool tdi_datagram_is_error(int n)
{
	return n < 0 && n != -EAGAIN && n != -EFAULT;
}

/*
 * What an ICMP message said of an earlier datagram is an answer for a connected
 * address.  Any other has sent to many: the event tells which it was.  @pass: it
 * is nobody's answer.
 */
static int tdi_datagram_recvmsg(struct tdi_file *file, struct msghdr *msg,
				struct sockaddr_storage *source,
				unsigned int flags, u32 *kind, bool pass)
{
	struct socket *sock = file->address.sock.socket;
	int tries = TDI_DATAGRAM_ERRORS, err = 0, n;

	memset(source, 0, sizeof(*source));
	msg->msg_name = source;
	pass |= !tdi_datagram_is_connected(file);
	do {
		n = tdi_sock_receive_datagram(sock, msg, flags, kind);
		if (tdi_datagram_is_error(n))
			err = n;
	} while (pass && tdi_datagram_is_error(n) && --tries);
	/* the next request's */
	if (err && n != err && tdi_datagram_is_connected(file))
		tdi_sock_return_error(sock, err);
	return n;
}

/**
 * tdi_datagram_take_next() - the next datagram itself, for an event
 * @file: address file
 * @source: where it came from
 * @flags: TDI_RECEIVE_xxx are added
 *
 * Errors are not the event's: a connected address's next request has them.
 *
 * Return: as tdi_sock_take_datagram().
 */
struct sk_buff *tdi_datagram_take_next(struct tdi_file *file,
				       struct sockaddr_storage *source,
				       u32 *flags)
{
	struct socket *sock = file->address.sock.socket;
	int tries = TDI_DATAGRAM_ERRORS, error = 0, err;
	struct sk_buff *skb;

	do {
		skb = tdi_sock_take_datagram(sock, source, flags, &err);
		if (!skb && tdi_datagram_is_error(err))
			error = err;
	} while (!skb && tdi_datagram_is_error(err) && --tries);
	if (error && tdi_datagram_is_connected(file))
		tdi_sock_return_error(sock, error);
	return skb;
}

void tdi_datagram_count_received(struct tdi_file *file, int n)
{
	tdi_count(file->net, TDI_COUNT_DATAGRAMS_RECEIVED, 1);
	tdi_count(file->net, TDI_COUNT_DATAGRAM_BYTES_RECEIVED, n);
	atomic64_add(n, &file->address.received);
}

/* Of a remote's host: what is refused here is a port. */
u32 tdi_status_from_icmp(int err)
{
	switch (err) {
	case -ECONNREFUSED:
		return STATUS_PORT_UNREACHABLE;
	case -EMSGSIZE:
		return STATUS_INVALID_BUFFER_SIZE;
	default:
		return tdi_status_from_errno(err);
	}
}

static u32 tdi_datagram_send(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	struct socket *sock = file->address.sock.socket;
	struct iov_iter iter = req->msg.msg_iter;
	int tries = 2, n;

	req->msg.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	/* what is about this one is said again */
	do {
		if (!tdi_datagram_is_connected(file))
			tdi_sock_forget_error(sock);
		n = sock_sendmsg(sock, &req->msg);
		if (n < 0)
			req->msg.msg_iter = iter;
	} while (tdi_datagram_is_error(n) && !tdi_datagram_is_connected(file) &&
		 --tries);
	if (n == -EAGAIN)
		return STATUS_PENDING;
	if (n < 0)
		return tdi_status_from_icmp(n);
	tdi_count(file->net, TDI_COUNT_DATAGRAMS_SENT, 1);
	tdi_count(file->net, TDI_COUNT_DATAGRAM_BYTES_SENT, n);
	atomic64_add(n, &file->address.sent);
	req->information = n;
	return STATUS_SUCCESS;
}

static const struct tdi_operation tdi_send_datagram_operation = {
	.attempt = tdi_datagram_send,
};

/* Has it somebody to go to? */
static u32 tdi_datagram_check_send(struct tdi_request *req)
{
	u32 status;

	if (req->flags)
		return STATUS_INVALID_PARAMETER;
	if (!req->remote.ss_family)
		return tdi_datagram_is_connected(req->file) ? STATUS_SUCCESS :
		       STATUS_INVALID_ADDRESS_COMPONENT;
	status = tdi_datagram_check_remote(req->file, &req->remote);
	req->msg.msg_name = &req->remote;
	req->msg.msg_namelen = tdi_taddr_length(&req->remote);
	return status;
}

/**
 * tdi_send_datagram() - TDI_SEND_DATAGRAM
 * @req: @msg's iterator says what, @remote where to; AF_UNSPEC: to whom the
 *	address is connected
 *
 * Return: STATUS_PENDING; STATUS_SUCCESS with @information;
 * STATUS_INVALID_ADDRESS_COMPONENT for no remote; STATUS_INVALID_BUFFER_SIZE;
 * STATUS_DEVICE_NOT_READY if it must not wait; why it cannot be sent.
 */
u32 tdi_send_datagram(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	status = tdi_datagram_check_send(req);
	if (status)
		return status;

	status = STATUS_PENDING;
	if (list_empty_careful(&file->queue[TDI_QUEUE_SEND]))
		status = tdi_datagram_send(req);
	if (status != STATUS_PENDING)
		return status;
	if (req->nonblock)
		return STATUS_DEVICE_NOT_READY;
	status = tdi_request_pend(req, TDI_QUEUE_SEND,
				  &tdi_send_datagram_operation, TDI_LAST);
	/* there may have been room before that */
	tdi_queue_kick(file, TDI_QUEUE_SEND);
	return status;
}

/**
 * tdi_send_datagram_queue() - TDI_SEND_DATAGRAM, tried later
 * @req: as for tdi_send_datagram()
 *
 * Any context.
 *
 * Return: STATUS_PENDING, or why not.
 */
u32 tdi_send_datagram_queue(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	status = tdi_datagram_check_send(req);
	if (!status)
		status = tdi_request_pend(req, TDI_QUEUE_SEND,
					  &tdi_send_datagram_operation,
					  TDI_LAST);
	if (status == STATUS_PENDING)
		tdi_queue_kick(file, TDI_QUEUE_SEND);
	return status;
}

/**
 * tdi_datagram_receive() - take the next datagram, without waiting
 * @file: address file
 * @msg: where to
 * @source: where it came from
 * @kind: TDI_RECEIVE_MULTICAST or TDI_RECEIVE_BROADCAST, if the event is on;
 *	or NULL
 *
 * For an event: what ICMP says is left to the next request.
 *
 * Return: its length, of which no more than there is room for was copied; or a
 * negative errno.
 */
int tdi_datagram_receive(struct tdi_file *file, struct msghdr *msg,
			 struct sockaddr_storage *source, u32 *kind)
{
	int n = tdi_datagram_recvmsg(file, msg, source, 0, kind, true);

	if (n >= 0)
		tdi_datagram_count_received(file, n);
	return n;
}

static int tdi_datagram_peek(struct tdi_file *file,
			     struct sockaddr_storage *source, bool pass)
{
	struct msghdr msg = {};

	iov_iter_kvec(&msg.msg_iter, ITER_DEST, NULL, 0, 0);
	return tdi_datagram_recvmsg(file, &msg, source, MSG_PEEK, NULL, pass);
}

/**
 * tdi_datagram_look() - what is the next datagram?  For an event
 * @file: address file
 * @source: where it came from
 *
 * Return: its length, or a negative errno.
 */
int tdi_datagram_look(struct tdi_file *file, struct sockaddr_storage *source)
{
	return tdi_datagram_peek(file, source, true);
}

static void tdi_datagram_discard(struct tdi_file *file)
{
	struct sockaddr_storage source;
	struct msghdr msg = {};

	iov_iter_kvec(&msg.msg_iter, ITER_DEST, NULL, 0, 0);
	tdi_datagram_recvmsg(file, &msg, &source, 0, NULL, true);
}

/*
 * Who waits for a datagram of that source: the first of those that pend, or
 * @also, which does not.  The one that is found is kicked, if it is not @also.
 */
static bool tdi_datagram_is_wanted(struct tdi_file *file,
				   const struct sockaddr_storage *source,
				   const struct tdi_request *also, bool *others)
{
	struct tdi_request *req;

	*others = true;
	spin_lock_bh(&file->lock);
	list_for_each_entry(req, &file->queue[TDI_QUEUE_RECEIVE], link) {
		if (req->end_status || !tdi_taddr_matches(&req->remote, source))
			continue;
		*others = req != also;
		if (*others)
			tdi_request_kick_locked(req);
		spin_unlock_bh(&file->lock);
		return true;
	}
	spin_unlock_bh(&file->lock);
	*others = false;
	return also && tdi_taddr_matches(&also->remote, source);
}

static u32 tdi_datagram_take(struct tdi_request *req)
{
	int peek = req->flags & TDI_RECEIVE_PEEK ? MSG_PEEK : 0;
	size_t room = msg_data_left(&req->msg);
	struct sockaddr_storage source;
	int n;

	n = tdi_datagram_recvmsg(req->file, &req->msg, &source, peek, NULL,
				 false);
	if (n == -EAGAIN)
		return STATUS_PENDING;
	if (n < 0)
		return tdi_status_from_icmp(n);
	if (!peek)
		tdi_datagram_count_received(req->file, n);
	req->remote = source;
	req->information = min_t(size_t, n, room);
	return n > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* Datagrams that nobody wants which one attempt discards */
#define TDI_DATAGRAM_TURN	64

/* The next datagram, if it is for @req */
static u32 tdi_datagram_take_wanted(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	struct sockaddr_storage source;
	int turn = TDI_DATAGRAM_TURN;
	bool others;
	int err;

	for (;;) {
		err = tdi_datagram_peek(file, &source, false);
		if (err < 0)
			return err == -EAGAIN ? STATUS_PENDING :
						tdi_status_from_icmp(err);
		if (tdi_datagram_is_wanted(file, &source, req, &others))
			return others ? STATUS_PENDING : tdi_datagram_take(req);
		if (tdi_event_tells_datagrams(file)) {
			tdi_event_datagram(file);
			return STATUS_PENDING;
		}
		tdi_datagram_discard(file);
		/* as fast as they may come: others have their turn, or end it */
		if (signal_pending(current) || (!req->nonblock && !--turn)) {
			tdi_queue_kick(file, TDI_QUEUE_RECEIVE);
			return STATUS_PENDING;
		}
		cond_resched();
	}
}

static u32 tdi_receive_datagram_attempt(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	/* killed while somebody else's read is stuck: whoever waits ends it */
	if (mutex_lock_killable(&file->address.events->reading.mutex))
		return STATUS_PENDING;
	if (!req->remote.ss_family && tdi_request_is_first(req))
		status = tdi_datagram_take(req);
	else
		status = tdi_datagram_take_wanted(req);
	tdi_event_end_reading(file);
	return status;
}

static const struct tdi_operation tdi_receive_datagram_operation = {
	.attempt = tdi_receive_datagram_attempt,
};

/* Before it pends: if nobody waits it need not, and if it must not it tries */
static u32 tdi_receive_datagram_now(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status = STATUS_PENDING;

	if (!tdi_reading_try(&file->address.events->reading))
		return STATUS_PENDING;
	if (!req->remote.ss_family &&
	    list_empty_careful(&file->queue[TDI_QUEUE_RECEIVE]))
		status = tdi_datagram_take(req);
	else if (req->nonblock)
		status = tdi_datagram_take_wanted(req);
	tdi_event_end_reading(file);
	return status;
}

#define TDI_RECEIVE_DATAGRAM_FLAGS	(TDI_RECEIVE_NORMAL | \
					 TDI_RECEIVE_PARTIAL | TDI_RECEIVE_PEEK)

static u32 tdi_datagram_check_receive(struct tdi_request *req)
{
	if (req->flags & ~TDI_RECEIVE_DATAGRAM_FLAGS)
		return STATUS_INVALID_PARAMETER;
	return req->remote.ss_family ?
	       tdi_datagram_check_source(req->file, &req->remote) :
	       STATUS_SUCCESS;
}

/**
 * tdi_receive_datagram() - TDI_RECEIVE_DATAGRAM
 * @req: @msg's iterator says where to; @remote from whom, and when done who it
 *	was; @flags are TDI_RECEIVE_xxx
 *
 * Return: STATUS_PENDING; STATUS_SUCCESS with @information; STATUS_BUFFER_OVERFLOW
 * with as much as fits, the rest is lost; STATUS_INVALID_ADDRESS_COMPONENT for a
 * source of the other family; STATUS_DEVICE_NOT_READY if it must not wait; for a
 * connected address what the remote's host said.
 */
u32 tdi_receive_datagram(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	status = tdi_datagram_check_receive(req);
	if (status)
		return status;

	status = tdi_receive_datagram_now(req);
	if (status == STATUS_PENDING && req->nonblock)
		status = STATUS_DEVICE_NOT_READY;
	if (status != STATUS_PENDING) {
		tdi_event_resume_datagrams(file);
		return status;
	}

	status = tdi_request_pend(req, TDI_QUEUE_RECEIVE,
				  &tdi_receive_datagram_operation, TDI_LAST);
	/* it may have come before that */
	if (tdi_sock_has_datagram(file->address.sock.socket) ||
	    READ_ONCE(file->address.sock.socket->sk->sk_err))
		tdi_queue_kick(file, TDI_QUEUE_RECEIVE);
	return status;
}

/**
 * tdi_receive_datagram_queue() - TDI_RECEIVE_DATAGRAM, tried later
 * @req: as for tdi_receive_datagram()
 *
 * Any context.
 *
 * Return: STATUS_PENDING, or why not.
 */
u32 tdi_receive_datagram_queue(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	status = tdi_datagram_check_receive(req);
	if (status)
		return status;
	status = tdi_request_pend(req, TDI_QUEUE_RECEIVE,
				  &tdi_receive_datagram_operation, TDI_LAST);
	if (status == STATUS_PENDING)
		tdi_queue_kick(file, TDI_QUEUE_RECEIVE);
	return status;
}

/**
 * tdi_datagram_is_for_event() - is there one, and does no receive want it?
 * @file: address file; events->reading is held
 *
 * Return: whether it is to be told of.
 */
bool tdi_datagram_is_for_event(struct tdi_file *file)
{
	struct sockaddr_storage source;
	bool others;

	if (list_empty_careful(&file->queue[TDI_QUEUE_RECEIVE]))
		return tdi_sock_has_datagram(file->address.sock.socket);
	return tdi_datagram_look(file, &source) >= 0 &&
	       !tdi_datagram_is_wanted(file, &source, NULL, &others);
}

/* Room to send; and what a TDI_RECEIVE_DATAGRAM would get */
__poll_t tdi_datagram_poll(struct tdi_file *file)
{
	struct socket *sock = file->address.sock.socket;
	__poll_t poll = 0;

	if (READ_ONCE(sock->sk->sk_err))
		poll |= EPOLLERR;
	if (tdi_sock_has_datagram(sock) &&
	    list_empty_careful(&file->queue[TDI_QUEUE_RECEIVE]))
		poll |= EPOLLRDBAND;
	if (sock_writeable(sock->sk) &&
	    list_empty_careful(&file->queue[TDI_QUEUE_SEND]))
		poll |= EPOLLOUT | EPOLLWRNORM;
	return poll;
}

/* Is there something to read?  The reader looks once more. */
bool tdi_datagram_may_read(struct tdi_file *file)
{
	const struct socket *sock = file->address.sock.socket;
	const struct tdi_events *events = file->address.events;

	if (READ_ONCE(events->wanted) & BIT(TDI_EVENT_ERROR_EX) &&
	    tdi_sock_has_error(sock))
		return true;
	if (!tdi_event_tells_datagrams(file) || !tdi_sock_has_datagram(sock))
		return false;
	return READ_ONCE(events->incoming) ||
	       list_empty_careful(&file->queue[TDI_QUEUE_RECEIVE]);
}
