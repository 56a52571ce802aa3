// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event handlers of clients in the kernel: streams as they come, and
 * their end; and what is submitted from handlers and completions.
 */
#include <linux/bvec.h>
#include <linux/mm.h>
#include <net/tcp.h>

#include "tdi_kunit_client.h"

#define LARGE	(300 * 1000)

static bool flow_ends(struct tdi_kunit_served *served, u32 flags)
{
	return tdi_kunit_eventually(smp_load_acquire(&served->ends) == 1) &&
	       served->end_flags == flags;
}

/* Assertion 15: not before the data. */
static void flow_end_after_the_data(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test,
						tdi_kunit_family(test));

	tdi_kunit_feed(test, served, 0, LARGE);
	tdi_kunit_close_socket(test, served->peer);
	KUNIT_EXPECT_TRUE(test, flow_ends(served, TDI_DISCONNECT_RELEASE));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, LARGE));
	KUNIT_EXPECT_EQ(test, served->end_offset, LARGE);
}

/* Assertion 15: what was refused is still owed. */
static void flow_end_after_what_was_not_accepted(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_request req;
	u8 got[16];

	tdi_kunit_answer_next(served, STATUS_DATA_NOT_ACCEPTED, 2, NULL);
	tdi_kunit_feed(test, served, 0, 10);
	tdi_kunit_close_socket(test, served->peer);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(served->client.endpoint,
						TDI_STATE_REMOTE_RELEASED));
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->calls, 1);
	KUNIT_EXPECT_EQ(test, served->ends, 0);
	tdi_build_receive(&req, served->client.endpoint, got, sizeof(got), 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, req.information, 8);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, 2, 8));
	KUNIT_EXPECT_TRUE(test, flow_ends(served, TDI_DISCONNECT_RELEASE));
}

/* Assertion 16: also after a local release, and once. */
static void flow_end_after_a_local_release(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test,
						tdi_kunit_family(test));
	struct tdi_request req;

	tdi_build_disconnect(&req, served->client.endpoint, 0,
			     TDI_DISCONNECT_RELEASE);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->ends, 0);
	tdi_kunit_feed(test, served, 0, 10);
	tdi_kunit_close_socket(test, served->peer);
	KUNIT_EXPECT_TRUE(test, flow_ends(served, TDI_DISCONNECT_RELEASE));
	KUNIT_EXPECT_EQ(test, served->end_offset, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_ended(served->client.endpoint));
	tdi_kunit_client_close_now(test, served->client.endpoint);
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->ends, 1);
}

/* Assertion 16: not for what the client itself has aborted, or closed. */
static void flow_no_end_after_a_local_abort(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_request req;

	tdi_build_disconnect(&req, served->client.endpoint, 0,
			     TDI_DISCONNECT_ABORT);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_socket_closed(served->peer));
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->ends, 0);

	served->peer = tdi_kunit_client_connect(test, served->client.endpoint,
						AF_INET);
	tdi_kunit_client_close_now(test, served->client.endpoint);
	tdi_kunit_close_socket(test, served->peer);
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->ends, 0);
}

/* An abort is told at once, whatever the client is still to get; then no more. */
static void flow_end_of_a_reset(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);

	tdi_kunit_answer_next(served, STATUS_DATA_NOT_ACCEPTED, 0, NULL);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				smp_load_acquire(&served->calls) == 1));
	tdi_kunit_reset_socket(test, served->peer);
	KUNIT_EXPECT_TRUE(test, flow_ends(served, TDI_DISCONNECT_ABORT));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_ended(served->client.endpoint));
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->calls, 1);

	/* another connection of the same endpoint begins anew */
	served->peer = tdi_kunit_client_connect(test, served->client.endpoint,
						AF_INET);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
}

/* All of the run is taken, or more, and a receive given for what comes then. */
static void flow_receive_for_what_comes(struct kunit *test)
{
	static const u32 taken[] = { TDI_KUNIT_ALL, 11, U32_MAX };
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	size_t at = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(taken); i++, at += 20) {
		tdi_kunit_submitted(r);
		tdi_build_receive(&r->req, served->client.endpoint, r->data, 5,
				  0);
		tdi_kunit_answer_next(served, STATUS_MORE_PROCESSING_REQUIRED,
				      taken[i], &r->req);
		tdi_kunit_feed(test, served, at, 10);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, at + 10));
		tdi_kunit_feed(test, served, at + 10, 5);
		KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, r->req.information, 5);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, at + 10,
							     5));
		served->offset = at + 15;
		tdi_kunit_feed(test, served, at + 15, 5);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, at + 20));
	}
}

/* Once, when there is room after a send that must not wait did not go */
static void flow_send_is_possible(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	size_t total = tdi_kunit_fill(test, served->client.endpoint);
	struct tdi_request req;
	int spaces;

	tdi_build_send(&req, served->client.endpoint, "x", 1,
		       TDI_SEND_NON_BLOCKING);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_DEVICE_NOT_READY);
	tdi_kunit_settle(served);
	spaces = served->spaces;
	tdi_kunit_drain(test, served->peer, total);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
			smp_load_acquire(&served->spaces) == spaces + 1));
	tdi_build_send(&req, served->client.endpoint, "x", 1,
		       TDI_SEND_NON_BLOCKING);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->spaces, spaces + 1);
}

static u32 flow_error(void *event_context, u32 status)
{
	struct tdi_kunit_submitted *error = event_context;

	error->flags = status;
	complete(&error->done);
	return STATUS_SUCCESS;
}

static u32 flow_refuse(void *event_context, int remote_address_length,
		       const void *remote_address, int user_data_length,
		       const void *user_data, int options_length,
		       const void *options, void **connection_context,
		       struct tdi_request **accept)
{
	atomic_inc(event_context);
	return STATUS_CONNECTION_REFUSED;
}

/* The listener is killed: told, and another one takes its place. */
static void flow_error_of_the_listener(struct kunit *test)
{
	struct tdi_kunit_submitted *error = tdi_kunit_new_request(test);
	atomic_t *calls = kunit_kzalloc(test, sizeof(*calls), GFP_KERNEL);
	struct tdi_kunit_client client;

	KUNIT_ASSERT_NOT_NULL(test, calls);
	tdi_kunit_client(test, AF_INET, &client);
	tdi_kunit_handle(test, client.address, TDI_EVENT_CONNECT, flow_refuse,
			 calls);
	tdi_kunit_handle(test, client.address, TDI_EVENT_ERROR, flow_error,
			 error);
	tdi_kunit_kill_listener(client.address);
	tdi_kunit_completed(error);
	KUNIT_EXPECT_EQ(test, error->flags, STATUS_CONNECTION_ABORTED);
	tdi_kunit_expect_refused(test, &client.local);
	KUNIT_EXPECT_EQ(test, atomic_read(calls), 1);
}

/* Takes a little of each indication: ends of runs come anywhere. */
static void flow_nibble(struct tdi_kunit_served *served)
{
	tdi_kunit_answer_next(served, STATUS_SUCCESS, 1 + served->calls % 5000,
			      NULL);
}

#define PAGES_ORDER	3
#define PAGES_LENGTH	(PAGE_SIZE << PAGES_ORDER)

static void flow_free_pages(void *page)
{
	__free_pages(page, PAGES_ORDER);
}

/* In the pages in which the peer has it: more than a run to a buffer */
static void flow_paged_buffers(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test,
						tdi_kunit_family(test));
	struct page *page;
	u8 *data;
	size_t i;

	page = alloc_pages(GFP_KERNEL | __GFP_COMP, PAGES_ORDER);
	KUNIT_ASSERT_NOT_NULL(test, page);
	tdi_kunit_defer(test, flow_free_pages, page);
	data = page_address(page);
	for (i = 0; i < PAGES_LENGTH; i++)
		data[i] = tdi_kunit_byte(i);
	served->later = flow_nibble;
	for (i = 0; i < PAGES_LENGTH;) {
		/* pieces that begin and end anywhere */
		size_t n = min(PAGES_LENGTH - i, i % 3000 + 1777);
		struct msghdr msg = { .msg_flags = MSG_SPLICE_PAGES };
		struct bio_vec bvec;

		bvec_set_page(&bvec, page, n, i);
		iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, &bvec, 1, n);
		KUNIT_ASSERT_EQ(test, sock_sendmsg(served->peer, &msg), n);
		i += n;
	}
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, PAGES_LENGTH));
	KUNIT_EXPECT_GT(test, served->calls, 10);
}

static void flow_many_small_buffers(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	size_t offset, n;

	served->later = flow_nibble;
	for (offset = 0; offset < 50000; offset += n) {
		n = 1 + offset % 211;
		tdi_kunit_feed(test, served, offset, n);
	}
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, offset));
}

#define ENDPOINTS	20

static u32 flow_take_by_connection(void *event_context,
				   void *connection_context, u32 receive_flags,
				   u32 bytes_indicated, u32 bytes_available,
				   u32 *bytes_taken, const void *tsdu,
				   struct tdi_request **receive)
{
	return tdi_kunit_take(connection_context, connection_context,
			      receive_flags, bytes_indicated, bytes_available,
			      bytes_taken, tsdu, receive);
}

/* More than a turn has room for: each gets its own, and all of it */
static void flow_many_endpoints(struct kunit *test)
{
	struct tdi_kunit_served *served, *all;
	struct tdi_file *address;
	int i;

	all = kunit_kcalloc(test, ENDPOINTS, sizeof(*all), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, all);
	served = tdi_kunit_served(test, AF_INET);
	address = served->client.address;
	tdi_kunit_handle(test, address, TDI_EVENT_RECEIVE,
			 flow_take_by_connection, NULL);
	for (i = 0; i < ENDPOINTS; i++) {
		tdi_kunit_answer_next(&all[i], STATUS_SUCCESS, TDI_KUNIT_ALL,
				      NULL);
		all[i].client.endpoint = tdi_kunit_client_endpoint(test,
							address, &all[i]);
		all[i].peer = tdi_kunit_client_connect(test,
						all[i].client.endpoint, AF_INET);
	}
	for (i = 0; i < ENDPOINTS; i++)
		tdi_kunit_feed(test, &all[i], 0, LARGE / 2 + i);
	for (i = 0; i < ENDPOINTS; i++)
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(&all[i],
							    LARGE / 2 + i));
}

/* Room for all that its peer sends, though nobody takes it */
static void flow_widen(struct kunit *test, struct tdi_file *endpoint)
{
	struct sock *sk = tdi_kunit_own_socket(test, endpoint)->sk;

	lock_sock(sk);
	WRITE_ONCE(sk->sk_rcvbuf, 8 * LARGE);
	WRITE_ONCE(tcp_sk(sk)->window_clamp, 4 * LARGE);
	release_sock(sk);
}

static bool flow_waits(struct kunit *test, struct tdi_kunit_served *served,
		       size_t length)
{
	struct socket *own = tdi_kunit_own_socket(test,
						  served->client.endpoint);

	return tdi_kunit_eventually(tcp_inq(own->sk) == length);
}

/**
 * struct flow_neighbour - a connection beside another one of the same address
 * @served: the connection
 * @other: the other one
 * @seen: bytes that @other had when @served was told of its own
 */
struct flow_neighbour {
	struct tdi_kunit_served served;
	const struct tdi_kunit_served *other;
	size_t seen;
};

static void flow_looks_at_the_other(struct tdi_kunit_served *served)
{
	struct flow_neighbour *neighbour = container_of(served,
							struct flow_neighbour,
							served);

	neighbour->seen = neighbour->other->offset;
}

/* Far more than a turn has room for waits at one: the other's turn comes soon. */
static void flow_one_waits_for_a_turn_of_the_other(struct kunit *test)
{
	struct tdi_kunit_served *first, *second;
	struct flow_neighbour *neighbour;
	struct tdi_file *address;

	neighbour = kunit_kzalloc(test, sizeof(*neighbour), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, neighbour);
	first = tdi_kunit_served(test, AF_INET);
	address = first->client.address;
	neighbour->other = first;
	second = &neighbour->served;
	second->later = flow_looks_at_the_other;
	tdi_kunit_answer_next(second, STATUS_SUCCESS, TDI_KUNIT_ALL, NULL);
	second->client.endpoint = tdi_kunit_client_endpoint(test, address,
							    second);
	second->peer = tdi_kunit_client_connect(test, second->client.endpoint,
						AF_INET);

	tdi_kunit_handle(test, address, TDI_EVENT_RECEIVE, NULL, NULL);
	flow_widen(test, first->client.endpoint);
	tdi_kunit_feed(test, first, 0, LARGE);
	tdi_kunit_feed(test, second, 0, 10);
	KUNIT_ASSERT_TRUE(test, flow_waits(test, first, LARGE));
	KUNIT_ASSERT_TRUE(test, flow_waits(test, second, 10));
	tdi_kunit_handle(test, address, TDI_EVENT_RECEIVE,
			 flow_take_by_connection, NULL);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(second, 10));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(first, LARGE));
	KUNIT_EXPECT_LT(test, neighbour->seen, LARGE / 2);
}

/* What a client in the kernel handles nobody reads, nor is told of by poll. */
static void flow_is_not_read_by_others(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_file *address = served->client.address;
	struct tdi_kunit_reader *reader = tdi_kunit_reader(test, address);
	struct file *filp = tdi_kunit_client_filp(test, address);
	struct tdi_kunit_sleeper *sleeper = tdi_kunit_sleeper(reader);
	u8 *data = served->client.accept->data;
	const struct tdi_event *event;
	loff_t pos = 0;
	int i;

	for (i = 0; i < 50; i++) {
		tdi_kunit_feed(test, served, i * 10, 10);
		KUNIT_EXPECT_EQ(test, (__force u32)vfs_poll(filp, NULL), 0);
		KUNIT_EXPECT_EQ(test, kernel_read(filp, data, 64, &pos),
				-EAGAIN);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served,
							    i * 10 + 10));
	}
	KUNIT_EXPECT_EQ(test, tdi_kunit_handler(address, TDI_EVENT_RECEIVE, true,
						64),
			STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_FALSE(test, completion_done(&sleeper->thread->done));

	/* once it has gone they are read, and its context is not shown */
	tdi_kunit_client_close_now(test, address);
	tdi_kunit_feed(test, served, 0, 10);
	tdi_kunit_event_on(test, address, TDI_EVENT_RECEIVE, 64);
	KUNIT_ASSERT_GT(test, tdi_kunit_woken(sleeper), 0);
	event = tdi_kunit_event(reader, TDI_EVENT_RECEIVE);
	KUNIT_EXPECT_EQ(test, event->bytes_indicated, 10);
	KUNIT_EXPECT_EQ(test, event->connection_context, 0);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(
				tdi_kunit_event_data(event), 0, 10));
	KUNIT_EXPECT_EQ(test, served->offset, 500);
}

/* Assertion 24: a TDI_RECEIVE, submitted where the data was not accepted */
static void flow_submits_a_receive(struct tdi_kunit_served *served)
{
	struct tdi_kunit_submitted *r = served->client.accept;

	if (served->calls)
		return;
	tdi_build_receive(&r->req, served->client.endpoint, r->data, 6, 0);
	r->flags = tdi_submit(&r->req);
	served->offset += 6;
}

static void flow_submits_in_a_handler(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_kunit_submitted *r = served->client.accept;

	tdi_kunit_submitted(r);
	served->later = flow_submits_a_receive;
	tdi_kunit_answer_next(served, STATUS_DATA_NOT_ACCEPTED, 2, NULL);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->flags, STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, r->req.information, 6);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(r->data, 2, 6));
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
}

/* One direction: what is received from one is sent to the other */
struct flow_relay {
	struct tdi_request req;
	struct tdi_file *from, *to;
	struct completion done;
	u8 buffer[SZ_4K];
};

static void flow_relay_receives(struct flow_relay *relay);

static void flow_relay_sent(struct tdi_request *req)
{
	struct flow_relay *relay = req->context;

	if (req->status)
		complete(&relay->done);
	else
		flow_relay_receives(relay);
}

static void flow_relay_received(struct tdi_request *req)
{
	struct flow_relay *relay = req->context;
	size_t n = req->information;

	if (req->status || !n) {
		complete(&relay->done);
		return;
	}
	req->complete = flow_relay_sent;
	tdi_build_send(req, relay->to, relay->buffer, n, 0);
	if (tdi_submit(req) != STATUS_PENDING)
		complete(&relay->done);
}

static void flow_relay_receives(struct flow_relay *relay)
{
	struct tdi_request *req = &relay->req;

	req->context = relay;
	req->complete = flow_relay_received;
	tdi_build_receive(req, relay->from, relay->buffer,
			  sizeof(relay->buffer), 0);
	if (tdi_submit(req) != STATUS_PENDING)
		complete(&relay->done);
}

struct flow_writer {
	struct socket *sock;
	const void *data;
};

static void flow_write(void *data)
{
	struct flow_writer *writer = data;

	tdi_kunit_write(writer->sock, writer->data, LARGE);
	kernel_sock_shutdown(writer->sock, SHUT_WR);
}

static void flow_read(struct kunit *test, struct socket *sock)
{
	size_t total = 0;
	u8 *data;
	int n;

	data = kunit_kmalloc(test, SZ_16K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	while (total < LARGE) {
		n = tdi_kunit_read(sock, data, SZ_16K);
		KUNIT_ASSERT_GT(test, n, 0);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(data, total, n));
		total += n;
	}
	KUNIT_EXPECT_EQ(test, total, LARGE);
}

/* Assertion 24: in both directions at once, by completions on two files */
static void flow_relay(struct kunit *test)
{
	struct flow_relay *relay;
	struct flow_writer writer[2];
	struct tdi_kunit_client client;
	struct tdi_file *file[2];
	struct socket *peer[2];
	int i;

	relay = kunit_kcalloc(test, 2, sizeof(*relay), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, relay);
	tdi_kunit_client(test, AF_INET, &client);
	file[0] = client.endpoint;
	file[1] = tdi_kunit_client_endpoint(test, client.address, NULL);
	for (i = 0; i < 2; i++)
		peer[i] = tdi_kunit_client_connect(test, file[i], AF_INET);
	for (i = 0; i < 2; i++) {
		relay[i].from = file[i];
		relay[i].to = file[!i];
		init_completion(&relay[i].done);
		flow_relay_receives(&relay[i]);
		writer[i].sock = peer[i];
		writer[i].data = tdi_kunit_pattern(test, 0, LARGE);
		tdi_kunit_thread(test, flow_write, &writer[i]);
	}
	for (i = 0; i < 2; i++)
		flow_read(test, peer[i]);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_NE(test, wait_for_completion_timeout(
					&relay[i].done, TDI_KUNIT_PATIENCE), 0);
}

static struct kunit_case tdi_handler_flow_cases[] = {
	KUNIT_CASE_PARAM(flow_end_after_the_data, tdi_kunit_family_gen_params),
	KUNIT_CASE(flow_end_after_what_was_not_accepted),
	KUNIT_CASE_PARAM(flow_end_after_a_local_release,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(flow_no_end_after_a_local_abort),
	KUNIT_CASE(flow_end_of_a_reset),
	KUNIT_CASE(flow_receive_for_what_comes),
	KUNIT_CASE(flow_send_is_possible),
	KUNIT_CASE(flow_error_of_the_listener),
	KUNIT_CASE_PARAM(flow_paged_buffers, tdi_kunit_family_gen_params),
	KUNIT_CASE(flow_many_small_buffers),
	KUNIT_CASE(flow_many_endpoints),
	KUNIT_CASE(flow_one_waits_for_a_turn_of_the_other),
	KUNIT_CASE(flow_is_not_read_by_others),
	KUNIT_CASE(flow_submits_in_a_handler),
	KUNIT_CASE(flow_relay),
	{}
};

static struct kunit_suite tdi_handler_flow_suite = {
	.name = "tdi_handler_flow",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_handler_flow_cases,
};

kunit_test_suite(tdi_handler_flow_suite);
