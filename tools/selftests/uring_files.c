// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring commands and cancels at once, commands that cannot be, and ordinary
 * operations on the files.
 */
#include "uring.h"

FIXTURE(uring) {
	struct pair pair;
	struct io_uring ring;
};

FAMILY_VARIANTS(uring);

FIXTURE_SETUP(uring)
{
	if (!ring_supported())
		SKIP(return, NO_URING);
	pair_open(&self->pair, variant->family);
	ring_open(&self->ring, IORING_SETUP_CQE32);
}

FIXTURE_TEARDOWN(uring)
{
	io_uring_queue_exit(&self->ring);
	pair_close(&self->pair);
}

/* All of one file's, and none of another's */
TEST_F(uring, many_cancelled)
{
	struct tdi_request listen = { 0 }, receive[MANY] = { 0 };
	struct pair *pair = &self->pair;
	int other = open_associated(pair->address);
	struct tdi_io io = { 0 };
	char bytes[MANY];

	pair_connect(pair);
	RING_BEGIN(&self->ring, listen, &listen, other, NULL, NULL, 0);
	for (int i = 0; i < MANY; i++) {
		receive[i].io.cookie = 1 + i % 2;
		RING_BEGIN(&self->ring, receive, &receive[i], pair->endpoint,
			   &bytes[i], 1, 0);
	}
	EXPECT_STATUS(STATUS_SUCCESS, tdi_cancel(pair->endpoint, 2, 0, &io));
	EXPECT_EQ(MANY / 2, io.information);
	for (int i = 1; i < MANY; i += 2)
		EXPECT_COMPLETION(STATUS_CANCELLED,
				  ring_end(&self->ring, &receive[i]));
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, "x", 1);
	EXPECT_BYTES(1, ring_end(&self->ring, &receive[0]));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(pair->endpoint, 0, TDI_CANCEL_ALL, &io));
	EXPECT_EQ(MANY / 2 - 1, io.information);
	for (int i = 2; i < MANY; i += 2)
		EXPECT_COMPLETION(STATUS_CANCELLED,
				  ring_end(&self->ring, &receive[i]));
	EXPECT_TRUE(ring_is_idle(&self->ring));
	EXPECT_EQ(TDI_STATE_LISTENING, endpoint_state(other));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(other, 0, TDI_CANCEL_ALL, &io));
	EXPECT_COMPLETION(STATUS_CANCELLED, ring_end(&self->ring, &listen));
	close(other);
}

/* IoCancelIrp(): this one, by the cookie that it was given */
TEST_F(uring, one_cancelled)
{
	struct tdi_request receive[3] = { 0 };
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char bytes[3];

	pair_connect(pair);
	for (int i = 0; i < 3; i++)
		RING_BEGIN(&self->ring, receive, &receive[i], pair->endpoint,
			   &bytes[i], 1, 0);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(pair->endpoint, receive[1].io.cookie, 0, &io));
	EXPECT_EQ(1, io.information);
	EXPECT_COMPLETION(STATUS_CANCELLED,
			  ring_end(&self->ring, &receive[1]));
	plain_send(pair->peer, "ab", 2);
	EXPECT_BYTES(1, ring_end(&self->ring, &receive[0]));
	EXPECT_BYTES(1, ring_end(&self->ring, &receive[2]));
	EXPECT_EQ('a', bytes[0]);
	EXPECT_EQ('b', bytes[2]);
}

/* Cancels whatever there is, until it is told to stop */
static void cancel_all_the_time(struct job *job)
{
	while (!*(volatile char *)job->buffer)
		tdi_cancel(job->fd, 0, TDI_CANCEL_ALL, NULL);
}

/* Data and a cancel at once: each byte is received once, in order. */
TEST_F(uring, raced_by_a_cancel)
{
	struct pair *pair = &self->pair;
	char stop = 0, byte;
	struct job job = { .call = cancel_all_the_time, .fd = pair->endpoint,
			   .buffer = &stop };
	struct tdi_request receive = { 0 };
	struct completion done;
	unsigned char next = 0;

	pair_connect(pair);
	job_start(&job);
	for (int i = 0; i < 300; i++) {
		unsigned char out = i;

		RING_BEGIN(&self->ring, receive, &receive, pair->endpoint,
			   &byte, 1, 0);
		plain_send(pair->peer, &out, 1);
		/* as often as it takes */
		while ((done = ring_end(&self->ring, &receive)).result ==
		       -ECANCELED)
			RING_BEGIN(&self->ring, receive, &receive,
				   pair->endpoint, &byte, 1, 0);
		ASSERT_EQ(1, done.result);
		ASSERT_EQ(next++, (unsigned char)byte);
	}
	*(volatile char *)&stop = 1;
	job_end(&job);
}

/* A time limit and a cancel at once */
TEST_F(uring, time_limit_raced_by_a_cancel)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(deaf));
	char stop = 0;
	struct job job = { .call = cancel_all_the_time, .fd = pair->endpoint,
			   .buffer = &stop };
	struct tdi_request connect = { 0 };
	struct completion done;

	for (int i = 0; i < 50; i++) {
		stop = i % 2;
		job_start(&job);
		RING_BEGIN(&self->ring, connect, &connect, pair->endpoint,
			   &remote, tdi_timeout_ms(1), NULL, 0);
		done = ring_end(&self->ring, &connect);
		EXPECT_TRUE(done.result == -ETIMEDOUT ||
			    done.result == -ECANCELED);
		ASSERT_SOON(endpoint_state(pair->endpoint) ==
			    TDI_STATE_ASSOCIATED);
		*(volatile char *)&stop = 1;
		job_end(&job);
	}
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* One whose argument was made by hand */
static void command(struct io_uring *ring, int fd, uint32_t cmd,
		    const void *argument)
{
	tdi_prep_command(ring_sqe(ring), fd, cmd, argument);
	ring_submit(ring);
}

TEST_F(uring, bad_commands)
{
	struct pair *pair = &self->pair;
	struct io_uring *ring = &self->ring;
	char byte;
	struct tdi_data arg = { .head.size = sizeof(arg),
				.buffer = (uintptr_t)&byte, .length = 1 };
	const unsigned int others[] = {
		TDI_IOC_QUERY_CAPS, TDI_IOC_CREATE, TDI_IOC_CANCEL,
		TDI_IOC_EVENT_REPLY, TDI_IOC_ASSOCIATE_ADDRESS,
		TDI_IOC_DISASSOCIATE_ADDRESS, TDI_IOC_SET_EVENT_HANDLER,
		TDI_IOC_QUERY_INFORMATION,
	};

	pair_connect(pair);
	command(ring, pair->endpoint, TDI_IOC_RECEIVE, NULL);
	EXPECT_EQ(-EFAULT, ring_wait(ring).result);
	command(ring, pair->endpoint, TDI_IOC_RECEIVE, MEMORY_KERNEL);
	EXPECT_EQ(-EFAULT, ring_wait(ring).result);
	command(ring, pair->endpoint, TDI_IOC_RECEIVE, memory_at_edge(8));
	EXPECT_EQ(-EINVAL, ring_wait(ring).result);
	arg.head.size = sizeof(arg) - 1;
	command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg);
	EXPECT_EQ(-EINVAL, ring_wait(ring).result);
	arg.head.size = 4097;
	command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg);
	EXPECT_EQ(-E2BIG, ring_wait(ring).result);
	arg.head.size = sizeof(arg);
	arg.head.flags = 0x80000000;
	command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg);
	EXPECT_COMPLETION(STATUS_INVALID_PARAMETER, ring_wait(ring));
	arg.head.flags = 0;
	arg.__reserved = 1;
	command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg);
	EXPECT_COMPLETION(STATUS_INVALID_PARAMETER, ring_wait(ring));

	command(ring, pair->endpoint, TDI_IOC(0x1f), &arg);
	EXPECT_EQ(-ENOTTY, ring_wait(ring).result);
	command(ring, pair->endpoint, 0, &arg);
	EXPECT_EQ(-ENOTTY, ring_wait(ring).result);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct tdi_head *head = memory_at_edge(4096);

		head->size = 4096;
		command(ring, pair->endpoint, others[i], head);
		EXPECT_EQ(-EOPNOTSUPP, ring_wait(ring).result)
			TH_LOG("command %#x", others[i]);
	}
	arg.__reserved = 0;
	arg.buffer = (uintptr_t)memory_read_only();
	plain_send(pair->peer, "d", 1);
	ASSERT_TRUE(wait_events(pair->endpoint, POLLIN));
	command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg);
	EXPECT_COMPLETION(STATUS_ACCESS_VIOLATION, ring_wait(ring));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
}

/* ---- Ordinary operations on the files ---- */

/* io_uring_prep_xxx() clears the tag. */
static void go(struct io_uring *ring, struct io_uring_sqe *sqe, uint64_t tag)
{
	sqe->user_data = tag;
	ring_submit(ring);
}

TEST_F(uring, read_write_poll)
{
	struct io_uring *ring = &self->ring;
	struct pair *pair = &self->pair;
	struct completion done;
	struct io_uring_sqe *sqe;
	char bytes[8], in[8];

	pair_connect(pair);
	sqe = ring_sqe(ring);
	io_uring_prep_poll_add(sqe, pair->endpoint, POLLIN);
	go(ring, sqe, 1);
	EXPECT_TRUE(ring_is_idle(ring));
	plain_send(pair->peer, "one", 3);
	done = ring_wait(ring);
	EXPECT_EQ(1, done.tag);
	EXPECT_TRUE(done.result > 0 && done.result & POLLIN);
	for (int round = 0; round < 2; round++) {
		sqe = ring_sqe(ring);
		io_uring_prep_read(sqe, pair->endpoint, bytes, 8, 0);
		go(ring, sqe, 2);
		/* the second has to wait */
		if (round)
			plain_send(pair->peer, "two", 3);
		EXPECT_EQ(3, ring_wait(ring).result);
		EXPECT_EQ(0, memcmp(bytes, round ? "two" : "one", 3));
	}
	sqe = ring_sqe(ring);
	io_uring_prep_write(sqe, pair->endpoint, "four", 4, 0);
	go(ring, sqe, 3);
	EXPECT_EQ(4, ring_wait(ring).result);
	plain_receive(pair->peer, in, 4);
	EXPECT_EQ(0, memcmp(in, "four", 4));
}

/* How a server would be told: one poll for all events, and a read for each */
TEST_F(uring, events_by_multishot_poll)
{
	struct io_uring *ring = &self->ring;
	struct pair *pair = &self->pair;
	struct io_uring_sqe *sqe;
	struct completion done;
	unsigned char bytes[512];
	struct tdi_event *event = (void *)bytes;

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(pair->address, TDI_EVENT_RECEIVE, 5, 64));
	set_nonblock(pair->address, true);
	pair_connect(pair);
	sqe = ring_sqe(ring);
	io_uring_prep_poll_multishot(sqe, pair->address, POLLIN);
	go(ring, sqe, 1);
	for (int round = 0; round < 5; round++) {
		plain_send(pair->peer, "data", 4);
		/* one that tells of nothing new is allowed */
		do {
			done = ring_wait(ring);
			ASSERT_EQ(1, done.tag);
			ASSERT_TRUE(done.result > 0 && done.result & POLLIN);
			sqe = ring_sqe(ring);
			io_uring_prep_read(sqe, pair->address, bytes,
					   sizeof(bytes), 0);
			go(ring, sqe, 2);
			do {
				done = ring_wait(ring);
			} while (done.tag == 1);
		} while (done.result == -EAGAIN);
		ASSERT_EQ(72, done.result);
		EXPECT_EQ(TDI_EVENT_RECEIVE, event->event_type);
		EXPECT_EQ(4, event->bytes_indicated);
		EXPECT_EQ(0, memcmp(bytes + event->data_offset, "data", 4));
	}
}

/*
 * No event while a receive is queued: this one has got its data, and will not
 * take it before the task looks for completions.
 */
TEST_F(uring, receive_before_events)
{
	struct pair *pair = &self->pair;
	unsigned char events[512];
	struct tdi_request receive = { 0 };
	struct io_uring ring;
	char bytes[4];

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(pair->address, TDI_EVENT_RECEIVE, 5, 64));
	set_nonblock(pair->address, true);
	ring_open(&ring, IORING_SETUP_SINGLE_ISSUER |
			 IORING_SETUP_DEFER_TASKRUN);
	pair_connect(pair);
	RING_BEGIN(&ring, receive, &receive, pair->endpoint, bytes, 4, 0);
	plain_send(pair->peer, "datamore", 8);
	ASSERT_SOON(plain_all_acked(pair->peer));
	EXPECT_EQ(-1, read(pair->address, events, sizeof(events)));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, look_events(pair->endpoint, POLLIN));
	EXPECT_BYTES(4, ring_end(&ring, &receive));
	EXPECT_EQ(0, memcmp(bytes, "data", 4));
	ASSERT_TRUE(wait_events(pair->address, POLLIN));
	EXPECT_EQ(72, read(pair->address, events, sizeof(events)));
	EXPECT_EQ(0, memcmp(events + 64, "more", 4));
	io_uring_queue_exit(&ring);
}

/* The events of a read of @n bytes at @bytes: one, of the data @want */
static bool tells_of(const void *bytes, int n, const char *want)
{
	struct tdi_events events = { .next = bytes, .left = n > 0 ? n : 0 };
	struct tdi_event_info event;

	return !tdi_next_event(&events, &event) &&
	       event.type == TDI_EVENT_RECEIVE && event.event_context == 5 &&
	       event.length == strlen(want) &&
	       !memcmp(event.data, want, event.length) && !events.left;
}

/* On a file that may wait the read does, in the ring. */
TEST_F(uring, events_by_read)
{
	struct io_uring *ring = &self->ring;
	struct pair *pair = &self->pair;
	struct io_uring_sqe *sqe;
	unsigned char bytes[512];

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(pair->address, TDI_EVENT_RECEIVE, 5, 64));
	pair_connect(pair);
	sqe = ring_sqe(ring);
	io_uring_prep_read(sqe, pair->address, bytes, sizeof(bytes), 0);
	go(ring, sqe, 1);
	plain_send(pair->peer, "data", 4);
	EXPECT_TRUE(tells_of(bytes, ring_wait(ring).result, "data"));
	/* room for less than one */
	sqe = ring_sqe(ring);
	io_uring_prep_read(sqe, pair->address, bytes, 8, 0);
	go(ring, sqe, 2);
	plain_send(pair->peer, "data", 4);
	EXPECT_COMPLETION(STATUS_BUFFER_OVERFLOW, ring_wait(ring));
}

/* What liburing has from 2.6 on */
static void prep_read_multishot(struct io_uring_sqe *sqe, int fd, int group)
{
	const int op_read_multishot = 49;

	io_uring_prep_rw(op_read_multishot, sqe, fd, NULL, 0, -1);
	sqe->buf_group = group;
	sqe->flags = IOSQE_BUFFER_SELECT;
}

/* One read for all of them, into buffers that were provided; then none is left */
TEST_F(uring, events_by_multishot_read)
{
	struct io_uring *ring = &self->ring;
	struct pair *pair = &self->pair;
	unsigned char bytes[5][128];
	struct io_uring_sqe *sqe;
	struct completion done;

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(pair->address, TDI_EVENT_RECEIVE, 5, 64));
	pair_connect(pair);
	sqe = ring_sqe(ring);
	io_uring_prep_provide_buffers(sqe, bytes, sizeof(bytes[0]), 5, 7, 0);
	go(ring, sqe, 1);
	EXPECT_EQ(0, ring_wait(ring).result);
	sqe = ring_sqe(ring);
	prep_read_multishot(sqe, pair->address, 7);
	go(ring, sqe, 2);
	for (int round = 0; round < 5; round++) {
		EXPECT_TRUE(ring_is_idle(ring));
		plain_send(pair->peer, "data", 4);
		done = ring_wait(ring);
		ASSERT_EQ(2, done.tag);
		ASSERT_TRUE(done.flags & IORING_CQE_F_BUFFER);
		EXPECT_TRUE(tells_of(bytes[done.flags >>
					   IORING_CQE_BUFFER_SHIFT],
				     done.result, "data"));
		EXPECT_TRUE(done.flags & IORING_CQE_F_MORE);
	}
	plain_send(pair->peer, "more", 4);
	done = ring_wait(ring);
	EXPECT_EQ(-ENOBUFS, done.result);
	EXPECT_FALSE(done.flags & IORING_CQE_F_MORE);
	/* nothing is lost */
	EXPECT_TRUE(tells_of(bytes, read(pair->address, bytes, sizeof(bytes)),
			     "more"));
}

TEST_HARNESS_MAIN
