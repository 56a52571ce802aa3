// SPDX-License-Identifier: GPL-2.0-only
/* The table of the language's commands, and their arguments */
#include <stdlib.h>
#include <string.h>
#include "scenario.h"

static const struct command_group *const groups[] = {
	&file_commands, &request_commands, &stream_commands, &event_commands,
	&query_commands, &control_commands, &peer_commands,
};

const struct command *command_find(const char *name)
{
	const struct command *command;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		for (j = 0; j < groups[i]->count; j++) {
			command = &groups[i]->commands[j];
			if (!strcmp(command->name, name))
				return command;
		}
	}
	return NULL;
}

/* All of them, one after the other; NULL behind the last */
const struct command *command_number(size_t number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		if (number < groups[i]->count)
			return &groups[i]->commands[number];
		number -= groups[i]->count;
	}
	return NULL;
}

void command_list(FILE *stream)
{
	const struct command *command;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		fprintf(stream, "%s\n", groups[i]->title);
		for (j = 0; j < groups[i]->count; j++) {
			command = &groups[i]->commands[j];
			fprintf(stream, "  %s %s\n      %s\n", command->name,
				command->usage, command->help);
		}
	}
}

/* Is "NAME=" (or, for a flag, "NAME") among a row's options? */
static bool allowed(const char *options, const char *name, bool is_flag)
{
	size_t length = strlen(name);
	const char *p;

	if (!is_flag && strstr(options, "*="))
		return true;
	for (p = options; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
		if (strncmp(p, name, length))
			continue;
		if (is_flag && (!p[length] || p[length] == ' '))
			return true;
		if (!is_flag && p[length] == '=')
			return true;
	}
	return false;
}

/* Its words against its row; a flag becomes an option of its name */
bool command_check(const struct command *command, struct statement *statement,
		   char *error, size_t size)
{
	unsigned int count = 0;
	struct word *word;
	size_t i;

	for (i = 1; i < statement->args.count; i++) {
		word = &statement->args.list[i];
		if (!word->key && !word->quoted &&
		    allowed(command->options, word->text, true)) {
			word->key = strdup(word->text);
			word->op = OP_EQUAL;
			continue;
		}
		if (!word->key) {
			count++;
			continue;
		}
		if (allowed(command->options, word->key, false) &&
		    word->op == OP_EQUAL)
			continue;
		if (strstr(command->options, "*="))
			continue;
		snprintf(error, size, "%s has no option %s; usage: %s %s",
			 command->name, word->key, command->name,
			 command->usage);
		return false;
	}
	if (count >= command->min_args && count <= command->max_args)
		return true;
	snprintf(error, size, "usage: %s %s", command->name, command->usage);
	return false;
}

/* The i-th word behind the command that is no option */
const char *argument(const struct statement *statement, unsigned int i)
{
	size_t j;

	for (j = 1; j < statement->args.count; j++)
		if (!statement->args.list[j].key && !i--)
			return statement->args.list[j].text;
	return NULL;
}

const struct word *option_word(const struct statement *statement,
			       const char *key)
{
	const struct word *word;
	size_t i;

	for (i = 1; i < statement->args.count; i++) {
		word = &statement->args.list[i];
		if (word->key && !strcmp(word->key, key))
			return word;
	}
	return NULL;
}

const char *option(const struct statement *statement, const char *key)
{
	const struct word *word = option_word(statement, key);

	return word ? word->text : NULL;
}

bool has_flag(const struct statement *statement, const char *flag)
{
	return option_word(statement, flag);
}

bool number_option(struct scenario *scenario, const struct statement *statement,
		   const char *key, uint64_t fallback, uint64_t *value)
{
	const char *text = option(statement, key);

	*value = fallback;
	if (!text || parse_number(text, UINT64_MAX, value))
		return true;
	return fail_syntax(scenario, "%s: no number: '%s'", key, text);
}

bool size_option(struct scenario *scenario, const struct statement *statement,
		 const char *key, uint64_t fallback, uint64_t *value)
{
	const char *text = option(statement, key);

	*value = fallback;
	if (!text || parse_size(text, 1U << 30, value))
		return true;
	return fail_syntax(scenario, "%s: no size: '%s'", key, text);
}

bool address_text(struct scenario *scenario, const char *text,
		  struct tdi_taddr *ta)
{
	if (parse_address(text, ta))
		return true;
	return fail_syntax(scenario, "no address: '%s'", text);
}

/* A named file, of one of @kinds unless it is to be the wrong one; or fd:N */
bool file_argument(struct scenario *scenario, const char *name, int kinds,
		   int *fd)
{
	const struct named_file *file;
	uint64_t number;

	if (!strncmp(name, "fd:", 3)) {
		if (!parse_number(name + 3, INT32_MAX, &number))
			return fail_syntax(scenario, "no number: '%s'", name);
		*fd = number;
		return true;
	}
	file = file_find(scenario, name);
	if (!file)
		return fail_syntax(scenario, "there is no file '%s'", name);
	if (!(file->kind & kinds))
		return fail_syntax(scenario,
				   "'%s' is not the kind of file for this",
				   name);
	*fd = file->fd;
	return true;
}
