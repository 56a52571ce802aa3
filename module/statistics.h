/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_STATISTICS_H
#define _TDI_STATISTICS_H

#include <linux/types.h>

struct net;
struct tdi_provider_statistics;

/* What is counted, of each namespace */
enum tdi_counter {
	TDI_COUNT_OPEN,
	TDI_COUNT_CONNECTIONS,
	TDI_COUNT_LOCAL_DISCONNECTS,
	TDI_COUNT_REMOTE_DISCONNECTS,
	TDI_COUNT_LINK_FAILURES,
	TDI_COUNT_TIMEOUTS,
	TDI_COUNT_CANCELLED,
	TDI_COUNT_NOT_FOUND,
	TDI_COUNT_NO_LISTEN,
	TDI_COUNT_NO_ENDPOINT,
	TDI_COUNT_DATAGRAMS_SENT,
	TDI_COUNT_DATAGRAM_BYTES_SENT,
	TDI_COUNT_DATAGRAMS_RECEIVED,
	TDI_COUNT_DATAGRAM_BYTES_RECEIVED,
	TDI_COUNT_SENDS,
	TDI_COUNT_BYTES_SENT,
	TDI_COUNT_RECEIVES,
	TDI_COUNT_BYTES_RECEIVED,
	TDI_COUNTERS,
};

void tdi_count(const struct net *net, enum tdi_counter counter, s64 n);
void tdi_statistics_read(const struct net *net,
			 struct tdi_provider_statistics *statistics);

int tdi_statistics_init(void);
void tdi_statistics_exit(void);

#endif /* _TDI_STATISTICS_H */
