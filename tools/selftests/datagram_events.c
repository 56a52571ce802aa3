// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of datagrams (reference 3.3, 3.8): with data, without, and what became
 * of those that were sent.
 */
#include "datagram.h"

#include <sys/utsname.h>

#include "icmp.h"
#include "indication.h"
#include "memory.h"

#define CONTEXT	7

static struct events told;

/* From here on the address does not wait, and @told is of it. */
static uint32_t turn_on(int address, uint32_t type, uint32_t lookahead)
{
	set_nonblock(address, true);
	told.address = address;
	return set_handler(address, type, CONTEXT, lookahead);
}

#define ON(address, type, lookahead) \
	ASSERT_STATUS(STATUS_SUCCESS, turn_on(address, type, lookahead))
#define EXPECT_NONE()	EXPECT_TRUE(event_none(&told))

static struct tdi_taddr event_address(const struct tdi_event *event)
{
	struct tdi_taddr ta = { .length = event->address_length };

	if (ta.length > sizeof(ta.bytes))
		die("an address of %u bytes", ta.length);
	memcpy(ta.bytes, event->address, ta.length);
	return ta;
}

/* A datagram of @available bytes that begins with @text */
#define EXPECT_TOLD(text, available, of_flags, source) do {		\
	const struct tdi_event *__event = event_next(&told);		\
	struct tdi_taddr __source = event_address(__event);		\
									\
	EXPECT_EQ(TDI_EVENT_RECEIVE_DATAGRAM, __event->event_type);	\
	EXPECT_EQ(CONTEXT, __event->event_context);			\
	EXPECT_EQ(0, __event->connection_context);			\
	EXPECT_EQ(0, __event->cookie);					\
	EXPECT_EQ(0, __event->status);					\
	EXPECT_EQ((unsigned int)(of_flags), __event->flags);		\
	EXPECT_EQ((unsigned int)(available), __event->bytes_available);	\
	ASSERT_EQ(strlen(text), __event->bytes_indicated);		\
	EXPECT_EQ(0, memcmp(event_data(__event), text, strlen(text)));	\
	EXPECT_TRUE(address_equal(source, &__source));			\
} while (0)

#define ENTIRE	TDI_RECEIVE_ENTIRE_MESSAGE

/* Many in one read, in order, each with its source */
TEST_F(datagram, events)
{
	ON(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 1500);
	EXPECT_NONE();
	EXPECT_SAYS(self->here, "one", &self->there_at);
	plain_say(self->plain, "two", &self->there_at);
	EXPECT_SAYS(self->here, "", &self->there_at);
	EXPECT_SAYS(self->here, "eighteen", &self->there_at);
	EXPECT_TOLD("one", 3, ENTIRE, &self->here_at);
	EXPECT_TOLD("two", 3, ENTIRE, &self->plain_at);
	EXPECT_TOLD("", 0, ENTIRE, &self->here_at);
	EXPECT_LT(told.at, told.length);
	EXPECT_TOLD("eighteen", 8, ENTIRE, &self->here_at);
	EXPECT_EQ(told.at, told.length);
	EXPECT_NONE();
	EXPECT_NOTHING(self->there);
}

/* What was there before it is told, too; off is off. */
TEST_F(datagram, event_set_later)
{
	EXPECT_SAYS(self->here, "before", &self->there_at);
	ON(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 8);
	EXPECT_TOLD("before", 6, ENTIRE, &self->here_at);
	ASSERT_STATUS(STATUS_SUCCESS,
		      clear_handler(self->there, TDI_EVENT_RECEIVE_DATAGRAM));
	EXPECT_SAYS(self->here, "after", &self->there_at);
	EXPECT_NONE();
	EXPECT_HEARS(self->there, "after");
}

TEST_F(datagram, event_truncated)
{
	ON(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 5);
	EXPECT_SAYS(self->here, "longish", &self->there_at);
	EXPECT_SAYS(self->here, "exact", &self->there_at);
	EXPECT_TOLD("longi", 7, 0, &self->here_at);
	EXPECT_TOLD("exact", 5, ENTIRE, &self->here_at);
	EXPECT_NONE();
}

/* Too little room for the first, for the second: nothing is lost. */
TEST_F(datagram, event_with_little_room)
{
	const size_t head = sizeof(struct tdi_event) +
			    (variant->family == AF_INET6 ? 40 : 24);
	_Alignas(8) char bytes[256];

	ON(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 64);
	EXPECT_SAYS(self->here, "0123456789", &self->there_at);
	EXPECT_SAYS(self->here, "more", &self->there_at);
	EXPECT_EQ(-1, read(self->there, bytes, head));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(-1, read(self->there, bytes, head + 15));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(-1, read(self->there, memory_unmapped(), head + 16));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(head + 16, read(self->there, bytes, head + 16));
	EXPECT_EQ(0, memcmp(bytes + head, "0123456789", 10));
	EXPECT_TOLD("more", 4, ENTIRE, &self->here_at);
}

/* Reference 3.5: told once, and no more before a receive */
TEST_F(datagram, event_told_only)
{
	ON(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 0);
	EXPECT_SAYS(self->here, "first", &self->there_at);
	EXPECT_SAYS(self->here, "second", &self->there_at);
	EXPECT_TOLD("", 5, 0, &self->here_at);
	EXPECT_NONE();
	EXPECT_EQ(0, look_events(self->there, POLLIN));
	EXPECT_HEARS(self->there, "first");
	EXPECT_TOLD("", 6, 0, &self->here_at);
	EXPECT_NONE();
	EXPECT_HEARS(self->there, "second");
	EXPECT_NONE();
}

/* A receive that waits goes before the event, for what it waits for. */
TEST_F(datagram, event_and_receives)
{
	struct job job;

	ON(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 64);
	set_nonblock(self->there, false);
	receive(&job, self->there, &self->plain_at);
	set_nonblock(self->there, true);
	EXPECT_SAYS(self->here, "for the event", &self->there_at);
	EXPECT_TOLD("for the event", 13, ENTIRE, &self->here_at);
	plain_say(self->plain, "for the receive", &self->there_at);
	EXPECT_RECEIVED(&job, "for the receive", &self->plain_at);
	EXPECT_NONE();
}

TEST_F(datagram, event_wakes_a_reader)
{
	struct job job = {
		.call = job_read, .fd = self->there,
		.buffer = self->bytes, .length = sizeof(self->bytes),
	};

	ON(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 8);
	set_nonblock(self->there, false);
	job_start_blocked(&job);
	EXPECT_SAYS(self->here, "wake up", &self->there_at);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ(7, ((struct tdi_event *)self->bytes)->bytes_available);
}

/* ---- Broadcast ---- */

TEST_F(datagram, event_of_a_broadcast)
{
	struct tdi_taddr any = address_any(AF_INET, 0), all;
	struct tdi_taddr from = address_local(AF_INET, 0);
	char text[TDI_TADDR_STRLEN];
	int fd, source;

	if (variant->family == AF_INET6)
		SKIP(return, "IPv6 has no broadcast");
	fd = open_udp(&any, 0);
	/* no option is needed (reference 2.11) */
	source = open_udp(&from, 0);
	from = local_address(source);
	snprintf(text, sizeof(text), "127.255.255.255:%u", local_port(fd));
	all = address_text(text);
	ON(fd, TDI_EVENT_RECEIVE_DATAGRAM, 64);
	EXPECT_SAYS(source, "everybody", &all);
	EXPECT_TOLD("everybody", 9, ENTIRE | TDI_RECEIVE_BROADCAST, &from);
}

/* ---- What became of a datagram ---- */

#define EXPECT_ERROR(want, destination) do {				\
	const struct tdi_event *__event = event_next(&told);		\
	struct tdi_taddr __destination = event_address(__event);	\
									\
	EXPECT_EQ(TDI_EVENT_ERROR_EX, __event->event_type);		\
	EXPECT_EQ(CONTEXT, __event->event_context);			\
	EXPECT_EQ(want, __event->status);				\
	EXPECT_EQ(0, __event->bytes_indicated);				\
	EXPECT_TRUE(address_equal(destination, &__destination));	\
} while (0)

TEST_F(datagram, error_event)
{
	struct tdi_taddr closed = udp_closed_port(variant->family);

	ON(self->there, TDI_EVENT_ERROR_EX, 0);
	EXPECT_SAYS(self->there, "anybody", &closed);
	EXPECT_SAYS(self->there, "you", &self->here_at);
	EXPECT_ERROR(STATUS_PORT_UNREACHABLE, &closed);
	EXPECT_NONE();
	EXPECT_HEARS(self->here, "you");
	EXPECT_NOTHING(self->there);
}

/* Both events at once: neither takes what is the other's. */
TEST_F(datagram, error_event_and_datagrams)
{
	struct tdi_taddr closed = udp_closed_port(variant->family);

	ON(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 64);
	ON(self->there, TDI_EVENT_ERROR_EX, 0);
	EXPECT_SAYS(self->there, "anybody", &closed);
	EXPECT_SAYS(self->here, "me", &self->there_at);
	EXPECT_ERROR(STATUS_PORT_UNREACHABLE, &closed);
	EXPECT_TOLD("me", 2, ENTIRE, &self->here_at);
	EXPECT_NONE();
}

TEST_F(datagram, error_event_off)
{
	struct tdi_taddr closed = udp_closed_port(variant->family);

	ON(self->there, TDI_EVENT_ERROR_EX, 0);
	ASSERT_STATUS(STATUS_SUCCESS,
		      clear_handler(self->there, TDI_EVENT_ERROR_EX));
	EXPECT_SAYS(self->there, "anybody", &closed);
	EXPECT_NONE();
	EXPECT_EQ(0, look_events(self->there, POLLIN));
}

/*
 * What routers say: it is an event, and neither the end of a receive, which may be
 * for somebody else, nor of the next send.
 */
TEST_F(datagram, error_event_and_a_receive)
{
	const struct icmp_error *error = icmp_errors(variant->family);
	struct job job;

	receive(&job, self->there, NULL);
	ON(self->there, TDI_EVENT_ERROR_EX, 0);
	for (; error->status; error++) {
		icmp_forge(error, IPPROTO_UDP, &self->there_at, &self->plain_at);
		EXPECT_SAYS(self->there, "you", &self->here_at);
		EXPECT_HEARS(self->here, "you");
		EXPECT_ERROR(error->status, &self->plain_at);
		EXPECT_NONE();
		/* by itself it says so to nobody else */
		EXPECT_EQ(0, look_events(self->there, POLLIN | POLLERR));
	}
	EXPECT_SAYS(self->here, "me", &self->there_at);
	EXPECT_RECEIVED(&job, "me", &self->here_at);
}

/* To whom it has one remote it is the answer. */
TEST_F(datagram, error_of_a_connected_receive)
{
	const struct icmp_error *error = icmp_too_big(variant->family);
	struct job job;

	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(self->there, &self->plain_at, 0, NULL, 0,
				  NULL));
	receive(&job, self->there, NULL);
	/* of a datagram that it cannot have sent */
	icmp_forge(error, IPPROTO_UDP, &self->there_at, &self->here_at);
	icmp_forge(error, IPPROTO_UDP, &self->there_at, &self->plain_at);
	EXPECT_OUTCOME(STATUS_INVALID_BUFFER_SIZE, job_end(&job));
	plain_say(self->plain, "later", &self->there_at);
	EXPECT_HEARS(self->there, "later");
}

/* Before that UDP does not tell a socket with encap_rcv. */
static bool is_linux_6_7(void)
{
	struct utsname name;
	int major, minor;

	NEED(!uname(&name));
	NEED(sscanf(name.release, "%d.%d", &major, &minor) == 2);
	return major > 6 || (major == 6 && minor >= 7);
}

/* Any of the opens may have sent it: each of them is told. */
TEST_F(datagram, error_events_of_a_shared_address)
{
	const struct icmp_error *error = icmp_too_big(variant->family);
	struct tdi_taddr local = address_local(variant->family, 0);
	int opens[2];

	if (!is_linux_6_7())
		SKIP(return, "before Linux 6.7 nobody is told");
	for (int i = 0; i < 2; i++) {
		opens[i] = open_udp(&local, TDI_FILE_SHARE_READ);
		local = local_address(opens[i]);
		ON(opens[i], TDI_EVENT_ERROR_EX, 0);
	}
	icmp_forge(error, IPPROTO_UDP, &local, &self->plain_at);
	for (int i = 0; i < 2; i++) {
		told.address = opens[i];
		EXPECT_ERROR(error->status, &self->plain_at);
		EXPECT_NONE();
		close(opens[i]);
	}
}

/* What the send itself has said is no event, and does not hide one. */
TEST_F(datagram, error_of_a_send)
{
	const struct icmp_error *error = icmp_too_big(variant->family);
	static char big[1400];

	ON(self->there, TDI_EVENT_ERROR_EX, 0);
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_number(self->there, TDI_AO_OPTION_IP_DONTFRAGMENT,
				 1));
	icmp_forge(error, IPPROTO_UDP, &self->there_at, &self->plain_at);
	EXPECT_ERROR(error->status, &self->plain_at);
	EXPECT_STATUS(STATUS_INVALID_BUFFER_SIZE,
		      tdi_send_datagram(self->there, big, sizeof(big),
					&self->plain_at, 0, NULL));
	icmp_forge(error, IPPROTO_UDP, &self->there_at, &self->here_at);
	EXPECT_FALSE(event_none(&told));
	EXPECT_ERROR(error->status, &self->here_at);
	EXPECT_NONE();
	EXPECT_EQ(0, look_events(self->there, POLLIN));
}

TEST_HARNESS_MAIN
