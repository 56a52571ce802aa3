// SPDX-License-Identifier: GPL-2.0-only
/* The three ways to a connection that somebody else begins */
#include <string.h>
#include "pair.h"

/* Any one event without data, and no two of them */
#define ONE_EVENT	128

bool accept_way_parse(const char *text, enum accept_way *way)
{
	static const char *const names[] = {
		[ACCEPT_LISTEN] = "listen",
		[ACCEPT_QUERY] = "query",
		[ACCEPT_EVENT] = "event",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(text, names[i])) {
			*way = i;
			return true;
		}
	}
	return false;
}

static uint32_t connect_handler(int address, uint32_t flags)
{
	struct call call;
	uint32_t status;

	call_begin(&call, "TDI_SET_EVENT_HANDLER fd:%d CONNECT %s", address,
		   flags ? "on" : "off");
	status = tdi_set_event_handler(address, TDI_EVENT_CONNECT, 0, 0, flags,
				       NULL);
	return call_end(&call, status, NULL);
}

/* Connections can come from here on, if they come by events */
uint32_t accept_prepare(enum accept_way way, int address)
{
	return way == ACCEPT_EVENT ?
	       connect_handler(address, TDI_EVENT_HANDLER) : STATUS_SUCCESS;
}

/* No more of them */
void accept_end(enum accept_way way, int address)
{
	if (way == ACCEPT_EVENT)
		connect_handler(address, 0);
}

static uint32_t listen_once(int endpoint, uint32_t flags,
			    struct tdi_taddr *peer)
{
	struct call call;
	uint32_t status;

	call_begin_pending(&call, "TDI_LISTEN", endpoint, NULL);
	status = tdi_listen(endpoint, NULL, peer, flags, NULL);
	return call_end_peer(&call, status, peer);
}

/* The next offer that an event names */
static uint32_t read_offer(int address, uint64_t *offer)
{
	struct tdi_event_info event = { 0 };
	struct tdi_events events;
	char buffer[ONE_EVENT];
	struct call call;
	uint32_t status;

	call_begin(&call, "read fd:%d", address);
	call_tell(&call, "pending");
	status = tdi_read_events(address, buffer, sizeof(buffer), &events);
	if (status == STATUS_SUCCESS)
		status = tdi_next_event(&events, &event);
	*offer = event.offer;
	return call_end(&call, status, "%s offer=%llu",
			tdi_event_name(event.type),
			(unsigned long long)event.offer);
}

static uint32_t take_offer(int endpoint, uint64_t offer,
			   struct tdi_taddr *peer)
{
	struct call call;
	uint32_t status;

	call_begin(&call, "TDI_ACCEPT fd:%d", endpoint);
	status = tdi_accept(endpoint, offer, 0, peer, 0, NULL);
	return call_end_peer(&call, status, peer);
}

/* Was there a caller who has gone, or has waited too long? */
static bool is_gone(uint32_t status)
{
	return status == STATUS_CONNECTION_RESET ||
	       status == STATUS_CONNECTION_ABORTED;
}

uint32_t accept_caller(enum accept_way way, int address, int endpoint,
		       struct tdi_taddr *peer, const char **call)
{
	uint64_t offer = 0;
	uint32_t status;

	do {
		if (way == ACCEPT_EVENT) {
			*call = "read events";
			status = read_offer(address, &offer);
		} else {
			*call = "TDI_LISTEN";
			status = listen_once(endpoint, way == ACCEPT_QUERY ?
					     TDI_QUERY_ACCEPT : 0, peer);
		}
		if (status != STATUS_SUCCESS || way == ACCEPT_LISTEN)
			return status;
		*call = "TDI_ACCEPT";
		status = take_offer(endpoint, offer, peer);
	} while (is_gone(status));
	return status;
}
