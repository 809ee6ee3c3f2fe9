// SPDX-License-Identifier: GPL-2.0-or-later
// Pairs of IPsec SAs: which one a flow uses, their times and their end.

#include "child.h"
#include "flow.h"
#include "trace.h"
#include "v1.h"

#include <errno.h>

#define MIN_LIFE 10 /* seconds; less would only make noise */
#define RETRY_MS 10000 /* a rekey that failed is tried again */
#define COMMIT_MS 1500 /* for CONNECTED to come */
#define NOT_DECIDER 3 /* times IKE_OVERLAP_MS before we act as well */
#define SWITCH_MS 2000 /* until the peer has surely read message 3 */

static struct child *node_in(struct hnode *n)
{
	return n ? container_of(n, struct child, by_in) : NULL;
}

struct child *child_by_in(struct ike *ike, uint32_t spi)
{
	return node_in(htab_first(&ike->by_in, spi));
}

struct child *child_by_out(struct ike *ike, const struct addr *remote,
			   uint32_t spi)
{
	struct hnode *n = htab_first(&ike->by_out, spi);

	for (; n; n = htab_same(n)) {
		struct child *c = container_of(n, struct child, by_out);

		if (addr_eq(&c->path.remote.addr, remote))
			return c;
	}
	return NULL;
}

/* Carry the two the same traffic between the same peers? */
static bool same_flow(const struct child *a, const struct child *b)
{
	return a->flow == b->flow && a->rule == b->rule &&
	       id_eq(&a->remote_id, &b->remote_id) &&
	       flow_sel_eq(&a->sel, &b->sel);
}

struct child *child_for(const struct host *h, uint32_t flow, uint32_t rule,
			const struct selector *packet)
{
	struct child *c;

	TAILQ_FOREACH_REVERSE(c, &h->children, child_list, in_host)
	{
		if (c->flow == flow && c->rule == rule && !c->is_superseded &&
		    !c->is_stale && flow_covers(&c->sel, packet))
			return c;
	}
	return NULL;
}

void child_add(struct ike *ike, struct child *c, struct host *h)
{
	c->host = h;
	host_hold(h);
	c->wait.owner = c;
	htab_add(&ike->by_in, &c->by_in, c->in_spi);
	htab_add(&ike->by_out, &c->by_out, c->out_spi);
	TAILQ_INSERT_TAIL(&ike->children, c, in_all);
	TAILQ_INSERT_TAIL(&h->children, c, in_host);
	if (!c->order)
		c->order = ++ike->next_order;
}

int child_create(struct ike *ike, struct xchg *x)
{
	const struct ike_flow *flow = ike->ops->flow_get(ike->ctx, x->flow);
	struct child *c = calloc(1, sizeof(*c));
	struct sa *sa = x->sa;

	if (!c || !flow || id_copy(&c->remote_id, &sa->remote_id) ||
	    id_copy(&c->local_id, &sa->local_id)) {
		if (c)
			child_free(ike, c);
		return -ENOMEM;
	}
	c->is_initiator = x->initiator;
	c->is_encap = x->udp;
	c->own_rule = flow->is_dynamic;
	c->conn = sa->conn;
	c->peer = sa->peer;
	c->flow = x->flow;
	c->generation = flow->generation;
	c->rule = x->rule;
	c->in_spi = x->in_spi;
	c->out_spi = x->out_spi;
	c->in_id = x->in_id;
	c->out_id = x->out_id;
	c->path = sa->path;
	c->agreed = x->agreed;
	c->agreed.name = NULL;
	c->sel = x->sel;
	c->created = ike->now;
	if (c->agreed.seconds < MIN_LIFE)
		c->agreed.seconds = MIN_LIFE;
	c->expires = ike->now + (uint64_t)c->agreed.seconds * 1000;
	child_add(ike, c, sa->host);
	keep_touch(ike, &c->keep, IKE_KEEP_CHILD);
	return 0;
}

static void set_active(struct ike *ike, struct child *c, bool is_active)
{
	if (c->is_active == is_active)
		return;
	c->is_active = is_active;
	keep_touch(ike, &c->keep, IKE_KEEP_CHILD);
}

static void activate(struct ike *ike, struct child *c)
{
	struct krn_req req = { .op = KRN_ACTIVATE,
			       .proto = p2_proto(&c->agreed),
			       .rule = c->rule,
			       .in_spi = c->in_spi,
			       .out_spi = c->out_spi,
			       .path = c->path };
	struct child *other;

	timer_stop(&ike->timers, &c->begin);
	TAILQ_FOREACH(other, &c->host->children, in_host)
	{
		if (other != c && same_flow(other, c))
			set_active(ike, other, false);
	}
	set_active(ike, c, true);
	trace(ike, TRACE_IPSEC, &c->path, c->conn,
	      "IPSEC(key_engine_enable_outbound): rec'd enable notify from ISAKMP");
	trace(ike, TRACE_IPSEC, &c->path, c->conn,
	      "IPSEC(key_engine_enable_outbound): enable SA with spi 0x%X(%u)",
	      c->out_spi, c->out_spi);
	ike->ops->krn(ike->ctx, &req);
}

static void begin_timer(void *arg, struct timer *t)
{
	struct child *c = container_of(t, struct child, begin);

	if (!c->is_superseded)
		activate(arg, c);
}

/* Is it good for so long? At the rate until now its octets may end before. */
static uint64_t time_left(const struct ike *ike, const struct child *c)
{
	uint64_t left, gone;

	if (!c->spent)
		return SWITCH_MS;
	left = (c->spent - c->created) / (CHILD_MARGIN(c->is_initiator) - 1);
	left -= left / 4;
	gone = ike->now - c->spent;
	left = left > gone ? left - gone : 0;
	return left < SWITCH_MS ? left : SWITCH_MS;
}

/*
 * The responder may have no inbound SA before it has read message 3, which
 * packets can overtake: while the old pair is good, they go on with it.
 */
static void switch_to(struct ike *ike, struct child *c, const struct child *old)
{
	if (!old || !c->is_initiator)
		activate(ike, c);
	else
		timer_set(&ike->timers, &c->begin,
			  ike->now + time_left(ike, old), begin_timer);
}

static struct child *successor(const struct child *c)
{
	struct child *other, *best = NULL;

	TAILQ_FOREACH(other, &c->host->children, in_host)
	{
		if (other != c && same_flow(other, c) &&
		    (!best || other->order > best->order))
			best = other;
	}
	return best;
}

static void drop_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct child *c = container_of(t, struct child, drop);
	struct child *next = successor(c);

	/* What superseded it may be gone again. */
	if (!next || next->order < c->order) {
		c->is_superseded = false;
		keep_touch(ike, &c->keep, IKE_KEEP_CHILD);
		return;
	}
	child_down(ike, c, IKE_REASON_REKEYED, true);
}

static void supersede(struct ike *ike, struct child *c)
{
	uint64_t ms = IKE_OVERLAP_MS;

	if (!sa_decides(&c->local_id, &c->remote_id, &c->path))
		ms *= NOT_DECIDER;
	if (c->is_superseded)
		return;
	c->is_superseded = true;
	keep_touch(ike, &c->keep, IKE_KEEP_CHILD);
	timer_set(&ike->timers, &c->drop, ike->now + ms, drop_timer);
}

void child_up(struct ike *ike, struct child *c, uint32_t replaces)
{
	struct child *other, *old = NULL;
	struct ike_child_info info;
	struct ike_event ev = { .kind = IKE_EVENT_CHILD_UP, .child = &info };

	TAILQ_FOREACH(other, &c->host->children, in_host)
	{
		if (other == c || !same_flow(other, c))
			continue;
		ev.replaces = other->in_spi;
		if (other->is_active)
			old = other;
		supersede(ike, other);
	}
	if (replaces && child_by_in(ike, replaces))
		ev.replaces = replaces;
	switch_to(ike, c, old);
	child_start_life(ike, c);
	child_info(ike, c, &info);
	ike->ops->event(ike->ctx, &ev);
}

static void hold_timer(void *arg, struct timer *t)
{
	child_up(arg, container_of(t, struct child, timer), 0);
}

void child_hold(struct ike *ike, struct child *c)
{
	timer_set(&ike->timers, &c->timer, ike->now + COMMIT_MS, hold_timer);
}

static void free_rule(struct ike *ike, const struct child *c)
{
	struct krn_req req = { .op = KRN_DEL_RULE, .rule = c->rule };
	struct child *other;

	TAILQ_FOREACH(other, &c->host->children, in_host)
	{
		if (other->rule == c->rule)
			return;
	}
	ike->ops->krn(ike->ctx, &req);
}

void child_forget(struct ike *ike, struct child *c)
{
	c->is_dead = true;
	timer_stop(&ike->timers, &c->timer);
	timer_stop(&ike->timers, &c->drop);
	timer_stop(&ike->timers, &c->begin);
	wait_cancel(ike, &c->wait);
	htab_del(&ike->by_in, &c->by_in);
	htab_del(&ike->by_out, &c->by_out);
	if (ike->next_child == c)
		ike->next_child = TAILQ_NEXT(c, in_all);
	TAILQ_REMOVE(&ike->children, c, in_all);
	TAILQ_REMOVE(&c->host->children, c, in_host);
	TAILQ_INSERT_TAIL(&ike->dead_children, c, in_all);
}

/* If there is no other, it may be one that ends as well. */
static struct sa *sa_to_tell(const struct child *c)
{
	struct sa *sa = sa_usable(c->host, c->peer, &c->remote_id);

	if (sa)
		return sa;
	TAILQ_FOREACH_REVERSE(sa, &c->host->sas, sa_list, in_host)
	{
		if (sa->state == QM_IDLE &&
		    sa_same_peer(sa, &sa->path, &c->remote_id))
			return sa;
	}
	return NULL;
}

void child_down(struct ike *ike, struct child *c, enum ike_reason reason,
		bool tell)
{
	struct krn_req req = { .op = KRN_DELETE,
			       .proto = p2_proto(&c->agreed),
			       .rule = c->rule,
			       .in_spi = c->in_spi,
			       .out_spi = c->out_spi,
			       .path = c->path };
	struct ike_child_info info;
	struct ike_event ev = { .kind = IKE_EVENT_CHILD_DOWN,
				.reason = reason,
				.child = &info };
	struct child *next;
	struct sa *sa;

	if (c->is_dead)
		return;
	next = successor(c);
	ev.heir = next ? next->in_spi : 0;
	/* What it carried is carried by another one: nothing went down. */
	if (c->is_superseded && next &&
	    (reason == IKE_REASON_LIFETIME || reason == IKE_REASON_PEER_DELETE))
		ev.reason = IKE_REASON_REKEYED;
	trace_child(ike, c, "IPSEC(delete_sa): deleting SA,");
	child_info(ike, c, &info);
	/* Another engine would have to tell both once more. */
	c->is_ending = true;
	keep_touch(ike, &c->keep, IKE_KEEP_CHILD);
	child_forget(ike, c);
	if (next && c->is_active)
		activate(ike, next);
	ike->ops->krn(ike->ctx, &req);
	if (c->own_rule)
		free_rule(ike, c);
	sa = tell ? sa_to_tell(c) : NULL;
	if (sa)
		info_delete_child(ike, sa, &c->agreed, c->in_spi, true);
	ike->ops->event(ike->ctx, &ev);
}

void child_down_peer(struct ike *ike, const struct sa *sa, uint64_t before,
		     enum ike_reason reason)
{
	struct child *c, *next;

	for (c = TAILQ_FIRST(&sa->host->children); c; c = next) {
		next = TAILQ_NEXT(c, in_host);
		if ((!before || c->created < before) &&
		    sa_same_peer(sa, &c->path, &c->remote_id))
			child_down(ike, c, reason, false);
	}
}

void child_soft(struct ike *ike, struct child *c, uint8_t limit)
{
	if (limit == LIMIT_BYTES && !c->spent)
		c->spent = ike->now;
	child_rekey(ike, c);
}

void child_rekey(struct ike *ike, struct child *c)
{
	struct quick_want w = { .flow = c->flow,
				.rule = c->own_rule ? c->rule : 0,
				.replaces = c->in_spi,
				.path = c->path,
				.sel = &c->sel,
				.id = &c->remote_id };
	int err;

	if (c->is_superseded || c->is_rekeying)
		return;
	err = quick_want(ike, &w);
	c->is_rekeying = !err;
}

static void life_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct child *c = container_of(t, struct child, timer);
	uint64_t at = c->expires;

	if (ike->now >= c->expires) {
		child_down(ike, c, IKE_REASON_LIFETIME, true);
		return;
	}
	child_rekey(ike, c);
	/* As long as it has no successor, it is tried again. */
	if (!c->is_superseded && !c->is_rekeying &&
	    ike->now + RETRY_MS < c->expires)
		at = ike->now + RETRY_MS;
	timer_set(&ike->timers, &c->timer, at, life_timer);
}

void child_rekey_failed(struct ike *ike, uint32_t in_spi)
{
	struct child *c = child_by_in(ike, in_spi);

	if (!c)
		return;
	c->is_rekeying = false;
	if (!c->is_superseded && ike->now + RETRY_MS < c->expires)
		timer_set(&ike->timers, &c->timer, ike->now + RETRY_MS,
			  life_timer);
}

void child_start_life(struct ike *ike, struct child *c)
{
	uint64_t life = (uint64_t)c->agreed.seconds * 1000;
	uint64_t before = life / (c->is_initiator ? 10 : 20);
	uint64_t jitter = life / 25;

	before += ike_random_below(ike,
				   jitter > UINT32_MAX ? UINT32_MAX : jitter);
	timer_set(&ike->timers, &c->timer,
		  c->expires > before ? c->expires - before : c->expires,
		  life_timer);
	if (c->is_superseded) {
		c->is_superseded = false;
		supersede(ike, c);
	}
}

void child_adopt(struct ike *ike, struct child *c, struct host *h)
{
	child_add(ike, c, h);
	child_start_life(ike, c);
}

void child_settle(struct ike *ike, struct child *c)
{
	struct child *other = successor(c);

	if (!other || other->order < c->order)
		switch_to(ike, c, other && other->is_active ? other : NULL);
	else if (!c->is_superseded)
		supersede(ike, c);
}

void child_move(struct ike *ike, struct child *c, const struct ike_path *path)
{
	struct host *h = host_get(ike, path);
	struct host *old = c->host;
	struct krn_req req = { .op = KRN_MOVE,
			       .proto = p2_proto(&c->agreed),
			       .rule = c->rule,
			       .in_spi = c->in_spi,
			       .out_spi = c->out_spi,
			       .path = *path };

	if (!h)
		return;
	c->path = *path;
	keep_touch(ike, &c->keep, IKE_KEEP_CHILD);
	ike->ops->krn(ike->ctx, &req);
	if (h == old)
		return;
	TAILQ_REMOVE(&old->children, c, in_host);
	TAILQ_INSERT_TAIL(&h->children, c, in_host);
	c->host = h;
	host_hold(h);
	host_drop(ike, old);
}

void child_free(struct ike *ike, struct child *c)
{
	if (c->host)
		host_drop(ike, c->host);
	id_free(&c->local_id);
	id_free(&c->remote_id);
	free(c);
}
