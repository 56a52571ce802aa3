// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event handlers of clients in the kernel: expedited data, and what comes of it
 * when they do not take it (reference 3.5).
 */
#include "tdi_kunit_client.h"

/* One handler for both, by its flags; or one each */
static const struct expedited_handler_param {
	const char *desc;
	bool own_handler;
} expedited_handler_params[] = {
	{ "with its handler", true },
	{ "without", false },
};

KUNIT_ARRAY_PARAM_DESC(expedited_handler, expedited_handler_params, desc);

static struct tdi_kunit_served *expedited_served(struct kunit *test)
{
	const struct expedited_handler_param *param = test->param_value;
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);

	tdi_kunit_handle(test, served->client.address,
			 param->own_handler ? TDI_EVENT_RECEIVE_EXPEDITED :
					      TDI_EVENT_RECEIVE,
			 tdi_kunit_take_expedited, served);
	return served;
}

static void expedited_arrive(struct kunit *test,
			     struct tdi_kunit_served *served, u8 byte)
{
	struct kvec kvec = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_flags = MSG_OOB };

	KUNIT_ASSERT_EQ(test, kernel_sendmsg(served->peer, &msg, &kvec, 1, 1),
			1);
}

static bool expedited_told(struct tdi_kunit_served *served, int bytes, u8 byte)
{
	return tdi_kunit_eventually(
			smp_load_acquire(&served->expedited) == bytes) &&
	       served->byte == byte;
}

/* It overtakes, and nothing of the stream is lost or out of place. */
static void expedited_in_a_stream(struct kunit *test)
{
	struct tdi_kunit_served *served = expedited_served(test);
	int i;

	for (i = 0; i < 20; i++) {
		tdi_kunit_feed(test, served, i * 2000, 1000);
		expedited_arrive(test, served, 'a' + i);
		tdi_kunit_feed(test, served, i * 2000 + 1000, 1000);
		KUNIT_EXPECT_TRUE(test, expedited_told(served, i + 1, 'a' + i));
		KUNIT_EXPECT_LE(test, served->expedited_at, i * 2000 + 1000);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served,
							    i * 2000 + 2000));
	}
}

/* It lies behind others, in the same piece of memory. */
static void expedited_behind_others(struct kunit *test)
{
	struct tdi_kunit_served *served = expedited_served(test);
	struct msghdr msg = { .msg_flags = MSG_OOB };
	u8 data[4] = { [3] = '!' };
	struct kvec kvec = { .iov_base = data, .iov_len = sizeof(data) };
	int i;

	for (i = 0; i < 3; i++)
		data[i] = tdi_kunit_byte(i);
	KUNIT_ASSERT_EQ(test, kernel_sendmsg(served->peer, &msg, &kvec, 1,
					     sizeof(data)), 4);
	tdi_kunit_feed(test, served, 3, 7);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
	KUNIT_EXPECT_EQ(test, served->expedited, 1);
	KUNIT_EXPECT_EQ(test, served->byte, '!');
}

/* Not the handler's: a TDI_RECEIVE gets it. */
static void expedited_receive(struct kunit *test,
			      struct tdi_kunit_served *served, u8 byte)
{
	struct tdi_kunit_submitted *r = served->client.accept;

	tdi_kunit_submitted(r);
	tdi_build_receive(&r->req, served->client.endpoint, r->data, 1,
			  TDI_RECEIVE_EXPEDITED);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 1);
	KUNIT_EXPECT_EQ(test, r->data[0], byte);
}

/* Told once; what is before and behind it is indicated, and it stays. */
static void expedited_not_accepted(struct kunit *test)
{
	static const u32 status[] = {
		STATUS_DATA_NOT_ACCEPTED, STATUS_SUCCESS,
		STATUS_MORE_PROCESSING_REQUIRED, 0x87654321,
	};
	struct tdi_kunit_served *served = expedited_served(test);
	size_t offset = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(status); i++, offset += 30) {
		tdi_kunit_answer_expedited(served, status[i], 0, NULL);
		tdi_kunit_feed(test, served, offset, 10);
		expedited_arrive(test, served, 'a' + i);
		tdi_kunit_feed(test, served, offset + 10, 10);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served,
							    offset + 20));
		KUNIT_EXPECT_TRUE(test, expedited_told(served, i + 1, 'a' + i));
		tdi_kunit_feed(test, served, offset + 20, 10);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served,
							    offset + 30));
		tdi_kunit_settle(served);
		KUNIT_EXPECT_EQ(test, served->expedited, i + 1);
		expedited_receive(test, served, 'a' + i);
	}
	/* nor has it stopped the next one */
	expedited_arrive(test, served, '!');
	KUNIT_EXPECT_TRUE(test, expedited_told(served, i + 1, '!'));
}

/* More than there is, whatever it returns: the byte is the handler's. */
static void expedited_takes_too_much(struct kunit *test)
{
	static const u32 status[] = {
		STATUS_SUCCESS, STATUS_DATA_NOT_ACCEPTED, 0x12345678,
	};
	struct tdi_kunit_served *served = expedited_served(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(status); i++) {
		tdi_kunit_answer_expedited(served, status[i], U32_MAX, NULL);
		expedited_arrive(test, served, 'a' + i);
		KUNIT_EXPECT_TRUE(test, expedited_told(served, i + 1, 'a' + i));
		tdi_kunit_feed(test, served, i * 10, 10);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served,
							    i * 10 + 10));
	}
}

/* Its request gets the byte; one that wants none of it waits for other data. */
static void expedited_returns_a_receive(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served = expedited_served(test);

	tdi_build_receive(&r->req, served->client.endpoint, r->data, 5,
			  TDI_RECEIVE_EXPEDITED);
	tdi_kunit_answer_expedited(served, STATUS_MORE_PROCESSING_REQUIRED, 0,
				   &r->req);
	expedited_arrive(test, served, 'a');
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 1);
	KUNIT_EXPECT_EQ(test, r->data[0], 'a');

	tdi_kunit_submitted(r);
	tdi_build_receive(&r->req, served->client.endpoint, r->data, 5,
			  TDI_RECEIVE_NORMAL);
	tdi_kunit_answer_expedited(served, STATUS_MORE_PROCESSING_REQUIRED, 0,
				   &r->req);
	expedited_arrive(test, served, 'b');
	KUNIT_EXPECT_TRUE(test, expedited_told(served, 2, 'b'));
	served->offset = 5;
	tdi_kunit_feed(test, served, 0, 5);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, 0, 5));
	expedited_receive(test, served, 'b');
	tdi_kunit_feed(test, served, 5, 5);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
}

/* It comes back, and the byte stays. */
static void expedited_returns_what_is_no_receive(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served = expedited_served(test);

	tdi_build_send(&r->req, served->client.endpoint, "x", 1, 0);
	tdi_kunit_answer_expedited(served, STATUS_MORE_PROCESSING_REQUIRED, 0,
				   &r->req);
	expedited_arrive(test, served, '!');
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_INVALID_PARAMETER);
	expedited_receive(test, served, '!');
}

/* A request that waits for it has precedence. */
static void expedited_waits_for_a_receive(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served = expedited_served(test);

	tdi_build_receive(&r->req, served->client.endpoint, r->data, 1,
			  TDI_RECEIVE_EXPEDITED);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	expedited_arrive(test, served, 'a');
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->data[0], 'a');
	expedited_arrive(test, served, 'b');
	KUNIT_EXPECT_TRUE(test, expedited_told(served, 1, 'b'));
}

static struct kunit_case tdi_handler_expedited_cases[] = {
	KUNIT_CASE_PARAM(expedited_in_a_stream, expedited_handler_gen_params),
	KUNIT_CASE_PARAM(expedited_behind_others, expedited_handler_gen_params),
	KUNIT_CASE_PARAM(expedited_not_accepted, expedited_handler_gen_params),
	KUNIT_CASE_PARAM(expedited_takes_too_much,
			 expedited_handler_gen_params),
	KUNIT_CASE_PARAM(expedited_returns_a_receive,
			 expedited_handler_gen_params),
	KUNIT_CASE_PARAM(expedited_returns_what_is_no_receive,
			 expedited_handler_gen_params),
	KUNIT_CASE_PARAM(expedited_waits_for_a_receive,
			 expedited_handler_gen_params),
	{}
};

static struct kunit_suite tdi_handler_expedited_suite = {
	.name = "tdi_handler_expedited",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_handler_expedited_cases,
};

kunit_test_suite(tdi_handler_expedited_suite);
