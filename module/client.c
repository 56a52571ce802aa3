// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of clients in the kernel: submitted in any context, carried out by a
 * work item of their file, in the order in which they came.
 *
 * A request that tdi_submit() has taken is on @taken until its completion is
 * called; then there is a struct tdi_completing of it, as the request itself may
 * be gone.  Whoever ends one that the work item has in its hands leaves its
 * completion to that.
 */
#include <linux/export.h>

#include "call.h"
#include "client.h"
#include "compat.h"
#include "connection.h"
#include "event.h"

struct workqueue_struct *tdi_workqueue;

static struct tdi_client *tdi_client_of(const struct tdi_request *req)
{
	return req->file->client;
}

/* Has an endpoint become a connection? */
static bool tdi_client_announces(const struct tdi_request *req)
{
	return !req->status && req->post->announces && req->epoch &&
	       tdi_file_kind(req->file) == TDI_CONNECTION_FILE;
}

/* No indication before it has completed (reference 3.5) */
static bool tdi_client_is_receive(const struct tdi_request *req)
{
	u32 kind = req->flags & (TDI_RECEIVE_NORMAL | TDI_RECEIVE_EXPEDITED);

	return req->post == &tdi_post_receive && kind != TDI_RECEIVE_EXPEDITED;
}

static void tdi_client_end_receive(struct tdi_file *file)
{
	atomic_dec(&file->client->receives);
	/* whoever has waited for it is told so */
	smp_mb__after_atomic();
	tdi_event_ready(&file->endpoint);
}

/* Its completion, and what comes after */
static void tdi_client_complete(struct tdi_request *req)
{
	bool announce = tdi_client_announces(req);
	bool receive = tdi_client_is_receive(req);
	struct tdi_completing completing = {
		.req = req, .ticket = req->ticket, .task = current,
	};
	struct tdi_file *file = req->file;
	u32 epoch = req->epoch;

	if (req->deadline != KTIME_MAX)
		tdi_timer_delete_sync(&req->timer);
	spin_lock_bh(&file->lock);
	list_del_init(&req->client_link);
	list_add(&completing.link, &file->client->completing);
	spin_unlock_bh(&file->lock);

	local_bh_disable();
	req->complete(req);
	local_bh_enable();
	/* the client knows: its events may come (S16) */
	if (announce)
		tdi_connection_announce(&file->endpoint, epoch);

	if (receive)
		tdi_client_end_receive(file);

	spin_lock_bh(&file->lock);
	list_del(&completing.link);
	file->client->outstanding--;
	wake_up_all(&file->wait);
	spin_unlock_bh(&file->lock);
}

/* tdi_request.done */
static void tdi_client_done(struct tdi_request *req)
{
	struct tdi_client *client = tdi_client_of(req);
	struct tdi_file *file = req->file;

	spin_lock_bh(&file->lock);
	if (client->running == req) {
		if (client->worker != current) {
			client->deferred = true;
			spin_unlock_bh(&file->lock);
			return;
		}
		client->running = NULL;
	}
	/* the work item does not find it any more */
	list_del_init(&req->kick_link);
	spin_unlock_bh(&file->lock);
	tdi_client_complete(req);
}

/* tdi_request.kick; file->lock is held */
static void tdi_client_kick(struct tdi_request *req)
{
	struct tdi_client *client = tdi_client_of(req);

	if (list_empty(&req->kick_link))
		list_add_tail(&req->kick_link, &client->kicked);
	queue_work(tdi_workqueue, &client->work);
}

static void tdi_client_timeout(struct timer_list *timer)
{
	struct tdi_request *req = container_of(timer, struct tdi_request,
					       timer);
	struct tdi_file *file = req->file;
	long left = tdi_time_left(req->deadline);

	spin_lock_bh(&file->lock);
	if (req->state == TDI_REQUEST_DONE) {
		/* whoever has ended it waits for this */
	} else if (left) {
		mod_timer(&req->timer, jiffies + left);
	} else {
		req->timed_out = true;
		tdi_client_kick(req);
	}
	spin_unlock_bh(&file->lock);
}

/* Nobody has it, and it was not used up */
static bool tdi_client_is_new(const struct tdi_request *req)
{
	return req->state == TDI_REQUEST_NEW && list_empty(&req->client_link);
}

/**
 * tdi_client_take() - a request is the module's from here on
 * @req: built
 *
 * Any context.
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE if the file is being closed, or was
 * not opened by a client in the kernel; STATUS_INSUFFICIENT_RESOURCES;
 * STATUS_INVALID_PARAMETER if it was submitted already.
 */
u32 tdi_client_take(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	struct tdi_client *client = file->client;
	u32 status = STATUS_SUCCESS;

	if (!client)
		return STATUS_INVALID_HANDLE;
	if (!tdi_client_is_new(req))
		return STATUS_INVALID_PARAMETER;
	req->kick = tdi_client_kick;
	req->done = tdi_client_done;
	req->timed_out = false;
	req->deadline = tdi_deadline(req->timeout);
	INIT_LIST_HEAD(&req->kick_link);
	if (req->deadline != KTIME_MAX)
		timer_setup(&req->timer, tdi_client_timeout, 0);

	spin_lock_bh(&file->lock);
	if (client->closing) {
		status = STATUS_INVALID_HANDLE;
	} else if (client->outstanding >= TDI_PENDING_MAX) {
		status = STATUS_INSUFFICIENT_RESOURCES;
	} else {
		list_add_tail(&req->client_link, &client->taken);
		req->ticket = ++client->tickets;
		client->outstanding++;
		if (tdi_client_is_receive(req))
			atomic_inc(&client->receives);
	}
	spin_unlock_bh(&file->lock);
	return status;
}

/* It was not to be had after all, and nothing has happened. */
static void tdi_client_give_back(struct tdi_request *req)
{
	struct tdi_file *file = req->file;

	spin_lock_bh(&file->lock);
	list_del_init(&req->client_link);
	file->client->outstanding--;
	wake_up_all(&file->wait);
	spin_unlock_bh(&file->lock);
	if (tdi_client_is_receive(req))
		tdi_client_end_receive(file);
}

/**
 * tdi_client_finish() - one that was taken is done without having pended
 * @req: the request
 * @status: its result
 */
void tdi_client_finish(struct tdi_request *req, u32 status)
{
	struct tdi_file *file = req->file;

	spin_lock_bh(&file->lock);
	req->status = status;
	req->state = TDI_REQUEST_DONE;
	list_del_init(&req->kick_link);
	spin_unlock_bh(&file->lock);
	tdi_client_complete(req);
}

static void tdi_client_start_timer(struct tdi_request *req)
{
	if (req->deadline != KTIME_MAX)
		mod_timer(&req->timer,
			  jiffies + tdi_time_left(req->deadline));
}

/* What the work item does with a request */
enum tdi_turn { TDI_NOTHING, TDI_SUBMIT, TDI_RUN, TDI_TIME_OUT };

static enum tdi_turn tdi_client_next(struct tdi_client *client,
				     struct tdi_request **next)
{
	struct tdi_file *file = client->file;
	enum tdi_turn turn = TDI_NOTHING;
	struct tdi_request *req = NULL;

	spin_lock_bh(&file->lock);
	if (!list_empty(&client->kicked)) {
		req = list_first_entry(&client->kicked, struct tdi_request,
				       kick_link);
		list_del_init(&req->kick_link);
		turn = req->timed_out ? TDI_TIME_OUT : TDI_RUN;
	} else if (!list_empty(&client->submitted)) {
		req = list_first_entry(&client->submitted, struct tdi_request,
				       link);
		list_del_init(&req->link);
		turn = TDI_SUBMIT;
	}
	client->running = req;
	client->beginning = turn == TDI_SUBMIT ? req->ticket : 0;
	client->worker = current;
	client->deferred = false;
	spin_unlock_bh(&file->lock);
	*next = req;
	return turn;
}

/* It is out of its hands; whoever has ended it meanwhile left that to us. */
static void tdi_client_let_go(struct tdi_client *client, struct tdi_request *req)
{
	struct tdi_file *file = client->file;
	bool deferred;

	spin_lock_bh(&file->lock);
	deferred = client->running == req && client->deferred;
	client->running = NULL;
	/* whoever sees this sees what was done; pairs with tdi_client_put() */
	if (client->beginning)
		smp_store_release(&client->behind, client->behind - 1);
	client->beginning = 0;
	wake_up_all(&file->wait);
	spin_unlock_bh(&file->lock);
	if (deferred)
		tdi_client_complete(req);
}

static void tdi_client_submit(struct tdi_client *client, struct tdi_request *req)
{
	u32 status;

	/* it may pend, and be gone */
	tdi_client_start_timer(req);
	status = req->post->submit(req);
	tdi_client_let_go(client, req);
	if (status != STATUS_PENDING)
		tdi_client_finish(req, status);
}

/* Requests of one file in a turn */
#define TDI_CLIENT_BUDGET	64

/* client->work */
void tdi_client_work(struct work_struct *work)
{
	struct tdi_client *client = container_of(work, struct tdi_client, work);
	int budget = TDI_CLIENT_BUDGET;
	struct tdi_request *req;

	while (budget--) {
		switch (tdi_client_next(client, &req)) {
		case TDI_SUBMIT:
			tdi_client_submit(client, req);
			break;
		case TDI_RUN:
			tdi_request_run(req);
			tdi_client_let_go(client, req);
			break;
		case TDI_TIME_OUT:
			tdi_request_end(req, STATUS_IO_TIMEOUT);
			tdi_client_let_go(client, req);
			break;
		case TDI_NOTHING:
			return;
		}
		cond_resched();
	}
	queue_work(tdi_workqueue, &client->work);
}

/* Has a client its handle, and is not about to close it? */
bool tdi_client_is_open(struct tdi_file *file)
{
	struct tdi_client *client = smp_load_acquire(&file->client);

	return client && !READ_ONCE(client->closing);
}

/* Where it pends already, or behind those that were submitted before */
static u32 tdi_client_put(struct tdi_request *req)
{
	struct tdi_file *file = req->file;
	u32 status;

	status = tdi_client_take(req);
	if (status)
		return status;
	if (req->post->queue && !smp_load_acquire(&file->client->behind)) {
		status = req->post->queue(req);
		if (status == STATUS_PENDING)
			return status;
		if (status != STATUS_NOT_SUPPORTED) {
			tdi_client_give_back(req);
			return status;
		}
	}
	spin_lock_bh(&file->lock);
	list_add_tail(&req->link, &file->client->submitted);
	file->client->behind++;
	queue_work(tdi_workqueue, &file->client->work);
	spin_unlock_bh(&file->lock);
	return STATUS_PENDING;
}

/**
 * tdi_submit() - have a request carried out
 * @req: built, with its @complete
 *
 * Any context.  Requests of one file are begun in the order in which they were
 * submitted.
 *
 * Return: STATUS_PENDING: @complete will be called, maybe before this returns.
 * Anything else is why it cannot be, and it is not called: STATUS_INVALID_HANDLE
 * if the file is being closed; STATUS_INSUFFICIENT_RESOURCES if TDI_PENDING_MAX
 * are outstanding; STATUS_INVALID_CONNECTION, STATUS_INVALID_ADDRESS on another
 * kind of file, or without a connection; STATUS_INVALID_PARAMETER for unknown
 * flags, or if it was not built anew; STATUS_GRACEFUL_DISCONNECT of a send after a
 * release.
 */
u32 tdi_submit(struct tdi_request *req)
{
	u32 status;

	/* once the request is done the file may be closed */
	rcu_read_lock();
	status = tdi_file_check(req->file, req->post->files);
	if (!status)
		status = tdi_client_put(req);
	rcu_read_unlock();
	return status;
}
EXPORT_SYMBOL_GPL(tdi_submit);

/* Whoever closes the file waits for a thread that does. */
static u32 tdi_client_begin_waiting(struct tdi_client *client,
				    const struct tdi_request *req,
				    unsigned int *cancels)
{
	if (!client)
		return STATUS_INVALID_HANDLE;
	/* before: tdi_close() counts after @closing was set */
	*cancels = READ_ONCE(client->cancels);
	if (tdi_client_is_receive(req))
		atomic_inc(&client->receives);
	atomic_inc(&client->waiting);
	/* pairs with the one in tdi_client_cancel_all() */
	smp_mb__after_atomic();
	return READ_ONCE(client->closing) ? STATUS_INVALID_HANDLE :
					    STATUS_SUCCESS;
}

static void tdi_client_end_waiting(struct tdi_client *client,
				   const struct tdi_request *req)
{
	if (tdi_client_is_receive(req))
		tdi_client_end_receive(client->file);
	/* the file may be gone, but for this */
	rcu_read_lock();
	if (atomic_dec_and_test(&client->waiting) &&
	    READ_ONCE(client->closing))
		wake_up_all(&client->file->wait);
	rcu_read_unlock();
}

/* Have all up to that one begun? */
static bool tdi_client_has_begun(struct tdi_client *client, u64 ticket)
{
	const struct tdi_request *first;
	bool begun;

	spin_lock_bh(&client->file->lock);
	first = list_first_entry_or_null(&client->submitted, struct tdi_request,
					 link);
	begun = (!first || first->ticket > ticket) &&
		(!client->beginning || client->beginning > ticket);
	spin_unlock_bh(&client->file->lock);
	return begun;
}

/* All that were submitted before.  Return: 0, or not if a signal has come */
static int tdi_client_wait_turn(struct tdi_client *client)
{
	u64 ticket;

	if (!smp_load_acquire(&client->behind))
		return 0;
	spin_lock_bh(&client->file->lock);
	ticket = client->tickets;
	spin_unlock_bh(&client->file->lock);
	return wait_event_interruptible(client->file->wait,
					tdi_client_has_begun(client, ticket));
}

/* @cancels: of @client, before it was looked whether it is closing */
static u32 tdi_client_wait(struct tdi_client *client, struct tdi_waiter *waiter,
			   unsigned int cancels)
{
	struct tdi_request *req = &waiter->req;
	ktime_t deadline = tdi_deadline(req->timeout);
	bool interrupted = false;
	u32 status;

	if (tdi_client_wait_turn(client) ||
	    READ_ONCE(client->cancels) != cancels)
		return STATUS_CANCELLED;
	status = req->post->submit(req);
	if (status != STATUS_PENDING)
		return status;
	/* it pends: we see this, or tdi_client_cancel_all() sees the request */
	if (READ_ONCE(client->cancels) != cancels)
		tdi_request_end(req, STATUS_CANCELLED);
	return tdi_wait(waiter, deadline, &interrupted);
}

/**
 * tdi_submit_wait() - have a request carried out, and wait for it
 * @req: built; its @complete is not called
 *
 * Process context.  It is begun after all that was submitted before.  A signal,
 * tdi_cancel_all() and tdi_close() cancel it, and that waits for this to be over;
 * tdi_cancel() is for others.  Where a signal must not end it, as in the clean-up
 * of a task that is killed: tdi_submit(), with a completion that is waited for.
 *
 * Return: its status, which it has, too.
 */
u32 tdi_submit_wait(struct tdi_request *req)
{
	struct tdi_client *client = req->file->client;
	struct tdi_waiter waiter = { .req = *req };
	unsigned int cancels;
	u32 status;

	might_sleep();
	tdi_waiter_init(&waiter, req->file);
	waiter.req.post = req->post;
	waiter.req.flags = req->flags;
	waiter.req.cookie = req->cookie;

	status = tdi_file_check(req->file, req->post->files);
	if (!status && !tdi_client_is_new(req))
		status = STATUS_INVALID_PARAMETER;
	if (status) {
		req->status = status;
		return status;
	}
	status = tdi_client_begin_waiting(client, req, &cancels);
	if (!status)
		status = tdi_client_wait(client, &waiter, cancels);
	req->state = TDI_REQUEST_DONE;
	req->status = status;
	req->information = waiter.req.information;
	req->remote = waiter.req.remote;
	req->epoch = waiter.req.epoch;
	if (tdi_client_announces(req))
		tdi_connection_announce(&req->file->endpoint, req->epoch);
	if (client)
		tdi_client_end_waiting(client, req);
	return status;
}
EXPORT_SYMBOL_GPL(tdi_submit_wait);

/**
 * tdi_client_begin_handling() - a handler is to be called for an endpoint
 * @file: endpoint; tdi_client_end_handling() when it has returned
 *
 * Return: whether it may.  Not for one that is being closed, nor for one that
 * no client in the kernel has.
 */
bool tdi_client_begin_handling(struct tdi_file *file)
{
	struct tdi_client *client = smp_load_acquire(&file->client);
	bool may = false;

	if (!client)
		return false;
	spin_lock_bh(&file->lock);
	if (!client->closing) {
		client->handling++;
		may = true;
	}
	spin_unlock_bh(&file->lock);
	return may;
}

/**
 * tdi_client_begin_telling() - the same for a handler of the endpoint's events
 * @file: endpoint; tdi_client_end_telling() when it has returned
 *
 * They run one at a time, also when it has got another address meanwhile.
 *
 * Return: whether it may.  If not now, the endpoint is made ready later.
 */
bool tdi_client_begin_telling(struct tdi_file *file)
{
	bool may;

	if (!tdi_client_begin_handling(file))
		return false;
	spin_lock_bh(&file->lock);
	may = !file->client->telling;
	file->client->telling = true;
	file->client->tell_again = !may;
	spin_unlock_bh(&file->lock);
	if (!may)
		tdi_client_end_handling(file);
	return may;
}

void tdi_client_end_telling(struct tdi_file *file)
{
	bool again;

	spin_lock_bh(&file->lock);
	file->client->telling = false;
	again = file->client->tell_again;
	spin_unlock_bh(&file->lock);
	if (again)
		tdi_event_ready(&file->endpoint);
	tdi_client_end_handling(file);
}

void tdi_client_end_handling(struct tdi_file *file)
{
	spin_lock_bh(&file->lock);
	file->client->handling--;
	wake_up_all(&file->wait);
	spin_unlock_bh(&file->lock);
}

int tdi_client_init(void)
{
	tdi_workqueue = alloc_workqueue("tdi", WQ_MEM_RECLAIM, 0);
	return tdi_workqueue ? 0 : -ENOMEM;
}

void tdi_client_exit(void)
{
	destroy_workqueue(tdi_workqueue);
}
