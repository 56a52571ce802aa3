/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_TADDR_H
#define _TDI_TADDR_H

#include <linux/socket.h>
#include <linux/types.h>
#include <uapi/linux/tdi.h>

/* The longest TRANSPORT_ADDRESS that is looked at, entries of foreign types included */
#define TDI_TADDR_MAX	256

u32 tdi_taddr_parse(const void *ta, size_t length, struct sockaddr_storage *ss);
u32 tdi_taddr_parse_filter(const void *ta, size_t length,
			   struct sockaddr_storage *filter);
size_t tdi_taddr_build(const struct sockaddr_storage *ss,
		       u8 ta[TDI_TA_LENGTH_IP6]);

bool tdi_taddr_matches(const struct sockaddr_storage *filter,
		       const struct sockaddr_storage *ss);
bool tdi_taddr_overlaps(const struct sockaddr_storage *a,
			const struct sockaddr_storage *b);
bool tdi_taddr_equal(const struct sockaddr_storage *a,
		     const struct sockaddr_storage *b);
bool tdi_taddr_is_any(const struct sockaddr_storage *ss);
bool tdi_taddr_is_group(const struct sockaddr_storage *ss);
__be16 tdi_taddr_port(const struct sockaddr_storage *ss);
void tdi_taddr_set_port(struct sockaddr_storage *ss, __be16 port);
int tdi_taddr_length(const struct sockaddr_storage *ss);

#endif /* _TDI_TADDR_H */
