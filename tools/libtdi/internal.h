/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBTDI_INTERNAL_H
#define LIBTDI_INTERNAL_H

#include <errno.h>
#include "libtdi.h"

/* An error of the library's own: set the errno that goes with @status */
static inline uint32_t tdi_fail(uint32_t status)
{
	errno = tdi_status_to_errno(status);
	return status;
}

#endif /* LIBTDI_INTERNAL_H */
