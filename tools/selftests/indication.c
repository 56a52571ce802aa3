// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "indication.h"
#include "wait.h"

/* errno is the one that goes with the status, or stays */
static uint32_t call(int fd, unsigned int cmd, struct tdi_head *head)
{
	head->status = ~0U;
	ioctl(fd, cmd, head);
	return head->status;
}

uint32_t set_handler(int address, uint32_t type, uint64_t context,
		     uint32_t lookahead)
{
	struct tdi_set_event_handler arg = {
		.head.size = sizeof(arg),
		.head.flags = TDI_EVENT_HANDLER,
		.event_context = context,
		.event_type = type,
		.lookahead = lookahead,
	};

	return call(address, TDI_IOC_SET_EVENT_HANDLER, &arg.head);
}

uint32_t clear_handler(int address, uint32_t type)
{
	struct tdi_set_event_handler arg = {
		.head.size = sizeof(arg),
		.event_type = type,
	};

	return call(address, TDI_IOC_SET_EVENT_HANDLER, &arg.head);
}

uint32_t refuse_offer(int address, uint64_t cookie, uint32_t status)
{
	struct tdi_event_reply arg = {
		.head.size = sizeof(arg),
		.cookie = cookie,
		.status = status,
	};

	return call(address, TDI_IOC_EVENT_REPLY, &arg.head);
}

uint32_t accept_offer(int endpoint, uint64_t offer, const uint64_t *context,
		      struct tdi_taddr *peer)
{
	struct tdi_accept arg = {
		.head.size = sizeof(arg),
		.head.flags = context ? TDI_ACCEPT_CONTEXT : 0,
		.offer = offer,
		.connection_context = context ? *context : 0,
	};
	uint32_t status;

	if (peer) {
		memset(peer, 0, sizeof(*peer));
		arg.ret.remote_address = (uintptr_t)peer->bytes;
		arg.ret.remote_address_length = sizeof(peer->bytes);
	}
	status = call(endpoint, TDI_IOC_ACCEPT, &arg.head);
	if (peer && !status)
		peer->length = arg.ret.remote_address_length;
	return status;
}

/* What every one of them keeps to */
static void check(const struct tdi_event *event, size_t left)
{
	if (left < sizeof(*event) || event->size < sizeof(*event) ||
	    event->size > left || event->size % 8)
		die("an event of %u bytes, %zu are left", event->size, left);
	if (event->data_offset < sizeof(*event) + event->address_length ||
	    event->data_offset > event->size ||
	    event->bytes_indicated > event->size - event->data_offset)
		die("%u bytes of data at %u in an event of %u",
		    event->bytes_indicated, event->data_offset, event->size);
}

static bool fetch(struct events *events)
{
	ssize_t n;

	if (events->at < events->length)
		return true;
	n = read(events->address, events->bytes, sizeof(events->bytes));
	NEED(n > 0 || (n < 0 && errno == EAGAIN));
	events->at = 0;
	events->length = n > 0 ? n : 0;
	return n > 0;
}

const struct tdi_event *event_next(struct events *events)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);
	const struct tdi_event *event;
	int error = errno;

	while (!fetch(events)) {
		if (deadline_passed(&deadline))
			die("no event comes");
		/* poll(2) has to be right about it */
		if (!wait_events(events->address, POLLIN))
			die("no event comes");
		pace();
	}
	event = (const void *)(events->bytes + events->at);
	check(event, events->length - events->at);
	events->at += event->size;
	/* it may be an argument of a call whose errno is looked at */
	errno = error;
	return event;
}

bool event_none(struct events *events)
{
	return !fetch(events);
}

const void *event_data(const struct tdi_event *event)
{
	return (const unsigned char *)event + event->data_offset;
}
