// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTSTATUS <-> errno, the table of <linux/tdi.h>.  Pure: no locks, no memory.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "status.h"

struct tdi_status_row {
	u32 status;
	int err;
};

/* Where several statuses share an errno, the first one is its translation. */
static const struct tdi_status_row tdi_status_table[] = {
	{ STATUS_SUCCESS,			0 },
	{ STATUS_PENDING,			EINPROGRESS },
	{ STATUS_DEVICE_NOT_READY,		EAGAIN },
	{ STATUS_INVALID_CONNECTION,		ENOTCONN },
	{ STATUS_ADDRESS_NOT_ASSOCIATED,	ENOTCONN },
	{ STATUS_CONNECTION_ACTIVE,		EISCONN },
	{ STATUS_ADDRESS_ALREADY_ASSOCIATED,	EISCONN },
	{ STATUS_CONNECTION_RESET,		ECONNRESET },
	{ STATUS_REMOTE_DISCONNECT,		ECONNRESET },
	{ STATUS_CONNECTION_REFUSED,		ECONNREFUSED },
	{ STATUS_REMOTE_NOT_LISTENING,		ECONNREFUSED },
	{ STATUS_PORT_UNREACHABLE,		ECONNREFUSED },
	{ STATUS_CONNECTION_ABORTED,		ECONNABORTED },
	{ STATUS_LOCAL_DISCONNECT,		ECONNABORTED },
	{ STATUS_GRACEFUL_DISCONNECT,		EPIPE },
	{ STATUS_IO_TIMEOUT,			ETIMEDOUT },
	{ STATUS_NETWORK_UNREACHABLE,		ENETUNREACH },
	{ STATUS_HOST_UNREACHABLE,		EHOSTUNREACH },
	{ STATUS_HOST_DOWN,			EHOSTDOWN },
	{ STATUS_PROTOCOL_UNREACHABLE,		ENOPROTOOPT },
	{ STATUS_CANCELLED,			ECANCELED },
	{ STATUS_ADDRESS_ALREADY_EXISTS,	EADDRINUSE },
	{ STATUS_TOO_MANY_ADDRESSES,		EADDRINUSE },
	{ STATUS_INVALID_ADDRESS,		EADDRNOTAVAIL },
	{ STATUS_INVALID_ADDRESS_COMPONENT,	EAFNOSUPPORT },
	{ STATUS_INVALID_PARAMETER,		EINVAL },
	{ STATUS_INVALID_EA_NAME,		EINVAL },
	{ STATUS_NONEXISTENT_EA_ENTRY,		EINVAL },
	{ STATUS_ACCESS_VIOLATION,		EFAULT },
	{ STATUS_ACCESS_DENIED,			EACCES },
	{ STATUS_INSUFFICIENT_RESOURCES,	ENOMEM },
	{ STATUS_BUFFER_OVERFLOW,		EMSGSIZE },
	{ STATUS_INVALID_BUFFER_SIZE,		EMSGSIZE },
	{ STATUS_INVALID_HANDLE,		EBADF },
	{ STATUS_INVALID_DEVICE_REQUEST,	EBADFD },
	{ STATUS_INVALID_DEVICE_STATE,		EBUSY },
	{ STATUS_SHARING_VIOLATION,		EBUSY },
	{ STATUS_NOT_IMPLEMENTED,		EOPNOTSUPP },
	{ STATUS_NOT_SUPPORTED,			EOPNOTSUPP },
	{ STATUS_OBJECT_NAME_NOT_FOUND,		ENOENT },
	{ STATUS_UNSUCCESSFUL,			EIO },
	/* errno values that have no status of their own */
	{ STATUS_INSUFFICIENT_RESOURCES,	ENOBUFS },
	{ STATUS_INSUFFICIENT_RESOURCES,	EMFILE },
	{ STATUS_INSUFFICIENT_RESOURCES,	ENFILE },
	{ STATUS_ACCESS_DENIED,			EPERM },
	{ STATUS_CANCELLED,			EINTR },
	{ STATUS_CANCELLED,			ERESTARTSYS },
	{ STATUS_CONNECTION_ACTIVE,		EALREADY },
	{ STATUS_INVALID_PARAMETER,		E2BIG },
	{ STATUS_NETWORK_UNREACHABLE,		ENETDOWN },
	{ STATUS_PROTOCOL_UNREACHABLE,		EPROTO },
	{ STATUS_HOST_UNREACHABLE,		ENONET },
	{ STATUS_INVALID_ADDRESS,		ENODEV },
	{ STATUS_NOT_IMPLEMENTED,		EPROTONOSUPPORT },
};

/**
 * tdi_status_to_errno() - errno of a status
 * @status: NTSTATUS
 *
 * Any context.
 *
 * Return: 0 or a negative errno; -EIO for a status that is not in the table.
 */
int tdi_status_to_errno(u32 status)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(tdi_status_table); i++)
		if (tdi_status_table[i].status == status)
			return -tdi_status_table[i].err;
	return -EIO;
}

/**
 * tdi_status_from_errno() - status of an errno
 * @err: 0 or a negative errno
 *
 * Any context.
 *
 * Return: NTSTATUS; STATUS_UNSUCCESSFUL for an errno that is not in the table.
 */
u32 tdi_status_from_errno(int err)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(tdi_status_table); i++)
		if (tdi_status_table[i].err == -err)
			return tdi_status_table[i].status;
	return STATUS_UNSUCCESSFUL;
}
