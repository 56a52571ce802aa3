// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams that many opens of an address get, and those that come as events
 * (reference 3.6, 3.8).
 */
#include <linux/cred.h>
#include <linux/udp.h>

#include "tdi_kunit_datagram.h"

static void datagram_every_open_gets_a_copy(struct kunit *test)
{
	struct sockaddr_storage local, remote;
	struct tdi_file *file[3];
	struct socket *peer;
	int i;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	remote = tdi_kunit_loopback(local.ss_family, 0);
	peer = tdi_kunit_udp(test, &remote);
	for (i = 0; i < 3; i++)
		file[i] = tdi_kunit_datagrams(test, &local, TDI_KUNIT_SHARED);

	tdi_kunit_sendto(peer, &local, "all", 3);
	tdi_kunit_sendto(peer, &local, "", 0);
	for (i = 0; i < 3; i++) {
		tdi_kunit_expect_datagram(test, file[i], "all", &remote);
		tdi_kunit_expect_datagram(test, file[i], "", &remote);
	}

	tdi_kunit_close(test, file[1]);
	tdi_kunit_sendto(peer, &local, "both", 4);
	tdi_kunit_expect_datagram(test, file[0], "both", &remote);
	tdi_kunit_expect_datagram(test, file[2], "both", &remote);
	tdi_kunit_close(test, file[0]);
	tdi_kunit_sendto(peer, &local, "one", 3);
	tdi_kunit_expect_datagram(test, file[2], "one", &remote);
}

/* One open may have a remote, and the others none. */
static void datagram_connect_is_of_one_open(struct kunit *test)
{
	struct sockaddr_storage local, remote, stranger;
	struct tdi_file *connected, *open;
	struct socket *peer, *other;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	remote = tdi_kunit_loopback(local.ss_family, 0);
	stranger = remote;
	peer = tdi_kunit_udp(test, &remote);
	other = tdi_kunit_udp(test, &stranger);
	connected = tdi_kunit_datagrams(test, &local, TDI_KUNIT_SHARED);
	open = tdi_kunit_datagrams(test, &local, TDI_KUNIT_SHARED);

	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, connected, &remote),
			STATUS_SUCCESS);
	tdi_kunit_sendto(other, &local, "not for all", 11);
	tdi_kunit_sendto(peer, &local, "for all", 7);
	tdi_kunit_expect_datagram(test, connected, "for all", &remote);
	tdi_kunit_expect_datagram(test, open, "not for all", &stranger);
	tdi_kunit_expect_datagram(test, open, "for all", &remote);

	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, connected),
			STATUS_SUCCESS);
	tdi_kunit_sendto(other, &local, "again", 5);
	tdi_kunit_expect_datagram(test, connected, "again", &stranger);
	tdi_kunit_expect_datagram(test, open, "again", &stranger);
}

#define OPENS	100

/**
 * struct datagram_opener - opens a shared address and closes it, again and again
 * @local: the address
 * @status: why it could not, if so
 */
struct datagram_opener {
	struct sockaddr_storage local;
	u32 status;
};

static void datagram_open_and_close(void *data)
{
	struct datagram_opener *opener = data;
	struct tdi_file *file;
	int i;

	for (i = 0; i < OPENS && !opener->status; i++) {
		file = tdi_file_open(&tdi_devices[TDI_DEVICE_UDP], &init_net);
		if (!file) {
			opener->status = STATUS_INSUFFICIENT_RESOURCES;
			return;
		}
		opener->status = tdi_kunit_create_address(file, &opener->local,
							  TDI_KUNIT_SHARED);
		tdi_file_close(file);
	}
}

/* Whoever else comes and goes: the others miss nothing. */
static void datagram_opens_come_and_go(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct datagram_opener opener = {
		.local = tdi_kunit_loopback(AF_INET, 0),
	};
	struct socket *peer = tdi_kunit_udp(test, &remote);
	struct tdi_kunit_thread *thread;
	struct tdi_file *file;

	file = tdi_kunit_datagrams(test, &opener.local, TDI_KUNIT_SHARED);
	thread = tdi_kunit_thread(test, datagram_open_and_close, &opener);
	do {
		tdi_kunit_sendto(peer, &opener.local, "x", 1);
		tdi_kunit_expect_datagram(test, file, "x", &remote);
		cond_resched();
	} while (!completion_done(&thread->done) && test->status ==
		 KUNIT_SUCCESS);
	tdi_kunit_join(test, thread);
	KUNIT_EXPECT_EQ(test, opener.status, STATUS_SUCCESS);
}

/**
 * struct datagram_events - an address whose events are read, and a peer
 * @reader: reads them
 * @file: the address
 * @local: where it is
 * @peer: an ordinary socket
 * @remote: where that is
 */
struct datagram_events {
	struct tdi_kunit_reader *reader;
	struct tdi_file *file;
	struct sockaddr_storage local;
	struct socket *peer;
	struct sockaddr_storage remote;
};

static void datagram_events(struct kunit *test, int family, u32 lookahead,
			    struct datagram_events *ev)
{
	ev->local = tdi_kunit_loopback(family, 0);
	ev->file = tdi_kunit_datagrams(test, &ev->local, 0);
	ev->remote = tdi_kunit_loopback(family, 0);
	ev->peer = tdi_kunit_udp(test, &ev->remote);
	ev->reader = tdi_kunit_reader(test, ev->file);
	tdi_kunit_event_on(test, ev->file, TDI_EVENT_RECEIVE_DATAGRAM,
			   lookahead);
}

static void datagram_from_peer(struct datagram_events *ev, const char *text)
{
	tdi_kunit_sendto(ev->peer, &ev->local, text, strlen(text));
}

static void datagram_expect_source(struct kunit *test,
				   const struct tdi_event *event,
				   const struct sockaddr_storage *wanted)
{
	struct sockaddr_storage source;

	KUNIT_ASSERT_EQ(test, tdi_taddr_parse(event->address,
					      event->address_length, &source),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&source, wanted));
}

/* The next record must be this datagram. */
static void datagram_expect_event(struct kunit *test,
				  struct datagram_events *ev, const char *text,
				  u32 flags)
{
	const struct tdi_event *event;

	event = tdi_kunit_event(ev->reader, TDI_EVENT_RECEIVE_DATAGRAM);
	KUNIT_EXPECT_EQ(test, event->flags, flags);
	KUNIT_EXPECT_EQ(test, event->bytes_available, strlen(text));
	KUNIT_ASSERT_EQ(test, event->bytes_indicated, strlen(text));
	KUNIT_EXPECT_MEMEQ(test, tdi_kunit_event_data(event), text,
			   strlen(text));
	datagram_expect_source(test, event, &ev->remote);
}

static void datagram_comes_with_its_event(struct kunit *test)
{
	struct datagram_events ev;

	datagram_events(test, tdi_kunit_family(test), 16, &ev);
	datagram_from_peer(&ev, "hello");
	datagram_expect_event(test, &ev, "hello", TDI_RECEIVE_ENTIRE_MESSAGE);
	datagram_from_peer(&ev, "");
	datagram_expect_event(test, &ev, "", TDI_RECEIVE_ENTIRE_MESSAGE);
	datagram_from_peer(&ev, "0123456789abcdef");
	datagram_expect_event(test, &ev, "0123456789abcdef",
			      TDI_RECEIVE_ENTIRE_MESSAGE);
	tdi_kunit_no_event(ev.reader);

	tdi_kunit_event_off(test, ev.file, TDI_EVENT_RECEIVE_DATAGRAM);
	datagram_from_peer(&ev, "silence");
	KUNIT_ASSERT_TRUE(test, tdi_kunit_datagram_comes(ev.file));
	tdi_kunit_no_event(ev.reader);
	tdi_kunit_expect_datagram(test, ev.file, "silence", &ev.remote);
}

/* What is longer than the lookahead loses the rest. */
static void datagram_event_is_cut(struct kunit *test)
{
	const struct tdi_event *event;
	struct datagram_events ev;

	datagram_events(test, AF_INET, 4, &ev);
	datagram_from_peer(&ev, "12345");
	event = tdi_kunit_event(ev.reader, TDI_EVENT_RECEIVE_DATAGRAM);
	KUNIT_EXPECT_EQ(test, event->flags, 0);
	KUNIT_EXPECT_EQ(test, event->bytes_available, 5);
	KUNIT_EXPECT_EQ(test, event->bytes_indicated, 4);
	KUNIT_EXPECT_MEMEQ(test, tdi_kunit_event_data(event), "1234", 4);
	datagram_from_peer(&ev, "next");
	datagram_expect_event(test, &ev, "next", TDI_RECEIVE_ENTIRE_MESSAGE);
}

static bool datagram_queued(struct tdi_file *file, u32 count)
{
	struct sock *sk = file->address.sock.socket->sk;

	/* those that somebody has looked at are on another queue */
	return tdi_kunit_eventually(
			skb_queue_len_lockless(&sk->sk_receive_queue) +
			skb_queue_len_lockless(&udp_sk(sk)->reader_queue) ==
			count);
}

static void datagram_many_events_in_one_read(struct kunit *test)
{
	struct datagram_events ev;
	size_t length = 0;
	int i;

	datagram_events(test, AF_INET, 16, &ev);
	for (i = 0; i < 10; i++)
		tdi_kunit_sendto(ev.peer, &ev.local, &"0123456789"[i], 1);
	KUNIT_ASSERT_TRUE(test, datagram_queued(ev.file, 10));
	for (i = 0; i < 10; i++) {
		const char text[] = { '0' + i, '\0' };

		datagram_expect_event(test, &ev, text,
				      TDI_RECEIVE_ENTIRE_MESSAGE);
		if (!i)
			length = ev.reader->length;
		KUNIT_EXPECT_EQ(test, ev.reader->length, length);
	}
	KUNIT_EXPECT_EQ(test, ev.reader->next, length);
	tdi_kunit_no_event(ev.reader);
}

/* A record that does not fit stays, and so does its datagram. */
static void datagram_event_that_does_not_fit(struct kunit *test)
{
	struct datagram_events ev;
	u8 small[96];
	size_t room;

	datagram_events(test, AF_INET, U32_MAX, &ev);
	datagram_from_peer(&ev, "0123456789");
	KUNIT_ASSERT_TRUE(test, tdi_kunit_event_comes(ev.file));
	for (room = 0; room < sizeof(small); room += sizeof(u64))
		KUNIT_EXPECT_EQ(test, tdi_kunit_read_events(ev.file, small,
							    room), -EMSGSIZE);
	datagram_expect_event(test, &ev, "0123456789",
			      TDI_RECEIVE_ENTIRE_MESSAGE);
}

/* With lookahead 0 it is told once, and then there is silence (S12). */
static void datagram_is_told_once(struct kunit *test)
{
	const struct tdi_event *event;
	struct datagram_events ev;

	datagram_events(test, tdi_kunit_family(test), 0, &ev);
	datagram_from_peer(&ev, "first");
	datagram_from_peer(&ev, "second");
	event = tdi_kunit_event(ev.reader, TDI_EVENT_RECEIVE_DATAGRAM);
	KUNIT_EXPECT_EQ(test, event->bytes_available, 5);
	KUNIT_EXPECT_EQ(test, event->bytes_indicated, 0);
	KUNIT_EXPECT_EQ(test, event->size, event->data_offset);
	datagram_expect_source(test, event, &ev.remote);
	tdi_kunit_no_event(ev.reader);

	tdi_kunit_expect_datagram(test, ev.file, "first", &ev.remote);
	event = tdi_kunit_event(ev.reader, TDI_EVENT_RECEIVE_DATAGRAM);
	KUNIT_EXPECT_EQ(test, event->bytes_available, 6);
	tdi_kunit_no_event(ev.reader);

	/* turned on again it begins anew */
	tdi_kunit_event_on(test, ev.file, TDI_EVENT_RECEIVE_DATAGRAM, 0);
	tdi_kunit_event(ev.reader, TDI_EVENT_RECEIVE_DATAGRAM);
}

/* Also a receive that had to wait ends the silence. */
static void datagram_receive_that_waits_ends_the_silence(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct datagram_events ev;
	char got[8] = {};

	datagram_events(test, AF_INET, 0, &ev);
	datagram_from_peer(&ev, "told");
	tdi_kunit_event(ev.reader, TDI_EVENT_RECEIVE_DATAGRAM);
	receive = tdi_kunit_receive_datagram(test, ev.file, &ev.remote, 0, got,
					     7);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, got, "told");
	datagram_from_peer(&ev, "next");
	tdi_kunit_event(ev.reader, TDI_EVENT_RECEIVE_DATAGRAM);
}

/* A receive that waits goes before the event (3.6). */
static void datagram_receive_has_precedence(struct kunit *test)
{
	struct sockaddr_storage stranger = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *receive;
	struct datagram_events ev;
	char got[8] = {};

	datagram_events(test, AF_INET, 16, &ev);
	receive = tdi_kunit_receive_datagram(test, ev.file, NULL, 0, got, 7);
	tdi_kunit_wait_in_thread(test, receive);
	datagram_from_peer(&ev, "receive");
	datagram_from_peer(&ev, "event");
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, got, "receive");
	datagram_expect_event(test, &ev, "event", TDI_RECEIVE_ENTIRE_MESSAGE);

	/* what it does not want is the event's */
	tdi_kunit_udp(test, &stranger);
	receive = tdi_kunit_receive_datagram(test, ev.file, &stranger, 0, got,
					     7);
	tdi_kunit_wait_in_thread(test, receive);
	datagram_from_peer(&ev, "event");
	datagram_expect_event(test, &ev, "event", TDI_RECEIVE_ENTIRE_MESSAGE);
	KUNIT_EXPECT_FALSE(test, completion_done(&receive->done));
}

/* That of an address with a receive for somebody else; it does not want all */
static struct tdi_kunit_request *
datagram_receive_of_another(struct kunit *test, struct datagram_events *ev,
			    struct socket **other, char got[8])
{
	struct sockaddr_storage stranger = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *receive;

	*other = tdi_kunit_udp(test, &stranger);
	receive = tdi_kunit_receive_datagram(test, ev->file, &stranger, 0, got,
					     7);
	tdi_kunit_wait_in_thread(test, receive);
	return receive;
}

/* Other handlers make no difference to one that is to be told of. */
static void datagram_of_an_event_stays_one(struct kunit *test)
{
	struct datagram_events ev;
	struct socket *other;
	char got[8] = {};

	datagram_events(test, AF_INET, 16, &ev);
	datagram_receive_of_another(test, &ev, &other, got);
	datagram_from_peer(&ev, "event");
	KUNIT_ASSERT_TRUE(test, tdi_kunit_event_comes(ev.file));
	tdi_kunit_event_on(test, ev.file, TDI_EVENT_ERROR_EX, 0);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_event_comes(ev.file));
	datagram_expect_event(test, &ev, "event", TDI_RECEIVE_ENTIRE_MESSAGE);
}

/* Without the event it is in nobody's way. */
static void datagram_of_no_event_any_more(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct datagram_events ev;
	struct socket *other;
	char got[8] = {};

	datagram_events(test, AF_INET, 16, &ev);
	receive = datagram_receive_of_another(test, &ev, &other, got);
	datagram_from_peer(&ev, "event");
	KUNIT_ASSERT_TRUE(test, tdi_kunit_event_comes(ev.file));
	tdi_kunit_sendto(other, &ev.local, "mine", 4);
	KUNIT_ASSERT_TRUE(test, datagram_queued(ev.file, 2));
	KUNIT_EXPECT_FALSE(test, completion_done(&receive->done));
	tdi_kunit_event_off(test, ev.file, TDI_EVENT_RECEIVE_DATAGRAM);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, got, "mine");
}

/* Also a receive that found nothing for itself ends the silence. */
static void datagram_receive_of_nothing_ends_the_silence(struct kunit *test)
{
	struct sockaddr_storage stranger = tdi_kunit_loopback(AF_INET, 9);
	struct datagram_events ev;
	char got[8];

	datagram_events(test, AF_INET, 0, &ev);
	datagram_from_peer(&ev, "told");
	tdi_kunit_event(ev.reader, TDI_EVENT_RECEIVE_DATAGRAM);
	KUNIT_EXPECT_EQ(test, tdi_kunit_receive_datagram_now(test, ev.file,
							     &stranger, got, 8),
			STATUS_DEVICE_NOT_READY);
	datagram_from_peer(&ev, "next");
	tdi_kunit_event(ev.reader, TDI_EVENT_RECEIVE_DATAGRAM);
}

/* No more opens than that, and one more when one has gone */
static void datagram_opens_are_limited(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *last = NULL, *file;
	int i;

	for (i = 0; i < TDI_OPENS_MAX; i++)
		last = tdi_kunit_datagrams(test, &local, TDI_KUNIT_SHARED);
	file = tdi_kunit_open_device(test, TDI_DEVICE_UDP);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local,
						       TDI_KUNIT_SHARED),
			STATUS_INSUFFICIENT_RESOURCES);
	tdi_kunit_close(test, last);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local,
						       TDI_KUNIT_SHARED),
			STATUS_SUCCESS);
}

static void datagram_wakes_a_reader(struct kunit *test)
{
	struct tdi_kunit_sleeper *sleeper;
	struct datagram_events ev;

	datagram_events(test, AF_INET, 16, &ev);
	sleeper = tdi_kunit_sleeper(ev.reader);
	datagram_from_peer(&ev, "wake up");
	KUNIT_EXPECT_GT(test, tdi_kunit_woken(sleeper), 0);
	datagram_expect_event(test, &ev, "wake up", TDI_RECEIVE_ENTIRE_MESSAGE);
}

/* To the broadcast address of 127/8, with no option (2.11) */
static void datagram_broadcast(struct kunit *test)
{
	struct sockaddr_storage to = tdi_kunit_any(AF_INET, 0), source;
	struct tdi_kunit_reader *reader;
	const struct tdi_event *event;
	struct tdi_file *from, *file;

	file = tdi_kunit_datagrams(test, &to, 0);
	reader = tdi_kunit_reader(test, file);
	tdi_kunit_event_on(test, file, TDI_EVENT_RECEIVE_DATAGRAM, 16);
	source = tdi_kunit_loopback(AF_INET, 0);
	from = tdi_kunit_datagrams(test, &source, 0);
	to = tdi_kunit_ip(0x7fffffff, tdi_kunit_port(&to));

	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, from, &to, "all",
						      3)->status,
			STATUS_SUCCESS);
	event = tdi_kunit_event(reader, TDI_EVENT_RECEIVE_DATAGRAM);
	KUNIT_EXPECT_EQ(test, event->flags, TDI_RECEIVE_ENTIRE_MESSAGE |
					    TDI_RECEIVE_BROADCAST);
	KUNIT_EXPECT_MEMEQ(test, tdi_kunit_event_data(event), "all", 3);
}

/* What became of a datagram that nobody wanted (3.8) */
static void datagram_error_ex(struct kunit *test)
{
	const struct tdi_event *event;
	struct sockaddr_storage remote;
	struct datagram_events ev;

	datagram_events(test, tdi_kunit_family(test), 16, &ev);
	tdi_kunit_event_on(test, ev.file, TDI_EVENT_ERROR_EX, 0);
	tdi_kunit_close_socket(test, ev.peer);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, ev.file,
						      &ev.remote, "?",
						      1)->status,
			STATUS_SUCCESS);
	event = tdi_kunit_event(ev.reader, TDI_EVENT_ERROR_EX);
	KUNIT_EXPECT_EQ(test, event->status, STATUS_PORT_UNREACHABLE);
	KUNIT_ASSERT_EQ(test, tdi_taddr_parse(event->address,
					      event->address_length, &remote),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&remote, &ev.remote));
	tdi_kunit_no_event(ev.reader);

	/* a send is none the worse for it */
	ev.peer = tdi_kunit_udp(test, &ev.remote);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, ev.file,
						      &ev.remote, "!",
						      1)->status,
			STATUS_SUCCESS);
}

static struct kunit_case tdi_datagram_event_cases[] = {
	KUNIT_CASE_PARAM(datagram_every_open_gets_a_copy,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(datagram_connect_is_of_one_open,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(datagram_opens_come_and_go),
	KUNIT_CASE_PARAM(datagram_comes_with_its_event,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(datagram_event_is_cut),
	KUNIT_CASE(datagram_many_events_in_one_read),
	KUNIT_CASE(datagram_event_that_does_not_fit),
	KUNIT_CASE_PARAM(datagram_is_told_once, tdi_kunit_family_gen_params),
	KUNIT_CASE(datagram_receive_that_waits_ends_the_silence),
	KUNIT_CASE(datagram_receive_has_precedence),
	KUNIT_CASE(datagram_of_an_event_stays_one),
	KUNIT_CASE(datagram_of_no_event_any_more),
	KUNIT_CASE(datagram_receive_of_nothing_ends_the_silence),
	KUNIT_CASE(datagram_opens_are_limited),
	KUNIT_CASE(datagram_wakes_a_reader),
	KUNIT_CASE(datagram_broadcast),
	KUNIT_CASE_PARAM(datagram_error_ex, tdi_kunit_family_gen_params),
	{}
};

static struct kunit_suite tdi_datagram_event_suite = {
	.name = "tdi_datagram_event",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_datagram_event_cases,
};

kunit_test_suite(tdi_datagram_event_suite);
