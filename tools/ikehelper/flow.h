/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows of the configuration and the proxy identities that name them. */
#ifndef IKEHELPER_FLOW_H
#define IKEHELPER_FLOW_H

#include "../lib/sel.h"
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

/* What proxies without a flow were held against. */
struct flow_miss {
	const struct ike_flow *near; /* or NULL: there is none at all */
	const struct ike_except *by; /* of @near: all of them are in this line */
};

/*
 * The flow that a peer's proxies mean: one with the same, else the first that
 * covers them. Not one out of which an earlier line takes all of them, as no
 * packet of ours would go through it. NULL: none.
 */
const struct ike_flow *flow_match(struct ike *ike, const struct sa *sa,
				  const struct proxies *p,
				  struct flow_miss *miss);

/* "line 10 of access list 101: deny ip host 10.1.0.9 any". */
#define FLOW_LINE_STR (SEL_STR + 100)
char *flow_fmt_line(const struct ike_flow *f, const struct ike_except *x,
		    char buf[FLOW_LINE_STR]);

bool flow_sel_eq(const struct selector *a, const struct selector *b);

/* Is the packet of an acquire part of it? Also if it says nothing of one. */
bool flow_covers(const struct selector *sel, const struct selector *packet);

#endif
