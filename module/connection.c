// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connections: connect (reference 2.5), disconnect (2.8), and what the socket
 * tells in between.
 */
#include <linux/lockdep.h>
#include <linux/slab.h>

#include "address.h"
#include "connection.h"
#include "datagram.h"
#include "option.h"
#include "endpoint.h"
#include "event.h"
#include "listen.h"
#include "offer.h"
#include "stream.h"
#include "taddr.h"

/**
 * tdi_connection_get() - the endpoint's connection, if it has one
 * @ep: endpoint
 *
 * Return: a reference, or NULL.
 */
struct tdi_connection *tdi_connection_get(struct tdi_endpoint *ep)
{
	struct tdi_connection *conn;

	rcu_read_lock();
	conn = rcu_dereference(ep->connection);
	if (conn && !refcount_inc_not_zero(&conn->refs))
		conn = NULL;
	rcu_read_unlock();
	return conn;
}

/* May sleep: the last reference releases the socket. */
void tdi_connection_put(struct tdi_connection *conn)
{
	might_sleep();
	if (!refcount_dec_and_test(&conn->refs))
		return;
	tdi_sock_release(conn->sock.socket);
	kfree_rcu(conn, rcu);
}

/* How a connection ended, from the error that its socket is left with */
static u32 tdi_connection_end_status(const struct tdi_connection *conn, int err)
{
	if (!conn->established)
		return err ? tdi_status_from_errno(err) :
			     STATUS_CONNECTION_ABORTED;
	/* a reset while we were in CLOSE_WAIT */
	if (err == -EPIPE)
		return STATUS_CONNECTION_RESET;
	return tdi_status_from_errno(err);
}

static enum tdi_counter tdi_connection_failure(u32 status)
{
	switch (status) {
	case STATUS_CONNECTION_REFUSED:
		return TDI_COUNT_NO_LISTEN;
	case STATUS_NETWORK_UNREACHABLE:
	case STATUS_HOST_UNREACHABLE:
		return TDI_COUNT_NOT_FOUND;
	case STATUS_IO_TIMEOUT:
		return TDI_COUNT_TIMEOUTS;
	case STATUS_CONNECTION_RESET:
		return TDI_COUNT_REMOTE_DISCONNECTS;
	case STATUS_CONNECTION_ABORTED:
	case STATUS_LOCAL_DISCONNECT:
		return TDI_COUNT_LOCAL_DISCONNECTS;
	case STATUS_CANCELLED:
		return TDI_COUNT_CANCELLED;
	default:
		return TDI_COUNT_LINK_FAILURES;
	}
}

static void tdi_connection_count_begin(const struct tdi_connection *conn)
{
	tdi_connection_count(conn, TDI_COUNT_OPEN, 1);
	tdi_connection_count(conn, TDI_COUNT_CONNECTIONS, 1);
}

static void tdi_connection_count_end(const struct tdi_connection *conn,
				     u32 status)
{
	if (conn->established)
		tdi_connection_count(conn, TDI_COUNT_OPEN, -1);
	if (status)
		tdi_connection_count(conn, tdi_connection_failure(status), 1);
	else
		tdi_connection_count(conn, conn->remote_first ?
				     TDI_COUNT_REMOTE_DISCONNECTS :
				     TDI_COUNT_LOCAL_DISCONNECTS, 1);
}

static void tdi_connection_end_locked(struct tdi_connection *conn, u32 status)
{
	if (conn->ended)
		return;
	tdi_connection_count_end(conn, status);
	conn->status = status;
	if (status == STATUS_SUCCESS)
		conn->released = true;
	/* pairs with tdi_connection_has_ended() */
	smp_store_release(&conn->ended, true);
}

/* Take in what the socket's state says: in its callback, or after hooking it. */
static void tdi_connection_update(struct tdi_connection *conn)
{
	struct tdi_file *file = tdi_endpoint_file(conn->endpoint);
	unsigned int state;
	int err;

	spin_lock_bh(&file->lock);
	state = tdi_sock_state(conn->sock.socket, &err);
	if (state & TDI_SOCK_CONNECTED && !conn->established) {
		conn->established = true;
		tdi_connection_count_begin(conn);
	}
	if (state & TDI_SOCK_RELEASED)
		conn->released = true;
	if (state & TDI_SOCK_PEER_RELEASED && !conn->peer_released) {
		conn->peer_released = true;
		conn->remote_first = !conn->fin_sent;
	}
	if (state & TDI_SOCK_ENDED)
		tdi_connection_end_locked(conn,
					  tdi_connection_end_status(conn, err));
	tdi_queue_kick_locked(file, TDI_QUEUE_CONTROL);
	spin_unlock_bh(&file->lock);
}

static void tdi_connection_event(struct tdi_sock *ts, unsigned int events)
{
	struct tdi_connection *conn = container_of(ts, struct tdi_connection,
						   sock);
	struct tdi_file *file = tdi_endpoint_file(conn->endpoint);
	__poll_t poll = 0;

	if (events & TDI_SOCK_STATE) {
		tdi_connection_update(conn);
		poll |= EPOLLERR | EPOLLHUP | EPOLLRDHUP;
	}
	if (events & TDI_SOCK_READABLE) {
		tdi_queue_kick(file, TDI_QUEUE_RECEIVE);
		tdi_queue_kick(file, TDI_QUEUE_EXPEDITED);
		poll |= EPOLLIN | EPOLLRDNORM | EPOLLPRI;
	}
	if (events & TDI_SOCK_WRITEABLE) {
		tdi_queue_kick(file, TDI_QUEUE_SEND);
		poll |= EPOLLOUT | EPOLLWRNORM;
	}
	if (wq_has_sleeper(&file->wait))
		wake_up_interruptible_poll(&file->wait, poll);
	tdi_event_ready(conn->endpoint);
}

/* The socket becomes its own, unless this fails. */
static struct tdi_connection *tdi_connection_new(struct tdi_endpoint *ep,
						 struct socket *sock,
						 bool established)
{
	struct tdi_connection *conn;
	int err;

	conn = kzalloc(sizeof(*conn), GFP_KERNEL_ACCOUNT);
	if (!conn)
		return ERR_PTR(-ENOMEM);
	refcount_set(&conn->refs, 1);
	conn->endpoint = ep;
	conn->established = established;
	tdi_options_apply(&ep->options, sock);
	err = tdi_sock_hook(&conn->sock, sock, tdi_connection_event);
	if (err) {
		kfree(conn);
		return ERR_PTR(err);
	}
	return conn;
}

/* One that the endpoint does not have, or has no more */
static void tdi_connection_discard(struct tdi_connection *conn)
{
	tdi_sock_unhook(&conn->sock);
	tdi_connection_put(conn);
}

/**
 * tdi_connection_drop() - an endpoint has no connection any more
 * @ep: endpoint; its file's mutex is held
 *
 * A live one gets a FIN, from here or from whoever is just using it.
 */
void tdi_connection_drop(struct tdi_endpoint *ep)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	struct tdi_connection *conn;

	lockdep_assert_held(&file->mutex);

	spin_lock_bh(&file->lock);
	conn = tdi_connection_locked(ep);
	RCU_INIT_POINTER(ep->connection, NULL);
	if (conn) {
		ep->last_epoch = conn->epoch;
		ep->last_status = conn->ended ? conn->status :
						STATUS_LOCAL_DISCONNECT;
		if (!conn->ended)
			tdi_connection_count_end(conn, conn->established ?
						 STATUS_LOCAL_DISCONNECT :
						 STATUS_CANCELLED);
	}
	/* those that began with it find it gone */
	tdi_queue_kick_locked(file, TDI_QUEUE_SEND);
	tdi_queue_kick_locked(file, TDI_QUEUE_RECEIVE);
	tdi_queue_kick_locked(file, TDI_QUEUE_EXPEDITED);
	spin_unlock_bh(&file->lock);
	if (!conn)
		return;
	tdi_connection_discard(conn);
	wake_up_interruptible_all(&file->wait);
}

/* A new epoch; the last one is over. */
static void tdi_connection_publish(struct tdi_endpoint *ep,
				   struct tdi_connection *conn)
{
	static atomic64_t last_sequence = ATOMIC64_INIT(0);
	struct tdi_file *file = tdi_endpoint_file(ep);

	tdi_connection_drop(ep);
	conn->sequence = atomic64_inc_return(&last_sequence);
	spin_lock_bh(&file->lock);
	conn->epoch = ++ep->epoch;
	rcu_assign_pointer(ep->connection, conn);
	spin_unlock_bh(&file->lock);
	wake_up_interruptible_all(&file->wait);
}

/**
 * tdi_connection_adopt() - an accepted socket becomes an endpoint's connection
 * @ep: endpoint whose connection, if any, has ended; its file's mutex is held
 * @sock: becomes the endpoint's, unless this fails
 *
 * Return: STATUS_SUCCESS, or why it could not be taken.
 */
u32 tdi_connection_adopt(struct tdi_endpoint *ep, struct socket *sock)
{
	struct tdi_connection *conn = tdi_connection_new(ep, sock, true);

	if (IS_ERR(conn))
		return tdi_status_from_errno(PTR_ERR(conn));
	tdi_connection_publish(ep, conn);
	tdi_connection_count_begin(conn);
	/* what came before it was hooked */
	tdi_connection_update(conn);
	return STATUS_SUCCESS;
}

/**
 * tdi_connection_lost() - did an adopted connection end before anybody knew?
 * @ep: endpoint with a connection; its file's mutex is held
 *
 * Return: STATUS_SUCCESS if not, else how; the endpoint is idle then.
 */
u32 tdi_connection_lost(struct tdi_endpoint *ep)
{
	struct tdi_connection *conn = tdi_connection_locked(ep);
	u32 status;

	if (!tdi_connection_has_ended(conn))
		return STATUS_SUCCESS;
	status = conn->status ? : STATUS_CONNECTION_RESET;
	tdi_connection_drop(ep);
	return status;
}

/**
 * tdi_connection_announce() - the client knows that it is connected (S16)
 * @ep: endpoint whose CONNECT, LISTEN or ACCEPT has completed
 * @epoch: of that connection, as there may be another one by now; 0: none
 */
void tdi_connection_announce(struct tdi_endpoint *ep, u32 epoch)
{
	struct tdi_connection *conn = tdi_connection_get(ep);

	if (!conn)
		return;
	if (conn->epoch == epoch) {
		WRITE_ONCE(conn->announced, true);
		tdi_event_ready(ep);
	}
	tdi_connection_put(conn);
}

/* Why a connect failed at once; S7 for the first */
static u32 tdi_connect_status(int err)
{
	if (err == -EADDRNOTAVAIL)
		return STATUS_ADDRESS_ALREADY_EXISTS;
	return tdi_status_from_errno(err);
}

static u32 tdi_connect_attempt(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	struct tdi_connection *conn;
	u32 status = STATUS_PENDING;

	spin_lock_bh(&req->file->lock);
	conn = tdi_connection_locked(ep);
	if (conn && req->epoch == ep->epoch) {
		if (conn->established) {
			status = STATUS_SUCCESS;
		} else if (conn->ended) {
			conn->reported = true;
			status = conn->status;
		}
	}
	spin_unlock_bh(&req->file->lock);
	return status;
}

static void tdi_connect_undo(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;

	if (req->epoch == ep->epoch)
		tdi_connection_drop(ep);
}

static const struct tdi_operation tdi_connect_operation = {
	.attempt	= tdi_connect_attempt,
	.undo		= tdi_connect_undo,
};

static u32 tdi_connect_check_remote(const struct tdi_address *address,
				    const struct sockaddr_storage *remote)
{
	if (remote->ss_family != address->local.ss_family ||
	    !tdi_taddr_port(remote) || tdi_taddr_is_any(remote) ||
	    tdi_sock_is_group(address->net, remote))
		return STATUS_INVALID_ADDRESS_COMPONENT;
	return STATUS_SUCCESS;
}

static u32 tdi_connect_start(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	struct tdi_address *address = ep->address->address.address;
	struct tdi_connection *conn;
	struct socket *sock;
	u32 status;
	int err;

	status = tdi_connect_check_remote(address, &req->remote);
	if (!status)
		status = tdi_address_connection_socket(address, &sock);
	if (status)
		return status;

	conn = tdi_connection_new(ep, sock, false);
	if (IS_ERR(conn)) {
		sock_release(sock);
		return tdi_status_from_errno(PTR_ERR(conn));
	}
	/* its events wait for nobody yet; if it fails nothing has changed */
	err = tdi_sock_connect(sock, &req->remote);
	if (err && err != -EINPROGRESS) {
		tdi_connection_discard(conn);
		return tdi_connect_status(err);
	}
	tdi_connection_publish(ep, conn);
	req->epoch = ep->epoch;

	status = tdi_connect_attempt(req);
	if (status != STATUS_PENDING || req->nonblock)
		return status;
	status = tdi_request_pend(req, TDI_QUEUE_CONTROL,
				  &tdi_connect_operation, TDI_LAST);
	if (status != STATUS_PENDING)
		tdi_connection_drop(ep);
	return status;
}

/**
 * tdi_connect() - TDI_CONNECT
 * @req: @remote is where to
 *
 * Return: STATUS_PENDING when the connection is on its way; with @nonblock
 * nothing more will be heard of @req then.
 */
u32 tdi_connect(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	bool nonblock = req->nonblock;
	u32 status;

	if (tdi_file_is_datagram(file))
		return tdi_datagram_connect(req);

	mutex_lock(&file->mutex);
	status = tdi_endpoint_check_idle(&file->endpoint);
	if (!status)
		status = tdi_connect_start(req);
	mutex_unlock(&file->mutex);

	/* it may have come before this was queued */
	if (status == STATUS_PENDING)
		tdi_queue_kick(file, TDI_QUEUE_CONTROL);
	/* nothing more will be heard of this request */
	if (status == STATUS_PENDING && nonblock)
		tdi_connection_announce(&file->endpoint, req->epoch);
	return status;
}

/*
 * A release waits until all sends are in the socket (new ones are refused from
 * here on), shuts it down, and then waits for the peer's ACK (S3).
 */
static u32 tdi_release_attempt(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	struct tdi_file *file = req->file;
	struct tdi_connection *conn;
	u32 status = STATUS_PENDING;
	bool shutdown = false;

	spin_lock_bh(&file->lock);
	conn = tdi_connection_locked(ep);
	if (!conn || req->epoch != ep->epoch) {
		/* whoever took it away ends this request */
	} else if (conn->released) {
		status = STATUS_SUCCESS;
	} else if (conn->ended) {
		status = conn->status;
	} else if (!conn->fin_sent && tdi_send_trylock_locked(ep)) {
		conn->fin_sent = true;
		shutdown = true;
		refcount_inc(&conn->refs);
	}
	spin_unlock_bh(&file->lock);

	if (shutdown) {
		tdi_sock_shutdown(conn->sock.socket);
		tdi_connection_put(conn);
		tdi_send_unlock(ep);
	}
	return status;
}

/* Given up: if the FIN was not sent, the connection is as it was */
static void tdi_release_undo(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	struct tdi_connection *conn;

	spin_lock_bh(&req->file->lock);
	conn = tdi_connection_locked(ep);
	if (conn && req->epoch == ep->epoch)
		conn->releasing--;
	spin_unlock_bh(&req->file->lock);
	/* who has waited to send can go on */
	tdi_event_ready(ep);
}

static const struct tdi_operation tdi_release_operation = {
	.attempt	= tdi_release_attempt,
	.undo		= tdi_release_undo,
};

/*
 * From here on no send comes after it, unless it must not wait.  STATUS_PENDING
 * unless it cannot pend.
 */
static u32 tdi_disconnect_release(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	u32 status;

	spin_lock_bh(&req->file->lock);
	req->epoch = ep->epoch;
	if (!req->nonblock)
		tdi_connection_locked(ep)->releasing++;
	spin_unlock_bh(&req->file->lock);
	if (req->nonblock)
		return STATUS_PENDING;

	status = tdi_request_pend(req, TDI_QUEUE_CONTROL,
				  &tdi_release_operation, TDI_LAST);
	if (status != STATUS_PENDING)
		tdi_release_undo(req);
	return status;
}

/* As far as it goes without waiting: the FIN is sent, or nothing is changed. */
static u32 tdi_disconnect_release_nonblock(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	struct tdi_connection *conn;
	bool fin_sent;
	u32 status;

	status = tdi_release_attempt(req);
	/* that sent the FIN; over loopback the peer may have it by now */
	if (status == STATUS_PENDING)
		status = tdi_release_attempt(req);
	if (status != STATUS_PENDING)
		return status;

	spin_lock_bh(&file->lock);
	conn = tdi_connection_locked(&file->endpoint);
	fin_sent = conn && conn->epoch == req->epoch && conn->fin_sent;
	spin_unlock_bh(&file->lock);
	return fin_sent ? STATUS_PENDING : STATUS_DEVICE_NOT_READY;
}

/*
 * Ends whatever the endpoint is or is about to become.  Return: a connection to
 * reset, with a reference, once no lock is held.
 */
static struct tdi_connection *tdi_disconnect_abort(struct tdi_endpoint *ep,
						   struct list_head *ended)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	struct tdi_connection *conn;

	tdi_file_end_requests(file, STATUS_CONNECTION_ABORTED, ended);
	tdi_listen_withdraw(ep);
	if (ep->offer) {
		tdi_offer_withdraw(ep);
		return NULL;
	}

	spin_lock_bh(&file->lock);
	conn = tdi_connection_locked(ep);
	if (conn && conn->established) {
		tdi_connection_end_locked(conn, STATUS_CONNECTION_ABORTED);
		conn->told_end = true;
		refcount_inc(&conn->refs);
		spin_unlock_bh(&file->lock);
		return conn;
	}
	spin_unlock_bh(&file->lock);
	tdi_connection_drop(ep);
	return NULL;
}

/* What there is to disconnect: STATUS_PENDING for something */
static u32 tdi_disconnect_check(struct tdi_endpoint *ep, bool release)
{
	struct tdi_connection *conn = tdi_connection_locked(ep);

	switch (tdi_endpoint_state(ep)) {
	case TDI_STATE_CONNECTING:
	case TDI_STATE_LISTENING:
		return release ? STATUS_INVALID_CONNECTION : STATUS_PENDING;
	case TDI_STATE_OFFERED:
		return STATUS_PENDING;
	case TDI_STATE_CONNECTED:
	case TDI_STATE_LOCAL_RELEASED:
	case TDI_STATE_REMOTE_RELEASED:
		return STATUS_PENDING;
	default:
		/* it has ended already, or never began (S4) */
		return conn && conn->established ? STATUS_SUCCESS :
						   STATUS_INVALID_CONNECTION;
	}
}

#define TDI_DISCONNECT_FLAGS	(TDI_DISCONNECT_WAIT | TDI_DISCONNECT_ABORT | \
				 TDI_DISCONNECT_RELEASE)

/**
 * tdi_disconnect() - TDI_DISCONNECT
 * @req: @flags are TDI_DISCONNECT_xxx (S15)
 *
 * Return: STATUS_PENDING when the release is on its way; with @nonblock
 * nothing more will be heard of @req then.
 */
u32 tdi_disconnect(struct tdi_request *req)
{
	bool release = req->flags & TDI_DISCONNECT_RELEASE;
	struct tdi_connection *aborted = NULL;
	struct tdi_file *file = req->file;
	bool nonblock = req->nonblock;
	LIST_HEAD(ended);
	u32 status;

	if (req->flags & ~TDI_DISCONNECT_FLAGS ||
	    (release && req->flags & TDI_DISCONNECT_ABORT))
		return STATUS_INVALID_PARAMETER;
	if (tdi_file_is_datagram(file))
		return tdi_datagram_disconnect(file);

	mutex_lock(&file->mutex);
	/* an offer is refused, whatever the flags */
	if (READ_ONCE(file->endpoint.offer))
		release = false;
	status = tdi_disconnect_check(&file->endpoint, release);
	if (status == STATUS_PENDING && release) {
		status = tdi_disconnect_release(req);
	} else if (status == STATUS_PENDING) {
		aborted = tdi_disconnect_abort(&file->endpoint, &ended);
		status = STATUS_SUCCESS;
	}
	mutex_unlock(&file->mutex);

	/* before the socket is locked, which others may hold for long */
	tdi_requests_complete(&ended);
	if (aborted) {
		tdi_sock_abort(aborted->sock.socket);
		tdi_connection_put(aborted);
	}
	if (status != STATUS_PENDING)
		return status;
	if (nonblock)
		return tdi_disconnect_release_nonblock(req);
	tdi_queue_kick(file, TDI_QUEUE_CONTROL);
	return status;
}
