// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_ACCEPT (reference 2.7): of what a listen with TDI_QUERY_ACCEPT was offered
 * (2.6), and of what an event has told (3.3).
 */
#include <net/tcp.h>

#include "tdi_kunit_event.h"

#define ACCEPT_CONTEXT	0xa0a1a2a3a4a5a6a7ULL

static u32 accept_now(struct tdi_file *file, u64 cookie)
{
	struct sockaddr_storage peer;

	return tdi_accept(&file->endpoint, cookie, NULL, &peer, NULL);
}

/* Is it connected to that socket, and to no other? */
static void accept_expect_peer(struct kunit *test, struct tdi_file *file,
			       struct socket *peer)
{
	struct sockaddr_storage from, seen;

	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_CONNECTED);
	KUNIT_ASSERT_EQ(test, tdi_sock_local(peer, &from), 0);
	KUNIT_ASSERT_EQ(test, tdi_sock_peer(tdi_kunit_own_socket(test, file),
					    &seen), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&seen, &from));
	tdi_kunit_expect_works(test, file, peer);
}

static void accept_what_an_event_offers(struct kunit *test)
{
	struct sockaddr_storage local, from, told, seen;
	struct tdi_kunit_reader *reader;
	const struct tdi_event *event;
	struct tdi_file *file;
	struct socket *peer;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	reader = tdi_kunit_offering(test, &local);
	peer = tdi_kunit_connect_plain(test, &local);
	KUNIT_ASSERT_EQ(test, tdi_sock_local(peer, &from), 0);
	event = tdi_kunit_event(reader, TDI_EVENT_CONNECT);
	KUNIT_EXPECT_NE(test, event->cookie, 0);
	KUNIT_EXPECT_EQ(test, event->bytes_available, 0);
	KUNIT_ASSERT_EQ(test, tdi_taddr_parse(event->address,
					      event->address_length, &told),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&told, &from));

	file = tdi_kunit_endpoint_on(test, reader->file);
	KUNIT_EXPECT_EQ(test, tdi_accept(&file->endpoint, event->cookie, NULL,
					 &seen, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&seen, &from));
	accept_expect_peer(test, file, peer);
	tdi_kunit_no_event(reader);
}

static void accept_what_a_listen_was_offered(struct kunit *test)
{
	struct sockaddr_storage local, from, seen;
	struct tdi_file *address, *file;
	struct socket *peer;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	file = tdi_kunit_endpoint_on(test, address);
	peer = tdi_kunit_offered(test, file, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_OFFERED);
	KUNIT_ASSERT_EQ(test, tdi_sock_local(peer, &from), 0);
	KUNIT_EXPECT_EQ(test, tdi_accept(&file->endpoint, 0, NULL, &seen, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&seen, &from));
	accept_expect_peer(test, file, peer);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_no_offers(address));
}

/* With a thread that sleeps in the listen, and one who does not accept it */
static void accept_wakes_who_listens(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request[2];
	struct tdi_file *address, *file[2];
	struct socket *peer[2];
	int i;

	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	for (i = 0; i < 2; i++) {
		file[i] = tdi_kunit_endpoint_on(test, address);
		request[i] = tdi_kunit_query(test, file[i]);
		tdi_kunit_wait_in_thread(test, request[i]);
	}
	for (i = 0; i < 2; i++) {
		peer[i] = tdi_kunit_connect_plain(test, &local);
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(request[i]),
				STATUS_SUCCESS);
	}
	for (i = 1; i >= 0; i--) {
		KUNIT_EXPECT_EQ(test, accept_now(file[i], 0), STATUS_SUCCESS);
		accept_expect_peer(test, file[i], peer[i]);
	}
}

/**
 * struct accept_try - an accept that fails
 * @reader: of an address that has a CONNECT handler
 * @local: that address
 * @file: the endpoint
 * @cookie: what it accepts
 * @offer: what was offered
 * @peer: whose connection that is
 */
struct accept_try {
	struct tdi_kunit_reader *reader;
	struct sockaddr_storage local;
	struct tdi_file *file;
	u64 cookie;
	u64 offer;
	struct socket *peer;
};

static void accept_offer(struct kunit *test, struct accept_try *try)
{
	try->offer = tdi_kunit_offer(try->reader, &try->local, &try->peer);
	try->cookie = try->offer;
}

static void accept_never_offered(struct kunit *test, struct accept_try *try)
{
}

static void accept_not_associated(struct kunit *test, struct accept_try *try)
{
	try->file = tdi_kunit_endpoint(test);
}

static void accept_offer_not_associated(struct kunit *test,
					struct accept_try *try)
{
	accept_offer(test, try);
	try->file = tdi_kunit_endpoint(test);
}

static void accept_unknown(struct kunit *test, struct accept_try *try)
{
	accept_offer(test, try);
	try->cookie += 1000;
}

static void accept_elsewhere(struct kunit *test, struct accept_try *try)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);

	accept_offer(test, try);
	try->file = tdi_kunit_endpoint_on(test,
				tdi_kunit_address(test, &local, 0));
}

static void accept_elsewhere_offered(struct kunit *test,
				     struct accept_try *try)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct socket *peer;

	tdi_kunit_offer(reader, &local, &peer);
	accept_offer(test, try);
	try->file = tdi_kunit_endpoint_on(test, reader->file);
}

static void accept_listening(struct kunit *test, struct accept_try *try)
{
	accept_offer(test, try);
	tdi_kunit_listen(test, try->file, NULL);
}

static void accept_own_listening(struct kunit *test, struct accept_try *try)
{
	tdi_kunit_listen(test, try->file, NULL);
}

static void accept_offered(struct kunit *test, struct accept_try *try)
{
	accept_offer(test, try);
	tdi_kunit_offered(test, try->file, &try->local);
}

static void accept_connecting(struct kunit *test, struct accept_try *try)
{
	struct sockaddr_storage full = tdi_kunit_full_listener(test);

	accept_offer(test, try);
	tdi_kunit_connect(test, try->file, &full);
}

static void accept_connected(struct kunit *test, struct accept_try *try)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);

	accept_offer(test, try);
	tdi_kunit_listener(test, &remote, 1);
	tdi_kunit_connect_now(test, try->file, &remote);
}

static void accept_own_connected(struct kunit *test, struct accept_try *try)
{
	accept_connected(test, try);
	try->cookie = 0;
}

static void accept_taken(struct kunit *test, struct accept_try *try)
{
	accept_offer(test, try);
	KUNIT_EXPECT_EQ(test,
			accept_now(tdi_kunit_endpoint_on(test,
							 try->reader->file),
				   try->cookie), STATUS_SUCCESS);
}

static void accept_own_taken(struct kunit *test, struct accept_try *try)
{
	tdi_kunit_offered(test, try->file, &try->local);
	KUNIT_EXPECT_EQ(test, accept_now(try->file, 0), STATUS_SUCCESS);
}

static void accept_refused(struct kunit *test, struct accept_try *try)
{
	accept_offer(test, try);
	KUNIT_EXPECT_EQ(test, tdi_event_reply(try->reader->file, try->cookie,
					      STATUS_CONNECTION_REFUSED),
			STATUS_SUCCESS);
}

static void accept_own_refused(struct kunit *test, struct accept_try *try)
{
	tdi_kunit_offered(test, try->file, &try->local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, try->file),
			STATUS_SUCCESS);
}

static void accept_expired(struct kunit *test, struct accept_try *try)
{
	try->reader->file->address.address->offer_timeout = 1;
	accept_offer(test, try);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_no_offers(try->reader->file));
}

static void accept_own_expired(struct kunit *test, struct accept_try *try)
{
	try->reader->file->address.address->offer_timeout = 1;
	tdi_kunit_offered(test, try->file, &try->local);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_no_offers(try->reader->file));
}

/* The peer resets, and the offered socket has it. */
static void accept_reset(struct kunit *test, struct accept_try *try)
{
	struct tdi_address *address = try->reader->file->address.address;
	struct tdi_offer *offer;

	tdi_kunit_reset_socket(test, try->peer);
	mutex_lock(&address->mutex);
	offer = list_first_entry(&address->offers, struct tdi_offer, link);
	mutex_unlock(&address->mutex);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_socket_closed(offer->sock));
}

static void accept_gone(struct kunit *test, struct accept_try *try)
{
	accept_offer(test, try);
	accept_reset(test, try);
}

static void accept_own_gone(struct kunit *test, struct accept_try *try)
{
	try->peer = tdi_kunit_offered(test, try->file, &try->local);
	accept_reset(test, try);
}

struct accept_fails_param {
	const char *desc;
	void (*setup)(struct kunit *test, struct accept_try *try);
	u32 status;
	u32 state;	/* of the endpoint, before and after */
	bool remains;	/* the offer: somebody else can accept it */
};

static const struct accept_fails_param accept_fails_params[] = {
	{ "not associated", accept_not_associated,
	  STATUS_INVALID_CONNECTION, TDI_STATE_OPENED },
	{ "never offered", accept_never_offered,
	  STATUS_INVALID_CONNECTION, TDI_STATE_ASSOCIATED },
	{ "own, listening", accept_own_listening,
	  STATUS_CONNECTION_ACTIVE, TDI_STATE_LISTENING },
	{ "own, connected", accept_own_connected,
	  STATUS_CONNECTION_ACTIVE, TDI_STATE_CONNECTED, true },
	{ "own, twice", accept_own_taken,
	  STATUS_CONNECTION_ACTIVE, TDI_STATE_CONNECTED },
	{ "own, refused", accept_own_refused,
	  STATUS_INVALID_CONNECTION, TDI_STATE_ASSOCIATED },
	{ "own, expired", accept_own_expired,
	  STATUS_CONNECTION_ABORTED, TDI_STATE_ASSOCIATED },
	{ "own, peer gone", accept_own_gone,
	  STATUS_CONNECTION_RESET, TDI_STATE_ASSOCIATED },
	{ "event's, not associated", accept_offer_not_associated,
	  STATUS_INVALID_CONNECTION, TDI_STATE_OPENED, true },
	{ "event's, unknown", accept_unknown,
	  STATUS_INVALID_CONNECTION, TDI_STATE_ASSOCIATED },
	{ "event's, another address", accept_elsewhere,
	  STATUS_INVALID_CONNECTION, TDI_STATE_ASSOCIATED, true },
	{ "event's, another address with offers", accept_elsewhere_offered,
	  STATUS_INVALID_CONNECTION, TDI_STATE_ASSOCIATED, true },
	{ "event's, connecting", accept_connecting,
	  STATUS_CONNECTION_ACTIVE, TDI_STATE_CONNECTING, true },
	{ "event's, connected", accept_connected,
	  STATUS_CONNECTION_ACTIVE, TDI_STATE_CONNECTED, true },
	{ "event's, listening", accept_listening,
	  STATUS_CONNECTION_ACTIVE, TDI_STATE_LISTENING, true },
	{ "event's, offered another", accept_offered,
	  STATUS_CONNECTION_ACTIVE, TDI_STATE_OFFERED, true },
	{ "event's, taken", accept_taken,
	  STATUS_CONNECTION_ABORTED, TDI_STATE_ASSOCIATED },
	{ "event's, refused", accept_refused,
	  STATUS_CONNECTION_ABORTED, TDI_STATE_ASSOCIATED },
	{ "event's, expired", accept_expired,
	  STATUS_CONNECTION_ABORTED, TDI_STATE_ASSOCIATED },
	{ "event's, peer gone", accept_gone,
	  STATUS_CONNECTION_RESET, TDI_STATE_ASSOCIATED },
};

KUNIT_ARRAY_PARAM_DESC(accept_fails, accept_fails_params, desc);

/* Neither endpoint, context nor offer are touched by one that fails. */
static void accept_fails(struct kunit *test)
{
	const struct accept_fails_param *param = test->param_value;
	struct accept_try try = { .local = tdi_kunit_loopback(AF_INET, 0) };
	struct sockaddr_storage peer;
	u64 context = ACCEPT_CONTEXT;

	try.reader = tdi_kunit_offering(test, &try.local);
	try.file = tdi_kunit_endpoint_on(test, try.reader->file);
	param->setup(test, &try);

	KUNIT_EXPECT_EQ(test, tdi_accept(&try.file->endpoint, try.cookie,
					 &context, &peer, NULL), param->status);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(try.file), param->state);
	KUNIT_EXPECT_EQ(test, try.file->endpoint.context, 0);
	if (param->state == TDI_STATE_ASSOCIATED)
		tdi_kunit_expect_idle(test, try.file);
	if (!param->remains)
		return;
	try.file = tdi_kunit_endpoint_on(test, try.reader->file);
	KUNIT_EXPECT_EQ(test, accept_now(try.file, try.offer), STATUS_SUCCESS);
	accept_expect_peer(test, try.file, try.peer);
}

/* Events carry the new one, from the first. */
static void accept_replaces_the_context(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0), peer;
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	u64 context = ACCEPT_CONTEXT, cookie;
	const struct tdi_event *event;
	struct tdi_file *file;
	struct socket *sock;
	int own;

	tdi_kunit_event_on(test, reader->file, TDI_EVENT_RECEIVE, 16);
	for (own = 0; own < 2; own++) {
		file = tdi_kunit_endpoint_on(test, reader->file);
		file->endpoint.context = 1;
		cookie = 0;
		if (own)
			sock = tdi_kunit_offered(test, file, &local);
		else
			cookie = tdi_kunit_offer(reader, &local, &sock);
		KUNIT_ASSERT_EQ(test, tdi_accept(&file->endpoint, cookie,
						 &context, &peer, NULL),
				STATUS_SUCCESS);
		tdi_connection_announce(&file->endpoint,
				file->endpoint.epoch);
		KUNIT_ASSERT_EQ(test, tdi_kunit_write(sock, "x", 1), 1);
		event = tdi_kunit_event(reader, TDI_EVENT_RECEIVE);
		KUNIT_EXPECT_EQ(test, event->connection_context, context);
		context++;
	}
}

/* What the peer did before it was accepted is not lost. */
static void accept_finds_data_and_end_of_a_hasty_peer(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	const struct tdi_event *event;
	struct tdi_file *file;
	struct socket *sock;
	u64 cookie;
	int own;

	tdi_kunit_event_on(test, reader->file, TDI_EVENT_RECEIVE, 16);
	tdi_kunit_event_on(test, reader->file, TDI_EVENT_DISCONNECT, 0);
	for (own = 0; own < 2; own++) {
		file = tdi_kunit_endpoint_on(test, reader->file);
		cookie = 0;
		if (own)
			sock = tdi_kunit_offered(test, file, &local);
		else
			cookie = tdi_kunit_offer(reader, &local, &sock);
		KUNIT_ASSERT_EQ(test, tdi_kunit_write(sock, "hasty", 5), 5);
		KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(sock, SHUT_WR), 0);
		tdi_kunit_no_event(reader);
		KUNIT_EXPECT_EQ(test, accept_now(file, cookie), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(file),
				TDI_STATE_REMOTE_RELEASED);
		tdi_kunit_no_event(reader);
		tdi_connection_announce(&file->endpoint,
				file->endpoint.epoch);
		event = tdi_kunit_event_of(reader, TDI_EVENT_RECEIVE, file);
		KUNIT_EXPECT_EQ(test, event->bytes_indicated, 5);
		tdi_kunit_disconnected(reader, file, TDI_DISCONNECT_RELEASE);
	}
}

/* Between its listen and its accept an endpoint is nothing else. */
static void accept_offered_endpoint_is_busy(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_reader *reader = tdi_kunit_offering(test, &local);
	struct tdi_file *file = tdi_kunit_endpoint_on(test, reader->file);
	struct socket *peer = tdi_kunit_offered(test, file, &local);
	u64 cookie = reader->file->address.address->last_offer;
	u8 byte = 0;

	KUNIT_EXPECT_EQ(test, tdi_kunit_connect(test, file, &local)->status,
			STATUS_CONNECTION_ACTIVE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_listen(test, file, NULL)->status,
			STATUS_CONNECTION_ACTIVE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_query(test, file)->status,
			STATUS_CONNECTION_ACTIVE);
	KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(&file->endpoint),
			STATUS_CONNECTION_ACTIVE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, file, 0, &byte, 1)->status,
			STATUS_INVALID_CONNECTION);
	KUNIT_EXPECT_EQ(test,
			tdi_kunit_receive(test, file, 0, &byte, 1)->status,
			STATUS_INVALID_CONNECTION);
	KUNIT_EXPECT_EQ(test, (__force u32)tdi_endpoint_poll(&file->endpoint),
			0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_OFFERED);
	/* no event has told of it */
	KUNIT_EXPECT_EQ(test, tdi_event_reply(reader->file, cookie,
					      STATUS_CONNECTION_REFUSED),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test,
			accept_now(tdi_kunit_endpoint_on(test, reader->file),
				   cookie), STATUS_CONNECTION_ABORTED);
	KUNIT_EXPECT_EQ(test, accept_now(file, 0), STATUS_SUCCESS);
	accept_expect_peer(test, file, peer);
}

static struct kunit_case tdi_accept_cases[] = {
	KUNIT_CASE_PARAM(accept_what_an_event_offers,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(accept_what_a_listen_was_offered,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(accept_wakes_who_listens),
	KUNIT_CASE_PARAM(accept_fails, accept_fails_gen_params),
	KUNIT_CASE(accept_replaces_the_context),
	KUNIT_CASE(accept_finds_data_and_end_of_a_hasty_peer),
	KUNIT_CASE(accept_offered_endpoint_is_busy),
	{}
};

static struct kunit_suite tdi_accept_suite = {
	.name		= "tdi_accept",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_accept_cases,
};

kunit_test_suite(tdi_accept_suite);
