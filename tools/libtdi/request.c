// SPDX-License-Identifier: LGPL-2.1-or-later
/* TDI requests: one ioctl each */
#include <limits.h>
#include <sys/ioctl.h>
#include "argument.h"
#include "internal.h"

/*
 * Every command's argument begins with a struct tdi_head.  Where the kernel
 * could not write a status there is only the errno to make one from.
 */
uint32_t tdi_submit(int fd, unsigned long command, struct tdi_head *head,
		    uint32_t size, uint32_t flags, struct tdi_io *io)
{
	uint32_t status;
	int error = 0;

	head->size = size;
	head->flags = flags;
	head->cookie = io ? io->cookie : 0;
	if (ioctl(fd, command, head) < 0)
		error = errno;
	status = head->status;
	if (error && status == STATUS_SUCCESS)
		status = tdi_status_from_errno(error);
	if (io) {
		io->information = head->information;
		io->status = status;
		io->error = error;
	}
	if (error)
		errno = error;
	return status;
}

/* A result for what never came as far as the kernel */
uint32_t tdi_refuse(uint32_t status, struct tdi_io *io)
{
	tdi_fail(status);
	if (io) {
		io->information = 0;
		io->status = status;
		io->error = errno;
	}
	return status;
}

uint32_t tdi_create(int fd, const void *ea, size_t ea_length,
		    uint32_t share_access, uint32_t protocol,
		    uint32_t flags, struct tdi_io *io)
{
	struct tdi_create arg = {
		.ea_buffer = tdi_user_pointer(ea),
		.ea_length = ea_length,
		.share_access = share_access,
		.protocol = protocol,
	};

	if (ea_length > UINT32_MAX)
		return tdi_refuse(STATUS_INVALID_PARAMETER, io);
	return TDI_SUBMIT(fd, TDI_IOC_CREATE, &arg, flags, io);
}

uint32_t tdi_associate_address(int endpoint, int address,
			       uint32_t flags, struct tdi_io *io)
{
	struct tdi_associate_address arg = { .address_handle = address };

	return TDI_SUBMIT(endpoint, TDI_IOC_ASSOCIATE_ADDRESS, &arg, flags, io);
}

uint32_t tdi_disassociate_address(int endpoint,
				  uint32_t flags, struct tdi_io *io)
{
	struct tdi_disassociate_address arg = { 0 };

	return TDI_SUBMIT(endpoint, TDI_IOC_DISASSOCIATE_ADDRESS, &arg, flags, io);
}

uint32_t tdi_connect(int endpoint, const struct tdi_taddr *remote,
		     int64_t timeout, struct tdi_taddr *peer,
		     uint32_t flags, struct tdi_io *io)
{
	struct tdi_connect arg = tdi_connect_argument(remote, timeout, peer);
	uint32_t status;

	status = TDI_SUBMIT(endpoint, TDI_IOC_CONNECT, &arg, flags, io);
	tdi_take_return(&arg.ret, peer, status);
	return status;
}

uint32_t tdi_listen(int endpoint, const struct tdi_taddr *from,
		    struct tdi_taddr *peer, uint32_t flags, struct tdi_io *io)
{
	struct tdi_listen arg = tdi_listen_argument(from, peer);
	uint32_t status;

	status = TDI_SUBMIT(endpoint, TDI_IOC_LISTEN, &arg, flags, io);
	tdi_take_return(&arg.ret, peer, status);
	return status;
}

uint32_t tdi_accept(int endpoint, uint64_t offer, uint64_t context,
		    struct tdi_taddr *peer, uint32_t flags, struct tdi_io *io)
{
	struct tdi_accept arg = tdi_accept_argument(offer, context, peer);
	uint32_t status;

	status = TDI_SUBMIT(endpoint, TDI_IOC_ACCEPT, &arg, flags, io);
	tdi_take_return(&arg.ret, peer, status);
	return status;
}

uint32_t tdi_disconnect(int endpoint, int64_t timeout,
			uint32_t flags, struct tdi_io *io)
{
	struct tdi_disconnect arg = tdi_disconnect_argument(timeout);

	return TDI_SUBMIT(endpoint, TDI_IOC_DISCONNECT, &arg, flags, io);
}

uint32_t tdi_send(int endpoint, const void *buffer, size_t length,
		  uint32_t flags, struct tdi_io *io)
{
	struct tdi_data arg = tdi_data_argument(buffer, length);

	return TDI_SUBMIT(endpoint, TDI_IOC_SEND, &arg, flags, io);
}

uint32_t tdi_sendv(int endpoint, const struct iovec *iov, unsigned int count,
		   uint32_t flags, struct tdi_io *io)
{
	struct tdi_data arg = tdi_datav_argument(iov, count);

	return TDI_SUBMIT(endpoint, TDI_IOC_SEND, &arg, flags, io);
}

uint32_t tdi_receive(int endpoint, void *buffer, size_t length,
		     uint32_t flags, struct tdi_io *io)
{
	struct tdi_data arg = tdi_data_argument(buffer, length);

	return TDI_SUBMIT(endpoint, TDI_IOC_RECEIVE, &arg, flags, io);
}

uint32_t tdi_receivev(int endpoint, const struct iovec *iov,
		      unsigned int count, uint32_t flags, struct tdi_io *io)
{
	struct tdi_data arg = tdi_datav_argument(iov, count);

	return TDI_SUBMIT(endpoint, TDI_IOC_RECEIVE, &arg, flags, io);
}

uint32_t tdi_cancel(int fd, uint64_t cookie, uint32_t flags, struct tdi_io *io)
{
	struct tdi_cancel arg = { .target = cookie };

	return TDI_SUBMIT(fd, TDI_IOC_CANCEL, &arg, flags, io);
}
