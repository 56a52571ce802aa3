// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event handlers of clients in the kernel: datagrams of raw IP.
 */
#include <linux/ip.h>

#include "tdi_kunit_hearer.h"

/* For experiments (RFC 3692) */
#define PROTOCOL	253

/* IPv4 gives its header, too. */
static struct tdi_kunit_hearer *raw_served(struct kunit *test, int family)
{
	struct tdi_kunit_hearer *served = tdi_kunit_new_hearer(test, family);

	served->file = tdi_kunit_client_raw(test, &served->local, PROTOCOL);
	served->peer = tdi_kunit_socket_of(test, family, SOCK_RAW, PROTOCOL);
	if (family == AF_INET) {
		served->header = sizeof(struct iphdr);
		served->remote = tdi_kunit_ip(0x7f000002, 0);
	}
	KUNIT_ASSERT_EQ(test, tdi_kunit_bind(served->peer, &served->remote), 0);
	tdi_kunit_hearer_handle(test, served);
	return served;
}

static void raw_of_any_length(struct kunit *test)
{
	tdi_kunit_hears_all(test, raw_served(test, tdi_kunit_family(test)));
}

/* The rest is lost, or the request's. */
static void raw_part_is_taken(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_hearer *served;

	served = raw_served(test, tdi_kunit_family(test));
	served->answer.taken = 2;
	tdi_kunit_tell(test, served, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 1));

	tdi_build_receive_datagram(&r->req, served->file, NULL, r->data, 5, 0);
	served->answer.status = STATUS_MORE_PROCESSING_REQUIRED;
	served->answer.taken = served->header + 3;
	served->answer.request = &r->req;
	tdi_kunit_tell(test, served, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_EQ(test, r->req.information, 5);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, 3, 5));
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&r->req.remote,
						&served->remote));
	tdi_kunit_tell(test, served, 20);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, 3));
	KUNIT_EXPECT_EQ(test, served->length, served->header + 20);
	KUNIT_EXPECT_TRUE(test, served->is_pattern);
}

/* Nobody has the protocol there; of less ICMP has no word. */
static void raw_did_not_arrive(struct kunit *test)
{
	struct sockaddr_storage nobody = tdi_kunit_ip(0x7f000063, 0);
	struct tdi_kunit_hearer *served = raw_served(test, AF_INET);
	struct tdi_request req;

	tdi_build_send_datagram(&req, served->file, &nobody, "8 bytes!",
				8);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				smp_load_acquire(&served->errors) == 1));
	KUNIT_EXPECT_EQ(test, served->status, STATUS_PROTOCOL_UNREACHABLE);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&served->failed, &nobody));
	KUNIT_EXPECT_EQ(test, served->calls, 0);
}

static struct kunit_case tdi_handler_raw_cases[] = {
	KUNIT_CASE_PARAM(raw_of_any_length, tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(raw_part_is_taken, tdi_kunit_family_gen_params),
	KUNIT_CASE(raw_did_not_arrive),
	{}
};

static struct kunit_suite tdi_handler_raw_suite = {
	.name = "tdi_handler_raw",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_handler_raw_cases,
};

kunit_test_suite(tdi_handler_raw_suite);
