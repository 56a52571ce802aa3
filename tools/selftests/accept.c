// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offers (reference 2.7, 3.3), and the three ways to accept: a listen that is
 * connected when it completes, one that asks first, and the CONNECT event.
 */
#include "test.h"

#include "indication.h"
#include "memory.h"
#include "wire.h"

#define CONTEXT	0xc0cac01a	/* of open_endpoint() */
#define OTHER	0xfedcba9876543210ULL
#define NO_OFFER 0x7fffffff	/* a cookie that no offer has */

/* @client: -1, or connected with the address of @pair */
FIXTURE(accept) {
	struct pair pair;
	struct wire wire;
	struct events events;
	struct job job;
	int client;
};

FAMILY_VARIANTS(accept);

FIXTURE_SETUP(accept)
{
	struct pair *pair = &self->pair;

	pair_open(pair, variant->family);
	wire_open(&self->wire, "lo", "accept-%s-ipv%d.pcap", _metadata->name,
		  variant->family == AF_INET ? 4 : 6);
	set_nonblock(pair->address, true);
	self->events.address = pair->address;
	self->job.call = job_listen;
	self->job.fd = pair->endpoint;
	self->job.io.cookie = 7;
	self->client = -1;
}

FIXTURE_TEARDOWN(accept)
{
	if (self->client >= 0)
		close(self->client);
	wire_close(&self->wire);
	pair_close(&self->pair);
}

#define HANDLER()							\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      set_handler(self->pair.address, TDI_EVENT_CONNECT, \
				  55, 0))

/* Pending when this returns */
#define LISTEN(of_flags) do {						\
	self->job.flags = (of_flags);					\
	job_start_blocked(&self->job);					\
	ASSERT_SOON(endpoint_state(self->pair.endpoint) ==		\
		    TDI_STATE_LISTENING);				\
} while (0)

#define CALL() do {							\
	self->client = plain_connect(&self->pair.local);		\
	ASSERT_LE(0, self->client);					\
} while (0)

/* Somebody calls, and a listen that asks has been offered that */
#define OFFERED() do {							\
	LISTEN(TDI_QUERY_ACCEPT);					\
	CALL();								\
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job));		\
	ASSERT_EQ(TDI_STATE_OFFERED,					\
		  endpoint_state(self->pair.endpoint));			\
} while (0)

/* Somebody calls, and the event has told of it: its cookie */
#define TOLD() ({							\
	const struct tdi_event *__event = event_next(&self->events);	\
									\
	ASSERT_EQ(TDI_EVENT_CONNECT, __event->event_type);		\
	__event->cookie;						\
})

static uint16_t port_of(int socket)
{
	return plain_port(socket);
}

/* The peer's packets say that it was refused */
#define EXPECT_REFUSED(client) do {					\
	int __client = (client);					\
									\
	EXPECT_EQ(-1, plain_end(__client));				\
	EXPECT_EQ(WIRE_RST, wire_end(&self->wire,			\
				     tdi_taddr_port(&self->pair.local),	\
				     port_of(__client)));		\
} while (0)

/* The two are the ends of one connection. */
static bool are_connected(int endpoint, int peer)
{
	char byte;

	if (tdi_send(endpoint, "t", 1, 0, NULL))
		return false;
	plain_receive(peer, &byte, 1);
	plain_send(peer, "p", 1);
	return byte == 't' && !tdi_receive(endpoint, &byte, 1, 0, NULL) &&
	       byte == 'p';
}

/* ---- A listen that asks ---- */

TEST_F(accept, offer_to_a_listen)
{
	int endpoint = self->pair.endpoint;
	struct tdi_taddr peer, seen;

	OFFERED();
	seen = address_of_socket(self->client);
	/* nothing but an answer goes */
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_listen(endpoint, NULL, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_connect(endpoint, &self->pair.remote, 0, NULL, 0,
				  NULL));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_disassociate_address(endpoint, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_send(endpoint, "x", 1, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS, accept_offer(endpoint, 0, NULL, &peer));
	EXPECT_TRUE(address_equal(&seen, &peer));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(endpoint));
	EXPECT_TRUE(are_connected(endpoint, self->client));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      accept_offer(endpoint, 0, NULL, NULL));
}

/* What came while the client was asked is there. */
TEST_F(accept, data_before_the_answer)
{
	struct tdi_io io = { 0 };
	char bytes[8];

	OFFERED();
	plain_send(self->client, "early", 5);
	ASSERT_EQ(0, shutdown(self->client, SHUT_WR));
	EXPECT_STATUS(STATUS_SUCCESS,
		      accept_offer(self->pair.endpoint, 0, NULL, NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->pair.endpoint, bytes, 8, 0, &io));
	EXPECT_EQ(5, io.information);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->pair.endpoint, bytes, 8, 0, &io));
	EXPECT_EQ(0, io.information);
}

TEST_F(accept, refused_by_disconnect)
{
	struct pair *pair = &self->pair;

	OFFERED();
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT,
				     NULL));
	EXPECT_REFUSED(self->client);
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(pair->endpoint, 0, NULL, NULL));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(accept, refused_by_closing_the_endpoint)
{
	OFFERED();
	close(self->pair.endpoint);
	self->pair.endpoint = -1;
	EXPECT_REFUSED(self->client);
}

TEST_F(accept, refused_by_closing_the_address)
{
	struct pair *pair = &self->pair;

	OFFERED();
	close(pair->address);
	pair->address = -1;
	EXPECT_REFUSED(self->client);
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(pair->endpoint));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(pair->endpoint, 0, NULL, NULL));
}

/* Nobody answers: refused in time, and the endpoint is told when it does */
TEST_F(accept, unanswered)
{
	struct pair *pair = &self->pair;
	int64_t start = now_ms();

	OFFERED();
	EXPECT_REFUSED(self->client);
	EXPECT_LE(TDI_OFFER_TIMEOUT_MS, now_ms() - start);
	/* the peer may know first */
	ASSERT_SOON(endpoint_state(pair->endpoint) == TDI_STATE_ASSOCIATED);
	EXPECT_STATUS(STATUS_CONNECTION_ABORTED,
		      accept_offer(pair->endpoint, 0, NULL, NULL));
	/* once */
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(pair->endpoint, 0, NULL, NULL));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(accept, peer_has_gone)
{
	struct pair *pair = &self->pair;
	uint16_t port;

	OFFERED();
	port = port_of(self->client);
	plain_reset(self->client);
	self->client = -1;
	ASSERT_EQ(WIRE_RST, wire_end(&self->wire, port,
				     tdi_taddr_port(&pair->local)));
	EXPECT_STATUS(STATUS_CONNECTION_RESET,
		      accept_offer(pair->endpoint, 0, NULL, NULL));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(accept, nothing_offered)
{
	int endpoint = self->pair.endpoint, fresh = open_endpoint();

	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(endpoint, 0, NULL, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(fresh, 0, NULL, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(endpoint, NO_OFFER, NULL, NULL));
	LISTEN(TDI_QUERY_ACCEPT);
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      accept_offer(endpoint, 0, NULL, NULL));
	job_cancel(&self->job);
	EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&self->job));
	close(fresh);
}

/* A bad place for the peer's address: nothing has happened */
TEST_F(accept, bad_pointers)
{
	void *bad[] = { NULL, memory_unmapped(), MEMORY_KERNEL,
			memory_read_only() };
	int endpoint = self->pair.endpoint;

	OFFERED();
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct tdi_accept arg = {
			.head.size = sizeof(arg),
			.ret.remote_address = (uintptr_t)bad[i],
			.ret.remote_address_length = 22,
		};

		EXPECT_EQ(-1, ioctl(endpoint, TDI_IOC_ACCEPT, &arg));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(STATUS_ACCESS_VIOLATION, arg.head.status);
		EXPECT_EQ(TDI_STATE_OFFERED, endpoint_state(endpoint));
	}
	EXPECT_STATUS(STATUS_SUCCESS, accept_offer(endpoint, 0, NULL, NULL));
	EXPECT_TRUE(are_connected(endpoint, self->client));
}

/* ---- The event ---- */

TEST_F(accept, offer_by_the_event)
{
	struct pair *pair = &self->pair;
	const struct tdi_event *event;
	struct tdi_taddr peer, seen;

	HANDLER();
	EXPECT_TRUE(event_none(&self->events));
	CALL();
	seen = address_of_socket(self->client);
	event = event_next(&self->events);
	EXPECT_EQ(TDI_EVENT_CONNECT, event->event_type);
	EXPECT_EQ(55, event->event_context);
	EXPECT_EQ(0, event->connection_context);
	EXPECT_EQ(0, event->bytes_indicated);
	EXPECT_EQ(0, event->bytes_available);
	EXPECT_EQ(0, event->flags);
	EXPECT_EQ(0, event->status);
	EXPECT_NE(0, event->cookie);
	EXPECT_EQ(seen.length, event->address_length);
	EXPECT_EQ(0, memcmp(seen.bytes, event->address, seen.length));
	EXPECT_TRUE(event_none(&self->events));
	EXPECT_STATUS(STATUS_SUCCESS,
		      accept_offer(pair->endpoint, event->cookie, NULL,
				   &peer));
	EXPECT_TRUE(address_equal(&seen, &peer));
	EXPECT_TRUE(are_connected(pair->endpoint, self->client));
	/* it is answered */
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      refuse_offer(pair->address, event->cookie,
				   STATUS_CONNECTION_REFUSED));
}

TEST_F(accept, refused_by_reply)
{
	const uint32_t reasons[] = { STATUS_CONNECTION_REFUSED,
				     STATUS_INSUFFICIENT_RESOURCES };
	const uint32_t wrong[] = { STATUS_SUCCESS, STATUS_PENDING,
				   STATUS_CANCELLED, ~0U };
	int address = self->pair.address;
	uint64_t cookie;

	HANDLER();
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		CALL();
		cookie = TOLD();
		for (size_t j = 0; j < ARRAY_SIZE(wrong); j++)
			EXPECT_STATUS(STATUS_INVALID_PARAMETER,
				      refuse_offer(address, cookie, wrong[j]));
		EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
			      refuse_offer(address, cookie + 1, reasons[i]));
		EXPECT_EQ(0, wire_count(&self->wire,
					tdi_taddr_port(&self->pair.local),
					port_of(self->client), WIRE_RST));
		EXPECT_STATUS(STATUS_SUCCESS,
			      refuse_offer(address, cookie, reasons[i]));
		EXPECT_REFUSED(self->client);
		EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
			      refuse_offer(address, cookie, reasons[i]));
		EXPECT_STATUS(STATUS_CONNECTION_ABORTED,
			      accept_offer(self->pair.endpoint, cookie, NULL,
					   NULL));
		close(self->client);
		self->client = -1;
	}
	EXPECT_TRUE(pair_usable(&self->pair, self->pair.endpoint));
}

TEST_F(accept, unanswered_event)
{
	int64_t start = now_ms();
	uint64_t cookie;

	HANDLER();
	CALL();
	cookie = TOLD();
	EXPECT_REFUSED(self->client);
	EXPECT_LE(TDI_OFFER_TIMEOUT_MS, now_ms() - start);
	EXPECT_STATUS(STATUS_CONNECTION_ABORTED,
		      accept_offer(self->pair.endpoint, cookie, NULL, NULL));
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      refuse_offer(self->pair.address, cookie,
				   STATUS_CONNECTION_REFUSED));
	EXPECT_TRUE(pair_usable(&self->pair, self->pair.endpoint));
	/* the next one is offered */
	close(self->client);
	CALL();
	EXPECT_NE(cookie, TOLD());
}

TEST_F(accept, refused_by_turning_it_off)
{
	HANDLER();
	CALL();
	TOLD();
	EXPECT_STATUS(STATUS_SUCCESS,
		      clear_handler(self->pair.address, TDI_EVENT_CONNECT));
	EXPECT_REFUSED(self->client);
	EXPECT_EQ(-1, plain_connect(&self->pair.local));
	EXPECT_EQ(ECONNREFUSED, errno);
}

/* Not told yet: whoever closes refuses it as well */
TEST_F(accept, refused_by_closing_untold)
{
	struct pair *pair = &self->pair;

	HANDLER();
	CALL();
	ASSERT_TRUE(wait_events(pair->address, POLLIN));
	close(pair->endpoint);
	close(pair->address);
	pair->endpoint = -1;
	pair->address = -1;
	EXPECT_REFUSED(self->client);
}

TEST_F(accept, peer_of_an_event_has_gone)
{
	struct pair *pair = &self->pair;
	uint64_t cookie;
	uint16_t port;

	HANDLER();
	CALL();
	cookie = TOLD();
	port = port_of(self->client);
	plain_reset(self->client);
	self->client = -1;
	ASSERT_EQ(WIRE_RST, wire_end(&self->wire, port,
				     tdi_taddr_port(&pair->local)));
	EXPECT_STATUS(STATUS_CONNECTION_RESET,
		      accept_offer(pair->endpoint, cookie, NULL, NULL));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* The endpoint must be idle, and of the same address; the offer stays. */
TEST_F(accept, by_the_wrong_endpoint)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr any = address_any(variant->family, 0);
	int elsewhere = open_address(&any), fresh = open_endpoint();
	int other = open_associated(elsewhere);
	uint64_t cookie;

	HANDLER();
	CALL();
	cookie = TOLD();
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(fresh, cookie, NULL, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(other, cookie, NULL, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(pair->address, cookie, NULL, NULL));
	pair_connect(pair);
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      accept_offer(pair->endpoint, cookie, NULL, NULL));
	/* neither refused through another address */
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      refuse_offer(elsewhere, cookie,
				   STATUS_CONNECTION_REFUSED));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT,
				     NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      accept_offer(pair->endpoint, cookie, NULL, NULL));
	EXPECT_TRUE(are_connected(pair->endpoint, self->client));
	close(fresh);
	close(other);
	close(elsewhere);
}

/* Several wait; they can be answered in any order. */
TEST_F(accept, several_offers)
{
	int clients[4], endpoints[4];
	uint64_t cookies[4];

	HANDLER();
	for (int i = 0; i < 4; i++) {
		clients[i] = plain_connect(&self->pair.local);
		ASSERT_LE(0, clients[i]);
		endpoints[i] = open_associated(self->pair.address);
	}
	for (int i = 0; i < 4; i++) {
		const struct tdi_event *event = event_next(&self->events);
		struct tdi_taddr seen = address_of_socket(clients[i]);

		/* in the order in which they came */
		EXPECT_EQ(0, memcmp(seen.bytes, event->address, seen.length));
		cookies[i] = event->cookie;
	}
	EXPECT_STATUS(STATUS_SUCCESS,
		      refuse_offer(self->pair.address, cookies[1],
				   STATUS_CONNECTION_REFUSED));
	EXPECT_REFUSED(clients[1]);
	for (int i = 3; i >= 0; i--) {
		if (i == 1)
			continue;
		EXPECT_STATUS(STATUS_SUCCESS,
			      accept_offer(endpoints[i], cookies[i], NULL,
					   NULL));
		EXPECT_TRUE(are_connected(endpoints[i], clients[i]));
	}
	for (int i = 0; i < 4; i++) {
		close(clients[i]);
		close(endpoints[i]);
	}
}

/* ---- All of them ---- */

/* Reference 3.3: the event is for those whom no listen waits for. */
TEST_F(accept, listen_before_event)
{
	struct pair *pair = &self->pair;
	int second;

	HANDLER();
	LISTEN(0);
	CALL();
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job));
	EXPECT_TRUE(event_none(&self->events));
	EXPECT_TRUE(are_connected(pair->endpoint, self->client));
	/* the next one finds no listen */
	second = plain_connect(&pair->local);
	ASSERT_LE(0, second);
	TOLD();
	close(second);
}

TEST_F(accept, listen_that_asks_before_event)
{
	HANDLER();
	OFFERED();
	EXPECT_TRUE(event_none(&self->events));
	EXPECT_STATUS(STATUS_SUCCESS,
		      accept_offer(self->pair.endpoint, 0, NULL, NULL));
	EXPECT_TRUE(are_connected(self->pair.endpoint, self->client));
}

/* Who does not match its filter is told */
TEST_F(accept, event_for_those_a_listen_does_not_want)
{
	self->job.remote = address_local(variant->family, 1);
	HANDLER();
	LISTEN(0);
	CALL();
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      accept_offer(self->pair.endpoint, TOLD(), NULL, NULL));
	job_cancel(&self->job);
	EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&self->job));
}

/* The context of the offer replaces the endpoint's in all later events. */
TEST_F(accept, context_is_replaced)
{
	struct pair *pair = &self->pair;
	const uint64_t other = OTHER;
	struct tdi_accept arg = { .head.size = sizeof(arg),
				  .connection_context = 1 };
	const struct tdi_event *event;

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(pair->address, TDI_EVENT_RECEIVE, 1, 64));
	OFFERED();
	/* without its flag there is none */
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_ACCEPT, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	EXPECT_STATUS(STATUS_SUCCESS,
		      accept_offer(pair->endpoint, 0, &other, NULL));
	plain_send(self->client, "data", 4);
	event = event_next(&self->events);
	EXPECT_EQ(TDI_EVENT_RECEIVE, event->event_type);
	EXPECT_EQ(OTHER, event->connection_context);
}

TEST_F(accept, context_stays)
{
	struct pair *pair = &self->pair;
	const uint64_t other = OTHER;
	uint64_t cookie;

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(pair->address, TDI_EVENT_RECEIVE, 1, 64));
	HANDLER();
	CALL();
	cookie = TOLD();
	/* an accept that fails replaces nothing */
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      accept_offer(pair->endpoint, NO_OFFER, &other, NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      accept_offer(pair->endpoint, cookie, NULL, NULL));
	plain_send(self->client, "data", 4);
	EXPECT_EQ(CONTEXT, event_next(&self->events)->connection_context);
}

TEST_HARNESS_MAIN
