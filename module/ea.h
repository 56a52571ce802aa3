/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_EA_H
#define _TDI_EA_H

#include <linux/types.h>

/* Kinds of TDI file objects, with TDI's numbers (reference 1.2) */
enum tdi_file_kind {
	TDI_TRANSPORT_ADDRESS_FILE	= 1,
	TDI_CONNECTION_FILE		= 2,
	TDI_CONTROL_CHANNEL_FILE	= 3,
};

/**
 * struct tdi_ea - what an EA buffer asks for
 * @kind: kind of file
 * @address: the TRANSPORT_ADDRESS, inside the parsed buffer and unaligned
 * @address_length: bytes at @address
 * @context: the client's connection context
 */
struct tdi_ea {
	enum tdi_file_kind kind;
	const u8 *address;
	size_t address_length;
	u64 context;
};

u32 tdi_ea_parse(const void *buffer, size_t length, struct tdi_ea *ea);

#endif /* _TDI_EA_H */
