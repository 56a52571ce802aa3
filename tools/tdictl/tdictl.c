// SPDX-License-Identifier: GPL-2.0-only
/* tdictl: drive the Transport Driver Interface from the command line */
#include <stdarg.h>
#include <string.h>
#include "tdictl.h"

static const struct subcommand subcommands[] = {
	{ "connect", subcommand_connect,
	  "connect, then stdin and stdout as netcat has them", connect_usage },
	{ "listen", subcommand_listen,
	  "wait for a connection, then stdin and stdout", listen_usage },
	{ "send-datagram", subcommand_send_datagram,
	  "send a UDP datagram, and wait for an answer", send_datagram_usage },
	{ "receive-datagram", subcommand_receive_datagram,
	  "receive UDP datagrams", receive_datagram_usage },
	{ "events", subcommand_events,
	  "print the events of an address", events_usage },
	{ "run", subcommand_run,
	  "run scenario files", run_usage },
	{ "shell", subcommand_shell,
	  "the same language, line by line", shell_usage },
	{ "status", subcommand_status,
	  "the module, its devices and what they can do, open files",
	  status_usage },
	{ "provider", subcommand_provider,
	  "what a device says of itself", provider_usage },
	{ "query", subcommand_query,
	  "ask a device, or a file of a process", query_usage },
	{ "option", subcommand_option,
	  "look at an option, or set it", option_usage },
};

static const char exit_codes[] =
	"Exit codes:\n"
	"  0  everything went as it should\n"
	"  1  an expectation failed, or another error\n"
	"  2  usage: command line, or syntax of a scenario file\n"
	"  3  no device: the module is not loaded, or no permission\n"
	"  4  the connection was refused\n"
	"  5  a time limit passed\n";

static void print_help(FILE *stream)
{
	size_t i;

	fprintf(stream, "Usage: tdictl SUBCOMMAND [OPTION]... [ARGUMENT]...\n"
		"Without a subcommand: status.\n\nSubcommands:\n");
	for (i = 0; i < ARRAY_SIZE(subcommands); i++)
		fprintf(stream, "  %-16s %s\n", subcommands[i].name,
			subcommands[i].summary);
	fprintf(stream, "\ntdictl SUBCOMMAND --help tells more.\n\n%s",
		exit_codes);
}

static const struct subcommand *find_subcommand(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(subcommands); i++)
		if (!strcmp(subcommands[i].name, name))
			return &subcommands[i];
	return NULL;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static int print_subcommand_help(const struct subcommand *sub)
{
	printf("tdictl %s: %s\n\n%s\n%s", sub->name, sub->summary, sub->usage,
	       exit_codes);
	return EXIT_OK;
}

int usage_error(const char *subcommand, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "tdictl%s%s: ", subcommand ? " " : "",
		subcommand ? subcommand : "");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nSee: tdictl%s%s --help\n", subcommand ? " " : "",
		subcommand ? subcommand : "");
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static char *no_arguments[] = { "status", NULL };
	const struct subcommand *sub;
	int i;

	if (argc < 2)
		return subcommand_status(1, no_arguments);
	if (is_help(argv[1])) {
		print_help(stdout);
		return EXIT_OK;
	}
	sub = find_subcommand(argv[1]);
	if (!sub)
		return usage_error(NULL, "no subcommand '%s'", argv[1]);
	for (i = 2; i < argc && strcmp(argv[i], "--"); i++)
		if (is_help(argv[i]))
			return print_subcommand_help(sub);
	return sub->run(argc - 1, argv + 1);
}
