/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The front end of clients in the kernel, see <linux/tdi.h>.
 */
#ifndef _TDI_CLIENT_H
#define _TDI_CLIENT_H

#include <linux/tdi.h>
#include <linux/workqueue.h>

#include "file.h"
#include "request.h"

/**
 * struct tdi_post - a request, for those who cannot wait
 * @files: TDI_ON_xxx
 * @submit: the request; process context
 * @queue: puts it where @submit would have it pend; any context.
 *	STATUS_NOT_SUPPORTED: this one needs @submit.  NULL: all do
 * @announces: an endpoint has become a connection
 */
struct tdi_post {
	u8 files;
	u32 (*submit)(struct tdi_request *req);
	u32 (*queue)(struct tdi_request *req);
	bool announces;
};

extern const struct tdi_post tdi_post_accept;
extern const struct tdi_post tdi_post_receive;
extern const struct tdi_post tdi_post_receive_datagram;

/**
 * struct tdi_client - what a file has for a client in the kernel; file->lock
 * @file: the file
 * @work: submits requests, and runs those that were kicked: one at a time
 * @submitted: requests in the order in which they came
 * @kicked: those that can go on
 * @taken: those that were taken, and are not done
 * @completing: struct tdi_completing of those whose completion runs
 * @outstanding: length of both
 * @behind: how many of @submitted have not begun, or do just now
 * @running: @work has it in its hands
 * @beginning: the ticket of the one that it begins, or 0
 * @deferred: somebody else has ended that one meanwhile
 * @worker: who runs @work
 * @tickets: requests that were taken so far, each has the number that it was
 * @receives: of normal data, until their completions have returned, and waited ones
 * @cancels: how often all were cancelled
 * @context: of an endpoint, for its handlers; not what user space sees
 * @waiting: threads in tdi_submit_wait()
 * @handling: handlers that may be running for the endpoint
 * @telling: one of its events is told to a handler
 * @tell_again: and there was more meanwhile
 * @open: the client has its handle
 * @closing: nothing is taken any more
 * @rcu: tdi_submit() and tdi_submit_wait() may not have returned yet
 */
struct tdi_client {
	struct tdi_file *file;
	struct work_struct work;
	struct list_head submitted;
	struct list_head kicked;
	struct list_head taken;
	struct list_head completing;
	unsigned int outstanding;
	unsigned int behind;
	struct tdi_request *running;
	u64 beginning;
	bool deferred;
	struct task_struct *worker;
	u64 tickets;
	atomic_t receives;
	void *context;
	atomic_t waiting;
	unsigned int cancels;
	unsigned int handling;
	bool telling;
	bool tell_again;
	bool open;
	bool closing;
	struct rcu_head rcu;
};

/**
 * struct tdi_completing - a completion that runs
 * @link: on client->completing
 * @req: of that request, which may be gone
 * @ticket: its ticket
 * @task: here
 */
struct tdi_completing {
	struct list_head link;
	const struct tdi_request *req;
	u64 ticket;
	const struct task_struct *task;
};

extern struct workqueue_struct *tdi_workqueue;

u32 tdi_client_take(struct tdi_request *req);
void tdi_client_finish(struct tdi_request *req, u32 status);
bool tdi_client_is_open(struct tdi_file *file);
bool tdi_client_begin_handling(struct tdi_file *file);
void tdi_client_end_handling(struct tdi_file *file);
bool tdi_client_begin_telling(struct tdi_file *file);
void tdi_client_end_telling(struct tdi_file *file);

void tdi_client_work(struct work_struct *work);
u64 tdi_client_cancel_all(struct tdi_client *client);

int tdi_client_init(void);
void tdi_client_exit(void);

#endif /* _TDI_CLIENT_H */
