// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extended attributes of a create (reference 1.3, S17).  Pure: no locks, no
 * memory.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <uapi/linux/tdi.h>

#include "ea.h"
#include "status.h"

#define TDI_FILE_NEED_EA	0x80

static u32 tdi_ea_address(struct tdi_ea *ea, const u8 *value, size_t length)
{
	ea->kind = TDI_TRANSPORT_ADDRESS_FILE;
	ea->address = value;
	ea->address_length = length;
	return STATUS_SUCCESS;
}

/* Clients that think in 32 bits pass an int. */
static u32 tdi_ea_context(struct tdi_ea *ea, const u8 *value, size_t length)
{
	u32 context32;

	if (length >= sizeof(ea->context)) {
		memcpy(&ea->context, value, sizeof(ea->context));
	} else if (length >= sizeof(context32)) {
		memcpy(&context32, value, sizeof(context32));
		ea->context = context32;
	} else {
		return STATUS_INVALID_PARAMETER;
	}

	ea->kind = TDI_CONNECTION_FILE;
	return STATUS_SUCCESS;
}

static const struct {
	const char *name;
	size_t length;
	u32 (*take)(struct tdi_ea *ea, const u8 *value, size_t length);
} tdi_ea_names[] = {
	{ TdiTransportAddress, TDI_TRANSPORT_ADDRESS_LENGTH, tdi_ea_address },
	{ TdiConnectionContext, TDI_CONNECTION_CONTEXT_LENGTH, tdi_ea_context },
};

static u32 tdi_ea_entry(struct tdi_ea *ea, const char *name, size_t name_length,
			size_t value_length)
{
	const u8 *value = (const u8 *)name + name_length + 1;
	int i;

	if (name[name_length])
		return STATUS_INVALID_PARAMETER;

	for (i = 0; i < ARRAY_SIZE(tdi_ea_names); i++) {
		if (tdi_ea_names[i].length != name_length ||
		    memcmp(tdi_ea_names[i].name, name, name_length))
			continue;
		/* a file is one thing only */
		if (ea->kind != TDI_CONTROL_CHANNEL_FILE)
			return STATUS_INVALID_PARAMETER;
		return tdi_ea_names[i].take(ea, value, value_length);
	}
	return STATUS_INVALID_EA_NAME;
}

/**
 * tdi_ea_parse() - read FILE_FULL_EA_INFORMATION entries
 * @buffer: the entries
 * @length: bytes at @buffer; what follows the last entry is ignored
 * @ea: result; points into @buffer
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_PARAMETER, STATUS_INVALID_EA_NAME.
 */
u32 tdi_ea_parse(const void *buffer, size_t length, struct tdi_ea *ea)
{
	struct tdi_full_ea_information entry;
	size_t offset = 0, used;
	u32 status;

	memset(ea, 0, sizeof(*ea));
	ea->kind = TDI_CONTROL_CHANNEL_FILE;
	if (!length)
		return STATUS_SUCCESS;

	do {
		if (length - offset < sizeof(entry))
			return STATUS_INVALID_PARAMETER;
		memcpy(&entry, buffer + offset, sizeof(entry));

		used = sizeof(entry) + entry.ea_name_length + 1 +
		       entry.ea_value_length;
		if (used > length - offset ||
		    entry.flags & ~TDI_FILE_NEED_EA)
			return STATUS_INVALID_PARAMETER;

		status = tdi_ea_entry(ea, buffer + offset + sizeof(entry),
				      entry.ea_name_length,
				      entry.ea_value_length);
		if (status)
			return status;

		/* entries do not overlap */
		if (entry.next_entry_offset &&
		    (entry.next_entry_offset < used ||
		     entry.next_entry_offset > length - offset))
			return STATUS_INVALID_PARAMETER;
		offset += entry.next_entry_offset;
	} while (entry.next_entry_offset);

	return STATUS_SUCCESS;
}
