// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of every local host, where there is more than one way in: two wires
 * between two namespaces.
 */
#include "test.h"

#include <net/if.h>

#include "udp.h"

/**
 * @here, @there: namespaces; the test is here
 * @opens: of a shared address, any host here
 * @far: of any host there
 */
FIXTURE(routes) {
	int here, there, opens[2], far;
};

FAMILY_VARIANTS(routes);

FIXTURE_SETUP(routes)
{
	struct tdi_taddr any = address_any(variant->family, 0);

	self->here = net_enter();
	self->there = net_enter();
	net_wire(self->here, self->there);
	net_second_wire(self->here, self->there);
	net_switch(self->there);
	self->far = open_udp(&any, 0);
	net_switch(self->here);
	self->opens[0] = open_udp(&any, TDI_FILE_SHARE_READ);
	any = local_address(self->opens[0]);
	self->opens[1] = open_udp(&any, TDI_FILE_SHARE_READ);
}

FIXTURE_TEARDOWN(routes)
{
	close(self->opens[0]);
	close(self->opens[1]);
	close(self->far);
	close(self->here);
	close(self->there);
}

/* Where that address is found on a host */
static struct tdi_taddr port_at(int address, int family, const char *ip,
				const char *ip6)
{
	return address_at(family == AF_INET6 ? ip6 : ip, local_port(address));
}

#define AT(address, ip, ip6)	port_at(address, variant->family, ip, ip6)
#define EXPECT_SAYS(address, text, to) \
	EXPECT_STATUS(STATUS_SUCCESS, say(address, text, to))
#define EXPECT_HEARS(address, text)	EXPECT_TRUE(hears(address, text))

/* What comes by one wire; whom the kernel gives it first may be either. */
TEST_F(routes, bound_to_an_interface)
{
	struct tdi_taddr near = AT(self->opens[0], "10.9.0.1", "fd09::1");
	struct tdi_taddr near2 = AT(self->opens[0], "10.8.0.1", "fd08::1");
	int both = self->opens[1], bound = self->opens[0];

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_number(bound, TDI_AO_OPTION_INDEX_BIND,
				 if_nametoindex("near")));
	for (int round = 0; round < 4; round++) {
		EXPECT_SAYS(self->far, "by near2", &near2);
		EXPECT_HEARS(both, "by near2");
		EXPECT_SAYS(self->far, "by near", &near);
		EXPECT_HEARS(both, "by near");
		EXPECT_HEARS(bound, "by near");
	}
	EXPECT_TRUE(hears_nothing(both));
	EXPECT_TRUE(hears_nothing(bound));
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_number(bound, TDI_AO_OPTION_INDEX_BIND, 0));
	EXPECT_SAYS(self->far, "by near2", &near2);
	EXPECT_HEARS(both, "by near2");
	EXPECT_HEARS(bound, "by near2");
}

/* From one local host to one remote: it hears no other, either side. */
TEST_F(routes, connected_from_a_host)
{
	struct tdi_taddr remote = AT(self->far, "10.9.0.2", "fd09::2");
	struct tdi_taddr from = AT(self->opens[0], "10.9.0.1", "fd09::1");
	struct tdi_taddr other = AT(self->opens[0], "10.9.0.3", "fd09::3");
	int connected = self->opens[0], any = self->opens[1];

	/* not what it is sent from by itself */
	net_run("ip addr add 10.9.0.3/24 dev near && "
		"ip addr add fd09::3/64 dev near nodad preferred_lft 0");
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(connected, &remote, 0, NULL, 0, NULL));
	for (int round = 0; round < 4; round++) {
		EXPECT_SAYS(self->far, "to another host", &other);
		EXPECT_HEARS(any, "to another host");
		EXPECT_SAYS(self->far, "to that host", &from);
		EXPECT_HEARS(any, "to that host");
		EXPECT_HEARS(connected, "to that host");
	}
	EXPECT_TRUE(hears_nothing(any));
	EXPECT_TRUE(hears_nothing(connected));
}

static void add_link_local(const char *device, int host)
{
	net_run("ip addr add fe80::%d/64 dev %s nodad", host, device);
}

/* A connect to a link-local address is to one of that wire, until its end. */
TEST_F(routes, link_local)
{
	struct tdi_taddr remote, remote2, near, near2;
	int address = self->opens[0];

	if (variant->family == AF_INET)
		SKIP(return, "of IPv6");
	add_link_local("near", 1);
	add_link_local("near2", 1);
	remote = AT(self->far, NULL, "fe80::2%near");
	remote2 = AT(self->far, NULL, "fe80::2%near2");
	net_switch(self->there);
	add_link_local("far", 2);
	add_link_local("far2", 2);
	near = AT(address, NULL, "fe80::1%far");
	near2 = AT(address, NULL, "fe80::1%far2");

	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(address, &remote, 0, NULL, 0, NULL));
	EXPECT_SAYS(self->far, "by near2", &near2);
	EXPECT_HEARS(self->opens[1], "by near2");
	EXPECT_SAYS(self->far, "by near", &near);
	EXPECT_HEARS(self->opens[1], "by near");
	EXPECT_HEARS(address, "by near");
	EXPECT_TRUE(hears_nothing(address));

	ASSERT_STATUS(STATUS_SUCCESS, tdi_disconnect(address, 0, 0, NULL));
	EXPECT_SAYS(self->far, "by near2", &near2);
	EXPECT_HEARS(address, "by near2");
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(address, &remote2, 0, NULL, 0, NULL));
	EXPECT_SAYS(address, "to far2", NULL);
	EXPECT_HEARS(self->far, "to far2");
	EXPECT_SAYS(self->far, "by near2", &near2);
	EXPECT_HEARS(address, "by near2");
}

TEST_HARNESS_MAIN
