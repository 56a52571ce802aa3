// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_LISTEN (reference 2.6, S9): the endpoint becomes the connection.
 *
 * The first pending listen of an address accepts, in its own thread, and hands
 * the connection to the first listen whose filter matches; usually to itself.
 */
#include <linux/lockdep.h>

#include "address.h"
#include "connection.h"
#include "endpoint.h"
#include "event.h"
#include "listen.h"
#include "offer.h"
#include "taddr.h"

static struct tdi_request *tdi_listen_first(struct tdi_address *address)
{
	return list_first_entry_or_null(&address->listens, struct tdi_request,
					listen_link);
}

/* The first listen accepts; without one, whoever reads CONNECT events. */
static void tdi_listen_kick_first(struct tdi_address *address)
{
	struct tdi_request *req;

	spin_lock_bh(&address->lock);
	req = tdi_listen_first(address);
	if (req)
		tdi_request_kick(req);
	else
		tdi_event_incoming(address, STATUS_SUCCESS);
	spin_unlock_bh(&address->lock);
}

static void tdi_listen_event(struct tdi_sock *ts, unsigned int events)
{
	struct tdi_address *address = container_of(ts, struct tdi_address,
						   listener);

	tdi_listen_kick_first(address);
	if (READ_ONCE(address->connect_handlers))
		tdi_offer_watch(address);
}

/* To the CONNECT event, if somebody wants that */
static void tdi_listen_offer_event(struct tdi_address *address,
				   struct socket *sock,
				   const struct sockaddr_storage *peer)
{
	if (!address->connect_handlers ||
	    tdi_offer_add(address, sock, peer, NULL)) {
		tdi_sock_reset(sock);
		return;
	}
	spin_lock_bh(&address->lock);
	tdi_event_incoming(address, STATUS_SUCCESS);
	spin_unlock_bh(&address->lock);
}

/* To the first that waits for such a peer, else to the event (S9) */
static void tdi_listen_offer(struct tdi_address *address, struct socket *sock)
{
	struct sockaddr_storage peer;
	struct tdi_request *req;

	lockdep_assert_held(&address->mutex);

	/* gone already */
	if (tdi_sock_peer(sock, &peer)) {
		tdi_sock_release(sock);
		return;
	}
	list_for_each_entry(req, &address->listens, listen_link) {
		if (req->accepted || !tdi_taddr_matches(&req->filter, &peer))
			continue;
		req->remote = peer;
		req->accepted = sock;
		tdi_request_kick(req);
		return;
	}
	tdi_listen_offer_event(address, sock, &peer);
}

/*
 * As many connections may wait as there are listens for them, and offers if
 * somebody has a CONNECT handler.
 */
void tdi_listen_changed(struct tdi_address *address)
{
	unsigned int room = address->listening;

	lockdep_assert_held(&address->mutex);

	if (address->connect_handlers)
		room += TDI_OFFERS_MAX;
	if (!room)
		tdi_address_stop_listener(address);
	else if (address->listener.socket)
		tdi_sock_set_backlog(address->listener.socket, room - 1);
}

u32 tdi_listen_start_listener(struct tdi_address *address)
{
	return tdi_address_start_listener(address, tdi_listen_event);
}

/**
 * tdi_listen_withdraw() - an endpoint does not listen any more
 * @ep: endpoint; its file's mutex is held
 *
 * A connection that was meant for it goes to the next one.
 */
void tdi_listen_withdraw(struct tdi_endpoint *ep)
{
	struct tdi_request *req = ep->listen;
	struct tdi_address *address;
	struct socket *sock;

	lockdep_assert_held(&tdi_endpoint_file(ep)->mutex);

	if (!req)
		return;
	/* after the connection, if it became one: a poller sees the one or both */
	smp_store_release(&ep->listen, NULL);
	address = ep->address->address.address;

	mutex_lock(&address->mutex);
	spin_lock_bh(&address->lock);
	list_del(&req->listen_link);
	spin_unlock_bh(&address->lock);
	address->listening--;

	sock = req->accepted;
	req->accepted = NULL;
	if (sock)
		tdi_listen_offer(address, sock);
	tdi_listen_changed(address);
	tdi_listen_kick_first(address);
	mutex_unlock(&address->mutex);
	wake_up_interruptible_all(&tdi_endpoint_file(ep)->wait);
}

/* Connections that one turn looks at */
#define TDI_LISTEN_BUDGET	64

/* Somebody killed the listener from outside: a new one, and who cares is told. */
static void tdi_listen_restart(struct tdi_address *address)
{
	u32 status;

	tdi_address_stop_listener(address);
	status = tdi_listen_start_listener(address);
	tdi_listen_changed(address);
	spin_lock_bh(&address->lock);
	tdi_event_incoming(address, status ? : STATUS_CONNECTION_ABORTED);
	spin_unlock_bh(&address->lock);
	/* without a listener all listens end */
	if (status)
		tdi_listen_kick_first(address);
}

/**
 * tdi_listen_take_in() - accept what has come, for a CONNECT handler
 * @address: its mutex is held
 *
 * Return: 1 if there may be more, 0 if not; -EINVAL if the listener is dead.
 */
int tdi_listen_take_in(struct tdi_address *address)
{
	int budget = TDI_LISTEN_BUDGET;
	struct socket *sock;
	int err;

	lockdep_assert_held(&address->mutex);

	while (address->listener.socket && address->offered < TDI_OFFERS_MAX) {
		if (!budget--)
			return 1;
		err = tdi_address_accept(address, &sock);
		if (err && err != -EBUSY)
			return err == -EINVAL ? err : 0;
		if (!err)
			tdi_listen_offer(address, sock);
	}
	return 0;
}

/**
 * tdi_listen_accept_all() - the same, for a reader of events
 * @address: its mutex is held
 *
 * Return: whether there may be more.
 */
bool tdi_listen_accept_all(struct tdi_address *address)
{
	int ret = tdi_listen_take_in(address);

	if (ret == -EINVAL)
		tdi_listen_restart(address);
	return ret > 0;
}

/* Accept until there is one for this listen, or the listener is dead */
static int tdi_listen_accept(struct tdi_address *address,
			     struct tdi_request *req, struct socket **sock)
{
	int budget = TDI_LISTEN_BUDGET;
	int err = -EAGAIN;

	mutex_lock(&address->mutex);
	while (!req->accepted && tdi_listen_first(address) == req) {
		if (!address->listener.socket)
			err = -EINVAL;
		else if (budget--)
			err = tdi_address_accept(address, sock);
		else
			err = -EAGAIN;
		if (err == -EBUSY)
			continue;
		if (err)
			break;
		tdi_listen_offer(address, *sock);
	}
	if (budget < 0)
		tdi_request_kick(req);
	if (req->accepted) {
		*sock = req->accepted;
		req->accepted = NULL;
		err = 0;
	}
	mutex_unlock(&address->mutex);
	return err;
}

/* The client is asked: it answers with TDI_ACCEPT or TDI_DISCONNECT. */
static u32 tdi_listen_offered(struct tdi_request *req, struct socket *sock)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	struct tdi_address *address = ep->address->address.address;
	int err;

	mutex_lock(&address->mutex);
	err = tdi_offer_add(address, sock, &req->remote, ep);
	mutex_unlock(&address->mutex);
	if (!err)
		tdi_connection_drop(ep);
	return tdi_status_from_errno(err);
}

/* An endpoint of that address file which listens, with a reference */
static struct tdi_file *tdi_listen_find(struct tdi_file *file)
{
	struct tdi_address *address = file->address.address;
	struct tdi_file *found = NULL;
	struct tdi_request *req;

	spin_lock_bh(&address->lock);
	list_for_each_entry(req, &address->listens, listen_link) {
		if (READ_ONCE(req->file->endpoint.address) != file)
			continue;
		found = req->file;
		tdi_file_get(found);
		break;
	}
	spin_unlock_bh(&address->lock);
	return found;
}

/**
 * tdi_listen_end() - an address file's endpoints listen no more
 * @file: address file that nobody has a handle of
 *
 * Listens end with STATUS_LOCAL_DISCONNECT.
 */
void tdi_listen_end(struct tdi_file *file)
{
	struct tdi_file *endpoint;
	LIST_HEAD(ended);

	while ((endpoint = tdi_listen_find(file))) {
		mutex_lock(&endpoint->mutex);
		if (endpoint->endpoint.address == file &&
		    endpoint->endpoint.listen) {
			tdi_file_end_requests(endpoint, STATUS_LOCAL_DISCONNECT,
					      &ended);
			tdi_listen_withdraw(&endpoint->endpoint);
		}
		mutex_unlock(&endpoint->mutex);
		tdi_requests_complete(&ended);
		tdi_file_put(endpoint);
	}
}

static u32 tdi_listen_attempt_locked(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	struct tdi_address *address;
	struct socket *sock;
	u32 status;
	int err;

	/* withdrawn; whoever did that ends the request */
	if (ep->listen != req)
		return STATUS_PENDING;

	address = ep->address->address.address;
	err = tdi_listen_accept(address, req, &sock);
	if (err == -EAGAIN)
		return STATUS_PENDING;
	if (!err && req->flags & TDI_QUERY_ACCEPT)
		status = tdi_listen_offered(req, sock);
	else if (!err)
		status = tdi_connection_adopt(ep, sock);
	else if (err == -EINVAL)
		/* somebody killed the listener from outside */
		status = STATUS_CONNECTION_ABORTED;
	else
		status = tdi_status_from_errno(err);
	/* an offer is no connection yet */
	if (!status && !(req->flags & TDI_QUERY_ACCEPT))
		req->epoch = ep->epoch;
	tdi_listen_withdraw(ep);
	/* it could not be taken: somebody else's */
	if (!err && status) {
		mutex_lock(&address->mutex);
		tdi_listen_offer(address, sock);
		mutex_unlock(&address->mutex);
	}
	return status;
}

static u32 tdi_listen_attempt(struct tdi_request *req)
{
	u32 status;

	mutex_lock(&req->file->mutex);
	status = tdi_listen_attempt_locked(req);
	mutex_unlock(&req->file->mutex);
	return status;
}

static void tdi_listen_undo(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;

	if (ep->listen == req)
		tdi_listen_withdraw(ep);
}

static const struct tdi_operation tdi_listen_operation = {
	.attempt	= tdi_listen_attempt,
	.undo		= tdi_listen_undo,
};

/* Join the queue; the listener comes with the first */
static u32 tdi_listen_join(struct tdi_endpoint *ep, struct tdi_request *req)
{
	struct tdi_address *address = ep->address->address.address;
	u32 status;

	mutex_lock(&address->mutex);
	/* a listener for a moment would take connections only to refuse them */
	if (ep->address->address.cleaned)
		status = STATUS_INVALID_CONNECTION;
	else if (req->nonblock && !address->listener.socket)
		status = STATUS_DEVICE_NOT_READY;
	else
		status = tdi_listen_start_listener(address);
	if (!status) {
		req->accepted = NULL;
		spin_lock_bh(&address->lock);
		list_add_tail(&req->listen_link, &address->listens);
		spin_unlock_bh(&address->lock);
		address->listening++;
		tdi_listen_changed(address);
		WRITE_ONCE(ep->listen, req);
	}
	mutex_unlock(&address->mutex);
	return status;
}

static u32 tdi_listen_start(struct tdi_request *req)
{
	struct tdi_endpoint *ep = &req->file->endpoint;
	u32 status;

	status = tdi_listen_join(ep, req);
	if (status)
		return status;

	status = tdi_listen_attempt_locked(req);
	if (status == STATUS_PENDING && !req->nonblock)
		status = tdi_request_pend(req, TDI_QUEUE_CONTROL,
					  &tdi_listen_operation, TDI_LAST);
	else if (status == STATUS_PENDING)
		status = STATUS_DEVICE_NOT_READY;
	/* the last connection is over, unless nothing has come of this */
	if (status == STATUS_PENDING)
		tdi_connection_drop(ep);
	else if (ep->listen == req)
		tdi_listen_withdraw(ep);
	return status;
}

/**
 * tdi_listen() - TDI_LISTEN
 * @req: @filter is who may come; @remote will be who came
 *
 * Return: STATUS_PENDING until there is one; STATUS_SUCCESS if there is one now;
 * why the endpoint cannot listen; with @nonblock STATUS_DEVICE_NOT_READY.
 */
u32 tdi_listen(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	if (req->flags & ~TDI_QUERY_ACCEPT)
		return STATUS_INVALID_PARAMETER;

	mutex_lock(&file->mutex);
	status = tdi_endpoint_check_idle(&file->endpoint);
	if (!status)
		status = tdi_listen_start(req);
	mutex_unlock(&file->mutex);

	/* there may have been one before it was queued */
	if (status == STATUS_PENDING)
		tdi_queue_kick(file, TDI_QUEUE_CONTROL);
	return status;
}
