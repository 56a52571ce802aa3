/* SPDX-License-Identifier: GPL-2.0-only */
/* tdictl: what its subcommands share */
#ifndef TDICTL_H
#define TDICTL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <libtdi.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Exit codes; tdictl --help explains them */
enum exit_code {
	EXIT_OK		= 0,
	EXIT_FAILED	= 1,
	EXIT_USAGE	= 2,
	EXIT_NO_DEVICE	= 3,
	EXIT_REFUSED	= 4,
	EXIT_TIMEOUT	= 5,
};

struct subcommand {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
	const char *usage;	/* of the options, several lines */
};

/* Subcommands; argv[0] is the subcommand's own name */
int subcommand_connect(int argc, char **argv);
int subcommand_listen(int argc, char **argv);
int subcommand_status(int argc, char **argv);
int subcommand_events(int argc, char **argv);
int subcommand_run(int argc, char **argv);
int subcommand_shell(int argc, char **argv);

extern const char connect_usage[];
extern const char listen_usage[];
extern const char status_usage[];
extern const char events_usage[];
extern const char run_usage[];
extern const char shell_usage[];

/* tdictl.c */
int usage_error(const char *subcommand, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* error.c */
int report_status(const char *call, uint32_t status, int error);
int report_errno(const char *call, int error);
void describe_status(char *text, size_t size, uint32_t status, int error);
bool is_device_error(int error);
void describe_device_error(char *text, size_t size, const char *device,
			   uint32_t status, int error);
int require_device(const char *device);
bool parse_number(const char *text, uint64_t max, uint64_t *value);
bool parse_size(const char *text, uint64_t max, uint64_t *value);
bool parse_seconds(const char *text, uint64_t *ms);

/* event_text.c */
#define EVENT_TEXT_SIZE	64

void event_type_text(char *text, size_t size, uint32_t type);
bool event_type_parse(const char *text, uint32_t *type);
void event_tell(const struct tdi_event_info *event,
		void (*function)(void *context, const char *key,
				 const char *value), void *context);

/* trace.c */
void trace_times(FILE *stream, const struct timespec *begin,
		 const struct timespec *end, const char *call,
		 const char *result);

/* calls.c: nothing is told unless calls_trace() was called; errno is kept */
struct call {
	struct timespec begin;
	char		text[160];
};

/*
 * Calls of one kind that follow each other closely: they are told when the
 * first begins, and all in one line after the last.
 */
struct call_run {
	struct call	call;
	struct timespec last;
	unsigned long	calls;
	uint64_t	bytes;
};

void calls_trace(void);
void call_begin(struct call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void call_tell(const struct call *call, const char *result);
uint32_t call_end(const struct call *call, uint32_t status,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void call_run_begin(struct call_run *run, const char *request, int endpoint);
void call_run_add(struct call_run *run, uint64_t bytes);
void call_run_end(struct call_run *run, uint32_t status);
int call_run_timeout(const struct call_run *run);
void call_run_check(struct call_run *run);

void call_begin_pending(struct call *call, const char *request, int endpoint,
			const struct tdi_taddr *remote);
uint32_t call_end_peer(const struct call *call, uint32_t status,
		       const struct tdi_taddr *peer);

/* pump.c */
int pump(int endpoint, int in, int out);

#endif /* TDICTL_H */
