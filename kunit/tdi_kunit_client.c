// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures of the suites about clients in the kernel.
 */
#include "tdi_kunit_client.h"

static void tdi_kunit_submitted_complete(struct tdi_request *req)
{
	struct tdi_kunit_submitted *submitted = req->context;

	complete(&submitted->done);
}

/* Before each use of it */
void tdi_kunit_submitted(struct tdi_kunit_submitted *submitted)
{
	init_completion(&submitted->done);
	submitted->req.complete = tdi_kunit_submitted_complete;
	submitted->req.context = submitted;
}

/* Wait for it.  Return: its status, STATUS_PENDING if it does not come */
u32 tdi_kunit_completed(struct tdi_kunit_submitted *submitted)
{
	if (!wait_for_completion_timeout(&submitted->done, TDI_KUNIT_PATIENCE))
		return STATUS_PENDING;
	return submitted->req.status;
}

static void tdi_kunit_client_close(void *file)
{
	tdi_close(file);
}

/* Both are closed when the test ends. */
void tdi_kunit_client(struct kunit *test, int family,
		      struct tdi_kunit_client *client)
{
	struct sockaddr_storage local = tdi_kunit_loopback(family, 0);
	struct tdi_request req;

	KUNIT_ASSERT_EQ(test, tdi_open_address(&init_net, TDI_DEVICE_TCP,
					       &local, 0, 0, &client->address),
			STATUS_SUCCESS);
	tdi_kunit_defer(test, tdi_kunit_client_close, client->address);
	KUNIT_ASSERT_EQ(test, tdi_open_endpoint(&init_net, TDI_DEVICE_TCP,
						client, &client->endpoint),
			STATUS_SUCCESS);
	tdi_kunit_defer(test, tdi_kunit_client_close, client->endpoint);
	tdi_kunit_local(test, client->address, &client->local);
	tdi_build_associate(&req, client->endpoint, client->address);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
}
