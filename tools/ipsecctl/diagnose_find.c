// SPDX-License-Identifier: GPL-2.0-or-later
/* Which flows of the module a peer or a packet is about. */
#include "diagnose.h"

#include <string.h>
#include <sys/socket.h>

static bool has_addr(const struct selector *s, bool dst, const struct addr *a)
{
	const struct addr *net = dst ? &s->dst : &s->src;
	const struct addr *mask = dst ? &s->dst_mask : &s->src_mask;
	unsigned int i;

	if (s->family && s->family != a->family)
		return false;
	if (!HAS(s, dst ? SEL_DST : SEL_SRC))
		return true;
	for (i = 0; i < addr_len(a->family); i++)
		if ((net->b[i] ^ a->b[i]) & mask->b[i])
			return false;
	return true;
}

/* What is not given may be anything. */
static bool may_hold(const struct selector *s, const struct diagnose_target *t,
		     bool is_reversed)
{
	bool in_range;

	if (!has_addr(s, is_reversed, &t->src) ||
	    !has_addr(s, !is_reversed, &t->dst))
		return false;
	if (!t->proto || !s->proto)
		return true;
	if (t->proto != s->proto)
		return false;
	if (!t->port || is_reversed || !HAS(s, SEL_DPORT_MIN))
		return true;
	in_range = t->port >= s->dport_min && t->port <= s->dport_max;
	return in_range != HAS(s, SEL_DPORT_NOT);
}

static void add(struct diagnose_found *found, const struct view_binding *b,
		const struct view_flow *f)
{
	if (found->n < DIAGNOSE_FLOWS)
		found->flow[found->n++] = (struct diagnose_flow){ b, f };
	found->total++;
}

static void find_peer(const struct view *v, const struct addr *peer,
		      struct diagnose_found *found)
{
	uint32_t i, k;

	for (i = 0; i < v->n_bindings; i++)
		for (k = 0; k < v->binding[i].n; k++)
			if (view_has_peer(&v->binding[i].flow[k], peer))
				add(found, &v->binding[i],
				    &v->binding[i].flow[k]);
	found->match = found->n ? DIAGNOSE_FOUND : DIAGNOSE_NONE;
}

/* The rule that decides about the packet on one interface, or NULL. */
static const struct view_flow *decides(const struct view_binding *b,
				       const struct diagnose_target *t,
				       bool is_reversed)
{
	bool is_skipping = false;
	uint32_t i, seq = 0;

	for (i = 0; i < b->n; i++) {
		const struct policy *p = b->flow[i].policy;

		if (is_skipping && p->seq == seq)
			continue;
		is_skipping = false;
		if (!may_hold(&p->sel, t, is_reversed))
			continue;
		if (p->action != ACTION_NEXT)
			return &b->flow[i];
		is_skipping = true;
		seq = p->seq;
	}
	return NULL;
}

static enum diagnose_match match_of(const struct view_flow *f, bool is_reversed)
{
	if (is_reversed)
		return f->policy->action == ACTION_PROTECT ? DIAGNOSE_REVERSED :
							     DIAGNOSE_NONE;
	if (f->policy->action == ACTION_PROTECT)
		return DIAGNOSE_FOUND;
	return f->policy->action == ACTION_DISCARD ? DIAGNOSE_DISCARD :
						     DIAGNOSE_CLEAR;
}

/* A rule that protects wins, whatever interface it is on: the route tells more. */
static void find_flow(const struct view *v, const struct diagnose_target *t,
		      bool is_reversed, struct diagnose_found *found)
{
	enum diagnose_match match;
	uint32_t i;

	for (i = 0; i < v->n_bindings && found->match != DIAGNOSE_FOUND; i++) {
		const struct view_flow *f =
			decides(&v->binding[i], t, is_reversed);

		if (!f)
			continue;
		match = match_of(f, is_reversed);
		if (match == DIAGNOSE_NONE)
			continue;
		found->n = found->total = 0;
		found->match = match;
		add(found, &v->binding[i], f);
	}
}

void diagnose_find(const struct view *v, const struct diagnose_target *t,
		   struct diagnose_found *found)
{
	*found = (struct diagnose_found){ .peer = t->peer };
	if (!v)
		return;
	if (t->peer.family)
		find_peer(v, &t->peer, found);
	else
		find_flow(v, t, false, found);
	if (found->match == DIAGNOSE_NONE && !t->peer.family)
		find_flow(v, t, true, found);
	if (found->match != DIAGNOSE_FOUND)
		return;
	view_flow_ends(found->flow[0].binding, found->flow[0].flow,
		       &found->local, &found->peer);
	if (t->peer.family)
		found->peer = t->peer;
	if (addr_is_zero(&found->peer))
		found->peer.family = 0;
}
