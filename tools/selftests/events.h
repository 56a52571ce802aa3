/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs about events share; included once in each */
#ifndef _SELFTESTS_EVENTS_H
#define _SELFTESTS_EVENTS_H

#include "test.h"

#include <signal.h>
#include <sys/epoll.h>

#include "indication.h"
#include "memory.h"

#define MANY	3
#define CONTEXT	0xc0cac01a	/* of open_endpoint() */

/* @events: of @pair's address */
FIXTURE(events) {
	struct pair pair;
	struct events events;
};

FAMILY_VARIANTS(events);

FIXTURE_SETUP(events)
{
	pair_open(&self->pair, variant->family);
	set_nonblock(self->pair.address, true);
	self->events.address = self->pair.address;
}

FIXTURE_TEARDOWN(events)
{
	pair_close(&self->pair);
}

#define ON(type, lookahead)						\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      set_handler(self->pair.address, type,		\
				  1000 + (type), lookahead))
#define OFF(type)							\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      clear_handler(self->pair.address, type))
#define NEXT()	event_next(&self->events)
#define EXPECT_NONE()	EXPECT_TRUE(event_none(&self->events))

/* What the peer sends, and that it is all there */
#define ARRIVE(bytes, length) do {					\
	plain_send(self->pair.peer, bytes, length);			\
	ASSERT_SOON(plain_all_acked(self->pair.peer));			\
} while (0)

/* Fields that are as in every event of the endpoint */
#define EXPECT_EVENT(event, type, of_flags) do {			\
	const struct tdi_event *__told = (event);			\
									\
	EXPECT_EQ((unsigned int)(type), __told->event_type);		\
	EXPECT_EQ(1000 + (type), __told->event_context);		\
	EXPECT_EQ(CONTEXT, __told->connection_context);			\
	EXPECT_NE(0, __told->sequence);					\
	EXPECT_EQ(0, __told->cookie);					\
	EXPECT_EQ(0, __told->status);					\
	EXPECT_EQ((unsigned int)(of_flags), __told->flags);		\
	EXPECT_EQ(0, __told->address_length);				\
} while (0)

/* Of TDI_EVENT_RECEIVE, with its data */
#define EXPECT_DATA(event, of_flags, data, length, available) do {	\
	const struct tdi_event *__event = (event);			\
									\
	EXPECT_EVENT(__event, TDI_EVENT_RECEIVE, of_flags);		\
	EXPECT_EQ((length), __event->bytes_indicated);			\
	EXPECT_EQ((available), __event->bytes_available);		\
	EXPECT_EQ(0, memcmp(event_data(__event), data, length));	\
} while (0)

#define NORMAL	TDI_RECEIVE_NORMAL
#define ENTIRE	(TDI_RECEIVE_NORMAL | TDI_RECEIVE_ENTIRE_MESSAGE)

#endif /* _SELFTESTS_EVENTS_H */
