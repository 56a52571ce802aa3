// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that nobody waits for: io_uring commands, and what they complete
 * with.
 */
#include "uring.h"

/* What the capability says is so, wherever this runs. */
TEST(capability)
{
	struct tdi_data receive = data_argument(NULL, 0, 0, 0);
	struct io_uring ring;
	int error, fd = open_control();

	error = io_uring_queue_init(4, &ring, 0);
	if (error)
		SKIP(return, "no io_uring: %s", strerror(-error));
	ring_command(&ring, fd, TDI_IOC_RECEIVE, &receive, 1);
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
	struct pair *pair = &self->pair;
	struct tdi_data receive, before;
	char bytes[16];

	pair_connect(pair);
	receive = data_argument(bytes, sizeof(bytes), 0, 1);
	before = receive;
	ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE, &receive, 7);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, "data", 4);
	EXPECT_BYTES(4, ring_wait(&self->ring));
	EXPECT_EQ(0, memcmp(bytes, "data", 4));
	/* the argument is not written */
	EXPECT_EQ(0, memcmp(&before, &receive, sizeof(before)));
	/* what is there already is there at once */
	plain_send(pair->peer, "more", 4);
	ASSERT_TRUE(wait_events(pair->endpoint, POLLIN));
	ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE, &receive, 8);
	EXPECT_BYTES(4, ring_wait(&self->ring));
	EXPECT_EQ(0, memcmp(bytes, "more", 4));
}

/* The argument is read when the command is issued, and then never again. */
TEST_F(uring, argument_is_gone)
{
	struct pair *pair = &self->pair;
	struct tdi_data *receive = memory_at_edge(sizeof(*receive));
	char bytes[16];

	pair_connect(pair);
	*receive = data_argument(bytes, sizeof(bytes), 0, 1);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE, receive, 7);
	ASSERT_EQ(0, munmap((void *)((uintptr_t)receive & ~4095UL), 4096));
	plain_send(pair->peer, "data", 4);
	EXPECT_BYTES(4, ring_wait(&self->ring));
	EXPECT_EQ(0, memcmp(bytes, "data", 4));
}

TEST_F(uring, buffer_is_gone)
{
	struct pair *pair = &self->pair;
	char *bytes = memory_at_edge(4096), byte;
	struct tdi_data receive = data_argument(bytes, 16, 0, 1);

	pair_connect(pair);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE, &receive, 7);
	ASSERT_EQ(0, munmap(bytes, 4096));
	plain_send(pair->peer, "d", 1);
	EXPECT_COMPLETION(STATUS_ACCESS_VIOLATION, ring_wait(&self->ring));
	/* nothing is lost */
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, &byte, 1, 0, NULL));
	EXPECT_EQ('d', byte);
}

TEST_F(uring, many_receives)
{
	struct pair *pair = &self->pair;
	struct tdi_data receive;
	char bytes[MANY], out[MANY];

	pair_connect(pair);
	for (int i = 0; i < MANY; i++) {
		out[i] = 'A' + i;
		receive = data_argument(&bytes[i], 1, 0, i);
		ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE,
			     &receive, i);
	}
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, out, 1);
	EXPECT_EQ(0, ring_wait(&self->ring).tag);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, out + 1, MANY - 1);
	for (int i = 1; i < MANY; i++) {
		struct completion done = ring_wait(&self->ring);

		EXPECT_EQ(i, done.tag);
		EXPECT_BYTES(1, done);
	}
	EXPECT_EQ(0, memcmp(out, bytes, MANY));
}

/* They are in line with those that somebody waits for. */
TEST_F(uring, in_line_with_ioctls)
{
	struct pair *pair = &self->pair;
	char first, second, third;
	struct tdi_data receive = data_argument(&first, 1, 0, 1);
	struct job job = { .call = job_receive, .fd = pair->endpoint,
			   .buffer = &second, .length = 1 };

	pair_connect(pair);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE, &receive, 1);
	job_start_blocked(&job);
	ASSERT_SOON(look_events(pair->endpoint, POLLOUT));
	receive = data_argument(&third, 1, 0, 3);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE, &receive, 3);
	plain_send(pair->peer, "abc", 3);
	EXPECT_BYTES(1, ring_wait(&self->ring));
	EXPECT_BYTES(1, ring_wait(&self->ring));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ('a', first);
	EXPECT_EQ('b', second);
	EXPECT_EQ('c', third);
}

TEST_F(uring, large_send)
{
	struct pair *pair = &self->pair;
	char *out = malloc(BIG), *in = malloc(BIG);
	struct tdi_data send = data_argument(out, BIG, 0, 1);

	pair_small_buffers(pair);
	pair_connect(pair);
	pattern_fill(out, BIG, 0);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_SEND, &send, 1);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	/* this task has to go on sending, too */
	for (size_t at = 0; at < BIG; at += 65536)
		plain_receive(pair->peer, in + at, 65536);
	EXPECT_BYTES(BIG, ring_wait(&self->ring));
	EXPECT_TRUE(pattern_check(in, BIG, 0));
}

TEST_F(uring, vectors)
{
	struct pair *pair = &self->pair;
	char out[300], in[300];
	struct iovec iov[30];
	struct tdi_data arg;

	pair_connect(pair);
	pattern_fill(out, sizeof(out), 0);
	/* more than fit where usual ones do */
	for (int i = 0; i < 30; i++)
		iov[i] = (struct iovec){ .iov_base = in + 10 * i,
					 .iov_len = 10 };
	arg = data_argument(iov, 0, 0, 1);
	arg.iov_count = 30;
	ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE, &arg, 1);
	/* the array is read by now */
	memset(iov, 0, sizeof(iov));
	plain_send(pair->peer, out, sizeof(out));
	EXPECT_BYTES(300, ring_wait(&self->ring));
	EXPECT_TRUE(pattern_check(in, 300, 0));

	for (int i = 0; i < 3; i++)
		iov[i] = (struct iovec){ .iov_base = out + 100 * i,
					 .iov_len = 100 };
	arg.iov_count = 3;
	memset(in, 0, sizeof(in));
	ring_command(&self->ring, pair->endpoint, TDI_IOC_SEND, &arg, 2);
	EXPECT_BYTES(300, ring_wait(&self->ring));
	plain_receive(pair->peer, in, 300);
	EXPECT_TRUE(pattern_check(in, 300, 0));
}

TEST_F(uring, connect)
{
	struct pair *pair = &self->pair;
	struct tdi_connect arg = connect_argument(&pair->remote, 0, 1);
	struct tdi_taddr peer;

	arg.ret = room_for(&peer);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_CONNECT, &arg, 1);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_wait(&self->ring));
	EXPECT_EQ(0, memcmp(peer.bytes, pair->remote.bytes,
			    pair->remote.length));
	EXPECT_EQ(sizeof(peer.bytes), arg.ret.remote_address_length);
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	ring_command(&self->ring, pair->endpoint, TDI_IOC_CONNECT, &arg, 1);
	EXPECT_COMPLETION(STATUS_CONNECTION_ACTIVE, ring_wait(&self->ring));
}

TEST_F(uring, connect_refused)
{
	struct pair *pair = &self->pair;
	struct tdi_connect arg = connect_argument(&pair->remote, 0, 1);

	close(pair->listener);
	pair->listener = -1;
	ring_command(&self->ring, pair->endpoint, TDI_IOC_CONNECT, &arg, 1);
	EXPECT_EQ(-ECONNREFUSED, ring_wait(&self->ring).result);
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
}

TEST_F(uring, connect_times_out)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(deaf));
	struct tdi_connect arg = connect_argument(&remote, tdi_timeout_ms(100),
						  1);
	int64_t start = now_ms();

	ring_command(&self->ring, pair->endpoint, TDI_IOC_CONNECT, &arg, 1);
	EXPECT_EQ(TDI_STATE_CONNECTING, endpoint_state(pair->endpoint));
	EXPECT_COMPLETION(STATUS_IO_TIMEOUT, ring_wait(&self->ring));
	EXPECT_LE(100, now_ms() - start);
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(uring, listen)
{
	struct pair *pair = &self->pair;
	struct tdi_listen arg = { .head.size = sizeof(arg) };
	struct tdi_taddr peer, seen;
	int client;

	arg.ret = room_for(&peer);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_LISTEN, &arg, 1);
	EXPECT_EQ(TDI_STATE_LISTENING, endpoint_state(pair->endpoint));
	client = plain_connect(&pair->local);
	ASSERT_LE(0, client);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_wait(&self->ring));
	seen = address_of_socket(client);
	EXPECT_EQ(0, memcmp(peer.bytes, seen.bytes, seen.length));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	close(client);
}

/* An offer to a listen, and its answer, without any call that waits */
TEST_F(uring, accept)
{
	struct pair *pair = &self->pair;
	struct tdi_listen listen = { .head.size = sizeof(listen),
				     .head.flags = TDI_QUERY_ACCEPT };
	struct tdi_accept arg = { .head.size = sizeof(arg) };
	struct tdi_taddr peer, seen;
	int client;

	/* nothing to accept: how it failed is in the completion, too */
	ring_command(&self->ring, pair->endpoint, TDI_IOC_ACCEPT, &arg, 1);
	EXPECT_COMPLETION(STATUS_INVALID_CONNECTION, ring_wait(&self->ring));

	ring_command(&self->ring, pair->endpoint, TDI_IOC_LISTEN, &listen, 2);
	client = plain_connect(&pair->local);
	ASSERT_LE(0, client);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_wait(&self->ring));
	EXPECT_EQ(TDI_STATE_OFFERED, endpoint_state(pair->endpoint));
	arg.ret = room_for(&peer);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_ACCEPT, &arg, 3);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_wait(&self->ring));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	seen = address_of_socket(client);
	EXPECT_EQ(0, memcmp(peer.bytes, seen.bytes, seen.length));
	/* the argument is not written, whichever request it is */
	EXPECT_EQ(sizeof(peer.bytes), arg.ret.remote_address_length);
	close(client);
}

TEST_F(uring, release)
{
	struct pair *pair = &self->pair;
	struct tdi_disconnect arg = { .head.size = sizeof(arg),
				      .head.flags = TDI_DISCONNECT_RELEASE };
	size_t stuffed;
	char *in;

	pair_small_buffers(pair);
	pair_connect(pair);
	stuffed = pair_stuff(pair);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_DISCONNECT, &arg, 1);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	EXPECT_EQ(TDI_STATE_LOCAL_RELEASED, endpoint_state(pair->endpoint));
	in = malloc(stuffed);
	plain_receive(pair->peer, in, stuffed);
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_wait(&self->ring));
	EXPECT_TRUE(pattern_check(in, stuffed, 0));
}

TEST_F(uring, release_in_time)
{
	struct pair *pair = &self->pair;
	struct tdi_disconnect arg = { .head.size = sizeof(arg),
				      .head.flags = TDI_DISCONNECT_RELEASE,
				      .timeout = tdi_timeout_ms(100) };

	pair_small_buffers(pair);
	pair_connect(pair);
	pair_stuff(pair);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_DISCONNECT, &arg, 1);
	EXPECT_COMPLETION(STATUS_IO_TIMEOUT, ring_wait(&self->ring));
}

/* O_NONBLOCK is for those who would wait; a flag of the request is not. */
TEST_F(uring, nonblocking_file)
{
	struct pair *pair = &self->pair;
	char byte, *out = calloc(1, BIG);
	struct tdi_data arg = data_argument(&byte, 1, 0, 1);

	pair_small_buffers(pair);
	pair_connect(pair);
	set_nonblock(pair->endpoint, true);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE, &arg, 1);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, "d", 1);
	EXPECT_BYTES(1, ring_wait(&self->ring));

	pair_stuff(pair);
	arg = data_argument(out, BIG, TDI_SEND_NON_BLOCKING, 2);
	ring_command(&self->ring, pair->endpoint, TDI_IOC_SEND, &arg, 2);
	EXPECT_COMPLETION(STATUS_DEVICE_NOT_READY, ring_wait(&self->ring));
}

/* Issued by a thread of the kernel's own */
TEST_F(uring, asynchronous)
{
	struct pair *pair = &self->pair;
	struct tdi_connect connect = connect_argument(&pair->remote, 0, 1);
	char *out = malloc(BIG), *in = malloc(BIG);
	struct tdi_data receive = data_argument(in, BIG, 0, 2);
	struct tdi_data send = data_argument(out, BIG, 0, 3);

	pair_small_buffers(pair);
	pattern_fill(out, BIG, 0);
	ring_command_async(&self->ring, pair->endpoint, TDI_IOC_CONNECT,
			   &connect, 1);
	EXPECT_COMPLETION(STATUS_SUCCESS, ring_wait(&self->ring));
	pair->peer = plain_accept(pair->listener);
	ring_command_async(&self->ring, pair->endpoint, TDI_IOC_RECEIVE,
			   &receive, 2);
	plain_send(pair->peer, "data", 4);
	EXPECT_BYTES(4, ring_wait(&self->ring));
	EXPECT_EQ(0, memcmp(in, "data", 4));
	ring_command_async(&self->ring, pair->endpoint, TDI_IOC_SEND, &send, 3);
	for (size_t at = 0; at < BIG; at += 65536)
		plain_receive(pair->peer, in + at, 65536);
	EXPECT_BYTES(BIG, ring_wait(&self->ring));
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
	struct pair *pair = &self->pair;
	struct tdi_data receive;
	struct io_uring ring;
	char bytes[8];

	pair_connect(pair);
	for (size_t i = 0; i < ARRAY_SIZE(setups); i++) {
		ring_open(&ring, setups[i]);
		receive = data_argument(bytes, 8, 0, i);
		ring_command(&ring, pair->endpoint, TDI_IOC_RECEIVE, &receive,
			     i);
		plain_send(pair->peer, "data", 4);
		EXPECT_EQ(4, ring_wait(&ring).result);
		ring_command(&ring, pair->address, TDI_IOC_RECEIVE, &receive,
			     i);
		EXPECT_EQ(-ENOTCONN, ring_wait(&ring).result);
		io_uring_queue_exit(&ring);
	}
}

TEST_HARNESS_MAIN
