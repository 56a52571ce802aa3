/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

/** struct outcome - what a call came to: NTSTATUS and errno (0 on success) */
struct outcome {
	uint32_t status;
	int error;
};

bool outcome_agrees(const struct outcome *outcome);

#endif /* OUTCOME_H */
