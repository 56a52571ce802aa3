// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offers: who gets a connection (S9), until when it waits, and how it is
 * refused.
 */
#include "tdi_kunit_event.h"

static u32 offer_accept(struct tdi_file *file, u64 cookie)
{
	struct sockaddr_storage peer;

	return tdi_accept(&file->endpoint, cookie, NULL, &peer, NULL);
}

static void offer_expect_reset(struct kunit *test, struct socket *peer)
{
	u8 byte;

	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, &byte, 1), -ECONNRESET);
}

/* Ways to refuse what an event has told of */
static void offer_reply(struct kunit *test, struct tdi_file *address,
			struct tdi_file *file, u64 cookie)
{
	KUNIT_EXPECT_EQ(test, tdi_event_reply(address, cookie,
					      STATUS_CONNECTION_REFUSED),
			STATUS_SUCCESS);
}

static void offer_reply_resources(struct kunit *test, struct tdi_file *address,
				  struct tdi_file *file, u64 cookie)
{
	KUNIT_EXPECT_EQ(test, tdi_event_reply(address, cookie,
					      STATUS_INSUFFICIENT_RESOURCES),
			STATUS_SUCCESS);
}

static void offer_handler_off(struct kunit *test, struct tdi_file *address,
			      struct tdi_file *file, u64 cookie)
{
	tdi_kunit_event_off(test, address, TDI_EVENT_CONNECT);
}

static void offer_address_close(struct kunit *test, struct tdi_file *address,
				struct tdi_file *file, u64 cookie)
{
	tdi_kunit_close(test, address);
}

/* Ways to refuse what a listen was offered */
static void offer_release(struct kunit *test, struct tdi_file *address,
			  struct tdi_file *file, u64 cookie)
{
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, file),
			STATUS_SUCCESS);
	tdi_kunit_expect_idle(test, file);
}

static void offer_abort(struct kunit *test, struct tdi_file *address,
			struct tdi_file *file, u64 cookie)
{
	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, file), STATUS_SUCCESS);
	tdi_kunit_expect_idle(test, file);
}

static void offer_disconnect(struct kunit *test, struct tdi_file *address,
			     struct tdi_file *file, u64 cookie)
{
	KUNIT_EXPECT_EQ(test, tdi_kunit_disconnect(test, file, 0)->status,
			STATUS_SUCCESS);
	tdi_kunit_expect_idle(test, file);
}

static void offer_endpoint_close(struct kunit *test, struct tdi_file *address,
				 struct tdi_file *file, u64 cookie)
{
	tdi_kunit_close(test, file);
}

static void offer_wait(struct kunit *test, struct tdi_file *address,
		       struct tdi_file *file, u64 cookie)
{
	KUNIT_EXPECT_TRUE(test, tdi_kunit_no_offers(address));
}

struct offer_refused_param {
	const char *desc;
	bool own;	/* by a listen */
	bool expires;
	void (*refuse)(struct kunit *test, struct tdi_file *address,
		       struct tdi_file *file, u64 cookie);
};

static const struct offer_refused_param offer_refused_params[] = {
	{ "reply", false, false, offer_reply },
	{ "reply, no resources", false, false, offer_reply_resources },
	{ "handler off", false, false, offer_handler_off },
	{ "address closed", false, false, offer_address_close },
	{ "time limit", false, true, offer_wait },
	{ "own, release", true, false, offer_release },
	{ "own, abort", true, false, offer_abort },
	{ "own, no flags", true, false, offer_disconnect },
	{ "own, endpoint closed", true, false, offer_endpoint_close },
	{ "own, address closed", true, false, offer_address_close },
	{ "own, time limit", true, true, offer_wait },
};

KUNIT_ARRAY_PARAM_DESC(offer_refused, offer_refused_params, desc);

/* By RST, once */
static void offer_refused(struct kunit *test)
{
	const struct offer_refused_param *param = test->param_value;
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct tdi_kunit_wire *wire = tdi_kunit_wire(test, &local);
	struct socket *peer;
	u64 cookie = 0;

	if (param->expires)
		reader->file->address.address->offer_timeout = 1;
	if (param->own)
		peer = tdi_kunit_offered(test, file, &local);
	else
		cookie = tdi_kunit_offer(reader, &local, &peer);
	if (!param->expires)
		KUNIT_EXPECT_EQ(test, atomic_read(&wire->rst_from), 0);

	param->refuse(test, reader->file, file, cookie);
	offer_expect_reset(test, peer);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->rst_from), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->fin_from), 0);
}

/* Also of an offer that nobody was told of, as nobody has read yet */
static void offer_nobody_was_told_of(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct socket *peer[2];
	int i;

	for (i = 0; i < 2; i++)
		peer[i] = tdi_kunit_connect_plain(test, &local);
	/* takes both in, has room for one */
	KUNIT_ASSERT_GT(test, tdi_kunit_read_events(reader->file,
						    reader->buffer, 64 + 48),
			0);
	KUNIT_EXPECT_EQ(test, reader->file->address.address->offered, 2);
	tdi_kunit_event_off(test, reader->file, TDI_EVENT_CONNECT);
	for (i = 0; i < 2; i++)
		offer_expect_reset(test, peer[i]);
	tdi_kunit_no_event(reader);
}

static void offer_reply_statuses(struct kunit *test)
{
	static const u32 bad[] = {
		STATUS_SUCCESS, STATUS_PENDING, STATUS_CONNECTION_RESET,
		STATUS_CONNECTION_ABORTED, U32_MAX,
	};
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct socket *peer;
	u64 cookie;
	int i;

	cookie = tdi_kunit_offer(reader, &local, &peer);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, tdi_event_reply(reader->file, cookie,
						      bad[i]),
				STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_event_reply(reader->file, cookie + 1,
					      STATUS_CONNECTION_REFUSED),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, tdi_event_reply(reader->file, 0,
					      STATUS_CONNECTION_REFUSED),
			STATUS_OBJECT_NAME_NOT_FOUND);
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
	KUNIT_EXPECT_EQ(test, tdi_event_reply(reader->file, cookie,
					      STATUS_CONNECTION_REFUSED),
			STATUS_OBJECT_NAME_NOT_FOUND);
}

/* Each has its own time; what comes later has a later one. */
static void offer_expires_when_its_time_has_come(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_address *address = reader->file->address.address;
	struct socket *peer[3];
	u64 cookie[3];
	int i;

	for (i = 0; i < 3; i++) {
		address->offer_timeout = i < 2 ? 10 + 10 * i : 60 * HZ;
		cookie[i] = tdi_kunit_offer(reader, &local, &peer[i]);
		KUNIT_EXPECT_GT(test, cookie[i], i ? cookie[i - 1] : 0);
	}
	for (i = 0; i < 2; i++)
		offer_expect_reset(test, peer[i]);
	KUNIT_EXPECT_EQ(test, READ_ONCE(address->offered), 1);
	tdi_kunit_expect_accepted(test, reader->file, cookie[2], peer[2]);
}

/* A client that never reads does not keep its peers waiting. */
static void offer_nobody_ever_reads(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_address *address = reader->file->address.address;
	struct tdi_kunit_wire *wire;
	struct socket *peer[3];
	u64 cookie;
	int i;

	address->offer_timeout = HZ / 10;
	wire = tdi_kunit_wire(test, &local);
	/* each in a round of its own */
	for (i = 0; i < ARRAY_SIZE(peer); i++) {
		peer[i] = tdi_kunit_connect_plain(test, &local);
		KUNIT_ASSERT_TRUE(test, tdi_kunit_socket_closed(peer[i]));
		offer_expect_reset(test, peer[i]);
		KUNIT_EXPECT_EQ(test, atomic_read(&wire->rst_from), i + 1);
	}
	address->offer_timeout = 60 * HZ;
	cookie = tdi_kunit_offer(reader, &local, &peer[0]);
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer[0]);
}

/* Who polls an endpoint learns that its offer has gone. */
static void offer_expiry_wakes_pollers(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	long left;

	reader->file->address.address->offer_timeout = HZ / 10;
	tdi_kunit_offered(test, file, &local);
	left = wait_event_interruptible_timeout(file->wait,
			(__force u32)tdi_endpoint_poll(&file->endpoint) &
			POLLED_HUP, 2 * HZ);
	/* 1: it was so, but nobody said it */
	KUNIT_EXPECT_GT(test, left, 1);
}

/* A listen that waits gets the connection, with or without a query (S9). */
static void offer_goes_to_a_listen_first(struct kunit *test)
{
	struct sockaddr_storage local, from;
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_request *request;
	struct tdi_file *file;
	struct socket *peer;
	u64 cookie;
	int query;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	reader = tdi_kunit_offering(test, &local);
	for (query = 0; query < 2; query++) {
		file = tdi_kunit_endpoint_on(test, reader->file);
		request = query ? tdi_kunit_query(test, file) :
				  tdi_kunit_listen(test, file, NULL);
		peer = tdi_kunit_connect_plain(test, &local);
		KUNIT_ASSERT_EQ(test, tdi_sock_local(peer, &from), 0);
		/* also if a reader comes before the listen's thread */
		tdi_kunit_no_event(reader);
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(request),
				STATUS_SUCCESS);
		KUNIT_EXPECT_TRUE(test,
				  tdi_taddr_equal(&request->waiter.req.remote,
						  &from));
		if (query)
			KUNIT_EXPECT_EQ(test, offer_accept(file, 0),
					STATUS_SUCCESS);
		tdi_kunit_expect_works(test, file, peer);
	}
	/* none waits any more */
	cookie = tdi_kunit_offer(reader, &local, &peer);
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
}

/* What no listen is for goes to the event; the listen goes on. */
static void offer_passes_a_filter(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	struct sockaddr_storage two = tdi_kunit_ip(0x7f000002, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct tdi_kunit_request *request;
	struct socket *peer;
	u64 cookie;

	local = tdi_kunit_loopback(AF_INET, tdi_kunit_port(&local));
	request = tdi_kunit_listen(test, file, &two);
	tdi_kunit_wait_in_thread(test, request);
	/* the listener tells the listen only, and that the reader */
	tdi_kunit_no_event(reader);
	cookie = tdi_kunit_offer(reader, &local, &peer);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_LISTENING);
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);

	peer = tdi_kunit_socket(test, AF_INET);
	KUNIT_ASSERT_EQ(test, tdi_kunit_bind(peer, &two), 0);
	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_socket(peer, &local, 0), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	tdi_kunit_expect_works(test, file, peer);
	tdi_kunit_no_event(reader);
}

/* One that must not wait takes what nobody has been told of. */
static void offer_is_there_for_a_listen_without_waiting(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct tdi_kunit_request *request = tdi_kunit_request(test, file);
	struct socket *peer;

	request->waiter.req.nonblock = true;
	KUNIT_EXPECT_EQ(test, tdi_listen(&request->waiter.req),
			STATUS_DEVICE_NOT_READY);
	peer = tdi_kunit_connect_plain(test, &local);
	KUNIT_EXPECT_EQ(test, tdi_listen(&request->waiter.req), STATUS_SUCCESS);
	tdi_kunit_expect_works(test, file, peer);
	tdi_kunit_no_event(reader);
}

/* A listen that goes before its thread has run leaves it to the event. */
static void offer_handed_on_when_its_listen_goes(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct tdi_kunit_request *request;
	struct socket *peer;
	u64 count;

	request = tdi_kunit_listen(test, file, NULL);
	peer = tdi_kunit_connect_plain(test, &local);
	tdi_kunit_no_event(reader);
	KUNIT_ASSERT_NOT_NULL(test, request->waiter.req.accepted);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(file, true, 0, &count),
			STATUS_SUCCESS);
	tdi_kunit_expect_accepted(test, reader->file,
			      tdi_kunit_event(reader, TDI_EVENT_CONNECT)->cookie,
			      peer);
}

/* Somebody else has laid hands on a connection: it cannot be taken. */
static void offer_spoil(struct socket *sock, bool spoilt)
{
	write_lock_bh(&sock->sk->sk_callback_lock);
	sock->sk->sk_user_data = spoilt ? sock : NULL;
	write_unlock_bh(&sock->sk->sk_callback_lock);
}

/* Nothing is lost if an accept fails half way, be it for lack of memory. */
static void offer_outlasts_an_accept_that_fails(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct tdi_offer *offer;
	struct socket *peer;
	u64 cookie;

	cookie = tdi_kunit_offer(reader, &local, &peer);
	offer = list_first_entry(&reader->file->address.address->offers,
				 struct tdi_offer, link);
	offer_spoil(offer->sock, true);
	KUNIT_EXPECT_NE(test, offer_accept(file, cookie), STATUS_SUCCESS);
	tdi_kunit_expect_idle(test, file);
	KUNIT_ASSERT_EQ(test, reader->file->address.address->offered, 1);
	offer_spoil(offer->sock, false);
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
}

/* Nor if a listen does: whoever is next gets it. */
static void offer_outlasts_a_listen_that_fails(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct tdi_kunit_request *request;
	struct socket *peer, *sock;
	u64 cookie;

	request = tdi_kunit_listen(test, file, NULL);
	peer = tdi_kunit_connect_plain(test, &local);
	tdi_kunit_no_event(reader);
	sock = request->waiter.req.accepted;
	KUNIT_ASSERT_NOT_NULL(test, sock);
	offer_spoil(sock, true);
	KUNIT_EXPECT_NE(test, tdi_kunit_result(request), STATUS_SUCCESS);
	tdi_kunit_expect_idle(test, file);
	KUNIT_ASSERT_EQ(test, reader->file->address.address->offered, 1);
	offer_spoil(sock, false);
	cookie = tdi_kunit_event(reader, TDI_EVENT_CONNECT)->cookie;
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
}

/* A shared address: two opens, each with a reader and a handler */
static void offer_shared(struct kunit *test, struct sockaddr_storage *local,
			 struct tdi_kunit_reader **reader)
{
	struct tdi_file *address;
	int i;

	*local = tdi_kunit_loopback(AF_INET, 0);
	for (i = 0; i < 2; i++) {
		address = tdi_kunit_address(test, local, TDI_FILE_SHARE_READ);
		tdi_kunit_local(test, address, local);
		reader[i] = tdi_kunit_reader(test, address);
		tdi_kunit_event_on(test, address, TDI_EVENT_CONNECT, 0);
	}
}

/* One of them is told, whichever reads first; either can answer. */
static void offer_told_to_one_open(struct kunit *test)
{
	struct tdi_kunit_reader *reader[2];
	struct sockaddr_storage local;
	struct socket *peer;
	u64 cookie;
	int i;

	offer_shared(test, &local, reader);
	for (i = 0; i < 2; i++) {
		cookie = tdi_kunit_offer(reader[i], &local, &peer);
		tdi_kunit_no_event(reader[!i]);
		tdi_kunit_expect_accepted(test, reader[!i]->file, cookie, peer);
	}
}

/* A handler that comes later is told of what is there, also if it sleeps. */
static void offer_told_to_a_late_handler(struct kunit *test)
{
	struct tdi_kunit_reader *reader[2];
	struct tdi_kunit_sleeper *sleeper;
	struct sockaddr_storage local;
	struct socket *peer;
	u64 cookie;

	offer_shared(test, &local, reader);
	tdi_kunit_event_off(test, reader[1]->file, TDI_EVENT_CONNECT);
	sleeper = tdi_kunit_sleeper(reader[1]);
	peer = tdi_kunit_connect_plain(test, &local);
	tdi_kunit_event_on(test, reader[1]->file, TDI_EVENT_CONNECT, 0);
	KUNIT_ASSERT_GT(test, tdi_kunit_woken(sleeper), 0);
	cookie = tdi_kunit_event(reader[1], TDI_EVENT_CONNECT)->cookie;
	tdi_kunit_expect_accepted(test, reader[1]->file, cookie, peer);
	tdi_kunit_no_event(reader[0]);
}

/* The last handler that goes refuses what is left. */
static void offer_stays_for_the_other_open(struct kunit *test)
{
	struct tdi_kunit_reader *reader[2];
	struct sockaddr_storage local;
	struct socket *peer[3];
	u64 cookie[2];

	offer_shared(test, &local, reader);
	cookie[0] = tdi_kunit_offer(reader[0], &local, &peer[0]);
	peer[1] = tdi_kunit_connect_plain(test, &local);
	tdi_kunit_event_off(test, reader[0]->file, TDI_EVENT_CONNECT);
	tdi_kunit_no_event(reader[0]);
	cookie[1] = tdi_kunit_event(reader[1], TDI_EVENT_CONNECT)->cookie;
	tdi_kunit_expect_accepted(test, reader[0]->file, cookie[0], peer[0]);
	tdi_kunit_offer(reader[1], &local, &peer[2]);
	tdi_kunit_close(test, reader[1]->file);
	offer_expect_reset(test, peer[1]);
	offer_expect_reset(test, peer[2]);
	KUNIT_EXPECT_EQ(test, offer_accept(tdi_kunit_endpoint_on(test,
							reader[0]->file),
					   cookie[1]),
			STATUS_CONNECTION_ABORTED);
}

#define HASTY	70	/* more than one turn looks at */
/* Whoever is gone already is not told of, nor in the way of who is not. */
static void offer_passes_over_many_peers_that_are_gone(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct socket *peer;
	u64 cookie;
	int i;

	for (i = 0; i < HASTY; i++)
		tdi_kunit_reset_socket(test,
				       tdi_kunit_connect_plain(test, &local));
	/* nobody comes after it */
	cookie = tdi_kunit_offer(reader, &local, &peer);
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
}

/* TDI_OFFERS_MAX offers of which an event has told; the first one's cookie */
static u64 offer_fill(struct tdi_kunit_reader *reader,
		      const struct sockaddr_storage *local)
{
	u64 first = 0, cookie;
	struct socket *peer;
	int i;

	/* longer than it takes to make them all */
	reader->file->address.address->offer_timeout = 60 * HZ;
	for (i = 0; i < TDI_OFFERS_MAX; i++) {
		cookie = tdi_kunit_offer(reader, local, &peer);
		first = first ? : cookie;
	}
	KUNIT_EXPECT_EQ(reader->test,
			READ_ONCE(reader->file->address.address->offered),
			TDI_OFFERS_MAX);
	return first;
}

/* No more than TDI_OFFERS_MAX wait for an answer; the next with the first. */
static void offer_bound(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct socket *peer;
	u64 cookie;

	cookie = offer_fill(reader, &local);
	peer = tdi_kunit_connect_plain(test, &local);
	tdi_kunit_no_event(reader);
	KUNIT_EXPECT_EQ(test, tdi_event_reply(reader->file, cookie,
					      STATUS_CONNECTION_REFUSED),
			STATUS_SUCCESS);
	cookie = tdi_kunit_event(reader, TDI_EVENT_CONNECT)->cookie;
	tdi_kunit_expect_accepted(test, reader->file, cookie, peer);
}

/* There is no room for what a listen does not want: refused */
static void offer_beyond_the_bound_is_refused(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	struct sockaddr_storage two = tdi_kunit_ip(0x7f000002, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct tdi_kunit_request *request;
	struct socket *peer;
	u8 byte;
	int err;

	local = tdi_kunit_loopback(AF_INET, tdi_kunit_port(&local));
	offer_fill(reader, &local);
	request = tdi_kunit_listen(test, file, &two);
	tdi_kunit_wait_in_thread(test, request);
	peer = tdi_kunit_socket(test, AF_INET);
	err = tdi_kunit_connect_socket(peer, &local, 0);
	/* sooner or later */
	if (!err)
		err = tdi_kunit_read(peer, &byte, 1);
	KUNIT_EXPECT_EQ(test, err, -ECONNRESET);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_LISTENING);
}

static struct kunit_case tdi_offer_cases[] = {
	KUNIT_CASE_PARAM(offer_refused, offer_refused_gen_params),
	KUNIT_CASE(offer_nobody_was_told_of),
	KUNIT_CASE(offer_reply_statuses),
	KUNIT_CASE(offer_expires_when_its_time_has_come),
	KUNIT_CASE(offer_nobody_ever_reads),
	KUNIT_CASE(offer_expiry_wakes_pollers),
	KUNIT_CASE_PARAM(offer_goes_to_a_listen_first,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(offer_passes_a_filter),
	KUNIT_CASE(offer_is_there_for_a_listen_without_waiting),
	KUNIT_CASE(offer_handed_on_when_its_listen_goes),
	KUNIT_CASE(offer_outlasts_an_accept_that_fails),
	KUNIT_CASE(offer_outlasts_a_listen_that_fails),
	KUNIT_CASE(offer_told_to_one_open),
	KUNIT_CASE(offer_told_to_a_late_handler),
	KUNIT_CASE(offer_stays_for_the_other_open),
	KUNIT_CASE(offer_passes_over_many_peers_that_are_gone),
	KUNIT_CASE(offer_bound),
	KUNIT_CASE(offer_beyond_the_bound_is_refused),
	{}
};

static struct kunit_suite tdi_offer_suite = {
	.name		= "tdi_offer",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_offer_cases,
};

kunit_test_suite(tdi_offer_suite);
