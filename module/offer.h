/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_OFFER_H
#define _TDI_OFFER_H

#include <linux/ktime.h>

#include "address.h"

/**
 * struct tdi_offer - a connection that waits for its answer
 * @link: on address->offers; address->mutex, as all below
 * @cookie: its name, never used twice for an address
 * @sock: the connection
 * @peer: who wants it
 * @endpoint: whose listen with TDI_QUERY_ACCEPT was offered it, or NULL: it is
 *	for the CONNECT event
 * @told: an event has told of it
 * @expires: refused after that
 */
struct tdi_offer {
	struct list_head link;
	u64 cookie;
	struct socket *sock;
	struct sockaddr_storage peer;
	struct tdi_endpoint *endpoint;
	bool told;
	ktime_t expires;
};

void tdi_offers_init(struct tdi_address *address);
void tdi_offers_exit(struct tdi_address *address);
void tdi_offer_watch(struct tdi_address *address);
int tdi_offer_add(struct tdi_address *address, struct socket *sock,
		  const struct sockaddr_storage *peer,
		  struct tdi_endpoint *ep);
void tdi_offer_untell(struct tdi_address *address, u64 cookie);
struct tdi_offer *tdi_offer_untold(struct tdi_address *address);
void tdi_offer_refuse_events(struct tdi_address *address);
void tdi_offer_withdraw(struct tdi_endpoint *ep);

u32 tdi_accept(struct tdi_endpoint *ep, u64 cookie, const u64 *context,
	       struct sockaddr_storage *peer, u32 *epoch);
u32 tdi_event_reply(struct tdi_file *file, u64 cookie, u32 status);

#endif /* _TDI_OFFER_H */
