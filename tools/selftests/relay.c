// SPDX-License-Identifier: GPL-2.0-only
/*
 * relay LOCAL REMOTE
 *
 * Whoever calls LOCAL is connected with REMOTE, several at a time; both halves
 * of the way are connection endpoints.  For each connection that has ended a
 * line tells the bytes that went from the caller, and to it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "net.h"
#include "pair.h"
#include "wait.h"

#define CALLERS	4	/* at a time */

static struct tdi_taddr remote, any;
static int local;

/**
 * struct way - one direction of a connection
 * @from: endpoint
 * @to: endpoint
 * @bytes: that came, to be passed on
 */
struct way {
	int from;
	int to;
	unsigned long long bytes;
};

static uint32_t pass_on(struct way *way)
{
	struct tdi_io io = { 0 };
	char bytes[65536];
	size_t length;

	for (;;) {
		if (tdi_receive(way->from, bytes, sizeof(bytes), 0, &io))
			return io.status;
		length = io.information;
		if (!length)
			return tdi_disconnect(way->to, 0,
					      TDI_DISCONNECT_RELEASE, NULL);
		way->bytes += length;
		if (tdi_send(way->to, bytes, length, 0, &io))
			return io.status;
	}
}

/* An end that is no release ends both halves at once. */
static void *run_way(void *data)
{
	struct way *way = data;

	if (pass_on(way)) {
		tdi_disconnect(way->from, 0, TDI_DISCONNECT_ABORT, NULL);
		tdi_disconnect(way->to, 0, TDI_DISCONNECT_ABORT, NULL);
	}
	return NULL;
}

/* Endpoints are connected. */
static void serve(int caller, int called)
{
	struct way there = { .from = caller, .to = called };
	struct way back = { .from = called, .to = caller };
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run_way, &there);
	NEED(!errno);
	run_way(&back);
	pthread_join(thread, NULL);
	printf("there %llu back %llu\n", there.bytes, back.bytes);
	fflush(stdout);
}

static void *take_callers(void *unused)
{
	int caller, address, called;

	for (;;) {
		caller = open_associated(local);
		NEED(!tdi_listen(caller, NULL, NULL, 0, NULL));
		/* an address each: the remote is always the same */
		address = open_address(&any);
		called = open_associated(address);
		NEED(!tdi_connect(called, &remote, 0, NULL, 0, NULL));
		serve(caller, called);
		close(called);
		close(address);
		close(caller);
	}
	return unused;
}

int main(int argc, char **argv)
{
	struct sockaddr_storage ss;
	struct tdi_taddr here;
	pthread_t thread;

	if (argc != 3)
		die("usage: relay LOCAL REMOTE");
	here = address_text(argv[1]);
	remote = address_text(argv[2]);
	NEED(!tdi_taddr_to_sockaddr(&remote, &ss, NULL));
	any = address_any(ss.ss_family, 0);
	local = open_address(&here);
	for (int i = 1; i < CALLERS; i++) {
		errno = pthread_create(&thread, NULL, take_callers, NULL);
		NEED(!errno);
	}
	take_callers(NULL);
}
