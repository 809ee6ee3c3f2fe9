// SPDX-License-Identifier: GPL-2.0-or-later
// The configuration changed: what it no longer covers ends, a part at a time.

#include "child.h"
#include "v1.h"

#define AT_ONCE 16 /* end in one turn, and others wait no longer */

static bool child_is_stale(struct ike *ike, const struct child *c)
{
	const struct ike_flow *f = ike->ops->flow_get(ike->ctx, c->flow);

	return !f || f->generation != c->generation ||
	       !ike->ops->peer_get(ike->ctx, c->peer);
}

static bool sa_is_stale(struct ike *ike, const struct sa *sa)
{
	const struct ike_peer *p = ike->ops->peer_get(ike->ctx, sa->peer);

	return !p || p->generation != sa->generation;
}

/*
 * From now on nothing new begins with what will end, and nothing of it is taken
 * for what the new configuration wants.
 */
static unsigned int mark(struct ike *ike)
{
	unsigned int n = 0;
	struct child *c;
	struct sa *sa;

	TAILQ_FOREACH(c, &ike->children, in_all)
	{
		c->is_stale = child_is_stale(ike, c);
		n += c->is_stale;
	}
	TAILQ_FOREACH(sa, &ike->sas, in_all)
	{
		sa->is_closing = sa_is_stale(ike, sa);
		n += sa->is_closing;
	}
	return n;
}

/* The pairs first: their ends are told through the SAs. True: there are more. */
static bool end_some(struct ike *ike)
{
	unsigned int left = AT_ONCE;
	struct child *c;
	struct sa *sa;

	while (left && (c = ike->next_child)) {
		ike->next_child = TAILQ_NEXT(c, in_all);
		if (!c->is_stale)
			continue;
		child_down(ike, c, IKE_REASON_CONFIG, true);
		left--;
	}
	while (left && (sa = ike->next_sa)) {
		ike->next_sa = TAILQ_NEXT(sa, in_all);
		if (!sa->is_closing)
			continue;
		info_delete_sa(ike, sa);
		sa_kill(ike, sa, IKE_REASON_CONFIG);
		left--;
	}
	return ike->next_child || ike->next_sa;
}

static void go_on(void *arg, struct timer *t)
{
	struct ike *ike = arg;

	if (end_some(ike))
		timer_set(&ike->timers, t, ike->now, go_on);
}

void ike_reload(struct ike *ike)
{
	ike_enter(ike);
	timer_stop(&ike->timers, &ike->reload);
	ike->next_child = NULL;
	ike->next_sa = NULL;
	if (mark(ike)) {
		ike->next_child = TAILQ_FIRST(&ike->children);
		ike->next_sa = TAILQ_FIRST(&ike->sas);
		go_on(ike, &ike->reload);
	}
	ike_leave(ike);
}
