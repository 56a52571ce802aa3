// SPDX-License-Identifier: LGPL-2.1-or-later
/* FILE_FULL_EA_INFORMATION buffers */
#include <string.h>
#include "internal.h"

#define EA_NAME_OFFSET	offsetof(struct tdi_full_ea_information, ea_name)

void tdi_ea_init(struct tdi_ea *ea, void *buffer, size_t size)
{
	ea->buffer = buffer;
	ea->size = size;
	ea->length = 0;
	ea->last = 0;
}

uint32_t tdi_ea_add(struct tdi_ea *ea, const char *name,
		    const void *value, size_t value_length)
{
	size_t name_length = strlen(name);
	size_t start = (ea->length + 3) & ~(size_t)3;
	struct tdi_full_ea_information head = { 0 };
	uint8_t *bytes = ea->buffer;
	uint32_t next;
	size_t need;

	if (!name_length || name_length > UINT8_MAX)
		return tdi_fail(STATUS_INVALID_EA_NAME);
	if (value_length > UINT16_MAX)
		return tdi_fail(STATUS_INVALID_PARAMETER);
	need = EA_NAME_OFFSET + name_length + 1 + value_length;
	if (start > ea->size || need > ea->size - start)
		return tdi_fail(STATUS_INVALID_BUFFER_SIZE);

	/* the buffer may lie anywhere: no access but by memcpy() */
	if (ea->length) {
		memset(bytes + ea->length, 0, start - ea->length);
		next = start - ea->last;
		memcpy(bytes + ea->last, &next, sizeof(next));
	}
	head.ea_name_length = name_length;
	head.ea_value_length = value_length;
	memcpy(bytes + start, &head, EA_NAME_OFFSET);
	memcpy(bytes + start + EA_NAME_OFFSET, name, name_length + 1);
	if (value_length)
		memcpy(bytes + start + EA_NAME_OFFSET + name_length + 1,
		       value, value_length);
	ea->last = start;
	ea->length = start + need;
	return STATUS_SUCCESS;
}

uint32_t tdi_ea_add_address(struct tdi_ea *ea, const struct tdi_taddr *address)
{
	if (address->length > sizeof(address->bytes))
		return tdi_fail(STATUS_INVALID_PARAMETER);
	return tdi_ea_add(ea, TdiTransportAddress, address->bytes,
			  address->length);
}

uint32_t tdi_ea_add_context(struct tdi_ea *ea, uint64_t context)
{
	return tdi_ea_add(ea, TdiConnectionContext, &context, sizeof(context));
}
