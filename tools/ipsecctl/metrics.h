/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All counters as metric families in the text format of Prometheus. */
#ifndef IPSECCTL_METRICS_H
#define IPSECCTL_METRICS_H

#include "row.h"
#include "view.h"

/* What they are made from; NULL for what does not run or was not told. */
struct metrics_facts {
	const struct view *view; /* of the module, with @ns */
	const struct ns *ns;
	bool has_daemon;
	row *sessions; /* as session_rows() makes them */
	row *ike; /* sums of the daemon about ISAKMP SAs */
};

/*
 * Families: "name", "type", "help" and "samples", each with "labels" and
 * "value". The caller owns the array.
 */
row *metrics_rows(const struct metrics_facts *f);
void metrics_print(struct out *o, row *families);

#endif
