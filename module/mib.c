// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a namespace's IP and interfaces say of themselves, in the structures of
 * reference 5.4.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ip.h>
#include <net/snmp.h>

#include "compat.h"
#include "notify_walk.h"
#include "object.h"
#include "status.h"

/* ifType of RFC 1213 */
#define TDI_IF_TYPE_OTHER	1
#define TDI_IF_TYPE_ETHERNET	6
#define TDI_IF_TYPE_LOOPBACK	24

#define TDI_MIB_UP		1
#define TDI_MIB_DOWN		2

void tdi_mib_interfaces(struct net *net, struct tdi_answer *answer)
{
	struct tdi_entity_id entity = { .tei_entity = TDI_ENTITY_IF };
	struct net_device *dev;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		entity.tei_instance = dev->ifindex;
		tdi_answer_put(answer, &entity, sizeof(entity));
	}
	rcu_read_unlock();
}

static u32 tdi_mib_type(const struct net_device *dev)
{
	switch (dev->type) {
	case ARPHRD_ETHER:
		return TDI_IF_TYPE_ETHERNET;
	case ARPHRD_LOOPBACK:
		return TDI_IF_TYPE_LOOPBACK;
	default:
		return TDI_IF_TYPE_OTHER;
	}
}

static void tdi_mib_counters(struct net_device *dev, struct tdi_if_entry *entry)
{
	struct rtnl_link_stats64 stats;

	dev_get_stats(dev, &stats);
	entry->if_inoctets = stats.rx_bytes;
	entry->if_inucastpkts = stats.rx_packets - stats.multicast;
	entry->if_innucastpkts = stats.multicast;
	entry->if_indiscards = stats.rx_dropped;
	entry->if_inerrors = stats.rx_errors;
	entry->if_inunknownprotos = stats.rx_nohandler;
	entry->if_outoctets = stats.tx_bytes;
	entry->if_outucastpkts = stats.tx_packets;
	entry->if_outdiscards = stats.tx_dropped;
	entry->if_outerrors = stats.tx_errors;
}

bool tdi_mib_has_interface(struct net *net, u32 index)
{
	bool found;

	rcu_read_lock();
	found = dev_get_by_index_rcu(net, index);
	rcu_read_unlock();
	return found;
}

u32 tdi_mib_interface(struct net *net, u32 index, struct tdi_answer *answer)
{
	struct tdi_if_entry entry = {};
	struct net_device *dev;

	/* its statistics go before its last reference does */
	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, index);
	if (!dev) {
		rcu_read_unlock();
		return STATUS_INVALID_PARAMETER;
	}
	entry.if_index = index;
	entry.if_type = tdi_mib_type(dev);
	entry.if_mtu = READ_ONCE(dev->mtu);
	entry.if_physaddrlen = min_t(u32, dev->addr_len,
				     TDI_MAX_PHYSADDR_SIZE);
	memcpy(entry.if_physaddr, dev->dev_addr, entry.if_physaddrlen);
	entry.if_adminstatus = dev->flags & IFF_UP ? TDI_MIB_UP : TDI_MIB_DOWN;
	entry.if_operstatus = netif_running(dev) && netif_carrier_ok(dev) ?
			      TDI_MIB_UP : TDI_MIB_DOWN;
	tdi_mib_counters(dev, &entry);
	entry.if_descrlen = strlen(dev->name) + 1;
	tdi_answer_put(answer, &entry, sizeof(entry));
	tdi_answer_put(answer, dev->name, entry.if_descrlen);
	rcu_read_unlock();
	return STATUS_SUCCESS;
}

u32 tdi_mib_interface_info(struct net *net, __be32 address,
			   struct tdi_answer *answer)
{
	struct tdi_ip_interface_info info = {};
	struct net_device *dev;
	u32 status = STATUS_INVALID_PARAMETER;

	rcu_read_lock();
	dev = __ip_dev_find(net, address, false);
	if (dev) {
		info.iii_flags = dev->flags & IFF_POINTOPOINT ? 1 : 0;
		info.iii_mtu = READ_ONCE(dev->mtu);
		info.iii_addrlength = dev->addr_len;
		tdi_answer_put(answer, &info, sizeof(info));
		tdi_answer_put(answer, dev->dev_addr, dev->addr_len);
		status = STATUS_SUCCESS;
	}
	rcu_read_unlock();
	return status;
}

static u32 tdi_mib_count(struct net *net, u32 *interfaces)
{
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;
	struct net_device *dev;
	u32 addresses = 0;

	*interfaces = 0;
	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		++*interfaces;
		in_dev = __in_dev_get_rcu(dev);
		if (!in_dev)
			continue;
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			addresses++;
	}
	rcu_read_unlock();
	return addresses;
}

static u32 tdi_mib_field(struct net *net, int field)
{
	return snmp_fold_field64(net->mib.ip_statistics, field,
				 offsetof(struct ipstats_mib, syncp));
}

void tdi_mib_ip(struct net *net, struct tdi_answer *answer)
{
	struct tdi_ip_snmp_info info = {
		.ipsi_forwarding = IPV4_DEVCONF_ALL(net, FORWARDING) ? 1 : 2,
		.ipsi_defaultttl = READ_ONCE(net->ipv4.sysctl_ip_default_ttl),
		.ipsi_inreceives = tdi_mib_field(net, IPSTATS_MIB_INPKTS),
		.ipsi_inhdrerrors = tdi_mib_field(net, IPSTATS_MIB_INHDRERRORS),
		.ipsi_inaddrerrors = tdi_mib_field(net, IPSTATS_MIB_INADDRERRORS),
		.ipsi_forwdatagrams = tdi_mib_field(net, IPSTATS_MIB_OUTFORWDATAGRAMS),
		.ipsi_inunknownprotos = tdi_mib_field(net, IPSTATS_MIB_INUNKNOWNPROTOS),
		.ipsi_indiscards = tdi_mib_field(net, IPSTATS_MIB_INDISCARDS),
		.ipsi_indelivers = tdi_mib_field(net, IPSTATS_MIB_INDELIVERS),
		.ipsi_outrequests = tdi_mib_field(net, TDI_IPSTATS_OUTREQUESTS),
		.ipsi_outdiscards = tdi_mib_field(net, IPSTATS_MIB_OUTDISCARDS),
		.ipsi_outnoroutes = tdi_mib_field(net, IPSTATS_MIB_OUTNOROUTES),
		.ipsi_reasmtimeout = net->ipv4.fqdir->timeout / HZ,
		.ipsi_reasmreqds = tdi_mib_field(net, IPSTATS_MIB_REASMREQDS),
		.ipsi_reasmoks = tdi_mib_field(net, IPSTATS_MIB_REASMOKS),
		.ipsi_reasmfails = tdi_mib_field(net, IPSTATS_MIB_REASMFAILS),
		.ipsi_fragoks = tdi_mib_field(net, IPSTATS_MIB_FRAGOKS),
		.ipsi_fragfails = tdi_mib_field(net, IPSTATS_MIB_FRAGFAILS),
		.ipsi_fragcreates = tdi_mib_field(net, IPSTATS_MIB_FRAGCREATES),
	};

	info.ipsi_numaddr = tdi_mib_count(net, &info.ipsi_numif);
	tdi_answer_put(answer, &info, sizeof(info));
}

void tdi_mib_addresses(struct net *net, struct tdi_answer *answer)
{
	struct tdi_ip_addr_entry entry = { .iae_bcastaddr = 1,
					   .iae_reasmsize = 65535 };
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;
	struct net_device *dev;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		in_dev = __in_dev_get_rcu(dev);
		if (!in_dev)
			continue;
		in_dev_for_each_ifa_rcu(ifa, in_dev) {
			entry.iae_addr = ifa->ifa_local;
			entry.iae_index = dev->ifindex;
			entry.iae_mask = ifa->ifa_mask;
			tdi_answer_put(answer, &entry, sizeof(entry));
		}
	}
	rcu_read_unlock();
}

/* One more entry of a TRANSPORT_ADDRESS that ends at @offset */
static size_t tdi_netdev_add(u8 *ta, size_t offset, u16 type, const void *body,
			     u16 length)
{
	struct tdi_ta_address entry = { .address_length = length,
					.address_type = type };
	struct tdi_transport_address head;

	memcpy(&head, ta, sizeof(head));
	head.ta_address_count++;
	memcpy(ta, &head, sizeof(head));
	memcpy(ta + offset, &entry, sizeof(entry));
	memcpy(ta + offset + sizeof(entry), body, length);
	return offset + sizeof(entry) + length;
}

static size_t tdi_netdev_add_ip(u8 *ta, size_t offset,
				const struct net_device *dev, u32 *left)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	struct tdi_address_ip ip = {};

	if (!in_dev)
		return offset;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (!*left)
			break;
		--*left;
		ip.in_addr = ifa->ifa_local;
		offset = tdi_netdev_add(ta, offset, TDI_ADDRESS_TYPE_IP, &ip,
					sizeof(ip));
	}
	return offset;
}

static size_t tdi_netdev_add_ip6(u8 *ta, size_t offset,
				 const struct net_device *dev, u32 *left)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct inet6_dev *in6_dev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	struct tdi_address_ip6 ip6 = {};
	bool again;

	if (!in6_dev)
		return offset;
	list_for_each_entry_rcu(ifa, &in6_dev->addr_list, if_list) {
		if (!tdi_notify_is_ready(ifa, &again))
			continue;
		if (!*left)
			break;
		--*left;
		memcpy(ip6.sin6_addr, &ifa->addr, sizeof(ip6.sin6_addr));
		ip6.sin6_scope_id = ipv6_addr_type(&ifa->addr) &
				    IPV6_ADDR_LINKLOCAL ? dev->ifindex : 0;
		offset = tdi_netdev_add(ta, offset, TDI_ADDRESS_TYPE_IP6, &ip6,
					sizeof(ip6));
	}
#endif
	return offset;
}

/**
 * tdi_netdev_addresses() - the addresses of a namespace, but for the loopback's
 * @net: namespace
 * @ta: a TRANSPORT_ADDRESS with room for TDI_NETWORK_ADDRESSES entries, zeroed
 *
 * Return: its bytes.
 */
size_t tdi_netdev_addresses(struct net *net, u8 *ta)
{
	size_t offset = sizeof(struct tdi_transport_address);
	u32 left = TDI_NETWORK_ADDRESSES;
	struct net_device *dev;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (dev->flags & IFF_LOOPBACK || !(dev->flags & IFF_UP))
			continue;
		offset = tdi_netdev_add_ip(ta, offset, dev, &left);
		offset = tdi_netdev_add_ip6(ta, offset, dev, &left);
	}
	rcu_read_unlock();
	return offset;
}

/**
 * tdi_netdev_link_address() - the link address of a namespace's first Ethernet
 *	device
 * @net: namespace
 * @ta: a TRANSPORT_ADDRESS, zeroed
 *
 * Return: its bytes, 0 if there is none.
 */
size_t tdi_netdev_link_address(struct net *net, u8 *ta)
{
	struct net_device *dev;
	size_t length = 0;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (dev->type != ARPHRD_ETHER ||
		    dev->addr_len != TDI_ADDRESS_LENGTH_8022)
			continue;
		length = tdi_netdev_add(ta, sizeof(struct tdi_transport_address),
					TDI_ADDRESS_TYPE_8022, dev->dev_addr,
					TDI_ADDRESS_LENGTH_8022);
		break;
	}
	rcu_read_unlock();
	return length;
}
