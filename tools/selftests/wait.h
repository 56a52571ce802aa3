/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for a state, never for a time */
#ifndef WAIT_H
#define WAIT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How long anything may take: a debug kernel under emulation is slow. */
#ifndef PATIENCE_MS
#define PATIENCE_MS	20000
#endif

struct deadline {
	int64_t at_ms;
};

int64_t now_ms(void);
struct deadline deadline_in(int64_t ms);
bool deadline_passed(const struct deadline *deadline);
/* Lets others run between two looks */
void pace(void);

/* Thread or process @id sleeps in an ioctl, read or write on @fd. */
bool is_blocked(pid_t id, int fd);
/* Any thread of the process does. */
bool has_blocked_thread(pid_t pid, int fd);
/* It sleeps in poll(2). */
bool is_polling(pid_t id);
/* poll(2) on one descriptor: @events, or 0 in the end */
short wait_events(int fd, short events);
/* Events that are there now */
short look_events(int fd, short events);

/* fork(2); the child dies with its parent */
pid_t fork_child(void);

/* An error in the set-up of a test: says so, and aborts it */
__attribute__((noreturn, format(printf, 1, 2)))
void die(const char *format, ...);

#define NEED(condition) do {						\
	if (!(condition))						\
		die("%s:%d: %s: %m", __FILE__, __LINE__, #condition);	\
} while (0)

#endif /* WAIT_H */
