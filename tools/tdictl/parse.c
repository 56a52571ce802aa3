// SPDX-License-Identifier: GPL-2.0-only
/* The scenario language: from a line to its words */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"

#define WORD_MAX	4096
#define NAME_SIZE	32

/* The line being read, and the word being made */
struct reader {
	const char *next;
	const struct variables *variables;
	char	*error;
	size_t	 error_size;
	char	 text[WORD_MAX];
	size_t	 length;
	size_t	 key_length;	/* KEY in @text, 0: none */
	size_t	 value_start;
	enum word_op op;
	bool	 quoted, bare;	/* has a quoted part, a part that is not */
};

static bool fail(struct reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reader->error, reader->error_size, format, args);
	va_end(args);
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Inside a word "-" may be something else: $PORT-1 */
static bool is_variable_char(char c)
{
	return is_name_char(c) && c != '-';
}

bool is_name(const char *text)
{
	size_t length = 0;

	while (is_name_char(text[length]))
		length++;
	return length && !text[length] && length < NAME_SIZE;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

long parse_hex(const char *text, uint8_t *bytes, size_t size)
{
	size_t count = 0;
	int high, low;

	for (; *text; text += 2) {
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0 || count == size)
			return -1;
		bytes[count++] = high << 4 | low;
	}
	return count;
}

bool parse_address(const char *text, struct tdi_taddr *ta)
{
	long length;

	memset(ta, 0, sizeof(*ta));
	if (!strcmp(text, "none"))
		return true;
	if (strncmp(text, "ta:", 3))
		return !tdi_taddr_parse(ta, text);
	length = parse_hex(text + 3, ta->bytes, sizeof(ta->bytes));
	if (length < 0)
		return false;
	ta->length = length;
	return true;
}

static bool put(struct reader *reader, char c)
{
	if (reader->length == sizeof(reader->text) - 1)
		return fail(reader, "a word longer than %d bytes", WORD_MAX - 1);
	reader->text[reader->length++] = c;
	return true;
}

/* $NAME or ${NAME}, reader->next is behind the "$" */
static bool read_variable(struct reader *reader)
{
	const struct variables *variables = reader->variables;
	bool brace = *reader->next == '{';
	const char *start = reader->next + brace;
	char name[NAME_SIZE];
	const char *value;
	size_t length = 0;

	while (is_variable_char(start[length]))
		length++;
	if (!length || length >= sizeof(name))
		return fail(reader, "no variable's name behind $");
	if (brace && start[length] != '}')
		return fail(reader, "no } behind ${");
	snprintf(name, sizeof(name), "%.*s", (int)length, start);
	reader->next = start + length + brace;
	if (!variables)
		return true;
	value = variables->lookup(variables->context, name);
	if (!value)
		return fail(reader, "no variable %s", name);
	for (; *value; value++)
		if (!put(reader, *value))
			return false;
	return true;
}

/* reader->next is behind the backslash */
static bool read_escape(struct reader *reader)
{
	static const char from[] = "nrt0", to[] = "\n\r\t";
	const char *found;
	int high, low;
	char c;

	c = *reader->next;
	if (!c)
		return fail(reader, "nothing behind a backslash");
	reader->next++;
	found = strchr(from, c);
	if (found)
		return put(reader, to[found - from]);
	if (c != 'x')
		return put(reader, c);
	high = hex_digit(reader->next[0]);
	low = high < 0 ? -1 : hex_digit(reader->next[1]);
	if (low < 0)
		return fail(reader, "no two hex digits behind \\x");
	reader->next += 2;
	return put(reader, high << 4 | low);
}

static bool read_quoted(struct reader *reader)
{
	char c;

	reader->next++;
	reader->quoted = true;
	for (;;) {
		c = *reader->next;
		if (!c)
			return fail(reader, "no closing quote");
		reader->next++;
		if (c == '"')
			return true;
		if (c == '\\' ? !read_escape(reader) :
		    c == '$'  ? !read_variable(reader) :
				!put(reader, c))
			return false;
	}
}

/* Is this the operator behind KEY?  It is taken if so */
static bool take_operator(struct reader *reader)
{
	static const struct {
		const char *text;
		enum word_op op;
	} operators[] = {
		{ ">=", OP_AT_LEAST },
		{ "<=", OP_AT_MOST },
		{ "!=", OP_NOT_EQUAL },
		{ "=", OP_EQUAL },
	};
	size_t i, length;

	if (reader->op != OP_NONE || reader->quoted || !reader->length)
		return false;
	for (i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		length = strlen(operators[i].text);
		if (strncmp(reader->next, operators[i].text, length))
			continue;
		reader->op = operators[i].op;
		reader->key_length = reader->length;
		reader->value_start = reader->length;
		reader->next += length;
		return true;
	}
	return false;
}

static bool read_word(struct reader *reader)
{
	char c;

	reader->length = reader->key_length = reader->value_start = 0;
	reader->op = OP_NONE;
	reader->quoted = reader->bare = false;
	/* "=>" is a word, not an operator without a key */
	for (;;) {
		c = *reader->next;
		if (!c || is_blank(c))
			return true;
		if (c == '"') {
			if (!read_quoted(reader))
				return false;
			continue;
		}
		reader->bare = true;
		if (take_operator(reader))
			continue;
		reader->next++;
		if (c == '$' ? !read_variable(reader) : !put(reader, c))
			return false;
	}
}

static bool keep_word(struct reader *reader, struct word *word)
{
	size_t length = reader->length - reader->value_start;

	word->op = reader->op;
	word->quoted = reader->quoted && (!reader->bare || reader->op);
	word->length = length;
	word->text = malloc(length + 1);
	if (!word->text)
		return fail(reader, "no memory");
	memcpy(word->text, reader->text + reader->value_start, length);
	word->text[length] = '\0';
	if (reader->op == OP_NONE)
		return true;
	word->key = strndup(reader->text, reader->key_length);
	return word->key || fail(reader, "no memory");
}

static bool read_words(struct reader *reader, struct words *words)
{
	words->list = calloc(WORDS_MAX, sizeof(*words->list));
	if (!words->list)
		return fail(reader, "no memory");
	for (;;) {
		while (is_blank(*reader->next))
			reader->next++;
		if (!*reader->next || *reader->next == '#')
			return true;
		if (words->count == WORDS_MAX)
			return fail(reader, "more than %d words", WORDS_MAX);
		if (!read_word(reader) ||
		    !keep_word(reader, &words->list[words->count++]))
			return false;
	}
}

static bool is_keyword(const struct word *word, const char *text)
{
	return !word->quoted && !word->key && !strcmp(word->text, text);
}

/* "&" or "&LABEL", the last word */
static bool take_background(struct reader *reader, struct statement *statement)
{
	struct words *all = &statement->all;
	const struct word *last;

	if (!all->count)
		return true;
	last = &all->list[all->count - 1];
	if (last->quoted || last->key || last->text[0] != '&')
		return true;
	statement->background = true;
	if (last->length > 1 && !is_name(last->text + 1))
		return fail(reader, "'%s' is no name", last->text + 1);
	snprintf(statement->label, sizeof(statement->label), "%s",
		 last->text + 1);
	all->count--;
	/* its memory goes with the list: shift nothing, free it here */
	free(last->text);
	memset(&all->list[all->count], 0, sizeof(*last));
	return true;
}

/* Parts begin with their keyword, in any order, each once */
static bool divide(struct reader *reader, struct statement *statement)
{
	struct words *all = &statement->all, *part = &statement->args;
	struct word *word;
	size_t i;

	part->list = all->list;
	for (i = 0; i < all->count; i++) {
		word = &all->list[i];
		if (is_keyword(word, "expect"))
			part = &statement->expects;
		else if (is_keyword(word, "=>"))
			part = &statement->results;
		else {
			part->count++;
			continue;
		}
		if (part->list)
			return fail(reader, "'%s' twice", word->text);
		part->list = word + 1;
	}
	if ((statement->expects.list && !statement->expects.count) ||
	    (statement->results.list && !statement->results.count))
		return fail(reader, "nothing behind expect or =>");
	if (all->count && !statement->args.count)
		return fail(reader, "no command");
	return true;
}

bool statement_parse(struct statement *statement, const char *line,
		     const struct variables *variables,
		     char *error, size_t error_size)
{
	struct reader reader = {
		.next = line,
		.variables = variables,
		.error = error,
		.error_size = error_size,
	};

	memset(statement, 0, sizeof(*statement));
	if (read_words(&reader, &statement->all) &&
	    take_background(&reader, statement) && divide(&reader, statement))
		return true;
	statement_free(statement);
	return false;
}

void statement_free(struct statement *statement)
{
	size_t i;

	for (i = 0; i < statement->all.count; i++) {
		free(statement->all.list[i].key);
		free(statement->all.list[i].text);
	}
	free(statement->all.list);
	memset(statement, 0, sizeof(*statement));
}
