/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands of ipsecctl share: one run of the program. */
#ifndef IPSECCTL_CTL_H
#define IPSECCTL_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/cmd.h"
#include "../lib/fmt.h"
#include "../lib/gnl.h"
#include "../lib/secret.h"

struct config;
struct debug;

/* Exit status, and what a command returns. */
enum { DONE = 0, FAILED = 1, USAGE = 2 };

/* Flags of a command. */
#define CMD_SHOW 1 /* output modifiers may follow */
#define CMD_ALONE 2 /* runs on; not in a batch */

struct ctx {
	struct cmd_set *cmds;
	struct gnl *gnl; /* opened by the first command that needs it */
	struct out *out; /* of the command that runs */
	bool json;
	bool verbose;
	bool in_batch;
	bool is_hopeless; /* no connection: no other command will do better */
	bool batch_stdin; /* the batch itself comes from standard input */
	uint64_t count; /* of the option, 0 for no end */
	struct secret cipher_key;
	struct secret integ_key;
	bool in_shell;
	const char *startup; /* startup file, NULL for the usual one */
	struct config *config; /* of the shell, or NULL */
	struct debug *debug; /* lines that the shell is to print, or NULL */
	/* The rule that was looked up last; a batch names it again and again. */
	struct policy rule;
};

/* The connection; NULL after it has said why not. */
struct gnl *ctl_gnl(struct ctx *c);

/* Say what the module said; returns FAILED. */
int ctl_refused(struct ctx *c, const char *what);

/* Say that a dump was not of one moment, if it was not. */
void ctl_check_dump(const struct gnl_dump *d);

/* Run one line of text. */
int ctl_run_line(struct ctx *c, const struct cmd_line *line);

/* Run commands from a file, "-" for standard input. */
int ctl_batch(struct ctx *c, const char *path, bool go_on);

/* The table of all commands (cmds.c). */
extern const struct cmd_table ctl_table;

#endif
