// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures: clients in the kernel that handle datagrams.
 */
#include "tdi_kunit_hearer.h"

/* tdi_receive_datagram_handler_t; its context is the test's */
u32 tdi_kunit_hear(void *event_context, int source_address_length,
		   const void *source_address, int options_length,
		   const void *options, u32 receive_flags, u32 bytes_indicated,
		   u32 bytes_available, u32 *bytes_taken, const void *tsdu,
		   struct tdi_request **receive)
{
	struct tdi_kunit_hearer *served = event_context;
	struct tdi_kunit_answer answer = served->answer;

	served->answer = (struct tdi_kunit_answer){ .taken = TDI_KUNIT_ALL };
	served->length = bytes_indicated;
	served->flags = receive_flags;
	memcpy(served->data, tsdu, min_t(u32, bytes_indicated,
					 sizeof(served->data)));
	served->sum += bytes_indicated ? served->data[0] : 0;
	served->is_pattern = in_softirq() &&
			     bytes_indicated == bytes_available &&
			     bytes_indicated >= served->header &&
			     tdi_kunit_is_pattern(tsdu + served->header, 0,
						  bytes_indicated -
						  served->header);
	tdi_taddr_parse(source_address, source_address_length, &served->source);
	*bytes_taken = answer.taken == TDI_KUNIT_ALL ? bytes_indicated :
						       answer.taken;
	*receive = answer.request;
	if (served->later)
		served->later(served);
	smp_store_release(&served->calls, served->calls + 1);
	return answer.status;
}

static u32 tdi_kunit_hear_error(void *event_context, u32 status,
				int remote_address_length,
				const void *remote_address)
{
	struct tdi_kunit_hearer *served = event_context;

	served->status = status;
	tdi_taddr_parse(remote_address, remote_address_length, &served->failed);
	smp_store_release(&served->errors, served->errors + 1);
	return STATUS_SUCCESS;
}

/* Without its file and peer */
struct tdi_kunit_hearer *tdi_kunit_new_hearer(struct kunit *test, int family)
{
	struct tdi_kunit_hearer *served;

	served = kunit_kzalloc(test, sizeof(*served), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, served);
	served->answer.taken = TDI_KUNIT_ALL;
	served->local = tdi_kunit_loopback(family, 0);
	served->remote = served->local;
	return served;
}

void tdi_kunit_hearer_handle(struct kunit *test,
			     struct tdi_kunit_hearer *served)
{
	tdi_kunit_handle(test, served->file, TDI_EVENT_RECEIVE_DATAGRAM,
			 tdi_kunit_hear, served);
	tdi_kunit_handle(test, served->file, TDI_EVENT_ERROR_EX,
			 tdi_kunit_hear_error, served);
}

/* Of UDP, with a peer */
struct tdi_kunit_hearer *tdi_kunit_hearer(struct kunit *test, int family,
					  u32 share_access)
{
	struct tdi_kunit_hearer *served = tdi_kunit_new_hearer(test, family);

	served->file = tdi_kunit_client_address(test, TDI_DEVICE_UDP,
						&served->local, share_access);
	served->peer = tdi_kunit_udp(test, &served->remote);
	tdi_kunit_hearer_handle(test, served);
	return served;
}

/* The peer sends so much of the pattern. */
void tdi_kunit_tell(struct kunit *test, struct tdi_kunit_hearer *served,
		    size_t length)
{
	KUNIT_ASSERT_EQ(test,
			tdi_kunit_sendto(served->peer, &served->local,
					 tdi_kunit_pattern(test, 0, length),
					 length), length);
}

bool tdi_kunit_hears(struct tdi_kunit_hearer *served, int calls)
{
	return tdi_kunit_eventually(smp_load_acquire(&served->calls) == calls);
}

/* Of any length, whole, and as it lies: also in pages */
void tdi_kunit_hears_all(struct kunit *test, struct tdi_kunit_hearer *served)
{
	static const size_t lengths[] = { 1, 100, 1500, 20000, 60000, 0 };
	int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		tdi_kunit_tell(test, served, lengths[i]);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_hears(served, i + 1));
		KUNIT_EXPECT_EQ(test, served->length,
				served->header + lengths[i]);
		KUNIT_EXPECT_TRUE(test, served->is_pattern);
		KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&served->source,
							&served->remote));
		KUNIT_EXPECT_EQ(test, served->flags,
				TDI_RECEIVE_ENTIRE_MESSAGE |
				TDI_RECEIVE_AT_DISPATCH_LEVEL);
	}
}
