// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of clients in the kernel: cancelled, one or all, and their completions
 * waited for.
 */
#include <linux/export.h>

#include "client.h"

/*
 * One that was taken with that ticket, and is not done.  Nothing else is looked at:
 * @req may have been built anew, for another file, or be gone.
 */
static bool tdi_client_has_locked(struct tdi_client *client,
				  const struct tdi_request *req, u64 ticket)
{
	const struct tdi_request *other;

	list_for_each_entry(other, &client->taken, client_link)
		if (other == req && other->ticket == ticket)
			return true;
	return false;
}

/* Has its completion still to run, or to return, elsewhere? */
static bool tdi_client_is_busy(struct tdi_client *client,
			       const struct tdi_request *req, u64 ticket)
{
	const struct tdi_completing *completing;
	bool busy;

	spin_lock_bh(&client->file->lock);
	busy = tdi_client_has_locked(client, req, ticket);
	list_for_each_entry(completing, &client->completing, link)
		if (completing->req == req && completing->ticket == ticket &&
		    completing->task != current)
			busy = true;
	spin_unlock_bh(&client->file->lock);
	return busy;
}

/* No work item has looked at it; file->lock is held */
static bool tdi_client_is_submitted(const struct tdi_request *req)
{
	return req->state == TDI_REQUEST_NEW && !list_empty(&req->link);
}

static void tdi_client_withdraw_locked(struct tdi_client *client,
				       struct tdi_request *req)
{
	list_del_init(&req->link);
	client->behind--;
}

static void tdi_client_cancel(struct tdi_client *client,
			      struct tdi_request *req, u64 ticket)
{
	bool withdrawn = false, ended = false;

	spin_lock_bh(&client->file->lock);
	if (tdi_client_has_locked(client, req, ticket)) {
		withdrawn = tdi_client_is_submitted(req);
		if (withdrawn)
			tdi_client_withdraw_locked(client, req);
		else
			ended = tdi_request_end_locked(req, STATUS_CANCELLED);
	}
	spin_unlock_bh(&client->file->lock);
	if (withdrawn)
		tdi_client_finish(req, STATUS_CANCELLED);
	if (ended)
		tdi_request_ended(req);
}

/* One that is being submitted can be ended when it pends. */
static bool tdi_client_can_cancel(struct tdi_client *client,
				  const struct tdi_request *req, u64 ticket)
{
	bool can;

	spin_lock_bh(&client->file->lock);
	can = tdi_client_has_locked(client, req, ticket) &&
	      (tdi_client_is_submitted(req) ||
	       req->state == TDI_REQUEST_QUEUED);
	spin_unlock_bh(&client->file->lock);
	return can;
}

/**
 * tdi_cancel() - IoCancelIrp
 * @req: built, maybe submitted by tdi_submit(); its completion frees nothing while
 *	this runs
 *
 * Process context.  Its completion has returned when this returns, and was told
 * STATUS_CANCELLED, unless it was done already, or had sent a part.  If that
 * submits it anew, that is another request, which goes on.
 *
 * Return: the request's status; STATUS_PENDING if it was not submitted, or is again.
 */
u32 tdi_cancel(struct tdi_request *req)
{
	struct tdi_client *client = req->file->client;
	struct tdi_file *file = req->file;
	u64 ticket = READ_ONCE(req->ticket);

	might_sleep();
	while (tdi_client_is_busy(client, req, ticket)) {
		tdi_client_cancel(client, req, ticket);
		wait_event_timeout(file->wait,
				   !tdi_client_is_busy(client, req, ticket) ||
				   tdi_client_can_cancel(client, req, ticket),
				   HZ / 10);
	}
	return req->status;
}
EXPORT_SYMBOL_GPL(tdi_cancel);

/* All that the client has submitted, and nobody else */
u64 tdi_client_cancel_all(struct tdi_client *client)
{
	struct tdi_file *file = client->file;
	struct tdi_request *req;
	u64 count = 0;

	/* pairs with those in tdi_client_begin_waiting() and tdi_request_pend() */
	WRITE_ONCE(client->cancels, client->cancels + 1);
	smp_mb();
	for (;;) {
		spin_lock_bh(&file->lock);
		req = list_first_entry_or_null(&client->submitted,
					       struct tdi_request, link);
		if (req)
			tdi_client_withdraw_locked(client, req);
		spin_unlock_bh(&file->lock);
		if (!req)
			break;
		tdi_client_finish(req, STATUS_CANCELLED);
		count++;
	}
	/* and what the work item is just submitting */
	flush_work(&client->work);
	return count + tdi_file_cancel_posts(file);
}

/* Have all up to that one had their completions, but for one that runs here? */
static bool tdi_client_is_past(struct tdi_client *client, u64 ticket)
{
	const struct tdi_completing *completing;
	const struct tdi_request *first;
	bool past;

	spin_lock_bh(&client->file->lock);
	first = list_first_entry_or_null(&client->taken, struct tdi_request,
					 client_link);
	past = !first || first->ticket > ticket;
	list_for_each_entry(completing, &client->completing, link)
		if (completing->ticket <= ticket && completing->task != current)
			past = false;
	spin_unlock_bh(&client->file->lock);
	return past;
}

/**
 * tdi_cancel_all() - cancel all that was submitted on a file
 * @file: the file
 *
 * Process context.  Those that were submitted before have had their completions
 * when this returns.  Those that a thread waits for are cancelled, too.
 *
 * Return: how many there were.
 */
u64 tdi_cancel_all(struct tdi_file *file)
{
	struct tdi_client *client = file->client;
	u64 ticket = READ_ONCE(client->tickets);
	u64 count;

	might_sleep();
	count = tdi_client_cancel_all(client);
	/* one that was just being submitted pends by now */
	while (!wait_event_timeout(file->wait,
				   tdi_client_is_past(client, ticket), HZ / 10))
		tdi_client_cancel_all(client);
	return count;
}
EXPORT_SYMBOL_GPL(tdi_cancel_all);
