// SPDX-License-Identifier: GPL-2.0-only
/* What queries answer, as words */
#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>
#include "tdictl.h"

static const char *const states[] = {
	[TDI_STATE_OPENED]		= "opened",
	[TDI_STATE_ASSOCIATED]		= "associated",
	[TDI_STATE_CONNECTING]		= "connecting",
	[TDI_STATE_LISTENING]		= "listening",
	[TDI_STATE_CONNECTED]		= "connected",
	[TDI_STATE_LOCAL_RELEASED]	= "local-released",
	[TDI_STATE_REMOTE_RELEASED]	= "remote-released",
	[TDI_STATE_OFFERED]		= "offered",
};

void tell(const struct teller *teller, const char *key, const char *format, ...)
{
	char value[TELL_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	teller->tell(teller->context, key, value);
}

static void tell_number(const struct teller *teller, const char *key,
			uint64_t value)
{
	tell(teller, key, "%llu", (unsigned long long)value);
}

/* An answer that is shorter than its structure is zero behind */
#define TAKE(structure, bytes, length) \
	memcpy(&(structure), bytes, (length) < sizeof(structure) ? \
				    (length) : sizeof(structure))

/* One entry by itself, as the library takes addresses */
static void tell_entry(const struct teller *teller,
		       const struct tdi_ta_address *entry)
{
	struct tdi_taddr ta = {
		.length = 4 + sizeof(*entry) + entry->address_length,
		.bytes = { 1 },
	};
	const uint8_t *link = entry->address;
	char text[TDI_TADDR_STRLEN];

	if (entry->address_type == TDI_ADDRESS_TYPE_8022 &&
	    entry->address_length == TDI_ADDRESS_LENGTH_8022) {
		tell(teller, "link", "%02x:%02x:%02x:%02x:%02x:%02x", link[0],
		     link[1], link[2], link[3], link[4], link[5]);
		return;
	}
	if (ta.length > sizeof(ta.bytes))
		return;
	memcpy(ta.bytes + 4, entry, ta.length - 4);
	tdi_taddr_format(&ta, text, sizeof(text));
	tell(teller, "address", "%s", text);
}

static void tell_addresses(const struct teller *teller, const uint8_t *bytes,
			   size_t length)
{
	const struct tdi_ta_address *entry;
	int32_t count = 0;
	size_t at = 4;
	int i;

	TAKE(count, bytes, length);
	tell_number(teller, "count", count);
	for (i = 0; i < count; i++) {
		entry = (const void *)(bytes + at);
		if (at + sizeof(*entry) > length ||
		    at + sizeof(*entry) + entry->address_length > length)
			return;
		tell_entry(teller, entry);
		at += sizeof(*entry) + entry->address_length;
	}
}

static void tell_address_info(const struct teller *teller, const uint8_t *bytes,
			      size_t length)
{
	struct tdi_taddr ta = { 0 };
	char text[TDI_TADDR_STRLEN];
	uint32_t count = 0;

	TAKE(count, bytes, length);
	tell_number(teller, "count", count);
	if (length < sizeof(count) ||
	    length - sizeof(count) > sizeof(ta.bytes))
		return;
	ta.length = length - sizeof(count);
	memcpy(ta.bytes, bytes + sizeof(count), ta.length);
	tdi_taddr_format(&ta, text, sizeof(text));
	tell(teller, "address", "%s", text);
}

static void tell_connection_info(const struct teller *teller,
				 const uint8_t *bytes, size_t length)
{
	struct tdi_connection_info info = { 0 };

	TAKE(info, bytes, length);
	if (info.state < ARRAY_SIZE(states))
		tell(teller, "state", "%s", states[info.state]);
	else
		tell_number(teller, "state", info.state);
	tell_number(teller, "sends", info.transmitted_tsdus);
	tell_number(teller, "receives", info.received_tsdus);
	tell_number(teller, "retransmits", info.transmission_errors);
	tell_number(teller, "receive-errors", info.receive_errors);
	tell_number(teller, "send-buffer", info.send_buffer_size);
	tell_number(teller, "receive-buffer", info.receive_buffer_size);
	tell_number(teller, "throughput", info.throughput);
	tell_number(teller, "delay-us", -info.delay / 10);
}

static void tell_provider_info(const struct teller *teller,
			       const uint8_t *bytes, size_t length)
{
	struct tdi_provider_info info = { 0 };

	TAKE(info, bytes, length);
	tell(teller, "version", "0x%04x", info.version);
	tell_number(teller, "max-send", info.max_send_size);
	tell_number(teller, "max-user-data", info.max_connection_user_data);
	tell_number(teller, "max-datagram", info.max_datagram_size);
	tell(teller, "flags", "0x%08x", info.service_flags);
	tell_number(teller, "min-lookahead", info.minimum_lookahead_data);
	tell_number(teller, "max-lookahead", info.maximum_lookahead_data);
	tell_number(teller, "resources", info.number_of_resources);
	tell_number(teller, "start-time", info.start_time);
}

/* Those that are counted */
static void tell_provider_statistics(const struct teller *teller,
				     const uint8_t *bytes, size_t length)
{
	struct tdi_provider_statistics info = { 0 };

	TAKE(info, bytes, length);
	tell_number(teller, "open-connections", info.open_connections);
	tell_number(teller, "connections", info.connections_after_no_retry);
	tell_number(teller, "local-disconnects", info.local_disconnects);
	tell_number(teller, "remote-disconnects", info.remote_disconnects);
	tell_number(teller, "link-failures", info.link_failures);
	tell_number(teller, "timeouts", info.session_timeouts);
	tell_number(teller, "cancelled", info.cancelled_connections);
	tell_number(teller, "local-resource", info.local_resource_failures);
	tell_number(teller, "not-found", info.not_found_failures);
	tell_number(teller, "no-listen", info.no_listen_failures);
	tell_number(teller, "datagrams-sent", info.datagrams_sent);
	tell_number(teller, "datagram-bytes-sent", info.datagram_bytes_sent);
	tell_number(teller, "datagrams-received", info.datagrams_received);
	tell_number(teller, "datagram-bytes-received",
		    info.datagram_bytes_received);
	tell_number(teller, "frames-sent", info.data_frames_sent);
	tell_number(teller, "bytes-sent", info.data_frame_bytes_sent);
	tell_number(teller, "frames-received", info.data_frames_received);
	tell_number(teller, "bytes-received", info.data_frame_bytes_received);
}

static void tell_datagram_info(const struct teller *teller,
			       const uint8_t *bytes, size_t length)
{
	struct tdi_datagram_info info = { 0 };

	TAKE(info, bytes, length);
	tell_number(teller, "max-bytes", info.maximum_datagram_bytes);
	tell_number(teller, "max-count", info.maximum_datagram_count);
}

static void tell_max_datagram_info(const struct teller *teller,
				   const uint8_t *bytes, size_t length)
{
	struct tdi_max_datagram_info info = { 0 };

	TAKE(info, bytes, length);
	tell_number(teller, "max-datagram", info.max_datagram_size);
}

/* ---- IOCTL_TCP_QUERY_INFORMATION_EX ---- */

static void tell_entities(const struct teller *teller, const uint8_t *bytes,
			  size_t length)
{
	size_t count = length / sizeof(struct tdi_entity_id), i;
	struct tdi_entity_id entity;

	tell_number(teller, "count", count);
	for (i = 0; i < count; i++) {
		memcpy(&entity, bytes + i * sizeof(entity), sizeof(entity));
		tell(teller, "entity", "0x%x:%u", entity.tei_entity,
		     entity.tei_instance);
	}
}

static void tell_entity_type(const struct teller *teller, const uint8_t *bytes,
			     size_t length)
{
	uint32_t type = 0;

	TAKE(type, bytes, length);
	tell(teller, "entity-type", "0x%x", type);
}

static void tell_ip_stats(const struct teller *teller, const uint8_t *bytes,
			  size_t length)
{
	struct tdi_ip_snmp_info info = { 0 };

	TAKE(info, bytes, length);
	tell(teller, "forwarding", "%s",
	     info.ipsi_forwarding == 1 ? "yes" : "no");
	tell_number(teller, "ttl", info.ipsi_defaultttl);
	tell_number(teller, "in-receives", info.ipsi_inreceives);
	tell_number(teller, "in-delivers", info.ipsi_indelivers);
	tell_number(teller, "out-requests", info.ipsi_outrequests);
	tell_number(teller, "interfaces", info.ipsi_numif);
	tell_number(teller, "addresses", info.ipsi_numaddr);
}

static void tell_address_table(const struct teller *teller,
			       const uint8_t *bytes, size_t length)
{
	size_t count = length / sizeof(struct tdi_ip_addr_entry), i;
	char address[INET_ADDRSTRLEN], mask[INET_ADDRSTRLEN];
	struct tdi_ip_addr_entry entry;

	tell_number(teller, "count", count);
	for (i = 0; i < count; i++) {
		memcpy(&entry, bytes + i * sizeof(entry), sizeof(entry));
		inet_ntop(AF_INET, &entry.iae_addr, address, sizeof(address));
		inet_ntop(AF_INET, &entry.iae_mask, mask, sizeof(mask));
		tell(teller, "address", "%s/%s@%u", address, mask,
		     entry.iae_index);
	}
}

static void tell_interface(const struct teller *teller, const uint8_t *bytes,
			   size_t length)
{
	struct tdi_if_entry info = { 0 };

	TAKE(info, bytes, length);
	tell_number(teller, "index", info.if_index);
	if (length > sizeof(info))
		tell(teller, "name", "%.*s", (int)(length - sizeof(info)),
		     (const char *)bytes + sizeof(info));
	tell_number(teller, "interface-type", info.if_type);
	tell_number(teller, "mtu", info.if_mtu);
	tell_number(teller, "speed", info.if_speed);
	tell(teller, "state", "%s", info.if_operstatus == 1 ? "up" : "down");
	tell_number(teller, "in-bytes", info.if_inoctets);
	tell_number(teller, "out-bytes", info.if_outoctets);
}

static void tell_interface_info(const struct teller *teller,
				const uint8_t *bytes, size_t length)
{
	struct tdi_ip_interface_info info = { 0 };

	TAKE(info, bytes, length);
	tell_number(teller, "flags", info.iii_flags);
	tell_number(teller, "mtu", info.iii_mtu);
	tell_number(teller, "speed", info.iii_speed);
}

/* @toi_class says whether @id is one of the EX queries' */
#define QUERY(_name, _type, _tell) \
	{ .name = _name, .type = _type, .tell = _tell }
#define OBJECT(_name, _entity, _class, _id, _tell) \
	{ .name = _name, .tell = _tell, \
	  .id = { .tei_entity = _entity, .toi_class = _class, \
		  .toi_type = TDI_INFO_TYPE_PROVIDER, .toi_id = _id } }

static const struct information informations[] = {
	QUERY("broadcast-address", TDI_QUERY_BROADCAST_ADDRESS, tell_addresses),
	QUERY("provider-info", TDI_QUERY_PROVIDER_INFO, tell_provider_info),
	QUERY("address-info", TDI_QUERY_ADDRESS_INFO, tell_address_info),
	QUERY("connection-info", TDI_QUERY_CONNECTION_INFO,
	      tell_connection_info),
	QUERY("provider-statistics", TDI_QUERY_PROVIDER_STATISTICS,
	      tell_provider_statistics),
	QUERY("datagram-info", TDI_QUERY_DATAGRAM_INFO, tell_datagram_info),
	QUERY("data-link-address", TDI_QUERY_DATA_LINK_ADDRESS, tell_addresses),
	QUERY("network-address", TDI_QUERY_NETWORK_ADDRESS, tell_addresses),
	QUERY("max-datagram-info", TDI_QUERY_MAX_DATAGRAM_INFO,
	      tell_max_datagram_info),
	OBJECT("entity-list", TDI_ENTITY_GENERIC, TDI_INFO_CLASS_GENERIC,
	       TDI_ENTITY_LIST_ID, tell_entities),
	OBJECT("entity-type", TDI_ENTITY_CL_NL, TDI_INFO_CLASS_GENERIC,
	       TDI_ENTITY_TYPE_ID, tell_entity_type),
	OBJECT("ip-stats", TDI_ENTITY_CL_NL, TDI_INFO_CLASS_PROTOCOL,
	       TDI_IP_MIB_STATS_ID, tell_ip_stats),
	OBJECT("address-table", TDI_ENTITY_CL_NL, TDI_INFO_CLASS_PROTOCOL,
	       TDI_IP_MIB_ADDRTABLE_ENTRY_ID, tell_address_table),
	OBJECT("interface-info", TDI_ENTITY_CL_NL, TDI_INFO_CLASS_PROTOCOL,
	       TDI_IP_INTFC_INFO_ID, tell_interface_info),
	OBJECT("interface", TDI_ENTITY_IF, TDI_INFO_CLASS_PROTOCOL,
	       TDI_IF_MIB_STATS_ID, tell_interface),
};

const struct information *information_number(size_t number)
{
	return number < ARRAY_SIZE(informations) ? &informations[number] : NULL;
}

const struct information *information_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(informations); i++)
		if (!strcmp(informations[i].name, name))
			return &informations[i];
	return NULL;
}

bool information_is_object(const struct information *information)
{
	return information->id.toi_class;
}
