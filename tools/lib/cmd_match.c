// SPDX-License-Identifier: GPL-2.0-or-later
/* Matches the words of a line against a compiled command table. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd_set.h"

/* How well a word fits a token; types of a variable lie between. */
enum { FIT_NONE = 0, FIT_PREFIX = 1000, FIT_EXACT = 1001 };

/* What one word can be, over all paths. */
struct step {
	int best; /* the best fit so far */
	size_t begin; /* first new path */
	const char *word; /* keyword or name that fits */
	bool is_ambiguous;
	bool is_rest;
};

static bool add_path(struct cmd_set *set, const struct cmd_path *path)
{
	if (set->n_path == set->cap_path) {
		size_t cap = set->cap_path ? 2 * set->cap_path : 256;
		void *p = realloc(set->path, cap * sizeof(*set->path));

		if (!p)
			return false;
		set->path = p;
		set->cap_path = cap;
	}
	set->path[set->n_path++] = *path;
	return true;
}

/* Is the token already in the command that ends with @path? */
static bool is_used(const struct cmd_set *set, int path, int pos)
{
	for (; path >= 0; path = set->path[path].parent)
		if (set->path[path].pos == pos)
			return true;
	return false;
}

static int fit_word(const char *text, const char *word)
{
	size_t n = strlen(text);

	if (!n || strncasecmp(text, word, n))
		return FIT_NONE;
	return word[n] ? FIT_PREFIX : FIT_EXACT;
}

/* The best name of a table for @text; two that fit equally are ambiguous. */
static int fit_names(const struct name *name, const char *text,
		     struct cmd_value *v, const char **word, bool *is_double)
{
	int best = FIT_NONE;

	*is_double = false;
	for (; name->name; name++) {
		int fit = fit_word(text, name->name);

		if (!fit || fit < best)
			continue;
		*is_double = fit == best;
		best = fit;
		*word = name->name;
		v->num = name->value;
	}
	return best;
}

static bool in_range(const struct cmd_node *node, const struct cmd_value *v)
{
	return !node->has_range || (v->num >= node->lo && v->num <= node->hi);
}

/* How well @text fits a token, its value, and the word that it means. */
static int fit_node(const struct cmd_node *node, const char *text,
		    struct cmd_value *v, const char **word, bool *is_double)
{
	const struct cmd_type *type = node->type;
	int fit;

	*is_double = false;
	*word = NULL;
	memset(v, 0, sizeof(*v));
	if (!type) {
		*word = node->name;
		return fit_word(text, node->name);
	}
	if (type->names) {
		fit = fit_names(type->names, text, v, word, is_double);
		if (fit)
			return fit;
	}
	if (type->parse && type->parse(text, v) && in_range(node, v))
		return type->rank;
	return FIT_NONE;
}

/* Try one token after one path. */
static bool try_node(struct cmd_set *set, struct step *s, int parent, int row,
		     int pos, const char *text)
{
	const struct cmd_node *node = &set->row[row].node[pos];
	struct cmd_path path = { .row = row, .pos = pos, .parent = parent };
	const char *word;
	bool is_double;
	int fit;

	fit = fit_node(node, text, &path.v, &word, &is_double);
	if (!fit || fit < s->best)
		return true;
	if (node->is_once && is_used(set, parent, pos))
		return true;
	if (fit > s->best) {
		s->best = fit;
		s->word = NULL;
		s->is_ambiguous = false;
		set->n_path = s->begin;
	}
	if (fit == FIT_PREFIX && s->word && strcmp(s->word, word))
		is_double = true;
	s->is_ambiguous = s->is_ambiguous || is_double;
	s->word = word;
	s->is_rest = node->type && node->type->is_rest;
	return add_path(set, &path);
}

/* All tokens that may follow the path @i (-1: that may begin a line). */
static bool try_path(struct cmd_set *set, struct step *s, int i,
		     const char *text)
{
	size_t row = i < 0 ? 0 : set->path[i].row;
	size_t end = i < 0 ? set->n : row + 1;

	for (; row < end; row++) {
		const struct cmd_row *r = &set->row[row];
		const struct cmd_bits *bits = &r->first;
		int pos = -1;

		if (i >= 0)
			bits = &r->node[set->path[i].pos].follow;
		while ((pos = cmd_bits_next(bits, pos)) >= 0)
			if (!try_node(set, s, i, row, pos, text))
				return false;
	}
	return true;
}

/* Write down the words of the command that ends with @path. */
static void collect(const struct cmd_set *set, const struct cmd_line *line,
		    int path, struct cmd_match *m)
{
	const struct cmd_row *row = &set->row[set->path[path].row];
	int i = path;

	m->cmd = row->cmd;
	m->n = 0;
	for (; i >= 0; i = set->path[i].parent)
		m->n++;
	for (i = m->n - 1; i >= 0; i--, path = set->path[path].parent) {
		const struct cmd_node *node = &row->node[set->path[path].pos];
		struct cmd_arg *a = &m->arg[i];

		a->name = node->name;
		a->text = line->tok[i].text;
		a->is_var = node->type;
		a->is_secret = node->type && node->type->is_secret;
		a->v = set->path[path].v;
		a->token = i;
		if (node->type && node->type->is_rest)
			a->text = line->raw + line->tok[i].col;
	}
}

/*
 * Walk the first @n words. The paths that are left are those from *begin
 * on; CMD_OK if there are any, else m->bad is the word that went wrong and
 * m->arg tells what the words before it may have been.
 */
static enum cmd_status walk(struct cmd_set *set, const struct cmd_line *line,
			    int n, size_t *begin, struct cmd_match *m)
{
	size_t from = 0, to = 0;
	int i;

	set->n_path = 0;
	*begin = 0;
	for (i = 0; i < n; i++) {
		const char *text = line->tok[i].text;
		struct step s = { .begin = to };
		bool ok = true;
		size_t p;

		m->bad = i;
		if (!i)
			ok = try_path(set, &s, -1, text);
		for (p = from; i && p < to && ok; p++)
			ok = try_path(set, &s, p, text);
		if (!ok || !s.best || s.is_ambiguous) {
			if (i)
				collect(set, line, from, m);
			m->cmd = NULL;
			return s.is_ambiguous ? CMD_AMBIGUOUS : CMD_INVALID;
		}
		from = to;
		to = set->n_path;
		*begin = from;
		if (s.is_rest)
			break;
	}
	return CMD_OK;
}

enum cmd_status cmd_parse(struct cmd_set *set, const struct cmd_line *line,
			  struct cmd_match *m)
{
	enum cmd_status status;
	size_t i, begin;

	m->cmd = NULL;
	m->n = 0;
	m->bad = 0;
	if (!line->n)
		return CMD_EMPTY;
	status = walk(set, line, line->n, &begin, m);
	if (status != CMD_OK)
		return status;
	for (i = begin; i < set->n_path; i++) {
		const struct cmd_path *p = &set->path[i];

		if (!cmd_bits_has(&set->row[p->row].last, p->pos))
			continue;
		collect(set, line, i, m);
		return CMD_OK;
	}
	collect(set, line, begin, m);
	m->cmd = NULL;
	m->bad = line->n;
	return CMD_INCOMPLETE;
}

const struct cmd_arg *cmd_find(const struct cmd_match *m, const char *name)
{
	int i;

	for (i = 0; i < m->n; i++)
		if (!strcmp(m->arg[i].name, name))
			return &m->arg[i];
	return NULL;
}

bool cmd_has(const struct cmd_match *m, const char *name)
{
	return cmd_find(m, name);
}

/* --- what may follow -------------------------------------------------- */

static const char *choice_word(const struct cmd_choice *x)
{
	return x->word ? x->word : x->hint;
}

static void add_choice(struct cmd_choices *c, const struct cmd_choice *new)
{
	int max = sizeof(c->choice) / sizeof(c->choice[0]);
	int i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(choice_word(&c->choice[i]), choice_word(new)))
			return;
	if (c->n < max)
		c->choice[c->n++] = *new;
}

/* A variable: its names, and its hint when no word was begun. */
static void add_var(struct cmd_choices *c, const struct cmd_node *node,
		    const char *part)
{
	const struct cmd_type *type = node->type;
	struct cmd_choice var = { .help = node->help };
	const struct name *n;
	const char *hint;

	for (n = type->names; n && n->name; n++) {
		struct cmd_choice x = { n->name, n->help, true, "" };

		if (!strncasecmp(part, n->name, strlen(part)))
			add_choice(c, &x);
	}
	if (*part || (type->names && !type->parse))
		return;
	hint = cmd_hint(node, var.hint, sizeof(var.hint));
	var.word = hint == var.hint ? NULL : hint;
	add_choice(c, &var);
}

static void add_node(struct cmd_set *set, struct cmd_choices *c, int path,
		     int row, int pos, const char *part)
{
	const struct cmd_node *node = &set->row[row].node[pos];
	struct cmd_choice word = { node->name, node->help, true, "" };

	if (node->is_once && is_used(set, path, pos))
		return;
	if (node->type)
		add_var(c, node, part);
	else if (!strncasecmp(part, node->name, strlen(part)))
		add_choice(c, &word);
}

static int by_word(const void *a, const void *b)
{
	const struct cmd_choice *x = a, *y = b;

	if (x->is_word != y->is_word)
		return x->is_word ? -1 : 1;
	return strcmp(choice_word(x), choice_word(y));
}

enum cmd_status cmd_choices(struct cmd_set *set, const struct cmd_line *line,
			    struct cmd_choices *c, struct cmd_match *m)
{
	int n = line->blank_end ? line->n : line->n - 1;
	const char *part = line->blank_end ? "" : line->tok[n].text;
	enum cmd_status status;
	size_t i, begin;
	int pos, row;

	c->n = 0;
	c->can_end = false;
	status = walk(set, line, n, &begin, m);
	if (status != CMD_OK)
		return status;
	for (row = 0; !n && row < (int)set->n; row++)
		for (pos = -1;
		     (pos = cmd_bits_next(&set->row[row].first, pos)) >= 0;)
			add_node(set, c, -1, row, pos, part);
	for (i = begin; n && i < set->n_path; i++) {
		const struct cmd_row *r = &set->row[set->path[i].row];
		const struct cmd_bits *next;

		pos = set->path[i].pos;
		next = &r->node[pos].follow;
		if (cmd_bits_has(&r->last, pos) && !*part)
			c->can_end = true;
		for (pos = -1; (pos = cmd_bits_next(next, pos)) >= 0;)
			add_node(set, c, i, set->path[i].row, pos, part);
	}
	qsort(c->choice, c->n, sizeof(c->choice[0]), by_word);
	for (row = 0; row < c->n; row++)
		c->choice[row].word = choice_word(&c->choice[row]);
	m->bad = n;
	return c->n || c->can_end ? CMD_OK : CMD_INVALID;
}
