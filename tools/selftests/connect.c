// SPDX-License-Identifier: GPL-2.0-only
/* TDI_CONNECT: how it ends, each with its status, and the endpoint afterwards */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "memory.h"

FIXTURE(connect) {
	struct pair pair;
};

FAMILY_VARIANTS(connect);

FIXTURE_SETUP(connect)
{
	pair_open(&self->pair, variant->family);
}

FIXTURE_TEARDOWN(connect)
{
	pair_close(&self->pair);
}

/* Fails, leaves the endpoint idle, and it can be used. */
#define EXPECT_FAILS(want, call) do {					\
	EXPECT_STATUS(want, call);					\
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint)); \
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));			\
} while (0)

TEST_F(connect, succeeds)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr seen;
	struct tdi_io io = { .cookie = 1, .information = 99 };

	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0,
				  &io));
	EXPECT_EQ(0, io.information);
	pair->peer = plain_accept(pair->listener);
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	/* S7: from the address's port; and concrete, for both (reference 1.6) */
	seen = address_of_peer(pair->peer);
	EXPECT_TRUE(address_equal(&pair->local, &seen));
	seen = local_address(pair->endpoint);
	EXPECT_TRUE(address_equal(&pair->local, &seen));
	/* the address itself stays what it was opened as */
	seen = local_address(pair->address);
	EXPECT_FALSE(address_equal(&pair->local, &seen));
}

TEST_F(connect, fills_the_return_address)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr peer;

	memset(&peer, 0xff, sizeof(peer));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(pair->endpoint, &pair->remote, 0, &peer, 0,
				  NULL));
	EXPECT_TRUE(address_equal(&pair->remote, &peer));
}

static struct tdi_connect argument(const struct pair *pair)
{
	return (struct tdi_connect){
		.head.size = sizeof(struct tdi_connect),
		.request.remote_address_length = pair->remote.length,
		.request.remote_address = (uintptr_t)pair->remote.bytes,
	};
}

/* Room for less: that much is written, and the whole length said */
TEST_F(connect, return_address_too_short)
{
	struct pair *pair = &self->pair;
	unsigned char room[64];

	for (uint32_t length = 1; length < pair->remote.length; length += 7) {
		struct tdi_connect arg = argument(pair);

		memset(room, 0xff, sizeof(room));
		arg.ret.remote_address = (uintptr_t)room;
		arg.ret.remote_address_length = length;
		ASSERT_EQ(0, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
		EXPECT_EQ(pair->remote.length, arg.ret.remote_address_length);
		EXPECT_EQ(0, memcmp(room, pair->remote.bytes, length));
		EXPECT_EQ(0xff, room[length]);
		EXPECT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(pair->endpoint, 0, 0, NULL));
	}
}

/* Without success nothing is returned. */
TEST_F(connect, return_address_untouched_on_failure)
{
	struct pair *pair = &self->pair;
	struct tdi_connect arg = argument(pair);
	unsigned char room[64];

	memset(room, 0xff, sizeof(room));
	arg.ret.remote_address = (uintptr_t)room;
	arg.ret.remote_address_length = sizeof(room);
	close(pair->listener);
	ASSERT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
	EXPECT_EQ(STATUS_CONNECTION_REFUSED, arg.head.status);
	EXPECT_EQ(sizeof(room), arg.ret.remote_address_length);
	EXPECT_EQ(0xff, room[0]);
	pair->listener = -1;
}

/* User data there is none in TCP; options are ignored (reference 1.7, 7.2). */
TEST_F(connect, connection_information)
{
	struct pair *pair = &self->pair;
	struct tdi_connect arg = argument(pair);

	arg.request.user_data_length = 1;
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	arg = argument(pair);
	arg.ret.user_data_length = 1;
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
	EXPECT_EQ(STATUS_INVALID_PARAMETER, arg.head.status);
	arg = argument(pair);
	arg.request.options_length = 4;
	arg.ret.options_length = 1000;
	arg.request.user_data = 1;
	arg.ret.options = 1;
	EXPECT_EQ(0, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
}

/* Found out before anything is sent: nobody comes to the listener */
TEST_F(connect, bad_pointers)
{
	void *bad[] = { NULL, memory_unmapped(), MEMORY_KERNEL,
			memory_at_edge(self->pair.remote.length - 1) };
	struct pair *pair = &self->pair;
	struct tdi_connect arg;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		arg = argument(pair);
		arg.request.remote_address = (uintptr_t)bad[i];
		EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(STATUS_ACCESS_VIOLATION, arg.head.status);
		arg = argument(pair);
		arg.ret.remote_address = (uintptr_t)bad[i];
		arg.ret.remote_address_length = pair->remote.length;
		EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(STATUS_ACCESS_VIOLATION, arg.head.status);
	}
	arg.ret.remote_address = (uintptr_t)memory_read_only();
	EXPECT_EQ(-1, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
	EXPECT_EQ(STATUS_ACCESS_VIOLATION, arg.head.status);
	EXPECT_EQ(0, look_events(pair->listener, POLLIN));
	EXPECT_EQ(TDI_STATE_ASSOCIATED, endpoint_state(pair->endpoint));
	/* a length of 0 means that the pointer is not looked at */
	arg.ret.remote_address_length = 0;
	EXPECT_EQ(0, ioctl(pair->endpoint, TDI_IOC_CONNECT, &arg));
}

TEST_F(connect, refused)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr nobody = address_local(variant->family, 1);

	EXPECT_FAILS(STATUS_CONNECTION_REFUSED,
		     tdi_connect(pair->endpoint, &nobody, 0, NULL, 0, NULL));
}

TEST_F(connect, no_route)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr far = address_text(variant->family == AF_INET ?
			"192.0.2.1:80" : "[2001:db8::1]:80");

	EXPECT_FAILS(STATUS_NETWORK_UNREACHABLE,
		     tdi_connect(pair->endpoint, &far, 0, NULL, 0, NULL));
}

/* Refused by this host's own routes, and by a router's ICMP */
TEST_F(connect, host_unreachable)
{
	bool ip6 = variant->family == AF_INET6;
	struct pair *pair = &self->pair;
	struct tdi_taddr near = address_text(ip6 ? "[2001:db8:1::1]:80" :
						   "192.0.2.1:80");
	struct tdi_taddr far = address_text(ip6 ? "[2001:db8:2::1]:80" :
						  "198.51.100.1:80");
	int router = net_enter();

	net_switch(pair->ns);
	net_wire(pair->ns, router);
	net_run("ip -batch - <<-END\n"
		"route add unreachable 192.0.2.0/24\n"
		"route add 198.51.100.0/24 via 10.9.0.2\n"
		"route add unreachable 2001:db8:1::/48\n"
		"route add 2001:db8:2::/48 via fd09::2\n"
		"END");
	net_switch(router);
	net_sysctl("ipv4/ip_forward", "1");
	net_sysctl("ipv6/conf/all/forwarding", "1");
	net_run("ip -batch - <<-END\n"
		"route add unreachable 198.51.100.0/24\n"
		"route add unreachable 2001:db8:2::/48\n"
		"END");
	net_switch(pair->ns);

	EXPECT_FAILS(STATUS_HOST_UNREACHABLE,
		     tdi_connect(pair->endpoint, &near, 0, NULL, 0, NULL));
	/* this route of a router's means "no route" in ICMPv6 */
	EXPECT_FAILS(ip6 ? STATUS_NETWORK_UNREACHABLE : STATUS_HOST_UNREACHABLE,
		     tdi_connect(pair->endpoint, &far, 0, NULL, 0, NULL));
	close(router);
}

/* Forbidden by a route: NT4's "denial of access to the destination" */
TEST_F(connect, prohibited)
{
	struct pair *pair = &self->pair;
	bool ip6 = variant->family == AF_INET6;
	struct tdi_taddr far = address_text(ip6 ? "[2001:db8::1]:80" :
						  "192.0.2.1:80");

	net_run("ip route add prohibit %s",
		ip6 ? "2001:db8::/32" : "192.0.2.0/24");
	EXPECT_FAILS(STATUS_ACCESS_DENIED,
		     tdi_connect(pair->endpoint, &far, 0, NULL, 0, NULL));
}

/* 100 ns units since 1601 */
static int64_t nt_time(int64_t ms_from_now)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return 116444736000000000LL + now.tv_sec * 10000000LL +
	       now.tv_nsec / 100 + ms_from_now * 10000;
}

TEST_F(connect, times_out)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(deaf));
	int64_t start = now_ms();

	EXPECT_FAILS(STATUS_IO_TIMEOUT,
		     tdi_connect(pair->endpoint, &remote, tdi_timeout_ms(200),
				 NULL, 0, NULL));
	EXPECT_LE(200, now_ms() - start);
	start = now_ms();
	EXPECT_FAILS(STATUS_IO_TIMEOUT,
		     tdi_connect(pair->endpoint, &remote, nt_time(200), NULL,
				 0, NULL));
	EXPECT_LE(199, now_ms() - start);
	/* in the past, and as little as there is */
	start = now_ms();
	EXPECT_FAILS(STATUS_IO_TIMEOUT,
		     tdi_connect(pair->endpoint, &remote, 1, NULL, 0, NULL));
	EXPECT_FAILS(STATUS_IO_TIMEOUT,
		     tdi_connect(pair->endpoint, &remote, -1, NULL, 0, NULL));
	EXPECT_GT(PATIENCE_MS, now_ms() - start);
}

/* No timeout of the caller's: TCP gives up by itself, after its last SYN. */
TEST(times_out_by_tcp)
{
	struct pair set, *pair = &set;
	struct tdi_taddr remote;

	pair_open(pair, AF_INET);
	remote = address_local(AF_INET, plain_port(plain_deaf(AF_INET)));
	net_sysctl("ipv4/tcp_syn_retries", "1");
	if (!access("/proc/sys/net/ipv4/tcp_syn_linear_timeouts", F_OK))
		net_sysctl("ipv4/tcp_syn_linear_timeouts", "0");
	EXPECT_FAILS(STATUS_IO_TIMEOUT,
		     tdi_connect(pair->endpoint, &remote, 0, NULL, 0, NULL));
}

/* However long a timeout is, it is no error, and does not expire early. */
TEST_F(connect, huge_timeouts)
{
	const int64_t timeouts[] = { INT64_MIN, -INT64_MAX, INT64_MAX,
				     nt_time(1000000000000), -1000000000000 };
	struct pair *pair = &self->pair;

	for (size_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
		int deaf = plain_deaf(variant->family);
		struct job job = {
			.call = job_connect, .fd = pair->endpoint,
			.remote = address_local(variant->family,
						plain_port(deaf)),
			.timeout = timeouts[i],
		};

		job_start_blocked(&job);
		ASSERT_SOON(endpoint_state(pair->endpoint) ==
			    TDI_STATE_CONNECTING);
		job_cancel(&job);
		EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&job));
	}
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

static void ignore(int signal)
{
	(void)signal;
}

/* EINTR, also where other calls would be restarted */
TEST_F(connect, interrupted)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct job job = {
		.call = job_connect, .fd = pair->endpoint,
		.remote = address_local(variant->family, plain_port(deaf)),
	};

	for (int flags = 0; flags <= SA_RESTART; flags += SA_RESTART) {
		struct sigaction action = { .sa_handler = ignore,
					    .sa_flags = flags };

		ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
		job_start_blocked(&job);
		ASSERT_SOON(endpoint_state(pair->endpoint) ==
			    TDI_STATE_CONNECTING);
		ASSERT_EQ(0, pthread_kill(job.thread, SIGUSR1));
		EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&job));
		EXPECT_EQ(EINTR, job.outcome.error);
		EXPECT_TRUE(pair_usable(pair, pair->endpoint));
	}
}

TEST_F(connect, wrong_addresses)
{
	bool ip6 = variant->family == AF_INET6;
	struct pair *pair = &self->pair;
	struct tdi_taddr wrong[] = {
		address_local(ip6 ? AF_INET : AF_INET6, 80),
		address_local(variant->family, 0),
		address_any(variant->family, 80),
		address_text(ip6 ? "[ff02::1]:80" : "224.0.0.1:80"),
		address_text(ip6 ? "[ff02::1]:80" : "255.255.255.255:80"),
		{ .length = 0 },
		pair->remote, pair->remote, pair->remote,
	};

	wrong[6].length--;
	wrong[7].bytes[0] = 0;		/* no entries */
	wrong[8].bytes[6] = 17;		/* NetBIOS */
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
			      tdi_connect(pair->endpoint, &wrong[i], 0, NULL,
					  0, NULL));
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_F(connect, longer_address)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr longer = pair->remote;

	longer.length = sizeof(longer.bytes);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_connect(pair->endpoint, &longer, 0, NULL, ~0U, NULL));
}

TEST_F(connect, not_idle)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct job job = {
		.call = job_connect, .fd = pair->endpoint,
		.remote = address_local(variant->family, plain_port(deaf)),
	};

	job_start_blocked(&job);
	ASSERT_SOON(endpoint_state(pair->endpoint) == TDI_STATE_CONNECTING);
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0,
				  NULL));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_listen(pair->endpoint, NULL, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_disassociate_address(pair->endpoint, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
	job_cancel(&job);
	EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&job));

	pair_connect(pair);
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0,
				  NULL));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_listen(pair->endpoint, NULL, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "x", 1, 0, NULL));
}

/* S7: one port, several remotes at a time, but each only once */
TEST_F(connect, many_remotes)
{
	struct pair *pair = &self->pair;
	int listeners[8], endpoints[8], peers[8];
	struct tdi_taddr remote, seen;

	for (int i = 0; i < 8; i++) {
		listeners[i] = plain_listen(variant->family, 5);
		endpoints[i] = open_associated(pair->address);
		remote = address_local(variant->family,
				       plain_port(listeners[i]));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_connect(endpoints[i], &remote, 0, NULL, 0,
					  NULL));
		peers[i] = plain_accept(listeners[i]);
		seen = address_of_peer(peers[i]);
		EXPECT_TRUE(address_equal(&pair->local, &seen));
	}
	EXPECT_FAILS(STATUS_ADDRESS_ALREADY_EXISTS,
		     tdi_connect(pair->endpoint, &remote, 0, NULL, 0, NULL));
	/* once the first is gone, and not in TIME_WAIT */
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(endpoints[7], 0, TDI_DISCONNECT_ABORT,
				     NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_connect(pair->endpoint, &remote, 0, NULL, 0, NULL));
}

TEST_F(connect, nonblocking)
{
	struct pair *pair = &self->pair;
	uint32_t status;

	set_nonblock(pair->endpoint, true);
	/* on loopback it may be there at once */
	status = tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0, NULL);
	if (status)
		EXPECT_EQ(STATUS_PENDING, status);
	if (status)
		EXPECT_EQ(EINPROGRESS, errno);
	EXPECT_TRUE(wait_events(pair->endpoint, POLLOUT) == POLLOUT);
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(pair->endpoint));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_connect(pair->endpoint, &pair->remote, 0, NULL, 0,
				  NULL));
}

TEST_F(connect, nonblocking_under_way)
{
	struct pair *pair = &self->pair;
	int deaf = plain_deaf(variant->family);
	struct tdi_taddr remote = address_local(variant->family,
						plain_port(deaf));

	set_nonblock(pair->endpoint, true);
	EXPECT_STATUS(STATUS_PENDING,
		      tdi_connect(pair->endpoint, &remote, 0, NULL, 0, NULL));
	EXPECT_EQ(TDI_STATE_CONNECTING, endpoint_state(pair->endpoint));
	EXPECT_EQ(0, look_events(pair->endpoint, POLLIN | POLLOUT));
	EXPECT_STATUS(STATUS_CONNECTION_ACTIVE,
		      tdi_connect(pair->endpoint, &remote, 0, NULL, 0, NULL));
	/* the way to give up; nothing is left to cancel */
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      tdi_cancel(pair->endpoint, 0, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT,
				     NULL));
	set_nonblock(pair->endpoint, false);
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

/* How it went is asked with the next request. */
TEST_F(connect, nonblocking_refused)
{
	struct tdi_taddr nobody = address_local(variant->family, 1);
	struct pair *pair = &self->pair;
	char byte;

	set_nonblock(pair->endpoint, true);
	if (!tdi_connect(pair->endpoint, &nobody, 0, NULL, 0, NULL))
		EXPECT_TRUE(false);
	if (errno == EINPROGRESS) {
		EXPECT_TRUE(wait_events(pair->endpoint, POLLOUT) & POLLERR);
		EXPECT_STATUS(STATUS_CONNECTION_REFUSED,
			      tdi_receive(pair->endpoint, &byte, 1, 0, NULL));
	} else {
		EXPECT_EQ(ECONNREFUSED, errno);
	}
	set_nonblock(pair->endpoint, false);
	EXPECT_TRUE(pair_usable(pair, pair->endpoint));
}

TEST_HARNESS_MAIN
