// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event handlers of clients in the kernel: datagrams, and what became of those
 * that were sent (reference 3.6, 3.8).
 */
#include "tdi_kunit_client.h"
#include "tdi_kunit_datagram.h"

/**
 * struct datagram_served - an address whose datagrams are handled
 * @file: the address
 * @local: its own
 * @peer: an ordinary socket
 * @remote: its address
 * @answer: what the next datagram is answered with; later ones are taken
 * @calls: of the receive handler
 * @length: of the last datagram
 * @flags: same
 * @data: its first bytes
 * @is_pattern: all of it is the pattern
 * @source: where it came from
 * @errors: calls of the error handler
 * @status: of the last one
 * @failed: to whom that was
 * @reply: what the handler sends, where a test has it send
 */
struct datagram_served {
	struct tdi_file *file;
	struct sockaddr_storage local;
	struct socket *peer;
	struct sockaddr_storage remote;
	struct tdi_kunit_answer answer;
	int calls;
	u32 length;
	u32 flags;
	u8 data[16];
	bool is_pattern;
	struct sockaddr_storage source;
	int errors;
	u32 status;
	struct sockaddr_storage failed;
	struct tdi_kunit_submitted *reply;
};

static u32 datagram_take(void *event_context, int source_address_length,
			 const void *source_address, int options_length,
			 const void *options, u32 receive_flags,
			 u32 bytes_indicated, u32 bytes_available,
			 u32 *bytes_taken, const void *tsdu,
			 struct tdi_request **receive)
{
	struct datagram_served *served = event_context;
	struct tdi_kunit_answer answer = served->answer;

	served->answer = (struct tdi_kunit_answer){ .taken = TDI_KUNIT_ALL };
	served->length = bytes_indicated;
	served->flags = receive_flags;
	memcpy(served->data, tsdu, min_t(u32, bytes_indicated,
					 sizeof(served->data)));
	served->is_pattern = in_softirq() &&
			     bytes_indicated == bytes_available &&
			     tdi_kunit_is_pattern(tsdu, 0, bytes_indicated);
	tdi_taddr_parse(source_address, source_address_length, &served->source);
	*bytes_taken = answer.taken == TDI_KUNIT_ALL ? bytes_indicated :
						       answer.taken;
	*receive = answer.request;
	smp_store_release(&served->calls, served->calls + 1);
	return answer.status;
}

static u32 datagram_error(void *event_context, u32 status,
			  int remote_address_length, const void *remote_address)
{
	struct datagram_served *served = event_context;

	served->status = status;
	tdi_taddr_parse(remote_address, remote_address_length, &served->failed);
	smp_store_release(&served->errors, served->errors + 1);
	return STATUS_SUCCESS;
}

static struct datagram_served *datagram_served(struct kunit *test, int family,
					       u32 share_access)
{
	struct datagram_served *served;

	served = kunit_kzalloc(test, sizeof(*served), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, served);
	served->answer.taken = TDI_KUNIT_ALL;
	served->local = tdi_kunit_loopback(family, 0);
	served->remote = served->local;
	served->file = tdi_kunit_client_address(test, TDI_DEVICE_UDP,
						&served->local, share_access);
	served->peer = tdi_kunit_udp(test, &served->remote);
	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 datagram_take, served);
	tdi_kunit_handle(test, served->file, TDI_EVENT_ERROR_EX, datagram_error,
			 served);
	return served;
}

static void datagram_feed(struct kunit *test, struct datagram_served *served,
			  size_t length)
{
	KUNIT_ASSERT_EQ(test,
			tdi_kunit_sendto(served->peer, &served->local,
					 tdi_kunit_pattern(test, 0, length),
					 length), length);
}

static bool datagram_called(struct datagram_served *served, int calls)
{
	return tdi_kunit_eventually(smp_load_acquire(&served->calls) == calls);
}

/* Of any length, whole, and as it lies: also in pages */
static void handler_gets_datagrams(struct kunit *test)
{
	static const size_t lengths[] = { 1, 100, 1500, 20000, 60000, 0 };
	struct datagram_served *served;
	int i;

	served = datagram_served(test, tdi_kunit_family(test), 0);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		datagram_feed(test, served, lengths[i]);
		KUNIT_EXPECT_TRUE(test, datagram_called(served, i + 1));
		KUNIT_EXPECT_EQ(test, served->length, lengths[i]);
		KUNIT_EXPECT_TRUE(test, served->is_pattern);
		KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&served->source,
							&served->remote));
		KUNIT_EXPECT_EQ(test, served->flags,
				TDI_RECEIVE_ENTIRE_MESSAGE |
				TDI_RECEIVE_AT_DISPATCH_LEVEL);
	}
}

static const struct datagram_return_param {
	const char *desc;
	u32 status, taken;
} datagram_return_params[] = {
	{ "a part", STATUS_SUCCESS, 2 },
	{ "nothing", STATUS_SUCCESS, 0 },
	{ "too much", STATUS_SUCCESS, 1 << 20 },
	{ "not accepted", STATUS_DATA_NOT_ACCEPTED, 0 },
	{ "no request", STATUS_MORE_PROCESSING_REQUIRED, 0 },
	{ "garbage", 0x12345678, 5 },
};

KUNIT_ARRAY_PARAM_DESC(datagram_return, datagram_return_params, desc);

/* What it does not take is lost, and the next one comes. */
static void handler_leaves_a_datagram(struct kunit *test)
{
	const struct datagram_return_param *param = test->param_value;
	struct datagram_served *served = datagram_served(test, AF_INET, 0);

	served->answer.status = param->status;
	served->answer.taken = param->taken;
	datagram_feed(test, served, 10);
	KUNIT_EXPECT_TRUE(test, datagram_called(served, 1));
	datagram_feed(test, served, 20);
	KUNIT_EXPECT_TRUE(test, datagram_called(served, 2));
	KUNIT_EXPECT_EQ(test, served->length, 20);
	KUNIT_EXPECT_TRUE(test, served->is_pattern);
}

static const struct datagram_rest_param {
	const char *desc;
	u32 taken, room, information, status;
} datagram_rest_params[] = {
	{ "all", 0, 16, 10, STATUS_SUCCESS },
	{ "just fits", 4, 6, 6, STATUS_SUCCESS },
	{ "too short", 4, 3, 3, STATUS_BUFFER_OVERFLOW },
	{ "no room", 0, 0, 0, STATUS_BUFFER_OVERFLOW },
	{ "nothing left", 10, 4, 0, STATUS_SUCCESS },
	{ "taken too much", 1 << 20, 4, 0, STATUS_SUCCESS },
};

KUNIT_ARRAY_PARAM_DESC(datagram_rest, datagram_rest_params, desc);

/* Its request gets the rest. */
static void handler_returns_a_receive_datagram(struct kunit *test)
{
	const struct datagram_rest_param *param = test->param_value;
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct datagram_served *served = datagram_served(test, AF_INET, 0);

	tdi_build_receive_datagram(&r->req, served->file, NULL, r->data,
				   param->room, 0);
	served->answer.status = STATUS_MORE_PROCESSING_REQUIRED;
	served->answer.taken = param->taken;
	served->answer.request = &r->req;
	datagram_feed(test, served, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), param->status);
	KUNIT_EXPECT_EQ(test, r->req.information, param->information);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, param->taken,
						     param->information));
	KUNIT_EXPECT_EQ(test, r->data[param->information], 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&r->req.remote,
						&served->remote));
	datagram_feed(test, served, 20);
	KUNIT_EXPECT_TRUE(test, datagram_called(served, 2));
}

/* One for another file, or of another kind: it comes back. */
static void handler_returns_what_is_no_receive_datagram(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct datagram_served *served = datagram_served(test, AF_INET, 0);
	struct datagram_served *other = datagram_served(test, AF_INET, 0);
	int i;

	for (i = 0; i < 2; i++) {
		tdi_kunit_submitted(r);
		if (i)
			tdi_build_send_datagram(&r->req, served->file,
						&served->remote, "x", 1);
		else
			tdi_build_receive_datagram(&r->req, other->file, NULL,
						   r->data, 10, 0);
		served->answer.status = STATUS_MORE_PROCESSING_REQUIRED;
		served->answer.taken = 0;
		served->answer.request = &r->req;
		datagram_feed(test, served, 10);
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r),
				STATUS_INVALID_PARAMETER);
		KUNIT_EXPECT_TRUE(test, datagram_called(served, i + 1));
	}
}

/* A receive that waits has precedence, if it is from whom it wants. */
static void handler_waits_for_a_receive_datagram(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct datagram_served *served = datagram_served(test, AF_INET, 0);
	struct sockaddr_storage other = tdi_kunit_ip(0x7f000063, 0);

	tdi_build_receive_datagram(&r->req, served->file, NULL, r->data, 16, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	datagram_feed(test, served, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 10);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
	datagram_feed(test, served, 11);
	KUNIT_EXPECT_TRUE(test, datagram_called(served, 1));

	tdi_kunit_submitted(r);
	tdi_build_receive_datagram(&r->req, served->file, &other, r->data, 16,
				   0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	datagram_feed(test, served, 12);
	KUNIT_EXPECT_TRUE(test, datagram_called(served, 2));
	KUNIT_EXPECT_EQ(test, served->length, 12);
	KUNIT_EXPECT_EQ(test, tdi_cancel(&r->req), STATUS_CANCELLED);
}

/* Many at once, more than a turn: none is lost as long as there is room */
static void handler_gets_many_datagrams(struct kunit *test)
{
	struct datagram_served *served = datagram_served(test, AF_INET, 0);
	int i;

	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM, NULL,
			 NULL);
	for (i = 0; i < 100; i++)
		datagram_feed(test, served, 10);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 datagram_take, served);
	KUNIT_EXPECT_TRUE(test, datagram_called(served, 100));
}

/* Each open gets a call of its own; one that is closed does not. */
static void handler_of_every_open(struct kunit *test)
{
	struct datagram_served *first, *second;

	first = datagram_served(test, AF_INET, TDI_KUNIT_SHARED);
	second = kunit_kzalloc(test, sizeof(*second), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, second);
	second->answer.taken = TDI_KUNIT_ALL;
	second->local = first->local;
	second->file = tdi_kunit_client_address(test, TDI_DEVICE_UDP,
						&second->local,
						TDI_KUNIT_SHARED);
	tdi_kunit_handle(test, second->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 datagram_take, second);
	datagram_feed(test, first, 10);
	KUNIT_EXPECT_TRUE(test, datagram_called(first, 1));
	KUNIT_EXPECT_TRUE(test, datagram_called(second, 1));
	tdi_kunit_client_close_now(test, second->file);
	datagram_feed(test, first, 20);
	KUNIT_EXPECT_TRUE(test, datagram_called(first, 2));
	KUNIT_EXPECT_EQ(test, second->calls, 1);
}

/* Nobody is at that port: told with the datagram's remote. */
static void handler_of_what_did_not_arrive(struct kunit *test)
{
	struct datagram_served *served;
	struct sockaddr_storage nobody;
	struct tdi_request req;
	int i;

	served = datagram_served(test, tdi_kunit_family(test), 0);
	nobody = served->remote;
	tdi_kunit_close_socket(test, served->peer);
	for (i = 0; i < 3; i++) {
		tdi_build_send_datagram(&req, served->file, &nobody, "x", 1);
		KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				smp_load_acquire(&served->errors) == i + 1));
		KUNIT_EXPECT_EQ(test, served->status, STATUS_PORT_UNREACHABLE);
		KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&served->failed,
							&nobody));
	}
	KUNIT_EXPECT_EQ(test, served->calls, 0);
}

/* Assertion 24: an answer, sent from the handler */
static u32 datagram_responds(void *event_context, int source_address_length,
			     const void *source_address, int options_length,
			     const void *options, u32 receive_flags,
			     u32 bytes_indicated, u32 bytes_available,
			     u32 *bytes_taken, const void *tsdu,
			     struct tdi_request **receive)
{
	struct datagram_served *served = event_context;
	struct tdi_kunit_submitted *r = served->reply;
	struct sockaddr_storage source;

	tdi_taddr_parse(source_address, source_address_length, &source);
	memcpy(r->data, tsdu, min_t(u32, bytes_indicated, sizeof(r->data)));
	tdi_build_send_datagram(&r->req, served->file, &source, r->data,
				bytes_indicated);
	*bytes_taken = bytes_indicated;
	return tdi_submit(&r->req) == STATUS_PENDING ?
	       STATUS_SUCCESS : STATUS_DATA_NOT_ACCEPTED;
}

static void handler_sends_a_datagram(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct datagram_served *served;
	u8 got[16];
	int i;

	served = datagram_served(test, tdi_kunit_family(test), 0);
	served->reply = r;
	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 datagram_responds, served);
	for (i = 1; i < 10; i++) {
		tdi_kunit_submitted(r);
		datagram_feed(test, served, i);
		KUNIT_EXPECT_EQ(test, tdi_kunit_read(served->peer, got,
						     sizeof(got)), i);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, 0, i));
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, r->req.information, i);
	}
}

static struct kunit_case tdi_handler_datagram_cases[] = {
	KUNIT_CASE_PARAM(handler_gets_datagrams, tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(handler_leaves_a_datagram,
			 datagram_return_gen_params),
	KUNIT_CASE_PARAM(handler_returns_a_receive_datagram,
			 datagram_rest_gen_params),
	KUNIT_CASE(handler_returns_what_is_no_receive_datagram),
	KUNIT_CASE(handler_waits_for_a_receive_datagram),
	KUNIT_CASE(handler_gets_many_datagrams),
	KUNIT_CASE(handler_of_every_open),
	KUNIT_CASE_PARAM(handler_of_what_did_not_arrive,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(handler_sends_a_datagram, tdi_kunit_family_gen_params),
	{}
};

static struct kunit_suite tdi_handler_datagram_suite = {
	.name = "tdi_handler_datagram",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_handler_datagram_cases,
};

kunit_test_suite(tdi_handler_datagram_suite);
