/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views "show crypto session ...": put together, filtered, printed. */
#ifndef IPSECCTL_SHOW_SESSION_H
#define IPSECCTL_SHOW_SESSION_H

#include "row.h"
#include "view.h"

/* Which sessions are wanted; NULL and 0 for all. */
struct session_query {
	const char *ifname;
	const struct addr *local, *remote;
	uint32_t local_port, remote_port;
	const char *fvrf, *ivrf, *group, *profile, *username;
	bool is_standby; /* of a standby unit: there are none */
};

/*
 * Sessions from what the module has (@v), from the ISAKMP SAs of the daemon and
 * from its sessions (arrays, NULL without a daemon). The caller owns the array.
 */
row *session_rows(const struct view *v, row *ikes, row *sessions);

/* Those that pass; takes over @rows. */
row *session_select(row *rows, const struct session_query *q);

void session_print(struct out *o, row *rows, bool is_detail);
void session_print_brief(struct out *o, row *rows);

/* Users by group; only @group unless NULL. Counts of a group for "groups". */
row *session_groups(row *rows, const char *group);
void session_print_groups(struct out *o, row *groups);
void session_print_summary(struct out *o, row *groups);

#endif
