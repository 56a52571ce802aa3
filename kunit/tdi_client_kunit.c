// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients in the kernel: files, requests that are waited for, and those that are
 * submitted.
 */
#include <linux/tdi.h>

#include "client.h"
#include "tdi_kunit_client.h"
#include "tdi_kunit_datagram.h"

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
	tdi_build_disassociate(&req, client.endpoint);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req),
			STATUS_ADDRESS_NOT_ASSOCIATED);
}

/**
 * struct client_chain - requests, each submitted by the completion before it
 * @req: the request
 * @client: on its endpoint
 * @remote: whom it connects to
 * @data: what is received, and sent back
 * @step: how many are done
 * @status: of the first that failed
 * @done: all are, or one has failed
 */
struct client_chain {
	struct tdi_request req;
	struct tdi_kunit_client client;
	struct sockaddr_storage remote;
	u8 data[8];
	int step;
	u32 status;
	struct completion done;
};

/* Return: whether there is a next one */
static bool client_chain_build(struct client_chain *chain)
{
	struct tdi_file *endpoint = chain->client.endpoint;
	struct tdi_request *req = &chain->req;
	void *context = chain;

	switch (chain->step++) {
	case 0:
		tdi_build_listen(req, endpoint, NULL, TDI_QUERY_ACCEPT);
		break;
	case 1:
		tdi_build_accept(req, endpoint, &context);
		break;
	case 2:
		tdi_build_receive(req, endpoint, chain->data, 4, 0);
		break;
	case 3:
		tdi_build_send(req, endpoint, chain->data, req->information,
			       0);
		break;
	case 4:
		tdi_build_disconnect(req, endpoint, 0, TDI_DISCONNECT_ABORT);
		break;
	case 5:
		tdi_build_connect(req, endpoint, &chain->remote, 0);
		break;
	case 6:
		tdi_build_disconnect(req, endpoint, 0, TDI_DISCONNECT_ABORT);
		break;
	case 7:
		tdi_build_disassociate(req, endpoint);
		break;
	case 8:
		tdi_build_associate(req, endpoint, chain->client.address);
		break;
	default:
		return false;
	}
	return true;
}

static void client_chain_goes_on(struct tdi_request *req)
{
	struct client_chain *chain = req->context;

	chain->status = req->status;
	if (!chain->status && client_chain_build(chain))
		chain->status = tdi_submit(req);
	if (chain->status != STATUS_PENDING)
		complete(&chain->done);
}

/* Every one of a connection's, from the listen that a peer has ended */
static void client_submits_in_completions(struct kunit *test)
{
	struct client_chain *chain;
	struct socket *peer;
	u8 got[4] = {};

	chain = kunit_kzalloc(test, sizeof(*chain), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chain);
	chain->remote = tdi_kunit_loopback(AF_INET, 0);
	tdi_kunit_listener(test, &chain->remote, 1);
	tdi_kunit_client(test, AF_INET, &chain->client);
	init_completion(&chain->done);
	chain->req.complete = client_chain_goes_on;
	chain->req.context = chain;
	client_chain_build(chain);
	KUNIT_ASSERT_EQ(test, tdi_submit(&chain->req), STATUS_PENDING);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(chain->client.endpoint,
							TDI_STATE_LISTENING));
	peer = tdi_kunit_connect_plain(test, &chain->client.local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(peer, "echo", 4), 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 4), 4);
	KUNIT_EXPECT_MEMEQ(test, got, "echo", 4);
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&chain->done,
							  TDI_KUNIT_PATIENCE),
			0);
	KUNIT_EXPECT_EQ(test, chain->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, chain->step, 10);
	KUNIT_EXPECT_PTR_EQ(test, chain->client.endpoint->client->context,
			    (void *)chain);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(chain->client.endpoint),
			TDI_STATE_ASSOCIATED);
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

/* tdi_receive_handler_t: that was all */
static u32 client_hangs_up(void *event_context, void *connection_context,
			   u32 receive_flags, u32 bytes_indicated,
			   u32 bytes_available, u32 *bytes_taken,
			   const void *tsdu, struct tdi_request **receive)
{
	struct tdi_kunit_submitted *end = event_context;
	struct tdi_kunit_client *client = connection_context;

	tdi_build_disconnect(&end->req, client->endpoint, 0,
			     TDI_DISCONNECT_RELEASE);
	*bytes_taken = bytes_indicated;
	return tdi_submit(&end->req) == STATUS_PENDING ?
	       STATUS_SUCCESS : STATUS_DATA_NOT_ACCEPTED;
}

/* A handler releases its connection: the socket is locked then. */
static void client_disconnects_in_a_handler(struct kunit *test)
{
	struct tdi_kunit_submitted *end = tdi_kunit_new_request(test);
	struct tdi_kunit_client client;
	struct socket *peer;
	u8 got;

	tdi_kunit_client(test, AF_INET, &client);
	tdi_kunit_handle(test, client.address, TDI_EVENT_RECEIVE,
			 client_hangs_up, end);
	peer = tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	KUNIT_ASSERT_EQ(test, tdi_kunit_write(peer, "x", 1), 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, &got, 1), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(end), STATUS_SUCCESS);
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

	tdi_build_accept(&client->accept->req, client->endpoint, NULL);
	*accept = &client->accept->req;
	*connection_context = client;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* An echo server of one connection */
static void client_with_handlers(struct kunit *test)
{
	struct tdi_kunit_submitted *send = tdi_kunit_new_request(test);
	struct tdi_kunit_submitted *end = tdi_kunit_new_request(test);
	struct tdi_kunit_client client;
	struct socket *peer;
	u8 got[8] = {};

	tdi_kunit_client(test, tdi_kunit_family(test), &client);
	KUNIT_ASSERT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_RECEIVE,
						    client_echo, send),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_DISCONNECT,
						    client_ended, end),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_CONNECT,
						    client_accept, &client),
			STATUS_SUCCESS);
	peer = tdi_kunit_connect_plain(test, &client.local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(client.accept),
			STATUS_SUCCESS);
	tdi_kunit_write(peer, "echo", 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 4), 4);
	KUNIT_EXPECT_MEMEQ(test, got, "echo", 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(send), STATUS_SUCCESS);
	tdi_kunit_close_socket(test, peer);
	tdi_kunit_completed(end);
	KUNIT_EXPECT_EQ(test, end->flags, TDI_DISCONNECT_RELEASE);
}

static u32 client_submit(struct tdi_kunit_submitted *submitted)
{
	u32 status;

	reinit_completion(&submitted->done);
	status = tdi_submit(&submitted->req);
	return status == STATUS_PENDING ? tdi_kunit_completed(submitted) :
					  status;
}

/* Every request of a connection, with a completion */
static void client_submits_every_request(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0), remote;
	struct tdi_file *address, *endpoint;
	struct tdi_kunit_submitted *r, *listen;
	struct socket *listener, *peer;
	u8 got[8] = {};

	r = tdi_kunit_new_request(test);
	address = tdi_kunit_client_address(test, TDI_DEVICE_TCP, &local, 0);
	endpoint = tdi_kunit_client_endpoint(test, NULL, NULL);
	tdi_build_associate(&r->req, endpoint, address);
	KUNIT_ASSERT_EQ(test, client_submit(r), STATUS_SUCCESS);
	tdi_build_associate(&r->req, endpoint, address);
	KUNIT_EXPECT_EQ(test, client_submit(r),
			STATUS_ADDRESS_ALREADY_ASSOCIATED);

	remote = tdi_kunit_loopback(AF_INET, 0);
	listener = tdi_kunit_listener(test, &remote, 1);
	tdi_build_connect(&r->req, endpoint, &remote, 0);
	KUNIT_ASSERT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&r->req.remote, &remote));
	peer = tdi_kunit_accept(test, listener);
	tdi_build_send(&r->req, endpoint, "ping", 4, 0);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 4), 4);
	tdi_kunit_write(peer, got, 4);
	tdi_build_receive(&r->req, endpoint, got + 4, 4, 0);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 4);
	KUNIT_EXPECT_MEMEQ(test, got, "pingping", 8);
	tdi_build_disconnect(&r->req, endpoint, 0, TDI_DISCONNECT_ABORT);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);

	listen = tdi_kunit_new_request(test);
	tdi_build_listen(&listen->req, endpoint, NULL, TDI_QUERY_ACCEPT);
	KUNIT_ASSERT_EQ(test, tdi_submit(&listen->req), STATUS_PENDING);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(endpoint,
							TDI_STATE_LISTENING));
	peer = tdi_kunit_connect_plain(test, &local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_completed(listen), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_sock_local(peer, &remote), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&listen->req.remote, &remote));
	tdi_build_accept(&r->req, endpoint, NULL);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&r->req.remote, &remote));
	tdi_kunit_expect_works(test, endpoint, peer);
	tdi_build_disconnect(&r->req, endpoint, 0, TDI_DISCONNECT_RELEASE);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	tdi_build_disassociate(&r->req, endpoint);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(endpoint), TDI_STATE_OPENED);
}

/* Those of an address of datagrams, with data in several pieces */
static void client_submits_datagrams(struct kunit *test)
{
	struct sockaddr_storage local, remote;
	struct tdi_kunit_submitted *r;
	struct tdi_file *address;
	struct kvec kvec[2];
	struct iov_iter iter;
	struct socket *peer;
	u8 got[8] = {};

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	remote = local;
	address = tdi_kunit_client_address(test, TDI_DEVICE_UDP, &local, 0);
	peer = tdi_kunit_udp(test, &remote);
	r = tdi_kunit_new_request(test);
	kvec[0] = (struct kvec){ .iov_base = "da", .iov_len = 2 };
	kvec[1] = (struct kvec){ .iov_base = "ta", .iov_len = 2 };
	iov_iter_kvec(&iter, ITER_SOURCE, kvec, 2, 4);
	tdi_build_send_datagram(&r->req, address, &remote, NULL, 0);
	tdi_set_iter(&r->req, &iter);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 8), 4);
	KUNIT_EXPECT_MEMEQ(test, got, "data", 4);

	KUNIT_EXPECT_EQ(test, tdi_kunit_sendto(peer, &local, "answer", 6), 6);
	kvec[0] = (struct kvec){ .iov_base = got + 4, .iov_len = 4 };
	kvec[1] = (struct kvec){ .iov_base = got, .iov_len = 4 };
	iov_iter_kvec(&iter, ITER_DEST, kvec, 2, 8);
	tdi_build_receive_datagram(&r->req, address, &remote, NULL, 0, 0);
	tdi_set_iter(&r->req, &iter);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 6);
	KUNIT_EXPECT_MEMEQ(test, got, "ertaansw", 8);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&r->req.remote, &remote));

	tdi_build_connect(&r->req, address, &remote, 0);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	tdi_build_send_datagram(&r->req, address, NULL, "x", 1);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 8), 1);
	tdi_build_disconnect(&r->req, address, 0, 0);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	tdi_build_send_datagram(&r->req, address, NULL, "x", 1);
	KUNIT_EXPECT_NE(test, client_submit(r), STATUS_SUCCESS);
}

#define FLOOD	200	/* several turns */

/* Of many that nobody wants one is for it; and it can be cancelled among them. */
static void client_receives_behind_a_flood(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct sockaddr_storage wanted = local, other = local;
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct socket *peer, *flood;
	struct tdi_file *address;
	int i;

	address = tdi_kunit_client_address(test, TDI_DEVICE_UDP, &local, 0);
	peer = tdi_kunit_udp(test, &wanted);
	flood = tdi_kunit_udp(test, &other);
	for (i = 0; i < FLOOD; i++)
		KUNIT_ASSERT_EQ(test, tdi_kunit_sendto(flood, &local, "x", 1),
				1);
	KUNIT_ASSERT_EQ(test, tdi_kunit_sendto(peer, &local, "wanted", 6), 6);
	tdi_build_receive_datagram(&r->req, address, &wanted, r->data, 8, 0);
	KUNIT_EXPECT_EQ(test, client_submit(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->req.information, 6);
	KUNIT_EXPECT_MEMEQ(test, r->data, "wanted", 6);

	tdi_build_receive_datagram(&r->req, address, &wanted, r->data, 8, 0);
	reinit_completion(&r->done);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	for (i = 0; i < FLOOD; i++)
		KUNIT_ASSERT_EQ(test, tdi_kunit_sendto(flood, &local, "x", 1),
				1);
	KUNIT_EXPECT_EQ(test, tdi_cancel(&r->req), STATUS_CANCELLED);
}

static void client_builds_associate(struct tdi_request *req,
				    struct tdi_file *file)
{
	tdi_build_associate(req, file, file);
}

static void client_builds_disassociate(struct tdi_request *req,
				       struct tdi_file *file)
{
	tdi_build_disassociate(req, file);
}

static void client_builds_connect(struct tdi_request *req,
				  struct tdi_file *file)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 9);

	tdi_build_connect(req, file, &remote, 0);
}

static void client_builds_listen(struct tdi_request *req, struct tdi_file *file)
{
	tdi_build_listen(req, file, NULL, 0);
}

static void client_builds_accept(struct tdi_request *req, struct tdi_file *file)
{
	tdi_build_accept(req, file, NULL);
}

static void client_builds_release(struct tdi_request *req,
				  struct tdi_file *file)
{
	tdi_build_disconnect(req, file, 0, TDI_DISCONNECT_RELEASE);
}

static void client_builds_send(struct tdi_request *req, struct tdi_file *file)
{
	tdi_build_send(req, file, "", 1, 0);
}

static u8 client_buffer[8];

static void client_builds_receive(struct tdi_request *req,
				  struct tdi_file *file)
{
	tdi_build_receive(req, file, client_buffer, sizeof(client_buffer), 0);
}

static void client_builds_send_datagram(struct tdi_request *req,
					struct tdi_file *file)
{
	tdi_build_send_datagram(req, file, NULL, "", 1);
}

static void client_builds_receive_datagram(struct tdi_request *req,
					   struct tdi_file *file)
{
	tdi_build_receive_datagram(req, file, NULL, client_buffer,
				   sizeof(client_buffer), 0);
}

#define ENDPOINT	TDI_ON_ENDPOINT
#define DATAGRAM	TDI_ON_DATAGRAM

static const struct client_request_param {
	const char *desc;
	void (*build)(struct tdi_request *req, struct tdi_file *file);
	u8 files;
} client_request_params[] = {
	{ "associate", client_builds_associate, ENDPOINT },
	{ "disassociate", client_builds_disassociate, ENDPOINT },
	{ "connect", client_builds_connect, ENDPOINT | DATAGRAM },
	{ "listen", client_builds_listen, ENDPOINT },
	{ "accept", client_builds_accept, ENDPOINT },
	{ "disconnect", client_builds_release, ENDPOINT | DATAGRAM },
	{ "send", client_builds_send, ENDPOINT },
	{ "receive", client_builds_receive, ENDPOINT },
	{ "send datagram", client_builds_send_datagram, DATAGRAM },
	{ "receive datagram", client_builds_receive_datagram, DATAGRAM },
};

KUNIT_ARRAY_PARAM_DESC(client_request, client_request_params, desc);

/* On a file of another kind: why not at once, and no completion */
static void client_wrong_kind_of_file(struct kunit *test)
{
	const struct client_request_param *param = test->param_value;
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_file *files[4];
	u32 status;
	int i;

	files[0] = tdi_kunit_client_address(test, TDI_DEVICE_TCP, &local, 0);
	local = tdi_kunit_loopback(AF_INET, 0);
	files[1] = tdi_kunit_client_address(test, TDI_DEVICE_UDP, &local, 0);
	files[2] = tdi_kunit_client_endpoint(test, NULL, NULL);
	KUNIT_ASSERT_EQ(test, tdi_open_control(&init_net, TDI_DEVICE_TCP,
					       &files[3]), STATUS_SUCCESS);
	status = param->files & ENDPOINT ? STATUS_INVALID_CONNECTION :
					   STATUS_INVALID_ADDRESS;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		if ((i == 1 && param->files & DATAGRAM) ||
		    (i == 2 && param->files & ENDPOINT))
			continue;
		param->build(&r->req, files[i]);
		KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), status);
		KUNIT_EXPECT_EQ(test, tdi_submit_wait(&r->req), status);
		KUNIT_EXPECT_EQ(test, r->req.status, status);
		KUNIT_EXPECT_EQ(test, tdi_cancel_all(files[i]), 0);
	}
	KUNIT_EXPECT_FALSE(test, completion_done(&r->done));
	tdi_close(files[3]);
}

/* Files that cannot be opened, and are not then */
static void client_files_that_cannot_be(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file, *first;

	KUNIT_EXPECT_EQ(test, tdi_open_control(&init_net, 99, &file),
			STATUS_DEVICE_DOES_NOT_EXIST);
	KUNIT_EXPECT_NULL(test, file);
	KUNIT_EXPECT_EQ(test, tdi_open_endpoint(&init_net, TDI_DEVICE_UDP,
						NULL, &file),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_NULL(test, file);
	first = tdi_kunit_client_address(test, TDI_DEVICE_TCP, &local, 0);
	KUNIT_EXPECT_EQ(test, tdi_open_address(&init_net, TDI_DEVICE_TCP,
					       &local, 0, 0, &file),
			STATUS_SHARING_VIOLATION);
	KUNIT_EXPECT_NULL(test, file);
	tdi_kunit_client_close_now(test, first);
	local.ss_family = AF_UNSPEC;
	KUNIT_EXPECT_EQ(test, tdi_open_address(&init_net, TDI_DEVICE_TCP,
					       &local, 0, 0, &file),
			STATUS_INVALID_ADDRESS_COMPONENT);
}

static struct kunit_case tdi_client_cases[] = {
	KUNIT_CASE_PARAM(client_one_after_the_other,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(client_submits_in_completions),
	KUNIT_CASE(client_disconnects_in_a_handler),
	KUNIT_CASE_PARAM(client_with_handlers, tdi_kunit_family_gen_params),
	KUNIT_CASE(client_submits_every_request),
	KUNIT_CASE_PARAM(client_submits_datagrams, tdi_kunit_family_gen_params),
	KUNIT_CASE(client_receives_behind_a_flood),
	KUNIT_CASE_PARAM(client_wrong_kind_of_file, client_request_gen_params),
	KUNIT_CASE(client_files_that_cannot_be),
	{}
};

static struct kunit_suite tdi_client_suite = {
	.name = "tdi_client",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_client_cases,
};

kunit_test_suite(tdi_client_suite);
