/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_INDICATION_H
#define _TDI_INDICATION_H

#include "event.h"

/**
 * struct tdi_event_reader - a read(2) of an address file
 * @file: the address file
 * @events: its events
 * @iter: where records go
 */
struct tdi_event_reader {
	struct tdi_file *file;
	struct tdi_events *events;
	struct iov_iter *iter;
};

bool tdi_event_wanted(struct tdi_event_reader *reader, u32 type,
		      struct tdi_event_handler *handler);
void tdi_event_init(struct tdi_event *event, u32 type,
		    const struct tdi_event_handler *handler);
void tdi_event_init_address(struct tdi_event *event, sa_family_t family);
ssize_t tdi_event_put(struct iov_iter *iter, const struct tdi_event *event);
ssize_t tdi_event_put_address(struct iov_iter *iter, struct tdi_event *event,
			      const struct sockaddr_storage *ss);

struct tdi_file *tdi_event_pop(struct tdi_events *events, bool handled);
struct tdi_connection *tdi_event_connection(struct tdi_file *address,
					    struct tdi_file *file);
u32 tdi_event_owed_end(const struct tdi_events *events,
		       struct tdi_connection *conn);
void tdi_event_told_end(struct tdi_connection *conn);
u32 tdi_event_owed_space(struct tdi_connection *conn);
struct tdi_offer *tdi_event_owed_offer(struct tdi_events *events);

ssize_t tdi_event_next_datagram(struct tdi_event_reader *reader);

#endif /* _TDI_INDICATION_H */
