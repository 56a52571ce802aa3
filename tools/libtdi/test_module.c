// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's table of statuses, for the test of the library to look at:
 * module/status.c is pure, and compiles in user space with these.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#define u32			uint32_t
#define ERESTARTSYS		512	/* include/linux/errno.h of the kernel */
#define ARRAY_SIZE(a)		((int)(sizeof(a) / sizeof((a)[0])))
#define tdi_status_to_errno	module_status_to_errno
#define tdi_status_from_errno	module_status_from_errno

#include "../../module/status.c"
