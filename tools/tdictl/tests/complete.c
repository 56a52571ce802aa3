// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a line of the shell may go on with, without a terminal.  Prints what is
 * wrong, or how many lines were right.
 */
#include <stdlib.h>
#include <string.h>
#include "job.h"
#include "line.h"

/*
 * @line: a "|" before the word to be completed
 * @words: all that is offered; with "..." behind them, the first of it and
 *	whatever else
 */
static const struct {
	const char *line;
	const char *words;
} cases[] = {
	{ "|open-c", "open-control" },
	{ "  |peer-li", "peer-listen" },
	{ "|open-", "open-control open-address open-endpoint ..." },
	{ "|he", "help" },
	{ "|qu", "query query-ex quit" },
	{ "help |disa", "disassociate" },
	{ "|frob", "" },
	{ "frob |", "File Other Job expect" },
	{ "close |", "File Other Job expect" },
	{ "close |Fi", "File" },
	{ "wait |J", "Job" },
	{ "connect File $|", "PORT HOST" },
	{ "connect File $|HO", "HOST" },
	{ "connect File 127.0.0.1:1 |ti", "timeout=" },
	{ "disconnect File |ab", "abort" },
	{ "listen File |q", "query-accept" },
	{ "close File => |STATUS_PEND", "STATUS_PENDING" },
	{ "close File => |File", "" },
	{ "event |re", "" },
	{ "event File |send-", "send-possible" },
	{ "set-event File |disc", "disconnect" },
	{ "set-event File |add-", "add-address" },
	{ "close File |disc", "" },
	{ "query File |max", "max-datagram-info" },
	{ "query File |fl", "flags=" },
	{ "set-option File |ao-add-mcast", "ao-add-mcast ao-add-mcast-src" },
	{ "get-option |tcp-", "" },
	{ "close File |tcp-", "" },
	{ "send-datagram File |to", "to=" },
};

static bool is_offered(const char *expected, const char *const *words,
		       size_t count)
{
	const size_t length = strcspn(expected, " ");
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(words[i]) == length &&
		    !strncmp(words[i], expected, length))
			return true;
	return false;
}

static bool is_as_expected(const char *expected, const char *const *words,
			   size_t count)
{
	size_t wanted = 0;

	while (*expected) {
		if (!strcmp(expected, "..."))
			return count >= wanted;
		if (!is_offered(expected, words, count))
			return false;
		wanted++;
		expected += strcspn(expected, " ");
		expected += strspn(expected, " ");
	}
	return count == wanted;
}

static bool check(const struct scenario *scenario, const char *marked,
		  const char *expected)
{
	const size_t start = strcspn(marked, "|");
	const char *words[COMPLETIONS_MAX];
	char line[128];
	size_t count, i;

	snprintf(line, sizeof(line), "%.*s%s", (int)start, marked,
		 marked + start + 1);
	count = complete(scenario, line, start, line + start, words);
	if (is_as_expected(expected, words, count))
		return true;
	printf("'%s': expected '%s', got", marked, expected);
	for (i = 0; i < count; i++)
		printf(" %s", words[i]);
	printf("\n");
	return false;
}

int main(void)
{
	struct scenario scenario = { .file = "test" };
	struct job job = { .label = "Job" };
	bool good;
	size_t i;

	scenario.jobs = &job;
	good = file_add(&scenario, "File", FILE_OTHER, -1) &&
	       file_add(&scenario, "Other", FILE_OTHER, -1) &&
	       variable_set(&scenario, "HOST", "127.0.0.1") &&
	       variable_set(&scenario, "PORT", "80");
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		good &= check(&scenario, cases[i].line, cases[i].words);
	if (good)
		printf("%zu lines\n", i);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
