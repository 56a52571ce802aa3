// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctl ABI itself, command by command: sizes, flags, reserved fields, bad
 * arguments, kinds of file, what is written back.
 */
#include "test.h"

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "layout.h"
#include "memory.h"

#define PAGE		4096
#define UNTOUCHED	0xa5

#define OUTCOME(_status, _error) { .status = (_status), .error = (_error) }
#define NOT_CONNECTION	OUTCOME(STATUS_INVALID_CONNECTION, ENOTCONN)
#define NOT_ADDRESS	OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD)
#define NOT_DATAGRAM	OUTCOME(STATUS_INVALID_ADDRESS, EADDRNOTAVAIL)
#define INVALID		OUTCOME(STATUS_INVALID_PARAMETER, EINVAL)

/* @fd: a control channel */
FIXTURE(command) {
	int fd;
};

/**
 * One variant per command.
 * @cmd: its number
 * @size: of its argument
 * @flags: the flags that it knows
 * @control, @address, @endpoint: what an argument that is all zero comes to on
 *	a fresh file of that kind
 * @reserved: offset of its own reserved field, if it has one
 * @device: it is a command of addresses of that device: flags and @reserved are
 *	looked at only there
 */
FIXTURE_VARIANT(command) {
	unsigned int cmd;
	unsigned int size;
	uint32_t flags;
	struct outcome control, address, endpoint;
	size_t reserved;
	const char *device;
};

FIXTURE_VARIANT_ADD(command, query_caps) {
	.cmd = TDI_IOC_QUERY_CAPS, .size = sizeof(struct tdi_query_caps),
};
FIXTURE_VARIANT_ADD(command, create) {
	.cmd = TDI_IOC_CREATE, .size = sizeof(struct tdi_create),
	.address = OUTCOME(STATUS_INVALID_DEVICE_STATE, EBUSY),
	.endpoint = OUTCOME(STATUS_INVALID_DEVICE_STATE, EBUSY),
	.reserved = offsetof(struct tdi_create, __reserved),
};
FIXTURE_VARIANT_ADD(command, cancel) {
	.cmd = TDI_IOC_CANCEL, .size = sizeof(struct tdi_cancel),
	.flags = TDI_CANCEL_ALL,
	.control = OUTCOME(STATUS_OBJECT_NAME_NOT_FOUND, ENOENT),
	.address = OUTCOME(STATUS_OBJECT_NAME_NOT_FOUND, ENOENT),
	.endpoint = OUTCOME(STATUS_OBJECT_NAME_NOT_FOUND, ENOENT),
};
FIXTURE_VARIANT_ADD(command, associate_address) {
	.cmd = TDI_IOC_ASSOCIATE_ADDRESS,
	.size = sizeof(struct tdi_associate_address),
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = OUTCOME(STATUS_INVALID_HANDLE, EBADF),
	.reserved = offsetof(struct tdi_associate_address, __reserved),
};
FIXTURE_VARIANT_ADD(command, disassociate_address) {
	.cmd = TDI_IOC_DISASSOCIATE_ADDRESS,
	.size = sizeof(struct tdi_disassociate_address),
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = OUTCOME(STATUS_ADDRESS_NOT_ASSOCIATED, ENOTCONN),
};
FIXTURE_VARIANT_ADD(command, connect) {
	.cmd = TDI_IOC_CONNECT, .size = sizeof(struct tdi_connect),
	.flags = ~0U,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = OUTCOME(STATUS_INVALID_ADDRESS_COMPONENT, EAFNOSUPPORT),
	.reserved = offsetof(struct tdi_connect, request.__reserved),
};
FIXTURE_VARIANT_ADD(command, listen) {
	.cmd = TDI_IOC_LISTEN, .size = sizeof(struct tdi_listen),
	.flags = TDI_QUERY_ACCEPT,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_listen, ret.__reserved),
};
FIXTURE_VARIANT_ADD(command, accept) {
	.cmd = TDI_IOC_ACCEPT, .size = sizeof(struct tdi_accept),
	.flags = TDI_ACCEPT_CONTEXT,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_accept, ret.__reserved),
};
FIXTURE_VARIANT_ADD(command, disconnect) {
	.cmd = TDI_IOC_DISCONNECT, .size = sizeof(struct tdi_disconnect),
	.flags = TDI_DISCONNECT_WAIT | TDI_DISCONNECT_ABORT |
		 TDI_DISCONNECT_RELEASE,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_disconnect, request.__reserved),
};
FIXTURE_VARIANT_ADD(command, send) {
	.cmd = TDI_IOC_SEND, .size = sizeof(struct tdi_data),
	.flags = TDI_SEND_EXPEDITED | TDI_SEND_PARTIAL |
		 TDI_SEND_NO_RESPONSE_EXPECTED | TDI_SEND_NON_BLOCKING |
		 TDI_SEND_AND_DISCONNECT,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_data, __reserved),
};
FIXTURE_VARIANT_ADD(command, receive) {
	.cmd = TDI_IOC_RECEIVE, .size = sizeof(struct tdi_data),
	.flags = TDI_RECEIVE_NORMAL | TDI_RECEIVE_PARTIAL | TDI_RECEIVE_PEEK |
		 TDI_RECEIVE_EXPEDITED | TDI_RECEIVE_NO_RESPONSE_EXP,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_data, __reserved),
};
/* All zero is a handler that is turned off, and was not on. */
FIXTURE_VARIANT_ADD(command, set_event_handler) {
	.cmd = TDI_IOC_SET_EVENT_HANDLER,
	.size = sizeof(struct tdi_set_event_handler),
	.flags = TDI_EVENT_HANDLER,
	.control = NOT_ADDRESS, .endpoint = NOT_ADDRESS,
};
FIXTURE_VARIANT_ADD(command, event_reply) {
	.cmd = TDI_IOC_EVENT_REPLY, .size = sizeof(struct tdi_event_reply),
	.control = NOT_ADDRESS, .endpoint = NOT_ADDRESS,
	.address = OUTCOME(STATUS_INVALID_PARAMETER, EINVAL),
	.reserved = offsetof(struct tdi_event_reply, __reserved),
	.device = "tcp",
};
FIXTURE_VARIANT_ADD(command, send_batch) {
	.cmd = TDI_IOC_SEND_BATCH, .size = sizeof(struct tdi_send_batch),
	.reserved = offsetof(struct tdi_send_batch, __reserved),
};
FIXTURE_VARIANT_ADD(command, query_information) {
	.cmd = TDI_IOC_QUERY_INFORMATION,
	.size = sizeof(struct tdi_query_information),
	.control = OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD),
	.address = OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD),
	.endpoint = OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD),
};

FIXTURE_VARIANT_ADD(command, send_datagram) {
	.cmd = TDI_IOC_SEND_DATAGRAM, .size = sizeof(struct tdi_datagram),
	.control = NOT_DATAGRAM, .address = NOT_DATAGRAM,
	.endpoint = NOT_DATAGRAM,
	.reserved = offsetof(struct tdi_datagram, __reserved),
	.device = "udp",
};
FIXTURE_VARIANT_ADD(command, receive_datagram) {
	.cmd = TDI_IOC_RECEIVE_DATAGRAM, .size = sizeof(struct tdi_datagram),
	.flags = TDI_RECEIVE_NORMAL | TDI_RECEIVE_PARTIAL | TDI_RECEIVE_PEEK,
	.control = NOT_DATAGRAM, .address = NOT_DATAGRAM,
	.endpoint = NOT_DATAGRAM,
	.reserved = offsetof(struct tdi_datagram, ret.__reserved),
	.device = "udp",
};
FIXTURE_VARIANT_ADD(command, set_information) {
	.cmd = TDI_IOC_SET_INFORMATION,
	.size = sizeof(struct tdi_set_information),
	.control = NOT_ADDRESS, .address = NOT_ADDRESS, .endpoint = NOT_ADDRESS,
};
/* No header, so none that is not implemented */
FIXTURE_VARIANT_ADD(command, action) {
	.cmd = TDI_IOC_ACTION, .size = sizeof(struct tdi_action),
	.control = INVALID, .address = INVALID, .endpoint = INVALID,
	.reserved = offsetof(struct tdi_action, __reserved),
};
FIXTURE_VARIANT_ADD(command, query_information_ex) {
	.cmd = TDI_IOC_QUERY_INFORMATION_EX,
	.size = sizeof(struct tdi_query_information_ex),
	.control = INVALID, .address = INVALID, .endpoint = INVALID,
};
FIXTURE_VARIANT_ADD(command, set_information_ex) {
	.cmd = TDI_IOC_SET_INFORMATION_EX,
	.size = sizeof(struct tdi_set_information_ex),
	.control = INVALID, .address = INVALID, .endpoint = INVALID,
};

FIXTURE_SETUP(command)
{
	self->fd = open_control();
}

FIXTURE_TEARDOWN(command)
{
	close(self->fd);
}

static int call(int fd, unsigned int cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

/* An argument of that size, zero, at the edge of what is mapped */
static struct tdi_head *argument(size_t size)
{
	struct tdi_head *head = memory_at_edge(size);

	head->size = size;
	head->status = ~0U;
	head->information = ~0ULL;
	return head;
}

/* Makes the call with a head that is @size bytes long or more */
static struct outcome call_head(int fd, unsigned int cmd, struct tdi_head *head)
{
	struct outcome outcome;

	outcome.error = call(fd, cmd, head);
	outcome.status = head->status;
	return outcome;
}

static bool all_are(const void *memory, int value, size_t length)
{
	const unsigned char *byte = memory;

	while (length--)
		if (*byte++ != value)
			return false;
	return true;
}

#define EXPECT_SAME(want, call) do {					\
	struct outcome __want = (want), __got = (call);			\
									\
	EXPECT_EQ(__want.status, __got.status);				\
	EXPECT_EQ(__want.error, __got.error);				\
} while (0)

/* A file that is as it was: its kind can still be chosen */
static bool is_fresh(int fd)
{
	return !tdi_create(fd, NULL, 0, 0, 0, 0, NULL);
}

/* One that the command is for */
static int file_for(unsigned int cmd, const char *device, int control)
{
	struct tdi_taddr any = address_any(AF_INET, 0);
	int fd;

	if (cmd == TDI_IOC_CREATE)
		return control;
	if (!device)
		return open_endpoint();
	close(net_enter());
	NEED(!tdi_open_address(device, 0, &any, 0, &fd));
	return fd;
}

TEST_F(command, too_small)
{
	const size_t sizes[] = { 0, 1, 8, sizeof(struct tdi_head) - 1,
				 variant->size - 8, variant->size - 1 };
	unsigned char bytes[PAGE];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(bytes, UNTOUCHED, sizeof(bytes));
		((struct tdi_head *)bytes)->size = sizes[i];
		EXPECT_EQ(EINVAL, call(self->fd, variant->cmd, bytes));
		/* nothing written */
		EXPECT_EQ(sizes[i], ((struct tdi_head *)bytes)->size);
		EXPECT_TRUE(all_are(bytes + 4, UNTOUCHED, sizeof(bytes) - 4));
	}
	EXPECT_TRUE(is_fresh(self->fd));
}

/* Reads and writes no more than the caller says is there */
TEST_F(command, exact)
{
	struct tdi_head *head = argument(variant->size);
	struct outcome outcome = call_head(self->fd, variant->cmd, head);

	EXPECT_SAME(variant->control, outcome);
	EXPECT_TRUE(outcome_agrees(&outcome));
	EXPECT_EQ(0, head->information);
	/* what went in is as it was */
	EXPECT_EQ(variant->size, head->size);
	EXPECT_EQ(0, head->flags);
	EXPECT_EQ(0, head->cookie);
	if (variant->cmd != TDI_IOC_QUERY_CAPS)
		EXPECT_TRUE(all_are(head + 1, 0, variant->size - sizeof(*head)));
}

TEST_F(command, larger_zeroed)
{
	const size_t sizes[] = { variant->size + 1, variant->size + 8,
				 variant->size + 100, PAGE };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct tdi_head *head = argument(sizes[i]);
		int fd = open_control();

		EXPECT_SAME(variant->control,
			    call_head(fd, variant->cmd, head));
		EXPECT_EQ(sizes[i], head->size);
		EXPECT_TRUE(all_are((char *)head + variant->size, 0,
				    sizes[i] - variant->size));
		close(fd);
	}
}

TEST_F(command, larger_with_garbage)
{
	const size_t sizes[] = { variant->size + 1, variant->size + 8, PAGE };
	const struct outcome too_big = OUTCOME(STATUS_INVALID_PARAMETER, E2BIG);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct tdi_head *head = argument(sizes[i]);
		unsigned char *bytes = (unsigned char *)head;

		bytes[sizes[i] - 1] = 1;
		EXPECT_SAME(too_big, call_head(self->fd, variant->cmd, head));
		EXPECT_EQ(0, head->information);
		bytes[sizes[i] - 1] = 0;
		bytes[variant->size] = 0x80;
		head->status = ~0U;
		EXPECT_SAME(too_big, call_head(self->fd, variant->cmd, head));
		EXPECT_EQ(0x80, bytes[variant->size]);
	}
	EXPECT_TRUE(is_fresh(self->fd));
}

/* No structure will ever be that long: not even read */
TEST_F(command, beyond_a_page)
{
	const uint32_t sizes[] = { PAGE + 1, 0x10000, 0x80000000, ~0U };
	const struct outcome too_big = OUTCOME(STATUS_INVALID_PARAMETER, E2BIG);
	struct tdi_head *head = memory_at_edge(PAGE);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		head->size = sizes[i];
		head->status = ~0U;
		EXPECT_SAME(too_big, call_head(self->fd, variant->cmd, head));
		EXPECT_EQ(0, head->information);
	}
	EXPECT_TRUE(is_fresh(self->fd));
}

TEST_F(command, bad_argument)
{
	EXPECT_EQ(EFAULT, call(self->fd, variant->cmd, NULL));
	EXPECT_EQ(EFAULT, call(self->fd, variant->cmd, memory_unmapped()));
	EXPECT_EQ(EFAULT, call(self->fd, variant->cmd, MEMORY_KERNEL));
	EXPECT_EQ(EFAULT, call(self->fd, variant->cmd, (void *)~0UL));
	/* the size itself is cut off */
	EXPECT_EQ(EFAULT, call(self->fd, variant->cmd, memory_at_edge(3)));
	EXPECT_TRUE(is_fresh(self->fd));
}

/* Says that it is longer than it is; as much of it as is there gets a status. */
TEST_F(command, cut_off_argument)
{
	struct tdi_head *head = argument(sizeof(*head));

	head->size = variant->size + 8;
	EXPECT_SAME(((struct outcome)OUTCOME(STATUS_ACCESS_VIOLATION, EFAULT)),
		    call_head(self->fd, variant->cmd, head));
	EXPECT_EQ(0, head->information);
	head = memory_at_edge(8);
	head->size = variant->size;
	EXPECT_EQ(EFAULT, call(self->fd, variant->cmd, head));
	EXPECT_TRUE(is_fresh(self->fd));
}

TEST_F(command, read_only_argument)
{
	struct tdi_head *head = argument(PAGE);

	head->size = variant->size;
	ASSERT_EQ(0, mprotect(head, PAGE, PROT_READ));
	EXPECT_EQ(EFAULT, call(self->fd, variant->cmd, head));
	EXPECT_EQ(~0U, head->status);
}

TEST_F(command, reserved_fields)
{
	const struct outcome invalid = INVALID;
	struct tdi_head *head = argument(variant->size);
	int fd = file_for(variant->cmd, variant->device, self->fd);

	head->__reserved = 1;
	EXPECT_SAME(invalid, call_head(self->fd, variant->cmd, head));
	EXPECT_SAME(invalid, call_head(fd, variant->cmd, head));
	head->__reserved = 0;
	if (variant->cmd == TDI_IOC_EVENT_REPLY)
		((struct tdi_event_reply *)head)->status =
			STATUS_CONNECTION_REFUSED;
	if (variant->reserved) {
		*(uint32_t *)((char *)head + variant->reserved) = 0x80000000;
		EXPECT_SAME(invalid, call_head(fd, variant->cmd, head));
	}
	EXPECT_TRUE(is_fresh(self->fd));
}

TEST_F(command, unknown_flags)
{
	const struct outcome invalid = INVALID;
	int fd = file_for(variant->cmd, variant->device, self->fd);
	struct tdi_head *head;

	for (int bit = 0; bit < 32; bit++) {
		if (variant->flags & 1U << bit)
			continue;
		head = argument(variant->size);
		head->flags = 1U << bit;
		EXPECT_SAME(invalid, call_head(fd, variant->cmd, head));
	}
	EXPECT_TRUE(is_fresh(self->fd));
}

/* Only the plain number is the command: no direction, no size in it */
TEST_F(command, number)
{
	const unsigned int nr = _IOC_NR(variant->cmd);
	struct tdi_head *head = argument(PAGE);

	EXPECT_EQ(ENOTTY, call(self->fd, _IOR(TDI_IOC_MAGIC, nr, int), head));
	EXPECT_EQ(ENOTTY, call(self->fd, _IOW(TDI_IOC_MAGIC, nr, int), head));
	EXPECT_EQ(ENOTTY, call(self->fd, _IO(TDI_IOC_MAGIC + 1, nr), head));
	EXPECT_EQ(ENOTTY, call(self->fd, nr, head));
	EXPECT_EQ(~0U, head->status);
}

TEST_F(command, kinds_of_file)
{
	struct tdi_taddr any = address_any(AF_INET, 0);
	int address, endpoint = open_endpoint();

	close(net_enter());
	address = open_address(&any);
	EXPECT_SAME(variant->control,
		    call_head(self->fd, variant->cmd, argument(variant->size)));
	EXPECT_SAME(variant->address,
		    call_head(address, variant->cmd, argument(variant->size)));
	EXPECT_SAME(variant->endpoint,
		    call_head(endpoint, variant->cmd, argument(variant->size)));
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(endpoint));
	close(address);
	close(endpoint);
}

/* A 32-bit program's call; the argument must lie below 4 GiB. */
static long call32(int fd, unsigned int cmd, void *arg)
{
	long result = -ENOSYS;

#ifdef __x86_64__
	asm volatile("int $0x80"
		     : "=a" (result)
		     : "a" (54L), "b" ((long)fd), "c" ((long)cmd), "d" (arg)
		     : "memory", "r8", "r9", "r10", "r11");
#endif
	return result;
}

static bool has_call32(void)
{
	int status;
	pid_t pid;

#ifndef __x86_64__
	return false;
#endif
	pid = fork();
	if (!pid) {
		struct rlimit none = { 0 };

		setrlimit(RLIMIT_CORE, &none);
		_exit(call32(-1, 0, NULL) != -EBADF);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

TEST_F(command, called_from_32_bit)
{
	struct tdi_head *head = memory_low(PAGE);
	struct outcome outcome;

	if (!has_call32())
		SKIP(return, "this kernel runs no 32-bit programs");
	head->size = variant->size;
	outcome.error = -call32(self->fd, variant->cmd, head);
	outcome.status = head->status;
	EXPECT_SAME(variant->control, outcome);
	head->size = variant->size - 1;
	EXPECT_EQ(-EINVAL, call32(self->fd, variant->cmd, head));
	EXPECT_EQ(-EFAULT, call32(self->fd, variant->cmd, NULL));
}

static bool is_command(unsigned int nr)
{
	static const unsigned int known[] = {
		TDI_IOC_QUERY_CAPS, TDI_IOC_CREATE, TDI_IOC_CANCEL,
		TDI_IOC_ASSOCIATE_ADDRESS, TDI_IOC_DISASSOCIATE_ADDRESS,
		TDI_IOC_CONNECT, TDI_IOC_LISTEN, TDI_IOC_ACCEPT,
		TDI_IOC_DISCONNECT, TDI_IOC_SEND, TDI_IOC_RECEIVE,
		TDI_IOC_SET_EVENT_HANDLER, TDI_IOC_EVENT_REPLY,
		TDI_IOC_SEND_BATCH, TDI_IOC_QUERY_INFORMATION,
		TDI_IOC_SEND_DATAGRAM, TDI_IOC_RECEIVE_DATAGRAM,
		TDI_IOC_SET_INFORMATION, TDI_IOC_ACTION,
		TDI_IOC_QUERY_INFORMATION_EX, TDI_IOC_SET_INFORMATION_EX,
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (_IOC_NR(known[i]) == nr)
			return true;
	return false;
}

TEST(unknown_commands)
{
	struct tdi_head *head = argument(PAGE);
	int fd = open_control();

	for (unsigned int nr = 0; nr < 256; nr++) {
		if (is_command(nr))
			continue;
		EXPECT_EQ(ENOTTY, call(fd, _IO(TDI_IOC_MAGIC, nr), head))
			TH_LOG("number %#x", nr);
	}
	EXPECT_EQ(ENOTTY, call(fd, TCGETS, head));
	EXPECT_EQ(ENOTTY, call(fd, 0, head));
	EXPECT_EQ(ENOTTY, call(fd, ~0U, head));
	EXPECT_EQ(~0U, head->status);
	EXPECT_TRUE(is_fresh(fd));
}

/* Numbers that the kernel answers, or would, before a driver sees them */
TEST(numbers_of_the_vfs)
{
	struct tdi_head *head = argument(PAGE);
	int fd = open_control(), on = 1;

	EXPECT_EQ(ENOTTY, call(fd, FIBMAP, head));
	EXPECT_EQ(~0U, head->status);
	call(fd, FIGETBSZ, head);
	EXPECT_EQ(~0U, head->status);
	EXPECT_EQ(0, call(fd, FIONBIO, &on));
	EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(0, call(fd, FIOCLEX, NULL));
	EXPECT_TRUE(is_fresh(fd));
}

/* io_uring, and its commands can be cancelled: tried since Linux 6.12 */
static bool has_uring(void)
{
	struct utsname name;
	int major, minor;

	NEED(!uname(&name));
	NEED(sscanf(name.release, "%d.%d", &major, &minor) == 2);
	return (major > 6 || (major == 6 && minor >= 12)) &&
	       syscall(SYS_io_uring_setup, 0, NULL) && errno != ENOSYS;
}

TEST(capabilities)
{
	struct tdi_query_caps caps;
	uint64_t expected = has_uring() ? TDI_CAP_URING : 0;
	int fd = open_control();

	ASSERT_STATUS(STATUS_SUCCESS, tdi_query_caps(fd, &caps, 0, NULL));
	EXPECT_EQ(TDI_ABI_VERSION, caps.abi_version);
	EXPECT_EQ(TDI_DEVICE_TCP, caps.device);
	if (!access("/proc/net/if_inet6", F_OK))
		expected |= TDI_CAP_IPV6;
	EXPECT_EQ(expected, caps.capabilities);
	for (unsigned int nr = 0; nr < 64; nr++) {
		EXPECT_EQ(is_command(TDI_IOC_BASE + nr), caps.commands >> nr & 1)
			TH_LOG("command %#x", nr);
	}
}

TEST(devices)
{
	static const char *const names[] = { "tcp", "udp", "rawip" };
	struct tdi_query_caps caps;
	int fd;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		ASSERT_STATUS(STATUS_SUCCESS, tdi_open(names[i], 0, &fd));
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_query_caps(fd, &caps, 0, NULL));
		EXPECT_EQ(i, caps.device);
		close(fd);
	}
}

TEST_HARNESS_MAIN
