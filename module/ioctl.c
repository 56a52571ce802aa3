// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of <linux/tdi.h>: checking, copying, and the table.
 */
#include <linux/file.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "compat.h"
#include "connection.h"
#include "endpoint.h"
#include "event.h"
#include "info.h"
#include "ioctl.h"
#include "listen.h"
#include "offer.h"
#include "request.h"
#include "stream.h"
#include "taddr.h"

union tdi_argument {
	struct tdi_head head;
	struct tdi_create create;
	struct tdi_associate_address associate;
	struct tdi_disassociate_address disassociate;
	struct tdi_connect connect;
	struct tdi_listen listen;
	struct tdi_accept accept;
	struct tdi_disconnect disconnect;
	struct tdi_data data;
	struct tdi_set_event_handler event;
	struct tdi_event_reply reply;
	struct tdi_query_information query;
	struct tdi_cancel cancel;
	struct tdi_query_caps caps;
};

/**
 * struct tdi_call - one ioctl on its way
 * @filp: open file
 * @file: its TDI file object
 * @user: the caller's argument
 * @size: bytes of it that we know
 * @arg: our copy
 * @interrupted: errno if a signal ended it
 */
struct tdi_call {
	struct file *filp;
	struct tdi_file *file;
	void __user *user;
	size_t size;
	union tdi_argument arg;
	int interrupted;
};

static_assert(sizeof(struct tdi_head) == 32);
static_assert(offsetof(struct tdi_head, information) == 16);
static_assert(offsetof(struct tdi_head, status) == 24);
static_assert(sizeof(struct tdi_connection_information) == 40);
static_assert(sizeof(struct tdi_create) == TDI_CREATE_SIZE_VER0);
static_assert(sizeof(struct tdi_associate_address) == TDI_ASSOCIATE_ADDRESS_SIZE_VER0);
static_assert(sizeof(struct tdi_disassociate_address) == TDI_DISASSOCIATE_ADDRESS_SIZE_VER0);
static_assert(sizeof(struct tdi_connect) == TDI_CONNECT_SIZE_VER0);
static_assert(offsetof(struct tdi_connect, request) == 40);
static_assert(offsetof(struct tdi_connect, ret) == 80);
static_assert(sizeof(struct tdi_listen) == TDI_LISTEN_SIZE_VER0);
static_assert(sizeof(struct tdi_accept) == TDI_ACCEPT_SIZE_VER0);
static_assert(sizeof(struct tdi_set_event_handler) == TDI_SET_EVENT_HANDLER_SIZE_VER0);
static_assert(sizeof(struct tdi_event_reply) == TDI_EVENT_REPLY_SIZE_VER0);
static_assert(sizeof(struct tdi_event) == 64);
static_assert(offsetof(struct tdi_event, address) == 64);
static_assert(sizeof(struct tdi_disconnect) == TDI_DISCONNECT_SIZE_VER0);
static_assert(sizeof(struct tdi_data) == TDI_DATA_SIZE_VER0);
static_assert(sizeof(struct tdi_query_information) == TDI_QUERY_INFORMATION_SIZE_VER0);
static_assert(sizeof(struct tdi_cancel) == TDI_CANCEL_SIZE_VER0);
static_assert(sizeof(struct tdi_query_caps) == TDI_QUERY_CAPS_SIZE_VER0);
static_assert(sizeof(struct tdi_connection_info) == 56);
static_assert(sizeof(struct tdi_address_ip) == TDI_ADDRESS_LENGTH_IP);
static_assert(sizeof(struct tdi_address_ip6) == TDI_ADDRESS_LENGTH_IP6);

/* 1601 to 1970, in NT's units of 100 ns */
#define TDI_NT_EPOCH		116444736000000000LL

/* NT's timeout: negative is from now, positive is system time */
long tdi_timeout(s64 timeout, long if_none)
{
	s64 left;

	if (!timeout)
		return if_none;
	if (timeout > 0)
		left = timeout - TDI_NT_EPOCH -
		       div_s64(ktime_get_real_ns(), 100);
	else
		left = timeout == S64_MIN ? S64_MAX : -timeout;
	if (left <= 0)
		return 1;
	/* no longer than fits, in jiffies and in nanoseconds */
	left = min_t(s64, left, S64_MAX / 100);
	/* never early: rounded up, and this jiffy has begun already */
	return min_t(u64, nsecs_to_jiffies64((u64)left * 100 + TICK_NSEC - 1) + 1,
		     MAX_SCHEDULE_TIMEOUT - 1);
}

/* Requests on connections are refused with TDI's own word for it. */
static struct tdi_endpoint *tdi_call_endpoint(struct tdi_call *call)
{
	if (tdi_file_kind(call->file) != TDI_CONNECTION_FILE)
		return NULL;
	return &call->file->endpoint;
}

static void tdi_call_request(struct tdi_call *call, struct tdi_waiter *waiter)
{
	tdi_waiter_init(waiter, call->file);
	waiter->req.cookie = call->arg.head.cookie;
	waiter->req.flags = call->arg.head.flags;
	waiter->req.nonblock = call->filp->f_flags & O_NONBLOCK;
}

/* After submission: wait if it pends, and take the result */
static u32 tdi_call_finish(struct tdi_call *call, struct tdi_waiter *waiter,
			   u32 status, long timeout)
{
	bool interrupted = false;

	if (status == STATUS_PENDING && !waiter->req.nonblock)
		status = tdi_wait(waiter, timeout, &interrupted);
	/* EINTR for the client if it has a handler; else as if nothing was */
	if (interrupted && status == STATUS_CANCELLED)
		call->interrupted = -ERESTARTNOHAND;
	call->arg.head.information = waiter->req.information;
	return status;
}

static u32 tdi_call_check_information(const struct tdi_connection_information *ci)
{
	return ci->user_data_length || ci->__reserved ?
	       STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* A TRANSPORT_ADDRESS of the client's, no more of it than is ever looked at */
static u32 tdi_call_copy_address(const struct tdi_connection_information *ci,
				 u8 ta[TDI_TADDR_MAX], size_t *length)
{
	*length = min_t(size_t, ci->remote_address_length, TDI_TADDR_MAX);
	if (copy_from_user(ta, u64_to_user_ptr(ci->remote_address), *length))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

/* Before anything is done that could not be taken back */
static u32 tdi_call_probe_return(const struct tdi_connection_information *ret)
{
	size_t length = min_t(size_t, ret->remote_address_length,
			      TDI_TA_LENGTH_IP6);
	u32 status = tdi_call_check_information(ret);

	if (!status && length &&
	    fault_in_safe_writeable(u64_to_user_ptr(ret->remote_address),
				    length))
		status = STATUS_ACCESS_VIOLATION;
	return status;
}

static u32 tdi_call_return_address(const struct tdi_connection_information *ret,
				   struct tdi_connection_information __user *user,
				   const struct sockaddr_storage *peer)
{
	u8 ta[TDI_TA_LENGTH_IP6];
	u32 length;

	if (!ret->remote_address_length)
		return STATUS_SUCCESS;
	length = tdi_taddr_build(peer, ta);
	if (copy_to_user(u64_to_user_ptr(ret->remote_address), ta,
			 min(length, ret->remote_address_length)) ||
	    put_user(length, &user->remote_address_length))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

static u32 tdi_call_create(struct tdi_call *call)
{
	const struct tdi_create *create = &call->arg.create;
	void *ea = NULL;
	u32 status;

	if (create->__reserved || create->ea_length > TDI_EA_MAX ||
	    create->protocol)
		return STATUS_INVALID_PARAMETER;
	if (create->ea_length) {
		ea = memdup_user(u64_to_user_ptr(create->ea_buffer),
				 create->ea_length);
		if (IS_ERR(ea))
			return tdi_status_from_errno(PTR_ERR(ea));
	}
	status = tdi_file_create(call->file, ea, create->ea_length,
				 create->share_access, call->filp->f_cred);
	kfree(ea);
	return status;
}

static u32 tdi_call_associate(struct tdi_call *call)
{
	struct tdi_endpoint *ep = tdi_call_endpoint(call);
	struct tdi_file *address;
	struct file *filp;
	u32 status;

	if (!ep)
		return STATUS_INVALID_CONNECTION;
	if (call->arg.associate.__reserved)
		return STATUS_INVALID_PARAMETER;

	filp = fget(call->arg.associate.address_handle);
	if (!filp)
		return STATUS_INVALID_HANDLE;
	status = STATUS_INVALID_HANDLE;
	if (tdi_file_is(filp)) {
		address = filp->private_data;
		if (tdi_file_kind(address) == TDI_TRANSPORT_ADDRESS_FILE &&
		    address->device == call->file->device)
			status = tdi_endpoint_associate(ep, address);
	}
	fput(filp);
	return status;
}

static u32 tdi_call_disassociate(struct tdi_call *call)
{
	struct tdi_endpoint *ep = tdi_call_endpoint(call);

	return ep ? tdi_endpoint_disassociate(ep) : STATUS_INVALID_CONNECTION;
}

static u32 tdi_call_connect(struct tdi_call *call)
{
	const struct tdi_connect *connect = &call->arg.connect;
	struct tdi_connect __user *user = call->user;
	struct tdi_waiter waiter;
	u8 ta[TDI_TADDR_MAX];
	size_t length;
	u32 status;

	if (!tdi_call_endpoint(call))
		return STATUS_INVALID_CONNECTION;
	tdi_call_request(call, &waiter);

	status = tdi_call_check_information(&connect->request);
	if (!status)
		status = tdi_call_probe_return(&connect->ret);
	if (!status)
		status = tdi_call_copy_address(&connect->request, ta, &length);
	if (!status)
		status = tdi_taddr_parse(ta, length, &waiter.req.remote);
	if (status)
		return status;

	status = tdi_call_finish(call, &waiter, tdi_connect(&waiter.req),
				 tdi_timeout(connect->timeout,
					     MAX_SCHEDULE_TIMEOUT));
	if (status)
		return status;
	status = tdi_call_return_address(&connect->ret, &user->ret,
					 &waiter.req.remote);
	tdi_connection_announce(&call->file->endpoint);
	return status;
}

static u32 tdi_call_listen(struct tdi_call *call)
{
	const struct tdi_listen *listen = &call->arg.listen;
	struct tdi_listen __user *user = call->user;
	struct tdi_waiter waiter;
	u8 ta[TDI_TADDR_MAX];
	size_t length;
	u32 status;

	if (!tdi_call_endpoint(call))
		return STATUS_INVALID_CONNECTION;
	tdi_call_request(call, &waiter);

	status = tdi_call_check_information(&listen->request);
	if (!status)
		status = tdi_call_probe_return(&listen->ret);
	if (!status)
		status = tdi_call_copy_address(&listen->request, ta, &length);
	if (!status)
		status = tdi_taddr_parse_filter(ta, length, &waiter.req.filter);
	if (status)
		return status;

	status = tdi_call_finish(call, &waiter, tdi_listen(&waiter.req),
				 MAX_SCHEDULE_TIMEOUT);
	if (status)
		return status;
	status = tdi_call_return_address(&listen->ret, &user->ret,
					 &waiter.req.remote);
	tdi_connection_announce(&call->file->endpoint);
	return status;
}

static u32 tdi_call_accept(struct tdi_call *call)
{
	const struct tdi_accept *accept = &call->arg.accept;
	struct tdi_accept __user *user = call->user;
	struct tdi_endpoint *ep = tdi_call_endpoint(call);
	bool replace = accept->head.flags & TDI_ACCEPT_CONTEXT;
	struct sockaddr_storage peer;
	u32 status;

	if (!ep)
		return STATUS_INVALID_CONNECTION;
	if (accept->head.flags & ~TDI_ACCEPT_CONTEXT ||
	    (!replace && accept->connection_context))
		return STATUS_INVALID_PARAMETER;
	status = tdi_call_check_information(&accept->request);
	if (!status)
		status = tdi_call_probe_return(&accept->ret);
	if (!status)
		status = tdi_accept(ep, accept->offer,
				    replace ? &accept->connection_context : NULL,
				    &peer);
	if (status)
		return status;
	status = tdi_call_return_address(&accept->ret, &user->ret, &peer);
	tdi_connection_announce(ep);
	return status;
}

static u32 tdi_call_set_event_handler(struct tdi_call *call)
{
	const struct tdi_set_event_handler *event = &call->arg.event;
	struct tdi_event_handler handler = {
		.context = event->event_context,
		.lookahead = event->lookahead,
	};

	if (event->head.flags & ~TDI_EVENT_HANDLER)
		return STATUS_INVALID_PARAMETER;
	if (tdi_file_kind(call->file) != TDI_TRANSPORT_ADDRESS_FILE)
		return STATUS_INVALID_DEVICE_REQUEST;
	return tdi_event_set_handler(call->file, event->event_type,
				     event->head.flags & TDI_EVENT_HANDLER,
				     &handler);
}

static u32 tdi_call_event_reply(struct tdi_call *call)
{
	const struct tdi_event_reply *reply = &call->arg.reply;

	if (tdi_file_kind(call->file) != TDI_TRANSPORT_ADDRESS_FILE)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (reply->__reserved)
		return STATUS_INVALID_PARAMETER;
	return tdi_event_reply(call->file, reply->cookie, reply->status);
}

static u32 tdi_call_disconnect(struct tdi_call *call)
{
	const struct tdi_disconnect *disconnect = &call->arg.disconnect;
	struct tdi_waiter waiter;
	u32 status;

	if (!tdi_call_endpoint(call))
		return STATUS_INVALID_CONNECTION;
	status = tdi_call_check_information(&disconnect->request);
	if (!status)
		status = tdi_call_check_information(&disconnect->ret);
	if (status)
		return status;

	tdi_call_request(call, &waiter);
	return tdi_call_finish(call, &waiter, tdi_disconnect(&waiter.req),
			       tdi_timeout(disconnect->timeout,
					   msecs_to_jiffies(TDI_DISCONNECT_TIMEOUT_MS)));
}

/* @mode: what the file must have been opened for */
static u32 tdi_call_data(struct tdi_call *call, unsigned int direction,
			 fmode_t mode, u32 (*submit)(struct tdi_request *req))
{
	struct iovec stack[UIO_FASTIOV], *iov = stack;
	const struct tdi_data *data = &call->arg.data;
	void __user *buffer = u64_to_user_ptr(data->buffer);
	struct tdi_waiter waiter;
	struct iov_iter *iter;
	u32 status;
	ssize_t n;

	if (!tdi_call_endpoint(call))
		return STATUS_INVALID_CONNECTION;
	if (!(call->filp->f_mode & mode))
		return STATUS_ACCESS_DENIED;
	if (data->__reserved || data->length > MAX_RW_COUNT ||
	    (data->iov_count && data->length))
		return STATUS_INVALID_PARAMETER;

	tdi_call_request(call, &waiter);
	memset(&waiter.req.msg, 0, sizeof(waiter.req.msg));
	iter = &waiter.req.msg.msg_iter;
	if (data->iov_count) {
		n = import_iovec(direction, buffer, data->iov_count,
				 ARRAY_SIZE(stack), &iov, iter);
	} else {
		iov = NULL;
		n = import_ubuf(direction, buffer, data->length, iter);
	}
	if (n < 0)
		return tdi_status_from_errno(n);

	status = tdi_call_finish(call, &waiter, submit(&waiter.req),
				 MAX_SCHEDULE_TIMEOUT);
	kfree(iov);
	return status;
}

static u32 tdi_call_send(struct tdi_call *call)
{
	return tdi_call_data(call, ITER_SOURCE, FMODE_WRITE, tdi_send);
}

static u32 tdi_call_receive(struct tdi_call *call)
{
	return tdi_call_data(call, ITER_DEST, FMODE_READ, tdi_receive);
}

static u32 tdi_call_query(struct tdi_call *call)
{
	struct tdi_query_information *query = &call->arg.query;
	union tdi_information result;
	size_t length;
	u32 status;

	status = tdi_query_information(call->file, query->query_type, &result,
				       &length);
	if (status)
		return status;
	if (length > query->length) {
		length = query->length;
		status = STATUS_BUFFER_OVERFLOW;
	}
	if (copy_to_user(u64_to_user_ptr(query->buffer), &result, length))
		return STATUS_ACCESS_VIOLATION;
	query->head.information = length;
	return status;
}

static u32 tdi_call_cancel(struct tdi_call *call)
{
	struct tdi_cancel *cancel = &call->arg.cancel;
	u64 count;
	u32 status;

	if (cancel->head.flags & ~TDI_CANCEL_ALL)
		return STATUS_INVALID_PARAMETER;
	status = tdi_file_cancel(call->file,
				 cancel->head.flags & TDI_CANCEL_ALL,
				 cancel->target, &count);
	if (status == STATUS_CANCELLED)
		call->interrupted = -EINTR;
	cancel->head.information = count;
	return status;
}

static u32 tdi_call_caps(struct tdi_call *call);

/**
 * struct tdi_command - row of the command table
 * @cmd: the whole command
 * @min_size: of its argument, in the first version
 * @size: of its argument
 * @any_flags: the request looks at the flags itself
 * @call: what it does
 */
struct tdi_command {
	unsigned int cmd;
	unsigned int min_size;
	unsigned int size;
	bool any_flags;
	u32 (*call)(struct tdi_call *call);
};

#define TDI_COMMAND(_cmd, _type, _min_size, _any_flags, _call)		\
	[_IOC_NR(_cmd) - TDI_IOC_BASE] = {				\
		.cmd = _cmd,						\
		.min_size = _min_size, .size = sizeof(struct _type),	\
		.any_flags = _any_flags, .call = _call,			\
	}

static const struct tdi_command tdi_commands[] = {
	TDI_COMMAND(TDI_IOC_QUERY_CAPS, tdi_query_caps,
		    TDI_QUERY_CAPS_SIZE_VER0, false, tdi_call_caps),
	TDI_COMMAND(TDI_IOC_CREATE, tdi_create,
		    TDI_CREATE_SIZE_VER0, false, tdi_call_create),
	TDI_COMMAND(TDI_IOC_CANCEL, tdi_cancel,
		    TDI_CANCEL_SIZE_VER0, true, tdi_call_cancel),
	TDI_COMMAND(TDI_IOC_ASSOCIATE_ADDRESS, tdi_associate_address,
		    TDI_ASSOCIATE_ADDRESS_SIZE_VER0, false, tdi_call_associate),
	TDI_COMMAND(TDI_IOC_DISASSOCIATE_ADDRESS, tdi_disassociate_address,
		    TDI_DISASSOCIATE_ADDRESS_SIZE_VER0, false, tdi_call_disassociate),
	TDI_COMMAND(TDI_IOC_CONNECT, tdi_connect,
		    TDI_CONNECT_SIZE_VER0, true, tdi_call_connect),
	TDI_COMMAND(TDI_IOC_LISTEN, tdi_listen,
		    TDI_LISTEN_SIZE_VER0, true, tdi_call_listen),
	TDI_COMMAND(TDI_IOC_ACCEPT, tdi_accept,
		    TDI_ACCEPT_SIZE_VER0, true, tdi_call_accept),
	TDI_COMMAND(TDI_IOC_SET_EVENT_HANDLER, tdi_set_event_handler,
		    TDI_SET_EVENT_HANDLER_SIZE_VER0, true,
		    tdi_call_set_event_handler),
	TDI_COMMAND(TDI_IOC_EVENT_REPLY, tdi_event_reply,
		    TDI_EVENT_REPLY_SIZE_VER0, false, tdi_call_event_reply),
	TDI_COMMAND(TDI_IOC_DISCONNECT, tdi_disconnect,
		    TDI_DISCONNECT_SIZE_VER0, true, tdi_call_disconnect),
	TDI_COMMAND(TDI_IOC_SEND, tdi_data,
		    TDI_DATA_SIZE_VER0, true, tdi_call_send),
	TDI_COMMAND(TDI_IOC_RECEIVE, tdi_data,
		    TDI_DATA_SIZE_VER0, true, tdi_call_receive),
	TDI_COMMAND(TDI_IOC_QUERY_INFORMATION, tdi_query_information,
		    TDI_QUERY_INFORMATION_SIZE_VER0, false, tdi_call_query),
};

static u32 tdi_call_caps(struct tdi_call *call)
{
	struct tdi_query_caps *caps = &call->arg.caps;
	struct tdi_query_caps __user *user = call->user;
	int i;

	caps->abi_version = TDI_ABI_VERSION;
	caps->device = call->file->device->id;
	caps->capabilities = IS_ENABLED(CONFIG_IPV6) ? TDI_CAP_IPV6 : 0;
	caps->commands = 0;
	for (i = 0; i < ARRAY_SIZE(tdi_commands); i++)
		if (tdi_commands[i].call)
			caps->commands |= BIT_ULL(i);
	if (copy_to_user(&user->abi_version, &caps->abi_version,
			 call->size - offsetof(struct tdi_query_caps,
					       abi_version)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

static const struct tdi_command *tdi_command_find(unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd) - TDI_IOC_BASE;
	const struct tdi_command *command;

	if (nr >= ARRAY_SIZE(tdi_commands))
		return NULL;
	command = &tdi_commands[array_index_nospec(nr,
						   ARRAY_SIZE(tdi_commands))];
	return command->call && command->cmd == cmd ? command : NULL;
}

static u32 tdi_call_run(struct tdi_call *call, const struct tdi_command *command)
{
	struct tdi_head *head = &call->arg.head;

	if (head->__reserved || (head->flags && !command->any_flags))
		return STATUS_INVALID_PARAMETER;
	return command->call(call);
}

/* status and information, which lie side by side */
static int tdi_call_write_back(struct tdi_call *call, u32 status)
{
	struct tdi_head __user *user = call->user;
	struct tdi_head *head = &call->arg.head;
	size_t offset = offsetof(struct tdi_head, information);

	head->status = status;
	return copy_to_user((void __user *)user + offset, (void *)head + offset,
			    offsetofend(struct tdi_head, status) - offset) ?
	       -EFAULT : 0;
}

long tdi_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	const struct tdi_command *command = tdi_command_find(cmd);
	struct tdi_call call = {
		.filp = filp,
		.file = filp->private_data,
		.user = (void __user *)arg,
	};
	u32 size, status;
	int err;

	if (!command)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)call.user))
		return -EFAULT;
	if (size < command->min_size)
		return -EINVAL;
	call.size = min(size, command->size);

	err = size > PAGE_SIZE ? -E2BIG :
	      copy_struct_from_user(&call.arg, command->size, call.user, size);
	if (err) {
		/* nothing of it was read, so nothing is known to be zero */
		memset(&call.arg, 0, sizeof(call.arg));
		tdi_call_write_back(&call, tdi_status_from_errno(err));
		return err;
	}
	call.arg.head.information = 0;

	status = tdi_call_run(&call, command);
	if (tdi_call_write_back(&call, status))
		return -EFAULT;
	return call.interrupted ? : tdi_status_to_errno(status);
}
