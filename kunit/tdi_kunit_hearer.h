/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixtures of the suites about clients in the kernel that handle datagrams.
 */
#ifndef _TDI_KUNIT_HEARER_H
#define _TDI_KUNIT_HEARER_H

#include "tdi_kunit_client.h"
#include "tdi_kunit_datagram.h"

/**
 * struct tdi_kunit_hearer - an address whose datagrams are handled
 * @file: the address
 * @local: its own
 * @peer: an ordinary socket
 * @remote: its address
 * @header: bytes before the data, where the client sees its own
 * @answer: what the next datagram is answered with; later ones are taken
 * @calls: of the receive handler
 * @sum: of the first bytes of all datagrams
 * @length: of the last datagram
 * @flags: same
 * @data: its first bytes
 * @is_pattern: all of it is the pattern
 * @source: where it came from
 * @errors: calls of the error handler
 * @status: of the last one
 * @failed: to whom that was
 * @reply: what the handler sends, where a test has it send
 * @other: another address
 * @seen: calls that @other had had at the last one of this
 * @later: called before the receive handler returns, or NULL
 */
struct tdi_kunit_hearer {
	struct tdi_file *file;
	struct sockaddr_storage local;
	struct socket *peer;
	struct sockaddr_storage remote;
	size_t header;
	struct tdi_kunit_answer answer;
	int calls;
	u32 sum;
	u32 length;
	u32 flags;
	u8 data[16];
	bool is_pattern;
	struct sockaddr_storage source;
	int errors;
	u32 status;
	struct sockaddr_storage failed;
	struct tdi_kunit_submitted *reply;
	struct tdi_kunit_hearer *other;
	int seen;
	void (*later)(struct tdi_kunit_hearer *served);
};

struct tdi_kunit_hearer *tdi_kunit_new_hearer(struct kunit *test, int family);
void tdi_kunit_hearer_handle(struct kunit *test,
			     struct tdi_kunit_hearer *served);
struct tdi_kunit_hearer *tdi_kunit_hearer(struct kunit *test, int family,
					  u32 share_access);
void tdi_kunit_tell(struct kunit *test, struct tdi_kunit_hearer *served,
		    size_t length);
bool tdi_kunit_hears(struct tdi_kunit_hearer *served, int calls);
void tdi_kunit_hears_all(struct kunit *test, struct tdi_kunit_hearer *served);
u32 tdi_kunit_hear(void *event_context, int source_address_length,
		   const void *source_address, int options_length,
		   const void *options, u32 receive_flags, u32 bytes_indicated,
		   u32 bytes_available, u32 *bytes_taken, const void *tsdu,
		   struct tdi_request **receive);

#endif /* _TDI_KUNIT_HEARER_H */
