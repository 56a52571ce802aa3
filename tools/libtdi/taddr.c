// SPDX-License-Identifier: LGPL-2.1-or-later
/* TRANSPORT_ADDRESS, sockaddr and text, each from the others */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"

#define TA_HEAD		sizeof(struct tdi_transport_address)
#define TA_ENTRY_HEAD	sizeof(struct tdi_ta_address)

static void taddr_set(struct tdi_taddr *ta, uint16_t type,
		      const void *body, uint16_t length)
{
	struct tdi_transport_address head = { .ta_address_count = 1 };
	struct tdi_ta_address entry = {
		.address_length = length,
		.address_type = type,
	};

	memset(ta, 0, sizeof(*ta));
	memcpy(ta->bytes, &head, TA_HEAD);
	memcpy(ta->bytes + TA_HEAD, &entry, TA_ENTRY_HEAD);
	memcpy(ta->bytes + TA_HEAD + TA_ENTRY_HEAD, body, length);
	ta->length = TA_HEAD + TA_ENTRY_HEAD + length;
}

uint32_t tdi_taddr_from_sockaddr(struct tdi_taddr *ta,
				 const struct sockaddr *sa, socklen_t salen)
{
	struct tdi_address_ip6 ip6;
	struct tdi_address_ip ip;
	struct sockaddr_in6 sin6;
	struct sockaddr_in sin;

	if (salen >= sizeof(sin) && sa->sa_family == AF_INET) {
		memcpy(&sin, sa, sizeof(sin));
		memset(&ip, 0, sizeof(ip));
		ip.sin_port = sin.sin_port;
		ip.in_addr = sin.sin_addr.s_addr;
		taddr_set(ta, TDI_ADDRESS_TYPE_IP, &ip, sizeof(ip));
		return STATUS_SUCCESS;
	}
	if (salen >= sizeof(sin6) && sa->sa_family == AF_INET6) {
		memcpy(&sin6, sa, sizeof(sin6));
		ip6.sin6_port = sin6.sin6_port;
		ip6.sin6_flowinfo = sin6.sin6_flowinfo;
		memcpy(ip6.sin6_addr, &sin6.sin6_addr, sizeof(ip6.sin6_addr));
		ip6.sin6_scope_id = sin6.sin6_scope_id;
		taddr_set(ta, TDI_ADDRESS_TYPE_IP6, &ip6, sizeof(ip6));
		return STATUS_SUCCESS;
	}
	ta->length = 0;
	return tdi_fail(STATUS_INVALID_ADDRESS_COMPONENT);
}

/* The first entry of a type we know; its body is @length bytes at least */
static const uint8_t *taddr_find(const struct tdi_taddr *ta, uint16_t *type)
{
	struct tdi_transport_address head;
	struct tdi_ta_address entry;
	size_t offset = TA_HEAD;
	int32_t i;

	if (ta->length < TA_HEAD || ta->length > sizeof(ta->bytes))
		return NULL;
	memcpy(&head, ta->bytes, TA_HEAD);
	for (i = 0; i < head.ta_address_count; i++) {
		if (ta->length - offset < TA_ENTRY_HEAD)
			return NULL;
		memcpy(&entry, ta->bytes + offset, TA_ENTRY_HEAD);
		offset += TA_ENTRY_HEAD;
		if (ta->length - offset < entry.address_length)
			return NULL;
		*type = entry.address_type;
		if (entry.address_type == TDI_ADDRESS_TYPE_IP &&
		    entry.address_length >= TDI_ADDRESS_LENGTH_IP)
			return ta->bytes + offset;
		if (entry.address_type == TDI_ADDRESS_TYPE_IP6 &&
		    entry.address_length >= TDI_ADDRESS_LENGTH_IP6)
			return ta->bytes + offset;
		offset += entry.address_length;
	}
	return NULL;
}

uint32_t tdi_taddr_to_sockaddr(const struct tdi_taddr *ta,
			       struct sockaddr_storage *ss, socklen_t *salen)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct tdi_address_ip6 ip6;
	struct tdi_address_ip ip;
	const uint8_t *body;
	uint16_t type;

	memset(ss, 0, sizeof(*ss));
	body = taddr_find(ta, &type);
	if (!body)
		return tdi_fail(STATUS_INVALID_ADDRESS_COMPONENT);
	if (type == TDI_ADDRESS_TYPE_IP) {
		memcpy(&ip, body, sizeof(ip));
		sin.sin_port = ip.sin_port;
		sin.sin_addr.s_addr = ip.in_addr;
		memcpy(ss, &sin, sizeof(sin));
	} else {
		memcpy(&ip6, body, sizeof(ip6));
		sin6.sin6_port = ip6.sin6_port;
		sin6.sin6_flowinfo = ip6.sin6_flowinfo;
		memcpy(&sin6.sin6_addr, ip6.sin6_addr, sizeof(sin6.sin6_addr));
		sin6.sin6_scope_id = ip6.sin6_scope_id;
		memcpy(ss, &sin6, sizeof(sin6));
	}
	if (salen)
		*salen = type == TDI_ADDRESS_TYPE_IP ? sizeof(sin) :
						       sizeof(sin6);
	return STATUS_SUCCESS;
}

/* A decimal number of 0 to 65535 and nothing else */
static int parse_port(const char *text, in_port_t *port)
{
	unsigned long value = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (*p - '0');
		if (value > UINT16_MAX)
			return -1;
	}
	if (p == text || *p)
		return -1;
	*port = htons(value);
	return 0;
}

static int parse_host6(char *host, struct sockaddr_in6 *sin6)
{
	char *scope = strchr(host, '%');
	char *end;

	if (scope) {
		*scope++ = '\0';
		sin6->sin6_scope_id = if_nametoindex(scope);
		if (!sin6->sin6_scope_id) {
			if (*scope < '0' || *scope > '9')
				return -1;
			sin6->sin6_scope_id = strtoul(scope, &end, 10);
			if (*end)
				return -1;
		}
	}
	return inet_pton(AF_INET6, host, &sin6->sin6_addr) == 1 ? 0 : -1;
}

/* "[HOST]:PORT", with @host (that is, what begins with '[') writable */
static uint32_t parse6(struct tdi_taddr *ta, char *host)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	char *end = strchr(host, ']');

	if (!end || end[1] != ':' || parse_port(end + 2, &sin6.sin6_port))
		return tdi_fail(STATUS_INVALID_ADDRESS_COMPONENT);
	*end = '\0';
	if (parse_host6(host + 1, &sin6))
		return tdi_fail(STATUS_INVALID_ADDRESS_COMPONENT);
	return tdi_taddr_from_sockaddr(ta, (struct sockaddr *)&sin6,
				       sizeof(sin6));
}

uint32_t tdi_taddr_parse(struct tdi_taddr *ta, const char *text)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	char host[TDI_TADDR_STRLEN];
	char *colon;

	ta->length = 0;
	if (strlen(text) >= sizeof(host))
		return tdi_fail(STATUS_INVALID_ADDRESS_COMPONENT);
	strcpy(host, text);
	if (host[0] == '[')
		return parse6(ta, host);
	colon = strchr(host, ':');
	if (!colon || parse_port(colon + 1, &sin.sin_port))
		return tdi_fail(STATUS_INVALID_ADDRESS_COMPONENT);
	*colon = '\0';
	if (strcmp(host, "*") && inet_pton(AF_INET, host, &sin.sin_addr) != 1)
		return tdi_fail(STATUS_INVALID_ADDRESS_COMPONENT);
	return tdi_taddr_from_sockaddr(ta, (struct sockaddr *)&sin,
				       sizeof(sin));
}

uint32_t tdi_taddr_format(const struct tdi_taddr *ta, char *text, size_t size)
{
	char host[INET6_ADDRSTRLEN], scope[16] = "";
	struct sockaddr_storage ss;
	struct sockaddr_in6 sin6;
	struct sockaddr_in sin;
	int length;

	if (tdi_taddr_to_sockaddr(ta, &ss, NULL)) {
		snprintf(text, size, "-");
		return tdi_fail(STATUS_INVALID_ADDRESS_COMPONENT);
	}
	if (ss.ss_family == AF_INET) {
		memcpy(&sin, &ss, sizeof(sin));
		inet_ntop(AF_INET, &sin.sin_addr, host, sizeof(host));
		length = snprintf(text, size, "%s:%u", host,
				  ntohs(sin.sin_port));
	} else {
		memcpy(&sin6, &ss, sizeof(sin6));
		inet_ntop(AF_INET6, &sin6.sin6_addr, host, sizeof(host));
		if (sin6.sin6_scope_id)
			snprintf(scope, sizeof(scope), "%%%u",
				 sin6.sin6_scope_id);
		length = snprintf(text, size, "[%s%s]:%u", host, scope,
				  ntohs(sin6.sin6_port));
	}
	if (length < 0 || (size_t)length >= size)
		return tdi_fail(STATUS_INVALID_BUFFER_SIZE);
	return STATUS_SUCCESS;
}

uint16_t tdi_taddr_port(const struct tdi_taddr *ta)
{
	const uint8_t *body;
	uint16_t type;

	/* the port comes first in either body */
	body = taddr_find(ta, &type);
	return body ? body[0] << 8 | body[1] : 0;
}
