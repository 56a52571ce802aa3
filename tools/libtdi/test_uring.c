// SPDX-License-Identifier: LGPL-2.1-or-later
/* What libtdi-uring does without a module: submissions, completions */
#include <errno.h>
#include <string.h>
#include "libtdi-uring.h"
#include "test.h"

#define ENDPOINT	5
#define FLAGS		0x40

static uint64_t address(const void *pointer)
{
	return (uintptr_t)pointer;
}

/* Everything but the argument */
static void check_submission(const char *what, const struct io_uring_sqe *sqe,
			     const struct tdi_request *request,
			     uint32_t command, size_t size)
{
	const struct tdi_head *head = &request->argument.head;

	CHECK_FOR(what, sqe->opcode == IORING_OP_URING_CMD && !sqe->flags);
	CHECK_FOR(what, sqe->fd == ENDPOINT && sqe->cmd_op == command);
	CHECK_FOR(what, !sqe->__pad1 && !sqe->uring_cmd_flags && !sqe->len);
	CHECK_FOR(what, sqe->addr3 == address(head));
	CHECK_FOR(what, sqe->user_data == address(request));
	CHECK_FOR(what, head->size == size && head->flags == FLAGS);
	CHECK_FOR(what, head->cookie == request->io.cookie);
	CHECK_FOR(what, !head->information && !head->status);
}

static int is_in(const struct tdi_connection_information *info,
		 const struct tdi_taddr *ta)
{
	return info->remote_address == address(ta->bytes) &&
	       info->remote_address_length == ta->length;
}

static int is_room(const struct tdi_connection_information *info,
		   const struct tdi_taddr *ta)
{
	return info->remote_address == address(ta->bytes) &&
	       info->remote_address_length == sizeof(ta->bytes);
}

static int is_data(const struct tdi_data *data, const void *buffer,
		   size_t length, unsigned int count)
{
	return data->buffer == address(buffer) && data->length == length &&
	       data->iov_count == count && !data->__reserved;
}

static int is_datagram(const struct tdi_datagram *datagram, const void *buffer,
		       size_t length)
{
	return datagram->buffer == address(buffer) &&
	       datagram->length == length && !datagram->iov_count &&
	       !datagram->__reserved;
}

#define SUBMISSION(command, member)					\
	check_submission(#command, &sqe, &request, command,		\
			 sizeof(request.argument.member))

void test_uring_arguments(void)
{
	struct io_uring_sqe sqe = { 0 };
	struct tdi_request request = { 0 };
	struct tdi_taddr remote, peer;
	struct iovec iov[3];
	char bytes[8];

	CHECK(!tdi_taddr_parse(&remote, "127.0.0.1:80"));
	tdi_prep_connect(&sqe, &request, ENDPOINT, &remote, -7, &peer, FLAGS);
	SUBMISSION(TDI_IOC_CONNECT, connect);
	CHECK(request.argument.connect.timeout == -7);
	CHECK(is_in(&request.argument.connect.request, &remote));
	CHECK(is_room(&request.argument.connect.ret, &peer));
	tdi_prep_listen(&sqe, &request, ENDPOINT, &remote, &peer, FLAGS);
	SUBMISSION(TDI_IOC_LISTEN, listen);
	CHECK(is_in(&request.argument.listen.request, &remote));
	CHECK(is_room(&request.argument.listen.ret, &peer));
	tdi_prep_accept(&sqe, &request, ENDPOINT, 11, 12, &peer, FLAGS);
	SUBMISSION(TDI_IOC_ACCEPT, accept);
	CHECK(request.argument.accept.offer == 11 &&
	      request.argument.accept.connection_context == 12);
	CHECK(is_room(&request.argument.accept.ret, &peer));
	tdi_prep_disconnect(&sqe, &request, ENDPOINT, -7, FLAGS);
	SUBMISSION(TDI_IOC_DISCONNECT, disconnect);
	CHECK(request.argument.disconnect.timeout == -7);
	tdi_prep_send(&sqe, &request, ENDPOINT, bytes, 8, FLAGS);
	SUBMISSION(TDI_IOC_SEND, data);
	CHECK(is_data(&request.argument.data, bytes, 8, 0));
	tdi_prep_receive(&sqe, &request, ENDPOINT, bytes, 8, FLAGS);
	SUBMISSION(TDI_IOC_RECEIVE, data);
	CHECK(is_data(&request.argument.data, bytes, 8, 0));
	tdi_prep_sendv(&sqe, &request, ENDPOINT, iov, 3, FLAGS);
	SUBMISSION(TDI_IOC_SEND, data);
	CHECK(is_data(&request.argument.data, iov, 0, 3));
	tdi_prep_receivev(&sqe, &request, ENDPOINT, iov, 3, FLAGS);
	SUBMISSION(TDI_IOC_RECEIVE, data);
	CHECK(is_data(&request.argument.data, iov, 0, 3));
	tdi_prep_send_datagram(&sqe, &request, ENDPOINT, bytes, 8, &remote,
			       FLAGS);
	SUBMISSION(TDI_IOC_SEND_DATAGRAM, datagram);
	CHECK(is_datagram(&request.argument.datagram, bytes, 8));
	CHECK(is_in(&request.argument.datagram.request, &remote));
	CHECK(!request.argument.datagram.ret.remote_address && !request.peer);
	tdi_prep_receive_datagram(&sqe, &request, ENDPOINT, bytes, 7, &remote,
				  &peer, FLAGS);
	SUBMISSION(TDI_IOC_RECEIVE_DATAGRAM, datagram);
	CHECK(is_datagram(&request.argument.datagram, bytes, 7));
	CHECK(is_in(&request.argument.datagram.request, &remote));
	CHECK(is_room(&request.argument.datagram.ret, &peer));
	/* not a buffer */
	tdi_prep_receivev(&sqe, &request, ENDPOINT, iov, 0, FLAGS);
	CHECK(request.argument.data.iov_count > 1024);
}

/* Nothing of the last use is left; the cookie is the caller's, if there is one */
void test_uring_again(void)
{
	struct tdi_connection_information none = { 0 };
	struct io_uring_sqe sqe = { 0 };
	struct tdi_request request;
	char byte;

	memset(&request, 0xee, sizeof(request));
	request.io.cookie = 9;
	tdi_prep_listen(&sqe, &request, ENDPOINT, NULL, NULL, FLAGS);
	SUBMISSION(TDI_IOC_LISTEN, listen);
	CHECK(request.io.cookie == 9 && !request.peer);
	CHECK(!memcmp(&request.argument.listen.request, &none, sizeof(none)) &&
	      !memcmp(&request.argument.listen.ret, &none, sizeof(none)));
	request.io.cookie = 0;
	tdi_prep_receive(&sqe, &request, ENDPOINT, &byte, 1, FLAGS);
	SUBMISSION(TDI_IOC_RECEIVE, data);
	CHECK(request.io.cookie == address(&request));
}

/* A completion, with room for a status behind it */
struct completion {
	struct io_uring_cqe cqe;
	uint64_t big[2];
};

static uint32_t complete(unsigned int setup, int res, uint64_t status,
			 struct tdi_request *request)
{
	struct completion completion = { .cqe.res = res, .big = { status } };
	struct io_uring ring = { .flags = setup };

	errno = EXDEV;
	return tdi_complete(&ring, &completion.cqe, request);
}

void test_uring_completions(void)
{
	struct tdi_request request = { .io.cookie = 9 };
	const unsigned int big = IORING_SETUP_CQE32;

	CHECK(!complete(big, 7, 0, &request));
	CHECK(request.io.information == 7 && !request.io.status &&
	      !request.io.error && request.io.cookie == 9 && errno == EXDEV);
	CHECK(complete(big, -ECONNABORTED, STATUS_LOCAL_DISCONNECT, &request) ==
	      STATUS_LOCAL_DISCONNECT);
	CHECK(!request.io.information && request.io.error == ECONNABORTED &&
	      request.io.status == STATUS_LOCAL_DISCONNECT &&
	      errno == ECONNABORTED);
	/* io_uring's own error */
	CHECK(complete(big, -ECANCELED, 0, &request) == STATUS_CANCELLED &&
	      request.io.status == STATUS_CANCELLED && errno == ECANCELED);
	/* what lies behind is the next one */
	CHECK(complete(0, -ECONNABORTED, STATUS_LOCAL_DISCONNECT, &request) ==
	      STATUS_CONNECTION_ABORTED);
	CHECK(request.io.error == ECONNABORTED && !request.io.information);
	CHECK(!complete(0, 7, STATUS_LOCAL_DISCONNECT, &request) &&
	      request.io.information == 7);
	CHECK(complete(0, -EMSGSIZE, 0, NULL) == STATUS_BUFFER_OVERFLOW &&
	      errno == EMSGSIZE);
	CHECK(!complete(big, 64, 0, NULL) && errno == EXDEV);
}

void test_uring_peer(void)
{
	static const char *const texts[] = { "10.1.2.3:80", "[fe80::1%7]:443" };
	struct tdi_taddr peer, other;
	struct tdi_request request = { .peer = &peer };
	size_t i;

	for (i = 0; i < 2; i++) {
		CHECK(!tdi_taddr_parse(&other, texts[i]));
		/* of what is behind it nothing is known */
		memset(&peer, 0xee, sizeof(peer));
		memcpy(peer.bytes, other.bytes, other.length);
		CHECK(!complete(0, 0, 0, &request));
		CHECK(peer.length == other.length &&
		      !memcmp(peer.bytes, other.bytes, other.length));
		CHECK(complete(0, -ECONNREFUSED, 0, &request) && !peer.length);
	}
	memset(&peer, 0xee, sizeof(peer));
	CHECK(!complete(0, 0, 0, &request) && !peer.length);
}

/* A datagram that was longer has come all the same; one to send has not gone. */
void test_uring_truncated(void)
{
	struct tdi_taddr source, other;
	struct tdi_request request;
	struct io_uring_sqe sqe;
	char bytes[8];

	CHECK(!tdi_taddr_parse(&other, "10.1.2.3:80"));
	memset(&request, 0xee, sizeof(request));
	tdi_prep_receive_datagram(&sqe, &request, ENDPOINT, bytes, 8, NULL,
				  &source, 0);
	memcpy(source.bytes, other.bytes, other.length);
	CHECK(complete(0, -EMSGSIZE, 0, &request) == STATUS_BUFFER_OVERFLOW);
	CHECK(request.io.information == 8 && request.io.error == EMSGSIZE &&
	      request.io.status == STATUS_BUFFER_OVERFLOW);
	CHECK(source.length == other.length);
	CHECK(!complete(0, 7, 0, &request) && request.io.information == 7);
	CHECK(complete(0, -EAGAIN, 0, &request) && !request.io.information &&
	      !source.length);
	tdi_prep_send_datagram(&sqe, &request, ENDPOINT, bytes, 8, NULL, 0);
	CHECK(complete(IORING_SETUP_CQE32, -EMSGSIZE, STATUS_INVALID_BUFFER_SIZE,
		       &request) == STATUS_INVALID_BUFFER_SIZE);
	CHECK(!request.io.information);
}
