/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included once per test program, first: the harness of the kernel's own
 * selftests, libtdi, and the checks that every test makes.
 */
#ifndef TEST_H
#define TEST_H

#include <kselftest_harness.h>
#include <libtdi.h>

#include "job.h"
#include "net.h"
#include "outcome.h"
#include "pair.h"
#include "wait.h"

/*
 * A call that returns an NTSTATUS, and the one it should be; errno has to be
 * the one that the table of <linux/tdi.h> puts beside it.
 */
#define EXPECT_STATUS(want, call) __STATUS(EXPECT, want, call)
#define ASSERT_STATUS(want, call) __STATUS(ASSERT, want, call)
#define __STATUS(check, want, call) do {				\
	struct outcome __outcome;					\
									\
	errno = 0;							\
	__outcome.status = (call);					\
	__outcome.error = errno;					\
	__OUTCOME(check, want, __outcome, #call);			\
} while (0)

/* The same for a call that was made elsewhere */
#define EXPECT_OUTCOME(want, came) __OUTCOME(EXPECT, want, came, #came)
#define ASSERT_OUTCOME(want, came) __OUTCOME(ASSERT, want, came, #came)
#define __OUTCOME(check, want, came, text) do {				\
	struct outcome __result = (came);				\
									\
	check##_EQ((want), __result.status)				\
		TH_LOG("%s: %s, errno %d", text,			\
		       tdi_status_name(__result.status), __result.error);	\
	check##_TRUE(outcome_agrees(&__result))				\
		TH_LOG("%s: %s does not go with errno %d", text,	\
		       tdi_status_name(__result.status), __result.error);	\
} while (0)

/* What has to become true before long */
#define EXPECT_SOON(condition) __SOON(EXPECT, condition)
#define ASSERT_SOON(condition) __SOON(ASSERT, condition)
#define __SOON(check, condition) do {					\
	struct deadline __deadline = deadline_in(PATIENCE_MS);		\
	bool __true;							\
									\
	while (!(__true = (condition)) && !deadline_passed(&__deadline)) \
		pace();							\
	check##_TRUE(__true)						\
		TH_LOG("not in time: %s", #condition);			\
} while (0)

/* Every fixture that there is for both families has these variants. */
#define FAMILY_VARIANTS(fixture)					\
	FIXTURE_VARIANT(fixture) { int family; };			\
	FIXTURE_VARIANT_ADD(fixture, ipv4) { .family = AF_INET };	\
	FIXTURE_VARIANT_ADD(fixture, ipv6) { .family = AF_INET6 }

#endif /* TEST_H */
