/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBTDI_INTERNAL_H
#define LIBTDI_INTERNAL_H

#include <errno.h>
#include "libtdi.h"

/* An error of the library's own: set the errno that goes with @status */
static inline uint32_t tdi_fail(uint32_t status)
{
	errno = tdi_status_to_errno(status);
	return status;
}

/* request.c: an ioctl, whose argument begins with a struct tdi_head */
uint32_t tdi_submit(int fd, unsigned long command, struct tdi_head *head,
		    uint32_t size, uint32_t flags, struct tdi_io *io);
uint32_t tdi_refuse(uint32_t status, struct tdi_io *io);

/* The address of a return structure, if the request got as far as that */
static inline void tdi_take_return(const struct tdi_connection_information *info,
				   struct tdi_taddr *address, uint32_t status)
{
	if (!address)
		return;
	address->length = status == STATUS_SUCCESS ||
			  status == STATUS_BUFFER_OVERFLOW ?
			  info->remote_address_length : 0;
	if (address->length > sizeof(address->bytes))
		address->length = sizeof(address->bytes);
}

#define TDI_SUBMIT(fd, command, arg, flags, io) \
	tdi_submit(fd, command, &(arg)->head, sizeof(*(arg)), flags, io)

#endif /* LIBTDI_INTERNAL_H */
