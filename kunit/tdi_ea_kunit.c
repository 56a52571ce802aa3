// SPDX-License-Identifier: GPL-2.0-only
/*
 * FILE_FULL_EA_INFORMATION (reference 1.3, S17): what a create may look like.
 */
#include "tdi_kunit_helpers.h"

#include "ea.h"

/* As a client's memory has it; value at 25, not aligned */
static const u8 ea_address_buffer[] = {
	0, 0, 0, 0,			/* NextEntryOffset */
	0,				/* Flags */
	16,				/* EaNameLength */
	22, 0,				/* EaValueLength */
	'T', 'r', 'a', 'n', 's', 'p', 'o', 'r', 't',
	'A', 'd', 'd', 'r', 'e', 's', 's', 0,
	1, 0, 0, 0,			/* TAAddressCount */
	14, 0,				/* AddressLength */
	2, 0,				/* TDI_ADDRESS_TYPE_IP */
	0x1f, 0x90, 127, 0, 0, 1,	/* port 8080, 127.0.0.1 */
	0, 0, 0, 0, 0, 0, 0, 0,
};

#define EA_ADDRESS_OFFSET	25
#define EA_ADDRESS_LENGTH	22

/* Value at 26 */
static const u8 ea_endpoint_buffer[] = {
	0, 0, 0, 0, 0, 17, 8, 0,
	'C', 'o', 'n', 'n', 'e', 'c', 't', 'i', 'o', 'n',
	'C', 'o', 'n', 't', 'e', 'x', 't', 0,
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
};

#define EA_CONTEXT		0x1122334455667788ULL

static_assert(sizeof(ea_address_buffer) == 47);
static_assert(sizeof(ea_endpoint_buffer) == 34);

static void ea_address_buffer_of_47_bytes(struct kunit *test)
{
	const u8 *buffer = ea_address_buffer;
	struct tdi_ea ea;

	KUNIT_ASSERT_EQ(test, tdi_ea_parse(buffer, 47, &ea), STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, ea.kind, TDI_TRANSPORT_ADDRESS_FILE);
	KUNIT_EXPECT_PTR_EQ(test, ea.address, buffer + EA_ADDRESS_OFFSET);
	KUNIT_EXPECT_EQ(test, ea.address_length, EA_ADDRESS_LENGTH);
}

static void ea_endpoint_buffer_of_34_bytes(struct kunit *test)
{
	struct tdi_ea ea;

	KUNIT_ASSERT_EQ(test, tdi_ea_parse(ea_endpoint_buffer, 34, &ea),
			STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, ea.kind, TDI_CONNECTION_FILE);
	KUNIT_EXPECT_EQ(test, ea.context, EA_CONTEXT);
}

static void ea_empty_is_a_control_channel(struct kunit *test)
{
	struct tdi_ea ea;

	memset(&ea, 0xff, sizeof(ea));
	KUNIT_EXPECT_EQ(test, tdi_ea_parse(NULL, 0, &ea), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ea.kind, TDI_CONTROL_CHANNEL_FILE);
	KUNIT_EXPECT_NULL(test, ea.address);
	KUNIT_EXPECT_EQ(test, ea.context, 0);
}

/* Clients allocate what they like; a copy may begin anywhere. */
static void ea_buffer_at_any_alignment(struct kunit *test)
{
	u8 *memory = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct tdi_ea ea;
	int shift;

	KUNIT_ASSERT_NOT_NULL(test, memory);
	for (shift = 0; shift < 8; shift++) {
		u8 *buffer = memory + shift;

		memcpy(buffer, ea_address_buffer, 47);
		KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, 47, &ea),
				STATUS_SUCCESS);
		KUNIT_EXPECT_PTR_EQ(test, ea.address,
				    (const u8 *)buffer + EA_ADDRESS_OFFSET);

		memcpy(buffer, ea_endpoint_buffer, 34);
		KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, 34, &ea),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, ea.context, EA_CONTEXT);
	}
}

static void ea_bytes_behind_the_last_entry_are_ignored(struct kunit *test)
{
	u8 buffer[128];
	struct tdi_ea ea;
	size_t length;

	memset(buffer, 0xff, sizeof(buffer));
	memcpy(buffer, ea_endpoint_buffer, 34);
	for (length = 34; length <= sizeof(buffer); length++) {
		KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, length, &ea),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, ea.kind, TDI_CONNECTION_FILE);
		KUNIT_EXPECT_EQ(test, ea.context, EA_CONTEXT);
	}
}

/* An entry in a buffer of its own size, so that KASAN sees a read behind it */
static u32 ea_parse_exact(struct kunit *test, const u8 *data, size_t length,
			  struct tdi_ea *ea)
{
	u8 *exact = kunit_kmalloc(test, length, GFP_KERNEL);
	u32 status;

	KUNIT_ASSERT_NOT_NULL(test, exact);
	memcpy(exact, data, length);
	status = tdi_ea_parse(exact, length, ea);
	kunit_kfree(test, exact);
	return status;
}

static void ea_every_truncation_is_refused(struct kunit *test)
{
	struct tdi_ea ea;
	size_t length;

	for (length = 1; length < 47; length++)
		KUNIT_EXPECT_EQ_MSG(test,
				    ea_parse_exact(test, ea_address_buffer,
						   length, &ea),
				    STATUS_INVALID_PARAMETER,
				    "address, %zu bytes", length);
	for (length = 1; length < 34; length++)
		KUNIT_EXPECT_EQ_MSG(test,
				    ea_parse_exact(test, ea_endpoint_buffer,
						   length, &ea),
				    STATUS_INVALID_PARAMETER,
				    "endpoint, %zu bytes", length);
}

/* 4 bytes are an int; longer ones end where nobody looks (S17). */
static void ea_context_of_0_to_17_bytes(struct kunit *test)
{
	const u8 value[17] = { 0x88, 0x77, 0x66, 0xd5, 0x44, 0x33, 0x22, 0x11,
			       9, 9, 9, 9, 9, 9, 9, 9, 9 };
	u8 buffer[64];
	struct tdi_ea ea;
	size_t length, n;
	u32 status;

	for (n = 0; n <= sizeof(value); n++) {
		length = tdi_kunit_ea(buffer, TdiConnectionContext, value, n);
		status = ea_parse_exact(test, buffer, length, &ea);
		if (n < 4) {
			KUNIT_EXPECT_EQ(test, status, STATUS_INVALID_PARAMETER);
			continue;
		}
		KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
		KUNIT_EXPECT_EQ_MSG(test, ea.context,
				    n < 8 ? 0xd5667788ULL :
					    0x11223344d5667788ULL,
				    "%zu bytes", n);
	}
}

/* Real clients send 26 or 42 bytes for an address of 22 (S17). */
static void ea_address_value_of_any_length(struct kunit *test)
{
	const u8 value[42] = {};
	u8 buffer[96];
	struct tdi_ea ea;
	size_t length, n;

	for (n = 0; n <= sizeof(value); n++) {
		length = tdi_kunit_ea(buffer, TdiTransportAddress, value, n);
		KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, length, &ea),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, ea.address_length, n);
	}
}

struct ea_name_param {
	const char *desc;
	const char *name;
	u8 name_length;
	u32 status;
};

static const struct ea_name_param ea_name_params[] = {
	{ "the name itself", "TransportAddress", 16, STATUS_SUCCESS },
	{ "no name", "", 0, STATUS_INVALID_EA_NAME },
	{ "a name of no meaning", "Transport", 9, STATUS_INVALID_EA_NAME },
	{ "lower case", "transportaddress", 16, STATUS_INVALID_EA_NAME },
	{ "one letter too few", "TransportAddres", 15, STATUS_INVALID_EA_NAME },
	{ "one letter too many", "TransportAddresss", 17,
	  STATUS_INVALID_EA_NAME },
	{ "last letter wrong", "TransportAddresS", 16, STATUS_INVALID_EA_NAME },
	{ "length counts the NUL", "TransportAddress\0", 17,
	  STATUS_INVALID_EA_NAME },
	{ "length cuts the name short", "TransportAddress", 9,
	  STATUS_INVALID_PARAMETER },
	{ "a letter where the NUL should be", "TransportAddressX", 16,
	  STATUS_INVALID_PARAMETER },
	{ "unknown, and a letter where the NUL should be", "XransportAddressX",
	  16, STATUS_INVALID_PARAMETER },
};

KUNIT_ARRAY_PARAM_DESC(ea_name, ea_name_params, desc);

static void ea_names(struct kunit *test)
{
	const struct ea_name_param *param = test->param_value;
	struct tdi_full_ea_information entry = {
		.ea_name_length = param->name_length,
		.ea_value_length = 8,
	};
	u8 buffer[64] = {};
	struct tdi_ea ea;

	memcpy(buffer, &entry, sizeof(entry));
	memcpy(buffer + sizeof(entry), param->name, strlen(param->name));
	KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, sizeof(buffer), &ea),
			param->status);
}

static void ea_flags_other_than_need_ea_are_refused(struct kunit *test)
{
	u8 buffer[34];
	struct tdi_ea ea;
	unsigned int flags;

	memcpy(buffer, ea_endpoint_buffer, sizeof(buffer));
	for (flags = 0; flags < 256; flags++) {
		buffer[4] = flags;
		KUNIT_EXPECT_EQ_MSG(test, tdi_ea_parse(buffer, 34, &ea),
				    flags & 0x7f ? STATUS_INVALID_PARAMETER :
						   STATUS_SUCCESS,
				    "flags %#x", flags);
	}
}

struct ea_pair_param {
	const char *desc;
	const char *first, *second;
	u32 status;
};

static const struct ea_pair_param ea_pair_params[] = {
	{ "both names", TdiTransportAddress, TdiConnectionContext,
	  STATUS_INVALID_PARAMETER },
	{ "both names, the other way round", TdiConnectionContext,
	  TdiTransportAddress, STATUS_INVALID_PARAMETER },
	{ "two addresses", TdiTransportAddress, TdiTransportAddress,
	  STATUS_INVALID_PARAMETER },
	{ "two contexts", TdiConnectionContext, TdiConnectionContext,
	  STATUS_INVALID_PARAMETER },
	{ "an unknown name behind a known one", TdiConnectionContext,
	  "Nonesuch", STATUS_INVALID_EA_NAME },
	{ "an unknown name before a known one", "Nonesuch",
	  TdiConnectionContext, STATUS_INVALID_EA_NAME },
};

KUNIT_ARRAY_PARAM_DESC(ea_pair, ea_pair_params, desc);

/* Two entries, @gap bytes between them; returns the length of both. */
static size_t ea_two(u8 *buffer, const struct ea_pair_param *param, size_t gap)
{
	const u64 value = EA_CONTEXT;
	u32 next;

	next = tdi_kunit_ea(buffer, param->first, &value, 8) + gap;
	memcpy(buffer, &next, sizeof(next));
	return next + tdi_kunit_ea(buffer + next, param->second, &value, 8);
}

static void ea_a_file_is_one_thing_only(struct kunit *test)
{
	const struct ea_pair_param *param = test->param_value;
	u8 buffer[128] = {};
	struct tdi_ea ea;
	size_t length, gap;

	for (gap = 0; gap < 8; gap++) {
		length = ea_two(buffer, param, gap);
		KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, length, &ea),
				param->status);
	}
}

/* Whatever the second entry lacks, the first alone is not taken. */
static void ea_every_truncation_of_two_entries_is_refused(struct kunit *test)
{
	u8 buffer[128] = {};
	struct tdi_ea ea;
	size_t length, n;

	length = ea_two(buffer, &ea_pair_params[4], 2);
	for (n = 1; n < length; n++)
		KUNIT_EXPECT_EQ_MSG(test, ea_parse_exact(test, buffer, n, &ea),
				    STATUS_INVALID_PARAMETER, "%zu bytes", n);
}

struct ea_next_param {
	const char *desc;
	u32 next;
};

/* Of an entry of 34 bytes in a buffer of 68 */
static const struct ea_next_param ea_next_params[] = {
	{ "inside the entry's own head", 1 },
	{ "at the name", 8 },
	{ "at the value", 26 },
	{ "one byte before the entry's end", 33 },
	{ "less than a head before the buffer's end", 61 },
	{ "at the buffer's end", 68 },
	{ "one byte past the buffer's end", 69 },
	{ "far past the buffer's end", 0x10000 },
	{ "as large as a positive number can be", 0x7fffffff },
	{ "negative, if it were signed", 0x80000000 },
	{ "back to the entry itself, if it wrapped around", 0xffffffff },
	{ "backwards, if it wrapped around", -34U },
};

KUNIT_ARRAY_PARAM_DESC(ea_next, ea_next_params, desc);

static void ea_next_entry_offset_is_bounded(struct kunit *test)
{
	const struct ea_next_param *param = test->param_value;
	u8 buffer[68] = {};
	struct tdi_ea ea;

	memcpy(buffer, ea_endpoint_buffer, 34);
	memcpy(buffer, &param->next, sizeof(param->next));
	KUNIT_EXPECT_EQ(test, ea_parse_exact(test, buffer, sizeof(buffer), &ea),
			STATUS_INVALID_PARAMETER);
}

static void ea_lengths_up_to_their_limits(struct kunit *test)
{
	struct tdi_full_ea_information entry = {
		.ea_name_length = TDI_CONNECTION_CONTEXT_LENGTH,
	};
	size_t head = sizeof(entry) + TDI_CONNECTION_CONTEXT_LENGTH + 1;
	u8 *buffer = kunit_kzalloc(test, head + U16_MAX, GFP_KERNEL);
	struct tdi_ea ea;

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	entry.ea_value_length = U16_MAX;
	memcpy(buffer, &entry, sizeof(entry));
	memcpy(buffer + sizeof(entry), TdiConnectionContext,
	       TDI_CONNECTION_CONTEXT_LENGTH);

	KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, head + U16_MAX, &ea),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, head + U16_MAX - 1, &ea),
			STATUS_INVALID_PARAMETER);

	buffer[5] = U8_MAX;
	KUNIT_EXPECT_EQ(test, tdi_ea_parse(buffer, sizeof(entry) + U8_MAX, &ea),
			STATUS_INVALID_PARAMETER);
}

static struct kunit_case tdi_ea_cases[] = {
	KUNIT_CASE(ea_address_buffer_of_47_bytes),
	KUNIT_CASE(ea_endpoint_buffer_of_34_bytes),
	KUNIT_CASE(ea_empty_is_a_control_channel),
	KUNIT_CASE(ea_buffer_at_any_alignment),
	KUNIT_CASE(ea_bytes_behind_the_last_entry_are_ignored),
	KUNIT_CASE(ea_every_truncation_is_refused),
	KUNIT_CASE(ea_context_of_0_to_17_bytes),
	KUNIT_CASE(ea_address_value_of_any_length),
	KUNIT_CASE_PARAM(ea_names, ea_name_gen_params),
	KUNIT_CASE(ea_flags_other_than_need_ea_are_refused),
	KUNIT_CASE_PARAM(ea_a_file_is_one_thing_only, ea_pair_gen_params),
	KUNIT_CASE(ea_every_truncation_of_two_entries_is_refused),
	KUNIT_CASE_PARAM(ea_next_entry_offset_is_bounded, ea_next_gen_params),
	KUNIT_CASE(ea_lengths_up_to_their_limits),
	{}
};

static struct kunit_suite tdi_ea_suite = {
	.name = "tdi_ea",
	.test_cases = tdi_ea_cases,
};

kunit_test_suite(tdi_ea_suite);
