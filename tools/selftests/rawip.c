// SPDX-License-Identifier: GPL-2.0-only
/* /dev/tdi/rawip: IP protocols by their number (reference 1.1, 1.3) */
#include "test.h"

#include <linux/capability.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

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
static uint32_t create(int fd, const struct tdi_taddr *local, uint32_t protocol)
{
	char buffer[512];
	struct tdi_ea ea;

	tdi_ea_init(&ea, buffer, sizeof(buffer));
	NEED(!tdi_ea_add_address(&ea, local));
	return tdi_create(fd, buffer, ea.length, 0, protocol, 0, NULL);
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
	const uint32_t bad[] = { 256, 65536, ~0U };
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

/* The sender's own header, but for what IP fills in */
TEST_F(rawip, header_included)
{
	struct {
		struct iphdr ip;
		char text[4];
	} packet = {
		.ip = {
			.version = 4, .ihl = 5, .ttl = 33, .tos = 8,
			.tot_len = htons(24), .protocol = PROTOCOL,
			.saddr = htonl(0x7f000009),
			.daddr = htonl(INADDR_LOOPBACK),
		},
		.text = "mine",
	};
	struct tdi_taddr source, forged = address_text("127.0.0.9:0");
	struct iphdr *came = (struct iphdr *)self->bytes;
	uint32_t on = 0;

	if (variant->family == AF_INET6)
		SKIP(return, "of IPv4");
	EXPECT_STATUS(STATUS_SUCCESS,
		      set_number(self->here, TDI_AO_OPTION_IP_HDRINCL, 1));
	EXPECT_STATUS(STATUS_SUCCESS,
		      get_number(self->here, TDI_AO_OPTION_IP_HDRINCL, &on));
	EXPECT_EQ(1, on);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_send_datagram(self->here, &packet, sizeof(packet),
					&self->local, 0, NULL));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receive_datagram(self->there, self->bytes,
					   sizeof(self->bytes), NULL, &source,
					   0, &self->io));
	EXPECT_EQ(sizeof(packet), self->io.information);
	EXPECT_EQ(33, came->ttl);
	EXPECT_EQ(8, came->tos);
	EXPECT_TRUE(address_equal(&forged, &source));
	EXPECT_EQ(0, memcmp(came + 1, "mine", 4));
}

static uint16_t checksum(const void *data, size_t length)
{
	const uint16_t *word = data;
	uint32_t sum = 0;

	for (; length; length -= 2)
		sum += *word++;
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
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
		echo.checksum = checksum(&echo, sizeof(echo));
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
