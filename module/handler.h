/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_HANDLER_H
#define _TDI_HANDLER_H

#include "client.h"
#include "event.h"

void tdi_handler_work(struct work_struct *work);

bool tdi_handler_wanted(struct tdi_events *events, u32 type,
			struct tdi_event_handler *handler);
void tdi_handler_give(struct tdi_file *file, struct tdi_request *req,
		      const struct tdi_post *post,
		      u32 (*fill)(struct tdi_request *req, void *arg),
		      void *arg);

static inline void *tdi_handler_context(const struct tdi_event_handler *handler)
{
	return (void *)(uintptr_t)handler->context;
}

bool tdi_handle_datagrams(struct tdi_events *events);

#endif /* _TDI_HANDLER_H */
