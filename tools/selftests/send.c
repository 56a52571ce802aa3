// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flags of TDI_SEND, foremost TDI_SEND_AND_DISCONNECT: its bytes, then FIN
 * (reference 2.9).  Judged by packets.
 */
#include "test.h"

#include "memory.h"
#include "wire.h"

#define BIG	(1 << 17)
#define LAST	TDI_SEND_AND_DISCONNECT

/* @here, @there: ports */
FIXTURE(send) {
	struct pair pair;
	struct wire wire;
	uint16_t here, there;
};

FAMILY_VARIANTS(send);

FIXTURE_SETUP(send)
{
	pair_open(&self->pair, variant->family);
	pair_small_buffers(&self->pair);
	wire_open(&self->wire, "lo", "send-%s-ipv%d.pcap", _metadata->name,
		  variant->family == AF_INET ? 4 : 6);
	self->here = local_port(self->pair.address);
	self->there = tdi_taddr_port(&self->pair.remote);
	pair_connect(&self->pair);
}

FIXTURE_TEARDOWN(send)
{
	wire_close(&self->wire);
	pair_close(&self->pair);
}

#define STATE()	endpoint_state(self->pair.endpoint)

/* FIN is behind @length bytes, and nobody resets. */
#define EXPECT_FIN_BEHIND(length) do {					\
	int __fin = wire_find(&self->wire, self->here, self->there,	\
			      WIRE_FIN | WIRE_RST);			\
	int __syn = wire_find(&self->wire, self->here, self->there,	\
			      WIRE_SYN);				\
	const struct segment *__end;					\
									\
	ASSERT_LE(0, __fin);						\
	__end = &self->wire.seen[__fin];				\
	EXPECT_EQ(WIRE_FIN, __end->flags & (WIRE_FIN | WIRE_RST));	\
	EXPECT_EQ((uint32_t)(length), __end->seq + __end->payload -	\
		  self->wire.seen[__syn].seq - 1);			\
	EXPECT_EQ(0, wire_count(&self->wire, self->here, self->there,	\
				WIRE_RST));				\
} while (0)

/* The peer ends, too: as after any release the endpoint is free again. */
#define EXPECT_RELEASED() do {						\
	EXPECT_EQ(TDI_STATE_LOCAL_RELEASED, STATE());			\
	close(self->pair.peer);						\
	self->pair.peer = -1;						\
	ASSERT_SOON(STATE() == TDI_STATE_ASSOCIATED);			\
} while (0)

TEST_F(send, and_disconnect)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char bytes[4];

	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "first", 5, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "bye", 3, LAST, &io));
	EXPECT_EQ(3, io.information);
	EXPECT_FIN_BEHIND(8);
	/* nothing after it */
	EXPECT_STATUS(STATUS_GRACEFUL_DISCONNECT,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	EXPECT_STATUS(STATUS_GRACEFUL_DISCONNECT,
		      tdi_send(pair->endpoint, "x", 1, LAST, NULL));
	plain_receive(pair->peer, bytes, 3);
	plain_receive(pair->peer, bytes, 2);
	plain_receive(pair->peer, bytes, 3);
	EXPECT_EQ(0, memcmp(bytes, "bye", 3));
	EXPECT_EQ(0, plain_end(pair->peer));
	/* the other way is open */
	plain_send(pair->peer, "more", 4);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, bytes, 4, 0, &io));
	EXPECT_EQ(4, io.information);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	EXPECT_RELEASED();
	EXPECT_EQ(1, wire_count(&self->wire, self->here, self->there,
				WIRE_FIN));
}

/* Without bytes it is the FIN alone. */
TEST_F(send, and_disconnect_without_bytes)
{
	struct tdi_io io = { .information = 9 };

	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(self->pair.endpoint, NULL, 0, LAST, &io));
	EXPECT_EQ(0, io.information);
	EXPECT_FIN_BEHIND(0);
	EXPECT_EQ(0, plain_end(self->pair.peer));
	EXPECT_RELEASED();
}

/* Behind those that wait; nothing gets behind it. */
TEST_F(send, and_disconnect_behind_others)
{
	struct pair *pair = &self->pair;
	char *out = malloc(2 * BIG), *in = malloc(2 * BIG);
	struct job jobs[2] = {
		{ .call = job_send, .fd = pair->endpoint, .buffer = out,
		  .length = BIG },
		{ .call = job_send, .fd = pair->endpoint, .buffer = out + BIG,
		  .length = BIG, .flags = LAST },
	};

	pattern_fill(out, 2 * BIG, 0);
	job_start_blocked(&jobs[0]);
	job_start_blocked(&jobs[1]);
	EXPECT_STATUS(STATUS_GRACEFUL_DISCONNECT,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	EXPECT_STATUS(STATUS_GRACEFUL_DISCONNECT,
		      tdi_send(pair->endpoint, "x", 1, TDI_SEND_EXPEDITED,
			       NULL));
	EXPECT_EQ(0, wire_count(&self->wire, self->here, self->there,
				WIRE_FIN | WIRE_RST));
	plain_receive(pair->peer, in, 2 * BIG);
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_TRUE(pattern_check(in, 2 * BIG, 0));
	for (int i = 0; i < 2; i++) {
		EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&jobs[i]));
		EXPECT_EQ(BIG, jobs[i].io.information);
	}
	EXPECT_FIN_BEHIND(2 * BIG);
	EXPECT_RELEASED();
	free(out);
	free(in);
}

/* What does not go wholly does not disconnect: later sends go on. */
TEST_F(send, and_disconnect_that_does_not_go)
{
	struct pair *pair = &self->pair;
	char *out = calloc(1, BIG), *in = malloc(BIG);
	struct job job = { .call = job_send, .fd = pair->endpoint,
			   .buffer = out, .length = BIG, .flags = LAST };
	struct tdi_io io = { 0 };
	size_t sent;

	EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
		      tdi_send(pair->endpoint, memory_unmapped(), 5, LAST,
			       &io));
	EXPECT_EQ(TDI_STATE_CONNECTED, STATE());
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, out, BIG,
			       LAST | TDI_SEND_NON_BLOCKING, &io));
	sent = io.information;
	EXPECT_GT(BIG, sent);
	EXPECT_EQ(TDI_STATE_CONNECTED, STATE());
	sent += pair_stuff(pair);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_send(pair->endpoint, out, BIG,
			       LAST | TDI_SEND_NON_BLOCKING, &io));
	EXPECT_EQ(TDI_STATE_CONNECTED, STATE());
	job_start_blocked(&job);
	job_cancel(&job);
	/* nothing of it had gone, or part */
	EXPECT_OUTCOME(job.io.information ? STATUS_SUCCESS : STATUS_CANCELLED,
		       job_end(&job));
	EXPECT_EQ(TDI_STATE_CONNECTED, STATE());
	sent += job.io.information;
	plain_receive(pair->peer, in, sent);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "on", 2, 0, NULL));
	plain_receive(pair->peer, in, 2);
	EXPECT_EQ(0, memcmp(in, "on", 2));
	EXPECT_EQ(0, wire_count(&self->wire, self->here, self->there,
				WIRE_FIN | WIRE_RST));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "end", 3, LAST, NULL));
	plain_receive(pair->peer, in, 3);
	EXPECT_FIN_BEHIND(sent + 5);
	EXPECT_RELEASED();
	free(out);
	free(in);
}

/* Messages are TCP's: parts of one are bytes as others are. */
TEST_F(send, partial)
{
	const uint32_t flags[] = {
		TDI_SEND_PARTIAL, TDI_SEND_PARTIAL | TDI_SEND_NON_BLOCKING,
		TDI_SEND_NO_RESPONSE_EXPECTED, 0,
	};
	struct tdi_io io = { 0 };
	char bytes[8];

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_send(self->pair.endpoint, &"abcdefgh"[2 * i],
				       2, flags[i], &io));
		EXPECT_EQ(2, io.information);
	}
	plain_receive(self->pair.peer, bytes, 8);
	EXPECT_EQ(0, memcmp(bytes, "abcdefgh", 8));
}

static size_t payload(struct wire *wire, uint16_t from, uint16_t to)
{
	size_t bytes = 0;

	/* takes in what has come, too */
	wire_count(wire, from, to, WIRE_ACK);
	for (size_t i = 0; i < wire->count; i++)
		if (wire->seen[i].from == from && wire->seen[i].to == to)
			bytes += wire->seen[i].payload;
	return bytes;
}

/* Nothing is sent, nothing waited for; what cannot be is told nevertheless. */
TEST_F(send, zero_length)
{
	const uint32_t flags[] = {
		0, TDI_SEND_PARTIAL, TDI_SEND_EXPEDITED, TDI_SEND_NON_BLOCKING,
		TDI_SEND_NO_RESPONSE_EXPECTED,
	};
	struct pair *pair = &self->pair;
	int idle = open_associated(pair->address);
	struct tdi_io io;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		io = (struct tdi_io){ .information = 9 };
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_send(pair->endpoint, NULL, 0, flags[i], &io));
		EXPECT_EQ(0, io.information);
		EXPECT_STATUS(STATUS_INVALID_CONNECTION,
			      tdi_send(idle, NULL, 0, flags[i], NULL));
	}
	EXPECT_EQ(0, payload(&self->wire, self->here, self->there));
	EXPECT_EQ(0, wire_count(&self->wire, self->here, self->there,
				WIRE_URG));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, NULL, 0, LAST, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_STATUS(STATUS_GRACEFUL_DISCONNECT,
			      tdi_send(pair->endpoint, NULL, 0, flags[i],
				       NULL));
	plain_reset(pair->peer);
	pair->peer = -1;
	ASSERT_SOON(STATE() == TDI_STATE_ASSOCIATED);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_STATUS(STATUS_CONNECTION_RESET,
			      tdi_send(pair->endpoint, NULL, 0, flags[i],
				       NULL));
	close(idle);
}

TEST_HARNESS_MAIN
