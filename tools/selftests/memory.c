// SPDX-License-Identifier: GPL-2.0-only
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"
#include "wait.h"

static void *map(size_t length, int protection, int flags)
{
	void *memory = mmap(NULL, length, protection,
			    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	NEED(memory != MAP_FAILED);
	return memory;
}

void *memory_at_edge(size_t length)
{
	size_t page = getpagesize(), room = (length + page - 1) / page * page;
	char *memory = map(room + page, PROT_READ | PROT_WRITE, 0);

	NEED(!mprotect(memory + room, page, PROT_NONE));
	return memory + room - length;
}

void *memory_unmapped(void)
{
	return map(getpagesize(), PROT_NONE, 0);
}

void *memory_read_only(void)
{
	return map(getpagesize(), PROT_READ, 0);
}

void *memory_low(size_t length)
{
	return map(length, PROT_READ | PROT_WRITE, MAP_32BIT);
}
