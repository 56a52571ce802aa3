// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of addresses: every one of reference 5.4 is set and read back, has an
 * effect, or is STATUS_NOT_IMPLEMENTED.
 */
#include <linux/cred.h>
#include <linux/ip.h>

#include "tdi_kunit_option.h"

#define LO	(init_net.loopback_dev->ifindex)
#define GROUP	0xef010203	/* 239.1.2.3 */
#define HOST	0x7f000001
#define SOURCE	0x7f000002

/* What an option of an address is */
enum option_kind { LACKING, NUMBER, EFFECT };

/**
 * struct option_address_param - an option of an address
 * @desc: its name
 * @id: its number
 * @udp: what it is there, with IPv4
 * @raw: same
 * @udp6: same, with IPv6
 * @value: to set
 * @got: to be got then
 */
struct option_address_param {
	const char *desc;
	u32 id;
	enum option_kind udp, raw, udp6;
	u32 value, got;
};

#define AO(_id, ...)	{ #_id, TDI_AO_OPTION_##_id, __VA_ARGS__ }
#define ALL(_id, _value, _got)						\
	{ #_id, TDI_AO_OPTION_##_id, NUMBER, NUMBER, NUMBER, _value, _got }
#define ACT(_id)	{ #_id, TDI_AO_OPTION_##_id, EFFECT, EFFECT, EFFECT }
#define NOT(_id)	{ #_id, TDI_AO_OPTION_##_id, LACKING, LACKING, LACKING }

/* 1 is the loopback's index; what is an effect has tests of its own below. */
static const struct option_address_param option_address_params[] = {
	ALL(TTL, 7, 7), ALL(MCASTTTL, 7, 7), ALL(TOS, 0x10, 0x10),
	ALL(IP_DONTFRAGMENT, 1, 1), ALL(MCASTLOOP, 0, 0), ALL(BROADCAST, 0, 0),
	ALL(IP_UCASTIF, 1, 1), ALL(INDEX_BIND, 1, 1), ALL(INDEX_MCASTIF, 1, 1),
	ALL(WINDOW, 65536, 65536),
	AO(XSUM, NUMBER, LACKING, LACKING, 0, 0),
	AO(IP_HDRINCL, LACKING, NUMBER, LACKING, 1, 1),
	AO(MCASTIF, EFFECT, EFFECT, NUMBER, 1, 1),
	AO(IPOPTIONS, EFFECT, EFFECT, LACKING),
	ACT(ADD_MCAST), ACT(DEL_MCAST), ACT(INDEX_ADD_MCAST),
	ACT(INDEX_DEL_MCAST),
	AO(ADD_MCAST_SRC, EFFECT, EFFECT, LACKING),
	AO(DEL_MCAST_SRC, EFFECT, EFFECT, LACKING),
	AO(MCAST_FILTER, EFFECT, EFFECT, LACKING),
	AO(BLOCK_MCAST_SRC, EFFECT, EFFECT, LACKING),
	AO(UNBLOCK_MCAST_SRC, EFFECT, EFFECT, LACKING),
	NOT(RCVALL), NOT(RCVALL_MCAST), NOT(RCVALL_IGMPMCAST),
	NOT(UNNUMBEREDIF), NOT(ABSORB_RTRALERT), NOT(LIMIT_BCASTS), NOT(IFLIST),
	NOT(ADD_IFLIST), NOT(DEL_IFLIST), NOT(IP_PKTINFO), NOT(UDP_CKSUM_COVER),
	NOT(SCALE_CWIN), NOT(RCV_HOPLIMIT), NOT(UNBIND), NOT(PROTECT),
};

KUNIT_ARRAY_PARAM_DESC(option_address, option_address_params, desc);

static void option_address_one(struct kunit *test, struct tdi_file *file,
			       enum option_kind kind)
{
	const struct option_address_param *param = test->param_value;
	u32 type = TDI_INFO_TYPE_ADDRESS_OBJECT;
	const u8 value[16] = { 1 };
	u8 got[sizeof(struct tdi_keepalive)];
	size_t length = sizeof(got);

	switch (kind) {
	case NUMBER:
		KUNIT_EXPECT_EQ(test, option_set(file, type, param->id,
						 &param->value, 4),
				STATUS_SUCCESS);
		option_expect(test, file, type, param->id, &param->got, 4);
		for (length = 0; length <= sizeof(value); length++)
			if (length != sizeof(u32))
				KUNIT_EXPECT_EQ(test, option_set(file, type,
							param->id, value,
							length),
						STATUS_INVALID_PARAMETER);
		option_expect(test, file, type, param->id, &param->got, 4);
		break;
	case LACKING:
		KUNIT_EXPECT_EQ(test, option_set(file, type, param->id, value,
						 4),
				STATUS_NOT_IMPLEMENTED);
		KUNIT_EXPECT_EQ(test, option_get(file, type, param->id, got,
						 &length),
				STATUS_NOT_IMPLEMENTED);
		break;
	case EFFECT:
		break;
	}
}

static void option_of_an_address(struct kunit *test)
{
	const struct option_address_param *param = test->param_value;
	struct sockaddr_storage v4 = tdi_kunit_loopback(AF_INET, 0);
	struct sockaddr_storage v6 = tdi_kunit_loopback(AF_INET6, 0);
	struct tdi_file *raw = tdi_kunit_open_device(test, TDI_DEVICE_RAWIP);

	KUNIT_ASSERT_EQ(test, LO, 1);
	KUNIT_ASSERT_EQ(test, tdi_kunit_create_raw(raw, &v4, 253,
						   current_cred()),
			STATUS_SUCCESS);
	option_address_one(test, raw, param->raw);
	option_address_one(test, tdi_kunit_datagrams(test, &v4, 0), param->udp);
	if (tdi_kunit_has_ipv6())
		option_address_one(test, tdi_kunit_datagrams(test, &v6, 0),
				   param->udp6);
}

/* Every number that reference 5.4 has is in the table. */
static void option_address_numbers(struct kunit *test)
{
	u64 seen = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(option_address_params); i++)
		seen |= BIT_ULL(option_address_params[i].id);
	KUNIT_EXPECT_EQ(test, seen, GENMASK_ULL(38, 1));
}

/**
 * struct option_groups - who sends to a group, and who is to get it
 * @member: joins
 * @stranger: another open of the same address, which does not
 * @sender: two senders: at HOST and at SOURCE
 * @from: where they are
 * @to: the group, with the port of @member
 */
struct option_groups {
	struct tdi_file *member;
	struct tdi_file *stranger;
	struct tdi_file *sender[2];
	struct sockaddr_storage from[2];
	struct sockaddr_storage to;
};

static void option_groups(struct kunit *test, struct option_groups *groups)
{
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	const __be32 interface = htonl(HOST);
	int i;

	groups->member = tdi_kunit_datagrams(test, &local, TDI_KUNIT_SHARED);
	groups->stranger = tdi_kunit_datagrams(test, &local, TDI_KUNIT_SHARED);
	groups->to = tdi_kunit_ip(GROUP, tdi_kunit_port(&local));
	for (i = 0; i < 2; i++) {
		groups->from[i] = tdi_kunit_ip(HOST + i, 0);
		groups->sender[i] = tdi_kunit_datagrams(test, &groups->from[i],
							0);
		KUNIT_ASSERT_EQ(test, option_set(groups->sender[i],
						 TDI_INFO_TYPE_ADDRESS_OBJECT,
						 TDI_AO_OPTION_MCASTIF,
						 &interface, 4),
				STATUS_SUCCESS);
		option_expect(test, groups->sender[i],
			      TDI_INFO_TYPE_ADDRESS_OBJECT,
			      TDI_AO_OPTION_MCASTIF, &interface, 4);
	}
}

static u32 option_member(struct option_groups *groups, u32 id, u32 a, u32 b,
			 u32 c, size_t length)
{
	const __be32 value[] = { htonl(a), htonl(b), htonl(c) };

	return option_set(groups->member, TDI_INFO_TYPE_ADDRESS_OBJECT, id,
			  value, length);
}

/* Both send to the group: the member gets this, and the stranger nothing. */
static void option_expect_group(struct kunit *test,
				struct option_groups *groups, bool host,
				bool source)
{
	struct sockaddr_storage to = groups->to;
	struct tdi_file *open;
	int i, all;

	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test,
						groups->sender[i], &groups->to,
						i ? "source" : "host",
						i ? 6 : 4)->status,
				STATUS_SUCCESS);
	to = tdi_kunit_ip(HOST, tdi_kunit_port(&to));
	tdi_kunit_send_datagram(test, groups->sender[0], &to, "end", 3);
	for (all = 0; all < 2; all++) {
		open = all ? groups->member : groups->stranger;
		if (all && host)
			tdi_kunit_expect_datagram(test, open, "host",
						  &groups->from[0]);
		if (all && source)
			tdi_kunit_expect_datagram(test, open, "source",
						  &groups->from[1]);
		tdi_kunit_expect_datagram(test, open, "end", &groups->from[0]);
	}
}

static void option_group(struct kunit *test)
{
	struct option_groups groups;
	__be32 value[2] = { htonl(GROUP) };

	option_groups(test, &groups);
	option_expect_group(test, &groups, false, false);
	KUNIT_EXPECT_EQ(test, option_member(&groups, TDI_AO_OPTION_ADD_MCAST,
					    GROUP, HOST, 0, 8),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, true, true);
	KUNIT_EXPECT_EQ(test, option_member(&groups, TDI_AO_OPTION_DEL_MCAST,
					    GROUP, HOST, 0, 8),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, false, false);
	KUNIT_EXPECT_EQ(test, option_member(&groups, TDI_AO_OPTION_DEL_MCAST,
					    GROUP, HOST, 0, 8),
			STATUS_INVALID_ADDRESS);

	/* by the interface's index, in the machine's own order */
	value[1] = (__force __be32)LO;
	KUNIT_EXPECT_EQ(test, option_set(groups.member,
					 TDI_INFO_TYPE_ADDRESS_OBJECT,
					 TDI_AO_OPTION_INDEX_ADD_MCAST, value,
					 8),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, true, true);
	KUNIT_EXPECT_EQ(test, option_set(groups.member,
					 TDI_INFO_TYPE_ADDRESS_OBJECT,
					 TDI_AO_OPTION_INDEX_DEL_MCAST, value,
					 8),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, false, false);
}

static void option_group_sources(struct kunit *test)
{
	const __be32 include[] = { htonl(GROUP), htonl(HOST),
				   (__force __be32)0, (__force __be32)1,
				   htonl(SOURCE) };
	struct option_groups groups;

	option_groups(test, &groups);
	KUNIT_EXPECT_EQ(test, option_member(&groups,
					    TDI_AO_OPTION_ADD_MCAST_SRC, GROUP,
					    SOURCE, HOST, 12),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, false, true);
	KUNIT_EXPECT_EQ(test, option_member(&groups,
					    TDI_AO_OPTION_DEL_MCAST_SRC, GROUP,
					    SOURCE, HOST, 12),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, false, false);

	option_member(&groups, TDI_AO_OPTION_ADD_MCAST, GROUP, HOST, 0, 8);
	KUNIT_EXPECT_EQ(test, option_member(&groups,
					    TDI_AO_OPTION_BLOCK_MCAST_SRC,
					    GROUP, SOURCE, HOST, 12),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, true, false);
	KUNIT_EXPECT_EQ(test, option_member(&groups,
					    TDI_AO_OPTION_UNBLOCK_MCAST_SRC,
					    GROUP, SOURCE, HOST, 12),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, true, true);
	KUNIT_EXPECT_EQ(test, option_set(groups.member,
					 TDI_INFO_TYPE_ADDRESS_OBJECT,
					 TDI_AO_OPTION_MCAST_FILTER, include,
					 sizeof(include)),
			STATUS_SUCCESS);
	option_expect_group(test, &groups, false, true);
}

/* In the header of what is sent, as a raw address sees it */
static void option_ip_options(struct kunit *test)
{
	struct sockaddr_storage to = tdi_kunit_loopback(AF_INET, 0), local = to;
	struct tdi_file *raw = tdi_kunit_open_device(test, TDI_DEVICE_RAWIP);
	const u8 options[MAX_IPOPTLEN + 1] = {
		IPOPT_NOOP, IPOPT_NOOP, IPOPT_NOOP, IPOPT_END,
	};
	struct tdi_kunit_request *receive;
	struct tdi_file *file;
	u8 got[64] = {};

	KUNIT_ASSERT_EQ(test, tdi_kunit_create_raw(raw, &to, IPPROTO_UDP,
						   current_cred()),
			STATUS_SUCCESS);
	tdi_kunit_datagrams(test, &to, 0);
	file = tdi_kunit_datagrams(test, &local, 0);
	KUNIT_EXPECT_EQ(test, option_set(file, TDI_INFO_TYPE_ADDRESS_OBJECT,
					 TDI_AO_OPTION_IPOPTIONS, options,
					 sizeof(options)),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, option_set(file, TDI_INFO_TYPE_ADDRESS_OBJECT,
					 TDI_AO_OPTION_IPOPTIONS, options, 4),
			STATUS_SUCCESS);
	tdi_kunit_send_datagram(test, file, &to, "x", 1);
	receive = tdi_kunit_receive_datagram(test, raw, NULL, 0, got,
					     sizeof(got));
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, got[0] & 0xf, 6);
	KUNIT_EXPECT_MEMEQ(test, got + sizeof(struct iphdr), options, 4);
}

/* Values that no socket option can have, and interfaces that are not there */
static void option_address_bad_values(struct kunit *test)
{
	static const struct { u32 id, value, status; } bad[] = {
		{ TDI_AO_OPTION_TTL, 0, STATUS_INVALID_PARAMETER },
		{ TDI_AO_OPTION_TTL, 256, STATUS_INVALID_PARAMETER },
		{ TDI_AO_OPTION_MCASTTTL, 256, STATUS_INVALID_PARAMETER },
		{ TDI_AO_OPTION_TOS, 256, STATUS_INVALID_PARAMETER },
		{ TDI_AO_OPTION_WINDOW, 0, STATUS_INVALID_PARAMETER },
		{ TDI_AO_OPTION_WINDOW, U32_MAX, STATUS_INVALID_PARAMETER },
		{ TDI_AO_OPTION_INDEX_BIND, 999, STATUS_INVALID_ADDRESS },
		{ TDI_AO_OPTION_INDEX_BIND, U32_MAX, STATUS_INVALID_PARAMETER },
		{ TDI_AO_OPTION_IP_UCASTIF, 999, STATUS_INVALID_ADDRESS },
		{ TDI_AO_OPTION_INDEX_MCASTIF, 999, STATUS_INVALID_ADDRESS },
		{ TDI_AO_OPTION_MCASTIF, 0x01020304, STATUS_INVALID_ADDRESS },
	};
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_datagrams(test, &local, 0);
	u32 value = 7;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    option_set(file, TDI_INFO_TYPE_ADDRESS_OBJECT,
					       bad[i].id, &bad[i].value, 4),
				    bad[i].status, "%u of option %u",
				    bad[i].value, bad[i].id);
	/* anything turns it on */
	KUNIT_EXPECT_EQ(test, option_set(file, TDI_INFO_TYPE_ADDRESS_OBJECT,
					 TDI_AO_OPTION_MCASTLOOP, &value, 4),
			STATUS_SUCCESS);
	value = 1;
	option_expect(test, file, TDI_INFO_TYPE_ADDRESS_OBJECT,
		      TDI_AO_OPTION_MCASTLOOP, &value, 4);
}

static void option_group_lengths(struct kunit *test)
{
	static const struct { u32 id; size_t length; } options[] = {
		{ TDI_AO_OPTION_ADD_MCAST, 8 }, { TDI_AO_OPTION_DEL_MCAST, 8 },
		{ TDI_AO_OPTION_INDEX_ADD_MCAST, 8 },
		{ TDI_AO_OPTION_INDEX_DEL_MCAST, 8 },
		{ TDI_AO_OPTION_ADD_MCAST_SRC, 12 },
		{ TDI_AO_OPTION_DEL_MCAST_SRC, 12 },
		{ TDI_AO_OPTION_BLOCK_MCAST_SRC, 12 },
		{ TDI_AO_OPTION_UNBLOCK_MCAST_SRC, 12 },
		{ TDI_AO_OPTION_MCAST_FILTER, 0 },
	};
	struct sockaddr_storage local = tdi_kunit_any(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_datagrams(test, &local, 0);
	/* a filter of more sources than there are */
	const __be32 value[] = { htonl(GROUP), htonl(HOST), 0,
				 (__force __be32)2, htonl(SOURCE) };
	size_t length;
	int i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		for (length = 0; length <= sizeof(value); length++)
			if (length != options[i].length)
				KUNIT_EXPECT_EQ(test, option_set(file,
						TDI_INFO_TYPE_ADDRESS_OBJECT,
						options[i].id, value, length),
						STATUS_INVALID_PARAMETER);
}

static struct kunit_case tdi_option_address_cases[] = {
	KUNIT_CASE(option_address_numbers),
	KUNIT_CASE_PARAM(option_of_an_address, option_address_gen_params),
	KUNIT_CASE(option_group),
	KUNIT_CASE(option_group_sources),
	KUNIT_CASE(option_address_bad_values),
	KUNIT_CASE(option_group_lengths),
	KUNIT_CASE(option_ip_options),
	{}
};

static struct kunit_suite tdi_option_address_suite = {
	.name = "tdi_option_address",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_option_address_cases,
};

kunit_test_suite(tdi_option_address_suite);
