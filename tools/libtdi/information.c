// SPDX-License-Identifier: LGPL-2.1-or-later
/* Information: what files, devices and the provider tell, and what is set */
#include <string.h>
#include "argument.h"
#include "internal.h"

uint32_t tdi_query_information(int fd, uint32_t query_type,
			       void *buffer, size_t length,
			       uint32_t flags, struct tdi_io *io)
{
	struct tdi_query_information arg = {
		.buffer = tdi_user_pointer(buffer),
		.length = length,
		.query_type = query_type,
	};

	if (length > UINT32_MAX)
		return tdi_refuse(STATUS_INVALID_PARAMETER, io);
	return TDI_SUBMIT(fd, TDI_IOC_QUERY_INFORMATION, &arg, flags, io);
}

uint32_t tdi_query_address_info(int fd, uint32_t *activity_count,
				struct tdi_taddr *address,
				uint32_t flags, struct tdi_io *io)
{
	const size_t head = sizeof(struct tdi_address_info);
	uint8_t buffer[sizeof(struct tdi_address_info) + TDI_TADDR_MAX];
	struct tdi_io local = { 0 };
	uint32_t status;

	if (!io)
		io = &local;
	if (address)
		address->length = 0;
	status = tdi_query_information(fd, TDI_QUERY_ADDRESS_INFO, buffer,
				       sizeof(buffer), flags, io);
	if (status != STATUS_SUCCESS)
		return status;
	if (io->information < head || io->information > sizeof(buffer))
		return tdi_refuse(STATUS_UNSUCCESSFUL, io);
	if (activity_count)
		memcpy(activity_count, buffer, sizeof(*activity_count));
	if (address) {
		address->length = io->information - head;
		memcpy(address->bytes, buffer + head, address->length);
	}
	return status;
}

uint32_t tdi_query_connection_info(int endpoint,
				   struct tdi_connection_info *info,
				   uint32_t flags, struct tdi_io *io)
{
	memset(info, 0, sizeof(*info));
	return tdi_query_information(endpoint, TDI_QUERY_CONNECTION_INFO, info,
				     sizeof(*info), flags, io);
}

uint32_t tdi_query_caps(int fd, struct tdi_query_caps *caps,
			uint32_t flags, struct tdi_io *io)
{
	memset(caps, 0, sizeof(*caps));
	return TDI_SUBMIT(fd, TDI_IOC_QUERY_CAPS, caps, flags, io);
}

uint32_t tdi_set_information(int fd, uint32_t set_type,
			     const void *buffer, size_t length,
			     uint32_t flags, struct tdi_io *io)
{
	struct tdi_set_information arg = {
		.buffer = tdi_user_pointer(buffer),
		.length = length,
		.set_type = set_type,
	};

	if (length > UINT32_MAX)
		return tdi_refuse(STATUS_INVALID_PARAMETER, io);
	return TDI_SUBMIT(fd, TDI_IOC_SET_INFORMATION, &arg, flags, io);
}

uint32_t tdi_action(int fd, const void *buffer, size_t length,
		    uint32_t flags, struct tdi_io *io)
{
	struct tdi_action arg = {
		.buffer = tdi_user_pointer(buffer),
		.length = length,
	};

	if (length > UINT32_MAX)
		return tdi_refuse(STATUS_INVALID_PARAMETER, io);
	return TDI_SUBMIT(fd, TDI_IOC_ACTION, &arg, flags, io);
}

uint32_t tdi_query_information_ex(int fd, const struct tdi_object_id *id,
				  const void *context,
				  void *buffer, size_t length,
				  uint32_t flags, struct tdi_io *io)
{
	struct tdi_query_information_ex arg = {
		.id = *id,
		.length = length,
		.buffer = tdi_user_pointer(buffer),
	};

	if (length > UINT32_MAX)
		return tdi_refuse(STATUS_INVALID_PARAMETER, io);
	if (context)
		memcpy(arg.context, context, sizeof(arg.context));
	return TDI_SUBMIT(fd, TDI_IOC_QUERY_INFORMATION_EX, &arg, flags, io);
}

uint32_t tdi_set_information_ex(int fd, const struct tdi_object_id *id,
				const void *buffer, size_t length,
				uint32_t flags, struct tdi_io *io)
{
	struct tdi_set_information_ex arg = {
		.id = *id,
		.length = length,
		.buffer = tdi_user_pointer(buffer),
	};

	if (length > UINT32_MAX)
		return tdi_refuse(STATUS_INVALID_PARAMETER, io);
	return TDI_SUBMIT(fd, TDI_IOC_SET_INFORMATION_EX, &arg, flags, io);
}
