/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnel interfaces as what they mean: a crypto map of their own. */
#ifndef LIB_CFG_TUNNEL_H
#define LIB_CFG_TUNNEL_H

#include "cfg.h"

/*
 * Why an interface with "tunnel protection" protects nothing yet, in one sentence
 * with what to do next; NULL if it is active.
 */
const char *cfg_tunnel_inactive(const struct cfg *cfg,
				const struct cfg_if *ifc);

/*
 * Give each active tunnel interface its map, called "Tunnel0-head-0", with one
 * entry for all traffic. For a copy of the configuration that is worked with, not
 * for the one that is edited. 0 or -ENOMEM.
 */
int cfg_tunnel_maps(struct cfg *cfg);

#endif
