// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring commands: requests that nobody waits for.
 *
 * A kick, or the end, of a request schedules task work; only there is user
 * memory touched, the request run and the command completed, in the context of
 * the task that submitted it.  One that dies has its requests cancelled, and
 * nothing copied.
 */
#include "uring.h"

#if TDI_HAVE_URING
#include <linux/compat.h>
#include <linux/io_uring.h>
#include <linux/io_uring/cmd.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "call.h"
#include "connection.h"

/**
 * struct tdi_uring - a request that nobody waits for
 * @req: the request
 * @call: what it was made of; @call.user is gone
 * @cmd: io_uring's side; completed once, in task work
 * @timer: its time limit
 * @lock: all below; held for the last access by whoever ends it
 * @scheduled: task work will come
 * @running: it is there; a kick or the end need schedule none
 * @again: kicked meanwhile
 * @done: @req is complete
 */
struct tdi_uring {
	struct tdi_request req;
	struct tdi_call call;
	struct io_uring_cmd *cmd;
	struct delayed_work timer;
	spinlock_t lock;
	bool scheduled;
	bool running;
	bool again;
	bool done;
};

struct tdi_uring_pdu {
	struct tdi_uring *uring;
};

static struct tdi_uring *tdi_uring_of(struct io_uring_cmd *cmd)
{
	return io_uring_cmd_to_pdu(cmd, struct tdi_uring_pdu)->uring;
}

static void tdi_uring_free(struct tdi_uring *uring)
{
	tdi_call_end(&uring->call);
	kfree(uring);
}

/* @dead: there is no task any more whose memory could be written */
static void tdi_uring_finish(struct tdi_uring *uring, bool dead,
			     unsigned int issue_flags)
{
	const struct tdi_command *command = uring->call.command;
	struct io_uring_cmd *cmd = uring->cmd;
	u32 status = uring->req.status;
	ssize_t res;

	cancel_delayed_work_sync(&uring->timer);
	if (tdi_status_has_result(status) && command->finish && !dead)
		status = command->finish(&uring->call, &uring->req) ? : status;
	else if (!status && command->finish && tdi_call_endpoint(&uring->call))
		/* the endpoint may be open elsewhere */
		tdi_connection_announce(&uring->call.file->endpoint,
					uring->req.epoch);
	res = status ? tdi_status_to_errno(status) : uring->req.information;
	/* before that a cancel may still look at it */
	io_uring_cmd_done(cmd, res, status, issue_flags);
	tdi_uring_free(uring);
}

static void tdi_uring_work(struct io_uring_cmd *cmd, unsigned int issue_flags)
{
	/* its task has ended; early 6.12 has no flag that says so */
	bool dead = current->flags & (PF_EXITING | PF_KTHREAD);
	struct tdi_uring *uring = tdi_uring_of(cmd);
	bool done;

	spin_lock_irq(&uring->lock);
	uring->scheduled = false;
	uring->running = true;
	do {
		uring->again = false;
		done = uring->done;
		spin_unlock_irq(&uring->lock);
		if (!done && dead)
			tdi_request_end(&uring->req, STATUS_CANCELLED);
		else if (!done)
			tdi_request_run(&uring->req);
		spin_lock_irq(&uring->lock);
	} while (!uring->done && uring->again);
	uring->running = false;
	done = uring->done;
	spin_unlock_irq(&uring->lock);

	if (done)
		tdi_uring_finish(uring, dead, issue_flags);
}

static void tdi_uring_schedule_locked(struct tdi_uring *uring)
{
	if (uring->running) {
		uring->again = true;
	} else if (!uring->scheduled) {
		uring->scheduled = true;
		io_uring_cmd_complete_in_task(uring->cmd, tdi_uring_work);
	}
}

static void tdi_uring_kick(struct tdi_request *req)
{
	struct tdi_uring *uring = container_of(req, struct tdi_uring, req);
	unsigned long flags;

	spin_lock_irqsave(&uring->lock, flags);
	tdi_uring_schedule_locked(uring);
	spin_unlock_irqrestore(&uring->lock, flags);
}

static void tdi_uring_done(struct tdi_request *req)
{
	struct tdi_uring *uring = container_of(req, struct tdi_uring, req);
	unsigned long flags;

	spin_lock_irqsave(&uring->lock, flags);
	uring->done = true;
	tdi_uring_schedule_locked(uring);
	spin_unlock_irqrestore(&uring->lock, flags);
}

static void tdi_uring_timeout(struct work_struct *work)
{
	struct tdi_uring *uring = container_of(to_delayed_work(work),
					       struct tdi_uring, timer);
	long left = tdi_time_left(uring->call.deadline);

	/* not over, or not submitted yet */
	if (left || READ_ONCE(uring->req.state) == TDI_REQUEST_NEW)
		schedule_delayed_work(&uring->timer, left ? : 1);
	else
		tdi_request_end(&uring->req, STATUS_IO_TIMEOUT);
}

/* The ring, or its task, ends: io_uring asks again until it is done. */
static int tdi_uring_cancel(struct io_uring_cmd *cmd)
{
	tdi_request_end(&tdi_uring_of(cmd)->req, STATUS_CANCELLED);
	return 0;
}

/* Done without having pended */
static int tdi_uring_done_now(struct tdi_uring *uring, u32 status,
			      unsigned int issue_flags)
{
	uring->req.status = status;
	tdi_uring_finish(uring, false, issue_flags);
	return -EIOCBQUEUED;
}

static int tdi_uring_submit(struct tdi_uring *uring, unsigned int issue_flags)
{
	struct tdi_call *call = &uring->call;
	struct io_uring_cmd *cmd = uring->cmd;
	u32 status;

	tdi_request_init(&uring->req, call->file);
	uring->req.kick = tdi_uring_kick;
	uring->req.done = tdi_uring_done;
	spin_lock_init(&uring->lock);
	INIT_DELAYED_WORK(&uring->timer, tdi_uring_timeout);
	io_uring_cmd_to_pdu(cmd, struct tdi_uring_pdu)->uring = uring;
	/* from here on it ends by io_uring_cmd_done() */
	io_uring_cmd_mark_cancelable(cmd, issue_flags);

	status = tdi_call_check(call);
	if (!status)
		status = tdi_call_prepare(call, &uring->req);
	if (status)
		return tdi_uring_done_now(uring, status, issue_flags);
	/* O_NONBLOCK is for those who would wait */
	uring->req.nonblock = false;
	/* after it was submitted it may be gone */
	if (call->deadline != KTIME_MAX)
		schedule_delayed_work(&uring->timer,
				      tdi_time_left(call->deadline));
	status = call->command->submit(&uring->req);
	if (status != STATUS_PENDING)
		return tdi_uring_done_now(uring, status, issue_flags);
	return -EIOCBQUEUED;
}

/* TDI_ACCEPT cannot pend: it is done here and now. */
static int tdi_uring_call(struct tdi_uring *uring, unsigned int issue_flags)
{
	struct tdi_call *call = &uring->call;
	u32 status = tdi_call_check(call);

	if (!status)
		status = call->command->call(call);
	io_uring_cmd_done(uring->cmd, tdi_status_to_errno(status), status,
			  issue_flags);
	tdi_uring_free(uring);
	return -EIOCBQUEUED;
}

/* Read by a kernel thread, a 32-bit program's vector would be taken for 64-bit. */
static bool tdi_uring_foreign_vector(const struct tdi_uring *uring,
				     unsigned int issue_flags)
{
	const union tdi_argument *arg = &uring->call.arg;
	u32 count;

	switch (uring->call.command->cmd) {
	case TDI_IOC_SEND:
	case TDI_IOC_RECEIVE:
		count = arg->data.iov_count;
		break;
	case TDI_IOC_SEND_DATAGRAM:
	case TDI_IOC_RECEIVE_DATAGRAM:
		count = arg->datagram.iov_count;
		break;
	default:
		return false;
	}
	return count && issue_flags & IO_URING_F_COMPAT && !in_compat_syscall();
}

/**
 * tdi_uring_cmd() - IORING_OP_URING_CMD
 * @cmd: @cmd_op is TDI_IOC_xxx, the first 8 bytes of the command area point to
 *	its argument
 * @issue_flags: io_uring's
 *
 * Return: -EIOCBQUEUED, the command completes by itself; or the result.
 */
int tdi_uring_cmd(struct io_uring_cmd *cmd, unsigned int issue_flags)
{
	struct tdi_uring *uring;
	u64 user;
	int err;

	if (issue_flags & IO_URING_F_CANCEL)
		return tdi_uring_cancel(cmd);

	uring = kzalloc(sizeof(*uring), GFP_KERNEL_ACCOUNT);
	if (!uring)
		return -ENOMEM;
	uring->cmd = cmd;
	user = READ_ONCE(*(const u64 *)io_uring_sqe_cmd(cmd->sqe));
	err = tdi_call_begin(&uring->call, cmd->file, cmd->cmd_op,
			     u64_to_user_ptr(user));
	if (err) {
		kfree(uring);
		return err;
	}
	/* the caller's structure is not written any more */
	uring->call.user = NULL;
	if (tdi_uring_foreign_vector(uring, issue_flags)) {
		kfree(uring);
		return -EOPNOTSUPP;
	}
	if (uring->call.command->submit)
		return tdi_uring_submit(uring, issue_flags);
	if (cmd->cmd_op == TDI_IOC_ACCEPT)
		return tdi_uring_call(uring, issue_flags);
	kfree(uring);
	return -EOPNOTSUPP;
}
#endif /* TDI_HAVE_URING */
