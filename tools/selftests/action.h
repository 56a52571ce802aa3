/* SPDX-License-Identifier: GPL-2.0-only */
/* What can be done to an endpoint, and what it may come to */
#ifndef ACTION_H
#define ACTION_H

#include "arena.h"
#include "outcome.h"

enum {
	/* those that can wait */
	CONNECT, LISTEN, SEND, RECEIVE, DISCONNECT,
	/* commands until here */
	ACCEPT, ASSOCIATE, DISASSOCIATE, CANCEL, CLOSE, CLOSE_ADDRESS, DESTROY,
	ACTIONS,
};

#define WAITING	(DISCONNECT + 1)

/* The most that is received at once */
#define RECEIVED 4096

union argument {
	struct tdi_head head;
	struct tdi_connect connect;
	struct tdi_listen listen;
	struct tdi_accept accept;
	struct tdi_disconnect disconnect;
	struct tdi_data data;
};

/**
 * struct turn - what somebody needs to act
 * @arena: where
 * @random: what is left open is drawn from this
 * @cookies: requests have cookies below that
 * @fresh: descriptor that takes the place of another one
 * @buffer: of the command, ARENA_BLOCK bytes
 * @arg: of the command
 */
struct turn {
	struct arena *arena;
	uint32_t random;
	unsigned int cookies;
	int fresh;
	unsigned char *buffer;
	union argument arg;
};

/**
 * struct action - one of them
 * @name: for people
 * @states: of the endpoint, in which it has something to do
 * @cmd: its command, if it has one
 * @fill: makes the argument of that, but for the cookie
 * @call: what it does if it has none
 * @prepare: beforehand
 * @once: can succeed once in a round
 * @possible: statuses, up to the first STATUS_SUCCESS, which is one, too
 */
struct action {
	const char *name;
	unsigned int states;
	unsigned int cmd;
	void (*fill)(struct turn *turn);
	uint32_t (*call)(struct turn *turn);
	void (*prepare)(struct turn *turn);
	bool once;
	const uint32_t *possible;
};

extern const struct action actions[ACTIONS];

/* @flags, @buffer, @bytes: of the command, and what it is said to have done */
bool action_is_possible(const struct action *action, uint32_t flags,
			struct outcome outcome, const unsigned char *buffer,
			size_t bytes);

#endif /* ACTION_H */
