// SPDX-License-Identifier: GPL-2.0-only
/*
 * Local addresses that there are, compared with those that were told of.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>

#include "notify_walk.h"
#include "taddr.h"

void tdi_notify_free(struct list_head *addresses)
{
	struct tdi_notify_address *address, *next;

	list_for_each_entry_safe(address, next, addresses, link)
		kfree(address);
	INIT_LIST_HEAD(addresses);
}

static bool tdi_notify_is(const struct tdi_notify_address *known,
			  const struct tdi_notify_address *found)
{
	return known->ifindex == found->ifindex &&
	       known->stamp == found->stamp &&
	       tdi_taddr_equal(&known->ss, &found->ss);
}

static int tdi_notify_look(struct tdi_notify_walk *walk,
			   const struct tdi_notify_address *found)
{
	struct tdi_notify_address *known;

	/* they come in the order of the last time: it is the first, mostly */
	list_for_each_entry(known, walk->told, link) {
		if (!tdi_notify_is(known, found))
			continue;
		list_move_tail(&known->link, &walk->there);
		return 0;
	}
	known = kmemdup(found, sizeof(*found), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!known)
		return -ENOMEM;
	list_add_tail(&known->link, &walk->fresh);
	return 0;
}

static int tdi_notify_look_ip(struct tdi_notify_walk *walk,
			      const struct net_device *dev)
{
	struct tdi_notify_address found = { .ifindex = dev->ifindex };
	struct sockaddr_in *sin = (struct sockaddr_in *)&found.ss;
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	int err;

	if (!in_dev)
		return 0;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		sin->sin_family = AF_INET;
		sin->sin_addr.s_addr = ifa->ifa_local;
		found.stamp = ifa->ifa_cstamp;
		err = tdi_notify_look(walk, &found);
		if (err)
			return err;
	}
	return 0;
}

#if IS_ENABLED(CONFIG_IPV6)
/* Not one that is about to go, nor one that others may turn out to have: @again */
bool tdi_notify_is_ready(const struct inet6_ifaddr *ifa, bool *again)
{
	u32 flags = READ_ONCE(ifa->flags);

	if (READ_ONCE(ifa->state) == INET6_IFADDR_STATE_DEAD ||
	    flags & IFA_F_DADFAILED)
		return false;
	if (!(flags & IFA_F_TENTATIVE) || flags & IFA_F_OPTIMISTIC)
		return true;
	*again = true;
	return false;
}
#endif

static int tdi_notify_look_ip6(struct tdi_notify_walk *walk,
			       const struct net_device *dev)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct tdi_notify_address found = { .ifindex = dev->ifindex };
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&found.ss;
	struct inet6_dev *in6_dev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	int err;

	if (!in6_dev)
		return 0;
	list_for_each_entry_rcu(ifa, &in6_dev->addr_list, if_list) {
		if (!tdi_notify_is_ready(ifa, &walk->again))
			continue;
		sin6->sin6_family = AF_INET6;
		sin6->sin6_addr = ifa->addr;
		sin6->sin6_scope_id = ipv6_addr_type(&ifa->addr) &
				      IPV6_ADDR_LINKLOCAL ? dev->ifindex : 0;
		found.stamp = ifa->cstamp;
		err = tdi_notify_look(walk, &found);
		if (err)
			return err;
	}
#endif
	return 0;
}

/**
 * tdi_notify_walk() - look at all addresses of a namespace
 * @walk: result
 * @net: the namespace
 * @told: those that were told of
 *
 * Return: 0; or -ENOMEM, then all of @told may be there still.
 */
int tdi_notify_walk(struct tdi_notify_walk *walk, struct net *net,
		    struct list_head *told)
{
	struct net_device *dev;
	int err = 0;

	walk->told = told;
	walk->again = false;
	INIT_LIST_HEAD(&walk->there);
	INIT_LIST_HEAD(&walk->fresh);
	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		err = tdi_notify_look_ip(walk, dev);
		if (!err)
			err = tdi_notify_look_ip6(walk, dev);
		if (err)
			break;
	}
	rcu_read_unlock();
	if (err) {
		list_splice_init(&walk->there, told);
		tdi_notify_free(&walk->fresh);
	}
	return err;
}
