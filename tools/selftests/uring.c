// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that nobody waits for: io_uring commands, and what they complete
 * with.
 */
#include "uring.h"

/* What the capability says is so, wherever this runs. */
TEST(capability)
{
	struct tdi_request receive = { 0 };
	struct io_uring ring;
	int error, fd = open_control();

	error = io_uring_queue_init(4, &ring, 0);
	if (error)
		SKIP(return, "no io_uring: %s", strerror(-error));
	RING_BEGIN(&ring, receive, &receive, fd, NULL, 0, 0);
	EXPECT_EQ(ring_supported() ? -ENOTCONN : -EOPNOTSUPP,
		  ring_wait(&ring).result);
	/* and the file is as it was */
	EXPECT_STATUS(STATUS_SUCCESS, tdi_create(fd, NULL, 0, 0, 0, 0, NULL));
	io_uring_queue_exit(&ring);
	close(fd);
}

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

TEST_F(uring, receive)
{
	struct tdi_request receive = { 0 }, before;
	struct pair *pair = &self->pair;
	char bytes[16];

	pair_connect(pair);
	RING_BEGIN(&self->ring, receive, &receive, pair->endpoint, bytes,
		   sizeof(bytes), 0);
	before = receive;
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, "data", 4);
	EXPECT_BYTES(4, ring_end(&self->ring, &receive));
	EXPECT_EQ(4, receive.io.information);
	EXPECT_EQ(0, memcmp(bytes, "data", 4));
	/* the argument is not written */
	EXPECT_EQ(0, memcmp(&before.argument, &receive.argument,
			    sizeof(before.argument)));
	/* what is there already is there at once */
	plain_send(pair->peer, "more", 4);
	ASSERT_TRUE(wait_events(pair->endpoint, POLLIN));
	RING_BEGIN(&self->ring, receive, &receive, pair->endpoint, bytes,
		   sizeof(bytes), 0);
	EXPECT_BYTES(4, ring_end(&self->ring, &receive));
	EXPECT_EQ(0, memcmp(bytes, "more", 4));
}

/* The argument is read when the command is issued, and then never again. */
TEST_F(uring, argument_is_gone)
{
	struct tdi_request *receive = memory_at_edge(sizeof(*receive));
	struct pair *pair = &self->pair;
	char bytes[16];

	pair_connect(pair);
	RING_BEGIN(&self->ring, receive, receive, pair->endpoint, bytes,
		   sizeof(bytes), 0);
	ASSERT_EQ(0, munmap((void *)((uintptr_t)receive & ~4095UL), 4096));
	plain_send(pair->peer, "data", 4);
	EXPECT_BYTES(4, ring_wait(&self->ring));
	EXPECT_EQ(0, memcmp(bytes, "data", 4));
}

TEST_F(uring, buffer_is_gone)
{
	char *bytes = memory_at_edge(4096), byte;
	struct tdi_request receive = { 0 };
	struct pair *pair = &self->pair;

	pair_connect(pair);
	RING_BEGIN(&self->ring, receive, &receive, pair->endpoint, bytes, 16,
		   0);
	ASSERT_EQ(0, munmap(bytes, 4096));
	plain_send(pair->peer, "d", 1);
	EXPECT_COMPLETION(STATUS_ACCESS_VIOLATION,
			  ring_end(&self->ring, &receive));
	/* nothing is lost */
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, &byte, 1, 0, NULL));
	EXPECT_EQ('d', byte);
}

TEST_F(uring, many_receives)
{
	struct tdi_request receive[MANY] = { 0 };
	struct pair *pair = &self->pair;
	char bytes[MANY], out[MANY];

	pair_connect(pair);
	/* all at once */
	for (int i = 0; i < MANY; i++) {
		out[i] = 'A' + i;
		tdi_prep_receive(ring_sqe(&self->ring), &receive[i],
				 pair->endpoint, &bytes[i], 1, 0);
	}
	ring_submit(&self->ring);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, out, 1);
	EXPECT_BYTES(1, ring_end(&self->ring, &receive[0]));
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, out + 1, MANY - 1);
	for (int i = 1; i < MANY; i++)
		EXPECT_BYTES(1, ring_end(&self->ring, &receive[i]));
	EXPECT_EQ(0, memcmp(out, bytes, MANY));
}

/* They are in line with those that somebody waits for. */
TEST_F(uring, in_line_with_ioctls)
{
	struct tdi_request before = { 0 }, after = { 0 };
	struct pair *pair = &self->pair;
	char first, second, third;
	struct job job = { .call = job_receive, .fd = pair->endpoint,
			   .buffer = &second, .length = 1 };

	pair_connect(pair);
	RING_BEGIN(&self->ring, receive, &before, pair->endpoint, &first, 1, 0);
	job_start_blocked(&job);
	ASSERT_SOON(look_events(pair->endpoint, POLLOUT));
	RING_BEGIN(&self->ring, receive, &after, pair->endpoint, &third, 1, 0);
	plain_send(pair->peer, "abc", 3);
	EXPECT_BYTES(1, ring_end(&self->ring, &before));
	EXPECT_BYTES(1, ring_end(&self->ring, &after));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ('a', first);
	EXPECT_EQ('b', second);
	EXPECT_EQ('c', third);
}

TEST_F(uring, large_send)
{
	char *out = malloc(BIG), *in = malloc(BIG);
	struct pair *pair = &self->pair;
	struct tdi_request send = { 0 };

	pair_small_buffers(pair);
	pair_connect(pair);
	pattern_fill(out, BIG, 0);
	RING_BEGIN(&self->ring, send, &send, pair->endpoint, out, BIG, 0);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	/* this task has to go on sending, too */
	for (size_t at = 0; at < BIG; at += 65536)
		plain_receive(pair->peer, in + at, 65536);
	EXPECT_BYTES(BIG, ring_end(&self->ring, &send));
	EXPECT_TRUE(pattern_check(in, BIG, 0));
}

TEST_F(uring, vectors)
{
	struct tdi_request request = { 0 };
	struct pair *pair = &self->pair;
	char out[300], in[300];
	struct iovec iov[30];

	pair_connect(pair);
	pattern_fill(out, sizeof(out), 0);
	/* more than fit where usual ones do */
	for (int i = 0; i < 30; i++)
		iov[i] = (struct iovec){ .iov_base = in + 10 * i,
					 .iov_len = 10 };
	RING_BEGIN(&self->ring, receivev, &request, pair->endpoint, iov, 30, 0);
	/* the array is read by now */
	memset(iov, 0, sizeof(iov));
	plain_send(pair->peer, out, sizeof(out));
	EXPECT_BYTES(300, ring_end(&self->ring, &request));
	EXPECT_TRUE(pattern_check(in, 300, 0));

	for (int i = 0; i < 3; i++)
		iov[i] = (struct iovec){ .iov_base = out + 100 * i,
					 .iov_len = 100 };
	memset(in, 0, sizeof(in));
	RING_BEGIN(&self->ring, sendv, &request, pair->endpoint, iov, 3, 0);
	EXPECT_BYTES(300, ring_end(&self->ring, &request));
	plain_receive(pair->peer, in, 300);
	EXPECT_TRUE(pattern_check(in, 300, 0));

	RING_BEGIN(&self->ring, receivev, &request, pair->endpoint, iov, 0, 0);
	EXPECT_COMPLETION(STATUS_INVALID_PARAMETER,
			  ring_end(&self->ring, &request));
}

TEST_F(uring, connect)
{
	struct tdi_request connect = { 0 };
	struct pair *pair = &self->pair;
	struct tdi_taddr peer;

	RING_BEGIN(&self->ring, connect, &connect, pair->endpoint,
		   &pair->remote, 0, &peer, 0);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_end(&self->ring, &connect));
	EXPECT_TRUE(address_equal(&pair->remote, &peer));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	RING_BEGIN(&self->ring, connect, &connect, pair->endpoint,
		   &pair->remote, 0, &peer, 0);
	EXPECT_COMPLETION(STATUS_CONNECTION_ACTIVE,
			  ring_end(&self->ring, &connect));
	EXPECT_EQ(0, peer.length);
}

TEST_F(uring, connect_refused)
{
	struct tdi_request connect = { 0 };
	struct pair *pair = &self->pair;

	close(pair->listener);
	pair->listener = -1;
	RING_BEGIN(&self->ring, connect, &connect, pair->endpoint,
		   &pair->remote, 0, NULL, 0);
	EXPECT_EQ(-ECONNREFUSED, ring_end(&self->ring, &connect).result);
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
}

TEST_F(uring, connect_times_out)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(deaf));
	struct tdi_request connect = { 0 };
	int64_t start = now_ms();

	RING_BEGIN(&self->ring, connect, &connect, pair->endpoint, &remote,
		   tdi_timeout_ms(100), NULL, 0);
	EXPECT_EQ(TDI_STATE_CONNECTING, endpoint_state(pair->endpoint));
	EXPECT_COMPLETION(STATUS_IO_TIMEOUT, ring_end(&self->ring, &connect));
	EXPECT_LE(100, now_ms() - start);
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(uring, listen)
{
	struct tdi_request listen = { 0 };
	struct pair *pair = &self->pair;
	struct tdi_taddr peer, seen;
	int client;

	RING_BEGIN(&self->ring, listen, &listen, pair->endpoint, NULL, &peer,
		   0);
	EXPECT_EQ(TDI_STATE_LISTENING, endpoint_state(pair->endpoint));
	client = plain_connect(&pair->local);
	ASSERT_LE(0, client);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_end(&self->ring, &listen));
	seen = address_of_socket(client);
	EXPECT_TRUE(address_equal(&seen, &peer));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	close(client);
}

/* An offer to a listen, and its answer, without any call that waits */
TEST_F(uring, accept)
{
	struct tdi_request listen = { 0 }, accept = { 0 };
	struct pair *pair = &self->pair;
	struct tdi_taddr peer, seen;
	int client;

	/* nothing to accept: how it failed is in the completion, too */
	RING_BEGIN(&self->ring, accept, &accept, pair->endpoint, 0, 0, NULL, 0);
	EXPECT_COMPLETION(STATUS_INVALID_CONNECTION,
			  ring_end(&self->ring, &accept));

	RING_BEGIN(&self->ring, listen, &listen, pair->endpoint, NULL, NULL,
		   TDI_QUERY_ACCEPT);
	client = plain_connect(&pair->local);
	ASSERT_LE(0, client);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_end(&self->ring, &listen));
	EXPECT_EQ(TDI_STATE_OFFERED, endpoint_state(pair->endpoint));
	RING_BEGIN(&self->ring, accept, &accept, pair->endpoint, 0, 0, &peer,
		   0);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_end(&self->ring, &accept));
	/* the argument is not written, whichever request it is */
	EXPECT_EQ(sizeof(peer.bytes),
		  accept.argument.accept.ret.remote_address_length);
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	seen = address_of_socket(client);
	EXPECT_TRUE(address_equal(&seen, &peer));
	close(client);
}

TEST_F(uring, release)
{
	struct tdi_request release = { 0 };
	struct pair *pair = &self->pair;
	size_t stuffed;
	char *in;

	pair_small_buffers(pair);
	pair_connect(pair);
	stuffed = pair_stuff(pair);
	RING_BEGIN(&self->ring, disconnect, &release, pair->endpoint, 0,
		   TDI_DISCONNECT_RELEASE);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	EXPECT_EQ(TDI_STATE_LOCAL_RELEASED, endpoint_state(pair->endpoint));
	in = malloc(stuffed);
	plain_receive(pair->peer, in, stuffed);
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_end(&self->ring, &release));
	EXPECT_TRUE(pattern_check(in, stuffed, 0));
}

TEST_F(uring, release_in_time)
{
	struct tdi_request release = { 0 };
	struct pair *pair = &self->pair;

	pair_small_buffers(pair);
	pair_connect(pair);
	pair_stuff(pair);
	RING_BEGIN(&self->ring, disconnect, &release, pair->endpoint,
		   tdi_timeout_ms(100), TDI_DISCONNECT_RELEASE);
	EXPECT_COMPLETION(STATUS_IO_TIMEOUT, ring_end(&self->ring, &release));
}

/* O_NONBLOCK is for those who would wait; a flag of the request is not. */
TEST_F(uring, nonblocking_file)
{
	struct tdi_request request = { 0 };
	struct pair *pair = &self->pair;
	char byte, *out = calloc(1, BIG);

	pair_small_buffers(pair);
	pair_connect(pair);
	set_nonblock(pair->endpoint, true);
	RING_BEGIN(&self->ring, receive, &request, pair->endpoint, &byte, 1, 0);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, "d", 1);
	EXPECT_BYTES(1, ring_end(&self->ring, &request));

	pair_stuff(pair);
	RING_BEGIN(&self->ring, send, &request, pair->endpoint, out, BIG,
		   TDI_SEND_NON_BLOCKING);
	EXPECT_COMPLETION(STATUS_DEVICE_NOT_READY,
			  ring_end(&self->ring, &request));
}

/* What was filled in last: issued by a thread of the kernel's own */
static void submit_async(struct io_uring *ring, struct io_uring_sqe *sqe)
{
	sqe->flags |= IOSQE_ASYNC;
	ring_submit(ring);
}

TEST_F(uring, asynchronous)
{
	char *out = malloc(BIG), *in = malloc(BIG);
	struct io_uring *ring = &self->ring;
	struct pair *pair = &self->pair;
	struct tdi_request request = { 0 };
	struct io_uring_sqe *sqe;

	pair_small_buffers(pair);
	pattern_fill(out, BIG, 0);
	sqe = ring_sqe(ring);
	tdi_prep_connect(sqe, &request, pair->endpoint, &pair->remote, 0, NULL,
			 0);
	submit_async(ring, sqe);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_end(ring, &request));
	pair->peer = plain_accept(pair->listener);
	sqe = ring_sqe(ring);
	tdi_prep_receive(sqe, &request, pair->endpoint, in, BIG, 0);
	submit_async(ring, sqe);
	plain_send(pair->peer, "data", 4);
	EXPECT_BYTES(4, ring_end(ring, &request));
	EXPECT_EQ(0, memcmp(in, "data", 4));
	sqe = ring_sqe(ring);
	tdi_prep_send(sqe, &request, pair->endpoint, out, BIG, 0);
	submit_async(ring, sqe);
	for (size_t at = 0; at < BIG; at += 65536)
		plain_receive(pair->peer, in + at, 65536);
	EXPECT_BYTES(BIG, ring_end(ring, &request));
	EXPECT_TRUE(pattern_check(in, BIG, 0));
}

/* Without room for a status the errno is all there is. */
TEST_F(uring, other_rings)
{
	const unsigned int setups[] = {
		0, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		IORING_SETUP_COOP_TASKRUN, IORING_SETUP_SQE128,
		IORING_SETUP_SQPOLL,
	};
	struct tdi_request receive = { 0 };
	struct pair *pair = &self->pair;
	struct io_uring ring;
	char bytes[8];

	pair_connect(pair);
	for (size_t i = 0; i < ARRAY_SIZE(setups); i++) {
		ring_open(&ring, setups[i]);
		RING_BEGIN(&ring, receive, &receive, pair->endpoint, bytes, 8,
			   0);
		plain_send(pair->peer, "data", 4);
		EXPECT_BYTES(4, ring_end(&ring, &receive));
		RING_BEGIN(&ring, receive, &receive, pair->address, bytes, 8,
			   0);
		/* the nearest to its errno, and here the right one */
		EXPECT_COMPLETION(STATUS_INVALID_CONNECTION,
				  ring_end(&ring, &receive));
		io_uring_queue_exit(&ring);
	}
}

TEST_HARNESS_MAIN
