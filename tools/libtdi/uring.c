// SPDX-License-Identifier: LGPL-2.1-or-later
/* TDI requests: an io_uring command each */
#include "argument.h"
#include "internal.h"
#include "libtdi-uring.h"

uint32_t tdi_query_uring(int fd)
{
	struct tdi_query_caps caps;
	uint32_t status = tdi_query_caps(fd, &caps, 0, NULL);

	if (!status && !(caps.capabilities & TDI_CAP_URING))
		status = tdi_fail(STATUS_NOT_SUPPORTED);
	return status;
}

void tdi_prep_command(struct io_uring_sqe *sqe, int fd, uint32_t command,
		      const void *argument)
{
	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, fd, NULL, 0, 0);
	sqe->cmd_op = command;
	/* the first 8 bytes of the command area */
	sqe->addr3 = tdi_user_pointer(argument);
}

/* The argument is there, but for its head. */
static void prep(struct io_uring_sqe *sqe, struct tdi_request *request,
		 int endpoint, uint32_t command, uint32_t size, uint32_t flags,
		 struct tdi_taddr *peer)
{
	struct tdi_head *head = &request->argument.head;

	if (!request->io.cookie)
		request->io.cookie = tdi_user_pointer(request);
	request->peer = peer;
	request->room = 0;
	head->size = size;
	head->flags = flags;
	head->cookie = request->io.cookie;
	tdi_prep_command(sqe, endpoint, command, head);
	io_uring_sqe_set_data(sqe, request);
}

void tdi_prep_connect(struct io_uring_sqe *sqe, struct tdi_request *request,
		      int endpoint, const struct tdi_taddr *remote,
		      int64_t timeout, struct tdi_taddr *peer, uint32_t flags)
{
	request->argument.connect = tdi_connect_argument(remote, timeout, peer);
	prep(sqe, request, endpoint, TDI_IOC_CONNECT,
	     sizeof(request->argument.connect), flags, peer);
}

void tdi_prep_listen(struct io_uring_sqe *sqe, struct tdi_request *request,
		     int endpoint, const struct tdi_taddr *from,
		     struct tdi_taddr *peer, uint32_t flags)
{
	request->argument.listen = tdi_listen_argument(from, peer);
	prep(sqe, request, endpoint, TDI_IOC_LISTEN,
	     sizeof(request->argument.listen), flags, peer);
}

void tdi_prep_accept(struct io_uring_sqe *sqe, struct tdi_request *request,
		     int endpoint, uint64_t offer, uint64_t context,
		     struct tdi_taddr *peer, uint32_t flags)
{
	request->argument.accept = tdi_accept_argument(offer, context, peer);
	prep(sqe, request, endpoint, TDI_IOC_ACCEPT,
	     sizeof(request->argument.accept), flags, peer);
}

void tdi_prep_disconnect(struct io_uring_sqe *sqe, struct tdi_request *request,
			 int endpoint, int64_t timeout, uint32_t flags)
{
	request->argument.disconnect = tdi_disconnect_argument(timeout);
	prep(sqe, request, endpoint, TDI_IOC_DISCONNECT,
	     sizeof(request->argument.disconnect), flags, NULL);
}

static void prep_data(struct io_uring_sqe *sqe, struct tdi_request *request,
		      int endpoint, uint32_t command, struct tdi_data data,
		      uint32_t flags)
{
	request->argument.data = data;
	prep(sqe, request, endpoint, command, sizeof(data), flags, NULL);
}

void tdi_prep_send(struct io_uring_sqe *sqe, struct tdi_request *request,
		   int endpoint, const void *buffer, size_t length,
		   uint32_t flags)
{
	prep_data(sqe, request, endpoint, TDI_IOC_SEND,
		  tdi_data_argument(buffer, length), flags);
}

void tdi_prep_sendv(struct io_uring_sqe *sqe, struct tdi_request *request,
		    int endpoint, const struct iovec *iov, unsigned int count,
		    uint32_t flags)
{
	prep_data(sqe, request, endpoint, TDI_IOC_SEND,
		  tdi_datav_argument(iov, count), flags);
}

void tdi_prep_receive(struct io_uring_sqe *sqe, struct tdi_request *request,
		      int endpoint, void *buffer, size_t length,
		      uint32_t flags)
{
	prep_data(sqe, request, endpoint, TDI_IOC_RECEIVE,
		  tdi_data_argument(buffer, length), flags);
}

void tdi_prep_receivev(struct io_uring_sqe *sqe, struct tdi_request *request,
		       int endpoint, const struct iovec *iov,
		       unsigned int count, uint32_t flags)
{
	prep_data(sqe, request, endpoint, TDI_IOC_RECEIVE,
		  tdi_datav_argument(iov, count), flags);
}

void tdi_prep_send_datagram(struct io_uring_sqe *sqe,
			    struct tdi_request *request, int address,
			    const void *buffer, size_t length,
			    const struct tdi_taddr *remote, uint32_t flags)
{
	request->argument.datagram = tdi_datagram_argument(buffer, length,
							   remote, NULL);
	prep(sqe, request, address, TDI_IOC_SEND_DATAGRAM,
	     sizeof(request->argument.datagram), flags, NULL);
}

void tdi_prep_receive_datagram(struct io_uring_sqe *sqe,
			       struct tdi_request *request, int address,
			       void *buffer, size_t length,
			       const struct tdi_taddr *from,
			       struct tdi_taddr *source, uint32_t flags)
{
	request->argument.datagram = tdi_datagram_argument(buffer, length, from,
							   source);
	prep(sqe, request, address, TDI_IOC_RECEIVE_DATAGRAM,
	     sizeof(request->argument.datagram), flags, source);
	request->room = length;
}

/* A ring tells no length: that of what was written into the room */
static void take_peer(struct tdi_taddr *peer)
{
	struct sockaddr_storage ss;
	socklen_t length;

	peer->length = sizeof(peer->bytes);
	if (tdi_taddr_to_sockaddr(peer, &ss, &length))
		peer->length = 0;
	else
		tdi_taddr_from_sockaddr(peer, (struct sockaddr *)&ss, length);
}

/* What came of it.  Of a datagram that was longer there is as much as fits. */
static void take_result(struct tdi_request *request, int res, uint32_t status)
{
	int truncated = status == STATUS_BUFFER_OVERFLOW && request->room;

	request->io.information = truncated ? request->room :
				  res < 0 ? 0 : (uint64_t)res;
	request->io.status = status;
	request->io.error = res < 0 ? -res : 0;
	if (request->peer && status && !truncated)
		request->peer->length = 0;
	else if (request->peer)
		take_peer(request->peer);
}

uint32_t tdi_complete(const struct io_uring *ring,
		      const struct io_uring_cqe *cqe,
		      struct tdi_request *request)
{
	int error = cqe->res < 0 ? -cqe->res : 0;
	uint32_t status = STATUS_SUCCESS;

	/* io_uring's own errors come without one */
	if (error && ring->flags & IORING_SETUP_CQE32)
		status = cqe->big_cqe[0];
	if (error && !status)
		status = tdi_status_from_errno(error);
	if (request)
		take_result(request, cqe->res, status);
	if (error)
		errno = error;
	return status;
}
