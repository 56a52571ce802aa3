// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_SEND (reference 2.9) and TDI_RECEIVE (2.10, S2).
 */
#include <net/tcp.h>

#include "tdi_kunit_helpers.h"

struct stream_size_param {
	const char *desc;
	int family;
	size_t length;
};

static const struct stream_size_param stream_size_params[] = {
	{ "1 byte", AF_INET, 1 },
	{ "1 byte, IPv6", AF_INET6, 1 },
	{ "an odd number of bytes", AF_INET, 12345 },
	{ "64 KiB", AF_INET, SZ_64K },
	{ "64 KiB and 1 byte, IPv6", AF_INET6, SZ_64K + 1 },
	{ "2 MiB, more than the buffers hold", AF_INET, SZ_2M },
};

KUNIT_ARRAY_PARAM_DESC(stream_size, stream_size_params, desc);

/* Receives until the end of file; what comes must be the pattern. */
static size_t stream_receive_to_end(struct kunit *test, struct tdi_file *file,
				    size_t chunk)
{
	u8 *data = kunit_kmalloc(test, chunk, GFP_KERNEL);
	struct tdi_kunit_request *receive;
	size_t total = 0;
	u64 n;

	KUNIT_ASSERT_NOT_NULL(test, data);
	do {
		receive = tdi_kunit_receive(test, file, 0, data, chunk);
		KUNIT_ASSERT_EQ(test, tdi_kunit_result(receive),
				STATUS_SUCCESS);
		n = tdi_kunit_information(receive);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(data, total, n));
		total += n;
	} while (n);
	return total;
}

/* Both ends are endpoints. */
static void stream_endpoints(struct kunit *test, int family,
			     struct tdi_file **from, struct tdi_file **to)
{
	struct sockaddr_storage a = tdi_kunit_loopback(family, 0);
	struct sockaddr_storage b = tdi_kunit_loopback(family, 0);
	struct tdi_kunit_request *listen;
	struct tdi_file *address;

	*from = tdi_kunit_endpoint_on(test, tdi_kunit_address(test, &a, 0));
	address = tdi_kunit_address(test, &b, 0);
	*to = tdi_kunit_endpoint_on(test, address);
	tdi_kunit_local(test, address, &b);
	listen = tdi_kunit_listen(test, *to, NULL);
	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, *from, &b),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_kunit_result(listen), STATUS_SUCCESS);
}

static void stream_of_any_length(struct kunit *test)
{
	const struct stream_size_param *param = test->param_value;
	struct tdi_kunit_request *send, *release;
	struct tdi_file *from, *to;

	if (param->family == AF_INET6)
		tdi_kunit_need_ipv6(test);
	stream_endpoints(test, param->family, &from, &to);
	send = tdi_kunit_send(test, from, 0,
			      tdi_kunit_pattern(test, 0, param->length),
			      param->length);
	if (send->status == STATUS_PENDING)
		tdi_kunit_wait_in_thread(test, send);
	release = tdi_kunit_disconnect(test, from, TDI_DISCONNECT_RELEASE);
	tdi_kunit_wait_in_thread(test, release);

	KUNIT_EXPECT_EQ(test, stream_receive_to_end(test, to, SZ_32K),
			param->length);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(send), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(send), param->length);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(release), STATUS_SUCCESS);
}

static void stream_of_vectors(struct kunit *test)
{
	u8 *data = tdi_kunit_pattern(test, 0, 100), got[100] = {};
	struct kvec from[] = { { data, 1 }, { data + 1, 0 }, { data + 1, 99 } };
	struct kvec to[2] = { { got, 33 }, { got + 33, 67 } };
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	u8 echo[100];

	tdi_kunit_connected(test, AF_INET, &pair);
	request = tdi_kunit_request(test, pair.endpoint);
	iov_iter_kvec(&request->waiter.req.msg.msg_iter, ITER_SOURCE, from, 3,
		      100);
	KUNIT_EXPECT_EQ(test, tdi_send(&request->waiter.req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 100);
	KUNIT_ASSERT_EQ(test, tdi_kunit_read(pair.peer, echo, 100), 100);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, echo, 100), 100);

	request = tdi_kunit_request(test, pair.endpoint);
	iov_iter_kvec(&request->waiter.req.msg.msg_iter, ITER_DEST, to, 2, 100);
	request->status = tdi_receive(&request->waiter.req);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 100);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, 0, 100));
}

static void stream_receive_takes_what_is_there(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u8 got[100];

	tdi_kunit_connected(test, AF_INET, &pair);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, got, sizeof(got));
	KUNIT_EXPECT_EQ(test, receive->status, STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer,
					      tdi_kunit_pattern(test, 0, 10),
					      10), 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, 0, 10));
}

static void stream_receive_wakes_who_waits(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u8 got = 0;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
	tdi_kunit_wait_in_thread(test, receive);
	KUNIT_EXPECT_EQ(test, tdi_kunit_write(pair.peer, "!", 1), 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, got, '!');
}

#define RECEIVES	5

/* Whichever thread runs first: bytes go to the receive that came first. */
static void stream_receives_complete_in_order(struct kunit *test)
{
	struct tdi_kunit_request *receive[RECEIVES];
	struct tdi_kunit_pair pair;
	u8 got[RECEIVES][10];
	int i;

	tdi_kunit_connected(test, AF_INET, &pair);
	for (i = 0; i < RECEIVES; i++)
		receive[i] = tdi_kunit_receive(test, pair.endpoint, 0, got[i],
					       10);
	for (i = RECEIVES - 1; i >= 0; i--)
		tdi_kunit_wait_in_thread(test, receive[i]);
	KUNIT_ASSERT_EQ(test,
			tdi_kunit_write(pair.peer,
					tdi_kunit_pattern(test, 0,
							  10 * RECEIVES),
					10 * RECEIVES), 10 * RECEIVES);

	for (i = 0; i < RECEIVES; i++) {
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive[i]),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive[i]), 10);
		KUNIT_EXPECT_TRUE(test,
				  tdi_kunit_is_pattern(got[i], 10 * i, 10));
	}
}

/* A receive does not overtake one that waits, though it could have data. */
static void stream_receive_queues_behind_another(struct kunit *test)
{
	struct tdi_kunit_request *first, *second;
	struct tdi_kunit_pair pair;
	u8 got[2][10];

	tdi_kunit_connected(test, AF_INET, &pair);
	first = tdi_kunit_receive(test, pair.endpoint, 0, got[0], 10);
	KUNIT_ASSERT_EQ(test, first->status, STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer,
					      tdi_kunit_pattern(test, 0, 20),
					      20), 20);
	second = tdi_kunit_receive(test, pair.endpoint, 0, got[1], 10);
	KUNIT_EXPECT_EQ(test, second->status, STATUS_PENDING);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(first), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(second), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got[0], 0, 10));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got[1], 10, 10));
}

/* The sends of one endpoint are one stream, however they are queued. */
static void stream_sends_go_in_order(struct kunit *test)
{
	struct tdi_kunit_request *send[4];
	struct tdi_kunit_pair pair;
	size_t length = TDI_KUNIT_LARGE, total;
	int i;

	tdi_kunit_connected(test, AF_INET, &pair);
	send[0] = tdi_kunit_send_large(test, pair.endpoint);
	for (i = 1; i < ARRAY_SIZE(send); i++) {
		send[i] = tdi_kunit_send(test, pair.endpoint, 0,
					 tdi_kunit_pattern(test, length, 1000),
					 1000);
		KUNIT_EXPECT_EQ(test, send[i]->status, STATUS_PENDING);
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(send[i]), 0);
		length += 1000;
	}
	for (i = ARRAY_SIZE(send) - 1; i > 0; i--)
		tdi_kunit_wait_in_thread(test, send[i]);
	tdi_kunit_wait_in_thread(test,
				 tdi_kunit_disconnect(test, pair.endpoint,
						      TDI_DISCONNECT_RELEASE));

	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, total, length);
	for (i = 0; i < ARRAY_SIZE(send); i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(send[i]),
				STATUS_SUCCESS);
}

static void stream_submit_send(void *data)
{
	struct tdi_kunit_request *send = data;

	send->status = tdi_send(&send->waiter.req);
}

static struct tdi_kunit_request *stream_send_later(struct kunit *test,
						   struct tdi_file *file,
						   size_t offset, size_t length)
{
	struct tdi_kunit_request *send = tdi_kunit_request(test, file);

	send->kvec.iov_base = tdi_kunit_pattern(test, offset, length);
	send->kvec.iov_len = length;
	iov_iter_kvec(&send->waiter.req.msg.msg_iter, ITER_SOURCE, &send->kvec,
		      1, length);
	return send;
}

/*
 * A send that comes while another one is at it waits behind all of that, also
 * if it is on the queue first.  The other one hangs on the lock of the socket.
 */
static void stream_rest_of_a_send_goes_first(struct kunit *test)
{
	struct tdi_kunit_request *send, *behind;
	size_t length = TDI_KUNIT_LARGE, total;
	struct tdi_kunit_thread *thread[2];
	struct tdi_connection *conn;
	struct tdi_kunit_pair pair;
	bool sending, waits;
	struct sock *sk;

	tdi_kunit_connected(test, AF_INET, &pair);
	send = stream_send_later(test, pair.endpoint, 0, length);
	behind = stream_send_later(test, pair.endpoint, length, 1000);
	conn = tdi_connection_get(&pair.endpoint->endpoint);
	KUNIT_ASSERT_NOT_NULL(test, conn);
	sk = conn->sock.socket->sk;

	lock_sock(sk);
	/* it does not grow */
	sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	WRITE_ONCE(sk->sk_sndbuf, SZ_64K);
	thread[0] = tdi_kunit_thread(test, stream_submit_send, send);
	sending = tdi_kunit_eventually(test_bit(TDI_ENDPOINT_SENDING,
						&pair.endpoint->endpoint.flags));
	thread[1] = tdi_kunit_thread(test, stream_submit_send, behind);
	waits = tdi_kunit_eventually(completion_done(&thread[1]->done));
	release_sock(sk);
	tdi_connection_put(conn);

	KUNIT_EXPECT_TRUE(test, sending);
	KUNIT_EXPECT_TRUE(test, waits);
	tdi_kunit_join(test, thread[0]);
	tdi_kunit_join(test, thread[1]);
	KUNIT_EXPECT_GT(test, tdi_kunit_information(send), 0);
	tdi_kunit_wait_in_thread(test, behind);
	tdi_kunit_wait_in_thread(test, send);
	tdi_kunit_wait_in_thread(test,
				 tdi_kunit_disconnect(test, pair.endpoint,
						      TDI_DISCONNECT_RELEASE));

	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, total, length + 1000);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(send), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(behind), STATUS_SUCCESS);
}

/* Nothing but the end of the first one's try lets the second one go on. */
static void stream_send_goes_on_after_another(struct kunit *test)
{
	struct tdi_kunit_request *send, *behind;
	struct tdi_kunit_thread *thread;
	struct tdi_connection *conn;
	struct tdi_kunit_pair pair;
	bool sending;
	size_t total;

	tdi_kunit_connected(test, AF_INET, &pair);
	send = stream_send_later(test, pair.endpoint, 0, 1000);
	conn = tdi_connection_get(&pair.endpoint->endpoint);
	KUNIT_ASSERT_NOT_NULL(test, conn);

	lock_sock(conn->sock.socket->sk);
	thread = tdi_kunit_thread(test, stream_submit_send, send);
	sending = tdi_kunit_eventually(test_bit(TDI_ENDPOINT_SENDING,
						&pair.endpoint->endpoint.flags));
	behind = tdi_kunit_send(test, pair.endpoint, 0,
				tdi_kunit_pattern(test, 1000, 1000), 1000);
	tdi_kunit_wait_in_thread(test, behind);
	release_sock(conn->sock.socket->sk);
	tdi_connection_put(conn);

	KUNIT_EXPECT_TRUE(test, sending);
	tdi_kunit_join(test, thread);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(behind), STATUS_SUCCESS);
	tdi_kunit_close(test, pair.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read_to_end(test, pair.peer, &total),
			0);
	KUNIT_EXPECT_EQ(test, total, 2000);
}

/* S2: success and no bytes, after all data, as often as one asks */
static void stream_end_of_file(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u8 got[8];
	int i;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "abc", 3), 3);
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(pair.peer, SHUT_WR), 0);
	KUNIT_ASSERT_TRUE(test,
			  tdi_kunit_state_becomes(pair.endpoint,
						  TDI_STATE_REMOTE_RELEASED));

	receive = tdi_kunit_receive(test, pair.endpoint, 0, got, 8);
	KUNIT_EXPECT_EQ(test, receive->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 3);
	for (i = 0; i < 3; i++) {
		receive = tdi_kunit_receive(test, pair.endpoint,
					    i == 1 ? TDI_RECEIVE_PEEK : 0, got,
					    8);
		KUNIT_EXPECT_EQ(test, receive->status, STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 0);
	}
}

/* All that wait get it. */
static void stream_end_of_file_ends_all_receives(struct kunit *test)
{
	struct tdi_kunit_request *receive[RECEIVES];
	struct tdi_kunit_pair pair;
	u8 got[RECEIVES];
	int i;

	tdi_kunit_connected(test, AF_INET, &pair);
	for (i = 0; i < RECEIVES; i++) {
		receive[i] = tdi_kunit_receive(test, pair.endpoint, 0, &got[i],
					       1);
		tdi_kunit_wait_in_thread(test, receive[i]);
	}
	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(pair.peer, SHUT_WR), 0);
	for (i = 0; i < RECEIVES; i++) {
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive[i]),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive[i]), 0);
	}
}

static void stream_peek_takes_nothing(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	u8 got[8];
	int i;

	tdi_kunit_connected(test, AF_INET, &pair);
	/* one that waits is served as well */
	receive = tdi_kunit_receive(test, pair.endpoint, TDI_RECEIVE_PEEK, got,
				    8);
	KUNIT_EXPECT_EQ(test, receive->status, STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer,
					      tdi_kunit_pattern(test, 0, 8),
					      8), 8);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	for (i = 1; i <= 8; i++) {
		memset(got, 0, sizeof(got));
		receive = tdi_kunit_receive(test, pair.endpoint,
					    i < 8 ? TDI_RECEIVE_PEEK : 0, got,
					    i);
		KUNIT_EXPECT_EQ(test, receive->status, STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), i);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, 0, i));
	}
	/* the last one was no peek */
	receive = tdi_kunit_receive(test, pair.endpoint, TDI_RECEIVE_PEEK, got,
				    8);
	KUNIT_EXPECT_EQ(test, receive->status, STATUS_PENDING);
}

static void stream_of_no_bytes(struct kunit *test)
{
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	u8 byte = 0;

	tdi_kunit_connected(test, AF_INET, &pair);
	request = tdi_kunit_send(test, pair.endpoint, 0, &byte, 0);
	KUNIT_EXPECT_EQ(test, request->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 0);
	request = tdi_kunit_receive(test, pair.endpoint, 0, &byte, 0);
	KUNIT_EXPECT_EQ(test, request->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), 0);
	/* the peer saw nothing of it */
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(pair.endpoint),
			TDI_STATE_CONNECTED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, pair.endpoint, 0, "x",
					     1)->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(pair.peer, &byte, 1), 1);
	KUNIT_EXPECT_EQ(test, byte, 'x');
}

struct stream_flags_param {
	const char *desc;
	u32 flags;
	u32 send, receive;
};

static const struct stream_flags_param stream_flags_params[] = {
	{ "0x001", 0x001, STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER },
	{ "0x004, receive: broadcast", 0x004, STATUS_INVALID_PARAMETER,
	  STATUS_INVALID_PARAMETER },
	{ "0x010, receive: partial", 0x010, STATUS_INVALID_PARAMETER,
	  STATUS_SUCCESS },
	{ "0x020, send: expedited, receive: normal", 0x020, STATUS_SUCCESS,
	  STATUS_SUCCESS },
	{ "0x060, receive: normal or expedited", 0x060, STATUS_SUCCESS,
	  STATUS_SUCCESS },
	{ "0x080, send: no response expected, receive: peek", 0x080,
	  STATUS_SUCCESS, STATUS_SUCCESS },
	{ "0x100, send: non-blocking, receive: no response expected", 0x100,
	  STATUS_SUCCESS, STATUS_SUCCESS },
	{ "0x200, send: and disconnect, receive: lookahead", 0x200,
	  STATUS_SUCCESS, STATUS_INVALID_PARAMETER },
	{ "0x400, receive: entire message", 0x400, STATUS_INVALID_PARAMETER,
	  STATUS_INVALID_PARAMETER },
	{ "0x80000000", 0x80000000, STATUS_INVALID_PARAMETER,
	  STATUS_INVALID_PARAMETER },
};

KUNIT_ARRAY_PARAM_DESC(stream_flags, stream_flags_params, desc);

static void stream_flags(struct kunit *test)
{
	const struct stream_flags_param *param = test->param_value;
	struct tdi_kunit_request *request;
	struct tdi_kunit_pair pair;
	u8 got[4];

	tdi_kunit_connected(test, AF_INET, &pair);
	request = tdi_kunit_send(test, pair.endpoint, param->flags, "s", 1);
	KUNIT_EXPECT_EQ(test, request->status, param->send);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), !param->send);

	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "r", 1), 1);
	request = tdi_kunit_receive(test, pair.endpoint, param->flags, got, 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), param->receive);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), !param->receive);
}

static struct kunit_case tdi_stream_cases[] = {
	KUNIT_CASE_PARAM(stream_of_any_length, stream_size_gen_params),
	KUNIT_CASE(stream_of_vectors),
	KUNIT_CASE(stream_receive_takes_what_is_there),
	KUNIT_CASE_PARAM(stream_receive_wakes_who_waits,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(stream_receives_complete_in_order),
	KUNIT_CASE(stream_receive_queues_behind_another),
	KUNIT_CASE(stream_sends_go_in_order),
	KUNIT_CASE(stream_rest_of_a_send_goes_first),
	KUNIT_CASE(stream_send_goes_on_after_another),
	KUNIT_CASE_PARAM(stream_end_of_file, tdi_kunit_family_gen_params),
	KUNIT_CASE(stream_end_of_file_ends_all_receives),
	KUNIT_CASE(stream_peek_takes_nothing),
	KUNIT_CASE(stream_of_no_bytes),
	KUNIT_CASE_PARAM(stream_flags, stream_flags_gen_params),
	{}
};

static struct kunit_suite tdi_stream_suite = {
	.name = "tdi_stream",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_stream_cases,
};

kunit_test_suite(tdi_stream_suite);
