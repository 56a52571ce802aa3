/* SPDX-License-Identifier: GPL-2.0-only */
/* TCP segments as they are on the wire: what a peer is told, and in which order */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define WIRE_FIN	0x01
#define WIRE_SYN	0x02
#define WIRE_RST	0x04
#define WIRE_ACK	0x10
#define WIRE_URG	0x20

struct segment {
	uint16_t from, to;	/* ports */
	uint8_t flags;		/* WIRE_xxx */
	uint32_t seq, ack;
	uint32_t payload;	/* bytes */
};

/**
 * struct wire - a device being watched
 * @fd: packet socket
 * @loopback: each packet shows up twice, one of them counts
 * @pcap: copy for people, below $TDI_RUN; NULL without
 * @seen: all TCP segments so far
 * @count: of them
 */
struct wire {
	int fd;
	bool loopback;
	FILE *pcap;
	struct segment *seen;
	size_t count;
};

/* Watches @device of the namespace; @name is for the copy */
__attribute__((format(printf, 3, 4)))
void wire_open(struct wire *wire, const char *device, const char *name, ...);
void wire_close(struct wire *wire);

/* Waits for the first one with any of @flags; index, -1 if none comes in time */
int wire_find(struct wire *wire, uint16_t from, uint16_t to, uint8_t flags);
/* How many with any of @flags there were up to now */
unsigned int wire_count(struct wire *wire, uint16_t from, uint16_t to,
			uint8_t flags);
/* Waits for the first FIN or RST: which it is, 0 if none comes in time */
uint8_t wire_end(struct wire *wire, uint16_t from, uint16_t to);
/* Waits until that side's FIN is acknowledged; false after a RST, or in vain */
bool wire_fin_acked(struct wire *wire, uint16_t from, uint16_t to);

#endif /* WIRE_H */
