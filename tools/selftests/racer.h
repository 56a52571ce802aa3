/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that meet, and then act at the same time */
#ifndef RACER_H
#define RACER_H

#include <liburing.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "action.h"

/* Requests that a racer may have outstanding in its ring; then its own call's */
#define REQUESTS	4
#define SLOTS		(REQUESTS + 1)

/** struct request - one command on its way; the cookie says which it is */
struct request {
	const struct action *action;
	uint32_t flags;
	unsigned char buffer[ARENA_BLOCK];
};

/**
 * struct racer - a thread, which does one thing in each round
 * @number: from 0
 * @action: what it does
 * @by_ring: submits commands to a ring of its own, or makes calls
 * @turn: of this round
 * @ring: with @ring_is_open
 * @submitted: commands in the ring
 * @requests: by cookie, of which the first is @number * SLOTS
 * @successes: of @action, in this round
 * @wrong: answers that cannot be, ever
 * @go: a round begins
 * @done: it has ended
 */
struct racer {
	int number;
	const struct action *action;
	bool by_ring;
	struct turn turn;
	struct io_uring ring;
	bool ring_is_open;
	int submitted;
	struct request requests[SLOTS];
	int successes;
	int wrong;
	sem_t go;
	pthread_t thread;
	atomic_bool done;
};

void racer_start(struct racer *racer, int number, struct arena *arena);
void racer_stop(struct racer *racer);

/* All of them act, while the peer does something, and end. */
void racers_meet(struct racer *racers, int count);

#endif /* RACER_H */
