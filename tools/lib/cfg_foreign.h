/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines of a router's configuration are not ours. */
#ifndef LIB_CFG_FOREIGN_H
#define LIB_CFG_FOREIGN_H

#include "cfg_mode.h"

/* The line begins a block of lines that belong to it. */
bool cfg_opens_block(const char *line);

/* The line begins like a command of ours, so it should have been one. */
bool cfg_looks_ours(enum cfg_mode mode, const char *line);

/*
 * The line begins a text that is taken as it is, up to a line that holds
 * @end. False if it does not, or if the text ends in the same line.
 */
bool cfg_opens_literal(const char *line, char end[8]);

#endif
