// SPDX-License-Identifier: LGPL-2.1-or-later
/* An echo server with events, at 127.0.0.1:7 or ADDRESS:PORT, by TDI */
#include <err.h>
#include "libtdi.h"

#define POOL 16
static int address, endpoint[POOL], busy[POOL];

static void check(const char *call, uint32_t status)
{
	if (status != STATUS_SUCCESS)
		errx(1, "%s: %s", call, tdi_status_name(status));
}

static void handle(const struct tdi_event_info *event)
{
	int i = event->connection_context;

	if (event->type == TDI_EVENT_CONNECT) {
		for (i = 0; i < POOL; i++)
			if (!busy[i] && !tdi_accept(endpoint[i], event->offer, 0, NULL, 0, NULL))
				break;
		if (i < POOL)
			busy[i] = 1;
		else
			tdi_event_reply(address, event->offer, STATUS_CONNECTION_REFUSED, 0, NULL);
	} else if (event->type == TDI_EVENT_RECEIVE) {
		tdi_send(endpoint[i], event->data, event->length, 0, NULL);
	} else {			/* DISCONNECT, a connection's last event */
		if (event->flags & TDI_DISCONNECT_RELEASE)
			tdi_disconnect(endpoint[i], tdi_timeout_ms(999), TDI_DISCONNECT_RELEASE, NULL);
		busy[i] = 0;
	}
}

int main(int argc, char **argv)
{
	const uint32_t on = TDI_EVENT_HANDLER;
	static char buffer[65536];
	struct tdi_event_info event;
	struct tdi_events events;
	struct tdi_taddr local;

	check("parse", tdi_taddr_parse(&local, argc > 1 ? argv[1] : "127.0.0.1:7"));
	check("open address", tdi_open_address("tcp", 0, &local, 0, &address));
	for (int i = 0; i < POOL; i++) {	/* its context, in its events: its index */
		check("open endpoint", tdi_open_endpoint("tcp", 0, i, &endpoint[i]));
		check("associate", tdi_associate_address(endpoint[i], address, 0, NULL));
	}
	check("RECEIVE", tdi_set_event_handler(address, TDI_EVENT_RECEIVE, 0, 4096, on, NULL));
	check("DISCONNECT", tdi_set_event_handler(address, TDI_EVENT_DISCONNECT, 0, 0, on, NULL));
	check("CONNECT", tdi_set_event_handler(address, TDI_EVENT_CONNECT, 0, 0, on, NULL));
	for (;;) {
		check("read events", tdi_read_events(address, buffer, sizeof(buffer), &events));
		while (!tdi_next_event(&events, &event))
			handle(&event);
	}
}
