// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading: refused as long as a file is open, whatever it is and
 * does; and what outlives the files does not need the module.
 */
#include "test.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include "wire.h"

static int load(void)
{
	const char *path = getenv("TDI_KO");
	int fd = open(path ? path : "tdi.ko", O_RDONLY | O_CLOEXEC), error;

	if (fd < 0)
		return -errno;
	error = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return error;
}

static int unload(void)
{
	return syscall(SYS_delete_module, "tdi", O_NONBLOCK) ? -errno : 0;
}

FIXTURE(unload) {
	struct pair pair;
};

FAMILY_VARIANTS(unload);

FIXTURE_SETUP(unload)
{
	int error = load();

	ASSERT_TRUE(!error || error == -EEXIST)
		TH_LOG("cannot load the module ($TDI_KO): %s",
		       strerror(-error));
	ASSERT_EQ(0, module_files());
	pair_open(&self->pair, variant->family);
}

/* The module is there for the next one */
FIXTURE_TEARDOWN(unload)
{
	pair_close(&self->pair);
	load();
}

#define EXPECT_REFUSED() EXPECT_EQ(-EWOULDBLOCK, unload())
#define EXPECT_UNLOADS() do {						\
	EXPECT_EQ(0, unload());						\
	EXPECT_EQ(-1, access("/dev/tdi/tcp", F_OK));			\
	EXPECT_EQ(-1, access("/sys/module/tdi", F_OK));			\
	EXPECT_EQ(0, load());						\
	EXPECT_EQ(0, access("/dev/tdi/tcp", F_OK));			\
} while (0)

static void close_files(struct pair *pair)
{
	if (pair->endpoint >= 0)
		close(pair->endpoint);
	close(pair->address);
	pair->endpoint = -1;
	pair->address = -1;
}

TEST_F(unload, again_and_again)
{
	close_files(&self->pair);
	EXPECT_EQ(-EEXIST, load());
	for (int i = 0; i < 5; i++)
		EXPECT_UNLOADS();
}

TEST_F(unload, refused_while_open)
{
	struct pair *pair = &self->pair;
	int control;

	EXPECT_REFUSED();
	close_files(pair);
	control = open_control();
	EXPECT_REFUSED();
	close(control);
	control = open("/dev/tdi/tcp", O_RDONLY | O_CLOEXEC);
	EXPECT_REFUSED();
	close(control);
	EXPECT_UNLOADS();
}

/* Each of the two files is enough; and so is a duplicate of one. */
TEST_F(unload, refused_while_connected)
{
	struct pair *pair = &self->pair;
	int other;

	pair_connect(pair);
	EXPECT_REFUSED();
	close(pair->address);
	pair->address = -1;
	EXPECT_REFUSED();
	other = dup(pair->endpoint);
	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_REFUSED();
	close(other);
	EXPECT_UNLOADS();
}

TEST_F(unload, refused_while_a_request_waits)
{
	struct pair *pair = &self->pair;
	struct job job = { .call = job_listen, .fd = pair->endpoint };
	int other = dup(pair->endpoint);

	job_start_blocked(&job);
	close(pair->endpoint);
	pair->endpoint = -1;
	EXPECT_REFUSED();
	job.fd = other;
	job_cancel(&job);
	job_end(&job);
	close(other);
	close_files(pair);
	EXPECT_UNLOADS();
}

/* A mapping of a namespace that has no process any more is let go, too */
TEST_F(unload, many_namespaces)
{
	struct tdi_taddr any = address_any(variant->family, 6000);

	close_files(&self->pair);
	for (int i = 0; i < 5; i++) {
		int ns = net_enter(), address = open_address(&any);

		close(ns);
		EXPECT_REFUSED();
		close(address);
	}
	net_switch(self->pair.ns);
	EXPECT_UNLOADS();
}

/*
 * Data that was sent, and the FIN, are TCP's to deliver: also when the module
 * is not there any more.
 */
TEST_F(unload, connections_outlive_it)
{
	struct pair *pair = &self->pair;
	struct wire wire;
	uint16_t here = local_port(pair->address);
	size_t sent;
	char *in;

	wire_open(&wire, "lo", "unload-%s-ipv%d.pcap", _metadata->name,
		  variant->family == AF_INET ? 4 : 6);
	pair_small_buffers(pair);
	pair_connect(pair);
	plain_send(pair->peer, "unread", 6);
	ASSERT_SOON(plain_all_acked(pair->peer));
	sent = pair_stuff(pair);
	in = malloc(sent);
	close_files(pair);
	ASSERT_EQ(0, unload());
	plain_receive(pair->peer, in, sent);
	EXPECT_TRUE(pattern_check(in, sent, 0));
	EXPECT_EQ(0, plain_end(pair->peer));
	EXPECT_EQ(WIRE_FIN, wire_end(&wire, here,
				     tdi_taddr_port(&pair->remote)));
	close(pair->peer);
	pair->peer = -1;
	EXPECT_TRUE(wire_fin_acked(&wire, tdi_taddr_port(&pair->remote), here));
	wire_close(&wire);
}

/* The peer of such a connection goes on sending, and resets. */
TEST_F(unload, peers_outlive_it)
{
	struct pair *pair = &self->pair;
	char block[1000] = "";

	pair_connect(pair);
	close_files(pair);
	ASSERT_EQ(0, unload());
	EXPECT_EQ(0, plain_end(pair->peer));
	send(pair->peer, block, sizeof(block), MSG_NOSIGNAL);
	plain_reset(pair->peer);
	pair->peer = -1;
}

/* TIME_WAIT, SYN_SENT that was given up, clients that were turned away */
TEST_F(unload, right_after_use)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(deaf));
	struct job job = { .call = job_listen, .fd = pair->endpoint };

	for (int i = 0; i < 5; i++) {
		EXPECT_TRUE(pair_usable(pair, pair->endpoint));
		job_start_blocked(&job);
		close(plain_connect(&pair->local));
		job_end(&job);
		tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_RELEASE, NULL);
		set_nonblock(pair->endpoint, true);
		EXPECT_SOON(tdi_connect(pair->endpoint, &remote, 0, NULL, 0,
					NULL) == STATUS_PENDING);
		close_files(pair);
		EXPECT_UNLOADS();
		pair->address = open_address(&pair->local);
		pair->endpoint = open_associated(pair->address);
		job.fd = pair->endpoint;
	}
}

TEST_HARNESS_MAIN
