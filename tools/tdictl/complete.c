// SPDX-License-Identifier: GPL-2.0-only
/* What a line of the language may go on with */
#include <string.h>
#include "job.h"
#include "line.h"

struct completion {
	const char  *text;
	const char **words;
	size_t	     count;
};

static void offer(struct completion *completion, const char *word)
{
	if (completion->count < COMPLETIONS_MAX &&
	    !strncmp(word, completion->text, strlen(completion->text)))
		completion->words[completion->count++] = word;
}

static void offer_commands(struct completion *completion)
{
	const struct command *command;
	size_t i;

	for (i = 0; (command = command_number(i)); i++)
		offer(completion, command->name);
	offer(completion, "help");
	offer(completion, "quit");
}

static void offer_names(struct completion *completion,
			const struct scenario *scenario)
{
	const struct named_file *file;
	const struct job *job;

	for (file = scenario->files; file; file = file->next)
		offer(completion, file->name);
	for (job = scenario->jobs; job; job = job->next)
		if (!file_find((struct scenario *)scenario, job->label))
			offer(completion, job->label);
}

static void offer_variables(struct completion *completion,
			    const struct scenario *scenario)
{
	const struct variable *variable;

	for (variable = scenario->variables; variable;
	     variable = variable->next)
		offer(completion, variable->name);
}

/* A command's options and flags: "key= flag", kept until the next time */
static void offer_options(struct completion *completion, const char *options)
{
	static char list[512];
	char *word, *rest = list;

	snprintf(list, sizeof(list), "%s", options);
	while ((word = strsep(&rest, " ")))
		if (*word && strcmp(word, "*="))
			offer(completion, word);
}

static void offer_statuses(struct completion *completion)
{
	/* what names there are the library does not list: all that TDI uses */
	static const char *const names[] = {
#include "status_list.inc"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		offer(completion, names[i]);
}

static void offer_events(struct completion *completion)
{
	static char names[EVENT_TYPES][EVENT_TEXT_SIZE];
	unsigned int i;

	for (i = 0; i < EVENT_TYPES; i++) {
		event_type_text(names[i], sizeof(names[i]), event_types(i));
		offer(completion, names[i]);
	}
}

static void offer_informations(struct completion *completion)
{
	const struct information *information;
	size_t i;

	for (i = 0; (information = information_number(i)); i++)
		offer(completion, information->name);
}

static void offer_option_names(struct completion *completion)
{
	static char names[64][OPTION_TEXT_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names) &&
		    option_name(i, names[i], sizeof(names[i])); i++)
		offer(completion, names[i]);
}

/* The first word of the line, and the one before @start */
static void look_back(const char *line, size_t start, char *first, char *last,
		      size_t size)
{
	size_t from = strspn(line, " \t"), end = start;

	snprintf(first, size, "%.*s", (int)strcspn(line + from, " \t"),
		 line + from);
	while (end && (line[end - 1] == ' ' || line[end - 1] == '\t'))
		end--;
	from = end;
	while (from && line[from - 1] != ' ' && line[from - 1] != '\t')
		from--;
	snprintf(last, size, "%.*s", (int)(end - from), line + from);
}

size_t complete(const struct scenario *scenario, const char *line, size_t start,
		const char *text, const char **words)
{
	struct completion completion = { .text = text, .words = words };
	char first[NAME_SIZE], last[NAME_SIZE];
	const struct command *command;

	look_back(line, start, first, last, sizeof(first));
	command = command_find(first);
	if (start && line[start - 1] == '$') {
		offer_variables(&completion, scenario);
	} else if (!last[0] || (!strcmp(last, first) && !strcmp(first, "help"))) {
		offer_commands(&completion);
	} else if (!strcmp(last, "=>")) {
		offer_statuses(&completion);
	} else {
		offer_names(&completion, scenario);
		if (strstr(first, "event") && strcmp(last, first))
			offer_events(&completion);
		if (strstr(first, "query") && strcmp(last, first))
			offer_informations(&completion);
		if (strstr(first, "-option") && strcmp(last, first))
			offer_option_names(&completion);
		if (command)
			offer_options(&completion, command->options);
		offer(&completion, "expect");
	}
	return completion.count;
}
