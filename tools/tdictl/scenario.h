/* SPDX-License-Identifier: GPL-2.0-only */
/* The scenario language: its interpreter, as the commands see it */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "parse.h"
#include "tdictl.h"

#define NAME_SIZE	32
#define CALL_SIZE	96
#define FACTS_MAX	24
#define LOOPS_MAX	8

/*
 * Kinds of named files.  What a TDI file is, is the module's business: any of
 * them may be given to any request, to see it refused.
 */
enum file_kind {
	FILE_TDI	= 1,
	FILE_SOCKET	= 2,
	FILE_OTHER	= 4,
	FILE_ANY	= 7,
};

struct named_file {
	struct named_file *next;
	char	       name[NAME_SIZE];
	enum file_kind kind;
	int	       fd;
	uint8_t	      *events;		/* read and not asked for yet, or NULL */
	size_t	       events_length;
};

struct variable {
	struct variable *next;
	char name[NAME_SIZE];
	char value[];
};

/* What a command found out, for "expect KEY=VALUE" and "let X = result(KEY)" */
struct fact {
	char key[NAME_SIZE];
	char value[160];
};

/**
 * struct result - how a call ended
 * @call: name for messages, such as "TDI_CONNECT E"; empty if it is none
 * @has_status: @status holds, else there is only the errno
 * @status: NTSTATUS
 * @error: errno, 0 on success
 * @data: bytes that came in, NULL if the call is not about that
 * @length: how many
 */
struct result {
	char	       call[CALL_SIZE];
	bool	       has_status;
	uint32_t       status;
	int	       error;
	const uint8_t *data;
	size_t	       length;
};

struct loop {
	size_t	 first;		/* line behind "repeat" */
	uint64_t count, left;
	char	 name[NAME_SIZE]; /* of the variable that counts, or empty */
};

enum trace_style {
	TRACE_NONE, TRACE_STEPS, TRACE_DIAGRAM, TRACE_TIMES, TRACE_RESULTS,
};

struct scenario {
	const char	 *file;
	char		**lines;
	size_t		  line_count;
	size_t		  next_line;	/* index of the line after this one */
	struct loop	  loops[LOOPS_MAX];
	size_t		  loop_depth;
	struct named_file *files;
	struct variable	 *variables;
	struct job	 *jobs;		/* background requests, oldest first */
	struct fact	  facts[FACTS_MAX];
	size_t		  fact_count;
	uint64_t	  next_cookie;
	uint64_t	  limit_ms;	/* that any one step may take */
	enum trace_style  trace;
	struct timespec	  step_start;	/* wall clock */
	enum exit_code	  code;		/* once something failed */
	char		  error[1024];
	char		  skip[128];	/* why it is skipped, or empty */
};

/**
 * struct command - a row of the language
 * @name: first word of a line
 * @run: does it; false after fail()
 * @min_args: words that must follow, not counting options and flags
 * @max_args: words that may follow
 * @options: "key= key= flag flag": allowed options (those with a "=") and
 *	flags; "*=" allows any option
 * @usage: behind the name
 * @help: one line
 */
struct command {
	const char *name;
	bool (*run)(struct scenario *scenario, struct statement *statement);
	unsigned int min_args, max_args;
	const char *options;
	const char *usage;
	const char *help;
};

struct command_group {
	const char *title;
	const struct command *commands;
	size_t count;
};

extern const struct command_group file_commands, request_commands,
				  stream_commands, event_commands,
				  query_commands, control_commands,
				  peer_commands;

/* commands.c */
const struct command *command_find(const char *name);
const struct command *command_number(size_t number);
bool command_check(const struct command *command, struct statement *statement,
		   char *error, size_t size);
void command_list(FILE *stream);

/* scenario.c */
bool fail(struct scenario *scenario, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool fail_syntax(struct scenario *scenario, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool scenario_load(struct scenario *scenario, const char *file);
bool scenario_check_syntax(struct scenario *scenario);
bool scenario_run(struct scenario *scenario);
bool scenario_add(struct scenario *scenario, char *line, size_t *depth);
bool scenario_continue(struct scenario *scenario);
bool scenario_finish(struct scenario *scenario);
void scenario_free(struct scenario *scenario);
const char *variable_get(void *scenario, const char *name);
bool variable_set(struct scenario *scenario, const char *name,
		  const char *value);
struct named_file *file_find(struct scenario *scenario, const char *name);
bool file_add(struct scenario *scenario, const char *name, enum file_kind kind,
	      int fd);
void file_close(struct scenario *scenario, struct named_file *file);

/* Arguments; those that return bool have called fail_syntax() on false */
const char *argument(const struct statement *statement, unsigned int i);
const struct word *option_word(const struct statement *statement,
			       const char *key);
const char *option(const struct statement *statement, const char *key);
bool has_flag(const struct statement *statement, const char *flag);
bool number_option(struct scenario *scenario, const struct statement *statement,
		   const char *key, uint64_t fallback, uint64_t *value);
bool size_option(struct scenario *scenario, const struct statement *statement,
		 const char *key, uint64_t fallback, uint64_t *value);
bool address_text(struct scenario *scenario, const char *text,
		  struct tdi_taddr *ta);
bool file_argument(struct scenario *scenario, const char *name, int kinds,
		   int *fd);

/* result.c */
void result_init(struct result *result, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void result_set_status(struct result *result, uint32_t status, int error);
void result_set_errno(struct result *result, int error);
void facts_clear(struct scenario *scenario);
void fact_set(struct scenario *scenario, const char *key, const char *format,
	      ...) __attribute__((format(printf, 3, 4)));
void fact_set_address(struct scenario *scenario, const char *key,
		      const struct tdi_taddr *ta);
const char *fact_get(const struct scenario *scenario, const char *key);
bool expects_match(const struct scenario *scenario, const struct words *expects);
bool result_finish(struct scenario *scenario, const struct statement *statement,
		   const struct result *result);

/* data.c */
bool data_is_word(const struct word *word);
bool data_make(struct scenario *scenario, const struct word *word,
	       uint8_t **data, size_t *length);
bool data_expected_length(const struct words *expects, size_t *length);
bool data_check(struct scenario *scenario, const struct word *word,
		const struct result *result);
void data_preview(char *text, size_t size, const uint8_t *data, size_t length);

/* trace.c */
void trace_begin(const struct scenario *scenario);
void trace_note(const struct scenario *scenario, const char *text);
void trace_result(const struct scenario *scenario,
		  const struct statement *statement,
		  const struct result *result);
void trace_pending(const struct scenario *scenario,
		   const struct statement *statement, const char *call,
		   const char *label);

#endif /* SCENARIO_H */
