// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file in each state of the matrix, and which state one is in.
 */
#include <net/tcp.h>

#include "tdi_kunit_datagram.h"
#include "tdi_matrix.h"

/* In the end TCP gives up, when nobody waits any more. */
static void matrix_fail_to_connect(struct kunit *test,
				   struct tdi_file *endpoint)
{
	struct tdi_kunit_request *req = tdi_kunit_request(test, endpoint);

	req->waiter.req.nonblock = true;
	req->waiter.req.remote = tdi_kunit_full_listener(test);
	KUNIT_ASSERT_EQ(test, tdi_connect(&req->waiter.req), STATUS_PENDING);
	tcp_abort(tdi_kunit_own_socket(test, endpoint)->sk, ETIMEDOUT);
}

/* States that never had a connection */
static struct tdi_file *matrix_before(struct kunit *test,
				      enum matrix_state state)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0), remote;
	struct tdi_file *address, *endpoint;

	if (state == OPENED)
		return tdi_kunit_endpoint(test);
	address = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, address, &local);
	endpoint = tdi_kunit_endpoint_on(test, address);
	if (state == LISTENING) {
		tdi_kunit_listen(test, endpoint, NULL);
	} else if (state == OFFERED) {
		tdi_kunit_offered(test, endpoint, &local);
	} else if (state == OFFER_EXPIRED) {
		address->address.address->offer_timeout = 1;
		tdi_kunit_offered(test, endpoint, &local);
		KUNIT_ASSERT_TRUE(test, tdi_kunit_no_offers(address));
	} else if (state == CONNECTING) {
		remote = tdi_kunit_full_listener(test);
		tdi_kunit_connect(test, endpoint, &remote);
	} else if (state == CONNECT_FAILED) {
		matrix_fail_to_connect(test, endpoint);
	}
	return endpoint;
}

/* What becomes of a connection */
static struct tdi_file *matrix_after(struct kunit *test,
				     enum matrix_state state)
{
	struct tdi_kunit_pair pair;

	tdi_kunit_connected(test, AF_INET, &pair);
	switch (state) {
	case LOCAL_RELEASED:
		tdi_kunit_release_now(test, pair.endpoint);
		break;
	case REMOTE_RELEASED:
		kernel_sock_shutdown(pair.peer, SHUT_WR);
		break;
	case BOTH_RELEASED:
		tdi_kunit_release_now(test, pair.endpoint);
		tdi_kunit_close_socket(test, pair.peer);
		break;
	case PEER_RESET:
		tdi_kunit_reset_socket(test, pair.peer);
		break;
	case LOCAL_ABORTED:
		tdi_kunit_abort_now(test, pair.endpoint);
		break;
	case KILLED:
		tcp_abort(tdi_kunit_own_socket(test, pair.endpoint)->sk,
			  ECONNABORTED);
		break;
	case ADDRESS_CLOSED:
		tdi_kunit_close(test, pair.address);
		break;
	case RELEASING:
		tdi_kunit_fill(test, pair.endpoint);
		tdi_kunit_disconnect(test, pair.endpoint,
				     TDI_DISCONNECT_RELEASE);
		break;
	default:
		break;
	}
	return pair.endpoint;
}

/* An address that its own file sees in a state */
static struct tdi_file *matrix_address(struct kunit *test,
				       enum matrix_state state, u64 *offer)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *address = tdi_kunit_address(test, &local,
						     TDI_FILE_SHARE_READ);
	struct socket *peer;

	tdi_kunit_local(test, address, &local);
	switch (state) {
	case ADDRESS_ASSOCIATED:
		tdi_kunit_endpoint_on(test, address);
		break;
	case ADDRESS_LISTENING:
		tdi_kunit_listen(test, tdi_kunit_endpoint_on(test, address),
				 NULL);
		break;
	case ADDRESS_HANDLER:
		tdi_kunit_event_on(test, address, TDI_EVENT_CONNECT, 0);
		break;
	case ADDRESS_OFFERING:
		tdi_kunit_event_on(test, address, TDI_EVENT_CONNECT, 0);
		*offer = tdi_kunit_offer(tdi_kunit_reader(test, address),
					 &local, &peer);
		break;
	case ADDRESS_CONNECTED:
		tdi_kunit_expect_idle(test,
				      tdi_kunit_endpoint_on(test, address));
		break;
	case ADDRESS_SHARED:
		tdi_kunit_address(test, &local, TDI_FILE_SHARE_READ);
		break;
	default:
		break;
	}
	return address;
}

/* An address of datagrams; the remote of a connected one stays as long as it */
static struct tdi_file *matrix_datagrams(struct kunit *test,
					 enum matrix_state state)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct sockaddr_storage remote = local;
	struct tdi_kunit_request *req;
	struct tdi_file *file;

	if (state == DATAGRAMS_RAW) {
		file = tdi_kunit_open_device(test, TDI_DEVICE_RAWIP);
		KUNIT_ASSERT_EQ(test, tdi_kunit_create_raw(file, &local, 253,
							   current_cred()),
				STATUS_SUCCESS);
		return file;
	}
	file = tdi_kunit_datagrams(test, &local, 0);
	if (state == DATAGRAMS_CONNECTED) {
		tdi_kunit_datagrams(test, &remote, 0);
		req = tdi_kunit_connect(test, file, &remote);
		KUNIT_ASSERT_EQ(test, req->status, STATUS_SUCCESS);
	}
	return file;
}

static struct tdi_file *matrix_neither(struct kunit *test,
				       enum matrix_state state)
{
	struct tdi_file *file = tdi_kunit_open(test);

	if (state == CONTROL)
		KUNIT_ASSERT_EQ(test, tdi_file_create(file, NULL, 0, 0, 0,
						      current_cred()),
				STATUS_SUCCESS);
	return file;
}

/**
 * matrix_arrange() - a file in a state
 * @test: the test
 * @state: which
 * @offer: result: cookie of an offer that waits
 */
struct tdi_file *matrix_arrange(struct kunit *test, enum matrix_state state,
				u64 *offer)
{
	enum matrix_state address;

	if (state < CONNECTED)
		return matrix_before(test, state);
	if (state < BESIDE_ENDPOINT)
		return matrix_after(test, state);
	if (state < ADDRESS_UNUSED) {
		address = state - BESIDE_ENDPOINT + ADDRESS_ASSOCIATED;
		return tdi_kunit_endpoint_on(test,
				matrix_address(test, address, offer));
	}
	if (state < DATAGRAMS)
		return matrix_address(test, state, offer);
	if (state < UNDECIDED)
		return matrix_datagrams(test, state);
	return matrix_neither(test, state);
}

static enum matrix_state matrix_endpoint_state(struct tdi_file *endpoint)
{
	static const enum matrix_state states[] = {
		[TDI_STATE_OPENED]		= OPENED,
		[TDI_STATE_ASSOCIATED]		= ASSOCIATED,
		[TDI_STATE_CONNECTING]		= CONNECTING,
		[TDI_STATE_LISTENING]		= LISTENING,
		[TDI_STATE_OFFERED]		= OFFERED,
		[TDI_STATE_CONNECTED]		= CONNECTED,
		[TDI_STATE_LOCAL_RELEASED]	= LOCAL_RELEASED,
		[TDI_STATE_REMOTE_RELEASED]	= REMOTE_RELEASED,
	};
	u32 state = tdi_kunit_state(endpoint);

	return state < ARRAY_SIZE(states) ? states[state] : MATRIX_STATES;
}

static enum matrix_state matrix_datagrams_state(struct tdi_file *file)
{
	const struct sock *sk = file->address.sock.socket->sk;

	if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED)
		return DATAGRAMS_CONNECTED;
	return file->device->type == SOCK_RAW ? DATAGRAMS_RAW : DATAGRAMS;
}

static enum matrix_state matrix_address_state(struct tdi_file *file)
{
	struct tdi_address *address = file->address.address;
	enum matrix_state state = ADDRESS_UNUSED;
	bool shared = tdi_address_opens(address) > 1;
	struct tdi_endpoint *ep;

	mutex_lock(&address->mutex);
	ep = list_first_entry_or_null(&file->address.endpoints,
				      struct tdi_endpoint, address_link);
	if (address->offered)
		state = ADDRESS_OFFERING;
	else if (address->connect_handlers)
		state = ADDRESS_HANDLER;
	else if (address->listening)
		state = ADDRESS_LISTENING;
	else if (shared)
		state = ADDRESS_SHARED;
	else if (ep)
		state = rcu_access_pointer(ep->connection) ?
			ADDRESS_CONNECTED : ADDRESS_ASSOCIATED;
	mutex_unlock(&address->mutex);
	return state;
}

/* One of those that cannot be told apart afterwards is the first of them. */
enum matrix_state matrix_state(struct tdi_file *file)
{
	switch (tdi_file_kind(file)) {
	case TDI_CONNECTION_FILE:
		return matrix_endpoint_state(file);
	case TDI_TRANSPORT_ADDRESS_FILE:
		return tdi_file_is_datagram(file) ?
		       matrix_datagrams_state(file) :
		       matrix_address_state(file);
	default:
		return file->created ? CONTROL : UNDECIDED;
	}
}
