/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_INFO_H
#define _TDI_INFO_H

#include "file.h"
#include "taddr.h"

/* The longest result */
union tdi_information {
	struct {
		struct tdi_address_info info;
		u8 ta[TDI_TA_LENGTH_IP6];
	} address;
	struct tdi_connection_info connection;
};

u32 tdi_query_information(struct tdi_file *file, u32 type,
			  union tdi_information *result, size_t *length);

#endif /* _TDI_INFO_H */
