// SPDX-License-Identifier: GPL-2.0-only
/* tdictl connect */
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>
#include "pair.h"

const char connect_usage[] =
	"Usage: tdictl connect [-4|-6] [-b LOCAL[:PORT]] [-t SECONDS] [-v] [-T]\n"
	"                      HOST PORT\n"
	"Sends stdin and releases at its end; writes what comes in to stdout until\n"
	"the peer's release.\n"
	"  -4, -6            IPv4 or IPv6 only\n"
	"  -b LOCAL[:PORT]   local address, numeric, an IPv6 one in brackets\n"
	"  -t SECONDS        time limit of each attempt to connect\n"
	"  -v                tell the addresses on stderr\n"
	"  -T                tell the TDI calls on stderr, as run --times does\n"
	"With -T sends or receives that follow each other closely are told together:\n"
	"when the first begins, and their number and bytes after the last.  What may\n"
	"take its time is told as pending when it begins, too.\n";

#define ATTEMPTS_MAX	16

struct connect_options {
	int	    family;
	const char *local;	/* LOCAL[:PORT] or NULL */
	uint64_t    timeout_ms;
	bool	    verbose;
};

/* The -b address has been parsed before */
static void local_address(const struct connect_options *options, int family,
			  struct tdi_taddr *local)
{
	const char *any = family == AF_INET6 ? "[::]:0" : "0.0.0.0:0";

	parse_local(local, options->local ? options->local : any);
}

static uint32_t connect_endpoint(int endpoint, const struct tdi_taddr *remote,
				 uint64_t timeout_ms, struct tdi_taddr *peer)
{
	int64_t timeout = timeout_ms ? tdi_timeout_ms(timeout_ms) : 0;
	struct call call;
	uint32_t status;

	call_begin_pending(&call, "TDI_CONNECT", endpoint, remote);
	status = tdi_connect(endpoint, remote, timeout, peer, 0, NULL);
	return call_end_peer(&call, status, peer);
}

/* One of the host's addresses */
static bool connect_one(const struct connect_options *options,
			const struct addrinfo *info, struct pair *pair,
			struct failure *failure)
{
	struct tdi_taddr local, peer;
	uint32_t status;

	local_address(options, info->ai_family, &local);
	status = tdi_taddr_from_sockaddr(&failure->remote, info->ai_addr,
					 info->ai_addrlen);
	if (status != STATUS_SUCCESS)
		return failed(failure, "address", status);
	if (!open_pair(pair, &local, failure))
		return false;
	status = connect_endpoint(pair->endpoint, &failure->remote,
				  options->timeout_ms, &peer);
	if (status != STATUS_SUCCESS)
		return failed(failure, "TDI_CONNECT", status);
	if (options->verbose) {
		print_local(pair->endpoint, "local address");
		print_address("connected to", &peer);
	}
	return true;
}

/* Returns the exit code of the last */
static int report_failures(const struct failure *failures, size_t count)
{
	char call[TDI_TADDR_STRLEN + 32], address[TDI_TADDR_STRLEN];
	int code = EXIT_FAILED;
	size_t i;

	for (i = 0; i < count; i++) {
		tdi_taddr_format(&failures[i].remote, address, sizeof(address));
		snprintf(call, sizeof(call), "%s %s", failures[i].call,
			 address);
		code = report_status(call, failures[i].status,
				     failures[i].error);
	}
	return code;
}

/* The addresses one after the other; what failed is told if none succeeds */
static int connect_any(const struct connect_options *options,
		       const struct addrinfo *list, struct pair *pair)
{
	struct failure failures[ATTEMPTS_MAX];
	const struct addrinfo *info;
	size_t count = 0;

	for (info = list; info && count < ATTEMPTS_MAX; info = info->ai_next) {
		pair->address = pair->endpoint = -1;
		if (connect_one(options, info, pair, &failures[count])) {
			if (options->verbose)
				report_failures(failures, count);
			return EXIT_OK;
		}
		close_pair(pair);
		count++;
	}
	return report_failures(failures, count);
}

/* A local address allows only its own family */
static int wanted_family(const struct connect_options *options)
{
	if (!options->local)
		return options->family;
	return options->local[0] == '[' ? AF_INET6 : AF_INET;
}

static int connect_host(const struct connect_options *options,
			const char *host, const char *port)
{
	struct addrinfo hints = {
		.ai_family = wanted_family(options),
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list;
	struct pair pair;
	int code, error;

	error = getaddrinfo(host, port, &hints, &list);
	if (error) {
		fprintf(stderr, "tdictl: %s port %s: %s\n", host, port,
			gai_strerror(error));
		return EXIT_FAILED;
	}
	code = connect_any(options, list, &pair);
	freeaddrinfo(list);
	if (code)
		return code;
	code = pump(pair.endpoint, STDIN_FILENO, STDOUT_FILENO);
	close_pair(&pair);
	return code;
}

static int connect_option(struct connect_options *options, int option)
{
	struct tdi_taddr local;

	switch (option) {
	case '4':
		options->family = AF_INET;
		break;
	case '6':
		options->family = AF_INET6;
		break;
	case 'b':
		options->local = optarg;
		if (!parse_local(&local, optarg))
			return usage_error("connect", "no address: '%s'",
					   optarg);
		break;
	case 't':
		if (!parse_seconds(optarg, &options->timeout_ms))
			return usage_error("connect", "no time: '%s'", optarg);
		break;
	case 'v':
		options->verbose = true;
		break;
	case 'T':
		calls_trace();
		break;
	default:
		return usage_error("connect", "option -%c", optopt);
	}
	return EXIT_OK;
}

int subcommand_connect(int argc, char **argv)
{
	struct connect_options options = { .family = AF_UNSPEC };
	int code = EXIT_OK, option;

	opterr = 0;
	while (!code && (option = getopt(argc, argv, "46b:t:vT")) != -1)
		code = connect_option(&options, option);
	if (code)
		return code;
	if (argc - optind != 2)
		return usage_error("connect", "HOST and PORT, please");
	if (options.local && options.family != AF_UNSPEC &&
	    options.family != wanted_family(&options))
		return usage_error("connect", "-%c does not go with -b %s",
				   options.family == AF_INET ? '4' : '6',
				   options.local);
	code = require_device("tcp");
	if (code)
		return code;
	return connect_host(&options, argv[optind], argv[optind + 1]);
}
