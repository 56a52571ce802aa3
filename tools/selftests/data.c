// SPDX-License-Identifier: GPL-2.0-only
/* TDI_SEND and TDI_RECEIVE: bytes, all of them, in order (S2) */
#include "test.h"

#include <limits.h>
#include <sys/uio.h>

#include "memory.h"

#define MEGABYTE	(1 << 20)

FIXTURE(data) {
	struct pair pair;
};

FAMILY_VARIANTS(data);

FIXTURE_SETUP(data)
{
	pair_open(&self->pair, variant->family);
	pair_connect(&self->pair);
}

FIXTURE_TEARDOWN(data)
{
	pair_close(&self->pair);
}

static char *buffer_of(size_t length)
{
	char *buffer = malloc(length);

	NEED(buffer);
	return buffer;
}

/* Receives until @length bytes are there */
static bool receive_all(int endpoint, char *buffer, size_t length, size_t step)
{
	struct tdi_io io = { 0 };
	size_t done = 0;

	while (done < length) {
		if (tdi_receive(endpoint, buffer + done,
				length - done < step ? length - done : step, 0,
				&io) || !io.information)
			return false;
		done += io.information;
	}
	return true;
}

TEST_F(data, any_length)
{
	const size_t lengths[] = { 1, 2, 1459, 1460, 4095, 4096, 65535, 65537,
				   MEGABYTE };
	struct pair *pair = &self->pair;
	char *out = buffer_of(MEGABYTE), *in = buffer_of(MEGABYTE);

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct job job = {
			.call = job_send, .fd = pair->endpoint, .buffer = out,
			.length = lengths[i],
		};

		pattern_fill(out, lengths[i], i);
		job_start(&job);
		plain_receive(pair->peer, in, lengths[i]);
		EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
		EXPECT_EQ(lengths[i], job.io.information);
		EXPECT_TRUE(pattern_check(in, lengths[i], i));
	}
}

static void *peer_sends(void *data)
{
	struct pair *pair = data;
	char block[16384];

	for (size_t at = 0; at < 4 * MEGABYTE; at += sizeof(block)) {
		pattern_fill(block, sizeof(block), at);
		plain_send(pair->peer, block, sizeof(block));
	}
	return NULL;
}

/* Megabytes both ways at the same time, compared byte by byte */
TEST_F(data, both_directions)
{
	const size_t length = 4 * MEGABYTE;
	struct pair *pair = &self->pair;
	char *out = buffer_of(length), *in = buffer_of(length);
	char *came = buffer_of(length);
	struct job send = {
		.call = job_send, .fd = pair->endpoint, .buffer = out,
		.length = length,
	};
	struct job receive = {
		.call = job_receive, .fd = pair->endpoint, .buffer = in,
		.length = 1,
	};
	pthread_t sender;

	pattern_fill(out, length, 99);
	job_start(&receive);
	job_start(&send);
	ASSERT_EQ(0, pthread_create(&sender, NULL, peer_sends, pair));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&receive));
	plain_receive(pair->peer, came, length / 2);
	EXPECT_TRUE(receive_all(pair->endpoint, in + 1, length - 1, 70000));
	plain_receive(pair->peer, came + length / 2, length / 2);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&send));
	EXPECT_EQ(length, send.io.information);
	EXPECT_EQ(0, pthread_join(sender, NULL));
	EXPECT_TRUE(pattern_check(in, length, 0));
	EXPECT_TRUE(pattern_check(came, length, 99));
}

/* As much as there is, up to the room; the rest stays. */
TEST_F(data, receive_in_parts)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char out[1000], in[2000];

	pattern_fill(out, sizeof(out), 0);
	plain_send(pair->peer, out, sizeof(out));
	ASSERT_SOON(plain_all_acked(pair->peer));
	for (size_t at = 0; at < 900; at += 300) {
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_receive(pair->endpoint, in + at, 300, 0,
					  &io));
		EXPECT_EQ(300, io.information);
	}
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, in + 900, 1000,
				  TDI_RECEIVE_NORMAL | TDI_RECEIVE_PARTIAL |
				  TDI_RECEIVE_NO_RESPONSE_EXP, &io));
	EXPECT_EQ(100, io.information);
	EXPECT_TRUE(pattern_check(in, 1000, 0));
}

TEST_F(data, vectored)
{
	struct pair *pair = &self->pair;
	char out[1000], in[1000];
	struct iovec iov[4] = {
		{ .iov_base = out, .iov_len = 1 },
		{ .iov_base = out + 1, .iov_len = 0 },
		{ .iov_base = out + 1, .iov_len = 600 },
		{ .iov_base = out + 601, .iov_len = 399 },
	};
	struct tdi_io io = { 0 };

	pattern_fill(out, sizeof(out), 5);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_sendv(pair->endpoint, iov, 4, 0, &io));
	EXPECT_EQ(1000, io.information);
	plain_receive(pair->peer, in, 1000);
	EXPECT_TRUE(pattern_check(in, 1000, 5));

	memset(out, 0, sizeof(out));
	plain_send(pair->peer, in, 1000);
	ASSERT_SOON(plain_all_acked(pair->peer));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receivev(pair->endpoint, iov, 4, 0, &io));
	EXPECT_EQ(1000, io.information);
	EXPECT_TRUE(pattern_check(out, 1000, 5));
}

TEST_F(data, many_vectors)
{
	struct pair *pair = &self->pair;
	char out[3 * IOV_MAX], in[3 * IOV_MAX];
	struct iovec iov[IOV_MAX + 1];
	struct tdi_io io = { 0 };

	pattern_fill(out, sizeof(out), 0);
	for (int i = 0; i <= IOV_MAX; i++)
		iov[i] = (struct iovec){ .iov_base = out + 3 * i,
					 .iov_len = 3 };
	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      tdi_sendv(pair->endpoint, iov, IOV_MAX + 1, 0, &io));
	EXPECT_EQ(0, io.information);
	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      tdi_sendv(pair->endpoint, iov, 0, 0, &io));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_sendv(pair->endpoint, iov, IOV_MAX, 0, &io));
	EXPECT_EQ(sizeof(out), io.information);
	plain_receive(pair->peer, in, sizeof(in));
	EXPECT_TRUE(pattern_check(in, sizeof(in), 0));
}

TEST_F(data, wrong_lengths)
{
	struct pair *pair = &self->pair;
	char byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct tdi_data arg = {
		.head.size = sizeof(arg), .buffer = (uintptr_t)&byte,
		.length = 1ULL << 40,
	};

	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_SEND, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_RECEIVE, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	/* either a buffer or vectors */
	arg.buffer = (uintptr_t)&iov;
	arg.length = 1;
	arg.iov_count = 1;
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_SEND, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	arg.length = 0;
	arg.iov_count = ~0U;
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_SEND, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	iov.iov_len = -1;
	arg.iov_count = 1;
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_SEND, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
}

/* Nothing lost: what could not be copied out is there the next time. */
TEST_F(data, bad_pointers)
{
	void *bad[] = { memory_unmapped(), MEMORY_KERNEL, (void *)8 };
	struct pair *pair = &self->pair;
	struct iovec iov = { .iov_len = 5 };
	struct tdi_io io = { 0 };
	char bytes[8];

	plain_send(pair->peer, "stays", 5);
	ASSERT_SOON(plain_all_acked(pair->peer));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_send(pair->endpoint, bad[i], 5, 0, &io));
		EXPECT_EQ(0, io.information);
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_receive(pair->endpoint, bad[i], 5, 0, &io));
		EXPECT_EQ(0, io.information);
		iov.iov_base = bad[i];
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_sendv(pair->endpoint, &iov, 1, 0, &io));
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_receivev(pair->endpoint, &iov, 1, 0, &io));
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_sendv(pair->endpoint, bad[i], 1, 0, &io));
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_receivev(pair->endpoint, bad[i], 1, 0, &io));
	}
	EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
		      tdi_receive(pair->endpoint, memory_read_only(), 5, 0,
				  &io));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, bytes, 8, 0, &io));
	EXPECT_EQ(5, io.information);
	EXPECT_EQ(0, memcmp(bytes, "stays", 5));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "clean", 5, 0, &io));
	plain_receive(pair->peer, bytes, 5);
	EXPECT_EQ(0, memcmp(bytes, "clean", 5));
}

/* The buffer ends in the middle: what went is told. */
TEST_F(data, buffer_cut_off)
{
	struct pair *pair = &self->pair;
	char *buffer = memory_at_edge(100), bytes[200];
	struct tdi_io io = { 0 };

	pattern_fill(bytes, 200, 0);
	plain_send(pair->peer, bytes, 200);
	ASSERT_SOON(plain_all_acked(pair->peer));
	tdi_receive(pair->endpoint, buffer, 200, 0, &io);
	/* all or nothing of it counts, but nothing goes missing */
	EXPECT_TRUE(io.information <= 100);
	EXPECT_EQ(io.information ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION,
		  io.status);
	EXPECT_TRUE(pattern_check(buffer, io.information, 0));
	memset(bytes, 0, sizeof(bytes));
	ASSERT_TRUE(receive_all(pair->endpoint, bytes, 200 - io.information,
				200));
	EXPECT_TRUE(pattern_check(bytes, 200 - io.information, io.information));
}

TEST_F(data, peek)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char bytes[8] = "";

	plain_send(pair->peer, "peeked", 6);
	for (int i = 0; i < 3; i++) {
		memset(bytes, 0, sizeof(bytes));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_receive(pair->endpoint, bytes, 6 - i,
					  TDI_RECEIVE_PEEK, &io));
		EXPECT_EQ(6 - i, io.information);
		EXPECT_EQ(0, memcmp(bytes, "peeked", 6 - i));
	}
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, bytes, 8, 0, &io));
	EXPECT_EQ(6, io.information);
	/* nothing there: a peek waits as any receive does */
	set_nonblock(pair->endpoint, true);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive(pair->endpoint, bytes, 8, TDI_RECEIVE_PEEK,
				  &io));
}

/* No data, no waiting; in particular not the end of the connection */
TEST_F(data, zero_length)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { .information = 9 };
	char byte;

	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, NULL, 0, 0, &io));
	EXPECT_EQ(0, io.information);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, NULL, 0, 0, &io));
	EXPECT_EQ(0, io.information);
	EXPECT_EQ(0, look_events(pair->peer, POLLIN));
	plain_send(pair->peer, "x", 1);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, NULL, 0, 0, &io));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, &byte, 1, 0, &io));
	EXPECT_EQ(1, io.information);
}

/* S2: after all data, and as often as one asks */
TEST_F(data, end_of_file)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char bytes[8];

	plain_send(pair->peer, "last", 4);
	close(pair->peer);
	pair->peer = -1;
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, bytes, 8, 0, &io));
	EXPECT_EQ(4, io.information);
	for (int i = 0; i < 3; i++) {
		io.information = 9;
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_receive(pair->endpoint, bytes, 8, 0, &io));
		EXPECT_EQ(0, io.information);
	}
	EXPECT_EQ(TDI_STATE_REMOTE_RELEASED, endpoint_state(pair->endpoint));
}

TEST_F(data, end_of_file_while_waiting)
{
	struct pair *pair = &self->pair;
	char bytes[8];
	struct job job = {
		.call = job_receive, .fd = pair->endpoint, .buffer = bytes,
		.length = 8, .io.information = 9,
	};

	job_start_blocked(&job);
	shutdown(pair->peer, SHUT_WR);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ(0, job.io.information);
}

/* Told to all that ask, and the endpoint can connect again. */
TEST_F(data, reset_by_the_peer)
{
	struct pair *pair = &self->pair;
	char bytes[8];
	struct job job = {
		.call = job_receive, .fd = pair->endpoint, .buffer = bytes,
		.length = 8,
	};

	job_start_blocked(&job);
	plain_reset(pair->peer);
	pair->peer = -1;
	EXPECT_OUTCOME(STATUS_CONNECTION_RESET, job_end(&job));
	for (int i = 0; i < 2; i++) {
		EXPECT_STATUS(STATUS_CONNECTION_RESET,
			      tdi_receive(pair->endpoint, bytes, 8, 0, NULL));
		EXPECT_STATUS(STATUS_CONNECTION_RESET,
			      tdi_send(pair->endpoint, bytes, 8, 0, NULL));
	}
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(data, send_flags)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char bytes[8];

	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "y", 1, TDI_SEND_PARTIAL |
			       TDI_SEND_NO_RESPONSE_EXPECTED, &io));
	plain_receive(pair->peer, bytes, 1);
	EXPECT_EQ('y', bytes[0]);
}

/* What does not fit is told, and a later send goes on there. */
TEST_F(data, send_without_waiting)
{
	struct pair *pair = &self->pair;
	char *big = buffer_of(16 * MEGABYTE), *in = buffer_of(16 * MEGABYTE);
	struct tdi_io io = { 0 };
	size_t sent;

	pattern_fill(big, 16 * MEGABYTE, 0);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, big, 16 * MEGABYTE,
			       TDI_SEND_NON_BLOCKING, &io));
	sent = io.information;
	ASSERT_TRUE(sent > 0 && sent < 16 * MEGABYTE);
	/* until there is no room at all */
	while (!tdi_send(pair->endpoint, big + sent, 16 * MEGABYTE - sent,
			 TDI_SEND_NON_BLOCKING, &io))
		sent += io.information;
	EXPECT_OUTCOME(STATUS_DEVICE_NOT_READY,
		       ((struct outcome){ io.status, io.error }));
	EXPECT_EQ(0, io.information);
	plain_receive(pair->peer, in, sent);
	EXPECT_TRUE(pattern_check(in, sent, 0));
	EXPECT_TRUE(wait_events(pair->endpoint, POLLOUT));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "z", 1, TDI_SEND_NON_BLOCKING,
			       &io));
	plain_receive(pair->peer, in, 1);
	EXPECT_EQ('z', in[0]);
}

/* Sends of two threads are one after the other, not one in the other. */
TEST_F(data, sends_do_not_mix)
{
	struct pair *pair = &self->pair;
	char *in = buffer_of(4 * MEGABYTE);
	struct job jobs[4];

	for (int i = 0; i < 4; i++) {
		jobs[i] = (struct job){
			.call = job_send, .fd = pair->endpoint,
			.buffer = buffer_of(MEGABYTE), .length = MEGABYTE,
		};
		memset(jobs[i].buffer, 'a' + i, MEGABYTE);
		job_start(&jobs[i]);
	}
	plain_receive(pair->peer, in, 4 * MEGABYTE);
	for (int i = 0; i < 4; i++) {
		EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&jobs[i]));
		EXPECT_EQ(MEGABYTE, jobs[i].io.information);
		EXPECT_EQ(0, memcmp(in + i * MEGABYTE, in + i * MEGABYTE + 1,
				    MEGABYTE - 1));
	}
}

/* Receives get their data in the order in which they were made. */
TEST_F(data, receives_are_served_in_order)
{
	struct pair *pair = &self->pair;
	char bytes[4] = "";
	struct job jobs[4];

	for (int i = 0; i < 4; i++) {
		jobs[i] = (struct job){
			.call = job_receive, .fd = pair->endpoint,
			.buffer = &bytes[i], .length = 1,
		};
		job_start_blocked(&jobs[i]);
	}
	plain_send(pair->peer, "abcd", 4);
	for (int i = 0; i < 4; i++)
		EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&jobs[i]));
	EXPECT_EQ(0, memcmp(bytes, "abcd", 4));
}

TEST_HARNESS_MAIN
