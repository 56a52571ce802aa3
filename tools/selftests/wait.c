// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "wait.h"

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

struct deadline deadline_in(int64_t ms)
{
	return (struct deadline){ .at_ms = now_ms() + ms };
}

bool deadline_passed(const struct deadline *deadline)
{
	return now_ms() >= deadline->at_ms;
}

void pace(void)
{
	poll(NULL, 0, 1);
}

/* /proc says which call a task sleeps in, and "running" if it does not. */
static bool sleeps_in(pid_t id, unsigned long *number, unsigned long *first)
{
	char path[64];
	FILE *file;
	int fields;

	snprintf(path, sizeof(path), "/proc/%d/syscall", id);
	file = fopen(path, "re");
	if (!file)
		return false;
	fields = fscanf(file, "%lu %lx", number, first);
	fclose(file);
	return fields == 2;
}

bool is_blocked(pid_t id, int fd)
{
	unsigned long number, first;

	return sleeps_in(id, &number, &first) && first == (unsigned long)fd &&
	       (number == SYS_ioctl || number == SYS_read ||
		number == SYS_write);
}

bool has_blocked_thread(pid_t pid, int fd)
{
	struct dirent *entry;
	bool blocked = false;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!blocked && (entry = readdir(dir)))
		blocked = is_blocked(atoi(entry->d_name), fd);
	closedir(dir);
	return blocked;
}

bool is_polling(pid_t id)
{
	unsigned long number, first;

	if (!sleeps_in(id, &number, &first))
		return false;
#ifdef SYS_poll
	if (number == SYS_poll)
		return true;
#endif
	return number == SYS_ppoll;
}

static short poll_one(int fd, short events, int timeout)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&pfd, 1, timeout);
	} while (n < 0 && errno == EINTR);
	return n > 0 ? pfd.revents : 0;
}

short wait_events(int fd, short events)
{
	return poll_one(fd, events, PATIENCE_MS);
}

short look_events(int fd, short events)
{
	return poll_one(fd, events, 0);
}

pid_t fork_child(void)
{
	pid_t pid = fork();

	NEED(pid >= 0);
	if (!pid)
		NEED(!prctl(PR_SET_PDEATHSIG, SIGKILL));
	return pid;
}

void die(const char *format, ...)
{
	va_list args;

	fputs("# ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}
