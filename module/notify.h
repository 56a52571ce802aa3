/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_NOTIFY_H
#define _TDI_NOTIFY_H

#include <linux/poll.h>
#include <linux/uio.h>

#include "event.h"
#include "file.h"

u32 tdi_notify_set_handler(struct tdi_file *file, u32 type, bool on,
			   const struct tdi_event_handler *handler);
ssize_t tdi_notify_read(struct tdi_file *file, struct iov_iter *iter,
			bool nonblock);
__poll_t tdi_notify_poll(struct tdi_file *file);
void tdi_notify_off(struct tdi_file *file);
void tdi_notify_close(struct tdi_file *file);

int tdi_notify_init(void);
void tdi_notify_exit(void);

#endif /* _TDI_NOTIFY_H */
