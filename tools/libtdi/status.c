// SPDX-License-Identifier: LGPL-2.1-or-later
/* NTSTATUS values: their names, and the errno of each */
#include <string.h>
#include "internal.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PREFIX		"STATUS_"

static const struct {
	uint32_t    status;
	const char *name;
} names[] = {
#include "status_names.inc"	/* made from <linux/tdi_status.h> */
};

/*
 * The table in <linux/tdi.h>, in the order of the module's.  Of several rows
 * with one errno the first is what that errno is taken for.
 */
static const struct {
	uint32_t status;
	int	 error;
} errnos[] = {
	{ STATUS_SUCCESS,		    0 },
	{ STATUS_PENDING,		    EINPROGRESS },
	{ STATUS_DEVICE_NOT_READY,	    EAGAIN },
	{ STATUS_INVALID_CONNECTION,	    ENOTCONN },
	{ STATUS_ADDRESS_NOT_ASSOCIATED,    ENOTCONN },
	{ STATUS_CONNECTION_ACTIVE,	    EISCONN },
	{ STATUS_ADDRESS_ALREADY_ASSOCIATED, EISCONN },
	{ STATUS_CONNECTION_RESET,	    ECONNRESET },
	{ STATUS_REMOTE_DISCONNECT,	    ECONNRESET },
	{ STATUS_CONNECTION_REFUSED,	    ECONNREFUSED },
	{ STATUS_REMOTE_NOT_LISTENING,	    ECONNREFUSED },
	{ STATUS_PORT_UNREACHABLE,	    ECONNREFUSED },
	{ STATUS_CONNECTION_ABORTED,	    ECONNABORTED },
	{ STATUS_LOCAL_DISCONNECT,	    ECONNABORTED },
	{ STATUS_GRACEFUL_DISCONNECT,	    EPIPE },
	{ STATUS_IO_TIMEOUT,		    ETIMEDOUT },
	{ STATUS_NETWORK_UNREACHABLE,	    ENETUNREACH },
	{ STATUS_HOST_UNREACHABLE,	    EHOSTUNREACH },
	{ STATUS_HOST_DOWN,		    EHOSTDOWN },
	{ STATUS_PROTOCOL_UNREACHABLE,	    ENOPROTOOPT },
	{ STATUS_CANCELLED,		    ECANCELED },
	{ STATUS_ADDRESS_ALREADY_EXISTS,    EADDRINUSE },
	{ STATUS_TOO_MANY_ADDRESSES,	    EADDRINUSE },
	{ STATUS_INVALID_ADDRESS,	    EADDRNOTAVAIL },
	{ STATUS_INVALID_ADDRESS_COMPONENT, EAFNOSUPPORT },
	{ STATUS_INVALID_PARAMETER,	    EINVAL },
	{ STATUS_INVALID_EA_NAME,	    EINVAL },
	{ STATUS_NONEXISTENT_EA_ENTRY,	    EINVAL },
	{ STATUS_ACCESS_VIOLATION,	    EFAULT },
	{ STATUS_ACCESS_DENIED,		    EACCES },
	{ STATUS_INSUFFICIENT_RESOURCES,    ENOMEM },
	{ STATUS_BUFFER_OVERFLOW,	    EMSGSIZE },
	{ STATUS_INVALID_BUFFER_SIZE,	    EMSGSIZE },
	{ STATUS_INVALID_HANDLE,	    EBADF },
	{ STATUS_INVALID_DEVICE_REQUEST,    EBADFD },
	{ STATUS_INVALID_DEVICE_STATE,	    EBUSY },
	{ STATUS_SHARING_VIOLATION,	    EBUSY },
	{ STATUS_NOT_IMPLEMENTED,	    EOPNOTSUPP },
	{ STATUS_NOT_SUPPORTED,		    EOPNOTSUPP },
	{ STATUS_OBJECT_NAME_NOT_FOUND,	    ENOENT },
	{ STATUS_UNSUCCESSFUL,		    EIO },
};

/* Errnos that are no status's own */
static const struct {
	int	 error;
	uint32_t status;
} others[] = {
	{ ENOBUFS,  STATUS_INSUFFICIENT_RESOURCES },
	{ EMFILE,   STATUS_INSUFFICIENT_RESOURCES },
	{ ENFILE,   STATUS_INSUFFICIENT_RESOURCES },
	{ EPERM,    STATUS_ACCESS_DENIED },
	{ EINTR,    STATUS_CANCELLED },
	{ EALREADY, STATUS_CONNECTION_ACTIVE },
	{ E2BIG,    STATUS_INVALID_PARAMETER },
	{ ENETDOWN, STATUS_NETWORK_UNREACHABLE },
	{ EPROTO,   STATUS_PROTOCOL_UNREACHABLE },
	{ ENONET,   STATUS_HOST_UNREACHABLE },
	{ EPROTONOSUPPORT, STATUS_NOT_IMPLEMENTED },
	/* of calls that never reach the module */
	{ ENOTTY,   STATUS_INVALID_DEVICE_REQUEST },
	{ ENXIO,    STATUS_DEVICE_DOES_NOT_EXIST },
	{ ENODEV,   STATUS_DEVICE_DOES_NOT_EXIST },
};

const char *tdi_status_name(uint32_t status)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].status == status)
			return names[i].name;
	return "unknown NTSTATUS";
}

uint32_t tdi_status_from_name(const char *name, uint32_t *status)
{
	const size_t prefix = strlen(PREFIX);
	size_t i;

	if (!strncmp(name, PREFIX, prefix))
		name += prefix;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(names[i].name + prefix, name)) {
			*status = names[i].status;
			return STATUS_SUCCESS;
		}
	}
	return tdi_fail(STATUS_OBJECT_NAME_NOT_FOUND);
}

int tdi_status_to_errno(uint32_t status)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].status == status)
			return errnos[i].error;
	return EIO;
}

uint32_t tdi_status_from_errno(int error)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].error == error)
			return errnos[i].status;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].error == error)
			return others[i].status;
	return STATUS_UNSUCCESSFUL;
}
