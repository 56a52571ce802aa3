// SPDX-License-Identifier: GPL-2.0-only
/* Commands for the other side: plain sockets, so that a scenario has a peer */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "job.h"

#define RECEIVE_ROOM	65536
#define BACKLOG		128

static bool socket_argument(struct scenario *scenario,
			    const struct statement *statement, int *fd)
{
	return file_argument(scenario, argument(statement, 0), FILE_SOCKET, fd);
}

static bool sockaddr_text(struct scenario *scenario, const char *text,
			  struct sockaddr_storage *ss, socklen_t *length)
{
	struct tdi_taddr ta;

	if (!address_text(scenario, text, &ta))
		return false;
	if (!tdi_taddr_to_sockaddr(&ta, ss, length))
		return true;
	return fail_syntax(scenario, "no address: '%s'", text);
}

static bool set_option(int fd, int level, int name, int value)
{
	return !setsockopt(fd, level, name, &value, sizeof(value));
}

/* A socket of that family with the options that the command has */
static bool open_socket(struct scenario *scenario,
			const struct statement *statement, int family, int *fd)
{
	uint64_t receive, send;

	if (!size_option(scenario, statement, "rcvbuf", 0, &receive) ||
	    !size_option(scenario, statement, "sndbuf", 0, &send))
		return false;
	*fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return fail(scenario, "socket: %s", strerror(errno));
	if ((!has_flag(statement, "reuseaddr") ||
	     set_option(*fd, SOL_SOCKET, SO_REUSEADDR, 1)) &&
	    (!has_flag(statement, "reuseport") ||
	     set_option(*fd, SOL_SOCKET, SO_REUSEPORT, 1)) &&
	    (!has_flag(statement, "v6only") ||
	     set_option(*fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)) &&
	    (!receive || set_option(*fd, SOL_SOCKET, SO_RCVBUF, receive)) &&
	    (!send || set_option(*fd, SOL_SOCKET, SO_SNDBUF, send)))
		return true;
	fail(scenario, "setsockopt: %s", strerror(errno));
	close(*fd);
	return false;
}

static bool bind_socket(struct scenario *scenario, struct statement *statement,
			const char *call, bool listening)
{
	const char *name = argument(statement, 0);
	struct sockaddr_storage ss;
	struct result result;
	socklen_t length;
	uint64_t backlog;
	int error = 0, fd;

	facts_clear(scenario);
	result_init(&result, "%s %s", call, name);
	if (!number_option(scenario, statement, "backlog", BACKLOG, &backlog) ||
	    !sockaddr_text(scenario, argument(statement, 1), &ss, &length) ||
	    !open_socket(scenario, statement, ss.ss_family, &fd))
		return false;
	if (bind(fd, (struct sockaddr *)&ss, length) ||
	    (listening && listen(fd, backlog)))
		error = errno;
	result_set_errno(&result, error);
	if (error)
		close(fd);
	else if (!file_add(scenario, name, FILE_SOCKET, fd))
		return false;
	return result_finish(scenario, statement, &result);
}

static bool peer_bind(struct scenario *scenario, struct statement *statement)
{
	return bind_socket(scenario, statement, "peer-bind", false);
}

static bool peer_listen(struct scenario *scenario, struct statement *statement)
{
	return bind_socket(scenario, statement, "peer-listen", true);
}

/* Calls on non-blocking sockets, repeated when poll(2) says so */

static struct job *peer_job(struct scenario *scenario,
			    const struct statement *statement, int fd,
			    void (*run)(struct job *job))
{
	struct job *job = job_new(scenario, fd, false, run);

	if (job)
		result_init(&job->result, "%s %s",
			    statement->args.list[0].text,
			    argument(statement, 0));
	return job;
}

static void publish_peer(struct scenario *scenario, struct job *job)
{
	if (!job->result.error)
		fact_set_address(scenario, "peer", &job->peer);
}

static void publish_bytes(struct scenario *scenario, struct job *job)
{
	fact_set(scenario, "bytes", "%zu", job->done);
}

static void run_accept(struct job *job)
{
	struct sockaddr_storage ss;
	socklen_t length = sizeof(ss);

	while (job_poll(job, POLLIN)) {
		job->new_fd = accept4(job->fd, (struct sockaddr *)&ss, &length,
				      SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (job->new_fd >= 0 || errno != EAGAIN)
			break;
	}
	result_set_errno(&job->result, job->new_fd < 0 ? errno : 0);
	if (job->new_fd >= 0)
		tdi_taddr_from_sockaddr(&job->peer, (struct sockaddr *)&ss,
					length);
}

static bool peer_accept(struct scenario *scenario, struct statement *statement)
{
	struct job *job;
	int fd;

	if (!socket_argument(scenario, statement, &fd))
		return false;
	job = peer_job(scenario, statement, fd, run_accept);
	if (!job)
		return false;
	snprintf(job->new_name, sizeof(job->new_name), "%s",
		 argument(statement, 1));
	job->publish = publish_peer;
	return job_submit(scenario, statement, job);
}

/* The socket is the job's until it is connected */
static void run_connect(struct job *job)
{
	struct sockaddr_storage ss;
	socklen_t length, size = sizeof(int);
	int error = 0;

	tdi_taddr_to_sockaddr(&job->address, &ss, &length);
	if (connect(job->fd, (struct sockaddr *)&ss, length)) {
		error = errno;
		if (error == EINPROGRESS) {
			error = job_poll(job, POLLOUT) ? 0 : errno;
			if (!error)
				getsockopt(job->fd, SOL_SOCKET, SO_ERROR,
					   &error, &size);
		}
	}
	result_set_errno(&job->result, error);
	if (error)
		close(job->fd);
	else
		job->new_fd = job->fd;
}

static bool peer_connect(struct scenario *scenario, struct statement *statement)
{
	const char *from = option(statement, "from");
	struct sockaddr_storage ss, local;
	socklen_t length, local_length;
	struct job *job;
	int fd;

	if (!sockaddr_text(scenario, argument(statement, 1), &ss, &length) ||
	    (from && !sockaddr_text(scenario, from, &local, &local_length)) ||
	    !open_socket(scenario, statement, ss.ss_family, &fd))
		return false;
	if (from && bind(fd, (struct sockaddr *)&local, local_length)) {
		fail(scenario, "bind %s: %s", from, strerror(errno));
		close(fd);
		return false;
	}
	job = peer_job(scenario, statement, fd, run_connect);
	if (!job) {
		close(fd);
		return false;
	}
	snprintf(job->new_name, sizeof(job->new_name), "%s",
		 argument(statement, 0));
	tdi_taddr_from_sockaddr(&job->address, (struct sockaddr *)&ss, length);
	return job_submit(scenario, statement, job);
}

static void run_send(struct job *job)
{
	ssize_t count;
	int error = 0;

	while (!error && job->done < job->length) {
		count = send(job->fd, job->buffer + job->done,
			     job->length - job->done, job->flags);
		if (count >= 0)
			job->done += count;
		else if (errno != EAGAIN)
			error = errno;
		else if (!job_poll(job, POLLOUT))
			error = errno;
	}
	result_set_errno(&job->result, error);
}

static bool peer_send(struct scenario *scenario, struct statement *statement)
{
	const struct word *data = NULL;
	struct job *job;
	size_t i;
	int fd;

	for (i = 2; i < statement->args.count && !data; i++)
		if (data_is_word(&statement->args.list[i]))
			data = &statement->args.list[i];
	if (!data)
		return fail_syntax(scenario, "no data: \"TEXT\", hex=BYTES or size=N");
	if (!socket_argument(scenario, statement, &fd))
		return false;
	job = peer_job(scenario, statement, fd, run_send);
	if (!job)
		return false;
	job->publish = publish_bytes;
	job->flags = MSG_NOSIGNAL;
	if (has_flag(statement, "urgent"))
		job->flags |= MSG_OOB;
	if (data_make(scenario, data, &job->buffer, &job->length))
		return job_submit(scenario, statement, job);
	job_free(job);
	return false;
}

static void run_receive(struct job *job)
{
	bool ended = false;
	ssize_t count;
	int error = 0;

	while (!error && !ended && job->done < job->length) {
		count = recv(job->fd, job->buffer + job->done,
			     job->length - job->done, MSG_DONTWAIT);
		if (count >= 0) {
			job->done += count;
			ended = !count || !job->gather;
		} else if (errno != EAGAIN) {
			error = errno;
		} else if (!job_poll(job, POLLIN)) {
			error = errno;
		}
	}
	result_set_errno(&job->result, error);
	job->result.data = job->buffer;
	job->result.length = job->done;
}

static bool peer_receive(struct scenario *scenario, struct statement *statement)
{
	uint64_t bytes;
	struct job *job;
	int fd;

	if (!socket_argument(scenario, statement, &fd) ||
	    !size_option(scenario, statement, "bytes", 0, &bytes))
		return false;
	job = peer_job(scenario, statement, fd, run_receive);
	if (!job)
		return false;
	job->publish = publish_bytes;
	job->length = bytes;
	job->gather = bytes ||
		      data_expected_length(&statement->expects, &job->length);
	if (!job->gather)
		job->length = RECEIVE_ROOM;
	job->buffer = malloc(job->length + 1);
	if (job->buffer)
		return job_submit(scenario, statement, job);
	job_free(job);
	return fail(scenario, "no memory");
}

static bool peer_shutdown(struct scenario *scenario,
			  struct statement *statement)
{
	struct result result;
	int fd;

	if (!socket_argument(scenario, statement, &fd))
		return false;
	facts_clear(scenario);
	result_init(&result, "peer-shutdown %s", argument(statement, 0));
	result_set_errno(&result, shutdown(fd, SHUT_WR) ? errno : 0);
	return result_finish(scenario, statement, &result);
}

static bool close_socket(struct scenario *scenario,
			 struct statement *statement, bool reset)
{
	const struct linger linger = { .l_onoff = reset };
	const char *name = argument(statement, 0);
	struct result result;
	int error = 0, fd;

	if (!socket_argument(scenario, statement, &fd))
		return false;
	facts_clear(scenario);
	result_init(&result, "%s %s", statement->args.list[0].text, name);
	if (reset && setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
				sizeof(linger)))
		error = errno;
	file_close(scenario, file_find(scenario, name));
	result_set_errno(&result, error);
	return result_finish(scenario, statement, &result);
}

static bool peer_close(struct scenario *scenario, struct statement *statement)
{
	return close_socket(scenario, statement, false);
}

static bool peer_reset(struct scenario *scenario, struct statement *statement)
{
	return close_socket(scenario, statement, true);
}

#define SOCKET_OPTIONS	"reuseaddr reuseport v6only rcvbuf= sndbuf="

static const struct command commands[] = {
	{ "peer-bind", peer_bind, 2, 2, SOCKET_OPTIONS,
	  "NAME ADDRESS [reuseaddr] [reuseport] [v6only]",
	  "a socket bound to an address" },
	{ "peer-listen", peer_listen, 2, 2, SOCKET_OPTIONS " backlog=",
	  "NAME ADDRESS [backlog=N] [reuseaddr] [reuseport] [v6only] [rcvbuf=N] [sndbuf=N]",
	  "a socket that listens" },
	{ "peer-accept", peer_accept, 2, 2, "",
	  "LISTENER NAME",
	  "accept a connection; tells peer" },
	{ "peer-connect", peer_connect, 2, 2, SOCKET_OPTIONS " from=",
	  "NAME ADDRESS [from=ADDRESS] [rcvbuf=N] [sndbuf=N]",
	  "a socket connected to an address" },
	{ "peer-send", peer_send, 1, 2, "size= hex= urgent",
	  "NAME DATA [urgent]",
	  "send it all; tells bytes" },
	{ "peer-receive", peer_receive, 1, 1, "bytes=",
	  "NAME [bytes=N]",
	  "receive what is expected, N bytes, or what is there; tells bytes" },
	{ "peer-shutdown", peer_shutdown, 1, 1, "",
	  "NAME",
	  "send a FIN, go on receiving" },
	{ "peer-close", peer_close, 1, 1, "",
	  "NAME",
	  "close the socket" },
	{ "peer-reset", peer_reset, 1, 1, "",
	  "NAME",
	  "close the socket with a RST" },
};

const struct command_group peer_commands = {
	"The other side: plain sockets", commands, ARRAY_SIZE(commands),
};
