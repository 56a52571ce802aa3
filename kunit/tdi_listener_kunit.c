// SPDX-License-Identifier: GPL-2.0-only
/*
 * The listener behind the CONNECT event: when it is there, and what somebody
 * else can do to it.
 */
#include "tdi_kunit_event.h"

/* There is a listener as long as there is a handler. */
static void listener_needs_a_handler(struct kunit *test)
{
	struct sockaddr_storage local;
	struct tdi_kunit_reader *reader;
	struct socket *peer;
	u8 byte;
	int i;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	reader = tdi_kunit_offering(test, &local);
	/* its context, not another handler */
	tdi_kunit_event_on(test, reader->file, TDI_EVENT_CONNECT, 0);
	for (i = 0; i < 2; i++) {
		peer = tdi_kunit_connect_plain(test, &local);
		tdi_kunit_event_off(test, reader->file, TDI_EVENT_CONNECT);
		KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, &byte, 1),
				-ECONNRESET);
		peer = tdi_kunit_socket(test, local.ss_family);
		KUNIT_EXPECT_EQ(test, tdi_kunit_connect_socket(peer, &local, 0),
				-ECONNREFUSED);
		tdi_kunit_event_on(test, reader->file, TDI_EVENT_CONNECT, 0);
	}
	tdi_kunit_no_event(reader);
}

/* It is told as an error, and a new listener takes its place. */
static void listener_is_killed(struct kunit *test)
{
	struct sockaddr_storage local;
	struct tdi_kunit_reader *reader;
	struct socket *peer;
	u64 cookie, waits;
	int i;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	reader = tdi_kunit_offering(test, &local);
	tdi_kunit_event_on(test, reader->file, TDI_EVENT_ERROR, 0);
	waits = tdi_kunit_offer(reader, &local, &peer);
	tdi_kunit_kill_listener(reader->file);
	KUNIT_EXPECT_EQ(test, tdi_kunit_event(reader, TDI_EVENT_ERROR)->status,
			STATUS_CONNECTION_ABORTED);
	tdi_kunit_no_event(reader);
	/* what was offered is as it was */
	tdi_kunit_expect_accepted(test, reader->file, waits, peer);
	for (i = 0; i < 2; i++) {
		cookie = tdi_kunit_offer(reader, &local, &peer);
		tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
	}
}

/* Also if nobody wants to be told of errors: a reader sleeps then. */
static void listener_is_killed_without_an_error_handler(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct socket *peer;
	u64 cookie;

	tdi_kunit_kill_listener(reader->file);
	/* the new listener may have to be looked at */
	tdi_kunit_no_event(reader);
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_EQ(test, (__force u32)tdi_event_poll(reader->file), 0);
	cookie = tdi_kunit_offer(reader, &local, &peer);
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
	tdi_kunit_event_on(test, reader->file, TDI_EVENT_ERROR, 0);
	tdi_kunit_no_event(reader);
}

/* Listens end with their listener, what comes then goes to the event. */
static void listener_is_killed_with_a_listen(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct tdi_kunit_request *request;
	struct socket *peer;
	u64 cookie;

	tdi_kunit_event_on(test, reader->file, TDI_EVENT_ERROR, 0);
	request = tdi_kunit_listen(test, file, NULL);
	tdi_kunit_wait_in_thread(test, request);
	tdi_kunit_kill_listener(reader->file);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request),
			STATUS_CONNECTION_ABORTED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_event(reader, TDI_EVENT_ERROR)->status,
			STATUS_CONNECTION_ABORTED);
	cookie = tdi_kunit_offer(reader, &local, &peer);
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
}

/* Of no protocol that there is: it makes no socket */
static const struct tdi_device listener_no_device = {
	.name = "none", .type = SOCK_STREAM, .protocol = 255,
};

static void listener_device_back(void *data)
{
	struct tdi_address *address = data;

	address->device = &tdi_devices[TDI_DEVICE_TCP];
}

/* No new one: why is told, and whoever turns the event on again tries again. */
static void listener_is_killed_and_there_is_no_other(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader[2];
	struct tdi_address *address;
	struct socket *peer;
	struct tdi_file *file;
	u64 cookie;
	int i;

	for (i = 0; i < 2; i++) {
		file = tdi_kunit_address(test, &local, TDI_FILE_SHARE_READ);
		tdi_kunit_local(test, file, &local);
		tdi_kunit_event_on(test, file, TDI_EVENT_CONNECT, 0);
		tdi_kunit_event_on(test, file, TDI_EVENT_ERROR, 0);
		reader[i] = tdi_kunit_reader(test, file);
	}
	address = file->address.address;
	tdi_kunit_defer(test, listener_device_back, address);
	address->device = &listener_no_device;
	tdi_kunit_kill_listener(file);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_NE(test, tdi_kunit_event(reader[i],
						TDI_EVENT_ERROR)->status,
				STATUS_SUCCESS);
	tdi_kunit_event_off(test, file, TDI_EVENT_CONNECT);
	KUNIT_EXPECT_NE(test, tdi_kunit_handler(file, TDI_EVENT_CONNECT, true,
						0), STATUS_SUCCESS);
	listener_device_back(address);
	tdi_kunit_event_on(test, file, TDI_EVENT_CONNECT, 0);
	cookie = tdi_kunit_offer(reader[1], &local, &peer);
	tdi_kunit_expect_accepted(test, file, cookie, peer);
}

static struct kunit_case tdi_listener_cases[] = {
	KUNIT_CASE_PARAM(listener_needs_a_handler, tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(listener_is_killed, tdi_kunit_family_gen_params),
	KUNIT_CASE(listener_is_killed_without_an_error_handler),
	KUNIT_CASE(listener_is_killed_with_a_listen),
	KUNIT_CASE(listener_is_killed_and_there_is_no_other),
	{}
};

static struct kunit_suite tdi_listener_suite = {
	.name		= "tdi_listener",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_listener_cases,
};

kunit_test_suite(tdi_listener_suite);
