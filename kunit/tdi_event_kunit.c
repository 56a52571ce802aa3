// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of an address (reference 3): SET_EVENT_HANDLER and reading them.
 */
#include "event.h"
#include "offer.h"
#include "tdi_kunit_helpers.h"

#define EVENT_CONTEXT	0xe0e1e2e3e4e5e6e7ULL

/* Turn an event on */
static void event_on(struct kunit *test, struct tdi_file *address, u32 type,
		     u32 lookahead)
{
	struct tdi_event_handler handler = {
		.context = EVENT_CONTEXT + type, .lookahead = lookahead,
	};

	KUNIT_ASSERT_EQ(test, tdi_event_set_handler(address, type, true,
						    &handler),
			STATUS_SUCCESS);
}

/* Read events without waiting: bytes, or a negative errno */
static ssize_t event_read(struct tdi_file *address, void *data, size_t length)
{
	struct kvec kvec = { .iov_base = data, .iov_len = length };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, length);
	return tdi_event_read(address, &iter, true);
}

/* Wait for events */
static ssize_t event_wait(struct tdi_file *address, void *data, size_t length)
{
	ssize_t n;

	tdi_kunit_eventually((n = event_read(address, data, length)) != -EAGAIN);
	return n;
}

static void event_receive(struct kunit *test)
{
	union {
		struct tdi_event event;
		u8 bytes[256];
	} u;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_connection_announce(&pair.endpoint->endpoint);
	event_on(test, pair.address, TDI_EVENT_RECEIVE, 16);
	KUNIT_EXPECT_EQ(test, event_read(pair.address, &u, sizeof(u)), -EAGAIN);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "hello", 5), 5);
	KUNIT_EXPECT_EQ(test, event_wait(pair.address, &u, sizeof(u)),
			sizeof(u.event) + 8);
	KUNIT_EXPECT_EQ(test, u.event.event_type, TDI_EVENT_RECEIVE);
	KUNIT_EXPECT_EQ(test, u.event.bytes_indicated, 5);
	KUNIT_EXPECT_EQ(test, u.event.bytes_available, 5);
	KUNIT_EXPECT_EQ(test, u.event.event_context,
			EVENT_CONTEXT + TDI_EVENT_RECEIVE);
	KUNIT_EXPECT_MEMEQ(test, u.bytes + u.event.data_offset, "hello", 5);
	KUNIT_EXPECT_EQ(test, event_read(pair.address, &u, sizeof(u)), -EAGAIN);
}

static void event_connect_and_accept(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0), peer;
	union {
		struct tdi_event event;
		u8 bytes[256];
	} u;
	struct tdi_file *address, *file;
	struct socket *sock;

	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	event_on(test, address, TDI_EVENT_CONNECT, 0);
	sock = tdi_kunit_connect_plain(test, &local);
	KUNIT_ASSERT_GT(test, event_wait(address, &u, sizeof(u)), 0);
	KUNIT_EXPECT_EQ(test, u.event.event_type, TDI_EVENT_CONNECT);
	KUNIT_EXPECT_EQ(test, u.event.address_length, TDI_TA_LENGTH_IP);
	file = tdi_kunit_endpoint_on(test, address);
	KUNIT_EXPECT_EQ(test, tdi_accept(&file->endpoint, u.event.cookie, NULL,
					 &peer), STATUS_SUCCESS);
	tdi_kunit_expect_works(test, file, sock);
}

static struct kunit_case tdi_event_cases[] = {
	KUNIT_CASE(event_receive),
	KUNIT_CASE(event_connect_and_accept),
	{}
};

static struct kunit_suite tdi_event_suite = {
	.name		= "tdi_event",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_event_cases,
};

kunit_test_suite(tdi_event_suite);
