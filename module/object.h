/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_OBJECT_H
#define _TDI_OBJECT_H

#include "file.h"

/**
 * struct tdi_answer - what a query returns
 * @bytes: the answer, as much as there is room for
 * @room: bytes at @bytes
 * @length: of the whole answer
 */
struct tdi_answer {
	void *bytes;
	size_t room;
	size_t length;
};

void tdi_answer_put(struct tdi_answer *answer, const void *data, size_t length);

u32 tdi_object_query(struct tdi_file *file, const struct tdi_object_id *id,
		     const u8 *context, struct tdi_answer *answer);
u32 tdi_object_set(struct tdi_file *file, const struct tdi_object_id *id,
		   void *value, size_t length);

/* mib.c */
size_t tdi_netdev_addresses(struct net *net, u8 *ta);
size_t tdi_netdev_link_address(struct net *net, u8 *ta);
void tdi_mib_interfaces(struct net *net, struct tdi_answer *answer);
bool tdi_mib_has_interface(struct net *net, u32 index);
u32 tdi_mib_interface(struct net *net, u32 index, struct tdi_answer *answer);
u32 tdi_mib_interface_info(struct net *net, __be32 address,
			   struct tdi_answer *answer);
void tdi_mib_ip(struct net *net, struct tdi_answer *answer);
void tdi_mib_addresses(struct net *net, struct tdi_answer *answer);

#endif /* _TDI_OBJECT_H */
