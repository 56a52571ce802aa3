// SPDX-License-Identifier: LGPL-2.1-or-later
/* A first program: fetch a page from 127.0.0.1:80, or ADDRESS:PORT, by TDI */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libtdi.h"

static const char request[] = "GET / HTTP/1.0\r\n\r\n";

/* Every wrapper returns an NTSTATUS and, unless that is success, sets errno */
static void check(const char *call, uint32_t status)
{
	if (status == STATUS_SUCCESS)
		return;
	fprintf(stderr, "%s: %s, %s\n", call, tdi_status_name(status),
		strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	struct tdi_taddr any, remote;
	struct tdi_io io = { 0 };
	int address, endpoint;
	char data[65536];

	/* the local side: any address of ours, a port that the transport picks */
	check("parse", tdi_taddr_parse(&any, "0.0.0.0:0"));
	check("parse", tdi_taddr_parse(&remote, argc > 1 ? argv[1] :
							   "127.0.0.1:80"));

	/* two files, a transport address and a connection endpoint, made one */
	check("open address", tdi_open_address("tcp", 0, &any, 0, &address));
	check("open endpoint", tdi_open_endpoint("tcp", 0, 0x1234, &endpoint));
	check("associate", tdi_associate_address(endpoint, address, 0, NULL));

	/* five seconds at most; the peer's address is not asked for */
	check("connect", tdi_connect(endpoint, &remote, tdi_timeout_ms(5000),
				     NULL, 0, NULL));
	check("send", tdi_send(endpoint, request, strlen(request), 0, NULL));

	/* success with no bytes is the peer's release */
	do {
		check("receive", tdi_receive(endpoint, data, sizeof(data), 0,
					     &io));
		fwrite(data, 1, io.information, stdout);
	} while (io.information);

	check("disconnect", tdi_disconnect(endpoint, 0, TDI_DISCONNECT_RELEASE,
					   NULL));
	close(endpoint);
	close(address);
	return 0;
}
