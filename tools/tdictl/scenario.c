// SPDX-License-Identifier: GPL-2.0-only
/* A scenario: its lines, variables and named files, and running it */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "job.h"
#include "scenario.h"

static void set_error(struct scenario *scenario, enum exit_code code,
		      const char *format, va_list args)
{
	char line[24] = "";
	int length;

	/* the first thing that went wrong is what counts */
	if (scenario->error[0])
		return;
	scenario->code = code;
	/* none where the file as a whole is meant */
	if (scenario->next_line)
		snprintf(line, sizeof(line), "%zu:", scenario->next_line);
	length = snprintf(scenario->error, sizeof(scenario->error), "%s:%s ",
			  scenario->file, line);
	if (length > 0 && (size_t)length < sizeof(scenario->error))
		vsnprintf(scenario->error + length,
			  sizeof(scenario->error) - length, format, args);
}

bool fail(struct scenario *scenario, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_error(scenario, EXIT_FAILED, format, args);
	va_end(args);
	return false;
}

bool fail_syntax(struct scenario *scenario, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_error(scenario, EXIT_USAGE, format, args);
	va_end(args);
	return false;
}

static bool no_memory(struct scenario *scenario)
{
	return fail(scenario, "no memory");
}

/* A line that ends in a backslash goes on in the next, which is left empty */
static bool add_line(struct scenario *scenario, char *line, bool continues)
{
	char **lines, *joined;
	size_t last;

	lines = realloc(scenario->lines,
			(scenario->line_count + 1) * sizeof(*lines));
	if (!lines)
		return no_memory(scenario);
	scenario->lines = lines;
	lines[scenario->line_count] = strdup(continues ? "" : line);
	if (!lines[scenario->line_count++])
		return no_memory(scenario);
	if (!continues)
		return true;
	/* back over what an earlier continuation left empty */
	last = scenario->line_count - 2;
	while (last && !*lines[last])
		last--;
	if (asprintf(&joined, "%s %s", lines[last], line) < 0)
		return no_memory(scenario);
	free(lines[last]);
	lines[last] = joined;
	return true;
}

static bool read_lines(struct scenario *scenario, FILE *stream)
{
	bool continues = false, good = true;
	char *line = NULL, *end;
	size_t size = 0;
	bool more;

	while (good && getline(&line, &size, stream) >= 0) {
		end = line + strcspn(line, "\r\n");
		more = end > line && end[-1] == '\\';
		end[more ? -1 : 0] = '\0';
		good = add_line(scenario, line, continues);
		continues = more;
	}
	free(line);
	return good;
}

bool scenario_load(struct scenario *scenario, const char *file)
{
	FILE *stream;
	bool good;

	scenario->file = file;
	stream = !strcmp(file, "-") ? stdin : fopen(file, "re");
	if (!stream)
		return fail_syntax(scenario, "cannot read: %s",
				   strerror(errno));
	good = read_lines(scenario, stream);
	if (stream != stdin)
		fclose(stream);
	return good;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

static bool check_line(struct scenario *scenario, const char *line,
		       size_t *depth)
{
	const struct command *command;
	struct statement statement;
	char error[512];
	bool good = true;

	if (!statement_parse(&statement, line, NULL, error, sizeof(error)))
		return fail_syntax(scenario, "%s", error);
	if (!statement.args.count)
		goto out;
	command = command_find(statement.args.list[0].text);
	if (!command) {
		good = fail_syntax(scenario, "no command '%s'",
				   statement.args.list[0].text);
		goto out;
	}
	/* what is in a variable is not known yet */
	if (!strchr(line, '$') &&
	    !command_check(command, &statement, error, sizeof(error)))
		good = fail_syntax(scenario, "%s", error);
	if (!strcmp(command->name, "repeat"))
		(*depth)++;
	if (!strcmp(command->name, "end") && !(*depth)--)
		good = fail_syntax(scenario, "end without repeat");
out:
	statement_free(&statement);
	return good;
}

/* Before anything is done: can every line be understood? */
bool scenario_check_syntax(struct scenario *scenario)
{
	size_t i, depth = 0;

	for (i = 0; i < scenario->line_count; i++) {
		scenario->next_line = i + 1;
		if (!check_line(scenario, scenario->lines[i], &depth))
			return false;
	}
	if (depth)
		return fail_syntax(scenario, "repeat without end");
	scenario->next_line = 0;
	return true;
}

static bool execute(struct scenario *scenario, const char *line)
{
	const struct variables variables = { variable_get, scenario };
	const struct command *command;
	struct statement statement;
	char error[512];
	bool good;

	if (!strncmp(skip_blanks(line), "#:", 2))
		trace_note(scenario, skip_blanks(skip_blanks(line) + 2));
	if (!statement_parse(&statement, line, &variables, error,
			     sizeof(error)))
		return fail_syntax(scenario, "%s", error);
	if (!statement.args.count) {
		statement_free(&statement);
		return true;
	}
	command = command_find(statement.args.list[0].text);
	clock_gettime(CLOCK_REALTIME, &scenario->step_start);
	if (!command)
		good = fail_syntax(scenario, "no command '%s'",
				   statement.args.list[0].text);
	else if (!command_check(command, &statement, error, sizeof(error)))
		good = fail_syntax(scenario, "%s", error);
	else
		good = command->run(scenario, &statement);
	statement_free(&statement);
	return good;
}

/* The lines that are there, from the next on */
bool scenario_continue(struct scenario *scenario)
{
	bool good = true;

	while (good && !scenario->skip[0] &&
	       scenario->next_line < scenario->line_count)
		good = execute(scenario,
			       scenario->lines[scenario->next_line++]);
	return good;
}

/* End what is under way, close what is open; false if there was a call */
bool scenario_finish(struct scenario *scenario)
{
	bool good = jobs_finish(scenario);

	while (scenario->files)
		file_close(scenario, scenario->files);
	return good;
}

/* False if it failed: ->error says why.  ->skip may say that it was skipped */
bool scenario_run(struct scenario *scenario)
{
	bool good;

	trace_begin(scenario);
	good = scenario_continue(scenario);
	return scenario_finish(scenario) && good;
}

/* One more line, once its syntax is found good; @depth: loops around the next */
bool scenario_add(struct scenario *scenario, char *line, size_t *depth)
{
	const size_t next = scenario->next_line;
	bool good;

	scenario->next_line = scenario->line_count + 1;
	good = check_line(scenario, line, depth) &&
	       add_line(scenario, line, false);
	scenario->next_line = next;
	return good;
}

void scenario_free(struct scenario *scenario)
{
	struct variable *variable;
	size_t i;

	for (i = 0; i < scenario->line_count; i++)
		free(scenario->lines[i]);
	free(scenario->lines);
	while ((variable = scenario->variables)) {
		scenario->variables = variable->next;
		free(variable);
	}
}

const char *variable_get(void *context, const char *name)
{
	const struct scenario *scenario = context;
	const struct variable *variable;

	for (variable = scenario->variables; variable;
	     variable = variable->next)
		if (!strcmp(variable->name, name))
			return variable->value;
	return NULL;
}

bool variable_set(struct scenario *scenario, const char *name,
		  const char *value)
{
	struct variable **link, *variable;

	if (!is_name(name) || strchr(name, '-'))
		return fail_syntax(scenario, "'%s' is no variable's name",
				   name);
	for (link = &scenario->variables; *link; link = &(*link)->next) {
		if (strcmp((*link)->name, name))
			continue;
		variable = *link;
		*link = variable->next;
		free(variable);
		break;
	}
	variable = calloc(1, sizeof(*variable) + strlen(value) + 1);
	if (!variable)
		return no_memory(scenario);
	snprintf(variable->name, sizeof(variable->name), "%s", name);
	strcpy(variable->value, value);
	variable->next = scenario->variables;
	scenario->variables = variable;
	return true;
}

struct named_file *file_find(struct scenario *scenario, const char *name)
{
	struct named_file *file;

	for (file = scenario->files; file; file = file->next)
		if (!strcmp(file->name, name))
			return file;
	return NULL;
}

/* Takes over @fd, also if it fails */
bool file_add(struct scenario *scenario, const char *name, enum file_kind kind,
	      int fd)
{
	struct named_file *file;

	if (!is_name(name) || file_find(scenario, name)) {
		close(fd);
		return fail_syntax(scenario, is_name(name) ?
				   "there is a '%s' already" :
				   "'%s' is no name", name);
	}
	file = calloc(1, sizeof(*file));
	if (!file) {
		close(fd);
		return no_memory(scenario);
	}
	snprintf(file->name, sizeof(file->name), "%s", name);
	file->kind = kind;
	file->fd = fd;
	file->next = scenario->files;
	scenario->files = file;
	return true;
}

void file_close(struct scenario *scenario, struct named_file *file)
{
	struct named_file **link = &scenario->files;

	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	close(file->fd);
	free(file->events);
	free(file);
}
