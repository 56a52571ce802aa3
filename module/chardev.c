// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nodes below /dev/tdi, and what files do: open, release, read, write, poll.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "chardev.h"
#include "compat.h"
#include "event.h"
#include "file.h"
#include "ioctl.h"
#include "notify.h"
#include "proc.h"
#include "request.h"
#include "stream.h"
#include "uring.h"

static dev_t tdi_first_devt;
static struct cdev tdi_cdev;
static struct class *tdi_class;

/* A stream, of which nobody has to wait for more than others do */
void tdi_file_init_mode(struct file *filp)
{
	filp->f_mode |= FMODE_NOWAIT;
	stream_open(file_inode(filp), filp);
}

static int tdi_open(struct inode *inode, struct file *filp)
{
	unsigned int id = iminor(inode) - MINOR(tdi_first_devt);
	struct tdi_file *file;

	if (id >= TDI_DEVICES || !tdi_devices[id].present)
		return -ENXIO;
	file = tdi_file_open(&tdi_devices[id], current->nsproxy->net_ns);
	if (!file)
		return -ENOMEM;

	filp->private_data = file;
	tdi_file_init_mode(filp);
	return 0;
}

static int tdi_release(struct inode *inode, struct file *filp)
{
	tdi_file_close(filp->private_data);
	return 0;
}

static bool tdi_nonblock(const struct kiocb *iocb)
{
	return iocb->ki_flags & IOCB_NOWAIT ||
	       iocb->ki_filp->f_flags & O_NONBLOCK;
}

/* read and write are a receive and a send, in the words of other files */
static ssize_t tdi_read_write(struct kiocb *iocb, struct iov_iter *iter,
			      u32 (*submit)(struct tdi_request *req), u32 flags)
{
	struct tdi_file *file = iocb->ki_filp->private_data;
	bool interrupted = false;
	struct tdi_waiter waiter;
	u32 status;

	if (tdi_file_kind(file) != TDI_CONNECTION_FILE)
		return -EINVAL;

	tdi_waiter_init(&waiter, file);
	waiter.req.nonblock = tdi_nonblock(iocb);
	waiter.req.flags = flags;
	memset(&waiter.req.msg, 0, sizeof(waiter.req.msg));
	waiter.req.msg.msg_iter = *iter;

	status = submit(&waiter.req);
	if (status == STATUS_PENDING)
		status = tdi_wait(&waiter, KTIME_MAX, &interrupted);
	*iter = waiter.req.msg.msg_iter;

	if (waiter.req.information)
		return waiter.req.information;
	return interrupted && status == STATUS_CANCELLED ?
	       -ERESTARTSYS : tdi_status_to_errno(status);
}

static ssize_t tdi_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct tdi_file *file = iocb->ki_filp->private_data;

	if (tdi_file_kind(file) == TDI_TRANSPORT_ADDRESS_FILE)
		return tdi_event_read(file, to, tdi_nonblock(iocb));
	if (tdi_file_kind(file) == TDI_CONTROL_CHANNEL_FILE)
		return tdi_notify_read(file, to, tdi_nonblock(iocb));
	/* urgent data is not part of the stream, as with sockets */
	return tdi_read_write(iocb, to, tdi_receive, TDI_RECEIVE_NORMAL);
}

static ssize_t tdi_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return tdi_read_write(iocb, from, tdi_send, 0);
}

static __poll_t tdi_poll(struct file *filp, poll_table *table)
{
	struct tdi_file *file = filp->private_data;

	poll_wait(filp, &file->wait, table);
	/* pairs with wq_has_sleeper() */
	smp_mb();
	switch (tdi_file_kind(file)) {
	case TDI_CONNECTION_FILE:
		return tdi_endpoint_poll(&file->endpoint);
	case TDI_TRANSPORT_ADDRESS_FILE:
		return tdi_event_poll(file);
	default:
		return tdi_notify_poll(file);
	}
}

static void tdi_show_fdinfo(struct seq_file *m, struct file *filp)
{
	tdi_proc_show_file(m, filp->private_data);
}

const struct file_operations tdi_fops = {
	.owner		= THIS_MODULE,
	.open		= tdi_open,
	.release	= tdi_release,
	.read_iter	= tdi_read_iter,
	.write_iter	= tdi_write_iter,
	.poll		= tdi_poll,
	.unlocked_ioctl	= tdi_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.uring_cmd	= tdi_uring_cmd,
	.show_fdinfo	= tdi_show_fdinfo,
	.llseek		= noop_llseek,
};

/* Is this descriptor one of ours? */
bool tdi_file_is(const struct file *filp)
{
	return filp->f_op == &tdi_fops;
}

static char *tdi_devnode(TDI_DEVNODE_CONST struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0600;
	return kasprintf(GFP_KERNEL, "tdi/%s", dev_name(dev));
}

static void tdi_devices_remove(void)
{
	int i;

	for (i = 0; i < TDI_DEVICES; i++)
		if (tdi_devices[i].present)
			device_destroy(tdi_class, tdi_first_devt + i);
}

static int tdi_devices_add(void)
{
	struct device *dev;
	int i;

	for (i = 0; i < TDI_DEVICES; i++) {
		if (!tdi_devices[i].present)
			continue;
		dev = device_create(tdi_class, NULL, tdi_first_devt + i, NULL,
				    "%s", tdi_devices[i].name);
		if (IS_ERR(dev)) {
			tdi_devices_remove();
			return PTR_ERR(dev);
		}
	}
	return 0;
}

int tdi_chardev_init(void)
{
	int err;

	err = alloc_chrdev_region(&tdi_first_devt, 0, TDI_DEVICES, "tdi");
	if (err)
		return err;
	tdi_class = tdi_class_create("tdi");
	if (IS_ERR(tdi_class)) {
		err = PTR_ERR(tdi_class);
		goto err_region;
	}
	tdi_class->devnode = tdi_devnode;

	cdev_init(&tdi_cdev, &tdi_fops);
	tdi_cdev.owner = THIS_MODULE;
	err = cdev_add(&tdi_cdev, tdi_first_devt, TDI_DEVICES);
	if (err)
		goto err_class;
	err = tdi_devices_add();
	if (err)
		goto err_cdev;
	return 0;

err_cdev:
	cdev_del(&tdi_cdev);
err_class:
	class_destroy(tdi_class);
err_region:
	unregister_chrdev_region(tdi_first_devt, TDI_DEVICES);
	return err;
}

void tdi_chardev_exit(void)
{
	tdi_devices_remove();
	cdev_del(&tdi_cdev);
	class_destroy(tdi_class);
	unregister_chrdev_region(tdi_first_devt, TDI_DEVICES);
}
