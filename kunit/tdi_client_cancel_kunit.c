// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients in the kernel: requests that end otherwise than they were meant to, or
 * that many wait for: time limits, cancel, order.
 */
#include "tdi_kunit_client.h"
#include "tdi_kunit_datagram.h"

/**
 * struct cancel_fixture - a request of each kind that pends
 * @client: listens
 * @other: connects to a listener that takes nobody
 * @served: is connected, with a receive
 * @filled: is connected, and full, with a send; or a release
 * @datagrams: an address
 * @request: theirs
 * @buffer: for what nobody sends
 */
struct cancel_fixture {
	struct tdi_kunit_client client;
	struct tdi_kunit_client other;
	struct tdi_kunit_client served;
	struct tdi_kunit_client filled;
	struct tdi_file *datagrams;
	struct tdi_kunit_submitted *request;
	u8 buffer[16];
};

static void cancel_build_listen(struct kunit *test, struct cancel_fixture *f)
{
	tdi_kunit_client(test, AF_INET, &f->client);
	tdi_build_listen(&f->request->req, f->client.endpoint, NULL, 0);
}

static void cancel_build_connect(struct kunit *test, struct cancel_fixture *f)
{
	struct sockaddr_storage remote = tdi_kunit_full_listener(test);

	tdi_kunit_client(test, AF_INET, &f->other);
	tdi_build_connect(&f->request->req, f->other.endpoint, &remote, 0);
}

static void cancel_build_receive(struct kunit *test, struct cancel_fixture *f)
{
	tdi_kunit_client(test, AF_INET, &f->served);
	tdi_kunit_client_connect(test, f->served.endpoint, AF_INET);
	tdi_build_receive(&f->request->req, f->served.endpoint, f->buffer,
			  sizeof(f->buffer), 0);
}

static void cancel_build_expedited(struct kunit *test, struct cancel_fixture *f)
{
	cancel_build_receive(test, f);
	tdi_build_receive(&f->request->req, f->served.endpoint, f->buffer,
			  sizeof(f->buffer), TDI_RECEIVE_EXPEDITED);
}

static void cancel_fill(struct kunit *test, struct cancel_fixture *f)
{
	tdi_kunit_client(test, AF_INET, &f->filled);
	tdi_kunit_client_connect(test, f->filled.endpoint, AF_INET);
	tdi_kunit_fill(test, f->filled.endpoint);
}

static void cancel_build_send(struct kunit *test, struct cancel_fixture *f)
{
	cancel_fill(test, f);
	tdi_build_send(&f->request->req, f->filled.endpoint, f->buffer,
		       sizeof(f->buffer), 0);
}

static void cancel_build_release(struct kunit *test, struct cancel_fixture *f)
{
	cancel_fill(test, f);
	tdi_build_disconnect(&f->request->req, f->filled.endpoint, 0,
			     TDI_DISCONNECT_RELEASE);
}

static void cancel_build_datagram(struct kunit *test, struct cancel_fixture *f)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);

	f->datagrams = tdi_kunit_client_address(test, TDI_DEVICE_UDP, &local,
						0);
	tdi_build_receive_datagram(&f->request->req, f->datagrams, NULL,
				   f->buffer, sizeof(f->buffer), 0);
}

static const struct cancel_param {
	const char *desc;
	void (*build)(struct kunit *test, struct cancel_fixture *f);
} cancel_params[] = {
	{ "listen", cancel_build_listen },
	{ "connect", cancel_build_connect },
	{ "receive", cancel_build_receive },
	{ "expedited receive", cancel_build_expedited },
	{ "send", cancel_build_send },
	{ "release", cancel_build_release },
	{ "receive datagram", cancel_build_datagram },
};

KUNIT_ARRAY_PARAM_DESC(cancel, cancel_params, desc);

static struct tdi_kunit_submitted *cancel_pends(struct kunit *test)
{
	const struct cancel_param *param = test->param_value;
	struct cancel_fixture *f;

	f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f);
	f->request = tdi_kunit_new_request(test);
	param->build(test, f);
	KUNIT_ASSERT_EQ(test, tdi_submit(&f->request->req), STATUS_PENDING);
	return f->request;
}

/* Has it been begun, and waits? */
static bool cancel_waits(const struct tdi_kunit_submitted *r)
{
	return tdi_kunit_eventually(READ_ONCE(r->req.state) ==
				    TDI_REQUEST_QUEUED && !r->req.kicked);
}

static void cancel_expect(struct kunit *test, struct tdi_kunit_submitted *r)
{
	KUNIT_EXPECT_TRUE(test, completion_done(&r->done));
	KUNIT_EXPECT_EQ(test, r->req.status, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, r->req.information, 0);
}

/* Its completion has run when tdi_cancel() returns (S10). */
static void client_cancel_each_kind(struct kunit *test)
{
	struct tdi_kunit_submitted *r = cancel_pends(test);

	KUNIT_ASSERT_TRUE(test, cancel_waits(r));
	KUNIT_EXPECT_FALSE(test, completion_done(&r->done));
	KUNIT_EXPECT_EQ(test, tdi_cancel(&r->req), STATUS_CANCELLED);
	cancel_expect(test, r);
	/* once more is no harm */
	KUNIT_EXPECT_EQ(test, tdi_cancel(&r->req), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, tdi_cancel_all(r->req.file), 0);
}

static void client_cancel_all_of_each_kind(struct kunit *test)
{
	struct tdi_kunit_submitted *r = cancel_pends(test);

	KUNIT_ASSERT_TRUE(test, cancel_waits(r));
	KUNIT_EXPECT_EQ(test, tdi_cancel_all(r->req.file), 1);
	cancel_expect(test, r);
}

/* Wherever it is at that moment: its work item may just be at it */
static void client_cancel_at_once(struct kunit *test)
{
	struct tdi_kunit_submitted *r = cancel_pends(test);

	KUNIT_EXPECT_EQ(test, tdi_cancel(&r->req), STATUS_CANCELLED);
	cancel_expect(test, r);
}

static void client_close_each_kind(struct kunit *test)
{
	struct tdi_kunit_submitted *r = cancel_pends(test);

	tdi_kunit_client_close_now(test, r->req.file);
	cancel_expect(test, r);
}

/* A request that its completion submits anew, so many times at most */
struct cancel_again {
	struct tdi_request req;
	int left;
	int calls;
	u8 byte;
};

#define AGAIN	50

static void cancel_submits_again(struct tdi_request *req)
{
	struct cancel_again *again = req->context;

	again->calls++;
	if (!again->left--)
		return;
	tdi_build_receive(req, req->file, &again->byte, 1, 0);
	if (tdi_submit(req) != STATUS_PENDING)
		again->left = -1;
}

static struct cancel_again *cancel_again(struct kunit *test,
					 struct tdi_file *endpoint)
{
	struct cancel_again *again;

	again = kunit_kzalloc(test, sizeof(*again), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, again);
	again->left = AGAIN;
	again->req.complete = cancel_submits_again;
	again->req.context = again;
	tdi_build_receive(&again->req, endpoint, &again->byte, 1, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&again->req), STATUS_PENDING);
	return again;
}

/* What comes back is another request, which nobody has cancelled yet. */
static void client_cancel_what_comes_back(struct kunit *test)
{
	struct tdi_kunit_client client;
	struct cancel_again *again;
	struct socket *peer;

	tdi_kunit_client(test, AF_INET, &client);
	peer = tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	again = cancel_again(test, client.endpoint);
	tdi_cancel(&again->req);
	KUNIT_EXPECT_EQ(test, again->calls, 1);
	KUNIT_EXPECT_EQ(test, again->left, AGAIN - 1);
	tdi_cancel(&again->req);
	KUNIT_EXPECT_EQ(test, again->calls, 2);
	/* and it is carried out */
	tdi_kunit_write(peer, "x", 1);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				READ_ONCE(again->calls) == 3));
	again->left = 0;
	KUNIT_EXPECT_EQ(test, tdi_cancel(&again->req), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, again->calls, 4);
}

static void client_cancel_all_that_come_back(struct kunit *test)
{
	struct cancel_again *again[3];
	struct tdi_kunit_client client;
	int i;

	tdi_kunit_client(test, AF_INET, &client);
	tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	for (i = 0; i < ARRAY_SIZE(again); i++)
		again[i] = cancel_again(test, client.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_cancel_all(client.endpoint),
			ARRAY_SIZE(again));
	for (i = 0; i < ARRAY_SIZE(again); i++)
		KUNIT_EXPECT_EQ(test, again[i]->calls, 1);
	/* closing takes none back */
	tdi_kunit_client_close_now(test, client.endpoint);
	for (i = 0; i < ARRAY_SIZE(again); i++) {
		KUNIT_EXPECT_EQ(test, again[i]->calls, 2);
		KUNIT_EXPECT_EQ(test, again[i]->left, -1);
	}
}

/* The work item is held up by one that it has begun. */
static void client_cancel_one_that_has_not_begun(struct kunit *test)
{
	struct tdi_kunit_submitted *first, *second;
	struct tdi_kunit_client client;

	tdi_kunit_client(test, AF_INET, &client);
	first = tdi_kunit_new_request(test);
	second = tdi_kunit_new_request(test);
	tdi_build_disassociate(&first->req, client.endpoint);
	tdi_build_associate(&second->req, client.endpoint, client.address);
	mutex_lock(&client.endpoint->mutex);
	KUNIT_EXPECT_EQ(test, tdi_submit(&first->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_submit(&second->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_cancel(&second->req), STATUS_CANCELLED);
	cancel_expect(test, second);
	mutex_unlock(&client.endpoint->mutex);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(first), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(client.endpoint),
			TDI_STATE_OPENED);
}

/* In the order in which they came */
static void client_begins_them_in_order(struct kunit *test)
{
	struct tdi_kunit_submitted *r[4];
	struct tdi_kunit_client client;
	int i;

	tdi_kunit_client(test, AF_INET, &client);
	for (i = 0; i < ARRAY_SIZE(r); i++) {
		r[i] = tdi_kunit_new_request(test);
		if (i % 2)
			tdi_build_associate(&r[i]->req, client.endpoint,
					    client.address);
		else
			tdi_build_disassociate(&r[i]->req, client.endpoint);
		KUNIT_EXPECT_EQ(test, tdi_submit(&r[i]->req), STATUS_PENDING);
	}
	for (i = 0; i < ARRAY_SIZE(r); i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r[i]),
				STATUS_SUCCESS);
}

static void client_time_limit_of_connect(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_full_listener(test);
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_client client;

	tdi_kunit_client(test, AF_INET, &client);
	tdi_build_connect(&r->req, client.endpoint, &remote,
			  TDI_TIMEOUT_MS(20));
	KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_IO_TIMEOUT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(client.endpoint),
			TDI_STATE_ASSOCIATED);
	tdi_build_connect(&r->req, client.endpoint, &remote,
			  TDI_TIMEOUT_MS(20));
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&r->req), STATUS_IO_TIMEOUT);
	/* one that is done has no timer any more */
	remote = tdi_kunit_loopback(AF_INET, 0);
	tdi_kunit_listener(test, &remote, 1);
	tdi_kunit_submitted(r);
	tdi_build_connect(&r->req, client.endpoint, &remote,
			  TDI_TIMEOUT_MS(60000));
	KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
}

/* The peer does not read: the FIN stays behind what was sent. */
static void client_time_limit_of_disconnect(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct cancel_fixture *f;

	f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f);
	cancel_fill(test, f);
	tdi_build_disconnect(&r->req, f->filled.endpoint, TDI_TIMEOUT_MS(20),
			     TDI_DISCONNECT_RELEASE);
	KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_IO_TIMEOUT);
	tdi_build_disconnect(&r->req, f->filled.endpoint, TDI_TIMEOUT_MS(20),
			     TDI_DISCONNECT_RELEASE);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&r->req), STATUS_IO_TIMEOUT);
}

#define MANY	(TDI_PENDING_MAX + 1)

/* Those that are one too many are refused, not lost. */
static void client_many_pend(struct kunit *test)
{
	struct tdi_kunit_submitted *r;
	struct tdi_kunit_client client;
	int i, done = 0;

	r = kvcalloc(MANY, sizeof(*r), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r);
	tdi_kunit_defer(test, (kunit_action_t *)kvfree, r);
	tdi_kunit_client(test, AF_INET, &client);
	tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	for (i = 0; i < MANY; i++) {
		tdi_kunit_submitted(&r[i]);
		tdi_build_receive(&r[i].req, client.endpoint, r[i].data, 1, 0);
		if (tdi_submit(&r[i].req) != STATUS_PENDING)
			break;
	}
	KUNIT_EXPECT_EQ(test, i, TDI_PENDING_MAX);
	KUNIT_EXPECT_EQ(test, tdi_submit(&r[MANY - 1].req),
			STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_EQ(test, tdi_cancel_all(client.endpoint), TDI_PENDING_MAX);
	for (i = 0; i < MANY; i++)
		done += completion_done(&r[i].done);
	KUNIT_EXPECT_EQ(test, done, TDI_PENDING_MAX);
	tdi_build_receive(&r[0].req, client.endpoint, r[0].data, 1, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit(&r[0].req), STATUS_PENDING);
}

#define PIECE	1000
#define PIECES	100

static void client_sends_stay_in_order(struct kunit *test)
{
	struct tdi_kunit_submitted *r[PIECES];
	struct tdi_kunit_client client;
	struct socket *peer;
	size_t total;
	int i;

	tdi_kunit_client(test, AF_INET, &client);
	peer = tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	for (i = 0; i < PIECES; i++) {
		r[i] = tdi_kunit_new_request(test);
		tdi_build_send(&r[i]->req, client.endpoint,
			       tdi_kunit_pattern(test, i * PIECE, PIECE), PIECE,
			       0);
		KUNIT_ASSERT_EQ(test, tdi_submit(&r[i]->req), STATUS_PENDING);
	}
	for (i = 0; i < PIECES; i++) {
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r[i]),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, r[i]->req.information, PIECE);
	}
	tdi_kunit_client_close_now(test, client.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, peer, &total), 0);
	KUNIT_EXPECT_EQ(test, total, PIECE * PIECES);
}

/* A send before a release goes, one behind it does not. */
static void client_send_behind_a_release(struct kunit *test)
{
	struct tdi_kunit_submitted *before, *release, *behind;
	struct tdi_kunit_client client;
	struct socket *peer;
	size_t total;
	u32 status;

	tdi_kunit_client(test, AF_INET, &client);
	peer = tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	before = tdi_kunit_new_request(test);
	release = tdi_kunit_new_request(test);
	behind = tdi_kunit_new_request(test);
	tdi_build_send(&before->req, client.endpoint,
		       tdi_kunit_pattern(test, 0, PIECE), PIECE, 0);
	tdi_build_disconnect(&release->req, client.endpoint, 0,
			     TDI_DISCONNECT_RELEASE);
	tdi_build_send(&behind->req, client.endpoint,
		       tdi_kunit_pattern(test, PIECE, PIECE), PIECE, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit(&before->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_submit(&release->req), STATUS_PENDING);
	status = tdi_submit(&behind->req);
	if (status == STATUS_PENDING)
		status = tdi_kunit_completed(behind);
	KUNIT_EXPECT_EQ(test, status, STATUS_GRACEFUL_DISCONNECT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(before), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(release), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, peer, &total), 0);
	KUNIT_EXPECT_EQ(test, total, PIECE);
}

static struct kunit_case tdi_client_cancel_cases[] = {
	KUNIT_CASE_PARAM(client_cancel_each_kind, cancel_gen_params),
	KUNIT_CASE_PARAM(client_cancel_all_of_each_kind, cancel_gen_params),
	KUNIT_CASE_PARAM(client_cancel_at_once, cancel_gen_params),
	KUNIT_CASE_PARAM(client_close_each_kind, cancel_gen_params),
	KUNIT_CASE(client_cancel_what_comes_back),
	KUNIT_CASE(client_cancel_all_that_come_back),
	KUNIT_CASE(client_cancel_one_that_has_not_begun),
	KUNIT_CASE(client_begins_them_in_order),
	KUNIT_CASE(client_time_limit_of_connect),
	KUNIT_CASE(client_time_limit_of_disconnect),
	KUNIT_CASE(client_many_pend),
	KUNIT_CASE(client_sends_stay_in_order),
	KUNIT_CASE(client_send_behind_a_release),
	{}
};

static struct kunit_suite tdi_client_cancel_suite = {
	.name = "tdi_client_cancel",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_client_cancel_cases,
};

kunit_test_suite(tdi_client_cancel_suite);
