// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_IOC_SEND_BATCH: sends on many endpoints in one call.
 */
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "memory.h"

#define MANY	16

/* @endpoint: connected with @peer; @control: any file to call it on */
FIXTURE(batch) {
	struct pair pair;
	int control;
	int endpoint[MANY], peer[MANY];
	struct tdi_batch_entry entry[TDI_BATCH_MAX + 1];
};

FAMILY_VARIANTS(batch);

FIXTURE_SETUP(batch)
{
	struct pair *pair = &self->pair;
	struct tdi_taddr remote;
	int listener;

	pair_open(pair, variant->family);
	self->control = open_control();
	net_sysctl("ipv4/tcp_wmem", "4096 16384 16384");
	for (int i = 0; i < MANY; i++) {
		/* from one port, so each to another */
		listener = plain_listen(variant->family, 1);
		remote = address_local(variant->family, plain_port(listener));
		self->endpoint[i] = open_associated(pair->address);
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_connect(self->endpoint[i], &remote, 0, NULL,
					  0, NULL));
		self->peer[i] = plain_accept(listener);
		close(listener);
	}
}

FIXTURE_TEARDOWN(batch)
{
	for (int i = 0; i < MANY; i++) {
		close(self->endpoint[i]);
		close(self->peer[i]);
	}
	close(self->control);
	pair_close(&self->pair);
}

/* One that was not looked at keeps this. */
#define UNTOUCHED	0xa5a5a5a5

static struct tdi_batch_entry entry(int endpoint, const void *buffer,
				    size_t length)
{
	return (struct tdi_batch_entry){
		.endpoint = endpoint,
		.buffer = (uintptr_t)buffer,
		.length = length,
		.information = UNTOUCHED,
		.status = UNTOUCHED,
	};
}

/* @entries: what the kernel is told they are */
static struct outcome send_batch(int fd, const void *entries, uint32_t count,
				 uint64_t *done)
{
	struct tdi_send_batch arg = {
		.head.size = sizeof(arg),
		.head.status = ~0U,
		.entries = (uintptr_t)entries,
		.count = count,
	};
	struct outcome outcome = { 0 };

	if (ioctl(fd, TDI_IOC_SEND_BATCH, &arg))
		outcome.error = errno;
	outcome.status = arg.head.status;
	*done = arg.head.information;
	return outcome;
}

#define EXPECT_BATCH(want, count, looked_at) do {			\
	uint64_t __done;						\
									\
	EXPECT_OUTCOME(want, send_batch(self->control, self->entry,	\
					count, &__done));		\
	EXPECT_EQ(looked_at, __done);					\
} while (0)

#define EXPECT_ENTRY(i, want, bytes) do {				\
	EXPECT_EQ(want, self->entry[i].status)				\
		TH_LOG("entry %d: %s", i,				\
		       tdi_status_name(self->entry[i].status));		\
	EXPECT_EQ(bytes, self->entry[i].information);			\
} while (0)

/* As many as there may be, on all of them in turn: each in its order */
TEST_F(batch, many)
{
	const int rounds = TDI_BATCH_MAX / MANY;
	char out[TDI_BATCH_MAX], in[TDI_BATCH_MAX];

	for (int i = 0; i < TDI_BATCH_MAX; i++) {
		out[i] = i / MANY;
		self->entry[i] = entry(self->endpoint[i % MANY], &out[i], 1);
	}
	EXPECT_BATCH(STATUS_SUCCESS, TDI_BATCH_MAX, TDI_BATCH_MAX);
	for (int i = 0; i < TDI_BATCH_MAX; i++)
		EXPECT_ENTRY(i, STATUS_SUCCESS, 1);
	for (int i = 0; i < MANY; i++) {
		plain_receive(self->peer[i], in, rounds);
		for (int round = 0; round < rounds; round++)
			EXPECT_EQ(round, in[round]);
	}
}

/* Any file of the module will do to call it on; a length is one entry's own. */
TEST_F(batch, on_any_file)
{
	int files[] = { self->control, self->pair.address, self->endpoint[0],
			self->endpoint[1] };
	char in[4];
	uint64_t done;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		for (int j = 0; j < MANY; j++)
			self->entry[j] = entry(self->endpoint[j], "abc", j % 4);
		EXPECT_OUTCOME(STATUS_SUCCESS,
			       send_batch(files[i], self->entry, MANY, &done));
		EXPECT_EQ(MANY, done);
		for (int j = 0; j < MANY; j++) {
			EXPECT_ENTRY(j, STATUS_SUCCESS, j % 4);
			plain_receive(self->peer[j], in, j % 4);
			EXPECT_EQ(0, memcmp(in, "abc", j % 4));
		}
	}
}

/* An endpoint that nothing can be sent on, whatever its state */
static int open_read_only(void)
{
	_Alignas(4) char buffer[64];
	struct tdi_ea ea;
	int fd = open("/dev/tdi/tcp", O_RDONLY | O_CLOEXEC);

	tdi_ea_init(&ea, buffer, sizeof(buffer));
	NEED(fd >= 0 && !tdi_ea_add_context(&ea, 1) &&
	     !tdi_create(fd, ea.buffer, ea.length, 0, 0, 0, NULL));
	return fd;
}

/* What one cannot do is its own affair: each of these between two that can */
TEST_F(batch, mixed)
{
	int read_only = open_read_only(), null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int idle = open_associated(self->pair.address);
	struct tdi_batch_entry good = entry(self->endpoint[0], "x", 1);
	const struct {
		struct tdi_batch_entry entry;
		uint32_t status;
	} bad[] = {
		{ entry(-1, "x", 1), STATUS_INVALID_HANDLE },
		{ entry(1000000, "x", 1), STATUS_INVALID_HANDLE },
		{ entry(INT32_MIN, "x", 1), STATUS_INVALID_HANDLE },
		{ entry(null, "x", 1), STATUS_INVALID_HANDLE },
		{ entry(self->peer[0], "x", 1), STATUS_INVALID_HANDLE },
		{ entry(self->control, "x", 1), STATUS_INVALID_CONNECTION },
		{ entry(self->pair.address, "x", 1),
		  STATUS_INVALID_CONNECTION },
		{ entry(self->pair.endpoint, "x", 1),
		  STATUS_INVALID_CONNECTION },
		{ entry(idle, "x", 1), STATUS_INVALID_CONNECTION },
		{ entry(self->endpoint[1], NULL, 1), STATUS_ACCESS_VIOLATION },
		{ entry(self->endpoint[1], memory_unmapped(), 1),
		  STATUS_ACCESS_VIOLATION },
		{ entry(self->endpoint[1], MEMORY_KERNEL, 1),
		  STATUS_ACCESS_VIOLATION },
		{ entry(self->endpoint[1], "x", SIZE_MAX),
		  STATUS_INVALID_PARAMETER },
		{ entry(self->endpoint[1], "x", 1ULL << 32),
		  STATUS_INVALID_PARAMETER },
		{ { .endpoint = self->endpoint[1], .flags = 1 },
		  STATUS_INVALID_PARAMETER },
		{ { .endpoint = self->endpoint[1], .flags = 0x80000000 },
		  STATUS_INVALID_PARAMETER },
		{ { .endpoint = self->endpoint[1], .__reserved = 1 },
		  STATUS_INVALID_PARAMETER },
		{ entry(read_only, "x", 1), STATUS_ACCESS_DENIED },
	};
	const int count = 2 * ARRAY_SIZE(bad) + 1;
	char in[2 * ARRAY_SIZE(bad)];

	for (int i = 0; i < count; i++)
		self->entry[i] = i % 2 ? bad[i / 2].entry : good;
	EXPECT_BATCH(STATUS_SUCCESS, count, count);
	for (int i = 0; i < count; i++) {
		if (i % 2)
			EXPECT_ENTRY(i, bad[i / 2].status, 0);
		else
			EXPECT_ENTRY(i, STATUS_SUCCESS, 1);
	}
	plain_receive(self->peer[0], in, count / 2 + 1);
	EXPECT_EQ(0, look_events(self->peer[1], POLLIN));
	EXPECT_EQ(TDI_STATE_CONNECTED, endpoint_state(self->endpoint[1]));
	close(idle);
	close(null);
	close(read_only);
}

/* What is there to be read, and was not, has not been touched. */
TEST_F(batch, bad_arrays)
{
	void *bad[] = { NULL, memory_unmapped(), MEMORY_KERNEL,
			(void *)~7UL };
	struct tdi_batch_entry *cut, *read_only;
	uint64_t done;
	char in[4];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_OUTCOME(STATUS_ACCESS_VIOLATION,
			       send_batch(self->control, bad[i], 2, &done));
		EXPECT_EQ(0, done);
	}
	/* it ends in the middle of the fourth */
	cut = memory_at_edge(3 * sizeof(*cut) + 8);
	for (int i = 0; i < 3; i++)
		cut[i] = entry(self->endpoint[i], "abc" + i, 1);
	EXPECT_OUTCOME(STATUS_ACCESS_VIOLATION,
		       send_batch(self->control, cut, 10, &done));
	EXPECT_EQ(3, done);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(STATUS_SUCCESS, cut[i].status);
		plain_receive(self->peer[i], in, 1);
		EXPECT_EQ("abc"[i], in[0]);
	}
	/* the result has nowhere to go: none after it is looked at */
	read_only = memory_at_edge(4096);
	for (int i = 0; i < 2; i++)
		read_only[i] = entry(self->endpoint[i], "x", 1);
	ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ));
	EXPECT_OUTCOME(STATUS_ACCESS_VIOLATION,
		       send_batch(self->control, read_only, 2, &done));
	EXPECT_EQ(0, done);
	EXPECT_EQ(0, look_events(self->peer[1], POLLIN));
}

TEST_F(batch, limits)
{
	const uint32_t too_many[] = { TDI_BATCH_MAX + 1, 0x10000, ~0U };
	uint64_t done;

	for (int i = 0; i <= TDI_BATCH_MAX; i++)
		self->entry[i] = entry(self->endpoint[0], "x", 1);
	for (size_t i = 0; i < ARRAY_SIZE(too_many); i++)
		EXPECT_BATCH(STATUS_INVALID_PARAMETER, too_many[i], 0);
	EXPECT_ENTRY(0, UNTOUCHED, UNTOUCHED);
	EXPECT_EQ(0, look_events(self->peer[0], POLLIN));
	/* none of none */
	EXPECT_OUTCOME(STATUS_SUCCESS,
		       send_batch(self->control, NULL, 0, &done));
	EXPECT_EQ(0, done);
}

/* Flags are each entry's own. */
TEST_F(batch, flags)
{
	char byte;

	self->entry[0] = entry(self->endpoint[0], "a", 1);
	self->entry[0].flags = TDI_SEND_PARTIAL;
	self->entry[1] = entry(self->endpoint[1], "!", 1);
	self->entry[1].flags = TDI_SEND_EXPEDITED;
	self->entry[2] = entry(self->endpoint[2], "c", 1);
	self->entry[2].flags = TDI_SEND_AND_DISCONNECT;
	self->entry[3] = entry(self->endpoint[2], "d", 1);
	EXPECT_BATCH(STATUS_SUCCESS, 4, 4);
	for (int i = 0; i < 3; i++)
		EXPECT_ENTRY(i, STATUS_SUCCESS, 1);
	EXPECT_ENTRY(3, STATUS_GRACEFUL_DISCONNECT, 0);
	plain_receive(self->peer[0], &byte, 1);
	ASSERT_TRUE(wait_events(self->peer[1], POLLPRI));
	EXPECT_EQ(1, recv(self->peer[1], &byte, 1, MSG_OOB));
	EXPECT_EQ('!', byte);
	plain_receive(self->peer[2], &byte, 1);
	EXPECT_EQ('c', byte);
	EXPECT_EQ(0, plain_end(self->peer[2]));
}

/* None of them waits, also where the file would: what goes is told. */
TEST_F(batch, never_waits)
{
	const size_t length = 1 << 20;
	char *big = calloc(1, length), byte;

	self->entry[0] = entry(self->endpoint[0], big, length);
	self->entry[1] = self->entry[0];
	self->entry[2] = entry(self->endpoint[1], "x", 1);
	EXPECT_BATCH(STATUS_SUCCESS, 3, 3);
	EXPECT_EQ(STATUS_SUCCESS, self->entry[0].status);
	EXPECT_LT(0, self->entry[0].information);
	EXPECT_GT(length, self->entry[0].information);
	EXPECT_ENTRY(2, STATUS_SUCCESS, 1);
	plain_receive(self->peer[1], &byte, 1);
	/* until there is no room at all */
	do {
		self->entry[0] = entry(self->endpoint[0], big, length);
		EXPECT_BATCH(STATUS_SUCCESS, 1, 1);
	} while (!self->entry[0].status);
	EXPECT_ENTRY(0, STATUS_DEVICE_NOT_READY, 0);
	free(big);
}

TEST_HARNESS_MAIN
