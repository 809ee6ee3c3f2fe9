// SPDX-License-Identifier: GPL-2.0-or-later
/* What a command table says to people: help, completion, complaints. */
#include <ctype.h>
#include <string.h>

#include "cmd_set.h"
#include "secret.h"

#define FEW 12 /* as many choices are named in a complaint */
#define WIDTH 78
#define RANGE_WIDTH 7 /* a longer range says less than a name */

static const char hidden[] = "******";

/* A word as it may be shown. */
static const char *shown(const struct cmd_line *line, const struct cmd_match *m,
			 int i)
{
	if (i < m->n && i < m->bad && m->arg[i].is_secret)
		return hidden;
	return secret_suspect(line->tok[i].text) ? hidden : line->tok[i].text;
}

static void print_choices(FILE *f, struct cmd_set *set,
			  const struct cmd_line *line, int n)
{
	static struct cmd_line begin;
	static struct cmd_choices c;
	static struct cmd_match m;
	int i;

	begin = *line;
	begin.n = n;
	begin.blank_end = true;
	if (cmd_choices(set, &begin, &c, &m) != CMD_OK || !c.n)
		return;
	if (c.n > FEW) {
		fprintf(f, "A '?' in its place lists what may stand there.\n");
		return;
	}
	fprintf(f, "Expected there:");
	for (i = 0; i < c.n; i++)
		fprintf(f, "%s %s", i ? "," : "", c.choice[i].word);
	fprintf(f, c.can_end ? ", or the end of the line\n" : "\n");
}

void cmd_complain(FILE *f, struct cmd_set *set, const struct cmd_line *line,
		  const struct cmd_match *m, enum cmd_status status,
		  const char *prefix)
{
	int i, col = strlen(prefix);

	if (status == CMD_OK || status == CMD_EMPTY)
		return;
	if (status == CMD_AMBIGUOUS || status == CMD_INCOMPLETE) {
		fprintf(f, "%s%% %s command%s", prefix,
			status == CMD_AMBIGUOUS ? "Ambiguous" : "Incomplete",
			status == CMD_AMBIGUOUS ? ":  \"" : ".\n");
		for (i = 0; status == CMD_AMBIGUOUS && i <= m->bad; i++)
			fprintf(f, "%s%s%s", i ? " " : "", shown(line, m, i),
				i == m->bad ? "\"\n" : "");
		if (status == CMD_INCOMPLETE)
			print_choices(f, set, line, line->n);
		return;
	}
	fputs(prefix, f);
	for (i = 0; i <= m->bad; i++) {
		const char *word = shown(line, m, i);

		fprintf(f, "%s%s", i ? " " : "", word);
		if (i < m->bad)
			col += strlen(word) + 1;
	}
	fprintf(f, "\n%*s^\n%% Invalid input detected at '^' marker.\n", col,
		"");
	print_choices(f, set, line, m->bad);
}

size_t cmd_bad_column(struct cmd_set *set, const struct cmd_line *line,
		      const struct cmd_match *m)
{
	static struct cmd_line begin;
	static struct cmd_choices c;
	static struct cmd_match unused;
	const struct cmd_token *t = &line->tok[m->bad];
	size_t best = 0;
	int i;

	begin = *line;
	begin.n = m->bad;
	begin.blank_end = true;
	if (cmd_choices(set, &begin, &c, &unused) != CMD_OK)
		return t->col;
	for (i = 0; i < c.n; i++) {
		const char *word = c.choice[i].word;
		size_t n = 0;

		while (c.choice[i].is_word && word[n] &&
		       tolower((unsigned char)t->text[n]) == word[n])
			n++;
		if (n > best && t->text[n])
			best = n;
	}
	return t->col + best;
}

void cmd_print_help(FILE *f, const struct cmd_choices *c, bool is_partial)
{
	int i, width = 0;

	for (i = 0; i < c->n; i++)
		if ((int)strlen(c->choice[i].word) > width)
			width = strlen(c->choice[i].word);
	if (is_partial && c->n > 1) {
		for (i = 0; i < c->n; i++)
			fprintf(f, "%s%s", i ? "  " : "", c->choice[i].word);
		fputc('\n', f);
		return;
	}
	for (i = 0; i < c->n; i++)
		fprintf(f, "  %-*s  %s\n", width, c->choice[i].word,
			c->choice[i].help);
	if (c->can_end)
		fprintf(f, "  <cr>\n");
}

const char *cmd_complete(const struct cmd_choices *c)
{
	return c->n == 1 && c->choice[0].is_word ? c->choice[0].word : NULL;
}

/* --- syntax ----------------------------------------------------------- */

/* Folds what is written at blanks. */
struct folder {
	FILE *f;
	int col;
	int indent;
};

static void fold_word(struct folder *o, const char *word, int len)
{
	if (o->col && o->col + 1 + len > WIDTH) {
		fprintf(o->f, "\n%*s", o->indent, "");
		o->col = o->indent;
	} else if (o->col) {
		fputc(' ', o->f);
		o->col++;
	}
	fprintf(o->f, "%.*s", len, word);
	o->col += len;
}

/* A variable shows its range, if that tells anything, or its name. */
static void print_token(struct folder *o, const char *p, int len)
{
	const char *eq = memchr(p, '=', len);
	const char *range = eq ? memchr(eq, '(', p + len - eq) : NULL;
	int range_len = range ? p + len - range - 2 : 0;
	char buf[64];

	if (range && range_len <= RANGE_WIDTH) {
		snprintf(buf, sizeof(buf), "<%.*s>", range_len, range + 1);
		p = buf;
		len = strlen(buf);
	} else if (eq) {
		len = eq - p;
	}
	fold_word(o, p, len);
}

static void print_pattern(FILE *f, const char *pattern)
{
	struct folder o = { .f = f };
	const char *p = pattern;

	fold_word(&o, " ", 1);
	while (*(p += strspn(p, " \t\n"))) {
		const char *begin = p;

		p += strcspn(p, " \t\n");
		print_token(&o, begin, p - begin);
		o.indent = 6;
	}
	fputc('\n', f);
}

/* Does the row begin with the words of the line, cut short or not? */
static bool begins_with(const struct cmd_row *row, const struct cmd_line *line)
{
	struct cmd_bits bits = row->first;
	int i, pos;

	for (i = 0; i < line->n; i++) {
		const char *text = line->tok[i].text;

		for (pos = -1; (pos = cmd_bits_next(&bits, pos)) >= 0;)
			if (!row->node[pos].type &&
			    !strncmp(row->node[pos].name, text, strlen(text)))
				break;
		if (pos < 0)
			return false;
		bits = row->node[pos].follow;
	}
	return true;
}

int cmd_print_usage(FILE *f, struct cmd_set *set, const struct cmd_line *line)
{
	size_t i;
	int n = 0;

	for (i = 0; i < set->n; i++) {
		if (!begins_with(&set->row[i], line))
			continue;
		print_pattern(f, set->row[i].cmd->pattern);
		fprintf(f, "          %s\n", set->row[i].cmd->text);
		n++;
	}
	return n;
}

int cmd_check_help(FILE *f, struct cmd_set *set)
{
	int missing = 0, pos;
	size_t i;

	for (i = 0; i < set->n; i++) {
		const struct cmd_row *row = &set->row[i];

		for (pos = 0; pos < row->n; pos++) {
			if (row->node[pos].help)
				continue;
			if (row->node[pos].type && row->node[pos].type->names &&
			    !row->node[pos].type->parse)
				continue;
			fprintf(f, "'%s': no help for '%s'\n",
				row->cmd->pattern, row->node[pos].name);
			missing++;
		}
	}
	return missing;
}
