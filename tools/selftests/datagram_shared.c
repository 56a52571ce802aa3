// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shared addresses: each open hears all (reference 1.4, 2.12); and who may have
 * the port.
 */
#include "datagram.h"

#define OPENS	3

#define EXPECT_EACH_HEARS(opens, text) do {				\
	for (int __i = 0; __i < OPENS; __i++)				\
		EXPECT_HEARS((opens)[__i], text);			\
} while (0)

/* @opens: of one address, any local host; where it is on loopback */
static struct tdi_taddr open_all(int family, int opens[OPENS])
{
	struct tdi_taddr local = address_any(family, 0);

	for (int i = 0; i < OPENS; i++) {
		opens[i] = open_udp(&local, i % 2 ? TDI_FILE_SHARE_WRITE :
						    TDI_FILE_SHARE_READ);
		local = local_address(opens[i]);
	}
	return address_local(family, tdi_taddr_port(&local));
}

static void close_all(const int opens[OPENS])
{
	for (int i = 0; i < OPENS; i++)
		close(opens[i]);
}

/* Whichever of them the kernel would have chosen */
TEST_F(datagram, copies)
{
	int opens[OPENS];
	struct tdi_taddr at = open_all(variant->family, opens);

	plain_say(self->plain, "first", &at);
	for (int i = 0; i < OPENS; i++)
		EXPECT_HEARS_FROM(opens[i], "first", &self->plain_at);
	for (int round = 0; round < 8; round++) {
		plain_say(self->plain, "plain", &at);
		EXPECT_SAYS(self->here, "tdi", &at);
		EXPECT_SAYS(opens[round % OPENS], "own", &at);
	}
	for (int round = 0; round < 8; round++) {
		EXPECT_EACH_HEARS(opens, "plain");
		EXPECT_EACH_HEARS(opens, "tdi");
		EXPECT_EACH_HEARS(opens, "own");
	}
	for (int i = 0; i < OPENS; i++)
		EXPECT_NOTHING(opens[i]);
	close_all(opens);
}

/* One that reads no more, one that is closed, one that comes */
TEST_F(datagram, copies_of_some)
{
	int opens[OPENS];
	struct tdi_taddr at = open_all(variant->family, opens);
	struct tdi_taddr any = address_any(variant->family,
					   tdi_taddr_port(&at));

	for (int i = 0; i < OPENS; i++) {
		close(opens[i]);
		plain_say(self->plain, "two", &at);
		for (int other = 0; other < OPENS; other++)
			if (other != i)
				EXPECT_HEARS(opens[other], "two");
		opens[i] = open_udp(&any, TDI_FILE_SHARE_READ);
		plain_say(self->plain, "three", &at);
		EXPECT_EACH_HEARS(opens, "three");
	}
	close_all(opens);
}

/* Each copy has its own end. */
TEST_F(datagram, copies_truncated)
{
	int opens[OPENS];
	struct tdi_taddr at = open_all(variant->family, opens);

	plain_say(self->plain, "longish", &at);
	ASSERT_STATUS(STATUS_BUFFER_OVERFLOW,
		      tdi_receive_datagram(opens[1], self->bytes, 4, NULL, NULL,
					   0, NULL));
	EXPECT_HEARS(opens[0], "longish");
	EXPECT_HEARS(opens[2], "longish");
	EXPECT_NOTHING(opens[1]);
	close_all(opens);
}

/* A receive that waits on each of them */
TEST_F(datagram, copies_for_receives)
{
	struct job jobs[OPENS];
	int opens[OPENS];
	struct tdi_taddr at = open_all(variant->family, opens);

	receive(&jobs[0], opens[0], &self->plain_at);
	receive(&jobs[1], opens[1], &self->plain_at);
	receive(&jobs[2], opens[2], &self->plain_at);
	plain_say(self->plain, "everyone", &at);
	for (int i = 0; i < OPENS; i++)
		EXPECT_RECEIVED(&jobs[i], "everyone", &self->plain_at);
	close_all(opens);
}

/* A connect is that open's alone: it hears its remote, the others hear all. */
TEST_F(datagram, connected_open)
{
	int opens[OPENS];
	struct tdi_taddr at = open_all(variant->family, opens);

	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(opens[0], &self->plain_at, 0, NULL, 0, NULL));
	for (int round = 0; round < 4; round++) {
		EXPECT_SAYS(self->here, "for two", &at);
		plain_say(self->plain, "for three", &at);
		EXPECT_HEARS(opens[1], "for two");
		EXPECT_HEARS(opens[2], "for two");
		EXPECT_EACH_HEARS(opens, "for three");
	}
	ASSERT_STATUS(STATUS_SUCCESS, tdi_disconnect(opens[0], 0, 0, NULL));
	EXPECT_SAYS(self->here, "again for three", &at);
	EXPECT_EACH_HEARS(opens, "again for three");
	close_all(opens);
}

TEST_F(datagram, copies_of_a_broadcast)
{
	int opens[OPENS];
	struct tdi_taddr at = open_all(AF_INET, opens), all;
	struct tdi_taddr local = address_local(AF_INET, 0);
	int source = open_udp(&local, 0);
	char text[TDI_TADDR_STRLEN];

	if (variant->family == AF_INET6)
		SKIP(return, "IPv6 has no broadcast");
	snprintf(text, sizeof(text), "127.255.255.255:%u", tdi_taddr_port(&at));
	all = address_text(text);
	EXPECT_SAYS(source, "everybody", &all);
	EXPECT_SAYS(source, "only once", &at);
	EXPECT_EACH_HEARS(opens, "everybody");
	EXPECT_EACH_HEARS(opens, "only once");
	close_all(opens);
	close(source);
}

/* ---- The port ---- */

#define EXPECT_OPEN(want, address, share) do {				\
	int __fd = -1;							\
									\
	EXPECT_STATUS(want, tdi_open_address("udp", 0, address, share,	\
					     &__fd));			\
	if (__fd >= 0)							\
		close(__fd);						\
} while (0)

TEST_F(datagram, exclusive)
{
	uint16_t port = tdi_taddr_port(&self->here_at);
	struct tdi_taddr any = address_any(variant->family, port);
	int shared;

	EXPECT_OPEN(STATUS_SHARING_VIOLATION, &self->here_at, 0);
	EXPECT_OPEN(STATUS_SHARING_VIOLATION, &self->here_at,
		    TDI_FILE_SHARE_READ);
	EXPECT_OPEN(STATUS_ADDRESS_ALREADY_EXISTS, &any, TDI_FILE_SHARE_READ);
	close(self->here);
	shared = open_udp(&self->here_at, TDI_FILE_SHARE_READ);
	EXPECT_OPEN(STATUS_SHARING_VIOLATION, &self->here_at, 0);
	EXPECT_OPEN(STATUS_ADDRESS_ALREADY_EXISTS, &any, TDI_FILE_SHARE_READ);
	EXPECT_OPEN(STATUS_SUCCESS, &self->here_at, TDI_FILE_SHARE_WRITE);
	self->here = shared;
}

/* Ports of TCP and of the other family are others. */
TEST_F(datagram, other_ports)
{
	uint16_t port = tdi_taddr_port(&self->here_at);
	struct tdi_taddr other = address_any(variant->family == AF_INET ?
					     AF_INET6 : AF_INET, port);

	close(open_address(&self->here_at));
	EXPECT_OPEN(STATUS_SUCCESS, &other, 0);
}

static const int reuses[] = { 0, REUSE_ADDR, REUSE_PORT,
			      REUSE_ADDR | REUSE_PORT };

/* Nobody else has it, the same user neither, until the last open is closed. */
TEST_F(datagram, held)
{
	int opens[OPENS];
	struct tdi_taddr at = open_all(variant->family, opens);
	struct tdi_taddr any = address_any(variant->family,
					   tdi_taddr_port(&at));

	for (int i = 0; i < OPENS; i++) {
		for (size_t how = 0; how < ARRAY_SIZE(reuses); how++) {
			EXPECT_EQ(-1, plain_udp(&at, reuses[how]));
			EXPECT_EQ(EADDRINUSE, errno);
			EXPECT_EQ(-1, plain_udp(&any, reuses[how]));
			EXPECT_EQ(-1, plain_udp(&self->here_at, reuses[how]));
		}
		close(opens[i]);
	}
	EXPECT_LE(0, plain_udp(&any, 0));
}

/* And one that a socket has is nobody's here. */
TEST_F(datagram, taken)
{
	for (size_t how = 0; how < ARRAY_SIZE(reuses); how++) {
		struct tdi_taddr local = address_local(variant->family, 0);
		int fd = plain_udp(&local, reuses[how]);

		local = address_of_socket(fd);
		EXPECT_OPEN(STATUS_ADDRESS_ALREADY_EXISTS, &local, 0);
		EXPECT_OPEN(STATUS_ADDRESS_ALREADY_EXISTS, &local,
			    TDI_FILE_SHARE_READ);
		close(fd);
		EXPECT_OPEN(STATUS_SUCCESS, &local, TDI_FILE_SHARE_READ);
	}
}

/* Port 0 is one that nobody has, and that is not an address here either. */
TEST_F(datagram, chosen_ports)
{
	struct tdi_taddr local = address_local(variant->family, 0);
	enum { PORTS = 4, FIRST = 40000 };
	unsigned int seen = 0;

	net_sysctl("ipv4/ip_local_port_range", "40000 40003");
	for (int i = 0; i < PORTS; i++)
		seen |= 1U << (local_port(open_udp(&local,
						   TDI_FILE_SHARE_READ)) -
			       FIRST);
	EXPECT_EQ((1U << PORTS) - 1, seen);
	EXPECT_OPEN(STATUS_TOO_MANY_ADDRESSES, &local, TDI_FILE_SHARE_READ);
	EXPECT_OPEN(STATUS_TOO_MANY_ADDRESSES, &local, 0);
}

TEST_F(datagram, no_local_address)
{
	struct tdi_taddr foreign = address_text(variant->family == AF_INET6 ?
						"[fd09::7]:0" : "10.9.0.7:0");

	EXPECT_OPEN(STATUS_INVALID_ADDRESS, &foreign, 0);
	EXPECT_OPEN(STATUS_INVALID_ADDRESS, &foreign, TDI_FILE_SHARE_READ);
}

TEST_HARNESS_MAIN
