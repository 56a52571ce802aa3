/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses that send and receive datagrams, and plain sockets that do */
#ifndef UDP_H
#define UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libtdi.h>

/* These abort the test when they fail. */
int open_udp(const struct tdi_taddr *address, uint32_t share);
void plain_say(int fd, const char *text, const struct tdi_taddr *to);
/* Waits for the next one, which has to be that */
bool plain_hears(int fd, const char *text);

/* REUSE_xxx; -1 and errno if the kernel does not let it */
int plain_udp(const struct tdi_taddr *address, int reuse);
/* A port that nobody has */
struct tdi_taddr udp_closed_port(int family);

/* TDI_SEND_DATAGRAM; @to NULL: whom the address is connected with */
uint32_t say(int address, const char *text, const struct tdi_taddr *to);
/*
 * Waits for the next one, which has to be that, and to come from @source (or
 * anyone).  What should not be heard is tested by sending something else after
 * it: datagrams keep their order.
 */
bool hears_from(int address, const char *text, const struct tdi_taddr *source);
bool hears(int address, const char *text);
/* There is nothing now. */
bool hears_nothing(int address);

/* Options of an address, TDI_AO_OPTION_xxx (reference 5.4) */
uint32_t set_option(int address, uint32_t id, const void *value, size_t length);
uint32_t set_number(int address, uint32_t id, uint32_t value);
uint32_t get_number(int address, uint32_t id, uint32_t *value);

#endif /* UDP_H */
