/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests in a ring: libtdi-uring, and what every test of it does */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stdint.h>
#include <libtdi-uring.h>

/** struct completion - what an operation of a ring came to */
struct completion {
	uint64_t tag;		/* its data: address of the struct tdi_request */
	int result;		/* bytes, or a negative errno */
	uint32_t status;	/* NTSTATUS */
	uint32_t flags;		/* IORING_CQE_F_xxx */
};

/* These abort the test when they fail. */

/* tdi_query_uring() */
bool ring_supported(void);
void ring_open(struct io_uring *ring, unsigned int setup_flags);
/* The next submission, and all that were filled in on their way */
struct io_uring_sqe *ring_sqe(struct io_uring *ring);
void ring_submit(struct io_uring *ring);
/* Submits tdi_prep_@kind(@request, ...) */
#define RING_BEGIN(ring, kind, request, ...) do {			\
	tdi_prep_##kind(ring_sqe(ring), request, __VA_ARGS__);		\
	ring_submit(ring);						\
} while (0)
/* A command as it is, by its argument; @tag comes back with its completion */
void ring_command(struct io_uring *ring, int fd, unsigned int cmd,
		  const void *argument, uint64_t tag);
/* The next completion, whatever it is of */
struct completion ring_wait(struct io_uring *ring);
/* The next one, which is @request's: its result is there, too */
struct completion ring_end(struct io_uring *ring, struct tdi_request *request);
/* Any, however long it takes; false if a signal comes */
bool ring_wait_signal(struct io_uring *ring, struct completion *completion);
/* There is none now */
bool ring_is_idle(struct io_uring *ring);

#endif /* RING_H */
