/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests as io_uring commands ("Asynchronous requests" of <linux/tdi.h>) */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stdint.h>
#include <liburing.h>
#include <libtdi.h>

/** struct completion - what a command came to */
struct completion {
	uint64_t tag;
	int result;		/* bytes, or a negative errno */
	uint32_t status;	/* NTSTATUS, of rings with CQE32 */
};

/* These abort the test when they fail. */

/* TDI_CAP_URING */
bool ring_supported(void);
void ring_open(struct io_uring *ring, unsigned int setup_flags);
/* Begins a command; @tag comes back with its completion */
void ring_command(struct io_uring *ring, int fd, unsigned int cmd,
		  const void *argument, uint64_t tag);
/* The same, by a thread of the kernel's */
void ring_command_async(struct io_uring *ring, int fd, unsigned int cmd,
			const void *argument, uint64_t tag);
/* The next completion */
struct completion ring_wait(struct io_uring *ring);
/* There is none now */
bool ring_is_idle(struct io_uring *ring);

/* Arguments; what they point to is the caller's and stays. */
struct tdi_data data_argument(const void *buffer, size_t length,
			      uint32_t flags, uint64_t cookie);
struct tdi_connect connect_argument(const struct tdi_taddr *remote,
				    int64_t timeout, uint64_t cookie);
struct tdi_connection_information information(const struct tdi_taddr *address);
/* Room for an address that comes back */
struct tdi_connection_information room_for(struct tdi_taddr *address);

#endif /* RING_H */
