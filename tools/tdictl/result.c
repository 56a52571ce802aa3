// SPDX-License-Identifier: GPL-2.0-only
/* What came of a call, against what a scenario expects of it */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "scenario.h"

void result_init(struct result *result, const char *format, ...)
{
	va_list args;

	memset(result, 0, sizeof(*result));
	va_start(args, format);
	vsnprintf(result->call, sizeof(result->call), format, args);
	va_end(args);
}

void result_set_status(struct result *result, uint32_t status, int error)
{
	result->has_status = true;
	result->status = status;
	result->error = status == STATUS_SUCCESS ? 0 : error;
}

void result_set_errno(struct result *result, int error)
{
	result->has_status = false;
	result->error = error;
}

void facts_clear(struct scenario *scenario)
{
	scenario->fact_count = 0;
}

void fact_set(struct scenario *scenario, const char *key, const char *format,
	      ...)
{
	struct fact *fact;
	va_list args;

	if (scenario->fact_count == FACTS_MAX)
		return;
	fact = &scenario->facts[scenario->fact_count++];
	snprintf(fact->key, sizeof(fact->key), "%s", key);
	va_start(args, format);
	vsnprintf(fact->value, sizeof(fact->value), format, args);
	va_end(args);
}

void fact_set_address(struct scenario *scenario, const char *key,
		      const struct tdi_taddr *ta)
{
	char text[TDI_TADDR_STRLEN];

	tdi_taddr_format(ta, text, sizeof(text));
	fact_set(scenario, key, "%s", ta->length ? text : "none");
}

const char *fact_get(const struct scenario *scenario, const char *key)
{
	size_t i;

	for (i = 0; i < scenario->fact_count; i++)
		if (!strcmp(scenario->facts[i].key, key))
			return scenario->facts[i].value;
	return NULL;
}

/* "*" in @pattern stands for any run of characters */
static bool text_matches(const char *pattern, const char *text)
{
	for (; *pattern; pattern++, text++) {
		if (*pattern == '*') {
			do {
				if (text_matches(pattern + 1, text))
					return true;
			} while (*text++);
			return false;
		}
		if (*pattern != *text)
			return false;
	}
	return !*text;
}

/* Numbers by their value, anything else as text */
static bool value_matches(const struct word *word, const char *value)
{
	uint64_t wanted, got;
	bool numbers, equal;

	numbers = parse_size(word->text, UINT64_MAX, &wanted) &&
		  parse_number(value, UINT64_MAX, &got);
	equal = numbers ? wanted == got : text_matches(word->text, value);
	switch (word->op) {
	case OP_EQUAL:
		return equal;
	case OP_NOT_EQUAL:
		return !equal;
	case OP_AT_LEAST:
		return numbers && got >= wanted;
	case OP_AT_MOST:
		return numbers && got <= wanted;
	default:
		return false;
	}
}

static const char *op_text(enum word_op op)
{
	static const char *const texts[] = {
		[OP_NONE] = "", [OP_EQUAL] = "=", [OP_NOT_EQUAL] = "!=",
		[OP_AT_LEAST] = ">=", [OP_AT_MOST] = "<=",
	};

	return texts[op];
}

/* Do the facts agree with all of these? */
bool expects_match(const struct scenario *scenario, const struct words *expects)
{
	const char *value;
	size_t i;

	for (i = 0; i < expects->count; i++) {
		if (!expects->list[i].key)
			continue;
		value = fact_get(scenario, expects->list[i].key);
		if (!value || !value_matches(&expects->list[i], value))
			return false;
	}
	return true;
}

static bool check_fact(struct scenario *scenario, const struct word *word,
		       const struct result *result)
{
	const char *value = fact_get(scenario, word->key);

	if (!value)
		return fail_syntax(scenario, "%s says nothing of '%s'",
				   result->call, word->key);
	if (value_matches(word, value))
		return true;
	return fail(scenario, "%s: got %s=%s, expected %s%s%s", result->call,
		    word->key, value, word->key, op_text(word->op),
		    word->text);
}

static bool check_eof(struct scenario *scenario, const struct result *result)
{
	char got[96];

	if (!result->error && result->data && !result->length)
		return true;
	data_preview(got, sizeof(got), result->data, result->length);
	return fail(scenario, "%s: got %s (%zu bytes), expected the end of the data",
		    result->call, got, result->length);
}

static bool check_expect(struct scenario *scenario, const struct word *word,
			 const struct result *result)
{
	if (data_is_word(word))
		return data_check(scenario, word, result);
	if (word->key)
		return check_fact(scenario, word, result);
	if (!strcmp(word->text, "eof"))
		return check_eof(scenario, result);
	if (!strcmp(word->text, "reset"))
		return true;		/* check_results() has seen to it */
	return fail_syntax(scenario, "nothing can be expected by '%s'",
			   word->text);
}

static int errno_from_name(const char *name)
{
	const char *known;
	int error;

	for (error = 1; error < 256; error++) {
		known = strerrorname_np(error);
		if (known && !strcmp(known, name))
			return error;
	}
	return -1;
}

enum match { MATCH, MISMATCH, NO_SUCH_NAME };

/* One name: STATUS_xxx or Exxx */
static enum match name_matches(const char *name, const struct result *result)
{
	uint32_t status;
	int error;

	if (!strncmp(name, "STATUS_", 7)) {
		if (!result->has_status || tdi_status_from_name(name, &status))
			return NO_SUCH_NAME;
		return status == result->status ? MATCH : MISMATCH;
	}
	error = strcmp(name, "success") ? errno_from_name(name) : 0;
	if (error < 0)
		return NO_SUCH_NAME;
	return error == result->error ? MATCH : MISMATCH;
}

/* Several names with "|" between them: one has to match */
static enum match result_matches(const char *names, const struct result *result)
{
	char list[256], *name, *rest = list;
	enum match match = MISMATCH;

	if (strlen(names) >= sizeof(list))
		return NO_SUCH_NAME;
	strcpy(list, names);
	while (match == MISMATCH && (name = strsep(&rest, "|")))
		match = name_matches(name, result);
	return match;
}

static void describe(char *text, size_t size, const struct result *result)
{
	if (result->has_status)
		describe_status(text, size, result->status, result->error);
	else
		snprintf(text, size, "errno %s",
			 result->error ? strerrorname_np(result->error) : "0");
}

/* Without "=>" it is success, unless a reset is expected */
static const char *default_result(const struct statement *statement,
				  const struct result *result)
{
	const struct word *word;
	size_t i;

	for (i = 0; i < statement->expects.count; i++) {
		word = &statement->expects.list[i];
		if (!word->key && !word->quoted && !strcmp(word->text, "reset"))
			return "ECONNRESET";
	}
	return result->has_status ? "STATUS_SUCCESS" : "success";
}

static bool check_results(struct scenario *scenario,
			  const struct statement *statement,
			  const struct result *result)
{
	struct word fallback = { 0 };
	const struct words *words = &statement->results;
	const struct words fallbacks = { &fallback, 1 };
	char got[160];
	size_t i;

	if (!words->count) {
		fallback.text = (char *)default_result(statement, result);
		words = &fallbacks;
	}
	for (i = 0; i < words->count; i++) {
		switch (result_matches(words->list[i].text, result)) {
		case MATCH:
			continue;
		case MISMATCH:
			describe(got, sizeof(got), result);
			return fail(scenario, "%s: got %s, expected %s",
				    result->call, got, words->list[i].text);
		case NO_SUCH_NAME:
			return fail_syntax(scenario,
					   "%s cannot end in '%s'",
					   result->call, words->list[i].text);
		}
	}
	return true;
}

/* The rule of the ABI: a status and its errno always agree */
static bool check_agreement(struct scenario *scenario,
			    const struct result *result)
{
	char got[160];

	if (!result->has_status ||
	    tdi_status_to_errno(result->status) == result->error ||
	    tdi_status_from_errno(result->error) == result->status)
		return true;
	describe(got, sizeof(got), result);
	return fail(scenario, "%s: got %s, which do not belong together",
		    result->call, got);
}

/* Tell it, and hold it against the statement's expectations */
bool result_finish(struct scenario *scenario, const struct statement *statement,
		   const struct result *result)
{
	size_t i;

	trace_result(scenario, statement, result);
	if (!check_agreement(scenario, result) ||
	    !check_results(scenario, statement, result))
		return false;
	for (i = 0; i < statement->expects.count; i++)
		if (!check_expect(scenario, &statement->expects.list[i],
				  result))
			return false;
	return true;
}
