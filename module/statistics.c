// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_PROVIDER_STATISTICS: counters of each namespace, of each processor.
 */
#include <linux/percpu.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <uapi/linux/tdi.h>

#include "statistics.h"

struct tdi_statistics {
	s64 values[TDI_COUNTERS];
};

struct tdi_statistics_net {
	struct tdi_statistics __percpu *statistics;
};

static unsigned int tdi_statistics_id;

static struct tdi_statistics __percpu *tdi_statistics_of(const struct net *net)
{
	const struct tdi_statistics_net *sn = net_generic(net,
							  tdi_statistics_id);

	return sn->statistics;
}

/* Any context */
void tdi_count(const struct net *net, enum tdi_counter counter, s64 n)
{
	this_cpu_add(tdi_statistics_of(net)->values[counter], n);
}

static s64 tdi_statistics_sum(const struct net *net, enum tdi_counter counter)
{
	s64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(tdi_statistics_of(net),
					     cpu)->values[counter]);
	return sum;
}

void tdi_statistics_read(const struct net *net,
			 struct tdi_provider_statistics *st)
{
#define SUM(counter) tdi_statistics_sum(net, TDI_COUNT_##counter)
	*st = (struct tdi_provider_statistics) {
		.version = 0x0100,
		.open_connections = SUM(OPEN),
		.connections_after_no_retry = SUM(CONNECTIONS),
		.local_disconnects = SUM(LOCAL_DISCONNECTS),
		.remote_disconnects = SUM(REMOTE_DISCONNECTS),
		.link_failures = SUM(LINK_FAILURES),
		.session_timeouts = SUM(TIMEOUTS),
		.cancelled_connections = SUM(CANCELLED),
		.not_found_failures = SUM(NOT_FOUND),
		.no_listen_failures = SUM(NO_LISTEN),
		.local_resource_failures = SUM(NO_ENDPOINT),
		.datagrams_sent = SUM(DATAGRAMS_SENT),
		.datagram_bytes_sent = SUM(DATAGRAM_BYTES_SENT),
		.datagrams_received = SUM(DATAGRAMS_RECEIVED),
		.datagram_bytes_received = SUM(DATAGRAM_BYTES_RECEIVED),
		.data_frames_sent = SUM(SENDS),
		.data_frame_bytes_sent = SUM(BYTES_SENT),
		.data_frames_received = SUM(RECEIVES),
		.data_frame_bytes_received = SUM(BYTES_RECEIVED),
	};
#undef SUM
}

static int __net_init tdi_statistics_net_init(struct net *net)
{
	struct tdi_statistics_net *sn = net_generic(net, tdi_statistics_id);

	sn->statistics = alloc_percpu(struct tdi_statistics);
	return sn->statistics ? 0 : -ENOMEM;
}

static void __net_exit tdi_statistics_net_exit(struct net *net)
{
	free_percpu(tdi_statistics_of(net));
}

static struct pernet_operations tdi_statistics_ops = {
	.init	= tdi_statistics_net_init,
	.exit	= tdi_statistics_net_exit,
	.id	= &tdi_statistics_id,
	.size	= sizeof(struct tdi_statistics_net),
};

int tdi_statistics_init(void)
{
	return register_pernet_subsys(&tdi_statistics_ops);
}

void tdi_statistics_exit(void)
{
	unregister_pernet_subsys(&tdi_statistics_ops);
}
