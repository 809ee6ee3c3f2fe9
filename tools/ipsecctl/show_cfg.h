/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views of the configuration in force: rows from the model, text from rows. */
#ifndef IPSECCTL_SHOW_CFG_H
#define IPSECCTL_SHOW_CFG_H

#include "../lib/cfg.h"
#include "../lib/fmt.h"
#include "row.h"

/* What a view is asked for; NULL for all. */
struct cfg_query {
	const char *name;
	const char *ifname;
	const char *vrf;
	const struct addr *peer;
	bool only_default; /* default policies, transform sets */
};

/*
 * One view: rows that the caller owns, and how they are printed. Where the
 * live system counts, @live is an array of the daemon's rows, or NULL.
 */
struct cfg_view {
	row *(*rows)(const struct cfg *cfg, const struct cfg_query *q,
		     row *live);
	void (*print)(struct out *o, row *rows);
	const char *live; /* request for the rows of the daemon, or NULL */
};

/* show_cfg_isakmp.c */
extern const struct cfg_view view_isakmp_policy, view_isakmp_key,
	view_isakmp_peers, view_isakmp_profile;

/* show_cfg_ipsec.c */
extern const struct cfg_view view_transform_set, view_sa_lifetime;

/* show_cfg_profile.c */
extern const struct cfg_view view_ipsec_profile;

/* show_cfg_map.c */
extern const struct cfg_view view_map, view_dynamic_map;

/* A transform set in the words of views: "esp-256-aes esp-sha-hmac". */
#define VIEW_TRANSFORM 96
char *view_transform_words(const struct cfg_transform_set *t,
			   char buf[VIEW_TRANSFORM]);

/* A row of a transform set: name, transforms, mode. */
row *view_transform_row(const struct cfg_transform_set *t);

#endif
