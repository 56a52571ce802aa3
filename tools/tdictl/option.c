// SPDX-License-Identifier: GPL-2.0-only
/* Options of connections and addresses: TDI_AO_OPTION_TTL is "ao-ttl" */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include "tdictl.h"

#define TCP(name)	{ "tcp_" #name, TDI_INFO_TYPE_CONNECTION, \
			  TDI_TCP_SOCKET_ ## name }
#define AO(name)	{ "ao_" #name, TDI_INFO_TYPE_ADDRESS_OBJECT, \
			  TDI_AO_OPTION_ ## name }

static const struct {
	const char *name;
	uint32_t    type, id;
} options[] = {
	TCP(NODELAY), TCP(KEEPALIVE), TCP(OOBINLINE), TCP(BSDURGENT),
	TCP(ATMARK), TCP(WINDOW), TCP(KEEPALIVE_VALS), TCP(TOS),
	TCP(SCALE_CWIN),
	AO(TTL), AO(MCASTTTL), AO(MCASTIF), AO(XSUM), AO(IPOPTIONS),
	AO(ADD_MCAST), AO(DEL_MCAST), AO(TOS), AO(IP_DONTFRAGMENT),
	AO(MCASTLOOP), AO(BROADCAST), AO(IP_HDRINCL), AO(RCVALL),
	AO(RCVALL_MCAST), AO(RCVALL_IGMPMCAST), AO(UNNUMBEREDIF),
	AO(IP_UCASTIF), AO(ABSORB_RTRALERT), AO(LIMIT_BCASTS), AO(INDEX_BIND),
	AO(INDEX_MCASTIF), AO(INDEX_ADD_MCAST), AO(INDEX_DEL_MCAST),
	AO(IFLIST), AO(ADD_IFLIST), AO(DEL_IFLIST), AO(IP_PKTINFO),
	AO(ADD_MCAST_SRC), AO(DEL_MCAST_SRC), AO(MCAST_FILTER),
	AO(BLOCK_MCAST_SRC), AO(UNBLOCK_MCAST_SRC), AO(UDP_CKSUM_COVER),
	AO(WINDOW), AO(SCALE_CWIN), AO(RCV_HOPLIMIT), AO(UNBIND), AO(PROTECT),
};

/* Its name in small letters; false behind the last */
bool option_name(size_t number, char *text, size_t size)
{
	size_t i;

	if (number >= ARRAY_SIZE(options))
		return false;
	snprintf(text, size, "%s", options[number].name);
	for (i = 0; text[i]; i++)
		text[i] = text[i] == '_' ? '-' : tolower(text[i]);
	return true;
}

bool option_find(const char *name, struct tdi_object_id *id)
{
	char text[OPTION_TEXT_SIZE];
	size_t i;

	for (i = 0; option_name(i, text, sizeof(text)); i++) {
		if (strcmp(text, name))
			continue;
		*id = (struct tdi_object_id){
			.tei_entity = options[i].type == TDI_INFO_TYPE_CONNECTION ?
				      TDI_ENTITY_CO_TL : TDI_ENTITY_CL_TL,
			.toi_class = TDI_INFO_CLASS_PROTOCOL,
			.toi_type = options[i].type,
			.toi_id = options[i].id,
		};
		return true;
	}
	return false;
}

/* A number, or an address: its bytes, which are as many as is returned */
static size_t value_word(const char *word, uint8_t *bytes)
{
	uint64_t number;
	uint32_t value;

	if (inet_pton(AF_INET, word, bytes) == 1)
		return sizeof(struct in_addr);
	if (inet_pton(AF_INET6, word, bytes) == 1)
		return sizeof(struct in6_addr);
	if (!parse_number(word, UINT32_MAX, &number))
		return 0;
	value = number;
	memcpy(bytes, &value, sizeof(value));
	return sizeof(value);
}

/* Numbers of 32 bits, IPv4 and IPv6 addresses, with commas between them */
bool option_value_parse(const char *text, uint8_t *bytes, size_t size,
			size_t *length)
{
	char list[256], *word, *rest = list;
	size_t count;

	*length = 0;
	if (strlen(text) >= sizeof(list))
		return false;
	strcpy(list, text);
	while ((word = strsep(&rest, ","))) {
		if (*length + sizeof(struct in6_addr) > size)
			return false;
		count = value_word(word, bytes + *length);
		if (!count)
			return false;
		*length += count;
	}
	return true;
}

/* The same of an answer: its numbers */
void option_value_text(char *text, size_t size, const uint8_t *bytes,
		       size_t length)
{
	size_t at, used = 0;
	uint32_t value;

	text[0] = '\0';
	for (at = 0; at + sizeof(value) <= length && used < size;
	     at += sizeof(value)) {
		memcpy(&value, bytes + at, sizeof(value));
		used += snprintf(text + used, size - used, "%s%u",
				 at ? "," : "", value);
	}
}
