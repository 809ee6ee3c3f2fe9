/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads configuration files: our lines applied, foreign ones kept. */
#ifndef LIB_CFG_LOAD_H
#define LIB_CFG_LOAD_H

#include <stdio.h>

#include "cfg_edit.h"

/* What became of a line. */
enum cfg_class_of_line {
	CFG_L_APPLIED,
	CFG_L_FOREIGN, /* kept, without effect */
	CFG_L_SUSPECT, /* looks like one of ours but is not understood */
	CFG_L_REPAIRED, /* a known slip */
	CFG_L_REFUSED, /* understood, not done */
	CFG_L_N,
};

/* One line that is worth a word. Texts hold no keys; valid in the call. */
struct cfg_report {
	unsigned int line;
	enum cfg_class_of_line class;
	const char *text; /* the line without its prompt */
	const char *why; /* the router's answer */
	size_t column; /* of the marker in @text, for a suspect line */
};

struct cfg_load {
	struct cfg *cfg;
	/* Called for each line but applied ones; may be NULL. */
	void (*report)(void *arg, const struct cfg_report *r);
	void *arg;
	/* Results. */
	unsigned int lines; /* significant ones */
	unsigned int count[CFG_L_N];
};

/*
 * Load a text into @l->cfg, on top of what is there. Nothing in it is fatal:
 * what is not understood is kept and reported. 0, or a negative errno for
 * memory and input errors.
 */
int cfg_load_file(struct cfg_load *l, FILE *f);
int cfg_load_path(struct cfg_load *l, const char *path);
int cfg_load_text(struct cfg_load *l, const char *text, size_t len);

#endif
