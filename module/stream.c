// SPDX-License-Identifier: GPL-2.0-only
/*
 * Send (reference 2.9), receive (2.10) and poll.
 */
#include <linux/uio.h>

#include "connection.h"
#include "event.h"
#include "sock.h"
#include "stream.h"

/* A request stays with the connection that it found first. */
static struct tdi_connection *tdi_stream_get(struct tdi_request *req)
{
	struct tdi_connection *conn;

	conn = tdi_connection_get(&req->file->endpoint);
	if (conn && !req->epoch)
		req->epoch = conn->epoch;
	if (conn && conn->epoch != req->epoch) {
		tdi_connection_put(conn);
		conn = NULL;
	}
	return conn;
}

/*
 * There is no connection, or none any more: how it ended.  @graceful is for one
 * that both sides have released.
 */
static u32 tdi_stream_gone(struct tdi_request *req, u32 graceful)
{
	struct tdi_file *file = req->file;
	u32 status;

	if (!req->epoch)
		return STATUS_INVALID_CONNECTION;

	spin_lock_bh(&file->lock);
	status = file->endpoint.last_epoch == req->epoch ?
		 file->endpoint.last_status : STATUS_CONNECTION_ABORTED;
	spin_unlock_bh(&file->lock);
	return status ? status : graceful;
}

/* Nothing can be sent or received: why */
static u32 tdi_stream_unconnected(const struct tdi_connection *conn)
{
	if (tdi_connection_has_ended(conn) && !READ_ONCE(conn->reported))
		return conn->status;
	return STATUS_INVALID_CONNECTION;
}

/* The socket's error, unless the connection knows better how it ended */
static u32 tdi_stream_status(const struct tdi_connection *conn, int err)
{
	if (tdi_connection_has_ended(conn) && conn->status)
		return conn->status;
	return tdi_status_from_errno(err);
}

/* After a local abort not even what was received before can be read. */
static bool tdi_stream_aborted(const struct tdi_connection *conn)
{
	return tdi_connection_has_ended(conn) &&
	       conn->status == STATUS_CONNECTION_ABORTED;
}

/* Nothing expedited is there: will there be? */
static int tdi_stream_expedited_end(const struct tdi_connection *conn)
{
	if (tdi_connection_has_ended(conn) && conn->status)
		return -ECONNABORTED;	/* says tdi_stream_status() better */
	return tdi_connection_has_ended(conn) || READ_ONCE(conn->peer_released) ?
	       0 : -EAGAIN;
}

/* Return: 1, 0 if there is none, or -EFAULT. */
static int tdi_stream_take_urgent(struct tdi_connection *conn,
				  struct tdi_request *req)
{
	bool peek = req->flags & TDI_RECEIVE_PEEK;
	int urgent = tdi_sock_take_urgent(&conn->sock, peek);
	u8 byte = urgent;

	if (urgent < 0)
		return 0;
	if (copy_to_iter(&byte, 1, &req->msg.msg_iter) == 1) {
		/* also by one that would have taken normal data */
		clear_bit(TDI_CONNECTION_URGENT_TOLD, &conn->flags);
		return 1;
	}
	if (!peek)
		tdi_sock_return_urgent(&conn->sock, urgent);
	return -EFAULT;
}

/* Expedited data goes before normal data, if both are asked for. */
static int tdi_stream_recvmsg(struct tdi_connection *conn,
			      struct tdi_request *req)
{
	u32 kind = req->flags & (TDI_RECEIVE_NORMAL | TDI_RECEIVE_EXPEDITED);
	int peek = req->flags & TDI_RECEIVE_PEEK ? MSG_PEEK : 0;
	struct socket *sock = conn->sock.socket;
	int n;

	if (kind != TDI_RECEIVE_NORMAL) {
		n = tdi_stream_take_urgent(conn, req);
		if (n)
			return n;
	}
	if (kind == TDI_RECEIVE_EXPEDITED)
		return tdi_stream_expedited_end(conn);
	return sock_recvmsg(sock, &req->msg, MSG_DONTWAIT | peek);
}

static u32 tdi_stream_receive(struct tdi_connection *conn,
			      struct tdi_request *req)
{
	int n;

	if (!READ_ONCE(conn->established))
		return tdi_stream_unconnected(conn);
	if (tdi_stream_aborted(conn))
		return STATUS_CONNECTION_ABORTED;
	if (!msg_data_left(&req->msg))
		return STATUS_SUCCESS;

	n = tdi_stream_recvmsg(conn, req);
	if (n > 0) {
		if (!(req->flags & TDI_RECEIVE_PEEK))
			tdi_connection_count_received(conn, n);
		req->information = n;
		return STATUS_SUCCESS;
	}
	if (n == -EAGAIN)
		return STATUS_PENDING;
	if (n == -EFAULT)
		return STATUS_ACCESS_VIOLATION;
	return tdi_stream_status(conn, n);
}

static u32 tdi_receive_attempt(struct tdi_request *req)
{
	struct tdi_connection *conn = tdi_stream_get(req);
	u32 status;

	if (!conn)
		return tdi_stream_gone(req, STATUS_SUCCESS);
	status = tdi_stream_receive(conn, req);
	tdi_connection_put(conn);
	return status;
}

static const struct tdi_operation tdi_receive_operation = {
	.attempt = tdi_receive_attempt,
};

#define TDI_RECEIVE_FLAGS	(TDI_RECEIVE_NORMAL | TDI_RECEIVE_PARTIAL | \
				 TDI_RECEIVE_PEEK | TDI_RECEIVE_EXPEDITED | \
				 TDI_RECEIVE_NO_RESPONSE_EXP)

/* Who wants expedited data alone waits for nothing else. */
enum tdi_queue tdi_queue_of_receive(const struct tdi_request *req)
{
	u32 kind = req->flags & (TDI_RECEIVE_NORMAL | TDI_RECEIVE_EXPEDITED);

	return kind == TDI_RECEIVE_EXPEDITED ? TDI_QUEUE_EXPEDITED :
					       TDI_QUEUE_RECEIVE;
}

/* Can it have data of that kind, TDI_RECEIVE_NORMAL or _EXPEDITED, as it is there? */
bool tdi_receive_fits(const struct tdi_request *req, u32 kind)
{
	u32 wants = req->flags & (TDI_RECEIVE_NORMAL | TDI_RECEIVE_EXPEDITED);

	return !(req->flags & (~TDI_RECEIVE_FLAGS | TDI_RECEIVE_PEEK)) &&
	       (!wants || wants & kind) && iov_iter_count(&req->msg.msg_iter);
}

/**
 * tdi_receive() - TDI_RECEIVE
 * @req: @msg's iterator says where to; @flags are TDI_RECEIVE_xxx
 *
 * Return: STATUS_PENDING; STATUS_SUCCESS with @information, 0 at the end;
 * STATUS_DEVICE_NOT_READY if there is nothing and it must not wait; how the
 * connection ended.
 */
u32 tdi_receive(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	struct tdi_connection *conn;
	enum tdi_queue queue = tdi_queue_of_receive(req);
	u32 status = STATUS_PENDING;

	if (req->flags & ~TDI_RECEIVE_FLAGS)
		return STATUS_INVALID_PARAMETER;

	conn = tdi_stream_get(req);
	if (!conn)
		return STATUS_INVALID_CONNECTION;

	/* behind those that wait, if any */
	if (list_empty_careful(&file->queue[queue]))
		status = tdi_stream_receive(conn, req);
	/* if nothing is there, an event may have told of what another one took */
	if (status == STATUS_SUCCESS || req->nonblock)
		tdi_event_resume(conn, queue);
	if (status == STATUS_PENDING && req->nonblock) {
		status = STATUS_DEVICE_NOT_READY;
	} else if (status == STATUS_PENDING) {
		status = tdi_request_pend(req, queue, &tdi_receive_operation,
					  TDI_LAST);
		/* it may have come, or the connection gone, before that */
		if (tdi_sock_readable(conn->sock.socket) ||
		    tdi_sock_urgent(&conn->sock) ||
		    !tdi_connection_is_current(conn))
			tdi_queue_kick(file, queue);
	}
	tdi_connection_put(conn);
	return status;
}

/*
 * TDI_ENDPOINT_SENDING keeps the bytes of two sends apart; it belongs to the
 * endpoint, as do the queues, and is held for one try:
 *
 *	tdi_send()		takes it and sends; or finds it taken, and pends
 *	tdi_send_attempt()	a pending send, once it is the first
 *	tdi_release_attempt()	for its FIN, once no send is pending
 *
 * None of them waits for it.  Whoever gives it back kicks the others, but for a
 * pending send, which is the first as long as it runs, and kicks when it is
 * taken off its queue.  A send that must not wait, and a poller, have nothing
 * that could be kicked: they leave TDI_ENDPOINT_WANTED, and are woken.
 */

/* Is somebody sending?  If so, pollers are woken after that. */
static bool tdi_send_busy(struct tdi_endpoint *ep)
{
	if (!test_bit(TDI_ENDPOINT_SENDING, &ep->flags))
		return false;
	set_bit(TDI_ENDPOINT_WANTED, &ep->flags);
	/* pairs with the barrier in tdi_send_unlock() */
	smp_mb__after_atomic();
	return test_bit(TDI_ENDPOINT_SENDING, &ep->flags);
}

static bool tdi_send_trylock(struct tdi_endpoint *ep, bool nonblock)
{
	while (test_and_set_bit_lock(TDI_ENDPOINT_SENDING, &ep->flags))
		if (!nonblock || tdi_send_busy(ep))
			return false;
	return true;
}

/* A release may send its FIN: nobody sends, nobody waits to. */
bool tdi_send_trylock_locked(struct tdi_endpoint *ep)
{
	struct tdi_file *file = tdi_endpoint_file(ep);

	lockdep_assert_held(&file->lock);

	return list_empty(&file->queue[TDI_QUEUE_SEND]) &&
	       !test_and_set_bit_lock(TDI_ENDPOINT_SENDING, &ep->flags);
}

void tdi_send_unlock(struct tdi_endpoint *ep)
{
	struct tdi_file *file = tdi_endpoint_file(ep);

	clear_bit_unlock(TDI_ENDPOINT_SENDING, &ep->flags);
	/* pairs with the barriers in tdi_request_pend() and tdi_send_busy() */
	smp_mb__after_atomic();
	if (test_bit(TDI_ENDPOINT_WANTED, &ep->flags) &&
	    test_and_clear_bit(TDI_ENDPOINT_WANTED, &ep->flags)) {
		wake_up_interruptible_poll(&file->wait, EPOLLOUT | EPOLLWRNORM);
		tdi_event_ready(ep);
	}
	if (list_empty_careful(&file->queue[TDI_QUEUE_SEND]) &&
	    list_empty_careful(&file->queue[TDI_QUEUE_CONTROL]))
		return;

	spin_lock_bh(&file->lock);
	tdi_queue_kick_locked(file, TDI_QUEUE_SEND);
	tdi_queue_kick_locked(file, TDI_QUEUE_CONTROL);
	spin_unlock_bh(&file->lock);
}

/* After a local release nothing goes; what was queued before it does. */
bool tdi_send_released(const struct tdi_connection *conn)
{
	return (READ_ONCE(conn->releasing) || READ_ONCE(conn->fin_sent)) &&
	       !(tdi_connection_has_ended(conn) && conn->status);
}

/* TDI_SEND_AND_DISCONNECT: whoever calls has TDI_ENDPOINT_SENDING. */
static void tdi_send_fin(struct tdi_connection *conn)
{
	struct tdi_file *file = tdi_endpoint_file(conn->endpoint);

	spin_lock_bh(&file->lock);
	conn->fin_sent = true;
	spin_unlock_bh(&file->lock);
	tdi_sock_shutdown(conn->sock.socket);
}

static u32 tdi_stream_send(struct tdi_connection *conn,
			   struct tdi_request *req)
{
	int oob = req->flags & TDI_SEND_EXPEDITED ? MSG_OOB : 0;
	u32 status;
	int n;

	if (!READ_ONCE(conn->established))
		return tdi_stream_unconnected(conn);

	while (msg_data_left(&req->msg)) {
		req->msg.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | oob;
		n = sock_sendmsg(conn->sock.socket, &req->msg);
		if (n > 0) {
			tdi_connection_count(conn, TDI_COUNT_SENDS, 1);
			tdi_connection_count(conn, TDI_COUNT_BYTES_SENT, n);
			req->information += n;
			continue;
		}
		if (n == -EAGAIN || !n)
			return STATUS_PENDING;
		if (n == -EFAULT)
			return STATUS_ACCESS_VIOLATION;
		return tdi_stream_status(conn, n);
	}
	status = tdi_stream_status(conn, 0);
	if (!status && req->flags & TDI_SEND_AND_DISCONNECT)
		tdi_send_fin(conn);
	return status;
}

static u32 tdi_send_locked(struct tdi_connection *conn, struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	u32 status;

	/* whoever has it kicks us when done */
	if (test_and_set_bit_lock(TDI_ENDPOINT_SENDING, &ep->flags))
		return STATUS_PENDING;
	if (!tdi_request_is_first(req)) {
		/* the first one may have come just now, and found it taken */
		tdi_send_unlock(ep);
		return STATUS_PENDING;
	}
	status = tdi_stream_send(conn, req);
	/* if still the first, nobody but a release could want it, and that waits */
	clear_bit_unlock(TDI_ENDPOINT_SENDING, &ep->flags);
	/* pairs with the barrier in tdi_request_pend() */
	smp_mb__after_atomic();
	if (!tdi_request_is_first(req))
		tdi_queue_kick(req->file, TDI_QUEUE_SEND);
	return status;
}

/* From here on no other send comes after this one. */
static void tdi_send_release(struct tdi_connection *conn)
{
	struct tdi_file *file = tdi_endpoint_file(conn->endpoint);

	spin_lock_bh(&file->lock);
	conn->releasing++;
	spin_unlock_bh(&file->lock);
}

/* It did not get as far as its FIN. */
static void tdi_send_undo(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	struct tdi_connection *conn;

	spin_lock_bh(&req->file->lock);
	conn = tdi_connection_locked(ep);
	if (conn && req->epoch == ep->epoch && !conn->fin_sent)
		conn->releasing--;
	spin_unlock_bh(&req->file->lock);
	/* who has waited to send can go on */
	tdi_event_ready(ep);
}

static u32 tdi_send_attempt(struct tdi_request *req)
{
	struct tdi_connection *conn = tdi_stream_get(req);
	u32 status;

	if (!conn)
		return tdi_stream_gone(req, STATUS_GRACEFUL_DISCONNECT);
	status = tdi_send_locked(conn, req);
	tdi_connection_put(conn);
	if (status != STATUS_PENDING && status != STATUS_SUCCESS &&
	    req->flags & TDI_SEND_AND_DISCONNECT)
		tdi_send_undo(req);
	return status;
}

static const struct tdi_operation tdi_send_operation = {
	.attempt = tdi_send_attempt,
};

static const struct tdi_operation tdi_send_release_operation = {
	.attempt	= tdi_send_attempt,
	.undo		= tdi_send_undo,
};

static u32 tdi_send_pend(struct tdi_request *req)
{
	enum tdi_place place = TDI_LAST;

	if (req->information)
		place = TDI_FIRST;
	else if (req->flags & TDI_SEND_EXPEDITED)
		place = TDI_OVERTAKES;
	return tdi_request_pend(req, TDI_QUEUE_SEND,
				req->flags & TDI_SEND_AND_DISCONNECT ?
				&tdi_send_release_operation :
				&tdi_send_operation, place);
}

/* Send at once what goes; a rest is queued before all others. */
static u32 tdi_send_first(struct tdi_connection *conn, struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status = STATUS_PENDING;

	if (req->flags & TDI_SEND_EXPEDITED ||
	    list_empty_careful(&file->queue[TDI_QUEUE_SEND]))
		status = tdi_stream_send(conn, req);
	if (status == STATUS_PENDING && !req->nonblock) {
		status = tdi_send_pend(req);
		/* what is sent is sent */
		if (status != STATUS_PENDING && req->information)
			status = STATUS_SUCCESS;
	}
	/* kicks this one too: space may have come before it was queued */
	tdi_send_unlock(&file->endpoint);
	return status;
}

/* Somebody else is sending: behind them */
static u32 tdi_send_behind(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	if (req->nonblock)
		return STATUS_PENDING;

	status = tdi_send_pend(req);
	/* they may have finished before this was queued */
	tdi_queue_kick(file, TDI_QUEUE_SEND);
	return status;
}

static u32 tdi_send_submit(struct tdi_connection *conn,
			   struct tdi_request *req)
{
	bool release = req->flags & TDI_SEND_AND_DISCONNECT;
	bool nonblock = req->nonblock;
	u32 status;

	if (tdi_send_released(conn))
		return STATUS_GRACEFUL_DISCONNECT;
	if (release)
		tdi_send_release(conn);
	if (tdi_send_trylock(&req->file->endpoint, nonblock))
		status = tdi_send_first(conn, req);
	else
		status = tdi_send_behind(req);
	/* one that pends is somebody else's to undo, and may be gone already */
	if (release && (status == STATUS_PENDING ? nonblock :
						   status != STATUS_SUCCESS))
		tdi_send_undo(req);
	return status;
}

#define TDI_SEND_FLAGS (TDI_SEND_PARTIAL | \
				 TDI_SEND_NO_RESPONSE_EXPECTED | \
				 TDI_SEND_NON_BLOCKING | TDI_SEND_EXPEDITED | \
				 TDI_SEND_AND_DISCONNECT)

/**
 * tdi_send() - TDI_SEND
 * @req: @msg's iterator says what; @flags are TDI_SEND_xxx
 *
 * Return: STATUS_PENDING; STATUS_SUCCESS with @information; with @nonblock
 * STATUS_DEVICE_NOT_READY if nothing goes; STATUS_GRACEFUL_DISCONNECT after a local
 * release; how the connection ended.
 */
u32 tdi_send(struct tdi_request *req)
{
	struct tdi_connection *conn;
	bool nonblock;
	u32 status;

	if (req->flags & ~TDI_SEND_FLAGS)
		return STATUS_INVALID_PARAMETER;
	if (req->flags & TDI_SEND_NON_BLOCKING)
		req->nonblock = true;
	nonblock = req->nonblock;

	conn = tdi_stream_get(req);
	if (!conn)
		return STATUS_INVALID_CONNECTION;
	status = tdi_send_submit(conn, req);
	if (status == STATUS_PENDING && nonblock) {
		set_bit(TDI_CONNECTION_SEND_FAILED, &conn->flags);
		tdi_event_ready(conn->endpoint);
		status = req->information ? STATUS_SUCCESS :
					    STATUS_DEVICE_NOT_READY;
	}
	tdi_connection_put(conn);
	return status;
}

/* The connection that a request is about, without a reference; RCU */
static struct tdi_connection *tdi_stream_look(struct tdi_request *req)
{
	struct tdi_connection *conn = rcu_dereference(req->file->endpoint.connection);

	if (conn)
		req->epoch = conn->epoch;
	return conn;
}

/**
 * tdi_send_queue() - TDI_SEND, tried later
 * @req: as for tdi_send()
 *
 * Any context: no socket is touched here.
 *
 * Return: STATUS_PENDING, or why not; STATUS_NOT_SUPPORTED if it must not wait.
 */
u32 tdi_send_queue(struct tdi_request *req)
{
	bool release = req->flags & TDI_SEND_AND_DISCONNECT;
	struct tdi_file *file = req->file;
	struct tdi_connection *conn;
	u32 status = STATUS_PENDING;

	if (req->flags & ~TDI_SEND_FLAGS)
		return STATUS_INVALID_PARAMETER;
	if (req->flags & TDI_SEND_NON_BLOCKING)
		return STATUS_NOT_SUPPORTED;

	rcu_read_lock();
	conn = tdi_stream_look(req);
	if (!conn)
		status = STATUS_INVALID_CONNECTION;
	else if (tdi_send_released(conn))
		status = STATUS_GRACEFUL_DISCONNECT;
	else if (release)
		tdi_send_release(conn);
	rcu_read_unlock();
	if (status != STATUS_PENDING)
		return status;
	status = tdi_send_pend(req);
	if (status == STATUS_PENDING)
		tdi_queue_kick(file, TDI_QUEUE_SEND);
	else if (release)
		tdi_send_undo(req);
	return status;
}

/**
 * tdi_receive_queue() - TDI_RECEIVE, tried later
 * @req: as for tdi_receive()
 *
 * Any context: no socket is touched here.
 *
 * Return: STATUS_PENDING, or why not.
 */
u32 tdi_receive_queue(struct tdi_request *req)
{
	enum tdi_queue queue = tdi_queue_of_receive(req);
	struct tdi_file *file = req->file;
	struct tdi_connection *conn;
	u32 status;

	if (req->flags & ~TDI_RECEIVE_FLAGS)
		return STATUS_INVALID_PARAMETER;

	rcu_read_lock();
	conn = tdi_stream_look(req);
	rcu_read_unlock();
	if (!conn)
		return STATUS_INVALID_CONNECTION;
	status = tdi_request_pend(req, queue, &tdi_receive_operation, TDI_LAST);
	if (status == STATUS_PENDING)
		tdi_queue_kick(file, queue);
	return status;
}

/* What others wait for is not there for a poller. */
static __poll_t tdi_endpoint_poll_hidden(struct tdi_file *file)
{
	__poll_t hidden = 0;

	if (!list_empty_careful(&file->queue[TDI_QUEUE_RECEIVE]))
		hidden |= EPOLLIN | EPOLLRDNORM;
	if (!list_empty_careful(&file->queue[TDI_QUEUE_EXPEDITED]))
		hidden |= EPOLLPRI;
	if (!list_empty_careful(&file->queue[TDI_QUEUE_SEND]) ||
	    tdi_send_busy(&file->endpoint))
		hidden |= EPOLLOUT | EPOLLWRNORM;
	return hidden;
}

/**
 * tdi_endpoint_poll() - what an endpoint is ready for
 * @ep: endpoint; the caller is on its file's wait queue
 *
 * Return: EPOLLxxx.
 */
__poll_t tdi_endpoint_poll(struct tdi_endpoint *ep)
{
	struct tdi_connection *conn;
	__poll_t mask = 0;
	bool listening;

	/* in this order; pairs with tdi_listen_withdraw() */
	listening = smp_load_acquire(&ep->listen);
	if (smp_load_acquire(&ep->offer))
		listening = true;
	conn = tdi_connection_get(ep);
	if (conn) {
		/* nothing yet while it connects */
		if (READ_ONCE(conn->established) ||
		    tdi_connection_has_ended(conn))
			mask = tdi_sock_poll(conn->sock.socket);
		if (tdi_sock_urgent(&conn->sock))
			mask |= EPOLLPRI;
		mask &= ~tdi_endpoint_poll_hidden(tdi_endpoint_file(ep));
		tdi_connection_put(conn);
	} else if (!listening) {
		/* as a socket that was never connected */
		mask = EPOLLOUT | EPOLLWRNORM | EPOLLHUP;
	}
	return mask;
}
