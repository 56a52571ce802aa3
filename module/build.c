// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of clients in the kernel, as they are built.  TDI's TdiBuildXxx.
 *
 * All of these are for any context, and cannot fail.  What they say of statuses is
 * what the request ends with, or tdi_submit() returns.
 */
#include <linux/export.h>

#include "client.h"
#include "connection.h"
#include "datagram.h"
#include "endpoint.h"
#include "listen.h"
#include "offer.h"
#include "stream.h"

static u32 tdi_post_do_associate(struct tdi_request *req)
{
	struct tdi_file *address = req->address;

	if (tdi_file_kind(address) != TDI_TRANSPORT_ADDRESS_FILE ||
	    address->device != req->file->device)
		return STATUS_INVALID_HANDLE;
	return tdi_endpoint_associate(&req->file->endpoint, address);
}

static u32 tdi_post_do_disassociate(struct tdi_request *req)
{
	return tdi_endpoint_disassociate(&req->file->endpoint);
}

static u32 tdi_post_do_accept(struct tdi_request *req)
{
	u32 status = tdi_accept(&req->file->endpoint, req->offer, NULL,
				&req->remote, &req->epoch);

	if (!status && req->has_context)
		WRITE_ONCE(req->file->client->context,
			   req->connection_context);
	return status;
}

static const struct tdi_post tdi_post_associate = {
	.files	= TDI_ON_ENDPOINT,
	.submit	= tdi_post_do_associate,
};

static const struct tdi_post tdi_post_disassociate = {
	.files	= TDI_ON_ENDPOINT,
	.submit	= tdi_post_do_disassociate,
};

static const struct tdi_post tdi_post_connect = {
	.files	   = TDI_ON_ENDPOINT | TDI_ON_DATAGRAM,
	.submit	   = tdi_connect,
	.announces = true,
};

static const struct tdi_post tdi_post_listen = {
	.files	   = TDI_ON_ENDPOINT,
	.submit	   = tdi_listen,
	.announces = true,
};

const struct tdi_post tdi_post_accept = {
	.files	   = TDI_ON_ENDPOINT,
	.submit	   = tdi_post_do_accept,
	.announces = true,
};

static const struct tdi_post tdi_post_disconnect = {
	.files	= TDI_ON_ENDPOINT | TDI_ON_DATAGRAM,
	.submit	= tdi_disconnect,
};

static const struct tdi_post tdi_post_send = {
	.files	= TDI_ON_ENDPOINT,
	.submit	= tdi_send,
	.queue	= tdi_send_queue,
};

const struct tdi_post tdi_post_receive = {
	.files	= TDI_ON_ENDPOINT,
	.submit	= tdi_receive,
	.queue	= tdi_receive_queue,
};

static const struct tdi_post tdi_post_send_datagram = {
	.files	= TDI_ON_DATAGRAM,
	.submit	= tdi_send_datagram,
	.queue	= tdi_send_datagram_queue,
};

const struct tdi_post tdi_post_receive_datagram = {
	.files	= TDI_ON_DATAGRAM,
	.submit	= tdi_receive_datagram,
	.queue	= tdi_receive_datagram_queue,
};

/* An address that it is given may be the request's own: an answer's */
static void tdi_build(struct tdi_request *req, struct tdi_file *file,
		      const struct tdi_post *post, u32 flags)
{
	tdi_request_init(req, file);
	memset(&req->remote, 0, sizeof(req->remote));
	req->post = post;
	req->flags = flags;
	req->timeout = 0;
	INIT_LIST_HEAD(&req->client_link);
}

/**
 * tdi_build_associate() - TDI_ASSOCIATE_ADDRESS (reference 2.3)
 * @req: becomes it
 * @endpoint: not associated
 * @address: of the same device; the client has a handle of it until the request is
 *	done
 *
 * Any context.  STATUS_ADDRESS_ALREADY_ASSOCIATED; STATUS_INVALID_HANDLE if @address
 * is none.
 */
void tdi_build_associate(struct tdi_request *req, struct tdi_file *endpoint,
			 struct tdi_file *address)
{
	tdi_build(req, endpoint, &tdi_post_associate, 0);
	req->address = address;
}
EXPORT_SYMBOL_GPL(tdi_build_associate);

/**
 * tdi_build_disassociate() - TDI_DISASSOCIATE_ADDRESS (reference 2.4)
 * @req: becomes it
 * @endpoint: associated
 *
 * Any context.  STATUS_ADDRESS_NOT_ASSOCIATED; STATUS_CONNECTION_ACTIVE.
 */
void tdi_build_disassociate(struct tdi_request *req, struct tdi_file *endpoint)
{
	tdi_build(req, endpoint, &tdi_post_disassociate, 0);
}
EXPORT_SYMBOL_GPL(tdi_build_disassociate);

/**
 * tdi_build_connect() - TDI_CONNECT (reference 2.5)
 * @req: becomes it
 * @file: an endpoint; or an address of datagrams, which has one remote then
 * @remote: to whom
 * @timeout: NT's: negative is from now, in units of 100 ns, TDI_TIMEOUT_MS();
 *	0: TCP's own
 *
 * Any context.  When it is done, @remote is the peer.  STATUS_CONNECTION_REFUSED,
 * STATUS_IO_TIMEOUT, STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE,
 * STATUS_ADDRESS_ALREADY_EXISTS if there is that connection already;
 * STATUS_INVALID_CONNECTION without an address, STATUS_CONNECTION_ACTIVE if the
 * endpoint is busy, STATUS_INVALID_ADDRESS_COMPONENT.
 */
void tdi_build_connect(struct tdi_request *req, struct tdi_file *file,
		       const struct sockaddr_storage *remote, s64 timeout)
{
	const struct sockaddr_storage to = *remote;

	tdi_build(req, file, &tdi_post_connect, 0);
	req->remote = to;
	req->timeout = timeout;
}
EXPORT_SYMBOL_GPL(tdi_build_connect);

/**
 * tdi_build_listen() - TDI_LISTEN (reference 2.6)
 * @req: becomes it
 * @endpoint: becomes the connection
 * @filter: who may come: any port if it has none, anybody if it is NULL
 * @flags: 0, or TDI_QUERY_ACCEPT: it is offered, for tdi_build_accept() or
 *	tdi_build_disconnect()
 *
 * Any context.  When it is done, @remote is the peer.  STATUS_LOCAL_DISCONNECT if its
 * address or endpoint is closed; STATUS_INVALID_CONNECTION without an address,
 * STATUS_CONNECTION_ACTIVE if the endpoint is busy.
 */
void tdi_build_listen(struct tdi_request *req, struct tdi_file *endpoint,
		      const struct sockaddr_storage *filter, u32 flags)
{
	struct sockaddr_storage from = {};

	if (filter)
		from = *filter;
	tdi_build(req, endpoint, &tdi_post_listen, flags);
	req->filter = from;
}
EXPORT_SYMBOL_GPL(tdi_build_listen);

/**
 * tdi_build_accept() - TDI_ACCEPT (reference 2.7)
 * @req: becomes it
 * @endpoint: what its listen was offered; or, for a tdi_connect_handler_t to return,
 *	an idle one that is associated with the handler's address
 * @context: *@context replaces the endpoint's, unless NULL; it is copied
 *
 * Any context.  When it is done, @remote is the peer.  STATUS_INVALID_CONNECTION if
 * there is no offer, STATUS_CONNECTION_ABORTED if the peer has gone.
 */
void tdi_build_accept(struct tdi_request *req, struct tdi_file *endpoint,
		      void *const *context)
{
	tdi_build(req, endpoint, &tdi_post_accept, 0);
	req->offer = 0;
	req->has_context = context;
	if (context)
		req->connection_context = *context;
}
EXPORT_SYMBOL_GPL(tdi_build_accept);

/**
 * tdi_build_disconnect() - TDI_DISCONNECT (reference 2.8)
 * @req: becomes it
 * @file: an endpoint; or a connected address of datagrams
 * @timeout: as tdi_build_connect(); 0: TDI_DISCONNECT_TIMEOUT_MS
 * @flags: TDI_DISCONNECT_RELEASE: a FIN behind what was sent, done when the peer has
 *	it; TDI_DISCONNECT_ABORT or 0: RST
 *
 * Any context.  It always has a time limit.  STATUS_IO_TIMEOUT: the peer has not
 * acknowledged the FIN; how the connection ended; STATUS_INVALID_CONNECTION if there
 * is none.
 */
void tdi_build_disconnect(struct tdi_request *req, struct tdi_file *file,
			  s64 timeout, u32 flags)
{
	tdi_build(req, file, &tdi_post_disconnect, flags);
	req->timeout = timeout ? :
		       TDI_TIMEOUT_MS(TDI_DISCONNECT_TIMEOUT_MS);
}
EXPORT_SYMBOL_GPL(tdi_build_disconnect);

static void tdi_build_data(struct tdi_request *req, unsigned int direction,
			   void *data, size_t length)
{
	memset(&req->msg, 0, sizeof(req->msg));
	req->kvec.iov_base = data;
	req->kvec.iov_len = length;
	iov_iter_kvec(&req->msg.msg_iter, direction, &req->kvec, 1, length);
}

/**
 * tdi_build_send() - TDI_SEND (reference 2.9)
 * @req: becomes it
 * @endpoint: a connection
 * @data: the bytes, which stay until it is done
 * @length: how many
 * @flags: TDI_SEND_xxx
 *
 * Any context.  @information is how many were sent; all, or with
 * TDI_SEND_NON_BLOCKING and when it was cancelled in the middle, fewer.
 * STATUS_DEVICE_NOT_READY: with TDI_SEND_NON_BLOCKING nothing goes, and
 * TDI_EVENT_SEND_POSSIBLE will tell; STATUS_GRACEFUL_DISCONNECT after a release; how
 * the connection ended; STATUS_INVALID_CONNECTION if there is none.
 */
void tdi_build_send(struct tdi_request *req, struct tdi_file *endpoint,
		    const void *data, size_t length, u32 flags)
{
	tdi_build(req, endpoint, &tdi_post_send, flags);
	tdi_build_data(req, ITER_SOURCE, (void *)data, length);
}
EXPORT_SYMBOL_GPL(tdi_build_send);

/**
 * tdi_build_receive() - TDI_RECEIVE (reference 2.10)
 * @req: becomes it
 * @endpoint: a connection
 * @data: where to, until it is done
 * @length: how many bytes at most
 * @flags: TDI_RECEIVE_xxx
 *
 * Any context.  It is done as soon as some have come.  @information is how many: 0
 * with STATUS_SUCCESS is the peer's release.  How the connection ended;
 * STATUS_INVALID_CONNECTION if there is none.
 */
void tdi_build_receive(struct tdi_request *req, struct tdi_file *endpoint,
		       void *data, size_t length, u32 flags)
{
	tdi_build(req, endpoint, &tdi_post_receive, flags);
	tdi_build_data(req, ITER_DEST, data, length);
}
EXPORT_SYMBOL_GPL(tdi_build_receive);

/**
 * tdi_build_send_datagram() - TDI_SEND_DATAGRAM (reference 2.11)
 * @req: becomes it
 * @address: of datagrams
 * @remote: where to; NULL: to whom it is connected
 * @data: the datagram, which stays until it is done
 * @length: its bytes
 *
 * Any context.  STATUS_INVALID_ADDRESS_COMPONENT without @remote and connection;
 * STATUS_INVALID_BUFFER_SIZE if it is too long; STATUS_NETWORK_UNREACHABLE and its
 * kin.
 */
void tdi_build_send_datagram(struct tdi_request *req, struct tdi_file *address,
			     const struct sockaddr_storage *remote,
			     const void *data, size_t length)
{
	struct sockaddr_storage to = {};

	if (remote)
		to = *remote;
	tdi_build(req, address, &tdi_post_send_datagram, 0);
	tdi_build_data(req, ITER_SOURCE, (void *)data, length);
	req->remote = to;
}
EXPORT_SYMBOL_GPL(tdi_build_send_datagram);

/**
 * tdi_build_receive_datagram() - TDI_RECEIVE_DATAGRAM (reference 2.12)
 * @req: becomes it
 * @address: of datagrams
 * @source: from whom: any port if it has none, anybody if it is NULL
 * @data: where to, until it is done
 * @length: how many bytes at most
 * @flags: 0, TDI_RECEIVE_NORMAL, TDI_RECEIVE_PEEK
 *
 * Any context.  When it is done, @remote is the source; STATUS_BUFFER_OVERFLOW if
 * it was longer, and the rest is lost.
 */
void tdi_build_receive_datagram(struct tdi_request *req,
				struct tdi_file *address,
				const struct sockaddr_storage *source,
				void *data, size_t length, u32 flags)
{
	struct sockaddr_storage from = {};

	if (source)
		from = *source;
	tdi_build(req, address, &tdi_post_receive_datagram, flags);
	tdi_build_data(req, ITER_DEST, data, length);
	req->remote = from;
}
EXPORT_SYMBOL_GPL(tdi_build_receive_datagram);

/**
 * tdi_set_iter() - data in several pieces
 * @req: a send or a receive, of datagrams or not
 * @iter: its data, of the same direction, kernel memory; what it refers to stays
 *	until @req is done
 *
 * Any context.
 */
void tdi_set_iter(struct tdi_request *req, const struct iov_iter *iter)
{
	req->msg.msg_iter = *iter;
}
EXPORT_SYMBOL_GPL(tdi_set_iter);
