// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that can pend, out of user memory and back.
 */
#include <linux/ktime.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "call.h"
#include "compat.h"
#include "connection.h"
#include "taddr.h"

/* NT's timeout: negative is from now, positive is system time, 0 is none */
ktime_t tdi_deadline(s64 timeout)
{
	s64 left;

	if (!timeout)
		return KTIME_MAX;
	if (timeout > 0)
		left = timeout - TDI_NT_EPOCH -
		       div_s64(ktime_get_real_ns(), 100);
	else
		left = timeout == S64_MIN ? S64_MAX : -timeout;
	/* no longer than fits, in nanoseconds */
	left = clamp_t(s64, left, 0, S64_MAX / 100);
	return ktime_add_safe(ktime_get(), ns_to_ktime(left * 100));
}

/* Requests on connections are refused with TDI's own word for it. */
struct tdi_endpoint *tdi_call_endpoint(struct tdi_call *call)
{
	if (tdi_file_kind(call->file) != TDI_CONNECTION_FILE)
		return NULL;
	return &call->file->endpoint;
}

u32 tdi_call_check_information(const struct tdi_connection_information *ci)
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
u32 tdi_call_probe_return(const struct tdi_connection_information *ret)
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

/* @user: where its length goes, or NULL for a caller that is not there any more */
u32 tdi_call_return_address(const struct tdi_connection_information *ret,
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
	    (user && put_user(length, &user->remote_address_length)))
		return STATUS_ACCESS_VIOLATION;
	return STATUS_SUCCESS;
}

/* A request out of a call, ready to be submitted */
u32 tdi_call_prepare(struct tdi_call *call, struct tdi_request *req)
{
	u32 status = tdi_file_check(call->file, call->command->files);

	if (status)
		return status;
	req->cookie = call->arg.head.cookie;
	req->flags = call->arg.head.flags;
	req->nonblock = call->filp->f_flags & O_NONBLOCK;
	call->deadline = KTIME_MAX;
	return call->command->prepare(call, req);
}

/* It is over, or never began. */
void tdi_call_end(struct tdi_call *call)
{
	kfree(call->iov);
}

u32 tdi_call_connect(struct tdi_call *call, struct tdi_request *req)
{
	const struct tdi_connect *connect = &call->arg.connect;
	u8 ta[TDI_TADDR_MAX];
	size_t length;
	u32 status;

	status = tdi_call_check_information(&connect->request);
	if (!status)
		status = tdi_call_probe_return(&connect->ret);
	if (!status)
		status = tdi_call_copy_address(&connect->request, ta, &length);
	if (!status)
		status = tdi_taddr_parse(ta, length, &req->remote);
	call->deadline = tdi_deadline(connect->timeout);
	return status;
}

u32 tdi_call_connected(struct tdi_call *call, struct tdi_request *req)
{
	struct tdi_connect __user *user = call->user;
	u32 status;

	status = tdi_call_return_address(&call->arg.connect.ret,
					 user ? &user->ret : NULL,
					 &req->remote);
	if (tdi_call_endpoint(call))
		tdi_connection_announce(&call->file->endpoint, req->epoch);
	return status;
}

u32 tdi_call_listen(struct tdi_call *call, struct tdi_request *req)
{
	const struct tdi_listen *listen = &call->arg.listen;
	u8 ta[TDI_TADDR_MAX];
	size_t length;
	u32 status;

	status = tdi_call_check_information(&listen->request);
	if (!status)
		status = tdi_call_probe_return(&listen->ret);
	if (!status)
		status = tdi_call_copy_address(&listen->request, ta, &length);
	if (!status)
		status = tdi_taddr_parse_filter(ta, length, &req->filter);
	return status;
}

u32 tdi_call_listened(struct tdi_call *call, struct tdi_request *req)
{
	struct tdi_listen __user *user = call->user;
	u32 status;

	status = tdi_call_return_address(&call->arg.listen.ret,
					 user ? &user->ret : NULL,
					 &req->remote);
	tdi_connection_announce(&call->file->endpoint, req->epoch);
	return status;
}

u32 tdi_call_disconnect(struct tdi_call *call, struct tdi_request *req)
{
	const struct tdi_disconnect *disconnect = &call->arg.disconnect;
	u32 status;

	status = tdi_call_check_information(&disconnect->request);
	if (!status)
		status = tdi_call_check_information(&disconnect->ret);
	call->deadline = tdi_deadline(disconnect->timeout ? :
				      -TDI_DISCONNECT_TIMEOUT_MS * 10000LL);
	return status;
}

/* The buffer of a request, if the file was opened for that direction */
static u32 tdi_call_import(struct tdi_call *call, struct tdi_request *req,
			   u64 address, u64 length, u32 count,
			   unsigned int direction)
{
	fmode_t mode = direction == ITER_SOURCE ? FMODE_WRITE : FMODE_READ;
	void __user *buffer = u64_to_user_ptr(address);
	struct iov_iter *iter = &req->msg.msg_iter;
	ssize_t n;

	if (!(call->filp->f_mode & mode))
		return STATUS_ACCESS_DENIED;
	if (length > MAX_RW_COUNT || (count && length))
		return STATUS_INVALID_PARAMETER;

	memset(&req->msg, 0, sizeof(req->msg));
	if (count) {
		call->iov = call->fast;
		n = import_iovec(direction, buffer, count,
				 ARRAY_SIZE(call->fast), &call->iov, iter);
	} else {
		n = import_ubuf(direction, buffer, length, iter);
	}
	return n < 0 ? tdi_status_from_errno(n) : STATUS_SUCCESS;
}

static u32 tdi_call_data(struct tdi_call *call, struct tdi_request *req,
			 unsigned int direction)
{
	const struct tdi_data *data = &call->arg.data;

	if (data->__reserved)
		return STATUS_INVALID_PARAMETER;
	return tdi_call_import(call, req, data->buffer, data->length,
			       data->iov_count, direction);
}

u32 tdi_call_send(struct tdi_call *call, struct tdi_request *req)
{
	return tdi_call_data(call, req, ITER_SOURCE);
}

u32 tdi_call_receive(struct tdi_call *call, struct tdi_request *req)
{
	return tdi_call_data(call, req, ITER_DEST);
}

/* The remote is where to, or a filter */
static u32 tdi_call_datagram(struct tdi_call *call, struct tdi_request *req,
			     unsigned int direction)
{
	const struct tdi_datagram *datagram = &call->arg.datagram;
	u8 ta[TDI_TADDR_MAX];
	size_t length;
	u32 status;

	if (datagram->__reserved)
		return STATUS_INVALID_PARAMETER;
	status = tdi_call_check_information(&datagram->request);
	if (!status)
		status = tdi_call_copy_address(&datagram->request, ta, &length);
	if (!status && direction == ITER_SOURCE && length)
		status = tdi_taddr_parse(ta, length, &req->remote);
	else if (!status)
		status = tdi_taddr_parse_filter(ta, length, &req->remote);
	if (!status)
		status = tdi_call_import(call, req, datagram->buffer,
					 datagram->length, datagram->iov_count,
					 direction);
	return status;
}

u32 tdi_call_send_datagram(struct tdi_call *call, struct tdi_request *req)
{
	const struct tdi_datagram *datagram = &call->arg.datagram;

	if (memchr_inv(&datagram->ret, 0, sizeof(datagram->ret)))
		return STATUS_INVALID_PARAMETER;
	return tdi_call_datagram(call, req, ITER_SOURCE);
}

u32 tdi_call_receive_datagram(struct tdi_call *call, struct tdi_request *req)
{
	u32 status = tdi_call_probe_return(&call->arg.datagram.ret);

	return status ? status : tdi_call_datagram(call, req, ITER_DEST);
}

u32 tdi_call_received_datagram(struct tdi_call *call, struct tdi_request *req)
{
	struct tdi_datagram __user *user = call->user;

	return tdi_call_return_address(&call->arg.datagram.ret,
				       user ? &user->ret : NULL, &req->remote);
}
