// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI file objects: open, create, close.
 */
#include <linux/in.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/socket.h>

#include "address.h"
#include "client.h"
#include "endpoint.h"
#include "file.h"
#include "notify.h"
#include "proc.h"
#include "status.h"

/**
 * tdi_file_open() - a control channel
 * @device: row of its device
 * @net: its namespace, pinned until the last reference goes
 *
 * Return: the file with one reference, or NULL if there is no memory.
 */
struct tdi_file *tdi_file_open(const struct tdi_device *device, struct net *net)
{
	struct tdi_file *file;
	int i;

	file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);
	if (!file)
		return NULL;
	file->device = device;
	file->net = get_net_track(net, &file->ns_tracker, GFP_KERNEL);
	refcount_set(&file->refs, 1);
	refcount_set(&file->handles, 1);
	refcount_set(&file->users, 1);
	mutex_init(&file->mutex);
	spin_lock_init(&file->lock);
	file->kind = TDI_CONTROL_CHANNEL_FILE;
	for (i = 0; i < TDI_QUEUES; i++)
		INIT_LIST_HEAD(&file->queue[i]);
	init_waitqueue_head(&file->wait);
	tdi_proc_add(file);
	return file;
}

void tdi_file_get(struct tdi_file *file)
{
	refcount_inc(&file->refs);
}

void tdi_file_put(struct tdi_file *file)
{
	if (!refcount_dec_and_test(&file->refs))
		return;
	put_net_track(file->net, &file->ns_tracker);
	if (tdi_file_kind(file) == TDI_TRANSPORT_ADDRESS_FILE)
		kfree(file->address.events);
	if (file->client)
		kfree_rcu(file->client, rcu);
	kfree_rcu(file, rcu);
}

static u32 tdi_file_become(struct tdi_file *file, const struct tdi_ea *ea,
			   u32 share_access, u32 protocol,
			   const struct cred *cred)
{
	switch (ea->kind) {
	case TDI_TRANSPORT_ADDRESS_FILE:
		if (file->device->type == SOCK_RAW && !protocol)
			return STATUS_INVALID_PARAMETER;
		return tdi_address_open(file, ea->address, ea->address_length,
					share_access, protocol, cred);
	case TDI_CONNECTION_FILE:
		if (file->device->type != SOCK_STREAM)
			return STATUS_INVALID_PARAMETER;
		tdi_endpoint_init(&file->endpoint, ea->context);
		return STATUS_SUCCESS;
	default:
		return STATUS_SUCCESS;
	}
}

/**
 * tdi_file_create() - decide what a file is (reference 1.3)
 * @file: a control channel, on which this was not called yet
 * @ea: EA buffer
 * @ea_length: bytes at @ea; 0: it stays a control channel
 * @share_access: 0 or TDI_FILE_SHARE_xxx
 * @protocol: IP protocol number of a raw address, else 0
 * @cred: of the opener
 *
 * A file that could not become what was asked is as before.
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_DEVICE_STATE if it was called before; what
 * the EA parser or the address said.
 */
u32 tdi_file_create(struct tdi_file *file, const void *ea, size_t ea_length,
		    u32 share_access, u32 protocol, const struct cred *cred)
{
	struct tdi_ea parsed;
	u32 status;

	if (share_access & ~(TDI_FILE_SHARE_READ | TDI_FILE_SHARE_WRITE) ||
	    protocol > (file->device->type == SOCK_RAW ? IPPROTO_RAW : 0))
		return STATUS_INVALID_PARAMETER;
	status = tdi_ea_parse(ea, ea_length, &parsed);
	if (status)
		return status;

	mutex_lock(&file->mutex);
	if (file->created) {
		status = STATUS_INVALID_DEVICE_STATE;
	} else {
		status = tdi_file_become(file, &parsed, share_access, protocol,
					 cred);
		if (!status) {
			file->created = true;
			/* pairs with tdi_file_kind() */
			smp_store_release(&file->kind, parsed.kind);
		}
	}
	mutex_unlock(&file->mutex);
	return status;
}

/* TDI's Cleanup: nobody has a handle any more, but there may be references */
static void tdi_file_cleanup(struct tdi_file *file)
{
	switch (tdi_file_kind(file)) {
	case TDI_TRANSPORT_ADDRESS_FILE:
		tdi_address_cleanup(file);
		break;
	case TDI_CONNECTION_FILE:
		tdi_endpoint_cleanup(&file->endpoint);
		break;
	default:
		tdi_notify_close(file);
		break;
	}
}

/* A user goes; the last one's end is TDI's Close. */
void tdi_file_unuse(struct tdi_file *file)
{
	bool in_kernel = file->in_kernel;

	if (!refcount_dec_and_test(&file->users))
		return;
	tdi_proc_remove(file);
	if (tdi_file_kind(file) == TDI_TRANSPORT_ADDRESS_FILE) {
		tdi_endpoint_cleanup_address(file);
		tdi_address_close(file);
	}
	tdi_file_put(file);
	/* the caller's module needs this one */
	if (in_kernel)
		module_put(THIS_MODULE);
}

/**
 * tdi_file_close() - a handle goes; cleanup, then close, with the last one
 * @file: this handle's owner does not use it any more
 */
void tdi_file_close(struct tdi_file *file)
{
	if (!refcount_dec_and_test(&file->handles))
		return;
	tdi_file_cleanup(file);
	tdi_file_unuse(file);
}

/**
 * tdi_file_check() - can a request be sent to it?
 * @file: the file
 * @files: TDI_ON_xxx
 *
 * Return: STATUS_SUCCESS, or TDI's word for it.
 */
u32 tdi_file_check(const struct tdi_file *file, u8 files)
{
	if (files & TDI_ON_ENDPOINT &&
	    tdi_file_kind(file) == TDI_CONNECTION_FILE)
		return STATUS_SUCCESS;
	if (files & TDI_ON_DATAGRAM && tdi_file_is_datagram(file))
		return STATUS_SUCCESS;
	return files & TDI_ON_ENDPOINT ? STATUS_INVALID_CONNECTION :
					 STATUS_INVALID_ADDRESS;
}
