// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts a command line into words: quotes, comments, output filter. */
#include "cmd_line.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* One word from @p on; quotes of either kind keep blanks and signs. */
static const char *take_word(const char *p, char **out, const char **why)
{
	char quote = '\0';

	for (; *p && (quote || (!is_blank(*p) && *p != '|')); p++) {
		if (quote && *p == quote) {
			quote = '\0';
		} else if (!quote && (*p == '"' || *p == '\'')) {
			quote = *p;
		} else {
			if (*p == '\\' && quote == '"' && p[1])
				p++;
			*(*out)++ = *p;
		}
	}
	if (quote)
		*why = "a quote is not closed";
	*(*out)++ = '\0';
	return p;
}

const char *cmd_split(struct cmd_line *line, const char *raw, char *buf)
{
	const char *p = raw, *why = NULL;
	char *out = buf;

	line->n = 0;
	line->raw = raw;
	line->filter = NULL;
	line->blank_end = true;
	for (;;) {
		struct cmd_token *t = &line->tok[line->n];

		while (is_blank(*p))
			p++;
		if (!*p || *p == '#' || *p == '!')
			return NULL;
		if (*p == '|') {
			line->filter = p + 1;
			return NULL;
		}
		if (line->n == CMD_TOKENS)
			return "the line has too many words";
		t->col = p - raw;
		t->text = out;
		p = take_word(p, &out, &why);
		t->len = p - raw - t->col;
		line->n++;
		line->blank_end = is_blank(*p);
		if (why)
			return why;
	}
}

const char *cmd_split_plain(struct cmd_line *line, const char *raw, char *buf)
{
	const char *p = raw;

	line->n = 0;
	line->raw = raw;
	line->filter = NULL;
	line->blank_end = true;
	for (;;) {
		struct cmd_token *t = &line->tok[line->n];

		while (is_blank(*p))
			p++;
		if (!*p)
			return NULL;
		if (line->n == CMD_TOKENS)
			return "the line has too many words";
		t->col = p - raw;
		t->text = buf;
		while (*p && !is_blank(*p))
			*buf++ = *p++;
		*buf++ = '\0';
		t->len = p - raw - t->col;
		line->n++;
		line->blank_end = is_blank(*p);
	}
}
