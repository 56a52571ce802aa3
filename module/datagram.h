/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_DATAGRAM_H
#define _TDI_DATAGRAM_H

#include "file.h"
#include "request.h"

int tdi_datagram_open(struct tdi_file *file, struct tdi_address *address,
		      struct sockaddr_storage *local, const struct cred *cred);

u32 tdi_datagram_connect(struct tdi_request *req);
u32 tdi_datagram_disconnect(struct tdi_file *file);
u32 tdi_send_datagram(struct tdi_request *req);
u32 tdi_receive_datagram(struct tdi_request *req);
u32 tdi_send_datagram_queue(struct tdi_request *req);
u32 tdi_receive_datagram_queue(struct tdi_request *req);

bool tdi_datagram_is_connected(const struct tdi_file *file);
int tdi_datagram_look(struct tdi_file *file, struct sockaddr_storage *source);
int tdi_datagram_receive(struct tdi_file *file, struct msghdr *msg,
			 struct sockaddr_storage *source, u32 *kind);
struct sk_buff *tdi_datagram_take_next(struct tdi_file *file,
				       struct sockaddr_storage *source,
				       u32 *flags);
void tdi_datagram_count_received(struct tdi_file *file, int n);
bool tdi_datagram_is_for_event(struct tdi_file *file);
__poll_t tdi_datagram_poll(struct tdi_file *file);
bool tdi_datagram_may_read(struct tdi_file *file);
u32 tdi_status_from_icmp(int err);

#endif /* _TDI_DATAGRAM_H */
