// SPDX-License-Identifier: GPL-2.0-only
/* Commands that concern the scenario itself */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "job.h"

/* The local address of a TDI file or of a socket */
static bool local_address(struct scenario *scenario, const char *name,
			  struct tdi_taddr *ta)
{
	const struct named_file *file = file_find(scenario, name);
	struct sockaddr_storage ss;
	socklen_t length = sizeof(ss);
	uint32_t status;

	if (!file)
		return fail_syntax(scenario, "there is no file '%s'", name);
	if (file->kind == FILE_SOCKET) {
		if (getsockname(file->fd, (struct sockaddr *)&ss, &length))
			return fail(scenario, "getsockname %s: %s", name,
				    strerror(errno));
		status = tdi_taddr_from_sockaddr(ta, (struct sockaddr *)&ss,
						 length);
	} else {
		status = tdi_query_address_info(file->fd, NULL, ta, 0, NULL);
	}
	if (status == STATUS_SUCCESS)
		return true;
	return fail(scenario, "address of %s: %s", name,
		    tdi_status_name(status));
}

/* FUNCTION(NAME)? Its NAME then, else NULL */
static const char *call_of(const char *text, const char *function, char *name)
{
	size_t length = strlen(function), end = strlen(text);

	if (strncmp(text, function, length) || text[length] != '(' ||
	    text[end - 1] != ')' || end - length - 2 >= NAME_SIZE)
		return NULL;
	snprintf(name, NAME_SIZE, "%.*s", (int)(end - length - 2),
		 text + length + 1);
	return name;
}

static bool evaluate(struct scenario *scenario, const struct word *word,
		     char *value, size_t size)
{
	char name[NAME_SIZE];
	struct tdi_taddr ta;
	const char *fact;

	if (!word->quoted && call_of(word->text, "result", name)) {
		fact = fact_get(scenario, name);
		if (!fact)
			return fail_syntax(scenario,
					   "the last command said nothing of '%s'",
					   name);
		snprintf(value, size, "%s", fact);
		return true;
	}
	if (!word->quoted && call_of(word->text, "port", name)) {
		if (!local_address(scenario, name, &ta))
			return false;
		snprintf(value, size, "%u", tdi_taddr_port(&ta));
		return true;
	}
	if (!word->quoted && call_of(word->text, "address", name)) {
		if (!local_address(scenario, name, &ta))
			return false;
		tdi_taddr_format(&ta, value, size);
		return true;
	}
	snprintf(value, size, "%s", word->text);
	return true;
}

/* NAME = VALUE, with or without the blanks */
static bool assign(struct scenario *scenario, struct statement *statement,
		   bool keep)
{
	const struct word *words = statement->args.list;
	size_t count = statement->args.count;
	const char *name;
	char value[1024];

	if (count == 2 && words[1].key)
		name = words[1].key;
	else if (count == 4 && !words[1].key && !words[2].key &&
		 !strcmp(words[2].text, "="))
		name = words[1].text;
	else
		return fail_syntax(scenario, "usage: %s NAME = VALUE",
				   words[0].text);
	if (keep && variable_get(scenario, name))
		return true;
	return evaluate(scenario, &words[count - 1], value, sizeof(value)) &&
	       variable_set(scenario, name, value);
}

static bool let(struct scenario *scenario, struct statement *statement)
{
	return assign(scenario, statement, false);
}

static bool default_command(struct scenario *scenario,
			    struct statement *statement)
{
	return assign(scenario, statement, true);
}

static bool wait_command(struct scenario *scenario, struct statement *statement)
{
	return job_wait(scenario, statement, argument(statement, 0));
}

/* A step of the scenario itself, which has no result to speak of */
static bool step_done(struct scenario *scenario, struct statement *statement)
{
	struct result result;

	facts_clear(scenario);
	memset(&result, 0, sizeof(result));
	return result_finish(scenario, statement, &result);
}

static bool expect_pending(struct scenario *scenario,
			   struct statement *statement)
{
	return job_wait_pending(scenario, argument(statement, 0)) &&
	       step_done(scenario, statement);
}

static bool interrupt(struct scenario *scenario, struct statement *statement)
{
	return job_interrupt(scenario, argument(statement, 0)) &&
	       step_done(scenario, statement);
}

static bool set_index(struct scenario *scenario, const struct loop *loop)
{
	char value[24];

	if (!loop->name[0])
		return true;
	snprintf(value, sizeof(value), "%llu",
		 (unsigned long long)(loop->count - loop->left));
	return variable_set(scenario, loop->name, value);
}

static bool repeat(struct scenario *scenario, struct statement *statement)
{
	const char *name = argument(statement, 1);
	struct loop *loop;
	uint64_t count;

	if (!parse_number(argument(statement, 0), UINT32_MAX, &count) || !count)
		return fail_syntax(scenario, "no count: '%s'",
				   argument(statement, 0));
	if (scenario->loop_depth == LOOPS_MAX)
		return fail_syntax(scenario, "more than %d loops in each other",
				   LOOPS_MAX);
	loop = &scenario->loops[scenario->loop_depth++];
	loop->first = scenario->next_line;
	loop->count = loop->left = count;
	snprintf(loop->name, sizeof(loop->name), "%s", name ? name : "");
	return set_index(scenario, loop);
}

static bool end_loop(struct scenario *scenario, struct statement *statement)
{
	struct loop *loop;

	(void)statement;
	if (!scenario->loop_depth)
		return fail_syntax(scenario, "end without repeat");
	loop = &scenario->loops[scenario->loop_depth - 1];
	if (!--loop->left) {
		scenario->loop_depth--;
		return true;
	}
	scenario->next_line = loop->first;
	return set_index(scenario, loop);
}

/* Can a socket of ours have the loopback address of this family? */
static bool have_ipv6(void)
{
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool have;

	if (fd < 0)
		return false;
	have = !bind(fd, (struct sockaddr *)&sin6, sizeof(sin6));
	close(fd);
	return have;
}

static bool require(struct scenario *scenario, struct statement *statement)
{
	const char *what = argument(statement, 0);
	bool have;

	if (!strcmp(what, "ipv6"))
		have = have_ipv6();
	else if (!strcmp(what, "root"))
		have = !geteuid();
	else
		return fail_syntax(scenario, "ipv6 or root, not '%s'", what);
	if (!have)
		snprintf(scenario->skip, sizeof(scenario->skip),
			 "%s is not there", what);
	return true;
}

static bool time_limit(struct scenario *scenario, struct statement *statement)
{
	const char *text = argument(statement, 0);

	if (parse_seconds(text, &scenario->limit_ms))
		return true;
	return fail_syntax(scenario, "no time: '%s'", text);
}

static const struct command commands[] = {
	{ "let", let, 0, 3, "*=",
	  "NAME = VALUE|port(FILE)|address(FILE)|result(KEY)",
	  "set a variable: text, of a file's local address, what the last command told" },
	{ "default", default_command, 0, 3, "*=",
	  "NAME = VALUE",
	  "the same unless it is set already (tdictl run -D NAME=VALUE)" },
	{ "wait", wait_command, 1, 1, "",
	  "LABEL",
	  "wait for the end of a background call, the oldest of that label" },
	{ "expect-pending", expect_pending, 1, 1, "",
	  "LABEL",
	  "wait until a background call waits in the kernel; fail if it has ended" },
	{ "interrupt", interrupt, 1, 1, "",
	  "LABEL",
	  "the same, then interrupt it with a signal" },
	{ "repeat", repeat, 1, 2, "",
	  "N [NAME]",
	  "do what follows, up to end, N times; NAME counts from 0" },
	{ "end", end_loop, 0, 0, "",
	  "",
	  "of a repeat" },
	{ "require", require, 1, 1, "",
	  "ipv6|root",
	  "skip the scenario unless it is there" },
	{ "time-limit", time_limit, 1, 1, "",
	  "SECONDS",
	  "of any single step; 30 to begin with" },
};

const struct command_group control_commands = {
	"The scenario itself", commands, ARRAY_SIZE(commands),
};
