// SPDX-License-Identifier: LGPL-2.1-or-later
/* Requests on addresses that send and receive by themselves */
#include "argument.h"
#include "internal.h"

uint32_t tdi_send_datagram(int address, const void *buffer, size_t length,
			   const struct tdi_taddr *remote,
			   uint32_t flags, struct tdi_io *io)
{
	struct tdi_datagram arg = tdi_datagram_argument(buffer, length, remote,
							NULL);

	return TDI_SUBMIT(address, TDI_IOC_SEND_DATAGRAM, &arg, flags, io);
}

uint32_t tdi_receive_datagram(int address, void *buffer, size_t length,
			      const struct tdi_taddr *from,
			      struct tdi_taddr *source,
			      uint32_t flags, struct tdi_io *io)
{
	struct tdi_datagram arg = tdi_datagram_argument(buffer, length, from,
							source);
	uint32_t status;

	status = TDI_SUBMIT(address, TDI_IOC_RECEIVE_DATAGRAM, &arg, flags, io);
	tdi_take_return(&arg.ret, source, status);
	return status;
}
