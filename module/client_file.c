// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of clients in the kernel: open, close, references, and what is asked of
 * them at once.
 */
#include <linux/anon_inodes.h>
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "address.h"
#include "chardev.h"
#include "client.h"
#include "ea.h"
#include "event.h"
#include "handler.h"
#include "info.h"
#include "notify.h"
#include "object.h"
#include "option.h"
#include "taddr.h"

/* The client's side of a file that it gets a handle of */
static u32 tdi_client_add(struct tdi_file *file, void *context)
{
	struct tdi_client *client = file->client;

	if (client && READ_ONCE(client->open))
		return STATUS_INVALID_DEVICE_STATE;
	if (client) {
		client->open = true;
		spin_lock_bh(&file->lock);
		client->context = context;
		client->closing = false;
		spin_unlock_bh(&file->lock);
		return STATUS_SUCCESS;
	}
	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return STATUS_INSUFFICIENT_RESOURCES;
	client->file = file;
	client->open = true;
	client->context = context;
	INIT_WORK(&client->work, tdi_client_work);
	INIT_LIST_HEAD(&client->submitted);
	INIT_LIST_HEAD(&client->kicked);
	INIT_LIST_HEAD(&client->taken);
	INIT_LIST_HEAD(&client->completing);
	/* pairs with tdi_client_begin_handling() */
	smp_store_release(&file->client, client);
	return STATUS_SUCCESS;
}

/* A connect handler may just have returned an accept for this endpoint. */
static void tdi_client_flush_handlers(struct tdi_file *file)
{
	struct tdi_file *address;

	if (tdi_file_kind(file) != TDI_CONNECTION_FILE)
		return;
	spin_lock_bh(&file->lock);
	address = file->endpoint.address;
	if (address)
		tdi_file_get(address);
	spin_unlock_bh(&file->lock);
	if (!address)
		return;
	flush_work(&address->address.events->work);
	tdi_file_put(address);
}

/* Nothing of the client's runs any more when this returns. */
static void tdi_client_end(struct tdi_client *client)
{
	struct tdi_file *file = client->file;

	spin_lock_bh(&file->lock);
	client->closing = true;
	spin_unlock_bh(&file->lock);
	tdi_handlers_off(file);
	tdi_client_flush_handlers(file);
	wait_event(file->wait, !READ_ONCE(client->handling));
	/* what was just being submitted may pend after it was looked for */
	do
		tdi_client_cancel_all(client);
	while (!wait_event_timeout(file->wait,
				   !READ_ONCE(client->outstanding) &&
				   !atomic_read(&client->waiting), HZ / 10));
	cancel_work_sync(&client->work);
	WRITE_ONCE(client->open, false);
}

/* A file with its client's side, a control channel so far */
static u32 tdi_client_open(struct net *net, u32 device, void *context,
			   struct tdi_file **file)
{
	u32 status;

	might_sleep();
	*file = NULL;
	if (device >= TDI_DEVICES || !tdi_devices[device].present)
		return STATUS_DEVICE_DOES_NOT_EXIST;
	*file = tdi_file_open(&tdi_devices[device], net);
	if (!*file)
		return STATUS_INSUFFICIENT_RESOURCES;
	/* until it is closed for good, see tdi_file_unuse() */
	__module_get(THIS_MODULE);
	(*file)->in_kernel = true;
	status = tdi_client_add(*file, context);
	if (status) {
		tdi_file_close(*file);
		*file = NULL;
	}
	return status;
}

/* TDI_IOC_CREATE with one extended attribute */
static u32 tdi_client_create(struct tdi_file *file, const char *name,
			     const void *value, size_t length,
			     u32 share_access, u32 protocol)
{
	size_t name_length = strlen(name);
	struct tdi_full_ea_information *ea;
	u8 buffer[64] __aligned(4) = {};
	size_t size;

	ea = (struct tdi_full_ea_information *)buffer;
	ea->ea_name_length = name_length;
	ea->ea_value_length = length;
	memcpy(ea->ea_name, name, name_length + 1);
	memcpy(ea->ea_name + name_length + 1, value, length);
	size = offsetof(struct tdi_full_ea_information, ea_name) +
	       name_length + 1 + length;
	return tdi_file_create(file, buffer, size, share_access, protocol,
			       current_cred());
}

/**
 * tdi_open_control() - open a control channel
 * @net: of this network namespace, which it holds
 * @device: TDI_DEVICE_xxx
 * @file: result, NULL if there is none; tdi_close() ends it
 *
 * Process context.
 *
 * Return: STATUS_SUCCESS; STATUS_DEVICE_DOES_NOT_EXIST; STATUS_INSUFFICIENT_RESOURCES.
 */
u32 tdi_open_control(struct net *net, u32 device, struct tdi_file **file)
{
	return tdi_client_open(net, device, NULL, file);
}
EXPORT_SYMBOL_GPL(tdi_open_control);

/**
 * tdi_open_address() - open a transport address (reference 1.2)
 * @net: of this network namespace, which it holds
 * @device: TDI_DEVICE_xxx
 * @local: its address; port 0: any
 * @share_access: 0, or TDI_FILE_SHARE_xxx
 * @protocol: of TDI_DEVICE_RAWIP, else 0
 * @file: result, NULL if there is none; tdi_close() ends it
 *
 * Process context.  What it takes to open it is the calling task's: its user, and
 * its privilege.
 *
 * Return: STATUS_SUCCESS, or as TDI_IOC_CREATE.
 */
u32 tdi_open_address(struct net *net, u32 device,
		     const struct sockaddr_storage *local, u32 share_access,
		     u32 protocol, struct tdi_file **file)
{
	u8 ta[TDI_TA_LENGTH_IP6];
	size_t length;
	u32 status;

	*file = NULL;
	if (local->ss_family != AF_INET && local->ss_family != AF_INET6)
		return STATUS_INVALID_ADDRESS_COMPONENT;
	status = tdi_client_open(net, device, NULL, file);
	if (status)
		return status;
	length = tdi_taddr_build(local, ta);
	status = tdi_client_create(*file, TdiTransportAddress, ta, length,
				   share_access, protocol);
	if (status) {
		tdi_close(*file);
		*file = NULL;
	}
	return status;
}
EXPORT_SYMBOL_GPL(tdi_open_address);

/**
 * tdi_open_endpoint() - open a connection endpoint (reference 1.2)
 * @net: of this network namespace, which it holds
 * @device: TDI_DEVICE_TCP
 * @context: the client's, for its handlers, until the endpoint is closed or an
 *	accept brings another one
 * @file: result, NULL if there is none; tdi_close() ends it
 *
 * Process context.
 *
 * Return: STATUS_SUCCESS, or as TDI_IOC_CREATE.
 */
u32 tdi_open_endpoint(struct net *net, u32 device, void *context,
		      struct tdi_file **file)
{
	const u64 value = 0;
	u32 status;

	/* not where user space could see it, or have its own */
	status = tdi_client_open(net, device, context, file);
	if (status)
		return status;
	status = tdi_client_create(*file, TdiConnectionContext, &value,
				   sizeof(value), 0, 0);
	if (status) {
		tdi_close(*file);
		*file = NULL;
	}
	return status;
}
EXPORT_SYMBOL_GPL(tdi_open_endpoint);

/**
 * tdi_close() - the client's handle of a file goes (ZwClose)
 * @file: from tdi_open_xxx() or tdi_file_from_fd(); NULL: nothing happens
 *
 * Process context.  When this returns no handler and no completion of the
 * client's is running, nor will any be, and no thread is in tdi_submit_wait() for
 * this file.  The last handle's is TDI's Cleanup: a
 * connection is released, requests have ended, an address listens no more.  The
 * last reference's is Close: an address is given up, and what is connected from it
 * released.  The file may be gone then: who still submits to it, as another file's
 * completion might, has a tdi_reference().
 */
void tdi_close(struct tdi_file *file)
{
	might_sleep();
	if (!file)
		return;
	if (file->client)
		tdi_client_end(file->client);
	tdi_file_close(file);
}
EXPORT_SYMBOL_GPL(tdi_close);

/**
 * tdi_reference() - ObReferenceObject
 * @file: somebody has a handle of it, or a reference
 *
 * Any context.
 *
 * Return: @file.
 */
struct tdi_file *tdi_reference(struct tdi_file *file)
{
	refcount_inc(&file->users);
	return file;
}
EXPORT_SYMBOL_GPL(tdi_reference);

/**
 * tdi_dereference() - ObDereferenceObject
 * @file: from tdi_reference()
 *
 * Process context: it may be the last one.
 */
void tdi_dereference(struct tdi_file *file)
{
	might_sleep();
	tdi_file_unuse(file);
}
EXPORT_SYMBOL_GPL(tdi_dereference);

/**
 * tdi_file_from_fd() - a handle of what a descriptor stands for
 * @fd: of the calling task; of a node of /dev/tdi, or from tdi_file_to_fd()
 * @context: of an endpoint, for handlers; its own is user space's
 *
 * Process context.  It does not end with the descriptor.  One client in the kernel
 * at a time can have a file.
 *
 * Return: the file, tdi_close() ends it; or an ERR_PTR(): -EBADF, -EBUSY, -ENOMEM.
 */
struct tdi_file *tdi_file_from_fd(int fd, void *context)
{
	struct file *filp = fget(fd);
	struct tdi_file *file;
	u32 status;

	if (!filp)
		return ERR_PTR(-EBADF);
	file = filp->private_data;
	status = STATUS_INVALID_HANDLE;
	if (tdi_file_is(filp)) {
		mutex_lock(&file->mutex);
		status = tdi_client_add(file, context);
		if (!status)
			refcount_inc(&file->handles);
		mutex_unlock(&file->mutex);
	}
	/* nobody was told of it while it had no client */
	if (!status && tdi_file_kind(file) == TDI_CONNECTION_FILE)
		tdi_event_ready(&file->endpoint);
	fput(filp);
	return status ? ERR_PTR(tdi_status_to_errno(status)) : file;
}
EXPORT_SYMBOL_GPL(tdi_file_from_fd);

/**
 * tdi_file_to_fd() - a descriptor for a file of the client's
 * @file: the client has a handle of it, and keeps that
 * @flags: O_CLOEXEC, O_NONBLOCK
 *
 * Process context.  What the calling task can do with it is all that the node's
 * owner could; it can also hold up tdi_close(), by a send or receive that is stuck in
 * a page fault of its own.
 *
 * Return: a descriptor of the calling task, or a negative errno.
 */
int tdi_file_to_fd(struct tdi_file *file, int flags)
{
	struct file *filp;
	int fd;

	fd = get_unused_fd_flags(flags);
	if (fd < 0)
		return fd;
	filp = anon_inode_getfile("[tdi]", &tdi_fops, file,
				  O_RDWR | (flags & O_NONBLOCK));
	if (IS_ERR(filp)) {
		put_unused_fd(fd);
		return PTR_ERR(filp);
	}
	refcount_inc(&file->handles);
	tdi_file_init_mode(filp);
	fd_install(fd, filp);
	return fd;
}
EXPORT_SYMBOL_GPL(tdi_file_to_fd);

/**
 * tdi_query() - TDI_QUERY_INFORMATION
 * @file: any kind
 * @type: TDI_QUERY_xxx
 * @buffer: for the answer, in the structures of <uapi/linux/tdi.h>
 * @size: its bytes
 * @length: result: how many of them are the answer
 *
 * Process context.
 *
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW if there is more; or as
 * TDI_IOC_QUERY_INFORMATION.
 */
u32 tdi_query(struct tdi_file *file, u32 type, void *buffer, size_t size,
	      size_t *length)
{
	union tdi_information result;
	u32 status;

	might_sleep();
	status = tdi_query_information(file, type, &result, length);
	if (status)
		return status;
	if (*length > size) {
		*length = size;
		status = STATUS_BUFFER_OVERFLOW;
	}
	memcpy(buffer, &result, *length);
	return status;
}
EXPORT_SYMBOL_GPL(tdi_query);

/**
 * tdi_query_ex() - IOCTL_TCP_QUERY_INFORMATION_EX (reference 5.4)
 * @file: any kind
 * @id: what is asked for
 * @context: of the question
 * @buffer: for the answer
 * @size: its bytes
 * @length: result: how many of them are the answer
 *
 * Process context.
 *
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW if there is more; or as
 * TDI_IOC_QUERY_INFORMATION_EX.
 */
u32 tdi_query_ex(struct tdi_file *file, const struct tdi_object_id *id,
		 const u8 context[16], void *buffer, size_t size,
		 size_t *length)
{
	struct tdi_answer answer = { .bytes = buffer, .room = size };
	u32 status;

	might_sleep();
	status = tdi_object_query(file, id, context, &answer);
	*length = min(answer.length, size);
	return status ? : answer.length > size ? STATUS_BUFFER_OVERFLOW :
						 STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(tdi_query_ex);

/**
 * tdi_set_ex() - IOCTL_TCP_SET_INFORMATION_EX (reference 5.4)
 * @file: an address or an endpoint
 * @id: what is set
 * @value: to what
 * @length: bytes at @value, 1024 at most
 *
 * Process context.
 *
 * Return: as TDI_IOC_SET_INFORMATION_EX.
 */
u32 tdi_set_ex(struct tdi_file *file, const struct tdi_object_id *id,
	       const void *value, size_t length)
{
	void *copy;
	u32 status;

	might_sleep();
	if (!length || length > TDI_OPTION_MAX)
		return STATUS_INVALID_PARAMETER;
	copy = kmemdup(value, length, GFP_KERNEL);
	if (!copy)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = tdi_object_set(file, id, copy, length);
	kfree(copy);
	return status;
}
EXPORT_SYMBOL_GPL(tdi_set_ex);

/**
 * tdi_set_event_handler() - TDI_SET_EVENT_HANDLER (reference 2.13)
 * @file: an address; or a control channel, for TDI_EVENT_ADD_ADDRESS and
 *	TDI_EVENT_DEL_ADDRESS, which it stays
 * @type: TDI_EVENT_xxx
 * @handler: what to call; NULL: nothing any more
 * @event_context: for @handler, until it is replaced or turned off, or the file
 *	closed
 *
 * Process context.  Handlers of one address, or of one control channel, run one at
 * a time.  When a handler was replaced or turned off it is not running any more.
 * What is there already is told, maybe before this returns: connections and data
 * that wait, local addresses.
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for an unknown event;
 * STATUS_NOT_IMPLEMENTED for a chained one; STATUS_INVALID_DEVICE_REQUEST on
 * another kind of file; STATUS_INVALID_DEVICE_STATE if somebody reads the file's
 * events, or for TDI_EVENT_CONNECT without a last handle; STATUS_INVALID_HANDLE without a client's handle.
 */
u32 tdi_set_event_handler(struct tdi_file *file, u32 type,
			  tdi_handler_t handler, void *event_context)
{
	struct tdi_event_handler how = {
		.context = (uintptr_t)event_context,
		.called = true,
		.function = handler,
	};
	bool on = handler.error;

	might_sleep();
	if (!tdi_client_is_open(file))
		return STATUS_INVALID_HANDLE;
	return tdi_file_set_handler(file, type, on, &how);
}
EXPORT_SYMBOL_GPL(tdi_set_event_handler);

EXPORT_SYMBOL_GPL(tdi_taddr_parse);
EXPORT_SYMBOL_GPL(tdi_status_to_errno);
EXPORT_SYMBOL_GPL(tdi_status_from_errno);
