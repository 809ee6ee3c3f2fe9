/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration as ipsecctl handles it: read, edit, check, save. */
#ifndef IPSECCTL_CONFIG_H
#define IPSECCTL_CONFIG_H

#include "../lib/cfg_edit.h"
#include "ctl.h"

/* What is edited in a session of the shell. */
struct config {
	struct cfg *cfg; /* NULL until it is needed */
	struct cfg *applied; /* what the daemon has; NULL without one */
	struct cfg_edit edit;
	bool is_open; /* in a configuration mode */
	bool was_open; /* and has not told the daemon of its end */
	bool is_changed; /* not saved yet */
};

/* The startup file, from the option or its usual place. */
const char *config_path(const struct ctx *c);

/* The configuration of this session, read from the startup file at first. */
struct config *config_get(struct ctx *c);
void config_free(struct ctx *c);

/* Enter the global configuration mode. DONE or FAILED. */
int config_open(struct ctx *c);

/* If the mode was left, in whatever way, the daemon logs it. */
void config_left(struct ctx *c);

/* One line of configuration; what the caller is to do about the result. */
enum cfg_result config_line(struct ctx *c, const char *line);

/*
 * Give what differs to the daemon. DONE; FAILED after it has said why not;
 * CONFIG_ALONE when no daemon runs.
 */
enum { CONFIG_ALONE = 50 };
int config_apply(struct ctx *c, const struct cfg *old, const struct cfg *new);

/* Load a file on top of the configuration and apply it ("-f FILE"). */
int config_file(struct ctx *c, const char *path);

/* The interactive shell; also for lines from a pipe. */
int shell_run(struct ctx *c, bool configure);

/* --- ask_cfg.c ------------------------------------------------------------ */

struct ctx;

/*
 * A copy of what is in force, to be freed. A shell without a daemon has its own
 * configuration. NULL after it has said why.
 */
struct cfg *config_in_force(struct ctx *c);

#endif
