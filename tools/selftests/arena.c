// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "net.h"
#include "wait.h"

/* xorshift32, which must not begin with 0 */
uint32_t draw(uint32_t *random, uint32_t below)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random % below;
}

int arena_open_address(const struct arena *arena)
{
	struct tdi_taddr any = address_any(arena->pair.family, 0);
	int fd = open_address(&any);

	/* for its events */
	set_nonblock(fd, true);
	return fd;
}

void arena_open(struct arena *arena, int family)
{
	struct pair *pair = &arena->pair;
	struct tdi_taddr any = address_any(family, 0);
	int fd;

	pair_open(pair, family);
	pair_small_buffers(pair);
	set_nonblock(pair->address, true);
	/* or a remote could not be connected to again so soon (S7) */
	net_sysctl("ipv4/tcp_max_tw_buckets", "0");
	arena->deaf = address_local(family, plain_port(plain_deaf(family)));
	fd = plain_bind(&any, 0);
	NEED(fd >= 0);
	arena->nobody = address_local(family, plain_port(fd));
	arena->caller = -1;
	arena->diag = net_diag();
	arena->random = 1;
	arena->references = module_references();
	arena->sockets = net_sockets();
}

void arena_close(struct arena *arena)
{
	close(arena->diag);
	pair_close(&arena->pair);
}

/* Whoever calls is told of, or waits for a listen. */
static void call(struct arena *arena)
{
	struct pair *pair = &arena->pair;

	NEED(!set_handler(pair->address, TDI_EVENT_CONNECT, 0, 0));
	pair->peer = plain_connect(&pair->local);
	NEED(pair->peer >= 0);
}

static void connect_to(struct arena *arena, const struct tdi_taddr *remote,
		       uint32_t status)
{
	int endpoint = arena->pair.endpoint;

	set_nonblock(endpoint, status == STATUS_PENDING);
	NEED(tdi_connect(endpoint, remote, 0, NULL, 0, NULL) == status);
	set_nonblock(endpoint, false);
	arena->there = *remote;
}

static void wait_for_offer(struct arena *arena)
{
	const struct tdi_event *event;

	arena->events = (struct events){ .address = arena->pair.address };
	do {
		event = event_next(&arena->events);
	} while (event->event_type != TDI_EVENT_CONNECT);
	arena->offer = event->cookie;
}

void arena_prepare(struct arena *arena, enum arena_state state)
{
	static const char block[ARENA_BLOCK];
	struct pair *pair = &arena->pair;

	arena->offer = 0;
	arena->there = pair->remote;
	switch (state) {
	case OPENED:
		NEED(!tdi_disassociate_address(pair->endpoint, 0, NULL));
		break;
	case IDLE:
		break;
	case INCOMING:
		call(arena);
		break;
	case OFFERED:
		call(arena);
		/* unless, after a long while, it is the event's offer already */
		set_nonblock(pair->endpoint, true);
		tdi_listen(pair->endpoint, NULL, NULL, TDI_QUERY_ACCEPT, NULL);
		set_nonblock(pair->endpoint, false);
		arena->there = address_of_socket(pair->peer);
		break;
	case EVENT:
		call(arena);
		wait_for_offer(arena);
		arena->there = address_of_socket(pair->peer);
		break;
	case CONNECTING:
		connect_to(arena, &arena->deaf, STATUS_PENDING);
		break;
	case CONNECTED:
	case STUFFED:
		connect_to(arena, &pair->remote, STATUS_SUCCESS);
		pair->peer = plain_accept(pair->listener);
		if (state == STUFFED)
			NEED(!tdi_send(pair->endpoint, block, sizeof(block),
				       TDI_SEND_NON_BLOCKING, NULL));
		break;
	}
}

static void peer_drain(struct arena *arena)
{
	char block[4096];

	while (recv(arena->pair.peer, block, sizeof(block), MSG_DONTWAIT) > 0)
		;
}

static void peer_send(struct arena *arena)
{
	char block[4096];

	memset(block, ARENA_BYTE, sizeof(block));
	send(arena->pair.peer, block, 1 + draw(&arena->random, sizeof(block)),
	     MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void reset(int *fd)
{
	if (*fd >= 0)
		plain_reset(*fd);
	*fd = -1;
}

void arena_disturb(struct arena *arena)
{
	struct pair *pair = &arena->pair;

	if (pair->peer < 0 && look_events(pair->listener, POLLIN))
		pair->peer = plain_accept(pair->listener);
	switch (draw(&arena->random, 6)) {
	case 0:
		arena->caller = plain_socket(pair->family, SOCK_NONBLOCK);
		plain_connect_from(arena->caller, &pair->local);
		break;
	case 1:
		peer_send(arena);
		break;
	case 2:
		peer_drain(arena);
		break;
	case 3:
		shutdown(pair->peer, SHUT_WR);
		break;
	case 4:
		reset(&pair->peer);
		break;
	}
}

/* Those that end later: of a ring that was torn down, of what TCP finishes */
static void wait_for(const char *what, int (*count)(void), int want)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);

	while (count() != want) {
		if (deadline_passed(&deadline))
			die("%d %s, there were %d", count(), what, want);
		pace();
	}
}

void arena_tidy(struct arena *arena)
{
	struct pair *pair = &arena->pair;
	uint32_t status;

	wait_for("references", module_references, arena->references);
	reset(&pair->peer);
	reset(&arena->caller);
	while (look_events(pair->listener, POLLIN))
		plain_reset(plain_accept(pair->listener));
	tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT, NULL);
	status = tdi_disassociate_address(pair->endpoint, 0, NULL);
	if (status && status != STATUS_ADDRESS_NOT_ASSOCIATED)
		die("the endpoint stays active: %s", tdi_status_name(status));
	NEED(!clear_handler(pair->address, TDI_EVENT_CONNECT));
	NEED(!tdi_associate_address(pair->endpoint, pair->address, 0, NULL));
	pair->local = address_local(pair->family, local_port(pair->address));
}

bool arena_usable(struct arena *arena)
{
	struct pair *pair = &arena->pair;
	bool good;

	wait_for("sockets", net_sockets, arena->sockets);
	if (!pair_usable(pair, pair->endpoint))
		return false;
	pair_connect(pair);
	good = !tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
			       NULL) && !plain_end(pair->peer);
	arena_tidy(arena);
	wait_for("sockets", net_sockets, arena->sockets);
	return good;
}
