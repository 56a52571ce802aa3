// SPDX-License-Identifier: GPL-2.0-only
/* tdictl listen */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <unistd.h>
#include "pair.h"

const char listen_usage[] =
	"Usage: tdictl listen [--once|--count N] [--accept WAY] [-v] [-T] ADDR PORT\n"
	"Waits for a caller, then as connect.  PORT 0 lets the transport choose.\n"
	"  --once            one connection (the default)\n"
	"  --count N         N connections, one after the other; 0: no end\n"
	"  --accept WAY      listen: TDI_LISTEN (the default); query: the same with\n"
	"                    TDI_QUERY_ACCEPT, then TDI_ACCEPT; event: TDI_ACCEPT of\n"
	"                    what a CONNECT event offers\n"
	"  -v                tell the addresses on stderr\n"
	"  -T                tell the TDI calls on stderr, as connect -T does\n"
	"With several connections each gets stdin from its beginning if it is a\n"
	"file; otherwise the first one takes it all.\n";

struct listen_options {
	uint64_t	count;
	enum accept_way way;
	bool		verbose;
};

/*
 * An endpoint that waits for a caller.  It does so in a thread, so that the
 * next one can wait while the last one's connection is served: an address is
 * reachable as long as one of its endpoints listens.
 */
struct listener {
	int		 endpoint;
	pthread_t	 thread;
	int		 address;
	enum accept_way	 way;
	struct tdi_taddr peer;
	const char	*call;
	uint32_t	 status;
	int		 error;
};

static void *listener_run(void *data)
{
	struct listener *listener = data;

	listener->status = accept_caller(listener->way, listener->address,
					 listener->endpoint, &listener->peer,
					 &listener->call);
	listener->error = errno;
	return NULL;
}

static int listener_start(struct listener *listener, int address,
			  enum accept_way way)
{
	struct pair pair = { .address = address, .endpoint = -1 };
	struct failure failure;
	bool good;
	int error;

	good = open_endpoint(&pair, 0, 0, &failure);
	listener->address = address;
	listener->way = way;
	listener->endpoint = pair.endpoint;
	if (!good)
		return report_status(failure.call, failure.status,
				     failure.error);
	error = pthread_create(&listener->thread, NULL, listener_run, listener);
	return error ? report_errno("pthread_create", error) : EXIT_OK;
}

static int listener_serve(struct listener *listener, bool verbose)
{
	if (listener->status != STATUS_SUCCESS)
		return report_status(listener->call, listener->status,
				     listener->error);
	if (verbose)
		print_address("connection from", &listener->peer);
	return pump(listener->endpoint, STDIN_FILENO, STDOUT_FILENO);
}

/* After an error the process ends, and with it a listener still waiting */
static int listen_loop(const struct listen_options *options, int address)
{
	const uint64_t count = options->count;
	struct listener listeners[2];
	struct listener *current;
	uint64_t i;
	int code;

	code = listener_start(&listeners[0], address, options->way);
	for (i = 0; !code && (!count || i < count); i++) {
		current = &listeners[i % 2];
		pthread_join(current->thread, NULL);
		if (!count || i + 1 < count)
			code = listener_start(&listeners[(i + 1) % 2], address,
					      options->way);
		else
			accept_end(options->way, address);
		/* stdin from its beginning, if it has one */
		if (i)
			lseek(STDIN_FILENO, 0, SEEK_SET);
		if (!code)
			code = listener_serve(current, options->verbose);
		close_file(current->endpoint);
	}
	return code;
}

static int listen_on(const struct listen_options *options,
		     const struct tdi_taddr *local)
{
	uint32_t status;
	int address, code;

	status = open_address("tcp", local, &address);
	if (status != STATUS_SUCCESS)
		return report_status("open address", status, errno);
	status = accept_prepare(options->way, address);
	if (status != STATUS_SUCCESS)
		return report_status("TDI_SET_EVENT_HANDLER", status, errno);
	if (options->verbose)
		print_local(address, "listening on");
	code = listen_loop(options, address);
	if (!code)
		close_file(address);
	return code;
}

static int listen_option(struct listen_options *options, int option,
			 const char *text)
{
	switch (option) {
	case '1':
		options->count = 1;
		break;
	case 'c':
		if (!parse_number(optarg, UINT32_MAX, &options->count))
			return usage_error("listen", "no count: '%s'", optarg);
		break;
	case 'a':
		if (!accept_way_parse(optarg, &options->way))
			return usage_error("listen", "no way to accept: '%s'",
					   optarg);
		break;
	case 'v':
		options->verbose = true;
		break;
	case 'T':
		calls_trace();
		break;
	default:
		return usage_error("listen", "option '%s'", text);
	}
	return EXIT_OK;
}

int subcommand_listen(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "once", no_argument, NULL, '1' },
		{ "count", required_argument, NULL, 'c' },
		{ "accept", required_argument, NULL, 'a' },
		{ NULL, 0, NULL, 0 },
	};
	struct listen_options options = { .count = 1 };
	struct tdi_taddr local;
	int code = EXIT_OK, option;

	opterr = 0;
	while (!code && (option = getopt_long(argc, argv, "vT", long_options,
					      NULL)) != -1)
		code = listen_option(&options, option, argv[optind - 1]);
	if (code)
		return code;
	if (argc - optind != 2)
		return usage_error("listen", "ADDR and PORT, please");
	code = require_device("tcp");
	if (!code)
		code = resolve_address(argv[optind], argv[optind + 1], &local);
	return code ? code : listen_on(&options, &local);
}
