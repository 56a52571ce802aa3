// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events (reference 3): which an address wants, and who has one to tell.
 *
 * An endpoint is put on its address file's ready list by whatever may have
 * given it something to tell; a reader takes it off first and looks then, so
 * that nothing is missed, and what it finds it takes straight from the socket.
 */
#include <linux/lockdep.h>
#include <linux/slab.h>

#include "address.h"
#include "client.h"
#include "connection.h"
#include "event.h"
#include "handler.h"
#include "listen.h"
#include "notify.h"
#include "offer.h"
#include "status.h"

void tdi_reading_init(struct tdi_reading *reading)
{
	mutex_init(&reading->mutex);
	reading->contended = false;
}

/* For whoever must not wait; who has it looks for them when it gives it back. */
bool tdi_reading_try(struct tdi_reading *reading)
{
	if (mutex_trylock(&reading->mutex))
		return true;
	WRITE_ONCE(reading->contended, true);
	/* pairs with tdi_reading_end() */
	smp_mb();
	return mutex_trylock(&reading->mutex);
}

/* Return: whether somebody came meanwhile, and is to be woken if there is more */
bool tdi_reading_end(struct tdi_reading *reading)
{
	mutex_unlock(&reading->mutex);
	/* pairs with tdi_reading_try() */
	smp_mb();
	return READ_ONCE(reading->contended) &&
	       xchg(&reading->contended, false);
}

/* Whoever reads does not any more: what it was told of before this is over. */
void tdi_reading_wait(struct tdi_reading *reading)
{
	if (!mutex_lock_killable(&reading->mutex))
		mutex_unlock(&reading->mutex);
}

struct tdi_events *tdi_events_alloc(void)
{
	struct tdi_events *events;

	events = kzalloc(sizeof(*events), GFP_KERNEL_ACCOUNT);
	if (!events)
		return NULL;
	spin_lock_init(&events->lock);
	INIT_LIST_HEAD(&events->ready);
	INIT_WORK(&events->work, tdi_handler_work);
	tdi_reading_init(&events->reading);
	return events;
}

/* Any context */
void tdi_event_wake(struct tdi_file *address)
{
	if (READ_ONCE(address->address.events->handled))
		queue_work(tdi_workqueue, &address->address.events->work);
	else
		wake_up_interruptible_poll(&address->wait,
					   EPOLLIN | EPOLLRDNORM);
}

static void tdi_event_ready_locked(struct tdi_endpoint *ep)
{
	struct tdi_events *events;
	bool added;

	lockdep_assert_held(&tdi_endpoint_file(ep)->lock);

	if (!ep->wanted)
		return;
	events = ep->address->address.events;
	spin_lock(&events->lock);
	added = list_empty(&ep->ready_link);
	if (added)
		list_add_tail(&ep->ready_link, &events->ready);
	spin_unlock(&events->lock);
	if (added)
		tdi_event_wake(ep->address);
}

/**
 * tdi_event_ready() - an endpoint may have something to tell
 * @ep: endpoint
 *
 * Any context.  Costs next to nothing if nobody wants to know.
 */
void tdi_event_ready(struct tdi_endpoint *ep)
{
	struct tdi_file *file = tdi_endpoint_file(ep);

	if (!READ_ONCE(ep->wanted))
		return;
	spin_lock_bh(&file->lock);
	tdi_event_ready_locked(ep);
	spin_unlock_bh(&file->lock);
}

static void tdi_event_speak(struct tdi_connection *conn, enum tdi_queue queue)
{
	unsigned int bit = queue == TDI_QUEUE_EXPEDITED ?
			   TDI_CONNECTION_URGENT_TOLD : TDI_CONNECTION_SILENT;

	if (test_bit(bit, &conn->flags))
		clear_bit(bit, &conn->flags);
}

/* No request of that queue waits any more; file->lock is held */
void tdi_event_resume_locked(struct tdi_endpoint *ep, enum tdi_queue queue)
{
	struct tdi_connection *conn = tdi_connection_locked(ep);

	if (conn)
		tdi_event_speak(conn, queue);
	tdi_event_ready_locked(ep);
}

/* A TDI_RECEIVE of that queue was there: indications go on (reference 3.5). */
void tdi_event_resume(struct tdi_connection *conn, enum tdi_queue queue)
{
	tdi_event_speak(conn, queue);
	tdi_event_ready(conn->endpoint);
}

/* Does the client want to be told of datagrams now? */
bool tdi_event_tells_datagrams(const struct tdi_file *file)
{
	const struct tdi_events *events = file->address.events;

	return READ_ONCE(events->wanted) & BIT(TDI_EVENT_RECEIVE_DATAGRAM) &&
	       !READ_ONCE(events->silent);
}

/* There is one that none of the receives wants. */
void tdi_event_datagram(struct tdi_file *file)
{
	WRITE_ONCE(file->address.events->incoming, true);
	tdi_event_wake(file);
}

/* A TDI_RECEIVE_DATAGRAM was there. */
void tdi_event_resume_datagrams(struct tdi_file *file)
{
	struct tdi_events *events = file->address.events;

	/* a reader of events is woken by whoever leaves the queue */
	if (!READ_ONCE(events->silent) && !READ_ONCE(events->handled))
		return;
	WRITE_ONCE(events->silent, false);
	tdi_event_wake(file);
}

/* What an endpoint may have to tell */
#define TDI_EVENTS_OF_ENDPOINTS	(BIT(TDI_EVENT_DISCONNECT) | \
				 BIT(TDI_EVENT_RECEIVE) | \
				 BIT(TDI_EVENT_RECEIVE_EXPEDITED) | \
				 BIT(TDI_EVENT_SEND_POSSIBLE))

/* An endpoint is associated; its file->lock is held. */
void tdi_event_attach(struct tdi_endpoint *ep, struct tdi_file *address)
{
	lockdep_assert_held(&tdi_endpoint_file(ep)->lock);

	WRITE_ONCE(ep->wanted, READ_ONCE(address->address.events->wanted) &
			       TDI_EVENTS_OF_ENDPOINTS);
}

/* It is not any more. */
void tdi_event_detach(struct tdi_endpoint *ep)
{
	struct tdi_events *events = ep->address->address.events;

	lockdep_assert_held(&tdi_endpoint_file(ep)->lock);

	WRITE_ONCE(ep->wanted, 0);
	spin_lock(&events->lock);
	list_del_init(&ep->ready_link);
	spin_unlock(&events->lock);
}

/* All endpoints get to know what is wanted, and may have it to tell. */
static void tdi_event_spread(struct tdi_file *file)
{
	struct tdi_address *address = file->address.address;
	struct tdi_events *events = file->address.events;
	struct tdi_endpoint *ep;

	spin_lock_bh(&address->lock);
	list_for_each_entry(ep, &file->address.endpoints, address_link) {
		spin_lock(&tdi_endpoint_file(ep)->lock);
		WRITE_ONCE(ep->wanted, events->wanted & TDI_EVENTS_OF_ENDPOINTS);
		tdi_event_ready_locked(ep);
		spin_unlock(&tdi_endpoint_file(ep)->lock);
	}
	spin_unlock_bh(&address->lock);
}

/* Connections come in as long as anybody wants to know of them. */
static u32 tdi_event_set_connect(struct tdi_file *file, bool on)
{
	struct tdi_address *address = file->address.address;
	u32 status = STATUS_SUCCESS;

	mutex_lock(&address->mutex);
	if (on && file->address.cleaned)
		status = STATUS_INVALID_DEVICE_STATE;
	else if (on)
		status = tdi_listen_start_listener(address);
	if (!status) {
		WRITE_ONCE(address->connect_handlers,
			   address->connect_handlers + (on ? 1 : -1));
		tdi_listen_changed(address);
		tdi_offer_watch(address);
	}
	if (!address->connect_handlers)
		tdi_offer_refuse_events(address);
	mutex_unlock(&address->mutex);
	return status;
}

/* What it takes for an event to come */
static u32 tdi_event_arrange(struct tdi_file *file, u32 type, bool on)
{
	struct socket *sock = file->address.sock.socket;

	if (!tdi_file_is_datagram(file))
		return type == TDI_EVENT_CONNECT ?
		       tdi_event_set_connect(file, on) : STATUS_SUCCESS;
	switch (type) {
	case TDI_EVENT_RECEIVE_DATAGRAM:
		return tdi_status_from_errno(tdi_sock_want_destination(sock, on));
	case TDI_EVENT_ERROR_EX:
		return tdi_status_from_errno(tdi_sock_want_errors(sock, on));
	default:
		return STATUS_SUCCESS;
	}
}

static u32 tdi_event_check(u32 type, u32 lookahead)
{
	switch (type) {
	case TDI_EVENT_RECEIVE:
	case TDI_EVENT_RECEIVE_EXPEDITED:
	case TDI_EVENT_RECEIVE_DATAGRAM:
		return STATUS_SUCCESS;
	case TDI_EVENT_CONNECT:
	case TDI_EVENT_DISCONNECT:
	case TDI_EVENT_ERROR:
	case TDI_EVENT_SEND_POSSIBLE:
	case TDI_EVENT_ERROR_EX:
		return lookahead ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
	case TDI_EVENT_CHAINED_RECEIVE:
	case TDI_EVENT_CHAINED_RECEIVE_DATAGRAM:
	case TDI_EVENT_CHAINED_RECEIVE_EXPEDITED:
		return STATUS_NOT_IMPLEMENTED;
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

/**
 * tdi_event_set_handler() - TDI_SET_EVENT_HANDLER (reference 2.13)
 * @file: address file
 * @type: TDI_EVENT_xxx
 * @on: TDI's handler is not NULL
 * @handler: with @on
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for an unknown event;
 * STATUS_NOT_IMPLEMENTED; STATUS_INVALID_DEVICE_STATE if others are called, and
 * this one is read, or the other way round; why there can be no listener.
 */
u32 tdi_event_set_handler(struct tdi_file *file, u32 type, bool on,
			  const struct tdi_event_handler *handler)
{
	struct tdi_events *events = file->address.events;
	u32 status = tdi_event_check(type, handler->lookahead);
	bool was_on;

	if (status)
		return status;

	mutex_lock(&file->mutex);
	was_on = events->wanted & BIT(type);
	/* they are all called, or all read */
	if (events->wanted && events->handled != handler->called)
		status = STATUS_INVALID_DEVICE_STATE;
	else if (on != was_on)
		status = tdi_event_arrange(file, type, on);
	if (!status) {
		spin_lock_bh(&events->lock);
		if (on)
			WRITE_ONCE(events->handled, handler->called);
		if (on)
			events->handlers[type] = *handler;
		if (on)
			WRITE_ONCE(events->wanted, events->wanted | BIT(type));
		else
			WRITE_ONCE(events->wanted, events->wanted & ~BIT(type));
		/* of datagrams it says whose the next one is */
		if (!tdi_file_is_datagram(file))
			events->incoming = events->wanted &
					   BIT(TDI_EVENT_CONNECT);
		if (type == TDI_EVENT_ERROR && !on)
			events->error = STATUS_SUCCESS;
		if (type == TDI_EVENT_RECEIVE_DATAGRAM)
			events->silent = false;
		spin_unlock_bh(&events->lock);
		tdi_event_spread(file);
		/* of connections and datagrams that have waited for it */
		if (on)
			tdi_event_wake(file);
		else if (type == TDI_EVENT_RECEIVE_DATAGRAM)
			tdi_queue_kick(file, TDI_QUEUE_RECEIVE);
	}
	mutex_unlock(&file->mutex);
	/* what began before may still tell of it: not after this (S16) */
	if (!status)
		flush_work(&events->work);
	if (!status && !on)
		tdi_reading_wait(&events->reading);
	return status;
}

/**
 * tdi_file_set_handler() - TDI_SET_EVENT_HANDLER of any kind of file
 * @file: the file
 * @type: TDI_EVENT_xxx
 * @on: TDI's handler is not NULL
 * @handler: with @on
 *
 * Return: as tdi_event_set_handler() and tdi_notify_set_handler();
 * STATUS_INVALID_DEVICE_REQUEST for a file that has no such event.
 */
u32 tdi_file_set_handler(struct tdi_file *file, u32 type, bool on,
			 const struct tdi_event_handler *handler)
{
	switch (tdi_file_kind(file)) {
	case TDI_TRANSPORT_ADDRESS_FILE:
		return tdi_event_set_handler(file, type, on, handler);
	case TDI_CONTROL_CHANNEL_FILE:
		if (type >= TDI_EVENT_ADD_ADDRESS)
			return tdi_notify_set_handler(file, type, on, handler);
		return STATUS_INVALID_DEVICE_REQUEST;
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}

/* Those of a client in the kernel; on return none of them runs. */
void tdi_handlers_off(struct tdi_file *file)
{
	const struct tdi_event_handler none = { .called = true };
	struct tdi_events *events;
	u32 type;

	switch (tdi_file_kind(file)) {
	case TDI_TRANSPORT_ADDRESS_FILE:
		events = file->address.events;
		for (type = 0; type < TDI_EVENT_TYPES; type++)
			if (READ_ONCE(events->handled) &&
			    READ_ONCE(events->wanted) & BIT(type))
				tdi_event_set_handler(file, type, false, &none);
		flush_work(&events->work);
		break;
	case TDI_CONTROL_CHANNEL_FILE:
		tdi_notify_off(file);
		break;
	default:
		break;
	}
}

/* The address file is being released: nobody reads. */
void tdi_event_off(struct tdi_file *file)
{
	struct tdi_events *events = file->address.events;

	if (events->wanted & BIT(TDI_EVENT_CONNECT))
		tdi_event_arrange(file, TDI_EVENT_CONNECT, false);
	events->wanted = 0;
}

/**
 * tdi_event_incoming() - connections came to an address, or its listener ended
 * @address: address
 * @error: status it ended with, or STATUS_SUCCESS
 *
 * Any context, address->lock held.
 */
void tdi_event_incoming(struct tdi_address *address, u32 error)
{
	struct tdi_address_file *open;
	struct tdi_events *events;

	lockdep_assert_held(&address->lock);

	list_for_each_entry(open, &address->files, link) {
		events = open->events;
		spin_lock(&events->lock);
		if (events->wanted & BIT(TDI_EVENT_CONNECT))
			events->incoming = true;
		if (error && events->wanted & BIT(TDI_EVENT_ERROR))
			events->error = error;
		spin_unlock(&events->lock);
		tdi_event_wake(container_of(open, struct tdi_file, address));
	}
}
