/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_ENDPOINT_H
#define _TDI_ENDPOINT_H

#include "file.h"

void tdi_endpoint_init(struct tdi_endpoint *ep, u64 context);
u32 tdi_endpoint_associate(struct tdi_endpoint *ep, struct tdi_file *address);
u32 tdi_endpoint_disassociate(struct tdi_endpoint *ep);
u32 tdi_endpoint_check_idle(struct tdi_endpoint *ep);
enum tdi_connection_state tdi_endpoint_state_locked(struct tdi_endpoint *ep);
enum tdi_connection_state tdi_endpoint_state(struct tdi_endpoint *ep);
void tdi_endpoint_cleanup(struct tdi_endpoint *ep);
void tdi_endpoint_cleanup_address(struct tdi_file *address);

#endif /* _TDI_ENDPOINT_H */
