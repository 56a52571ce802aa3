// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "action.h"
#include "net.h"
#include "ring.h"
#include "wait.h"

static struct tdi_data data_argument(void *buffer, size_t length,
				     uint32_t flags)
{
	return (struct tdi_data){
		.head.size = sizeof(struct tdi_data),
		.head.flags = flags,
		.buffer = (uintptr_t)buffer,
		.length = length,
	};
}

static void fill_connect(struct turn *turn)
{
	const struct tdi_taddr *remotes[] = {
		&turn->arena->pair.remote, &turn->arena->pair.remote, &turn->arena->deaf,
		&turn->arena->nobody,
	};
	const struct tdi_taddr *remote = remotes[draw(&turn->random, 4)];
	int64_t timeouts[] = { 0, tdi_timeout_ms(1), tdi_timeout_ms(10) };

	turn->arg.connect = (struct tdi_connect){
		.head.size = sizeof(turn->arg.connect),
		.timeout = timeouts[draw(&turn->random, 3)],
		.request.remote_address = (uintptr_t)remote->bytes,
		.request.remote_address_length = remote->length,
	};
}

static void fill_listen(struct turn *turn)
{
	turn->arg.listen = (struct tdi_listen){
		.head.size = sizeof(turn->arg.listen),
		.head.flags = draw(&turn->random, 2) ? TDI_QUERY_ACCEPT : 0,
	};
}

static void fill_accept(struct turn *turn)
{
	turn->arg.accept = (struct tdi_accept){
		.head.size = sizeof(turn->arg.accept),
		.offer = turn->arena->offer,
	};
}

static void fill_send(struct turn *turn)
{
	static const uint32_t flags[] = {
		0, 0, TDI_SEND_EXPEDITED, TDI_SEND_AND_DISCONNECT,
	};

	turn->arg.data = data_argument(turn->buffer,
				  1 + draw(&turn->random, ARENA_BLOCK),
				  flags[draw(&turn->random, 4)]);
}

static void fill_receive(struct turn *turn)
{
	static const uint32_t flags[] = {
		0, TDI_RECEIVE_NORMAL, TDI_RECEIVE_PEEK, TDI_RECEIVE_EXPEDITED,
	};

	turn->arg.data = data_argument(turn->buffer, 1 + draw(&turn->random, RECEIVED),
				  flags[draw(&turn->random, 4)]);
	memset(turn->buffer, 0, RECEIVED);
}

static void fill_disconnect(struct turn *turn)
{
	static const uint32_t flags[] = {
		TDI_DISCONNECT_RELEASE, TDI_DISCONNECT_RELEASE,
		TDI_DISCONNECT_ABORT,
	};

	turn->arg.disconnect = (struct tdi_disconnect){
		.head.size = sizeof(turn->arg.disconnect),
		.head.flags = flags[draw(&turn->random, 3)],
		.timeout = draw(&turn->random, 2) ? tdi_timeout_ms(5) : 0,
	};
}

static uint32_t call_associate(struct turn *turn)
{
	return tdi_associate_address(turn->arena->pair.endpoint, turn->arena->pair.address, 0,
				     NULL);
}

static uint32_t call_disassociate(struct turn *turn)
{
	return tdi_disassociate_address(turn->arena->pair.endpoint, 0, NULL);
}

/* All, or whichever request of somebody has that cookie */
static uint32_t call_cancel(struct turn *turn)
{
	uint64_t cookie = draw(&turn->random, turn->cookies);
	bool all = draw(&turn->random, 2);
	uint32_t status;

	do {
		errno = 0;
		status = tdi_cancel(turn->arena->pair.endpoint, all ? 0 : cookie,
				    all ? TDI_CANCEL_ALL : 0, NULL);
	} while (errno == EINTR);
	return status;
}

/* The descriptor is another one's at once: nobody uses a wrong file. */
static uint32_t replace(struct turn *turn, int fd)
{
	NEED(dup3(turn->fresh, fd, O_CLOEXEC) == fd);
	close(turn->fresh);
	return STATUS_SUCCESS;
}

static void prepare_endpoint(struct turn *turn)
{
	turn->fresh = open_endpoint();
}

static uint32_t call_close(struct turn *turn)
{
	return replace(turn, turn->arena->pair.endpoint);
}

static void prepare_address(struct turn *turn)
{
	turn->fresh = arena_open_address(turn->arena);
}

static uint32_t call_close_address(struct turn *turn)
{
	return replace(turn, turn->arena->pair.address);
}

static uint32_t call_destroy(struct turn *turn)
{
	bool listener = !draw(&turn->random, 4);

	net_destroy(turn->arena->diag, &turn->arena->pair.local,
		    listener ? NULL : &turn->arena->there);
	return STATUS_SUCCESS;
}

#define POSSIBLE(name, ...)						\
	static const uint32_t possible_##name[] = { __VA_ARGS__, STATUS_SUCCESS }
POSSIBLE(connect, STATUS_INVALID_CONNECTION, STATUS_CONNECTION_ACTIVE,
	 STATUS_CONNECTION_REFUSED, STATUS_IO_TIMEOUT, STATUS_CANCELLED,
	 STATUS_CONNECTION_ABORTED, STATUS_LOCAL_DISCONNECT,
	 STATUS_ADDRESS_ALREADY_EXISTS);
POSSIBLE(listen, STATUS_INVALID_CONNECTION, STATUS_CONNECTION_ACTIVE,
	 STATUS_CANCELLED, STATUS_CONNECTION_ABORTED, STATUS_LOCAL_DISCONNECT);
POSSIBLE(accept, STATUS_INVALID_CONNECTION, STATUS_CONNECTION_ACTIVE,
	 STATUS_CONNECTION_ABORTED, STATUS_CONNECTION_RESET);
POSSIBLE(send, STATUS_INVALID_CONNECTION, STATUS_GRACEFUL_DISCONNECT,
	 STATUS_CANCELLED, STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED,
	 STATUS_LOCAL_DISCONNECT, STATUS_CONNECTION_REFUSED);
POSSIBLE(receive, STATUS_INVALID_CONNECTION, STATUS_CANCELLED,
	 STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED,
	 STATUS_LOCAL_DISCONNECT, STATUS_CONNECTION_REFUSED);
POSSIBLE(release, STATUS_INVALID_CONNECTION, STATUS_CANCELLED,
	 STATUS_IO_TIMEOUT, STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED,
	 STATUS_LOCAL_DISCONNECT);
POSSIBLE(abort, STATUS_INVALID_CONNECTION);
POSSIBLE(associate, STATUS_ADDRESS_ALREADY_ASSOCIATED);
POSSIBLE(disassociate, STATUS_ADDRESS_NOT_ASSOCIATED, STATUS_CONNECTION_ACTIVE);
POSSIBLE(cancel, STATUS_OBJECT_NAME_NOT_FOUND);
static const uint32_t success[] = { STATUS_SUCCESS };

#define ANY	((1 << ARENA_STATES) - 1)

const struct action actions[ACTIONS] = {
	[CONNECT] = {
		.name = "connect", .states = IDLE,
		.cmd = TDI_IOC_CONNECT, .fill = fill_connect,
		.possible = possible_connect,
	},
	[LISTEN] = {
		.name = "listen", .states = IDLE | INCOMING,
		.cmd = TDI_IOC_LISTEN, .fill = fill_listen,
		.possible = possible_listen,
	},
	[SEND] = {
		.name = "send", .states = CONNECTED | STUFFED,
		.cmd = TDI_IOC_SEND, .fill = fill_send,
		.possible = possible_send,
	},
	[RECEIVE] = {
		.name = "receive", .states = CONNECTED | STUFFED,
		.cmd = TDI_IOC_RECEIVE, .fill = fill_receive,
		.possible = possible_receive,
	},
	[DISCONNECT] = {
		.name = "disconnect",
		.states = OFFERED | CONNECTING | CONNECTED | STUFFED,
		.cmd = TDI_IOC_DISCONNECT, .fill = fill_disconnect,
		.possible = possible_release,
	},
	[ACCEPT] = {
		.name = "accept", .states = OFFERED | EVENT,
		.cmd = TDI_IOC_ACCEPT, .fill = fill_accept, .once = true,
		.possible = possible_accept,
	},
	[ASSOCIATE] = {
		.name = "associate", .states = OPENED,
		.call = call_associate, .once = true,
		.possible = possible_associate,
	},
	[DISASSOCIATE] = {
		.name = "disassociate", .states = ANY & ~OPENED,
		.call = call_disassociate, .once = true,
		.possible = possible_disassociate,
	},
	[CANCEL] = {
		.name = "cancel", .states = ANY,
		.call = call_cancel, .possible = possible_cancel,
	},
	[CLOSE] = {
		.name = "close", .states = ANY,
		.prepare = prepare_endpoint, .call = call_close,
		.possible = success,
	},
	[CLOSE_ADDRESS] = {
		.name = "close_address", .states = ANY,
		.prepare = prepare_address, .call = call_close_address,
		.possible = success,
	},
	[DESTROY] = {
		.name = "destroy",
		.states = INCOMING | OFFERED | CONNECTING | CONNECTED | STUFFED,
		.call = call_destroy, .possible = success,
	},
};

static const uint32_t *possible(const struct action *action, uint32_t flags)
{
	if (action == &actions[DISCONNECT] && flags == TDI_DISCONNECT_ABORT)
		return possible_abort;
	return action->possible;
}

static bool is_possible(const uint32_t *list, uint32_t status)
{
	while (*list && *list != status)
		list++;
	return *list == status;
}

/* @bytes of it were received, the rest was not touched. */
static bool is_received(const unsigned char *buffer, size_t bytes)
{
	for (size_t i = 0; i < RECEIVED; i++)
		if (buffer[i] != (i < bytes ? ARENA_BYTE : 0))
			return false;
	return true;
}

bool action_is_possible(const struct action *action, uint32_t flags,
			struct outcome outcome, const unsigned char *buffer,
			size_t bytes)
{
	if (action == &actions[RECEIVE] &&
	    !is_received(buffer, outcome.status ? 0 : bytes))
		return false;
	return is_possible(possible(action, flags), outcome.status) &&
	       outcome_agrees(&outcome);
}
