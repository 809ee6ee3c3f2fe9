/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows of the configuration and the proxy identities that name them. */
#ifndef IKEHELPER_FLOW_H
#define IKEHELPER_FLOW_H

#include "id.h"
#include "sa.h"

/* What one pair of proxy identities covers. */
struct proxies {
	struct id_range local, remote;
};

#define FLOW_STR 160

/* Those that we offer for a selector. */
void flow_proxies(const struct selector *sel, struct proxies *p);

/* As a selector; false for what is no prefix. */
bool flow_selector(const struct proxies *p, struct selector *sel);

/* "10.1.0.0/255.255.0.0/0/0 - 10.2.0.0/255.255.0.0/0/0" for the log. */
char *flow_fmt(const struct proxies *p, char buf[FLOW_STR]);

/*
 * The flow that a peer's proxies mean: one with the same, else the first that
 * covers them. NULL: none, and @near is one that they were held against.
 */
const struct ike_flow *flow_match(struct ike *ike, const struct sa *sa,
				  const struct proxies *p,
				  const struct ike_flow **near);

bool flow_sel_eq(const struct selector *a, const struct selector *b);

/* Is the packet of an acquire part of it? Also if it says nothing of one. */
bool flow_covers(const struct selector *sel, const struct selector *packet);

#endif
