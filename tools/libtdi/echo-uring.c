// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An echo server with a ring, at 127.0.0.1:7 or ADDRESS:PORT, by TDI: each of
 * its endpoints has a request under way, and one thread completes them all.
 */
#include <err.h>
#include <string.h>
#include "libtdi-uring.h"

#define POOL 16

static struct io_uring ring;
static struct connection {
	struct tdi_request request;
	int kind;			/* TDI_LISTEN and so on */
	int endpoint;
	char data[65536];
} pool[POOL];

static void check(const char *call, uint32_t status)
{
	if (status != STATUS_SUCCESS)
		errx(1, "%s: %s", call, tdi_status_name(status));
}

/* There is always room for it: the ring has an entry for each endpoint. */
static struct io_uring_sqe *begin(struct connection *c, int kind)
{
	c->kind = kind;
	return io_uring_get_sqe(&ring);
}

static void disconnect(struct connection *c, uint32_t how)
{
	tdi_prep_disconnect(begin(c, TDI_DISCONNECT), &c->request, c->endpoint, 0, how);
}

/* A request has completed: begin the one that comes next. */
static void next(struct connection *c, uint32_t status)
{
	size_t length = c->request.io.information;

	if (c->kind == TDI_LISTEN)
		check("listen", status);
	if (status != STATUS_SUCCESS)
		disconnect(c, TDI_DISCONNECT_ABORT);
	else if (c->kind == TDI_DISCONNECT)
		tdi_prep_listen(begin(c, TDI_LISTEN), &c->request, c->endpoint, NULL, NULL, 0);
	else if (c->kind == TDI_RECEIVE && !length)	/* the peer's release */
		disconnect(c, TDI_DISCONNECT_RELEASE);
	else if (c->kind == TDI_RECEIVE)
		tdi_prep_send(begin(c, TDI_SEND), &c->request, c->endpoint,
			      c->data, length, 0);
	else
		tdi_prep_receive(begin(c, TDI_RECEIVE), &c->request, c->endpoint,
				 c->data, sizeof(c->data), 0);
}

int main(int argc, char **argv)
{
	struct io_uring_cqe *cqe;
	struct connection *c;
	struct tdi_taddr local;
	int address, error;

	check("parse", tdi_taddr_parse(&local, argc > 1 ? argv[1] : "127.0.0.1:7"));
	check("open address", tdi_open_address("tcp", 0, &local, 0, &address));
	check("io_uring commands", tdi_query_uring(address));
	error = -io_uring_queue_init(POOL, &ring, IORING_SETUP_CQE32);
	if (error)
		errx(1, "io_uring: %s", strerror(error));
	for (c = pool; c < pool + POOL; c++) {
		check("open endpoint", tdi_open_endpoint("tcp", 0, 0, &c->endpoint));
		check("associate", tdi_associate_address(c->endpoint, address, 0, NULL));
		c->kind = TDI_DISCONNECT;	/* it is as after one */
		next(c, STATUS_SUCCESS);
	}
	while (io_uring_submit_and_wait(&ring, 1) >= 0) {
		while (!io_uring_peek_cqe(&ring, &cqe)) {
			c = io_uring_cqe_get_data(cqe);	/* its request comes first */
			next(c, tdi_complete(&ring, cqe, &c->request));
			io_uring_cqe_seen(&ring, cqe);
		}
	}
	errx(1, "io_uring: no completion");
}
