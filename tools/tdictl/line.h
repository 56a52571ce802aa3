/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of an interactive user, and what they may go on with */
#ifndef LINE_H
#define LINE_H

#include "scenario.h"

/* line.c: with libedit on a terminal, else plain lines */
void line_begin(struct scenario *scenario);
char *line_read(const char *prompt);	/* free() it; NULL at the end */

/*
 * complete.c: words that may stand where the word begins that @line has from
 * @start on.  They begin with @text, and are in @words; returns how many.
 */
#define COMPLETIONS_MAX	512

size_t complete(const struct scenario *scenario, const char *line, size_t start,
		const char *text, const char **words);

#endif /* LINE_H */
