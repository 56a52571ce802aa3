// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expedited data (TCP's urgent byte), and TDI_SEND_AND_DISCONNECT
 * (reference 2.9, 2.10).
 */
#include "event.h"
#include "tdi_kunit_helpers.h"

static int expedited_write(struct socket *sock, const char *data)
{
	struct kvec kvec = { .iov_base = (void *)data, .iov_len = strlen(data) };
	struct msghdr msg = { .msg_flags = MSG_OOB };

	return kernel_sendmsg(sock, &msg, &kvec, 1, kvec.iov_len);
}

static int expedited_read(struct socket *sock, u8 *byte)
{
	struct kvec kvec = { .iov_base = byte, .iov_len = 1 };
	struct msghdr msg = {};

	return kernel_recvmsg(sock, &msg, &kvec, 1, 1, MSG_OOB | MSG_DONTWAIT);
}

static void expedited_send(struct kunit *test)
{
	struct tdi_kunit_request *send;
	struct tdi_kunit_pair pair;
	u8 byte = 0;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	send = tdi_kunit_send(test, pair.endpoint, TDI_SEND_EXPEDITED, "now", 3);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(send), 3);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				expedited_read(pair.peer, &byte) == 1));
	KUNIT_EXPECT_EQ(test, byte, 'w');
}

/* It overtakes sends that wait, and not one that overtook them before. */
static void expedited_send_overtakes(struct kunit *test)
{
	struct tdi_kunit_request *large, *first, *second;
	struct tdi_kunit_pair pair;
	u8 *data;

	tdi_kunit_connected(test, AF_INET, &pair);
	data = kunit_kmalloc(test, SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	tdi_kunit_fill(test, pair.endpoint);
	large = tdi_kunit_send_large(test, pair.endpoint);
	first = tdi_kunit_send(test, pair.endpoint, TDI_SEND_EXPEDITED, "1", 1);
	second = tdi_kunit_send(test, pair.endpoint, TDI_SEND_EXPEDITED, "2", 1);
	KUNIT_ASSERT_EQ(test, first->status, STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, second->status, STATUS_PENDING);
	KUNIT_EXPECT_PTR_EQ(test, first->waiter.req.link.next,
			    &second->waiter.req.link);
	KUNIT_EXPECT_PTR_EQ(test, second->waiter.req.link.next,
			    &large->waiter.req.link);
	tdi_kunit_wait_in_thread(test, first);
	tdi_kunit_wait_in_thread(test, second);

	while (!completion_done(&second->done))
		KUNIT_ASSERT_GT(test, tdi_kunit_read(pair.peer, data, SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(first), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(second), STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, completion_done(&large->done));
}

struct expedited_kind_param {
	const char *desc;
	u32 flags;
	bool normal, expedited;
};

static const struct expedited_kind_param expedited_kind_params[] = {
	{ "normal", TDI_RECEIVE_NORMAL, true, false },
	{ "expedited", TDI_RECEIVE_EXPEDITED, false, true },
	{ "either", TDI_RECEIVE_NORMAL | TDI_RECEIVE_EXPEDITED, true, true },
	{ "nothing said", 0, true, true },
};

KUNIT_ARRAY_PARAM_DESC(expedited_kind, expedited_kind_params, desc);

/* What it waits for ends it, and nothing else does. */
static void expedited_receive_waits_for_its_kind(struct kunit *test)
{
	const struct expedited_kind_param *param = test->param_value;
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u8 byte = 0;

	tdi_kunit_connected(test, AF_INET, &pair);
	receive = tdi_kunit_receive(test, pair.endpoint, param->flags, &byte, 1);
	KUNIT_ASSERT_EQ(test, receive->status, STATUS_PENDING);
	tdi_kunit_wait_in_thread(test, receive);
	if (!param->expedited) {
		KUNIT_ASSERT_EQ(test, expedited_write(pair.peer, "e"), 1);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
			tdi_endpoint_poll(&pair.endpoint->endpoint) & EPOLLPRI));
	}
	if (!param->normal)
		KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "n", 1), 1);
	KUNIT_EXPECT_FALSE(test, completion_done(&receive->done));

	if (param->expedited)
		KUNIT_ASSERT_EQ(test, expedited_write(pair.peer, "e"), 1);
	else
		KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "n", 1), 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 1);
	KUNIT_EXPECT_EQ(test, byte, param->expedited ? 'e' : 'n');
}

/* Both there: the expedited byte is not lost to the normal receives. */
static void expedited_receive_beside_normal(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u8 data[4] = {};

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "ab", 2), 2);
	KUNIT_ASSERT_EQ(test, expedited_write(pair.peer, "e"), 1);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "c", 1), 1);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
			tdi_endpoint_poll(&pair.endpoint->endpoint) & EPOLLPRI));

	receive = tdi_kunit_receive(test, pair.endpoint, TDI_RECEIVE_NORMAL,
				    data, 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 2);
	KUNIT_EXPECT_MEMEQ(test, data, "ab", 2);
	receive = tdi_kunit_receive(test, pair.endpoint,
				    TDI_RECEIVE_EXPEDITED | TDI_RECEIVE_PEEK,
				    data, 1);
	KUNIT_EXPECT_EQ(test, receive->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, data[0], 'e');
	data[0] = 0;
	receive = tdi_kunit_receive(test, pair.endpoint, TDI_RECEIVE_EXPEDITED,
				    data, 1);
	KUNIT_EXPECT_EQ(test, receive->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, data[0], 'e');
	receive = tdi_kunit_receive(test, pair.endpoint, TDI_RECEIVE_NORMAL,
				    data, 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 1);
	KUNIT_EXPECT_EQ(test, data[0], 'c');
}

/* Nothing expedited can come any more. */
static void expedited_receive_at_the_end(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u8 byte;
	int i;

	for (i = 0; i < 2; i++) {
		tdi_kunit_connected(test, AF_INET, &pair);
		receive = tdi_kunit_receive(test, pair.endpoint,
					    TDI_RECEIVE_EXPEDITED, &byte, 1);
		tdi_kunit_wait_in_thread(test, receive);
		if (i)
			tdi_kunit_reset_socket(test, pair.peer);
		else
			tdi_kunit_close_socket(test, pair.peer);
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
				i ? STATUS_CONNECTION_RESET : STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 0);
	}
}

/* The data, then FIN; nothing after it; receiving goes on. */
static void disconnect_with_a_send(struct kunit *test)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	size_t total;
	u8 byte = 0;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	request = tdi_kunit_send(test, pair.endpoint, TDI_SEND_AND_DISCONNECT,
				 tdi_kunit_pattern(test, 0, 3), 3);
	KUNIT_EXPECT_EQ(test, request->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 3);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_LOCAL_RELEASED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total), 0);
	KUNIT_EXPECT_EQ(test, total, 3);
	request = tdi_kunit_send(test, pair.endpoint, 0, "x", 1);
	KUNIT_EXPECT_EQ(test, request->status, STATUS_GRACEFUL_DISCONNECT);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "y", 1), 1);
	request = tdi_kunit_receive(test, pair.endpoint, 0, &byte, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, byte, 'y');
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.endpoint),
			STATUS_SUCCESS);
}

/* Behind others it keeps its place; given up, it has done nothing. */
static void disconnect_with_a_send_that_waits(struct kunit *test)
{
	struct tdi_kunit_request *large, *last, *late;
	struct tdi_kunit_pair pair;
	size_t before, total;

	tdi_kunit_connected(test, AF_INET, &pair);
	before = tdi_kunit_fill(test, pair.endpoint);
	large = tdi_kunit_send(test, pair.endpoint, 0,
			       tdi_kunit_pattern(test, before, TDI_KUNIT_LARGE),
			       TDI_KUNIT_LARGE);
	KUNIT_ASSERT_EQ(test, large->status, STATUS_PENDING);
	last = tdi_kunit_send(test, pair.endpoint, TDI_SEND_AND_DISCONNECT, "l",
			      1);
	KUNIT_ASSERT_EQ(test, last->status, STATUS_PENDING);
	late = tdi_kunit_send(test, pair.endpoint, 0, "x", 1);
	KUNIT_EXPECT_EQ(test, late->status, STATUS_GRACEFUL_DISCONNECT);
	tdi_request_end(&last->waiter.req, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(last), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_CONNECTED);

	last = tdi_kunit_send(test, pair.endpoint, TDI_SEND_AND_DISCONNECT,
			      tdi_kunit_pattern(test, before + TDI_KUNIT_LARGE,
						1), 1);
	KUNIT_ASSERT_EQ(test, last->status, STATUS_PENDING);
	tdi_kunit_wait_in_thread(test, large);
	tdi_kunit_wait_in_thread(test, last);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(large), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(last), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, total, before + TDI_KUNIT_LARGE + 1);
}

/* It does not go wholly: no disconnect either. */
static void disconnect_with_a_send_that_must_not_wait(struct kunit *test)
{
	struct tdi_kunit_request *send;
	struct tdi_kunit_pair pair;
	u8 *data;

	tdi_kunit_connected(test, AF_INET, &pair);
	data = kunit_kmalloc(test, SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	tdi_kunit_fill(test, pair.endpoint);
	while (!(tdi_endpoint_poll(&pair.endpoint->endpoint) & EPOLLOUT))
		KUNIT_ASSERT_GT(test, tdi_kunit_read(pair.peer, data, SZ_4K), 0);
	send = tdi_kunit_send(test, pair.endpoint,
			      TDI_SEND_AND_DISCONNECT | TDI_SEND_NON_BLOCKING,
			      tdi_kunit_pattern(test, 0, TDI_KUNIT_LARGE),
			      TDI_KUNIT_LARGE);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_SUCCESS);
	KUNIT_EXPECT_LT(test, tdi_kunit_information(send), TDI_KUNIT_LARGE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_CONNECTED);
	send = tdi_kunit_send(test, pair.endpoint, 0, "x", 1);
	KUNIT_EXPECT_NE(test, send->status, STATUS_GRACEFUL_DISCONNECT);
}

static struct kunit_case tdi_expedited_cases[] = {
	KUNIT_CASE_PARAM(expedited_send, tdi_kunit_family_gen_params),
	KUNIT_CASE(expedited_send_overtakes),
	KUNIT_CASE_PARAM(expedited_receive_waits_for_its_kind,
			 expedited_kind_gen_params),
	KUNIT_CASE_PARAM(expedited_receive_beside_normal,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(expedited_receive_at_the_end),
	KUNIT_CASE_PARAM(disconnect_with_a_send, tdi_kunit_family_gen_params),
	KUNIT_CASE(disconnect_with_a_send_that_waits),
	KUNIT_CASE(disconnect_with_a_send_that_must_not_wait),
	{}
};

static struct kunit_suite tdi_expedited_suite = {
	.name		= "tdi_expedited",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_expedited_cases,
};

kunit_test_suite(tdi_expedited_suite);
