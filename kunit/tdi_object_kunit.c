// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_QUERY_INFORMATION_EX: what a namespace says of its IP and its interfaces
 * (reference 5.4), on any kind of file.
 */
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>

#include "object.h"
#include "tdi_kunit_datagram.h"

#define LO	(init_net.loopback_dev)

/* Room for a long answer */
#define ROOM	SZ_16K

static const u8 object_no_context[16];

static u32 object_query(struct tdi_file *file, u32 entity, u32 instance,
			u32 class, u32 id, struct tdi_answer *answer)
{
	const struct tdi_object_id object = {
		.tei_entity = entity, .tei_instance = instance,
		.toi_class = class, .toi_type = TDI_INFO_TYPE_PROVIDER,
		.toi_id = id,
	};

	answer->length = 0;
	return tdi_object_query(file, &object, object_no_context, answer);
}

static struct tdi_answer object_answer(struct kunit *test)
{
	struct tdi_answer answer = { .room = ROOM };

	answer.bytes = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, answer.bytes);
	return answer;
}

static u32 object_devices(void)
{
	struct net_device *dev;
	u32 count = 0;

	rtnl_lock();
	for_each_netdev(&init_net, dev)
		count++;
	rtnl_unlock();
	return count;
}

/* As clients walk it: the list, and what each of it is */
static void object_entities(struct kunit *test, struct tdi_file *file)
{
	static const u32 types[][2] = {
		{ TDI_ENTITY_CO_TL, TDI_TYPE_CO_TL_TCP },
		{ TDI_ENTITY_CL_TL, TDI_TYPE_CL_TL_UDP },
		{ TDI_ENTITY_CL_NL, TDI_TYPE_CL_NL_IP },
		{ TDI_ENTITY_ER, TDI_TYPE_ER_ICMP },
		{ TDI_ENTITY_AT, TDI_TYPE_AT_ARP },
	};
	struct tdi_answer list = object_answer(test);
	struct tdi_entity_id *entity = list.bytes;
	struct tdi_answer answer = object_answer(test);
	u32 i, fixed = ARRAY_SIZE(types);

	KUNIT_ASSERT_EQ(test, object_query(file, TDI_ENTITY_GENERIC, 0,
					   TDI_INFO_CLASS_GENERIC,
					   TDI_ENTITY_LIST_ID, &list),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, list.length,
			(fixed + object_devices()) * sizeof(*entity));
	for (i = 0; i < list.length / sizeof(*entity); i++) {
		KUNIT_EXPECT_EQ(test, entity[i].tei_entity, i < fixed ?
				types[i][0] : TDI_ENTITY_IF);
		KUNIT_EXPECT_EQ(test, object_query(file, entity[i].tei_entity,
						   entity[i].tei_instance,
						   TDI_INFO_CLASS_GENERIC,
						   TDI_ENTITY_TYPE_ID, &answer),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, answer.length, sizeof(u32));
		KUNIT_EXPECT_EQ(test, *(u32 *)answer.bytes, i < fixed ?
				types[i][1] : TDI_TYPE_IF_MIB);
	}
}

static void object_entities_on_every_file(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);

	object_entities(test, tdi_kunit_open(test));
	object_entities(test, tdi_kunit_endpoint(test));
	object_entities(test, tdi_kunit_address(test, &local, 0));
	object_entities(test, tdi_kunit_datagrams(test, &local, 0));
	object_entities(test, tdi_kunit_open_device(test, TDI_DEVICE_RAWIP));
}

static void object_ip(struct kunit *test, struct tdi_file *file,
		      struct tdi_ip_snmp_info *info)
{
	struct tdi_answer answer = { .bytes = info, .room = sizeof(*info) };

	KUNIT_ASSERT_EQ(test, object_query(file, TDI_ENTITY_CL_NL, 0,
					   TDI_INFO_CLASS_PROTOCOL,
					   TDI_IP_MIB_STATS_ID, &answer),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, answer.length, sizeof(*info));
}

/* It counts: a datagram more goes out, comes in and is delivered. */
static void object_ip_statistics(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_datagrams(test, &local, 0);
	struct tdi_ip_snmp_info before, after;

	object_ip(test, file, &before);
	KUNIT_EXPECT_EQ(test, before.ipsi_forwarding, 2);
	KUNIT_EXPECT_EQ(test, before.ipsi_defaultttl, 64);
	KUNIT_EXPECT_EQ(test, before.ipsi_reasmtimeout, 30);
	KUNIT_EXPECT_EQ(test, before.ipsi_numif, object_devices());
	KUNIT_EXPECT_GE(test, before.ipsi_numaddr, 1);

	tdi_kunit_send_datagram(test, file, &local, "x", 1);
	tdi_kunit_expect_datagram(test, file, "x", &local);
	object_ip(test, file, &after);
	KUNIT_EXPECT_GT(test, after.ipsi_outrequests, before.ipsi_outrequests);
	KUNIT_EXPECT_GT(test, after.ipsi_inreceives, before.ipsi_inreceives);
	KUNIT_EXPECT_GT(test, after.ipsi_indelivers, before.ipsi_indelivers);
}

static void object_address_table(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_open(test);
	struct tdi_answer answer = object_answer(test);
	const struct tdi_ip_addr_entry *entry = answer.bytes;
	struct tdi_ip_snmp_info info;
	bool found = false;
	u32 i;

	object_ip(test, file, &info);
	KUNIT_ASSERT_EQ(test, object_query(file, TDI_ENTITY_CL_NL, 0,
					   TDI_INFO_CLASS_PROTOCOL,
					   TDI_IP_MIB_ADDRTABLE_ENTRY_ID,
					   &answer),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, answer.length, info.ipsi_numaddr *
					     sizeof(*entry));
	for (i = 0; i < info.ipsi_numaddr; i++) {
		if (entry[i].iae_addr != htonl(INADDR_LOOPBACK))
			continue;
		found = true;
		KUNIT_EXPECT_EQ(test, entry[i].iae_index, LO->ifindex);
		KUNIT_EXPECT_EQ(test, ntohl(entry[i].iae_mask), 0xff000000);
		KUNIT_EXPECT_EQ(test, entry[i].iae_bcastaddr, 1);
		KUNIT_EXPECT_EQ(test, entry[i].iae_reasmsize, 65535);
	}
	KUNIT_EXPECT_TRUE(test, found);
}

static void object_interface(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_datagrams(test, &local, 0);
	struct tdi_answer answer = object_answer(test);
	const struct tdi_if_entry *entry = answer.bytes;
	u32 before;

	KUNIT_ASSERT_EQ(test, object_query(file, TDI_ENTITY_IF, LO->ifindex,
					   TDI_INFO_CLASS_PROTOCOL,
					   TDI_IF_MIB_STATS_ID, &answer),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, answer.length, sizeof(*entry) + 3);
	KUNIT_EXPECT_EQ(test, entry->if_index, LO->ifindex);
	KUNIT_EXPECT_EQ(test, entry->if_type, 24);
	KUNIT_EXPECT_EQ(test, entry->if_mtu, LO->mtu);
	KUNIT_EXPECT_EQ(test, entry->if_physaddrlen, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, entry->if_adminstatus, 1);
	KUNIT_EXPECT_EQ(test, entry->if_operstatus, 1);
	KUNIT_EXPECT_EQ(test, entry->if_descrlen, 3);
	KUNIT_EXPECT_STREQ(test, entry->if_descr, "lo");

	before = entry->if_outoctets;
	tdi_kunit_send_datagram(test, file, &local, "x", 1);
	object_query(file, TDI_ENTITY_IF, LO->ifindex, TDI_INFO_CLASS_PROTOCOL,
		     TDI_IF_MIB_STATS_ID, &answer);
	KUNIT_EXPECT_GT(test, entry->if_outoctets, before);
}

/* By an address that it has, which comes in the context */
static void object_interface_info(struct kunit *test)
{
	struct tdi_object_id object = {
		.tei_entity = TDI_ENTITY_CL_NL,
		.toi_class = TDI_INFO_CLASS_PROTOCOL,
		.toi_type = TDI_INFO_TYPE_PROVIDER,
		.toi_id = TDI_IP_INTFC_INFO_ID,
	};
	struct tdi_file *file = tdi_kunit_open(test);
	struct tdi_answer answer = object_answer(test);
	const struct tdi_ip_interface_info *info = answer.bytes;
	u8 context[16] = { 127, 0, 0, 1 };

	KUNIT_ASSERT_EQ(test, tdi_object_query(file, &object, context, &answer),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, answer.length, sizeof(*info) + ETH_ALEN);
	KUNIT_EXPECT_EQ(test, info->iii_flags, 0);
	KUNIT_EXPECT_EQ(test, info->iii_mtu, LO->mtu);
	KUNIT_EXPECT_EQ(test, info->iii_addrlength, ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, info->iii_addr, LO->dev_addr, ETH_ALEN);
	/* 192.0.2.1 is nobody's */
	put_unaligned_be32(0xc0000201, context);
	KUNIT_EXPECT_EQ(test, tdi_object_query(file, &object, context, &answer),
			STATUS_INVALID_PARAMETER);
}

struct object_bad_param {
	const char *desc;
	u32 entity, instance, class, id, status;
};

#define GENERIC		TDI_INFO_CLASS_GENERIC
#define PROTOCOL	TDI_INFO_CLASS_PROTOCOL

static const struct object_bad_param object_bad_params[] = {
	{ "no such entity", 0x123, 0, GENERIC, TDI_ENTITY_TYPE_ID,
	  STATUS_INVALID_PARAMETER },
	{ "an entity that is not there", TDI_ENTITY_CO_NL, 0, GENERIC,
	  TDI_ENTITY_TYPE_ID, STATUS_INVALID_PARAMETER },
	{ "no such instance", TDI_ENTITY_CO_TL, 1, GENERIC, TDI_ENTITY_TYPE_ID,
	  STATUS_INVALID_PARAMETER },
	{ "no such interface", TDI_ENTITY_IF, 0x7ffffff0, GENERIC,
	  TDI_ENTITY_TYPE_ID, STATUS_INVALID_PARAMETER },
	{ "interface 0", TDI_ENTITY_IF, 0, PROTOCOL, TDI_IF_MIB_STATS_ID,
	  STATUS_INVALID_PARAMETER },
	{ "no such generic id", TDI_ENTITY_GENERIC, 0, GENERIC, 2,
	  STATUS_INVALID_PARAMETER },
	{ "no such class", TDI_ENTITY_CL_NL, 0, 0, TDI_IP_MIB_STATS_ID,
	  STATUS_INVALID_PARAMETER },
	{ "implementation", TDI_ENTITY_CL_NL, 0, TDI_INFO_CLASS_IMPLEMENTATION,
	  TDI_IP_MIB_STATS_ID, STATUS_INVALID_PARAMETER },
	{ "no such network", TDI_ENTITY_CL_NL, 1, PROTOCOL, TDI_IP_MIB_STATS_ID,
	  STATUS_INVALID_PARAMETER },
	{ "routes", TDI_ENTITY_CL_NL, 0, PROTOCOL, 0x101,
	  STATUS_NOT_IMPLEMENTED },
	{ "ARP", TDI_ENTITY_AT, 0, PROTOCOL, 0x101, STATUS_NOT_IMPLEMENTED },
	{ "TCP", TDI_ENTITY_CO_TL, 0, PROTOCOL, 1, STATUS_NOT_IMPLEMENTED },
	{ "UDP", TDI_ENTITY_CL_TL, 0, PROTOCOL, 1, STATUS_NOT_IMPLEMENTED },
	{ "ICMP", TDI_ENTITY_ER, 0, PROTOCOL, 1, STATUS_NOT_IMPLEMENTED },
	{ "else of an interface", TDI_ENTITY_IF, 1, PROTOCOL, 2,
	  STATUS_NOT_IMPLEMENTED },
};

KUNIT_ARRAY_PARAM_DESC(object_bad, object_bad_params, desc);

static void object_that_is_not_there(struct kunit *test)
{
	const struct object_bad_param *param = test->param_value;
	struct tdi_answer answer = object_answer(test);

	KUNIT_EXPECT_EQ(test, object_query(tdi_kunit_open(test), param->entity,
					   param->instance, param->class,
					   param->id, &answer),
			param->status);
	KUNIT_EXPECT_EQ(test, answer.length, 0);
}

/* No more is written than there is room for; all of it is counted. */
static void object_with_little_room(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_open(test);
	struct tdi_answer answer = object_answer(test);
	u8 *bytes = answer.bytes;
	size_t room;

	for (room = 0; room <= 48; room++) {
		memset(bytes, 0xee, 64);
		answer.room = room;
		KUNIT_EXPECT_EQ(test, object_query(file, TDI_ENTITY_GENERIC, 0,
						   TDI_INFO_CLASS_GENERIC,
						   TDI_ENTITY_LIST_ID, &answer),
				STATUS_SUCCESS);
		KUNIT_EXPECT_GE(test, answer.length, 48);
		KUNIT_EXPECT_EQ(test, bytes[room], 0xee);
		if (room)
			KUNIT_EXPECT_NE(test, bytes[room - 1], 0xee);
	}
}

static struct kunit_case tdi_object_cases[] = {
	KUNIT_CASE(object_entities_on_every_file),
	KUNIT_CASE(object_ip_statistics),
	KUNIT_CASE(object_address_table),
	KUNIT_CASE(object_interface),
	KUNIT_CASE(object_interface_info),
	KUNIT_CASE_PARAM(object_that_is_not_there, object_bad_gen_params),
	KUNIT_CASE(object_with_little_room),
	{}
};

static struct kunit_suite tdi_object_suite = {
	.name = "tdi_object",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_object_cases,
};

kunit_test_suite(tdi_object_suite);
