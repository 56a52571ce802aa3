/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_EVENT_H
#define _TDI_EVENT_H

#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/tdi.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "file.h"

#define TDI_EVENT_TYPES		(TDI_EVENT_ERROR_EX + 1)

/**
 * struct tdi_event_handler - what a client asked for
 * @context: its TdiEventContext
 * @lookahead: bytes that come with the event, as it is read
 * @called: by a client in the kernel, not to be read
 * @function: of a client in the kernel
 */
struct tdi_event_handler {
	u64 context;
	u32 lookahead;
	bool called;
	tdi_handler_t function;
};

/**
 * struct tdi_reading - one reader at a time
 * @mutex: whoever reads
 * @contended: somebody who must not wait came meanwhile
 */
struct tdi_reading {
	struct mutex mutex;
	bool contended;
};

/**
 * struct tdi_events - what one open of an address wants to know, and who has
 *	something to tell
 * @file: that open
 * @lock: (BH) all but @reading
 * @wanted: bit n: event n is on
 * @incoming: connections may wait at the listener, or offers to be told; or a
 *	datagram that none of the receives wants
 * @error: status for TDI_EVENT_ERROR, or STATUS_SUCCESS
 * @silent: a datagram was told of, and no TDI_RECEIVE_DATAGRAM came since
 * @ready: endpoints with something to tell
 * @handlers: of the events in @wanted
 * @handled: they are functions, which @work calls; else events are read
 * @work: see handler.c
 * @reading: whoever takes what there is to tell; else only to wait for the end of
 *	that
 *
 * There is no queue of events: an endpoint that may have something to tell is
 * on @ready, and whoever reads looks what it is.
 */
struct tdi_events {
	struct tdi_file *file;
	spinlock_t lock;
	u32 wanted;
	bool incoming;
	u32 error;
	bool silent;
	struct list_head ready;
	struct tdi_event_handler handlers[TDI_EVENT_TYPES];
	bool handled;
	struct work_struct work;
	struct tdi_reading reading;
};

void tdi_reading_init(struct tdi_reading *reading);
bool tdi_reading_try(struct tdi_reading *reading);
bool tdi_reading_end(struct tdi_reading *reading);
void tdi_reading_wait(struct tdi_reading *reading);

struct tdi_events *tdi_events_alloc(void);
u32 tdi_event_set_handler(struct tdi_file *file, u32 type, bool on,
			  const struct tdi_event_handler *handler);
u32 tdi_file_set_handler(struct tdi_file *file, u32 type, bool on,
			 const struct tdi_event_handler *handler);
void tdi_handlers_off(struct tdi_file *file);
void tdi_event_off(struct tdi_file *file);

void tdi_event_attach(struct tdi_endpoint *ep, struct tdi_file *address);
void tdi_event_detach(struct tdi_endpoint *ep);
void tdi_event_ready(struct tdi_endpoint *ep);
void tdi_event_resume(struct tdi_connection *conn, enum tdi_queue queue);
void tdi_event_resume_locked(struct tdi_endpoint *ep, enum tdi_queue queue);
void tdi_event_wake(struct tdi_file *address);
void tdi_event_end_reading(struct tdi_file *file);
void tdi_event_datagram(struct tdi_file *file);
bool tdi_event_tells_datagrams(const struct tdi_file *file);
void tdi_event_resume_datagrams(struct tdi_file *file);
void tdi_event_incoming(struct tdi_address *address, u32 error);

ssize_t tdi_event_read(struct tdi_file *file, struct iov_iter *iter,
		       bool nonblock);
__poll_t tdi_event_poll(struct tdi_file *file);

#endif /* _TDI_EVENT_H */
