/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs about io_uring commands share; included once in each */
#ifndef _SELFTESTS_URING_H
#define _SELFTESTS_URING_H

#include "test.h"

#include <signal.h>
#include <sys/syscall.h>

#include "indication.h"
#include "memory.h"
#include "ring.h"

/* Many times what fits into small buffers */
#define BIG	(1 << 20)
#define MANY	32
#define NO_URING "no commands of io_uring (TDI_CAP_URING), as on kernels before 6.12"

/* A completion, and the status of which it should be: its errno and NTSTATUS */
#define EXPECT_COMPLETION(want, came) do {				\
	struct completion __came = (came);				\
									\
	EXPECT_EQ(tdi_status_to_errno(want), __came.result < 0 ?	\
					     -__came.result : 0);	\
	EXPECT_EQ((want), __came.status)				\
		TH_LOG("%s, result %d",					\
		       tdi_status_name(__came.status), __came.result);	\
} while (0)

/* Success with so many bytes */
#define EXPECT_BYTES(want, came) do {					\
	struct completion __bytes = (came);				\
									\
	EXPECT_EQ((want), __bytes.result);				\
	EXPECT_EQ(STATUS_SUCCESS, __bytes.status)			\
		TH_LOG("%s", tdi_status_name(__bytes.status));		\
} while (0)

#endif /* _SELFTESTS_URING_H */
