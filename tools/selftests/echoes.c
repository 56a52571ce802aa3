// SPDX-License-Identifier: GPL-2.0-only
/*
 * echoes call|serve ADDRESS PORT COUNT SIZE
 *
 * COUNT connections at once, ordinary sockets in an epoll loop.  Who calls sends
 * SIZE bytes on each, that tell where they belong, then its end; it gets the same
 * back, then the end.  Who serves is an echo: on every other connection at once, on
 * the rest after the caller's end only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net.h"
#include "pair.h"
#include "wait.h"

#define PIECE	65536	/* at a time */

/**
 * struct talk - a connection
 * @fd: its socket
 * @sent: bytes
 * @got: bytes
 * @said_end: there is no more to send
 * @heard_end: the peer's
 * @bytes: what is to be sent back, of who serves
 */
struct talk {
	int fd;
	size_t sent;
	size_t got;
	bool said_end;
	bool heard_end;
	unsigned char *bytes;
};

static struct talk *talks;
static size_t count, size;
static bool serves;

static uint64_t place(const struct talk *talk, size_t offset)
{
	return (talk - talks) * 1000003ULL + offset;
}

/* What can be sent now */
static size_t sayable(const struct talk *talk)
{
	if (!serves)
		return size - talk->sent;
	if ((talk - talks) % 2 && !talk->heard_end)
		return 0;
	return talk->got - talk->sent;
}

static void say(struct talk *talk)
{
	unsigned char buffer[PIECE];
	const void *bytes = buffer;
	size_t length;
	ssize_t n;

	while ((length = sayable(talk))) {
		if (length > PIECE)
			length = PIECE;
		if (serves)
			bytes = talk->bytes + talk->sent;
		else
			pattern_fill(buffer, length, place(talk, talk->sent));
		n = send(talk->fd, bytes, length, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		NEED(n > 0);
		talk->sent += n;
	}
	if (!talk->said_end && talk->sent == size &&
	    (!serves || talk->heard_end)) {
		NEED(!shutdown(talk->fd, SHUT_WR));
		talk->said_end = true;
	}
}

static void hear(struct talk *talk)
{
	unsigned char buffer[PIECE];
	ssize_t n;

	while (!talk->heard_end) {
		n = recv(talk->fd, buffer, PIECE, 0);
		if (n < 0 && errno == EAGAIN)
			return;
		NEED(n >= 0);
		NEED(talk->got + n <= size);
		if (serves)
			memcpy(talk->bytes + talk->got, buffer, n);
		else
			NEED(pattern_check(buffer, n, place(talk, talk->got)));
		talk->got += n;
		talk->heard_end = !n;
	}
	NEED(talk->got == size);
}

static void watch(int epoll, int fd, uint32_t index)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = index,
	};

	set_nonblock(fd, true);
	NEED(!epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

static size_t accept_all(int epoll, int listener, size_t first)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		NEED(first < count);
		talks[first].fd = fd;
		talks[first].bytes = malloc(size);
		NEED(talks[first].bytes);
		watch(epoll, fd, first++);
	}
	NEED(errno == EAGAIN);
	return first;
}

/* Until all is said and heard */
static void run(int epoll, int listener)
{
	struct epoll_event events[64];
	size_t accepted = 0, over = 0;
	struct talk *talk;
	int n;

	while (over < count) {
		n = epoll_wait(epoll, events, 64, PATIENCE_MS);
		NEED(n > 0);
		for (int i = 0; i < n; i++) {
			if (events[i].data.u32 == count) {
				accepted = accept_all(epoll, listener, accepted);
				continue;
			}
			talk = &talks[events[i].data.u32];
			if (talk->said_end && talk->heard_end)
				continue;
			hear(talk);
			say(talk);
			over += talk->said_end && talk->heard_end;
		}
	}
}

static void call(int epoll, const struct tdi_taddr *remote)
{
	struct sockaddr_storage ss;

	NEED(!tdi_taddr_to_sockaddr(remote, &ss, NULL));
	for (size_t i = 0; i < count; i++) {
		talks[i].fd = plain_socket(ss.ss_family, SOCK_NONBLOCK);
		NEED(!plain_connect_from(talks[i].fd, remote) ||
		     errno == EINPROGRESS);
		watch(epoll, talks[i].fd, i);
	}
	run(epoll, -1);
}

static void serve(int epoll, const struct tdi_taddr *local)
{
	int listener = plain_bind(local, REUSE_ADDR);

	NEED(listener >= 0 && !listen(listener, count));
	watch(epoll, listener, count);
	puts("ready");
	fflush(stdout);
	run(epoll, listener);
}

int main(int argc, char **argv)
{
	struct tdi_taddr address;
	char text[TDI_TADDR_STRLEN];
	int epoll;

	if (argc != 6)
		die("usage: echoes call|serve ADDRESS PORT COUNT SIZE");
	snprintf(text, sizeof(text), strchr(argv[2], ':') ? "[%s]:%s" : "%s:%s",
		 argv[2], argv[3]);
	address = address_text(text);
	count = atoi(argv[4]);
	size = atoi(argv[5]);
	serves = !strcmp(argv[1], "serve");
	talks = calloc(count, sizeof(*talks));
	epoll = epoll_create1(EPOLL_CLOEXEC);
	NEED(talks && epoll >= 0);
	(serves ? serve : call)(epoll, &address);
	return 0;
}
