/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views "show crypto mib isakmp|ipsec flowmib ...". */
#ifndef IPSECCTL_SHOW_FLOWMIB_H
#define IPSECCTL_SHOW_FLOWMIB_H

#include "row.h"
#include "view.h"

/*
 * Each makes rows from those of the daemon, and prints rows. The rows are the
 * entries of a table of CISCO-IPSEC-FLOW-MONITOR-MIB, by its index.
 */
row *flowmib_ike_failures(row *failures);
row *flowmib_ike_tunnels(row *sas);
row *flowmib_ike_peers(row *sas);
row *flowmib_ike_history(row *history);
row *flowmib_ipsec_failures(row *failures);

/* Flows that have SAs, by the number of their rule. */
row *flowmib_endpoints(const struct view *v);
row *flowmib_spis(const struct view *v);

/* @tunnels: what the daemon knows of their lives, NULL without one. */
row *flowmib_tunnels(const struct view *v, row *tunnels);
row *flowmib_ipsec_history(row *history);
row *flowmib_ipsec_global(const struct view *v, const struct ns *ns,
			  row *isakmp_global);

/* Call @fn for each flow that has SAs, once. */
void flowmib_each_flow(const struct view *v,
		       void (*fn)(const struct view_binding *b,
				  const struct view_flow *f, void *arg),
		       void *arg);

void flowmib_print_ike_failures(struct out *o, row *rows);
void flowmib_print_ike_global(struct out *o, row *rows);
void flowmib_print_ike_tunnels(struct out *o, row *rows);
void flowmib_print_ike_peers(struct out *o, row *rows);
void flowmib_print_ike_history(struct out *o, row *rows);
void flowmib_print_ipsec_failures(struct out *o, row *rows);
void flowmib_print_endpoints(struct out *o, row *rows);
void flowmib_print_spis(struct out *o, row *rows);
void flowmib_print_tunnels(struct out *o, row *rows);
void flowmib_print_ipsec_history(struct out *o, row *rows);
void flowmib_print_ipsec_global(struct out *o, row *rows);

/* What the MIB calls the reason that the daemon gives for an end. */
const char *flowmib_end_reason(const char *reason);

/* One line of a table: "  Label:      value". */
__attribute__((format(printf, 3, 4))) void
flowmib_line(struct out *o, const char *label, const char *fmt, ...);

/* The same for a value of a row, as it is, as an address, as a span of time. */
void flowmib_num(struct out *o, const char *label, row *r, const char *key);
void flowmib_text(struct out *o, const char *label, row *r, const char *key);
void flowmib_span(struct out *o, const char *label, long long seconds);

/* A table of sums: labels with the keys of their values. */
void flowmib_sums(struct out *o, row *r, const char *const (*line)[2],
		  size_t n);

#endif
