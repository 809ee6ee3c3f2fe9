/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Say once why a negotiation failed: log line and record. */
#ifndef IKEHELPER_REPORT_H
#define IKEHELPER_REPORT_H

#include "explain.h"
#include "xchg.h"

struct report {
	enum ike_fail kind;
	const struct sa *sa; /* or NULL, then path */
	const struct xchg *xchg; /* phase 2 */
	const struct ike_path *path;
	bool local; /* we refused */
	bool is_unreadable; /* what came makes no sense with our keys */
	uint16_t notify;
	uint32_t flow;
	const struct ike_explain *explain; /* proposals, or NULL */
	const char *attribute; /* if not from explain */
	const char *theirs, *ours;
};

__attribute__((format(printf, 3, 4))) void
report(struct ike *ike, const struct report *r, const char *fmt, ...);

#endif
