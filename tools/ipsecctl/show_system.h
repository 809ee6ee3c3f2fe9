/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views "show version", "show crypto ruleset", "show crypto eli" and others. */
#ifndef IPSECCTL_SHOW_SYSTEM_H
#define IPSECCTL_SHOW_SYSTEM_H

#include "row.h"
#include "view.h"

/* What this system is; the caller owns it. */
row *version_row(void);
void version_print(struct out *o, row *r);

/* "4 weeks, 14 hours, 49 minutes" */
#define VERSION_SPAN 96
char *version_span(uint64_t seconds, char buf[VERSION_SPAN]);

/* The rules of each interface in the order in which packets meet them. */
row *ruleset_rows(const struct view *v);
void ruleset_print(struct out *o, row *rows, bool is_detail);

/*
 * The crypto engine: what it can do, and its sessions. @sums are the daemon's of
 * ISAKMP SAs, NULL without one.
 */
row *eli_row(const struct view *v, const struct conf *conf, row *sums);
void eli_print(struct out *o, row *r);

/* Does the kernel have that algorithm or template, or a module that has it? */
bool kernel_has_alg(const char *name);

/*
 * What the engine has done: @now are the counters of the namespace as JSON has
 * them, @load is the daemon's row, NULL without one.
 */
row *accel_row(row *now, row *load);
void accel_print(struct out *o, row *r);

#endif
