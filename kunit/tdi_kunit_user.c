// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures: open files and user memory.
 */
#include <linux/anon_inodes.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/mman.h>

#include "tdi_kunit_user.h"

int tdi_kunit_user_init(struct kunit *test)
{
	unsigned long addr;

	addr = kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (!addr || IS_ERR_VALUE(addr))
		kunit_skip(test, "no user memory in this kernel's KUnit");
	test->priv = (void *)addr;
	return 0;
}

u64 tdi_kunit_put_data(struct kunit *test, const void *data, size_t length)
{
	KUNIT_ASSERT_EQ(test, copy_to_user(tdi_kunit_page(test)->data, data,
					   length), 0);
	return tdi_kunit_data(test);
}

void tdi_kunit_get_data(struct kunit *test, void *data, size_t length)
{
	KUNIT_ASSERT_EQ(test, copy_from_user(data, tdi_kunit_page(test)->data,
					     length), 0);
}

KUNIT_DEFINE_ACTION_WRAPPER(tdi_kunit_fput_action, __fput_sync, struct file *);

static struct file *tdi_kunit_get_filp(struct kunit *test,
				       struct tdi_file *file, int flags)
{
	struct file *filp;

	filp = anon_inode_getfile("[tdi]", &tdi_fops, file, O_RDWR | flags);
	if (IS_ERR(filp))
		tdi_file_close(file);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, filp);
	tdi_kunit_defer(test, tdi_kunit_fput_action, filp);
	return filp;
}

/* What open(2) gives */
struct file *tdi_kunit_open_filp(struct kunit *test, int device, int flags)
{
	struct tdi_file *file = tdi_file_open(&tdi_devices[device], &init_net);

	KUNIT_ASSERT_NOT_NULL(test, file);
	return tdi_kunit_get_filp(test, file, flags);
}

/* The same for what tdi_kunit_open() has opened */
struct file *tdi_kunit_filp(struct kunit *test, struct tdi_file *file)
{
	tdi_kunit_disown(test, file);
	return tdi_kunit_get_filp(test, file, 0);
}

/* An endpoint with an address, ready to connect or listen */
struct file *tdi_kunit_associated_filp(struct kunit *test, int flags,
				       struct sockaddr_storage *local)
{
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, flags);
	struct tdi_file *file = tdi_kunit_file(filp), *address;

	*local = tdi_kunit_loopback(AF_INET, 0);
	address = tdi_kunit_address(test, local, 0);
	tdi_kunit_local(test, address, local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_create_endpoint(file, 0),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_endpoint_associate(&file->endpoint, address),
			STATUS_SUCCESS);
	return filp;
}

struct file *tdi_kunit_connected_filp(struct kunit *test, int flags,
				      struct socket **peer)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0), local;
	struct socket *listener = tdi_kunit_listener(test, &remote, 1);
	struct file *filp = tdi_kunit_associated_filp(test, flags, &local);

	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, tdi_kunit_file(filp),
						    &remote),
			STATUS_SUCCESS);
	*peer = tdi_kunit_accept(test, listener);
	return filp;
}

/**
 * tdi_kunit_ioctl() - as ioctl(2) would
 * @test: the test
 * @filp: open file
 * @cmd: the command
 * @arg: its argument, which goes to user memory and comes back
 * @size: of @arg, also told to the command unless @arg says another one
 */
long tdi_kunit_ioctl(struct kunit *test, struct file *filp, unsigned int cmd,
		     void *arg, size_t size)
{
	void __user *user = tdi_kunit_page(test)->arg;
	struct tdi_head *head = arg;
	long ret;

	if (!head->size)
		head->size = size;
	head->status = 0x5a5a5a5a;
	KUNIT_ASSERT_EQ(test, copy_to_user(user, arg, size), 0);
	ret = tdi_ioctl(filp, cmd, (unsigned long)user);
	KUNIT_ASSERT_EQ(test, copy_from_user(arg, user, size), 0);
	return ret;
}

KUNIT_DEFINE_ACTION_WRAPPER(tdi_kunit_close_fd, close_fd, unsigned long);

/* A descriptor of this thread's table */
int tdi_kunit_install(struct kunit *test, struct file *filp)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);

	KUNIT_ASSERT_GE(test, fd, 0);
	get_file(filp);
	fd_install(fd, filp);
	tdi_kunit_defer(test, tdi_kunit_close_fd, (void *)(long)fd);
	return fd;
}

/* Close what tdi_kunit_install() has installed */
void tdi_kunit_uninstall(struct kunit *test, int fd)
{
	kunit_release_action(test, tdi_kunit_close_fd, (void *)(long)fd);
}
