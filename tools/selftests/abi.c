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

#include "abi_commands.h"
#include "layout.h"
#include "memory.h"

#define PAGE		4096
#define UNTOUCHED	0xa5

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

/* Of a device of datagrams, with a protocol of rawip's; it must not wait */
static int open_datagrams(const char *device)
{
	struct tdi_taddr any = address_any(AF_INET, 0);
	int fd;

	NEED(!tdi_open_raw_address(device, O_NONBLOCK, &any,
				   strcmp(device, "rawip") ? 0 : 253, 0, &fd));
	return fd;
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
	EXPECT_SAME(variant->datagram,
		    call_head(open_datagrams("udp"), variant->cmd,
			      argument(variant->size)));
	EXPECT_SAME(variant->datagram,
		    call_head(open_datagrams("rawip"), variant->cmd,
			      argument(variant->size)));
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(endpoint));
	close(address);
	close(endpoint);
}

FIXTURE(datagrams) {
	int fd;
};

FIXTURE_VARIANT(datagrams) {
	const char *device;
};

FIXTURE_VARIANT_ADD(datagrams, udp) { .device = "udp" };
FIXTURE_VARIANT_ADD(datagrams, rawip) { .device = "rawip" };

FIXTURE_SETUP(datagrams)
{
	close(net_enter());
	self->fd = open_datagrams(variant->device);
}

FIXTURE_TEARDOWN(datagrams)
{
	close(self->fd);
}

/* Requests of connections, with all that they would need; nothing happens */
TEST_F(datagrams, are_no_connection)
{
	int other = open_datagrams(variant->device), fd = self->fd;
	const uint32_t no = STATUS_INVALID_CONNECTION;
	struct tdi_batch_entry entry = {
		.endpoint = fd, .buffer = (uintptr_t)"x", .length = 1,
	};
	struct tdi_send_batch batch = {
		.head.size = sizeof(batch),
		.entries = (uintptr_t)&entry, .count = 1,
	};
	struct tdi_object_id nodelay = {
		.tei_entity = TDI_ENTITY_CO_TL,
		.toi_class = TDI_INFO_CLASS_PROTOCOL,
		.toi_type = TDI_INFO_TYPE_CONNECTION,
		.toi_id = TDI_TCP_SOCKET_NODELAY,
	};
	uint32_t value = 1;
	char bytes[64];

	EXPECT_STATUS(no, tdi_associate_address(fd, other, 0, NULL));
	EXPECT_STATUS(no, tdi_disassociate_address(fd, 0, NULL));
	EXPECT_STATUS(no, tdi_listen(fd, NULL, NULL, 0, NULL));
	EXPECT_STATUS(no, tdi_listen(fd, NULL, NULL, TDI_QUERY_ACCEPT, NULL));
	EXPECT_STATUS(no, tdi_accept(fd, 0, 0, NULL, 0, NULL));
	EXPECT_STATUS(no, tdi_accept(fd, 1, 7, NULL, TDI_ACCEPT_CONTEXT, NULL));
	EXPECT_STATUS(no, tdi_send(fd, "x", 1, 0, NULL));
	EXPECT_STATUS(no, tdi_receive(fd, bytes, 1, 0, NULL));
	EXPECT_STATUS(no, tdi_disconnect(fd, 0, TDI_DISCONNECT_RELEASE, NULL));
	EXPECT_EQ(0, call(fd, TDI_IOC_SEND_BATCH, &batch));
	EXPECT_EQ(no, entry.status);
	EXPECT_EQ(0, entry.information);
	EXPECT_STATUS(no, tdi_query_information(fd, TDI_QUERY_CONNECTION_INFO,
						bytes, sizeof(bytes), 0, NULL));
	EXPECT_STATUS(no, tdi_set_information_ex(fd, &nodelay, &value,
						 sizeof(value), 0, NULL));
	EXPECT_STATUS(no, tdi_query_information_ex(fd, &nodelay, NULL, &value,
						   sizeof(value), 0, NULL));
	/* offers are an address's, but of this one there are none */
	EXPECT_STATUS(STATUS_OBJECT_NAME_NOT_FOUND,
		      tdi_event_reply(fd, 1, STATUS_CONNECTION_REFUSED, 0,
				      NULL));
	EXPECT_EQ(-1, write(fd, "x", 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive_datagram(fd, bytes, 1, NULL, NULL, 0, NULL));
	close(other);
}

/* Nor can one be the address of a connection, or have endpoints. */
TEST_F(datagrams, have_no_endpoints)
{
	int endpoint = open_endpoint(), fd;

	EXPECT_STATUS(STATUS_INVALID_HANDLE,
		      tdi_associate_address(endpoint, self->fd, 0, NULL));
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(endpoint));
	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      tdi_open_endpoint(variant->device, 0, 7, &fd));
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
