// SPDX-License-Identifier: GPL-2.0-only
/* Commands that make and end connections */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "job.h"

/* Between 1601 and 1970 */
#define NT_EPOCH_SECONDS	11644473600LL
#define NT_UNITS_PER_SECOND	10000000LL

/* timeout=MS from now, or deadline=MS: the same as a system time */
static bool timeout_option(struct scenario *scenario,
			   const struct statement *statement, int64_t *timeout)
{
	struct timespec now;
	uint64_t ms, deadline;

	if (!number_option(scenario, statement, "timeout", 0, &ms) ||
	    !number_option(scenario, statement, "deadline", 0, &deadline))
		return false;
	*timeout = ms ? tdi_timeout_ms(ms) : 0;
	if (!deadline)
		return true;
	clock_gettime(CLOCK_REALTIME, &now);
	*timeout = (now.tv_sec + NT_EPOCH_SECONDS) * NT_UNITS_PER_SECOND +
		   now.tv_nsec / 100 + (int64_t)deadline * 10000;
	return true;
}

static bool flags_option(struct scenario *scenario,
			 const struct statement *statement, uint32_t *flags)
{
	uint64_t number;

	if (!number_option(scenario, statement, "flags", *flags, &number))
		return false;
	*flags = number;
	return true;
}

/* A job for the file that is the command's first argument */
static struct job *request_job(struct scenario *scenario,
			       const struct statement *statement,
			       const char *call,
			       void (*run)(struct job *job))
{
	const char *name = argument(statement, 0);
	struct job *job;
	int fd;

	if (!file_argument(scenario, name, FILE_ANY, &fd))
		return NULL;
	job = job_new(scenario, fd, true, run);
	if (!job)
		return NULL;
	result_init(&job->result, "%s %s", call, name);
	if (flags_option(scenario, statement, &job->flags) &&
	    number_option(scenario, statement, "cookie", job->cookie,
			  &job->cookie))
		return job;
	job_free(job);
	return NULL;
}

static void finish_io(struct job *job, const struct tdi_io *io)
{
	result_set_status(&job->result, io->status, io->error);
}

static bool associate(struct scenario *scenario, struct statement *statement)
{
	struct tdi_io io = { 0 };
	struct result result;
	int endpoint, address;
	uint32_t flags = 0;

	if (!file_argument(scenario, argument(statement, 0), FILE_ANY,
			   &endpoint) ||
	    !file_argument(scenario, argument(statement, 1), FILE_ANY,
			   &address) ||
	    !flags_option(scenario, statement, &flags))
		return false;
	facts_clear(scenario);
	result_init(&result, "TDI_ASSOCIATE_ADDRESS %s",
		    argument(statement, 0));
	tdi_associate_address(endpoint, address, flags, &io);
	result_set_status(&result, io.status, io.error);
	return result_finish(scenario, statement, &result);
}

static bool disassociate(struct scenario *scenario, struct statement *statement)
{
	struct tdi_io io = { 0 };
	struct result result;
	uint32_t flags = 0;
	int endpoint;

	if (!file_argument(scenario, argument(statement, 0), FILE_ANY,
			   &endpoint) ||
	    !flags_option(scenario, statement, &flags))
		return false;
	facts_clear(scenario);
	result_init(&result, "TDI_DISASSOCIATE_ADDRESS %s",
		    argument(statement, 0));
	tdi_disassociate_address(endpoint, flags, &io);
	result_set_status(&result, io.status, io.error);
	return result_finish(scenario, statement, &result);
}

static void publish_peer(struct scenario *scenario, struct job *job)
{
	if (job->result.status == STATUS_SUCCESS)
		fact_set_address(scenario, "peer", &job->peer);
}

static void run_connect(struct job *job)
{
	struct tdi_io io = { .cookie = job->cookie };

	tdi_connect(job->fd, &job->address, job->timeout, &job->peer,
		    job->flags, &io);
	finish_io(job, &io);
}

static bool connect_command(struct scenario *scenario,
			    struct statement *statement)
{
	struct job *job;

	job = request_job(scenario, statement, "TDI_CONNECT", run_connect);
	if (!job)
		return false;
	job->publish = publish_peer;
	if (address_text(scenario, argument(statement, 1), &job->address) &&
	    timeout_option(scenario, statement, &job->timeout))
		return job_submit(scenario, statement, job);
	job_free(job);
	return false;
}

static void run_listen(struct job *job)
{
	struct tdi_io io = { .cookie = job->cookie };

	tdi_listen(job->fd, job->has_address ? &job->address : NULL,
		   &job->peer, job->flags, &io);
	finish_io(job, &io);
}

static bool listen_command(struct scenario *scenario,
			   struct statement *statement)
{
	const char *from = option(statement, "from");
	struct job *job;

	job = request_job(scenario, statement, "TDI_LISTEN", run_listen);
	if (!job)
		return false;
	job->publish = publish_peer;
	if (has_flag(statement, "query-accept"))
		job->flags |= TDI_QUERY_ACCEPT;
	job->has_address = from;
	if (!from || address_text(scenario, from, &job->address))
		return job_submit(scenario, statement, job);
	job_free(job);
	return false;
}

static void run_disconnect(struct job *job)
{
	struct tdi_io io = { .cookie = job->cookie };

	tdi_disconnect(job->fd, job->timeout, job->flags, &io);
	finish_io(job, &io);
}

static bool disconnect(struct scenario *scenario, struct statement *statement)
{
	struct job *job;

	job = request_job(scenario, statement, "TDI_DISCONNECT",
			  run_disconnect);
	if (!job)
		return false;
	if (has_flag(statement, "release"))
		job->flags |= TDI_DISCONNECT_RELEASE;
	if (has_flag(statement, "abort"))
		job->flags |= TDI_DISCONNECT_ABORT;
	if (has_flag(statement, "wait"))
		job->flags |= TDI_DISCONNECT_WAIT;
	if (timeout_option(scenario, statement, &job->timeout))
		return job_submit(scenario, statement, job);
	job_free(job);
	return false;
}

static bool cancel(struct scenario *scenario, struct statement *statement)
{
	const char *label = option(statement, "request");
	const struct job *job;
	struct tdi_io io = { 0 };
	struct result result;
	uint64_t cookie;
	uint32_t flags = 0;
	int fd;

	if (!file_argument(scenario, argument(statement, 0), FILE_ANY, &fd) ||
	    !number_option(scenario, statement, "cookie", 0, &cookie))
		return false;
	if (has_flag(statement, "all"))
		flags = TDI_CANCEL_ALL;
	if (label) {
		job = job_find(scenario, label);
		if (!job)
			return false;
		cookie = job->cookie;
	}
	if (!flags_option(scenario, statement, &flags))
		return false;
	facts_clear(scenario);
	result_init(&result, "cancel %s", argument(statement, 0));
	tdi_cancel(fd, cookie, flags, &io);
	result_set_status(&result, io.status, io.error);
	fact_set(scenario, "count", "%llu",
		 (unsigned long long)io.information);
	return result_finish(scenario, statement, &result);
}

static const struct command commands[] = {
	{ "associate", associate, 2, 2, "flags=",
	  "ENDPOINT ADDRESS-FILE [flags=N]",
	  "TDI_ASSOCIATE_ADDRESS" },
	{ "disassociate", disassociate, 1, 1, "flags=",
	  "ENDPOINT [flags=N]",
	  "TDI_DISASSOCIATE_ADDRESS" },
	{ "connect", connect_command, 2, 2,
	  "timeout= deadline= flags= cookie=",
	  "ENDPOINT ADDRESS [timeout=MS|deadline=MS] [flags=N] [cookie=N]",
	  "TDI_CONNECT; tells peer" },
	{ "listen", listen_command, 1, 1, "from= query-accept flags= cookie=",
	  "ENDPOINT [from=ADDRESS] [query-accept] [flags=N] [cookie=N]",
	  "TDI_LISTEN; tells peer" },
	{ "disconnect", disconnect, 1, 1,
	  "release abort wait timeout= deadline= flags= cookie=",
	  "ENDPOINT [release] [abort] [wait] [timeout=MS|deadline=MS] [flags=N] [cookie=N]",
	  "TDI_DISCONNECT; without a flag 0, which is an abort" },
	{ "cancel", cancel, 1, 1, "request= cookie= all flags=",
	  "FILE request=LABEL|cookie=N|all [flags=N]",
	  "end pending requests; tells count" },
};

const struct command_group request_commands = {
	"Connections (ADDRESS: 127.0.0.1:80, [::1]:80, ta:HEX, none; FILE: a name, or fd:N)",
	commands, ARRAY_SIZE(commands),
};
