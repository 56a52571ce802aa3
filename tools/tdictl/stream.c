// SPDX-License-Identifier: GPL-2.0-only
/* tdictl connect, tdictl listen */
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tdictl.h"

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

const char listen_usage[] =
	"Usage: tdictl listen [--once|--count N] [-v] [-T] ADDR PORT\n"
	"Waits for a caller, then as connect.  PORT 0 lets the transport choose.\n"
	"  --once            one connection (the default)\n"
	"  --count N         N connections, one after the other; 0: no end\n"
	"  -v                tell the addresses on stderr\n"
	"  -T                tell the TDI calls on stderr, as connect -T does\n"
	"With several connections each gets stdin from its beginning if it is a\n"
	"file; otherwise the first one takes it all.\n";

/* A transport address and an endpoint associated with it */
struct pair {
	int address, endpoint;
};

/* What kept an attempt to connect from succeeding */
struct failure {
	const char	*call;
	uint32_t	 status;
	int		 error;
	struct tdi_taddr remote;
};

#define ATTEMPTS_MAX	16

struct connect_options {
	int	    family;
	const char *local;	/* LOCAL[:PORT] or NULL */
	uint64_t    timeout_ms;
	bool	    verbose;
};

static void close_file(int fd)
{
	struct call call;

	if (fd < 0)
		return;
	call_begin(&call, "close fd:%d", fd);
	close(fd);
	call_tell(&call, "ok");
}

static void close_pair(struct pair *pair)
{
	close_file(pair->endpoint);
	close_file(pair->address);
	pair->endpoint = pair->address = -1;
}

static bool failed(struct failure *failure, const char *call, uint32_t status)
{
	failure->call = call;
	failure->status = status;
	failure->error = errno;
	return false;
}

static bool open_endpoint(struct pair *pair, struct failure *failure)
{
	struct call call;
	uint32_t status;

	call_begin(&call, "open-endpoint");
	status = tdi_open_endpoint("tcp", 0, 0, &pair->endpoint);
	call_end(&call, status, "fd:%d", pair->endpoint);
	if (status != STATUS_SUCCESS)
		return failed(failure, "open endpoint", status);
	call_begin(&call, "TDI_ASSOCIATE_ADDRESS fd:%d fd:%d", pair->endpoint,
		   pair->address);
	status = tdi_associate_address(pair->endpoint, pair->address, 0, NULL);
	call_end(&call, status, NULL);
	if (status != STATUS_SUCCESS)
		return failed(failure, "TDI_ASSOCIATE_ADDRESS", status);
	return true;
}

static uint32_t open_address(const struct tdi_taddr *local, int *fd)
{
	char text[TDI_TADDR_STRLEN];
	struct call call;
	uint32_t status;

	tdi_taddr_format(local, text, sizeof(text));
	call_begin(&call, "open-address %s", text);
	status = tdi_open_address("tcp", 0, local, 0, fd);
	return call_end(&call, status, "fd:%d", *fd);
}

static bool open_pair(struct pair *pair, const struct tdi_taddr *local,
		      struct failure *failure)
{
	uint32_t status;

	status = open_address(local, &pair->address);
	if (status != STATUS_SUCCESS)
		return failed(failure, "open address", status);
	return open_endpoint(pair, failure);
}

static void print_address(const char *what, const struct tdi_taddr *ta)
{
	char text[TDI_TADDR_STRLEN];

	tdi_taddr_format(ta, text, sizeof(text));
	fprintf(stderr, "tdictl: %s %s\n", what, text);
}

static void print_local(int fd, const char *what)
{
	struct tdi_taddr ta;
	struct call call;
	uint32_t status;

	call_begin(&call, "TDI_QUERY_INFORMATION fd:%d", fd);
	status = tdi_query_address_info(fd, NULL, &ta, 0, NULL);
	if (call_end(&call, status, NULL) == STATUS_SUCCESS)
		print_address(what, &ta);
}

/* LOCAL or LOCAL:PORT; the port, if missing, is 0 */
static bool parse_local(struct tdi_taddr *ta, const char *text)
{
	const char *last = strrchr(text, ']');
	char with_port[TDI_TADDR_STRLEN];

	if (strchr(last ? last : text, ':'))
		return !tdi_taddr_parse(ta, text);
	if (strlen(text) + sizeof(":0") > sizeof(with_port))
		return false;
	snprintf(with_port, sizeof(with_port), "%s:0", text);
	return !tdi_taddr_parse(ta, with_port);
}

/* The -b address has been parsed before */
static void local_address(const struct connect_options *options, int family,
			  struct tdi_taddr *local)
{
	const char *any = family == AF_INET6 ? "[::]:0" : "0.0.0.0:0";

	parse_local(local, options->local ? options->local : any);
}

/* To be told that it is under way: a connection may be long in coming */
static void call_begin_pending(struct call *call, const char *request,
			       int endpoint, const struct tdi_taddr *remote)
{
	char text[TDI_TADDR_STRLEN] = "";

	if (remote)
		tdi_taddr_format(remote, text, sizeof(text));
	call_begin(call, "%s fd:%d%s%s", request, endpoint, remote ? " " : "",
		   text);
	call_tell(call, "pending");
}

static uint32_t call_end_peer(const struct call *call, uint32_t status,
			      const struct tdi_taddr *peer)
{
	char text[TDI_TADDR_STRLEN] = "";

	if (status == STATUS_SUCCESS)
		tdi_taddr_format(peer, text, sizeof(text));
	return call_end(call, status, "peer=%s", text);
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

/*
 * An endpoint that waits for a caller.  It does so in a thread, so that the
 * next one can wait while the last one's connection is served: an address is
 * reachable as long as one of its endpoints listens.
 */
struct listener {
	int		 endpoint;
	pthread_t	 thread;
	struct tdi_taddr peer;
	uint32_t	 status;
	int		 error;
};

static void *listener_run(void *data)
{
	struct listener *listener = data;
	struct tdi_io io = { 0 };
	struct call call;

	call_begin_pending(&call, "TDI_LISTEN", listener->endpoint, NULL);
	listener->status = tdi_listen(listener->endpoint, NULL,
				      &listener->peer, 0, &io);
	listener->error = io.error;
	call_end_peer(&call, listener->status, &listener->peer);
	return NULL;
}

static int listener_start(struct listener *listener, int address)
{
	struct pair pair = { .address = address, .endpoint = -1 };
	struct failure failure;
	bool good;
	int error;

	good = open_endpoint(&pair, &failure);
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
		return report_status("TDI_LISTEN", listener->status,
				     listener->error);
	if (verbose)
		print_address("connection from", &listener->peer);
	return pump(listener->endpoint, STDIN_FILENO, STDOUT_FILENO);
}

/* After an error the process ends, and with it a listener still waiting */
static int listen_loop(int address, uint64_t count, bool verbose)
{
	struct listener listeners[2];
	struct listener *current;
	uint64_t i;
	int code;

	code = listener_start(&listeners[0], address);
	for (i = 0; !code && (!count || i < count); i++) {
		current = &listeners[i % 2];
		pthread_join(current->thread, NULL);
		if (!count || i + 1 < count)
			code = listener_start(&listeners[(i + 1) % 2], address);
		/* stdin from its beginning, if it has one */
		if (i)
			lseek(STDIN_FILENO, 0, SEEK_SET);
		if (!code)
			code = listener_serve(current, verbose);
		close_file(current->endpoint);
	}
	return code;
}

static int listen_on(const struct tdi_taddr *local, uint64_t count,
		     bool verbose)
{
	uint32_t status;
	int address, code;

	status = open_address(local, &address);
	if (status != STATUS_SUCCESS)
		return report_status("open address", status, errno);
	if (verbose)
		print_local(address, "listening on");
	code = listen_loop(address, count, verbose);
	if (!code)
		close_file(address);
	return code;
}

static int resolve_local(const char *host, const char *port,
			 struct tdi_taddr *local)
{
	struct addrinfo hints = {
		.ai_flags = AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list;
	int error;

	error = getaddrinfo(strcmp(host, "*") ? host : "0.0.0.0", port, &hints,
			    &list);
	if (error) {
		fprintf(stderr, "tdictl: %s port %s: %s\n", host, port,
			gai_strerror(error));
		return EXIT_FAILED;
	}
	tdi_taddr_from_sockaddr(local, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	return EXIT_OK;
}

int subcommand_listen(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "once", no_argument, NULL, '1' },
		{ "count", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	struct tdi_taddr local;
	bool verbose = false;
	uint64_t count = 1;
	int code, option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "vT", long_options,
				     NULL)) != -1) {
		switch (option) {
		case '1':
			count = 1;
			break;
		case 'c':
			if (!parse_number(optarg, UINT32_MAX, &count))
				return usage_error("listen", "no count: '%s'",
						   optarg);
			break;
		case 'v':
			verbose = true;
			break;
		case 'T':
			calls_trace();
			break;
		default:
			return usage_error("listen", "option '%s'",
					   argv[optind - 1]);
		}
	}
	if (argc - optind != 2)
		return usage_error("listen", "ADDR and PORT, please");
	code = require_device("tcp");
	if (!code)
		code = resolve_local(argv[optind], argv[optind + 1], &local);
	return code ? code : listen_on(&local, count, verbose);
}
