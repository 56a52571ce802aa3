// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_IOC_SEND_BATCH.
 */
#include "tdi_kunit_user.h"

#define BATCH	4

/* Endpoints with their peers, and a batch that sends "0" to "3" on them */
struct batch {
	struct file *filp[BATCH];
	struct socket *peer[BATCH];
	struct tdi_batch_entry entry[BATCH];
	struct tdi_send_batch arg;
};

static struct batch *batch_new(struct kunit *test)
{
	struct batch *batch = kunit_kzalloc(test, sizeof(*batch), GFP_KERNEL);
	u64 data = tdi_kunit_put_data(test, "0123", BATCH);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, batch);
	for (i = 0; i < BATCH; i++) {
		batch->filp[i] = tdi_kunit_connected_filp(test, 0,
							  &batch->peer[i]);
		batch->entry[i].endpoint = tdi_kunit_install(test,
							     batch->filp[i]);
		batch->entry[i].buffer = data + i;
		batch->entry[i].length = 1;
		batch->entry[i].status = STATUS_UNSUCCESSFUL;
	}
	batch->arg.count = BATCH;
	batch->arg.entries = data + 64;
	return batch;
}

/* Call it on @filp; @entry is what comes back */
static void batch_call(struct kunit *test, struct batch *batch,
		       struct file *filp, u32 status)
{
	void __user *user = u64_to_user_ptr(batch->arg.entries);

	KUNIT_ASSERT_EQ(test, copy_to_user(user, batch->entry,
					   sizeof(batch->entry)), 0);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_SEND_BATCH, batch->arg, status);
	KUNIT_ASSERT_EQ(test, copy_from_user(batch->entry, user,
					     sizeof(batch->entry)), 0);
}

static void batch_on_many_endpoints(struct kunit *test)
{
	struct file *control = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct batch *batch = batch_new(test);
	u8 byte;
	int i;

	batch_call(test, batch, control, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, batch->arg.head.information, BATCH);
	for (i = 0; i < BATCH; i++) {
		KUNIT_EXPECT_EQ(test, batch->entry[i].status, STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, batch->entry[i].information, 1);
		KUNIT_EXPECT_EQ(test, tdi_kunit_read(batch->peer[i], &byte, 1),
				1);
		KUNIT_EXPECT_EQ(test, byte, '0' + i);
	}
}

/* What one cannot do is its own affair. */
static void batch_with_some_that_fail(struct kunit *test)
{
	struct batch *batch = batch_new(test);
	u8 byte;

	batch->entry[0].endpoint = -1;
	batch->entry[1].buffer = tdi_kunit_bad_pointer(test);
	tdi_kunit_fill(test, tdi_kunit_file(batch->filp[2]));
	batch_call(test, batch, batch->filp[0], STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, batch->entry[0].status, STATUS_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, batch->entry[1].status, STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, batch->entry[2].status, STATUS_DEVICE_NOT_READY);
	KUNIT_EXPECT_EQ(test, batch->entry[3].status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(batch->peer[3], &byte, 1), 1);
	KUNIT_EXPECT_EQ(test, byte, '3');
}

static void batch_entries_that_cannot_be(struct kunit *test)
{
	struct file *control = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct batch *batch = batch_new(test);

	batch->entry[0].endpoint = tdi_kunit_install(test, control);
	batch->entry[1].__reserved = 1;
	batch->entry[2].length = (u64)MAX_RW_COUNT + 1;
	batch->entry[3].flags = 0x80000000;
	batch_call(test, batch, control, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, batch->entry[0].status,
			STATUS_INVALID_CONNECTION);
	KUNIT_EXPECT_EQ(test, batch->entry[1].status, STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, batch->entry[2].status, STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, batch->entry[3].status, STATUS_INVALID_PARAMETER);
}

/* Those before the one that cannot be read have been sent. */
static void batch_that_cannot_be(struct kunit *test)
{
	struct batch *batch = batch_new(test);
	struct tdi_send_batch arg = batch->arg;
	void __user *user;
	u8 byte;

	arg.__reserved = 1;
	TDI_KUNIT_IOCTL(test, batch->filp[0], TDI_IOC_SEND_BATCH, arg,
			STATUS_INVALID_PARAMETER);
	arg = batch->arg;
	arg.count = TDI_BATCH_MAX + 1;
	TDI_KUNIT_IOCTL(test, batch->filp[0], TDI_IOC_SEND_BATCH, arg,
			STATUS_INVALID_PARAMETER);

	arg.count = 2;
	arg.entries = tdi_kunit_bad_pointer(test) - sizeof(batch->entry[0]);
	user = u64_to_user_ptr(arg.entries);
	KUNIT_ASSERT_EQ(test, copy_to_user(user, batch->entry,
					   sizeof(batch->entry[0])), 0);
	TDI_KUNIT_IOCTL(test, batch->filp[0], TDI_IOC_SEND_BATCH, arg,
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, arg.head.information, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(batch->peer[0], &byte, 1), 1);
	KUNIT_EXPECT_EQ(test, byte, '0');
}

static struct kunit_case tdi_batch_cases[] = {
	KUNIT_CASE(batch_on_many_endpoints),
	KUNIT_CASE(batch_with_some_that_fail),
	KUNIT_CASE(batch_entries_that_cannot_be),
	KUNIT_CASE(batch_that_cannot_be),
	{}
};

static struct kunit_suite tdi_batch_suite = {
	.name		= "tdi_batch",
	.suite_init	= tdi_kunit_suite_init,
	.init		= tdi_kunit_user_init,
	.test_cases	= tdi_batch_cases,
};

kunit_test_suite(tdi_batch_suite);
