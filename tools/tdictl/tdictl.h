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

int subcommand_send_datagram(int argc, char **argv);
int subcommand_receive_datagram(int argc, char **argv);
int subcommand_provider(int argc, char **argv);
int subcommand_query(int argc, char **argv);
int subcommand_option(int argc, char **argv);

extern const char connect_usage[];
extern const char listen_usage[];
extern const char status_usage[];
extern const char events_usage[];
extern const char run_usage[];
extern const char shell_usage[];
extern const char send_datagram_usage[];
extern const char receive_datagram_usage[];
extern const char provider_usage[];
extern const char query_usage[];
extern const char option_usage[];

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

/* information.c: what is told as pairs of key and value, and to whom */
#define TELL_SIZE	128

struct teller {
	void (*tell)(void *context, const char *key, const char *value);
	void *context;
};

void tell(const struct teller *teller, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * struct information - what can be asked for
 * @name: its name
 * @type: TDI_QUERY_xxx
 * @id: of those of the EX queries, instead
 * @tell: tells the answer
 */
struct information {
	const char *name;
	uint32_t type;
	struct tdi_object_id id;
	void (*tell)(const struct teller *teller, const uint8_t *bytes,
		     size_t length);
};

const struct information *information_find(const char *name);
const struct information *information_number(size_t number);
bool information_is_object(const struct information *information);

/* option.c */
#define OPTION_TEXT_SIZE 32

bool option_name(size_t number, char *text, size_t size);
bool option_find(const char *name, struct tdi_object_id *id);
bool option_value_parse(const char *text, uint8_t *bytes, size_t size,
			size_t *length);
void option_value_text(char *text, size_t size, const uint8_t *bytes,
		       size_t length);

/* event_text.c */
#define EVENT_TEXT_SIZE	64
#define EVENT_TYPES	(TDI_EVENT_ERROR_EX + 3)

uint32_t event_types(unsigned int i);
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

/* objects.c */
void objects_print(void);
void objects_json(const char *name);

/* json.c */
bool json_start(void);
void json_fact(const char *subject, const char *name, const char *value);
void json_list(const char *name);
void json_row(const char *list, char *const *names, char *const *values,
	      size_t count);
void json_end(void);

/* pump.c */
int pump(int endpoint, int in, int out);

#endif /* TDICTL_H */
