// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every kind of request that waits, and everything that can end the wait
 * (S10, reference 4.4).
 */
#include "test.h"

#include <signal.h>

#define BIG	(8 << 20)

enum kind { CONNECT, LISTEN, SEND, RECEIVE, PEEK, RELEASE };

/* @job: waits, on the endpoint of @pair */
FIXTURE(pending) {
	struct pair pair;
	struct job job;
	char *buffer;
};

FIXTURE_VARIANT(pending) {
	enum kind kind;
	int family;
};

#define VARIANTS(name, which)						\
	FIXTURE_VARIANT_ADD(pending, name##_ipv4) {			\
		.kind = which, .family = AF_INET };			\
	FIXTURE_VARIANT_ADD(pending, name##_ipv6) {			\
		.kind = which, .family = AF_INET6 }
VARIANTS(connect, CONNECT);
VARIANTS(listen, LISTEN);
VARIANTS(send, SEND);
VARIANTS(receive, RECEIVE);
VARIANTS(peek, PEEK);
VARIANTS(release, RELEASE);

static void (*const calls[])(struct job *job) = {
	[CONNECT] = job_connect, [LISTEN] = job_listen, [SEND] = job_send,
	[RECEIVE] = job_receive, [PEEK] = job_receive,
	[RELEASE] = job_disconnect,
};

/* Needs a connection, and leaves it when cancelled */
static bool is_connected(enum kind kind)
{
	return kind >= SEND;
}

FIXTURE_SETUP(pending)
{
	struct pair *pair = &self->pair;
	struct job *job = &self->job;

	pair_open(pair, variant->family);
	pair_small_buffers(pair);
	if (is_connected(variant->kind))
		pair_connect(pair);
	self->buffer = malloc(BIG);
	pattern_fill(self->buffer, BIG, 0);

	job->call = calls[variant->kind];
	job->fd = pair->endpoint;
	job->buffer = self->buffer;
	job->length = variant->kind == SEND ? BIG : 100;
	job->io.cookie = 0x123456789abcdef0;
	if (variant->kind == CONNECT)
		job->remote = address_local(variant->family,
				plain_port(plain_deaf(variant->family)));
	if (variant->kind == PEEK)
		job->flags = TDI_RECEIVE_PEEK;
	if (variant->kind == RELEASE) {
		pair_stuff(pair);
		job->flags = TDI_DISCONNECT_RELEASE;
	}
	job_start_blocked(job);
}

FIXTURE_TEARDOWN(pending)
{
	pair_close(&self->pair);
}

/* Where the request is cancelled, or its caller is interrupted */
#define EXPECT_GIVEN_UP() do {						\
	struct outcome __came = job_end(&self->job);			\
									\
	if (variant->kind == SEND && self->job.io.information) {	\
		EXPECT_OUTCOME(STATUS_SUCCESS, __came);			\
		EXPECT_GT(BIG, self->job.io.information);		\
	} else {							\
		EXPECT_OUTCOME(STATUS_CANCELLED, __came);		\
		EXPECT_EQ(0, self->job.io.information);			\
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
		EXPECT_EQ(TDI_STATE_ASSOCIATED,				\
			  endpoint_state(__pair->endpoint));		\
		EXPECT_TRUE(pair_usable(__pair, __pair->endpoint));	\
	}								\
} while (0)

TEST_F(pending, cancelled_by_cookie)
{
	job_cancel(&self->job);
	EXPECT_GIVEN_UP();
	EXPECT_NE(EINTR, self->job.outcome.error);
	EXPECT_UNHARMED();
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      tdi_cancel(self->job.fd, self->job.io.cookie, 0, NULL));
}

TEST_F(pending, cancelled_with_all)
{
	struct tdi_io io = { 0 };

	ASSERT_SOON(tdi_cancel(self->job.fd, 0, TDI_CANCEL_ALL, &io) ||
		    io.information);
	EXPECT_EQ(STATUS_SUCCESS, io.status);
	EXPECT_EQ(1, io.information);
	EXPECT_GIVEN_UP();
	EXPECT_UNHARMED();
	/* with nothing pending it is no error */
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(self->job.fd, 0, TDI_CANCEL_ALL, &io));
	EXPECT_EQ(0, io.information);
}

TEST_F(pending, not_cancelled_by_another_cookie)
{
	struct tdi_io io = { .information = 9 };

	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      tdi_cancel(self->job.fd, self->job.io.cookie + 1, 0,
				 &io));
	EXPECT_EQ(0, io.information);
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      tdi_cancel(self->job.fd, (uint32_t)self->job.io.cookie,
				 0, NULL));
	/* nor through another file */
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      tdi_cancel(self->pair.address, self->job.io.cookie, 0,
				 NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(self->pair.address, 0, TDI_CANCEL_ALL, NULL));
	EXPECT_FALSE(self->job.done);
	job_cancel(&self->job);
	EXPECT_GIVEN_UP();
}

TEST_F(pending, cancelled_by_another_process)
{
	int status;
	pid_t pid;

	pid = fork_child();
	if (!pid) {
		job_cancel(&self->job);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	EXPECT_GIVEN_UP();
	EXPECT_UNHARMED();
}

static void ignore(int signal)
{
	(void)signal;
}

TEST_F(pending, interrupted)
{
	struct sigaction action = { .sa_handler = ignore };

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(0, pthread_kill(self->job.thread, SIGUSR1));
	EXPECT_GIVEN_UP();
	if (self->job.outcome.status)
		EXPECT_EQ(EINTR, self->job.outcome.error);
	EXPECT_UNHARMED();
}

/* Reference 2.8: overrides whatever is pending */
TEST_F(pending, ended_by_an_abort)
{
	struct pair *pair = &self->pair;

	/* connect and listen may still be on their way */
	ASSERT_SOON(!tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT,
				    NULL));
	EXPECT_OUTCOME(STATUS_CONNECTION_ABORTED, job_end(&self->job));
	if (variant->kind == RECEIVE || variant->kind == PEEK)
		EXPECT_EQ(-1, plain_end(pair->peer));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* S6 */
TEST_F(pending, ended_by_closing_the_address)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	struct pair *pair = &self->pair;

	close(pair->address);
	EXPECT_OUTCOME(STATUS_LOCAL_DISCONNECT, job_end(&self->job));
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(pair->endpoint));
	pair->address = open_address(&any);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_associate_address(pair->endpoint, pair->address, 0,
					    NULL));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/*
 * close(2) of a descriptor ends nothing while the call holds the file; the
 * endpoint goes when the call ends.
 */
TEST_F(pending, survives_close)
{
	struct pair *pair = &self->pair;
	int other = dup(pair->endpoint), files = module_files();

	close(pair->endpoint);
	EXPECT_TRUE(is_blocked(self->job.id, pair->endpoint));
	EXPECT_FALSE(self->job.done);
	pair->endpoint = -1;
	self->job.fd = other;
	job_cancel(&self->job);
	EXPECT_GIVEN_UP();
	EXPECT_EQ(files, module_files());
	close(other);
	EXPECT_EQ(files - 1, module_files());
}

TEST_F(pending, closed_while_it_waits)
{
	struct pair *pair = &self->pair;
	struct sigaction action = { .sa_handler = ignore };
	int files = module_files();

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_FALSE(self->job.done);
	EXPECT_EQ(files, module_files());
	ASSERT_EQ(0, pthread_kill(self->job.thread, SIGUSR1));
	job_end(&self->job);
	EXPECT_EQ(files - 1, module_files());
}

/* ---- What does not go for every kind ---- */

FIXTURE(pended) {
	struct pair pair;
};

FAMILY_VARIANTS(pended);

FIXTURE_SETUP(pended)
{
	pair_open(&self->pair, variant->family);
	pair_small_buffers(&self->pair);
	pair_connect(&self->pair);
}

FIXTURE_TEARDOWN(pended)
{
	pair_close(&self->pair);
}

/* Not a byte is written once cancel has returned, and none is lost. */
TEST_F(pended, buffer_is_left_alone)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char buffer[100], bytes[8];
	struct job job = { .call = job_receive, .fd = pair->endpoint,
			   .buffer = buffer, .length = sizeof(buffer),
			   .io.cookie = 5 };

	for (int i = 0; i < 20; i++) {
		memset(buffer, 0x55, sizeof(buffer));
		job_start_blocked(&job);
		job_cancel(&job);
		plain_send(pair->peer, "data", 4);
		EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&job));
		for (size_t at = 0; at < sizeof(buffer); at++)
			ASSERT_EQ(0x55, buffer[at]);
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_receive(pair->endpoint, bytes, 8, 0, &io));
		EXPECT_EQ(4, io.information);
	}
}

/* What a cancelled send says it sent is what the peer gets; then the next. */
TEST_F(pended, part_of_a_send)
{
	struct pair *pair = &self->pair;
	char *out = malloc(BIG), *in = malloc(BIG);
	struct job job = { .call = job_send, .fd = pair->endpoint,
			   .buffer = out, .length = BIG };
	size_t sent;

	pattern_fill(out, BIG, 0);
	job_start_blocked(&job);
	job_cancel(&job);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	sent = job.io.information;
	ASSERT_TRUE(sent > 0 && sent < BIG);
	plain_receive(pair->peer, in, sent);
	EXPECT_TRUE(pattern_check(in, sent, 0));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "next", 4, 0, NULL));
	plain_receive(pair->peer, in, 4);
	EXPECT_EQ(0, memcmp(in, "next", 4));
}

/* Several requests with one cookie, and others between them */
TEST_F(pended, several_at_once)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	struct job jobs[6];
	char bytes[6] = "";

	for (int i = 0; i < 6; i++) {
		jobs[i] = (struct job){
			.call = job_receive, .fd = pair->endpoint,
			.buffer = &bytes[i], .length = 1, .io.cookie = i % 2,
		};
		job_start_blocked(&jobs[i]);
	}
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_cancel(pair->endpoint, 1, 0, &io));
	EXPECT_EQ(3, io.information);
	for (int i = 1; i < 6; i += 2)
		EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&jobs[i]));
	/* the order of the others is as it was */
	plain_send(pair->peer, "abc", 3);
	for (int i = 0; i < 6; i += 2) {
		EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&jobs[i]));
		EXPECT_EQ('a' + i / 2, bytes[i]);
	}
}

/* The first send waits; cancelled, it lets the ones behind it go. */
TEST_F(pended, next_in_the_queue)
{
	struct pair *pair = &self->pair;
	char *out = calloc(1, BIG), *in = malloc(BIG);
	struct job first = { .call = job_send, .fd = pair->endpoint,
			     .buffer = out, .length = BIG, .io.cookie = 1 };
	struct job second = { .call = job_send, .fd = pair->endpoint,
			      .buffer = "next", .length = 4, .io.cookie = 2 };

	job_start_blocked(&first);
	job_start_blocked(&second);
	job_cancel(&first);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&first));
	plain_receive(pair->peer, in, first.io.information);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&second));
	plain_receive(pair->peer, in, 4);
	EXPECT_EQ(0, memcmp(in, "next", 4));
}

TEST_HARNESS_MAIN
