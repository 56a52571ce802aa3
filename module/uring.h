/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_URING_H
#define _TDI_URING_H

#include <linux/kconfig.h>
#include <linux/version.h>

/*
 * A pending command must be cancelable, or a ring could not end (6.7); before
 * 6.12 some of what is used here had other names.
 */
#if IS_ENABLED(CONFIG_IO_URING) && LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define TDI_HAVE_URING	1

struct io_uring_cmd;

int tdi_uring_cmd(struct io_uring_cmd *cmd, unsigned int issue_flags);
#else
#define TDI_HAVE_URING	0
#define tdi_uring_cmd	NULL
#endif

#endif /* _TDI_URING_H */
