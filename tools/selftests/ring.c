// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "pair.h"
#include "ring.h"
#include "wait.h"

#define ENTRIES	64

bool ring_supported(void)
{
	struct tdi_query_caps caps;
	int fd = open_control();

	NEED(!tdi_query_caps(fd, &caps, 0, NULL));
	close(fd);
	return caps.capabilities & TDI_CAP_URING;
}

void ring_open(struct io_uring *ring, unsigned int setup_flags)
{
	errno = -io_uring_queue_init(ENTRIES, ring, setup_flags);
	NEED(!errno);
}

static void submit(struct io_uring *ring, int fd, unsigned int cmd,
		   const void *argument, uint64_t tag, unsigned int flags)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	NEED(sqe);
	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, fd, NULL, 0, 0);
	sqe->cmd_op = cmd;
	/* the first 8 bytes of the command area */
	sqe->addr3 = (uintptr_t)argument;
	sqe->flags = flags;
	sqe->user_data = tag;
	/* 0 if a thread of the kernel's (SQPOLL) has it already */
	NEED(io_uring_submit(ring) >= 0);
}

void ring_command(struct io_uring *ring, int fd, unsigned int cmd,
		  const void *argument, uint64_t tag)
{
	submit(ring, fd, cmd, argument, tag, 0);
}

void ring_command_async(struct io_uring *ring, int fd, unsigned int cmd,
			const void *argument, uint64_t tag)
{
	submit(ring, fd, cmd, argument, tag, IOSQE_ASYNC);
}

struct completion ring_wait(struct io_uring *ring)
{
	struct __kernel_timespec patience = { .tv_sec = PATIENCE_MS / 1000 };
	struct completion completion;
	struct io_uring_cqe *cqe;

	do {
		errno = -io_uring_wait_cqe_timeout(ring, &cqe, &patience);
	} while (errno == EINTR);
	if (errno)
		die("no completion: %m");
	completion.tag = cqe->user_data;
	completion.result = cqe->res;
	completion.status = ring->flags & IORING_SETUP_CQE32 ?
			    cqe->big_cqe[0] : 0;
	io_uring_cqe_seen(ring, cqe);
	return completion;
}

bool ring_is_idle(struct io_uring *ring)
{
	struct io_uring_cqe *cqe;

	/* what is to be done in this task is done on the way */
	io_uring_get_events(ring);
	return io_uring_peek_cqe(ring, &cqe) == -EAGAIN;
}

struct tdi_data data_argument(const void *buffer, size_t length,
			      uint32_t flags, uint64_t cookie)
{
	return (struct tdi_data){
		.head.size = sizeof(struct tdi_data),
		.head.flags = flags,
		.head.cookie = cookie,
		.buffer = (uintptr_t)buffer,
		.length = length,
	};
}

struct tdi_connect connect_argument(const struct tdi_taddr *remote,
				    int64_t timeout, uint64_t cookie)
{
	return (struct tdi_connect){
		.head.size = sizeof(struct tdi_connect),
		.head.cookie = cookie,
		.timeout = timeout,
		.request = information(remote),
	};
}

struct tdi_connection_information information(const struct tdi_taddr *address)
{
	return (struct tdi_connection_information){
		.remote_address = (uintptr_t)address->bytes,
		.remote_address_length = address->length,
	};
}

struct tdi_connection_information room_for(struct tdi_taddr *address)
{
	memset(address, 0, sizeof(*address));
	return (struct tdi_connection_information){
		.remote_address = (uintptr_t)address->bytes,
		.remote_address_length = sizeof(address->bytes),
	};
}
