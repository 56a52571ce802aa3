/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_PROC_H
#define _TDI_PROC_H

#include "file.h"

struct seq_file;

void tdi_proc_add(struct tdi_file *file);
void tdi_proc_remove(struct tdi_file *file);
void tdi_proc_show_file(struct seq_file *m, struct tdi_file *file);

int tdi_proc_init(void);
void tdi_proc_exit(void);

#endif /* _TDI_PROC_H */
