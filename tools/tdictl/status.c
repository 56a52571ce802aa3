// SPDX-License-Identifier: GPL-2.0-only
/* tdictl status */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>
#include "tdictl.h"

const char status_usage[] =
	"Usage: tdictl status [--json]\n"
	"The module, its devices, and the files of this network namespace\n"
	"(/proc/net/tdi).  On a terminal for reading, otherwise a line per fact: name,\n"
	"tab, value; and the table of files.\n"
	"  --json            all of it for programs\n"
	"Fails (3) unless the module is loaded and a device can be opened.\n";

#define SYSFS	"/sys/module/tdi/"

static const char *const devices[] = { "tcp", "udp", "rawip" };

static const struct {
	unsigned int number;
	const char  *name;
} commands[] = {
	{ TDI_IOC_QUERY_CAPS,		 "QUERY_CAPS" },
	{ TDI_IOC_CREATE,		 "CREATE" },
	{ TDI_IOC_CANCEL,		 "CANCEL" },
	{ TDI_IOC_ASSOCIATE_ADDRESS,	 "ASSOCIATE_ADDRESS" },
	{ TDI_IOC_DISASSOCIATE_ADDRESS,	 "DISASSOCIATE_ADDRESS" },
	{ TDI_IOC_CONNECT,		 "CONNECT" },
	{ TDI_IOC_LISTEN,		 "LISTEN" },
	{ TDI_IOC_ACCEPT,		 "ACCEPT" },
	{ TDI_IOC_DISCONNECT,		 "DISCONNECT" },
	{ TDI_IOC_SEND,			 "SEND" },
	{ TDI_IOC_RECEIVE,		 "RECEIVE" },
	{ TDI_IOC_SEND_DATAGRAM,	 "SEND_DATAGRAM" },
	{ TDI_IOC_RECEIVE_DATAGRAM,	 "RECEIVE_DATAGRAM" },
	{ TDI_IOC_SET_EVENT_HANDLER,	 "SET_EVENT_HANDLER" },
	{ TDI_IOC_EVENT_REPLY,		 "EVENT_REPLY" },
	{ TDI_IOC_SEND_BATCH,		 "SEND_BATCH" },
	{ TDI_IOC_QUERY_INFORMATION,	 "QUERY_INFORMATION" },
	{ TDI_IOC_SET_INFORMATION,	 "SET_INFORMATION" },
	{ TDI_IOC_ACTION,		 "ACTION" },
	{ TDI_IOC_QUERY_INFORMATION_EX,	 "QUERY_INFORMATION_EX" },
	{ TDI_IOC_SET_INFORMATION_EX,	 "SET_INFORMATION_EX" },
};

static bool json;

/* A fact for people on a terminal, for programs elsewhere */
static void print_fact(const char *subject, const char *name, const char *value)
{
	if (json)
		json_fact(subject, name, value);
	else if (isatty(STDOUT_FILENO))
		printf("%-15s %-13s %s\n", subject, name, value);
	else
		printf("%s.%s\t%s\n", subject, name, value);
}

static bool read_line(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	bool good;

	if (!file)
		return false;
	good = fgets(text, size, file);
	fclose(file);
	if (good)
		text[strcspn(text, "\n")] = '\0';
	return good;
}

/* Before any device is opened: each open file counts as a user */
static bool print_module(void)
{
	bool loaded = !access(SYSFS, F_OK);
	char text[128];

	print_fact("module", "loaded", loaded ? "yes" : "no");
	if (!loaded)
		return false;
	if (read_line(SYSFS "version", text, sizeof(text)))
		print_fact("module", "version", text);
	if (read_line(SYSFS "refcnt", text, sizeof(text)))
		print_fact("module", "refcount", text);
	else
		print_fact("module", "refcount", "none, built in");
	return true;
}

/* Names of the commands, and by their number those that have none here */
static void list_commands(uint64_t bits, char *text, size_t size)
{
	const char *name;
	char number[16];
	size_t length = 0, i;
	unsigned int bit;

	text[0] = '\0';
	for (bit = 0; bit < 64 && length < size; bit++) {
		if (!(bits >> bit & 1))
			continue;
		snprintf(number, sizeof(number), "0x%02x", TDI_IOC_BASE + bit);
		name = number;
		for (i = 0; i < ARRAY_SIZE(commands); i++)
			if (commands[i].number == TDI_IOC(bit))
				name = commands[i].name;
		length += snprintf(text + length, size - length, "%s%s",
				   length ? " " : "", name);
	}
}

/* Names of the capabilities, and what this program does not know */
static void list_capabilities(uint64_t capabilities, char *text, size_t size)
{
	uint64_t unknown = capabilities & ~(TDI_CAP_IPV6 | TDI_CAP_URING);
	int length;

	length = snprintf(text, size, "%s%s%s",
			  capabilities & TDI_CAP_IPV6 ? "ipv6 " : "",
			  capabilities & TDI_CAP_URING ? "io_uring " : "",
			  capabilities ? "" : "- ");
	if (unknown)
		snprintf(text + length, size - length, "0x%llx",
			 (unsigned long long)unknown);
	else
		text[length - 1] = '\0';
}

static bool print_caps(const char *subject, int fd)
{
	struct tdi_query_caps caps;
	char text[1024];
	uint32_t status;

	status = tdi_query_caps(fd, &caps, 0, NULL);
	if (status != STATUS_SUCCESS) {
		describe_status(text, sizeof(text), status, errno);
		print_fact(subject, "error", text);
		return false;
	}
	snprintf(text, sizeof(text), "%u", caps.abi_version);
	print_fact(subject, "abi", text);
	list_capabilities(caps.capabilities, text, sizeof(text));
	print_fact(subject, "capabilities", text);
	list_commands(caps.commands, text, sizeof(text));
	print_fact(subject, "commands", text);
	return true;
}

static bool print_device(const char *device)
{
	char subject[32], text[768];
	uint32_t status;
	bool good;
	int fd;

	snprintf(subject, sizeof(subject), "/dev/tdi/%s", device);
	status = tdi_open(device, 0, &fd);
	if (status != STATUS_SUCCESS) {
		/* a device that this module does not have is not news */
		if (errno == ENOENT && strcmp(device, devices[0]))
			return false;
		describe_device_error(text, sizeof(text), device, status,
				      errno);
		print_fact(subject, "error", text);
		return false;
	}
	good = print_caps(subject, fd);
	close(fd);
	return good;
}

int subcommand_status(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	bool usable = false;
	bool loaded;
	int option;
	size_t i;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option != 'j')
			return usage_error("status", "option '%s'",
					   argv[optind - 1]);
		json = true;
	}
	if (argc > optind)
		return usage_error("status", "no arguments");
	if (json && !json_start())
		return usage_error("status", "--json: built without json-c");
	loaded = print_module();
	for (i = 0; i < ARRAY_SIZE(devices); i++)
		usable |= print_device(devices[i]);
	if (json)
		objects_json("files");
	else
		objects_print();
	if (json)
		json_end();
	return loaded && usable ? EXIT_OK : EXIT_NO_DEVICE;
}
