// SPDX-License-Identifier: GPL-2.0-only
/* Commands that open and close files */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "scenario.h"

static bool share_option(struct scenario *scenario,
			 const struct statement *statement, uint32_t *share)
{
	static const struct {
		const char *text;
		uint32_t share;
	} shares[] = {
		{ "none", 0 },
		{ "read", TDI_FILE_SHARE_READ },
		{ "write", TDI_FILE_SHARE_WRITE },
		{ "read,write", TDI_FILE_SHARE_READ | TDI_FILE_SHARE_WRITE },
	};
	const char *text = option(statement, "share");
	uint64_t number;
	size_t i;

	*share = 0;
	if (!text)
		return true;
	for (i = 0; i < ARRAY_SIZE(shares); i++) {
		if (!strcmp(text, shares[i].text)) {
			*share = shares[i].share;
			return true;
		}
	}
	if (!parse_number(text, UINT32_MAX, &number))
		return fail_syntax(scenario, "share: one of none, read, write, read,write");
	*share = number;
	return true;
}

/* open(2) of the device's node; false: it is told and the command is over */
static bool open_node(struct scenario *scenario,
		      const struct statement *statement, int *fd,
		      struct result *result)
{
	const char *device = option(statement, "device");
	char text[768];
	uint32_t status;
	int error;

	if (!device)
		device = "tcp";
	status = tdi_open(device, has_flag(statement, "nonblock") ?
			  O_NONBLOCK : 0, fd);
	error = errno;
	result_set_status(result, status, error);
	if (status == STATUS_SUCCESS || statement->results.count ||
	    !is_device_error(error))
		return true;
	describe_device_error(text, sizeof(text), device, status, error);
	fail(scenario, "%s: %s", result->call, text);
	scenario->code = EXIT_NO_DEVICE;
	return false;
}

/* Open, create, give it a name, check; @ea NULL leaves out the create */
static bool open_named(struct scenario *scenario, struct statement *statement,
		       const struct tdi_ea *ea)
{
	const char *name = argument(statement, 0);
	struct tdi_io io = { 0 };
	struct result result;
	uint64_t protocol;
	uint32_t share;
	int fd;

	facts_clear(scenario);
	result_init(&result, "%s %s", statement->args.list[0].text, name);
	if (!share_option(scenario, statement, &share) ||
	    !number_option(scenario, statement, "protocol", 0, &protocol) ||
	    !open_node(scenario, statement, &fd, &result))
		return false;
	if (fd >= 0 && ea) {
		tdi_create(fd, ea->buffer, ea->length, share, protocol, 0, &io);
		result_set_status(&result, io.status, io.error);
	}
	if (fd >= 0 && result.status != STATUS_SUCCESS)
		close(fd);
	else if (fd >= 0 && !file_add(scenario, name, FILE_TDI, fd))
		return false;
	return result_finish(scenario, statement, &result);
}

static bool open_control(struct scenario *scenario, struct statement *statement)
{
	return open_named(scenario, statement, NULL);
}

static bool open_address(struct scenario *scenario, struct statement *statement)
{
	uint8_t buffer[TDI_TADDR_MAX + 64];
	struct tdi_taddr ta;
	struct tdi_ea ea;

	if (!address_text(scenario, argument(statement, 1), &ta))
		return false;
	tdi_ea_init(&ea, buffer, sizeof(buffer));
	tdi_ea_add_address(&ea, &ta);
	return open_named(scenario, statement, &ea);
}

static bool open_endpoint(struct scenario *scenario,
			  struct statement *statement)
{
	uint8_t buffer[64];
	uint64_t context;
	struct tdi_ea ea;

	if (!number_option(scenario, statement, "context", 0, &context))
		return false;
	tdi_ea_init(&ea, buffer, sizeof(buffer));
	tdi_ea_add_context(&ea, context);
	return open_named(scenario, statement, &ea);
}

/* Hex digits, and text in quotes, one behind the other */
static bool gather_bytes(struct scenario *scenario,
			 const struct statement *statement, struct tdi_ea *ea)
{
	const struct word *word;
	uint8_t *next;
	size_t i, room;
	long length;

	/* args: the command, the name, then the bytes */
	for (i = 2; i < statement->args.count; i++) {
		word = &statement->args.list[i];
		if (word->key)
			continue;
		next = (uint8_t *)ea->buffer + ea->length;
		room = ea->size - ea->length;
		length = word->quoted ? (long)word->length :
					parse_hex(word->text, next, room);
		if (length < 0 || (size_t)length > room)
			return fail_syntax(scenario, "no bytes: '%s'",
					   word->text);
		if (word->quoted)
			memcpy(next, word->text, length);
		ea->length += length;
	}
	return true;
}

static bool create_on(struct scenario *scenario, struct statement *statement,
		      int fd, const struct tdi_ea *ea, struct result *result)
{
	uint64_t protocol, flags, length;
	struct tdi_io io = { 0 };
	uint32_t share;

	if (!share_option(scenario, statement, &share) ||
	    !number_option(scenario, statement, "protocol", 0, &protocol) ||
	    !number_option(scenario, statement, "flags", 0, &flags) ||
	    !number_option(scenario, statement, "length", ea->length, &length))
		return false;
	tdi_create(fd, has_flag(statement, "null") ? NULL : ea->buffer, length,
		   share, protocol, flags, &io);
	result_set_status(result, io.status, io.error);
	return true;
}

/*
 * TDI_IOC_CREATE with the very bytes given, on a file that is open already or
 * on a new one.
 */
static bool create(struct scenario *scenario, struct statement *statement)
{
	const char *name = argument(statement, 0);
	struct named_file *file = file_find(scenario, name);
	int fd = file ? file->fd : -1;
	struct result result;
	uint64_t pad;
	struct tdi_ea ea;
	bool good;

	facts_clear(scenario);
	result_init(&result, "create %s", name);
	if (!size_option(scenario, statement, "pad", 0, &pad))
		return false;
	tdi_ea_init(&ea, calloc(1, 2 * TDI_EA_MAX + pad), 2 * TDI_EA_MAX);
	good = ea.buffer && gather_bytes(scenario, statement, &ea);
	ea.length += pad;
	if (good && fd < 0)
		good = open_node(scenario, statement, &fd, &result);
	if (good && fd >= 0)
		good = create_on(scenario, statement, fd, &ea, &result);
	free(ea.buffer);
	if (!file && fd >= 0) {
		if (result.status == STATUS_SUCCESS)
			good = file_add(scenario, name, FILE_TDI, fd) && good;
		else
			close(fd);
	}
	return good && result_finish(scenario, statement, &result);
}

static bool open_file(struct scenario *scenario, struct statement *statement)
{
	const char *name = argument(statement, 0);
	struct result result;
	int fd;

	facts_clear(scenario);
	result_init(&result, "open-file %s", name);
	fd = open(argument(statement, 1), O_RDONLY | O_CLOEXEC);
	result_set_errno(&result, fd < 0 ? errno : 0);
	if (fd >= 0 && !file_add(scenario, name, FILE_OTHER, fd))
		return false;
	return result_finish(scenario, statement, &result);
}

static bool dup_file(struct scenario *scenario, struct statement *statement)
{
	const char *name = argument(statement, 0);
	const struct named_file *file = file_find(scenario, name);
	struct result result;
	int fd;

	if (!file)
		return fail_syntax(scenario, "there is no file '%s'", name);
	facts_clear(scenario);
	result_init(&result, "dup %s", name);
	fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
	result_set_errno(&result, fd < 0 ? errno : 0);
	if (fd >= 0 && !file_add(scenario, argument(statement, 1), file->kind,
				 fd))
		return false;
	return result_finish(scenario, statement, &result);
}

static bool close_file(struct scenario *scenario, struct statement *statement)
{
	const char *name = argument(statement, 0);
	struct named_file *file = file_find(scenario, name);
	struct result result;

	if (!file)
		return fail_syntax(scenario, "there is no file '%s'", name);
	facts_clear(scenario);
	result_init(&result, "close %s", name);
	file_close(scenario, file);
	return result_finish(scenario, statement, &result);
}

static bool nonblock(struct scenario *scenario, struct statement *statement)
{
	const char *state = argument(statement, 1);
	struct result result;
	int fd, flags;

	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd))
		return false;
	if (strcmp(state, "on") && strcmp(state, "off"))
		return fail_syntax(scenario, "on or off, not '%s'", state);
	facts_clear(scenario);
	result_init(&result, "nonblock %s", argument(statement, 0));
	flags = fcntl(fd, F_GETFL);
	flags = strcmp(state, "on") ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
	result_set_errno(&result, fcntl(fd, F_SETFL, flags) ? errno : 0);
	return result_finish(scenario, statement, &result);
}

static const struct command commands[] = {
	{ "open-control", open_control, 1, 1, "device= nonblock",
	  "NAME [device=tcp] [nonblock]",
	  "open a control channel" },
	{ "open-address", open_address, 2, 2,
	  "share= device= protocol= nonblock",
	  "NAME ADDRESS [share=none|read|write|read,write] [device=tcp|udp|rawip] [protocol=N] [nonblock]",
	  "open a transport address" },
	{ "open-endpoint", open_endpoint, 1, 1, "context= device= nonblock",
	  "NAME [context=N] [device=tcp] [nonblock]",
	  "open a connection endpoint" },
	{ "create", create, 1, WORDS_MAX,
	  "share= device= protocol= flags= length= pad= null nonblock",
	  "NAME [HEX|\"TEXT\"]... [share=...] [protocol=N] [flags=N] [pad=N] [length=N] [null]",
	  "open, or take an open NAME, and create with exactly these EA bytes (and N zeroes)" },
	{ "open-file", open_file, 2, 2, "",
	  "NAME PATH",
	  "open any file, for reading" },
	{ "dup", dup_file, 2, 2, "",
	  "NAME NEW",
	  "another descriptor of the same open file" },
	{ "nonblock", nonblock, 2, 2, "",
	  "NAME on|off",
	  "set or clear O_NONBLOCK" },
	{ "close", close_file, 1, 1, "",
	  "NAME",
	  "close any file" },
};

const struct command_group file_commands = {
	"Files", commands, ARRAY_SIZE(commands),
};
