// SPDX-License-Identifier: GPL-2.0-only
/* Pieces of data in a scenario: "text", hex=BYTES, size=N of a pattern */
#include <stdlib.h>
#include <string.h>
#include "scenario.h"

#define DATA_MAX	(256U << 20)

/* No two stretches of it are alike, so that a hole or a repeat is seen */
static uint8_t pattern(size_t offset)
{
	return (uint32_t)offset * 2654435761U >> 24;
}

/* Is it a piece of data (and not a KEY=VALUE, "eof", ...)? */
bool data_is_word(const struct word *word)
{
	if (!word->key)
		return word->quoted;
	return word->op == OP_EQUAL &&
	       (!strcmp(word->key, "hex") || !strcmp(word->key, "size"));
}

static bool data_length(const struct word *word, size_t *length)
{
	uint64_t size;

	if (!word->key) {
		*length = word->length;
		return true;
	}
	if (!strcmp(word->key, "hex")) {
		*length = word->length / 2;
		return word->length % 2 == 0;
	}
	if (!parse_size(word->text, DATA_MAX, &size))
		return false;
	*length = size;
	return true;
}

/* The bytes of a piece of data; free() them */
bool data_make(struct scenario *scenario, const struct word *word,
	       uint8_t **data, size_t *length)
{
	size_t i;

	if (!data_length(word, length))
		return fail_syntax(scenario, "no data: '%s'", word->text);
	*data = malloc(*length + 1);
	if (!*data)
		return fail(scenario, "no memory for %zu bytes", *length);
	if (!word->key)
		memcpy(*data, word->text, *length);
	else if (!strcmp(word->key, "size"))
		for (i = 0; i < *length; i++)
			(*data)[i] = pattern(i);
	else if (parse_hex(word->text, *data, *length) < 0) {
		free(*data);
		return fail_syntax(scenario, "no hex digits: '%s'", word->text);
	}
	return true;
}

/* How many bytes the expectations speak of; false: of none */
bool data_expected_length(const struct words *expects, size_t *length)
{
	const struct word *word;
	uint64_t size;
	size_t i;

	for (i = 0; i < expects->count; i++) {
		word = &expects->list[i];
		if (data_is_word(word))
			return data_length(word, length);
		if (word->op == OP_EQUAL && !strcmp(word->key, "bytes") &&
		    parse_size(word->text, DATA_MAX, &size)) {
			*length = size;
			return true;
		}
	}
	return false;
}

/* The beginning of some data, as text in quotes or as hex digits */
void data_preview(char *text, size_t size, const uint8_t *data, size_t length)
{
	size_t shown = length < 32 ? length : 32, i;
	char *p = text, *end = text + size;
	bool printable = true;

	for (i = 0; i < shown; i++)
		printable &= (data[i] >= ' ' && data[i] <= '~') ||
			     data[i] == '\n' || data[i] == '\r';
	p += snprintf(p, end - p, printable ? "\"" : "hex=");
	for (i = 0; i < shown && end - p > 8; i++) {
		if (!printable)
			p += snprintf(p, end - p, "%02x", data[i]);
		else if (data[i] == '\n' || data[i] == '\r')
			p += snprintf(p, end - p, "\\%c",
				      data[i] == '\n' ? 'n' : 'r');
		else
			*p++ = data[i];
	}
	snprintf(p, end - p, "%s%s", printable ? "\"" : "",
		 i < length ? "..." : "");
}

/* Does what came in agree with a piece of data? */
bool data_check(struct scenario *scenario, const struct word *word,
		const struct result *result)
{
	char got[96], wanted[96];
	uint8_t *expected;
	size_t length, i;
	bool good;

	if (!result->data)
		return fail_syntax(scenario, "%s receives no data",
				   result->call);
	if (!data_make(scenario, word, &expected, &length))
		return false;
	good = length == result->length &&
	       !memcmp(expected, result->data, length);
	if (!good) {
		for (i = 0; i < length && i < result->length &&
		     expected[i] == result->data[i]; i++)
			;
		data_preview(got, sizeof(got), result->data, result->length);
		data_preview(wanted, sizeof(wanted), expected, length);
		fail(scenario,
		     "%s: got %s (%zu bytes), expected %s (%zu bytes), different from byte %zu on",
		     result->call, got, result->length, wanted, length, i);
	}
	free(expected);
	return good;
}
