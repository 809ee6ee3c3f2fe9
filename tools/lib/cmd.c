// SPDX-License-Identifier: GPL-2.0-or-later
/* Compiles command patterns to automata, one state per token. */
#include "cmd.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_set.h"

/*
 * The positions where a piece of a pattern may begin and end, and whether
 * it may be empty. Joining two pieces links the ends of one to the
 * beginnings of the other (the construction of Glushkov).
 */
struct frag {
	struct cmd_bits first;
	struct cmd_bits last;
	bool is_empty;
};

struct compiler {
	const struct cmd_table *table;
	struct cmd_row *row;
	const char *p;
	char *word; /* free room for names */
	char *err;
	size_t err_size;
	bool failed;
};

static void parse_choice(struct compiler *c, struct frag *f, char end);

__attribute__((format(printf, 2, 3))) static void fail(struct compiler *c,
						       const char *fmt, ...)
{
	va_list ap;
	int n;

	if (c->failed)
		return;
	c->failed = true;
	n = snprintf(c->err, c->err_size, "'%s': ", c->row->cmd->pattern);
	if (n < 0 || (size_t)n >= c->err_size)
		return;
	va_start(ap, fmt);
	vsnprintf(c->err + n, c->err_size - n, fmt, ap);
	va_end(ap);
}

static void skip_blanks(struct compiler *c)
{
	while (isspace((unsigned char)*c->p))
		c->p++;
}

static void link_frags(struct compiler *c, const struct cmd_bits *last,
		       const struct cmd_bits *first)
{
	int pos = -1;

	while ((pos = cmd_bits_next(last, pos)) >= 0)
		cmd_bits_or(&c->row->node[pos].follow, first);
}

static const struct cmd_type *find_type(struct compiler *c, const char *name)
{
	const struct cmd_type *t;

	for (t = c->table->types; t && t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	for (t = cmd_types; t->name; t++)
		if (!strcmp(t->name, name))
			return t;
	fail(c, "no type is called '%s'", name);
	return cmd_types;
}

static const char *find_in(const struct cmd_help *h, const char *name)
{
	for (; h && h->token; h++)
		if (!strcmp(h->token, name))
			return h->text;
	return NULL;
}

static const char *find_help(struct compiler *c, const char *name)
{
	const char *text = find_in(c->row->cmd->help, name);

	return text ? text : find_in(c->table->help, name);
}

/* "NAME=type" or "NAME=type(1-5)"; the name is cut off in place. */
static void parse_type(struct compiler *c, struct cmd_node *node, char *eq)
{
	char *range, *end;

	*eq++ = '\0';
	range = strchr(eq, '(');
	if (range) {
		*range++ = '\0';
		node->lo = strtoull(range, &end, 0);
		if (*end == '-')
			node->hi = strtoull(end + 1, &end, 0);
		if (strcmp(end, ")") || node->hi < node->lo)
			fail(c, "wrong range of %s", node->name);
		node->has_range = true;
	}
	node->type = find_type(c, eq);
}

static void parse_word(struct compiler *c, struct frag *f)
{
	struct cmd_node *node;
	char *eq, *word = c->word;
	int depth = 0;

	while (*c->p && !isspace((unsigned char)*c->p)) {
		if (!depth && strchr("|)]}", *c->p))
			break;
		depth += (*c->p == '(') - (*c->p == ')');
		*c->word++ = *c->p++;
	}
	*c->word++ = '\0';
	if (c->row->n == CMD_POS) {
		fail(c, "more than %d tokens", CMD_POS);
		return;
	}
	memset(f, 0, sizeof(*f));
	node = &c->row->node[c->row->n];
	node->name = word;
	eq = strchr(word, '=');
	if (eq)
		parse_type(c, node, eq);
	node->help = find_help(c, word);
	cmd_bits_add(&f->first, c->row->n);
	cmd_bits_add(&f->last, c->row->n);
	c->row->n++;
}

static void parse_item(struct compiler *c, struct frag *f)
{
	switch (*c->p) {
	case '(':
		c->p++;
		parse_choice(c, f, ')');
		break;
	case '[':
		c->p++;
		parse_choice(c, f, ']');
		f->is_empty = true;
		break;
	case '{':
		c->p++;
		parse_choice(c, f, '}');
		link_frags(c, &f->last, &f->first);
		f->is_empty = true;
		break;
	default:
		parse_word(c, f);
	}
}

/* Items one after the other, up to a bar or a closing bracket. */
static void parse_sequence(struct compiler *c, struct frag *f)
{
	memset(f, 0, sizeof(*f));
	f->is_empty = true;
	for (;;) {
		struct frag item = { 0 };

		skip_blanks(c);
		if (!*c->p || strchr("|)]}", *c->p) || c->failed)
			return;
		parse_item(c, &item);
		link_frags(c, &f->last, &item.first);
		if (f->is_empty)
			cmd_bits_or(&f->first, &item.first);
		if (!item.is_empty)
			memset(&f->last, 0, sizeof(f->last));
		cmd_bits_or(&f->last, &item.last);
		f->is_empty = f->is_empty && item.is_empty;
	}
}

static void mark_once(struct compiler *c, const struct cmd_bits *first)
{
	int pos = -1;

	while ((pos = cmd_bits_next(first, pos)) >= 0)
		c->row->node[pos].is_once = true;
}

/* Sequences with bars between them, up to @end. */
static void parse_choice(struct compiler *c, struct frag *f, char end)
{
	memset(f, 0, sizeof(*f));
	do {
		struct frag seq;
		bool is_star;

		skip_blanks(c);
		is_star = end == '}' && *c->p == '*';
		c->p += is_star;
		parse_sequence(c, &seq);
		if (end == '}' && !is_star)
			mark_once(c, &seq.first);
		cmd_bits_or(&f->first, &seq.first);
		cmd_bits_or(&f->last, &seq.last);
		f->is_empty = f->is_empty || seq.is_empty;
	} while (*c->p == '|' && c->p++);
	if (*c->p == end)
		c->p += end != '\0';
	else
		fail(c, "'%c' expected before '%s'", end ? end : '.', c->p);
}

static bool compile_row(struct compiler *c)
{
	struct cmd_row *row = c->row;
	struct cmd_node *shrunk;
	struct frag f;

	/* No token needs more than its letters and a zero. */
	row->words = calloc(1, 2 * strlen(row->cmd->pattern) + 1);
	row->node = calloc(CMD_POS, sizeof(*row->node));
	if (!row->words || !row->node) {
		fail(c, "out of memory");
		return false;
	}
	c->p = row->cmd->pattern;
	c->word = row->words;
	parse_choice(c, &f, '\0');
	if (!c->failed && f.is_empty)
		fail(c, "matches an empty line");
	row->first = f.first;
	row->last = f.last;
	shrunk = realloc(row->node, (row->n ? row->n : 1) * sizeof(*row->node));
	if (shrunk)
		row->node = shrunk;
	return !c->failed;
}

struct cmd_set *cmd_compile(const struct cmd_table *table, char *err,
			    size_t size)
{
	struct compiler c = { .table = table, .err = err, .err_size = size };
	struct cmd_set *set = calloc(1, sizeof(*set));

	if (!set)
		goto err_memory;
	set->table = table;
	set->row = calloc(table->n_cmds, sizeof(*set->row));
	if (!set->row)
		goto err_memory;
	for (set->n = 0; set->n < table->n_cmds; set->n++) {
		c.row = &set->row[set->n];
		c.row->cmd = &table->cmds[set->n];
		if (compile_row(&c))
			continue;
		set->n++;
		cmd_free(set);
		return NULL;
	}
	return set;

err_memory:
	snprintf(err, size, "out of memory");
	cmd_free(set);
	return NULL;
}

void cmd_free(struct cmd_set *set)
{
	size_t i;

	if (!set)
		return;
	for (i = 0; i < set->n; i++) {
		free(set->row[i].node);
		free(set->row[i].words);
	}
	free(set->row);
	free(set->path);
	free(set);
}
