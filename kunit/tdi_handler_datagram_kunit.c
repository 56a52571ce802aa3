// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event handlers of clients in the kernel: datagrams, and what became of those
 * that were sent (reference 3.6, 3.8).
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "tdi_kunit_hearer.h"

static void handler_gets_datagrams(struct kunit *test)
{
	tdi_kunit_hears_all(test, tdi_kunit_hearer(test, tdi_kunit_family(test),
						   0));
}

static void handler_restore_mtu(void *mtu)
{
	rtnl_lock();
	dev_set_mtu(init_net.loopback_dev, (uintptr_t)mtu);
	rtnl_unlock();
}

/* What came in fragments is one run of bytes. */
static void handler_gets_fragments(struct kunit *test)
{
	struct net_device *lo = init_net.loopback_dev;
	struct tdi_kunit_hearer *served;

	served = tdi_kunit_hearer(test, tdi_kunit_family(test), 0);
	tdi_kunit_defer(test, handler_restore_mtu,
			(void *)(uintptr_t)READ_ONCE(lo->mtu));
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(lo, 1500), 0);
	rtnl_unlock();
	tdi_kunit_tell(test, served, 20000);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 1));
	KUNIT_EXPECT_EQ(test, served->length, 20000);
	KUNIT_EXPECT_TRUE(test, served->is_pattern);
}

static const struct datagram_return_param {
	const char *desc;
	u32 status, taken;
	bool request;
} datagram_return_params[] = {
	{ "a part", STATUS_SUCCESS, 2 },
	{ "nothing", STATUS_SUCCESS, 0 },
	{ "too much", STATUS_SUCCESS, 1 << 20 },
	{ "far too much", STATUS_SUCCESS, U32_MAX },
	{ "not accepted", STATUS_DATA_NOT_ACCEPTED, 0 },
	{ "no request", STATUS_MORE_PROCESSING_REQUIRED, 0 },
	{ "garbage", 0x12345678, 5 },
	{ "success with a request", STATUS_SUCCESS, 5, true },
	{ "garbage with a request", 0x87654321, U32_MAX, true },
};

KUNIT_ARRAY_PARAM_DESC(datagram_return, datagram_return_params, desc);

/*
 * What it does not take is lost, and the next one comes.  A request that comes
 * with it is not touched.
 */
static void handler_leaves_a_datagram(struct kunit *test)
{
	const struct datagram_return_param *param = test->param_value;
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);

	tdi_build_receive_datagram(&r->req, served->file, NULL, r->data, 16, 0);
	served->answer.status = param->status;
	served->answer.taken = param->taken;
	served->answer.request = param->request ? &r->req : NULL;
	tdi_kunit_tell(test, served, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 1));
	tdi_kunit_tell(test, served, 20);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 2));
	KUNIT_EXPECT_EQ(test, served->length, 20);
	KUNIT_EXPECT_TRUE(test, served->is_pattern);
	KUNIT_EXPECT_FALSE(test, completion_done(&r->done));
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
	{ "taken too much", U32_MAX, 4, 0, STATUS_SUCCESS },
};

KUNIT_ARRAY_PARAM_DESC(datagram_rest, datagram_rest_params, desc);

/* Its request gets the rest. */
static void handler_returns_a_receive_datagram(struct kunit *test)
{
	const struct datagram_rest_param *param = test->param_value;
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);

	tdi_build_receive_datagram(&r->req, served->file, NULL, r->data,
				   param->room, 0);
	served->answer.status = STATUS_MORE_PROCESSING_REQUIRED;
	served->answer.taken = param->taken;
	served->answer.request = &r->req;
	tdi_kunit_tell(test, served, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), param->status);
	KUNIT_EXPECT_EQ(test, r->req.information, param->information);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, param->taken,
						     param->information));
	KUNIT_EXPECT_EQ(test, r->data[param->information], 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&r->req.remote,
						&served->remote));
	tdi_kunit_tell(test, served, 20);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 2));
}

/* One for another file, or of another kind: it comes back. */
static void handler_returns_what_is_no_receive_datagram(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);
	struct tdi_kunit_hearer *other = tdi_kunit_hearer(test, AF_INET, 0);
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
		served->answer.taken = i ? 0 : U32_MAX;
		served->answer.request = &r->req;
		tdi_kunit_tell(test, served, 10);
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r),
				STATUS_INVALID_PARAMETER);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, i + 1));
	}
}

/* A receive that waits has precedence, if it is from whom it wants. */
static void handler_waits_for_a_receive_datagram(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);
	struct sockaddr_storage other = tdi_kunit_ip(0x7f000063, 0);

	tdi_build_receive_datagram(&r->req, served->file, NULL, r->data, 16, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	tdi_kunit_tell(test, served, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 10);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
	tdi_kunit_tell(test, served, 11);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 1));

	tdi_kunit_submitted(r);
	tdi_build_receive_datagram(&r->req, served->file, &other, r->data, 16,
				   0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	tdi_kunit_tell(test, served, 12);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 2));
	KUNIT_EXPECT_EQ(test, served->length, 12);
	KUNIT_EXPECT_EQ(test, tdi_cancel(&r->req), STATUS_CANCELLED);
}

/* Many at once, more than a turn: none is lost as long as there is room */
static void handler_gets_many_datagrams(struct kunit *test)
{
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);
	int i;

	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM, NULL,
			 NULL);
	for (i = 0; i < 100; i++)
		tdi_kunit_tell(test, served, 10);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 tdi_kunit_hear, served);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 100));
}

#define MANY	100

/* Numbered, while nobody wants them */
static void datagram_feed_many(struct kunit *test,
			       struct tdi_kunit_hearer *served)
{
	u8 i;

	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM, NULL,
			 NULL);
	for (i = 0; i < MANY; i++)
		KUNIT_ASSERT_EQ(test, tdi_kunit_sendto(served->peer,
						       &served->local, &i, 1),
				1);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
}

/* After a turn, which is not all of them: the rest is for receives. */
static void handler_is_turned_off_in_the_middle(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);
	int calls, i;

	datagram_feed_many(test, served);
	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 tdi_kunit_hear, served);
	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM, NULL,
			 NULL);
	calls = READ_ONCE(served->calls);
	KUNIT_EXPECT_GT(test, calls, 0);
	for (i = calls; i < MANY; i++) {
		tdi_kunit_submitted(r);
		tdi_build_receive_datagram(&r->req, served->file, NULL, r->data,
					   16, 0);
		KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
		KUNIT_ASSERT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, r->req.information, 1);
		served->sum += r->data[0];
	}
	KUNIT_EXPECT_EQ(test, served->calls, calls);
	KUNIT_EXPECT_EQ(test, served->sum, MANY * (MANY - 1) / 2);
	KUNIT_EXPECT_FALSE(test, tdi_sock_has_datagram(
				served->file->address.sock.socket));
}

/* Receives get what is from whom they want, and the handler all else. */
static void handler_beside_receives_with_a_filter(struct kunit *test)
{
	struct sockaddr_storage source = tdi_kunit_loopback(AF_INET, 0);
	struct socket *other = tdi_kunit_udp(test, &source);
	struct tdi_kunit_hearer *served;
	struct tdi_kunit_submitted *r[3];
	int i, round;

	for (i = 0; i < ARRAY_SIZE(r); i++)
		r[i] = tdi_kunit_new_request(test);
	served = tdi_kunit_hearer(test, AF_INET, 0);
	for (round = 1; round <= 20; round++) {
		for (i = 0; i < ARRAY_SIZE(r); i++) {
			tdi_kunit_submitted(r[i]);
			tdi_build_receive_datagram(&r[i]->req, served->file,
						   &source, r[i]->data, 16, 0);
			KUNIT_ASSERT_EQ(test, tdi_submit(&r[i]->req),
					STATUS_PENDING);
		}
		for (i = 0; i <= ARRAY_SIZE(r); i++) {
			tdi_kunit_tell(test, served, 10);
			KUNIT_ASSERT_EQ(test, tdi_kunit_sendto(other,
						&served->local, "x", 1), 1);
		}
		for (i = 0; i < ARRAY_SIZE(r); i++) {
			KUNIT_ASSERT_EQ(test, tdi_kunit_completed(r[i]),
					STATUS_SUCCESS);
			KUNIT_EXPECT_EQ(test, r[i]->req.information, 1);
			KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(
						&r[i]->req.remote, &source));
		}
		/* and the one that is more than those want */
		KUNIT_ASSERT_TRUE(test, tdi_kunit_hears(served, 5 * round));
	}
}

static void datagram_wakes_the_other(struct tdi_kunit_hearer *served)
{
	struct tdi_request *req = &served->reply->req;

	if (served->calls)
		return;
	tdi_build_send_datagram(req, served->file, &served->other->local, "x",
				1);
	served->reply->flags = tdi_submit(req);
}

static void datagram_looks_at_the_other(struct tdi_kunit_hearer *served)
{
	served->seen = READ_ONCE(served->other->calls);
}

/* Many wait at one address: another one's turn comes before they are through. */
static void handler_of_another_address_meanwhile(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_hearer *first = tdi_kunit_hearer(test, AF_INET, 0);
	struct tdi_kunit_hearer *second = tdi_kunit_hearer(test, AF_INET, 0);

	first->reply = r;
	first->other = second;
	first->later = datagram_wakes_the_other;
	second->other = first;
	second->later = datagram_looks_at_the_other;
	datagram_feed_many(test, first);
	datagram_feed_many(test, first);
	tdi_kunit_handle(test, first->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 tdi_kunit_hear, first);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(second, 1));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(first, 2 * MANY));
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_LT(test, second->seen, 2 * MANY);
}

/* Only what becomes of those that are sent is handled: others are received. */
static void handler_of_errors_alone(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);

	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM, NULL,
			 NULL);
	tdi_kunit_tell(test, served, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_datagram_comes(served->file));
	KUNIT_EXPECT_EQ(test, (__force u32)tdi_event_poll(served->file) &
			      POLLED_IN, 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_events(served->file, r->data, 64),
			-EAGAIN);
	tdi_build_receive_datagram(&r->req, served->file, NULL, r->data, 16, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 10);
}

/* What a client in the kernel handles nobody reads, nor is told of by poll. */
static void handler_is_not_read_by_others(struct kunit *test)
{
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);
	struct file *filp = tdi_kunit_client_filp(test, served->file);
	loff_t pos = 0;
	u8 data[128];
	int i;

	for (i = 0; i < 50; i++) {
		tdi_kunit_tell(test, served, 10);
		KUNIT_EXPECT_EQ(test, (__force u32)vfs_poll(filp, NULL) &
				      POLLED_IN, 0);
		KUNIT_EXPECT_EQ(test, kernel_read(filp, data, sizeof(data),
						  &pos), -EAGAIN);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, i + 1));
	}
	KUNIT_EXPECT_EQ(test, tdi_kunit_handler(served->file,
						TDI_EVENT_RECEIVE_DATAGRAM,
						true, 64),
			STATUS_INVALID_DEVICE_STATE);
}

/* Each open gets a call of its own; one that is closed does not. */
static void handler_of_every_open(struct kunit *test)
{
	struct tdi_kunit_hearer *first, *second;

	first = tdi_kunit_hearer(test, AF_INET, TDI_KUNIT_SHARED);
	second = kunit_kzalloc(test, sizeof(*second), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, second);
	second->answer.taken = TDI_KUNIT_ALL;
	second->local = first->local;
	second->file = tdi_kunit_client_address(test, TDI_DEVICE_UDP,
						&second->local,
						TDI_KUNIT_SHARED);
	tdi_kunit_handle(test, second->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 tdi_kunit_hear, second);
	tdi_kunit_tell(test, first, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(first, 1));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(second, 1));
	tdi_kunit_client_close_now(test, second->file);
	tdi_kunit_tell(test, first, 20);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(first, 2));
	KUNIT_EXPECT_EQ(test, second->calls, 1);
}

/* Nobody is at that port: told with the datagram's remote. */
static void handler_of_what_did_not_arrive(struct kunit *test)
{
	struct tdi_kunit_hearer *served;
	struct sockaddr_storage nobody;
	struct tdi_request req;
	int i;

	served = tdi_kunit_hearer(test, tdi_kunit_family(test), 0);
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

/* What an ICMP message has said is the next request's; datagrams go on. */
static void handler_hears_behind_an_error(struct kunit *test)
{
	struct tdi_kunit_hearer *served = tdi_kunit_hearer(test, AF_INET, 0);
	struct tdi_request req;

	tdi_kunit_handle(test, served->file, TDI_EVENT_ERROR_EX, NULL, NULL);
	tdi_build_connect(&req, served->file, &served->remote, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	served->file->address.sock.socket->sk->sk_err = ECONNREFUSED;
	tdi_kunit_tell(test, served, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 1));
	KUNIT_EXPECT_EQ(test, served->length, 10);
	tdi_build_send_datagram(&req, served->file, NULL, "x", 1);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_PORT_UNREACHABLE);
	tdi_kunit_tell(test, served, 20);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 2));
}

/* Assertion 24: an answer, sent from the handler */
static u32 datagram_responds(void *event_context, int source_address_length,
			     const void *source_address, int options_length,
			     const void *options, u32 receive_flags,
			     u32 bytes_indicated, u32 bytes_available,
			     u32 *bytes_taken, const void *tsdu,
			     struct tdi_request **receive)
{
	struct tdi_kunit_hearer *served = event_context;
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
	struct tdi_kunit_hearer *served;
	u8 got[16];
	int i;

	served = tdi_kunit_hearer(test, tdi_kunit_family(test), 0);
	served->reply = r;
	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 datagram_responds, served);
	for (i = 1; i < 10; i++) {
		tdi_kunit_submitted(r);
		tdi_kunit_tell(test, served, i);
		KUNIT_EXPECT_EQ(test, tdi_kunit_read(served->peer, got,
						     sizeof(got)), i);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, 0, i));
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, r->req.information, i);
	}
}

static struct kunit_case tdi_handler_datagram_cases[] = {
	KUNIT_CASE_PARAM(handler_gets_datagrams, tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(handler_gets_fragments, tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(handler_leaves_a_datagram,
			 datagram_return_gen_params),
	KUNIT_CASE_PARAM(handler_returns_a_receive_datagram,
			 datagram_rest_gen_params),
	KUNIT_CASE(handler_returns_what_is_no_receive_datagram),
	KUNIT_CASE(handler_waits_for_a_receive_datagram),
	KUNIT_CASE(handler_gets_many_datagrams),
	KUNIT_CASE(handler_is_turned_off_in_the_middle),
	KUNIT_CASE(handler_beside_receives_with_a_filter),
	KUNIT_CASE(handler_of_another_address_meanwhile),
	KUNIT_CASE(handler_of_errors_alone),
	KUNIT_CASE(handler_is_not_read_by_others),
	KUNIT_CASE(handler_of_every_open),
	KUNIT_CASE_PARAM(handler_of_what_did_not_arrive,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(handler_hears_behind_an_error),
	KUNIT_CASE_PARAM(handler_sends_a_datagram, tdi_kunit_family_gen_params),
	{}
};

static struct kunit_suite tdi_handler_datagram_suite = {
	.name = "tdi_handler_datagram",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_handler_datagram_cases,
};

kunit_test_suite(tdi_handler_datagram_suite);
