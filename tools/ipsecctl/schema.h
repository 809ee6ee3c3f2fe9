/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which JSON schema describes what a command prints with --json. */
#ifndef IPSECCTL_SCHEMA_H
#define IPSECCTL_SCHEMA_H

#include "ctl.h"

/* Name of the schema of a command that matched; NULL: it prints no JSON. */
const char *schema_of(const struct cmd_match *m);

/* All names of the schemas of a row of the table, from 0 on; NULL at the end. */
const char *schema_of_row(const struct cmd *cmd, unsigned int i);

/* Print the schema of the command @line; without words all names. */
int schema_print(struct ctx *c, const struct cmd_line *line);

#endif
