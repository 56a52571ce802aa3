/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixtures of the suites about clients in the kernel.
 */
#ifndef _TDI_KUNIT_CLIENT_H
#define _TDI_KUNIT_CLIENT_H

#include <linux/tdi.h>

#include "tdi_kunit_event.h"

/**
 * struct tdi_kunit_submitted - a request and who waits for its completion
 * @req: the request
 * @done: its completion has been called; or for a test's own use
 * @completed: it has, whoever has waited for it
 * @flags: for a test's own use
 * @data: same
 */
struct tdi_kunit_submitted {
	struct tdi_request req;
	struct completion done;
	bool completed;
	u32 flags;
	u8 data[64];
};

/**
 * struct tdi_kunit_client - an endpoint of a client, associated
 * @address: its address, at the loopback
 * @endpoint: the endpoint; its context is this
 * @local: of @address
 * @accept: for a connect handler
 */
struct tdi_kunit_client {
	struct tdi_file *address;
	struct tdi_file *endpoint;
	struct sockaddr_storage local;
	struct tdi_kunit_submitted *accept;
};

/* What a receive handler does with one indication */
struct tdi_kunit_answer {
	u32 status;
	u32 taken;
	struct tdi_request *request;
};

#define TDI_KUNIT_ALL	(U32_MAX - 1)	/* as @taken: all that is indicated */

/**
 * struct tdi_kunit_served - a connection whose events are handled
 * @client: its files
 * @peer: the other end, unless somebody else is
 * @answer: what the next indication is answered with; later ones are taken whole
 * @offset: bytes of the pattern that were taken
 * @wrong: something else than the pattern was indicated
 * @calls: of receive handlers
 * @indicated: by the last one
 * @flags: same
 * @expedited_answer: as @answer, for expedited data
 * @expedited: bytes of expedited data that were indicated
 * @byte: the last of them
 * @expedited_at: @offset then
 * @ends: calls of the disconnect handler
 * @end_flags: the last one's
 * @end_offset: @offset then
 * @spaces: calls of the send-possible handler
 * @later: called before a receive handler returns, or NULL
 */
struct tdi_kunit_served {
	struct tdi_kunit_client client;
	struct socket *peer;
	struct tdi_kunit_answer answer;
	size_t offset;
	bool wrong;
	int calls;
	u32 indicated;
	u32 flags;
	struct tdi_kunit_answer expedited_answer;
	int expedited;
	u8 byte;
	size_t expedited_at;
	int ends;
	u32 end_flags;
	size_t end_offset;
	int spaces;
	void (*later)(struct tdi_kunit_served *served);
};

void tdi_kunit_submitted(struct tdi_kunit_submitted *submitted);
u32 tdi_kunit_completed(struct tdi_kunit_submitted *submitted);
void tdi_kunit_client(struct kunit *test, int family,
		      struct tdi_kunit_client *client);
struct tdi_kunit_submitted *tdi_kunit_new_request(struct kunit *test);
struct tdi_file *tdi_kunit_client_endpoint(struct kunit *test,
					   struct tdi_file *address,
					   void *context);
struct tdi_file *tdi_kunit_client_address(struct kunit *test, u32 device,
					  struct sockaddr_storage *local,
					  u32 share_access);
struct tdi_file *tdi_kunit_client_raw(struct kunit *test,
				      const struct sockaddr_storage *local,
				      u32 protocol);
struct file *tdi_kunit_client_filp(struct kunit *test, struct tdi_file *file);
void tdi_kunit_client_close_now(struct kunit *test, struct tdi_file *file);
struct socket *tdi_kunit_client_connect(struct kunit *test,
					struct tdi_file *endpoint, int family);

void tdi_kunit_handle(struct kunit *test, struct tdi_file *file, u32 type,
		      tdi_handler_t handler, void *context);
struct tdi_kunit_served *tdi_kunit_served(struct kunit *test, int family);
void tdi_kunit_serve(struct kunit *test, struct tdi_kunit_served *served,
		     int family);
void tdi_kunit_answer_next(struct tdi_kunit_served *served, u32 status,
			   u32 taken, struct tdi_request *request);
void tdi_kunit_answer_expedited(struct tdi_kunit_served *served, u32 status,
				u32 taken, struct tdi_request *request);
void tdi_kunit_feed(struct kunit *test, struct tdi_kunit_served *served,
		    size_t offset, size_t length);
bool tdi_kunit_has_taken(struct tdi_kunit_served *served, size_t offset);
void tdi_kunit_settle(struct tdi_kunit_served *served);
u32 tdi_kunit_take(void *event_context, void *connection_context,
		   u32 receive_flags, u32 bytes_indicated, u32 bytes_available,
		   u32 *bytes_taken, const void *tsdu,
		   struct tdi_request **receive);
u32 tdi_kunit_take_expedited(void *event_context, void *connection_context,
			     u32 receive_flags, u32 bytes_indicated,
			     u32 bytes_available, u32 *bytes_taken,
			     const void *tsdu, struct tdi_request **receive);
u32 tdi_kunit_see_end(void *event_context, void *connection_context,
		      int disconnect_data_length, const void *disconnect_data,
		      int disconnect_information_length,
		      const void *disconnect_information, u32 flags);
void tdi_kunit_expect_refused(struct kunit *test,
			      const struct sockaddr_storage *local);

#endif /* _TDI_KUNIT_CLIENT_H */
