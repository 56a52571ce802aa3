// SPDX-License-Identifier: GPL-2.0-only
/* tdictl events: what happens to an address, as it happens */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include "pair.h"
#include "scenario.h"

#define POOL		32
#define EVENTS_ROOM	65536

const char events_usage[] =
	"Usage: tdictl events [-c COUNT] [-v] ADDR PORT\n"
	"Prints the events of an address, one line each: time (seconds since 1970),\n"
	"event, and what it tells, with tabs between them; until it is interrupted.\n"
	"Connections are accepted onto a pool of endpoints, the event's line says\n"
	"which (\"endpoint\", what later events have as \"connection\"); data is taken\n"
	"and its beginning shown; a release is answered.  When all endpoints are\n"
	"busy connections are refused.  PORT 0 lets the transport choose.\n"
	"  -c COUNT          end after COUNT events\n"
	"  -v                tell the address on stderr\n";

/*
 * An address and endpoints for its connections; an endpoint's context is its
 * index and one.  It is busy until its DISCONNECT, the last event that it has,
 * was read: what comes before that is of the connection before.
 */
struct watch {
	int	 address;
	int	 endpoints[POOL];
	bool	 busy[POOL];
	uint64_t count;		/* events to read, 0: no end */
	bool	 verbose;
};

struct line {
	char   text[512];
	size_t length;
};

static void add_fact(void *context, const char *key, const char *value)
{
	struct line *line = context;
	const size_t room = sizeof(line->text) - line->length;
	int length;

	length = snprintf(line->text + line->length, room, "%s%s=%s",
			  line->length ? " " : "", key, value);
	if (length > 0 && (size_t)length < room)
		line->length += length;
}

static void accept_offer(struct watch *watch, uint64_t offer, struct line *line)
{
	uint32_t status = STATUS_INSUFFICIENT_RESOURCES;
	char number[16];
	size_t i;

	for (i = 0; i < POOL; i++) {
		if (watch->busy[i])
			continue;
		status = tdi_accept(watch->endpoints[i], offer, 0, NULL, 0,
				    NULL);
		/* one that is not idle: its release is still on its way */
		if (status != STATUS_CONNECTION_ACTIVE)
			break;
	}
	if (status == STATUS_SUCCESS) {
		watch->busy[i] = true;
		snprintf(number, sizeof(number), "0x%zx", i + 1);
		add_fact(line, "endpoint", number);
		return;
	}
	tdi_event_reply(watch->address, offer, STATUS_INSUFFICIENT_RESOURCES, 0,
			NULL);
	add_fact(line, "accept", tdi_status_name(status));
}

static void answer(struct watch *watch, const struct tdi_event_info *event,
		   struct line *line)
{
	const uint64_t i = event->connection_context - 1;

	if (event->type == TDI_EVENT_CONNECT) {
		accept_offer(watch, event->offer, line);
	} else if (event->type == TDI_EVENT_DISCONNECT && i < POOL) {
		if (event->flags & TDI_DISCONNECT_RELEASE)
			tdi_disconnect(watch->endpoints[i], 0,
				       TDI_DISCONNECT_RELEASE, NULL);
		watch->busy[i] = false;
	}
}

static void print_event(const struct tdi_event_info *event,
			const struct timespec *when, const struct line *line)
{
	char type[EVENT_TEXT_SIZE], data[96] = "";

	event_type_text(type, sizeof(type), event->type);
	if (event->length)
		data_preview(data, sizeof(data), event->data, event->length);
	printf("%lld.%06ld\t%s\t%s%s%s\n", (long long)when->tv_sec,
	       when->tv_nsec / 1000, type, line->text, event->length ? " " : "",
	       data);
	fflush(stdout);
}

/* Returns the exit code; one that there is no end to returns on errors only */
static int watch_loop(struct watch *watch)
{
	static uint8_t buffer[EVENTS_ROOM];
	struct tdi_event_info event;
	struct tdi_events events;
	struct timespec when;
	uint64_t count = 0;
	uint32_t status;

	do {
		status = tdi_read_events(watch->address, buffer, sizeof(buffer),
					 &events);
		clock_gettime(CLOCK_REALTIME, &when);
		if (status != STATUS_SUCCESS)
			return report_status("read events", status, errno);
		while (events.left && (!watch->count || count < watch->count)) {
			struct line line = { .length = 0 };

			status = tdi_next_event(&events, &event);
			if (status != STATUS_SUCCESS)
				return report_status("event", status, errno);
			event_tell(&event, add_fact, &line);
			answer(watch, &event, &line);
			print_event(&event, &when, &line);
			count++;
		}
	} while (!watch->count || count < watch->count);
	return EXIT_OK;
}

static int open_pool(struct watch *watch)
{
	struct pair pair = { .address = watch->address };
	struct failure failure;
	size_t i;

	for (i = 0; i < POOL; i++) {
		pair.endpoint = -1;
		/* a release must not hold up the others' events */
		if (!open_endpoint(&pair, O_NONBLOCK, i + 1, &failure))
			return report_status(failure.call, failure.status,
					     failure.error);
		watch->endpoints[i] = pair.endpoint;
	}
	return EXIT_OK;
}

/* CONNECT last: the address listens from there on */
static int set_handlers(const struct watch *watch)
{
	static const uint32_t types[] = {
		TDI_EVENT_ERROR, TDI_EVENT_DISCONNECT, TDI_EVENT_RECEIVE,
		TDI_EVENT_CONNECT,
	};
	uint32_t lookahead, status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		lookahead = types[i] == TDI_EVENT_RECEIVE ? EVENTS_ROOM : 0;
		status = tdi_set_event_handler(watch->address, types[i], 0,
					       lookahead, TDI_EVENT_HANDLER,
					       NULL);
		if (status != STATUS_SUCCESS)
			return report_status("TDI_SET_EVENT_HANDLER", status,
					     errno);
	}
	return EXIT_OK;
}

static int watch_address(struct watch *watch, const struct tdi_taddr *local)
{
	uint32_t status;
	int code;

	status = open_address("tcp", local, &watch->address);
	if (status != STATUS_SUCCESS)
		return report_status("open address", status, errno);
	code = open_pool(watch);
	if (!code)
		code = set_handlers(watch);
	if (!code && watch->verbose)
		print_local(watch->address, "events of");
	return code ? code : watch_loop(watch);
}

int subcommand_events(int argc, char **argv)
{
	struct watch watch = { .count = 0 };
	struct tdi_taddr local;
	int code, option;

	opterr = 0;
	while ((option = getopt(argc, argv, "c:v")) != -1) {
		if (option == 'v')
			watch.verbose = true;
		else if (option != 'c')
			return usage_error("events", "option -%c", optopt);
		else if (!parse_number(optarg, UINT64_MAX, &watch.count))
			return usage_error("events", "no count: '%s'", optarg);
	}
	if (argc - optind != 2)
		return usage_error("events", "ADDR and PORT, please");
	code = require_device("tcp");
	if (!code)
		code = resolve_address(argv[optind], argv[optind + 1], &local);
	return code ? code : watch_address(&watch, &local);
}
