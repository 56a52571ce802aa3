// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of an address with several opens, and what somebody else does to it:
 * TDI_EVENT_ERROR (reference 3.2; S8, S9).
 */
#include "test.h"

#include "indication.h"

#define OPENS	2
#define CONTEXT	1000	/* of a handler: and its open */

/* @endpoint: associated with @address of the same number; @events: of it */
FIXTURE(shared) {
	int ns;
	struct tdi_taddr local;
	int address[OPENS], endpoint[OPENS];
	struct events events[OPENS];
};

FAMILY_VARIANTS(shared);

FIXTURE_SETUP(shared)
{
	struct tdi_taddr any = address_any(variant->family, 6000);

	self->ns = net_enter();
	self->local = address_local(variant->family, 6000);
	for (int i = 0; i < OPENS; i++) {
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_open_address("tcp", 0, &any,
					       TDI_FILE_SHARE_READ,
					       &self->address[i]));
		set_nonblock(self->address[i], true);
		self->endpoint[i] = open_associated(self->address[i]);
		self->events[i].address = self->address[i];
	}
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

FIXTURE_TEARDOWN(shared)
{
	for (int i = 0; i < OPENS; i++) {
		close_one(&self->endpoint[i]);
		close_one(&self->address[i]);
	}
	close(self->ns);
}

#define ON(open, type) ASSERT_STATUS(STATUS_SUCCESS,			\
		set_handler(self->address[open], type, CONTEXT + (open),	\
			    (type) == TDI_EVENT_RECEIVE ? 64 : 0))

#define EXPECT_NONE(open) EXPECT_TRUE(event_none(&self->events[open]))

/* The next event of that open; its handler's context comes with it */
#define NEXT(open, type) ({						\
	const struct tdi_event *__event = event_next(&self->events[open]);	\
									\
	ASSERT_EQ((unsigned int)(type), __event->event_type);		\
	EXPECT_EQ(CONTEXT + (open), __event->event_context);		\
	__event;							\
})

#define CALL() ({							\
	int __client = plain_connect(&self->local);			\
									\
	ASSERT_LE(0, __client);						\
	__client;							\
})

/* That endpoint becomes the connection that was offered. */
#define ACCEPT(of_open, cookie) ASSERT_STATUS(STATUS_SUCCESS,		\
		accept_offer(self->endpoint[of_open], cookie, NULL, NULL))

#define EXPECT_TOLD_DATA(open, client) do {				\
	const struct tdi_event *__told;					\
									\
	plain_send(client, "data", 4);					\
	__told = NEXT(open, TDI_EVENT_RECEIVE);				\
	EXPECT_EQ(4, __told->bytes_indicated);				\
	EXPECT_EQ(0, memcmp(event_data(__told), "data", 4));		\
} while (0)

/* What happens to an endpoint is told to its own open, by that one's handler. */
TEST_F(shared, events_of_an_endpoint)
{
	int client[OPENS];

	for (int i = 0; i < OPENS; i++) {
		ON(i, TDI_EVENT_RECEIVE);
		ON(i, TDI_EVENT_DISCONNECT);
	}
	ON(0, TDI_EVENT_CONNECT);
	for (int i = 0; i < OPENS; i++) {
		client[i] = CALL();
		ACCEPT(i, NEXT(0, TDI_EVENT_CONNECT)->cookie);
	}
	for (int i = OPENS - 1; i >= 0; i--) {
		EXPECT_TOLD_DATA(i, client[i]);
		EXPECT_NONE(!i);
	}
	/* one open's handler is turned off: the other's is on */
	ASSERT_STATUS(STATUS_SUCCESS,
		      clear_handler(self->address[0], TDI_EVENT_RECEIVE));
	plain_send(client[0], "data", 4);
	ASSERT_SOON(plain_all_acked(client[0]));
	EXPECT_NONE(0);
	EXPECT_TOLD_DATA(1, client[1]);
	for (int i = 0; i < OPENS; i++) {
		plain_reset(client[i]);
		EXPECT_EQ(TDI_DISCONNECT_ABORT,
			  NEXT(i, TDI_EVENT_DISCONNECT)->flags);
		EXPECT_NONE(!i);
	}
}

/* An offer is told to one of them; any of the address's endpoints takes it. */
TEST_F(shared, offer_is_told_once)
{
	uint64_t cookie;
	int client;

	for (int i = 0; i < OPENS; i++)
		ON(i, TDI_EVENT_CONNECT);
	for (int i = 0; i < OPENS; i++) {
		client = CALL();
		for (int j = 0; j < OPENS; j++)
			ASSERT_TRUE(wait_events(self->address[j], POLLIN));
		/* whoever reads first */
		cookie = NEXT(i, TDI_EVENT_CONNECT)->cookie;
		EXPECT_NONE(!i);
		EXPECT_NONE(i);
		ACCEPT(!i, cookie);
		close(client);
	}
	client = CALL();
	cookie = NEXT(0, TDI_EVENT_CONNECT)->cookie;
	EXPECT_STATUS(STATUS_SUCCESS,
		      refuse_offer(self->address[1], cookie,
				   STATUS_CONNECTION_REFUSED));
	EXPECT_EQ(-1, plain_end(client));
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      refuse_offer(self->address[0], cookie,
				   STATUS_CONNECTION_REFUSED));
}

/* It listens as long as anybody wants to know. */
TEST_F(shared, handler_of_one_is_turned_off)
{
	int client;

	ON(0, TDI_EVENT_CONNECT);
	ON(1, TDI_EVENT_CONNECT);
	client = CALL();
	ASSERT_STATUS(STATUS_SUCCESS,
		      clear_handler(self->address[0], TDI_EVENT_CONNECT));
	EXPECT_NONE(0);
	ACCEPT(1, NEXT(1, TDI_EVENT_CONNECT)->cookie);
	ASSERT_STATUS(STATUS_SUCCESS,
		      clear_handler(self->address[1], TDI_EVENT_CONNECT));
	EXPECT_EQ(-1, plain_connect(&self->local));
	EXPECT_EQ(ECONNREFUSED, errno);
	close(client);
}

/* The one that is left is told of what the other one has not been. */
TEST_F(shared, one_is_closed)
{
	int told, untold, connected;
	uint64_t cookie;

	for (int i = 0; i < OPENS; i++) {
		ON(i, TDI_EVENT_CONNECT);
		ON(i, TDI_EVENT_RECEIVE);
		ON(i, TDI_EVENT_DISCONNECT);
	}
	connected = CALL();
	ACCEPT(0, NEXT(0, TDI_EVENT_CONNECT)->cookie);
	plain_send(connected, "data", 4);
	told = CALL();
	cookie = NEXT(1, TDI_EVENT_CONNECT)->cookie;
	untold = CALL();
	close_one(&self->address[0]);
	/* with its endpoint's connection; the data of that goes nowhere */
	EXPECT_EQ(0, plain_end(connected));
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(self->endpoint[0]));
	ACCEPT(1, cookie);
	cookie = NEXT(1, TDI_EVENT_CONNECT)->cookie;
	EXPECT_TOLD_DATA(1, told);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_associate_address(self->endpoint[0],
					    self->address[1], 0, NULL));
	ACCEPT(0, cookie);
	EXPECT_TOLD_DATA(1, untold);
	EXPECT_NONE(1);
	close(told);
	close(untold);
	close(connected);
}

/* ---- What is done to it from outside ---- */

/* Ends sockets as root may, by ss(8); it says so if there was none */
static void kill_sockets(const char *which)
{
	net_run("ss -HK -tn %s | grep -q .", which);
}

/* Without its listener the address cannot do what it was set up for. */
TEST_F(shared, listener_is_killed)
{
	int client;

	for (int i = 0; i < OPENS; i++)
		ON(i, TDI_EVENT_CONNECT);
	for (int round = 0; round < 2; round++) {
		ON(0, TDI_EVENT_ERROR);
		/* once for all of its opens */
		if (round)
			ON(1, TDI_EVENT_ERROR);
		kill_sockets("state listening sport = :6000");
		for (int i = 0; i <= round; i++)
			EXPECT_EQ(STATUS_CONNECTION_ABORTED,
				  NEXT(i, TDI_EVENT_ERROR)->status);
		for (int i = 0; i < OPENS; i++)
			EXPECT_NONE(i);
		/* there is a new one */
		client = CALL();
		ACCEPT(round, NEXT(round, TDI_EVENT_CONNECT)->cookie);
		plain_reset(client);
		ASSERT_SOON(endpoint_state(self->endpoint[round]) ==
			    TDI_STATE_ASSOCIATED);
	}
}

/* An error of a connection is its end, and no error of the address. */
TEST_F(shared, connection_is_killed)
{
	const struct tdi_event *event;
	uint64_t sequence;
	int client;

	ON(0, TDI_EVENT_CONNECT);
	ON(0, TDI_EVENT_ERROR);
	ON(0, TDI_EVENT_RECEIVE);
	ON(0, TDI_EVENT_DISCONNECT);
	client = CALL();
	ACCEPT(0, NEXT(0, TDI_EVENT_CONNECT)->cookie);
	plain_send(client, "data", 4);
	sequence = NEXT(0, TDI_EVENT_RECEIVE)->sequence;
	kill_sockets("state connected sport = :6000");
	event = NEXT(0, TDI_EVENT_DISCONNECT);
	EXPECT_EQ(TDI_DISCONNECT_ABORT, event->flags);
	EXPECT_EQ(sequence, event->sequence);
	EXPECT_NONE(0);
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(self->endpoint[0]));
	close(client);
	client = CALL();
	ACCEPT(0, NEXT(0, TDI_EVENT_CONNECT)->cookie);
	close(client);
}

TEST_HARNESS_MAIN
