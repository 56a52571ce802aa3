// SPDX-License-Identifier: GPL-2.0-only
/* Lines of an interactive user: edited by libedit, if that was there */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "line.h"

static char *plain_line(const char *prompt)
{
	char *line = NULL;
	size_t size = 0;

	if (isatty(STDIN_FILENO)) {
		fputs(prompt, stdout);
		fflush(stdout);
	}
	if (getline(&line, &size, stdin) < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

#ifdef HAVE_LIBEDIT
#include <editline/readline.h>

#define HISTORY_MAX	1000

static struct {
	const struct scenario *scenario;
	const char *words[COMPLETIONS_MAX];
	size_t	    count, next, start;
	char	   *history;	/* file, or NULL */
} line;

static char *next_word(const char *text, int state)
{
	if (!state) {
		line.next = 0;
		line.count = complete(line.scenario, rl_line_buffer, line.start,
				      text, line.words);
	}
	return line.next < line.count ? strdup(line.words[line.next++]) : NULL;
}

static char **complete_word(const char *text, int start, int end)
{
	char **words;

	(void)end;
	line.start = start;
	words = rl_completion_matches(text, next_word);
	/* no blank behind KEY= */
	rl_completion_append_character =
		line.count == 1 && strchr(line.words[0], '=') ? '\0' : ' ';
	/* never a name of the directory */
	rl_attempted_completion_over = 1;
	return words;
}

void line_begin(struct scenario *scenario)
{
	const char *home = getenv("HOME");

	line.scenario = scenario;
	if (!isatty(STDIN_FILENO))
		return;
	rl_readline_name = "tdictl";
	rl_attempted_completion_function = complete_word;
	using_history();
	stifle_history(HISTORY_MAX);
	if (home && asprintf(&line.history, "%s/.tdictl_history", home) < 0)
		line.history = NULL;
	if (line.history)
		read_history(line.history);
}

char *line_read(const char *prompt)
{
	char *text;

	if (!isatty(STDIN_FILENO))
		return plain_line(prompt);
	do {
		errno = 0;
		text = readline(prompt);
		if (!text)
			putchar('\n');
		/* the line is given up, by SIGINT */
	} while (!text && errno == EINTR);
	if (!text)
		return NULL;
	if (text[strspn(text, " \t")]) {
		add_history(text);
		if (line.history)
			write_history(line.history);
	}
	return text;
}

#else

void line_begin(struct scenario *scenario)
{
	(void)scenario;
}

char *line_read(const char *prompt)
{
	return plain_line(prompt);
}

#endif /* HAVE_LIBEDIT */
