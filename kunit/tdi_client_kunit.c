// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients in the kernel: files, requests that are waited for, and those that are
 * submitted.
 */
#include <linux/tdi.h>

#include "tdi_kunit_client.h"

/* Every request, waited for */
static void client_one_after_the_other(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(
						tdi_kunit_family(test), 0);
	struct socket *listener, *peer;
	struct tdi_kunit_client client;
	struct tdi_request req;
	u8 got[8] = {};

	listener = tdi_kunit_listener(test, &remote, 1);
	tdi_kunit_client(test, tdi_kunit_family(test), &client);
	tdi_build_connect(&req, client.endpoint, &remote, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&req.remote, &remote));
	peer = tdi_kunit_accept(test, listener);

	tdi_build_send(&req, client.endpoint, "ping", 4, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, req.information, 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 4), 4);
	KUNIT_EXPECT_MEMEQ(test, got, "ping", 4);

	tdi_kunit_write(peer, "pong", 4);
	tdi_build_receive(&req, client.endpoint, got, sizeof(got), 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, req.information, 4);
	KUNIT_EXPECT_MEMEQ(test, got, "pong", 4);

	tdi_kunit_close_socket(test, peer);
	tdi_build_disconnect(&req, client.endpoint, 0, TDI_DISCONNECT_RELEASE);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	tdi_build_disassociate(&req, client.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req),
			STATUS_ADDRESS_NOT_ASSOCIATED);
}

/* Each is begun by the completion of the one before. */
static void client_submits_in_completions(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_client client;
	struct tdi_kunit_submitted req;
	struct socket *listener, *peer;
	u8 got[8] = {};

	listener = tdi_kunit_listener(test, &remote, 1);
	tdi_kunit_client(test, AF_INET, &client);
	tdi_kunit_submitted(&req);
	tdi_build_connect(&req.req, client.endpoint, &remote, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&req.req), STATUS_PENDING);
	KUNIT_ASSERT_EQ(test, tdi_kunit_completed(&req), STATUS_SUCCESS);
	peer = tdi_kunit_accept(test, listener);

	tdi_build_receive(&req.req, client.endpoint, got, 8, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&req.req), STATUS_PENDING);
	tdi_kunit_write(peer, "hello", 5);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, req.req.information, 5);

	tdi_build_receive(&req.req, client.endpoint, got, 8, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&req.req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_cancel(&req.req), STATUS_CANCELLED);
	KUNIT_EXPECT_TRUE(test, completion_done(&req.done));
	KUNIT_EXPECT_EQ(test, req.req.information, 0);
}

static u32 client_echo(void *event_context, void *connection_context,
		       u32 receive_flags, u32 bytes_indicated,
		       u32 bytes_available, u32 *bytes_taken, const void *tsdu,
		       struct tdi_request **receive)
{
	struct tdi_kunit_submitted *send = event_context;
	struct tdi_kunit_client *client = connection_context;

	memcpy(send->data, tsdu, bytes_indicated);
	tdi_build_send(&send->req, client->endpoint, send->data,
		       bytes_indicated, 0);
	*bytes_taken = bytes_indicated;
	return tdi_submit(&send->req) == STATUS_PENDING ?
	       STATUS_SUCCESS : STATUS_DATA_NOT_ACCEPTED;
}

static u32 client_ended(void *event_context, void *connection_context,
			int disconnect_data_length, const void *disconnect_data,
			int disconnect_information_length,
			const void *disconnect_information, u32 flags)
{
	struct tdi_kunit_submitted *end = event_context;

	end->flags = flags;
	complete(&end->done);
	return STATUS_SUCCESS;
}

static u32 client_accept(void *event_context, int remote_address_length,
			 const void *remote_address, int user_data_length,
			 const void *user_data, int options_length,
			 const void *options, void **connection_context,
			 struct tdi_request **accept)
{
	struct tdi_kunit_client *client = event_context;

	tdi_build_accept(&client->accept.req, client->endpoint, NULL);
	*accept = &client->accept.req;
	*connection_context = client;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* An echo server of one connection */
static void client_with_handlers(struct kunit *test)
{
	struct tdi_kunit_submitted send, end;
	struct tdi_kunit_client client;
	struct socket *peer;
	u8 got[8] = {};

	tdi_kunit_client(test, tdi_kunit_family(test), &client);
	tdi_kunit_submitted(&send);
	tdi_kunit_submitted(&end);
	tdi_kunit_submitted(&client.accept);
	KUNIT_ASSERT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_RECEIVE,
						    client_echo, &send),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_DISCONNECT,
						    client_ended, &end),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_CONNECT,
						    client_accept, &client),
			STATUS_SUCCESS);
	peer = tdi_kunit_connect_plain(test, &client.local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(&client.accept),
			STATUS_SUCCESS);
	tdi_kunit_write(peer, "echo", 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 4), 4);
	KUNIT_EXPECT_MEMEQ(test, got, "echo", 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(&send), STATUS_SUCCESS);
	tdi_kunit_close_socket(test, peer);
	tdi_kunit_completed(&end);
	KUNIT_EXPECT_EQ(test, end.flags, TDI_DISCONNECT_RELEASE);
}

static struct kunit_case tdi_client_cases[] = {
	KUNIT_CASE_PARAM(client_one_after_the_other,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(client_submits_in_completions),
	KUNIT_CASE_PARAM(client_with_handlers, tdi_kunit_family_gen_params),
	{}
};

static struct kunit_suite tdi_client_suite = {
	.name = "tdi_client",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_client_cases,
};

kunit_test_suite(tdi_client_suite);
