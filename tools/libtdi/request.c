// SPDX-License-Identifier: LGPL-2.1-or-later
/* TDI requests: one ioctl each */
#include <limits.h>
#include <string.h>
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
static uint32_t refuse(uint32_t status, struct tdi_io *io)
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
		return refuse(STATUS_INVALID_PARAMETER, io);
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

/* Of what came out: the length */
static void take_return(const struct tdi_connection_information *info,
			struct tdi_taddr *address, uint32_t status)
{
	if (!address)
		return;
	address->length = status ? 0 : info->remote_address_length;
	if (address->length > sizeof(address->bytes))
		address->length = sizeof(address->bytes);
}

uint32_t tdi_connect(int endpoint, const struct tdi_taddr *remote,
		     int64_t timeout, struct tdi_taddr *peer,
		     uint32_t flags, struct tdi_io *io)
{
	struct tdi_connect arg = tdi_connect_argument(remote, timeout, peer);
	uint32_t status;

	status = TDI_SUBMIT(endpoint, TDI_IOC_CONNECT, &arg, flags, io);
	take_return(&arg.ret, peer, status);
	return status;
}

uint32_t tdi_listen(int endpoint, const struct tdi_taddr *from,
		    struct tdi_taddr *peer, uint32_t flags, struct tdi_io *io)
{
	struct tdi_listen arg = tdi_listen_argument(from, peer);
	uint32_t status;

	status = TDI_SUBMIT(endpoint, TDI_IOC_LISTEN, &arg, flags, io);
	take_return(&arg.ret, peer, status);
	return status;
}

uint32_t tdi_accept(int endpoint, uint64_t offer, uint64_t context,
		    struct tdi_taddr *peer, uint32_t flags, struct tdi_io *io)
{
	struct tdi_accept arg = tdi_accept_argument(offer, context, peer);
	uint32_t status;

	status = TDI_SUBMIT(endpoint, TDI_IOC_ACCEPT, &arg, flags, io);
	take_return(&arg.ret, peer, status);
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

uint32_t tdi_query_information(int fd, uint32_t query_type,
			       void *buffer, size_t length,
			       uint32_t flags, struct tdi_io *io)
{
	struct tdi_query_information arg = {
		.buffer = tdi_user_pointer(buffer),
		.length = length,
		.query_type = query_type,
	};

	if (length > UINT32_MAX)
		return refuse(STATUS_INVALID_PARAMETER, io);
	return TDI_SUBMIT(fd, TDI_IOC_QUERY_INFORMATION, &arg, flags, io);
}

uint32_t tdi_query_address_info(int fd, uint32_t *activity_count,
				struct tdi_taddr *address,
				uint32_t flags, struct tdi_io *io)
{
	const size_t head = sizeof(struct tdi_address_info);
	uint8_t buffer[sizeof(struct tdi_address_info) + TDI_TADDR_MAX];
	struct tdi_io local = { 0 };
	uint32_t status;

	if (!io)
		io = &local;
	if (address)
		address->length = 0;
	status = tdi_query_information(fd, TDI_QUERY_ADDRESS_INFO, buffer,
				       sizeof(buffer), flags, io);
	if (status != STATUS_SUCCESS)
		return status;
	if (io->information < head || io->information > sizeof(buffer))
		return refuse(STATUS_UNSUCCESSFUL, io);
	if (activity_count)
		memcpy(activity_count, buffer, sizeof(*activity_count));
	if (address) {
		address->length = io->information - head;
		memcpy(address->bytes, buffer + head, address->length);
	}
	return status;
}

uint32_t tdi_query_connection_info(int endpoint,
				   struct tdi_connection_info *info,
				   uint32_t flags, struct tdi_io *io)
{
	memset(info, 0, sizeof(*info));
	return tdi_query_information(endpoint, TDI_QUERY_CONNECTION_INFO, info,
				     sizeof(*info), flags, io);
}

uint32_t tdi_query_caps(int fd, struct tdi_query_caps *caps,
			uint32_t flags, struct tdi_io *io)
{
	memset(caps, 0, sizeof(*caps));
	return TDI_SUBMIT(fd, TDI_IOC_QUERY_CAPS, caps, flags, io);
}
