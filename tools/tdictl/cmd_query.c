// SPDX-License-Identifier: GPL-2.0-only
/* Commands that ask for information */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "scenario.h"

#define QUERY_ROOM	4096

static const char *const states[] = {
	[TDI_STATE_OPENED]		= "opened",
	[TDI_STATE_ASSOCIATED]		= "associated",
	[TDI_STATE_CONNECTING]		= "connecting",
	[TDI_STATE_LISTENING]		= "listening",
	[TDI_STATE_CONNECTED]		= "connected",
	[TDI_STATE_LOCAL_RELEASED]	= "local-released",
	[TDI_STATE_REMOTE_RELEASED]	= "remote-released",
	[TDI_STATE_OFFERED]		= "offered",
};

static void query_address(struct scenario *scenario, int fd, uint32_t flags,
			  struct tdi_io *io)
{
	struct tdi_taddr ta;
	uint32_t count;

	if (tdi_query_address_info(fd, &count, &ta, flags, io))
		return;
	fact_set(scenario, "count", "%u", count);
	fact_set_address(scenario, "address", &ta);
}

static void query_connection(struct scenario *scenario, int fd, uint32_t flags,
			     struct tdi_io *io)
{
	struct tdi_connection_info info;

	if (tdi_query_connection_info(fd, &info, flags, io))
		return;
	if (info.state < ARRAY_SIZE(states))
		fact_set(scenario, "state", "%s", states[info.state]);
	else
		fact_set(scenario, "state", "%u", info.state);
	fact_set(scenario, "sends", "%u", info.transmitted_tsdus);
	fact_set(scenario, "receives", "%u", info.received_tsdus);
	fact_set(scenario, "retransmits", "%u", info.transmission_errors);
	fact_set(scenario, "send-buffer", "%u", info.send_buffer_size);
	fact_set(scenario, "receive-buffer", "%u", info.receive_buffer_size);
}

static void query_caps(struct scenario *scenario, int fd, uint32_t flags,
		       struct tdi_io *io)
{
	struct tdi_query_caps caps;

	if (tdi_query_caps(fd, &caps, flags, io))
		return;
	fact_set(scenario, "abi", "%u", caps.abi_version);
	fact_set(scenario, "device", "%u", caps.device);
	fact_set(scenario, "ipv6", "%s",
		 caps.capabilities & TDI_CAP_IPV6 ? "yes" : "no");
	fact_set(scenario, "commands", "0x%llx",
		 (unsigned long long)caps.commands);
}

static const struct query {
	const char *name;
	uint32_t type;
	void (*run)(struct scenario *scenario, int fd, uint32_t flags,
		    struct tdi_io *io);
} queries[] = {
	{ "address-info", TDI_QUERY_ADDRESS_INFO, query_address },
	{ "connection-info", TDI_QUERY_CONNECTION_INFO, query_connection },
	{ "caps", 0, query_caps },
};

static const struct query *find_query(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(queries); i++)
		if (!strcmp(queries[i].name, name))
			return &queries[i];
	return NULL;
}

/* A query type by its number, or with another length than its own */
static bool raw_query(struct scenario *scenario, int fd, uint32_t type,
		      size_t length, uint32_t flags, struct tdi_io *io)
{
	void *buffer = malloc(length + 1);

	if (!buffer)
		return fail(scenario, "no memory for %zu bytes", length);
	tdi_query_information(fd, type, buffer, length, flags, io);
	free(buffer);
	return true;
}

static bool query(struct scenario *scenario, struct statement *statement)
{
	const char *what = argument(statement, 1);
	const struct query *found = find_query(what);
	uint64_t type, length, flags;
	struct tdi_io io = { 0 };
	struct result result;
	int fd;

	type = found ? found->type : 0;
	if (!found && !parse_number(what, UINT32_MAX, &type))
		return fail_syntax(scenario, "nothing to query: '%s'", what);
	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !size_option(scenario, statement, "length", QUERY_ROOM, &length) ||
	    !number_option(scenario, statement, "flags", 0, &flags))
		return false;
	facts_clear(scenario);
	result_init(&result, "query %s %s", argument(statement, 0), what);
	if (found && !option(statement, "length"))
		found->run(scenario, fd, flags, &io);
	else if (!raw_query(scenario, fd, type, length, flags, &io))
		return false;
	result_set_status(&result, io.status, io.error);
	fact_set(scenario, "bytes", "%llu", (unsigned long long)io.information);
	return result_finish(scenario, statement, &result);
}

/* Query until the facts are as wished: what is waited for is a state */
static bool await(struct scenario *scenario, struct statement *statement)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	struct tdi_io io = { 0 };
	struct timespec now, start;
	struct result result;
	uint64_t ms;
	int fd;

	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd))
		return false;
	result_init(&result, "await %s", argument(statement, 0));
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		facts_clear(scenario);
		query_connection(scenario, fd, 0, &io);
		result_set_status(&result, io.status, io.error);
		if (io.status || expects_match(scenario, &statement->args))
			return result_finish(scenario, statement, &result);
		clock_gettime(CLOCK_MONOTONIC, &now);
		ms = (now.tv_sec - start.tv_sec) * 1000 +
		     (now.tv_nsec - start.tv_nsec) / 1000000;
		if (ms > scenario->limit_ms)
			break;
		nanosleep(&moment, NULL);
	}
	fail(scenario, "await %s: after %llu ms still state=%s",
	     argument(statement, 0), (unsigned long long)ms,
	     fact_get(scenario, "state"));
	scenario->code = EXIT_TIMEOUT;
	return false;
}

static const struct command commands[] = {
	{ "query", query, 2, 2, "length= flags=",
	  "FILE address-info|connection-info|caps|N [length=N] [flags=N]",
	  "tells count, address | state, sends, receives, ... | abi, device, ipv6, commands; bytes" },
	{ "await", await, 1, 1, "*=",
	  "ENDPOINT KEY=VALUE...",
	  "query connection-info until it is so, such as state=listening" },
};

const struct command_group query_commands = {
	"Queries (states: opened associated connecting listening connected local-released remote-released offered)",
	commands, ARRAY_SIZE(commands),
};
