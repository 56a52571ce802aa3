// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of an address (reference 3): which there are, when, what they say, and
 * reading them.
 */
#include "test.h"

#include <signal.h>
#include <sys/epoll.h>

#include "indication.h"
#include "memory.h"

#define MANY	3
#define CONTEXT	0xc0cac01a	/* of open_endpoint() */

/* @events: of @pair's address */
FIXTURE(events) {
	struct pair pair;
	struct events events;
};

FAMILY_VARIANTS(events);

FIXTURE_SETUP(events)
{
	pair_open(&self->pair, variant->family);
	set_nonblock(self->pair.address, true);
	self->events.address = self->pair.address;
}

FIXTURE_TEARDOWN(events)
{
	pair_close(&self->pair);
}

#define ON(type, lookahead)						\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      set_handler(self->pair.address, type,		\
				  1000 + (type), lookahead))
#define OFF(type)							\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      clear_handler(self->pair.address, type))
#define NEXT()	event_next(&self->events)
#define EXPECT_NONE()	EXPECT_TRUE(event_none(&self->events))

/* What the peer sends, and that it is all there */
#define ARRIVE(bytes, length) do {					\
	plain_send(self->pair.peer, bytes, length);			\
	ASSERT_SOON(plain_all_acked(self->pair.peer));			\
} while (0)

/* Fields that are as in every event of the endpoint */
#define EXPECT_EVENT(event, type, of_flags) do {			\
	const struct tdi_event *__told = (event);			\
									\
	EXPECT_EQ((unsigned int)(type), __told->event_type);		\
	EXPECT_EQ(1000 + (type), __told->event_context);		\
	EXPECT_EQ(CONTEXT, __told->connection_context);			\
	EXPECT_NE(0, __told->sequence);					\
	EXPECT_EQ(0, __told->cookie);					\
	EXPECT_EQ(0, __told->status);					\
	EXPECT_EQ((unsigned int)(of_flags), __told->flags);		\
	EXPECT_EQ(0, __told->address_length);				\
} while (0)

/* Of TDI_EVENT_RECEIVE, with its data */
#define EXPECT_DATA(event, of_flags, data, length, available) do {	\
	const struct tdi_event *__event = (event);			\
									\
	EXPECT_EVENT(__event, TDI_EVENT_RECEIVE, of_flags);		\
	EXPECT_EQ((length), __event->bytes_indicated);			\
	EXPECT_EQ((available), __event->bytes_available);		\
	EXPECT_EQ(0, memcmp(event_data(__event), data, length));	\
} while (0)

#define NORMAL	TDI_RECEIVE_NORMAL
#define ENTIRE	(TDI_RECEIVE_NORMAL | TDI_RECEIVE_ENTIRE_MESSAGE)

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

TEST_F(events, several_in_one_read)
{
	struct pair *pair = &self->pair;
	int endpoints[MANY], peers[MANY], listener;
	struct tdi_taddr remote;
	unsigned int seen = 0;
	ssize_t n;

	ON(TDI_EVENT_RECEIVE, 64);
	for (int i = 0; i < MANY; i++) {
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_open_endpoint("tcp", 0, i, &endpoints[i]));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_associate_address(endpoints[i], pair->address,
						    0, NULL));
		/* from one port, so each to another */
		listener = plain_listen(variant->family, 1);
		remote = address_local(variant->family, plain_port(listener));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_connect(endpoints[i], &remote, 0, NULL, 0,
					  NULL));
		peers[i] = plain_accept(listener);
		close(listener);
		plain_send(peers[i], "data", 4);
		ASSERT_SOON(plain_all_acked(peers[i]));
	}
	n = read(pair->address, self->events.bytes, 4096);
	ASSERT_EQ(MANY * 72, n);
	self->events.length = n;
	for (int i = 0; i < MANY; i++) {
		const struct tdi_event *event = NEXT();

		EXPECT_EQ(4, event->bytes_indicated);
		seen |= 1U << event->connection_context;
	}
	EXPECT_EQ((1U << MANY) - 1, seen);
	/* one of them, if there is room for one only */
	for (int i = 0; i < MANY; i++) {
		plain_send(peers[i], "more", 4);
		ASSERT_SOON(plain_all_acked(peers[i]));
	}
	for (int i = 0; i < MANY; i++)
		EXPECT_EQ(72, read(pair->address, self->events.bytes, 100));
	EXPECT_NONE();
	for (int i = 0; i < MANY; i++) {
		close(endpoints[i]);
		close(peers[i]);
	}
}

/* The first one does not fit: EMSGSIZE, and it is still there */
TEST_F(events, too_little_room)
{
	int address = self->pair.address;
	char bytes[256];

	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	ARRIVE("data", 4);
	for (size_t length = 1; length < 72; length += 10) {
		EXPECT_EQ(-1, read(address, bytes, length));
		EXPECT_EQ(EMSGSIZE, errno);
	}
	EXPECT_EQ(-1, read(address, bytes, 71));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_TRUE(look_events(address, POLLIN));
	EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
	ASSERT_EQ(0, shutdown(self->pair.peer, SHUT_WR));
	ASSERT_TRUE(wait_events(address, POLLIN));
	EXPECT_EQ(-1, read(address, bytes, 63));
	EXPECT_EQ(EMSGSIZE, errno);
	/* this one has no data, and needs no room for any */
	EXPECT_EQ(64, read(address, bytes, 64));
	EXPECT_NONE();
	EXPECT_EQ(-1, read(address, bytes, 1));
	EXPECT_EQ(EAGAIN, errno);
}

/* An offer as well; and what is not there does not fit everywhere */
TEST_F(events, too_little_room_for_an_offer)
{
	int address = self->pair.address, client;
	const size_t size = variant->family == AF_INET ? 64 + 24 : 64 + 40;
	char bytes[256];

	ON(TDI_EVENT_CONNECT, 0);
	EXPECT_EQ(-1, read(address, bytes, 64));
	EXPECT_EQ(EAGAIN, errno);
	client = plain_connect(&self->pair.local);
	ASSERT_LE(0, client);
	ASSERT_TRUE(wait_events(address, POLLIN));
	EXPECT_EQ(-1, read(address, bytes, size - 1));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(size, read(address, bytes, size));
	/* told, and the next one has not come */
	EXPECT_EQ(-1, read(address, bytes, 64));
	EXPECT_EQ(EAGAIN, errno);
	close(client);
}

/* Nowhere to put it: EFAULT, and it is still there */
TEST_F(events, bad_pointers)
{
	int address = self->pair.address;
	void *bad[] = { NULL, memory_unmapped(), memory_read_only(),
			MEMORY_KERNEL, memory_at_edge(64) };

	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	for (uint32_t lookahead = 0; lookahead <= 64; lookahead += 64) {
		ON(TDI_EVENT_RECEIVE, lookahead);
		if (!lookahead)
			ARRIVE("data", 4);
		for (size_t i = 0; i < ARRAY_SIZE(bad) - !lookahead; i++) {
			EXPECT_EQ(-1, read(address, bad[i], 4096));
			EXPECT_EQ(EFAULT, errno)
				TH_LOG("pointer %zu, %m", i);
		}
		if (lookahead)
			break;
		EXPECT_DATA(NEXT(), NORMAL, "", 0, 4);
		/* tell it again, now with the data */
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_receive(self->pair.endpoint, NULL, 0, 0,
					  NULL));
	}
	EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
	plain_reset(self->pair.peer);
	self->pair.peer = -1;
	ASSERT_TRUE(wait_events(address, POLLIN));
	for (size_t i = 0; i < 4; i++) {
		EXPECT_EQ(-1, read(address, bad[i], 4096));
		EXPECT_EQ(EFAULT, errno);
	}
	EXPECT_EVENT(NEXT(), TDI_EVENT_DISCONNECT, TDI_DISCONNECT_ABORT);
}

TEST_F(events, bad_pointer_for_an_offer)
{
	int address = self->pair.address, client;
	void *bad[] = { memory_unmapped(), memory_read_only(), MEMORY_KERNEL,
			memory_at_edge(64) };
	const struct tdi_event *event;
	struct tdi_taddr from;

	ON(TDI_EVENT_CONNECT, 0);
	client = plain_connect(&self->pair.local);
	ASSERT_LE(0, client);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_TRUE(wait_events(address, POLLIN));
		EXPECT_EQ(-1, read(address, bad[i], 4096));
		EXPECT_EQ(EFAULT, errno);
	}
	event = NEXT();
	EXPECT_EQ(TDI_EVENT_CONNECT, event->event_type);
	from = address_of_socket(client);
	EXPECT_EQ(from.length, event->address_length);
	EXPECT_EQ(0, memcmp(from.bytes, event->address, from.length));
	close(client);
}

TEST_F(events, read_that_waits)
{
	_Alignas(8) char bytes[256];
	struct tdi_event *event = (void *)bytes;
	struct job job = { .call = job_read, .fd = self->pair.address,
			   .buffer = bytes, .length = sizeof(bytes) };

	set_nonblock(self->pair.address, false);
	pair_connect(&self->pair);
	/* also for a handler that comes later */
	job_start_blocked(&job);
	ON(TDI_EVENT_RECEIVE, 64);
	EXPECT_FALSE(job.done);
	plain_send(self->pair.peer, "data", 4);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ(72, job.io.information);
	EXPECT_EQ(TDI_EVENT_RECEIVE, event->event_type);
}

static void ignore(int signal)
{
	(void)signal;
}

TEST_F(events, read_is_interrupted)
{
	struct sigaction action = { .sa_handler = ignore };
	char bytes[256];
	struct job job = { .call = job_read, .fd = self->pair.address,
			   .buffer = bytes, .length = sizeof(bytes) };

	set_nonblock(self->pair.address, false);
	ON(TDI_EVENT_RECEIVE, 64);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	job_start_blocked(&job);
	ASSERT_EQ(0, pthread_kill(job.thread, SIGUSR1));
	job_end(&job);
	EXPECT_EQ(EINTR, job.io.error);
	/* the next one gets on */
	pair_connect(&self->pair);
	plain_send(self->pair.peer, "data", 4);
	EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
}

/* Two who read at once: each event goes to one of them. */
TEST_F(events, two_readers)
{
	_Alignas(8) char bytes[2][72];
	struct job jobs[2];

	set_nonblock(self->pair.address, false);
	ON(TDI_EVENT_RECEIVE, 8);
	pair_connect(&self->pair);
	for (int i = 0; i < 2; i++) {
		jobs[i] = (struct job){ .call = job_read,
					.fd = self->pair.address,
					.buffer = bytes[i], .length = 72 };
		job_start_blocked(&jobs[i]);
	}
	plain_send(self->pair.peer, "0123456789abcdef", 16);
	for (int i = 0; i < 2; i++) {
		EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&jobs[i]));
		EXPECT_EQ(72, jobs[i].io.information);
	}
	EXPECT_NE(0, memcmp(bytes[0] + 64, bytes[1] + 64, 8));
}

TEST_F(events, poll)
{
	int address = self->pair.address;
	struct epoll_event interest = { .events = EPOLLIN | EPOLLET }, came;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, address, &interest));
	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	EXPECT_NONE();
	EXPECT_EQ(0, look_events(address, POLLIN | POLLOUT | POLLHUP));
	/* what there was while it connected */
	epoll_wait(epoll, &came, 1, 0);
	for (int i = 0; i < 5; i++) {
		plain_send(self->pair.peer, "data", 4);
		ASSERT_EQ(1, epoll_wait(epoll, &came, 1, PATIENCE_MS));
		EXPECT_EQ(POLLIN, look_events(address, POLLIN));
		EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
		EXPECT_NONE();
		EXPECT_EQ(0, look_events(address, POLLIN));
	}
	close(epoll);
}

/* Nothing is queued for it: as many connect as there is room for, no more. */
TEST_F(events, nobody_reads)
{
	int clients[TDI_OFFERS_MAX + 20];
	struct sockaddr_storage ss;
	unsigned int connected = 0;
	socklen_t length;

	ON(TDI_EVENT_CONNECT, 0);
	ASSERT_EQ(STATUS_SUCCESS,
		  tdi_taddr_to_sockaddr(&self->pair.local, &ss, &length));
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		clients[i] = socket(variant->family,
				    SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(clients[i], (struct sockaddr *)&ss, length);
	}
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		connected += look_events(clients[i], POLLOUT) == POLLOUT;
		close(clients[i]);
	}
	EXPECT_LT(0, connected);
	EXPECT_GE(TDI_OFFERS_MAX, connected);
}

/* A reader dies; the next one goes on where it was. */
TEST_F(events, killed_while_it_reads)
{
	struct tdi_event *event = (void *)self->events.bytes;
	pid_t pid;

	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	set_nonblock(self->pair.address, false);
	pid = fork_child();
	if (!pid) {
		read(self->pair.address, self->events.bytes, 4096);
		_exit(0);
	}
	ASSERT_SOON(is_blocked(pid, self->pair.address));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	plain_send(self->pair.peer, "data", 4);
	EXPECT_EQ(72, read(self->pair.address, self->events.bytes, 4096));
	EXPECT_DATA(event, ENTIRE, "data", 4, 4);
}

/* An endpoint that leaves the address has nothing to tell there any more. */
TEST_F(events, endpoint_is_closed)
{
	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	ARRIVE("data", 4);
	close(self->pair.endpoint);
	self->pair.endpoint = -1;
	EXPECT_NONE();
}

/* Only of those endpoints that are associated with this open of the address */
TEST_F(events, not_of_another_address)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	int other = open_address(&any);
	struct events events = { .address = other };

	set_nonblock(other, true);
	ON(TDI_EVENT_RECEIVE, 64);
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(other, TDI_EVENT_RECEIVE, 1, 64));
	pair_connect(&self->pair);
	ARRIVE("data", 4);
	EXPECT_TRUE(event_none(&events));
	EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
	close(other);
}

TEST_HARNESS_MAIN
