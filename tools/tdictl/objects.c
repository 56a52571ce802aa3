// SPDX-License-Identifier: GPL-2.0-only
/* /proc/net/tdi as a table, or as JSON: the open files of the namespace */
#include <stdlib.h>
#include <string.h>
#include "tdictl.h"

#define PROC		"/proc/net/tdi"
#define FIELDS_MAX	16

/* A line, cut into its words; the first one of a table names the others' */
struct row {
	char  *line;
	char  *fields[FIELDS_MAX];
	size_t count;
};

struct table {
	struct row *rows;
	size_t	    count;
	size_t	    widths[FIELDS_MAX];
};

static void row_cut(struct row *row)
{
	char *field, *rest = row->line;

	while ((field = strsep(&rest, " \n")) && row->count < FIELDS_MAX)
		if (*field)
			row->fields[row->count++] = field;
}

static bool table_add(struct table *table, char *line)
{
	struct row *rows, *row;
	size_t i, width;

	rows = realloc(table->rows, (table->count + 1) * sizeof(*rows));
	if (!rows)
		return false;
	table->rows = rows;
	row = &rows[table->count++];
	*row = (struct row){ .line = line };
	row_cut(row);
	for (i = 0; i < row->count; i++) {
		width = strlen(row->fields[i]);
		if (width > table->widths[i])
			table->widths[i] = width;
	}
	return true;
}

static void table_read(struct table *table)
{
	FILE *file = fopen(PROC, "re");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return;
	while (getline(&line, &size, file) > 0 && table_add(table, line))
		line = NULL;
	free(line);
	fclose(file);
}

static void table_free(struct table *table)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		free(table->rows[i].line);
	free(table->rows);
}

/* In the manner of ss: columns as wide as what is in them */
void objects_print(void)
{
	struct table table = { 0 };
	const struct row *row;
	size_t i, j;

	table_read(&table);
	for (i = 0; i < table.count; i++) {
		row = &table.rows[i];
		for (j = 0; j + 1 < row->count; j++)
			printf("%-*s ", (int)table.widths[j], row->fields[j]);
		printf("%s\n", j < row->count ? row->fields[j] : "");
	}
	table_free(&table);
}

/* As a list of objects */
void objects_json(const char *name)
{
	struct table table = { 0 };
	const struct row *row;
	size_t i;

	table_read(&table);
	json_list(name);
	for (i = 1; i < table.count; i++) {
		row = &table.rows[i];
		if (row->count == table.rows->count)
			json_row(name, table.rows->fields, row->fields,
				 row->count);
	}
	table_free(&table);
}
