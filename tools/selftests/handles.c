// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors: what may be associated, and files that were duplicated, passed
 * to another process, namespace or user.
 */
#include "test.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define NOBODY	65534

/* ---- What TDI_ASSOCIATE_ADDRESS takes ---- */

FIXTURE(handle) {
	int ns;
	int endpoint;
	int address;
};

FIXTURE_SETUP(handle)
{
	struct tdi_taddr any = address_any(AF_INET, 0);

	self->ns = net_enter();
	self->endpoint = open_endpoint();
	self->address = open_address(&any);
}

FIXTURE_TEARDOWN(handle)
{
	close(self->endpoint);
	close(self->address);
	close(self->ns);
}

/* Nothing changes: the right one can be associated afterwards. */
#define EXPECT_NO_HANDLE(fd) do {					\
	EXPECT_STATUS(STATUS_INVALID_HANDLE,				\
		      tdi_associate_address(self->endpoint, fd, 0, NULL)); \
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(self->endpoint));	\
} while (0)
#define EXPECT_HANDLE(fd) \
	EXPECT_STATUS(STATUS_SUCCESS, \
		      tdi_associate_address(self->endpoint, fd, 0, NULL))

TEST_F(handle, other_kinds_of_file)
{
	int fds[8], pipes[2], n = 0;

	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	fds[n++] = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	fds[n++] = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fds[n++] = open("/dev/null", O_RDWR | O_CLOEXEC);
	fds[n++] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	fds[n++] = epoll_create1(EPOLL_CLOEXEC);
	fds[n++] = pipes[0];
	fds[n++] = pipes[1];
	fds[n++] = open("/dev/tdi/tcp", O_PATH | O_CLOEXEC);
	for (int i = 0; i < n; i++) {
		ASSERT_LE(0, fds[i]);
		EXPECT_NO_HANDLE(fds[i]);
	}
	EXPECT_HANDLE(self->address);
}

TEST_F(handle, other_tdi_files)
{
	int control = open_control(), endpoint = open_endpoint();

	EXPECT_NO_HANDLE(control);
	EXPECT_NO_HANDLE(endpoint);
	EXPECT_NO_HANDLE(self->endpoint);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_create(control, NULL, 0, 0, 0, 0, NULL));
	EXPECT_NO_HANDLE(control);
	EXPECT_HANDLE(self->address);
}

TEST_F(handle, no_descriptors)
{
	int closed = dup(self->address);

	close(closed);
	EXPECT_NO_HANDLE(closed);
	EXPECT_NO_HANDLE(-1);
	EXPECT_NO_HANDLE(AT_FDCWD);
	EXPECT_NO_HANDLE(INT32_MIN);
	EXPECT_NO_HANDLE(INT32_MAX);
	EXPECT_HANDLE(self->address);
}

/* S5 */
TEST_F(handle, associated_already)
{
	struct tdi_taddr any = address_any(AF_INET, 0);
	int other = open_address(&any);

	EXPECT_HANDLE(self->address);
	EXPECT_STATUS(STATUS_ADDRESS_ALREADY_ASSOCIATED,
		      tdi_associate_address(self->endpoint, other, 0, NULL));
	EXPECT_STATUS(STATUS_ADDRESS_ALREADY_ASSOCIATED,
		      tdi_associate_address(self->endpoint, self->address, 0,
					    NULL));
	EXPECT_EQ(local_port(self->address), local_port(self->endpoint));
	/* an invalid handle says so, associated or not */
	EXPECT_STATUS(STATUS_INVALID_HANDLE,
		      tdi_associate_address(self->endpoint, -1, 0, NULL));
}

TEST_F(handle, many_endpoints_on_an_address)
{
	int fds[64];

	for (int i = 0; i < 64; i++)
		fds[i] = open_associated(self->address);
	for (int i = 0; i < 64; i++) {
		EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(fds[i]));
		EXPECT_EQ(local_port(self->address), local_port(fds[i]));
	}
	/* S6: all of them, and they can be used with another one */
	close(self->address);
	self->address = -1;
	for (int i = 0; i < 64; i++)
		EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(fds[i]));
}

/* Not associated means: no address, no connection, no data */
TEST_F(handle, not_associated)
{
	struct tdi_taddr remote = address_local(AF_INET, 1);
	char byte = 0;

	EXPECT_STATUS(STATUS_ADDRESS_NOT_ASSOCIATED,
		      tdi_query_address_info(self->endpoint, NULL, NULL, 0,
					     NULL));
	EXPECT_STATUS(STATUS_ADDRESS_NOT_ASSOCIATED,
		      tdi_disassociate_address(self->endpoint, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_connect(self->endpoint, &remote, 0, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_listen(self->endpoint, NULL, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_send(self->endpoint, &byte, 1, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_receive(self->endpoint, &byte, 1, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_disconnect(self->endpoint, 0, TDI_DISCONNECT_ABORT,
				     NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_disconnect(self->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
}

/* ---- Descriptors that go round ---- */

FIXTURE(shared) {
	struct pair pair;
};

FAMILY_VARIANTS(shared);

FIXTURE_SETUP(shared)
{
	pair_open(&self->pair, variant->family);
}

FIXTURE_TEARDOWN(shared)
{
	pair_close(&self->pair);
}

static void send_descriptor(int via, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = {
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	} };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	NEED(sendmsg(via, &msg, 0) == 1);
}

static int receive_descriptor(int via)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd;

	NEED(recvmsg(via, &msg, MSG_CMSG_CLOEXEC) == 1);
	NEED(msg.msg_controllen >= CMSG_LEN(sizeof(int)));
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

/* What open_it opens in a process, possibly a namespace, that then ends */
static int from_another_process(int (*open_it)(const void *data),
				const void *data, int ns)
{
	int pipes[2], fd, status;
	pid_t pid;

	NEED(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pipes));
	pid = fork_child();
	if (!pid) {
		net_switch(ns);
		send_descriptor(pipes[1], open_it(data));
		_exit(0);
	}
	fd = receive_descriptor(pipes[0]);
	NEED(waitpid(pid, &status, 0) == pid && !status);
	close(pipes[0]);
	close(pipes[1]);
	return fd;
}

static int open_passed_address(const void *data)
{
	return open_address(data);
}

TEST_F(shared, duplicates_are_one_file)
{
	struct pair *pair = &self->pair;
	int address = dup(pair->address), endpoint = dup(pair->endpoint);

	close(pair->address);
	pair->address = -1;
	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(endpoint));
	EXPECT_TRUE(pair_usable(pair, endpoint));
	close(address);
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(endpoint));
}

/* The address lives as long as somebody has it open, not its first opener. */
TEST_F(shared, address_from_another_process)
{
	struct tdi_taddr any = address_any(variant->family, 6000), seen;
	struct pair *pair = &self->pair;
	int address, endpoint;

	address = from_another_process(open_passed_address, &any, pair->ns);
	seen = local_address(address);
	EXPECT_TRUE(address_equal(&any, &seen));
	endpoint = open_associated(address);
	EXPECT_TRUE(pair_usable(pair, endpoint));
	EXPECT_EQ(-1, plain_bind(&any, 0));
	close(address);
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(endpoint));
	EXPECT_LE(0, plain_bind(&any, REUSE_ADDR));
}

/* A connection goes on in another process, and ends with the last descriptor. */
TEST_F(shared, connection_in_another_process)
{
	struct pair *pair = &self->pair;
	char bytes[8];
	int status;
	pid_t pid;

	pair_connect(pair);
	pid = fork_child();
	if (!pid) {
		/* only once the parent has closed */
		if (tdi_receive(pair->endpoint, bytes, 8, 0, NULL) ||
		    memcmp(bytes, "question", 8) ||
		    tdi_send(pair->endpoint, "answer", 6, 0, NULL))
			_exit(1);
		plain_receive(pair->peer, bytes, 1);
		_exit(0);
	}
	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_EQ(0, look_events(pair->peer, POLLIN | POLLRDHUP));
	plain_send(pair->peer, "question", 8);
	plain_receive(pair->peer, bytes, 5);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, plain_end(pair->peer));
}

/*
 * Sockets belong to the namespace of the address, wherever the endpoint was
 * opened and whoever connects.  A listener with the same address is in both.
 */
TEST_F(shared, address_of_another_namespace)
{
	struct tdi_taddr any = address_any(variant->family, 6000), remote;
	struct pair *pair = &self->pair;
	int ns, listener, address, endpoint, peer;

	ns = net_enter();
	remote = address_any(variant->family, 6001);
	listener = plain_bind(&remote, 0);
	ASSERT_EQ(0, listen(listener, 5));
	net_switch(pair->ns);
	ASSERT_EQ(0, listen(plain_bind(&remote, 0), 5));

	address = from_another_process(open_passed_address, &any, ns);
	endpoint = open_associated(address);
	remote = address_local(variant->family, 6001);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(endpoint, &remote, 0, NULL, 0, NULL));
	peer = plain_accept(listener);
	any = address_of_peer(peer);
	EXPECT_EQ(6000, tdi_taddr_port(&any));
	/* the port here is nobody's */
	EXPECT_LE(0, plain_bind(&any, 0));
	/* and the way back: listens there */
	close(endpoint);
	EXPECT_EQ(0, plain_end(peer));
	close(ns);
}

/* The namespace is the one in which the file was opened, not created. */
TEST_F(shared, address_created_in_another_namespace)
{
	struct tdi_taddr any = address_any(variant->family, 6000);
	int ns, address = open_control(), endpoint, peer;
	struct pair *pair = &self->pair;
	unsigned char buffer[128];
	struct tdi_ea ea;

	tdi_ea_init(&ea, buffer, sizeof(buffer));
	ASSERT_STATUS(STATUS_SUCCESS, tdi_ea_add_address(&ea, &any));
	ns = net_enter();
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_create(address, buffer, ea.length, 0, 0, 0, NULL));
	EXPECT_LE(0, plain_bind(&any, 0));
	endpoint = open_associated(address);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(endpoint, &pair->remote, 0, NULL, 0, NULL));
	net_switch(pair->ns);
	EXPECT_EQ(-1, plain_bind(&any, 0));
	peer = plain_accept(pair->listener);
	any = address_of_peer(peer);
	EXPECT_EQ(6000, tdi_taddr_port(&any));
	close(ns);
}

TEST_F(shared, listen_in_another_namespace)
{
	struct tdi_taddr any = address_any(variant->family, 6000);
	struct tdi_taddr remote = address_local(variant->family, 6000);
	struct pair *pair = &self->pair;
	struct job job = { .call = job_listen };
	int ns, address;

	ns = net_enter();
	address = open_address(&any);
	net_switch(pair->ns);
	job.fd = open_associated(address);
	job_start_blocked(&job);
	EXPECT_EQ(-1, plain_connect(&remote));
	EXPECT_EQ(ECONNREFUSED, errno);
	net_switch(ns);
	EXPECT_LE(0, plain_connect(&remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
}

static void become_nobody(void)
{
	/* all threads to come, no way back */
	NEED(!syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY));
	NEED(!syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY));
	/* still allowed to look at itself in /proc */
	NEED(!prctl(PR_SET_DUMPABLE, 1));
}

/*
 * Opened by root, used by nobody: connecting and listening bind a privileged
 * port again, with the rights of who opened it.
 */
TEST_F(shared, less_privileged_user_connects)
{
	struct tdi_taddr web = address_any(variant->family, 80);
	struct pair *pair = &self->pair;
	int address = open_address(&web), endpoint = open_associated(address);

	become_nobody();
	EXPECT_EQ(-1, plain_bind(&web, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_connect(endpoint, &pair->remote, 0, NULL, 0, NULL));
	pair->peer = plain_accept(pair->listener);
	web = address_of_peer(pair->peer);
	EXPECT_EQ(80, tdi_taddr_port(&web));
}

TEST_F(shared, less_privileged_user_listens)
{
	struct tdi_taddr web = address_any(variant->family, 80);
	struct tdi_taddr remote = address_local(variant->family, 80);
	struct job job = { .call = job_listen };
	int address = open_address(&web);

	job.fd = open_associated(address);
	become_nobody();
	job_start_blocked(&job);
	EXPECT_LE(0, plain_connect(&remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
}

/* The node is root's. */
TEST_F(shared, device_node)
{
	int fd;

	become_nobody();
	EXPECT_STATUS(STATUS_ACCESS_DENIED, tdi_open("tcp", 0, &fd));
	EXPECT_EQ(-1, fd);
}

/* A descriptor survives in a child; the connection, too. */
TEST_F(shared, closed_in_a_child)
{
	struct pair *pair = &self->pair;
	int status;
	pid_t pid;

	pair_connect(pair);
	pid = fork_child();
	if (!pid) {
		close(pair->endpoint);
		close(pair->address);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "on", 2, 0, NULL));
}

/* Files keep their namespace, also when nothing else does. */
TEST_F(shared, namespace_without_a_name)
{
	struct tdi_taddr any = address_any(variant->family, 0), remote;
	int ns = net_enter(), listener, address, endpoint, peer;

	listener = plain_listen(variant->family, 5);
	remote = address_local(variant->family, plain_port(listener));
	address = open_address(&any);
	net_switch(self->pair.ns);
	close(ns);
	endpoint = open_associated(address);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(endpoint, &remote, 0, NULL, 0, NULL));
	peer = plain_accept(listener);
	close(listener);
	close(address);
	EXPECT_EQ(0, plain_end(peer));
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(endpoint));
}

TEST_HARNESS_MAIN
