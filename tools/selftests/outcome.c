// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which errno goes with which NTSTATUS: what libtdi says, whose table its own
 * test (make -C ../libtdi check) holds against <linux/tdi.h> and the module.
 */
#include <errno.h>
#include <libtdi.h>

#include "outcome.h"

bool outcome_agrees(const struct outcome *outcome)
{
	if (outcome->error == tdi_status_to_errno(outcome->status))
		return true;
	/* the errnos that <linux/tdi.h> lists beside the status's own */
	switch (outcome->error) {
	case E2BIG:
		return outcome->status == STATUS_INVALID_PARAMETER;
	case EINTR:
		return outcome->status == STATUS_CANCELLED;
	default:
		return false;
	}
}
