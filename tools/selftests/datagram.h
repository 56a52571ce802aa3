/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs about datagrams share; included once in each */
#ifndef _SELFTESTS_DATAGRAM_H
#define _SELFTESTS_DATAGRAM_H

#include "test.h"

#include "udp.h"

/* Two addresses on loopback, and a plain socket, alone in a namespace */
FIXTURE(datagram) {
	int here, there, plain;
	struct tdi_taddr here_at, there_at, plain_at;
	char bytes[128];
	struct tdi_io io;
};

FAMILY_VARIANTS(datagram);

FIXTURE_SETUP(datagram)
{
	struct tdi_taddr local = address_local(variant->family, 0);

	close(net_enter());
	self->here = open_udp(&local, 0);
	self->there = open_udp(&local, 0);
	self->here_at = local_address(self->here);
	self->there_at = local_address(self->there);
	self->plain = plain_udp(&local, 0);
	self->plain_at = address_of_socket(self->plain);
}

FIXTURE_TEARDOWN(datagram)
{
	close(self->here);
	close(self->there);
	close(self->plain);
}

#define EXPECT_SAYS(address, text, to) \
	EXPECT_STATUS(STATUS_SUCCESS, say(address, text, to))
#define EXPECT_HEARS(address, text)	EXPECT_TRUE(hears(address, text))
#define EXPECT_HEARS_FROM(address, text, source) \
	EXPECT_TRUE(hears_from(address, text, source))
#define EXPECT_NOTHING(address)		EXPECT_TRUE(hears_nothing(address))

/* A receive that waits; @from NULL: for anyone */
static inline void receive(struct job *job, int address,
			   const struct tdi_taddr *from)
{
	*job = (struct job) {
		.call = job_receive_datagram, .fd = address,
		.buffer = calloc(1, 32), .length = 32,
		.io.cookie = (uintptr_t)job,
	};
	NEED(job->buffer);
	if (from)
		job->remote = *from;
	job_start_blocked(job);
}

#define EXPECT_RECEIVED(job, text, source) do {				\
	EXPECT_OUTCOME(STATUS_SUCCESS, job_end(job));			\
	EXPECT_EQ(strlen(text), (job)->io.information);			\
	EXPECT_EQ(0, memcmp((job)->buffer, text, strlen(text)));	\
	EXPECT_TRUE(address_equal(source, &(job)->peer));		\
} while (0)

#endif /* _SELFTESTS_DATAGRAM_H */
