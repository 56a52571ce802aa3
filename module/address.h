/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_ADDRESS_H
#define _TDI_ADDRESS_H

#include <linux/workqueue.h>

#include "file.h"

struct tdi_recent;

/**
 * struct tdi_address - a transport address, however often it is open
 * @link: in the namespace's table; tdi_net->mutex
 * @rcu: datagrams look at @files under RCU
 * @device: row of its device
 * @protocol: IP protocol of raw sockets
 * @net: its namespace, pinned by the files that have it open
 * @cred: of whoever opened it first; binding its port needs no more than that
 * @local: bound address, does not change
 * @anchor: holds the port of a connection-oriented address; never connects nor
 *	listens.  One of datagrams is held by the sockets of its opens
 * @opens: TDI's ActivityCount; tdi_net->mutex
 * @shared: share access was given; does not change
 * @mutex: @listener, @recent, @offers, and accepting
 * @lock: @files, all their endpoints, and @listens
 * @files: its opens
 * @listens: pending listens, first come first; written under @mutex and @lock
 * @listening: length of @listens; @mutex
 * @connect_handlers: opens with a CONNECT handler; @mutex
 * @listener: there as long as somebody listens or has a CONNECT handler
 * @offers: connections that wait for their answer, oldest first; @mutex
 * @offered: length of @offers; @mutex
 * @first_offer: before the cookie of the first one; no other address has such
 * @last_offer: cookie of the last one; @mutex
 * @offer_timeout: after which one is refused, in jiffies
 * @offer_work: does that
 * @recent: set with the first connection; remembers the port after the last
 *	close
 */
struct tdi_address {
	struct hlist_node link;
	struct rcu_head rcu;
	const struct tdi_device *device;
	u8 protocol;
	struct net *net;
	const struct cred *cred;
	struct sockaddr_storage local;
	struct socket *anchor;
	unsigned int opens;
	bool shared;
	struct mutex mutex;
	spinlock_t lock;
	struct list_head files;
	struct list_head listens;
	unsigned int listening;
	unsigned int connect_handlers;
	struct tdi_sock listener;
	struct list_head offers;
	unsigned int offered;
	u64 first_offer;
	u64 last_offer;
	unsigned long offer_timeout;
	struct delayed_work offer_work;
	struct tdi_recent *recent;
};

u32 tdi_address_open(struct tdi_file *file, const void *ta, size_t length,
		     u32 share_access, u32 protocol, const struct cred *cred);
void tdi_address_cleanup(struct tdi_file *file);
void tdi_address_close(struct tdi_file *file);
u32 tdi_address_connection_socket(struct tdi_address *address,
				  struct socket **sock);
int tdi_address_accept(struct tdi_address *address, struct socket **sock);
u32 tdi_address_start_listener(struct tdi_address *address,
			       tdi_sock_event_t event);
void tdi_address_stop_listener(struct tdi_address *address);
unsigned int tdi_address_opens(struct tdi_address *address);

int tdi_address_init(void);
void tdi_address_exit(void);

#endif /* _TDI_ADDRESS_H */
