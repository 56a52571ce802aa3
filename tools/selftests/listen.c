// SPDX-License-Identifier: GPL-2.0-only
/* TDI_LISTEN: the endpoint becomes the connection (S9) */
#include "test.h"

#include <fcntl.h>

#include "memory.h"

#define LISTENS	4

/* @endpoint: all of @address, whose port is that of @remote */
FIXTURE(listen) {
	int ns;
	int address;
	int endpoint[LISTENS];
	struct tdi_taddr remote;
	struct job job[LISTENS];
};

FAMILY_VARIANTS(listen);

FIXTURE_SETUP(listen)
{
	struct tdi_taddr any = address_any(variant->family, 0);

	self->ns = net_enter();
	self->address = open_address(&any);
	self->remote = address_local(variant->family,
				     local_port(self->address));
	for (int i = 0; i < LISTENS; i++) {
		self->endpoint[i] = open_associated(self->address);
		self->job[i].call = job_listen;
		self->job[i].fd = self->endpoint[i];
		self->job[i].io.cookie = 100 + i;
	}
}

FIXTURE_TEARDOWN(listen)
{
	for (int i = 0; i < LISTENS; i++)
		close(self->endpoint[i]);
	close(self->address);
	close(self->ns);
}

/* Pending when this returns, so that the order is that of the calls */
#define LISTEN(i) do {							\
	job_start_blocked(&self->job[i]);				\
	ASSERT_SOON(endpoint_state(self->endpoint[i]) ==		\
		    TDI_STATE_LISTENING);				\
} while (0)

/* The two are the ends of one connection. */
static bool are_connected(int endpoint, int peer)
{
	char byte;

	if (tdi_send(endpoint, "t", 1, 0, NULL))
		return false;
	plain_receive(peer, &byte, 1);
	plain_send(peer, "p", 1);
	return byte == 't' && !tdi_receive(endpoint, &byte, 1, 0, NULL) &&
	       byte == 'p';
}

/* Nobody listens */
#define EXPECT_REFUSED(fd) do {						\
	EXPECT_EQ(-1, fd);						\
	EXPECT_EQ(ECONNREFUSED, errno);					\
} while (0)

/* Somebody does, but for others: connected, and reset, maybe at once */
#define EXPECT_RESET(fd) do {						\
	int __fd = (fd);						\
									\
	if (__fd < 0) {							\
		EXPECT_EQ(ECONNRESET, errno);				\
	} else {							\
		EXPECT_EQ(-1, plain_end(__fd));				\
	}								\
} while (0)

static int connect_from(const struct tdi_taddr *local,
			const struct tdi_taddr *remote)
{
	int fd = plain_bind(local, REUSE_ADDR);

	NEED(fd >= 0);
	NEED(!plain_connect_from(fd, remote));
	return fd;
}

TEST_F(listen, becomes_the_connection)
{
	struct tdi_taddr seen;
	int client;

	LISTEN(0);
	client = plain_connect(&self->remote);
	ASSERT_LE(0, client);
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
	EXPECT_EQ(0, self->job[0].io.information);
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(self->endpoint[0]));
	seen = address_of_socket(client);
	EXPECT_TRUE(address_equal(&seen, &self->job[0].peer));
	/* concrete, where the address is a wildcard */
	seen = local_address(self->endpoint[0]);
	EXPECT_TRUE(address_equal(&self->remote, &seen));
	EXPECT_TRUE(are_connected(self->endpoint[0], client));
}

/* Room for less: that much is written, and the whole length said */
static void listen_with_little_room(struct job *job)
{
	struct tdi_listen arg = {
		.head.size = sizeof(arg),
		.ret.remote_address = (uintptr_t)job->buffer,
		.ret.remote_address_length = job->length,
	};

	job->io.error = ioctl(job->fd, TDI_IOC_LISTEN, &arg) ? errno : 0;
	job->io.status = arg.head.status;
	job->length = arg.ret.remote_address_length;
}

TEST_F(listen, return_address_too_short)
{
	struct job *job = &self->job[0];
	unsigned char room[64];
	struct tdi_taddr seen;

	memset(room, 0xff, sizeof(room));
	job->call = listen_with_little_room;
	job->buffer = room;
	job->length = 10;
	LISTEN(0);
	seen = address_of_socket(plain_connect(&self->remote));
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(job));
	EXPECT_EQ(seen.length, job->length);
	EXPECT_EQ(0, memcmp(room, seen.bytes, 10));
	EXPECT_EQ(0xff, room[10]);
}

/* First come, first served, over several endpoints of one address */
TEST_F(listen, fifo)
{
	int client;

	for (int i = 0; i < LISTENS; i++)
		LISTEN(i);
	for (int i = 0; i < LISTENS; i++) {
		client = plain_connect(&self->remote);
		ASSERT_LE(0, client);
		ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[i]));
		EXPECT_TRUE(are_connected(self->endpoint[i], client));
	}
	EXPECT_REFUSED(plain_connect(&self->remote));
}

/* All clients are there before anybody can have been served */
TEST_F(listen, all_at_once)
{
	int clients[LISTENS];
	bool served;

	for (int i = 0; i < LISTENS; i++)
		LISTEN(i);
	for (int i = 0; i < LISTENS; i++) {
		clients[i] = plain_connect(&self->remote);
		ASSERT_LE(0, clients[i]);
	}
	for (int i = 0; i < LISTENS; i++)
		ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[i]));
	for (int i = 0; i < LISTENS; i++) {
		struct tdi_taddr peer = address_of_socket(clients[i]);

		served = false;
		for (int j = 0; j < LISTENS; j++)
			served |= address_equal(&peer, &self->job[j].peer);
		EXPECT_TRUE(served);
	}
}

TEST_F(listen, nobody_listens)
{
	EXPECT_REFUSED(plain_connect(&self->remote));
	LISTEN(0);
	EXPECT_LE(0, plain_connect(&self->remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
	/* one listen, one connection; the port stays taken */
	EXPECT_REFUSED(plain_connect(&self->remote));
	EXPECT_EQ(-1, plain_bind(&self->remote, REUSE_ADDR));
}

TEST_F(listen, filter_by_port)
{
	struct tdi_taddr here = address_local(variant->family, 7000);
	struct tdi_taddr elsewhere = address_local(variant->family, 7001);
	int client;

	self->job[0].remote = here;
	LISTEN(0);
	LISTEN(1);
	/* does not steal what it does not wait for, though it is the first */
	client = connect_from(&elsewhere, &self->remote);
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[1]));
	EXPECT_TRUE(are_connected(self->endpoint[1], client));
	EXPECT_TRUE(address_equal(&elsewhere, &self->job[1].peer));
	/* nobody left for others */
	EXPECT_RESET(plain_connect(&self->remote));
	EXPECT_EQ(TDI_STATE_LISTENING, endpoint_state(self->endpoint[0]));
	client = connect_from(&here, &self->remote);
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
	EXPECT_TRUE(are_connected(self->endpoint[0], client));
}

TEST_F(listen, filter_by_host)
{
	struct tdi_taddr other = address_text(variant->family == AF_INET ?
					      "127.0.0.2:0" : "[::2]:0");
	int client;

	if (variant->family == AF_INET6)
		net_run("ip addr add ::2/128 dev lo nodad");
	self->job[0].remote = other;
	LISTEN(0);
	EXPECT_RESET(plain_connect(&self->remote));
	EXPECT_EQ(TDI_STATE_LISTENING, endpoint_state(self->endpoint[0]));
	client = connect_from(&other, &self->remote);
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
	EXPECT_TRUE(are_connected(self->endpoint[0], client));
}

/* No address, or one that is all zero, is anyone (reference 1.6). */
TEST_F(listen, filter_for_anyone)
{
	self->job[0].remote.length = 22;
	LISTEN(0);
	EXPECT_LE(0, plain_connect(&self->remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
	self->job[1].remote = address_any(variant->family, 0);
	LISTEN(1);
	EXPECT_LE(0, plain_connect(&self->remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[1]));
}

/* Nobody of that family can come; the others are not kept waiting. */
TEST_F(listen, filter_of_the_other_family)
{
	self->job[0].remote = address_local(variant->family == AF_INET ?
					    AF_INET6 : AF_INET, 0);
	LISTEN(0);
	LISTEN(1);
	EXPECT_LE(0, plain_connect(&self->remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[1]));
	job_cancel(&self->job[0]);
	EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&self->job[0]));
}

TEST_F(listen, wrong_arguments)
{
	struct tdi_taddr wrong = self->remote;
	struct tdi_listen arg = { .head.size = sizeof(arg) };

	wrong.length = 5;
	EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
		      tdi_listen(self->endpoint[0], &wrong, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      tdi_listen(self->endpoint[0], NULL, NULL, 2, NULL));
	arg.request.user_data_length = 1;
	EXPECT_EQ(-1, ioctl(self->endpoint[0], TDI_IOC_LISTEN, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(self->endpoint[0]));
	EXPECT_REFUSED(plain_connect(&self->remote));
}

TEST_F(listen, bad_pointers)
{
	void *bad[] = { NULL, memory_unmapped(), MEMORY_KERNEL };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct tdi_listen arg = {
			.head.size = sizeof(arg),
			.request.remote_address = (uintptr_t)bad[i],
			.request.remote_address_length = 22,
		};

		EXPECT_EQ(-1, ioctl(self->endpoint[0], TDI_IOC_LISTEN, &arg));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(STATUS_ACCESS_VIOLATION, arg.head.status);
		memset(&arg.request, 0, sizeof(arg.request));
		arg.ret.remote_address = (uintptr_t)bad[i];
		arg.ret.remote_address_length = 1;
		EXPECT_EQ(-1, ioctl(self->endpoint[0], TDI_IOC_LISTEN, &arg));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(STATUS_ACCESS_VIOLATION, arg.head.status);
	}
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(self->endpoint[0]));
	EXPECT_REFUSED(plain_connect(&self->remote));
}

TEST_F(listen, nonblocking)
{
	set_nonblock(self->endpoint[0], true);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_listen(self->endpoint[0], NULL, NULL, 0, NULL));
	LISTEN(1);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_listen(self->endpoint[0], NULL, NULL, 0, NULL));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(self->endpoint[0]));
	/* it did not disturb the one that waits */
	EXPECT_LE(0, plain_connect(&self->remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[1]));
}

/* Cancelling one removes that one only (reference 9.3). */
TEST_F(listen, cancel_one_of_several)
{
	int client;

	for (int i = 0; i < LISTENS; i++)
		LISTEN(i);
	job_cancel(&self->job[0]);
	EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&self->job[0]));
	job_cancel(&self->job[2]);
	EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&self->job[2]));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(self->endpoint[2]));
	for (int i = 1; i < LISTENS; i += 2) {
		client = plain_connect(&self->remote);
		ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[i]));
		EXPECT_TRUE(are_connected(self->endpoint[i], client));
	}
	EXPECT_REFUSED(plain_connect(&self->remote));
	/* and it can listen again */
	LISTEN(0);
	EXPECT_LE(0, plain_connect(&self->remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
}

TEST_F(listen, ended_by_disconnect)
{
	LISTEN(0);
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_disconnect(self->endpoint[0], 0,
				     TDI_DISCONNECT_RELEASE, NULL));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_disassociate_address(self->endpoint[0], 0, NULL));
	EXPECT_EQ(TDI_STATE_LISTENING, endpoint_state(self->endpoint[0]));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(self->endpoint[0], 0, TDI_DISCONNECT_ABORT,
				     NULL));
	EXPECT_OUTCOME(STATUS_CONNECTION_ABORTED, job_end(&self->job[0]));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(self->endpoint[0]));
	EXPECT_REFUSED(plain_connect(&self->remote));
}

/* S6 */
TEST_F(listen, ended_by_closing_the_address)
{
	struct tdi_taddr any = address_any(variant->family,
					   tdi_taddr_port(&self->remote));

	for (int i = 0; i < LISTENS; i++)
		LISTEN(i);
	close(self->address);
	for (int i = 0; i < LISTENS; i++) {
		EXPECT_OUTCOME(STATUS_LOCAL_DISCONNECT, job_end(&self->job[i]));
		EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(self->endpoint[i]));
	}
	EXPECT_REFUSED(plain_connect(&self->remote));
	/* the endpoints serve another one */
	self->address = open_address(&any);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_associate_address(self->endpoint[0], self->address, 0,
					    NULL));
	LISTEN(0);
	EXPECT_LE(0, plain_connect(&self->remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
}

/* S7: the port of a listening address is also where others connect from. */
TEST_F(listen, connects_meanwhile)
{
	int listener = plain_listen(variant->family, 5), peer;
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(listener)), seen;

	LISTEN(0);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(self->endpoint[1], &remote, 0, NULL, 0,
				  NULL));
	peer = plain_accept(listener);
	seen = address_of_peer(peer);
	EXPECT_TRUE(address_equal(&self->remote, &seen));
	EXPECT_TRUE(are_connected(self->endpoint[1], peer));
	EXPECT_LE(0, plain_connect(&self->remote));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
	EXPECT_TRUE(are_connected(self->endpoint[1], peer));
}

/* Two endpoints of one machine can talk to each other. */
TEST_F(listen, to_an_endpoint)
{
	struct tdi_taddr any = address_any(variant->family, 0), peer;
	int address = open_address(&any), endpoint = open_associated(address);
	struct tdi_io io = { 0 };
	char byte;

	LISTEN(0);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(endpoint, &self->remote, 0, &peer, 0, NULL));
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
	EXPECT_TRUE(address_equal(&self->remote, &peer));
	EXPECT_STATUS(STATUS_SUCCESS, tdi_send(endpoint, "x", 1, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->endpoint[0], &byte, 1, 0, &io));
	EXPECT_EQ('x', byte);
}

/* What came before the listen completed is there, and so is the end. */
TEST_F(listen, data_and_end_come_first)
{
	struct tdi_io io = { 0 };
	char bytes[8];
	int client;

	LISTEN(0);
	client = plain_connect(&self->remote);
	ASSERT_LE(0, client);
	plain_send(client, "early", 5);
	close(client);
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->endpoint[0], bytes, 8, 0, &io));
	EXPECT_EQ(5, io.information);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(self->endpoint[0], bytes, 8, 0, &io));
	EXPECT_EQ(0, io.information);
	EXPECT_EQ(TDI_STATE_REMOTE_RELEASED, endpoint_state(self->endpoint[0]));
}

/* An endpoint listens, is used, and listens again. */
TEST_F(listen, again_and_again)
{
	int client;

	for (int i = 0; i < 20; i++) {
		LISTEN(0);
		client = plain_connect(&self->remote);
		ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&self->job[0]));
		EXPECT_TRUE(are_connected(self->endpoint[0], client));
		if (i % 2)
			plain_reset(client);
		else
			close(client);
		ASSERT_TRUE(wait_events(self->endpoint[0], POLLRDHUP));
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(self->endpoint[0], 0,
					     TDI_DISCONNECT_ABORT, NULL));
		ASSERT_EQ(TDI_STATE_ASSOCIATED,
			  endpoint_state(self->endpoint[0]));
	}
}

TEST_HARNESS_MAIN
