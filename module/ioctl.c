// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl(2): a command, and the wait for it.
 */
#include <linux/fs.h>

#include "call.h"
#include "ioctl.h"

/* Submit it, wait if it pends, and return what there is to return */
static u32 tdi_ioctl_request(struct tdi_call *call)
{
	const struct tdi_command *command = call->command;
	bool interrupted = false;
	struct tdi_waiter waiter;
	u32 status;

	tdi_waiter_init(&waiter, call->file);
	status = tdi_call_prepare(call, &waiter.req);
	if (status)
		goto out;
	status = command->submit(&waiter.req);
	if (status == STATUS_PENDING && !waiter.req.nonblock)
		status = tdi_wait(&waiter, call->deadline, &interrupted);
	/* EINTR for the client if it has a handler; else as if nothing was */
	if (interrupted && status == STATUS_CANCELLED)
		call->interrupted = -ERESTARTNOHAND;
	call->arg.head.information = waiter.req.information;
	if (tdi_status_has_result(status) && command->finish)
		status = command->finish(call, &waiter.req) ? : status;
out:
	tdi_call_end(call);
	return status;
}

long tdi_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct tdi_call call;
	u32 status;
	int err;

	err = tdi_call_begin(&call, filp, cmd, (void __user *)arg);
	if (err)
		return err;

	status = tdi_call_check(&call);
	if (!status)
		status = call.command->call ? call.command->call(&call) :
					      tdi_ioctl_request(&call);
	if (tdi_call_write_back(&call, status))
		return -EFAULT;
	return call.interrupted ? : tdi_status_to_errno(status);
}
