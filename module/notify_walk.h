/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_NOTIFY_WALK_H
#define _TDI_NOTIFY_WALK_H

#include <linux/list.h>
#include <linux/socket.h>

struct inet6_ifaddr;
struct net;

/* An address; @stamp tells it from one that was made again */
struct tdi_notify_address {
	struct list_head link;
	struct sockaddr_storage ss;
	int ifindex;
	unsigned long stamp;
};

/**
 * struct tdi_notify_walk - a look at all addresses that there are
 * @told: those that were told of; what is left here has gone
 * @there: those of @told that are still there
 * @fresh: others
 * @again: some are not ready yet
 */
struct tdi_notify_walk {
	struct list_head *told;
	struct list_head there;
	struct list_head fresh;
	bool again;
};

int tdi_notify_walk(struct tdi_notify_walk *walk, struct net *net,
		    struct list_head *told);
void tdi_notify_free(struct list_head *addresses);
bool tdi_notify_is_ready(const struct inet6_ifaddr *ifa, bool *again);

#endif /* _TDI_NOTIFY_WALK_H */
