// SPDX-License-Identifier: GPL-2.0-only
/* tdictl provider, tdictl query, tdictl option */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "pair.h"

const char provider_usage[] =
	"Usage: tdictl provider [DEVICE]\n"
	"TDI_PROVIDER_INFO and TDI_PROVIDER_STATISTICS, of tcp if nothing else is said.\n"
	"On a terminal for reading, otherwise a line per fact: name, tab, value.\n";

const char query_usage[] =
	"Usage: tdictl query [-d DEVICE] [-p PID:FD] [-i INSTANCE] [-x CONTEXT] TYPE\n"
	"Asks a control channel; or with -p that file of another process.\n"
	"  -d DEVICE         tcp (the default), udp, rawip\n"
	"  -i INSTANCE       of an entity: an interface's index, as entity-list has it\n"
	"  -x CONTEXT        numbers and addresses, with commas between them\n"
	"TYPE: provider-info provider-statistics address-info connection-info\n"
	"  datagram-info max-datagram-info network-address broadcast-address\n"
	"  data-link-address; entity-list entity-type ip-stats address-table\n"
	"  interface-info interface\n";

const char option_usage[] =
	"Usage: tdictl option [-d DEVICE] [-p PID:FD] NAME [VALUE]\n"
	"An option of a connection (tcp-nodelay ...) or an address (ao-ttl ...), set if\n"
	"there is a VALUE: numbers and addresses, with commas between them.  Of that\n"
	"file of another process with -p; without it, of a new one: what it would be.\n"
	"Without a NAME: all names.\n";

struct target {
	const char *device;
	uint64_t    pid, fd;	/* 0: none */
};

/* Somebody else's file, which stays theirs */
static int take_file(const struct target *target)
{
	int process = syscall(SYS_pidfd_open, (pid_t)target->pid, 0);
	int error, fd;

	if (process < 0)
		return -1;
	fd = syscall(SYS_pidfd_getfd, process, (int)target->fd, 0);
	error = errno;
	close(process);
	errno = error;
	return fd;
}

/* Returns the exit code; @option: of what a new file has to be */
static int target_open(const struct target *target,
		       const struct tdi_object_id *option, int *fd)
{
	struct tdi_taddr any;
	uint32_t status;
	int code;

	if (target->pid) {
		*fd = take_file(target);
		return *fd < 0 ? report_errno("-p", errno) : EXIT_OK;
	}
	code = require_device(target->device);
	if (code)
		return code;
	tdi_taddr_parse(&any, "*:0");
	if (!option)
		status = tdi_open(target->device, 0, fd);
	else if (option->toi_type == TDI_INFO_TYPE_CONNECTION)
		status = tdi_open_endpoint(target->device, 0, 0, fd);
	else
		status = tdi_open_raw_address(target->device, 0, &any,
					      !strcmp(target->device, "rawip") ?
					      255 : 0, 0, fd);
	return status == STATUS_SUCCESS ? EXIT_OK :
	       report_status("open", status, errno);
}

static void print_pair(void *context, const char *key, const char *value)
{
	(void)context;
	if (isatty(STDOUT_FILENO))
		printf("%-24s %s\n", key, value);
	else
		printf("%s\t%s\n", key, value);
}

static int query_print(int fd, const struct information *information,
		       const struct tdi_object_id *id, const uint8_t *context)
{
	const struct teller teller = { print_pair, NULL };
	static uint8_t bytes[65536];	/* an answer is no longer */
	struct tdi_io io = { 0 };
	uint32_t status;

	if (information_is_object(information))
		status = tdi_query_information_ex(fd, id, context, bytes,
						  sizeof(bytes), 0, &io);
	else
		status = tdi_query_information(fd, information->type, bytes,
					       sizeof(bytes), 0, &io);
	if (status != STATUS_SUCCESS)
		return report_status(information->name, status, errno);
	information->tell(&teller, bytes, io.information);
	return EXIT_OK;
}

int subcommand_provider(int argc, char **argv)
{
	static const char *const names[] = {
		"provider-info", "provider-statistics",
	};
	struct target target = { .device = "tcp" };
	int code, fd;
	size_t i;

	opterr = 0;
	if (getopt(argc, argv, "") != -1 || argc - optind > 1)
		return usage_error("provider", "DEVICE, or nothing");
	if (argc > optind)
		target.device = argv[optind];
	code = target_open(&target, NULL, &fd);
	if (code)
		return code;
	for (i = 0; !code && i < ARRAY_SIZE(names); i++)
		code = query_print(fd, information_find(names[i]), NULL, NULL);
	close(fd);
	return code;
}

/* PID:FD */
static bool parse_target(const char *text, struct target *target)
{
	const char *colon = strchr(text, ':');
	char pid[16];

	if (!colon || (size_t)(colon - text) >= sizeof(pid))
		return false;
	snprintf(pid, sizeof(pid), "%.*s", (int)(colon - text), text);
	return parse_number(pid, INT32_MAX, &target->pid) && target->pid &&
	       parse_number(colon + 1, INT32_MAX, &target->fd);
}

static int target_option(struct target *target, const char *name, int option)
{
	if (option == 'd')
		target->device = optarg;
	else if (option != 'p')
		return usage_error(name, "option -%c", optopt);
	else if (!parse_target(optarg, target))
		return usage_error(name, "no PID:FD: '%s'", optarg);
	return EXIT_OK;
}

int subcommand_query(int argc, char **argv)
{
	struct target target = { .device = "tcp" };
	const struct information *information;
	uint8_t context[32] = { 0 };
	struct tdi_object_id id;
	uint64_t instance = 0;
	int code = EXIT_OK, fd, option;
	size_t length;

	opterr = 0;
	while (!code && (option = getopt(argc, argv, "d:p:i:x:")) != -1) {
		if (option != 'i' && option != 'x')
			code = target_option(&target, "query", option);
		else if (option == 'i' ?
			 !parse_number(optarg, UINT32_MAX, &instance) :
			 !option_value_parse(optarg, context, sizeof(context),
					     &length))
			code = usage_error("query", "no number: '%s'", optarg);
	}
	if (code)
		return code;
	if (argc - optind != 1)
		return usage_error("query", "TYPE, please");
	information = information_find(argv[optind]);
	if (!information)
		return usage_error("query", "nothing to query: '%s'",
				   argv[optind]);
	id = information->id;
	id.tei_instance = instance;
	code = target_open(&target, NULL, &fd);
	if (code)
		return code;
	code = query_print(fd, information, &id, context);
	close(fd);
	return code;
}

static int option_print(int fd, const char *name,
			const struct tdi_object_id *id)
{
	char text[TELL_SIZE];
	uint8_t bytes[128];
	struct tdi_io io = { 0 };
	uint32_t status;

	status = tdi_query_information_ex(fd, id, NULL, bytes, sizeof(bytes), 0,
					  &io);
	if (status != STATUS_SUCCESS)
		return report_status(name, status, errno);
	option_value_text(text, sizeof(text), bytes, io.information);
	print_pair(NULL, name, text);
	return EXIT_OK;
}

static int option_do(int fd, const char *name, const struct tdi_object_id *id,
		     const char *value)
{
	uint8_t bytes[128];
	uint32_t status;
	size_t length;

	if (!value)
		return option_print(fd, name, id);
	if (!option_value_parse(value, bytes, sizeof(bytes), &length))
		return usage_error("option", "no value: '%s'", value);
	status = tdi_set_information_ex(fd, id, bytes, length, 0, NULL);
	return status == STATUS_SUCCESS ? EXIT_OK :
	       report_status(name, status, errno);
}

static int option_list(void)
{
	char text[OPTION_TEXT_SIZE];
	size_t i;

	for (i = 0; option_name(i, text, sizeof(text)); i++)
		printf("%s\n", text);
	return EXIT_OK;
}

int subcommand_option(int argc, char **argv)
{
	struct target target = { 0 };
	int code = EXIT_OK, fd, option;
	struct tdi_object_id id;

	opterr = 0;
	while (!code && (option = getopt(argc, argv, "d:p:")) != -1)
		code = target_option(&target, "option", option);
	if (code)
		return code;
	if (argc == optind)
		return option_list();
	if (argc - optind > 2)
		return usage_error("option", "NAME and VALUE");
	if (!option_find(argv[optind], &id))
		return usage_error("option", "no option: '%s'", argv[optind]);
	if (!target.device)
		target.device = id.toi_type == TDI_INFO_TYPE_CONNECTION ?
				"tcp" : "udp";
	code = target_open(&target, &id, &fd);
	if (code)
		return code;
	code = option_do(fd, argv[optind], &id, argv[optind + 1]);
	close(fd);
	return code;
}
