/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of an address, and answers to the connections that they offer */
#ifndef INDICATION_H
#define INDICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libtdi.h>

uint32_t set_handler(int address, uint32_t type, uint64_t context,
		     uint32_t lookahead);
uint32_t clear_handler(int address, uint32_t type);
uint32_t refuse_offer(int address, uint64_t cookie, uint32_t status);
/* TDI_ACCEPT; offer 0: of the endpoint's own listen.  @context, @peer: or NULL */
uint32_t accept_offer(int endpoint, uint64_t offer, const uint64_t *context,
		      struct tdi_taddr *peer);

/**
 * struct events - events being read
 * @address: the address file, which must be O_NONBLOCK
 * @at: of the next one in @bytes
 * @length: of what was read
 */
struct events {
	int address;
	size_t at;
	size_t length;
	_Alignas(8) unsigned char bytes[65536];
};

/* The next one; aborts the test if none comes, or one that is malformed */
const struct tdi_event *event_next(struct events *events);
/* There is none now */
bool event_none(struct events *events);
const void *event_data(const struct tdi_event *event);

#endif /* INDICATION_H */
