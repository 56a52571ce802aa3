// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the wire shows when an endpoint goes: FIN, in every state and every
 * order of closing, and RST for an abort (S1, S6).  Judged by packets.
 */
#include "test.h"

#include <signal.h>

#include "wire.h"

enum closing { ENDPOINT, ADDRESS, KILLED };

/* @here, @there: ports */
FIXTURE(release) {
	struct pair pair;
	struct wire wire;
	uint16_t here, there;
};

/* @closing: what goes first, or that the process that has both is killed */
FIXTURE_VARIANT(release) {
	enum closing closing;
	int family;
};

#define VARIANTS(name, what)						\
	FIXTURE_VARIANT_ADD(release, name##_ipv4) {			\
		.closing = what, .family = AF_INET };			\
	FIXTURE_VARIANT_ADD(release, name##_ipv6) {			\
		.closing = what, .family = AF_INET6 }
VARIANTS(endpoint_first, ENDPOINT);
VARIANTS(address_first, ADDRESS);
VARIANTS(killed, KILLED);

FIXTURE_SETUP(release)
{
	struct pair *pair = &self->pair;
	static const char *const names[] = { "endpoint", "address", "killed" };

	pair_open(pair, variant->family);
	wire_open(&self->wire, "lo", "release-%s-%s-ipv%d.pcap",
		  _metadata->name, names[variant->closing],
		  variant->family == AF_INET ? 4 : 6);
	self->here = local_port(pair->address);
	self->there = tdi_taddr_port(&pair->remote);
}

FIXTURE_TEARDOWN(release)
{
	wire_close(&self->wire);
	pair_close(&self->pair);
}

/* A process that has only the two files, and is killed while it does nothing */
static void close_by_kill(struct pair *pair)
{
	int status;
	pid_t pid;

	pid = fork_child();
	if (!pid) {
		close(pair->peer);
		close(pair->listener);
		for (;;)
			pause();
	}
	close(pair->endpoint);
	close(pair->address);
	NEED(!kill(pid, SIGKILL));
	NEED(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

static void close_both(struct pair *pair, enum closing closing)
{
	switch (closing) {
	case ENDPOINT:
		close(pair->endpoint);
		close(pair->address);
		break;
	case ADDRESS:
		close(pair->address);
		close(pair->endpoint);
		break;
	case KILLED:
		close_by_kill(pair);
		break;
	}
	pair->endpoint = -1;
	pair->address = -1;
}

#define CLOSE_BOTH() close_both(&self->pair, variant->closing)

/*
 * FIN is what ends it, also when the peer has closed in its turn, and nobody
 * resets.  What the peer still has to read it has read.
 */
#define EXPECT_FIN_ONLY() do {						\
	struct wire *__wire = &self->wire;				\
									\
	EXPECT_EQ(WIRE_FIN, wire_end(__wire, self->here, self->there));	\
	EXPECT_EQ(0, plain_end(self->pair.peer));			\
	close(self->pair.peer);						\
	self->pair.peer = -1;						\
	EXPECT_TRUE(wire_fin_acked(__wire, self->here, self->there));	\
	EXPECT_TRUE(wire_fin_acked(__wire, self->there, self->here));	\
	EXPECT_EQ(0, wire_count(__wire, self->here, self->there,	\
				WIRE_RST));				\
	EXPECT_EQ(0, wire_count(__wire, self->there, self->here,	\
				WIRE_RST));				\
} while (0)

static void send_unread(struct pair *pair, size_t length)
{
	char *bytes = calloc(1, length);
	struct deadline deadline = deadline_in(PATIENCE_MS);

	plain_send(pair->peer, bytes, length);
	while (!plain_all_acked(pair->peer)) {
		NEED(!deadline_passed(&deadline));
		pace();
	}
	free(bytes);
}

TEST_F(release, idle)
{
	pair_connect(&self->pair);
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
}

TEST_F(release, unread_data)
{
	pair_connect(&self->pair);
	send_unread(&self->pair, 30000);
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
}

TEST_F(release, partly_read_data)
{
	struct pair *pair = &self->pair;
	struct tdi_io io = { 0 };
	char bytes[1000];

	pair_connect(pair);
	send_unread(pair, 30000);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, bytes, 1000, 0, &io));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receive(pair->endpoint, bytes, 1000,
				  TDI_RECEIVE_PEEK, &io));
	EXPECT_EQ(1000, io.information);
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
}

/* TCP stops reading at urgent data, but closing must not. */
TEST_F(release, unread_urgent_data)
{
	struct pair *pair = &self->pair;

	pair_connect(pair);
	send_unread(pair, 100);
	ASSERT_EQ(1, send(pair->peer, "!", 1, MSG_OOB));
	send_unread(pair, 100);
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
}

TEST_F(release, after_the_peer)
{
	pair_connect(&self->pair);
	shutdown(self->pair.peer, SHUT_WR);
	ASSERT_SOON(endpoint_state(self->pair.endpoint) ==
		    TDI_STATE_REMOTE_RELEASED);
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
}

TEST_F(release, after_the_peer_with_unread_data)
{
	pair_connect(&self->pair);
	send_unread(&self->pair, 30000);
	shutdown(self->pair.peer, SHUT_WR);
	ASSERT_SOON(endpoint_state(self->pair.endpoint) ==
		    TDI_STATE_REMOTE_RELEASED);
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
}

/* All of it arrives, then the FIN, though nobody is there any more. */
#define EXPECT_ALL_THEN_FIN(sent) do {					\
	char *__in = malloc(sent);					\
									\
	EXPECT_EQ(0, wire_count(&self->wire, self->here, self->there,	\
				WIRE_FIN | WIRE_RST));			\
	plain_receive(self->pair.peer, __in, sent);			\
	EXPECT_TRUE(pattern_check(__in, sent, 0));			\
	EXPECT_FIN_ONLY();						\
} while (0)

TEST_F(release, unsent_data)
{
	size_t sent;

	pair_small_buffers(&self->pair);
	pair_connect(&self->pair);
	sent = pair_stuff(&self->pair);
	CLOSE_BOTH();
	EXPECT_ALL_THEN_FIN(sent);
}

TEST_F(release, unread_and_unsent_data)
{
	size_t sent;

	pair_small_buffers(&self->pair);
	pair_connect(&self->pair);
	sent = pair_stuff(&self->pair);
	send_unread(&self->pair, 1000);
	CLOSE_BOTH();
	EXPECT_ALL_THEN_FIN(sent);
}

/* A local release has sent the FIN: closing adds nothing */
TEST_F(release, after_a_release)
{
	struct pair *pair = &self->pair;

	pair_connect(pair);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
	EXPECT_EQ(1, wire_count(&self->wire, self->here, self->there,
				WIRE_FIN));
}

TEST_F(release, after_a_release_with_unread_data)
{
	struct pair *pair = &self->pair;

	pair_connect(pair);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	send_unread(pair, 30000);
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
	EXPECT_EQ(1, wire_count(&self->wire, self->here, self->there,
				WIRE_FIN));
}

TEST_F(release, after_an_abort)
{
	struct pair *pair = &self->pair;

	pair_connect(pair);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT,
				     NULL));
	CLOSE_BOTH();
	EXPECT_EQ(-1, plain_end(pair->peer));
	EXPECT_EQ(0, wire_count(&self->wire, self->here, self->there,
				WIRE_FIN));
	EXPECT_EQ(1, wire_count(&self->wire, self->here, self->there,
				WIRE_RST));
}

/* Disassociated first, or not: it is the same */
TEST_F(release, disassociated)
{
	struct pair *pair = &self->pair;

	pair_connect(pair);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disassociate_address(pair->endpoint, 0, NULL));
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
}

/* The connection came by a listen. */
TEST_F(release, accepted)
{
	struct pair *pair = &self->pair;
	struct job job = { .call = job_listen, .fd = pair->endpoint };

	job_start_blocked(&job);
	pair->peer = plain_connect(&pair->local);
	ASSERT_LE(0, pair->peer);
	ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&job));
	self->there = plain_port(pair->peer);
	send_unread(pair, 30000);
	CLOSE_BOTH();
	EXPECT_FIN_ONLY();
}

struct flood {
	int fd;
	atomic_bool stop;
};

static void *flood_thread(void *data)
{
	struct flood *flood = data;
	char block[4096] = "";

	while (!flood->stop && send(flood->fd, block, sizeof(block),
				    MSG_NOSIGNAL) > 0)
		;
	return NULL;
}

/*
 * Data keeps coming in while it closes.  FIN goes first all the same; TCP's
 * answer to what comes after it may be a reset.
 */
TEST_F(release, incoming_data)
{
	struct pair *pair = &self->pair;
	struct flood flood = { 0 };
	pthread_t thread;

	pair_connect(pair);
	flood.fd = pair->peer;
	ASSERT_EQ(0, pthread_create(&thread, NULL, flood_thread, &flood));
	ASSERT_TRUE(wait_events(pair->endpoint, POLLIN));
	CLOSE_BOTH();
	EXPECT_EQ(WIRE_FIN, wire_end(&self->wire, self->here, self->there));
	flood.stop = true;
	shutdown(pair->peer, SHUT_RDWR);
	EXPECT_EQ(0, pthread_join(thread, NULL));
}

/* ---- Not dependent on how things are closed ---- */

FIXTURE(wire) {
	struct pair pair;
	struct wire wire;
	uint16_t here, there;
};

FAMILY_VARIANTS(wire);

FIXTURE_SETUP(wire)
{
	pair_open(&self->pair, variant->family);
	wire_open(&self->wire, "lo", "wire-%s-ipv%d.pcap", _metadata->name,
		  variant->family == AF_INET ? 4 : 6);
	self->here = local_port(self->pair.address);
	self->there = tdi_taddr_port(&self->pair.remote);
}

FIXTURE_TEARDOWN(wire)
{
	wire_close(&self->wire);
	pair_close(&self->pair);
}

#define EXPECT_RST_ONLY() do {						\
	EXPECT_EQ(WIRE_RST, wire_end(&self->wire, self->here,		\
				     self->there));			\
	EXPECT_EQ(0, wire_count(&self->wire, self->here, self->there,	\
				WIRE_FIN));				\
} while (0)

/* As ABORT, whatever is unread or unsent */
TEST_F(wire, abort)
{
	const uint32_t flags[] = { TDI_DISCONNECT_ABORT, 0,
				   TDI_DISCONNECT_WAIT };
	struct pair *pair = &self->pair;

	pair_small_buffers(pair);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		pair_connect(pair);
		send_unread(pair, 1000);
		pair_stuff(pair);
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(pair->endpoint, 0, flags[i],
					     NULL));
		EXPECT_RST_ONLY();
		EXPECT_EQ(i + 1, wire_count(&self->wire, self->here,
					    self->there, WIRE_RST));
		close(pair->peer);
	}
	pair->peer = -1;
}

TEST_F(wire, abort_after_release)
{
	struct pair *pair = &self->pair;

	pair_connect(pair);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT,
				     NULL));
	EXPECT_LE(0, wire_find(&self->wire, self->here, self->there, WIRE_RST));
}

/* Nobody waits for this caller: it is accepted, and reset (S9) */
TEST_F(wire, refused_offer)
{
	struct pair *pair = &self->pair;
	struct job job = {
		.call = job_listen, .fd = pair->endpoint,
		.remote = address_local(variant->family, 7000),
	};
	int client;

	job_start_blocked(&job);
	ASSERT_SOON(endpoint_state(pair->endpoint) == TDI_STATE_LISTENING);
	client = plain_connect(&pair->local);
	if (client >= 0)
		EXPECT_EQ(-1, plain_end(client));
	self->there = client < 0 ? 0 : plain_port(client);
	if (client >= 0)
		EXPECT_RST_ONLY();
	job_cancel(&job);
	job_end(&job);
}

/* A connection that was never made needs no end. */
TEST_F(wire, connecting)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(deaf));

	set_nonblock(pair->endpoint, true);
	EXPECT_STATUS(STATUS_PENDING,
		      tdi_connect(pair->endpoint, &remote, 0, NULL, 0, NULL));
	EXPECT_LE(0, wire_find(&self->wire, self->here,
			       tdi_taddr_port(&remote), WIRE_SYN));
	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_EQ(0, wire_count(&self->wire, self->here,
				tdi_taddr_port(&remote), WIRE_FIN | WIRE_RST));
}

/* One of many endpoints on an address: the others go on. */
TEST_F(wire, others_go_on)
{
	struct pair *pair = &self->pair;
	int listener = plain_listen(variant->family, 5), peer;
	int endpoint = open_associated(pair->address);
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(listener));
	char byte;

	pair_connect(pair);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(endpoint, &remote, 0, NULL, 0, NULL));
	peer = plain_accept(listener);
	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_EQ(WIRE_FIN, wire_end(&self->wire, self->here, self->there));
	EXPECT_STATUS(STATUS_SUCCESS, tdi_send(endpoint, "x", 1, 0, NULL));
	plain_receive(peer, &byte, 1);
	EXPECT_EQ(0, wire_count(&self->wire, self->here, plain_port(listener),
				WIRE_FIN | WIRE_RST));
}

/*
 * A FIN that gets lost is sent again, though all files are closed and nobody
 * is in the namespace any more.
 */
TEST_F(wire, lost_fin)
{
	bool ip6 = variant->family == AF_INET6;
	struct pair *pair = &self->pair;
	int there = net_enter(), listener = plain_listen(variant->family, 5);
	char text[64];
	uint16_t port = plain_port(listener);
	struct wire wire;

	net_wire(pair->ns, there);
	snprintf(text, sizeof(text), ip6 ? "[fd09::2]:%u" : "10.9.0.2:%u",
		 port);
	pair->remote = address_text(text);
	close(pair->listener);
	pair->listener = listener;
	pair_connect(pair);
	wire_open(&wire, "near", "wire-%s-near-ipv%d.pcap", _metadata->name,
		  ip6 ? 6 : 4);
	net_wire_break();
	close(pair->endpoint);
	close(pair->address);
	pair->endpoint = -1;
	pair->address = -1;
	EXPECT_EQ(WIRE_FIN, wire_end(&wire, self->here, port));
	EXPECT_EQ(0, look_events(pair->peer, POLLRDHUP));
	net_switch(there);
	close(pair->ns);
	pair->ns = -1;
	net_wire_mend();
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_LE(2, wire_count(&wire, self->here, port, WIRE_FIN));
	EXPECT_EQ(0, wire_count(&wire, self->here, port, WIRE_RST));
	wire_close(&wire);
}

TEST_HARNESS_MAIN
