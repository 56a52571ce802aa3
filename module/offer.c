// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offers: connections that wait for TDI_ACCEPT (reference 2.7), found by a
 * listen with TDI_QUERY_ACCEPT or told by the CONNECT event (3.3).
 */
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "connection.h"
#include "endpoint.h"
#include "event.h"
#include "listen.h"
#include "offer.h"
#include "request.h"
#include "status.h"

static void tdi_offer_unlink(struct tdi_address *address,
			     struct tdi_offer *offer)
{
	lockdep_assert_held(&address->mutex);

	list_del(&offer->link);
	/* there was no room for those that still wait at the listener */
	if (address->offered-- == TDI_OFFERS_MAX) {
		spin_lock_bh(&address->lock);
		tdi_event_incoming(address, STATUS_SUCCESS);
		spin_unlock_bh(&address->lock);
	}
}

static void tdi_offer_free(struct tdi_offer *offer)
{
	if (offer->endpoint)
		/* pairs with tdi_endpoint_poll() */
		smp_store_release(&offer->endpoint->offer, NULL);
	kfree(offer);
}

/* By RST: the handshake is the kernel's, and over */
static void tdi_offer_refuse(struct tdi_address *address,
			     struct tdi_offer *offer)
{
	tdi_offer_unlink(address, offer);
	tdi_sock_reset(offer->sock);
	tdi_offer_free(offer);
}

/* For how long connections may wait at the listener, in jiffies */
static unsigned long tdi_offer_patience(const struct tdi_address *address)
{
	return address->offer_timeout / 4 + 1;
}

/**
 * tdi_offer_watch() - connections may wait for somebody to read of them
 * @address: somebody has a CONNECT handler, or had one
 *
 * Any context.  Whoever does not read would let them wait for ever.
 */
void tdi_offer_watch(struct tdi_address *address)
{
	schedule_delayed_work(&address->offer_work, tdi_offer_patience(address));
}

/* Refuse what is overdue, oldest first.  Return: when to look again, @delay at most */
static unsigned long tdi_offer_expire(struct tdi_address *address,
				      unsigned long delay)
{
	struct tdi_offer *offer, *next;
	struct tdi_endpoint *ep;
	unsigned long left;

	list_for_each_entry_safe(offer, next, &address->offers, link) {
		left = tdi_time_left(offer->expires);
		if (left)
			return min(delay, left);
		ep = offer->endpoint;
		if (ep)
			ep->offer_lost = true;
		tdi_offer_refuse(address, offer);
		if (ep)
			wake_up_interruptible_all(&tdi_endpoint_file(ep)->wait);
	}
	return delay;
}

/*
 * Nobody may have read for long: what waits at the listener becomes an offer
 * here, and has its time.
 */
static int tdi_offer_take_in(struct tdi_address *address)
{
	return address->connect_handlers ? tdi_listen_take_in(address) : 0;
}

static void tdi_offer_work(struct work_struct *work)
{
	struct tdi_address *address = container_of(to_delayed_work(work),
						   struct tdi_address,
						   offer_work);
	unsigned long delay;

	mutex_lock(&address->mutex);
	delay = tdi_offer_expire(address, tdi_offer_patience(address));
	if (tdi_offer_take_in(address) > 0 || !list_empty(&address->offers))
		schedule_delayed_work(&address->offer_work, delay);
	mutex_unlock(&address->mutex);
}

void tdi_offers_init(struct tdi_address *address)
{
	static atomic_t number = ATOMIC_INIT(0);

	address->first_offer = (u64)(u32)atomic_inc_return(&number) << 32;
	address->last_offer = address->first_offer;
	INIT_LIST_HEAD(&address->offers);
	INIT_DELAYED_WORK(&address->offer_work, tdi_offer_work);
	address->offer_timeout = msecs_to_jiffies(TDI_OFFER_TIMEOUT_MS);
}

/* The last open goes: nobody adds any more. */
void tdi_offers_exit(struct tdi_address *address)
{
	cancel_delayed_work_sync(&address->offer_work);
	WARN_ON_ONCE(!list_empty(&address->offers));
}

/**
 * tdi_offer_add() - a connection is to be answered
 * @address: its mutex is held
 * @sock: becomes the offer's, unless this fails
 * @peer: who it is
 * @ep: who it is offered to, or NULL
 *
 * Return: 0, -ENOMEM, or -ENOBUFS if too many wait already.
 */
int tdi_offer_add(struct tdi_address *address, struct socket *sock,
		  const struct sockaddr_storage *peer, struct tdi_endpoint *ep)
{
	struct tdi_offer *offer;

	lockdep_assert_held(&address->mutex);

	if (!ep && address->offered >= TDI_OFFERS_MAX)
		return -ENOBUFS;
	offer = kzalloc(sizeof(*offer), GFP_KERNEL_ACCOUNT);
	if (!offer)
		return -ENOMEM;
	offer->cookie = ++address->last_offer;
	offer->sock = sock;
	offer->peer = *peer;
	offer->endpoint = ep;
	offer->expires = ktime_add_ns(ktime_get(),
				      jiffies_to_nsecs(address->offer_timeout));
	list_add_tail(&offer->link, &address->offers);
	address->offered++;
	if (ep) {
		ep->offer_lost = false;
		WRITE_ONCE(ep->offer, offer);
	}
	/* no-op if it is scheduled already: for an older one */
	schedule_delayed_work(&address->offer_work, address->offer_timeout);
	return 0;
}

/* One that an event has named */
static struct tdi_offer *tdi_offer_find(struct tdi_address *address, u64 cookie)
{
	struct tdi_offer *offer;

	lockdep_assert_held(&address->mutex);

	list_for_each_entry(offer, &address->offers, link)
		if (offer->cookie == cookie && offer->told)
			return offer;
	return NULL;
}

/* The client could not be told after all. */
void tdi_offer_untell(struct tdi_address *address, u64 cookie)
{
	struct tdi_offer *offer;

	mutex_lock(&address->mutex);
	offer = tdi_offer_find(address, cookie);
	if (offer)
		offer->told = false;
	mutex_unlock(&address->mutex);
}

/* The next one to tell of; not of a peer that has gone meanwhile */
struct tdi_offer *tdi_offer_untold(struct tdi_address *address)
{
	struct tdi_offer *offer, *next;
	int err;

	lockdep_assert_held(&address->mutex);

	list_for_each_entry_safe(offer, next, &address->offers, link) {
		if (offer->endpoint || offer->told)
			continue;
		if (!(tdi_sock_state(offer->sock, &err) & TDI_SOCK_ENDED))
			return offer;
		tdi_offer_refuse(address, offer);
	}
	return NULL;
}

/* Nobody wants to know of connections any more. */
void tdi_offer_refuse_events(struct tdi_address *address)
{
	struct tdi_offer *offer, *next;

	lockdep_assert_held(&address->mutex);

	list_for_each_entry_safe(offer, next, &address->offers, link)
		if (!offer->endpoint)
			tdi_offer_refuse(address, offer);
}

/**
 * tdi_offer_withdraw() - an endpoint does not answer any more
 * @ep: endpoint; its file's mutex is held
 */
void tdi_offer_withdraw(struct tdi_endpoint *ep)
{
	struct tdi_address *address;

	lockdep_assert_held(&tdi_endpoint_file(ep)->mutex);

	if (!ep->address)
		return;
	address = ep->address->address.address;
	mutex_lock(&address->mutex);
	if (ep->offer)
		tdi_offer_refuse(address, ep->offer);
	ep->offer_lost = false;
	mutex_unlock(&address->mutex);
}

static bool tdi_offer_was(const struct tdi_address *address, u64 cookie)
{
	return cookie > address->first_offer && cookie <= address->last_offer;
}

/* The endpoint's own offer, or the one with @cookie; if it fails that remains */
static u32 tdi_accept_take(struct tdi_endpoint *ep, u64 cookie,
			   struct sockaddr_storage *peer)
{
	struct tdi_address *address = ep->address->address.address;
	struct tdi_offer *offer;
	u32 status;

	mutex_lock(&address->mutex);
	offer = cookie ? tdi_offer_find(address, cookie) : ep->offer;
	if (offer) {
		*peer = offer->peer;
		status = tdi_connection_adopt(ep, offer->sock);
		/* in this order: a poller sees the one or both */
		if (!status) {
			tdi_offer_unlink(address, offer);
			tdi_offer_free(offer);
		}
	} else if (cookie ? tdi_offer_was(address, cookie) : ep->offer_lost) {
		status = STATUS_CONNECTION_ABORTED;
	} else {
		status = STATUS_INVALID_CONNECTION;
	}
	ep->offer_lost = false;
	mutex_unlock(&address->mutex);
	return status;
}

/* Its own offer, in state TDI_STATE_OFFERED; another one, when it is idle */
static u32 tdi_accept_check(struct tdi_endpoint *ep, u64 cookie)
{
	if (cookie)
		return tdi_endpoint_check_idle(ep);
	switch (tdi_endpoint_state(ep)) {
	case TDI_STATE_OFFERED:
		return STATUS_SUCCESS;
	case TDI_STATE_ASSOCIATED:
		return READ_ONCE(ep->offer_lost) ? STATUS_SUCCESS :
						   STATUS_INVALID_CONNECTION;
	case TDI_STATE_OPENED:
		return STATUS_INVALID_CONNECTION;
	default:
		return STATUS_CONNECTION_ACTIVE;
	}
}

/**
 * tdi_accept() - TDI_ACCEPT
 * @ep: endpoint that becomes the connection
 * @cookie: offer of a CONNECT event, or 0: what its listen was offered
 * @context: replaces the endpoint's, or NULL
 * @peer: result
 * @epoch: result: the connection's number; or NULL
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_CONNECTION if it was never offered
 * that; STATUS_CONNECTION_ACTIVE if it is busy; STATUS_CONNECTION_ABORTED or
 * STATUS_CONNECTION_RESET if the offer is gone.
 */
u32 tdi_accept(struct tdi_endpoint *ep, u64 cookie, const u64 *context,
	       struct sockaddr_storage *peer, u32 *epoch)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	u32 status;

	mutex_lock(&file->mutex);
	status = tdi_accept_check(ep, cookie);
	if (!status)
		status = tdi_accept_take(ep, cookie, peer);
	if (!status)
		status = tdi_connection_lost(ep);
	if (!status && context)
		WRITE_ONCE(ep->context, *context);
	if (!status && epoch)
		*epoch = ep->epoch;
	mutex_unlock(&file->mutex);
	return status;
}

/**
 * tdi_event_reply() - the client refuses an offer
 * @file: address file
 * @cookie: of the CONNECT event
 * @status: why; makes no difference to the peer
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_PARAMETER for a status that does not
 * refuse, STATUS_OBJECT_NAME_NOT_FOUND if there is no such offer.
 */
u32 tdi_event_reply(struct tdi_file *file, u64 cookie, u32 status)
{
	struct tdi_address *address = file->address.address;
	struct tdi_offer *offer;

	if (status != STATUS_CONNECTION_REFUSED &&
	    status != STATUS_INSUFFICIENT_RESOURCES)
		return STATUS_INVALID_PARAMETER;

	mutex_lock(&address->mutex);
	offer = tdi_offer_find(address, cookie);
	if (offer)
		tdi_offer_refuse(address, offer);
	mutex_unlock(&address->mutex);
	return offer ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
