/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_INFO_H
#define _TDI_INFO_H

#include "file.h"
#include "taddr.h"

/* Of IPv4: 65535 less its header and UDP's */
#define TDI_DATAGRAM_LONGEST	65507

/* The longest result */
union tdi_information {
	struct tdi_provider_info provider;
	struct tdi_provider_statistics statistics;
	struct tdi_datagram_info datagram;
	struct tdi_max_datagram_info max_datagram;
	u8 ta[sizeof(struct tdi_transport_address) + TDI_NETWORK_ADDRESSES *
	      (sizeof(struct tdi_ta_address) + TDI_ADDRESS_LENGTH_IP6)];
	struct {
		struct tdi_address_info info;
		u8 ta[TDI_TA_LENGTH_IP6];
	} address;
	struct tdi_connection_info connection;
};

bool tdi_query_exists(u32 type);
void tdi_info_init(void);
u32 tdi_query_information(struct tdi_file *file, u32 type,
			  union tdi_information *result, size_t *length);

#endif /* _TDI_INFO_H */
