// SPDX-License-Identifier: GPL-2.0-or-later
/* What may come next on a line of another shell. */
#include "completion.h"

#include <stdlib.h>
#include <string.h>

static const struct option *find_option(const struct option *o,
					const char *word)
{
	for (; o->name; o++) {
		if (!strncmp(word, "--", 2) ? !strcmp(word + 2, o->name) :
					      word[1] == o->val && !word[2])
			return o;
	}
	return NULL;
}

/*
 * Take the name of the program and the options off the line. False if its end is
 * the argument of an option, which is nothing that the table knows.
 */
static bool drop_options(struct cmd_line *line, const struct option *options)
{
	int i, n = 0, end = line->blank_end ? line->n : line->n - 1;
	const struct option *o;

	for (i = 1; i < line->n; i++) {
		if (line->tok[i].text[0] != '-' || i == end) {
			line->tok[n++] = line->tok[i];
			continue;
		}
		o = find_option(options, line->tok[i].text);
		if (!o || o->has_arg == no_argument)
			continue;
		if (++i >= end)
			return false;
	}
	line->n = n;
	return true;
}

static void print_options(FILE *f, const struct option *o, const char *begin)
{
	char word[64];

	for (; o->name; o++) {
		snprintf(word, sizeof(word), "--%s", o->name);
		if (!strncmp(word, begin, strlen(begin)))
			fprintf(f, "%s\n", word);
	}
}

void completion_print(FILE *f, struct cmd_set *set,
		      const struct option *options, char *text)
{
	static struct cmd_line line;
	static struct cmd_choices c;
	static struct cmd_match m;
	char *words = malloc(strlen(text) + 1);
	const char *last;
	int i;

	if (!words || cmd_split(&line, text, words) || !line.n || line.filter)
		goto out;
	last = line.blank_end ? "" : line.tok[line.n - 1].text;
	if (!drop_options(&line, options))
		goto out;
	if (*last == '-') {
		print_options(f, options, last);
		goto out;
	}
	if (cmd_choices(set, &line, &c, &m) != CMD_OK)
		goto out;
	for (i = 0; i < c.n; i++)
		if (c.choice[i].is_word)
			fprintf(f, "%s\n", c.choice[i].word);
	/* Not in the table: "sh" means show. */
	if (line.n <= 1 && !strncmp("shell", last, strlen(last)))
		fprintf(f, "shell\n");
out:
	free(words);
}
