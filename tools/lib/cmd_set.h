/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A compiled command table: what cmd.c makes and cmd_match.c walks. */
#ifndef LIB_CMD_SET_H
#define LIB_CMD_SET_H

#include "cmd.h"

#define CMD_POS 256 /* tokens of one pattern */

/* A set of positions in one pattern. */
struct cmd_bits {
	uint64_t w[CMD_POS / 64];
};

/* One token of a pattern. */
struct cmd_node {
	const char *name;
	const char *help;
	const struct cmd_type *type; /* NULL for a keyword */
	uint64_t lo, hi; /* range of a number */
	bool has_range;
	bool is_once; /* at most once in a command */
	struct cmd_bits follow; /* what may come next */
};

struct cmd_row {
	const struct cmd *cmd;
	struct cmd_node *node;
	int n;
	struct cmd_bits first;
	struct cmd_bits last; /* the command may end here */
	char *words; /* the names that nodes point to */
};

struct cmd_path {
	int row;
	int pos; /* -1 before the first word */
	int parent; /* path of the word before */
	struct cmd_value v;
};

struct cmd_set {
	const struct cmd_table *table;
	struct cmd_row *row;
	size_t n;
	struct cmd_path *path; /* scratch of a match */
	size_t n_path, cap_path;
};

static inline void cmd_bits_add(struct cmd_bits *b, int pos)
{
	b->w[pos / 64] |= 1ULL << (pos % 64);
}

static inline bool cmd_bits_has(const struct cmd_bits *b, int pos)
{
	return b->w[pos / 64] >> (pos % 64) & 1;
}

static inline void cmd_bits_or(struct cmd_bits *b, const struct cmd_bits *o)
{
	for (int i = 0; i < CMD_POS / 64; i++)
		b->w[i] |= o->w[i];
}

/* The next position after @pos (-1 to begin), or -1. */
static inline int cmd_bits_next(const struct cmd_bits *b, int pos)
{
	for (pos++; pos < CMD_POS; pos++) {
		uint64_t w = b->w[pos / 64] >> (pos % 64);

		if (w)
			return pos + __builtin_ctzll(w);
		pos |= 63;
	}
	return -1;
}

/* The built-in types, ended by one without a name. */
extern const struct cmd_type cmd_types[];

/* What '?' shows for a variable. */
const char *cmd_hint(const struct cmd_node *node, char *buf, size_t size);

#endif
