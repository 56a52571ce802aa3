// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of <linux/tdi.h>: sizes, pointers, flags, descriptors, kinds of
 * files, timeouts.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>

#include "call.h"
#include "uring.h"
#include "tdi_kunit_user.h"

struct ioctl_command_param {
	const char *desc;
	unsigned int cmd;
	size_t size;
	bool any_flags;
	/* of a control channel, with an argument of zeroes */
	u32 status;
};

static const struct ioctl_command_param ioctl_command_params[] = {
	{ "QUERY_CAPS", TDI_IOC_QUERY_CAPS, sizeof(struct tdi_query_caps),
	  false, STATUS_SUCCESS },
	{ "CREATE", TDI_IOC_CREATE, sizeof(struct tdi_create), false,
	  STATUS_SUCCESS },
	{ "CANCEL", TDI_IOC_CANCEL, sizeof(struct tdi_cancel), false,
	  STATUS_OBJECT_NAME_NOT_FOUND },
	{ "ASSOCIATE_ADDRESS", TDI_IOC_ASSOCIATE_ADDRESS,
	  sizeof(struct tdi_associate_address), false,
	  STATUS_INVALID_CONNECTION },
	{ "DISASSOCIATE_ADDRESS", TDI_IOC_DISASSOCIATE_ADDRESS,
	  sizeof(struct tdi_disassociate_address), false,
	  STATUS_INVALID_CONNECTION },
	{ "CONNECT", TDI_IOC_CONNECT, sizeof(struct tdi_connect), true,
	  STATUS_INVALID_CONNECTION },
	{ "LISTEN", TDI_IOC_LISTEN, sizeof(struct tdi_listen), true,
	  STATUS_INVALID_CONNECTION },
	{ "ACCEPT", TDI_IOC_ACCEPT, sizeof(struct tdi_accept), true,
	  STATUS_INVALID_CONNECTION },
	{ "SET_EVENT_HANDLER", TDI_IOC_SET_EVENT_HANDLER,
	  sizeof(struct tdi_set_event_handler), false,
	  STATUS_INVALID_DEVICE_REQUEST },
	{ "EVENT_REPLY", TDI_IOC_EVENT_REPLY, sizeof(struct tdi_event_reply),
	  false, STATUS_INVALID_DEVICE_REQUEST },
	{ "SEND_BATCH", TDI_IOC_SEND_BATCH, sizeof(struct tdi_send_batch),
	  false, STATUS_SUCCESS },
	{ "DISCONNECT", TDI_IOC_DISCONNECT, sizeof(struct tdi_disconnect), true,
	  STATUS_INVALID_CONNECTION },
	{ "SEND", TDI_IOC_SEND, sizeof(struct tdi_data), true,
	  STATUS_INVALID_CONNECTION },
	{ "RECEIVE", TDI_IOC_RECEIVE, sizeof(struct tdi_data), true,
	  STATUS_INVALID_CONNECTION },
	{ "SEND_DATAGRAM", TDI_IOC_SEND_DATAGRAM, sizeof(struct tdi_datagram),
	  true, STATUS_INVALID_ADDRESS },
	{ "RECEIVE_DATAGRAM", TDI_IOC_RECEIVE_DATAGRAM,
	  sizeof(struct tdi_datagram), true, STATUS_INVALID_ADDRESS },
	{ "QUERY_INFORMATION", TDI_IOC_QUERY_INFORMATION,
	  sizeof(struct tdi_query_information), false,
	  STATUS_INVALID_DEVICE_REQUEST },
	{ "SET_INFORMATION", TDI_IOC_SET_INFORMATION,
	  sizeof(struct tdi_set_information), false,
	  STATUS_INVALID_DEVICE_REQUEST },
	{ "ACTION", TDI_IOC_ACTION, sizeof(struct tdi_action), false,
	  STATUS_INVALID_PARAMETER },
	{ "QUERY_INFORMATION_EX", TDI_IOC_QUERY_INFORMATION_EX,
	  sizeof(struct tdi_query_information_ex), false,
	  STATUS_INVALID_PARAMETER },
	{ "SET_INFORMATION_EX", TDI_IOC_SET_INFORMATION_EX,
	  sizeof(struct tdi_set_information_ex), false,
	  STATUS_INVALID_PARAMETER },
};

KUNIT_ARRAY_PARAM_DESC(ioctl_command, ioctl_command_params, desc);

static void ioctl_sizes(struct kunit *test)
{
	const struct ioctl_command_param *param = test->param_value;
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct {
		struct tdi_head head;
		u8 rest[256];
	} arg = {};
	u32 size;

	for (size = 0; size < param->size; size++) {
		KUNIT_ASSERT_EQ(test, put_user(size, (u32 __user *)test->priv),
				0);
		KUNIT_EXPECT_EQ_MSG(test, tdi_ioctl(filp, param->cmd,
						    (unsigned long)test->priv),
				    -EINVAL, "size %u", size);
	}
	/* larger than the kernel knows, and than it looks at */
	arg.head.size = param->size + 1;
	((u8 *)&arg)[param->size] = 1;
	KUNIT_EXPECT_EQ(test, tdi_kunit_ioctl(test, filp, param->cmd, &arg,
					      sizeof(arg)), -E2BIG);
	KUNIT_EXPECT_EQ(test, arg.head.status, STATUS_INVALID_PARAMETER);
	((u8 *)&arg)[param->size] = 0;
	arg.head.size = PAGE_SIZE + 1;
	KUNIT_EXPECT_EQ(test, tdi_kunit_ioctl(test, filp, param->cmd, &arg,
					      sizeof(arg)), -E2BIG);
	KUNIT_EXPECT_EQ(test, arg.head.status, STATUS_INVALID_PARAMETER);

	/* larger and zero, then as the kernel has it */
	arg.head.size = param->size + 64;
	TDI_KUNIT_IOCTL(test, filp, param->cmd, arg, param->status);
	if (param->cmd == TDI_IOC_CREATE)
		return;
	memset(&arg, 0, sizeof(arg));
	arg.head.size = param->size;
	TDI_KUNIT_IOCTL(test, filp, param->cmd, arg, param->status);
}

static void ioctl_bad_argument_pointers(struct kunit *test)
{
	const struct ioctl_command_param *param = test->param_value;
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	unsigned long bad = tdi_kunit_bad_pointer(test);
	u32 size = param->size;

	KUNIT_EXPECT_EQ(test, tdi_ioctl(filp, param->cmd, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, tdi_ioctl(filp, param->cmd, bad), -EFAULT);
	/* the size can be read, the rest cannot */
	bad -= sizeof(size);
	KUNIT_ASSERT_EQ(test, put_user(size, (u32 __user *)bad), 0);
	KUNIT_EXPECT_EQ(test, tdi_ioctl(filp, param->cmd, bad), -EFAULT);
	KUNIT_EXPECT_EQ(test, tdi_file_kind(tdi_kunit_file(filp)),
			TDI_CONTROL_CHANNEL_FILE);
}

static void ioctl_flags_and_reserved_fields(struct kunit *test)
{
	const struct ioctl_command_param *param = test->param_value;
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct {
		struct tdi_head head;
		u8 rest[128];
	} arg = {};

	arg.head.size = param->size;
	arg.head.__reserved = 1;
	TDI_KUNIT_IOCTL(test, filp, param->cmd, arg, STATUS_INVALID_PARAMETER);
	arg.head.__reserved = 0;
	arg.head.flags = 0x80000000;
	TDI_KUNIT_IOCTL(test, filp, param->cmd, arg,
			param->any_flags ? param->status :
					   STATUS_INVALID_PARAMETER);
}

static void ioctl_unknown_commands(struct kunit *test)
{
	const struct ioctl_command_param *param = test->param_value;
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	unsigned long user = (unsigned long)test->priv;
	unsigned int cmd = param->cmd;

	/* number, magic, direction and size are all part of a command */
	KUNIT_EXPECT_EQ(test, tdi_ioctl(filp, _IOC_NR(cmd), user), -ENOTTY);
	KUNIT_EXPECT_EQ(test, tdi_ioctl(filp, cmd ^ 0x100, user), -ENOTTY);
	cmd |= _IOC_READ << _IOC_DIRSHIFT;
	KUNIT_EXPECT_EQ(test, tdi_ioctl(filp, cmd, user), -ENOTTY);
	cmd = param->cmd | 1 << _IOC_SIZESHIFT;
	KUNIT_EXPECT_EQ(test, tdi_ioctl(filp, cmd, user), -ENOTTY);
}

static void ioctl_numbers_between_the_commands(struct kunit *test)
{
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	u64 known = 0;
	int i, nr;

	for (i = 0; i < ARRAY_SIZE(ioctl_command_params); i++)
		known |= BIT_ULL(_IOC_NR(ioctl_command_params[i].cmd) -
				 TDI_IOC_BASE);
	for (nr = 0; nr < 256; nr++) {
		i = nr - TDI_IOC_BASE;
		if (i >= 0 && i < 64 && known & BIT_ULL(i))
			continue;
		KUNIT_EXPECT_EQ_MSG(test,
				    tdi_ioctl(filp, _IO(TDI_IOC_MAGIC, nr),
					      (unsigned long)test->priv),
				    -ENOTTY, "number %#x", nr);
	}
}

static void ioctl_caps(struct kunit *test)
{
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct tdi_query_caps caps = {};
	u64 commands = 0;
	int i;

	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_QUERY_CAPS, caps, STATUS_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(ioctl_command_params); i++)
		commands |= BIT_ULL(_IOC_NR(ioctl_command_params[i].cmd) -
				    TDI_IOC_BASE);
	KUNIT_EXPECT_EQ(test, caps.abi_version, TDI_ABI_VERSION);
	KUNIT_EXPECT_EQ(test, caps.device, TDI_DEVICE_TCP);
	KUNIT_EXPECT_EQ(test, caps.commands, commands);
	KUNIT_EXPECT_EQ(test, caps.capabilities,
			(IS_ENABLED(CONFIG_IPV6) ? TDI_CAP_IPV6 : 0) |
			(TDI_HAVE_URING ? TDI_CAP_URING : 0));
}

static void ioctl_create(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct tdi_create create = {}, good;
	u8 ta[TDI_TA_LENGTH_IP6], ea[64];

	create.ea_length = tdi_kunit_ea(ea, TdiTransportAddress, ta,
					tdi_taddr_build(&local, ta));
	create.ea_buffer = tdi_kunit_put_data(test, ea, create.ea_length);
	good = create;

	create.ea_buffer = tdi_kunit_bad_pointer(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CREATE, create,
			STATUS_ACCESS_VIOLATION);
	create = good;
	create.ea_length = TDI_EA_MAX + 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CREATE, create,
			STATUS_INVALID_PARAMETER);
	create = good;
	create.protocol = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CREATE, create,
			STATUS_INVALID_PARAMETER);
	create = good;
	create.__reserved = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CREATE, create,
			STATUS_INVALID_PARAMETER);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CREATE, good, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_file_kind(tdi_kunit_file(filp)),
			TDI_TRANSPORT_ADDRESS_FILE);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CREATE, good,
			STATUS_INVALID_DEVICE_STATE);
}

static const struct file_operations ioctl_foreign_fops = {};

enum ioctl_handle {
	HANDLE_ADDRESS, HANDLE_ENDPOINT, HANDLE_CONTROL, HANDLE_OTHER_DEVICE,
	HANDLE_FOREIGN, HANDLE_CLOSED, HANDLE_NEGATIVE,
};

struct ioctl_handle_param {
	const char *desc;
	enum ioctl_handle handle;
	u32 status;
};

static const struct ioctl_handle_param ioctl_handle_params[] = {
	{ "a transport address", HANDLE_ADDRESS, STATUS_SUCCESS },
	{ "an endpoint", HANDLE_ENDPOINT, STATUS_INVALID_HANDLE },
	{ "a control channel", HANDLE_CONTROL, STATUS_INVALID_HANDLE },
	{ "an address of another device", HANDLE_OTHER_DEVICE,
	  STATUS_INVALID_HANDLE },
	{ "a file of another driver", HANDLE_FOREIGN, STATUS_INVALID_HANDLE },
	{ "a closed descriptor", HANDLE_CLOSED, STATUS_INVALID_HANDLE },
	{ "-1", HANDLE_NEGATIVE, STATUS_INVALID_HANDLE },
};

KUNIT_ARRAY_PARAM_DESC(ioctl_handle, ioctl_handle_params, desc);

static struct file *ioctl_foreign(struct kunit *test)
{
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);

	/* looks like ours, but for its operations */
	filp = anon_inode_getfile("[foreign]", &ioctl_foreign_fops,
				  filp->private_data, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, filp);
	return filp;
}

static int ioctl_handle(struct kunit *test, enum ioctl_handle handle)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct file *filp;
	int fd;

	if (handle == HANDLE_NEGATIVE)
		return -1;
	if (handle == HANDLE_FOREIGN) {
		filp = ioctl_foreign(test);
		fd = tdi_kunit_install(test, filp);
		fput(filp);
		return fd;
	}
	filp = tdi_kunit_open_filp(test, handle == HANDLE_OTHER_DEVICE ?
					 TDI_DEVICE_UDP : TDI_DEVICE_TCP, 0);
	if (handle == HANDLE_ENDPOINT)
		tdi_kunit_create_endpoint(tdi_kunit_file(filp), 0);
	else if (handle != HANDLE_CONTROL)
		tdi_kunit_create_address(tdi_kunit_file(filp), &local, 0);
	fd = tdi_kunit_install(test, filp);
	if (handle == HANDLE_CLOSED)
		tdi_kunit_uninstall(test, fd);
	return fd;
}

static void ioctl_associate_with(struct kunit *test)
{
	const struct ioctl_handle_param *param = test->param_value;
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct tdi_associate_address associate = {};
	struct tdi_disassociate_address disassociate = {};

	tdi_kunit_create_endpoint(tdi_kunit_file(filp), 0);
	associate.address_handle = ioctl_handle(test, param->handle);
	associate.__reserved = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_ASSOCIATE_ADDRESS, associate,
			STATUS_INVALID_PARAMETER);
	associate.__reserved = 0;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_ASSOCIATE_ADDRESS, associate,
			param->status);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(tdi_kunit_file(filp)),
			param->status ? TDI_STATE_OPENED :
					TDI_STATE_ASSOCIATED);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_DISASSOCIATE_ADDRESS, disassociate,
			param->status ? STATUS_ADDRESS_NOT_ASSOCIATED :
					STATUS_SUCCESS);
}

static void ioctl_requests_on_an_address_file(struct kunit *test)
{
	const struct ioctl_command_param *param = test->param_value;
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct {
		struct tdi_head head;
		u8 rest[128];
	} arg = {};
	u32 status = param->status;

	if (param->cmd == TDI_IOC_CREATE)
		status = STATUS_INVALID_DEVICE_STATE;
	else if (param->cmd == TDI_IOC_SET_EVENT_HANDLER)
		status = STATUS_SUCCESS;
	else if (param->cmd == TDI_IOC_EVENT_REPLY)
		status = STATUS_INVALID_PARAMETER;
	KUNIT_ASSERT_EQ(test, tdi_kunit_create_address(tdi_kunit_file(filp),
						       &local, 0),
			STATUS_SUCCESS);
	arg.head.size = param->size;
	TDI_KUNIT_IOCTL(test, filp, param->cmd, arg, status);
	KUNIT_EXPECT_EQ(test, tdi_file_kind(tdi_kunit_file(filp)),
			TDI_TRANSPORT_ADDRESS_FILE);
}

struct ioctl_timeout_param {
	const char *desc;
	s64 timeout;
	bool is_system_time;
	s64 left;
};

static const struct ioctl_timeout_param ioctl_timeout_params[] = {
	{ "none", 0, false, S64_MAX },
	{ "100 ns from now", -1, false, 100 },
	{ "1 s from now", -10000000LL, false, NSEC_PER_SEC },
	{ "1 hour from now", -36000000000LL, false, 3600LL * NSEC_PER_SEC },
	{ "as far as can be", S64_MIN, false, S64_MAX },
	{ "almost as far as can be", S64_MIN + 1, false, S64_MAX },
	{ "1601", 1, false, 0 },
	{ "1970", 116444736000000000LL, false, 0 },
	{ "1 hour ago, in system time", -36000000000LL, true, 0 },
	{ "in 1 hour, in system time", 36000000000LL, true,
	  3600LL * NSEC_PER_SEC },
	{ "the end of system time", S64_MAX, false, S64_MAX },
};

KUNIT_ARRAY_PARAM_DESC(ioctl_timeout, ioctl_timeout_params, desc);

/* NT's units into nanoseconds, and jiffies; S64_MAX stands for centuries */
static void ioctl_timeouts(struct kunit *test)
{
	const struct ioctl_timeout_param *param = test->param_value;
	s64 timeout = param->timeout;
	ktime_t deadline, start;
	long ticks;

	if (param->is_system_time)
		timeout += 116444736000000000LL +
			   div_s64(ktime_get_real_ns(), 100);
	start = ktime_get();
	deadline = tdi_deadline(timeout);
	ticks = tdi_time_left(deadline);
	if (param->left == S64_MAX) {
		KUNIT_EXPECT_GT(test, ticks / HZ, 200LL * 365 * 24 * 3600);
		return;
	}
	/* never early; the clock goes on while system time is looked at */
	KUNIT_EXPECT_GE(test, ktime_sub(deadline, start), param->left -
			(param->is_system_time ? NSEC_PER_SEC / 10 : 0));
	KUNIT_EXPECT_GE(test, (s64)jiffies_to_nsecs(ticks),
			ktime_sub(deadline, ktime_get()));
	/* nor later than that takes */
	KUNIT_EXPECT_LE(test, ktime_sub(deadline, ktime_get()), param->left);
	KUNIT_EXPECT_LE(test, ticks, nsecs_to_jiffies64(param->left) + 2);
}

static struct kunit_case tdi_ioctl_cases[] = {
	KUNIT_CASE_PARAM(ioctl_sizes, ioctl_command_gen_params),
	KUNIT_CASE_PARAM(ioctl_bad_argument_pointers, ioctl_command_gen_params),
	KUNIT_CASE_PARAM(ioctl_flags_and_reserved_fields,
			 ioctl_command_gen_params),
	KUNIT_CASE_PARAM(ioctl_unknown_commands, ioctl_command_gen_params),
	KUNIT_CASE(ioctl_numbers_between_the_commands),
	KUNIT_CASE(ioctl_caps),
	KUNIT_CASE(ioctl_create),
	KUNIT_CASE_PARAM(ioctl_associate_with, ioctl_handle_gen_params),
	KUNIT_CASE_PARAM(ioctl_requests_on_an_address_file,
			 ioctl_command_gen_params),
	KUNIT_CASE_PARAM(ioctl_timeouts, ioctl_timeout_gen_params),
	{}
};

static struct kunit_suite tdi_ioctl_suite = {
	.name = "tdi_ioctl",
	.suite_init = tdi_kunit_suite_init,
	.init = tdi_kunit_user_init,
	.test_cases = tdi_ioctl_cases,
};

kunit_test_suite(tdi_ioctl_suite);
