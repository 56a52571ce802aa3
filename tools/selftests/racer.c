// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "net.h"
#include "racer.h"
#include "ring.h"
#include "wait.h"

/* Of the round that goes on */
static int racing;		/* how many do */
static atomic_int ready;	/* to begin */
static sem_t done;
static atomic_bool give_up;

static void judge(struct racer *racer, const struct request *request,
		  struct outcome outcome, size_t bytes)
{
	const struct action *action = request->action;

	if (action == racer->action && !outcome.status)
		racer->successes++;
	if (action_is_possible(action, request->flags, outcome,
			       request->buffer, bytes))
		return;
	fprintf(stderr, "# %s (%#x, %s): %s, errno %d, %zu bytes\n",
		action->name, request->flags,
		racer->by_ring ? "by ring" : "by call",
		tdi_status_name(outcome.status), outcome.error, bytes);
	racer->wrong++;
}

/* ---- By calls, by rings ---- */

static union argument *fill(struct racer *racer, const struct action *action,
			    int slot)
{
	struct request *request = &racer->requests[slot];
	struct turn *turn = &racer->turn;

	turn->buffer = request->buffer;
	action->fill(turn);
	turn->arg.head.cookie = racer->number * SLOTS + slot;
	request->action = action;
	request->flags = turn->arg.head.flags;
	return &turn->arg;
}

static void act_by_call(struct racer *racer)
{
	struct request *request = &racer->requests[REQUESTS];
	int endpoint = racer->turn.arena->pair.endpoint;
	const struct action *action = racer->action;
	struct outcome outcome;
	union argument *arg;
	size_t bytes = 0;

	errno = 0;
	if (action->cmd) {
		arg = fill(racer, action, REQUESTS);
		ioctl(endpoint, action->cmd, arg);
		outcome.status = arg->head.status;
		bytes = arg->head.information;
	} else {
		request->action = action;
		request->flags = 0;
		outcome.status = action->call(&racer->turn);
	}
	outcome.error = outcome.status ? errno : 0;
	judge(racer, request, outcome, bytes);
}

static void submit(struct racer *racer, const struct action *action)
{
	int slot = racer->submitted++;

	ring_command(&racer->ring, racer->turn.arena->pair.endpoint,
		     action->cmd, fill(racer, action, slot), slot);
}

static void tear_down(struct racer *racer)
{
	io_uring_queue_exit(&racer->ring);
	racer->ring_is_open = false;
}

/* Completions of all, unless the ring is torn down before they come */
static void collect(struct racer *racer)
{
	struct completion completion;
	struct outcome outcome;

	while (racer->submitted) {
		if (!ring_wait_signal(&racer->ring, &completion)) {
			if (!give_up)
				continue;
			tear_down(racer);
			return;
		}
		racer->submitted--;
		outcome.status = completion.status;
		outcome.error = completion.result < 0 ? -completion.result : 0;
		judge(racer, &racer->requests[completion.tag], outcome,
		      completion.result);
	}
}

/* Whoever has nothing to submit in the race has requests waiting before it. */
static void prepare_ring(struct racer *racer)
{
	racer->submitted = 0;
	if (!racer->ring_is_open)
		ring_open(&racer->ring, IORING_SETUP_CQE32);
	racer->ring_is_open = true;
	if (racer->action->cmd)
		return;
	for (int i = draw(&racer->turn.random, REQUESTS + 1); i; i--)
		submit(racer, &actions[draw(&racer->turn.random, WAITING)]);
}

static void act_by_ring(struct racer *racer)
{
	if (!racer->action->cmd)
		act_by_call(racer);
	else
		for (int i = draw(&racer->turn.random, REQUESTS); i >= 0; i--)
			submit(racer, racer->action);
	if (draw(&racer->turn.random, 8))
		collect(racer);
	else
		tear_down(racer);
}

/* ---- One of them ---- */

/* Whoever is early sees the other one come, but for one that takes long. */
static void meet(void)
{
	ready++;
	for (int i = 0; i < 10000 && ready < racing; i++)
		__asm__ volatile("");
	while (ready < racing)
		usleep(50);
}

/* So that they do not always meet at the same place */
static void skew(uint32_t *random)
{
	for (uint32_t n = draw(random, 1U << draw(random, 15)); n; n--)
		__asm__ volatile("");
}

static void race(struct racer *racer)
{
	if (racer->by_ring)
		prepare_ring(racer);
	meet();
	skew(&racer->turn.random);
	if (racer->by_ring)
		act_by_ring(racer);
	else
		act_by_call(racer);
	racer->done = true;
	sem_post(&done);
}

static void *run(void *data)
{
	struct racer *racer = data;

	for (;;) {
		while (sem_wait(&racer->go))
			;
		if (!racer->action)
			break;
		race(racer);
	}
	if (racer->ring_is_open)
		tear_down(racer);
	return NULL;
}

static void ignore(int signal)
{
	(void)signal;
}

void racer_start(struct racer *racer, int number, struct arena *arena)
{
	struct sigaction action = { .sa_handler = ignore };

	NEED(!sigaction(SIGUSR1, &action, NULL));
	if (!number)
		NEED(!sem_init(&done, 0, 0));
	racer->number = number;
	racer->turn.arena = arena;
	NEED(!sem_init(&racer->go, 0, 0));
	errno = pthread_create(&racer->thread, NULL, run, racer);
	NEED(!errno);
}

void racer_stop(struct racer *racer)
{
	racer->action = NULL;
	NEED(!sem_post(&racer->go));
	errno = pthread_join(racer->thread, NULL);
	NEED(!errno);
}

/* ---- Rounds ---- */

static bool done_soon(void)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return !sem_clockwait(&done, CLOCK_MONOTONIC, &until);
}

static bool anybody_closes(const struct racer *racers)
{
	for (int i = 0; i < racing; i++)
		if (racers[i].action == &actions[CLOSE])
			return true;
	return false;
}

static void interrupt(struct racer *racers)
{
	give_up = true;
	for (int i = 0; i < racing; i++)
		if (!racers[i].done)
			pthread_kill(racers[i].thread, SIGUSR1);
}

/* Where there is no connection, nor one to come, nothing may go on waiting. */
static bool may_wait(int endpoint)
{
	int state = endpoint_state(endpoint);

	return state != TDI_STATE_OPENED && state != TDI_STATE_ASSOCIATED;
}

/*
 * A cancel ends what waits for something that does not come; but what waits on
 * a file that has no descriptor any more is ended by a signal, or with its ring.
 */
static void finish(struct racer *racers, struct arena *arena)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);
	bool closed = anybody_closes(racers);
	int left = racing;

	while (left) {
		if (done_soon()) {
			left--;
			continue;
		}
		if (deadline_passed(&deadline))
			die("a request does not end");
		if (may_wait(arena->pair.endpoint))
			tdi_cancel(arena->pair.endpoint, 0, TDI_CANCEL_ALL,
				   NULL);
		if (closed)
			interrupt(racers);
	}
}

void racers_meet(struct racer *racers, int count)
{
	struct arena *arena = racers->turn.arena;

	racing = count;
	ready = 0;
	give_up = false;
	for (int i = 0; i < count; i++) {
		racers[i].turn.cookies = count * SLOTS;
		racers[i].successes = 0;
		racers[i].done = false;
	}
	for (int i = 0; i < count; i++)
		NEED(!sem_post(&racers[i].go));
	skew(&arena->random);
	arena_disturb(arena);
	finish(racers, arena);
}
