// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients in the kernel: what ends a handler or a completion waits for one that
 * runs on another CPU, and nothing is called after that.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "client.h"
#include "tdi_kunit_client.h"

/* How long a handler is still busy after somebody began to wait for its end */
#define RACE_BUSY_MS	20

/* What is done on another CPU, and to what */
struct race_cause {
	struct work_struct work;
	void (*cause)(void *data);
	void *data;
};

static void race_write(void *peer)
{
	tdi_kunit_write(peer, "x", 1);
}

static void race_cancel(void *req)
{
	tdi_cancel(req);
}

static void race_work(struct work_struct *work)
{
	struct race_cause *cause = container_of(work, struct race_cause, work);

	cause->cause(cause->data);
}

static void race_flush(void *cause)
{
	flush_work(&((struct race_cause *)cause)->work);
}

/*
 * What is called then is called there, with bottom halves off, by @work or by
 * @function itself: not here, or this would go on when it is over.
 */
static void race_set_off(struct kunit *test, struct work_struct *work,
			 void (*function)(void *data), void *data,
			 const bool *inside)
{
	unsigned long end = jiffies + TDI_KUNIT_PATIENCE;
	int here = get_cpu(), there = cpumask_any_but(cpu_online_mask, here);
	struct race_cause *cause;

	put_cpu();
	cause = kunit_kzalloc(test, sizeof(*cause), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cause);
	cause->cause = function;
	cause->data = data;
	INIT_WORK(&cause->work, race_work);
	tdi_kunit_defer(test, race_flush, cause);
	set_cpus_allowed_ptr(current, cpumask_of(here));
	/* which may still have something to do here */
	while (flush_work(work))
		;
	schedule_work_on(there, &cause->work);
	/* neither for it nor for a timer, which may have to wait there */
	while (!smp_load_acquire(inside) && time_before(jiffies, end))
		cond_resched();
	KUNIT_ASSERT_TRUE(test, *inside);
}

/**
 * struct race_handler - a handler that runs while others end it
 * @served: its connection
 * @inside: it runs
 * @ending: somebody is about to wait for it
 * @left: it is about to return
 */
struct race_handler {
	struct tdi_kunit_served *served;
	bool inside;
	bool ending;
	bool left;
};

static u32 race_busy(void *event_context, void *connection_context,
		     u32 receive_flags, u32 bytes_indicated,
		     u32 bytes_available, u32 *bytes_taken, const void *tsdu,
		     struct tdi_request **receive)
{
	struct race_handler *race = event_context;
	int ms;

	race->served->calls++;
	smp_store_release(&race->inside, true);
	for (ms = 0; ms < 5000 && !smp_load_acquire(&race->ending); ms++)
		mdelay(1);
	mdelay(RACE_BUSY_MS);
	*bytes_taken = 1;
	smp_store_release(&race->left, true);
	return STATUS_SUCCESS;
}

static void race_turns_it_off(struct kunit *test, struct race_handler *race)
{
	KUNIT_EXPECT_EQ(test,
			tdi_set_event_handler(race->served->client.address,
					      TDI_EVENT_RECEIVE,
					      (tdi_receive_handler_t)NULL,
					      NULL), STATUS_SUCCESS);
}

static void race_dereference(void *file)
{
	tdi_dereference(file);
}

/* Cleanup alone: Close waits for more */
static void race_closes_the_address(struct kunit *test,
				    struct race_handler *race)
{
	struct tdi_file *address = race->served->client.address;

	tdi_kunit_defer(test, race_dereference, tdi_reference(address));
	tdi_kunit_client_close_now(test, address);
}

static void race_closes_the_endpoint(struct kunit *test,
				      struct race_handler *race)
{
	tdi_kunit_client_close_now(test, race->served->client.endpoint);
}

static const struct race_end_param {
	const char *desc;
	void (*end)(struct kunit *test, struct race_handler *race);
} race_end_params[] = {
	{ "turned off", race_turns_it_off },
	{ "address closed", race_closes_the_address },
	{ "endpoint closed", race_closes_the_endpoint },
};

KUNIT_ARRAY_PARAM_DESC(race_end, race_end_params, desc);

/* Assertion 23: its end is waited for, and it is not called again. */
static void race_with_a_handler(struct kunit *test)
{
	const struct race_end_param *param = test->param_value;
	struct race_handler *race;
	int calls;

	race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, race);
	race->served = tdi_kunit_served(test, AF_INET);
	tdi_kunit_handle(test, race->served->client.address, TDI_EVENT_RECEIVE,
			 race_busy, race);
	race_set_off(test, &race->served->client.address->address.events->work,
		     race_write, race->served->peer, &race->inside);
	KUNIT_ASSERT_FALSE(test, race->left);
	smp_store_release(&race->ending, true);
	param->end(test, race);
	KUNIT_EXPECT_TRUE(test, smp_load_acquire(&race->left));
	calls = race->served->calls;
	/* a peer that was let go may answer so, or take it */
	tdi_kunit_write(race->served->peer, "x", 1);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, race->served->calls, calls);
}

/* The same with a completion */
struct race_completion {
	struct tdi_request req;
	struct socket *peer;
	bool inside, ending, left;
	u8 byte;
};

static void race_completes(struct tdi_request *req)
{
	struct race_completion *completion = req->context;
	int ms;

	smp_store_release(&completion->inside, true);
	for (ms = 0; ms < 5000 && !smp_load_acquire(&completion->ending); ms++)
		mdelay(1);
	mdelay(RACE_BUSY_MS);
	smp_store_release(&completion->left, true);
}

static struct race_completion *race_completion(struct kunit *test)
{
	struct race_completion *completion;
	struct tdi_kunit_client client;

	completion = kunit_kzalloc(test, sizeof(*completion), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, completion);
	tdi_kunit_client(test, AF_INET, &client);
	completion->peer = tdi_kunit_client_connect(test, client.endpoint,
						    AF_INET);
	/* who cancels may still be about to return */
	tdi_kunit_defer(test, race_dereference, tdi_reference(client.endpoint));
	completion->req.complete = race_completes;
	completion->req.context = completion;
	tdi_build_receive(&completion->req, client.endpoint, &completion->byte,
			  1, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&completion->req), STATUS_PENDING);
	return completion;
}

enum race_wait { CLOSE, CANCEL, CANCEL_ALL };

static const struct race_wait_param {
	const char *desc;
	enum race_wait wait;
	bool cancelled;
} race_wait_params[] = {
	{ "close", CLOSE },
	{ "cancel", CANCEL },
	{ "cancel all", CANCEL_ALL },
	{ "cancelled, close", CLOSE, true },
	{ "cancelled, cancel", CANCEL, true },
	{ "cancelled, cancel all", CANCEL_ALL, true },
};

KUNIT_ARRAY_PARAM_DESC(race_wait, race_wait_params, desc);

/* A work item's, or who cancels it runs it. */
static void race_with_a_completion(struct kunit *test)
{
	const struct race_wait_param *param = test->param_value;
	struct race_completion *completion = race_completion(test);
	struct tdi_file *endpoint = completion->req.file;

	race_set_off(test, &endpoint->client->work,
		     param->cancelled ? race_cancel : race_write,
		     param->cancelled ? (void *)&completion->req :
					completion->peer, &completion->inside);
	KUNIT_ASSERT_FALSE(test, completion->left);
	smp_store_release(&completion->ending, true);
	if (param->wait == CLOSE)
		tdi_kunit_client_close_now(test, endpoint);
	else if (param->wait == CANCEL)
		KUNIT_EXPECT_EQ(test, tdi_cancel(&completion->req),
				param->cancelled ? STATUS_CANCELLED :
						   STATUS_SUCCESS);
	else
		KUNIT_EXPECT_EQ(test, tdi_cancel_all(endpoint), 0);
	KUNIT_EXPECT_TRUE(test, smp_load_acquire(&completion->left));
}

/* It is another request's that runs, of the same file: nobody waits for that. */
static void race_cancel_beside_a_completion(struct kunit *test)
{
	struct tdi_kunit_submitted *other = tdi_kunit_new_request(test);
	struct race_completion *completion = race_completion(test);
	struct tdi_file *endpoint = completion->req.file;

	tdi_build_receive(&other->req, endpoint, other->data, 1, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&other->req), STATUS_PENDING);
	race_set_off(test, &endpoint->client->work, race_write,
		     completion->peer, &completion->inside);
	KUNIT_EXPECT_EQ(test, tdi_cancel(&other->req), STATUS_CANCELLED);
	KUNIT_EXPECT_TRUE(test, other->completed);
	KUNIT_EXPECT_FALSE(test, smp_load_acquire(&completion->left));
	smp_store_release(&completion->ending, true);
	tdi_cancel_all(endpoint);
	KUNIT_EXPECT_TRUE(test, smp_load_acquire(&completion->left));
}

/**
 * struct race_moved - an endpoint that goes to another address
 * @test: the test
 * @served: its connection, of the other address at last
 * @address: the other address
 * @listener: whom it connects to from there
 * @remote: of @listener
 * @inside: the handler of the first address runs
 * @go: what must not overtake it may begin
 * @left: it is about to return
 * @overtaken: handlers of the other address that were called before
 */
struct race_moved {
	struct kunit *test;
	struct tdi_kunit_served *served;
	struct tdi_file *address;
	struct socket *listener;
	struct sockaddr_storage remote;
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
	mdelay(2 * RACE_BUSY_MS);
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

/* Nothing that might need the other processor */
static void race_moves(struct kunit *test, struct race_moved *moved)
{
	struct tdi_file *endpoint = moved->served->client.endpoint;
	struct tdi_request req;

	tdi_build_disassociate(&req, endpoint);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	tdi_build_associate(&req, endpoint, moved->address);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	tdi_build_connect(&req, endpoint, &moved->remote, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	moved->served->peer = tdi_kunit_accept(test, moved->listener);
}

static void race_reset(void *data)
{
	struct race_moved *moved = data;

	tdi_kunit_reset_socket(moved->test, moved->served->peer);
}

static struct race_moved *race_moved(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct race_moved *moved;

	moved = kunit_kzalloc(test, sizeof(*moved), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, moved);
	moved->test = test;
	moved->served = tdi_kunit_served(test, AF_INET);
	moved->remote = local;
	moved->listener = tdi_kunit_listener(test, &moved->remote, 1);
	moved->address = tdi_kunit_client_address(test, TDI_DEVICE_TCP, &local,
						  0);
	tdi_kunit_handle(test, moved->address, TDI_EVENT_RECEIVE, race_takes,
			 moved);
	return moved;
}

/* Handlers of an endpoint run one at a time, whatever its address. */
static void race_with_another_address(struct kunit *test)
{
	struct race_moved *moved = race_moved(test);

	tdi_kunit_handle(test, moved->served->client.address,
			 TDI_EVENT_DISCONNECT, race_sees_end, moved);
	race_set_off(test, &moved->served->client.address->address.events->work,
		     race_reset, moved, &moved->inside);
	race_moves(test, moved);
	tdi_kunit_feed(test, moved->served, 0, 10);
	KUNIT_EXPECT_FALSE(test, smp_load_acquire(&moved->left));
	smp_store_release(&moved->go, true);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(moved->served, 10));
	KUNIT_EXPECT_TRUE(test, smp_load_acquire(&moved->left));
	KUNIT_EXPECT_EQ(test, moved->overtaken, 0);
}

static int race_init(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "one CPU: nothing runs beside anything");
	return 0;
}

static struct kunit_case tdi_client_race_cases[] = {
	KUNIT_CASE_PARAM(race_with_a_handler, race_end_gen_params),
	KUNIT_CASE_PARAM(race_with_a_completion, race_wait_gen_params),
	KUNIT_CASE(race_cancel_beside_a_completion),
	KUNIT_CASE(race_with_another_address),
	{}
};

static struct kunit_suite tdi_client_race_suite = {
	.name = "tdi_client_race",
	.suite_init = tdi_kunit_suite_init,
	.init = race_init,
	.test_cases = tdi_client_race_cases,
};

kunit_test_suite(tdi_client_race_suite);
