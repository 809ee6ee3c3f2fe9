/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts a command line into words: quotes, comments, output filter. */
#ifndef LIB_CMD_LINE_H
#define LIB_CMD_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define CMD_TOKENS 250

struct cmd_token {
	char *text; /* quotes removed */
	size_t col; /* where it began */
	size_t len; /* as it was written */
};

/* A line in words. The words lie in a buffer that the caller gave. */
struct cmd_line {
	struct cmd_token tok[CMD_TOKENS];
	int n;
	bool blank_end; /* the last word is complete */
	const char *raw; /* the line as it was given */
	const char *filter; /* what follows the first bar, or NULL */
};

/*
 * Cut @raw into words; @buf needs strlen(raw) + 1 octets and may be @raw's
 * own copy in secret memory. '#' and '!' at the start of a word begin a
 * comment. NULL, or a sentence that says what is wrong.
 */
const char *cmd_split(struct cmd_line *line, const char *raw, char *buf);

/*
 * The same as a configuration has it: blanks alone separate words, a quote,
 * a bar or a number sign is like any letter.
 */
const char *cmd_split_plain(struct cmd_line *line, const char *raw, char *buf);

#endif
