// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that can end an io_uring command that pends.
 */
#include "uring.h"

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

/* Submits the request, which pends when this returns */
static void pend(struct io_uring *ring, struct pair *pair, enum kind kind,
		 char *buffer, size_t *stuffed)
{
	static const uint32_t flags[] = {
		[PEEK] = TDI_RECEIVE_PEEK, [EXPEDITED] = TDI_RECEIVE_EXPEDITED,
	};
	struct tdi_request request = { .io.cookie = COOKIE };
	struct io_uring_sqe *sqe = ring_sqe(ring);
	struct tdi_taddr remote;

	switch (kind) {
	case CONNECT:
		remote = address_local(pair->family,
				       plain_port(plain_deaf(pair->family)));
		tdi_prep_connect(sqe, &request, pair->endpoint, &remote, 0,
				 NULL, 0);
		break;
	case LISTEN:
		tdi_prep_listen(sqe, &request, pair->endpoint, NULL, NULL, 0);
		break;
	case SEND:
		tdi_prep_send(sqe, &request, pair->endpoint, buffer, BIG, 0);
		break;
	case RELEASE:
		*stuffed = pair_stuff(pair);
		tdi_prep_disconnect(sqe, &request, pair->endpoint, 0,
				    TDI_DISCONNECT_RELEASE);
		break;
	default:
		tdi_prep_receive(sqe, &request, pair->endpoint, buffer, 100,
				 flags[kind]);
		break;
	}
	/* the request is gone when it completes */
	sqe->user_data = 1;
	ring_submit(ring);
	NEED(ring_is_idle(ring));
}

FIXTURE_SETUP(uring_pending)
{
	struct pair *pair = &self->pair;

	if (!ring_supported())
		SKIP(return, NO_URING);
	/* what the test before this one left to the kernel to close */
	ASSERT_SOON(!module_references());
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
	ASSERT_SOON(!module_references());
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
	ASSERT_SOON(!module_references());
}

/* io_uring's own way to cancel */
TEST_F(uring_pending, cancelled_by_the_ring)
{
	struct io_uring_sqe *sqe = ring_sqe(&self->ring);
	struct completion done;

	io_uring_prep_cancel64(sqe, 1, 0);
	sqe->user_data = 2;
	ring_submit(&self->ring);
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
	ASSERT_SOON(!module_references());
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
	ASSERT_SOON(!module_references());
	/* a closed connection sends on what it had */
	if (pair->peer >= 0)
		plain_reset(pair->peer);
	pair->peer = -1;
	fd = plain_bind(&local, REUSE_ADDR);
	EXPECT_LE(0, fd);
	close(fd);
}

TEST_HARNESS_MAIN
