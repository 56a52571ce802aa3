// SPDX-License-Identifier: GPL-2.0-only
/* Calls that can block: starting, watching and ending them */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "job.h"

#define END_LIMIT_MS	10000

static const struct timespec moment = { .tv_nsec = 1000000 };

struct job *job_new(struct scenario *scenario, int fd, bool tdi,
		    void (*run)(struct job *job))
{
	pthread_condattr_t attributes;
	struct job *job;

	job = calloc(1, sizeof(*job));
	if (!job) {
		fail(scenario, "no memory");
		return NULL;
	}
	job->stop = eventfd(0, EFD_CLOEXEC);
	if (job->stop < 0) {
		fail(scenario, "eventfd: %s", strerror(errno));
		free(job);
		return NULL;
	}
	job->run = run;
	job->fd = fd;
	job->tdi = tdi;
	job->new_fd = -1;
	job->line = scenario->next_line;
	job->cookie = ++scenario->next_cookie;
	pthread_mutex_init(&job->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&job->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return job;
}

/* Of a job without a thread */
void job_free(struct job *job)
{
	if (job->new_fd >= 0)
		close(job->new_fd);
	close(job->stop);
	pthread_cond_destroy(&job->changed);
	pthread_mutex_destroy(&job->lock);
	free(job->buffer);
	free(job);
}

static void set_state(struct job *job, enum job_state state)
{
	pthread_mutex_lock(&job->lock);
	job->state = state;
	pthread_cond_broadcast(&job->changed);
	pthread_mutex_unlock(&job->lock);
}

static void *job_thread(void *data)
{
	struct job *job = data;

	job->tid = gettid();
	set_state(job, JOB_RUNNING);
	job->run(job);
	set_state(job, JOB_DONE);
	return NULL;
}

static void deadline_in(struct timespec *deadline, uint64_t ms)
{
	clock_gettime(CLOCK_MONOTONIC, deadline);
	deadline->tv_sec += ms / 1000;
	deadline->tv_nsec += ms % 1000 * 1000000;
	if (deadline->tv_nsec >= 1000000000) {
		deadline->tv_sec++;
		deadline->tv_nsec -= 1000000000;
	}
}

static bool deadline_passed(const struct timespec *deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > deadline->tv_sec ||
	       (now.tv_sec == deadline->tv_sec &&
		now.tv_nsec >= deadline->tv_nsec);
}

/* Wait for a state, or one after it */
static bool wait_state(struct job *job, enum job_state state, uint64_t ms)
{
	struct timespec deadline;
	bool reached;
	int error = 0;

	deadline_in(&deadline, ms);
	pthread_mutex_lock(&job->lock);
	while (job->state < state && !error)
		error = pthread_cond_timedwait(&job->changed, &job->lock,
					       &deadline);
	reached = job->state >= state;
	pthread_mutex_unlock(&job->lock);
	return reached;
}

static void ignore_signal(int number)
{
	(void)number;
}

/* A signal that does nothing but interrupt what blocks */
static void interrupt_job(struct job *job)
{
	struct sigaction action = { .sa_handler = ignore_signal };

	sigaction(SIGUSR1, &action, NULL);
	pthread_kill(job->thread, SIGUSR1);
}

/*
 * Make a job end.  It may be between two calls, or its descriptor closed, so
 * every means is tried until it has.  False if nothing helps.
 */
static bool end_job(struct job *job)
{
	const uint64_t one = 1;
	struct timespec deadline;
	ssize_t count;

	deadline_in(&deadline, END_LIMIT_MS);
	do {
		count = write(job->stop, &one, sizeof(one));
		if (job->tdi)
			tdi_cancel(job->fd, job->cookie, 0, NULL);
		if (count < 0 || wait_state(job, JOB_DONE, 20))
			break;
		interrupt_job(job);
	} while (!deadline_passed(&deadline));
	return wait_state(job, JOB_DONE, 0);
}

static void join_job(struct job *job)
{
	pthread_join(job->thread, NULL);
	job_free(job);
}

/* What became of it, against the expectations; takes over @job */
static bool finish_job(struct scenario *scenario, struct statement *statement,
		       struct job *job)
{
	bool good = true;

	facts_clear(scenario);
	if (job->publish)
		job->publish(scenario, job);
	if (job->new_fd >= 0) {
		good = file_add(scenario, job->new_name, FILE_SOCKET,
				job->new_fd);
		job->new_fd = -1;
	}
	good = good && result_finish(scenario, statement, &job->result) &&
	       !scenario->error[0];
	join_job(job);
	return good;
}

/* What is being waited for, or NULL */
static struct job *volatile foreground;

static void end_foreground(int number)
{
	const struct job *job = foreground;
	const uint64_t one = 1;
	int error = errno;

	(void)number;
	if (job && write(job->stop, &one, sizeof(one)) > 0)
		pthread_kill(job->thread, SIGUSR1);
	errno = error;
}

void jobs_end_by_interrupt(void)
{
	struct sigaction action = { .sa_handler = ignore_signal };

	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = end_foreground;
	action.sa_flags = SA_RESTART;
	sigaction(SIGINT, &action, NULL);
}

static bool wait_job(struct scenario *scenario, struct statement *statement,
		     struct job *job)
{
	char call[CALL_SIZE];
	bool done;

	foreground = job;
	done = wait_state(job, JOB_DONE, scenario->limit_ms);
	foreground = NULL;
	if (done)
		return finish_job(scenario, statement, job);
	memcpy(call, job->result.call, sizeof(call));
	fail(scenario, "%s: not done after %llu ms", call,
	     (unsigned long long)scenario->limit_ms);
	scenario->code = EXIT_TIMEOUT;
	/* a thread that cannot be ended keeps its job */
	if (end_job(job))
		join_job(job);
	return false;
}

static bool keep_job(struct scenario *scenario, struct statement *statement,
		     struct job *job)
{
	struct job **link = &scenario->jobs;

	snprintf(job->label, sizeof(job->label), "%s",
		 statement->label[0] ? statement->label :
				       argument(statement, 0));
	while (*link)
		link = &(*link)->next;
	*link = job;
	trace_pending(scenario, statement, job->result.call, job->label);
	return true;
}

static void mask_interrupt(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	pthread_sigmask(how, &set, NULL);
}

/* It runs then; an interrupt is the main thread's, and waits until it may do */
static int start_job(struct job *job, bool background)
{
	int error;

	mask_interrupt(SIG_BLOCK);
	error = pthread_create(&job->thread, NULL, job_thread, job);
	if (!error)
		wait_state(job, JOB_RUNNING, END_LIMIT_MS);
	if (!error && !background)
		foreground = job;
	mask_interrupt(SIG_UNBLOCK);
	return error;
}

bool job_submit(struct scenario *scenario, struct statement *statement,
		struct job *job)
{
	int error;

	if (statement->background &&
	    (statement->expects.count || statement->results.count)) {
		job_free(job);
		return fail_syntax(scenario,
				   "what is expected of a background call belongs to its wait");
	}
	error = start_job(job, statement->background);
	if (error) {
		job_free(job);
		return fail(scenario, "pthread_create: %s", strerror(error));
	}
	if (statement->background)
		return keep_job(scenario, statement, job);
	return wait_job(scenario, statement, job);
}

struct job *job_find(struct scenario *scenario, const char *label)
{
	struct job *job;

	for (job = scenario->jobs; job; job = job->next)
		if (!strcmp(job->label, label))
			return job;
	fail_syntax(scenario, "there is no background call '%s'", label);
	return NULL;
}

static void unlink_job(struct scenario *scenario, struct job *job)
{
	struct job **link = &scenario->jobs;

	while (*link != job)
		link = &(*link)->next;
	*link = job->next;
}

bool job_wait(struct scenario *scenario, struct statement *statement,
	      const char *label)
{
	struct job *job = job_find(scenario, label);

	if (!job)
		return false;
	unlink_job(scenario, job);
	return wait_job(scenario, statement, job);
}

/* Is the thread asleep in the kernel, in a call that is not for a lock? */
static bool is_asleep(const struct job *job)
{
	char path[64], text[512];
	const char *state;
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", job->tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	/* "PID (NAME) STATE ..." */
	state = strrchr(text, ')');
	if (!state || strncmp(state, ") S", 3))
		return false;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", job->tid);
	file = fopen(path, "re");
	if (!file)
		return true;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return strtol(text, NULL, 10) != SYS_futex &&
	       strncmp(text, "running", 7);
}

bool job_wait_pending(struct scenario *scenario, const char *label)
{
	struct job *job = job_find(scenario, label);
	struct timespec deadline;
	char got[160];

	if (!job)
		return false;
	deadline_in(&deadline, scenario->limit_ms);
	while (!wait_state(job, JOB_DONE, 0)) {
		if (is_asleep(job))
			return true;
		if (deadline_passed(&deadline))
			return fail(scenario, "%s: does not wait",
				    job->result.call);
		nanosleep(&moment, NULL);
	}
	describe_status(got, sizeof(got), job->result.status,
			job->result.error);
	return fail(scenario, "%s: got %s, expected it to be pending",
		    job->result.call, got);
}

bool job_interrupt(struct scenario *scenario, const char *label)
{
	if (!job_wait_pending(scenario, label))
		return false;
	interrupt_job(job_find(scenario, label));
	return true;
}

bool jobs_finish(struct scenario *scenario)
{
	struct job *job;
	bool good = true;

	while ((job = scenario->jobs)) {
		unlink_job(scenario, job);
		good = fail(scenario,
			    "%s of line %d was never waited for",
			    job->result.call, job->line);
		if (end_job(job))
			join_job(job);
	}
	return good;
}

bool job_poll(struct job *job, short events)
{
	struct pollfd pfds[] = {
		{ .fd = job->fd, .events = events },
		{ .fd = job->stop, .events = POLLIN },
	};

	for (;;) {
		if (poll(pfds, 2, -1) < 0 && errno != EINTR)
			return false;
		if (pfds[1].revents) {
			errno = ECANCELED;
			return false;
		}
		if (pfds[0].revents)
			return true;
	}
}
