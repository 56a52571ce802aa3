/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_IOCTL_H
#define _TDI_IOCTL_H

#include <linux/fs.h>

long tdi_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);

#endif /* _TDI_IOCTL_H */
