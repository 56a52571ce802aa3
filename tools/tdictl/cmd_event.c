// SPDX-License-Identifier: GPL-2.0-only
/* Commands that concern events of an address, and answer them */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "job.h"

#define EVENTS_ROOM	65536
#define ANY_EVENT	UINT32_MAX

static bool event_argument(struct scenario *scenario,
			   const struct statement *statement, uint32_t *type)
{
	const char *text = argument(statement, 1);

	if (event_type_parse(text, type))
		return true;
	return fail_syntax(scenario, "no event: '%s'", text);
}

static bool set_handler(struct scenario *scenario, struct statement *statement,
			uint64_t flags)
{
	uint64_t context, lookahead;
	struct tdi_io io = { 0 };
	struct result result;
	uint32_t type;
	int fd;

	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !event_argument(scenario, statement, &type) ||
	    !number_option(scenario, statement, "context", 0, &context) ||
	    !size_option(scenario, statement, "lookahead", 0, &lookahead) ||
	    !number_option(scenario, statement, "flags", flags, &flags))
		return false;
	facts_clear(scenario);
	result_init(&result, "TDI_SET_EVENT_HANDLER %s",
		    argument(statement, 0));
	tdi_set_event_handler(fd, type, context, lookahead, flags, &io);
	result_set_status(&result, io.status, io.error);
	return result_finish(scenario, statement, &result);
}

static bool set_event(struct scenario *scenario, struct statement *statement)
{
	return set_handler(scenario, statement, TDI_EVENT_HANDLER);
}

static bool clear_event(struct scenario *scenario, struct statement *statement)
{
	return set_handler(scenario, statement, 0);
}

static void set_fact(void *scenario, const char *key, const char *value)
{
	fact_set(scenario, key, "%s", value);
}

static void event_facts(struct scenario *scenario,
			const struct tdi_event_info *event)
{
	char type[EVENT_TEXT_SIZE];

	event_type_text(type, sizeof(type), event->type);
	set_fact(scenario, "type", type);
	event_tell(event, set_fact, scenario);
}

/* One read can bring several events: those not asked for yet stay here */
static void keep_events(struct scenario *scenario, struct job *job,
			const struct tdi_events *events)
{
	struct named_file *file = file_find(scenario, job->new_name);

	if (!file || !events->left)
		return;
	file->events = malloc(events->left);
	if (!file->events)
		return;
	memcpy(file->events, events->next, events->left);
	file->events_length = events->left;
}

static void publish_event(struct scenario *scenario, struct job *job)
{
	struct tdi_events events = { job->buffer, job->done };
	struct tdi_event_info event;
	char got[EVENT_TEXT_SIZE], wanted[EVENT_TEXT_SIZE];

	if (job->result.error)
		return;
	if (tdi_next_event(&events, &event)) {
		fail(scenario, "%s: got %zu bytes that are no event",
		     job->result.call, job->done);
		return;
	}
	keep_events(scenario, job, &events);
	event_facts(scenario, &event);
	if (event.length || event.type == TDI_EVENT_RECEIVE ||
	    event.type == TDI_EVENT_RECEIVE_DATAGRAM) {
		job->result.data = event.data;
		job->result.length = event.length;
	}
	if (event.type == job->flags || job->flags == ANY_EVENT)
		return;
	event_type_text(got, sizeof(got), event.type);
	event_type_text(wanted, sizeof(wanted), job->flags);
	fail(scenario, "%s: got the event %s, expected %s", job->result.call,
	     got, wanted);
}

static void run_event(struct job *job)
{
	ssize_t count;

	if (job->done)
		return;
	count = read(job->fd, job->buffer, job->length);
	result_set_errno(&job->result, count < 0 ? errno : 0);
	job->done = count < 0 ? 0 : count;
}

/* Events that an earlier read has brought, or else room for a read */
static bool event_buffer(struct scenario *scenario, struct job *job,
			 struct named_file *file, size_t room)
{
	if (file && file->events) {
		job->buffer = file->events;
		job->done = file->events_length;
		file->events = NULL;
		return true;
	}
	job->length = room;
	job->buffer = malloc(room + 1);
	return job->buffer || fail(scenario, "no memory");
}

static bool event_command(struct scenario *scenario,
			  struct statement *statement)
{
	const char *name = argument(statement, 0);
	uint32_t type = ANY_EVENT;
	struct job *job;
	uint64_t room;
	int fd;

	if (!file_argument(scenario, name, FILE_ANY, &fd) ||
	    (strcmp(argument(statement, 1), "any") &&
	     !event_argument(scenario, statement, &type)) ||
	    !size_option(scenario, statement, "max", EVENTS_ROOM, &room))
		return false;
	job = job_new(scenario, fd, false, run_event);
	if (!job)
		return false;
	result_init(&job->result, "event %s", name);
	job->publish = publish_event;
	job->flags = type;
	snprintf(job->new_name, sizeof(job->new_name), "%s", name);
	if (event_buffer(scenario, job, file_find(scenario, name), room))
		return job_submit(scenario, statement, job);
	job_free(job);
	return false;
}

/* A read that does not wait, whatever the file's mode; -1 and errno */
static ssize_t read_now(int fd, void *buffer, size_t size)
{
	int flags = fcntl(fd, F_GETFL), error;
	ssize_t count;

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	count = read(fd, buffer, size);
	error = errno;
	fcntl(fd, F_SETFL, flags);
	errno = error;
	return count;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One that an earlier read has brought */
static bool has_event(struct scenario *scenario, const struct named_file *file)
{
	struct tdi_events events = { file->events, file->events_length };
	char type[EVENT_TEXT_SIZE];
	struct tdi_event_info event;

	tdi_next_event(&events, &event);
	event_type_text(type, sizeof(type), event.type);
	return fail(scenario, "no-event %s: got the event %s, by an earlier read",
		    file->name, type);
}

static bool no_event(struct scenario *scenario, struct statement *statement)
{
	const char *name = argument(statement, 0);
	struct named_file *file = file_find(scenario, name);
	struct pollfd pfd = { .events = POLLIN };
	struct result result = { 0 };
	struct job job = { .flags = ANY_EVENT };
	uint8_t buffer[4096];
	uint64_t ms, end;
	ssize_t count;

	if (!file_argument(scenario, name, FILE_ANY, &pfd.fd) ||
	    !number_option(scenario, statement, "for", 0, &ms))
		return false;
	facts_clear(scenario);
	if (file && file->events)
		return has_event(scenario, file);
	end = now_ms() + ms;
	do {
		/* that it is readable may be a false alarm: a read tells */
		count = read_now(pfd.fd, buffer, sizeof(buffer));
		ms = now_ms();
	} while (count < 0 && errno == EAGAIN && ms < end &&
		 poll(&pfd, 1, end - ms) > 0);
	if (count < 0 && errno == EAGAIN)
		return result_finish(scenario, statement, &result);
	result_init(&job.result, "no-event %s", name);
	result_set_errno(&job.result, count < 0 ? errno : 0);
	job.buffer = buffer;
	job.done = count < 0 ? 0 : count;
	publish_event(scenario, &job);
	return result_finish(scenario, statement, &job.result) &&
	       fail(scenario, "no-event %s: got the event %s", name,
		    fact_get(scenario, "type"));
}

static bool accept_command(struct scenario *scenario,
			   struct statement *statement)
{
	uint64_t offer, context, flags = 0;
	struct tdi_io io = { 0 };
	struct tdi_taddr peer;
	struct result result;
	int fd;

	if (option(statement, "context"))
		flags = TDI_ACCEPT_CONTEXT;
	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !number_option(scenario, statement, "offer", 0, &offer) ||
	    !number_option(scenario, statement, "context", 0, &context) ||
	    !number_option(scenario, statement, "flags", flags, &flags))
		return false;
	facts_clear(scenario);
	result_init(&result, "TDI_ACCEPT %s", argument(statement, 0));
	tdi_accept(fd, offer, context, &peer, flags, &io);
	result_set_status(&result, io.status, io.error);
	if (io.status == STATUS_SUCCESS)
		fact_set_address(scenario, "peer", &peer);
	return result_finish(scenario, statement, &result);
}

static bool refuse(struct scenario *scenario, struct statement *statement)
{
	const char *name = option(statement, "status");
	uint32_t reply = STATUS_CONNECTION_REFUSED;
	uint64_t offer, flags;
	struct tdi_io io = { 0 };
	struct result result;
	int fd;

	if (name && tdi_status_from_name(name, &reply))
		return fail_syntax(scenario, "no status: '%s'", name);
	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !number_option(scenario, statement, "offer", 0, &offer) ||
	    !number_option(scenario, statement, "flags", 0, &flags))
		return false;
	facts_clear(scenario);
	result_init(&result, "refuse %s", argument(statement, 0));
	tdi_event_reply(fd, offer, reply, flags, &io);
	result_set_status(&result, io.status, io.error);
	return result_finish(scenario, statement, &result);
}

static const struct command commands[] = {
	{ "set-event", set_event, 2, 2, "lookahead= context= flags=",
	  "FILE EVENT [lookahead=N] [context=N] [flags=N]",
	  "TDI_SET_EVENT_HANDLER" },
	{ "clear-event", clear_event, 2, 2, "lookahead= context= flags=",
	  "FILE EVENT",
	  "the same with TDI's NULL for a handler" },
	{ "event", event_command, 2, 2, "max=",
	  "FILE EVENT|any [max=N]",
	  "wait for the next event, which has to be that; tells type, context, and offer, peer | connection, sequence, flags, bytes, available | source, flags, bytes, available | status, remote | address" },
	{ "no-event", no_event, 1, 1, "for=",
	  "FILE [for=MS]",
	  "there is none now, and comes none in that time" },
	{ "accept", accept_command, 1, 1, "offer= context= flags=",
	  "ENDPOINT [offer=N] [context=N] [flags=N]",
	  "TDI_ACCEPT of an event's offer, or of what its listen was offered; tells peer" },
	{ "refuse", refuse, 1, 1, "offer= status= flags=",
	  "ADDRESS-FILE offer=N [status=STATUS_xxx] [flags=N]",
	  "answer an event's offer with STATUS_CONNECTION_REFUSED, or another status" },
};

const struct command_group event_commands = {
	"Events (connect disconnect error receive receive-datagram receive-expedited send-possible chained-... error-ex; of a control channel add-address del-address; or N)",
	commands, ARRAY_SIZE(commands),
};
