/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_LISTEN_H
#define _TDI_LISTEN_H

#include "request.h"

u32 tdi_listen(struct tdi_request *req);
u32 tdi_listen_start_listener(struct tdi_address *address);
void tdi_listen_changed(struct tdi_address *address);
int tdi_listen_take_in(struct tdi_address *address);
bool tdi_listen_accept_all(struct tdi_address *address);
void tdi_listen_withdraw(struct tdi_endpoint *ep);
void tdi_listen_end(struct tdi_file *file);

#endif /* _TDI_LISTEN_H */
