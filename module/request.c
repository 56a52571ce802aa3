// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/sched/signal.h>

#include "event.h"
#include "request.h"

void tdi_request_init(struct tdi_request *req, struct tdi_file *file)
{
	req->file = file;
	req->operation = NULL;
	req->post = NULL;
	req->kick = NULL;
	req->done = NULL;
	INIT_LIST_HEAD(&req->link);
	req->cookie = 0;
	req->flags = 0;
	req->state = TDI_REQUEST_NEW;
	req->kicked = false;
	req->nonblock = false;
	req->overtakes = false;
	req->end_status = STATUS_SUCCESS;
	req->status = STATUS_PENDING;
	req->information = 0;
	req->epoch = 0;
}

/*
 * Sends and receives run in order; what a control request waits for is its own,
 * as is a datagram of the source that a receive wants.
 */
static bool tdi_request_may_run(const struct tdi_request *req)
{
	return req->queue == TDI_QUEUE_CONTROL || tdi_request_is_first(req) ||
	       (req->queue == TDI_QUEUE_RECEIVE &&
		tdi_file_kind(req->file) == TDI_TRANSPORT_ADDRESS_FILE);
}

bool tdi_request_is_first(const struct tdi_request *req)
{
	return READ_ONCE(req->link.prev) == &req->file->queue[req->queue];
}

void tdi_request_kick_locked(struct tdi_request *req)
{
	lockdep_assert_held(&req->file->lock);

	req->kicked = true;
	if (req->state == TDI_REQUEST_QUEUED)
		req->kick(req);
}

void tdi_queue_kick_locked(struct tdi_file *file, enum tdi_queue queue)
{
	struct tdi_request *req;

	lockdep_assert_held(&file->lock);

	list_for_each_entry(req, &file->queue[queue], link) {
		tdi_request_kick_locked(req);
		if (queue != TDI_QUEUE_CONTROL)
			break;
	}
}

/**
 * tdi_queue_kick() - something happened that pending requests may wait for
 * @file: the file
 * @queue: the queue
 *
 * Any context.  Costs next to nothing when nothing is pending.
 */
void tdi_queue_kick(struct tdi_file *file, enum tdi_queue queue)
{
	/* pairs with the barrier in tdi_request_pend() */
	smp_mb();
	if (list_empty_careful(&file->queue[queue]))
		return;

	spin_lock_bh(&file->lock);
	tdi_queue_kick_locked(file, queue);
	spin_unlock_bh(&file->lock);
}

/* Off its queue: from here on the caller, and nobody else, completes it. */
static void tdi_request_take_locked(struct tdi_request *req, u32 status)
{
	struct tdi_file *file = req->file;

	lockdep_assert_held(&file->lock);

	/* what is in the socket is sent (S10) */
	if (status == STATUS_CANCELLED && req->information)
		status = STATUS_SUCCESS;
	req->status = status;
	req->state = TDI_REQUEST_DONE;
	list_del_init(&req->link);
	file->pending--;
}

/* After some were taken */
static void tdi_queue_advance_locked(struct tdi_file *file, enum tdi_queue queue)
{
	if (queue == TDI_QUEUE_CONTROL)
		return;
	/* the next one's turn; and a release waits for all sends */
	tdi_queue_kick_locked(file, queue);
	tdi_queue_kick_locked(file, TDI_QUEUE_CONTROL);
	if (!list_empty(&file->queue[queue]))
		return;
	/* nobody else is waiting for what a poller or a reader of events sees */
	wake_up_interruptible_all(&file->wait);
	if (queue != TDI_QUEUE_RECEIVE && queue != TDI_QUEUE_EXPEDITED)
		return;
	if (tdi_file_kind(file) == TDI_CONNECTION_FILE)
		tdi_event_resume_locked(&file->endpoint, queue);
	else
		tdi_event_resume_datagrams(file);
}

/* One request in particular; any context */
void tdi_request_kick(struct tdi_request *req)
{
	spin_lock_bh(&req->file->lock);
	tdi_request_kick_locked(req);
	spin_unlock_bh(&req->file->lock);
}

static void tdi_request_join_locked(struct tdi_request *req,
				    enum tdi_place place)
{
	struct list_head *queue = &req->file->queue[req->queue];
	struct tdi_request *other;

	switch (place) {
	case TDI_FIRST:
		list_add(&req->link, queue);
		break;
	case TDI_OVERTAKES:
		list_for_each_entry(other, queue, link)
			if (!other->overtakes)
				break;
		list_add_tail(&req->link, &other->link);
		break;
	case TDI_LAST:
		list_add_tail(&req->link, queue);
		break;
	}
}

/**
 * tdi_request_pend() - put a request on a queue
 * @req: new
 * @queue: which
 * @operation: what to do when it is kicked
 * @place: where it joins
 *
 * What the request waits for may have happened meanwhile: the caller looks
 * once more after this, and kicks the queue.
 *
 * Return: STATUS_PENDING, or why it cannot pend.
 */
u32 tdi_request_pend(struct tdi_request *req, enum tdi_queue queue,
		     const struct tdi_operation *operation,
		     enum tdi_place place)
{
	struct tdi_file *file = req->file;
	u32 status = STATUS_PENDING;

	spin_lock_bh(&file->lock);
	if (file->pending >= TDI_PENDING_MAX) {
		status = STATUS_INSUFFICIENT_RESOURCES;
	} else {
		req->operation = operation;
		req->queue = queue;
		req->state = TDI_REQUEST_QUEUED;
		req->overtakes = place == TDI_OVERTAKES;
		file->pending++;
		tdi_request_join_locked(req, place);
	}
	spin_unlock_bh(&file->lock);
	/* pairs with the barrier in tdi_queue_kick() */
	smp_mb();
	return status;
}

static void tdi_request_undo(struct tdi_request *req)
{
	if (!req->operation->undo)
		return;
	mutex_lock(&req->file->mutex);
	req->operation->undo(req);
	mutex_unlock(&req->file->mutex);
}

/**
 * tdi_request_run() - let a pending request go on
 * @req: a request that pends, or did
 *
 * Process context of whoever owns the request's buffers, no locks held.
 */
void tdi_request_run(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	spin_lock_bh(&file->lock);
	if (req->state != TDI_REQUEST_QUEUED || !tdi_request_may_run(req)) {
		spin_unlock_bh(&file->lock);
		return;
	}
	req->state = TDI_REQUEST_RUNNING;
	req->kicked = false;
	spin_unlock_bh(&file->lock);

	status = req->operation->attempt(req);

	spin_lock_bh(&file->lock);
	if (status == STATUS_PENDING && req->end_status) {
		/* while it runs nobody else takes it, and a cancel waits */
		spin_unlock_bh(&file->lock);
		tdi_request_undo(req);
		spin_lock_bh(&file->lock);
		status = req->end_status;
	}
	if (status == STATUS_PENDING) {
		req->state = TDI_REQUEST_QUEUED;
		if (req->kicked)
			req->kick(req);
	} else {
		tdi_request_take_locked(req, status);
		tdi_queue_advance_locked(file, req->queue);
	}
	if (req->end_status)
		wake_up_all(&file->wait);
	spin_unlock_bh(&file->lock);

	if (status != STATUS_PENDING)
		req->done(req);
}

/**
 * tdi_request_end_locked() - begin to end a request of one's own
 * @req: submitted; its file's lock is held
 * @status: STATUS_CANCELLED or STATUS_IO_TIMEOUT
 *
 * Return: whether the caller completes it, by tdi_request_ended() without the lock.
 * If not, somebody else is about to: if it runs, its runner.
 */
bool tdi_request_end_locked(struct tdi_request *req, u32 status)
{
	lockdep_assert_held(&req->file->lock);

	if (req->state == TDI_REQUEST_RUNNING)
		req->end_status = status;
	if (req->state != TDI_REQUEST_QUEUED)
		return false;
	tdi_request_take_locked(req, status);
	tdi_queue_advance_locked(req->file, req->queue);
	return true;
}

void tdi_request_ended(struct tdi_request *req)
{
	tdi_request_undo(req);
	req->done(req);
}

/* Both */
void tdi_request_end(struct tdi_request *req, u32 status)
{
	struct tdi_file *file = req->file;
	bool mine;

	spin_lock_bh(&file->lock);
	mine = tdi_request_end_locked(req, status);
	spin_unlock_bh(&file->lock);
	if (mine)
		tdi_request_ended(req);
}

/* Which requests are meant: all, or a kernel client's, or by their cookie */
struct tdi_which {
	bool all;
	bool posts;
	u64 cookie;
};

static bool tdi_request_is(const struct tdi_request *req,
			   const struct tdi_which *which)
{
	if (which->posts)
		return req->post;
	return which->all || req->cookie == which->cookie;
}

/* Takes what is queued, leaves @status to what runs; counts both. */
static u64 tdi_file_take_locked(struct tdi_file *file,
				const struct tdi_which *which, u32 status,
				struct list_head *ended)
{
	struct tdi_request *req, *next;
	bool taken[TDI_QUEUES] = {};
	u64 count = 0;
	int queue;

	for (queue = 0; queue < TDI_QUEUES; queue++) {
		list_for_each_entry_safe(req, next, &file->queue[queue], link) {
			if (!tdi_request_is(req, which))
				continue;
			count++;
			if (req->state == TDI_REQUEST_RUNNING) {
				req->end_status = status;
				continue;
			}
			tdi_request_take_locked(req, status);
			list_add_tail(&req->link, ended);
			taken[queue] = true;
		}
	}
	for (queue = 0; queue < TDI_QUEUES; queue++)
		if (taken[queue])
			tdi_queue_advance_locked(file, queue);
	return count;
}

/**
 * tdi_file_end_requests() - end all that is pending on a file
 * @file: its mutex is held
 * @status: what to end them with
 * @ended: list for tdi_requests_complete(), which is called without the mutex
 */
void tdi_file_end_requests(struct tdi_file *file, u32 status,
			   struct list_head *ended)
{
	const struct tdi_which which = { .all = true };
	struct tdi_request *req;

	lockdep_assert_held(&file->mutex);

	spin_lock_bh(&file->lock);
	tdi_file_take_locked(file, &which, status, ended);
	spin_unlock_bh(&file->lock);

	list_for_each_entry(req, ended, link)
		if (req->operation->undo)
			req->operation->undo(req);
}

void tdi_requests_complete(struct list_head *ended)
{
	struct tdi_request *req, *next;

	list_for_each_entry_safe(req, next, ended, link) {
		list_del_init(&req->link);
		req->done(req);
	}
}

static bool tdi_file_ending(struct tdi_file *file,
			    const struct tdi_which *which)
{
	struct tdi_request *req;
	bool ending = false;
	int queue;

	spin_lock_bh(&file->lock);
	for (queue = 0; queue < TDI_QUEUES; queue++)
		list_for_each_entry(req, &file->queue[queue], link)
			if (req->end_status && tdi_request_is(req, which))
				ending = true;
	spin_unlock_bh(&file->lock);
	return ending;
}

static u64 tdi_file_cancel_which(struct tdi_file *file,
				 const struct tdi_which *which)
{
	struct tdi_request *req;
	LIST_HEAD(ended);
	u64 count;

	spin_lock_bh(&file->lock);
	count = tdi_file_take_locked(file, which, STATUS_CANCELLED, &ended);
	spin_unlock_bh(&file->lock);

	list_for_each_entry(req, &ended, link)
		tdi_request_undo(req);
	tdi_requests_complete(&ended);
	return count;
}

/**
 * tdi_file_cancel() - cancel pending requests (S10)
 * @file: whose
 * @all: all of them
 * @cookie: or those with this cookie
 * @count: how many were found
 *
 * When this returns they are detached and their buffers are not touched any
 * more.  May sleep; must not be called by a runner of one of them.
 *
 * Return: STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND, or STATUS_CANCELLED if
 * the wait for one that just ran was interrupted.
 */
u32 tdi_file_cancel(struct tdi_file *file, bool all, u64 cookie, u64 *count)
{
	const struct tdi_which which = { .all = all, .cookie = cookie };

	*count = tdi_file_cancel_which(file, &which);
	if (!*count && !all)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (wait_event_interruptible(file->wait,
				     !tdi_file_ending(file, &which)))
		return STATUS_CANCELLED;
	return STATUS_SUCCESS;
}

/* A kernel client's, which waits for what just runs.  Return: how many */
u64 tdi_file_cancel_posts(struct tdi_file *file)
{
	const struct tdi_which which = { .posts = true };

	return tdi_file_cancel_which(file, &which);
}

static void tdi_waiter_kick(struct tdi_request *req)
{
	struct tdi_waiter *waiter = container_of(req, struct tdi_waiter, req);
	unsigned long flags;

	spin_lock_irqsave(&waiter->lock, flags);
	waiter->kicked = true;
	wake_up(&waiter->wait);
	spin_unlock_irqrestore(&waiter->lock, flags);
}

static void tdi_waiter_done(struct tdi_request *req)
{
	struct tdi_waiter *waiter = container_of(req, struct tdi_waiter, req);
	unsigned long flags;

	spin_lock_irqsave(&waiter->lock, flags);
	waiter->done = true;
	wake_up(&waiter->wait);
	spin_unlock_irqrestore(&waiter->lock, flags);
}

/**
 * tdi_waiter_init() - prepare a request that the calling thread will wait for
 * @waiter: on the thread's stack
 * @file: what the request goes to; open until the wait is over
 */
void tdi_waiter_init(struct tdi_waiter *waiter, struct tdi_file *file)
{
	tdi_request_init(&waiter->req, file);
	waiter->req.kick = tdi_waiter_kick;
	waiter->req.done = tdi_waiter_done;
	spin_lock_init(&waiter->lock);
	init_waitqueue_head(&waiter->wait);
	waiter->kicked = false;
	waiter->done = false;
}

/**
 * tdi_time_left() - how long to sleep until a deadline
 * @deadline: or KTIME_MAX
 *
 * Jiffies lag behind while a tick is late, and make up for it at once; so a
 * sleep can end early, and whoever slept asks again.
 *
 * Return: jiffies, or MAX_SCHEDULE_TIMEOUT; 0 when it has passed.
 */
long tdi_time_left(ktime_t deadline)
{
	s64 left;

	if (deadline == KTIME_MAX)
		return MAX_SCHEDULE_TIMEOUT;
	left = ktime_to_ns(ktime_sub(deadline, ktime_get()));
	if (left <= 0)
		return 0;
	/* rounded up, and this jiffy has begun already */
	return min_t(u64, nsecs_to_jiffies64((u64)left + TICK_NSEC - 1) + 1,
		     MAX_SCHEDULE_TIMEOUT - 1);
}

/**
 * tdi_wait() - wait for a request that pends
 * @waiter: the request, submitted, STATUS_PENDING
 * @deadline: when it ends with STATUS_IO_TIMEOUT, or KTIME_MAX
 * @interrupted: set when a signal came; the request is cancelled then, unless
 *	it was done after all
 *
 * Return: its status.
 */
u32 tdi_wait(struct tdi_waiter *waiter, ktime_t deadline, bool *interrupted)
{
	long left;

	spin_lock_irq(&waiter->lock);
	while (!waiter->done) {
		left = tdi_time_left(deadline);
		left = wait_event_interruptible_lock_irq_timeout(waiter->wait,
				waiter->kicked || waiter->done, waiter->lock,
				left);
		if (waiter->done)
			break;
		/* a kick may come again and again without one sleep */
		if (left > 0 && signal_pending(current))
			left = -ERESTARTSYS;
		if (!left && tdi_time_left(deadline))
			continue;
		if (left > 0) {
			waiter->kicked = false;
			spin_unlock_irq(&waiter->lock);
			tdi_request_run(&waiter->req);
			cond_resched();
			spin_lock_irq(&waiter->lock);
			continue;
		}

		*interrupted = left < 0;
		spin_unlock_irq(&waiter->lock);
		tdi_request_end(&waiter->req, left < 0 ? STATUS_CANCELLED :
							 STATUS_IO_TIMEOUT);
		spin_lock_irq(&waiter->lock);
		wait_event_lock_irq(waiter->wait, waiter->done, waiter->lock);
	}
	spin_unlock_irq(&waiter->lock);
	return waiter->req.status;
}
