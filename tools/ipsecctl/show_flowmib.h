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

/* Flows that have SAs. */
row *flowmib_endpoints(const struct view *v);
row *flowmib_spis(const struct view *v);

void flowmib_print_ike_failures(struct out *o, row *rows);
void flowmib_print_ike_global(struct out *o, row *rows);
void flowmib_print_ike_tunnels(struct out *o, row *rows);
void flowmib_print_ike_peers(struct out *o, row *rows);
void flowmib_print_ike_history(struct out *o, row *rows);
void flowmib_print_ipsec_failures(struct out *o, row *rows);
void flowmib_print_endpoints(struct out *o, row *rows);
void flowmib_print_spis(struct out *o, row *rows);

/* One line of a table: "  Label:      value". */
__attribute__((format(printf, 3, 4))) void
flowmib_line(struct out *o, const char *label, const char *fmt, ...);

#endif
