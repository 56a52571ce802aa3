/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_STATUS_H
#define _TDI_STATUS_H

#include <linux/types.h>
#include <uapi/linux/tdi_status.h>

int tdi_status_to_errno(u32 status);
u32 tdi_status_from_errno(int err);

/* There is something to return, if not all of it. */
static inline bool tdi_status_has_result(u32 status)
{
	return status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW;
}

#endif /* _TDI_STATUS_H */
