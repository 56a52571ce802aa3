// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event handlers of clients in the kernel (reference 3), the other consumer of
 * the ready list: a work item of the address calls them, one at a time, with
 * bottom halves off.
 *
 * Data is shown where it lies, with the connection's socket locked: a handler may
 * submit what it likes, for that locks none.
 */
#include "address.h"
#include "client.h"
#include "connection.h"
#include "event.h"
#include "handler.h"
#include "indication.h"
#include "listen.h"
#include "offer.h"
#include "sock.h"
#include "stream.h"
#include "taddr.h"

/* Bytes of one connection in a turn */
#define TDI_HANDLER_BYTES	SZ_64K
/* Endpoints, offers or datagrams of one address in a turn */
#define TDI_HANDLER_TURN	16

/**
 * struct tdi_handling - handlers are called for an endpoint
 * @events: of its address file
 * @file: the endpoint
 * @conn: its connection
 */
struct tdi_handling {
	struct tdi_events *events;
	struct tdi_file *file;
	struct tdi_connection *conn;
};

/* Is there a handler?  Then which */
bool tdi_handler_wanted(struct tdi_events *events, u32 type,
			struct tdi_event_handler *handler)
{
	bool wanted;

	spin_lock_bh(&events->lock);
	wanted = events->handled && events->wanted & BIT(type);
	*handler = events->handlers[type];
	spin_unlock_bh(&events->lock);
	return wanted;
}

static void *tdi_handling_context(const struct tdi_handling *handling)
{
	return READ_ONCE(handling->file->client->context);
}

static bool tdi_handler_is_for(const struct tdi_request *req,
			       const struct tdi_file *file,
			       const struct tdi_post *post)
{
	return req->file == file && req->post == post;
}

/* One that is not to be had; its file cannot be closed before this returns */
static void tdi_handler_refuse(struct tdi_request *req, u32 status)
{
	req->status = status;
	local_bh_disable();
	req->complete(req);
	local_bh_enable();
}

/**
 * tdi_handler_give() - a handler has returned a request for what it did not take
 * @file: what it has to be for
 * @req: the request
 * @post: what it has to be
 * @fill: does it, if that is not @post's submit
 * @arg: for @fill
 *
 * One that cannot be is completed so.
 */
void tdi_handler_give(struct tdi_file *file, struct tdi_request *req,
		      const struct tdi_post *post,
		      u32 (*fill)(struct tdi_request *req, void *arg),
		      void *arg)
{
	u32 status = STATUS_INVALID_PARAMETER;

	if (tdi_handler_is_for(req, file, post))
		status = tdi_client_take(req);
	if (status) {
		tdi_handler_refuse(req, status);
		return;
	}
	status = fill ? fill(req, arg) : post->submit(req);
	if (status != STATUS_PENDING)
		tdi_client_finish(req, status);
}

/**
 * struct tdi_indication - data that is shown to a handler
 * @handling: of which endpoint
 * @handler: the handler
 * @flags: TDI_RECEIVE_NORMAL or TDI_RECEIVE_EXPEDITED
 * @request: what it returned for what it did not take
 * @filled: which has that
 * @silent: it has no room for the rest
 */
struct tdi_indication {
	struct tdi_handling *handling;
	struct tdi_event_handler handler;
	u32 flags;
	struct tdi_request *request;
	bool filled;
	bool silent;
};

/* Reference 3.5.  Return: how many bytes it took */
static size_t tdi_handler_indicate(struct tdi_indication *ind, const void *data,
				   u32 length)
{
	struct tdi_request *request = NULL;
	u32 taken = 0, status;

	local_bh_disable();
	status = ind->handler.function.receive(
			tdi_handler_context(&ind->handler),
			tdi_handling_context(ind->handling),
			ind->flags | TDI_RECEIVE_ENTIRE_MESSAGE |
			TDI_RECEIVE_AT_DISPATCH_LEVEL,
			length, length, &taken, data, &request);
	local_bh_enable();

	taken = min(taken, length);
	if (status == STATUS_MORE_PROCESSING_REQUIRED && request)
		ind->request = request;
	else if (taken < length && (status != STATUS_SUCCESS || !taken))
		ind->silent = true;
	return taken;
}

/* A request that waits has precedence, and completes before what comes next. */
static bool tdi_handling_waits(const struct tdi_handling *handling)
{
	return atomic_read(&handling->file->client->receives) ||
	       !list_empty_careful(&handling->file->queue[TDI_QUEUE_RECEIVE]);
}

/*
 * What the handler left goes into the request that it returned, at once: others
 * that have come meanwhile would take it.  Return: how many bytes do
 */
static size_t tdi_handler_fill(struct tdi_indication *ind, const void *data,
			       size_t length)
{
	struct tdi_request *req = ind->request;

	if (!length || !req ||
	    !tdi_handler_is_for(req, ind->handling->file, &tdi_post_receive) ||
	    !tdi_receive_fits(req, ind->flags) || tdi_client_take(req))
		return 0;
	ind->filled = true;
	req->information = copy_to_iter(data, length, &req->msg.msg_iter);
	return req->information;
}

/* The request for what it did not take of this connection's */
static void tdi_handler_give_rest(struct tdi_indication *ind)
{
	struct tdi_handling *handling = ind->handling;
	struct tdi_request *req = ind->request;

	if (!req)
		return;
	req->epoch = handling->conn->epoch;
	if (ind->filled) {
		tdi_event_resume(handling->conn, tdi_queue_of_receive(req));
		tdi_client_finish(req, req->information ?
				  STATUS_SUCCESS : STATUS_ACCESS_VIOLATION);
	} else {
		tdi_handler_give(handling->file, req, &tdi_post_receive, NULL,
				 NULL);
	}
}

/* A run of normal data; called with the socket locked */
static size_t tdi_handler_run(void *arg, const void *data, size_t length,
			      bool *stop)
{
	struct tdi_indication *ind = arg;
	struct tdi_handling *handling = ind->handling;
	size_t taken;

	/* nor of a connection that has been replaced */
	if (tdi_handling_waits(handling) ||
	    !tdi_connection_is_current(handling->conn)) {
		*stop = true;
		return 0;
	}
	/* before it is asked for: a receive that comes meanwhile ends the silence */
	set_bit(TDI_CONNECTION_SILENT, &handling->conn->flags);
	taken = tdi_handler_indicate(ind, data, length);
	if (!ind->silent)
		clear_bit(TDI_CONNECTION_SILENT, &handling->conn->flags);
	*stop = ind->silent || ind->request;
	return taken + tdi_handler_fill(ind, data + taken, length - taken);
}

/* Return: whether something was told, as those below */
static bool tdi_handle_data(struct tdi_handling *handling)
{
	struct tdi_indication ind = {
		.handling = handling, .flags = TDI_RECEIVE_NORMAL,
	};
	struct tdi_connection *conn = handling->conn;
	int n;

	if (!tdi_handler_wanted(handling->events, TDI_EVENT_RECEIVE,
				&ind.handler) ||
	    test_bit(TDI_CONNECTION_SILENT, &conn->flags))
		return false;

	n = tdi_sock_read(&conn->sock,
			  test_bit(TDI_CONNECTION_URGENT_TOLD, &conn->flags),
			  TDI_HANDLER_BYTES, tdi_handler_run, &ind);
	if (n > 0)
		tdi_connection_count_received(conn, n);
	tdi_handler_give_rest(&ind);
	return n > 0 || ind.request;
}

/* Without a handler of its own it comes as RECEIVE, with its flag. */
static bool tdi_handle_expedited(struct tdi_handling *handling)
{
	struct tdi_indication ind = {
		.handling = handling, .flags = TDI_RECEIVE_EXPEDITED,
	};
	struct tdi_connection *conn = handling->conn;
	int urgent;
	u8 byte;

	if (!tdi_sock_urgent(&conn->sock) ||
	    test_bit(TDI_CONNECTION_URGENT_TOLD, &conn->flags) ||
	    !list_empty_careful(&handling->file->queue[TDI_QUEUE_EXPEDITED]))
		return false;
	if (!tdi_handler_wanted(handling->events, TDI_EVENT_RECEIVE_EXPEDITED,
				&ind.handler) &&
	    !tdi_handler_wanted(handling->events, TDI_EVENT_RECEIVE,
				&ind.handler))
		return false;

	urgent = tdi_sock_take_urgent(&conn->sock, false);
	/* nor of a connection that has been replaced */
	if (urgent < 0 || !tdi_connection_is_current(conn))
		return false;
	byte = urgent;
	if (tdi_handler_indicate(&ind, &byte, 1) ||
	    tdi_handler_fill(&ind, &byte, 1)) {
		tdi_connection_count_received(conn, 1);
	} else {
		set_bit(TDI_CONNECTION_URGENT_TOLD, &conn->flags);
		tdi_sock_return_urgent(&conn->sock, urgent);
		/* those that looked for it meanwhile */
		tdi_queue_kick(handling->file, TDI_QUEUE_EXPEDITED);
		tdi_queue_kick(handling->file, TDI_QUEUE_RECEIVE);
	}
	tdi_handler_give_rest(&ind);
	return true;
}

/* Not before what was received is the client's: its completion has returned */
static bool tdi_handle_end(struct tdi_handling *handling)
{
	struct tdi_event_handler handler;
	u32 flags;

	if (atomic_read(&handling->file->client->receives) ||
	    !tdi_handler_wanted(handling->events, TDI_EVENT_DISCONNECT,
				&handler))
		return false;
	flags = tdi_event_owed_end(handling->events, handling->conn);
	if (!flags)
		return false;
	tdi_event_told_end(handling->conn);
	local_bh_disable();
	handler.function.disconnect(tdi_handler_context(&handler),
				    tdi_handling_context(handling), 0, NULL, 0,
				    NULL, flags);
	local_bh_enable();
	return true;
}

/* After a send that must not wait did not go */
static bool tdi_handle_space(struct tdi_handling *handling)
{
	struct tdi_connection *conn = handling->conn;
	struct tdi_event_handler handler;
	u32 space;

	if (!tdi_handler_wanted(handling->events, TDI_EVENT_SEND_POSSIBLE,
				&handler))
		return false;
	space = tdi_event_owed_space(conn);
	if (!space || !test_and_clear_bit(TDI_CONNECTION_SEND_FAILED,
					  &conn->flags))
		return false;
	local_bh_disable();
	handler.function.send_possible(tdi_handler_context(&handler),
				       tdi_handling_context(handling), space);
	local_bh_enable();
	return true;
}

/* In the order that is the order of events */
static bool tdi_handle_once(struct tdi_handling *handling)
{
	struct tdi_connection *conn = handling->conn;

	/* an abort is told at once, and nothing after the end */
	if (tdi_connection_has_ended(conn) && conn->status)
		return tdi_handle_end(handling);
	if (!READ_ONCE(conn->told_end) &&
	    (tdi_handle_expedited(handling) || tdi_handle_data(handling)))
		return true;
	return tdi_handle_end(handling) || tdi_handle_space(handling);
}

static void tdi_handle_endpoint(struct tdi_events *events,
				struct tdi_file *file)
{
	struct tdi_handling handling = { .events = events, .file = file };
	bool told = false;

	if (!tdi_client_begin_telling(file))
		return;
	handling.conn = tdi_event_connection(events->file, file);
	/* not before the client knows that it is connected */
	if (handling.conn && READ_ONCE(handling.conn->announced))
		told = tdi_handle_once(&handling);
	if (handling.conn)
		tdi_connection_put(handling.conn);
	/* there may be more */
	if (told)
		tdi_event_ready(&file->endpoint);
	tdi_client_end_telling(file);
}

/* Return: whether there are more */
static bool tdi_handle_endpoints(struct tdi_events *events)
{
	int turns = TDI_HANDLER_TURN;
	struct tdi_file *file;

	while (turns-- && (file = tdi_event_pop(events, true))) {
		tdi_handle_endpoint(events, file);
		tdi_file_put(file);
		cond_resched();
	}
	return !list_empty_careful(&events->ready);
}

static u64 tdi_handler_find_offer(struct tdi_events *events,
				  struct sockaddr_storage *peer)
{
	struct tdi_address *address = events->file->address.address;
	struct tdi_offer *offer;
	u64 cookie = 0;

	mutex_lock(&address->mutex);
	offer = tdi_event_owed_offer(events);
	if (offer) {
		offer->told = true;
		cookie = offer->cookie;
		*peer = offer->peer;
	}
	mutex_unlock(&address->mutex);
	return cookie;
}

/* It is being handled.  Return: whether the offer is somebody's now */
static bool tdi_handler_accept(struct tdi_request *accept, u64 offer,
			       void *connection_context)
{
	struct tdi_file *file = accept->file;
	u32 status;

	status = accept->post == &tdi_post_accept ?
		 tdi_file_check(file, tdi_post_accept.files) :
		 STATUS_INVALID_PARAMETER;
	if (!status)
		status = tdi_client_take(accept);
	if (status) {
		tdi_handler_refuse(accept, status);
	} else {
		if (connection_context) {
			accept->has_context = true;
			accept->connection_context = connection_context;
		}
		accept->offer = offer;
		status = accept->post->submit(accept);
		tdi_client_finish(accept, status);
	}
	tdi_client_end_handling(file);
	return !status;
}

static void tdi_handle_offer(struct tdi_events *events,
			     const struct tdi_event_handler *handler, u64 offer,
			     const struct sockaddr_storage *peer)
{
	void *connection_context = NULL;
	struct tdi_request *accept = NULL;
	u8 ta[TDI_TA_LENGTH_IP6];
	size_t length;
	u32 status;

	length = tdi_taddr_build(peer, ta);
	/* until tdi_close() of the endpoint would wait for it */
	rcu_read_lock();
	local_bh_disable();
	status = handler->function.connect(tdi_handler_context(handler), length,
					   ta, 0, NULL, 0, NULL,
					   &connection_context, &accept);
	local_bh_enable();
	if (status != STATUS_MORE_PROCESSING_REQUIRED)
		accept = NULL;
	if (accept && !tdi_client_begin_handling(accept->file)) {
		tdi_handler_refuse(accept, STATUS_INVALID_HANDLE);
		accept = NULL;
	}
	rcu_read_unlock();
	if (!accept || !tdi_handler_accept(accept, offer, connection_context))
		tdi_event_reply(events->file, offer, STATUS_CONNECTION_REFUSED);
}

/* Return: whether there are more */
static bool tdi_handle_offers(struct tdi_events *events)
{
	struct tdi_event_handler handler;
	struct sockaddr_storage peer;
	int turns = TDI_HANDLER_TURN;
	u64 offer;

	while (turns-- && READ_ONCE(events->incoming) &&
	       tdi_handler_wanted(events, TDI_EVENT_CONNECT, &handler)) {
		offer = tdi_handler_find_offer(events, &peer);
		if (offer)
			tdi_handle_offer(events, &handler, offer, &peer);
	}
	return READ_ONCE(events->incoming) &&
	       tdi_handler_wanted(events, TDI_EVENT_CONNECT, &handler);
}

/* The address cannot be used as it was. */
static void tdi_handle_error(struct tdi_events *events)
{
	struct tdi_event_handler handler;
	u32 error;

	if (!READ_ONCE(events->error) ||
	    !tdi_handler_wanted(events, TDI_EVENT_ERROR, &handler))
		return;
	error = xchg(&events->error, STATUS_SUCCESS);
	local_bh_disable();
	handler.function.error(tdi_handler_context(&handler), error);
	local_bh_enable();
}

/* events->work */
void tdi_handler_work(struct work_struct *work)
{
	struct tdi_events *events = container_of(work, struct tdi_events, work);
	bool more;

	if (tdi_file_is_datagram(events->file)) {
		more = tdi_handle_datagrams(events);
	} else {
		more = tdi_handle_offers(events);
		tdi_handle_error(events);
		more |= tdi_handle_endpoints(events);
	}
	if (more)
		queue_work(tdi_workqueue, &events->work);
}
