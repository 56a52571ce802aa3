// SPDX-License-Identifier: GPL-2.0-only
/* Events as words: TDI_EVENT_SEND_POSSIBLE is "send-possible" */
#include <ctype.h>
#include <string.h>
#include "tdictl.h"

#define PREFIX	"TDI_EVENT_"

void event_type_text(char *text, size_t size, uint32_t type)
{
	const char *name = tdi_event_name(type);
	size_t i;

	if (strncmp(name, PREFIX, strlen(PREFIX))) {
		snprintf(text, size, "%u", type);
		return;
	}
	snprintf(text, size, "%s", name + strlen(PREFIX));
	for (i = 0; text[i]; i++)
		text[i] = text[i] == '_' ? '-' : tolower(text[i]);
}

/* Those of an address, then those of a control channel; @i below EVENT_TYPES */
uint32_t event_types(unsigned int i)
{
	return i <= TDI_EVENT_ERROR_EX ? i :
	       TDI_EVENT_ADD_ADDRESS + (i - TDI_EVENT_ERROR_EX - 1);
}

/* A name, or any number */
bool event_type_parse(const char *text, uint32_t *type)
{
	char name[EVENT_TEXT_SIZE];
	uint64_t number;
	unsigned int i;

	if (parse_number(text, UINT32_MAX, &number)) {
		*type = number;
		return true;
	}
	for (i = 0; i < EVENT_TYPES; i++) {
		*type = event_types(i);
		event_type_text(name, sizeof(name), *type);
		if (!strcmp(name, text))
			return true;
	}
	return false;
}

/* The same bits have other names in other events */
static const struct {
	uint32_t    type, flag;
	const char *name;
} event_flags[] = {
	{ TDI_EVENT_DISCONNECT, TDI_DISCONNECT_RELEASE, "release" },
	{ TDI_EVENT_DISCONNECT, TDI_DISCONNECT_ABORT, "abort" },
	{ TDI_EVENT_RECEIVE, TDI_RECEIVE_NORMAL, "normal" },
	{ TDI_EVENT_RECEIVE, TDI_RECEIVE_EXPEDITED, "expedited" },
	{ TDI_EVENT_RECEIVE, TDI_RECEIVE_ENTIRE_MESSAGE, "entire" },
	{ TDI_EVENT_RECEIVE_EXPEDITED, TDI_RECEIVE_EXPEDITED, "expedited" },
	{ TDI_EVENT_RECEIVE_EXPEDITED, TDI_RECEIVE_ENTIRE_MESSAGE, "entire" },
	{ TDI_EVENT_RECEIVE_DATAGRAM, TDI_RECEIVE_BROADCAST, "broadcast" },
	{ TDI_EVENT_RECEIVE_DATAGRAM, TDI_RECEIVE_MULTICAST, "multicast" },
	{ TDI_EVENT_RECEIVE_DATAGRAM, TDI_RECEIVE_ENTIRE_MESSAGE, "entire" },
};

/* "normal,entire"; what has no name as a number; "none" */
static void event_flags_text(char *text, size_t size,
			     const struct tdi_event_info *event)
{
	uint32_t rest = event->flags;
	size_t length = 0, i;

	text[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(event_flags); i++) {
		if (event_flags[i].type != event->type ||
		    !(rest & event_flags[i].flag))
			continue;
		rest &= ~event_flags[i].flag;
		length += snprintf(text + length, size - length, "%s%s",
				   length ? "," : "", event_flags[i].name);
	}
	if (rest)
		snprintf(text + length, size - length, "%s0x%x",
			 length ? "," : "", rest);
	else if (!length)
		snprintf(text, size, "none");
}

static void tell_address(const struct teller *teller, const char *key,
			 const struct tdi_event_info *event)
{
	char text[TDI_TADDR_STRLEN];

	tdi_taddr_format(&event->peer, text, sizeof(text));
	tell(teller, key, "%s", text);
}

static void tell_flags(const struct teller *teller,
		       const struct tdi_event_info *event)
{
	char flags[EVENT_TEXT_SIZE];

	event_flags_text(flags, sizeof(flags), event);
	tell(teller, "flags", "%s", flags);
}

static void tell_datagram(const struct teller *teller,
			  const struct tdi_event_info *event)
{
	tell_address(teller, "source", event);
	tell_flags(teller, event);
	tell(teller, "bytes", "%zu", event->length);
	tell(teller, "available", "%u", event->bytes_available);
}

static void tell_connection(const struct teller *teller,
			    const struct tdi_event_info *event)
{
	tell(teller, "connection", "0x%llx",
	     (unsigned long long)event->connection_context);
	tell(teller, "sequence", "%llu", (unsigned long long)event->sequence);
	if (event->type != TDI_EVENT_SEND_POSSIBLE)
		tell_flags(teller, event);
	if (event->type == TDI_EVENT_DISCONNECT)
		return;
	if (event->type != TDI_EVENT_SEND_POSSIBLE)
		tell(teller, "bytes", "%zu", event->length);
	tell(teller, "available", "%u", event->bytes_available);
}

void event_tell(const struct tdi_event_info *event,
		void (*function)(void *context, const char *key,
				 const char *value), void *context)
{
	const struct teller teller = { function, context };

	tell(&teller, "context", "0x%llx",
	     (unsigned long long)event->event_context);
	switch (event->type) {
	case TDI_EVENT_CONNECT:
		tell(&teller, "offer", "%llu",
		     (unsigned long long)event->offer);
		tell_address(&teller, "peer", event);
		break;
	case TDI_EVENT_ERROR_EX:
		tell_address(&teller, "remote", event);
		/* fallthrough */
	case TDI_EVENT_ERROR:
		tell(&teller, "status", "%s", tdi_status_name(event->status));
		break;
	case TDI_EVENT_RECEIVE_DATAGRAM:
		tell_datagram(&teller, event);
		break;
	case TDI_EVENT_ADD_ADDRESS:
	case TDI_EVENT_DEL_ADDRESS:
		tell_address(&teller, "address", event);
		break;
	default:
		tell_connection(&teller, event);
		break;
	}
}
