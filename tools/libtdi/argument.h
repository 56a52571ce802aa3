/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arguments of the requests that can pend: for an ioctl, or for a ring */
#ifndef LIBTDI_ARGUMENT_H
#define LIBTDI_ARGUMENT_H

#include "libtdi.h"

static inline uint64_t tdi_user_pointer(const void *pointer)
{
	return (uintptr_t)pointer;
}

/* What goes in: an address, or none */
static inline struct tdi_connection_information
tdi_information_in(const struct tdi_taddr *address)
{
	struct tdi_connection_information info = { 0 };

	if (address) {
		info.remote_address_length = address->length;
		info.remote_address = tdi_user_pointer(address->bytes);
	}
	return info;
}

/* What comes out: the room for an address */
static inline struct tdi_connection_information
tdi_information_out(struct tdi_taddr *address)
{
	struct tdi_connection_information info = { 0 };

	if (address) {
		info.remote_address_length = sizeof(address->bytes);
		info.remote_address = tdi_user_pointer(address->bytes);
	}
	return info;
}

static inline struct tdi_connect
tdi_connect_argument(const struct tdi_taddr *remote, int64_t timeout,
		     struct tdi_taddr *peer)
{
	return (struct tdi_connect){
		.timeout = timeout,
		.request = tdi_information_in(remote),
		.ret = tdi_information_out(peer),
	};
}

static inline struct tdi_listen
tdi_listen_argument(const struct tdi_taddr *from, struct tdi_taddr *peer)
{
	return (struct tdi_listen){
		.request = tdi_information_in(from),
		.ret = tdi_information_out(peer),
	};
}

static inline struct tdi_accept
tdi_accept_argument(uint64_t offer, uint64_t context, struct tdi_taddr *peer)
{
	return (struct tdi_accept){
		.offer = offer,
		.connection_context = context,
		.ret = tdi_information_out(peer),
	};
}

static inline struct tdi_disconnect tdi_disconnect_argument(int64_t timeout)
{
	return (struct tdi_disconnect){ .timeout = timeout };
}

static inline struct tdi_data tdi_data_argument(const void *buffer,
						size_t length)
{
	return (struct tdi_data){
		.buffer = tdi_user_pointer(buffer),
		.length = length,
	};
}

/* No vector at all would make the array itself the buffer: refused as too many */
static inline struct tdi_data tdi_datav_argument(const struct iovec *iov,
						 unsigned int count)
{
	return (struct tdi_data){
		.buffer = tdi_user_pointer(iov),
		.iov_count = count ? count : UINT32_MAX,
	};
}

/* @remote: where to, or from whom; @source: from whom it came */
static inline struct tdi_datagram
tdi_datagram_argument(const void *buffer, size_t length,
		      const struct tdi_taddr *remote, struct tdi_taddr *source)
{
	return (struct tdi_datagram){
		.buffer = tdi_user_pointer(buffer),
		.length = length,
		.request = tdi_information_in(remote),
		.ret = tdi_information_out(source),
	};
}

#endif /* LIBTDI_ARGUMENT_H */
