// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every request in every state of an endpoint: tdi_matrix.h has what comes of
 * it, kunit/README.md shows the same as a table.
 */
#include <net/tcp.h>

#include "event.h"
#include "offer.h"
#include "tdi_kunit_helpers.h"

enum matrix_state {
	OPENED, ASSOCIATED, CONNECTING, LISTENING, OFFERED, CONNECTED,
	LOCAL_RELEASED, REMOTE_RELEASED, BOTH_RELEASED, PEER_RESET,
	LOCAL_ABORTED, KILLED, ADDRESS_CLOSED,
};

enum matrix_request {
	ASSOCIATE, DISASSOCIATE, CONNECT, LISTEN, QUERY_LISTEN, ACCEPT,
	SEND, RECEIVE, RECEIVE_EXPEDITED, RELEASE, ABORT,
};

struct matrix_cell {
	const char *desc;
	enum matrix_state state;
	enum matrix_request request;
	u32 status;
	u32 then;
};

#define CELL(_state, _request, _status, _then)				\
	{								\
		.desc = #_request " in " #_state,			\
		.state = _state, .request = _request,			\
		.status = STATUS_##_status, .then = TDI_STATE_##_then,	\
	}

static const struct matrix_cell matrix_cells[] = {
#include "tdi_matrix.h"
};

KUNIT_ARRAY_PARAM_DESC(matrix, matrix_cells, desc);

/* An endpoint in a state, and another address */
struct matrix_fixture {
	struct tdi_kunit_pair pair;
	struct tdi_file *endpoint;
	struct tdi_file *other;
};

static void matrix_offered(struct kunit *test, struct matrix_fixture *fixture)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *listen;
	struct tdi_file *address;

	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	fixture->endpoint = tdi_kunit_endpoint_on(test, address);
	listen = tdi_kunit_request(test, fixture->endpoint);
	listen->waiter.req.flags = TDI_QUERY_ACCEPT;
	listen->status = tdi_listen(&listen->waiter.req);
	tdi_kunit_connect_plain(test, &local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_result(listen), STATUS_SUCCESS);
}

/* States that never had a connection */
static void matrix_before(struct kunit *test, struct matrix_fixture *fixture,
			  enum matrix_state state)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct sockaddr_storage remote;

	if (state == OPENED) {
		fixture->endpoint = tdi_kunit_endpoint(test);
		return;
	}
	if (state == OFFERED) {
		matrix_offered(test, fixture);
		return;
	}
	fixture->endpoint = tdi_kunit_endpoint_on(test,
					tdi_kunit_address(test, &local, 0));
	if (state == LISTENING) {
		tdi_kunit_listen(test, fixture->endpoint, NULL);
	} else if (state == CONNECTING) {
		remote = tdi_kunit_full_listener(test);
		tdi_kunit_connect(test, fixture->endpoint, &remote);
	}
}

static void matrix_kill(struct tdi_file *endpoint)
{
	struct tdi_connection *conn = tdi_connection_get(&endpoint->endpoint);

	tcp_abort(conn->sock.socket->sk, ECONNABORTED);
	tdi_connection_put(conn);
}

/* What becomes of a connection */
static void matrix_after(struct kunit *test, struct matrix_fixture *fixture,
			 enum matrix_state state)
{
	struct tdi_kunit_pair *pair = &fixture->pair;
	u32 becomes = TDI_STATE_ASSOCIATED;

	tdi_kunit_connected(test, AF_INET, pair);
	fixture->endpoint = pair->endpoint;
	switch (state) {
	case LOCAL_RELEASED:
		tdi_kunit_release_now(test, pair->endpoint);
		becomes = TDI_STATE_LOCAL_RELEASED;
		break;
	case REMOTE_RELEASED:
		kernel_sock_shutdown(pair->peer, SHUT_WR);
		becomes = TDI_STATE_REMOTE_RELEASED;
		break;
	case BOTH_RELEASED:
		tdi_kunit_release_now(test, pair->endpoint);
		tdi_kunit_close_socket(test, pair->peer);
		break;
	case PEER_RESET:
		tdi_kunit_reset_socket(test, pair->peer);
		break;
	case LOCAL_ABORTED:
		tdi_kunit_abort_now(test, pair->endpoint);
		break;
	case KILLED:
		matrix_kill(pair->endpoint);
		break;
	case ADDRESS_CLOSED:
		tdi_kunit_close(test, pair->address);
		becomes = TDI_STATE_OPENED;
		break;
	default:
		becomes = TDI_STATE_CONNECTED;
		break;
	}
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(pair->endpoint,
							becomes));
}

static u32 matrix_connect(struct kunit *test, struct tdi_file *file)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);

	tdi_kunit_listener(test, &remote, 1);
	return tdi_kunit_connect_now(test, file, &remote);
}

static u32 matrix_listen(struct kunit *test, struct tdi_file *file, u32 flags)
{
	struct tdi_kunit_request *listen = tdi_kunit_request(test, file);

	listen->waiter.req.flags = flags;
	return tdi_listen(&listen->waiter.req);
}

static u32 matrix_receive(struct kunit *test, struct tdi_file *file, u32 flags)
{
	u8 *byte = kunit_kzalloc(test, 1, GFP_KERNEL);

	return tdi_kunit_receive(test, file, flags, byte, 1)->status;
}

/* One that waits for the peer says STATUS_PENDING; a connect or release ends */
static u32 matrix_do(struct kunit *test, struct matrix_fixture *fixture,
		     enum matrix_request request)
{
	struct tdi_file *file = fixture->endpoint;
	struct sockaddr_storage peer;

	switch (request) {
	case ASSOCIATE:
		return tdi_endpoint_associate(&file->endpoint, fixture->other);
	case DISASSOCIATE:
		return tdi_endpoint_disassociate(&file->endpoint);
	case CONNECT:
		return matrix_connect(test, file);
	case LISTEN:
		return matrix_listen(test, file, 0);
	case QUERY_LISTEN:
		return matrix_listen(test, file, TDI_QUERY_ACCEPT);
	case ACCEPT:
		return tdi_accept(&file->endpoint, 0, NULL, &peer);
	case SEND:
		return tdi_kunit_send(test, file, 0, "s", 1)->status;
	case RECEIVE:
		return matrix_receive(test, file, 0);
	case RECEIVE_EXPEDITED:
		return matrix_receive(test, file, TDI_RECEIVE_EXPEDITED);
	case RELEASE:
		return tdi_kunit_release_now(test, file);
	case ABORT:
		return tdi_kunit_abort_now(test, file);
	}
	return STATUS_UNSUCCESSFUL;
}

static void matrix(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	const struct matrix_cell *cell = test->param_value;
	struct matrix_fixture fixture = {};

	if (cell->state < CONNECTED)
		matrix_before(test, &fixture, cell->state);
	else
		matrix_after(test, &fixture, cell->state);
	fixture.other = tdi_kunit_address(test, &local, 0);

	KUNIT_EXPECT_EQ(test, matrix_do(test, &fixture, cell->request),
			cell->status);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(fixture.endpoint), cell->then);
}

/* No cell is left out, and none is there twice. */
static void matrix_is_complete(struct kunit *test)
{
	unsigned long seen[ADDRESS_CLOSED + 1] = {};
	int i;

	for (i = 0; i < ARRAY_SIZE(matrix_cells); i++) {
		KUNIT_EXPECT_FALSE(test, seen[matrix_cells[i].state] &
					 BIT(matrix_cells[i].request));
		seen[matrix_cells[i].state] |= BIT(matrix_cells[i].request);
	}
	for (i = 0; i <= ADDRESS_CLOSED; i++)
		KUNIT_EXPECT_EQ(test, seen[i], BIT(ABORT + 1) - 1);
}

static struct kunit_case tdi_matrix_cases[] = {
	KUNIT_CASE(matrix_is_complete),
	KUNIT_CASE_PARAM(matrix, matrix_gen_params),
	{}
};

static struct kunit_suite tdi_matrix_suite = {
	.name		= "tdi_matrix",
	.suite_init	= tdi_kunit_suite_init,
	.test_cases	= tdi_matrix_cases,
};

kunit_test_suite(tdi_matrix_suite);
