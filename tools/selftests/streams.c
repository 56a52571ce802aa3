// SPDX-License-Identifier: GPL-2.0-only
/*
 * streams WAY call|serve ADDRESS PORT COUNT
 *
 * One end of COUNT connections at once; the other end is the same program,
 * another WAY.  Each connection has a stream of its own each way, of bytes that
 * tell where they belong; the first one is expedited data.  Some have the caller's
 * stream and its end first, and the other one's only then; some the other way
 * round; some both at once.
 *
 * WAY is		socket	ordinary sockets, epoll
 *			file	endpoints in their place, read(2) and write(2)
 *			block	endpoints, each with a thread that waits
 *			event	endpoints, and the events of their address
 *
 * Sockets serve as many ports, from PORT on; whoever calls them has a single
 * address for all its endpoints.  An address serves PORT.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "indication.h"
#include "job.h"
#include "net.h"
#include "pair.h"
#include "wait.h"

#define MANY	64	/* connections at most */
#define PIECE	4096	/* is said or heard at a time */

enum way { SOCKET, FILES, BLOCK, EVENT };
enum order { CALLER_FIRST, CALLED_FIRST, BOTH_AT_ONCE, ORDERS };

/**
 * struct talk - a connection, from one side
 * @way: of this side
 * @calls: this side is the caller
 * @fd: socket or endpoint
 * @id: its number among all, -1 before the caller has told it
 * @said: bytes sent
 * @heard: bytes received; an endpoint's stream is without the expedited one
 * @urgent: expedited data received, or -1
 * @said_end: released from this side
 * @heard_end: released by the other
 */
struct talk {
	enum way way;
	bool calls;
	int fd;
	int id;
	size_t said;
	size_t heard;
	int urgent;
	bool said_end;
	bool heard_end;
};

/**
 * struct place - where everybody is
 * @ports: of the one who serves
 * @any: of the one who calls
 */
struct place {
	struct tdi_taddr ports[MANY];
	struct tdi_taddr any;
};

static int count;

static void tell_ready(void)
{
	puts("ready");
	fflush(stdout);
}

/* ---- What there is to say, and to be heard ---- */

static size_t stream_length(const struct talk *talk, bool callers)
{
	return 5000 + (talk->id * 7919 + callers * 4001) % 10000;
}

/* Of the bytes of a pattern the first */
static uint64_t stream_start(const struct talk *talk, bool callers)
{
	return (talk->id * 2 + callers) * 1000003ULL;
}

/* So far it may go; expedited byte and number are the caller's at once. */
static size_t sayable(const struct talk *talk)
{
	enum order first = talk->calls ? CALLER_FIRST : CALLED_FIRST;

	if (talk->id < 0)
		return 0;
	if (talk->heard_end || talk->id % ORDERS == BOTH_AT_ONCE ||
	    talk->id % ORDERS == (int)first)
		return stream_length(talk, talk->calls);
	return talk->calls ? 2 : 0;
}

/*
 * A piece of it.  Before the expedited byte there is nothing: if there were, and
 * the segment behind it came first, TCP would take a byte of that one's header
 * for it (tcp_urg() of Linux).
 */
static size_t next_piece(const struct talk *talk, unsigned char *bytes)
{
	size_t length = sayable(talk) - talk->said;

	if (length && !talk->said)
		length = 1;
	if (length > PIECE)
		length = PIECE;
	pattern_fill(bytes, length,
		     stream_start(talk, talk->calls) + talk->said);
	if (talk->said == 1)
		bytes[0] = talk->id;
	return length;
}

/* What is not expedited */
static void hear(struct talk *talk, const unsigned char *bytes, size_t length)
{
	NEED(!talk->heard_end);
	if (talk->heard == 1) {
		NEED(talk->id < 0 ? bytes[0] < count : bytes[0] == talk->id);
		talk->id = bytes[0];
		talk->heard++;
		bytes++;
		length--;
	}
	NEED(pattern_check(bytes, length,
			   stream_start(talk, !talk->calls) + talk->heard));
	talk->heard += length;
	NEED(talk->heard <= stream_length(talk, !talk->calls));
}

static void hear_urgent(struct talk *talk, unsigned char byte)
{
	NEED(talk->urgent < 0);
	talk->urgent = byte;
}

static void hear_end(struct talk *talk)
{
	unsigned char urgent = talk->urgent;

	NEED(!talk->heard_end);
	NEED(talk->heard == stream_length(talk, !talk->calls));
	NEED(talk->urgent >= 0);
	NEED(pattern_check(&urgent, 1,
			   stream_start(talk, !talk->calls)));
	talk->heard_end = true;
}

static bool all_over(const struct talk *talks)
{
	for (int i = 0; i < count; i++)
		if (!talks[i].said_end || !talks[i].heard_end)
			return false;
	return true;
}

/* ---- Saying it ---- */

static size_t send_to_endpoint(struct talk *talk, const void *bytes,
			       size_t length, bool urgent)
{
	struct tdi_io io = { 0 };

	tdi_send(talk->fd, bytes, length, urgent ? TDI_SEND_EXPEDITED : 0, &io);
	NEED(!io.status || io.status == STATUS_DEVICE_NOT_READY);
	return io.information;
}

static size_t send_to_file(struct talk *talk, const void *bytes, size_t length,
			   bool urgent)
{
	ssize_t n;

	if (talk->way == SOCKET)
		n = send(talk->fd, bytes, length,
			 MSG_NOSIGNAL | (urgent ? MSG_OOB : 0));
	else
		n = write(talk->fd, bytes, length);
	NEED(n > 0 || errno == EAGAIN);
	return n > 0 ? n : 0;
}

static void say_end(struct talk *talk)
{
	uint32_t status;

	if (talk->way == SOCKET) {
		NEED(!shutdown(talk->fd, SHUT_WR));
	} else {
		status = tdi_disconnect(talk->fd, 0, TDI_DISCONNECT_RELEASE,
					NULL);
		NEED(!status ||
		     (talk->way != BLOCK && status == STATUS_PENDING));
	}
	talk->said_end = true;
}

/* All that there is to say now and that there is room for */
static void say(struct talk *talk)
{
	unsigned char bytes[PIECE];
	size_t length, sent;
	bool urgent;

	while ((length = next_piece(talk, bytes))) {
		urgent = !talk->said;
		if (talk->way == SOCKET || (talk->way == FILES && !urgent))
			sent = send_to_file(talk, bytes, length, urgent);
		else
			sent = send_to_endpoint(talk, bytes, length, urgent);
		talk->said += sent;
		if (!sent)
			return;
	}
	if (!talk->said_end && talk->id >= 0 &&
	    talk->said == stream_length(talk, talk->calls))
		say_end(talk);
}

/* ---- Hearing it ---- */

/* A socket has the expedited byte in its place, and knows of it. */
static ssize_t receive_from_socket(struct talk *talk, unsigned char *bytes)
{
	if (!talk->heard && recv(talk->fd, bytes, 1, MSG_PEEK) == 1) {
		NEED(sockatmark(talk->fd) == 1);
		NEED(recv(talk->fd, bytes, 1, 0) == 1);
		hear_urgent(talk, bytes[0]);
		talk->heard = 1;
	}
	return recv(talk->fd, bytes, PIECE, 0);
}

/* Returns 0 if there is none. */
static size_t receive_from_endpoint(struct talk *talk, unsigned char *bytes,
				    uint32_t flags)
{
	struct tdi_io io = { 0 };

	tdi_receive(talk->fd, bytes, PIECE, flags, &io);
	NEED(!io.status || io.status == STATUS_DEVICE_NOT_READY);
	return io.information;
}

static void listen_to(struct talk *talk)
{
	unsigned char bytes[PIECE];
	ssize_t n;

	while (!talk->heard_end) {
		n = talk->way == SOCKET ? receive_from_socket(talk, bytes) :
					  read(talk->fd, bytes, PIECE);
		if (n > 0)
			hear(talk, bytes, n);
		NEED(n >= 0 || errno == EAGAIN);
		if (talk->way == FILES && talk->urgent < 0 &&
		    receive_from_endpoint(talk, bytes, TDI_RECEIVE_EXPEDITED))
			hear_urgent(talk, bytes[0]);
		if (n < 0)
			return;
		if (!n)
			hear_end(talk);
	}
}

/* ---- Descriptors in an epoll loop ---- */

static void watch(int epoll, int fd, uint32_t index)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.u32 = index,
	};

	set_nonblock(fd, true);
	NEED(!epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

static void run_epoll(struct talk *talks, int epoll, const int *listeners)
{
	struct epoll_event events[MANY];
	struct talk *talk;
	int n;

	while (!all_over(talks)) {
		n = epoll_wait(epoll, events, count, PATIENCE_MS);
		NEED(n > 0);
		for (int i = 0; i < n; i++) {
			talk = &talks[events[i].data.u32];
			if (talk->fd < 0) {
				talk->fd = accept(listeners[talk - talks],
						  NULL, NULL);
				NEED(talk->fd >= 0);
				watch(epoll, talk->fd, talk - talks);
			} else {
				listen_to(talk);
				say(talk);
			}
		}
	}
}

/* Expedited data is in its place then. */
static int open_socket(const struct tdi_taddr *address)
{
	int fd = plain_bind(address, 0), on = 1;

	NEED(fd >= 0);
	NEED(!setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)));
	return fd;
}

static void call_with_sockets(struct talk *talks, const struct place *place)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	for (int i = 0; i < count; i++) {
		talks[i].fd = open_socket(&place->any);
		set_nonblock(talks[i].fd, true);
		NEED(!plain_connect_from(talks[i].fd, &place->ports[0]) ||
		     errno == EINPROGRESS);
		watch(epoll, talks[i].fd, i);
	}
	run_epoll(talks, epoll, NULL);
}

static void serve_with_sockets(struct talk *talks, const struct place *place)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), listeners[MANY];

	for (int i = 0; i < count; i++) {
		listeners[i] = open_socket(&place->ports[i]);
		NEED(!listen(listeners[i], 1));
		watch(epoll, listeners[i], i);
	}
	tell_ready();
	run_epoll(talks, epoll, listeners);
}

/* ---- Endpoints ---- */

static void open_talks(struct talk *talks, int address, int oflags)
{
	for (int i = 0; i < count; i++) {
		NEED(!tdi_open_endpoint("tcp", oflags, i, &talks[i].fd));
		NEED(!tdi_associate_address(talks[i].fd, address, 0, NULL));
	}
}

static void begin_calls(struct talk *talks, const struct place *place)
{
	uint32_t status;

	for (int i = 0; i < count; i++) {
		status = tdi_connect(talks[i].fd, &place->ports[i], 0, NULL, 0,
				     NULL);
		NEED(!status || status == STATUS_PENDING);
	}
}

static void call_with_files(struct talk *talks, const struct place *place)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	open_talks(talks, open_address(&place->any), O_NONBLOCK);
	begin_calls(talks, place);
	for (int i = 0; i < count; i++)
		watch(epoll, talks[i].fd, i);
	run_epoll(talks, epoll, NULL);
}

/* ---- A thread each ---- */

/* Of the called side the caller's number comes first: what is to be done */
static void talk_blocking(struct talk *talk)
{
	unsigned char bytes[PIECE];
	size_t n;

	if (!talk->calls) {
		NEED(!tdi_receive(talk->fd, bytes, 1, TDI_RECEIVE_NORMAL, NULL));
		hear(talk, bytes, 1);
	}
	say(talk);
	/* overtakes all that is there */
	NEED(receive_from_endpoint(talk, bytes, TDI_RECEIVE_EXPEDITED) == 1);
	hear_urgent(talk, bytes[0]);
	while ((n = receive_from_endpoint(talk, bytes, TDI_RECEIVE_NORMAL)))
		hear(talk, bytes, n);
	hear_end(talk);
	say(talk);
}

static void run_talk(struct job *job)
{
	struct talk *talk = job->buffer;

	if (talk->calls)
		NEED(!tdi_connect(talk->fd, &job->remote, 0, NULL, 0, NULL));
	else
		NEED(!tdi_listen(talk->fd, NULL, NULL, 0, NULL));
	talk_blocking(talk);
}

static void run_threads(struct talk *talks, const struct place *place)
{
	const bool calls = talks[0].calls;
	static struct job jobs[MANY];

	open_talks(talks, open_address(calls ? &place->any : &place->ports[0]),
		   0);
	for (int i = 0; i < count; i++) {
		jobs[i] = (struct job){ .call = run_talk, .fd = talks[i].fd,
					.buffer = &talks[i],
					.remote = place->ports[i] };
		if (calls)
			job_start(&jobs[i]);
		else
			job_start_blocked(&jobs[i]);
	}
	if (!calls)
		tell_ready();
	for (int i = 0; i < count; i++)
		job_end(&jobs[i]);
	NEED(all_over(talks));
}

/* ---- Events ---- */

static void handle(struct talk *talk, const struct tdi_event *event)
{
	unsigned char bytes[PIECE];
	size_t n;

	switch (event->event_type) {
	case TDI_EVENT_RECEIVE:
		if (event->bytes_indicated)
			hear(talk, event_data(event), event->bytes_indicated);
		else
			while ((n = receive_from_endpoint(talk, bytes,
							  TDI_RECEIVE_NORMAL)))
				hear(talk, bytes, n);
		break;
	case TDI_EVENT_RECEIVE_EXPEDITED:
		NEED(event->bytes_indicated == 1);
		hear_urgent(talk, *(const unsigned char *)event_data(event));
		break;
	case TDI_EVENT_DISCONNECT:
		NEED(event->flags == TDI_DISCONNECT_RELEASE);
		hear_end(talk);
		break;
	default:
		NEED(event->event_type == TDI_EVENT_SEND_POSSIBLE);
	}
	say(talk);
}

static void run_events(struct talk *talks, int address)
{
	static struct events events;
	const struct tdi_event *event;
	int accepted = 0;

	events.address = address;
	while (!all_over(talks)) {
		event = event_next(&events);
		if (event->event_type == TDI_EVENT_CONNECT)
			NEED(!accept_offer(talks[accepted++].fd, event->cookie,
					   NULL, NULL));
		else
			handle(&talks[event->connection_context], event);
	}
}

/* Data comes with its event to one who serves, and is asked for by one who calls. */
static int open_events(struct talk *talks, const struct tdi_taddr *here)
{
	int address = open_address(here);

	set_nonblock(address, true);
	open_talks(talks, address, O_NONBLOCK);
	NEED(!set_handler(address, TDI_EVENT_RECEIVE, 0,
			  talks[0].calls ? 0 : PIECE));
	NEED(!set_handler(address, TDI_EVENT_RECEIVE_EXPEDITED, 0, 1));
	NEED(!set_handler(address, TDI_EVENT_DISCONNECT, 0, 0));
	NEED(!set_handler(address, TDI_EVENT_SEND_POSSIBLE, 0, 0));
	return address;
}

static void call_with_events(struct talk *talks, const struct place *place)
{
	int address = open_events(talks, &place->any);

	begin_calls(talks, place);
	for (int i = 0; i < count; i++) {
		NEED(wait_events(talks[i].fd, POLLOUT));
		say(&talks[i]);
	}
	run_events(talks, address);
}

static void serve_with_events(struct talk *talks, const struct place *place)
{
	int address = open_events(talks, &place->ports[0]);

	NEED(!set_handler(address, TDI_EVENT_CONNECT, 0, 0));
	tell_ready();
	run_events(talks, address);
}

/* ---- The command line ---- */

static const struct {
	const char *name;
	enum way way;
	void (*call)(struct talk *talks, const struct place *place);
	void (*serve)(struct talk *talks, const struct place *place);
} ways[] = {
	{ "socket", SOCKET, call_with_sockets, serve_with_sockets },
	{ "file", FILES, call_with_files },
	{ "block", BLOCK, run_threads, run_threads },
	{ "event", EVENT, call_with_events, serve_with_events },
};

static struct place find_place(const char *host, int port)
{
	struct sockaddr_storage ss;
	struct place place;
	char text[TDI_TADDR_STRLEN];

	for (int i = 0; i < count; i++) {
		snprintf(text, sizeof(text), strchr(host, ':') ? "[%s]:%d" :
							  "%s:%d", host, port + i);
		place.ports[i] = address_text(text);
	}
	NEED(!tdi_taddr_to_sockaddr(&place.ports[0], &ss, NULL));
	place.any = address_any(ss.ss_family, 0);
	return place;
}

int main(int argc, char **argv)
{
	static struct talk talks[MANY];
	struct place place;
	bool calls;
	size_t i;

	if (argc != 6)
		die("usage: streams WAY call|serve ADDRESS PORT COUNT");
	count = atoi(argv[5]);
	NEED(count > 0 && count <= MANY);
	for (i = 0; strcmp(ways[i].name, argv[1]); i++)
		NEED(i + 1 < sizeof(ways) / sizeof(*ways));
	calls = !strcmp(argv[2], "call");
	place = find_place(argv[3], atoi(argv[4]));
	for (int id = 0; id < count; id++)
		talks[id] = (struct talk){ .way = ways[i].way, .calls = calls,
					   .fd = -1, .id = calls ? id : -1,
					   .heard = ways[i].way != SOCKET,
					   .urgent = -1 };
	(calls ? ways[i].call : ways[i].serve)(talks, &place);
	return 0;
}
