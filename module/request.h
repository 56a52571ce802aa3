/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests: what Windows calls an IRP with a TDI minor.  Locking and lifetime
 * are in file.h.
 *
 *	NEW ----> QUEUED <---> RUNNING
 *	 |	     |		  |
 *	 +-----------+------------+----> DONE, done()
 *
 * A request that cannot be done at once is put on a queue of its file.  When
 * something happens that may let it go on, it is kicked; its front end then
 * calls tdi_request_run(), in process context and with the client's memory at
 * hand, which tries again.  Whoever ends a request, be it a cancel, a
 * disconnect or a cleanup, takes a QUEUED one off its queue and completes it;
 * to a RUNNING one it leaves @end_status, and the runner does that.
 */
#ifndef _TDI_REQUEST_H
#define _TDI_REQUEST_H

#include <linux/ktime.h>
#include <linux/tdi.h>

#include "file.h"
#include "status.h"

enum tdi_request_state {
	TDI_REQUEST_NEW,
	TDI_REQUEST_QUEUED,
	TDI_REQUEST_RUNNING,
	TDI_REQUEST_DONE,
};

/* Where a request joins its queue */
enum tdi_place {
	TDI_LAST,
	TDI_OVERTAKES,	/* before all but those that overtake, too */
	TDI_FIRST,	/* it has begun already */
};

/**
 * struct tdi_operation - what a request that can pend does
 * @attempt: do it, without waiting for the network; STATUS_PENDING if it must
 *	be tried again after a kick.  Process context, no locks held
 * @undo: it was ended while pending, take its effect back; file->mutex is
 *	held.  NULL if there is none
 */
struct tdi_operation {
	u32 (*attempt)(struct tdi_request *req);
	void (*undo)(struct tdi_request *req);
};

/*
 * The private part of struct tdi_request, which <linux/tdi.h> has:
 *
 * @file: what it was sent to
 * @operation: set when it pends
 * @post: of a client in the kernel: what it is
 * @kick: call tdi_request_run() soon; atomic, file->lock held
 * @done: it is, @status and @information are final; the last that is heard of it.
 *	Not called for a request that never pended
 * @link: on a queue of @file, then on the list of whoever ends it
 * @flags: the request's flags
 * @queue: where it pends
 * @state: see above; file->lock
 * @kicked: kicked while it ran; file->lock
 * @nonblock: must not pend
 * @overtakes: joined its queue so
 * @end_status: somebody wants it ended while it runs; file->lock
 * @information: bytes so far while it pends
 * @epoch: number of the connection that it is about, 0 if not known yet
 * @remote: connect: where to; when done, and for listen, the peer.  Datagrams:
 *	where to; or who may have sent it, and when done who has
 * @msg: send, receive
 * @filter: listen: who may come
 * @listen_link: listen: on address->listens; address->lock
 * @accepted: listen: connection that was found for it; address->mutex
 * @offer: accept: cookie of it, or 0
 * @connection_context: accept: replaces the endpoint's, if @has_context
 * @address: associate: with which
 */

void tdi_request_init(struct tdi_request *req, struct tdi_file *file);
u32 tdi_request_pend(struct tdi_request *req, enum tdi_queue queue,
		     const struct tdi_operation *operation,
		     enum tdi_place place);
void tdi_request_kick(struct tdi_request *req);
void tdi_request_kick_locked(struct tdi_request *req);
void tdi_request_run(struct tdi_request *req);
bool tdi_request_end_locked(struct tdi_request *req, u32 status);
void tdi_request_ended(struct tdi_request *req);
void tdi_request_end(struct tdi_request *req, u32 status);
bool tdi_request_is_first(const struct tdi_request *req);

void tdi_queue_kick_locked(struct tdi_file *file, enum tdi_queue queue);
void tdi_queue_kick(struct tdi_file *file, enum tdi_queue queue);

void tdi_file_end_requests(struct tdi_file *file, u32 status,
			   struct list_head *ended);
void tdi_requests_complete(struct list_head *ended);
u32 tdi_file_cancel(struct tdi_file *file, bool all, u64 cookie, u64 *count);
u64 tdi_file_cancel_posts(struct tdi_file *file);

/**
 * struct tdi_waiter - a request that a thread waits for
 * @req: the request
 * @lock: flags below; held for the last access to a waiter on its thread's
 *	stack
 * @wait: where the thread sleeps
 * @kicked: @req wants to run
 * @done: @req is complete
 */
struct tdi_waiter {
	struct tdi_request req;
	spinlock_t lock;
	wait_queue_head_t wait;
	bool kicked;
	bool done;
};

void tdi_waiter_init(struct tdi_waiter *waiter, struct tdi_file *file);
long tdi_time_left(ktime_t deadline);
u32 tdi_wait(struct tdi_waiter *waiter, ktime_t deadline, bool *interrupted);

#endif /* _TDI_REQUEST_H */
