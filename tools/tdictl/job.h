/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls that can block: each in a thread, so that a scenario goes on */
#ifndef JOB_H
#define JOB_H

#include <pthread.h>
#include <sys/types.h>
#include "scenario.h"

enum job_state { JOB_NEW, JOB_RUNNING, JOB_DONE };

/**
 * struct job - a call under way
 * @run: makes the call, in the job's thread, and fills @result
 * @publish: sets the facts, in the main thread, or fails; may be NULL
 * @label: what "wait" and others call it
 * @fd: descriptor of the file concerned
 * @tdi: it is a TDI request: tdi_cancel() with @cookie ends it
 * @stop: an eventfd that becomes readable when the job has to end
 *
 * The parameters below belong to whichever call it is; buffers are the job's.
 */
struct job {
	struct job     *next;
	void	      (*run)(struct job *job);
	void	      (*publish)(struct scenario *scenario, struct job *job);
	char		label[LABEL_SIZE];
	int		line;
	int		fd;
	bool		tdi;
	int		stop;

	struct tdi_taddr address, peer;
	bool		has_address;
	int64_t		timeout;	/* 100 ns units, or poll's milliseconds */
	uint32_t	flags;
	uint64_t	cookie;
	uint8_t	       *buffer;
	size_t		length;		/* bytes at @buffer */
	size_t		done;		/* of them transferred */
	unsigned int	pieces;		/* struct iovec to divide @buffer into */
	bool		gather;		/* receive until @length bytes are there */
	bool		fill;		/* send until nothing is taken any more */
	short		events, revents;
	int		new_fd;		/* made by the call, or -1 */
	char		new_name[NAME_SIZE]; /* or of the file that events are of */

	struct result	result;

	pthread_t	thread;
	pthread_mutex_t lock;
	pthread_cond_t	changed;
	enum job_state	state;		/* under @lock */
	pid_t		tid;
};

struct job *job_new(struct scenario *scenario, int fd, bool tdi,
		    void (*run)(struct job *job));
void job_free(struct job *job);

/*
 * Start it.  In the background it is kept for "wait"; otherwise this waits for
 * its end and checks the expectations.  Takes over @job.
 */
bool job_submit(struct scenario *scenario, struct statement *statement,
		struct job *job);

/* Wait for the oldest of that label, and check the expectations */
bool job_wait(struct scenario *scenario, struct statement *statement,
	      const char *label);

/* Wait until its call sleeps in the kernel */
bool job_wait_pending(struct scenario *scenario, const char *label);

/* The same, then interrupt it with a signal */
bool job_interrupt(struct scenario *scenario, const char *label);

struct job *job_find(struct scenario *scenario, const char *label);

/* From here on SIGINT ends the call that is waited for, and nothing else */
void jobs_end_by_interrupt(void);

/* End and forget what is left; false if there was something */
bool jobs_finish(struct scenario *scenario);

/* For a job's thread: poll @job->fd; false if the job has to end */
bool job_poll(struct job *job, short events);

#endif /* JOB_H */
