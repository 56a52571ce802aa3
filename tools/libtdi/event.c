// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events of an address or a control channel: asking for them, reading them, answering */
#include <string.h>
#include <unistd.h>
#include "internal.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define NAME(type)	[type] = #type

static const char *const names[] = {
	NAME(TDI_EVENT_CONNECT),
	NAME(TDI_EVENT_DISCONNECT),
	NAME(TDI_EVENT_ERROR),
	NAME(TDI_EVENT_RECEIVE),
	NAME(TDI_EVENT_RECEIVE_DATAGRAM),
	NAME(TDI_EVENT_RECEIVE_EXPEDITED),
	NAME(TDI_EVENT_SEND_POSSIBLE),
	NAME(TDI_EVENT_CHAINED_RECEIVE),
	NAME(TDI_EVENT_CHAINED_RECEIVE_DATAGRAM),
	NAME(TDI_EVENT_CHAINED_RECEIVE_EXPEDITED),
	NAME(TDI_EVENT_ERROR_EX),
};

const char *tdi_event_name(uint32_t type)
{
	if (type == TDI_EVENT_ADD_ADDRESS)
		return "TDI_EVENT_ADD_ADDRESS";
	if (type == TDI_EVENT_DEL_ADDRESS)
		return "TDI_EVENT_DEL_ADDRESS";
	return type < ARRAY_SIZE(names) ? names[type] : "unknown event";
}

uint32_t tdi_set_event_handler(int address, uint32_t type, uint64_t context,
			       uint32_t lookahead, uint32_t flags,
			       struct tdi_io *io)
{
	struct tdi_set_event_handler arg = {
		.event_context = context,
		.event_type = type,
		.lookahead = lookahead,
	};

	return TDI_SUBMIT(address, TDI_IOC_SET_EVENT_HANDLER, &arg, flags, io);
}

uint32_t tdi_event_reply(int address, uint64_t offer, uint32_t reply,
			 uint32_t flags, struct tdi_io *io)
{
	struct tdi_event_reply arg = { .cookie = offer, .status = reply };

	return TDI_SUBMIT(address, TDI_IOC_EVENT_REPLY, &arg, flags, io);
}

uint32_t tdi_read_events(int address, void *buffer, size_t size,
			 struct tdi_events *events)
{
	ssize_t count = read(address, buffer, size);

	events->next = buffer;
	events->left = count < 0 ? 0 : count;
	return count < 0 ? tdi_status_from_errno(errno) : STATUS_SUCCESS;
}

/* Does all that it speaks of lie within it, in order, and it within @left? */
static int is_sound(const struct tdi_event *head, size_t left)
{
	return head->size <= left && head->size % sizeof(uint64_t) == 0 &&
	       head->address_length <= TDI_TADDR_MAX &&
	       head->data_offset >= sizeof(*head) + head->address_length &&
	       head->data_offset <= head->size &&
	       head->bytes_indicated <= head->size - head->data_offset;
}

uint32_t tdi_next_event(struct tdi_events *events,
			struct tdi_event_info *event)
{
	const uint8_t *record = events->next;
	struct tdi_event head;

	memset(event, 0, sizeof(*event));
	if (!events->left)
		return tdi_fail(STATUS_OBJECT_NAME_NOT_FOUND);
	if (events->left < sizeof(head))
		return tdi_fail(STATUS_INVALID_PARAMETER);
	memcpy(&head, record, sizeof(head));
	if (!is_sound(&head, events->left))
		return tdi_fail(STATUS_INVALID_PARAMETER);

	event->type = head.event_type;
	event->status = head.status;
	event->flags = head.flags;
	event->bytes_available = head.bytes_available;
	event->event_context = head.event_context;
	event->connection_context = head.connection_context;
	event->sequence = head.sequence;
	event->offer = head.cookie;
	event->peer.length = head.address_length;
	memcpy(event->peer.bytes, record + sizeof(head), head.address_length);
	event->data = record + head.data_offset;
	event->length = head.bytes_indicated;
	events->next = record + head.size;
	events->left -= head.size;
	return STATUS_SUCCESS;
}
