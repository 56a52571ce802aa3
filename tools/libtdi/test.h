/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIBTDI_TEST_H
#define LIBTDI_TEST_H

#include <stdio.h>

/* Of the test that runs */
extern int failures;

#define CHECK(condition) do {						\
	if (!(condition)) {						\
		printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition); \
		failures++;						\
	}								\
} while (0)

/* The same in a loop: @what says where */
#define CHECK_FOR(what, condition) do {					\
	if (!(condition)) {						\
		printf("# %s:%d: %s: %s\n", __FILE__, __LINE__, what,	\
		       #condition);					\
		failures++;						\
	}								\
} while (0)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

void test_uring_arguments(void);
void test_uring_again(void);
void test_uring_completions(void);
void test_uring_peer(void);
void test_uring_truncated(void);

#endif /* LIBTDI_TEST_H */
