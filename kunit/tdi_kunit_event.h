/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixtures of the suites that read events.
 */
#ifndef _TDI_KUNIT_EVENT_H
#define _TDI_KUNIT_EVENT_H

#include "event.h"
#include "offer.h"
#include "tdi_kunit_helpers.h"

/* What handlers have as their context: this, and the type */
#define TDI_KUNIT_EVENT_CONTEXT	0xe0e1e2e3e4e5e600ULL

/**
 * struct tdi_kunit_reader - somebody who reads the events of an address
 * @test: the test
 * @file: the address file
 * @length: bytes in @buffer
 * @next: of them, those that the test has seen
 * @buffer: records that were read
 */
struct tdi_kunit_reader {
	struct kunit *test;
	struct tdi_file *file;
	size_t length;
	size_t next;
	u8 buffer[SZ_4K] __aligned(8);
};

u32 tdi_kunit_handler(struct tdi_file *address, u32 type, bool on,
		      u32 lookahead);
void tdi_kunit_event_on(struct kunit *test, struct tdi_file *address, u32 type,
			u32 lookahead);
void tdi_kunit_event_off(struct kunit *test, struct tdi_file *address,
			 u32 type);
ssize_t tdi_kunit_read_events(struct tdi_file *address, void *data,
			      size_t length);
bool tdi_kunit_event_comes(struct tdi_file *address);

struct tdi_kunit_reader *tdi_kunit_reader(struct kunit *test,
					  struct tdi_file *address);
const struct tdi_event *tdi_kunit_event(struct tdi_kunit_reader *reader,
					u32 type);
const struct tdi_event *tdi_kunit_event_of(struct tdi_kunit_reader *reader,
					   u32 type, struct tdi_file *endpoint);
const struct tdi_event *tdi_kunit_disconnected(struct tdi_kunit_reader *reader,
					       struct tdi_file *endpoint,
					       u32 flags);
void tdi_kunit_no_event(struct tdi_kunit_reader *reader);
const void *tdi_kunit_event_data(const struct tdi_event *event);

struct tdi_kunit_reader *tdi_kunit_announced(struct kunit *test, int family,
					     struct tdi_kunit_pair *pair);
struct tdi_kunit_reader *tdi_kunit_offering(struct kunit *test,
					    struct sockaddr_storage *local);
u64 tdi_kunit_offer(struct tdi_kunit_reader *reader,
		    const struct sockaddr_storage *local, struct socket **peer);
struct tdi_kunit_request *tdi_kunit_query(struct kunit *test,
					  struct tdi_file *endpoint);
struct socket *tdi_kunit_offered(struct kunit *test, struct tdi_file *endpoint,
				 const struct sockaddr_storage *local);
bool tdi_kunit_no_offers(struct tdi_file *address);
bool tdi_kunit_readable(struct tdi_file *endpoint);
bool tdi_kunit_ended(struct tdi_file *endpoint);
struct socket *tdi_kunit_own_socket(struct kunit *test,
				    struct tdi_file *endpoint);

/**
 * struct tdi_kunit_sleeper - somebody who waits in read(2)
 * @reader: where to
 * @thread: who
 * @n: what it returned
 */
struct tdi_kunit_sleeper {
	struct tdi_kunit_reader *reader;
	struct tdi_kunit_thread *thread;
	ssize_t n;
};

struct tdi_kunit_sleeper *tdi_kunit_sleeper(struct tdi_kunit_reader *reader);
void tdi_kunit_interrupt(void *data);
ssize_t tdi_kunit_woken(struct tdi_kunit_sleeper *sleeper);
void tdi_kunit_kill_listener(struct tdi_file *address);
void tdi_kunit_expect_accepted(struct kunit *test, struct tdi_file *address,
			       u64 cookie, struct socket *peer);

#endif /* _TDI_KUNIT_EVENT_H */
