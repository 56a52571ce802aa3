/* SPDX-License-Identifier: GPL-2.0-only */
/* The scenario language: a line and its words */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include "libtdi.h"

#define WORDS_MAX	256
#define LABEL_SIZE	32

/* What stands between KEY and VALUE */
enum word_op { OP_NONE, OP_EQUAL, OP_NOT_EQUAL, OP_AT_LEAST, OP_AT_MOST };

/**
 * struct word - one word of a line
 * @key: KEY of KEY=VALUE (KEY!=VALUE, KEY>=VALUE, KEY<=VALUE), else NULL
 * @op: what stands between
 * @text: the word, or the value, with variables put in and quotes taken off
 * @length: bytes of @text, which may hold NULs
 * @quoted: written in quotes (a piece of data, never a keyword)
 */
struct word {
	char	    *key;
	enum word_op op;
	char	    *text;
	size_t	     length;
	bool	     quoted;
};

struct words {
	struct word *list;
	size_t	     count;
};

/**
 * struct statement - a line in its parts:
 *	COMMAND ARGUMENT... [expect EXPECTATION...] [=> RESULT...] [&[LABEL]]
 * @all: owns every word
 * @args: the command and what follows it
 * @expects: what follows "expect"
 * @results: what follows "=>"
 * @background: there is a "&"
 * @label: what follows it
 */
struct statement {
	struct words all, args, expects, results;
	bool	     background;
	char	     label[LABEL_SIZE];
};

/**
 * struct variables - where $NAME comes from
 * @lookup: value of a variable, NULL if there is none of that name
 * @context: its first argument
 */
struct variables {
	const char *(*lookup)(void *context, const char *name);
	void *context;
};

/* NULL @variables: check the syntax only.  Returns false and fills @error */
bool statement_parse(struct statement *statement, const char *line,
		     const struct variables *variables,
		     char *error, size_t error_size);
void statement_free(struct statement *statement);

/* Is this a name of a file, a variable, a request? */
bool is_name(const char *text);

/* 127.0.0.1:80, [::1]:80, ta:HEX (the very bytes), none */
bool parse_address(const char *text, struct tdi_taddr *ta);

/* Pairs of hex digits; -1 if it is none, else the number of bytes */
long parse_hex(const char *text, uint8_t *bytes, size_t size);

#endif /* PARSE_H */
