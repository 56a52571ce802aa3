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
 * @flags: for a test's own use
 * @data: same
 */
struct tdi_kunit_submitted {
	struct tdi_request req;
	struct completion done;
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
	struct tdi_kunit_submitted accept;
};

void tdi_kunit_submitted(struct tdi_kunit_submitted *submitted);
u32 tdi_kunit_completed(struct tdi_kunit_submitted *submitted);
void tdi_kunit_client(struct kunit *test, int family,
		      struct tdi_kunit_client *client);

#endif /* _TDI_KUNIT_CLIENT_H */
