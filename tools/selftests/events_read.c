// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of an address: reading them.
 */
#include "events.h"

TEST_F(events, several_in_one_read)
{
	struct pair *pair = &self->pair;
	int endpoints[MANY], peers[MANY], listener;
	struct tdi_taddr remote;
	unsigned int seen = 0;
	ssize_t n;

	ON(TDI_EVENT_RECEIVE, 64);
	for (int i = 0; i < MANY; i++) {
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_open_endpoint("tcp", 0, i, &endpoints[i]));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_associate_address(endpoints[i], pair->address,
						    0, NULL));
		/* from one port, so each to another */
		listener = plain_listen(variant->family, 1);
		remote = address_local(variant->family, plain_port(listener));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_connect(endpoints[i], &remote, 0, NULL, 0,
					  NULL));
		peers[i] = plain_accept(listener);
		close(listener);
		plain_send(peers[i], "data", 4);
		ASSERT_SOON(plain_all_acked(peers[i]));
	}
	n = read(pair->address, self->events.bytes, 4096);
	ASSERT_EQ(MANY * 72, n);
	self->events.length = n;
	for (int i = 0; i < MANY; i++) {
		const struct tdi_event *event = NEXT();

		EXPECT_EQ(4, event->bytes_indicated);
		seen |= 1U << event->connection_context;
	}
	EXPECT_EQ((1U << MANY) - 1, seen);
	/* one of them, if there is room for one only */
	for (int i = 0; i < MANY; i++) {
		plain_send(peers[i], "more", 4);
		ASSERT_SOON(plain_all_acked(peers[i]));
	}
	for (int i = 0; i < MANY; i++)
		EXPECT_EQ(72, read(pair->address, self->events.bytes, 100));
	EXPECT_NONE();
	for (int i = 0; i < MANY; i++) {
		close(endpoints[i]);
		close(peers[i]);
	}
}

/* The first one does not fit: EMSGSIZE, and it is still there */
TEST_F(events, too_little_room)
{
	int address = self->pair.address;
	char bytes[256];

	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	ARRIVE("data", 4);
	for (size_t length = 1; length < 72; length += 10) {
		EXPECT_EQ(-1, read(address, bytes, length));
		EXPECT_EQ(EMSGSIZE, errno);
	}
	EXPECT_EQ(-1, read(address, bytes, 71));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_TRUE(look_events(address, POLLIN));
	EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
	ASSERT_EQ(0, shutdown(self->pair.peer, SHUT_WR));
	ASSERT_TRUE(wait_events(address, POLLIN));
	EXPECT_EQ(-1, read(address, bytes, 63));
	EXPECT_EQ(EMSGSIZE, errno);
	/* this one has no data, and needs no room for any */
	EXPECT_EQ(64, read(address, bytes, 64));
	EXPECT_NONE();
	EXPECT_EQ(-1, read(address, bytes, 1));
	EXPECT_EQ(EAGAIN, errno);
}

/* An offer as well; and what is not there does not fit everywhere */
TEST_F(events, too_little_room_for_an_offer)
{
	int address = self->pair.address, client;
	const size_t size = variant->family == AF_INET ? 64 + 24 : 64 + 40;
	char bytes[256];

	ON(TDI_EVENT_CONNECT, 0);
	EXPECT_EQ(-1, read(address, bytes, 64));
	EXPECT_EQ(EAGAIN, errno);
	client = plain_connect(&self->pair.local);
	ASSERT_LE(0, client);
	ASSERT_TRUE(wait_events(address, POLLIN));
	EXPECT_EQ(-1, read(address, bytes, size - 1));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(size, read(address, bytes, size));
	/* told, and the next one has not come */
	EXPECT_EQ(-1, read(address, bytes, 64));
	EXPECT_EQ(EAGAIN, errno);
	close(client);
}

/* Nowhere to put it: EFAULT, and it is still there */
TEST_F(events, bad_pointers)
{
	int address = self->pair.address;
	void *bad[] = { NULL, memory_unmapped(), memory_read_only(),
			MEMORY_KERNEL, memory_at_edge(64) };

	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	for (uint32_t lookahead = 0; lookahead <= 64; lookahead += 64) {
		ON(TDI_EVENT_RECEIVE, lookahead);
		if (!lookahead)
			ARRIVE("data", 4);
		for (size_t i = 0; i < ARRAY_SIZE(bad) - !lookahead; i++) {
			EXPECT_EQ(-1, read(address, bad[i], 4096));
			EXPECT_EQ(EFAULT, errno)
				TH_LOG("pointer %zu, %m", i);
		}
		if (lookahead)
			break;
		EXPECT_DATA(NEXT(), NORMAL, "", 0, 4);
		/* tell it again, now with the data */
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_receive(self->pair.endpoint, NULL, 0, 0,
					  NULL));
	}
	EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
	plain_reset(self->pair.peer);
	self->pair.peer = -1;
	ASSERT_TRUE(wait_events(address, POLLIN));
	for (size_t i = 0; i < 4; i++) {
		EXPECT_EQ(-1, read(address, bad[i], 4096));
		EXPECT_EQ(EFAULT, errno);
	}
	EXPECT_EVENT(NEXT(), TDI_EVENT_DISCONNECT, TDI_DISCONNECT_ABORT);
}

TEST_F(events, bad_pointer_for_an_offer)
{
	int address = self->pair.address, client;
	void *bad[] = { memory_unmapped(), memory_read_only(), MEMORY_KERNEL,
			memory_at_edge(64) };
	const struct tdi_event *event;
	struct tdi_taddr from;

	ON(TDI_EVENT_CONNECT, 0);
	client = plain_connect(&self->pair.local);
	ASSERT_LE(0, client);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_TRUE(wait_events(address, POLLIN));
		EXPECT_EQ(-1, read(address, bad[i], 4096));
		EXPECT_EQ(EFAULT, errno);
	}
	event = NEXT();
	EXPECT_EQ(TDI_EVENT_CONNECT, event->event_type);
	from = address_of_socket(client);
	EXPECT_EQ(from.length, event->address_length);
	EXPECT_EQ(0, memcmp(from.bytes, event->address, from.length));
	close(client);
}

TEST_F(events, read_that_waits)
{
	_Alignas(8) char bytes[256];
	struct tdi_event *event = (void *)bytes;
	struct job job = { .call = job_read, .fd = self->pair.address,
			   .buffer = bytes, .length = sizeof(bytes) };

	set_nonblock(self->pair.address, false);
	pair_connect(&self->pair);
	/* also for a handler that comes later */
	job_start_blocked(&job);
	ON(TDI_EVENT_RECEIVE, 64);
	EXPECT_FALSE(job.done);
	plain_send(self->pair.peer, "data", 4);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ(72, job.io.information);
	EXPECT_EQ(TDI_EVENT_RECEIVE, event->event_type);
}

static void ignore(int signal)
{
	(void)signal;
}

TEST_F(events, read_is_interrupted)
{
	struct sigaction action = { .sa_handler = ignore };
	char bytes[256];
	struct job job = { .call = job_read, .fd = self->pair.address,
			   .buffer = bytes, .length = sizeof(bytes) };

	set_nonblock(self->pair.address, false);
	ON(TDI_EVENT_RECEIVE, 64);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	job_start_blocked(&job);
	ASSERT_EQ(0, pthread_kill(job.thread, SIGUSR1));
	job_end(&job);
	EXPECT_EQ(EINTR, job.io.error);
	/* the next one gets on */
	pair_connect(&self->pair);
	plain_send(self->pair.peer, "data", 4);
	EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
}

/* Two who read at once: each event goes to one of them. */
TEST_F(events, two_readers)
{
	_Alignas(8) char bytes[2][72];
	struct job jobs[2];

	set_nonblock(self->pair.address, false);
	ON(TDI_EVENT_RECEIVE, 8);
	pair_connect(&self->pair);
	for (int i = 0; i < 2; i++) {
		jobs[i] = (struct job){ .call = job_read,
					.fd = self->pair.address,
					.buffer = bytes[i], .length = 72 };
		job_start_blocked(&jobs[i]);
	}
	plain_send(self->pair.peer, "0123456789abcdef", 16);
	for (int i = 0; i < 2; i++) {
		EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&jobs[i]));
		EXPECT_EQ(72, jobs[i].io.information);
	}
	EXPECT_NE(0, memcmp(bytes[0] + 64, bytes[1] + 64, 8));
}

TEST_F(events, poll)
{
	int address = self->pair.address;
	struct epoll_event interest = { .events = EPOLLIN | EPOLLET }, came;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, address, &interest));
	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	EXPECT_NONE();
	EXPECT_EQ(0, look_events(address, POLLIN | POLLOUT | POLLHUP));
	/* what there was while it connected */
	epoll_wait(epoll, &came, 1, 0);
	for (int i = 0; i < 5; i++) {
		plain_send(self->pair.peer, "data", 4);
		ASSERT_EQ(1, epoll_wait(epoll, &came, 1, PATIENCE_MS));
		EXPECT_EQ(POLLIN, look_events(address, POLLIN));
		EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
		EXPECT_NONE();
		EXPECT_EQ(0, look_events(address, POLLIN));
	}
	close(epoll);
}

/* Nothing is queued for it: as many connect as there is room for, no more. */
TEST_F(events, nobody_reads)
{
	int clients[TDI_OFFERS_MAX + 20];
	struct sockaddr_storage ss;
	unsigned int connected = 0;
	socklen_t length;

	ON(TDI_EVENT_CONNECT, 0);
	ASSERT_EQ(STATUS_SUCCESS,
		  tdi_taddr_to_sockaddr(&self->pair.local, &ss, &length));
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		clients[i] = socket(variant->family,
				    SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(clients[i], (struct sockaddr *)&ss, length);
	}
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		connected += look_events(clients[i], POLLOUT) == POLLOUT;
		close(clients[i]);
	}
	EXPECT_LT(0, connected);
	EXPECT_GE(TDI_OFFERS_MAX, connected);
}

/* A reader dies; the next one goes on where it was. */
TEST_F(events, killed_while_it_reads)
{
	struct tdi_event *event = (void *)self->events.bytes;
	pid_t pid;

	ON(TDI_EVENT_RECEIVE, 64);
	pair_connect(&self->pair);
	set_nonblock(self->pair.address, false);
	pid = fork_child();
	if (!pid) {
		read(self->pair.address, self->events.bytes, 4096);
		_exit(0);
	}
	ASSERT_SOON(is_blocked(pid, self->pair.address));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	plain_send(self->pair.peer, "data", 4);
	EXPECT_EQ(72, read(self->pair.address, self->events.bytes, 4096));
	EXPECT_DATA(event, ENTIRE, "data", 4, 4);
}

/* An endpoint that leaves the address has nothing to tell there any more. */
TEST_F(events, endpoint_is_closed)
{
	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_DISCONNECT, 0);
	pair_connect(&self->pair);
	ARRIVE("data", 4);
	close(self->pair.endpoint);
	self->pair.endpoint = -1;
	EXPECT_NONE();
}

/* Only of those endpoints that are associated with this open of the address */
TEST_F(events, not_of_another_address)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	int other = open_address(&any);
	struct events events = { .address = other };

	set_nonblock(other, true);
	ON(TDI_EVENT_RECEIVE, 64);
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(other, TDI_EVENT_RECEIVE, 1, 64));
	pair_connect(&self->pair);
	ARRIVE("data", 4);
	EXPECT_TRUE(event_none(&events));
	EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
	close(other);
}

TEST_HARNESS_MAIN
