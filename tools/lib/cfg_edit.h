/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applies configuration lines to a model: matching, modes, answers. */
#ifndef LIB_CFG_EDIT_H
#define LIB_CFG_EDIT_H

#include <stdio.h>

#include "cfg_mode.h"

enum cfg_result {
	CFG_DONE,
	CFG_EMPTY, /* a comment, or nothing */
	CFG_EXEC, /* "do COMMAND": for the caller to run */
	CFG_LEFT, /* "end", or "exit" at the top: back to EXEC */
	CFG_REFUSED, /* understood, but not done; the answer says why */
	CFG_INVALID,
	CFG_AMBIGUOUS,
	CFG_INCOMPLETE,
	CFG_FAILED, /* no memory */
};

/* One who edits a configuration. */
struct cfg_edit {
	struct cfg *cfg;
	struct cfg_path path;
	bool is_load; /* a file: references may follow, no notes */
	FILE *answer; /* what the router says; NULL for nobody listens */
	/* After a line: */
	const char *exec; /* CFG_EXEC: the command, in the line */
	size_t column; /* of an error, from 0 */
	bool is_default; /* "default", not "no" */
	bool is_repaired; /* cfg_repaired() was called */
	struct cfg_path next; /* mode behind the line; the setters' */
};

void cfg_edit_start(struct cfg_edit *e, struct cfg *cfg, FILE *answer);

/*
 * Apply one line. Understood lines answer by themselves; for an error of
 * syntax the caller prints cfg_edit_complain() where the line was shown.
 */
enum cfg_result cfg_edit_line(struct cfg_edit *e, const char *line);

/*
 * The router's answer to a line with an error, the empty line behind it
 * included: "% Invalid input detected at '^' marker." The marker stands
 * @indent columns (of the prompt) further right.
 */
void cfg_edit_complain(FILE *f, const struct cfg_edit *e,
		       enum cfg_result result, const char *line, int indent);

/* What may follow the line, own mode first; false if nothing. */
bool cfg_edit_choices(struct cfg_edit *e, const char *line,
		      struct cmd_choices *c);

/* The router's answer to '?' behind @line. */
void cfg_edit_help(FILE *f, struct cfg_edit *e, const char *line);

/* Say something to the one who edits. */
__attribute__((format(printf, 2, 3))) void cfg_say(struct cfg_edit *e,
						   const char *fmt, ...);

/* A slip that was understood: say what it was taken as. */
__attribute__((format(printf, 2, 3))) void cfg_repaired(struct cfg_edit *e,
							const char *fmt, ...);

/* A copy of a line with keys and passwords replaced by asterisks. */
char *cfg_mask_line(const char *line);

#endif
