// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection endpoints: association with an address, and their end.
 */
#include <linux/lockdep.h>

#include "address.h"
#include "connection.h"
#include "endpoint.h"
#include "event.h"
#include "listen.h"
#include "offer.h"
#include "request.h"
#include "status.h"

void tdi_endpoint_init(struct tdi_endpoint *ep, u64 context)
{
	ep->context = context;
	ep->address = NULL;
	INIT_LIST_HEAD(&ep->address_link);
	ep->wanted = 0;
	INIT_LIST_HEAD(&ep->ready_link);
	ep->listen = NULL;
	ep->offer = NULL;
	ep->offer_lost = false;
	RCU_INIT_POINTER(ep->connection, NULL);
	ep->epoch = 0;
	ep->last_epoch = 0;
	ep->last_status = STATUS_SUCCESS;
	ep->flags = 0;
	memset(&ep->options, 0, sizeof(ep->options));
}

/**
 * tdi_endpoint_associate() - TDI_ASSOCIATE_ADDRESS (reference 2.3)
 * @ep: endpoint
 * @address: address file of the same device; the caller keeps it open
 *
 * Return: STATUS_SUCCESS or STATUS_ADDRESS_ALREADY_ASSOCIATED.
 */
u32 tdi_endpoint_associate(struct tdi_endpoint *ep, struct tdi_file *address)
{
	struct tdi_address *object = address->address.address;
	struct tdi_file *file = tdi_endpoint_file(ep);
	u32 status = STATUS_SUCCESS;

	mutex_lock(&file->mutex);
	if (ep->address) {
		status = STATUS_ADDRESS_ALREADY_ASSOCIATED;
	} else {
		tdi_file_get(address);
		spin_lock_bh(&object->lock);
		spin_lock(&file->lock);
		ep->address = address;
		tdi_event_attach(ep, address);
		spin_unlock(&file->lock);
		list_add_tail(&ep->address_link, &address->address.endpoints);
		spin_unlock_bh(&object->lock);
	}
	mutex_unlock(&file->mutex);
	return status;
}

/* Whatever the endpoint is doing ends: requests by @status, a connection by FIN */
static void tdi_endpoint_detach_locked(struct tdi_endpoint *ep, u32 status,
				       struct list_head *ended)
{
	struct tdi_file *file = tdi_endpoint_file(ep), *address = ep->address;
	struct tdi_address *object;

	lockdep_assert_held(&file->mutex);

	tdi_file_end_requests(file, status, ended);
	tdi_listen_withdraw(ep);
	tdi_offer_withdraw(ep);
	tdi_connection_drop(ep);
	if (!address)
		return;

	object = address->address.address;
	spin_lock_bh(&object->lock);
	list_del_init(&ep->address_link);
	spin_lock(&file->lock);
	tdi_event_detach(ep);
	ep->address = NULL;
	spin_unlock(&file->lock);
	spin_unlock_bh(&object->lock);
	tdi_file_put(address);
}

/* A connection that still owes something keeps its address (S4). */
static bool tdi_endpoint_may_leave(struct tdi_endpoint *ep)
{
	enum tdi_connection_state state = tdi_endpoint_state(ep);
	struct tdi_file *file = tdi_endpoint_file(ep);
	struct tdi_connection *conn;
	bool released;

	if (state == TDI_STATE_ASSOCIATED)
		return true;

	spin_lock_bh(&file->lock);
	conn = rcu_dereference_protected(ep->connection,
					 lockdep_is_held(&file->lock));
	released = conn && conn->released;
	spin_unlock_bh(&file->lock);
	return released;
}

/**
 * tdi_endpoint_disassociate() - TDI_DISASSOCIATE_ADDRESS (reference 2.4)
 * @ep: endpoint
 *
 * Return: STATUS_SUCCESS, STATUS_ADDRESS_NOT_ASSOCIATED or
 * STATUS_CONNECTION_ACTIVE.
 */
u32 tdi_endpoint_disassociate(struct tdi_endpoint *ep)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	u32 status = STATUS_SUCCESS;
	LIST_HEAD(ended);

	mutex_lock(&file->mutex);
	if (!ep->address)
		status = STATUS_ADDRESS_NOT_ASSOCIATED;
	else if (!tdi_endpoint_may_leave(ep))
		status = STATUS_CONNECTION_ACTIVE;
	else
		tdi_endpoint_detach_locked(ep, STATUS_CONNECTION_ABORTED,
					   &ended);
	mutex_unlock(&file->mutex);

	tdi_requests_complete(&ended);
	return status;
}

/**
 * tdi_endpoint_check_idle() - may it connect or listen?
 * @ep: endpoint, its file's mutex is held
 *
 * Return: STATUS_SUCCESS if it may, STATUS_INVALID_CONNECTION if it is not
 * associated, STATUS_CONNECTION_ACTIVE if it is busy.
 */
u32 tdi_endpoint_check_idle(struct tdi_endpoint *ep)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	bool busy;

	lockdep_assert_held(&file->mutex);

	if (!ep->address)
		return STATUS_INVALID_CONNECTION;

	spin_lock_bh(&file->lock);
	busy = !list_empty(&file->queue[TDI_QUEUE_CONTROL]);
	spin_unlock_bh(&file->lock);
	if (busy || tdi_endpoint_state(ep) != TDI_STATE_ASSOCIATED)
		return STATUS_CONNECTION_ACTIVE;
	return STATUS_SUCCESS;
}

/* The same, at this moment */
enum tdi_connection_state tdi_endpoint_state_locked(struct tdi_endpoint *ep)
{
	struct tdi_connection *conn;

	lockdep_assert_held(&tdi_endpoint_file(ep)->lock);

	if (!ep->address)
		return TDI_STATE_OPENED;
	if (READ_ONCE(ep->listen))
		return TDI_STATE_LISTENING;
	if (READ_ONCE(ep->offer))
		return TDI_STATE_OFFERED;

	conn = tdi_connection_locked(ep);
	if (!conn || conn->ended)
		return TDI_STATE_ASSOCIATED;
	if (!conn->established)
		return TDI_STATE_CONNECTING;
	if (conn->fin_sent)
		return TDI_STATE_LOCAL_RELEASED;
	if (conn->peer_released)
		return TDI_STATE_REMOTE_RELEASED;
	return TDI_STATE_CONNECTED;
}

/**
 * tdi_endpoint_state() - what an endpoint is doing
 * @ep: endpoint, its file's mutex is held
 *
 * Return: one of enum tdi_connection_state.
 */
enum tdi_connection_state tdi_endpoint_state(struct tdi_endpoint *ep)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	enum tdi_connection_state state;

	lockdep_assert_held(&file->mutex);

	spin_lock_bh(&file->lock);
	state = tdi_endpoint_state_locked(ep);
	spin_unlock_bh(&file->lock);
	return state;
}

/* TdiDispatchCleanup of an endpoint: disassociation is simulated */
void tdi_endpoint_cleanup(struct tdi_endpoint *ep)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	LIST_HEAD(ended);

	mutex_lock(&file->mutex);
	tdi_endpoint_detach_locked(ep, STATUS_CANCELLED, &ended);
	mutex_unlock(&file->mutex);
	tdi_requests_complete(&ended);
}

static struct tdi_file *tdi_endpoint_first(struct tdi_file *address)
{
	struct tdi_address *object = address->address.address;
	struct tdi_endpoint *ep;
	struct tdi_file *file = NULL;

	spin_lock_bh(&object->lock);
	ep = list_first_entry_or_null(&address->address.endpoints,
				      struct tdi_endpoint, address_link);
	if (ep) {
		file = tdi_endpoint_file(ep);
		tdi_file_get(file);
	}
	spin_unlock_bh(&object->lock);
	return file;
}

/**
 * tdi_endpoint_cleanup_address() - disassociate all endpoints of an address (S6)
 * @address: address file that is being released; nothing associates any more
 */
void tdi_endpoint_cleanup_address(struct tdi_file *address)
{
	struct tdi_file *file;
	LIST_HEAD(ended);

	while ((file = tdi_endpoint_first(address))) {
		mutex_lock(&file->mutex);
		if (file->endpoint.address == address)
			tdi_endpoint_detach_locked(&file->endpoint,
						   STATUS_LOCAL_DISCONNECT,
						   &ended);
		mutex_unlock(&file->mutex);
		tdi_requests_complete(&ended);
		tdi_file_put(file);
	}
}
