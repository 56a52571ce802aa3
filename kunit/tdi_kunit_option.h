/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options, set and got as TDI_SET_INFORMATION_EX and TDI_QUERY_INFORMATION_EX do.
 */
#ifndef _TDI_KUNIT_OPTION_H
#define _TDI_KUNIT_OPTION_H

#include "object.h"
#include "tdi_kunit_datagram.h"

static inline struct tdi_object_id option_id(u32 type, u32 id)
{
	return (struct tdi_object_id) {
		.tei_entity = TDI_ENTITY_CO_TL,
		.toi_class = TDI_INFO_CLASS_PROTOCOL,
		.toi_type = type, .toi_id = id,
	};
}

static inline u32 option_set(struct tdi_file *file, u32 type, u32 id,
			     const void *value, size_t length)
{
	struct tdi_object_id object = option_id(type, id);
	u8 copy[64];

	memcpy(copy, value, length);
	return tdi_object_set(file, &object, copy, length);
}

static inline u32 option_get(struct tdi_file *file, u32 type, u32 id,
			     void *value, size_t *length)
{
	struct tdi_object_id object = option_id(type, id);
	struct tdi_answer answer = { .bytes = value, .room = *length };
	const u8 context[16] = {};
	u32 status;

	status = tdi_object_query(file, &object, context, &answer);
	*length = answer.length;
	return status;
}

static inline void option_expect(struct kunit *test, struct tdi_file *file,
				 u32 type, u32 id, const void *expected,
				 size_t size)
{
	u8 value[sizeof(struct tdi_keepalive)];
	size_t length = sizeof(value);

	KUNIT_EXPECT_EQ(test, option_get(file, type, id, value, &length),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, length, size);
	KUNIT_EXPECT_MEMEQ(test, value, expected, size);
}

#endif /* _TDI_KUNIT_OPTION_H */
