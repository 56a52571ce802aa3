// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "job.h"
#include "wait.h"

void job_connect(struct job *job)
{
	tdi_connect(job->fd, &job->remote, job->timeout, &job->peer,
		    job->flags, &job->io);
}

void job_listen(struct job *job)
{
	tdi_listen(job->fd, job->remote.length ? &job->remote : NULL,
		   &job->peer, job->flags, &job->io);
}

void job_send(struct job *job)
{
	tdi_send(job->fd, job->buffer, job->length, job->flags, &job->io);
}

void job_receive(struct job *job)
{
	tdi_receive(job->fd, job->buffer, job->length, job->flags, &job->io);
}

void job_receive_datagram(struct job *job)
{
	tdi_receive_datagram(job->fd, job->buffer, job->length,
			     job->remote.length ? &job->remote : NULL,
			     &job->peer, job->flags, &job->io);
}

void job_disconnect(struct job *job)
{
	tdi_disconnect(job->fd, job->timeout, job->flags, &job->io);
}

static void job_result(struct job *job, ssize_t n)
{
	job->io.error = n < 0 ? errno : 0;
	job->io.information = n < 0 ? 0 : n;
	job->io.status = n < 0 ? tdi_status_from_errno(errno) : STATUS_SUCCESS;
}

void job_read(struct job *job)
{
	job_result(job, read(job->fd, job->buffer, job->length));
}

void job_write(struct job *job)
{
	job_result(job, write(job->fd, job->buffer, job->length));
}

static void *job_thread(void *data)
{
	struct job *job = data;

	job->id = gettid();
	job->call(job);
	job->outcome.status = job->io.status;
	job->outcome.error = job->io.error;
	job->done = true;
	return NULL;
}

void job_start(struct job *job)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);

	job->id = 0;
	job->done = false;
	errno = pthread_create(&job->thread, NULL, job_thread, job);
	NEED(!errno);
	while (!job->id) {
		if (deadline_passed(&deadline))
			die("a thread does not start");
		pace();
	}
}

void job_start_blocked(struct job *job)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);

	job_start(job);
	while (!is_blocked(job->id, job->fd)) {
		if (job->done)
			die("a call that should wait returned %s",
			    tdi_status_name(job->outcome.status));
		if (deadline_passed(&deadline))
			die("a call that should wait does not");
		pace();
	}
}

struct outcome job_end(struct job *job)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_MS / 1000;
	errno = pthread_timedjoin_np(job->thread, NULL, &until);
	if (errno)
		die("a call does not end: %m");
	return job->outcome;
}

/* For a moment it may sleep for another reason, and not be pending yet. */
void job_cancel(struct job *job)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);
	struct tdi_io io = { 0 };
	uint32_t status;

	while ((status = tdi_cancel(job->fd, job->io.cookie, 0, &io)) ==
	       STATUS_OBJECT_NAME_NOT_FOUND && !deadline_passed(&deadline))
		pace();
	if (status || io.information != 1)
		die("cancel: %s, %llu requests", tdi_status_name(status),
		    (unsigned long long)io.information);
}
