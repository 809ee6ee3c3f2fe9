// SPDX-License-Identifier: GPL-2.0-or-later
/* The reference of all configuration commands, made from their tables. */
#include "cfg_doc.h"

#include <string.h>

#include "cfg_form.h"

#define WIDTH 76

static void title(FILE *f, const char *text, char under)
{
	size_t i, n = strlen(text);

	fprintf(f, "%s\n", text);
	for (i = 0; i < n; i++)
		fputc(under, f);
	fputs("\n\n", f);
}

/* A variable of a pattern: its range, its words or its name. */
static size_t put_var(FILE *f, const char *p, size_t n)
{
	const char *eq = memchr(p, '=', n);
	const char *range = eq ? memchr(eq, '(', n - (eq - p)) : NULL;

	if (range)
		return fprintf(f, "<%.*s>", (int)(p + n - range - 2),
			       range + 1);
	return fprintf(f, "%.*s", (int)(eq ? (size_t)(eq - p) : n), p);
}

/* A pattern over as many lines as it takes, as a literal block. */
static void put_pattern(FILE *f, const char *lead, const char *pattern)
{
	size_t col = fprintf(f, "   %s", lead);
	const char *p = pattern;
	bool first = true;

	while (*(p += strspn(p, " "))) {
		size_t n = strcspn(p, " ");

		if (col + n > WIDTH) {
			fputs("\n      ", f);
			col = 6;
		} else if (!first) {
			fputc(' ', f);
			col++;
		}
		first = false;
		col += put_var(f, p, n);
		p += n;
	}
	fputc('\n', f);
}

/* Words that a variable stands for, where it has a fixed set of them. */
static void put_words(FILE *f, const struct cfg_cmd *row)
{
	const struct cmd_type *t;
	const char *p = row->pattern;

	while ((p = strchr(p, '='))) {
		const char *name = p;
		size_t n = strcspn(++p, " ()");
		const struct name *w;

		while (name > row->pattern && name[-1] != ' ' &&
		       name[-1] != '*')
			name--;
		/* Said once of a variable that may be in several places. */
		if (memmem(row->pattern, name - row->pattern, name, p - name))
			continue;
		for (t = cfg_types; t->name; t++)
			if (strlen(t->name) == n && !strncmp(t->name, p, n))
				break;
		/* Lists of ports and protocols are as everywhere. */
		if (!t->name || !t->names || t->parse)
			continue;
		fprintf(f, "%.*s:", (int)(p - name - 1), name);
		for (w = t->names; w->name; w++)
			fprintf(f, "%s ``%s``", w == t->names ? "" : ",",
				w->name);
		fputs(".\n\n", f);
	}
}

static void put_default(FILE *f, const struct cfg_cmd *row)
{
	switch (row->kind) {
	case CFG_V_NUM:
		if (row->value)
			fprintf(f, "Default: %u.\n\n", row->value);
		break;
	case CFG_V_NAME:
		fprintf(f, "Default: ``%s``.\n\n",
			names_str(row->names, row->value));
		break;
	case CFG_V_ON:
		fputs("On by default.\n\n", f);
		break;
	default:
		break;
	}
}

static void put_row(FILE *f, const struct cfg_cmd *row)
{
	if (!row->pattern)
		return;
	fprintf(f, "%s ::\n\n", row->text);
	put_pattern(f, "", row->pattern);
	if (row->no && *row->no)
		put_pattern(f, "no ", row->no);
	fputc('\n', f);
	put_words(f, row);
	put_default(f, row);
}

void cfg_doc(FILE *f)
{
	const struct cfg_rows *g;
	unsigned int mode, i;
	size_t k;

	fputs(".. SPDX-License-Identifier: GPL-2.0-only\n"
	      ".. Made by \"ipsecctl configure reference\"; do not edit.\n\n",
	      f);
	title(f, "Configuration commands", '=');
	fputs("Rules of the language, files and examples are in "
	      "``man/ipsecgw.conf.5``. Here is every\n"
	      "command of every mode, from the tables that the programs "
	      "themselves use. ``[ ]`` may be\n"
	      "left out, ``( | )`` is one of several, ``{ | }`` any of them "
	      "in any order, ``*`` more than\n"
	      "once. Every command has a form with ``no`` in front, which "
	      "needs no more than its leading\n"
	      "keywords unless it is shown, and one with ``default``.\n\n",
	      f);
	for (mode = 0; mode < CFG_M_N; mode++) {
		char text[96];

		snprintf(text, sizeof(text), "Mode: %s, %s",
			 cfg_mode_name(mode), cfg_mode_prompt(mode));
		title(f, text, '-');
		for (i = 0; (g = cfg_mode_group(mode, i)); i++)
			for (k = 0; k < g->n; k++)
				if (!mode || g->section != CFG_AT_END)
					put_row(f, &g->row[k]);
	}
}
