// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of <linux/tdi.h>: the table, and what is done at once.
 */
#include <linux/file.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "call.h"
#include "chardev.h"
#include "connection.h"
#include "datagram.h"
#include "endpoint.h"
#include "event.h"
#include "info.h"
#include "ioctl.h"
#include "listen.h"
#include "notify.h"
#include "object.h"
#include "offer.h"
#include "option.h"
#include "stream.h"
#include "uring.h"

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
static_assert(sizeof(struct tdi_send_batch) == TDI_SEND_BATCH_SIZE_VER0);
static_assert(sizeof(struct tdi_batch_entry) == 40);
static_assert(offsetof(struct tdi_batch_entry, information) == 24);
static_assert(sizeof(struct tdi_event) == 64);
static_assert(offsetof(struct tdi_event, address) == 64);
static_assert(sizeof(struct tdi_disconnect) == TDI_DISCONNECT_SIZE_VER0);
static_assert(sizeof(struct tdi_data) == TDI_DATA_SIZE_VER0);
static_assert(sizeof(struct tdi_datagram) == TDI_DATAGRAM_SIZE_VER0);
static_assert(offsetof(struct tdi_datagram, request) == 56);
static_assert(offsetof(struct tdi_datagram, ret) == 96);
static_assert(sizeof(struct tdi_query_information) == TDI_QUERY_INFORMATION_SIZE_VER0);
static_assert(sizeof(struct tdi_set_information) == TDI_SET_INFORMATION_SIZE_VER0);
static_assert(sizeof(struct tdi_action) == TDI_ACTION_SIZE_VER0);
static_assert(sizeof(struct tdi_action_header) == 8);
static_assert(sizeof(struct tdi_object_id) == 20);
static_assert(sizeof(struct tdi_query_information_ex) == TDI_QUERY_INFORMATION_EX_SIZE_VER0);
static_assert(sizeof(struct tdi_set_information_ex) == TDI_SET_INFORMATION_EX_SIZE_VER0);
static_assert(sizeof(struct tdi_ip_snmp_info) == 92);
static_assert(sizeof(struct tdi_ip_addr_entry) == 24);
static_assert(sizeof(struct tdi_if_entry) == 92);
static_assert(sizeof(struct tdi_cancel) == TDI_CANCEL_SIZE_VER0);
static_assert(sizeof(struct tdi_query_caps) == TDI_QUERY_CAPS_SIZE_VER0);
static_assert(sizeof(struct tdi_connection_info) == 56);
static_assert(sizeof(struct tdi_address_ip) == TDI_ADDRESS_LENGTH_IP);
static_assert(sizeof(struct tdi_address_ip6) == TDI_ADDRESS_LENGTH_IP6);

static u32 tdi_call_create(struct tdi_call *call)
{
	const struct tdi_create *create = &call->arg.create;
	void *ea = NULL;
	u32 status;

	if (create->__reserved || create->ea_length > TDI_EA_MAX)
		return STATUS_INVALID_PARAMETER;
	if (create->ea_length) {
		ea = memdup_user(u64_to_user_ptr(create->ea_buffer),
				 create->ea_length);
		if (IS_ERR(ea))
			return tdi_status_from_errno(PTR_ERR(ea));
	}
	status = tdi_file_create(call->file, ea, create->ea_length,
				 create->share_access, create->protocol,
				 call->filp->f_cred);
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

static u32 tdi_call_accept(struct tdi_call *call)
{
	const struct tdi_accept *accept = &call->arg.accept;
	struct tdi_accept __user *user = call->user;
	struct tdi_endpoint *ep = tdi_call_endpoint(call);
	bool replace = accept->head.flags & TDI_ACCEPT_CONTEXT;
	struct sockaddr_storage peer;
	u32 status, epoch;

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
				    &peer, &epoch);
	if (status)
		return status;
	status = tdi_call_return_address(&accept->ret,
					 user ? &user->ret : NULL, &peer);
	tdi_connection_announce(ep, epoch);
	return status;
}

static u32 tdi_call_set_event_handler(struct tdi_call *call)
{
	const struct tdi_set_event_handler *event = &call->arg.event;
	struct tdi_event_handler handler = {
		.context = event->event_context,
		.lookahead = event->lookahead,
	};
	bool on;

	if (event->head.flags & ~TDI_EVENT_HANDLER)
		return STATUS_INVALID_PARAMETER;
	on = event->head.flags & TDI_EVENT_HANDLER;
	return tdi_file_set_handler(call->file, event->event_type, on,
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

/* There is nothing that TDI could set. */
static u32 tdi_call_set(struct tdi_call *call)
{
	u32 type = call->arg.set.set_type;

	return tdi_query_exists(type) ? STATUS_NOT_IMPLEMENTED :
					STATUS_INVALID_DEVICE_REQUEST;
}

static u32 tdi_call_action(struct tdi_call *call)
{
	const struct tdi_action *action = &call->arg.action;
	struct tdi_action_header header;

	if (action->__reserved || action->length < sizeof(header))
		return STATUS_INVALID_PARAMETER;
	if (copy_from_user(&header, u64_to_user_ptr(action->buffer),
			   sizeof(header)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_NOT_IMPLEMENTED;
}

static u32 tdi_call_query_ex(struct tdi_call *call)
{
	struct tdi_query_information_ex *query = &call->arg.query_ex;
	struct tdi_answer answer = {
		.room = min_t(size_t, query->length, TDI_ANSWER_MAX),
	};
	size_t length;
	u32 status;

	answer.bytes = kvmalloc(answer.room, GFP_KERNEL_ACCOUNT);
	if (!answer.bytes)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = tdi_object_query(call->file, &query->id, query->context,
				  &answer);
	length = min(answer.length, answer.room);
	if (!status && copy_to_user(u64_to_user_ptr(query->buffer),
				    answer.bytes, length))
		status = STATUS_ACCESS_VIOLATION;
	kvfree(answer.bytes);
	if (status)
		return status;
	query->head.information = length;
	return answer.length > length ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static u32 tdi_call_set_ex(struct tdi_call *call)
{
	struct tdi_set_information_ex *set = &call->arg.set_ex;
	void *value;
	u32 status;

	if (!set->length || set->length > TDI_OPTION_MAX)
		return STATUS_INVALID_PARAMETER;
	value = memdup_user(u64_to_user_ptr(set->buffer), set->length);
	if (IS_ERR(value))
		return tdi_status_from_errno(PTR_ERR(value));
	status = tdi_object_set(call->file, &set->id, value, set->length);
	kfree(value);
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

#define TDI_COMMAND(_cmd, _type, _min_size, _any_flags, ...)		\
	[_IOC_NR(_cmd) - TDI_IOC_BASE] = {				\
		.cmd = _cmd,						\
		.min_size = _min_size, .size = sizeof(struct _type),	\
		.any_flags = _any_flags, __VA_ARGS__			\
	}

static const struct tdi_command tdi_commands[] = {
	TDI_COMMAND(TDI_IOC_QUERY_CAPS, tdi_query_caps,
		    TDI_QUERY_CAPS_SIZE_VER0, false,
		    .call = tdi_call_caps),
	TDI_COMMAND(TDI_IOC_CREATE, tdi_create,
		    TDI_CREATE_SIZE_VER0, false,
		    .call = tdi_call_create),
	TDI_COMMAND(TDI_IOC_CANCEL, tdi_cancel,
		    TDI_CANCEL_SIZE_VER0, true,
		    .call = tdi_call_cancel),
	TDI_COMMAND(TDI_IOC_EVENT_REPLY, tdi_event_reply,
		    TDI_EVENT_REPLY_SIZE_VER0, false,
		    .call = tdi_call_event_reply),
	TDI_COMMAND(TDI_IOC_SEND_BATCH, tdi_send_batch,
		    TDI_SEND_BATCH_SIZE_VER0, false,
		    .call = tdi_call_send_batch),
	TDI_COMMAND(TDI_IOC_ASSOCIATE_ADDRESS, tdi_associate_address,
		    TDI_ASSOCIATE_ADDRESS_SIZE_VER0, false,
		    .call = tdi_call_associate),
	TDI_COMMAND(TDI_IOC_DISASSOCIATE_ADDRESS, tdi_disassociate_address,
		    TDI_DISASSOCIATE_ADDRESS_SIZE_VER0, false,
		    .call = tdi_call_disassociate),
	TDI_COMMAND(TDI_IOC_CONNECT, tdi_connect,
		    TDI_CONNECT_SIZE_VER0, true,
		    .files = TDI_ON_ENDPOINT | TDI_ON_DATAGRAM,
		    .prepare = tdi_call_connect,
		    .submit = tdi_connect, .finish = tdi_call_connected),
	TDI_COMMAND(TDI_IOC_LISTEN, tdi_listen,
		    TDI_LISTEN_SIZE_VER0, true,
		    .files = TDI_ON_ENDPOINT, .prepare = tdi_call_listen,
		    .submit = tdi_listen, .finish = tdi_call_listened),
	TDI_COMMAND(TDI_IOC_ACCEPT, tdi_accept,
		    TDI_ACCEPT_SIZE_VER0, true,
		    .call = tdi_call_accept),
	TDI_COMMAND(TDI_IOC_DISCONNECT, tdi_disconnect,
		    TDI_DISCONNECT_SIZE_VER0, true,
		    .files = TDI_ON_ENDPOINT | TDI_ON_DATAGRAM,
		    .prepare = tdi_call_disconnect,
		    .submit = tdi_disconnect),
	TDI_COMMAND(TDI_IOC_SEND, tdi_data,
		    TDI_DATA_SIZE_VER0, true,
		    .files = TDI_ON_ENDPOINT,
		    .prepare = tdi_call_send, .submit = tdi_send),
	TDI_COMMAND(TDI_IOC_RECEIVE, tdi_data,
		    TDI_DATA_SIZE_VER0, true,
		    .files = TDI_ON_ENDPOINT,
		    .prepare = tdi_call_receive, .submit = tdi_receive),
	TDI_COMMAND(TDI_IOC_SEND_DATAGRAM, tdi_datagram,
		    TDI_DATAGRAM_SIZE_VER0, true,
		    .files = TDI_ON_DATAGRAM,
		    .prepare = tdi_call_send_datagram,
		    .submit = tdi_send_datagram),
	TDI_COMMAND(TDI_IOC_RECEIVE_DATAGRAM, tdi_datagram,
		    TDI_DATAGRAM_SIZE_VER0, true,
		    .files = TDI_ON_DATAGRAM,
		    .prepare = tdi_call_receive_datagram,
		    .submit = tdi_receive_datagram,
		    .finish = tdi_call_received_datagram),
	TDI_COMMAND(TDI_IOC_SET_EVENT_HANDLER, tdi_set_event_handler,
		    TDI_SET_EVENT_HANDLER_SIZE_VER0, true,
		    .call = tdi_call_set_event_handler),
	TDI_COMMAND(TDI_IOC_QUERY_INFORMATION, tdi_query_information,
		    TDI_QUERY_INFORMATION_SIZE_VER0, false,
		    .call = tdi_call_query),
	TDI_COMMAND(TDI_IOC_SET_INFORMATION, tdi_set_information,
		    TDI_SET_INFORMATION_SIZE_VER0, false,
		    .call = tdi_call_set),
	TDI_COMMAND(TDI_IOC_ACTION, tdi_action,
		    TDI_ACTION_SIZE_VER0, false,
		    .call = tdi_call_action),
	TDI_COMMAND(TDI_IOC_QUERY_INFORMATION_EX, tdi_query_information_ex,
		    TDI_QUERY_INFORMATION_EX_SIZE_VER0, false,
		    .call = tdi_call_query_ex),
	TDI_COMMAND(TDI_IOC_SET_INFORMATION_EX, tdi_set_information_ex,
		    TDI_SET_INFORMATION_EX_SIZE_VER0, false,
		    .call = tdi_call_set_ex),
};

static u32 tdi_call_caps(struct tdi_call *call)
{
	struct tdi_query_caps *caps = &call->arg.caps;
	struct tdi_query_caps __user *user = call->user;
	int i;

	caps->abi_version = TDI_ABI_VERSION;
	caps->device = call->file->device->id;
	caps->capabilities = IS_ENABLED(CONFIG_IPV6) ? TDI_CAP_IPV6 : 0;
	if (TDI_HAVE_URING)
		caps->capabilities |= TDI_CAP_URING;
	caps->commands = 0;
	for (i = 0; i < ARRAY_SIZE(tdi_commands); i++)
		if (tdi_commands[i].cmd)
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
	return command->cmd == cmd ? command : NULL;
}

/* What holds for every command */
u32 tdi_call_check(const struct tdi_call *call)
{
	const struct tdi_head *head = &call->arg.head;

	return head->__reserved || (head->flags && !call->command->any_flags) ?
	       STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/* status and information, which lie side by side */
int tdi_call_write_back(struct tdi_call *call, u32 status)
{
	struct tdi_head __user *user = call->user;
	struct tdi_head *head = &call->arg.head;
	size_t offset = offsetof(struct tdi_head, information);

	head->status = status;
	return copy_to_user((void __user *)user + offset, (void *)head + offset,
			    offsetofend(struct tdi_head, status) - offset) ?
	       -EFAULT : 0;
}

/**
 * tdi_call_begin() - take a call in
 * @call: result
 * @filp: open file
 * @cmd: TDI_IOC_xxx
 * @user: its argument
 *
 * Return: 0; -ENOTTY for an unknown command, -EINVAL for an argument that is
 * too short, -EFAULT or -E2BIG; then nothing is left to be done.
 */
int tdi_call_begin(struct tdi_call *call, struct file *filp, unsigned int cmd,
		   void __user *user)
{
	const struct tdi_command *command = tdi_command_find(cmd);
	u32 size;
	int err;

	if (!command)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < command->min_size)
		return -EINVAL;

	call->filp = filp;
	call->file = filp->private_data;
	call->command = command;
	call->user = user;
	call->size = min(size, command->size);
	call->interrupted = 0;
	call->iov = NULL;
	err = size > PAGE_SIZE ? -E2BIG :
	      copy_struct_from_user(&call->arg, command->size, user, size);
	if (err) {
		/* nothing of it was read, so nothing is known to be zero */
		memset(&call->arg, 0, sizeof(call->arg));
		tdi_call_write_back(call, tdi_status_from_errno(err));
		return err;
	}
	call->arg.head.information = 0;
	return 0;
}
