/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the configuration to rules of the kernel, peers, flows and keys. */
#ifndef IKEHELPER_COMPILE_H
#define IKEHELPER_COMPILE_H

#include "../lib/cfg.h"
#include "plan.h"

/*
 * Numbers of peers and flows that stay the same from one configuration to
 * the next, by the place in the configuration.
 */
struct refs;

struct refs *refs_new(void);
void refs_free(struct refs *r);

/* A rule of the kernel that the configuration wants. */
struct want_rule {
	struct policy policy; /* place, action, selector, peers */
	uint32_t flow; /* index in wants.flows, or UINT32_MAX */
	uint32_t id; /* the kernel's, once it is there */
};

/* A crypto map that an interface is to have. */
struct want_bind {
	char dev[32];
	char map[MAP_NAME_SIZE];
};

/* All that a configuration wants. What is in it points to the configuration. */
struct wants {
	const struct cfg *cfg;
	struct want_rule *rules; /* by map, sequence number, index */
	size_t n_rules, cap_rules;
	struct want_bind *binds;
	size_t n_binds, cap_binds;
	struct plan_peer *peers;
	size_t n_peers, cap_peers;
	struct plan_flow *flows;
	size_t n_flows, cap_flows;
	bool has_rri; /* some entry wants reverse routes */
	bool is_bad; /* no memory */
};

/* Work out what @cfg wants. NULL: no memory. */
struct wants *compile(const struct cfg *cfg, struct refs *refs);
void wants_free(struct wants *w);

#endif
