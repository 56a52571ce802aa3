// SPDX-License-Identifier: GPL-2.0-only
/* Commands that move data, over a connection or as datagrams */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "job.h"

#define RECEIVE_ROOM	65536

static const struct flag_name {
	const char *name;
	uint32_t    flag;
} send_flags[] = {
	{ "expedited", TDI_SEND_EXPEDITED },
	{ "partial", TDI_SEND_PARTIAL },
	{ "no-response", TDI_SEND_NO_RESPONSE_EXPECTED },
	{ "non-blocking", TDI_SEND_NON_BLOCKING },
	{ "and-disconnect", TDI_SEND_AND_DISCONNECT },
}, receive_flags[] = {
	{ "normal", TDI_RECEIVE_NORMAL },
	{ "expedited", TDI_RECEIVE_EXPEDITED },
	{ "partial", TDI_RECEIVE_PARTIAL },
	{ "peek", TDI_RECEIVE_PEEK },
	{ "no-response", TDI_RECEIVE_NO_RESPONSE_EXP },
}, poll_events[] = {
	{ "in", POLLIN },
	{ "out", POLLOUT },
	{ "rdhup", POLLRDHUP },
	{ "hup", POLLHUP },
	{ "err", POLLERR },
	{ "pri", POLLPRI },
	{ "rdband", POLLRDBAND },
};

/* Names with commas between them, or a number */
static bool parse_flags(const char *text, const struct flag_name *names,
			size_t count, uint32_t *flags)
{
	char list[128], *name, *rest = list;
	uint64_t number;
	size_t i;

	*flags = 0;
	if (parse_number(text, UINT32_MAX, &number)) {
		*flags = number;
		return true;
	}
	if (strlen(text) >= sizeof(list))
		return false;
	strcpy(list, text);
	while ((name = strsep(&rest, ","))) {
		for (i = 0; i < count && strcmp(names[i].name, name); i++)
			;
		if (i == count)
			return false;
		*flags |= names[i].flag;
	}
	return true;
}

static struct job *stream_job(struct scenario *scenario,
			      const struct statement *statement,
			      const char *call, void (*run)(struct job *job),
			      const struct flag_name *names, size_t count)
{
	const char *flags = option(statement, "flags");
	const char *name = argument(statement, 0);
	uint64_t pieces;
	struct job *job;
	int fd;

	if (!file_argument(scenario, name, FILE_ANY, &fd))
		return NULL;
	job = job_new(scenario, fd, names, run);
	if (!job)
		return NULL;
	result_init(&job->result, "%s %s", call, name);
	if (!number_option(scenario, statement, "cookie", job->cookie,
			   &job->cookie) ||
	    !number_option(scenario, statement, "iov", 0, &pieces))
		goto free;
	job->pieces = pieces;
	if (pieces > IOV_MAX) {
		fail_syntax(scenario, "iov: %d at most", IOV_MAX);
		goto free;
	}
	if (flags && names && !parse_flags(flags, names, count, &job->flags)) {
		fail_syntax(scenario, "no flags: '%s'", flags);
		goto free;
	}
	return job;
free:
	job_free(job);
	return NULL;
}

static void publish_bytes(struct scenario *scenario, struct job *job)
{
	fact_set(scenario, "bytes", "%zu", job->done);
}

/* What is left of the buffer, in @job->pieces parts of nearly one length */
static void make_iov(const struct job *job, struct iovec *iov)
{
	size_t left = job->length - job->done;
	uint8_t *next = job->buffer + job->done;
	unsigned int i;

	for (i = 0; i < job->pieces; i++) {
		iov[i].iov_base = next;
		iov[i].iov_len = left / (job->pieces - i);
		next += iov[i].iov_len;
		left -= iov[i].iov_len;
	}
}

static void run_send(struct job *job)
{
	struct tdi_io io = { .cookie = job->cookie };
	struct iovec iov[IOV_MAX];
	size_t total = 0;

	make_iov(job, iov);
	do {
		if (job->pieces)
			tdi_sendv(job->fd, iov, job->pieces, job->flags, &io);
		else
			tdi_send(job->fd, job->buffer, job->length, job->flags,
				 &io);
		total += io.information;
	} while (job->fill && io.status == STATUS_SUCCESS);
	job->done = total;
	result_set_status(&job->result, io.status, io.error);
}

static void run_write(struct job *job)
{
	struct iovec iov[IOV_MAX];
	size_t total = 0;
	ssize_t count;

	make_iov(job, iov);
	do {
		count = job->pieces ? writev(job->fd, iov, job->pieces) :
				      write(job->fd, job->buffer, job->length);
		total += count < 0 ? 0 : count;
	} while (job->fill && count >= 0);
	result_set_errno(&job->result, count < 0 ? errno : 0);
	job->done = total;
}

/* Until there is as much as was asked for, or one of them ends otherwise */
static void run_receive(struct job *job)
{
	struct tdi_io io = { .cookie = job->cookie };
	struct iovec iov[IOV_MAX];

	do {
		make_iov(job, iov);
		if (job->pieces)
			tdi_receivev(job->fd, iov, job->pieces, job->flags,
				     &io);
		else
			tdi_receive(job->fd, job->buffer + job->done,
				    job->length - job->done, job->flags, &io);
		/* more than there was room for would be a bug, not a count */
		if (io.information <= job->length - job->done)
			job->done += io.information;
	} while (job->gather && io.status == STATUS_SUCCESS &&
		 io.information && job->done < job->length);
	result_set_status(&job->result, io.status, io.error);
	job->result.data = job->buffer;
	job->result.length = job->done;
}

static void run_read(struct job *job)
{
	struct iovec iov[IOV_MAX];
	ssize_t count;

	do {
		make_iov(job, iov);
		count = job->pieces ? readv(job->fd, iov, job->pieces) :
				      read(job->fd, job->buffer + job->done,
					   job->length - job->done);
		if (count > 0)
			job->done += count;
	} while (job->gather && count > 0 && job->done < job->length);
	result_set_errno(&job->result, count < 0 ? errno : 0);
	job->result.data = job->buffer;
	job->result.length = job->done;
}

/* The piece of data that a command has among its arguments */
static const struct word *data_argument(const struct statement *statement)
{
	size_t i;

	for (i = 2; i < statement->args.count; i++)
		if (data_is_word(&statement->args.list[i]))
			return &statement->args.list[i];
	return NULL;
}

static bool submit_outgoing(struct scenario *scenario,
			    struct statement *statement, struct job *job)
{
	const struct word *data = data_argument(statement);

	if (!job)
		return false;
	job->publish = publish_bytes;
	job->fill = has_flag(statement, "fill");
	if (!data)
		fail_syntax(scenario, "no data: \"TEXT\", hex=BYTES or size=N");
	else if (data_make(scenario, data, &job->buffer, &job->length))
		return job_submit(scenario, statement, job);
	job_free(job);
	return false;
}

/*
 * The room is what is expected (and then it is gathered, a stream comes in any
 * pieces), or bytes=N for a background call; else one call with max=N.
 */
static bool submit_incoming(struct scenario *scenario,
			    struct statement *statement, struct job *job)
{
	uint64_t bytes, room;

	if (!job)
		return false;
	job->publish = publish_bytes;
	if (!size_option(scenario, statement, "bytes", 0, &bytes) ||
	    !size_option(scenario, statement, "max", RECEIVE_ROOM, &room))
		goto free;
	job->length = room;
	if (!option(statement, "max")) {
		job->gather = true;
		if (bytes)
			job->length = bytes;
		else if (!data_expected_length(&statement->expects,
					       &job->length))
			job->gather = false;
	}
	if (job->flags & TDI_RECEIVE_PEEK)
		job->gather = false;
	job->buffer = malloc(job->length + 1);
	if (job->buffer)
		return job_submit(scenario, statement, job);
	fail(scenario, "no memory for %zu bytes", job->length);
free:
	job_free(job);
	return false;
}

static bool send_command(struct scenario *scenario, struct statement *statement)
{
	return submit_outgoing(scenario, statement,
			       stream_job(scenario, statement, "TDI_SEND",
					  run_send, send_flags,
					  ARRAY_SIZE(send_flags)));
}

static bool write_command(struct scenario *scenario,
			  struct statement *statement)
{
	return submit_outgoing(scenario, statement,
			       stream_job(scenario, statement, "write",
					  run_write, NULL, 0));
}

static bool receive_command(struct scenario *scenario,
			    struct statement *statement)
{
	return submit_incoming(scenario, statement,
			       stream_job(scenario, statement, "TDI_RECEIVE",
					  run_receive, receive_flags,
					  ARRAY_SIZE(receive_flags)));
}

static bool read_command(struct scenario *scenario, struct statement *statement)
{
	return submit_incoming(scenario, statement,
			       stream_job(scenario, statement, "read",
					  run_read, NULL, 0));
}

static void run_send_datagram(struct job *job)
{
	struct tdi_io io = { .cookie = job->cookie };

	tdi_send_datagram(job->fd, job->buffer, job->length,
			  job->has_address ? &job->address : NULL, job->flags,
			  &io);
	job->done = io.information;
	result_set_status(&job->result, io.status, io.error);
}

/* One that is longer than the room comes with its beginning */
static void run_receive_datagram(struct job *job)
{
	struct tdi_io io = { .cookie = job->cookie };

	tdi_receive_datagram(job->fd, job->buffer, job->length,
			     job->has_address ? &job->address : NULL,
			     &job->peer, job->flags, &io);
	job->done = io.information;
	result_set_status(&job->result, io.status, io.error);
	job->result.data = job->buffer;
	job->result.length = job->done;
}

static void publish_datagram(struct scenario *scenario, struct job *job)
{
	publish_bytes(scenario, job);
	if (job->peer.length)
		fact_set_address(scenario, "source", &job->peer);
}

/* The other side's address: to=ADDRESS, from=ADDRESS */
static struct job *datagram_job(struct scenario *scenario,
				const struct statement *statement,
				const char *call, void (*run)(struct job *job),
				const char *key)
{
	const char *text = option(statement, key);
	struct job *job;

	job = stream_job(scenario, statement, call, run, receive_flags,
			 ARRAY_SIZE(receive_flags));
	if (!job)
		return NULL;
	job->has_address = text;
	if (!text || address_text(scenario, text, &job->address))
		return job;
	job_free(job);
	return NULL;
}

static bool send_datagram(struct scenario *scenario,
			  struct statement *statement)
{
	return submit_outgoing(scenario, statement,
			       datagram_job(scenario, statement,
					    "TDI_SEND_DATAGRAM",
					    run_send_datagram, "to"));
}

static bool receive_datagram(struct scenario *scenario,
			     struct statement *statement)
{
	struct job *job;
	uint64_t room;

	if (!size_option(scenario, statement, "max", RECEIVE_ROOM, &room))
		return false;
	job = datagram_job(scenario, statement, "TDI_RECEIVE_DATAGRAM",
			   run_receive_datagram, "from");
	if (!job)
		return false;
	job->publish = publish_datagram;
	job->length = room;
	job->buffer = malloc(room + 1);
	if (job->buffer)
		return job_submit(scenario, statement, job);
	fail(scenario, "no memory for %zu bytes", job->length);
	job_free(job);
	return false;
}

static void run_poll(struct job *job)
{
	struct pollfd pfds[] = {
		{ .fd = job->fd, .events = job->events },
		{ .fd = job->stop, .events = POLLIN },
	};
	int count = poll(pfds, 2, job->timeout);

	job->revents = pfds[0].revents;
	/* a time limit that was asked for is not an error */
	result_set_errno(&job->result, count < 0 ? errno : 0);
}

static void publish_events(struct scenario *scenario, struct job *job)
{
	char text[64];
	size_t i, length = 0;

	for (i = 0; i < ARRAY_SIZE(poll_events); i++)
		if (job->revents & (int)poll_events[i].flag)
			length += snprintf(text + length, sizeof(text) - length,
					   "%s%s", length ? "," : "",
					   poll_events[i].name);
	fact_set(scenario, "events", "%s", length ? text : "none");
}

static bool poll_command(struct scenario *scenario, struct statement *statement)
{
	const char *text = argument(statement, 1);
	uint64_t timeout;
	uint32_t events;
	struct job *job;

	if (!parse_flags(text, poll_events, ARRAY_SIZE(poll_events), &events))
		return fail_syntax(scenario, "no events: '%s'", text);
	if (!number_option(scenario, statement, "timeout", UINT64_MAX,
			   &timeout))
		return false;
	job = stream_job(scenario, statement, "poll", run_poll, NULL, 0);
	if (!job)
		return false;
	job->publish = publish_events;
	job->events = events;
	job->timeout = timeout > INT_MAX ? -1 : (int)timeout;
	return job_submit(scenario, statement, job);
}

static const struct command commands[] = {
	{ "send", send_command, 1, 2, "size= hex= flags= iov= cookie= fill",
	  "ENDPOINT DATA [flags=F,...] [iov=N] [cookie=N] [fill]",
	  "TDI_SEND, from N pieces of memory, or again and again until it fails; tells bytes" },
	{ "receive", receive_command, 1, 1, "bytes= max= flags= iov= cookie=",
	  "ENDPOINT [bytes=N|max=N] [flags=F,...] [iov=N] [cookie=N]",
	  "TDI_RECEIVE until N bytes, or what is expected, are there; once with max=N; tells bytes" },
	{ "send-datagram", send_datagram, 1, 2, "size= hex= to= flags= cookie=",
	  "ADDRESS-FILE DATA [to=ADDRESS] [flags=N] [cookie=N]",
	  "TDI_SEND_DATAGRAM, of a connected address without to=; tells bytes" },
	{ "receive-datagram", receive_datagram, 1, 1,
	  "from= max= flags= cookie=",
	  "ADDRESS-FILE [from=ADDRESS] [max=N] [flags=F,...] [cookie=N]",
	  "TDI_RECEIVE_DATAGRAM, of anybody without from=; tells bytes, source" },
	{ "write", write_command, 1, 2, "size= hex= iov= fill",
	  "ENDPOINT DATA [iov=N] [fill]",
	  "write(2), writev(2); as send" },
	{ "read", read_command, 1, 1, "bytes= max= iov=",
	  "ENDPOINT [bytes=N|max=N] [iov=N]",
	  "read(2), readv(2); as receive" },
	{ "poll", poll_command, 2, 2, "timeout=",
	  "FILE in|out|rdhup|hup|err|pri|rdband[,...] [timeout=MS]",
	  "poll(2); tells events, none if the time is up" },
};

const struct command_group stream_commands = {
	"Data (DATA: \"TEXT\" with \\n \\r \\t \\0 \\xHH \\\" \\\\ \\$, hex=BYTES, size=N of a pattern)",
	commands, ARRAY_SIZE(commands),
};
