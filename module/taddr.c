// SPDX-License-Identifier: GPL-2.0-only
/*
 * TRANSPORT_ADDRESS <-> sockaddr (reference 1.5, 1.6).  Pure: no locks, no
 * memory.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "status.h"
#include "taddr.h"

static void tdi_taddr_from_ip(struct sockaddr_storage *ss, const u8 *body)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)ss;
	struct tdi_address_ip ip;

	memcpy(&ip, body, sizeof(ip));
	sin->sin_family = AF_INET;
	sin->sin_port = ip.sin_port;
	sin->sin_addr.s_addr = ip.in_addr;
}

static void tdi_taddr_from_ip6(struct sockaddr_storage *ss, const u8 *body)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)ss;
	struct tdi_address_ip6 ip6;

	memcpy(&ip6, body, sizeof(ip6));
	sin6->sin6_family = AF_INET6;
	sin6->sin6_port = ip6.sin6_port;
	sin6->sin6_flowinfo = ip6.sin6_flowinfo;
	memcpy(&sin6->sin6_addr, ip6.sin6_addr, sizeof(sin6->sin6_addr));
	sin6->sin6_scope_id = ip6.sin6_scope_id;
}

/**
 * tdi_taddr_parse() - the first entry of a known type as a sockaddr
 * @ta: TRANSPORT_ADDRESS, unaligned
 * @length: bytes at @ta; what follows the last entry is ignored
 * @ss: result, zero-filled behind the address
 *
 * Any context.
 *
 * Return: STATUS_SUCCESS or STATUS_INVALID_ADDRESS_COMPONENT.
 */
u32 tdi_taddr_parse(const void *ta, size_t length, struct sockaddr_storage *ss)
{
	struct tdi_transport_address head;
	struct tdi_ta_address entry;
	size_t offset = sizeof(head);
	s32 i;

	memset(ss, 0, sizeof(*ss));
	if (length < sizeof(head))
		return STATUS_INVALID_ADDRESS_COMPONENT;
	memcpy(&head, ta, sizeof(head));

	for (i = 0; i < head.ta_address_count; i++) {
		if (length - offset < sizeof(entry))
			break;
		memcpy(&entry, ta + offset, sizeof(entry));
		offset += sizeof(entry);
		if (length - offset < entry.address_length)
			break;

		if (entry.address_type == TDI_ADDRESS_TYPE_IP &&
		    entry.address_length >= TDI_ADDRESS_LENGTH_IP) {
			tdi_taddr_from_ip(ss, ta + offset);
			return STATUS_SUCCESS;
		}
		if (entry.address_type == TDI_ADDRESS_TYPE_IP6 &&
		    entry.address_length >= TDI_ADDRESS_LENGTH_IP6) {
			tdi_taddr_from_ip6(ss, ta + offset);
			return STATUS_SUCCESS;
		}
		offset += entry.address_length;
	}
	return STATUS_INVALID_ADDRESS_COMPONENT;
}

/**
 * tdi_taddr_parse_filter() - remote address of a listen
 * @ta: TRANSPORT_ADDRESS, unaligned; all bytes zero is anyone
 * @length: bytes at @ta; 0 is anyone
 * @filter: result for tdi_taddr_matches()
 *
 * Return: STATUS_SUCCESS or STATUS_INVALID_ADDRESS_COMPONENT.
 */
u32 tdi_taddr_parse_filter(const void *ta, size_t length,
			   struct sockaddr_storage *filter)
{
	if (!length || !memchr_inv(ta, 0, length)) {
		memset(filter, 0, sizeof(*filter));
		return STATUS_SUCCESS;
	}
	return tdi_taddr_parse(ta, length, filter);
}

/**
 * tdi_taddr_build() - a sockaddr as TRANSPORT_ADDRESS with one entry
 * @ss: an IPv4 or IPv6 address
 * @ta: result
 *
 * Return: bytes written.
 */
size_t tdi_taddr_build(const struct sockaddr_storage *ss,
		       u8 ta[TDI_TA_LENGTH_IP6])
{
	struct tdi_transport_address head = { .ta_address_count = 1 };
	struct tdi_ta_address entry;
	u8 *body = ta + sizeof(head) + sizeof(entry);

	if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *sin6 = (const void *)ss;
		struct tdi_address_ip6 ip6 = {
			.sin6_port	= sin6->sin6_port,
			.sin6_flowinfo	= sin6->sin6_flowinfo,
			.sin6_scope_id	= sin6->sin6_scope_id,
		};

		memcpy(ip6.sin6_addr, &sin6->sin6_addr, sizeof(ip6.sin6_addr));
		entry.address_type = TDI_ADDRESS_TYPE_IP6;
		entry.address_length = sizeof(ip6);
		memcpy(body, &ip6, sizeof(ip6));
	} else {
		const struct sockaddr_in *sin = (const void *)ss;
		struct tdi_address_ip ip = {
			.sin_port	= sin->sin_port,
			.in_addr	= sin->sin_addr.s_addr,
		};

		entry.address_type = TDI_ADDRESS_TYPE_IP;
		entry.address_length = sizeof(ip);
		memcpy(body, &ip, sizeof(ip));
	}
	memcpy(ta, &head, sizeof(head));
	memcpy(ta + sizeof(head), &entry, sizeof(entry));
	return sizeof(head) + sizeof(entry) + entry.address_length;
}

__be16 tdi_taddr_port(const struct sockaddr_storage *ss)
{
	return ss->ss_family == AF_INET6 ?
	       ((const struct sockaddr_in6 *)ss)->sin6_port :
	       ((const struct sockaddr_in *)ss)->sin_port;
}

void tdi_taddr_set_port(struct sockaddr_storage *ss, __be16 port)
{
	if (ss->ss_family == AF_INET6)
		((struct sockaddr_in6 *)ss)->sin6_port = port;
	else
		((struct sockaddr_in *)ss)->sin_port = port;
}

int tdi_taddr_length(const struct sockaddr_storage *ss)
{
	return ss->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					   sizeof(struct sockaddr_in);
}

bool tdi_taddr_is_any(const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET6)
		return ipv6_addr_any(&((const struct sockaddr_in6 *)ss)->sin6_addr);
	return ((const struct sockaddr_in *)ss)->sin_addr.s_addr ==
	       htonl(INADDR_ANY);
}

/* Multicast and limited broadcast: no end of a connection */
bool tdi_taddr_is_group(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in *sin = (const void *)ss;

	if (ss->ss_family == AF_INET6)
		return ipv6_addr_is_multicast(&((const struct sockaddr_in6 *)ss)->sin6_addr);
	return ipv4_is_multicast(sin->sin_addr.s_addr) ||
	       ipv4_is_lbcast(sin->sin_addr.s_addr);
}

static bool tdi_taddr_same_host(const struct sockaddr_storage *a,
				const struct sockaddr_storage *b)
{
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;

	if (a->ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return ipv6_addr_equal(&a6->sin6_addr, &b6->sin6_addr) &&
	       (!a6->sin6_scope_id || !b6->sin6_scope_id ||
		a6->sin6_scope_id == b6->sin6_scope_id);
}

/**
 * tdi_taddr_matches() - is this peer one that a listen waits for?
 * @filter: any (AF_UNSPEC), a host (port 0), a port (wildcard), or both
 * @ss: the peer
 *
 * Return: whether the filter lets the address in.
 */
bool tdi_taddr_matches(const struct sockaddr_storage *filter,
		       const struct sockaddr_storage *ss)
{
	if (filter->ss_family == AF_UNSPEC)
		return true;
	if (filter->ss_family != ss->ss_family)
		return false;
	if (tdi_taddr_port(filter) &&
	    tdi_taddr_port(filter) != tdi_taddr_port(ss))
		return false;
	return tdi_taddr_is_any(filter) || tdi_taddr_same_host(filter, ss);
}

/* The same port of the same host, or of all; IPv6 is never IPv4 here */
bool tdi_taddr_overlaps(const struct sockaddr_storage *a,
			const struct sockaddr_storage *b)
{
	return a->ss_family == b->ss_family &&
	       tdi_taddr_port(a) == tdi_taddr_port(b) &&
	       (tdi_taddr_is_any(a) || tdi_taddr_is_any(b) ||
		tdi_taddr_same_host(a, b));
}

bool tdi_taddr_equal(const struct sockaddr_storage *a,
		     const struct sockaddr_storage *b)
{
	return a->ss_family == b->ss_family &&
	       tdi_taddr_port(a) == tdi_taddr_port(b) &&
	       tdi_taddr_same_host(a, b);
}
