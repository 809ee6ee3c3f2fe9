/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Matcher over command tables: tokens, typed values, help, errors. */
#ifndef LIB_CMD_H
#define LIB_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "addr.h"
#include "cmd_line.h"
#include "names.h"

/*
 * A command is a row of a table: a pattern, a help line, a function.
 *   show map NAME=word        keywords and a variable
 *   ( a | b )                 one of them
 *   [ a ]                     may be left out
 *   { a | b X=num | *c }      any of them in any order, each once at most,
 *                             a starred one any number of times
 *
 * A variable names its type, numbers with a range if they have one:
 * NAME=num(1-65535). Keywords may be cut short as long as they are unique
 * among what can stand at that place, as on a router.
 */

/* What '?' says about a keyword or a variable. */
struct cmd_help {
	const char *token;
	const char *text;
};

struct cmd_value {
	uint64_t num;
	struct addr addr;
	struct addr mask;
};

/* What a variable may hold. */
struct cmd_type {
	const char *name;
	const char *hint; /* shown by '?'; NULL: the range, or the names */
	const struct name *names; /* words that stand for a number */
	bool (*parse)(const char *text, struct cmd_value *v);
	int rank; /* the highest one wins where several types fit */
	bool is_secret; /* never shown */
	bool is_rest; /* the rest of the line */
};

struct cmd_match;
struct cmd {
	const char *pattern;
	const char *text; /* what it does, in one line */
	int (*run)(void *ctx, const struct cmd_match *m);
	unsigned int flags; /* meaning is the program's */
	const struct cmd_help *help; /* before that of the table, or NULL */
};

struct cmd_table {
	const struct cmd *cmds;
	size_t n_cmds;
	const struct cmd_help *help; /* ends with a NULL token */
	const struct cmd_type *types; /* beside the built-in ones, or NULL */
};

struct cmd_set;

/* Compile a table. NULL with a sentence in @err when a pattern is wrong. */
struct cmd_set *cmd_compile(const struct cmd_table *table, char *err,
			    size_t size);
void cmd_free(struct cmd_set *set);

/* --- matching -------------------------------------------------------- */

enum cmd_status {
	CMD_OK,
	CMD_EMPTY,
	CMD_INVALID,
	CMD_AMBIGUOUS,
	CMD_INCOMPLETE,
};

/* One word of a line that matched. */
struct cmd_arg {
	const char *name; /* the whole keyword, or the variable's name */
	const char *text; /* as given */
	bool is_var;
	bool is_secret;
	struct cmd_value v;
	int token;
};

struct cmd_match {
	const struct cmd *cmd;
	int n;
	int bad; /* the word that an error is about */
	struct cmd_arg arg[CMD_TOKENS];
};

enum cmd_status cmd_parse(struct cmd_set *set, const struct cmd_line *line,
			  struct cmd_match *m);

/* The argument called @name (the first one), or NULL. */
const struct cmd_arg *cmd_find(const struct cmd_match *m, const char *name);
bool cmd_has(const struct cmd_match *m, const char *name);

/* Print what is wrong, as a router does. @prefix stands before the line. */
void cmd_complain(FILE *f, struct cmd_set *set, const struct cmd_line *line,
		  const struct cmd_match *m, enum cmd_status status,
		  const char *prefix);

/* --- help ------------------------------------------------------------ */

/* One thing that may stand at the end of a line. */
struct cmd_choice {
	const char *word; /* a keyword, or the hint of a variable */
	const char *help;
	bool is_word; /* can be typed as it is */
	char hint[48]; /* room for a range */
};

struct cmd_choices {
	int n;
	bool can_end; /* the line is a command already */
	struct cmd_choice choice[256];
};

/* What may follow a line, or complete its last word; sorted, no doubles. */
enum cmd_status cmd_choices(struct cmd_set *set, const struct cmd_line *line,
			    struct cmd_choices *c, struct cmd_match *m);

/* The answer to '?' at the end of a line. */
void cmd_print_help(FILE *f, const struct cmd_choices *c, bool is_partial);

/* The rest of the last word when it is unique: "ipsec " for "ip"; or NULL. */
const char *cmd_complete(const struct cmd_choices *c);

/* The column of the first wrong character; of a word that begins like none. */
size_t cmd_bad_column(struct cmd_set *set, const struct cmd_line *line,
		      const struct cmd_match *m);

/* The syntax of the commands that begin with the words of @line. */
int cmd_print_usage(FILE *f, struct cmd_set *set, const struct cmd_line *line);

/* Every token of every pattern without a help text; how many there are. */
int cmd_check_help(FILE *f, struct cmd_set *set);

#endif
