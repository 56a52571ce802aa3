// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ordinary programs do with a connected endpoint: read, write, poll,
 * select, epoll, O_NONBLOCK.
 */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "memory.h"

FIXTURE(file) {
	struct pair pair;
};

FAMILY_VARIANTS(file);

FIXTURE_SETUP(file)
{
	pair_open(&self->pair, variant->family);
}

FIXTURE_TEARDOWN(file)
{
	pair_close(&self->pair);
}

TEST_F(file, read_and_write)
{
	struct pair *pair = &self->pair;
	char bytes[16];

	pair_connect(pair);
	EXPECT_EQ(8, write(pair->endpoint, "question", 8));
	plain_receive(pair->peer, bytes, 8);
	EXPECT_EQ(0, memcmp(bytes, "question", 8));
	plain_send(pair->peer, "answer", 6);
	EXPECT_EQ(2, read(pair->endpoint, bytes, 2));
	EXPECT_EQ(4, read(pair->endpoint, bytes + 2, 10));
	EXPECT_EQ(0, memcmp(bytes, "answer", 6));
	EXPECT_EQ(0, write(pair->endpoint, "", 0));
	EXPECT_EQ(0, read(pair->endpoint, bytes, 0));
	shutdown(pair->peer, SHUT_WR);
	EXPECT_EQ(0, read(pair->endpoint, bytes, 16));
	EXPECT_EQ(0, read(pair->endpoint, bytes, 16));
	EXPECT_EQ(1, write(pair->endpoint, "x", 1));
}

TEST_F(file, readv_and_writev)
{
	struct pair *pair = &self->pair;
	char bytes[8] = "";
	struct iovec out[2] = { { .iov_base = "ab", .iov_len = 2 },
				{ .iov_base = "cde", .iov_len = 3 } };
	struct iovec in[2] = { { .iov_base = bytes, .iov_len = 1 },
			       { .iov_base = bytes + 1, .iov_len = 7 } };

	pair_connect(pair);
	EXPECT_EQ(5, writev(pair->endpoint, out, 2));
	plain_receive(pair->peer, bytes, 5);
	EXPECT_EQ(0, memcmp(bytes, "abcde", 5));
	plain_send(pair->peer, "vwxyz", 5);
	ASSERT_SOON(plain_all_acked(pair->peer));
	EXPECT_EQ(5, readv(pair->endpoint, in, 2));
	EXPECT_EQ(0, memcmp(bytes, "vwxyz", 5));
	/* a stream has no position, but per-call flags */
	EXPECT_EQ(-1, pread(pair->endpoint, bytes, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, lseek(pair->endpoint, 1, SEEK_SET));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, preadv2(pair->endpoint, in, 2, -1, RWF_NOWAIT));
	EXPECT_EQ(EAGAIN, errno);
	plain_send(pair->peer, "v", 1);
	ASSERT_SOON(plain_all_acked(pair->peer));
	EXPECT_EQ(1, preadv2(pair->endpoint, in, 2, -1, RWF_NOWAIT));
	EXPECT_EQ(2, pwritev2(pair->endpoint, out, 1, -1, RWF_NOWAIT));
}

/* The errno of each state, and never a SIGPIPE */
TEST_F(file, errors)
{
	struct pair *pair = &self->pair;
	int control = open_control();
	char byte = 0;

	EXPECT_EQ(-1, read(control, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(pair->address, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(pair->endpoint, &byte, 1));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, write(pair->endpoint, &byte, 1));
	EXPECT_EQ(ENOTCONN, errno);

	pair_connect(pair);
	EXPECT_EQ(-1, write(pair->endpoint, memory_unmapped(), 1));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	EXPECT_EQ(-1, write(pair->endpoint, &byte, 1));
	EXPECT_EQ(EPIPE, errno);
	plain_reset(pair->peer);
	pair->peer = -1;
	EXPECT_EQ(-1, read(pair->endpoint, &byte, 1));
	EXPECT_EQ(ECONNRESET, errno);
	EXPECT_EQ(-1, write(pair->endpoint, &byte, 1));
	EXPECT_EQ(ECONNRESET, errno);
}

/* A connected endpoint, opened for less than reading and writing */
static int connected_as(struct pair *pair, int mode)
{
	int fd = open("/dev/tdi/tcp", mode | O_CLOEXEC);
	uint8_t buffer[64];
	struct tdi_ea ea;

	NEED(fd >= 0);
	tdi_ea_init(&ea, buffer, sizeof(buffer));
	NEED(!tdi_ea_add_context(&ea, 1));
	NEED(!tdi_create(fd, buffer, ea.length, 0, 0, 0, NULL));
	NEED(!tdi_associate_address(fd, pair->address, 0, NULL));
	NEED(!tdi_connect(fd, &pair->remote, 0, NULL, 0, NULL));
	pair->peer = plain_accept(pair->listener);
	return fd;
}

/* What read(2) and write(2) ask of a file, requests do, too. */
TEST_F(file, opened_for_reading)
{
	struct pair *pair = &self->pair;
	int fd = connected_as(pair, O_RDONLY);
	struct tdi_io io = { .information = 1 };
	char bytes[2];

	EXPECT_STATUS(STATUS_ACCESS_DENIED, tdi_send(fd, "no", 2, 0, &io));
	EXPECT_EQ(0, io.information);
	EXPECT_EQ(-1, write(fd, "no", 2));
	EXPECT_EQ(EBADF, errno);
	plain_send(pair->peer, "in", 2);
	EXPECT_STATUS(STATUS_SUCCESS, tdi_receive(fd, bytes, 2, 0, &io));
	EXPECT_EQ(2, io.information);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(fd, 0, TDI_DISCONNECT_RELEASE, NULL));
	/* nothing of it went out */
	EXPECT_EQ(0, plain_end(pair->peer));
	close(fd);
}

TEST_F(file, opened_for_writing)
{
	struct pair *pair = &self->pair;
	int fd = connected_as(pair, O_WRONLY);
	struct tdi_io io = { .information = 1 };
	char bytes[2] = "??";

	plain_send(pair->peer, "no", 2);
	EXPECT_EQ(POLLIN, wait_events(fd, POLLIN));
	EXPECT_STATUS(STATUS_ACCESS_DENIED, tdi_receive(fd, bytes, 2, 0, &io));
	EXPECT_EQ(0, io.information);
	EXPECT_EQ(0, memcmp(bytes, "??", 2));
	EXPECT_EQ(-1, read(fd, bytes, 2));
	EXPECT_EQ(EBADF, errno);
	/* it is still there */
	EXPECT_EQ(POLLIN, look_events(fd, POLLIN));
	EXPECT_STATUS(STATUS_SUCCESS, tdi_send(fd, "ok", 2, 0, &io));
	plain_receive(pair->peer, bytes, 2);
	EXPECT_EQ(0, memcmp(bytes, "ok", 2));
	close(fd);
}

TEST_F(file, blocking)
{
	struct pair *pair = &self->pair;
	size_t length = 8 << 20;
	char byte = 0, *out = malloc(length), *in = malloc(length);
	struct job reader = { .call = job_read, .fd = pair->endpoint,
			      .buffer = &byte, .length = 1 };
	struct job writer = { .call = job_write, .fd = pair->endpoint,
			      .buffer = out, .length = length };

	pair_connect(pair);
	job_start_blocked(&reader);
	pattern_fill(out, length, 0);
	job_start_blocked(&writer);
	plain_send(pair->peer, "x", 1);
	EXPECT_EQ(STATUS_SUCCESS, job_end(&reader).status);
	EXPECT_EQ('x', byte);
	plain_receive(pair->peer, in, length);
	EXPECT_EQ(STATUS_SUCCESS, job_end(&writer).status);
	EXPECT_EQ(length, writer.io.information);
	EXPECT_TRUE(pattern_check(in, length, 0));
}

static void ignore(int signal)
{
	(void)signal;
}

/* As of any device: EINTR without SA_RESTART, restarted with it */
TEST_F(file, interrupted)
{
	struct sigaction action = { .sa_handler = ignore };
	struct pair *pair = &self->pair;
	char byte = 0;
	struct job reader = { .call = job_read, .fd = pair->endpoint,
			      .buffer = &byte, .length = 1 };

	pair_connect(pair);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	job_start_blocked(&reader);
	ASSERT_EQ(0, pthread_kill(reader.thread, SIGUSR1));
	EXPECT_EQ(EINTR, job_end(&reader).error);

	action.sa_flags = SA_RESTART;
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	job_start_blocked(&reader);
	ASSERT_EQ(0, pthread_kill(reader.thread, SIGUSR1));
	plain_send(pair->peer, "x", 1);
	EXPECT_EQ(0, job_end(&reader).error);
	EXPECT_EQ('x', byte);
}

TEST_F(file, nonblocking)
{
	struct pair *pair = &self->pair;
	size_t length = 16 << 20, sent;
	char byte, *out = malloc(length), *in = malloc(length);
	ssize_t n;

	pair_connect(pair);
	set_nonblock(pair->endpoint, true);
	EXPECT_EQ(-1, read(pair->endpoint, &byte, 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive(pair->endpoint, &byte, 1, 0, NULL));
	pattern_fill(out, length, 0);
	/* what fits, then nothing */
	for (sent = 0; (n = write(pair->endpoint, out + sent,
				  length - sent)) > 0;)
		sent += n;
	EXPECT_EQ(-1, n);
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LT(0, sent);
	EXPECT_GT(length, sent);
	plain_receive(pair->peer, in, sent);
	EXPECT_TRUE(pattern_check(in, sent, 0));
	EXPECT_EQ(POLLOUT, wait_events(pair->endpoint, POLLOUT));
	EXPECT_EQ(1, write(pair->endpoint, "x", 1));
	/* FIONBIO turns the same flag */
	EXPECT_EQ(0, ioctl(pair->endpoint, FIONBIO, &(int){ 0 }));
	EXPECT_EQ(0, fcntl(pair->endpoint, F_GETFL) & O_NONBLOCK);
}

/* What poll says in each state is what a socket says. */
TEST_F(file, poll_states)
{
	const short all = POLLIN | POLLOUT | POLLRDHUP;
	struct pair *pair = &self->pair;
	char byte;

	EXPECT_EQ(0, look_events(pair->address, all));
	EXPECT_EQ(POLLOUT | POLLHUP, look_events(pair->endpoint, all));
	pair_connect(pair);
	EXPECT_EQ(POLLOUT, look_events(pair->endpoint, all));
	plain_send(pair->peer, "x", 1);
	EXPECT_EQ(POLLIN, wait_events(pair->endpoint, POLLIN));
	EXPECT_EQ(1, read(pair->endpoint, &byte, 1));
	EXPECT_EQ(POLLOUT, look_events(pair->endpoint, all));
	shutdown(pair->peer, SHUT_WR);
	EXPECT_EQ(POLLRDHUP, wait_events(pair->endpoint, POLLRDHUP));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDHUP, look_events(pair->endpoint, all));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	EXPECT_EQ(POLLHUP, look_events(pair->endpoint, all) & POLLHUP);
}

TEST_F(file, poll_after_a_reset)
{
	struct pair *pair = &self->pair;

	pair_connect(pair);
	plain_reset(pair->peer);
	pair->peer = -1;
	EXPECT_EQ(POLLIN | POLLHUP | POLLERR,
		  wait_events(pair->endpoint, POLLIN) & ~POLLRDHUP);
}

/* Woken by data, by room, by the end, by a connection, by its loss */
struct waiter {
	int fd;
	short events, result;
	pthread_t thread;
	_Atomic pid_t id;
};

static void *waiter_thread(void *data)
{
	struct waiter *waiter = data;

	waiter->id = gettid();
	waiter->result = wait_events(waiter->fd, waiter->events);
	return NULL;
}

static void waiter_start(struct waiter *waiter)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);

	waiter->id = 0;
	NEED(!pthread_create(&waiter->thread, NULL, waiter_thread, waiter));
	while (!waiter->id || !is_polling(waiter->id)) {
		NEED(!deadline_passed(&deadline));
		pace();
	}
}

static short waiter_end(struct waiter *waiter)
{
	NEED(!pthread_join(waiter->thread, NULL));
	return waiter->result;
}

TEST_F(file, poll_wakes_up)
{
	struct pair *pair = &self->pair;
	struct waiter in = { .fd = pair->endpoint, .events = POLLIN };
	struct waiter hup = { .fd = pair->endpoint, .events = POLLRDHUP };
	char byte;

	pair_connect(pair);
	waiter_start(&in);
	waiter_start(&hup);
	plain_send(pair->peer, "x", 1);
	EXPECT_EQ(POLLIN, waiter_end(&in));
	EXPECT_EQ(1, read(pair->endpoint, &byte, 1));
	waiter_start(&in);
	shutdown(pair->peer, SHUT_WR);
	EXPECT_EQ(POLLIN, waiter_end(&in));
	EXPECT_EQ(POLLRDHUP, waiter_end(&hup));
	hup.events = 0;
	waiter_start(&hup);
	plain_reset(pair->peer);
	pair->peer = -1;
	EXPECT_EQ(POLLERR | POLLHUP, waiter_end(&hup));
}

/*
 * An epoll entry outlives connections: it belongs to the file, and tells of
 * each of them (edge-triggered, so that nothing is told twice).
 */
TEST_F(file, epoll)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };
	struct pair *pair = &self->pair;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	char byte;

	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, pair->endpoint, &event));
	/* as for a socket that was never connected */
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, 0));
	EXPECT_EQ(EPOLLHUP, event.events);
	for (int i = 0; i < 3; i++) {
		pair_connect(pair);
		while (epoll_wait(epoll, &event, 1, 0) > 0)
			EXPECT_FALSE(event.events & EPOLLIN);
		plain_send(pair->peer, "x", 1);
		ASSERT_EQ(1, epoll_wait(epoll, &event, 1, PATIENCE_MS));
		EXPECT_EQ(EPOLLIN, event.events);
		EXPECT_EQ(1, read(pair->endpoint, &byte, 1));
		close(pair->peer);
		ASSERT_EQ(1, epoll_wait(epoll, &event, 1, PATIENCE_MS));
		EXPECT_EQ(EPOLLIN | EPOLLRDHUP, event.events);
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(pair->endpoint, 0,
					     TDI_DISCONNECT_ABORT, NULL));
	}
	pair->peer = -1;
	/* and goes with the file */
	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
}

TEST_F(file, select)
{
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	struct pair *pair = &self->pair;
	fd_set in, out;

	pair_connect(pair);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(pair->endpoint, &in);
	FD_SET(pair->endpoint, &out);
	EXPECT_EQ(1, select(FD_SETSIZE, &in, &out, NULL, &patience));
	EXPECT_FALSE(FD_ISSET(pair->endpoint, &in));
	EXPECT_TRUE(FD_ISSET(pair->endpoint, &out));
	plain_send(pair->peer, "x", 1);
	FD_SET(pair->endpoint, &in);
	EXPECT_EQ(1, select(FD_SETSIZE, &in, NULL, NULL, &patience));
	EXPECT_TRUE(FD_ISSET(pair->endpoint, &in));
}

/* A server in the making: listens, told by poll that it is connected */
TEST_F(file, poll_while_listening)
{
	struct pair *pair = &self->pair;
	struct job job = { .call = job_listen, .fd = pair->endpoint };
	struct waiter out = { .fd = pair->endpoint, .events = POLLOUT };

	job_start_blocked(&job);
	ASSERT_SOON(endpoint_state(pair->endpoint) == TDI_STATE_LISTENING);
	EXPECT_EQ(0, look_events(pair->endpoint, POLLIN | POLLOUT));
	waiter_start(&out);
	pair->peer = plain_connect(&pair->local);
	EXPECT_LE(0, pair->peer);
	EXPECT_EQ(POLLOUT, waiter_end(&out));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
}

TEST_F(file, node)
{
	struct stat st;

	ASSERT_EQ(0, stat("/dev/tdi/tcp", &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(0600, st.st_mode & 0777);
	EXPECT_EQ(0, st.st_uid);
}

TEST_HARNESS_MAIN
