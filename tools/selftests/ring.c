// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <unistd.h>

#include "pair.h"
#include "ring.h"
#include "wait.h"

#define ENTRIES	64

bool ring_supported(void)
{
	int fd = open_control();
	uint32_t status = tdi_query_uring(fd);

	NEED(!status || status == STATUS_NOT_SUPPORTED);
	close(fd);
	return !status;
}

void ring_open(struct io_uring *ring, unsigned int setup_flags)
{
	errno = -io_uring_queue_init(ENTRIES, ring, setup_flags);
	NEED(!errno);
}

struct io_uring_sqe *ring_sqe(struct io_uring *ring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	NEED(sqe);
	return sqe;
}

void ring_submit(struct io_uring *ring)
{
	/* 0 if a thread of the kernel's (SQPOLL) has it already */
	NEED(io_uring_submit(ring) >= 0);
}

void ring_command(struct io_uring *ring, int fd, unsigned int cmd,
		  const void *argument, uint64_t tag)
{
	struct io_uring_sqe *sqe = ring_sqe(ring);

	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, fd, NULL, 0, 0);
	sqe->cmd_op = cmd;
	/* the first 8 bytes of the command area */
	sqe->addr3 = (uintptr_t)argument;
	sqe->user_data = tag;
	ring_submit(ring);
}

static struct completion taken(struct io_uring *ring, struct io_uring_cqe *cqe,
			       struct tdi_request *request)
{
	struct completion completion = {
		.tag = cqe->user_data, .result = cqe->res, .flags = cqe->flags,
		.status = tdi_complete(ring, cqe, request),
	};

	io_uring_cqe_seen(ring, cqe);
	return completion;
}

static struct completion take(struct io_uring *ring,
			      struct tdi_request *request)
{
	struct __kernel_timespec patience = { .tv_sec = PATIENCE_MS / 1000 };
	struct io_uring_cqe *cqe;

	do {
		errno = -io_uring_wait_cqe_timeout(ring, &cqe, &patience);
	} while (errno == EINTR);
	if (errno)
		die("no completion: %m");
	NEED(!request || io_uring_cqe_get_data(cqe) == request);
	return taken(ring, cqe, request);
}

bool ring_wait_signal(struct io_uring *ring, struct completion *completion)
{
	struct io_uring_cqe *cqe;

	errno = -io_uring_wait_cqe(ring, &cqe);
	if (errno == EINTR)
		return false;
	NEED(!errno);
	*completion = taken(ring, cqe, NULL);
	return true;
}

struct completion ring_wait(struct io_uring *ring)
{
	return take(ring, NULL);
}

struct completion ring_end(struct io_uring *ring, struct tdi_request *request)
{
	return take(ring, request);
}

bool ring_is_idle(struct io_uring *ring)
{
	struct io_uring_cqe *cqe;

	/* what is to be done in this task is done on the way */
	io_uring_get_events(ring);
	return io_uring_peek_cqe(ring, &cqe) == -EAGAIN;
}
