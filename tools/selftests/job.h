/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that somebody else waits for: a thread, or a process */
#ifndef JOB_H
#define JOB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <libtdi.h>

#include "outcome.h"

/**
 * struct job - one call made by another thread
 * @call: one of those below, or the test's own
 * @fd: the file
 * @remote: to connect to; of a listen, who may come, of a datagram, who may
 *	have sent it (length 0: anyone)
 * @peer: who it is connected with, or who it was
 * @buffer: to send or receive
 * @length: its bytes
 * @flags: of the request
 * @timeout: of connect and disconnect
 * @io: cookie, and result
 * @outcome: result
 */
struct job {
	void (*call)(struct job *job);
	int fd;
	struct tdi_taddr remote;
	struct tdi_taddr peer;
	void *buffer;
	size_t length;
	uint32_t flags;
	int64_t timeout;
	struct tdi_io io;
	struct outcome outcome;

	pthread_t thread;
	_Atomic pid_t id;
	atomic_bool done;
};

void job_connect(struct job *job);
void job_listen(struct job *job);
void job_send(struct job *job);
void job_receive(struct job *job);
void job_receive_datagram(struct job *job);
void job_disconnect(struct job *job);
void job_read(struct job *job);
void job_write(struct job *job);

/* Begins the call; returns when the thread exists */
void job_start(struct job *job);
/* Begins it, and returns when it blocks (aborts the test if it ends first) */
void job_start_blocked(struct job *job);
/* Waits for its end (aborts the test if that does not come) */
struct outcome job_end(struct job *job);
/* Cancels it as often as it takes for it to be found pending */
void job_cancel(struct job *job);

#endif /* JOB_H */
