// SPDX-License-Identifier: GPL-2.0-only
/* /dev/tdi/rawip: IP protocols by their number (reference 1.1, 1.3) */
#include "test.h"

#include <linux/capability.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>

#include "icmp.h"
#include "indication.h"
#include "udp.h"

#define PROTOCOL	253	/* for experiments (RFC 3692) */

/* @here, @there: addresses of @local and that protocol */
FIXTURE(rawip) {
	struct tdi_taddr local;
	int here, there;
	_Alignas(8) char bytes[256];
	struct tdi_io io;
};

FAMILY_VARIANTS(rawip);

/* TDI_CREATE on a control channel that is there */
static uint32_t create_shared(int fd, const struct tdi_taddr *local,
			      uint32_t share, uint32_t protocol)
{
	char buffer[512];
	struct tdi_ea ea;

	tdi_ea_init(&ea, buffer, sizeof(buffer));
	NEED(!tdi_ea_add_address(&ea, local));
	return tdi_create(fd, buffer, ea.length, share, protocol, 0, NULL);
}

static uint32_t create(int fd, const struct tdi_taddr *local, uint32_t protocol)
{
	return create_shared(fd, local, 0, protocol);
}

static int open_channel(void)
{
	int fd;

	NEED(!tdi_open("rawip", 0, &fd));
	return fd;
}

static int open_raw(const struct tdi_taddr *local, uint32_t protocol)
{
	int fd = open_channel();

	NEED(!create(fd, local, protocol));
	return fd;
}

FIXTURE_SETUP(rawip)
{
	close(net_enter());
	self->local = address_local(variant->family, 0);
	self->here = open_raw(&self->local, PROTOCOL);
	self->there = open_raw(&self->local, PROTOCOL);
}

FIXTURE_TEARDOWN(rawip)
{
	close(self->here);
	close(self->there);
}

/* Of IPv4 the header comes along. */
static size_t header_length(int family)
{
	return family == AF_INET ? sizeof(struct iphdr) : 0;
}

#define EXPECT_PAYLOAD(address, text) do {				\
	size_t __header = header_length(variant->family);		\
	struct tdi_taddr __source;					\
									\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      tdi_receive_datagram(address, self->bytes,	\
					   sizeof(self->bytes), NULL,	\
					   &__source, 0, &self->io));	\
	EXPECT_EQ(__header + strlen(text), self->io.information);	\
	EXPECT_EQ(0, memcmp(self->bytes + __header, text, strlen(text))); \
	EXPECT_TRUE(address_equal(&self->local, &__source));		\
} while (0)

/* All who have the protocol hear it, and nobody else does. */
TEST_F(rawip, protocol)
{
	int other = open_raw(&self->local, PROTOCOL + 1);
	struct tdi_taddr at = local_address(self->here);

	EXPECT_TRUE(address_equal(&at, &self->local));
	EXPECT_STATUS(STATUS_SUCCESS, say(self->here, "hello", &self->local));
	EXPECT_STATUS(STATUS_SUCCESS, say(other, "other", &self->local));
	EXPECT_PAYLOAD(self->there, "hello");
	if (variant->family == AF_INET)
		EXPECT_EQ(PROTOCOL, ((struct iphdr *)self->bytes)->protocol);
	EXPECT_PAYLOAD(self->here, "hello");
	EXPECT_PAYLOAD(other, "other");
	EXPECT_TRUE(hears_nothing(self->there));
	close(other);
}

/* UDP's number, and what is shared of UDP: nothing here, each open is alone. */
TEST_F(rawip, number_of_udp)
{
	int opens[3], plain = plain_udp(&self->local, 0);
	struct tdi_taddr closed = udp_closed_port(variant->family);
	const size_t header = header_length(variant->family) + 8;

	for (int i = 0; i < 3; i++) {
		opens[i] = open_channel();
		ASSERT_STATUS(STATUS_SUCCESS,
			      create_shared(opens[i], &self->local,
					    TDI_FILE_SHARE_READ, IPPROTO_UDP));
	}
	EXPECT_STATUS(STATUS_SUCCESS, say(opens[0], "short", &self->local));
	plain_say(plain, "datagram", &closed);
	for (int i = 0; i < 3; i++) {
		EXPECT_PAYLOAD(opens[i], "short");
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_receive_datagram(opens[i], self->bytes,
						   sizeof(self->bytes), NULL,
						   NULL, 0, &self->io));
		EXPECT_EQ(header + 8, self->io.information);
		EXPECT_EQ(0, memcmp(self->bytes + header, "datagram", 8));
		EXPECT_TRUE(hears_nothing(opens[i]));
	}
	for (int i = 0; i < 3; i++)
		close(opens[i]);
	close(plain);
}

/* Of the other family, and IPv4's as IPv6 has them */
TEST_F(rawip, other_family)
{
	bool ip6 = variant->family == AF_INET6;
	struct tdi_taddr other = address_local(ip6 ? AF_INET : AF_INET6, 0);
	struct tdi_taddr mapped = address_at("::ffff:127.0.0.1", 0);

	EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
		      say(self->here, "whom", &other));
	EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
		      tdi_connect(self->here, &other, 0, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
		      tdi_receive_datagram(self->here, self->bytes, 8, &other,
					   NULL, 0, NULL));
	if (ip6)
		EXPECT_STATUS(STATUS_NETWORK_UNREACHABLE,
			      say(self->here, "whom", &mapped));
	EXPECT_TRUE(hears_nothing(self->there));
}

/* They have no ports. */
TEST_F(rawip, ports)
{
	struct tdi_taddr port = address_local(variant->family, 7);

	EXPECT_STATUS(STATUS_SUCCESS, say(self->here, "one", &port));
	EXPECT_PAYLOAD(self->there, "one");
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(self->there, &port, 0, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS, say(self->there, "two", NULL));
	EXPECT_PAYLOAD(self->there, "two");
	/* one as filter is its host */
	EXPECT_STATUS(STATUS_SUCCESS, say(self->here, "three", &port));
	set_nonblock(self->there, true);
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive_datagram(self->there, self->bytes, 64, &port,
					   NULL, 0, NULL));
}

TEST_F(rawip, error_event)
{
	const struct icmp_error *error = icmp_errors(variant->family);
	struct tdi_taddr far = address_at(variant->family == AF_INET6 ?
					  "fd09::7" : "10.9.0.7", 0);
	struct events told = { .address = self->there };
	const struct tdi_event *event;

	set_nonblock(self->there, true);
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(self->there, TDI_EVENT_ERROR_EX, 1, 0));
	for (; error->status; error++) {
		icmp_forge(error, PROTOCOL, &self->local, &far);
		event = event_next(&told);
		EXPECT_EQ(TDI_EVENT_ERROR_EX, event->event_type);
		EXPECT_EQ(error->status, event->status);
		ASSERT_EQ(far.length, event->address_length);
		EXPECT_EQ(0, memcmp(event->address, far.bytes, far.length));
		EXPECT_TRUE(event_none(&told));
	}
	/* it concerns nobody else */
	EXPECT_STATUS(STATUS_SUCCESS, say(self->there, "on", &self->local));
	EXPECT_PAYLOAD(self->there, "on");
}

/* Reference 5.4: what is set is told, and XSUM is UDP's */
TEST_F(rawip, options)
{
	static const struct {
		uint32_t id, value;
	} options[] = {
		{ TDI_AO_OPTION_TTL, 9 }, { TDI_AO_OPTION_MCASTTTL, 3 },
		{ TDI_AO_OPTION_TOS, 8 }, { TDI_AO_OPTION_MCASTLOOP, 0 },
		{ TDI_AO_OPTION_IP_DONTFRAGMENT, 1 },
		{ TDI_AO_OPTION_BROADCAST, 0 }, { TDI_AO_OPTION_IP_HDRINCL, 1 },
		{ TDI_AO_OPTION_IP_UCASTIF, 1 },
		{ TDI_AO_OPTION_INDEX_BIND, 1 },
	};
	uint32_t value;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		EXPECT_STATUS(STATUS_SUCCESS,
			      set_number(self->here, options[i].id,
					 options[i].value));
		value = ~0U;
		EXPECT_STATUS(STATUS_SUCCESS,
			      get_number(self->here, options[i].id, &value));
		EXPECT_EQ(options[i].value, value)
			TH_LOG("option %u", options[i].id);
	}
	EXPECT_STATUS(STATUS_NOT_IMPLEMENTED,
		      set_number(self->here, TDI_AO_OPTION_XSUM, 0));
}

TEST_F(rawip, truncated)
{
	size_t room = header_length(variant->family) + 2;

	EXPECT_STATUS(STATUS_SUCCESS, say(self->here, "longish", &self->local));
	EXPECT_STATUS(STATUS_BUFFER_OVERFLOW,
		      tdi_receive_datagram(self->there, self->bytes, room, NULL,
					   NULL, 0, &self->io));
	EXPECT_EQ(room, self->io.information);
	EXPECT_TRUE(hears_nothing(self->there));
}

/* A host as filter, and as the only one */
TEST_F(rawip, remotes)
{
	struct tdi_taddr foreign = address_text(variant->family == AF_INET6 ?
						"[fd09::7]:0" : "10.9.0.7:0");

	EXPECT_STATUS(STATUS_SUCCESS, say(self->here, "one", &self->local));
	set_nonblock(self->there, true);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive_datagram(self->there, self->bytes, 64,
					   &foreign, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS, say(self->here, "two", &self->local));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive_datagram(self->there, self->bytes, 64,
					   &self->local, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
		      say(self->there, "whom", NULL));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_connect(self->there, &self->local, 0, NULL, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS, say(self->there, "three", NULL));
	EXPECT_PAYLOAD(self->there, "three");
}

TEST_F(rawip, event)
{
	struct events told = { .address = self->there };
	const struct tdi_event *event;

	set_nonblock(self->there, true);
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 1,
				  64));
	EXPECT_STATUS(STATUS_SUCCESS, say(self->here, "told", &self->local));
	event = event_next(&told);
	EXPECT_EQ(TDI_RECEIVE_ENTIRE_MESSAGE, event->flags);
	EXPECT_EQ(header_length(variant->family) + 4, event->bytes_indicated);
}

/* Whoever opened the channel needs it, not whoever uses it. */
TEST_F(rawip, privilege)
{
	int privileged = open_channel(), plain;

	net_may(CAP_NET_RAW, false);
	plain = open_channel();
	EXPECT_STATUS(STATUS_ACCESS_DENIED,
		      create(plain, &self->local, PROTOCOL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      create(privileged, &self->local, PROTOCOL));
	net_may(CAP_NET_RAW, true);
	EXPECT_STATUS(STATUS_ACCESS_DENIED,
		      create(plain, &self->local, PROTOCOL));
	/* it is as it was */
	EXPECT_STATUS(STATUS_SUCCESS, tdi_create(plain, NULL, 0, 0, 0, 0, NULL));
	close(plain);
	close(privileged);
}

/* No number, or none of IP; and one where there are none */
TEST_F(rawip, protocols)
{
	const uint32_t bad[] = { 0, 256, 65536, ~0U };
	int fd = open_channel();

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_STATUS(STATUS_INVALID_PARAMETER,
			      create(fd, &self->local, bad[i]));
	EXPECT_STATUS(STATUS_SUCCESS, create(fd, &self->local, 255));
	close(fd);
	NEED(!tdi_open("udp", 0, &fd));
	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      create(fd, &self->local, IPPROTO_UDP));
	close(fd);
}

/* A packet of the sender's own, from @source */
static size_t own_packet(char *bytes, int family, const struct tdi_taddr *source)
{
	struct ip6_hdr ip6 = {
		.ip6_flow = htonl(6 << 28), .ip6_plen = htons(4),
		.ip6_nxt = PROTOCOL, .ip6_hlim = 33, .ip6_dst = in6addr_loopback,
	};
	struct iphdr ip = {
		.version = 4, .ihl = 5, .ttl = 33, .tos = 8,
		.tot_len = htons(24), .protocol = PROTOCOL,
		.daddr = htonl(INADDR_LOOPBACK),
	};
	size_t header = family == AF_INET6 ? sizeof(ip6) : sizeof(ip);
	struct sockaddr_storage ss;

	NEED(!tdi_taddr_to_sockaddr(source, &ss, NULL));
	ip.saddr = ((struct sockaddr_in *)&ss)->sin_addr.s_addr;
	ip6.ip6_src = ((struct sockaddr_in6 *)&ss)->sin6_addr;
	memcpy(bytes, family == AF_INET6 ? (void *)&ip6 : &ip, header);
	memcpy(bytes + header, "mine", 4);
	return header + 4;
}

/* The sender's own header, but for what IP fills in */
TEST_F(rawip, header_included)
{
	const size_t header = header_length(variant->family);
	struct tdi_taddr source, forged;
	struct iphdr *came = (struct iphdr *)self->bytes;
	char packet[64];
	size_t length;

	forged = address_at(variant->family == AF_INET6 ? "fd09::9" :
							  "127.0.0.9", 0);
	length = own_packet(packet, variant->family, &forged);
	ASSERT_STATUS(STATUS_SUCCESS,
		      set_number(self->here, TDI_AO_OPTION_IP_HDRINCL, 1));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_send_datagram(self->here, packet, length,
					&self->local, 0, NULL));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receive_datagram(self->there, self->bytes,
					   sizeof(self->bytes), NULL, &source,
					   0, &self->io));
	EXPECT_EQ(header + 4, self->io.information);
	EXPECT_TRUE(address_equal(&forged, &source));
	EXPECT_EQ(0, memcmp(self->bytes + header, "mine", 4));
	if (variant->family == AF_INET) {
		EXPECT_EQ(33, came->ttl);
		EXPECT_EQ(8, came->tos);
	}
}

/* A ping: the kernel answers, in the protocol that was opened. */
TEST_F(rawip, echo)
{
	bool ip6 = variant->family == AF_INET6;
	int fd = open_raw(&self->local, ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	const uint8_t reply = ip6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
	/* type, code, checksum, identifier, sequence; of IPv6 IP sums up */
	struct icmphdr echo = {
		.type = ip6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.un.echo.id = htons(0xc0ca),
	};
	struct icmphdr *came = (void *)(self->bytes +
					header_length(variant->family));

	if (!ip6)
		echo.checksum = icmp_checksum(&echo, sizeof(echo));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_send_datagram(fd, &echo, sizeof(echo), &self->local,
					0, NULL));
	/* what was sent comes by, too */
	do {
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_receive_datagram(fd, self->bytes,
						   sizeof(self->bytes), NULL,
						   NULL, 0, &self->io));
	} while (came->type == echo.type);
	EXPECT_EQ(reply, came->type);
	EXPECT_EQ(htons(0xc0ca), came->un.echo.id);
	close(fd);
}

TEST_HARNESS_MAIN
