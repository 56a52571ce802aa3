/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixtures: open files of /dev/tdi/tcp, and a page of user memory to call them
 * with.
 */
#ifndef _TDI_KUNIT_USER_H
#define _TDI_KUNIT_USER_H

#include <linux/fs.h>
#include <linux/uaccess.h>

#include "chardev.h"
#include "ioctl.h"
#include "tdi_kunit_helpers.h"

/**
 * struct tdi_kunit_page - the page of a client
 * @arg: argument of the command
 * @data: what it points to
 */
struct tdi_kunit_page {
	u8 arg[PAGE_SIZE / 2];
	u8 data[PAGE_SIZE / 2];
};

/* .init of a suite: skips its cases where there is no user memory */
int tdi_kunit_user_init(struct kunit *test);

static inline struct tdi_kunit_page __user *tdi_kunit_page(struct kunit *test)
{
	return (struct tdi_kunit_page __user *)test->priv;
}

/* Address of the data as arguments have it */
static inline u64 tdi_kunit_data(struct kunit *test)
{
	return (uintptr_t)tdi_kunit_page(test)->data;
}

/* A pointer that faults: behind the page there is nothing. */
static inline u64 tdi_kunit_bad_pointer(struct kunit *test)
{
	return (uintptr_t)test->priv + PAGE_SIZE;
}

static inline struct tdi_file *tdi_kunit_file(struct file *filp)
{
	return filp->private_data;
}

u64 tdi_kunit_put_data(struct kunit *test, const void *data, size_t length);
void tdi_kunit_get_data(struct kunit *test, void *data, size_t length);

struct file *tdi_kunit_filp(struct kunit *test, struct tdi_file *file);
struct file *tdi_kunit_open_filp(struct kunit *test, int device, int flags);
struct file *tdi_kunit_associated_filp(struct kunit *test, int flags,
				       struct sockaddr_storage *local);
struct file *tdi_kunit_connected_filp(struct kunit *test, int flags,
				      struct socket **peer);

int tdi_kunit_install(struct kunit *test, struct file *filp);
void tdi_kunit_uninstall(struct kunit *test, int fd);

long tdi_kunit_ioctl(struct kunit *test, struct file *filp, unsigned int cmd,
		     void *arg, size_t size);

/* The status of a call, and the errno that must go with it */
#define TDI_KUNIT_IOCTL(test, filp, cmd, arg, expected)		\
do {									\
	long _ret = tdi_kunit_ioctl(test, filp, cmd, &(arg), sizeof(arg)); \
									\
	KUNIT_EXPECT_EQ(test, (arg).head.status, expected);		\
	KUNIT_EXPECT_EQ(test, _ret, tdi_status_to_errno(expected));	\
} while (0)

#endif /* _TDI_KUNIT_USER_H */
