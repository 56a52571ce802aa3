/* SPDX-License-Identifier: GPL-2.0-only */
/* One endpoint that others race for, and what it is when they begin */
#ifndef ARENA_H
#define ARENA_H

#include <stdbool.h>
#include <stdint.h>

#include "indication.h"
#include "pair.h"

/* Bits, so that an action can say in which of them it has something to do */
enum arena_state {
	OPENED		= 1 << 0,	/* not associated */
	IDLE		= 1 << 1,
	INCOMING	= 1 << 2,	/* idle, and somebody calls */
	OFFERED		= 1 << 3,	/* its listen with TDI_QUERY_ACCEPT found one */
	EVENT		= 1 << 4,	/* idle, a CONNECT event has named an offer */
	CONNECTING	= 1 << 5,	/* to somebody who does not answer */
	CONNECTED	= 1 << 6,
	STUFFED		= 1 << 7,	/* and there is no room to send */
};

#define ARENA_STATES	8

/* The largest send, more than all buffers on the way take */
#define ARENA_BLOCK	65536
/* What the peer sends is made of it. */
#define ARENA_BYTE	'p'

/**
 * struct arena - an endpoint, its address, and everybody on the other side
 * @pair: its peer is the other end of the connection; in some states a caller
 * @deaf: does not answer
 * @nobody: refuses
 * @there: who the connection is with, if there is one; none that the listener
 *	still has, where the kernel warns of SOCK_DESTROY beside the end of the
 *	listener (inet_csk_listen_stop())
 * @caller: another peer, who called while the race was on; or -1
 * @offer: cookie of the offer, 0 for the endpoint's own
 * @diag: for net_destroy()
 * @random: state of draw()
 * @references: to the module, before anything happened
 * @sockets: of the namespace, then
 * @events: of the address
 */
struct arena {
	struct pair pair;
	struct tdi_taddr deaf, nobody, there;
	int caller;
	uint64_t offer;
	int diag;
	uint32_t random;
	int references, sockets;
	struct events events;
};

/* A number below @below, of a sequence that @random begins */
uint32_t draw(uint32_t *random, uint32_t below);

void arena_open(struct arena *arena, int family);
void arena_close(struct arena *arena);
/* From an idle endpoint */
void arena_prepare(struct arena *arena, enum arena_state state);
/* The other side does something. */
void arena_disturb(struct arena *arena);
/* Ends whatever is going on: idle again, and nothing is left of it */
void arena_tidy(struct arena *arena);
/* A whole connection, from connect to release */
bool arena_usable(struct arena *arena);

int arena_open_address(const struct arena *arena);

#endif /* ARENA_H */
