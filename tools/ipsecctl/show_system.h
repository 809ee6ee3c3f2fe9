/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views "show version" and "show crypto ruleset". */
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

#endif
