// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transport addresses: create (reference 1.3), sharing (1.4, S8), the port
 * (1.6, S7).
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/unaligned.h>

#include "tdi_kunit_helpers.h"

#define SHARED	(TDI_FILE_SHARE_READ | TDI_FILE_SHARE_WRITE)

static u32 address_activity_count(struct tdi_file *file)
{
	union tdi_information result;
	size_t length;

	if (tdi_query_information(file, TDI_QUERY_ADDRESS_INFO, &result,
				  &length))
		return U32_MAX;
	return result.address.info.activity_count;
}

/* Kind and fitness of a file whose create failed */
static void address_expect_untouched(struct kunit *test, struct tdi_file *file)
{
	KUNIT_EXPECT_EQ(test, tdi_file_kind(file), TDI_CONTROL_CHANNEL_FILE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_endpoint(file, 0),
			STATUS_SUCCESS);
}

static void address_port_0_is_bound_and_visible_at_once(struct kunit *test)
{
	struct sockaddr_storage any = tdi_kunit_any(tdi_kunit_family(test), 0);
	struct sockaddr_storage first, second;
	struct tdi_file *file;

	file = tdi_kunit_address(test, &any, SHARED);
	tdi_kunit_local(test, file, &first);
	KUNIT_EXPECT_NE(test, tdi_kunit_port(&first), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_is_any(&first));
	KUNIT_EXPECT_EQ(test, tdi_kunit_bind(tdi_kunit_socket(test,
							      any.ss_family),
					     &first), -EADDRINUSE);

	/* shared, and yet each its own */
	file = tdi_kunit_address(test, &any, SHARED);
	tdi_kunit_local(test, file, &second);
	KUNIT_EXPECT_NE(test, tdi_kunit_port(&first), tdi_kunit_port(&second));
	KUNIT_EXPECT_EQ(test, address_activity_count(file), 1);
}

static void address_info_has_tdi_layout(struct kunit *test)
{
	struct sockaddr_storage local;
	union tdi_information result;
	const u8 *bytes = (const u8 *)&result;
	struct tdi_file *file;
	size_t length;

	local = tdi_kunit_loopback(AF_INET, 0);
	file = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, file, &local);

	KUNIT_ASSERT_EQ(test, tdi_query_information(file,
						    TDI_QUERY_ADDRESS_INFO,
						    &result, &length),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, length, 26);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(bytes), 1);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(bytes + 4), 1);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(bytes + 8), 14);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(bytes + 10),
			TDI_ADDRESS_TYPE_IP);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(bytes + 12),
			tdi_kunit_port(&local));
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(bytes + 14),
			INADDR_LOOPBACK);
	KUNIT_EXPECT_NULL(test, memchr_inv(bytes + 18, 0, 8));
}

static void address_chosen_port_is_the_one_bound(struct kunit *test)
{
	struct sockaddr_storage local, again;
	struct tdi_file *file;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	file = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, file, &local);
	tdi_kunit_close(test, file);

	file = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, file, &again);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&local, &again));
}

struct address_share_param {
	const char *desc;
	u32 first, second, status;
};

static const struct address_share_param address_share_params[] = {
	{ "exclusive, exclusive", 0, 0, STATUS_SHARING_VIOLATION },
	{ "exclusive, shared", 0, SHARED, STATUS_SHARING_VIOLATION },
	{ "shared, exclusive", SHARED, 0, STATUS_SHARING_VIOLATION },
	{ "shared, shared", SHARED, SHARED, STATUS_SUCCESS },
	{ "shared for reading, exclusive", TDI_FILE_SHARE_READ, 0,
	  STATUS_SHARING_VIOLATION },
	{ "shared for reading, for writing", TDI_FILE_SHARE_READ,
	  TDI_FILE_SHARE_WRITE, STATUS_SUCCESS },
	{ "shared for writing, for writing", TDI_FILE_SHARE_WRITE,
	  TDI_FILE_SHARE_WRITE, STATUS_SUCCESS },
};

KUNIT_ARRAY_PARAM_DESC(address_share, address_share_params, desc);

static void address_share_access(struct kunit *test)
{
	const struct address_share_param *param = test->param_value;
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *first, *second;

	first = tdi_kunit_address(test, &local, param->first);
	tdi_kunit_local(test, first, &local);
	second = tdi_kunit_open(test);

	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(second, &local,
						       param->second),
			param->status);
	KUNIT_EXPECT_EQ(test, address_activity_count(first),
			param->status ? 1 : 2);
	if (param->status)
		address_expect_untouched(test, second);
	else
		KUNIT_EXPECT_EQ(test, tdi_file_kind(second),
				TDI_TRANSPORT_ADDRESS_FILE);
}

static void address_share_access_of_no_meaning(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_open(test);
	u32 bit;

	for (bit = 4; bit; bit <<= 1) {
		KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local,
							       bit),
				STATUS_INVALID_PARAMETER);
		KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local,
							       bit | SHARED),
				STATUS_INVALID_PARAMETER);
	}
	address_expect_untouched(test, file);
}

static void address_activity_count_is_the_number_of_opens(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file[5];
	int i, j;

	for (i = 0; i < ARRAY_SIZE(file); i++) {
		file[i] = tdi_kunit_address(test, &local, SHARED);
		tdi_kunit_local(test, file[i], &local);
		for (j = 0; j <= i; j++)
			KUNIT_EXPECT_EQ(test, address_activity_count(file[j]),
					i + 1);
	}
	for (i = 0; i < ARRAY_SIZE(file) - 1; i++) {
		tdi_kunit_close(test, file[i]);
		KUNIT_EXPECT_EQ(test, address_activity_count(file[4]), 4 - i);
	}
}

static void address_port_is_held_until_the_last_close(struct kunit *test)
{
	struct sockaddr_storage local;
	struct tdi_file *first, *second, *third;
	struct socket *sock;

	local = tdi_kunit_loopback(tdi_kunit_family(test), 0);
	first = tdi_kunit_address(test, &local, SHARED);
	tdi_kunit_local(test, first, &local);
	second = tdi_kunit_address(test, &local, SHARED);
	third = tdi_kunit_open(test);
	sock = tdi_kunit_socket(test, local.ss_family);

	tdi_kunit_close(test, first);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(third, &local, 0),
			STATUS_SHARING_VIOLATION);
	KUNIT_EXPECT_EQ(test, tdi_kunit_bind(sock, &local), -EADDRINUSE);

	tdi_kunit_close(test, second);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(third, &local, 0),
			STATUS_SUCCESS);
	tdi_kunit_close(test, third);
	KUNIT_EXPECT_EQ(test, tdi_kunit_bind(sock, &local), 0);
}

static void address_wildcard_and_specific_exclude_each_other(struct kunit *test)
{
	struct sockaddr_storage any, one;
	struct tdi_file *file;
	int round;

	any = tdi_kunit_any(tdi_kunit_family(test), 0);
	one = tdi_kunit_loopback(any.ss_family, 0);
	for (round = 0; round < 2; round++) {
		file = tdi_kunit_address(test, round ? &one : &any, SHARED);
		tdi_kunit_local(test, file, round ? &one : &any);
		tdi_kunit_set_port(&one, tdi_kunit_port(round ? &one : &any));
		tdi_kunit_set_port(&any, tdi_kunit_port(&one));

		KUNIT_EXPECT_EQ(test,
				tdi_kunit_create_address(tdi_kunit_open(test),
							 round ? &any : &one,
							 SHARED),
				STATUS_ADDRESS_ALREADY_EXISTS);
		tdi_kunit_close(test, file);
		tdi_kunit_set_port(&one, 0);
	}
}

static void address_same_port_on_other_hosts(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file;
	u16 port;
	int i;

	file = tdi_kunit_address(test, &local, 0);
	tdi_kunit_local(test, file, &local);
	port = tdi_kunit_port(&local);
	for (i = 2; i < 40; i++) {
		local = tdi_kunit_ip(0x7f000000 + i, port);
		file = tdi_kunit_address(test, &local, 0);
		KUNIT_EXPECT_EQ(test, address_activity_count(file), 1);
	}
	local = tdi_kunit_any(AF_INET, port);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(tdi_kunit_open(test),
						       &local, SHARED),
			STATUS_ADDRESS_ALREADY_EXISTS);
}

static void address_ipv4_and_ipv6_are_independent(struct kunit *test)
{
	struct sockaddr_storage v4 = tdi_kunit_any(AF_INET, 0), v6;
	struct tdi_file *file;

	tdi_kunit_need_ipv6(test);
	file = tdi_kunit_address(test, &v4, 0);
	tdi_kunit_local(test, file, &v4);
	v6 = tdi_kunit_any(AF_INET6, tdi_kunit_port(&v4));
	tdi_kunit_address(test, &v6, 0);
	tdi_kunit_close(test, file);

	/* and the other way round */
	tdi_kunit_address(test, &v4, 0);
}

struct address_bad_param {
	const char *desc;
	u32 host;
	struct in6_addr host6;
};

static const struct address_bad_param address_bad_params[] = {
	{ "not of this machine", 0xc0000201 /* 192.0.2.1 */ },
	{ "multicast", 0xe0000001 },
	{ "limited broadcast", 0xffffffff },
	{ "a subnet's broadcast", 0x7fffffff },
	{ "not of this machine, IPv6", 0,
	  { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } } },
	{ "multicast, IPv6", 0, { { { 0xff, 0x02, [15] = 1 } } } },
};

KUNIT_ARRAY_PARAM_DESC(address_bad, address_bad_params, desc);

static void address_that_cannot_be_a_local_end(struct kunit *test)
{
	const struct address_bad_param *param = test->param_value;
	struct sockaddr_storage local = param->host ?
					tdi_kunit_ip(param->host, 0) :
					tdi_kunit_ip6(&param->host6, 0);
	struct tdi_file *file = tdi_kunit_open(test);

	if (!param->host)
		tdi_kunit_need_ipv6(test);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local, SHARED),
			STATUS_INVALID_ADDRESS);
	address_expect_untouched(test, file);
}

/* Malformed is STATUS_INVALID_PARAMETER in a create (reference 1.3). */
static void address_value_that_is_no_address(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_open(test);
	u8 ta[TDI_TA_LENGTH_IP6], ea[64];
	size_t length, n;

	tdi_taddr_build(&local, ta);
	for (n = 0; n < TDI_TA_LENGTH_IP; n++) {
		length = tdi_kunit_ea(ea, TdiTransportAddress, ta, n);
		KUNIT_EXPECT_EQ(test, tdi_file_create(file, ea, length, SHARED, 0,
						      current_cred()),
				STATUS_INVALID_PARAMETER);
	}
	put_unaligned_le16(17, ta + 6);
	length = tdi_kunit_ea(ea, TdiTransportAddress, ta, TDI_TA_LENGTH_IP);
	KUNIT_EXPECT_EQ(test, tdi_file_create(file, ea, length, SHARED, 0,
					      current_cred()),
			STATUS_INVALID_PARAMETER);
	address_expect_untouched(test, file);
}

static void address_second_create_changes_nothing(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0), after;
	struct tdi_file *file = tdi_kunit_address(test, &local, 0);

	tdi_kunit_local(test, file, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_endpoint(file, 0),
			STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local, 0),
			STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, tdi_file_create(file, NULL, 0, 0, 0, current_cred()),
			STATUS_INVALID_DEVICE_STATE);

	KUNIT_EXPECT_EQ(test, tdi_file_kind(file), TDI_TRANSPORT_ADDRESS_FILE);
	tdi_kunit_local(test, file, &after);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&local, &after));
}

static void address_control_channel_stays_one(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_open(test);
	union tdi_information result;
	size_t length;

	KUNIT_EXPECT_EQ(test, tdi_file_create(file, NULL, 0, 0, 0, current_cred()),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_file_kind(file), TDI_CONTROL_CHANNEL_FILE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local, 0),
			STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, tdi_query_information(file,
						    TDI_QUERY_ADDRESS_INFO,
						    &result, &length),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, tdi_query_information(file,
						    TDI_QUERY_CONNECTION_INFO,
						    &result, &length),
			STATUS_INVALID_CONNECTION);
}

/* Credentials of somebody who may not have a port below 1024 */
static const struct cred *address_drop_privilege(struct kunit *test)
{
	struct cred *cred = prepare_creds();

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_clear(cred->cap_effective);
	return cred;
}

static void address_privileged_port_needs_privilege(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 999);
	const struct cred *cred = address_drop_privilege(test);
	struct tdi_file *file = tdi_kunit_open(test);
	const struct cred *old = override_creds(cred);
	u32 status = tdi_kunit_create_address(file, &local, 0);

	revert_creds(old);
	put_cred(cred);
	KUNIT_EXPECT_EQ(test, status, STATUS_ACCESS_DENIED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local, 0),
			STATUS_SUCCESS);
}

/* Open as root, then drop: the address's port goes on serving. */
static void address_privilege_is_the_openers(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 998);
	const struct cred *cred = address_drop_privilege(test), *old;
	struct tdi_kunit_request *connect, *listen;
	struct tdi_file *file;

	tdi_kunit_listener(test, &remote, 1);
	file = tdi_kunit_address(test, &local, 0);
	old = override_creds(cred);
	connect = tdi_kunit_connect(test, tdi_kunit_endpoint_on(test, file),
				    &remote);
	listen = tdi_kunit_listen(test, tdi_kunit_endpoint_on(test, file),
				  NULL);
	revert_creds(old);
	put_cred(cred);

	KUNIT_EXPECT_EQ(test, tdi_kunit_result(connect), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, listen->status, STATUS_PENDING);
}

static struct kunit_case tdi_address_cases[] = {
	KUNIT_CASE_PARAM(address_port_0_is_bound_and_visible_at_once,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(address_info_has_tdi_layout),
	KUNIT_CASE_PARAM(address_chosen_port_is_the_one_bound,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(address_share_access, address_share_gen_params),
	KUNIT_CASE(address_share_access_of_no_meaning),
	KUNIT_CASE(address_activity_count_is_the_number_of_opens),
	KUNIT_CASE_PARAM(address_port_is_held_until_the_last_close,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(address_wildcard_and_specific_exclude_each_other,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(address_same_port_on_other_hosts),
	KUNIT_CASE(address_ipv4_and_ipv6_are_independent),
	KUNIT_CASE_PARAM(address_that_cannot_be_a_local_end,
			 address_bad_gen_params),
	KUNIT_CASE(address_value_that_is_no_address),
	KUNIT_CASE(address_second_create_changes_nothing),
	KUNIT_CASE(address_control_channel_stays_one),
	KUNIT_CASE(address_privileged_port_needs_privilege),
	KUNIT_CASE(address_privilege_is_the_openers),
	{}
};

static struct kunit_suite tdi_address_suite = {
	.name = "tdi_address",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_address_cases,
};

kunit_test_suite(tdi_address_suite);
