// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_DISCONNECT and what follows it: half-closed connections, disassociation,
 * the endpoint used again (S3, S4, S15).
 */
#include "test.h"

#define RELEASE(ms) \
	tdi_disconnect(pair->endpoint, tdi_timeout_ms(ms), \
		       TDI_DISCONNECT_RELEASE, NULL)
#define ABORT() \
	tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT, NULL)
#define STATE() endpoint_state(pair->endpoint)

FIXTURE(disconnect) {
	struct pair pair;
	char byte;
};

FAMILY_VARIANTS(disconnect);

FIXTURE_SETUP(disconnect)
{
	pair_open(&self->pair, variant->family);
	pair_small_buffers(&self->pair);
	pair_connect(&self->pair);
}

FIXTURE_TEARDOWN(disconnect)
{
	pair_close(&self->pair);
}

/* ---- Release ---- */

/* From here nothing more is sent; what the peer sends still arrives. */
TEST_F(disconnect, release)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char bytes[8];

	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
	EXPECT_EQ(TDI_STATE_LOCAL_RELEASED, STATE());
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_STATUS(STATUS_GRACEFUL_DISCONNECT,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	plain_send(pair->peer, "more", 4);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, bytes, 8, 0, &io));
	EXPECT_EQ(4, io.information);
	/* once more is no error, and changes nothing */
	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
	EXPECT_EQ(TDI_STATE_LOCAL_RELEASED, STATE());
	close(pair->peer);
	pair->peer = -1;
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, bytes, 8, 0, &io));
	EXPECT_EQ(0, io.information);
	EXPECT_SOON(STATE() == TDI_STATE_ASSOCIATED);
	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
	EXPECT_STATUS(STATUS_SUCCESS, ABORT());
}

/* Confirms the peer's: then the connection has ended both ways. */
TEST_F(disconnect, release_after_the_peer)
{
	struct pair *pair = &self->pair;

	shutdown(pair->peer, SHUT_WR);
	ASSERT_SOON(STATE() == TDI_STATE_REMOTE_RELEASED);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, STATE());
	plain_receive(pair->peer, &self->byte, 1);
	EXPECT_EQ(0, plain_end(pair->peer));
	/* the peer closed first: its TIME_WAIT, so this side is free at once */
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* S3: completes when the peer has acknowledged the FIN, not before */
TEST_F(disconnect, release_waits_for_the_peer)
{
	struct pair *pair = &self->pair;
	struct job job = { .call = job_disconnect, .fd = pair->endpoint,
			   .flags = TDI_DISCONNECT_RELEASE };
	size_t sent = pair_stuff(pair);
	char *in = malloc(sent);

	job_start_blocked(&job);
	ASSERT_SOON(STATE() == TDI_STATE_LOCAL_RELEASED);
	EXPECT_STATUS(STATUS_GRACEFUL_DISCONNECT,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	EXPECT_FALSE(job.done);
	plain_receive(pair->peer, in, sent);
	EXPECT_TRUE(pattern_check(in, sent, 0));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	EXPECT_EQ(0, plain_end(pair->peer));
}

/* What was sent before is sent before the FIN, however much is still queued. */
TEST_F(disconnect, release_waits_for_sends)
{
	const size_t length = 1 << 20;
	struct pair *pair = &self->pair;
	char *out = malloc(length), *in = malloc(length);
	struct job send = { .call = job_send, .fd = pair->endpoint,
			    .buffer = out, .length = length };
	struct job release = { .call = job_disconnect, .fd = pair->endpoint,
			       .flags = TDI_DISCONNECT_RELEASE };
	struct job late = { .call = job_send, .fd = pair->endpoint,
			    .buffer = "late", .length = 4 };

	pattern_fill(out, length, 3);
	job_start_blocked(&send);
	job_start_blocked(&release);
	/* what comes later is too late */
	job_start(&late);
	EXPECT_OUTCOME(STATUS_GRACEFUL_DISCONNECT, job_end(&late));
	EXPECT_STATUS(STATUS_GRACEFUL_DISCONNECT,
		      tdi_send(pair->endpoint, "x", 1, TDI_SEND_NON_BLOCKING,
			       NULL));
	EXPECT_FALSE(send.done);
	EXPECT_FALSE(release.done);
	plain_receive(pair->peer, in, length);
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_TRUE(pattern_check(in, length, 3));
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&send));
	EXPECT_EQ(length, send.io.information);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&release));
}

/* The wait is over, the FIN is not: it still goes, and data still comes. */
TEST_F(disconnect, release_times_out)
{
	struct pair *pair = &self->pair;
	size_t sent = pair_stuff(pair);
	char *in = malloc(sent);
	int64_t start = now_ms();

	EXPECT_STATUS(STATUS_IO_TIMEOUT, RELEASE(200));
	EXPECT_LE(200, now_ms() - start);
	EXPECT_EQ(TDI_STATE_LOCAL_RELEASED, STATE());
	plain_send(pair->peer, "x", 1);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, &self->byte, 1, 0, NULL));
	EXPECT_STATUS(STATUS_IO_TIMEOUT, RELEASE(1));
	plain_receive(pair->peer, in, sent);
	EXPECT_TRUE(pattern_check(in, sent, 0));
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
}

/* Given up before anything of it was sent: as if it had not been asked for */
TEST_F(disconnect, release_cancelled_behind_a_send)
{
	const size_t length = 1 << 20;
	struct pair *pair = &self->pair;
	char *out = calloc(1, length), *in = malloc(length);
	struct job send = { .call = job_send, .fd = pair->endpoint,
			    .buffer = out, .length = length };
	struct job release = { .call = job_disconnect, .fd = pair->endpoint,
			       .flags = TDI_DISCONNECT_RELEASE,
			       .io.cookie = 7 };

	job_start_blocked(&send);
	job_start_blocked(&release);
	job_cancel(&release);
	EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&release));
	EXPECT_FALSE(send.done);
	EXPECT_EQ(TDI_STATE_CONNECTED, STATE());
	plain_receive(pair->peer, in, length);
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(&send));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	plain_receive(pair->peer, in, 1);
	EXPECT_EQ('x', in[0]);
}

TEST_F(disconnect, release_while_the_peer_resets)
{
	struct pair *pair = &self->pair;
	struct job job = { .call = job_disconnect, .fd = pair->endpoint,
			   .flags = TDI_DISCONNECT_RELEASE };

	pair_stuff(pair);
	job_start_blocked(&job);
	ASSERT_SOON(STATE() == TDI_STATE_LOCAL_RELEASED);
	plain_reset(pair->peer);
	pair->peer = -1;
	EXPECT_OUTCOME(STATUS_CONNECTION_RESET, job_end(&job));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, STATE());
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(disconnect, release_without_waiting)
{
	struct pair *pair = &self->pair;
	size_t sent = pair_stuff(pair);
	char *in = malloc(sent);

	set_nonblock(pair->endpoint, true);
	EXPECT_STATUS(STATUS_PENDING, RELEASE(PATIENCE_MS));
	EXPECT_EQ(TDI_STATE_LOCAL_RELEASED, STATE());
	plain_receive(pair->peer, in, sent);
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_SOON(RELEASE(PATIENCE_MS) == STATUS_SUCCESS);
}

/* ---- Abort ---- */

/* The peer is told at once; nothing can be read or sent any more. */
TEST_F(disconnect, abort)
{
	struct pair *pair = &self->pair;

	plain_send(pair->peer, "unread", 6);
	ASSERT_SOON(plain_all_acked(pair->peer));
	EXPECT_STATUS(STATUS_SUCCESS, ABORT());
	EXPECT_EQ(TDI_STATE_ASSOCIATED, STATE());
	EXPECT_EQ(-1, plain_end(pair->peer));
	EXPECT_STATUS(STATUS_CONNECTION_ABORTED,
		      tdi_receive(pair->endpoint, &self->byte, 1, 0, NULL));
	EXPECT_STATUS(STATUS_CONNECTION_ABORTED,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS, ABORT());
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* S15: 0 is ABORT, and WAIT makes no difference */
TEST_F(disconnect, flags)
{
	const uint32_t aborts[] = { 0, TDI_DISCONNECT_WAIT,
			TDI_DISCONNECT_WAIT | TDI_DISCONNECT_ABORT };
	struct pair *pair = &self->pair;

	for (size_t i = 0; i < ARRAY_SIZE(aborts); i++) {
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(pair->endpoint, 0, aborts[i],
					     NULL));
		EXPECT_EQ(-1, plain_end(pair->peer));
		close(pair->peer);
		pair_connect(pair);
	}
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_WAIT |
				     TDI_DISCONNECT_RELEASE, NULL));
	EXPECT_EQ(0, plain_end(pair->peer));
}

TEST_F(disconnect, flags_that_contradict)
{
	struct pair *pair = &self->pair;
	struct tdi_disconnect arg = {
		.head.size = sizeof(arg), .request.user_data_length = 1,
	};

	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT |
				     TDI_DISCONNECT_RELEASE, NULL));
	for (uint32_t flag = 8; flag; flag <<= 1)
		EXPECT_STATUS(STATUS_INVALID_PARAMETER,
			      tdi_disconnect(pair->endpoint, 0, flag, NULL));
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_DISCONNECT, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	/* no effect */
	EXPECT_EQ(TDI_STATE_CONNECTED, STATE());
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	plain_receive(pair->peer, &self->byte, 1);
}

TEST_F(disconnect, nothing_to_disconnect)
{
	struct tdi_taddr nobody = address_local(variant->family, 1);
	int endpoint = open_associated(self->pair.address);

	for (uint32_t flags = TDI_DISCONNECT_ABORT;
	     flags <= TDI_DISCONNECT_RELEASE; flags <<= 1) {
		EXPECT_STATUS(STATUS_INVALID_CONNECTION,
			      tdi_disconnect(endpoint, 0, flags, NULL));
		EXPECT_STATUS(STATUS_CONNECTION_REFUSED,
			      tdi_connect(endpoint, &nobody, 0, NULL, 0, NULL));
		EXPECT_STATUS(STATUS_INVALID_CONNECTION,
			      tdi_disconnect(endpoint, 0, flags, NULL));
	}
}

/* It has ended by itself: that is what was wanted */
TEST_F(disconnect, after_a_reset)
{
	struct pair *pair = &self->pair;

	plain_reset(pair->peer);
	pair->peer = -1;
	ASSERT_SOON(STATE() == TDI_STATE_ASSOCIATED);
	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
	EXPECT_STATUS(STATUS_SUCCESS, ABORT());
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* ---- Disassociation, and the endpoint used again ---- */

static uint32_t disassociate(const struct pair *pair)
{
	return tdi_disassociate_address(pair->endpoint, 0, NULL);
}

/* S4 */
TEST_F(disconnect, disassociate_while_connected)
{
	struct pair *pair = &self->pair;

	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE, disassociate(pair));
	shutdown(pair->peer, SHUT_WR);
	ASSERT_SOON(STATE() == TDI_STATE_REMOTE_RELEASED);
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE, disassociate(pair));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	plain_receive(pair->peer, &self->byte, 1);
	EXPECT_EQ('x', self->byte);
}

TEST_F(disconnect, disassociate_while_releasing)
{
	struct pair *pair = &self->pair;
	size_t sent = pair_stuff(pair);
	char *in = malloc(sent);

	EXPECT_STATUS(STATUS_IO_TIMEOUT, RELEASE(1));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE, disassociate(pair));
	plain_receive(pair->peer, in, sent);
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
	EXPECT_STATUS(STATUS_SUCCESS, disassociate(pair));
}

/* Released here, the peer goes on: no new connection, but another address */
TEST_F(disconnect, disassociate_when_released)
{
	struct tdi_taddr any = address_any(variant->family, 0), seen;
	struct pair *pair = &self->pair;
	int other = open_address(&any), peer;

	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0,
				  NULL));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_listen(pair->endpoint, NULL, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS, disassociate(pair));
	EXPECT_EQ(TDI_STATE_OPENED, STATE());
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_receive(pair->endpoint, &self->byte, 1, 0, NULL));
	EXPECT_STATUS(STATUS_ADDRESS_NOT_ASSOCIATED, disassociate(pair));

	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_associate_address(pair->endpoint, other, 0, NULL));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0,
				  NULL));
	peer = plain_accept(pair->listener);
	seen = address_of_peer(peer);
	EXPECT_EQ(local_port(other), tdi_taddr_port(&seen));
	/* the old connection's end does not reach the new one */
	close(pair->peer);
	pair->peer = peer;
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	plain_receive(peer, &self->byte, 1);
	EXPECT_EQ(TDI_STATE_CONNECTED, STATE());
}

/* A receive that waits when its endpoint is disassociated */
TEST_F(disconnect, disassociate_while_receiving)
{
	struct pair *pair = &self->pair;
	struct job job = { .call = job_receive, .fd = pair->endpoint,
			   .buffer = &self->byte, .length = 1 };

	job_start_blocked(&job);
	EXPECT_STATUS(STATUS_SUCCESS, RELEASE(PATIENCE_MS));
	EXPECT_FALSE(job.done);
	EXPECT_STATUS(STATUS_SUCCESS, disassociate(pair));
	EXPECT_OUTCOME(STATUS_CONNECTION_ABORTED, job_end(&job));
}

/* Back and forth between addresses, connecting each time */
TEST_F(disconnect, associate_again_and_again)
{
	struct tdi_taddr any = address_any(variant->family, 0), seen;
	struct pair *pair = &self->pair;
	int addresses[2] = { pair->address, open_address(&any) };

	EXPECT_STATUS(STATUS_SUCCESS, ABORT());
	for (int i = 1; i < 10; i++) {
		close(pair->peer);
		ASSERT_STATUS(STATUS_SUCCESS, disassociate(pair));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_associate_address(pair->endpoint,
						    addresses[i % 2], 0, NULL));
		EXPECT_EQ(local_port(addresses[i % 2]),
			  local_port(pair->endpoint));
		pair_connect(pair);
		seen = address_of_peer(pair->peer);
		EXPECT_EQ(local_port(addresses[i % 2]), tdi_taddr_port(&seen));
		EXPECT_STATUS(STATUS_SUCCESS, ABORT());
	}
}

/* S6: closing the address takes the connection with it, not the endpoint */
TEST_F(disconnect, address_closes_first)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	struct pair *pair = &self->pair;

	close(pair->address);
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_EQ(TDI_STATE_OPENED, STATE());
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	EXPECT_STATUS(STATUS_ADDRESS_NOT_ASSOCIATED, disassociate(pair));
	pair->address = open_address(&any);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_associate_address(pair->endpoint, pair->address, 0,
					    NULL));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* One open of a shared address closes: only its own endpoints go with it. */
TEST_F(disconnect, one_open_of_an_address_closes)
{
	struct tdi_taddr any = address_any(variant->family, 6000);
	struct pair *pair = &self->pair;
	int address[2], endpoint[2];

	for (int i = 0; i < 2; i++) {
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_open_address("tcp", 0, &any,
					       TDI_FILE_SHARE_READ,
					       &address[i]));
		endpoint[i] = open_associated(address[i]);
	}
	close(address[0]);
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(endpoint[0]));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(endpoint[1]));
	EXPECT_TRUE(pair_usable(pair, endpoint[1]));
}

TEST_HARNESS_MAIN
