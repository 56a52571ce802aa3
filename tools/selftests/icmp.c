// SPDX-License-Identifier: GPL-2.0-only
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "icmp.h"
#include "wait.h"

#define MTU	1280

static const struct icmp_error errors[] = {
	{ ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, STATUS_INVALID_BUFFER_SIZE },
	{ ICMP_DEST_UNREACH, ICMP_NET_UNREACH, STATUS_NETWORK_UNREACHABLE },
	{ ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, STATUS_HOST_UNREACHABLE },
	{ ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, STATUS_PROTOCOL_UNREACHABLE },
	{ ICMP_DEST_UNREACH, ICMP_HOST_UNKNOWN, STATUS_HOST_DOWN },
	{ ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, STATUS_HOST_UNREACHABLE },
	{ 0 },
};

static const struct icmp_error errors6[] = {
	{ ICMP6_PACKET_TOO_BIG, 0, STATUS_INVALID_BUFFER_SIZE },
	{ ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE,
	  STATUS_NETWORK_UNREACHABLE },
	{ ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, STATUS_HOST_UNREACHABLE },
	{ ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN, STATUS_ACCESS_DENIED },
	{ 0 },
};

const struct icmp_error *icmp_errors(int family)
{
	return family == AF_INET6 ? errors6 : errors;
}

const struct icmp_error *icmp_too_big(int family)
{
	return icmp_errors(family);
}

uint16_t icmp_checksum(const void *data, size_t length)
{
	const uint16_t *word = data;
	uint32_t sum = 0;

	for (; length; length -= 2)
		sum += *word++;
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
}

static void forge(const struct icmp_error *error, uint8_t protocol,
		  const struct sockaddr_in *source,
		  const struct sockaddr_in *remote)
{
	struct {
		struct icmphdr icmp;
		struct iphdr ip;
		struct udphdr udp;
	} message = {
		.icmp.type = error->type, .icmp.code = error->code,
		.icmp.un.frag.mtu = htons(MTU),
		.ip = {
			.version = 4, .ihl = 5, .ttl = 64, .protocol = protocol,
			.tot_len = htons(sizeof(message.ip) +
					 sizeof(message.udp)),
			.saddr = source->sin_addr.s_addr,
			.daddr = remote->sin_addr.s_addr,
		},
		.udp.source = source->sin_port, .udp.dest = remote->sin_port,
		.udp.len = htons(sizeof(message.udp)),
	};
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	NEED(fd >= 0);
	message.icmp.checksum = icmp_checksum(&message, sizeof(message));
	NEED(sendto(fd, &message, sizeof(message), 0,
		    (const struct sockaddr *)source, sizeof(*source)) ==
	     sizeof(message));
	close(fd);
}

static void forge6(const struct icmp_error *error, uint8_t protocol,
		   const struct sockaddr_in6 *source,
		   const struct sockaddr_in6 *remote)
{
	struct {
		struct icmp6_hdr icmp;
		struct ip6_hdr ip;
		struct udphdr udp;
	} message = {
		.icmp.icmp6_type = error->type, .icmp.icmp6_code = error->code,
		.icmp.icmp6_mtu = htonl(MTU),
		.ip.ip6_flow = htonl(6 << 28), .ip.ip6_nxt = protocol,
		.ip.ip6_plen = htons(sizeof(message.udp)), .ip.ip6_hlim = 64,
		.ip.ip6_src = source->sin6_addr, .ip.ip6_dst = remote->sin6_addr,
		.udp.source = source->sin6_port, .udp.dest = remote->sin6_port,
		.udp.len = htons(sizeof(message.udp)),
	};
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	struct sockaddr_in6 host = *source;

	NEED(fd >= 0);
	/* of a raw socket it would be a protocol */
	host.sin6_port = 0;
	NEED(sendto(fd, &message, sizeof(message), 0,
		    (struct sockaddr *)&host, sizeof(host)) == sizeof(message));
	close(fd);
}

void icmp_forge(const struct icmp_error *error, uint8_t protocol,
		const struct tdi_taddr *source, const struct tdi_taddr *remote)
{
	struct sockaddr_storage from, to;

	NEED(!tdi_taddr_to_sockaddr(source, &from, NULL));
	NEED(!tdi_taddr_to_sockaddr(remote, &to, NULL));
	if (from.ss_family == AF_INET6)
		forge6(error, protocol, (struct sockaddr_in6 *)&from,
		       (struct sockaddr_in6 *)&to);
	else
		forge(error, protocol, (struct sockaddr_in *)&from,
		      (struct sockaddr_in *)&to);
}
