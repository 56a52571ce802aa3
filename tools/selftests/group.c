// SPDX-License-Identifier: GPL-2.0-only
/*
 * Multicast (reference 5.4): groups are joined by the open that wants to hear
 * them, over a wire between two namespaces.
 */
#include "test.h"

#include <arpa/inet.h>
#include <net/if.h>

#include "indication.h"
#include "udp.h"

#define GROUP	"239.9.9.9"
#define GROUP6	"ff15::9"

/**
 * @here, @there: namespaces
 * @near: sends from here
 * @far: hears there, on any host and a port; both are shared
 * @near_at: where @near is
 * @far_at: where @far is, on the wire
 * @group: the group, @far's port
 * @stranger: sends from there, too
 */
FIXTURE(group) {
	int here, there, near, far, stranger;
	struct tdi_taddr near_at, far_at, group;
};

FAMILY_VARIANTS(group);

FIXTURE_SETUP(group)
{
	bool ip6 = variant->family == AF_INET6;
	struct tdi_taddr any = address_any(variant->family, 0);
	struct tdi_taddr local = address_at(ip6 ? "fd09::1" : "10.9.0.1", 0);
	uint16_t port;

	self->here = net_enter();
	self->there = net_enter();
	net_wire(self->here, self->there);
	self->near = open_udp(&local, 0);
	self->near_at = local_address(self->near);
	net_switch(self->there);
	self->far = open_udp(&any, TDI_FILE_SHARE_READ);
	port = local_port(self->far);
	self->far_at = address_at(ip6 ? "fd09::2" : "10.9.0.2", port);
	self->group = address_at(ip6 ? GROUP6 : GROUP, port);
	local = address_at(ip6 ? "fd09::2" : "10.9.0.2", 0);
	self->stranger = open_udp(&local, 0);
	/* the wire of a link that has just come up may still lose something */
	NEED(!say(self->near, "mark", &self->far_at));
	NEED(hears(self->far, "mark"));
}

FIXTURE_TEARDOWN(group)
{
	close(self->near);
	close(self->far);
	close(self->stranger);
	close(self->here);
	close(self->there);
}

#define EXPECT_SAYS(address, text, to) \
	EXPECT_STATUS(STATUS_SUCCESS, say(address, text, to))
#define EXPECT_HEARS(address, text)	EXPECT_TRUE(hears(address, text))

/* What was sent before it was not heard. */
#define EXPECT_ONLY_MARK() do {						\
	EXPECT_SAYS(self->near, "mark", &self->far_at);			\
	EXPECT_HEARS(self->far, "mark");				\
} while (0)
#define EXPECT_SKIPS(text) do {						\
	EXPECT_SAYS(self->near, text, &self->group);			\
	EXPECT_ONLY_MARK();						\
} while (0)

static struct in_addr ip(const char *text)
{
	return (struct in_addr) { .s_addr = inet_addr(text) };
}

/* Of @device, by its index */
static uint32_t membership(int address, const char *device, int family,
			   bool join)
{
	uint32_t id = join ? TDI_AO_OPTION_INDEX_ADD_MCAST :
			     TDI_AO_OPTION_INDEX_DEL_MCAST;
	struct {
		struct in_addr group;
		uint32_t index;
	} ip4 = { ip(GROUP), if_nametoindex(device) };
	struct ipv6_mreq ip6 = { .ipv6mr_interface = ip4.index };

	if (family == AF_INET)
		return set_option(address, id, &ip4, sizeof(ip4));
	NEED(inet_pton(AF_INET6, GROUP6, &ip6.ipv6mr_multiaddr) == 1);
	return set_option(address, id, &ip6, sizeof(ip6));
}

#define JOIN(address, device)						\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      membership(address, device, variant->family, true))
#define LEAVE(address, device)						\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      membership(address, device, variant->family, false))

TEST_F(group, join_and_leave)
{
	EXPECT_SKIPS("a group that nobody joined");
	JOIN(self->far, "far");
	EXPECT_SAYS(self->near, "for the group", &self->group);
	EXPECT_TRUE(hears_from(self->far, "for the group", &self->near_at));
	EXPECT_STATUS(STATUS_ADDRESS_ALREADY_EXISTS,
		      membership(self->far, "far", variant->family, true));
	LEAVE(self->far, "far");
	EXPECT_SKIPS("a group that was left");
	EXPECT_STATUS(STATUS_INVALID_ADDRESS,
		      membership(self->far, "far", variant->family, false));
}

/* Only the opens that have joined, each once; a unicast is everybody's. */
TEST_F(group, opens_that_joined)
{
	struct tdi_taddr any = local_address(self->far);
	int joined = open_udp(&any, TDI_FILE_SHARE_READ);
	int neither = open_udp(&any, TDI_FILE_SHARE_WRITE);

	JOIN(self->far, "far");
	JOIN(joined, "far");
	EXPECT_SAYS(self->near, "for two", &self->group);
	EXPECT_SAYS(self->near, "for three", &self->far_at);
	EXPECT_HEARS(self->far, "for two");
	EXPECT_HEARS(joined, "for two");
	EXPECT_HEARS(self->far, "for three");
	EXPECT_HEARS(joined, "for three");
	EXPECT_HEARS(neither, "for three");
	/* the membership ends with its open */
	close(self->far);
	EXPECT_SAYS(self->near, "for one", &self->group);
	EXPECT_SAYS(self->near, "for two", &self->far_at);
	EXPECT_HEARS(joined, "for one");
	EXPECT_HEARS(joined, "for two");
	EXPECT_HEARS(neither, "for two");
	close(joined);
	close(neither);
	self->far = -1;
}

TEST_F(group, event)
{
	struct events told = { .address = self->far };
	const struct tdi_event *event;

	JOIN(self->far, "far");
	set_nonblock(self->far, true);
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(self->far, TDI_EVENT_RECEIVE_DATAGRAM, 1,
				  64));
	EXPECT_SAYS(self->near, "to many", &self->group);
	EXPECT_SAYS(self->near, "to one", &self->far_at);
	event = event_next(&told);
	EXPECT_EQ(TDI_RECEIVE_MULTICAST | TDI_RECEIVE_ENTIRE_MESSAGE,
		  event->flags);
	EXPECT_EQ(0, memcmp(event_data(event), "to many", 7));
	event = event_next(&told);
	EXPECT_EQ(TDI_RECEIVE_ENTIRE_MESSAGE, event->flags);
}

/* A datagram to a group goes one hop, and that does not come back. */
TEST_F(group, hops_and_loop)
{
	uint32_t value = ~0U;

	JOIN(self->far, "far");
	EXPECT_STATUS(STATUS_SUCCESS,
		      get_number(self->near, TDI_AO_OPTION_MCASTTTL, &value));
	EXPECT_EQ(1, value);
	/* one that goes no hop stays on this host, if that is in the group */
	net_switch(self->here);
	JOIN(self->near, "near");
	EXPECT_STATUS(STATUS_SUCCESS,
		      set_number(self->near, TDI_AO_OPTION_MCASTTTL, 0));
	EXPECT_SKIPS("stays at home");
	EXPECT_STATUS(STATUS_SUCCESS,
		      set_number(self->near, TDI_AO_OPTION_MCASTTTL, 2));
	EXPECT_STATUS(STATUS_SUCCESS,
		      get_number(self->near, TDI_AO_OPTION_MCASTTTL, &value));
	EXPECT_EQ(2, value);
	EXPECT_SAYS(self->near, "two hops", &self->group);
	EXPECT_HEARS(self->far, "two hops");

	/* a sender's host hears it, unless it does not want that */
	EXPECT_SAYS(self->stranger, "loop", &self->group);
	EXPECT_HEARS(self->far, "loop");
	EXPECT_STATUS(STATUS_SUCCESS,
		      set_number(self->stranger, TDI_AO_OPTION_MCASTLOOP, 0));
	EXPECT_STATUS(STATUS_SUCCESS,
		      get_number(self->stranger, TDI_AO_OPTION_MCASTLOOP,
				 &value));
	EXPECT_EQ(0, value);
	EXPECT_SAYS(self->stranger, "no loop", &self->group);
	EXPECT_ONLY_MARK();
}

/* Which wire it leaves by: a socket of every host has to be told. */
TEST_F(group, interface)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	struct in_addr by = ip("10.9.0.1");
	uint32_t index, value = 0;
	int source;

	JOIN(self->far, "far");
	net_switch(self->here);
	/* the route of the group is another one */
	net_run("ip link add other type dummy && ip link set other up && "
		"ip route add %s/128 dev other table local && "
		"ip route add %s/32 dev other", GROUP6, GROUP);
	source = open_udp(&any, 0);
	EXPECT_SAYS(source, "elsewhere", &self->group);
	index = if_nametoindex("near");
	if (variant->family == AF_INET)
		EXPECT_STATUS(STATUS_SUCCESS,
			      set_option(source, TDI_AO_OPTION_MCASTIF, &by,
					 sizeof(by)));
	else
		EXPECT_STATUS(STATUS_SUCCESS,
			      set_number(source, TDI_AO_OPTION_MCASTIF, index));
	EXPECT_STATUS(STATUS_SUCCESS,
		      get_number(source, TDI_AO_OPTION_MCASTIF, &value));
	EXPECT_EQ(variant->family == AF_INET ? by.s_addr : index, value);
	EXPECT_SAYS(source, "by near", &self->group);
	EXPECT_HEARS(self->far, "by near");

	EXPECT_STATUS(STATUS_SUCCESS,
		      set_number(source, TDI_AO_OPTION_INDEX_MCASTIF,
				 if_nametoindex("other")));
	EXPECT_SAYS(source, "elsewhere again", &self->group);
	EXPECT_ONLY_MARK();
	EXPECT_STATUS(STATUS_SUCCESS,
		      set_number(source, TDI_AO_OPTION_INDEX_MCASTIF, index));
	EXPECT_SAYS(source, "by index", &self->group);
	EXPECT_HEARS(self->far, "by index");
	close(source);
}

/* The interface by its address; IPv6 has the index there, too */
TEST_F(group, by_address)
{
	struct ip_mreq ip4 = { ip(GROUP), ip("10.9.0.2") };
	struct ipv6_mreq ip6 = { .ipv6mr_interface = if_nametoindex("far") };
	const void *value = variant->family == AF_INET ? (void *)&ip4 : &ip6;
	size_t length = variant->family == AF_INET ? sizeof(ip4) : sizeof(ip6);

	NEED(inet_pton(AF_INET6, GROUP6, &ip6.ipv6mr_multiaddr) == 1);
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_option(self->far, TDI_AO_OPTION_ADD_MCAST, value,
				 length));
	EXPECT_SAYS(self->near, "for the group", &self->group);
	EXPECT_HEARS(self->far, "for the group");
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_option(self->far, TDI_AO_OPTION_DEL_MCAST, value,
				 length));
	EXPECT_SKIPS("a group that was left");
	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      set_option(self->far, TDI_AO_OPTION_ADD_MCAST, value,
				 length - 1));
}

/* {group, source, interface}: IPv4's alone */
TEST_F(group, sources)
{
	struct in_addr near[] = { ip(GROUP), ip("10.9.0.1"), ip("10.9.0.2") };
	struct in_addr other[] = { ip(GROUP), ip("10.9.0.7"), ip("10.9.0.2") };

	if (variant->family == AF_INET6) {
		EXPECT_STATUS(STATUS_NOT_IMPLEMENTED,
			      set_option(self->far, TDI_AO_OPTION_ADD_MCAST_SRC,
					 near, sizeof(near)));
		return;
	}
	/* only those who are named */
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_option(self->far, TDI_AO_OPTION_ADD_MCAST_SRC, other,
				 sizeof(other)));
	EXPECT_SKIPS("another source");
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_option(self->far, TDI_AO_OPTION_ADD_MCAST_SRC, near,
				 sizeof(near)));
	EXPECT_SAYS(self->near, "one of two", &self->group);
	EXPECT_HEARS(self->far, "one of two");
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_option(self->far, TDI_AO_OPTION_DEL_MCAST_SRC, near,
				 sizeof(near)));
	EXPECT_SKIPS("a source that was left");
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_option(self->far, TDI_AO_OPTION_DEL_MCAST_SRC, other,
				 sizeof(other)));

	/* all but those who are */
	JOIN(self->far, "far");
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_option(self->far, TDI_AO_OPTION_BLOCK_MCAST_SRC, near,
				 sizeof(near)));
	EXPECT_SKIPS("a blocked source");
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_option(self->far, TDI_AO_OPTION_UNBLOCK_MCAST_SRC,
				 near, sizeof(near)));
	EXPECT_SAYS(self->near, "unblocked", &self->group);
	EXPECT_HEARS(self->far, "unblocked");
}

/* {group, interface, mode, count, sources}: mode 0 is only those */
TEST_F(group, filter)
{
	struct {
		struct in_addr group, interface;
		uint32_t mode, count;
		struct in_addr sources[2];
	} filter = {
		ip(GROUP), ip("10.9.0.2"), 0, 1, { ip("10.9.0.7") },
	};

	if (variant->family == AF_INET6)
		SKIP(return, "of IPv4");
	JOIN(self->far, "far");
#define FILTER(want, length) \
	EXPECT_STATUS(want, set_option(self->far, TDI_AO_OPTION_MCAST_FILTER, \
				       &filter, length))
	FILTER(STATUS_SUCCESS, sizeof(filter));
	EXPECT_SKIPS("another source");
	filter.sources[1] = ip("10.9.0.1");
	filter.count = 2;
	FILTER(STATUS_SUCCESS, sizeof(filter));
	EXPECT_SAYS(self->near, "one of two", &self->group);
	EXPECT_HEARS(self->far, "one of two");
	filter.mode = 1;
	FILTER(STATUS_SUCCESS, sizeof(filter));
	EXPECT_SKIPS("all but those");
	/* what is not as long as it says changes nothing */
	FILTER(STATUS_INVALID_PARAMETER, sizeof(filter) - 1);
	FILTER(STATUS_INVALID_PARAMETER, 15);
	filter.mode = 2;
	FILTER(STATUS_INVALID_PARAMETER, sizeof(filter));
	EXPECT_SKIPS("all but those");
}

TEST_HARNESS_MAIN
