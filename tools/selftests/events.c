// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of an address (reference 3): which there are, when, and what they say.
 */
#include "events.h"

TEST_F(events, handlers)
{
	const uint32_t plain[] = {
		TDI_EVENT_CONNECT, TDI_EVENT_DISCONNECT, TDI_EVENT_ERROR,
		TDI_EVENT_RECEIVE, TDI_EVENT_RECEIVE_DATAGRAM,
		TDI_EVENT_RECEIVE_EXPEDITED, TDI_EVENT_SEND_POSSIBLE,
		TDI_EVENT_ERROR_EX,
	};
	const uint32_t chained[] = {
		TDI_EVENT_CHAINED_RECEIVE, TDI_EVENT_CHAINED_RECEIVE_DATAGRAM,
		TDI_EVENT_CHAINED_RECEIVE_EXPEDITED,
	};
	const uint32_t unknown[] = { 11, 31, 32, 64, 0x80000000, ~0U };
	int address = self->pair.address;

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		bool data = plain[i] == TDI_EVENT_RECEIVE ||
			    plain[i] == TDI_EVENT_RECEIVE_DATAGRAM ||
			    plain[i] == TDI_EVENT_RECEIVE_EXPEDITED;

		EXPECT_STATUS(STATUS_SUCCESS, clear_handler(address, plain[i]));
		EXPECT_STATUS(STATUS_SUCCESS,
			      set_handler(address, plain[i], 1, 0));
		EXPECT_STATUS(STATUS_SUCCESS,
			      set_handler(address, plain[i], 2, 0));
		EXPECT_STATUS(data ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER,
			      set_handler(address, plain[i], 3, 1));
		EXPECT_STATUS(STATUS_SUCCESS, clear_handler(address, plain[i]));
		EXPECT_STATUS(STATUS_SUCCESS, clear_handler(address, plain[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(chained); i++)
		EXPECT_STATUS(STATUS_NOT_IMPLEMENTED,
			      set_handler(address, chained[i], 1, 0));
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		EXPECT_STATUS(STATUS_INVALID_PARAMETER,
			      set_handler(address, unknown[i], 1, 0));
	EXPECT_NONE();
}

TEST_F(events, receive)
{
	const struct tdi_event *event;
	struct tdi_io io = { 0 };
	char bytes[8];

	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	EXPECT_NONE();
	ARRIVE("hello", 5);
	event = NEXT();
	EXPECT_DATA(event, ENTIRE, "hello", 5, 5);
	EXPECT_EQ(72, event->size);
	EXPECT_EQ(64, event->data_offset);
	EXPECT_NONE();
	/* it is taken */
	set_nonblock(self->pair.endpoint, true);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive(self->pair.endpoint, bytes, 8, 0, &io));
}

TEST_F(events, receive_in_pieces)
{
	char bytes[25];

	pattern_fill(bytes, 25, 0);
	pair_connect(&self->pair);
	ARRIVE(bytes, 25);
	/* what was there before the handler is told, too */
	ON(TDI_EVENT_RECEIVE, 10);
	EXPECT_DATA(NEXT(), NORMAL, bytes, 10, 25);
	EXPECT_DATA(NEXT(), NORMAL, bytes + 10, 10, 15);
	EXPECT_DATA(NEXT(), ENTIRE, bytes + 20, 5, 5);
	EXPECT_NONE();
}

/* No more than there is room for: the rest comes next */
TEST_F(events, receive_with_little_room)
{
	int address = self->pair.address;
	_Alignas(8) unsigned char bytes[88];
	struct tdi_event *event = (void *)bytes;

	ON(TDI_EVENT_RECEIVE, 4096);
	pair_connect(&self->pair);
	ARRIVE("0123456789abcdefghij", 20);
	EXPECT_EQ(80, read(address, bytes, 87));
	EXPECT_DATA(event, NORMAL, "0123456789abcdef", 16, 20);
	EXPECT_EQ(72, read(address, bytes, 88));
	EXPECT_DATA(event, ENTIRE, "ghij", 4, 4);
}

/* Reference 3.5: told once, and no more before a receive */
TEST_F(events, receive_told_only)
{
	struct tdi_io io = { 0 };
	char bytes[8];

	ON(TDI_EVENT_RECEIVE, 0);
	pair_connect(&self->pair);
	ARRIVE("one", 3);
	EXPECT_DATA(NEXT(), NORMAL, "", 0, 3);
	ARRIVE("two", 3);
	EXPECT_NONE();
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->pair.endpoint, bytes, 2, 0, &io));
	EXPECT_DATA(NEXT(), NORMAL, "", 0, 4);
	EXPECT_NONE();
	/* one without room is enough */
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->pair.endpoint, bytes, 0, 0, &io));
	EXPECT_DATA(NEXT(), NORMAL, "", 0, 4);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->pair.endpoint, bytes, 8, 0, &io));
	EXPECT_EQ(0, memcmp(bytes, "etwo", 4));
	EXPECT_NONE();
	ARRIVE("three", 5);
	EXPECT_DATA(NEXT(), NORMAL, "", 0, 5);
}

/* No event while a receive is queued */
TEST_F(events, receive_has_precedence)
{
	struct tdi_io io = { 0 };
	char bytes[8] = "";
	struct job job = { .call = job_receive, .fd = self->pair.endpoint,
			   .buffer = bytes, .length = 3 };

	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	job_start_blocked(&job);
	ARRIVE("abcdef", 6);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ(0, memcmp(bytes, "abc", 3));
	EXPECT_DATA(NEXT(), ENTIRE, "def", 3, 3);
	/* one that is cancelled leaves it to the event */
	job_start_blocked(&job);
	job_cancel(&job);
	job_end(&job);
	ARRIVE("ghi", 3);
	EXPECT_DATA(NEXT(), ENTIRE, "ghi", 3, 3);
	set_nonblock(self->pair.endpoint, true);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive(self->pair.endpoint, bytes, 8, 0, &io));
}

TEST_F(events, turned_off)
{
	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	ARRIVE("one", 3);
	OFF(TDI_EVENT_RECEIVE);
	EXPECT_NONE();
	ARRIVE("two", 3);
	EXPECT_NONE();
	ON(TDI_EVENT_RECEIVE, 64);
	EXPECT_DATA(NEXT(), ENTIRE, "onetwo", 6, 6);
	/* another context, another lookahead */
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(self->pair.address, TDI_EVENT_RECEIVE, 77,
				  2));
	ARRIVE("end", 3);
	EXPECT_EQ(77, NEXT()->event_context);
	EXPECT_EQ(1, NEXT()->bytes_indicated);
}

/* The last event of a connection comes after its data, and once. */
TEST_F(events, release_by_the_peer)
{
	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	plain_send(self->pair.peer, "last", 4);
	ASSERT_EQ(0, shutdown(self->pair.peer, SHUT_WR));
	ASSERT_SOON(endpoint_state(self->pair.endpoint) ==
		    TDI_STATE_REMOTE_RELEASED);
	EXPECT_DATA(NEXT(), ENTIRE, "last", 4, 4);
	EXPECT_EVENT(NEXT(), TDI_EVENT_DISCONNECT, TDI_DISCONNECT_RELEASE);
	EXPECT_NONE();
	/* this side still can */
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(self->pair.endpoint, "x", 1, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(self->pair.endpoint, 0,
				     TDI_DISCONNECT_RELEASE, NULL));
	ASSERT_SOON(endpoint_state(self->pair.endpoint) ==
		    TDI_STATE_ASSOCIATED);
	EXPECT_NONE();
}

/* Reference 3.4: clients wait for it after their own release. */
TEST_F(events, release_after_the_local_one)
{
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(self->pair.endpoint, 0,
				     TDI_DISCONNECT_RELEASE, NULL));
	EXPECT_NONE();
	close(self->pair.peer);
	self->pair.peer = -1;
	EXPECT_EVENT(NEXT(), TDI_EVENT_DISCONNECT, TDI_DISCONNECT_RELEASE);
	EXPECT_NONE();
}

TEST_F(events, abort_by_the_peer)
{
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	plain_reset(self->pair.peer);
	self->pair.peer = -1;
	EXPECT_EVENT(NEXT(), TDI_EVENT_DISCONNECT, TDI_DISCONNECT_ABORT);
	EXPECT_NONE();
	EXPECT_TRUE(pair_usable(&self->pair, self->pair.endpoint));
	/* and not for the abort in there */
	EXPECT_NONE();
}

/* Neither an abort nor a close of one's own is told. */
TEST_F(events, abort_of_ones_own)
{
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(self->pair.endpoint, 0,
				     TDI_DISCONNECT_ABORT, NULL));
	EXPECT_EQ(-1, plain_end(self->pair.peer));
	EXPECT_NONE();
	pair_connect(&self->pair);
	close(self->pair.endpoint);
	self->pair.endpoint = -1;
	EXPECT_EQ(0, plain_end(self->pair.peer));
	EXPECT_NONE();
}

/* Connects that fail, and are no connections, have no end to be told. */
TEST_F(events, no_end_without_a_connection)
{
	struct tdi_taddr nobody = address_local(variant->family, 1);

	ON(TDI_EVENT_DISCONNECT, 0);
	EXPECT_NE(STATUS_SUCCESS,
		  tdi_connect(self->pair.endpoint, &nobody, 0, NULL, 0, NULL));
	EXPECT_NONE();
}

/* An ended connection's number is not the next one's. */
TEST_F(events, sequence)
{
	uint64_t last = 0;

	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_DISCONNECT, 0);
	for (int i = 0; i < 4; i++) {
		const struct tdi_event *event;
		uint64_t sequence;

		pair_connect(&self->pair);
		ARRIVE("data", 4);
		event = NEXT();
		EXPECT_EQ(TDI_EVENT_RECEIVE, event->event_type);
		sequence = event->sequence;
		EXPECT_NE(last, sequence);
		last = sequence;
		plain_reset(self->pair.peer);
		event = NEXT();
		EXPECT_EQ(TDI_EVENT_DISCONNECT, event->event_type);
		EXPECT_EQ(sequence, event->sequence);
	}
	self->pair.peer = -1;
}

#define URGENT(byte) do {						\
	ASSERT_EQ(1, send(self->pair.peer, byte, 1, MSG_OOB));		\
	ASSERT_SOON(plain_all_acked(self->pair.peer));			\
} while (0)

TEST_F(events, expedited)
{
	const struct tdi_event *event;

	ON(TDI_EVENT_RECEIVE_EXPEDITED, 16);
	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	ARRIVE("normal", 6);
	URGENT("!");
	/* overtakes */
	event = NEXT();
	EXPECT_EVENT(event, TDI_EVENT_RECEIVE_EXPEDITED,
		     TDI_RECEIVE_EXPEDITED | TDI_RECEIVE_ENTIRE_MESSAGE);
	EXPECT_EQ(1, event->bytes_indicated);
	EXPECT_EQ('!', *(const char *)event_data(event));
	event = NEXT();
	EXPECT_EQ(TDI_EVENT_RECEIVE, event->event_type);
	EXPECT_EQ(6, event->bytes_indicated);
	EXPECT_EQ(0, memcmp(event_data(event), "normal", 6));
	EXPECT_NONE();
}

TEST_F(events, expedited_without_its_handler)
{
	const struct tdi_event *event;

	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	URGENT("!");
	event = NEXT();
	EXPECT_EVENT(event, TDI_EVENT_RECEIVE,
		     TDI_RECEIVE_EXPEDITED | TDI_RECEIVE_ENTIRE_MESSAGE);
	EXPECT_EQ('!', *(const char *)event_data(event));
	EXPECT_NONE();
}

/* What came behind it is told, and before the end */
TEST_F(events, data_behind_expedited)
{
	struct tdi_io io = { 0 };
	char bytes[8] = "";

	ON(TDI_EVENT_RECEIVE, 0);
	ON(TDI_EVENT_RECEIVE_EXPEDITED, 1);
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	ASSERT_EQ(1, send(self->pair.peer, "x", 1, MSG_OOB));
	ARRIVE("behind", 6);
	ASSERT_EQ(0, shutdown(self->pair.peer, SHUT_WR));
	ASSERT_SOON(endpoint_state(self->pair.endpoint) ==
		    TDI_STATE_REMOTE_RELEASED);
	EXPECT_EQ(TDI_EVENT_RECEIVE_EXPEDITED, NEXT()->event_type);
	EXPECT_DATA(NEXT(), NORMAL, "", 0, 6);
	EXPECT_NONE();
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->pair.endpoint, bytes, sizeof(bytes), 0,
				  &io));
	EXPECT_EQ(6, io.information);
	EXPECT_EQ(0, memcmp(bytes, "behind", 6));
	EXPECT_EVENT(NEXT(), TDI_EVENT_DISCONNECT, TDI_DISCONNECT_RELEASE);
}

/* A piece that ends before it is not all that there is. */
TEST_F(events, data_around_expedited)
{
	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_RECEIVE_EXPEDITED, 1);
	pair_connect(&self->pair);
	plain_send(self->pair.peer, "before", 6);
	ASSERT_EQ(1, send(self->pair.peer, "x", 1, MSG_OOB));
	ARRIVE("behind", 6);
	EXPECT_EQ(TDI_EVENT_RECEIVE_EXPEDITED, NEXT()->event_type);
	EXPECT_DATA(NEXT(), NORMAL, "before", 6, 12);
	EXPECT_DATA(NEXT(), ENTIRE, "behind", 6, 6);
	EXPECT_NONE();
}

TEST_F(events, expedited_told_only)
{
	const struct tdi_event *event;
	struct tdi_io io = { 0 };
	char byte = 0;

	ON(TDI_EVENT_RECEIVE_EXPEDITED, 0);
	pair_connect(&self->pair);
	for (int i = 0; i < 3; i++) {
		URGENT("!");
		event = NEXT();
		EXPECT_EVENT(event, TDI_EVENT_RECEIVE_EXPEDITED,
			     TDI_RECEIVE_EXPEDITED);
		EXPECT_EQ(0, event->bytes_indicated);
		EXPECT_EQ(1, event->bytes_available);
		EXPECT_NONE();
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_receive(self->pair.endpoint, &byte, 1,
					  TDI_RECEIVE_EXPEDITED, &io));
		EXPECT_EQ('!', byte);
		EXPECT_NONE();
	}
}

TEST_F(events, send_possible)
{
	struct pair *pair = &self->pair;
	const struct tdi_event *event;
	size_t stuffed;
	char *in;

	ON(TDI_EVENT_SEND_POSSIBLE, 0);
	pair_small_buffers(pair);
	pair_connect(pair);
	EXPECT_NONE();
	for (int i = 0; i < 3; i++) {
		stuffed = pair_stuff(pair);
		EXPECT_NONE();
		in = malloc(stuffed);
		plain_receive(pair->peer, in, stuffed);
		free(in);
		event = NEXT();
		EXPECT_EVENT(event, TDI_EVENT_SEND_POSSIBLE, 0);
		EXPECT_LT(0, event->bytes_available);
		EXPECT_EQ(0, event->bytes_indicated);
		EXPECT_NONE();
	}
}

/* ---- Reading ---- */

TEST_HARNESS_MAIN
