// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event handlers of clients in the kernel: datagrams, and what became of those
 * that were sent (reference 3.6, 3.8).
 */
#include "address.h"
#include "datagram.h"
#include "handler.h"
#include "sock.h"
#include "taddr.h"

/* Datagrams of one address in a turn */
#define TDI_HANDLER_DATAGRAMS	64

/**
 * struct tdi_rest - what a handler has left of a datagram
 * @skb: the datagram
 * @offset: from here
 * @source: where it came from
 */
struct tdi_rest {
	struct sk_buff *skb;
	u32 offset;
	struct sockaddr_storage source;
};

static u32 tdi_rest_fill(struct tdi_request *req, void *arg)
{
	size_t room = msg_data_left(&req->msg), left;
	struct tdi_rest *rest = arg;

	left = rest->skb->len - rest->offset;
	req->remote = rest->source;
	req->information = min(left, room);
	if (skb_copy_datagram_iter(rest->skb, rest->offset,
				   &req->msg.msg_iter, req->information))
		return STATUS_ACCESS_VIOLATION;
	return left > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static void tdi_handle_datagram(struct tdi_events *events,
				const struct tdi_event_handler *handler,
				struct tdi_rest *rest, u32 flags)
{
	struct tdi_request *request = NULL;
	struct sk_buff *skb = rest->skb;
	u8 ta[TDI_TA_LENGTH_IP6];
	u32 taken = 0, status;
	size_t length;

	length = tdi_taddr_build(&rest->source, ta);
	local_bh_disable();
	status = handler->function.receive_datagram(
			tdi_handler_context(handler), length, ta, 0, NULL,
			flags | TDI_RECEIVE_ENTIRE_MESSAGE |
			TDI_RECEIVE_AT_DISPATCH_LEVEL,
			skb->len, skb->len, &taken, skb->data, &request);
	local_bh_enable();
	if (status != STATUS_MORE_PROCESSING_REQUIRED || !request)
		return;
	rest->offset = min(taken, skb->len);
	tdi_handler_give(events->file, request, &tdi_post_receive_datagram,
			 tdi_rest_fill, rest);
}

/* The next one that is the event's, off the socket */
static struct sk_buff *tdi_handler_next(struct tdi_file *file,
					struct sockaddr_storage *source,
					u32 *flags)
{
	struct tdi_events *events = file->address.events;
	struct sk_buff *skb = NULL;

	mutex_lock(&events->reading.mutex);
	WRITE_ONCE(events->incoming, false);
	if (tdi_datagram_is_for_event(file))
		skb = tdi_datagram_take_next(file, source, flags);
	tdi_event_end_reading(file);
	return skb;
}

static bool tdi_handle_error_ex(struct tdi_events *events)
{
	struct socket *sock = events->file->address.sock.socket;
	struct tdi_event_handler handler;
	struct sockaddr_storage remote;
	u8 ta[TDI_TA_LENGTH_IP6];
	size_t length = 0;
	int err;

	if (!tdi_sock_has_error(sock) ||
	    !tdi_handler_wanted(events, TDI_EVENT_ERROR_EX, &handler))
		return false;
	err = tdi_sock_take_error(sock, &remote);
	if (err < 0)
		return false;
	if (!err)
		return true;
	if (remote.ss_family)
		length = tdi_taddr_build(&remote, ta);
	local_bh_disable();
	handler.function.error_ex(tdi_handler_context(&handler),
				  tdi_status_from_icmp(-err), length, ta);
	local_bh_enable();
	return true;
}

/* Return: whether there are more */
bool tdi_handle_datagrams(struct tdi_events *events)
{
	struct tdi_file *file = events->file;
	struct tdi_event_handler handler;
	struct tdi_rest rest;
	u32 flags, turn;

	for (turn = 0; turn < TDI_HANDLER_DATAGRAMS; turn++) {
		if (tdi_handle_error_ex(events))
			continue;
		if (!tdi_handler_wanted(events, TDI_EVENT_RECEIVE_DATAGRAM,
					&handler))
			return false;
		flags = 0;
		rest.skb = tdi_handler_next(file, &rest.source, &flags);
		if (!rest.skb)
			return false;
		tdi_datagram_count_received(file, rest.skb->len);
		tdi_handle_datagram(events, &handler, &rest, flags);
		tdi_sock_free_datagram(file->address.sock.socket, rest.skb);
		cond_resched();
	}
	return true;
}
