/* SPDX-License-Identifier: GPL-2.0-only */
/* ICMP: what a router or a host says of a datagram that was sent */
#ifndef ICMP_H
#define ICMP_H

#include <stddef.h>
#include <stdint.h>
#include <libtdi.h>

/** struct icmp_error - an error message, and the status that stands for it */
struct icmp_error {
	uint8_t type;
	uint8_t code;
	uint32_t status;
};

/* The one that names a smaller MTU, which is 1280 */
const struct icmp_error *icmp_too_big(int family);
/* Several of them; the last one has no status */
const struct icmp_error *icmp_errors(int family);

/* Says it of a datagram of @protocol, to @source, which has sent it to @remote */
void icmp_forge(const struct icmp_error *error, uint8_t protocol,
		const struct tdi_taddr *source, const struct tdi_taddr *remote);
/* Of IPv4; of IPv6 the kernel sums up */
uint16_t icmp_checksum(const void *data, size_t length);

#endif /* ICMP_H */
