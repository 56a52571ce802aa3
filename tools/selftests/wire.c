// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netpacket/packet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "wait.h"
#include "wire.h"

/* As much of a packet as is looked at, and saved */
#define SNAP	128

/* ---- The copy: pcap, raw IP ---- */

static void pcap_header(FILE *file)
{
	const uint32_t header[6] = {
		0xa1b2c3d4, 2 | 4 << 16, 0, 0, SNAP, 101 /* LINKTYPE_RAW */
	};

	fwrite(header, sizeof(header), 1, file);
}

static void pcap_packet(FILE *file, const void *packet, size_t length)
{
	const uint32_t saved = length < SNAP ? length : SNAP;
	struct timespec now;
	uint32_t header[4];

	clock_gettime(CLOCK_REALTIME, &now);
	header[0] = now.tv_sec;
	header[1] = now.tv_nsec / 1000;
	header[2] = saved;
	header[3] = length;
	fwrite(header, sizeof(header), 1, file);
	fwrite(packet, saved, 1, file);
}

static FILE *pcap_open(const char *name, va_list args)
{
	const char *run = getenv("TDI_RUN");
	char path[256];
	int length;
	FILE *file;

	if (!run)
		return NULL;
	length = snprintf(path, sizeof(path), "%s/wire/", run);
	mkdir(path, 0755);
	vsnprintf(path + length, sizeof(path) - length, name, args);
	file = fopen(path, "we");
	if (file)
		pcap_header(file);
	return file;
}

/* ---- Watching ---- */

void wire_open(struct wire *wire, const char *device, const char *name, ...)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(device),
	};
	int size = 64 << 20;
	va_list args;

	memset(wire, 0, sizeof(*wire));
	wire->loopback = !strcmp(device, "lo");
	wire->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	NEED(wire->fd >= 0);
	NEED(!setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
			 sizeof(size)));
	NEED(!bind(wire->fd, (struct sockaddr *)&address, sizeof(address)));
	va_start(args, name);
	wire->pcap = pcap_open(name, args);
	va_end(args);
}

void wire_close(struct wire *wire)
{
	if (wire->pcap)
		fclose(wire->pcap);
	close(wire->fd);
	free(wire->seen);
}

/* Length of the IP header; 0 if what follows is not TCP */
static size_t ip_header(const void *packet, size_t length, size_t *payload)
{
	const struct ip6_hdr *ip6 = packet;
	const struct iphdr *ip = packet;

	if (length >= sizeof(*ip) && ip->version == 4) {
		*payload = ntohs(ip->tot_len) - ip->ihl * 4;
		return ip->protocol == IPPROTO_TCP ? ip->ihl * 4 : 0;
	}
	if (length >= sizeof(*ip6) && ip->version == 6) {
		*payload = ntohs(ip6->ip6_plen);
		return ip6->ip6_nxt == IPPROTO_TCP ? sizeof(*ip6) : 0;
	}
	return 0;
}

static void wire_take(struct wire *wire, const void *packet, size_t length)
{
	struct segment *segment;
	const struct tcphdr *tcp;
	size_t header, payload;

	header = ip_header(packet, length, &payload);
	if (!header || length < header + sizeof(*tcp))
		return;
	tcp = (const void *)((const char *)packet + header);
	wire->seen = realloc(wire->seen,
			     (wire->count + 1) * sizeof(*wire->seen));
	NEED(wire->seen);
	segment = &wire->seen[wire->count++];
	segment->from = ntohs(tcp->source);
	segment->to = ntohs(tcp->dest);
	segment->flags = tcp->th_flags;
	segment->seq = ntohl(tcp->seq);
	segment->ack = ntohl(tcp->ack_seq);
	segment->payload = payload - tcp->doff * 4;
}

/* All that has been captured so far */
static void wire_read(struct wire *wire)
{
	struct sockaddr_ll address;
	socklen_t addrlen = sizeof(address);
	_Alignas(8) char packet[SNAP];
	ssize_t length;

	for (;;) {
		length = recvfrom(wire->fd, packet, sizeof(packet),
				  MSG_DONTWAIT | MSG_TRUNC,
				  (struct sockaddr *)&address, &addrlen);
		if (length < 0)
			break;
		/* the one of the two that is there as soon as it was sent */
		if (wire->loopback && address.sll_pkttype != PACKET_OUTGOING)
			continue;
		if (wire->pcap)
			pcap_packet(wire->pcap, packet, length);
		wire_take(wire, packet, length < SNAP ? length : SNAP);
	}
	NEED(errno == EAGAIN || errno == ENETDOWN);
}

static bool is_between(const struct segment *segment, uint16_t from,
		       uint16_t to)
{
	return segment->from == from && segment->to == to;
}

int wire_find(struct wire *wire, uint16_t from, uint16_t to, uint8_t flags)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);
	size_t i = 0;

	for (;;) {
		wire_read(wire);
		for (; i < wire->count; i++)
			if (is_between(&wire->seen[i], from, to) &&
			    wire->seen[i].flags & flags)
				return i;
		if (deadline_passed(&deadline))
			return -1;
		pace();
	}
}

unsigned int wire_count(struct wire *wire, uint16_t from, uint16_t to,
			uint8_t flags)
{
	unsigned int count = 0;

	wire_read(wire);
	for (size_t i = 0; i < wire->count; i++)
		if (is_between(&wire->seen[i], from, to) &&
		    wire->seen[i].flags & flags)
			count++;
	return count;
}

uint8_t wire_end(struct wire *wire, uint16_t from, uint16_t to)
{
	int i = wire_find(wire, from, to, WIRE_FIN | WIRE_RST);

	return i < 0 ? 0 : wire->seen[i].flags & (WIRE_FIN | WIRE_RST);
}

bool wire_fin_acked(struct wire *wire, uint16_t from, uint16_t to)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);
	int i = wire_find(wire, from, to, WIRE_FIN | WIRE_RST);
	uint32_t end;

	if (i < 0 || wire->seen[i].flags & WIRE_RST)
		return false;
	end = wire->seen[i].seq + wire->seen[i].payload + 1;
	for (;;) {
		wire_read(wire);
		for (; i < (int)wire->count; i++) {
			if (!is_between(&wire->seen[i], to, from))
				continue;
			if (wire->seen[i].flags & WIRE_RST)
				return false;
			if (wire->seen[i].flags & WIRE_ACK &&
			    wire->seen[i].ack == end)
				return true;
		}
		if (deadline_passed(&deadline))
			return false;
		pace();
	}
}
