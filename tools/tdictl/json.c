// SPDX-License-Identifier: GPL-2.0-only
/* What status says, for programs: by json-c, where that is */
#include <string.h>
#include "tdictl.h"

#ifdef HAVE_JSON
#include <json-c/json.h>

static struct json_object *root;

bool json_start(void)
{
	root = json_object_new_object();
	return root;
}

/* A string of an object of its own for each subject */
void json_fact(const char *subject, const char *name, const char *value)
{
	struct json_object *object;

	if (!json_object_object_get_ex(root, subject, &object)) {
		object = json_object_new_object();
		json_object_object_add(root, subject, object);
	}
	json_object_object_add(object, name, json_object_new_string(value));
}

void json_list(const char *name)
{
	json_object_object_add(root, name, json_object_new_array());
}

/* What is a number is one there, too. */
static struct json_object *json_value(const char *value)
{
	if (!*value || value[strspn(value, "0123456789")] ||
	    strlen(value) > 18)
		return json_object_new_string(value);
	return json_object_new_int64(strtoll(value, NULL, 10));
}

/* One more object in a list */
void json_row(const char *list, char *const *names, char *const *values,
	      size_t count)
{
	struct json_object *array, *object = json_object_new_object();
	size_t i;

	for (i = 0; i < count; i++)
		json_object_object_add(object, names[i], json_value(values[i]));
	json_object_object_get_ex(root, list, &array);
	json_object_array_add(array, object);
}

void json_end(void)
{
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
}
#else
bool json_start(void)
{
	return false;
}

void json_fact(const char *subject, const char *name, const char *value)
{
	(void)subject, (void)name, (void)value;
}

void json_list(const char *name)
{
	(void)name;
}

void json_row(const char *list, char *const *names, char *const *values,
	      size_t count)
{
	(void)list, (void)names, (void)values, (void)count;
}

void json_end(void)
{
}
#endif
