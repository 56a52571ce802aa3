// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that a thread of a client in the kernel waits for: in their turn, and
 * ended by others.
 */
#include <linux/kthread.h>

#include "tdi_kunit_client.h"

/**
 * struct wait_thread - a thread that receives
 * @req: its request
 * @data: where to
 * @status: what came of it
 * @task: the thread
 * @over: it is out of tdi_submit_wait()
 */
struct wait_thread {
	struct tdi_request req;
	u8 data[8];
	u32 status;
	struct task_struct *task;
	bool over;
};

static int wait_receives(void *arg)
{
	struct wait_thread *thread = arg;

	thread->status = tdi_submit_wait(&thread->req);
	smp_store_release(&thread->over, true);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static void wait_stop(void *task)
{
	kthread_stop(task);
	put_task_struct(task);
}

/* It waits for data that does not come. */
static struct wait_thread *wait_start(struct kunit *test, struct tdi_file *file)
{
	struct wait_thread *thread;

	thread = kunit_kzalloc(test, sizeof(*thread), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, thread);
	tdi_build_receive(&thread->req, file, thread->data,
			  sizeof(thread->data), 0);
	thread->task = kthread_run(wait_receives, thread, "tdi_kunit_wait");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, thread->task);
	get_task_struct(thread->task);
	tdi_kunit_defer(test, wait_stop, thread->task);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_eventually(
			!list_empty_careful(&file->queue[TDI_QUEUE_RECEIVE])));
	return thread;
}

static void wait_closes(struct kunit *test, struct tdi_kunit_client *client)
{
	tdi_kunit_client_close_now(test, client->endpoint);
}

/* Somebody else has a handle: nothing of the file's own ends the request. */
static void wait_closes_one_handle(struct kunit *test,
				   struct tdi_kunit_client *client)
{
	refcount_inc(&client->endpoint->handles);
	tdi_kunit_client_close_now(test, client->endpoint);
	tdi_file_close(client->endpoint);
}

static void wait_cancels_all(struct kunit *test,
			     struct tdi_kunit_client *client)
{
	KUNIT_EXPECT_EQ(test, tdi_cancel_all(client->endpoint), 1);
}

static const struct wait_param {
	const char *desc;
	void (*end)(struct kunit *test, struct tdi_kunit_client *client);
	bool at_once;
} wait_params[] = {
	{ "closed", wait_closes, true },
	{ "one handle closed", wait_closes_one_handle, true },
	{ "all cancelled", wait_cancels_all, false },
};

KUNIT_ARRAY_PARAM_DESC(wait, wait_params, desc);

/* Whoever closes the file waits for the thread. */
static void wait_is_ended(struct kunit *test)
{
	const struct wait_param *param = test->param_value;
	struct tdi_kunit_client client;
	struct wait_thread *thread;

	tdi_kunit_client(test, AF_INET, &client);
	tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	thread = wait_start(test, client.endpoint);
	param->end(test, &client);
	if (param->at_once)
		KUNIT_EXPECT_EQ(test, READ_ONCE(thread->req.status),
				STATUS_CANCELLED);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				smp_load_acquire(&thread->over)));
	KUNIT_EXPECT_EQ(test, thread->status, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, thread->req.status, STATUS_CANCELLED);
}

/* What a thread waits for is begun after what was submitted before. */
static void wait_for_its_turn(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_submitted *r[3];
	struct tdi_kunit_client client;
	struct tdi_request req;
	struct socket *peer;
	u8 got[4] = {};
	int i;

	tdi_kunit_listener(test, &remote, 1);
	for (i = 0; i < 3; i++)
		r[i] = tdi_kunit_new_request(test);
	tdi_kunit_client(test, AF_INET, &client);
	tdi_build_disassociate(&r[0]->req, client.endpoint);
	tdi_build_associate(&r[1]->req, client.endpoint, client.address);
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, tdi_submit(&r[i]->req), STATUS_PENDING);
	tdi_build_disassociate(&req, client.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r[i]),
				STATUS_SUCCESS);
	tdi_build_associate(&req, client.endpoint, client.address);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);

	peer = tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	for (i = 0; i < 3; i++) {
		tdi_kunit_submitted(r[i]);
		r[i]->data[0] = 'a' + i;
		tdi_build_send(&r[i]->req, client.endpoint, r[i]->data, 1,
			       TDI_SEND_NON_BLOCKING);
		KUNIT_ASSERT_EQ(test, tdi_submit(&r[i]->req), STATUS_PENDING);
	}
	tdi_build_send(&req, client.endpoint, "d", 1, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got + i, 1), 1);
	KUNIT_EXPECT_MEMEQ(test, got, "abcd", 4);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r[i]),
				STATUS_SUCCESS);
}

/* A request is submitted once, then built anew. */
static void wait_request_that_is_used_up(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_client client;
	struct socket *peer;

	tdi_kunit_client(test, AF_INET, &client);
	peer = tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	tdi_build_receive(&r->req, client.endpoint, r->data, 4, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), STATUS_INVALID_PARAMETER);
	tdi_kunit_write(peer, "data", 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 4);
	KUNIT_EXPECT_MEMEQ(test, r->data, "data", 4);

	KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&r->req),
			STATUS_INVALID_PARAMETER);
	tdi_build_send(&r->req, client.endpoint, "data", 4, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&r->req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&r->req),
			STATUS_INVALID_PARAMETER);
}

/* The address of one can be what another has said. */
static void wait_builds_from_its_own_remote(struct kunit *test)
{
	const struct sockaddr_storage peer = tdi_kunit_loopback(AF_INET, 7);
	struct tdi_kunit_client client;
	struct tdi_request req;

	tdi_kunit_client(test, AF_INET, &client);
	req.remote = peer;
	tdi_build_connect(&req, client.endpoint, &req.remote, 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&req.remote, &peer));
	tdi_build_send_datagram(&req, client.endpoint, &req.remote, NULL, 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&req.remote, &peer));
	tdi_build_receive_datagram(&req, client.endpoint, &req.remote, NULL, 0,
				   0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&req.remote, &peer));
	tdi_build_listen(&req, client.endpoint, &req.remote, 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&req.filter, &peer));
}

static struct kunit_case tdi_client_wait_cases[] = {
	KUNIT_CASE_PARAM(wait_is_ended, wait_gen_params),
	KUNIT_CASE(wait_for_its_turn),
	KUNIT_CASE(wait_request_that_is_used_up),
	KUNIT_CASE(wait_builds_from_its_own_remote),
	{}
};

static struct kunit_suite tdi_client_wait_suite = {
	.name = "tdi_client_wait",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_client_wait_cases,
};

kunit_test_suite(tdi_client_wait_suite);
