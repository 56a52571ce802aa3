// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may have a port: transport addresses and plain sockets, each way, before,
 * during and after connections (S7, S8).
 */
#include "test.h"

#define PORT	6000

enum host { ANY, LOCAL, OTHER, HOSTS };

FIXTURE(ports) {
	int ns;
	int listener;
	struct tdi_taddr host[HOSTS];
	struct tdi_taddr remote;
};

FAMILY_VARIANTS(ports);

FIXTURE_SETUP(ports)
{
	self->ns = net_enter();
	self->host[ANY] = address_any(variant->family, PORT);
	self->host[LOCAL] = address_local(variant->family, PORT);
	if (variant->family == AF_INET6)
		net_run("ip addr add ::2/128 dev lo nodad");
	self->host[OTHER] = address_text(variant->family == AF_INET ?
					 "127.0.0.2:6000" : "[::2]:6000");
	self->listener = plain_listen(variant->family, 100);
	self->remote = address_local(variant->family,
				     plain_port(self->listener));
}

FIXTURE_TEARDOWN(ports)
{
	close(self->listener);
	close(self->ns);
}

static bool overlap(enum host a, enum host b)
{
	return a == b || a == ANY || b == ANY;
}

static const int reuses[] = { 0, REUSE_ADDR, REUSE_PORT,
			      REUSE_ADDR | REUSE_PORT };

/* ---- A plain socket has it ---- */

enum plain { BOUND, LISTENING, CONNECTED, ACCEPTED };

/* Plain sockets in possession of the port, -1 where there is none */
struct holder {
	int fds[2];
};

static struct holder plain_hold(enum plain state, const struct tdi_taddr *host,
				int reuse, const struct tdi_taddr *remote,
				int listener)
{
	struct holder holder = { .fds = { plain_bind(host, reuse), -1 } };
	struct tdi_taddr here = *host;
	int client;

	NEED(holder.fds[0] >= 0);
	switch (state) {
	case BOUND:
		break;
	case LISTENING:
		NEED(!listen(holder.fds[0], 5));
		break;
	case CONNECTED:
		NEED(!plain_connect_from(holder.fds[0], remote));
		holder.fds[1] = plain_accept(listener);
		break;
	case ACCEPTED:
		NEED(!listen(holder.fds[0], 5));
		client = plain_connect(&here);
		NEED(client >= 0);
		holder.fds[1] = plain_accept(holder.fds[0]);
		close(holder.fds[0]);
		holder.fds[0] = client;
		break;
	}
	return holder;
}

/* No TIME_WAIT is left of it */
static void plain_let_go(struct holder *holder)
{
	for (int i = 1; i >= 0; i--)
		if (holder->fds[i] >= 0)
			plain_reset(holder->fds[i]);
}

#define EXPECT_OPENS(want, host) do {					\
	int __fd;							\
									\
	EXPECT_STATUS(want, tdi_open_address("tcp", 0, host, 0, &__fd)); \
	close(__fd);							\
	EXPECT_STATUS(want, tdi_open_address("tcp", 0, host,		\
					     TDI_FILE_SHARE_READ |	\
					     TDI_FILE_SHARE_WRITE,	\
					     &__fd));			\
	close(__fd);							\
} while (0)

static const char *describe(enum plain state, int reuse, enum host plain,
			    enum host tdi)
{
	static const char *const states[] = { "bound", "listening",
					      "connected", "accepted" };
	static const char *const hosts[] = { "any", "local", "other" };
	static char text[128];

	snprintf(text, sizeof(text), "plain socket %s, reuse %d, at %s; %s",
		 states[state], reuse, hosts[plain], hosts[tdi]);
	return text;
}

TEST_F(ports, plain_socket_first)
{
	for (enum plain state = BOUND; state <= CONNECTED; state++)
	for (size_t i = 0; i < ARRAY_SIZE(reuses); i++)
	for (enum host plain = ANY; plain < HOSTS; plain++)
	for (enum host tdi = ANY; tdi < HOSTS; tdi++) {
		struct holder holder;
		enum host held = plain;

		/* connecting makes the address concrete */
		if (state == CONNECTED && plain == ANY)
			held = LOCAL;
		if (state == CONNECTED && plain == ANY && tdi == OTHER)
			continue;
		holder = plain_hold(state, &self->host[plain], reuses[i],
				    &self->remote, self->listener);
		if (overlap(held, tdi))
			EXPECT_OPENS(STATUS_ADDRESS_ALREADY_EXISTS,
				     &self->host[tdi]);
		else
			EXPECT_OPENS(STATUS_SUCCESS, &self->host[tdi]);
		plain_let_go(&holder);
		EXPECT_OPENS(STATUS_SUCCESS, &self->host[tdi]);
		if (_metadata->exit_code)
			ASSERT_TRUE(false)
				TH_LOG("%s", describe(state, reuses[i], plain,
						      tdi));
	}
}

/* The listener has gone, a connection of its is still there. */
TEST_F(ports, connection_of_a_plain_server)
{
	struct tdi_taddr local = self->host[LOCAL];

	for (size_t i = 0; i < ARRAY_SIZE(reuses); i++) {
		struct holder holder = plain_hold(ACCEPTED, &local, reuses[i],
						  NULL, -1);

		EXPECT_OPENS(STATUS_ADDRESS_ALREADY_EXISTS, &self->host[ANY]);
		EXPECT_OPENS(STATUS_ADDRESS_ALREADY_EXISTS, &local);
		EXPECT_OPENS(STATUS_SUCCESS, &self->host[OTHER]);
		plain_let_go(&holder);
		EXPECT_OPENS(STATUS_SUCCESS, &local);
	}
}

/* An IPv6 socket that takes IPv4 too is in the way of both; S13 */
TEST_F(ports, dual_stack_socket_first)
{
	struct tdi_taddr any6 = address_any(AF_INET6, PORT);

	for (size_t i = 0; i < ARRAY_SIZE(reuses); i++) {
		int fd = plain_bind(&any6, reuses[i] | DUAL_STACK);

		ASSERT_LE(0, fd);
		EXPECT_OPENS(STATUS_ADDRESS_ALREADY_EXISTS, &self->host[ANY]);
		EXPECT_OPENS(STATUS_ADDRESS_ALREADY_EXISTS, &self->host[LOCAL]);
		close(fd);
		fd = plain_bind(&any6, reuses[i]);
		ASSERT_LE(0, fd);
		if (variant->family == AF_INET)
			EXPECT_OPENS(STATUS_SUCCESS, &self->host[ANY]);
		else
			EXPECT_OPENS(STATUS_ADDRESS_ALREADY_EXISTS,
				     &self->host[ANY]);
		close(fd);
	}
}

/* ---- A transport address has it ---- */

/* Whatever its options, no plain socket gets what overlaps. */
#define EXPECT_HELD(tdi) do {						\
	for (size_t __i = 0; __i < ARRAY_SIZE(reuses); __i++)		\
	for (enum host __plain = ANY; __plain < HOSTS; __plain++) {	\
		int __fd = plain_bind(&self->host[__plain], reuses[__i]); \
									\
		if (overlap(tdi, __plain)) {				\
			EXPECT_EQ(-1, __fd)				\
				TH_LOG("reuse %d, host %d",		\
				       reuses[__i], __plain);		\
			EXPECT_EQ(EADDRINUSE, errno);			\
		} else {						\
			EXPECT_LE(0, __fd);				\
		}							\
		close(__fd);						\
	}								\
} while (0)

/* So that not every socket that was ever bound there counts as a conflict */
#define EXPECT_FREE(reuse) do {						\
	int __fd = plain_bind(&self->host[ANY], reuse);			\
									\
	EXPECT_LE(0, __fd);						\
	close(__fd);							\
} while (0)

TEST_F(ports, held_while_idle)
{
	for (enum host tdi = ANY; tdi < HOSTS; tdi++) {
		int address = open_address(&self->host[tdi]);

		EXPECT_HELD(tdi);
		close(address);
		EXPECT_FREE(0);
	}
}

TEST_F(ports, held_while_shared)
{
	int fd[2];

	for (int i = 0; i < 2; i++)
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_open_address("tcp", 0, &self->host[ANY],
					       TDI_FILE_SHARE_READ, &fd[i]));
	EXPECT_HELD(ANY);
	close(fd[0]);
	EXPECT_HELD(ANY);
	close(fd[1]);
	EXPECT_FREE(0);
}

/* Through the whole life of connections out */
TEST_F(ports, held_while_connecting_and_after)
{
	for (enum host tdi = ANY; tdi <= LOCAL; tdi++) {
		int address = open_address(&self->host[tdi]);
		int endpoint = open_associated(address), peer;

		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_connect(endpoint, &self->remote, 0, NULL, 0,
					  NULL));
		peer = plain_accept(self->listener);
		EXPECT_HELD(tdi);
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(endpoint, 0,
					     TDI_DISCONNECT_RELEASE, NULL));
		EXPECT_HELD(tdi);
		/* TIME_WAIT */
		close(peer);
		ASSERT_SOON(endpoint_state(endpoint) == TDI_STATE_ASSOCIATED);
		EXPECT_HELD(tdi);
		close(endpoint);
		EXPECT_HELD(tdi);
		close(address);
		EXPECT_FREE(REUSE_ADDR);
		/* again, in spite of it */
		EXPECT_OPENS(STATUS_SUCCESS, &self->host[tdi]);
		/* for the next turn: another pair of ports */
		self->listener = plain_listen(variant->family, 5);
		self->remote = address_local(variant->family,
					     plain_port(self->listener));
	}
}

TEST_F(ports, held_while_listening_and_after)
{
	for (enum host tdi = ANY; tdi <= LOCAL; tdi++) {
		int address = open_address(&self->host[tdi]), client;
		struct job job = { .call = job_listen,
				   .fd = open_associated(address) };

		job_start_blocked(&job);
		ASSERT_SOON(endpoint_state(job.fd) == TDI_STATE_LISTENING);
		EXPECT_HELD(tdi);
		client = plain_connect(&self->host[LOCAL]);
		ASSERT_LE(0, client);
		ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&job));
		EXPECT_HELD(tdi);
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(job.fd, 0, TDI_DISCONNECT_ABORT,
					     NULL));
		EXPECT_HELD(tdi);
		close(job.fd);
		EXPECT_HELD(tdi);
		close(address);
		EXPECT_FREE(0);
	}
}

TEST_F(ports, held_against_dual_stack_sockets)
{
	struct tdi_taddr any6 = address_any(AF_INET6, PORT);
	int address = open_address(&self->host[ANY]), fd;

	for (size_t i = 0; i < ARRAY_SIZE(reuses); i++) {
		EXPECT_EQ(-1, plain_bind(&any6, reuses[i] | DUAL_STACK));
		EXPECT_EQ(EADDRINUSE, errno);
	}
	for (size_t i = 0; i < ARRAY_SIZE(reuses); i++) {
		fd = plain_bind(&any6, reuses[i]);
		EXPECT_EQ(variant->family == AF_INET, fd >= 0);
		close(fd);
	}
	close(address);
}

/* Ports that the kernel chooses for others are never ours. */
TEST_F(ports, not_chosen_for_others)
{
	struct tdi_taddr free_port = address_any(variant->family, 0), seen;
	int address, fd;

	net_sysctl("ipv4/ip_local_port_range", "6000 6001");
	address = open_address(&self->host[ANY]);
	/* by bind */
	for (size_t i = 0; i < ARRAY_SIZE(reuses); i++) {
		fd = plain_bind(&free_port, reuses[i]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(6001, plain_port(fd));
		close(fd);
	}
	/* by connect */
	fd = plain_connect(&self->remote);
	ASSERT_LE(0, fd);
	seen = address_of_socket(fd);
	EXPECT_EQ(6001, tdi_taddr_port(&seen));
	EXPECT_EQ(-1, plain_connect(&self->remote));
	EXPECT_EQ(EADDRNOTAVAIL, errno);
	/* and the other way round: another one's is not ours */
	EXPECT_STATUS(STATUS_TOO_MANY_ADDRESSES,
		      tdi_open_address("tcp", 0, &free_port, 0, &fd));
	close(address);
}

struct binder {
	const struct tdi_taddr *host;
	atomic_bool stop;
	unsigned int tries, got;
};

static void *binder_thread(void *data)
{
	struct binder *binder = data;

	while (!binder->stop) {
		int fd = plain_bind(binder->host,
				    reuses[binder->tries++ % 4]);

		if (fd >= 0)
			binder->got++;
		close(fd);
	}
	return NULL;
}

/* Binding a connection or the listener leaves no gap for a plain socket. */
TEST_F(ports, held_at_every_moment)
{
	struct deadline deadline = deadline_in(500);
	struct binder binder = { .host = &self->host[ANY] };
	int address = open_address(&self->host[ANY]);
	int endpoint = open_associated(address);
	unsigned int rounds = 0;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, binder_thread, &binder));
	while (!deadline_passed(&deadline) || rounds < 20) {
		struct job job = { .call = job_listen, .fd = endpoint };

		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_connect(endpoint, &self->remote, 0, NULL, 0,
					  NULL));
		close(plain_accept(self->listener));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(endpoint, 0, TDI_DISCONNECT_ABORT,
					     NULL));
		job_start_blocked(&job);
		job_cancel(&job);
		job_end(&job);
		rounds++;
	}
	binder.stop = true;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_LT(0, binder.tries);
	EXPECT_EQ(0, binder.got);
}

/* ---- Afterwards ---- */

enum ending { BY_US, BY_PEER, ABORTED, UNSENT };

/* Connections to as many remotes, ended one way or the other */
static void connect_many(struct __test_metadata *_metadata, int family,
			 int address, int count, enum ending ending)
{
	int listener = plain_listen(family, 5), endpoint, peer;
	struct tdi_taddr remote = address_local(family, plain_port(listener));

	for (int i = 0; i < count; i++) {
		/* a remote of its own for each, as the port is the same */
		if (ending != ABORTED) {
			close(listener);
			listener = plain_listen(family, 5);
			remote = address_local(family, plain_port(listener));
		}
		endpoint = open_associated(address);
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_connect(endpoint, &remote, 0, NULL, 0, NULL));
		peer = plain_accept(listener);
		if (ending == UNSENT)
			ASSERT_STATUS(STATUS_SUCCESS,
				      tdi_send(endpoint, calloc(1, 1 << 20),
					       1 << 20, TDI_SEND_NON_BLOCKING,
					       NULL));
		if (ending == ABORTED)
			tdi_disconnect(endpoint, 0, TDI_DISCONNECT_ABORT, NULL);
		if (ending == BY_PEER)
			shutdown(peer, SHUT_WR);
		if (ending == BY_PEER)
			ASSERT_SOON(endpoint_state(endpoint) ==
				    TDI_STATE_REMOTE_RELEASED);
		close(endpoint);
		if (ending != UNSENT)
			close(peer);
	}
	close(listener);
}

/* S7: free at once when its last open closes, however its connections ended */
TEST_F(ports, open_again)
{
	for (enum ending ending = BY_US; ending <= UNSENT; ending++) {
		int address = open_address(&self->host[ANY]);

		connect_many(_metadata, variant->family, address, 20, ending);
		close(address);
		EXPECT_OPENS(STATUS_SUCCESS, &self->host[ANY]);
		EXPECT_OPENS(STATUS_SUCCESS, &self->host[LOCAL]);
		EXPECT_OPENS(STATUS_SUCCESS, &self->host[OTHER]);
		/* others get it as from any socket that was there before */
		EXPECT_FREE(REUSE_ADDR);
		address = open_address(&self->host[LOCAL]);
		EXPECT_HELD(LOCAL);
		close(address);
	}
}

/*
 * Also by somebody who is not root, to whom a connection that nobody has open
 * any more does not belong
 */
TEST_F(ports, open_again_unprivileged)
{
	for (enum ending ending = BY_US; ending <= UNSENT; ending++) {
		int address[] = { open_control(), open_control() };
		unsigned char buffer[128];
		struct tdi_ea ea;

		tdi_ea_init(&ea, buffer, sizeof(buffer));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_ea_add_address(&ea, &self->host[ANY]));
		for (int i = 0; i < 2; i++) {
			ASSERT_EQ(0, seteuid(65534));
			EXPECT_STATUS(STATUS_SUCCESS,
				      tdi_create(address[i], buffer, ea.length,
						 0, 0, 0, NULL));
			ASSERT_EQ(0, seteuid(0));
			if (!i)
				connect_many(_metadata, variant->family,
					     address[i], 3, ending);
			close(address[i]);
		}
	}
}

TEST_F(ports, open_again_after_many)
{
	int address = open_address(&self->host[ANY]), endpoint, peer;

	connect_many(_metadata, variant->family, address, 200, BY_US);
	close(address);
	address = open_address(&self->host[ANY]);
	endpoint = open_associated(address);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(endpoint, &self->remote, 0, NULL, 0, NULL));
	peer = plain_accept(self->listener);
	EXPECT_EQ(1, send(peer, "x", 1, 0));
	EXPECT_HELD(ANY);
	/* the same remote too soon after the last is TCP's to refuse, or not */
	close(endpoint);
	close(peer);
	close(address);
	EXPECT_OPENS(STATUS_SUCCESS, &self->host[ANY]);
}

/*
 * Connections of ours are in TIME_WAIT, and a plain socket takes the port: it
 * is not ours to share, whatever our own connections would allow.  (One kind is
 * not noticed, as module/sock.c says: root's with both options.)
 */
TEST_F(ports, plain_socket_takes_it_over)
{
	int address = open_address(&self->host[ANY]);

	connect_many(_metadata, variant->family, address, 3, BY_US);
	close(address);
	for (enum plain state = BOUND; state <= CONNECTED; state++)
	for (enum host plain = ANY; plain <= LOCAL; plain++)
	for (size_t i = 1; i < ARRAY_SIZE(reuses); i++) {
		struct holder holder;
		int fd;

		/* with both it is nobody's */
		ASSERT_EQ(0, seteuid(i == 3 ? 65534 : 0));
		fd = plain_bind(&self->host[plain], reuses[i]);
		close(fd);
		if (fd >= 0)
			holder = plain_hold(state, &self->host[plain],
					    reuses[i], &self->remote,
					    self->listener);
		ASSERT_EQ(0, seteuid(0));
		/* TIME_WAIT keeps it from this one, too */
		if (fd < 0)
			continue;
		EXPECT_OPENS(STATUS_ADDRESS_ALREADY_EXISTS, &self->host[plain]);
		if (_metadata->exit_code)
			ASSERT_TRUE(false)
				TH_LOG("%s", describe(state, reuses[i], plain,
						      plain));
		plain_let_go(&holder);
	}
	EXPECT_OPENS(STATUS_SUCCESS, &self->host[ANY]);
}

/* The second connection to a remote while the first is in TIME_WAIT (S7) */
TEST_F(ports, too_soon)
{
	int address = open_address(&self->host[ANY]);
	int endpoint = open_associated(address), peer;

	/* with these TCP can tell the two apart, and allows it */
	net_sysctl("ipv4/tcp_timestamps", "0");
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(endpoint, &self->remote, 0, NULL, 0, NULL));
	peer = plain_accept(self->listener);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(endpoint, 0, TDI_DISCONNECT_RELEASE,
				     NULL));
	close(peer);
	ASSERT_SOON(endpoint_state(endpoint) == TDI_STATE_ASSOCIATED);
	EXPECT_STATUS(STATUS_ADDRESS_ALREADY_EXISTS,
		      tdi_connect(endpoint, &self->remote, 0, NULL, 0, NULL));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(endpoint));
}

TEST_HARNESS_MAIN
