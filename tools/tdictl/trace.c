// SPDX-License-Identifier: GPL-2.0-only
/* Telling each step as it is done: as lines, or as a sequence diagram */
#include <string.h>
#include <time.h>
#include "scenario.h"

#define STEP_WIDTH	50
#define LANE_WIDTH	58	/* between client and transport */
#define PEER_WIDTH	44	/* between transport and peer */

/* What was written, variables put in, from word @first on */
static void statement_text(char *text, size_t size,
			   const struct statement *statement, size_t first)
{
	const struct word *word;
	const char *shown;
	char data[96];
	size_t length = 0, i;
	bool flag;

	text[0] = '\0';
	for (i = first; i < statement->args.count && length < size; i++) {
		word = &statement->args.list[i];
		flag = word->key && !strcmp(word->key, word->text);
		shown = word->text;
		if (word->quoted) {
			data_preview(data, sizeof(data),
				     (const uint8_t *)word->text, word->length);
			shown = data;
		}
		length += snprintf(text + length, size - length, "%s%s%s%s",
				   length ? " " : "",
				   word->key && !flag ? word->key : "",
				   word->key && !flag ? "=" : "", shown);
	}
}

static void result_text(char *text, size_t size,
			const struct scenario *scenario,
			const struct result *result)
{
	const struct fact *fact;
	size_t length, i;
	char data[96];

	length = snprintf(text, size, "%s",
			  result->has_status ? tdi_status_name(result->status) :
			  result->error ? strerrorname_np(result->error) :
					  "ok");
	if (result->has_status && result->error)
		length += snprintf(text + length, size - length, " %s",
				   strerrorname_np(result->error));
	for (i = 0; i < scenario->fact_count && length < size; i++) {
		fact = &scenario->facts[i];
		length += snprintf(text + length, size - length, " %s=%s",
				   fact->key, fact->value);
	}
	if (result->data && result->length && length < size) {
		data_preview(data, sizeof(data), result->data, result->length);
		snprintf(text + length, size - length, " %s", data);
	}
}

/* An arrow of @width with @text on it, at its beginning or its end */
static void arrow(const char *begin, const char *text, const char *end,
		  bool text_first, int width)
{
	static const char dashes[] =
		"------------------------------------------------------------";
	int room = width - (int)strlen(begin) - (int)strlen(end) - 2;
	int length = strlen(text);

	if (length >= room)
		length = room - 1;
	if (text_first)
		printf("%s %.*s %.*s%s", begin, length, text, room - length,
		       dashes, end);
	else
		printf("%s%.*s %.*s %s", begin, room - length, dashes, length,
		       text, end);
}

/* Calls of the other side lie between transport and peer */
static void peer_arrows(const char *step, const char *result)
{
	printf("|%*s", LANE_WIDTH, "|");
	arrow("<", step, "--|", false, PEER_WIDTH);
	printf("\n|%*s", LANE_WIDTH, "|");
	arrow("--", result, ">|", true, PEER_WIDTH);
	putchar('\n');
}

static void client_arrows(const char *step, const char *result)
{
	putchar('|');
	arrow("--", step, ">|", true, LANE_WIDTH);
	printf("%*s\n|", PEER_WIDTH, "|");
	arrow("<", result, "--|", false, LANE_WIDTH);
	printf("%*s\n", PEER_WIDTH, "|");
}

/* A line of --times and -T, in one write(2) where @stream has no buffer */
void trace_times(FILE *stream, const struct timespec *begin,
		 const struct timespec *end, const char *call,
		 const char *result)
{
	fprintf(stream, "%lld.%06ld\t%lld.%06ld\t%s\t%s\n",
		(long long)begin->tv_sec, begin->tv_nsec / 1000,
		(long long)end->tv_sec, end->tv_nsec / 1000, call, result);
}

static void timed_step(const struct timespec *begin, const char *step,
		       const char *result)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	trace_times(stdout, begin, &end, step, result);
}

void trace_begin(const struct scenario *scenario)
{
	if (scenario->trace == TRACE_STEPS)
		printf("%s\n", scenario->file);
	else if (scenario->trace == TRACE_DIAGRAM)
		printf("%s\nclient%*s%*s\n", scenario->file, LANE_WIDTH - 1,
		       "transport", PEER_WIDTH - 2, "peer");
	fflush(stdout);
}

/* A line of the scenario that begins with "#:" */
void trace_note(const struct scenario *scenario, const char *text)
{
	if (scenario->trace == TRACE_STEPS)
		printf("%4zu  # %s\n", scenario->next_line, text);
	else if (scenario->trace == TRACE_DIAGRAM)
		printf("|%*s%*s\n|  %s\n", LANE_WIDTH, "|", PEER_WIDTH, "|",
		       text);
	else if (scenario->trace == TRACE_TIMES)
		printf("#\t%s\n", text);
	fflush(stdout);
}

/* @call: name of the call and its file, as messages have it; NULL: no call */
static void trace(const struct scenario *scenario,
		  const struct statement *statement, const char *call,
		  const char *result)
{
	char step[256];
	int length = 0;

	if (scenario->trace == TRACE_RESULTS) {
		printf("%s\n", result);
	} else if (scenario->trace == TRACE_STEPS) {
		statement_text(step, sizeof(step), statement, 0);
		printf("%4zu  %-*s  %s\n", scenario->next_line, STEP_WIDTH,
		       step, result);
	} else if (call) {
		if (strcmp(statement->args.list[0].text, "wait"))
			length = snprintf(step, sizeof(step), "%.*s ",
					  (int)strcspn(call, " "), call);
		statement_text(step + length, sizeof(step) - length, statement,
			       length ? 1 : 0);
		if (scenario->trace == TRACE_TIMES)
			timed_step(&scenario->step_start, step, result);
		else if (strncmp(call, "peer-", 5))
			client_arrows(step, result);
		else
			peer_arrows(step, result);
	}
	fflush(stdout);
}

void trace_result(const struct scenario *scenario,
		  const struct statement *statement,
		  const struct result *result)
{
	char text[512];

	if (scenario->trace == TRACE_NONE)
		return;
	result_text(text, sizeof(text), scenario, result);
	trace(scenario, statement, result->call[0] ? result->call : NULL, text);
}

void trace_pending(const struct scenario *scenario,
		   const struct statement *statement, const char *call,
		   const char *label)
{
	char text[64];

	if (scenario->trace == TRACE_NONE)
		return;
	snprintf(text, sizeof(text), "pending (%s)", label);
	trace(scenario, statement, call, text);
}
