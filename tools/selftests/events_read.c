// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of an address: reading them.
 */
#include "events.h"

#include <sys/uio.h>

/* As many as may be, and as fit into that time on a slow machine */
#define ROUNDS		2000
#define ENOUGH_MS	2000

/* An endpoint of the address, connected; from one port, so each to another */
static int open_connected(struct pair *pair, uint64_t context, int *peer)
{
	int listener = plain_listen(pair->family, 1), endpoint;
	struct tdi_taddr remote = address_local(pair->family,
						plain_port(listener));

	NEED(!tdi_open_endpoint("tcp", 0, context, &endpoint) &&
	     !tdi_associate_address(endpoint, pair->address, 0, NULL) &&
	     !tdi_connect(endpoint, &remote, 0, NULL, 0, NULL));
	*peer = plain_accept(listener);
	close(listener);
	return endpoint;
}

static void arrive(int peer, const char *data)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);

	plain_send(peer, data, strlen(data));
	while (!plain_all_acked(peer)) {
		NEED(!deadline_passed(&deadline));
		pace();
	}
}

TEST_F(events, several_in_one_read)
{
	struct pair *pair = &self->pair;
	int endpoints[MANY], peers[MANY];
	unsigned int seen = 0;
	ssize_t n;

	ON(TDI_EVENT_RECEIVE, 64);
	for (int i = 0; i < MANY; i++) {
		endpoints[i] = open_connected(pair, i, &peers[i]);
		arrive(peers[i], "data");
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
	for (int i = 0; i < MANY; i++)
		arrive(peers[i], "more");
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

/*
 * Only part of the room is there: a record goes where all of it fits, or stays
 * with its data.
 */
TEST_F(events, room_with_holes)
{
	struct pair *pair = &self->pair;
	char *edge = memory_at_edge(100), head[64], data[64];
	struct tdi_event *event = (void *)head;
	struct iovec iov[2] = {
		{ .iov_base = edge + 68, .iov_len = 64 },
		{ .iov_base = data, .iov_len = sizeof(data) },
	};
	int endpoints[2], peers[2];

	ON(TDI_EVENT_RECEIVE, 64);
	for (int i = 0; i < 2; i++) {
		endpoints[i] = open_connected(pair, CONTEXT, &peers[i]);
		arrive(peers[i], i ? "two" : "one");
	}
	/* its second half is missing */
	EXPECT_EQ(-1, readv(pair->address, iov, 2));
	EXPECT_EQ(EFAULT, errno);
	/* the data would fit, the record before it does not */
	iov[0].iov_base = memory_unmapped();
	EXPECT_EQ(-1, readv(pair->address, iov, 2));
	EXPECT_EQ(EFAULT, errno);
	/* both are there, in two places */
	iov[0].iov_base = head;
	EXPECT_EQ(72, readv(pair->address, iov, 2));
	EXPECT_EQ(3, event->bytes_indicated);
	EXPECT_EQ(0, memcmp(data, "one", 3));
	/* that was told; of two there is room for one, whatever the length says */
	arrive(peers[0], "three");
	event = (struct tdi_event *)(edge + 28);
	EXPECT_EQ(72, read(pair->address, event, 4096));
	EXPECT_EQ(3 + 5, event->bytes_indicated + NEXT()->bytes_indicated);
	EXPECT_NONE();
	for (int i = 0; i < 2; i++) {
		close(endpoints[i]);
		close(peers[i]);
	}
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

/* Edge-triggered: one wake-up, and all there is until there is no more */
TEST_F(events, poll_by_edges)
{
	struct pair *pair = &self->pair;
	struct epoll_event interest = { .events = EPOLLIN | EPOLLET }, came;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int endpoints[MANY], peers[MANY];

	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_DISCONNECT, 0);
	for (int i = 0; i < MANY; i++)
		endpoints[i] = open_connected(pair, CONTEXT, &peers[i]);
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, pair->address, &interest));
	for (int round = 0; round < 3; round++) {
		/* what was told of when there was nothing any more */
		EXPECT_NONE();
		epoll_wait(epoll, &came, 1, 0);
		for (int i = 0; i < MANY; i++)
			arrive(peers[i], "data");
		ASSERT_EQ(1, epoll_wait(epoll, &came, 1, PATIENCE_MS));
		EXPECT_EQ(0, epoll_wait(epoll, &came, 1, 0));
		for (int i = 0; i < MANY; i++)
			EXPECT_DATA(NEXT(), ENTIRE, "data", 4, 4);
	}
	/* one more endpoint has something while others wait to be read */
	EXPECT_NONE();
	epoll_wait(epoll, &came, 1, 0);
	for (int i = 0; i < MANY; i++) {
		plain_reset(peers[i]);
		ASSERT_EQ(1, epoll_wait(epoll, &came, 1, PATIENCE_MS));
	}
	for (int i = 0; i < MANY; i++)
		EXPECT_EVENT(NEXT(), TDI_EVENT_DISCONNECT,
			     TDI_DISCONNECT_ABORT);
	EXPECT_NONE();
	for (int i = 0; i < MANY; i++)
		close(endpoints[i]);
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

/* TCP sockets of this namespace that are in use */
static int sockets_in_use(void)
{
	FILE *file = fopen("/proc/net/sockstat", "re");
	char line[256];
	int count = -1;

	NEED(file);
	while (count < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "TCP: inuse %d", &count);
	fclose(file);
	return count;
}

/*
 * Nobody reads the events of an address while connections come and go: what it
 * costs is the connections that are there, and others do not feel it.
 */
TEST_F(events, come_and_go_unread)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr any = address_any(variant->family, 0);
	int address = open_address(&any), other = open_associated(address);
	struct deadline enough = deadline_in(ENOUGH_MS);
	const struct tdi_event *event;
	int in_use;

	ON(TDI_EVENT_CONNECT, 0);
	ON(TDI_EVENT_RECEIVE, 64);
	ON(TDI_EVENT_DISCONNECT, 0);
	ON(TDI_EVENT_SEND_POSSIBLE, 0);
	in_use = sockets_in_use();
	for (int i = 0; i < ROUNDS && !deadline_passed(&enough); i++) {
		pair_connect(pair);
		plain_send(pair->peer, "data", 4);
		plain_reset(pair->peer);
		ASSERT_SOON(endpoint_state(pair->endpoint) ==
			    TDI_STATE_ASSOCIATED);
		if (i % (ROUNDS / 4) == 0)
			EXPECT_TRUE(pair_usable(pair, other));
	}
	pair->peer = -1;
	/* the last one's socket stays for the event */
	EXPECT_GE(in_use + 1, sockets_in_use());
	event = NEXT();
	EXPECT_EVENT(event, TDI_EVENT_DISCONNECT, TDI_DISCONNECT_ABORT);
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	EXPECT_NONE();
	close(other);
	close(address);
}

/* Callers neither: those that there is room for wait, and go as they came. */
TEST_F(events, callers_come_and_go_unread)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	int address = open_address(&any), other = open_associated(address);
	struct sockaddr_storage ss;
	struct deadline enough = deadline_in(ENOUGH_MS);
	socklen_t length;
	int in_use, client;

	ON(TDI_EVENT_CONNECT, 0);
	ASSERT_EQ(STATUS_SUCCESS,
		  tdi_taddr_to_sockaddr(&self->pair.local, &ss, &length));
	in_use = sockets_in_use();
	for (int i = 0; i < ROUNDS && !deadline_passed(&enough); i++) {
		client = socket(variant->family, SOCK_STREAM | SOCK_NONBLOCK,
				0);
		connect(client, (struct sockaddr *)&ss, length);
		plain_reset(client);
		if (i % (ROUNDS / 4) == 0)
			EXPECT_TRUE(pair_usable(&self->pair, other));
	}
	EXPECT_GE(in_use + TDI_OFFERS_MAX, sockets_in_use());
	/* they have gone, and there is room again for one who has not */
	EXPECT_NONE();
	client = plain_connect(&self->pair.local);
	ASSERT_LE(0, client);
	EXPECT_EQ(TDI_EVENT_CONNECT, NEXT()->event_type);
	close(client);
	close(other);
	close(address);
}

/* Unread data stays in the socket until that is full: then the sender waits. */
TEST_F(events, data_unread)
{
	const size_t most = 64 << 20;
	struct pair *pair = &self->pair;
	char block[4096];
	size_t sent = 0, seen = 0;
	ssize_t n;

	ON(TDI_EVENT_RECEIVE, 4096);
	pair_connect(pair);
	do {
		pattern_fill(block, sizeof(block), sent);
		n = send(pair->peer, block, sizeof(block), MSG_DONTWAIT);
		sent += n > 0 ? n : 0;
	} while (n > 0 && sent < most);
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_GT(most, sent);
	EXPECT_EQ(0, look_events(pair->peer, POLLOUT));
	while (seen < sent) {
		const struct tdi_event *event = NEXT();

		ASSERT_EQ(TDI_EVENT_RECEIVE, event->event_type);
		ASSERT_TRUE(pattern_check(event_data(event),
					  event->bytes_indicated, seen));
		seen += event->bytes_indicated;
	}
	EXPECT_EQ(sent, seen);
	EXPECT_TRUE(wait_events(pair->peer, POLLOUT));
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
