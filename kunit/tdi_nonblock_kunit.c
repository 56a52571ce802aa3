// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends and receives that must not wait (reference 2.9), and poll, for those
 * who do it elsewhere.
 */
#include <net/tcp.h>

#include "tdi_kunit_helpers.h"

static u32 nonblock_polled(struct tdi_file *file)
{
	return (__force u32)tdi_endpoint_poll(&file->endpoint);
}

/* Is it, or does it come to be, ready for all of that, and for nothing else? */
static bool nonblock_ready_for(struct tdi_file *file, u32 events)
{
	return tdi_kunit_eventually(nonblock_polled(file) == events);
}

static void nonblock_receive_without_waiting(struct kunit *test)
{
	struct tdi_kunit_request *request, *waiting;
	struct tdi_kunit_pair pair;
	u8 got, other;

	tdi_kunit_connected(test, AF_INET, &pair);
	request = tdi_kunit_request(test, pair.endpoint);
	request->waiter.req.nonblock = true;
	request->kvec.iov_base = &got;
	request->kvec.iov_len = 1;
	iov_iter_kvec(&request->waiter.req.msg.msg_iter, ITER_DEST,
		      &request->kvec, 1, 1);
	KUNIT_EXPECT_EQ(test, tdi_receive(&request->waiter.req),
			STATUS_DEVICE_NOT_READY);

	/* nor does it overtake one that waits */
	waiting = tdi_kunit_receive(test, pair.endpoint, 0, &other, 1);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "ab", 2), 2);
	KUNIT_EXPECT_EQ(test, tdi_receive(&request->waiter.req),
			STATUS_DEVICE_NOT_READY);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(waiting), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, other, 'a');
	KUNIT_EXPECT_EQ(test, tdi_receive(&request->waiter.req),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, got, 'b');
}

/* More than there can be room for */
static struct tdi_kunit_request *nonblock_send_nonblock(struct kunit *test,
						      struct tdi_file *file)
{
	return tdi_kunit_send(test, file, TDI_SEND_NON_BLOCKING,
			      tdi_kunit_pattern(test, 0, TDI_KUNIT_LARGE),
			      TDI_KUNIT_LARGE);
}

/* As much as goes at once, then nothing */
static void nonblock_send_without_waiting(struct kunit *test)
{
	struct tdi_kunit_request *send;
	struct tdi_kunit_pair pair;
	u8 *buffer;

	tdi_kunit_connected(test, AF_INET, &pair);
	buffer = kunit_kmalloc(test, SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buffer);
	tdi_kunit_fill(test, pair.endpoint);
	do {
		send = nonblock_send_nonblock(test, pair.endpoint);
		KUNIT_EXPECT_LT(test, tdi_kunit_information(send),
				TDI_KUNIT_LARGE);
	} while (send->status == STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_DEVICE_NOT_READY);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(send), 0);

	do {
		KUNIT_ASSERT_GT(test, tdi_kunit_read(pair.peer, buffer, SZ_4K),
				0);
	} while (!(nonblock_polled(pair.endpoint) & POLLED_OUT));
	send = nonblock_send_nonblock(test, pair.endpoint);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_SUCCESS);
	KUNIT_EXPECT_GT(test, tdi_kunit_information(send), 0);
	KUNIT_EXPECT_LT(test, tdi_kunit_information(send), TDI_KUNIT_LARGE);
}

/* Behind a send that waits there is no room for one that does not. */
static void nonblock_send_without_waiting_behind_another(struct kunit *test)
{
	struct tdi_kunit_request *send;
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_kunit_send_large(test, pair.endpoint);
	send = tdi_kunit_send(test, pair.endpoint, TDI_SEND_NON_BLOCKING, "x",
			      1);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_DEVICE_NOT_READY);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(send), 0);
}

static int nonblock_note_wake(struct wait_queue_entry *entry, unsigned int mode,
			    int sync, void *key)
{
	*(u32 *)entry->private |= (__force u32)key_to_poll(key);
	return 0;
}

/*
 * Nor while another one is just being put in, in its own thread: whoever polls
 * meanwhile is told when that is done.
 */
static void nonblock_send_without_waiting_beside_another(struct kunit *test)
{
	struct wait_queue_entry entry = { .func = nonblock_note_wake };
	struct tdi_kunit_request *send;
	struct tdi_kunit_pair pair;
	struct tdi_endpoint *ep;
	u32 woken = 0;

	tdi_kunit_connected(test, AF_INET, &pair);
	ep = &pair.endpoint->endpoint;
	entry.private = &woken;
	add_wait_queue(&pair.endpoint->wait, &entry);
	KUNIT_EXPECT_FALSE(test, test_and_set_bit_lock(TDI_ENDPOINT_SENDING,
						       &ep->flags));
	send = tdi_kunit_send(test, pair.endpoint, TDI_SEND_NON_BLOCKING, "x",
			      1);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_DEVICE_NOT_READY);
	KUNIT_EXPECT_EQ(test, nonblock_polled(pair.endpoint), 0);
	KUNIT_EXPECT_EQ(test, woken, 0);
	tdi_send_unlock(ep);
	KUNIT_EXPECT_EQ(test, woken, POLLED_OUT);
	KUNIT_EXPECT_EQ(test, nonblock_polled(pair.endpoint), POLLED_OUT);
	remove_wait_queue(&pair.endpoint->wait, &entry);
}

static void nonblock_poll(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_pair pair;
	struct tdi_file *file;
	u8 byte;

	file = tdi_kunit_endpoint_on(test, tdi_kunit_address(test, &local, 0));
	KUNIT_EXPECT_EQ(test, nonblock_polled(file), POLLED_OUT | POLLED_HUP);
	tdi_kunit_listen(test, file, NULL);
	KUNIT_EXPECT_EQ(test, nonblock_polled(file), 0);

	tdi_kunit_connected(test, AF_INET, &pair);
	file = pair.endpoint;
	KUNIT_EXPECT_EQ(test, nonblock_polled(file), POLLED_OUT);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "!", 1), 1);
	KUNIT_EXPECT_TRUE(test, nonblock_ready_for(file, POLLED_IN | POLLED_OUT));
	tdi_kunit_receive(test, file, 0, &byte, 1);
	KUNIT_EXPECT_EQ(test, nonblock_polled(file), POLLED_OUT);

	KUNIT_ASSERT_EQ(test, kernel_sock_shutdown(pair.peer, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test, nonblock_ready_for(file, POLLED_IN | POLLED_OUT |
						       POLLED_RDHUP));
	tdi_kunit_release_now(test, file);
	KUNIT_EXPECT_TRUE(test, nonblock_ready_for(file, POLLED_IN | POLLED_OUT |
						       POLLED_RDHUP |
						       POLLED_HUP));
}

static bool nonblock_full(struct kunit *test, struct tdi_file *file)
{
	tdi_kunit_fill(test, file);
	return !nonblock_polled(file);
}

static void nonblock_poll_of_a_full_buffer(struct kunit *test)
{
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	KUNIT_EXPECT_TRUE(test,
			  tdi_kunit_eventually(nonblock_full(test, pair.endpoint)));
	tdi_kunit_reset_socket(test, pair.peer);
	KUNIT_EXPECT_TRUE(test,
			  tdi_kunit_eventually(nonblock_polled(pair.endpoint) &
					       POLLED_HUP));
}

/* What is there for a request that waits is not there for a poller. */
static void nonblock_poll_behind_requests_that_wait(struct kunit *test)
{
	struct tdi_kunit_request *receive, *send;
	struct tdi_connection *conn;
	struct tdi_kunit_pair pair;
	u8 got[512];
	size_t total;
	int n;

	tdi_kunit_connected(test, AF_INET, &pair);
	/* nobody lets them go on until their result is asked for */
	receive = tdi_kunit_receive(test, pair.endpoint, 0, got, 1);
	KUNIT_ASSERT_EQ(test, receive->status, STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "!", 1), 1);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(receive->waiter.kicked));
	KUNIT_EXPECT_EQ(test, nonblock_polled(pair.endpoint), POLLED_OUT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);

	total = tdi_kunit_fill(test, pair.endpoint);
	send = tdi_kunit_send(test, pair.endpoint, 0, "!", 1);
	KUNIT_ASSERT_EQ(test, send->status, STATUS_PENDING);
	while (total) {
		n = tdi_kunit_read(pair.peer, got, min(total, sizeof(got)));
		KUNIT_ASSERT_GT(test, n, 0);
		total -= n;
	}
	conn = tdi_connection_get(&pair.endpoint->endpoint);
	KUNIT_EXPECT_TRUE(test,
		tdi_kunit_eventually(sk_stream_is_writeable(conn->sock.socket->sk)));
	tdi_connection_put(conn);
	KUNIT_EXPECT_EQ(test, nonblock_polled(pair.endpoint), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(send), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, nonblock_polled(pair.endpoint), POLLED_OUT);
}

/* Was somebody woken who sleeps on @wait?  Sleeps on. */
static bool nonblock_woken(struct wait_queue_entry *wait)
{
	bool woken = wait->flags & WQ_FLAG_WOKEN;

	wait->flags &= ~WQ_FLAG_WOKEN;
	return woken;
}

/* It sleeps meanwhile, and when they are done no event of the socket comes. */
static void nonblock_poll_is_woken_by_the_end_of_a_request(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	struct tdi_kunit_request *receive;
	struct tdi_kunit_pair pair;
	struct tdi_file *file;
	u64 count;
	u8 got;

	tdi_kunit_connected(test, AF_INET, &pair);
	receive = tdi_kunit_receive(test, pair.endpoint, 0, &got, 1);
	KUNIT_ASSERT_EQ(test, receive->status, STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(pair.peer, "12", 2), 2);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(receive->waiter.kicked));
	add_wait_queue(&pair.endpoint->wait, &wait);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, nonblock_woken(&wait));
	remove_wait_queue(&pair.endpoint->wait, &wait);
	KUNIT_EXPECT_EQ(test, nonblock_polled(pair.endpoint),
			POLLED_IN | POLLED_OUT);

	file = tdi_kunit_endpoint_on(test, tdi_kunit_address(test, &local, 0));
	tdi_kunit_listen(test, file, NULL);
	add_wait_queue(&file->wait, &wait);
	nonblock_woken(&wait);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(file, true, 0, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, nonblock_woken(&wait));
	remove_wait_queue(&file->wait, &wait);
	KUNIT_EXPECT_EQ(test, nonblock_polled(file), POLLED_OUT | POLLED_HUP);
}

static struct kunit_case tdi_nonblock_cases[] = {
	KUNIT_CASE(nonblock_receive_without_waiting),
	KUNIT_CASE(nonblock_send_without_waiting),
	KUNIT_CASE(nonblock_send_without_waiting_behind_another),
	KUNIT_CASE(nonblock_send_without_waiting_beside_another),
	KUNIT_CASE(nonblock_poll),
	KUNIT_CASE(nonblock_poll_of_a_full_buffer),
	KUNIT_CASE(nonblock_poll_behind_requests_that_wait),
	KUNIT_CASE(nonblock_poll_is_woken_by_the_end_of_a_request),
	{}
};

static struct kunit_suite tdi_nonblock_suite = {
	.name		= "tdi_nonblock",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_nonblock_cases,
};

kunit_test_suite(tdi_nonblock_suite);
