/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory with edges, and addresses that there is no memory at */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* So many bytes, zero, right before a page that cannot be touched */
void *memory_at_edge(size_t length);
/* A page that cannot be touched */
void *memory_unmapped(void);
void *memory_read_only(void);
/* Below 4 GiB, for calls that only pass 32 bits */
void *memory_low(size_t length);
/* Somewhere in the kernel's half */
#define MEMORY_KERNEL	((void *)0xffffffff81000000UL)

#endif /* MEMORY_H */
