// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOCTL_TCP_QUERY_INFORMATION_EX and IOCTL_TCP_SET_INFORMATION_EX (reference 5.4):
 * who is asked for what.
 */
#include <linux/string.h>

#include "object.h"
#include "option.h"
#include "status.h"

/* More of the answer; what does not fit is counted */
void tdi_answer_put(struct tdi_answer *answer, const void *data, size_t length)
{
	if (answer->length < answer->room)
		memcpy(answer->bytes + answer->length, data,
		       min(length, answer->room - answer->length));
	answer->length += length;
}

/* The transport's and the network's; interfaces come behind */
static const struct tdi_entity_id tdi_entities[] = {
	{ TDI_ENTITY_CO_TL, 0 },
	{ TDI_ENTITY_CL_TL, 0 },
	{ TDI_ENTITY_CL_NL, 0 },
	{ TDI_ENTITY_ER, 0 },
	{ TDI_ENTITY_AT, 0 },
};

static u32 tdi_object_entity_type(struct net *net,
				  const struct tdi_object_id *id,
				  struct tdi_answer *answer)
{
	u32 type;

	if (id->tei_entity != TDI_ENTITY_IF && id->tei_instance)
		return STATUS_INVALID_PARAMETER;
	switch (id->tei_entity) {
	case TDI_ENTITY_CO_TL:
		type = TDI_TYPE_CO_TL_TCP;
		break;
	case TDI_ENTITY_CL_TL:
		type = TDI_TYPE_CL_TL_UDP;
		break;
	case TDI_ENTITY_CL_NL:
		type = TDI_TYPE_CL_NL_IP;
		break;
	case TDI_ENTITY_ER:
		type = TDI_TYPE_ER_ICMP;
		break;
	case TDI_ENTITY_AT:
		type = TDI_TYPE_AT_ARP;
		break;
	case TDI_ENTITY_IF:
		type = TDI_TYPE_IF_MIB;
		if (!tdi_mib_has_interface(net, id->tei_instance))
			return STATUS_INVALID_PARAMETER;
		break;
	default:
		return STATUS_INVALID_PARAMETER;
	}
	tdi_answer_put(answer, &type, sizeof(type));
	return STATUS_SUCCESS;
}

static u32 tdi_object_generic(struct tdi_file *file,
			      const struct tdi_object_id *id,
			      struct tdi_answer *answer)
{
	if (id->toi_type != TDI_INFO_TYPE_PROVIDER)
		return STATUS_INVALID_PARAMETER;
	switch (id->toi_id) {
	case TDI_ENTITY_LIST_ID:
		tdi_answer_put(answer, tdi_entities, sizeof(tdi_entities));
		tdi_mib_interfaces(file->net, answer);
		return STATUS_SUCCESS;
	case TDI_ENTITY_TYPE_ID:
		return tdi_object_entity_type(file->net, id, answer);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

static u32 tdi_object_ip(struct tdi_file *file, u32 id, const u8 *context,
			 struct tdi_answer *answer)
{
	__be32 address;

	switch (id) {
	case TDI_IP_MIB_STATS_ID:
		tdi_mib_ip(file->net, answer);
		return STATUS_SUCCESS;
	case TDI_IP_MIB_ADDRTABLE_ENTRY_ID:
		tdi_mib_addresses(file->net, answer);
		return STATUS_SUCCESS;
	case TDI_IP_INTFC_INFO_ID:
		memcpy(&address, context, sizeof(address));
		return tdi_mib_interface_info(file->net, address, answer);
	default:
		return STATUS_NOT_IMPLEMENTED;
	}
}

static u32 tdi_object_provider(struct tdi_file *file,
			       const struct tdi_object_id *id,
			       const u8 *context, struct tdi_answer *answer)
{
	switch (id->tei_entity) {
	case TDI_ENTITY_CL_NL:
		return id->tei_instance ? STATUS_INVALID_PARAMETER :
		       tdi_object_ip(file, id->toi_id, context, answer);
	case TDI_ENTITY_IF:
		if (id->toi_id != TDI_IF_MIB_STATS_ID)
			return STATUS_NOT_IMPLEMENTED;
		return tdi_mib_interface(file->net, id->tei_instance, answer);
	case TDI_ENTITY_CO_TL:
	case TDI_ENTITY_CL_TL:
	case TDI_ENTITY_ER:
	case TDI_ENTITY_AT:
		return STATUS_NOT_IMPLEMENTED;
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

static bool tdi_object_is_transport(const struct tdi_object_id *id)
{
	return id->tei_entity == TDI_ENTITY_CO_TL ||
	       id->tei_entity == TDI_ENTITY_CL_TL;
}

/**
 * tdi_object_query() - TDI_IOC_QUERY_INFORMATION_EX
 * @file: any kind
 * @id: what is asked for
 * @context: 16 bytes
 * @answer: the answer
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for what there is not,
 * STATUS_NOT_IMPLEMENTED for what there is elsewhere; STATUS_INVALID_CONNECTION or
 * STATUS_INVALID_ADDRESS for the wrong kind of file.
 */
u32 tdi_object_query(struct tdi_file *file, const struct tdi_object_id *id,
		     const u8 *context, struct tdi_answer *answer)
{
	struct tdi_keepalive value = {};
	size_t length = sizeof(u32);
	u32 status;

	if (id->toi_class == TDI_INFO_CLASS_GENERIC)
		return tdi_object_generic(file, id, answer);
	if (id->toi_class != TDI_INFO_CLASS_PROTOCOL)
		return STATUS_INVALID_PARAMETER;
	if (id->toi_type == TDI_INFO_TYPE_PROVIDER)
		return tdi_object_provider(file, id, context, answer);
	if (!tdi_object_is_transport(id))
		return STATUS_INVALID_PARAMETER;

	switch (id->toi_type) {
	case TDI_INFO_TYPE_ADDRESS_OBJECT:
		status = tdi_option_get_address(file, id->toi_id, &value.onoff);
		break;
	case TDI_INFO_TYPE_CONNECTION:
		if (tdi_file_kind(file) != TDI_CONNECTION_FILE)
			return STATUS_INVALID_CONNECTION;
		status = tdi_option_get_connection(&file->endpoint, id->toi_id,
						   &value, &length);
		break;
	default:
		return STATUS_INVALID_PARAMETER;
	}
	if (!status)
		tdi_answer_put(answer, &value, length);
	return status;
}

/**
 * tdi_object_set() - TDI_IOC_SET_INFORMATION_EX
 * @file: an address or endpoint
 * @id: what is set
 * @value: to what; it is not the same any more after this
 * @length: bytes at @value
 *
 * Return: as tdi_object_query(), and what setting it said.
 */
u32 tdi_object_set(struct tdi_file *file, const struct tdi_object_id *id,
		   void *value, size_t length)
{
	if (id->toi_class != TDI_INFO_CLASS_PROTOCOL ||
	    !tdi_object_is_transport(id))
		return STATUS_INVALID_PARAMETER;
	switch (id->toi_type) {
	case TDI_INFO_TYPE_ADDRESS_OBJECT:
		return tdi_option_set_address(file, id->toi_id, value, length);
	case TDI_INFO_TYPE_CONNECTION:
		if (tdi_file_kind(file) != TDI_CONNECTION_FILE)
			return STATUS_INVALID_CONNECTION;
		return tdi_option_set_connection(&file->endpoint, id->toi_id,
						 value, length);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}
