// SPDX-License-Identifier: GPL-2.0-only
/*
 * How requests end that wait (reference 4.4): tdi_completion.h has every request
 * and every cause, kunit/README.md shows the same as a table.  A TDI_ACCEPT
 * never waits.
 */
#include <linux/sched/signal.h>
#include <net/tcp.h>

#include "tdi_kunit_event.h"

/* The second send waits behind the first, of which a part is in the socket. */
enum completion_kind {
	CONNECT, LISTEN, QUERY_LISTEN, SEND, QUEUED_SEND,
	RECEIVE, RECEIVE_EXPEDITED, RELEASE,
	COMPLETION_KINDS,
};

/*
 * What happens to it.  TIMEOUT: its own.  RELEASE_DISASSOCIATE: a local release;
 * then, once it has completed if it can, a disassociation.  GAVE_UP: TCP has
 * repeated a segment in vain for too long.  UNREACHABLE: ICMP says so.  KILLED:
 * the socket, the listener's for a listen, from outside (ss -K).
 */
enum completion_cause {
	CANCEL, SIGNAL, TIMEOUT, LOCAL_ABORT, LOCAL_RELEASE, DISASSOCIATE,
	RELEASE_DISASSOCIATE, ENDPOINT_CLOSE, ADDRESS_CLOSE,
	PEER_RELEASE, PEER_RESET, GAVE_UP, UNREACHABLE, KILLED,
	COMPLETION_CAUSES,
};

struct completion_cell {
	const char *desc;
	enum completion_cause cause;
	enum completion_kind kind;
	bool never;
	u32 status;
	u32 then;
};

/* Nobody can ask a file that is closed. */
#define TDI_STATE_CLOSED	U32_MAX

#define NEVER(_cause, _kind)						\
	{								\
		.desc = #_kind ", " #_cause,				\
		.cause = _cause, .kind = _kind, .never = true,		\
	}
#define END(_cause, _kind, _status, _then)				\
	{								\
		.desc = #_kind ", " #_cause,				\
		.cause = _cause, .kind = _kind,				\
		.status = STATUS_##_status, .then = TDI_STATE_##_then,	\
	}

static const struct completion_cell completion_cells[] = {
#include "tdi_completion.h"
};

KUNIT_ARRAY_PARAM_DESC(completion, completion_cells, desc);

static const void *completion_next_cell(const void *prev, char *desc,
					enum completion_cause but)
{
	const struct completion_cell *cell = prev;

	do {
		cell = completion_gen_params(cell, desc);
	} while (cell && (cell->never || cell->cause == but));
	return cell;
}

/* A thread that waits for ever has no timeout. */
static const void *completion_thread_gen_params(const void *prev, char *desc)
{
	return completion_next_cell(prev, desc, TIMEOUT);
}

/* A signal comes to a thread. */
static const void *completion_alone_gen_params(const void *prev, char *desc)
{
	return completion_next_cell(prev, desc, SIGNAL);
}

/* A connect that a reset can still end */
static struct tdi_kunit_request *completion_connect(struct kunit *test,
						    struct tdi_kunit_pair *pair)
{
	pair->remote = tdi_kunit_loopback(AF_INET, 0);
	pair->listener = tdi_kunit_listener(test, &pair->remote, 0);
	tdi_kunit_connect_plain(test, &pair->remote);
	return tdi_kunit_connect(test, pair->endpoint, &pair->remote);
}

static struct tdi_kunit_request *completion_receive(struct kunit *test,
						    struct tdi_kunit_pair *pair,
						    u32 flags)
{
	return tdi_kunit_receive(test, pair->endpoint, flags,
				 kunit_kzalloc(test, 8, GFP_KERNEL), 8);
}

static struct tdi_kunit_request *completion_submit(struct kunit *test,
						   struct tdi_kunit_pair *pair,
						   enum completion_kind kind)
{
	switch (kind) {
	case CONNECT:
		return completion_connect(test, pair);
	case LISTEN:
		return tdi_kunit_listen(test, pair->endpoint, NULL);
	case QUERY_LISTEN:
		return tdi_kunit_query(test, pair->endpoint);
	case SEND:
		return tdi_kunit_send_large(test, pair->endpoint);
	case QUEUED_SEND:
		tdi_kunit_send_large(test, pair->endpoint);
		return tdi_kunit_send(test, pair->endpoint, 0, "x", 1);
	case RECEIVE:
		return completion_receive(test, pair, 0);
	case RECEIVE_EXPEDITED:
		return completion_receive(test, pair, TDI_RECEIVE_EXPEDITED);
	default:
		tdi_kunit_fill(test, pair->endpoint);
		return tdi_kunit_disconnect(test, pair->endpoint,
					    TDI_DISCONNECT_RELEASE);
	}
}

/* A request of that kind, pending; on a connection if it needs one */
static struct tdi_kunit_request *completion_arrange(struct kunit *test,
						    struct tdi_kunit_pair *pair,
						    enum completion_kind kind)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *request;

	if (kind < SEND) {
		pair->address = tdi_kunit_address(test, &local, 0);
		pair->endpoint = tdi_kunit_endpoint_on(test, pair->address);
	} else {
		tdi_kunit_connected(test, AF_INET, pair);
	}
	request = completion_submit(test, pair, kind);
	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	return request;
}

/* As far as it goes: behind a send it waits, too. */
static void completion_release(struct kunit *test, struct tdi_file *endpoint,
			       enum completion_kind kind)
{
	struct tdi_kunit_request *release;

	release = tdi_kunit_disconnect(test, endpoint, TDI_DISCONNECT_RELEASE);
	if (kind == RECEIVE || kind == RECEIVE_EXPEDITED)
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(release),
				STATUS_SUCCESS);
	else if (kind < SEND)
		KUNIT_EXPECT_EQ(test, release->status,
				STATUS_INVALID_CONNECTION);
	else
		tdi_kunit_wait_in_thread(test, release);
}

static void completion_kill(struct kunit *test, struct tdi_kunit_pair *pair,
			    enum completion_kind kind, int err)
{
	if (kind == LISTEN || kind == QUERY_LISTEN)
		tdi_kunit_kill_listener(pair->address);
	else
		tcp_abort(tdi_kunit_own_socket(test, pair->endpoint)->sk, err);
}

static void completion_by_peer(struct kunit *test, struct tdi_kunit_pair *pair,
			       const struct completion_cell *cell)
{
	if (cell->cause == PEER_RELEASE)
		kernel_sock_shutdown(pair->peer, SHUT_WR);
	else if (cell->kind == CONNECT)
		/* what its next SYN meets */
		tdi_kunit_close_socket(test, pair->listener);
	else
		tdi_kunit_reset_socket(test, pair->peer);
}

static void completion_act(struct kunit *test, struct tdi_kunit_pair *pair,
			   struct tdi_kunit_request *request,
			   const struct completion_cell *cell)
{
	u64 count;

	switch (cell->cause) {
	case CANCEL:
		KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair->endpoint, true, 0,
						      &count),
				STATUS_SUCCESS);
		break;
	case SIGNAL:
		send_sig(SIGUSR1, request->thread, 1);
		break;
	case TIMEOUT:
		tdi_kunit_result_within(request, 2);
		break;
	case LOCAL_ABORT:
		KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, pair->endpoint),
				STATUS_SUCCESS);
		break;
	case RELEASE_DISASSOCIATE:
	case LOCAL_RELEASE:
		completion_release(test, pair->endpoint, cell->kind);
		if (cell->cause == LOCAL_RELEASE)
			break;
		fallthrough;
	case DISASSOCIATE:
		KUNIT_EXPECT_EQ(test, tdi_endpoint_disassociate(
					&pair->endpoint->endpoint),
				cell->status == STATUS_PENDING ?
				STATUS_CONNECTION_ACTIVE : STATUS_SUCCESS);
		break;
	case ENDPOINT_CLOSE:
		tdi_kunit_close(test, pair->endpoint);
		break;
	case ADDRESS_CLOSE:
		tdi_kunit_close(test, pair->address);
		break;
	case GAVE_UP:
		completion_kill(test, pair, cell->kind, ETIMEDOUT);
		break;
	case UNREACHABLE:
		completion_kill(test, pair, cell->kind, EHOSTUNREACH);
		break;
	case KILLED:
		completion_kill(test, pair, cell->kind, ECONNABORTED);
		break;
	default:
		completion_by_peer(test, pair, cell);
		break;
	}
}

/* Without a thread a release has not been tried: its state is not there yet. */
static void completion_expect_state(struct kunit *test,
				    struct tdi_file *endpoint,
				    const struct completion_cell *cell)
{
	if (cell->then != TDI_STATE_CLOSED &&
	    !tdi_kunit_state_becomes(endpoint, cell->then))
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(endpoint), cell->then);
}

static void completion_one(struct kunit *test, bool in_thread)
{
	const struct completion_cell *cell = test->param_value;
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;

	request = completion_arrange(test, &pair, cell->kind);
	if (in_thread && !request->thread)
		tdi_kunit_wait_in_thread(test, request);
	completion_act(test, &pair, request, cell);

	if (cell->status == STATUS_PENDING) {
		if (in_thread)
			completion_expect_state(test, pair.endpoint, cell);
		KUNIT_EXPECT_NE(test, request->waiter.req.state,
				TDI_REQUEST_DONE);
		return;
	}
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), cell->status);
	KUNIT_EXPECT_EQ(test, request->interrupted, cell->cause == SIGNAL);
	if (cell->kind == SEND)
		KUNIT_EXPECT_GT(test, tdi_kunit_information(request), 0);
	else
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 0);
	if (in_thread || cell->cause == TIMEOUT)
		completion_expect_state(test, pair.endpoint, cell);
}

/* Ended in this way while a thread sleeps */
static void completion_while_a_thread_waits(struct kunit *test)
{
	completion_one(test, true);
}

/* The same before anybody waits: the result is there when somebody does. */
static void completion_before_the_wait(struct kunit *test)
{
	completion_one(test, false);
}

/**
 * struct completion_chain - a request whose completion submits the next one
 * @req: a listen
 * @next: another
 */
struct completion_chain {
	struct tdi_request req;
	struct tdi_kunit_request *next;
};

static void completion_kick(struct tdi_request *req)
{
}

static void completion_next(struct tdi_request *req)
{
	struct completion_chain *chain = container_of(req,
						      struct completion_chain,
						      req);

	chain->next->status = tdi_listen(&chain->next->waiter.req);
}

/* No lock is held when a request completes, whatever ends it. */
static void completion_submits_another_request(struct kunit *test)
{
	struct completion_chain *chain = kunit_kzalloc(test, sizeof(*chain),
						       GFP_KERNEL);
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *endpoint;
	u64 count;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, chain);
	endpoint = tdi_kunit_endpoint_on(test,
					 tdi_kunit_address(test, &local, 0));
	for (i = 0; i < 2; i++) {
		tdi_request_init(&chain->req, endpoint);
		chain->req.kick = completion_kick;
		chain->req.done = completion_next;
		chain->next = tdi_kunit_request(test, endpoint);
		KUNIT_ASSERT_EQ(test, tdi_listen(&chain->req), STATUS_PENDING);
		if (i)
			tdi_kunit_abort_now(test, endpoint);
		else
			tdi_file_cancel(endpoint, true, 0, &count);
		KUNIT_EXPECT_EQ(test, chain->next->status, STATUS_PENDING);
		KUNIT_EXPECT_EQ(test, tdi_kunit_state(endpoint),
				TDI_STATE_LISTENING);
		tdi_file_cancel(endpoint, true, 0, &count);
	}
}

/* No cell is left out, and none is there twice. */
static void completion_table_is_complete(struct kunit *test)
{
	unsigned long seen[COMPLETION_CAUSES] = {};
	const struct completion_cell *cell;
	int i;

	for (i = 0; i < ARRAY_SIZE(completion_cells); i++) {
		cell = &completion_cells[i];
		KUNIT_EXPECT_FALSE(test, seen[cell->cause] & BIT(cell->kind));
		seen[cell->cause] |= BIT(cell->kind);
	}
	for (i = 0; i < COMPLETION_CAUSES; i++)
		KUNIT_EXPECT_EQ(test, seen[i], BIT(COMPLETION_KINDS) - 1);
}

static struct kunit_case tdi_completion_cases[] = {
	KUNIT_CASE(completion_table_is_complete),
	KUNIT_CASE_PARAM(completion_while_a_thread_waits,
			 completion_thread_gen_params),
	KUNIT_CASE_PARAM(completion_before_the_wait,
			 completion_alone_gen_params),
	KUNIT_CASE(completion_submits_another_request),
	{}
};

static struct kunit_suite tdi_completion_suite = {
	.name = "tdi_completion",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_completion_cases,
};

kunit_test_suite(tdi_completion_suite);
