// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_IOC_SEND_BATCH: sends on many endpoints in one call.
 */
#include <linux/file.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "call.h"
#include "chardev.h"
#include "compat.h"
#include "ioctl.h"
#include "stream.h"

/* One send, which must not wait */
static u32 tdi_batch_send(struct tdi_file *file, struct tdi_batch_entry *entry)
{
	struct tdi_request req;
	u32 status;
	int err;

	tdi_request_init(&req, file);
	req.flags = entry->flags;
	req.nonblock = true;
	memset(&req.msg, 0, sizeof(req.msg));
	err = import_ubuf(ITER_SOURCE, u64_to_user_ptr(entry->buffer),
			  entry->length, &req.msg.msg_iter);
	if (err)
		return tdi_status_from_errno(err);
	status = tdi_send(&req);
	entry->information = req.information;
	return status;
}

static u32 tdi_batch_entry(struct tdi_batch_entry *entry)
{
	struct tdi_file *file;
	struct file *filp;
	u32 status;

	if (entry->__reserved || entry->length > MAX_RW_COUNT)
		return STATUS_INVALID_PARAMETER;
	filp = fget(entry->endpoint);
	if (!filp)
		return STATUS_INVALID_HANDLE;

	file = filp->private_data;
	if (!tdi_file_is(filp))
		status = STATUS_INVALID_HANDLE;
	else if (tdi_file_kind(file) != TDI_CONNECTION_FILE)
		status = STATUS_INVALID_CONNECTION;
	else if (!(filp->f_mode & FMODE_WRITE))
		status = STATUS_ACCESS_DENIED;
	else
		status = tdi_batch_send(file, entry);
	fput(filp);
	return status;
}

u32 tdi_call_send_batch(struct tdi_call *call)
{
	const struct tdi_send_batch *batch = &call->arg.batch;
	struct tdi_batch_entry __user *user = u64_to_user_ptr(batch->entries);
	struct tdi_batch_entry entry;
	size_t offset = offsetof(struct tdi_batch_entry, information);
	u32 i;

	if (batch->__reserved || batch->count > TDI_BATCH_MAX)
		return STATUS_INVALID_PARAMETER;
	for (i = 0; i < batch->count; i++, user++) {
		if (copy_from_user(&entry, user, sizeof(entry)))
			return STATUS_ACCESS_VIOLATION;
		entry.information = 0;
		entry.status = tdi_batch_entry(&entry);
		if (copy_to_user((void __user *)user + offset,
				 (void *)&entry + offset,
				 offsetofend(struct tdi_batch_entry, status) -
				 offset))
			return STATUS_ACCESS_VIOLATION;
		call->arg.head.information = i + 1;
		if (i + 1 < batch->count && signal_pending(current)) {
			call->interrupted = -EINTR;
			return STATUS_CANCELLED;
		}
		cond_resched();
	}
	return STATUS_SUCCESS;
}
