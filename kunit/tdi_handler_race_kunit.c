// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients in the kernel: what runs beside a handler, on another processor.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "tdi_kunit_client.h"

/* How long a handler stays when what is not to overtake it may begin */
#define RACE_BUSY_MS	50

static void race_unpin(void *work)
{
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	flush_work(work);
}

/*
 * Have done what calls a handler, on another processor than the test's, which
 * stays on its own: a work item runs where it was queued, and the test would wait
 * behind one that is busy, as @work may do.
 */
static void race_elsewhere(struct kunit *test, struct work_struct *work,
			   work_func_t cause)
{
	int here = raw_smp_processor_id();

	if (num_online_cpus() < 2)
		kunit_skip(test, "one CPU: nothing runs beside a handler");
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(here)),
			0);
	INIT_WORK(work, cause);
	tdi_kunit_defer(test, race_unpin, work);
	schedule_work_on(cpumask_any_but(cpu_online_mask, here), work);
}

/**
 * struct race_moved - an endpoint that goes to another address
 * @work: resets it
 * @test: the test
 * @served: its connection, of the other address at last
 * @inside: the handler of the first address runs
 * @go: what must not overtake it may begin
 * @left: it is about to return
 * @overtaken: handlers of the other address that were called before
 */
struct race_moved {
	struct work_struct work;
	struct kunit *test;
	struct tdi_kunit_served *served;
	bool inside;
	bool go;
	bool left;
	int overtaken;
};

/* tdi_disconnect_handler_t */
static u32 race_sees_end(void *event_context, void *connection_context,
			 int disconnect_data_length,
			 const void *disconnect_data,
			 int disconnect_information_length,
			 const void *disconnect_information, u32 flags)
{
	struct race_moved *moved = event_context;
	int ms;

	smp_store_release(&moved->inside, true);
	for (ms = 0; ms < 5000 && !smp_load_acquire(&moved->go); ms++)
		mdelay(1);
	mdelay(RACE_BUSY_MS);
	smp_store_release(&moved->left, true);
	return STATUS_SUCCESS;
}

/* tdi_receive_handler_t */
static u32 race_takes(void *event_context, void *connection_context,
		      u32 receive_flags, u32 bytes_indicated,
		      u32 bytes_available, u32 *bytes_taken, const void *tsdu,
		      struct tdi_request **receive)
{
	struct race_moved *moved = event_context;

	if (!smp_load_acquire(&moved->left))
		moved->overtaken++;
	return tdi_kunit_take(moved->served, connection_context, receive_flags,
			      bytes_indicated, bytes_available, bytes_taken,
			      tsdu, receive);
}

static void race_moves(struct kunit *test, struct race_moved *moved)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *endpoint = moved->served->client.endpoint;
	struct tdi_file *address;
	struct tdi_request req;

	address = tdi_kunit_client_address(test, TDI_DEVICE_TCP, &local, 0);
	tdi_kunit_handle(test, address, TDI_EVENT_RECEIVE, race_takes, moved);
	tdi_build_disassociate(&req, endpoint);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	tdi_build_associate(&req, endpoint, address);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	moved->served->peer = tdi_kunit_client_connect(test, endpoint, AF_INET);
}

static void race_resets(struct work_struct *work)
{
	struct race_moved *moved = container_of(work, struct race_moved, work);

	tdi_kunit_reset_socket(moved->test, moved->served->peer);
}

/* Handlers of an endpoint run one at a time, whatever its address. */
static void race_endpoint_with_another_address(struct kunit *test)
{
	struct race_moved *moved;

	moved = kunit_kzalloc(test, sizeof(*moved), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, moved);
	moved->test = test;
	moved->served = tdi_kunit_served(test, AF_INET);
	tdi_kunit_handle(test, moved->served->client.address,
			 TDI_EVENT_DISCONNECT, race_sees_end, moved);
	race_elsewhere(test, &moved->work, race_resets);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(
				smp_load_acquire(&moved->inside)));

	race_moves(test, moved);
	tdi_kunit_feed(test, moved->served, 0, 10);
	KUNIT_EXPECT_FALSE(test, smp_load_acquire(&moved->left));
	smp_store_release(&moved->go, true);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(moved->served, 10));
	KUNIT_EXPECT_TRUE(test, smp_load_acquire(&moved->left));
	KUNIT_EXPECT_EQ(test, moved->overtaken, 0);
}

static struct kunit_case tdi_handler_race_cases[] = {
	KUNIT_CASE(race_endpoint_with_another_address),
	{}
};

static struct kunit_suite tdi_handler_race_suite = {
	.name = "tdi_handler_race",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_handler_race_cases,
};

kunit_test_suite(tdi_handler_race_suite);
