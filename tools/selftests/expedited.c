// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expedited data, TCP's urgent byte: TDI_SEND_EXPEDITED, and what receives of
 * each kind get of it (reference 2.9, 2.10).
 */
#include "test.h"

#include "wire.h"

#define NORMAL		TDI_RECEIVE_NORMAL
#define EXPEDITED	TDI_RECEIVE_EXPEDITED
#define PEEK		TDI_RECEIVE_PEEK

FIXTURE(expedited) {
	struct pair pair;
};

FAMILY_VARIANTS(expedited);

FIXTURE_SETUP(expedited)
{
	pair_open(&self->pair, variant->family);
	pair_connect(&self->pair);
}

FIXTURE_TEARDOWN(expedited)
{
	pair_close(&self->pair);
}

/* One byte, which is there when this returns */
#define URGENT(byte) do {						\
	ASSERT_EQ(1, send(self->pair.peer, byte, 1, MSG_OOB));		\
	ASSERT_SOON(plain_all_acked(self->pair.peer));			\
} while (0)

#define ARRIVE(data) do {						\
	plain_send(self->pair.peer, data, strlen(data));		\
	ASSERT_SOON(plain_all_acked(self->pair.peer));			\
} while (0)

/* A receive with these flags gets just that. */
#define EXPECT_RECEIVE(of_flags, data) do {				\
	struct tdi_io __io = { 0 };					\
	char __bytes[16];						\
									\
	EXPECT_STATUS(STATUS_SUCCESS,					\
		      tdi_receive(self->pair.endpoint, __bytes, 16,	\
				  of_flags, &__io));			\
	EXPECT_EQ(strlen(data), __io.information);			\
	EXPECT_EQ(0, memcmp(__bytes, data, strlen(data)));		\
} while (0)

/* The endpoint is O_NONBLOCK: nothing of the kind is there. */
#define EXPECT_NOTHING(of_flags) do {					\
	char __byte;							\
									\
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,				\
		      tdi_receive(self->pair.endpoint, &__byte, 1,	\
				  of_flags, NULL));			\
} while (0)

/* The last byte is urgent on the wire, those before it are not. */
TEST_F(expedited, send)
{
	struct pair *pair = &self->pair;
	uint16_t here = local_port(pair->address);
	uint16_t there = tdi_taddr_port(&pair->remote);
	struct tdi_io io = { 0 };
	char bytes[4] = "";
	struct wire wire;

	wire_open(&wire, "lo", "%s-ipv%d.pcap", _metadata->name,
		  variant->family == AF_INET ? 4 : 6);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "ab", 2, 0, &io));
	ASSERT_TRUE(wait_events(pair->peer, POLLIN));
	EXPECT_EQ(0, wire_count(&wire, here, there, WIRE_URG));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "cd!", 3, TDI_SEND_EXPEDITED,
			       &io));
	EXPECT_EQ(3, io.information);
	EXPECT_LE(0, wire_find(&wire, here, there, WIRE_URG));
	ASSERT_TRUE(wait_events(pair->peer, POLLPRI));
	EXPECT_EQ(1, recv(pair->peer, bytes, 4, MSG_OOB));
	EXPECT_EQ('!', bytes[0]);
	plain_receive(pair->peer, bytes, 4);
	EXPECT_EQ(0, memcmp(bytes, "abcd", 4));
	EXPECT_EQ(0, look_events(pair->peer, POLLIN));
	wire_close(&wire);
}

/* It goes before sends that wait, even the rest of one that has begun. */
TEST_F(expedited, send_overtakes)
{
	const size_t length = 1 << 17;
	struct pair *pair = &self->pair;
	char *a = malloc(length), *b = malloc(length);
	char *in = malloc(2 * length + 1), *at;
	struct job jobs[3] = {
		{ .call = job_send, .buffer = memset(a, 'a', length),
		  .length = length },
		{ .call = job_send, .buffer = memset(b, 'b', length),
		  .length = length },
		{ .call = job_send, .buffer = "!", .length = 1,
		  .flags = TDI_SEND_EXPEDITED },
	};
	int on = 1;

	close(pair->peer);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT,
				     NULL));
	pair_small_buffers(pair);
	pair_connect(pair);
	ASSERT_EQ(0, setsockopt(pair->peer, SOL_SOCKET, SO_OOBINLINE, &on,
				sizeof(on)));
	for (int i = 0; i < 3; i++)
		jobs[i].fd = pair->endpoint;
	job_start_blocked(&jobs[0]);
	job_start_blocked(&jobs[1]);
	/* there may be room for one byte more just now */
	job_start(&jobs[2]);
	plain_receive(pair->peer, in, 2 * length + 1);
	for (int i = 0; i < 3; i++)
		EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&jobs[i]));
	at = memchr(in, '!', length);
	ASSERT_NE(NULL, at);
	memmove(at, at + 1, in + 2 * length - at);
	EXPECT_EQ(0, memcmp(in, a, length));
	EXPECT_EQ(0, memcmp(in + length, b, length));
	free(a);
	free(b);
	free(in);
}

/* Both there; what each kind of receive gets, first and then */
TEST_F(expedited, kinds_of_receive)
{
	static const struct {
		uint32_t flags;
		const char *first, *then;
	} kinds[] = {
		{ 0, "!", "ab" },
		{ EXPEDITED | NORMAL, "!", "ab" },
		{ EXPEDITED, "!", NULL },
		{ NORMAL, "ab", NULL },
	};

	set_nonblock(self->pair.endpoint, true);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		ARRIVE("ab");
		URGENT("!");
		EXPECT_EQ(POLLIN | POLLPRI,
			  look_events(self->pair.endpoint, POLLIN | POLLPRI));
		EXPECT_RECEIVE(kinds[i].flags, kinds[i].first);
		if (kinds[i].then)
			EXPECT_RECEIVE(kinds[i].flags, kinds[i].then);
		else
			EXPECT_NOTHING(kinds[i].flags);
		/* the other kind has waited */
		if (kinds[i].flags == EXPEDITED)
			EXPECT_RECEIVE(NORMAL, "ab");
		if (kinds[i].flags == NORMAL)
			EXPECT_RECEIVE(EXPEDITED, "!");
		EXPECT_NOTHING(0);
		EXPECT_EQ(0, look_events(self->pair.endpoint,
					 POLLIN | POLLPRI));
	}
}

/* It stays as it is looked at, and is no part of what comes before and after. */
TEST_F(expedited, peek)
{
	set_nonblock(self->pair.endpoint, true);
	ARRIVE("ab");
	URGENT("!");
	ARRIVE("cd");
	for (int i = 0; i < 3; i++) {
		EXPECT_RECEIVE(EXPEDITED | PEEK, "!");
		EXPECT_RECEIVE(PEEK, "!");
	}
	EXPECT_RECEIVE(EXPEDITED, "!");
	EXPECT_NOTHING(EXPEDITED | PEEK);
	EXPECT_NOTHING(EXPEDITED);
	/* in one run or two */
	for (int i = 0; i < 3; i++)
		EXPECT_RECEIVE(NORMAL | PEEK, "ab");
	EXPECT_RECEIVE(NORMAL, "ab");
	EXPECT_RECEIVE(NORMAL, "cd");
}

/* read(2) goes past it, and leaves it. */
TEST_F(expedited, not_for_read)
{
	char bytes[8];

	set_nonblock(self->pair.endpoint, true);
	ARRIVE("ab");
	URGENT("!");
	ARRIVE("cd");
	EXPECT_EQ(2, read(self->pair.endpoint, bytes, 8));
	EXPECT_EQ(2, read(self->pair.endpoint, bytes + 2, 6));
	EXPECT_EQ(0, memcmp(bytes, "abcd", 4));
	EXPECT_EQ(-1, read(self->pair.endpoint, bytes, 8));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(POLLPRI, look_events(self->pair.endpoint, POLLIN | POLLPRI));
	EXPECT_RECEIVE(0, "!");
}

/*
 * There is one: a newer one replaces it.  What becomes of the older one is TCP's
 * affair; Linux leaves it where it was sent, among the ordinary bytes.
 */
TEST_F(expedited, replaced)
{
	set_nonblock(self->pair.endpoint, true);
	ARRIVE("ab");
	URGENT("1");
	ARRIVE("cd");
	URGENT("2");
	EXPECT_RECEIVE(EXPEDITED, "2");
	EXPECT_NOTHING(EXPEDITED);
	EXPECT_RECEIVE(NORMAL, "ab1cd");
	EXPECT_NOTHING(0);
	/* not so if all before it had been received */
	URGENT("3");
	EXPECT_RECEIVE(EXPEDITED, "3");
	ARRIVE("ef");
	EXPECT_RECEIVE(NORMAL, "ef");
	URGENT("4");
	EXPECT_RECEIVE(0, "4");
	EXPECT_NOTHING(0);
}

/* A receive that waits is ended by its own kind only. */
TEST_F(expedited, waits_for_its_kind)
{
	struct pair *pair = &self->pair;
	char bytes[2][4] = { "", "" };
	struct job normal = { .call = job_receive, .fd = pair->endpoint,
			      .buffer = bytes[0], .length = 4,
			      .flags = NORMAL };
	struct job expedited = { .call = job_receive, .fd = pair->endpoint,
				 .buffer = bytes[1], .length = 4,
				 .flags = EXPEDITED };

	job_start_blocked(&expedited);
	ARRIVE("ab");
	EXPECT_RECEIVE(NORMAL, "ab");
	EXPECT_FALSE(expedited.done);
	job_start_blocked(&normal);
	URGENT("!");
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&expedited));
	EXPECT_EQ(1, expedited.io.information);
	EXPECT_EQ('!', bytes[1][0]);
	URGENT("?");
	EXPECT_FALSE(normal.done);
	ARRIVE("cd");
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&normal));
	EXPECT_EQ(2, normal.io.information);
	EXPECT_EQ(0, memcmp(bytes[0], "cd", 2));
	EXPECT_RECEIVE(EXPEDITED, "?");
}

/* Nothing expedited will come any more; what had come still can be had. */
TEST_F(expedited, at_the_end)
{
	struct pair *pair = &self->pair;
	char byte;
	struct job job = { .call = job_receive, .fd = pair->endpoint,
			   .buffer = &byte, .length = 1, .flags = EXPEDITED };

	job_start_blocked(&job);
	ASSERT_EQ(0, shutdown(pair->peer, SHUT_WR));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ(0, job.io.information);
	close(pair->peer);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	ASSERT_SOON(endpoint_state(pair->endpoint) == TDI_STATE_ASSOCIATED);

	pair_connect(pair);
	URGENT("!");
	ASSERT_EQ(0, shutdown(pair->peer, SHUT_WR));
	ASSERT_SOON(endpoint_state(pair->endpoint) ==
		    TDI_STATE_REMOTE_RELEASED);
	EXPECT_RECEIVE(EXPEDITED, "!");
	EXPECT_RECEIVE(EXPEDITED, "");
	plain_reset(pair->peer);
	pair->peer = -1;
	ASSERT_SOON(endpoint_state(pair->endpoint) == TDI_STATE_ASSOCIATED);
	EXPECT_STATUS(STATUS_CONNECTION_RESET,
		      tdi_receive(pair->endpoint, &byte, 1, EXPEDITED, NULL));
}

/* What could not be handed over is there the next time. */
TEST_F(expedited, bad_pointers)
{
	URGENT("!");
	for (uint32_t peek = 0; peek <= PEEK; peek += PEEK) {
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_receive(self->pair.endpoint, (void *)8, 1,
					  EXPEDITED | peek, NULL));
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_receive(self->pair.endpoint, (void *)8, 1,
					  peek, NULL));
	}
	EXPECT_RECEIVE(EXPEDITED, "!");
}

TEST_HARNESS_MAIN
