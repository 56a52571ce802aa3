// SPDX-License-Identifier: GPL-2.0-only
/*
 * TRANSPORT_ADDRESS and sockaddr (reference 1.5, 1.6).
 */
#include <linux/unaligned.h>
#include <net/ipv6.h>

#include "tdi_kunit_helpers.h"

/* 127.0.0.1:8080, as a client's memory has it */
static const u8 taddr_ip[TDI_TA_LENGTH_IP] = {
	1, 0, 0, 0, 14, 0, 2, 0,
	0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
};

/* [2001:db8::1]:8080, flow 0x12345, scope 7 */
static const u8 taddr_ip6[TDI_TA_LENGTH_IP6] = {
	1, 0, 0, 0, 26, 0, 23, 0,
	0x1f, 0x90, 0x00, 0x01, 0x23, 0x45,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	7, 0, 0, 0,
};

static void taddr_ip_becomes_sockaddr_in(struct kunit *test)
{
	struct sockaddr_storage ss;
	struct sockaddr_in *sin = (struct sockaddr_in *)&ss;

	memset(&ss, 0xff, sizeof(ss));
	KUNIT_ASSERT_EQ(test, tdi_taddr_parse(taddr_ip, sizeof(taddr_ip), &ss),
			STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, sin->sin_family, AF_INET);
	KUNIT_EXPECT_EQ(test, ntohs(sin->sin_port), 8080);
	KUNIT_EXPECT_EQ(test, ntohl(sin->sin_addr.s_addr), INADDR_LOOPBACK);
	KUNIT_EXPECT_NULL(test, memchr_inv(&sin->sin_addr + 1, 0,
					   sizeof(ss) - 8));
}

static void taddr_ip6_becomes_sockaddr_in6(struct kunit *test)
{
	struct sockaddr_storage ss;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&ss;

	memset(&ss, 0xff, sizeof(ss));
	KUNIT_ASSERT_EQ(test,
			tdi_taddr_parse(taddr_ip6, sizeof(taddr_ip6), &ss),
			STATUS_SUCCESS);

	KUNIT_EXPECT_EQ(test, sin6->sin6_family, AF_INET6);
	KUNIT_EXPECT_EQ(test, ntohs(sin6->sin6_port), 8080);
	KUNIT_EXPECT_EQ(test, ntohl(sin6->sin6_flowinfo), 0x12345);
	KUNIT_EXPECT_MEMEQ(test, &sin6->sin6_addr, taddr_ip6 + 14, 16);
	KUNIT_EXPECT_EQ(test, sin6->sin6_scope_id, 7);
	KUNIT_EXPECT_NULL(test, memchr_inv(sin6 + 1, 0,
					   sizeof(ss) - sizeof(*sin6)));
}

struct taddr_buffer_param {
	const char *desc;
	const u8 *ta;
	size_t length;
};

static const struct taddr_buffer_param taddr_buffer_params[] = {
	{ "IPv4", taddr_ip, sizeof(taddr_ip) },
	{ "IPv6", taddr_ip6, sizeof(taddr_ip6) },
};

KUNIT_ARRAY_PARAM_DESC(taddr_buffer, taddr_buffer_params, desc);

static void taddr_round_trip(struct kunit *test)
{
	const struct taddr_buffer_param *param = test->param_value;
	u8 built[TDI_TA_LENGTH_IP6 + 1];
	struct sockaddr_storage ss;

	memset(built, 0xee, sizeof(built));
	KUNIT_ASSERT_EQ(test, tdi_taddr_parse(param->ta, param->length, &ss),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_taddr_build(&ss, built), param->length);
	KUNIT_EXPECT_MEMEQ(test, built, param->ta, param->length);
	KUNIT_EXPECT_EQ(test, built[param->length], 0xee);
}

static void taddr_at_any_alignment(struct kunit *test)
{
	const struct taddr_buffer_param *param = test->param_value;
	u8 *memory = kunit_kzalloc(test, 64, GFP_KERNEL);
	u8 built[TDI_TA_LENGTH_IP6];
	struct sockaddr_storage ss;
	int shift;

	KUNIT_ASSERT_NOT_NULL(test, memory);
	for (shift = 0; shift < 8; shift++) {
		memcpy(memory + shift, param->ta, param->length);
		KUNIT_EXPECT_EQ(test, tdi_taddr_parse(memory + shift,
						      param->length, &ss),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_taddr_build(&ss, built),
				param->length);
		KUNIT_EXPECT_MEMEQ(test, built, param->ta, param->length);
	}
}

/* In memory of exactly that size, so that KASAN sees a read behind it */
static u32 taddr_parse_exact(struct kunit *test, const u8 *ta, size_t length)
{
	u8 *exact = kunit_kmalloc(test, length, GFP_KERNEL);
	struct sockaddr_storage ss;
	u32 status;

	KUNIT_ASSERT_NOT_NULL(test, exact);
	memcpy(exact, ta, length);
	status = tdi_taddr_parse(exact, length, &ss);
	kunit_kfree(test, exact);
	return status;
}

static void taddr_every_truncation_is_refused(struct kunit *test)
{
	const struct taddr_buffer_param *param = test->param_value;
	size_t length;

	for (length = 0; length < param->length; length++)
		KUNIT_EXPECT_EQ_MSG(test,
				    taddr_parse_exact(test, param->ta, length),
				    STATUS_INVALID_ADDRESS_COMPONENT,
				    "%zu bytes", length);
}

/* AddressLength and buffer longer than the body: what real clients send */
static void taddr_longer_body_is_accepted(struct kunit *test)
{
	const struct taddr_buffer_param *param = test->param_value;
	u8 ta[64], built[TDI_TA_LENGTH_IP6];
	struct sockaddr_storage ss;
	size_t more;

	for (more = 0; more <= 21; more++) {
		memset(ta, 0xff, sizeof(ta));
		memcpy(ta, param->ta, param->length);
		put_unaligned_le16(param->length - 8 + more, ta + 4);
		KUNIT_EXPECT_EQ_MSG(test,
				    tdi_taddr_parse(ta, param->length + more,
						    &ss),
				    STATUS_SUCCESS, "%zu more", more);
		tdi_taddr_build(&ss, built);
		KUNIT_EXPECT_MEMEQ(test, built, param->ta, param->length);
	}
}

static void taddr_shorter_body_is_refused(struct kunit *test)
{
	const struct taddr_buffer_param *param = test->param_value;
	u8 ta[TDI_TA_LENGTH_IP6];
	struct sockaddr_storage ss;
	size_t body;

	memcpy(ta, param->ta, param->length);
	for (body = 0; body < param->length - 8; body++) {
		put_unaligned_le16(body, ta + 4);
		KUNIT_EXPECT_EQ_MSG(test,
				    tdi_taddr_parse(ta, param->length, &ss),
				    STATUS_INVALID_ADDRESS_COMPONENT,
				    "body of %zu bytes", body);
	}
}

/* One entry at @ta: returns its length. */
static size_t taddr_entry(u8 *ta, u16 type, u16 length, const u8 *body)
{
	put_unaligned_le16(length, ta);
	put_unaligned_le16(type, ta + 2);
	memcpy(ta + 4, body, length);
	return 4 + length;
}

/* Foreign entries, NetBIOS and a body of no bytes, and then ours */
static size_t taddr_with_foreign_entries(u8 *ta, s32 count, u16 type)
{
	static const u8 name[18] = "\0\0WORKGROUP";
	size_t offset = 4;

	put_unaligned_le32(count, ta);
	offset += taddr_entry(ta + offset, 17, sizeof(name), name);
	offset += taddr_entry(ta + offset, 0, 0, name);
	if (type == TDI_ADDRESS_TYPE_IP)
		return offset + taddr_entry(ta + offset, type, 14,
					    taddr_ip + 8);
	return offset + taddr_entry(ta + offset, type, 26, taddr_ip6 + 8);
}

static void taddr_first_entry_of_a_known_type_is_taken(struct kunit *test)
{
	u8 ta[128] = {}, built[TDI_TA_LENGTH_IP6];
	struct sockaddr_storage ss;
	size_t length;

	length = taddr_with_foreign_entries(ta, 3, TDI_ADDRESS_TYPE_IP);
	KUNIT_EXPECT_EQ(test, tdi_taddr_parse(ta, length, &ss), STATUS_SUCCESS);
	tdi_taddr_build(&ss, built);
	KUNIT_EXPECT_MEMEQ(test, built, taddr_ip, sizeof(taddr_ip));

	/* a second one of a known type makes no difference */
	length = taddr_with_foreign_entries(ta, 4, TDI_ADDRESS_TYPE_IP6);
	length += taddr_entry(ta + length, TDI_ADDRESS_TYPE_IP, 14,
			      taddr_ip + 8);
	KUNIT_EXPECT_EQ(test, tdi_taddr_parse(ta, length, &ss), STATUS_SUCCESS);
	tdi_taddr_build(&ss, built);
	KUNIT_EXPECT_MEMEQ(test, built, taddr_ip6, sizeof(taddr_ip6));
}

/* Also an entry that is too short for its type is foreign. */
static void taddr_short_entry_is_passed_over(struct kunit *test)
{
	u8 ta[64] = { 2 }, built[TDI_TA_LENGTH_IP6];
	struct sockaddr_storage ss;
	size_t length = 4;

	length += taddr_entry(ta + length, TDI_ADDRESS_TYPE_IP6, 14,
			      taddr_ip6 + 8);
	length += taddr_entry(ta + length, TDI_ADDRESS_TYPE_IP, 14,
			      taddr_ip + 8);
	KUNIT_EXPECT_EQ(test, tdi_taddr_parse(ta, length, &ss), STATUS_SUCCESS);
	tdi_taddr_build(&ss, built);
	KUNIT_EXPECT_MEMEQ(test, built, taddr_ip, sizeof(taddr_ip));
}

static void taddr_every_truncation_of_several_entries(struct kunit *test)
{
	size_t length, n;
	u8 ta[128] = {};

	length = taddr_with_foreign_entries(ta, 3, TDI_ADDRESS_TYPE_IP);
	for (n = 0; n < length; n++)
		KUNIT_EXPECT_EQ_MSG(test, taddr_parse_exact(test, ta, n),
				    STATUS_INVALID_ADDRESS_COMPONENT,
				    "%zu bytes", n);
}

struct taddr_count_param {
	const char *desc;
	s32 count;
	u32 status;
};

/* Of a buffer with two foreign entries and ours */
static const struct taddr_count_param taddr_count_params[] = {
	{ "as many as there are", 3, STATUS_SUCCESS },
	{ "more than there are", 4, STATUS_SUCCESS },
	{ "far more than there are", S32_MAX, STATUS_SUCCESS },
	{ "ours not counted", 2, STATUS_INVALID_ADDRESS_COMPONENT },
	{ "none", 0, STATUS_INVALID_ADDRESS_COMPONENT },
	{ "minus one", -1, STATUS_INVALID_ADDRESS_COMPONENT },
	{ "as negative as can be", S32_MIN, STATUS_INVALID_ADDRESS_COMPONENT },
};

KUNIT_ARRAY_PARAM_DESC(taddr_count, taddr_count_params, desc);

static void taddr_count_of_entries(struct kunit *test)
{
	const struct taddr_count_param *param = test->param_value;
	u8 ta[128] = {};
	size_t length;

	length = taddr_with_foreign_entries(ta, param->count,
					    TDI_ADDRESS_TYPE_IP);
	KUNIT_EXPECT_EQ(test, taddr_parse_exact(test, ta, length),
			param->status);
}

/* A huge count over entries of no bytes ends where the buffer ends. */
static void taddr_huge_count_of_empty_entries(struct kunit *test)
{
	u8 ta[TDI_TADDR_MAX] = {};

	put_unaligned_le32(S32_MAX, ta);
	KUNIT_EXPECT_EQ(test, taddr_parse_exact(test, ta, sizeof(ta)),
			STATUS_INVALID_ADDRESS_COMPONENT);
}

static void taddr_foreign_entry_that_overruns_the_buffer(struct kunit *test)
{
	u8 ta[128] = {};
	size_t length;

	length = taddr_with_foreign_entries(ta, 3, TDI_ADDRESS_TYPE_IP);
	put_unaligned_le16(length - 8 + 1, ta + 4);
	KUNIT_EXPECT_EQ(test, taddr_parse_exact(test, ta, length),
			STATUS_INVALID_ADDRESS_COMPONENT);
	put_unaligned_le16(U16_MAX, ta + 4);
	KUNIT_EXPECT_EQ(test, taddr_parse_exact(test, ta, length),
			STATUS_INVALID_ADDRESS_COMPONENT);
}

static void taddr_no_entry_of_a_known_type(struct kunit *test)
{
	u8 ta[TDI_TA_LENGTH_IP];
	struct sockaddr_storage ss;
	unsigned int type;

	memcpy(ta, taddr_ip, sizeof(ta));
	for (type = 0; type < 64; type++) {
		if (type == TDI_ADDRESS_TYPE_IP)
			continue;
		put_unaligned_le16(type, ta + 6);
		KUNIT_EXPECT_EQ_MSG(test, tdi_taddr_parse(ta, sizeof(ta), &ss),
				    STATUS_INVALID_ADDRESS_COMPONENT,
				    "type %u", type);
	}
}

/* An address in a table: host 0 is any, others differ in their last byte */
struct taddr_end {
	int family;
	u8 host;
	u16 port;
	u32 scope;
};

static struct sockaddr_storage taddr_of(const struct taddr_end *end)
{
	struct in6_addr host6 = { .s6_addr = { 0xfe, 0x80 } };
	struct sockaddr_storage ss = {};

	host6.s6_addr[15] = end->host;
	if (end->family == AF_INET)
		return tdi_kunit_ip(end->host ? 0x0a000000 + end->host : 0,
				    end->port);
	if (end->family == AF_INET6)
		ss = tdi_kunit_ip6(end->host ? &host6 : &in6addr_any,
				   end->port);
	((struct sockaddr_in6 *)&ss)->sin6_scope_id = end->scope;
	return ss;
}

struct taddr_two_param {
	const char *desc;
	struct taddr_end a, b;
	bool equal;
	bool overlaps;
	bool matches;	/* a is the filter, b the peer */
};

#define V4(_host, _port)	{ AF_INET, _host, _port, 0 }
#define V6(_host, _port)	{ AF_INET6, _host, _port, 0 }
#define V6S(_host, _port, _scope) { AF_INET6, _host, _port, _scope }

static const struct taddr_two_param taddr_two_params[] = {
	{ "the same", V4(1, 80), V4(1, 80), true, true, true },
	{ "the same, IPv6", V6(1, 80), V6(1, 80), true, true, true },
	{ "another port", V4(1, 80), V4(1, 81), false, false, false },
	{ "another port, IPv6", V6(1, 80), V6(1, 81), false, false, false },
	{ "another host", V4(1, 80), V4(2, 80), false, false, false },
	{ "another host, IPv6", V6(1, 80), V6(2, 80), false, false, false },
	{ "any host and one", V4(0, 80), V4(1, 80), false, true, true },
	{ "any host and one, IPv6", V6(0, 80), V6(1, 80), false, true, true },
	{ "one host and any", V4(1, 80), V4(0, 80), false, true, false },
	{ "one host and any, IPv6", V6(1, 80), V6(0, 80), false, true, false },
	{ "any host twice", V4(0, 80), V4(0, 80), true, true, true },
	{ "any host twice, IPv6", V6(0, 80), V6(0, 80), true, true, true },
	{ "any host, another port", V4(0, 80), V4(1, 81), false, false, false },
	{ "host without port", V4(1, 0), V4(1, 80), false, false, true },
	{ "host without port, IPv6", V6(1, 0), V6(1, 80), false, false, true },
	{ "host without port, another host", V4(1, 0), V4(2, 80), false, false,
	  false },
	{ "neither host nor port", V4(0, 0), V4(1, 80), false, false, true },
	{ "neither host nor port, IPv6", V6(0, 0), V6(1, 80), false, false,
	  true },
	{ "IPv4 and IPv6", V4(1, 80), V6(1, 80), false, false, false },
	{ "any IPv4 and IPv6", V4(0, 80), V6(1, 80), false, false, false },
	{ "any IPv6 and IPv4", V6(0, 80), V4(1, 80), false, false, false },
	{ "any IPv4 and any IPv6", V4(0, 80), V6(0, 80), false, false, false },
	{ "the same scope", V6S(1, 80, 2), V6S(1, 80, 2), true, true, true },
	{ "another scope", V6S(1, 80, 2), V6S(1, 80, 3), false, false, false },
	{ "a scope and none", V6S(1, 80, 2), V6(1, 80), true, true, true },
	{ "no scope and one", V6(1, 80), V6S(1, 80, 2), true, true, true },
	{ "no filter, IPv4 peer", {}, V4(1, 80), false, false, true },
	{ "no filter, IPv6 peer", {}, V6(1, 80), false, false, true },
};

KUNIT_ARRAY_PARAM_DESC(taddr_two, taddr_two_params, desc);

static void taddr_compared(struct kunit *test)
{
	const struct taddr_two_param *param = test->param_value;
	struct sockaddr_storage a = taddr_of(&param->a);
	struct sockaddr_storage b = taddr_of(&param->b);

	KUNIT_EXPECT_EQ(test, tdi_taddr_matches(&a, &b), param->matches);
	if (!param->a.family)
		return;
	KUNIT_EXPECT_EQ(test, tdi_taddr_equal(&a, &b), param->equal);
	KUNIT_EXPECT_EQ(test, tdi_taddr_equal(&b, &a), param->equal);
	KUNIT_EXPECT_EQ(test, tdi_taddr_overlaps(&a, &b), param->overlaps);
	KUNIT_EXPECT_EQ(test, tdi_taddr_overlaps(&b, &a), param->overlaps);
}

/* No address, and a structure of zeroes: nobody is meant in particular. */
static void taddr_filter_of_zeroes_is_no_filter(struct kunit *test)
{
	struct sockaddr_storage filter, v4 = tdi_kunit_ip(INADDR_LOOPBACK, 80);
	struct sockaddr_storage v6 = tdi_kunit_ip6(&in6addr_loopback, 80);
	const u8 zero[TDI_TADDR_MAX] = {};
	size_t length;

	for (length = 0; length <= sizeof(zero); length++) {
		memset(&filter, 0xff, sizeof(filter));
		KUNIT_EXPECT_EQ(test,
				tdi_taddr_parse_filter(zero, length, &filter),
				STATUS_SUCCESS);
		KUNIT_EXPECT_TRUE(test, tdi_taddr_matches(&filter, &v4));
		KUNIT_EXPECT_TRUE(test, tdi_taddr_matches(&filter, &v6));
	}
	KUNIT_EXPECT_EQ(test, tdi_taddr_parse_filter(NULL, 0, &filter),
			STATUS_SUCCESS);
}

/* What AFD's listen passes (reference 1.6) */
static void taddr_filter_with_a_body_of_zeroes_is_no_filter(struct kunit *test)
{
	struct sockaddr_storage filter, peer = tdi_kunit_ip(0x0a000001, 80);
	u8 ta[TDI_TA_LENGTH_IP] = { 1, 0, 0, 0, 14, 0, 2, 0 };

	KUNIT_ASSERT_EQ(test, tdi_taddr_parse_filter(ta, sizeof(ta), &filter),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_matches(&filter, &peer));
}

static void taddr_filter_that_is_no_address_is_refused(struct kunit *test)
{
	const struct taddr_buffer_param *param = test->param_value;
	struct sockaddr_storage filter;
	size_t length;

	/* the count alone is not zero: from here on it is a filter */
	for (length = 1; length < param->length; length++)
		KUNIT_EXPECT_EQ(test, tdi_taddr_parse_filter(param->ta, length,
							     &filter),
				STATUS_INVALID_ADDRESS_COMPONENT);
	KUNIT_EXPECT_EQ(test, tdi_taddr_parse_filter(param->ta, length,
						     &filter),
			STATUS_SUCCESS);
}

struct taddr_kind_param {
	const char *desc;
	u32 host;
	struct in6_addr host6;
	bool any;
	bool group;
};

static const struct taddr_kind_param taddr_kind_params[] = {
	{ "0.0.0.0", 0x00000000, {}, true, false },
	{ "0.0.0.1", 0x00000001, {}, false, false },
	{ "127.0.0.1", 0x7f000001, {}, false, false },
	{ "223.255.255.255", 0xdfffffff, {}, false, false },
	{ "224.0.0.0", 0xe0000000, {}, false, true },
	{ "239.255.255.255", 0xefffffff, {}, false, true },
	{ "240.0.0.0", 0xf0000000, {}, false, false },
	{ "255.255.255.255", 0xffffffff, {}, false, true },
	{ "::1", 0, { { { [15] = 1 } } }, false, false },
	{ "feff::", 0, { { { 0xfe, 0xff } } }, false, false },
	{ "ff00::", 0, { { { 0xff } } }, false, true },
	{ "ff02::1", 0, { { { 0xff, 2, [15] = 1 } } }, false, true },
};

KUNIT_ARRAY_PARAM_DESC(taddr_kind, taddr_kind_params, desc);

static void taddr_any_and_group(struct kunit *test)
{
	const struct taddr_kind_param *param = test->param_value;
	struct sockaddr_storage ss = ipv6_addr_any(&param->host6) ?
				     tdi_kunit_ip(param->host, 80) :
				     tdi_kunit_ip6(&param->host6, 80);

	KUNIT_EXPECT_EQ(test, tdi_taddr_is_any(&ss), param->any);
	KUNIT_EXPECT_EQ(test, tdi_taddr_is_group(&ss), param->group);
}

static void taddr_any_and_group_ipv6_wildcard(struct kunit *test)
{
	struct sockaddr_storage ss = tdi_kunit_ip6(&in6addr_any, 80);

	KUNIT_EXPECT_TRUE(test, tdi_taddr_is_any(&ss));
	KUNIT_EXPECT_FALSE(test, tdi_taddr_is_group(&ss));
}

static void taddr_length_and_port_by_family(struct kunit *test)
{
	struct sockaddr_storage v4 = tdi_kunit_ip(INADDR_LOOPBACK, 8080);
	struct sockaddr_storage v6 = tdi_kunit_ip6(&in6addr_loopback, 8081);

	KUNIT_EXPECT_EQ(test, tdi_taddr_length(&v4),
			sizeof(struct sockaddr_in));
	KUNIT_EXPECT_EQ(test, tdi_taddr_length(&v6),
			sizeof(struct sockaddr_in6));
	KUNIT_EXPECT_EQ(test, ntohs(tdi_taddr_port(&v4)), 8080);
	KUNIT_EXPECT_EQ(test, ntohs(tdi_taddr_port(&v6)), 8081);
}

static struct kunit_case tdi_taddr_cases[] = {
	KUNIT_CASE(taddr_ip_becomes_sockaddr_in),
	KUNIT_CASE(taddr_ip6_becomes_sockaddr_in6),
	KUNIT_CASE_PARAM(taddr_round_trip, taddr_buffer_gen_params),
	KUNIT_CASE_PARAM(taddr_at_any_alignment, taddr_buffer_gen_params),
	KUNIT_CASE_PARAM(taddr_every_truncation_is_refused,
			 taddr_buffer_gen_params),
	KUNIT_CASE_PARAM(taddr_longer_body_is_accepted,
			 taddr_buffer_gen_params),
	KUNIT_CASE_PARAM(taddr_shorter_body_is_refused,
			 taddr_buffer_gen_params),
	KUNIT_CASE(taddr_first_entry_of_a_known_type_is_taken),
	KUNIT_CASE(taddr_short_entry_is_passed_over),
	KUNIT_CASE(taddr_every_truncation_of_several_entries),
	KUNIT_CASE_PARAM(taddr_count_of_entries, taddr_count_gen_params),
	KUNIT_CASE(taddr_huge_count_of_empty_entries),
	KUNIT_CASE(taddr_foreign_entry_that_overruns_the_buffer),
	KUNIT_CASE(taddr_no_entry_of_a_known_type),
	KUNIT_CASE_PARAM(taddr_compared, taddr_two_gen_params),
	KUNIT_CASE(taddr_filter_of_zeroes_is_no_filter),
	KUNIT_CASE(taddr_filter_with_a_body_of_zeroes_is_no_filter),
	KUNIT_CASE_PARAM(taddr_filter_that_is_no_address_is_refused,
			 taddr_buffer_gen_params),
	KUNIT_CASE_PARAM(taddr_any_and_group, taddr_kind_gen_params),
	KUNIT_CASE(taddr_any_and_group_ipv6_wildcard),
	KUNIT_CASE(taddr_length_and_port_by_family),
	{}
};

static struct kunit_suite tdi_taddr_suite = {
	.name = "tdi_taddr",
	.test_cases = tdi_taddr_cases,
};

kunit_test_suite(tdi_taddr_suite);
