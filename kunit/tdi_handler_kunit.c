// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event handlers of clients in the kernel: CONNECT and RECEIVE, what they return
 * and what comes of that (reference 3.3, 3.5).
 */
#include "tdi_kunit_client.h"

/* What a connect handler returns, and what it was called with */
struct handler_connect {
	struct tdi_kunit_submitted accept;
	u32 status;
	struct tdi_request *request;
	void *connection_context;
	struct sockaddr_storage remote;
	int calls;
};

static u32 handler_connects(void *event_context, int remote_address_length,
			    const void *remote_address, int user_data_length,
			    const void *user_data, int options_length,
			    const void *options, void **connection_context,
			    struct tdi_request **accept)
{
	struct handler_connect *connect = event_context;

	tdi_taddr_parse(remote_address, remote_address_length,
			&connect->remote);
	*accept = connect->request;
	*connection_context = connect->connection_context;
	smp_store_release(&connect->calls, connect->calls + 1);
	return connect->status;
}

/* Accepts on an endpoint unless the test changes that */
static struct handler_connect *
handler_connect(struct kunit *test, struct tdi_file *address,
		struct tdi_file *endpoint)
{
	struct handler_connect *connect;

	connect = kunit_kzalloc(test, sizeof(*connect), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, connect);
	tdi_kunit_submitted(&connect->accept);
	tdi_build_accept(&connect->accept.req, endpoint, NULL);
	connect->status = STATUS_MORE_PROCESSING_REQUIRED;
	connect->request = &connect->accept.req;
	tdi_kunit_handle(test, address, TDI_EVENT_CONNECT, handler_connects,
			 connect);
	return connect;
}

/* It goes on as if nothing had been. */
static void handler_expect_accepts(struct kunit *test,
				   struct handler_connect *connect,
				   struct tdi_kunit_client *client)
{
	struct sockaddr_storage from;
	struct socket *peer;

	connect->status = STATUS_MORE_PROCESSING_REQUIRED;
	connect->request = &connect->accept.req;
	tdi_kunit_submitted(&connect->accept);
	tdi_build_accept(&connect->accept.req, client->endpoint, NULL);
	peer = tdi_kunit_connect_plain(test, &client->local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_completed(&connect->accept),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_sock_local(peer, &from), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&connect->remote, &from));
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&connect->accept.req.remote,
						&from));
	tdi_kunit_expect_works(test, client->endpoint, peer);
}

/* Assertion 10 */
static void handler_comes_after_a_listen(struct kunit *test)
{
	struct tdi_kunit_submitted *listen = tdi_kunit_new_request(test);
	struct handler_connect *connect;
	struct tdi_kunit_client client;
	struct tdi_file *listener;
	struct socket *peer;

	tdi_kunit_client(test, tdi_kunit_family(test), &client);
	listener = tdi_kunit_client_endpoint(test, client.address, NULL);
	connect = handler_connect(test, client.address, client.endpoint);
	tdi_build_listen(&listen->req, listener, NULL, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&listen->req), STATUS_PENDING);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(listener,
							TDI_STATE_LISTENING));
	peer = tdi_kunit_connect_plain(test, &client.local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(listen), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, connect->calls, 0);
	tdi_kunit_expect_works(test, listener, peer);
	handler_expect_accepts(test, connect, &client);
	KUNIT_EXPECT_EQ(test, connect->calls, 1);
}

/* A connection came before anybody wanted to know. */
static void handler_comes_late(struct kunit *test)
{
	struct sockaddr_storage far;
	struct tdi_kunit_submitted *listen = tdi_kunit_new_request(test);
	struct handler_connect *connect;
	struct tdi_kunit_client client;
	struct tdi_file *listener;
	struct socket *peer;

	tdi_kunit_client(test, AF_INET, &client);
	listener = tdi_kunit_client_endpoint(test, client.address, NULL);
	far = tdi_kunit_ip(0x7f000063, 0);
	tdi_build_listen(&listen->req, listener, &far, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&listen->req), STATUS_PENDING);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(listener,
							TDI_STATE_LISTENING));
	connect = handler_connect(test, client.address, client.endpoint);
	/* nor does the filter of that listen let it through */
	peer = tdi_kunit_connect_plain(test, &client.local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(&connect->accept),
			STATUS_SUCCESS);
	tdi_kunit_expect_works(test, client.endpoint, peer);
	KUNIT_EXPECT_EQ(test, tdi_cancel(&listen->req), STATUS_CANCELLED);
}

enum handler_bad {
	BUSY, FOREIGN, UNASSOCIATED, RECEIVE, SEND, ADDRESS, CONTROL,
};

static const struct handler_bad_param {
	const char *desc;
	enum handler_bad bad;
} handler_bad_params[] = {
	{ "busy", BUSY },
	{ "of another address", FOREIGN },
	{ "not associated", UNASSOCIATED },
	{ "a receive", RECEIVE },
	{ "a send", SEND },
	{ "address", ADDRESS },
	{ "control channel", CONTROL },
};

KUNIT_ARRAY_PARAM_DESC(handler_bad, handler_bad_params, desc);

static void handler_close_file(void *file)
{
	tdi_close(file);
}

static struct tdi_file *handler_bad_endpoint(struct kunit *test,
					     struct tdi_kunit_client *client,
					     enum handler_bad bad)
{
	struct sockaddr_storage other;
	struct tdi_file *file;

	other = tdi_kunit_loopback(client->local.ss_family, 0);
	switch (bad) {
	case BUSY:
		file = tdi_kunit_client_endpoint(test, client->address, NULL);
		tdi_kunit_client_connect(test, file, other.ss_family);
		return file;
	case FOREIGN:
		file = tdi_kunit_client_address(test, TDI_DEVICE_TCP, &other, 0);
		return tdi_kunit_client_endpoint(test, file, NULL);
	case UNASSOCIATED:
		return tdi_kunit_client_endpoint(test, NULL, NULL);
	case ADDRESS:
		return tdi_kunit_client_address(test, TDI_DEVICE_TCP, &other, 0);
	case CONTROL:
		KUNIT_ASSERT_EQ(test, tdi_open_control(&init_net,
						       TDI_DEVICE_TCP, &file),
				STATUS_SUCCESS);
		tdi_kunit_defer(test, handler_close_file, file);
		return file;
	default:
		return client->endpoint;
	}
}

/* Assertion 10: the connection is dropped, the request completed with an error. */
static void handler_accepts_with_what_cannot_be(struct kunit *test)
{
	const struct handler_bad_param *param = test->param_value;
	struct handler_connect *connect;
	struct tdi_kunit_client client;
	struct tdi_file *file;
	u8 byte;

	tdi_kunit_client(test, AF_INET, &client);
	file = handler_bad_endpoint(test, &client, param->bad);
	connect = handler_connect(test, client.address, file);
	if (param->bad == RECEIVE)
		tdi_build_receive(&connect->accept.req, file, &byte, 1, 0);
	else if (param->bad == SEND)
		tdi_build_send(&connect->accept.req, file, "x", 1, 0);
	tdi_kunit_expect_refused(test, &client.local);
	KUNIT_EXPECT_NE(test, tdi_kunit_completed(&connect->accept),
			STATUS_SUCCESS);
	KUNIT_EXPECT_NE(test, connect->accept.req.status, STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, connect->calls, 1);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_no_offers(client.address));
	handler_expect_accepts(test, connect, &client);
}

static const struct handler_refuse_param {
	const char *desc;
	u32 status;
	bool request;
} handler_refuse_params[] = {
	{ "refused", STATUS_CONNECTION_REFUSED, false },
	{ "insufficient resources", STATUS_INSUFFICIENT_RESOURCES, false },
	{ "success", STATUS_SUCCESS, false },
	{ "no request", STATUS_MORE_PROCESSING_REQUIRED, false },
	{ "garbage with a request", 0x12345678, true },
	{ "success with a request", STATUS_SUCCESS, true },
};

KUNIT_ARRAY_PARAM_DESC(handler_refuse, handler_refuse_params, desc);

/* Assertion 11; a request that comes with it is not touched. */
static void handler_refuses(struct kunit *test)
{
	const struct handler_refuse_param *param = test->param_value;
	struct handler_connect *connect;
	struct tdi_kunit_client client;

	tdi_kunit_client(test, AF_INET, &client);
	connect = handler_connect(test, client.address, client.endpoint);
	connect->status = param->status;
	if (!param->request)
		connect->request = NULL;
	tdi_kunit_expect_refused(test, &client.local);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_no_offers(client.address));
	KUNIT_EXPECT_EQ(test, connect->calls, 1);
	KUNIT_EXPECT_FALSE(test, completion_done(&connect->accept.done));
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(client.endpoint),
			TDI_STATE_ASSOCIATED);
	handler_expect_accepts(test, connect, &client);
}

/* The endpoint's context becomes what the handler says. */
static void handler_replaces_the_context(struct kunit *test)
{
	struct tdi_kunit_served *served;
	struct handler_connect *connect;
	struct tdi_file *endpoint;

	served = kunit_kzalloc(test, sizeof(*served), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, served);
	tdi_kunit_serve(test, served, tdi_kunit_family(test));
	endpoint = tdi_kunit_client_endpoint(test, served->client.address,
					     test);
	connect = handler_connect(test, served->client.address, endpoint);
	connect->connection_context = served;
	served->peer = tdi_kunit_connect_plain(test, &served->client.local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_completed(&connect->accept),
			STATUS_SUCCESS);
	/* tdi_kunit_take() checks it */
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
}

/* Nobody accepts any more than what fits; the rest is refused in the end. */
static void handler_is_turned_off(struct kunit *test)
{
	struct handler_connect *connect;
	struct tdi_kunit_client client;
	struct socket *peer;

	tdi_kunit_client(test, AF_INET, &client);
	connect = handler_connect(test, client.address, client.endpoint);
	tdi_kunit_handle(test, client.address, TDI_EVENT_CONNECT, NULL, NULL);
	peer = tdi_kunit_socket(test, AF_INET);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_socket(peer, &client.local, 0),
			-ECONNREFUSED);
	KUNIT_EXPECT_EQ(test, connect->calls, 0);
	tdi_kunit_handle(test, client.address, TDI_EVENT_CONNECT,
			 handler_connects, connect);
	handler_expect_accepts(test, connect, &client);
}

/* Assertion 17: what it left is indicated again. */
static void handler_takes_a_part(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test,
						tdi_kunit_family(test));

	tdi_kunit_answer_next(served, STATUS_SUCCESS, 3, NULL);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
	KUNIT_EXPECT_EQ(test, served->calls, 2);
	KUNIT_EXPECT_EQ(test, served->indicated, 7);
	KUNIT_EXPECT_EQ(test, served->flags, TDI_RECEIVE_NORMAL |
			TDI_RECEIVE_ENTIRE_MESSAGE |
			TDI_RECEIVE_AT_DISPATCH_LEVEL);
}

/* Assertion 17: a request that waits has precedence. */
static void handler_waits_for_a_receive(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);

	tdi_build_receive(&r->req, served->client.endpoint, r->data, 4, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	served->offset = 4;
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 4);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, 0, 4));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
}

/* The next indication comes when the request is done. */
static void handler_looks_for_completion(struct tdi_kunit_served *served)
{
	if (served->calls == 0)
		served->offset += 5;
	else if (!READ_ONCE(served->client.accept->completed))
		served->wrong = true;
}

/* Assertion 17: its request gets exactly what was not taken, and is done first. */
static void handler_returns_a_receive(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test,
						tdi_kunit_family(test));
	struct tdi_kunit_submitted *r = served->client.accept;

	served->later = handler_looks_for_completion;
	tdi_kunit_submitted(r);
	tdi_build_receive(&r->req, served->client.endpoint, r->data, 5, 0);
	tdi_kunit_answer_next(served, STATUS_MORE_PROCESSING_REQUIRED, 2,
			      &r->req);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 5);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, 2, 5));
	/* the handler has taken 2, and sees the last 3 at their place */
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
	KUNIT_EXPECT_EQ(test, served->calls, 2);
	KUNIT_EXPECT_EQ(test, served->indicated, 3);
}

enum handler_give { GIVE_NOTHING, GIVE_SEND, GIVE_ANOTHER };

static const struct handler_give_param {
	const char *desc;
	enum handler_give give;
	u32 taken;
} handler_give_params[] = {
	{ "no request", GIVE_NOTHING, 2 },
	{ "a send", GIVE_SEND, 2 },
	{ "another endpoint's", GIVE_ANOTHER, 2 },
	{ "another endpoint's, and too much taken", GIVE_ANOTHER, U32_MAX },
};

KUNIT_ARRAY_PARAM_DESC(handler_give, handler_give_params, desc);

/* Nothing is lost, and the request comes back. */
static void handler_returns_a_receive_that_cannot_be(struct kunit *test)
{
	const struct handler_give_param *param = test->param_value;
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_request req;
	struct tdi_file *other;

	other = tdi_kunit_client_endpoint(test, served->client.address, NULL);
	if (param->give == GIVE_SEND)
		tdi_build_send(&r->req, served->client.endpoint, "x", 1, 0);
	else
		tdi_build_receive(&r->req, other, r->data, 5, 0);
	tdi_kunit_answer_next(served, STATUS_MORE_PROCESSING_REQUIRED,
			      param->taken,
			      param->give == GIVE_NOTHING ? NULL : &r->req);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				smp_load_acquire(&served->calls) >= 1));
	if (param->give == GIVE_NOTHING) {
		served->offset = 3;
		/* as one that was not accepted */
		tdi_build_receive(&req, served->client.endpoint, r->data, 1, 0);
		KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, 2, 1));
	} else {
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r),
				STATUS_INVALID_PARAMETER);
	}
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				READ_ONCE(served->offset) >= 10));
	KUNIT_EXPECT_EQ(test, served->offset, 10);
	KUNIT_EXPECT_EQ(test, served->calls, param->taken < 10 ? 2 : 1);
	KUNIT_EXPECT_FALSE(test, served->wrong);
}

static const struct handler_silence_param {
	const char *desc;
	u32 status, taken;
	bool request;
} handler_silence_params[] = {
	{ "not accepted", STATUS_DATA_NOT_ACCEPTED, 0 },
	{ "not accepted but some", STATUS_DATA_NOT_ACCEPTED, 4 },
	{ "success with nothing taken", STATUS_SUCCESS, 0 },
	{ "garbage", 0x87654321, 0 },
	{ "garbage but some", 0x12345678, 4 },
	{ "pending", STATUS_PENDING, 4 },
	{ "not accepted with a request", STATUS_DATA_NOT_ACCEPTED, 0, true },
	{ "success with a request", STATUS_SUCCESS, 0, true },
	{ "garbage with a request", 0x87654321, 4, true },
};

KUNIT_ARRAY_PARAM_DESC(handler_silence, handler_silence_params, desc);

/*
 * Assertion 18: silence, until a TDI_RECEIVE gets what was left.  A request that
 * comes with it is not touched.
 */
static void handler_does_not_accept(struct kunit *test)
{
	const struct handler_silence_param *param = test->param_value;
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_request req;
	u8 got[3];

	tdi_build_receive(&r->req, served->client.endpoint, r->data, 5, 0);
	tdi_kunit_answer_next(served, param->status, param->taken,
			      param->request ? &r->req : NULL);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				smp_load_acquire(&served->calls) == 1));
	tdi_kunit_feed(test, served, 10, 10);
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->calls, 1);
	KUNIT_EXPECT_EQ(test, served->offset, param->taken);

	served->offset += sizeof(got);
	tdi_build_receive(&req, served->client.endpoint, got, sizeof(got), 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, req.information, sizeof(got));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, param->taken,
						     sizeof(got)));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 20));
	KUNIT_EXPECT_FALSE(test, completion_done(&r->done));
}

/* Assertion 19; and one that takes more than there is has taken what there is. */
static void handler_does_not_accept_but_takes_all(struct kunit *test)
{
	static const u32 taken[] = { 10, 11, 1 << 20, U32_MAX };
	static const u32 status[] = {
		STATUS_DATA_NOT_ACCEPTED, STATUS_SUCCESS, 0x12345678,
	};
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	size_t offset = 0;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(taken); i++)
		for (j = 0; j < ARRAY_SIZE(status); j++) {
			tdi_kunit_answer_next(served, status[j], taken[i],
					      NULL);
			tdi_kunit_feed(test, served, offset, 10);
			offset += 10;
			KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served,
								    offset));
		}
	KUNIT_EXPECT_EQ(test, served->calls,
			ARRAY_SIZE(taken) * ARRAY_SIZE(status));
}

/* A zero-length TDI_RECEIVE: go on */
static void handler_goes_on_after_a_receive_of_nothing(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_request req;

	tdi_kunit_answer_next(served, STATUS_DATA_NOT_ACCEPTED, 0, NULL);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				smp_load_acquire(&served->calls) == 1));
	tdi_build_receive(&req, served->client.endpoint, NULL, 0, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
}

/* What was there before the handler, or before it was turned on again */
static void handler_gets_what_has_waited(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	int i;

	for (i = 0; i < 3; i++) {
		tdi_kunit_handle(test, served->client.address,
				 TDI_EVENT_RECEIVE, NULL, NULL);
		tdi_kunit_feed(test, served, i * 10, 10);
		tdi_kunit_settle(served);
		KUNIT_EXPECT_EQ(test, served->calls, i);
		tdi_kunit_handle(test, served->client.address,
				 TDI_EVENT_RECEIVE, tdi_kunit_take, served);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served,
							    i * 10 + 10));
	}
}

static void handler_of_what_cannot_be(struct kunit *test)
{
	struct tdi_kunit_client client;

	tdi_kunit_client(test, AF_INET, &client);
	KUNIT_EXPECT_EQ(test, tdi_set_event_handler(client.endpoint,
						    TDI_EVENT_RECEIVE,
						    tdi_kunit_take, NULL),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, tdi_set_event_handler(client.address, 99,
						    tdi_kunit_take, NULL),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_CHAINED_RECEIVE,
						    tdi_kunit_take, NULL),
			STATUS_NOT_IMPLEMENTED);
	/* events are called or read, not both */
	KUNIT_EXPECT_EQ(test, tdi_kunit_handler(client.address,
						TDI_EVENT_RECEIVE, true, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_DISCONNECT,
						    tdi_kunit_see_end, NULL),
			STATUS_INVALID_DEVICE_STATE);
}

/* A connection whose handler submits @ask before it returns */
struct handler_asks {
	struct tdi_kunit_served served;
	struct tdi_kunit_submitted *ask;
};

static void handler_ask(struct tdi_kunit_served *served)
{
	struct handler_asks *asks = container_of(served, struct handler_asks,
						 served);

	served->later = NULL;
	tdi_submit(&asks->ask->req);
}

/* The rest is that request's which is returned, whoever else has come. */
static void handler_returns_a_receive_beside_others(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served;
	struct handler_asks *asks;

	asks = kunit_kzalloc(test, sizeof(*asks), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, asks);
	asks->ask = tdi_kunit_new_request(test);
	served = &asks->served;
	tdi_kunit_serve(test, served, AF_INET);
	served->peer = tdi_kunit_client_connect(test, served->client.endpoint,
						AF_INET);
	tdi_build_receive(&asks->ask->req, served->client.endpoint,
			  asks->ask->data, 5, 0);
	tdi_build_receive(&r->req, served->client.endpoint, r->data, 8, 0);
	tdi_kunit_answer_next(served, STATUS_MORE_PROCESSING_REQUIRED, 2,
			      &r->req);
	served->later = handler_ask;
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 8);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, 2, 8));
	tdi_kunit_feed(test, served, 10, 5);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(asks->ask), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(asks->ask->data, 10, 5));
	KUNIT_EXPECT_EQ(test, served->calls, 1);
}

static struct kunit_case tdi_handler_cases[] = {
	KUNIT_CASE_PARAM(handler_comes_after_a_listen,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(handler_comes_late),
	KUNIT_CASE_PARAM(handler_accepts_with_what_cannot_be,
			 handler_bad_gen_params),
	KUNIT_CASE_PARAM(handler_refuses, handler_refuse_gen_params),
	KUNIT_CASE_PARAM(handler_replaces_the_context,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(handler_is_turned_off),
	KUNIT_CASE_PARAM(handler_takes_a_part, tdi_kunit_family_gen_params),
	KUNIT_CASE(handler_waits_for_a_receive),
	KUNIT_CASE_PARAM(handler_returns_a_receive,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(handler_returns_a_receive_beside_others),
	KUNIT_CASE_PARAM(handler_returns_a_receive_that_cannot_be,
			 handler_give_gen_params),
	KUNIT_CASE_PARAM(handler_does_not_accept, handler_silence_gen_params),
	KUNIT_CASE(handler_does_not_accept_but_takes_all),
	KUNIT_CASE(handler_goes_on_after_a_receive_of_nothing),
	KUNIT_CASE(handler_gets_what_has_waited),
	KUNIT_CASE(handler_of_what_cannot_be),
	{}
};

static struct kunit_suite tdi_handler_suite = {
	.name = "tdi_handler",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_handler_cases,
};

kunit_test_suite(tdi_handler_suite);
