/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_CHARDEV_H
#define _TDI_CHARDEV_H

#include <linux/fs.h>

extern const struct file_operations tdi_fops;

void tdi_file_init_mode(struct file *filp);
bool tdi_file_is(const struct file *filp);

int tdi_chardev_init(void);
void tdi_chardev_exit(void);

#endif /* _TDI_CHARDEV_H */
