// SPDX-License-Identifier: GPL-2.0-only
/* Commands that ask for information */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "scenario.h"

#define QUERY_ROOM	4096

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

static void set_fact(void *scenario, const char *key, const char *value)
{
	/* the first of several */
	if (!fact_get(scenario, key))
		fact_set(scenario, key, "%s", value);
}

static void query_facts(struct scenario *scenario,
			const struct information *found, const uint8_t *bytes,
			const struct tdi_io *io)
{
	const struct teller teller = { set_fact, scenario };

	if (found && io->status == STATUS_SUCCESS)
		found->tell(&teller, bytes, io->information);
}

static bool query(struct scenario *scenario, struct statement *statement)
{
	const char *what = argument(statement, 1);
	const struct information *found = information_find(what);
	bool caps = !strcmp(what, "caps");
	uint64_t type, length, flags;
	struct tdi_io io = { 0 };
	struct result result;
	uint8_t *bytes;
	int fd;

	if (found && information_is_object(found))
		found = NULL;
	type = found ? found->type : 0;
	if (!found && !caps && !parse_number(what, UINT32_MAX, &type))
		return fail_syntax(scenario, "nothing to query: '%s'", what);
	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !size_option(scenario, statement, "length", QUERY_ROOM, &length) ||
	    !number_option(scenario, statement, "flags", 0, &flags))
		return false;
	facts_clear(scenario);
	result_init(&result, "query %s %s", argument(statement, 0), what);
	bytes = calloc(1, length + 1);
	if (!bytes)
		return fail(scenario, "no memory");
	if (caps)
		query_caps(scenario, fd, flags, &io);
	else
		tdi_query_information(fd, type, bytes, length, flags, &io);
	query_facts(scenario, found, bytes, &io);
	free(bytes);
	result_set_status(&result, io.status, io.error);
	fact_set(scenario, "bytes", "%llu", (unsigned long long)io.information);
	return result_finish(scenario, statement, &result);
}

/* entity=N, and so on, instead of what the name says; or without a name */
static bool object_options(struct scenario *scenario,
			   const struct statement *statement,
			   struct tdi_object_id *id)
{
	const struct {
		const char *key;
		uint32_t   *field;
	} fields[] = {
		{ "entity", &id->tei_entity }, { "instance", &id->tei_instance },
		{ "class", &id->toi_class }, { "type", &id->toi_type },
		{ "id", &id->toi_id },
	};
	uint64_t number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!number_option(scenario, statement, fields[i].key,
				   *fields[i].field, &number))
			return false;
		*fields[i].field = number;
	}
	return true;
}

static bool query_ex(struct scenario *scenario, struct statement *statement)
{
	const char *what = argument(statement, 1);
	const struct information *found = what ? information_find(what) : NULL;
	const char *text = option(statement, "context");
	struct tdi_object_id id = { 0 };
	uint8_t bytes[QUERY_ROOM], context[32] = { 0 };
	struct tdi_io io = { 0 };
	struct result result;
	uint64_t length;
	size_t used;
	int fd;

	if (found)
		id = found->id;
	if (what && (!found || !information_is_object(found)) &&
	    !option_find(what, &id))
		return fail_syntax(scenario, "nothing to query: '%s'", what);
	if (text && !option_value_parse(text, context, sizeof(context), &used))
		return fail_syntax(scenario, "no context: '%s'", text);
	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !size_option(scenario, statement, "length", QUERY_ROOM, &length) ||
	    !object_options(scenario, statement, &id))
		return false;
	if (length > sizeof(bytes))
		return fail_syntax(scenario, "length: %zu at most",
				   sizeof(bytes));
	facts_clear(scenario);
	result_init(&result, "query-ex %s", argument(statement, 0));
	tdi_query_information_ex(fd, &id, context, bytes, length, 0, &io);
	query_facts(scenario, found, bytes, &io);
	result_set_status(&result, io.status, io.error);
	result.data = bytes;
	result.length = io.information;
	fact_set(scenario, "bytes", "%llu", (unsigned long long)io.information);
	return result_finish(scenario, statement, &result);
}

static bool set_option(struct scenario *scenario, struct statement *statement)
{
	const char *name = argument(statement, 1);
	const char *text = argument(statement, 2);
	struct tdi_object_id id = { 0 };
	struct tdi_io io = { 0 };
	struct result result;
	uint8_t bytes[128];
	size_t length;
	int fd;

	if (!option_find(name, &id))
		return fail_syntax(scenario, "no option: '%s'", name);
	if (!option_value_parse(text, bytes, sizeof(bytes), &length))
		return fail_syntax(scenario, "no value: '%s'", text);
	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !object_options(scenario, statement, &id))
		return false;
	facts_clear(scenario);
	result_init(&result, "set-option %s %s", argument(statement, 0), name);
	tdi_set_information_ex(fd, &id, bytes, length, 0, &io);
	result_set_status(&result, io.status, io.error);
	return result_finish(scenario, statement, &result);
}

static bool get_option(struct scenario *scenario, struct statement *statement)
{
	const char *name = argument(statement, 1);
	struct tdi_object_id id = { 0 };
	char text[TELL_SIZE];
	struct tdi_io io = { 0 };
	struct result result;
	uint8_t bytes[128];
	int fd;

	if (!option_find(name, &id))
		return fail_syntax(scenario, "no option: '%s'", name);
	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !object_options(scenario, statement, &id))
		return false;
	facts_clear(scenario);
	result_init(&result, "get-option %s %s", argument(statement, 0), name);
	tdi_query_information_ex(fd, &id, NULL, bytes, sizeof(bytes), 0, &io);
	result_set_status(&result, io.status, io.error);
	option_value_text(text, sizeof(text), bytes, io.information);
	fact_set(scenario, "value", "%s", text);
	return result_finish(scenario, statement, &result);
}

/* set-information FILE TYPE, action FILE: what TDI has, and this provider not */
static bool set_information(struct scenario *scenario,
			    struct statement *statement)
{
	const char *what = argument(statement, 1);
	const struct information *found = information_find(what);
	struct tdi_io io = { 0 };
	struct result result;
	uint64_t type;
	char byte = 0;
	int fd;

	type = found ? found->type : 0;
	if (!found && !parse_number(what, UINT32_MAX, &type))
		return fail_syntax(scenario, "nothing to set: '%s'", what);
	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd))
		return false;
	facts_clear(scenario);
	result_init(&result, "set-information %s", argument(statement, 0));
	tdi_set_information(fd, type, &byte, sizeof(byte), 0, &io);
	result_set_status(&result, io.status, io.error);
	return result_finish(scenario, statement, &result);
}

static bool action(struct scenario *scenario, struct statement *statement)
{
	const struct tdi_action_header header = { 0 };
	struct tdi_io io = { 0 };
	struct result result;
	int fd;

	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd))
		return false;
	facts_clear(scenario);
	result_init(&result, "action %s", argument(statement, 0));
	tdi_action(fd, &header, sizeof(header), 0, &io);
	result_set_status(&result, io.status, io.error);
	return result_finish(scenario, statement, &result);
}

/* Query until the facts are as wished: what is waited for is a state */
static bool await(struct scenario *scenario, struct statement *statement)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	const struct information *info = information_find("connection-info");
	uint8_t bytes[QUERY_ROOM];
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
		tdi_query_information(fd, info->type, bytes, sizeof(bytes), 0,
				      &io);
		query_facts(scenario, info, bytes, &io);
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

#define OBJECT_OPTIONS	"entity= instance= class= type= id="

static const struct command commands[] = {
	{ "query", query, 2, 2, "length= flags=",
	  "FILE TYPE|caps|N [length=N] [flags=N]",
	  "TDI_QUERY_INFORMATION; tells bytes, and what the type has: count, address | state, send-buffer, ... | version, flags, ...; or abi, device, ipv6, commands" },
	{ "query-ex", query_ex, 1, 2, OBJECT_OPTIONS " context= length=",
	  "FILE [WHAT|OPTION] [entity=N] [instance=N] [class=N] [type=N] [id=N] [context=VALUE] [length=N]",
	  "IOCTL_TCP_QUERY_INFORMATION_EX; WHAT: entity-list entity-type ip-stats address-table interface-info interface" },
	{ "get-option", get_option, 2, 2, OBJECT_OPTIONS,
	  "FILE OPTION",
	  "the same of an option, such as tcp-nodelay, ao-ttl; tells value" },
	{ "set-option", set_option, 3, 3, OBJECT_OPTIONS,
	  "FILE OPTION VALUE",
	  "IOCTL_TCP_SET_INFORMATION_EX; VALUE: numbers and addresses with commas between them" },
	{ "set-information", set_information, 2, 2, "",
	  "FILE TYPE|N",
	  "TDI_SET_INFORMATION" },
	{ "action", action, 1, 1, "",
	  "FILE",
	  "TDI_ACTION" },
	{ "await", await, 1, 1, "*=",
	  "ENDPOINT KEY=VALUE...",
	  "query connection-info until it is so, such as state=listening" },
};

const struct command_group query_commands = {
	"Information (TYPE: address-info connection-info provider-info provider-statistics datagram-info max-datagram-info network-address broadcast-address data-link-address; states: opened associated connecting listening connected local-released remote-released offered)",
	commands, ARRAY_SIZE(commands),
};
