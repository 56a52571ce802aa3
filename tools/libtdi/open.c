// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opening files of a TDI device */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "internal.h"

#define DEVICE_DIR	"/dev/tdi/"

/* An EA entry with the longest value that is built here */
#define EA_ROOM		(sizeof(struct tdi_full_ea_information) + \
			 TDI_CONNECTION_CONTEXT_LENGTH + 1 + TDI_TADDR_MAX)

uint32_t tdi_open(const char *device, int oflags, int *fd)
{
	char path[256];
	int length;

	*fd = -1;
	length = snprintf(path, sizeof(path), "%s%s",
			  strchr(device, '/') ? "" : DEVICE_DIR, device);
	if (length < 0 || (size_t)length >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	*fd = open(path, O_RDWR | O_CLOEXEC | oflags);
	return *fd < 0 ? tdi_status_from_errno(errno) : STATUS_SUCCESS;
}

/* Open, then create; without success there is no descriptor left */
static uint32_t open_and_create(const char *device, int oflags,
				const struct tdi_ea *ea, uint32_t share_access,
				uint32_t protocol, int *fd)
{
	uint32_t status;
	int error;

	status = tdi_open(device, oflags, fd);
	if (status != STATUS_SUCCESS)
		return status;
	status = tdi_create(*fd, ea->buffer, ea->length, share_access, protocol,
			    0, NULL);
	if (status != STATUS_SUCCESS) {
		error = errno;
		close(*fd);
		*fd = -1;
		errno = error;
	}
	return status;
}

uint32_t tdi_open_raw_address(const char *device, int oflags,
			      const struct tdi_taddr *address,
			      uint32_t protocol, uint32_t share_access,
			      int *fd)
{
	uint8_t buffer[EA_ROOM];
	struct tdi_ea ea;
	uint32_t status;

	*fd = -1;
	tdi_ea_init(&ea, buffer, sizeof(buffer));
	status = tdi_ea_add_address(&ea, address);
	if (status != STATUS_SUCCESS)
		return status;
	return open_and_create(device, oflags, &ea, share_access, protocol, fd);
}

uint32_t tdi_open_address(const char *device, int oflags,
			  const struct tdi_taddr *address,
			  uint32_t share_access, int *fd)
{
	return tdi_open_raw_address(device, oflags, address, 0, share_access,
				    fd);
}

uint32_t tdi_open_endpoint(const char *device, int oflags, uint64_t context,
			   int *fd)
{
	uint8_t buffer[EA_ROOM];
	struct tdi_ea ea;
	uint32_t status;

	*fd = -1;
	tdi_ea_init(&ea, buffer, sizeof(buffer));
	status = tdi_ea_add_context(&ea, context);
	if (status != STATUS_SUCCESS)
		return status;
	return open_and_create(device, oflags, &ea, 0, 0, fd);
}
