/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_STREAM_H
#define _TDI_STREAM_H

#include "request.h"

struct tdi_connection;

u32 tdi_send(struct tdi_request *req);
u32 tdi_receive(struct tdi_request *req);
bool tdi_receive_fits(const struct tdi_request *req, u32 kind);
enum tdi_queue tdi_queue_of_receive(const struct tdi_request *req);
u32 tdi_send_queue(struct tdi_request *req);
u32 tdi_receive_queue(struct tdi_request *req);
bool tdi_send_released(const struct tdi_connection *conn);
bool tdi_send_trylock_locked(struct tdi_endpoint *ep);
void tdi_send_unlock(struct tdi_endpoint *ep);
__poll_t tdi_endpoint_poll(struct tdi_endpoint *ep);

#endif /* _TDI_STREAM_H */
