/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may come next on a line of another shell. */
#ifndef IPSECCTL_COMPLETION_H
#define IPSECCTL_COMPLETION_H

#include <getopt.h>
#include <stdio.h>

#include "../lib/cmd.h"

/*
 * Print the words that may stand at the end of @text, a command line from the
 * name of the program on, one a line.
 */
void completion_print(FILE *f, struct cmd_set *set,
		      const struct option *options, char *text);

#endif
