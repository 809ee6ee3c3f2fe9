// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules of crypto maps: their order, and whether two say the same. */
#include "rule.h"

#include <string.h>

int rule_cmp(const struct policy *a, const struct policy *b)
{
	int c = strcmp(a->map, b->map);

	if (c)
		return c;
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static bool same_selector(const struct selector *a, const struct selector *b)
{
	return a->set == b->set && a->family == b->family &&
	       a->proto == b->proto && addr_eq(&a->src, &b->src) &&
	       addr_eq(&a->src_mask, &b->src_mask) &&
	       addr_eq(&a->dst, &b->dst) &&
	       addr_eq(&a->dst_mask, &b->dst_mask) &&
	       a->sport_min == b->sport_min && a->sport_max == b->sport_max &&
	       a->dport_min == b->dport_min && a->dport_max == b->dport_max;
}

bool rule_same(const struct policy *a, const struct policy *b)
{
	uint32_t i;

	if (a->action != b->action || a->n_peers != b->n_peers ||
	    a->ivrf != b->ivrf || !same_selector(&a->sel, &b->sel))
		return false;
	for (i = 0; i < a->n_peers; i++)
		if (!addr_eq(&a->peer[i], &b->peer[i]))
			return false;
	return true;
}
