// SPDX-License-Identifier: GPL-2.0-only
/* tdictl send-datagram, tdictl receive-datagram */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include "pair.h"

#define DATAGRAM_ROOM	65536

const char send_datagram_usage[] =
	"Usage: tdictl send-datagram [-b LOCAL[:PORT]] [-a] [-t SECONDS] [-v] HOST PORT [TEXT|-]\n"
	"Sends one UDP datagram: TEXT, or stdin.\n"
	"  -b LOCAL[:PORT]   numeric local address; IPv6 in brackets\n"
	"  -a                wait for an answer from there, which goes to stdout\n"
	"  -t SECONDS        wait no longer than that (5)\n"
	"  -v                tell the addresses on stderr\n";

const char receive_datagram_usage[] =
	"Usage: tdictl receive-datagram [-c COUNT] [-f FROM:PORT] [-r TEXT] [-t SECONDS] [-v] ADDR PORT\n"
	"Receives UDP datagrams; their data goes to stdout, each with one write.\n"
	"  -c COUNT          end after COUNT (1); 0: no end\n"
	"  -f FROM:PORT      only what comes from there; with port 0, from any of its\n"
	"  -r TEXT           answer each with TEXT\n"
	"  -t SECONDS        wait no longer than that for one; no limit without\n"
	"  -v                tell the addresses on stderr\n";

struct datagram_options {
	const char	*local;
	bool		 answer, verbose, has_from;
	uint64_t	 timeout_ms;	/* 0: no limit */
	uint64_t	 count;
	const char	*reply;
	struct tdi_taddr from;
};

/*
 * The next datagram to the file, which is O_NONBLOCK, or STATUS_IO_TIMEOUT.  POLLIN
 * would be events.
 */
static uint32_t receive_in_time(const struct datagram_options *options, int fd,
				char *data, size_t *length,
				struct tdi_taddr *source)
{
	struct pollfd pfd = { .fd = fd, .events = POLLRDBAND };
	const struct timespec limit = {
		.tv_sec = options->timeout_ms / 1000,
		.tv_nsec = options->timeout_ms % 1000 * 1000000,
	};
	struct tdi_io io = { 0 };
	uint32_t status;
	int count;

	for (;;) {
		status = tdi_receive_datagram(fd, data, DATAGRAM_ROOM,
					      options->has_from ?
					      &options->from : NULL, source, 0,
					      &io);
		*length = io.information;
		if (status != STATUS_DEVICE_NOT_READY)
			return status;
		count = ppoll(&pfd, 1, options->timeout_ms ? &limit : NULL,
			      NULL);
		if (count < 0)
			return tdi_status_from_errno(errno);
		if (!count) {
			errno = ETIMEDOUT;
			return STATUS_IO_TIMEOUT;
		}
	}
}

static int receive_one(const struct datagram_options *options, int fd)
{
	char data[DATAGRAM_ROOM];
	struct tdi_taddr source;
	uint32_t status;
	size_t length;

	status = receive_in_time(options, fd, data, &length, &source);
	if (status != STATUS_SUCCESS)
		return report_status("TDI_RECEIVE_DATAGRAM", status, errno);
	if (options->verbose)
		print_address("datagram from", &source);
	if (write(STDOUT_FILENO, data, length) != (ssize_t)length)
		return report_errno("write", errno);
	if (!options->reply)
		return EXIT_OK;
	status = tdi_send_datagram(fd, options->reply, strlen(options->reply),
				   &source, 0, NULL);
	return status == STATUS_SUCCESS ? EXIT_OK :
	       report_status("TDI_SEND_DATAGRAM", status, errno);
}

static int receive_all(const struct datagram_options *options, int fd)
{
	int code = EXIT_OK;
	uint64_t i;

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	for (i = 0; !code && (!options->count || i < options->count); i++)
		code = receive_one(options, fd);
	return code;
}

/* All of stdin, as far as a datagram may be long, and one byte more */
static ssize_t read_input(char *data, size_t size)
{
	size_t length = 0;
	ssize_t count;

	do {
		count = read(STDIN_FILENO, data + length, size - length);
		if (count < 0)
			return count;
		length += count;
	} while (count && length < size);
	return length;
}

static int send_one(struct datagram_options *options,
		    const struct tdi_taddr *remote, int fd, const char *text)
{
	char data[DATAGRAM_ROOM];
	uint32_t status;
	ssize_t length;

	if (text && strcmp(text, "-")) {
		length = strlen(text);
	} else {
		text = data;
		length = read_input(data, sizeof(data));
		if (length < 0)
			return report_errno("read", errno);
	}
	status = tdi_send_datagram(fd, text, length, remote, 0, NULL);
	if (status != STATUS_SUCCESS)
		return report_status("TDI_SEND_DATAGRAM", status, errno);
	if (options->verbose) {
		print_local(fd, "local address");
		print_address("sent to", remote);
	}
	if (!options->answer)
		return EXIT_OK;
	options->from = *remote;
	options->has_from = true;
	return receive_all(options, fd);
}

/* Where nothing else is said: any address of the remote's family */
static bool local_address(const struct datagram_options *options,
			  const struct tdi_taddr *remote,
			  struct tdi_taddr *local)
{
	struct sockaddr_storage ss;

	if (options->local)
		return parse_local(local, options->local);
	if (tdi_taddr_to_sockaddr(remote, &ss, NULL))
		return false;
	return !tdi_taddr_parse(local,
				ss.ss_family == AF_INET6 ? "[::]:0" : "*:0");
}

static int datagram_option(struct datagram_options *options, const char *name,
			   int option)
{
	switch (option) {
	case 'a':
		options->answer = true;
		break;
	case 'b':
		options->local = optarg;
		break;
	case 'c':
		if (!parse_number(optarg, UINT32_MAX, &options->count))
			return usage_error(name, "no count: '%s'", optarg);
		break;
	case 'f':
		options->has_from = true;
		if (tdi_taddr_parse(&options->from, optarg))
			return usage_error(name, "no address: '%s'", optarg);
		break;
	case 'r':
		options->reply = optarg;
		break;
	case 't':
		if (!parse_seconds(optarg, &options->timeout_ms))
			return usage_error(name, "no time: '%s'", optarg);
		break;
	case 'v':
		options->verbose = true;
		break;
	default:
		return usage_error(name, "option -%c", optopt);
	}
	return EXIT_OK;
}

static int datagram_options(struct datagram_options *options, int argc,
			    char **argv, const char *letters)
{
	int code = EXIT_OK, option;

	opterr = 0;
	while (!code && (option = getopt(argc, argv, letters)) != -1)
		code = datagram_option(options, argv[0], option);
	return code;
}

int subcommand_send_datagram(int argc, char **argv)
{
	struct datagram_options options = { .count = 1, .timeout_ms = 5000 };
	struct tdi_taddr remote, local;
	uint32_t status;
	int code, fd;

	code = datagram_options(&options, argc, argv, "ab:t:v");
	if (code)
		return code;
	if (argc - optind != 2 && argc - optind != 3)
		return usage_error(argv[0], "HOST and PORT, please");
	code = require_device("udp");
	if (!code)
		code = resolve_address(argv[optind], argv[optind + 1], &remote);
	if (code)
		return code;
	if (!local_address(&options, &remote, &local))
		return usage_error(argv[0], "no address: '%s'", options.local);
	status = open_address("udp", &local, &fd);
	if (status != STATUS_SUCCESS)
		return report_status("open address", status, errno);
	code = send_one(&options, &remote, fd, argv[optind + 2]);
	close_file(fd);
	return code;
}

int subcommand_receive_datagram(int argc, char **argv)
{
	struct datagram_options options = { .count = 1 };
	struct tdi_taddr local;
	uint32_t status;
	int code, fd;

	code = datagram_options(&options, argc, argv, "c:f:r:t:v");
	if (code)
		return code;
	if (argc - optind != 2)
		return usage_error(argv[0], "ADDR and PORT, please");
	code = require_device("udp");
	if (!code)
		code = resolve_address(argv[optind], argv[optind + 1], &local);
	if (code)
		return code;
	status = open_address("udp", &local, &fd);
	if (status != STATUS_SUCCESS)
		return report_status("open address", status, errno);
	if (options.verbose)
		print_local(fd, "receiving on");
	code = receive_all(&options, fd);
	close_file(fd);
	return code;
}
