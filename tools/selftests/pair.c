// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net.h"
#include "pair.h"
#include "wait.h"

static void need(uint32_t status, const char *what)
{
	if (status)
		die("%s: %s", what, tdi_status_name(status));
}

int open_control(void)
{
	int fd;

	need(tdi_open("tcp", 0, &fd), "open");
	return fd;
}

int open_address(const struct tdi_taddr *address)
{
	int fd;

	need(tdi_open_address("tcp", 0, address, 0, &fd), "open an address");
	return fd;
}

int open_endpoint(void)
{
	int fd;

	need(tdi_open_endpoint("tcp", 0, 0xc0cac01a, &fd), "open an endpoint");
	return fd;
}

int open_associated(int address)
{
	int fd = open_endpoint();

	need(tdi_associate_address(fd, address, 0, NULL), "associate");
	return fd;
}

struct tdi_taddr local_address(int fd)
{
	struct tdi_taddr ta;

	need(tdi_query_address_info(fd, NULL, &ta, 0, NULL), "query address");
	return ta;
}

uint16_t local_port(int fd)
{
	struct tdi_taddr ta = local_address(fd);

	return tdi_taddr_port(&ta);
}

void set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	NEED(flags >= 0);
	NEED(!fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

int endpoint_state(int endpoint)
{
	struct tdi_connection_info info;

	if (tdi_query_connection_info(endpoint, &info, 0, NULL))
		return -1;
	return info.state;
}

int module_references(void)
{
	FILE *file = fopen("/sys/module/tdi/refcnt", "re");
	int references;

	NEED(file);
	NEED(fscanf(file, "%d", &references) == 1);
	fclose(file);
	return references;
}

/* The kernel counts more than one for each. */
int module_files(void)
{
	int before = module_references(), fd = open_control();
	int each = module_references() - before;

	close(fd);
	NEED(each > 0 && module_references() == before && !(before % each));
	return before / each;
}

void pair_open(struct pair *pair, int family)
{
	struct tdi_taddr any = address_any(family, 0);

	pair->family = family;
	pair->ns = net_enter();
	pair->listener = plain_listen(family, 16);
	pair->remote = address_local(family, plain_port(pair->listener));
	pair->address = open_address(&any);
	pair->endpoint = open_associated(pair->address);
	pair->local = address_local(family, local_port(pair->address));
	pair->peer = -1;
}

/* Accepted sockets get the listener's; an endpoint's are the namespace's. */
void pair_small_buffers(struct pair *pair)
{
	int size = 4096;

	NEED(!setsockopt(pair->listener, SOL_SOCKET, SO_RCVBUF, &size,
			 sizeof(size)));
	net_sysctl("ipv4/tcp_wmem", "4096 16384 16384");
}

void pair_connect(struct pair *pair)
{
	need(tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0, NULL),
	     "connect");
	pair->peer = plain_accept(pair->listener);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void pair_close(struct pair *pair)
{
	close_one(&pair->endpoint);
	close_one(&pair->address);
	close_one(&pair->peer);
	close_one(&pair->listener);
	close_one(&pair->ns);
}

size_t pair_stuff(struct pair *pair)
{
	struct tdi_io io = { 0 };
	char block[4096];
	size_t sent = 0;

	for (;;) {
		pattern_fill(block, sizeof(block), sent);
		if (tdi_send(pair->endpoint, block, sizeof(block),
			     TDI_SEND_NON_BLOCKING, &io))
			break;
		sent += io.information;
	}
	need(io.status == STATUS_DEVICE_NOT_READY ? 0 : io.status, "send");
	return sent;
}

static bool talk(int endpoint, int peer)
{
	struct tdi_io io = { 0 };
	char bytes[8];

	if (tdi_send(endpoint, "question", 8, 0, NULL))
		return false;
	plain_receive(peer, bytes, 8);
	if (memcmp(bytes, "question", 8))
		return false;
	plain_send(peer, "answer", 6);
	return !tdi_receive(endpoint, bytes, sizeof(bytes), 0, &io) &&
	       io.information == 6 && !memcmp(bytes, "answer", 6);
}

bool pair_usable(struct pair *pair, int endpoint)
{
	uint32_t status;
	bool good;
	int peer;

	status = tdi_connect(endpoint, &pair->remote, 0, NULL, 0, NULL);
	if (status) {
		fprintf(stderr, "# cannot connect: %s\n",
			tdi_status_name(status));
		return false;
	}
	peer = plain_accept(pair->listener);
	good = talk(endpoint, peer);
	good &= !tdi_disconnect(endpoint, 0, TDI_DISCONNECT_ABORT, NULL);
	close(peer);
	return good;
}
