// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that nobody waits for: io_uring commands, what they complete with,
 * and everything that can end them.
 */
#include "test.h"

#include <signal.h>
#include <sys/syscall.h>

#include "indication.h"
#include "memory.h"
#include "ring.h"

#define BIG	(8 << 20)
#define MANY	32
#define NO_URING "no commands of io_uring (TDI_CAP_URING), as on kernels before 6.7"

/* A completion, and the status of which it should be: its errno and NTSTATUS */
#define EXPECT_COMPLETION(want, came) do {				\
	struct completion __came = (came);				\
									\
	EXPECT_EQ(tdi_status_to_errno(want), __came.result < 0 ?	\
					     -__came.result : 0);	\
	EXPECT_EQ((want), __came.status)				\
		TH_LOG("%s, result %d",					\
		       tdi_status_name(__came.status), __came.result);	\
} while (0)

/* Success with so many bytes */
#define EXPECT_BYTES(want, came) do {					\
	struct completion __bytes = (came);				\
									\
	EXPECT_EQ((want), __bytes.result);				\
	EXPECT_EQ(STATUS_SUCCESS, __bytes.status)			\
		TH_LOG("%s", tdi_status_name(__bytes.status));		\
} while (0)

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

/* ---- What they do ---- */

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
	/* a timer counts ticks, and late ones are made up for at once */
	EXPECT_LE(80, now_ms() - start);
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

/* All of one file's, and none of another's */
TEST_F(uring, many_cancelled)
{
	struct pair *pair = &self->pair;
	struct tdi_listen listen = { .head.size = sizeof(listen) };
	int other = open_associated(pair->address);
	struct tdi_io io = { 0 };
	struct tdi_data receive;
	char bytes[MANY];

	pair_connect(pair);
	ring_command(&self->ring, other, TDI_IOC_LISTEN, &listen, MANY);
	for (int i = 0; i < MANY; i++) {
		receive = data_argument(&bytes[i], 1, 0, i % 2);
		ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE,
			     &receive, i);
	}
	EXPECT_STATUS(STATUS_SUCCESS, tdi_cancel(pair->endpoint, 1, 0, &io));
	EXPECT_EQ(MANY / 2, io.information);
	for (int i = 1; i < MANY; i += 2) {
		struct completion done = ring_wait(&self->ring);

		EXPECT_EQ(1, done.tag % 2);
		EXPECT_COMPLETION(STATUS_CANCELLED, done);
	}
	EXPECT_TRUE(ring_is_idle(&self->ring));
	plain_send(pair->peer, "x", 1);
	EXPECT_EQ(0, ring_wait(&self->ring).tag);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(pair->endpoint, 0, TDI_CANCEL_ALL, &io));
	EXPECT_EQ(MANY / 2 - 1, io.information);
	for (int i = 2; i < MANY; i += 2)
		EXPECT_COMPLETION(STATUS_CANCELLED, ring_wait(&self->ring));
	EXPECT_TRUE(ring_is_idle(&self->ring));
	EXPECT_EQ(TDI_STATE_LISTENING, endpoint_state(other));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(other, 0, TDI_CANCEL_ALL, &io));
	EXPECT_COMPLETION(STATUS_CANCELLED, ring_wait(&self->ring));
	close(other);
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
	unsigned char next = 0;
	struct tdi_data receive = data_argument(&byte, 1, 0, 1);
	struct completion done;

	pair_connect(pair);
	job_start(&job);
	for (int i = 0; i < 300; i++) {
		unsigned char out = i;

		ring_command(&self->ring, pair->endpoint, TDI_IOC_RECEIVE,
			     &receive, 1);
		plain_send(pair->peer, &out, 1);
		/* as often as it takes */
		while ((done = ring_wait(&self->ring)).result == -ECANCELED)
			ring_command(&self->ring, pair->endpoint,
				     TDI_IOC_RECEIVE, &receive, 1);
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
	struct tdi_connect arg = connect_argument(&remote, -10000, 1);
	char stop = 0;
	struct job job = { .call = cancel_all_the_time, .fd = pair->endpoint,
			   .buffer = &stop };
	struct completion done;

	for (int i = 0; i < 50; i++) {
		stop = i % 2;
		job_start(&job);
		ring_command(&self->ring, pair->endpoint, TDI_IOC_CONNECT, &arg,
			     1);
		done = ring_wait(&self->ring);
		EXPECT_TRUE(done.result == -ETIMEDOUT ||
			    done.result == -ECANCELED);
		ASSERT_SOON(endpoint_state(pair->endpoint) ==
			    TDI_STATE_ASSOCIATED);
		*(volatile char *)&stop = 1;
		job_end(&job);
	}
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(uring, bad_commands)
{
	struct pair *pair = &self->pair;
	struct io_uring *ring = &self->ring;
	char byte;
	struct tdi_data arg = data_argument(&byte, 1, 0, 1);
	const unsigned int others[] = {
		TDI_IOC_QUERY_CAPS, TDI_IOC_CREATE, TDI_IOC_CANCEL,
		TDI_IOC_EVENT_REPLY, TDI_IOC_ASSOCIATE_ADDRESS,
		TDI_IOC_DISASSOCIATE_ADDRESS, TDI_IOC_SET_EVENT_HANDLER,
		TDI_IOC_QUERY_INFORMATION,
	};

	pair_connect(pair);
	ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, NULL, 1);
	EXPECT_EQ(-EFAULT, ring_wait(ring).result);
	ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, MEMORY_KERNEL, 1);
	EXPECT_EQ(-EFAULT, ring_wait(ring).result);
	ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, memory_at_edge(8),
		     1);
	EXPECT_EQ(-EINVAL, ring_wait(ring).result);
	arg.head.size = sizeof(arg) - 1;
	ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg, 1);
	EXPECT_EQ(-EINVAL, ring_wait(ring).result);
	arg.head.size = 4097;
	ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg, 1);
	EXPECT_EQ(-E2BIG, ring_wait(ring).result);
	arg.head.size = sizeof(arg);
	arg.head.flags = 0x80000000;
	ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg, 1);
	EXPECT_COMPLETION(STATUS_INVALID_PARAMETER, ring_wait(ring));
	arg.head.flags = 0;
	arg.__reserved = 1;
	ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg, 1);
	EXPECT_COMPLETION(STATUS_INVALID_PARAMETER, ring_wait(ring));

	ring_command(ring, pair->endpoint, TDI_IOC(0x14), &arg, 1);
	EXPECT_EQ(-ENOTTY, ring_wait(ring).result);
	ring_command(ring, pair->endpoint, 0, &arg, 1);
	EXPECT_EQ(-ENOTTY, ring_wait(ring).result);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct tdi_head *head = memory_at_edge(4096);

		head->size = 4096;
		ring_command(ring, pair->endpoint, others[i], head, 1);
		EXPECT_EQ(-EOPNOTSUPP, ring_wait(ring).result)
			TH_LOG("command %#x", others[i]);
	}
	arg = data_argument(memory_read_only(), 1, 0, 1);
	plain_send(pair->peer, "d", 1);
	ASSERT_TRUE(wait_events(pair->endpoint, POLLIN));
	ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, &arg, 1);
	EXPECT_COMPLETION(STATUS_ACCESS_VIOLATION, ring_wait(ring));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
}

/* ---- Ordinary operations on the files ---- */

static struct io_uring_sqe *operation(struct io_uring *ring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	NEED(sqe);
	return sqe;
}

/* io_uring_prep_xxx() clears the tag. */
static void go(struct io_uring *ring, struct io_uring_sqe *sqe, uint64_t tag)
{
	sqe->user_data = tag;
	NEED(io_uring_submit(ring) == 1);
}

TEST_F(uring, read_write_poll)
{
	struct io_uring *ring = &self->ring;
	struct pair *pair = &self->pair;
	struct completion done;
	struct io_uring_sqe *sqe;
	char bytes[8], in[8];

	pair_connect(pair);
	sqe = operation(ring);
	io_uring_prep_poll_add(sqe, pair->endpoint, POLLIN);
	go(ring, sqe, 1);
	EXPECT_TRUE(ring_is_idle(ring));
	plain_send(pair->peer, "one", 3);
	done = ring_wait(ring);
	EXPECT_EQ(1, done.tag);
	EXPECT_TRUE(done.result > 0 && done.result & POLLIN);
	for (int round = 0; round < 2; round++) {
		sqe = operation(ring);
		io_uring_prep_read(sqe, pair->endpoint, bytes, 8, 0);
		go(ring, sqe, 2);
		/* the second has to wait */
		if (round)
			plain_send(pair->peer, "two", 3);
		EXPECT_EQ(3, ring_wait(ring).result);
		EXPECT_EQ(0, memcmp(bytes, round ? "two" : "one", 3));
	}
	sqe = operation(ring);
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
	sqe = operation(ring);
	io_uring_prep_poll_multishot(sqe, pair->address, POLLIN);
	go(ring, sqe, 1);
	for (int round = 0; round < 5; round++) {
		plain_send(pair->peer, "data", 4);
		/* one that tells of nothing new is allowed */
		do {
			done = ring_wait(ring);
			ASSERT_EQ(1, done.tag);
			ASSERT_TRUE(done.result > 0 && done.result & POLLIN);
			sqe = operation(ring);
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
	struct io_uring ring;
	struct tdi_data receive;
	char bytes[4];

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(pair->address, TDI_EVENT_RECEIVE, 5, 64));
	set_nonblock(pair->address, true);
	ring_open(&ring, IORING_SETUP_SINGLE_ISSUER |
			 IORING_SETUP_DEFER_TASKRUN);
	pair_connect(pair);
	receive = data_argument(bytes, 4, 0, 1);
	ring_command(&ring, pair->endpoint, TDI_IOC_RECEIVE, &receive, 1);
	plain_send(pair->peer, "datamore", 8);
	ASSERT_SOON(plain_all_acked(pair->peer));
	EXPECT_EQ(-1, read(pair->address, events, sizeof(events)));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, look_events(pair->endpoint, POLLIN));
	EXPECT_EQ(4, ring_wait(&ring).result);
	EXPECT_EQ(0, memcmp(bytes, "data", 4));
	ASSERT_TRUE(wait_events(pair->address, POLLIN));
	EXPECT_EQ(72, read(pair->address, events, sizeof(events)));
	EXPECT_EQ(0, memcmp(events + 64, "more", 4));
	io_uring_queue_exit(&ring);
}

/* On a file that may wait the read does, in the ring. */
TEST_F(uring, events_by_read)
{
	struct io_uring *ring = &self->ring;
	struct pair *pair = &self->pair;
	struct io_uring_sqe *sqe;
	unsigned char bytes[512];
	struct tdi_event *event = (void *)bytes;

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(pair->address, TDI_EVENT_RECEIVE, 5, 64));
	pair_connect(pair);
	sqe = operation(ring);
	io_uring_prep_read(sqe, pair->address, bytes, sizeof(bytes), 0);
	go(ring, sqe, 1);
	plain_send(pair->peer, "data", 4);
	EXPECT_EQ(72, ring_wait(ring).result);
	EXPECT_EQ(TDI_EVENT_RECEIVE, event->event_type);
	EXPECT_EQ(0, memcmp(bytes + event->data_offset, "data", 4));
}

/* ---- What ends a request that pends ---- */

enum kind { CONNECT, LISTEN, SEND, RECEIVE, PEEK, EXPEDITED, RELEASE };

#define COOKIE	0x123456789abcdef0ULL

/* @arg: of the request that pends on the endpoint of @pair */
FIXTURE(uring_pending) {
	struct pair pair;
	struct io_uring ring;
	bool ring_open;
	char *buffer;
	size_t stuffed;
};

FIXTURE_VARIANT(uring_pending) {
	enum kind kind;
	int family;
};

#define VARIANTS(name, which)						\
	FIXTURE_VARIANT_ADD(uring_pending, name##_ipv4) {		\
		.kind = which, .family = AF_INET };			\
	FIXTURE_VARIANT_ADD(uring_pending, name##_ipv6) {		\
		.kind = which, .family = AF_INET6 }
VARIANTS(connect, CONNECT);
VARIANTS(listen, LISTEN);
VARIANTS(send, SEND);
VARIANTS(receive, RECEIVE);
VARIANTS(peek, PEEK);
VARIANTS(expedited, EXPEDITED);
VARIANTS(release, RELEASE);

static bool is_connected(enum kind kind)
{
	return kind >= SEND;
}

static bool is_receive(enum kind kind)
{
	return kind >= RECEIVE && kind < RELEASE;
}

/* For module_files() nothing may be closed meanwhile, as the end of a ring does */
static int references(void)
{
	FILE *file = fopen("/sys/module/tdi/refcnt", "re");
	int count;

	NEED(file);
	NEED(fscanf(file, "%d", &count) == 1);
	fclose(file);
	return count;
}

/* Submits the request, which pends when this returns */
static void pend(struct io_uring *ring, struct pair *pair, enum kind kind,
		 char *buffer, size_t *stuffed)
{
	static const uint32_t flags[] = {
		[PEEK] = TDI_RECEIVE_PEEK, [EXPEDITED] = TDI_RECEIVE_EXPEDITED,
		[RELEASE] = 0,
	};
	struct tdi_data data = data_argument(buffer, kind == SEND ? BIG : 100,
					     flags[kind], COOKIE);
	struct tdi_listen listen = { .head.size = sizeof(listen),
				     .head.cookie = COOKIE };
	struct tdi_disconnect release = {
		.head.size = sizeof(release), .head.cookie = COOKIE,
		.head.flags = TDI_DISCONNECT_RELEASE,
	};
	struct tdi_taddr remote;
	struct tdi_connect connect;

	switch (kind) {
	case CONNECT:
		remote = address_local(pair->family,
				       plain_port(plain_deaf(pair->family)));
		connect = connect_argument(&remote, 0, COOKIE);
		ring_command(ring, pair->endpoint, TDI_IOC_CONNECT, &connect,
			     1);
		break;
	case LISTEN:
		ring_command(ring, pair->endpoint, TDI_IOC_LISTEN, &listen, 1);
		break;
	case SEND:
		ring_command(ring, pair->endpoint, TDI_IOC_SEND, &data, 1);
		break;
	case RELEASE:
		*stuffed = pair_stuff(pair);
		ring_command(ring, pair->endpoint, TDI_IOC_DISCONNECT, &release,
			     1);
		break;
	default:
		ring_command(ring, pair->endpoint, TDI_IOC_RECEIVE, &data, 1);
		break;
	}
	NEED(ring_is_idle(ring));
}

FIXTURE_SETUP(uring_pending)
{
	struct pair *pair = &self->pair;

	if (!ring_supported())
		SKIP(return, NO_URING);
	/* what the test before this one left to the kernel to close */
	ASSERT_SOON(!references());
	pair_open(pair, variant->family);
	pair_small_buffers(pair);
	if (is_connected(variant->kind))
		pair_connect(pair);
	self->buffer = malloc(BIG);
	pattern_fill(self->buffer, BIG, 0);
	ring_open(&self->ring, IORING_SETUP_CQE32);
	self->ring_open = true;
	pend(&self->ring, pair, variant->kind, self->buffer, &self->stuffed);
}

FIXTURE_TEARDOWN(uring_pending)
{
	if (self->ring_open)
		io_uring_queue_exit(&self->ring);
	pair_close(&self->pair);
}

/* Where the request is cancelled */
#define EXPECT_GIVEN_UP() do {						\
	struct completion __done = ring_wait(&self->ring);		\
									\
	EXPECT_EQ(1, __done.tag);					\
	if (variant->kind == SEND && __done.result > 0) {		\
		EXPECT_EQ(STATUS_SUCCESS, __done.status);		\
		EXPECT_GT(BIG, __done.result);				\
	} else {							\
		EXPECT_COMPLETION(STATUS_CANCELLED, __done);		\
		EXPECT_EQ(-ECANCELED, __done.result);			\
	}								\
} while (0)

/* As before the request: the connection is there, or none is */
#define EXPECT_UNHARMED() do {						\
	struct pair *__pair = &self->pair;				\
									\
	if (variant->kind == RELEASE) {					\
		EXPECT_EQ(TDI_STATE_LOCAL_RELEASED,			\
			  endpoint_state(__pair->endpoint));		\
	} else if (is_connected(variant->kind)) {			\
		EXPECT_EQ(TDI_STATE_CONNECTED,				\
			  endpoint_state(__pair->endpoint));		\
	} else {							\
		ASSERT_SOON(endpoint_state(__pair->endpoint) ==		\
			    TDI_STATE_ASSOCIATED);			\
		EXPECT_TRUE(pair_usable(__pair, __pair->endpoint));	\
	}								\
} while (0)

TEST_F(uring_pending, cancelled_by_cookie)
{
	struct tdi_io io = { 0 };

	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      tdi_cancel(self->pair.endpoint, COOKIE + 1, 0, &io));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(self->pair.endpoint, COOKIE, 0, &io));
	EXPECT_EQ(1, io.information);
	EXPECT_GIVEN_UP();
	EXPECT_UNHARMED();
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      tdi_cancel(self->pair.endpoint, COOKIE, 0, NULL));
}

TEST_F(uring_pending, cancelled_with_all)
{
	struct tdi_io io = { 0 };

	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(self->pair.endpoint, 0, TDI_CANCEL_ALL, &io));
	EXPECT_EQ(1, io.information);
	EXPECT_GIVEN_UP();
	EXPECT_UNHARMED();
}

TEST_F(uring_pending, ended_by_an_abort)
{
	struct pair *pair = &self->pair;

	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT,
				     NULL));
	EXPECT_COMPLETION(STATUS_CONNECTION_ABORTED, ring_wait(&self->ring));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(uring_pending, ended_by_closing_the_address)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	struct pair *pair = &self->pair;

	close(pair->address);
	EXPECT_COMPLETION(STATUS_LOCAL_DISCONNECT, ring_wait(&self->ring));
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(pair->endpoint));
	pair->address = open_address(&any);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_associate_address(pair->endpoint, pair->address, 0,
					    NULL));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(uring_pending, ended_by_the_peers_reset)
{
	struct pair *pair = &self->pair;

	if (!is_connected(variant->kind))
		return;
	plain_reset(pair->peer);
	pair->peer = -1;
	EXPECT_COMPLETION(STATUS_CONNECTION_RESET, ring_wait(&self->ring));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* Ends receives, and nothing else */
TEST_F(uring_pending, the_peers_release)
{
	struct pair *pair = &self->pair;

	if (!is_connected(variant->kind))
		return;
	ASSERT_EQ(0, shutdown(pair->peer, SHUT_WR));
	if (is_receive(variant->kind)) {
		EXPECT_BYTES(0, ring_wait(&self->ring));
		EXPECT_EQ(TDI_STATE_REMOTE_RELEASED,
			  endpoint_state(pair->endpoint));
		return;
	}
	/* the state tells when it has come */
	if (variant->kind == SEND)
		ASSERT_SOON(endpoint_state(pair->endpoint) ==
			    TDI_STATE_REMOTE_RELEASED);
	EXPECT_TRUE(ring_is_idle(&self->ring));
	if (variant->kind == SEND) {
		plain_receive(pair->peer, self->buffer, BIG);
		EXPECT_BYTES(BIG, ring_wait(&self->ring));
	} else {
		plain_receive(pair->peer, self->buffer, self->stuffed);
		EXPECT_COMPLETION(STATUS_SUCCESS, ring_wait(&self->ring));
	}
}

/* Nobody will see the completion; the request must end nevertheless. */
TEST_F(uring_pending, ring_is_closed)
{
	struct pair *pair = &self->pair;

	io_uring_queue_exit(&self->ring);
	self->ring_open = false;
	ASSERT_SOON(tdi_cancel(pair->endpoint, COOKIE, 0, NULL) ==
		    STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_UNHARMED();
	pair_close(pair);
	ASSERT_SOON(!references());
}

/* The file outlives its descriptor while the request pends. */
TEST_F(uring_pending, descriptor_is_closed)
{
	struct pair *pair = &self->pair;

	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_TRUE(ring_is_idle(&self->ring));
	io_uring_queue_exit(&self->ring);
	self->ring_open = false;
	pair_close(pair);
	ASSERT_SOON(!references());
}

/* io_uring's own way to cancel */
TEST_F(uring_pending, cancelled_by_the_ring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);
	struct completion done;

	io_uring_prep_cancel64(sqe, 1, 0);
	sqe->user_data = 2;
	ASSERT_EQ(1, io_uring_submit(&self->ring));
	/* it knows nothing of commands that have begun: both answers are fine */
	done = ring_wait(&self->ring);
	EXPECT_EQ(2, done.tag);
	EXPECT_GE(0, done.result);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(self->pair.endpoint, COOKIE, 0, NULL));
	EXPECT_GIVEN_UP();
}

/* ---- The submitter dies ---- */

FIXTURE(uring_killed) {
	struct pair pair;
};

FIXTURE_VARIANT(uring_killed) {
	enum kind kind;
	int family;
};

#define KILLED(name, which)						\
	FIXTURE_VARIANT_ADD(uring_killed, name##_ipv4) {		\
		.kind = which, .family = AF_INET };			\
	FIXTURE_VARIANT_ADD(uring_killed, name##_ipv6) {		\
		.kind = which, .family = AF_INET6 }
KILLED(connect, CONNECT);
KILLED(listen, LISTEN);
KILLED(send, SEND);
KILLED(receive, RECEIVE);
KILLED(peek, PEEK);
KILLED(expedited, EXPEDITED);
KILLED(release, RELEASE);

FIXTURE_SETUP(uring_killed)
{
	if (!ring_supported())
		SKIP(return, NO_URING);
	ASSERT_SOON(!references());
	pair_open(&self->pair, variant->family);
	pair_small_buffers(&self->pair);
}

FIXTURE_TEARDOWN(uring_killed)
{
	pair_close(&self->pair);
}

/* A child with the files, which begins the request, and waits to be killed */
static pid_t victim(struct pair *pair, enum kind kind)
{
	struct io_uring ring;
	int ready[2];
	size_t stuffed;
	char byte;
	pid_t pid;

	NEED(!pipe2(ready, O_CLOEXEC));
	pid = fork_child();
	if (!pid) {
		char *buffer = malloc(BIG);

		ring_open(&ring, 0);
		pend(&ring, pair, kind, buffer, &stuffed);
		NEED(write(ready[1], "r", 1) == 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	NEED(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	return pid;
}

static void kill_it(pid_t pid)
{
	NEED(!kill(pid, SIGKILL));
	NEED(waitpid(pid, NULL, 0) == pid);
}

/* The files are somebody else's too: only the request goes. */
TEST_F(uring_killed, files_are_shared)
{
	struct pair *pair = &self->pair;
	pid_t pid;

	if (is_connected(variant->kind))
		pair_connect(pair);
	pid = victim(pair, variant->kind);
	kill_it(pid);
	ASSERT_SOON(tdi_cancel(pair->endpoint, COOKIE, 0, NULL) ==
		    STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_UNHARMED();
}

/* The files were its own: the port is free, the module is not in use. */
TEST_F(uring_killed, files_are_gone)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr local = pair->local;
	pid_t pid;
	int fd;

	if (is_connected(variant->kind))
		pair_connect(pair);
	pid = victim(pair, variant->kind);
	close(pair->endpoint);
	close(pair->address);
	pair->endpoint = -1;
	pair->address = -1;
	kill_it(pid);
	ASSERT_SOON(!references());
	/* a closed connection sends on what it had */
	if (pair->peer >= 0)
		plain_reset(pair->peer);
	pair->peer = -1;
	fd = plain_bind(&local, REUSE_ADDR);
	EXPECT_LE(0, fd);
	close(fd);
}

TEST_HARNESS_MAIN
