// SPDX-License-Identifier: GPL-2.0-only
/* tdictl shell: the scenario language, line by line */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "job.h"
#include "line.h"

#define LIMIT_MS	30000

const char shell_usage[] =
	"Usage: tdictl shell [-t SECONDS]\n"
	"The language of tdictl run, each line done when it is entered.  What fails is\n"
	"told, and the shell goes on; files stay open until its end.\n"
	"  -t SECONDS        time limit of a single step (30)\n"
	"help lists the commands, help COMMAND explains one, quit or the end of the\n"
	"input ends.  On a terminal Ctrl-C ends a call that blocks; and, if built with\n"
	"libedit: history (kept in ~/.tdictl_history), and completion of commands,\n"
	"options and names by Tab.\n"
	"Exit code: 0 on a terminal, otherwise that of the first line that failed.\n";

/* Tell it and forget it: the next line is a new one */
static int take_failure(struct scenario *scenario)
{
	int code = scenario->code;

	fprintf(stderr, "%s\n", scenario->error);
	scenario->error[0] = '\0';
	scenario->code = EXIT_OK;
	scenario->loop_depth = 0;
	scenario->next_line = scenario->line_count;
	return code;
}

static void help(const char *name)
{
	const struct command *command;

	char word[NAME_SIZE];

	name += strspn(name, " \t");
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, " \t"), name);
	command = command_find(word);
	if (!word[0])
		command_list(stdout);
	else if (command)
		printf("%s %s\n    %s\n", command->name, command->usage,
		       command->help);
	else
		printf("no command '%s'\n", word);
}

/* What only the shell has; false if it is none of that */
static bool shell_command(const char *line, bool *quit)
{
	char word[NAME_SIZE];

	line += strspn(line, " \t");
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(line, " \t"), line);
	if (!strcmp(word, "quit") || !strcmp(word, "exit"))
		*quit = true;
	else if (!strcmp(word, "help"))
		help(line + strlen(word));
	else
		return false;
	return true;
}

static int shell_line(struct scenario *scenario, char *line, size_t *depth)
{
	int code = EXIT_OK;

	if (!scenario_add(scenario, line, depth)) {
		*depth = 0;
		return take_failure(scenario);
	}
	/* nothing of a loop before its end is there */
	if (!*depth && !scenario_continue(scenario))
		code = take_failure(scenario);
	if (scenario->skip[0])
		printf("%s\n", scenario->skip);
	scenario->skip[0] = '\0';
	return code;
}

static int shell(struct scenario *scenario)
{
	int result = EXIT_OK, code = EXIT_OK;
	bool quit = false;
	size_t depth = 0;
	char *line;

	if (isatty(STDIN_FILENO))
		jobs_end_by_interrupt();
	line_begin(scenario);
	while (!quit && (line = line_read(depth ? "...> " : "tdi> "))) {
		if (depth || !shell_command(line, &quit))
			code = shell_line(scenario, line, &depth);
		if (result == EXIT_OK)
			result = code;
		free(line);
	}
	/* calls still under way are no failure here */
	scenario_finish(scenario);
	scenario_free(scenario);
	return isatty(STDIN_FILENO) ? EXIT_OK : result;
}

int subcommand_shell(int argc, char **argv)
{
	struct scenario scenario = {
		.file = "shell",
		.trace = TRACE_RESULTS,
		.limit_ms = LIMIT_MS,
	};
	int option;

	opterr = 0;
	while ((option = getopt(argc, argv, "t:")) != -1) {
		if (option != 't')
			return usage_error("shell", "option -%c", optopt);
		if (!parse_seconds(optarg, &scenario.limit_ms))
			return usage_error("shell", "no time: '%s'", optarg);
	}
	if (argc > optind)
		return usage_error("shell", "no arguments");
	return shell(&scenario);
}
