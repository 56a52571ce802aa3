// SPDX-License-Identifier: GPL-2.0-only
/* tdictl run */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include "scenario.h"

#define LIMIT_MS	30000
#define DEFINES_MAX	32

const char run_usage[] =
	"Usage: tdictl run [OPTION]... FILE...\n"
	"       tdictl run --commands\n"
	"Runs scenario files, one after the other; - is stdin.\n"
	"  -v, --verbose     tell each step as it is done\n"
	"  --diagram         the same as a sequence diagram\n"
	"  --times           a line for each call: begin, end (seconds since 1970),\n"
	"                    call and result, with tabs between them\n"
	"  --ktap            a KTAP line for each file\n"
	"  --check           check the syntax only\n"
	"  -D NAME=VALUE     set a variable; may be repeated\n"
	"  -t SECONDS        time limit of a single step (30)\n"
	"  --commands        list the language's commands\n"
	"\n"
	"A line of a scenario:\n"
	"  COMMAND ARGUMENT... [expect EXPECTATION...] [=> RESULT...] [&[LABEL]]\n"
	"  # comment         \"#:\" at the beginning of a line: told with -v\n"
	"  ... \\             goes on in the next line\n"
	"  $NAME ${NAME}     variables, also within words and quotes\n"
	"EXPECTATION is \"TEXT\", hex=BYTES, size=N (data), eof, reset, or KEY=VALUE\n"
	"(!=, >=, <=) of what the command tells; * in VALUE stands for anything.\n"
	"RESULT is a STATUS_xxx or an errno's name, A|B for either; without it the\n"
	"command has to succeed.  & leaves it under way: wait LABEL gets its result\n"
	"(LABEL is the command's file unless given).\n";

struct run_options {
	enum trace_style trace;
	bool		 ktap, check;
	uint64_t	 limit_ms;
	char		*defines[DEFINES_MAX];
	size_t		 define_count;
};

static void print_ktap(const char *file, unsigned int number,
		       const struct scenario *scenario, bool good)
{
	char *path = strdup(file), *name;

	name = path ? basename(path) : NULL;
	if (name && strrchr(name, '.'))
		*strrchr(name, '.') = '\0';
	if (!good)
		printf("# %s\n", scenario->error);
	printf("%sok %u %s%s%s\n", good ? "" : "not ", number,
	       name ? name : file, scenario->skip[0] ? " # SKIP " : "",
	       scenario->skip);
	fflush(stdout);
	free(path);
}

static void print_result(const char *file, const struct scenario *scenario,
			 bool good)
{
	if (!good)
		fprintf(stderr, "%s\n", scenario->error);
	else if (scenario->skip[0])
		fprintf(stderr, "%s: skipped: %s\n", file, scenario->skip);
}

/* -D NAME=VALUE */
static bool define(struct scenario *scenario, const char *text)
{
	const char *value = strchr(text, '=');
	char name[NAME_SIZE];

	if (!value || value - text >= NAME_SIZE)
		return fail_syntax(scenario, "-D %s: no NAME=VALUE", text);
	snprintf(name, sizeof(name), "%.*s", (int)(value - text), text);
	return variable_set(scenario, name, value + 1);
}

static bool define_all(struct scenario *scenario,
		       const struct run_options *options)
{
	size_t i;

	for (i = 0; i < options->define_count; i++)
		if (!define(scenario, options->defines[i]))
			return false;
	return true;
}

static int run_file(const struct run_options *options, const char *file,
		    unsigned int number)
{
	struct scenario scenario = {
		.trace = options->trace,
		.limit_ms = options->limit_ms,
	};
	bool good;
	int code;

	good = scenario_load(&scenario, file) &&
	       define_all(&scenario, options) &&
	       scenario_check_syntax(&scenario) &&
	       (options->check || scenario_run(&scenario));
	if (options->ktap)
		print_ktap(file, number, &scenario, good);
	else
		print_result(file, &scenario, good);
	code = good ? EXIT_OK : scenario.code;
	scenario_free(&scenario);
	return code;
}

/* The worst that happened: an error beats success, the first error the others */
static int run_files(const struct run_options *options, char **files, int count)
{
	int result = EXIT_OK, code, i;

	if (options->ktap)
		printf("KTAP version 1\n1..%d\n", count);
	for (i = 0; i < count; i++) {
		code = run_file(options, files[i], i + 1);
		if (result == EXIT_OK)
			result = code;
	}
	return result;
}

static int add_define(struct run_options *options, char *text)
{
	if (options->define_count == DEFINES_MAX)
		return usage_error("run", "more than %d -D", DEFINES_MAX);
	options->defines[options->define_count++] = text;
	return EXIT_OK;
}

/* Returns an exit code; @list: the commands are to be listed, nothing else */
static int parse_options(struct run_options *options, bool *list, int argc,
			 char **argv)
{
	static const struct option long_options[] = {
		{ "verbose", no_argument, NULL, 'v' },
		{ "diagram", no_argument, NULL, 'd' },
		{ "times", no_argument, NULL, 'm' },
		{ "ktap", no_argument, NULL, 'k' },
		{ "check", no_argument, NULL, 'c' },
		{ "commands", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int code = EXIT_OK, option;

	while (!code && (option = getopt_long(argc, argv, "vD:t:", long_options,
					      NULL)) != -1) {
		if (option == 'v')
			options->trace = TRACE_STEPS;
		else if (option == 'd')
			options->trace = TRACE_DIAGRAM;
		else if (option == 'm')
			options->trace = TRACE_TIMES;
		else if (option == 'k')
			options->ktap = true;
		else if (option == 'c')
			options->check = true;
		else if (option == 'D')
			code = add_define(options, optarg);
		else if (option == 'l')
			*list = true;
		else if (option != 't')
			code = usage_error("run", "option '%s'",
					   argv[optind - 1]);
		else if (!parse_seconds(optarg, &options->limit_ms))
			code = usage_error("run", "no time: '%s'", optarg);
	}
	return code;
}

int subcommand_run(int argc, char **argv)
{
	struct run_options options = { .limit_ms = LIMIT_MS };
	bool list = false;
	int code;

	opterr = 0;
	code = parse_options(&options, &list, argc, argv);
	if (code)
		return code;
	if (list) {
		command_list(stdout);
		return EXIT_OK;
	}
	if (optind == argc)
		return usage_error("run", "FILE, please");
	return run_files(&options, argv + optind, argc - optind);
}
