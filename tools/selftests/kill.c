// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process dies in the middle of each call that waits: the peer is told, the
 * port is free, and nothing is left of it (S1, reference 4.3).
 */
#include "test.h"

#include <signal.h>
#include <sys/syscall.h>

#include "wire.h"

#define PORT	6000
#define BIG	(8 << 20)

enum kind { CONNECT, LISTEN, SEND, RECEIVE, RELEASE, READ, WRITE };

/* What the victim tells, in memory that both have */
struct victim {
	int fd, address;
	uint64_t sent;
};

/* @pair: its listener is used, and a peer; the files are the victim's */
FIXTURE(kill) {
	struct pair pair;
	struct wire wire;
	struct victim *victim;
	pid_t pid;
	int files;
};

FIXTURE_VARIANT(kill) {
	enum kind kind;
	int family;
};

#define VARIANTS(name, which)						\
	FIXTURE_VARIANT_ADD(kill, name##_ipv4) {			\
		.kind = which, .family = AF_INET };			\
	FIXTURE_VARIANT_ADD(kill, name##_ipv6) {			\
		.kind = which, .family = AF_INET6 }
VARIANTS(connect, CONNECT);
VARIANTS(listen, LISTEN);
VARIANTS(send, SEND);
VARIANTS(receive, RECEIVE);
VARIANTS(release, RELEASE);
VARIANTS(read, READ);
VARIANTS(write, WRITE);

static void (*const calls[])(struct job *job) = {
	[CONNECT] = job_connect, [LISTEN] = job_listen, [SEND] = job_send,
	[RECEIVE] = job_receive, [RELEASE] = job_disconnect,
	[READ] = job_read, [WRITE] = job_write,
};

static bool is_connected(enum kind kind)
{
	return kind >= SEND;
}

FIXTURE_SETUP(kill)
{
	struct pair *pair = &self->pair;

	self->files = module_files();
	pair->family = variant->family;
	pair->ns = net_enter();
	pair->endpoint = -1;
	pair->address = -1;
	pair->peer = -1;
	if (variant->kind == CONNECT)
		pair->listener = plain_deaf(variant->family);
	else
		pair->listener = plain_listen(variant->family, 5);
	pair->remote = address_local(variant->family,
				     plain_port(pair->listener));
	pair->local = address_local(variant->family, PORT);
	pair_small_buffers(pair);
	wire_open(&self->wire, "lo", "kill-%s-%d-ipv%d.pcap", _metadata->name,
		  variant->kind, variant->family == AF_INET ? 4 : 6);
	self->victim = mmap(NULL, sizeof(*self->victim), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->victim);
	self->victim->fd = -1;
	self->pid = -1;
}

FIXTURE_TEARDOWN(kill)
{
	if (self->pid > 0)
		kill(self->pid, SIGKILL);
	wire_close(&self->wire);
	pair_close(&self->pair);
}

/* Opens what it needs, and makes the call */
static void victim_run(struct pair *pair, struct victim *victim, enum kind kind,
		       bool thread)
{
	struct tdi_taddr any = address_any(pair->family, PORT);
	struct job job = {
		.call = calls[kind], .length = BIG, .buffer = malloc(BIG),
		.remote = kind == LISTEN ? (struct tdi_taddr){ 0 } :
					   pair->remote,
		.flags = kind == RELEASE ? TDI_DISCONNECT_RELEASE : 0,
	};

	pattern_fill(job.buffer, BIG, 0);
	pair->address = open_address(&any);
	pair->endpoint = open_associated(pair->address);
	if (is_connected(kind))
		NEED(!tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0,
				  NULL));
	close(pair->listener);
	if (kind == RELEASE)
		victim->sent = pair_stuff(pair);
	job.fd = pair->endpoint;
	victim->address = pair->address;
	__atomic_store_n(&victim->fd, job.fd, __ATOMIC_RELEASE);
	if (thread) {
		job_start(&job);
		job_end(&job);
	} else {
		calls[kind](&job);
	}
	die("the call returned");
}

static void victim_start(struct pair *pair, struct victim *victim,
			 enum kind kind, bool thread, pid_t *pid)
{
	*pid = fork_child();
	if (!*pid)
		victim_run(pair, victim, kind, thread);
	if (is_connected(kind))
		pair->peer = plain_accept(pair->listener);
}

static bool is_waiting(pid_t pid, struct victim *victim)
{
	int fd = __atomic_load_n(&victim->fd, __ATOMIC_ACQUIRE);

	return fd >= 0 && has_blocked_thread(pid, fd);
}

#define START_VICTIM(thread) do {					\
	victim_start(&self->pair, self->victim, variant->kind, thread,	\
		     &self->pid);					\
	ASSERT_SOON(is_waiting(self->pid, self->victim));	\
	ASSERT_EQ(self->files + 2, module_files());			\
} while (0)

#define KILL_VICTIM(signal) do {					\
	int __status;							\
									\
	ASSERT_EQ(0, kill(self->pid, signal));				\
	ASSERT_EQ(self->pid, waitpid(self->pid, &__status, 0));		\
	self->pid = -1;							\
	EXPECT_TRUE(WIFSIGNALED(__status));				\
} while (0)

/* Bytes up to the end of file; -1 if that is not what comes */
static int64_t drain(struct pair *pair)
{
	char block[4096];
	int64_t at = 0;
	ssize_t n;

	while (wait_events(pair->peer, POLLIN)) {
		n = recv(pair->peer, block, sizeof(block), 0);
		if (!n)
			return at;
		if (n < 0 || !pattern_check(block, n, at))
			return -1;
		at += n;
	}
	return -1;
}

/* All that was sent, then FIN; not one reset */
#define EXPECT_PEER_TOLD() do {						\
	uint16_t __there = tdi_taddr_port(&self->pair.remote);		\
	int64_t __came = drain(&self->pair);				\
									\
	EXPECT_LE(0, __came);						\
	if (variant->kind == RELEASE)					\
		EXPECT_EQ(self->victim->sent, __came);			\
	EXPECT_EQ(WIRE_FIN, wire_end(&self->wire, PORT, __there));	\
	close(self->pair.peer);						\
	self->pair.peer = -1;						\
	EXPECT_TRUE(wire_fin_acked(&self->wire, __there, PORT));	\
	EXPECT_EQ(0, wire_count(&self->wire, PORT, __there, WIRE_RST));	\
	EXPECT_EQ(0, wire_count(&self->wire, __there, PORT, WIRE_RST));	\
} while (0)

/* No peer: nothing but the SYNs, and nobody listens */
#define EXPECT_NOBODY() do {						\
	EXPECT_EQ(0, wire_count(&self->wire, PORT,			\
				tdi_taddr_port(&self->pair.remote),	\
				WIRE_FIN | WIRE_RST));			\
	EXPECT_EQ(-1, plain_connect(&self->pair.local));		\
	EXPECT_EQ(ECONNREFUSED, errno);					\
} while (0)

#define EXPECT_GONE() do {						\
	struct tdi_taddr __any = address_any(variant->family, PORT);	\
	int __fd;							\
									\
	EXPECT_EQ(self->files, module_files());				\
	__fd = plain_bind(&__any, is_connected(variant->kind) ?		\
				  REUSE_ADDR : 0);			\
	EXPECT_LE(0, __fd);						\
	close(__fd);							\
	EXPECT_STATUS(STATUS_SUCCESS,					\
		      tdi_open_address("tcp", 0, &__any, 0, &__fd));	\
	close(__fd);							\
	if (is_connected(variant->kind)) {				\
		EXPECT_PEER_TOLD();					\
	} else {							\
		EXPECT_NOBODY();					\
	}								\
} while (0)

TEST_F(kill, kill)
{
	START_VICTIM(false);
	KILL_VICTIM(SIGKILL);
	EXPECT_GONE();
}

/* Dies of a signal that the call could have been interrupted by */
TEST_F(kill, terminate)
{
	START_VICTIM(false);
	KILL_VICTIM(SIGTERM);
	EXPECT_GONE();
}

TEST_F(kill, kill_with_threads)
{
	START_VICTIM(true);
	KILL_VICTIM(SIGKILL);
	EXPECT_GONE();
}

/* Another process has the address as well: it keeps the port. */
TEST_F(kill, kill_one_of_two)
{
	struct tdi_taddr any = address_any(variant->family, PORT);
	int address, pidfd;

	START_VICTIM(false);
	pidfd = syscall(SYS_pidfd_open, self->pid, 0);
	ASSERT_LE(0, pidfd);
	address = syscall(SYS_pidfd_getfd, pidfd, self->victim->address, 0);
	ASSERT_LE(0, address);
	EXPECT_EQ(PORT, local_port(address));
	KILL_VICTIM(SIGKILL);
	EXPECT_EQ(self->files + 1, module_files());
	EXPECT_EQ(-1, plain_bind(&any, REUSE_ADDR));
	close(address);
	close(pidfd);
	EXPECT_GONE();
}

TEST_HARNESS_MAIN
