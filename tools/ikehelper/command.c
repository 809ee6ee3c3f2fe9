// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel and the operator ask of the engine.

#include "child.h"
#include "natt.h"
#include "phase1.h"

#include <errno.h>

#define FRESH_MS 5000 /* an acquire may have crossed the pair it asks for */
#define RECOVER_MS 1000
#define LOG_UNKNOWN_MS 1000
#define FIRST_MS 2000 /* from the end of phase 1 to the peer's quick mode */
#define YIELD_MS 5000 /* a peer that has begun is waited for this long */
#define YIELD_EVERY_MS 60000
#define CLEARED_AT_ONCE 64

/*
 * Is the peer, who has shown that the address is its own, about to begin a quick
 * mode in the first ISAKMP SA with it? Nobody knows yet for which flow.
 */
static bool is_peer_at_it(const struct ike *ike, const struct host *h,
			  uint32_t peer)
{
	const struct sa *sa;
	bool found = false;

	TAILQ_FOREACH(sa, &h->sas, in_host)
	{
		if (sa->peer != peer || sa->is_closing)
			continue;
		if (sa->initiator)
			return false;
		if (sa->state == QM_IDLE &&
		    (sa->quick_seen.n ||
		     ike->now >= sa->established + FIRST_MS))
			return false;
		found |= sa->state == QM_IDLE || sa->state == MM_KEY_EXCH ||
			 sa->state == MM_KEY_AUTH;
	}
	return found;
}

/*
 * Leave it to the peer, or both make a pair for the same. The kernel asks again;
 * one that begins and never ends must not hold us up for long.
 */
static bool is_left_to_peer(struct ike *ike, const struct ike_flow *flow,
			    const struct ike_path *path)
{
	struct host *h = host_find(ike, path);
	const struct ike_peer *peer;

	if (!h)
		return false;
	peer = flow->peer ? ike->ops->peer_get(ike->ctx, flow->peer) :
			    ike->ops->peer_find(ike->ctx, path, NULL,
						bytes_of(NULL, 0));
	if (!peer || !is_peer_at_it(ike, h, peer->ref))
		return false;
	if (!h->yielded || ike->now >= h->yielded + YIELD_EVERY_MS)
		h->yielded = ike->now;
	return ike->now < h->yielded + YIELD_MS;
}

/* A pair for it is being made, or was when the kernel asked. */
static bool is_served(struct ike *ike, const struct ike_path *path,
		      const struct quick_want *w, uint32_t rule)
{
	struct host *h = host_find(ike, path);
	struct child *c = h ? child_for(h, w->flow, rule, w->packet) : NULL;

	return (c && ike->now < c->created + FRESH_MS) ||
	       (h && quick_is_under_way(h, w));
}

/* The acquire names the first peer, another one may be in use. */
static bool is_needed(struct ike *ike, const struct ike_flow *flow,
		      const struct quick_want *w, uint32_t rule)
{
	struct ike_path path = w->path;
	unsigned int i;

	path.vrf = flow->vrf;
	if (!path.local.addr.family)
		path.local.addr = flow->local;
	if (path.remote.addr.family && is_served(ike, &path, w, rule))
		return false;
	for (i = 0; i < flow->n_peers; i++) {
		path.remote.addr = flow->peers[i];
		if (is_served(ike, &path, w, rule))
			return false;
	}
	path.remote.addr = w->path.remote.addr;
	if (!path.remote.addr.family && flow->n_peers)
		path.remote.addr = flow->peers[0];
	return !is_left_to_peer(ike, flow, &path);
}

/* The newest pair of a temporary rule, or NULL. */
static struct child *child_of_rule(struct ike *ike, uint32_t rule)
{
	struct child *c;

	TAILQ_FOREACH_REVERSE(c, &ike->children, child_list, in_all)
	{
		if (c->own_rule && c->rule == rule && !c->is_stale)
			return c;
	}
	return NULL;
}

void ike_acquire(struct ike *ike, const struct krn_acquire *a)
{
	const struct ike_flow *flow;
	struct quick_want w = { .path = a->path, .packet = &a->flow };
	struct child *c;
	int err;

	ike_enter(ike);
	flow = ike->ops->flow_by_rule(ike->ctx, a->rule);
	if (!flow) {
		/*
		 * The kernel lost the SA of a temporary rule before we did: the
		 * peer may have no other way to be called than this path.
		 */
		c = child_of_rule(ike, a->rule);
		flow = c ? ike->ops->flow_get(ike->ctx, c->flow) : NULL;
		if (!flow)
			goto out;
		w.path = c->path;
		w.sel = &c->sel;
	}
	w.flow = flow->ref;
	if (flow->rule != a->rule)
		w.rule = a->rule;
	if (!is_needed(ike, flow, &w, a->rule))
		goto out;
	err = quick_want(ike, &w);
	if (err && err != -EALREADY)
		ike_log(ike, IKE_LOG_INFO, &a->path,
			"nothing can be begun for rule %u: %d", a->rule, err);
out:
	ike_leave(ike);
}

int ike_initiate(struct ike *ike, uint32_t flow)
{
	struct quick_want w = { .flow = flow };
	int err;

	ike_enter(ike);
	err = quick_want(ike, &w);
	ike_leave(ike);
	return err;
}

void ike_expire(struct ike *ike, const struct krn_expire *e)
{
	struct child *c;

	ike_enter(ike);
	if (e->dir == DIR_IN)
		c = child_by_in(ike, e->spi);
	else
		c = child_by_out(ike, &e->remote, e->spi);
	if (!c)
		goto out;
	if (e->limit == LIMIT_IDLE)
		child_down(ike, c, IKE_REASON_IDLE, true);
	else if (e->is_hard)
		child_down(ike, c, IKE_REASON_LIFETIME, true);
	else
		child_soft(ike, c, e->limit);
out:
	ike_leave(ike);
}

void ike_mapping(struct ike *ike, const struct krn_mapping *m)
{
	struct ike_path path;
	struct child *c;
	struct sa *sa;

	ike_enter(ike);
	c = child_by_in(ike, m->spi);
	if (c && c->is_encap) {
		path = c->path;
		path.remote = m->remote;
		sa = sa_usable(c->host, c->peer, &c->remote_id);
		if (sa)
			natt_follow(ike, sa, &path);
		else
			child_move(ike, c, &path);
	}
	ike_leave(ike);
}

/* Anybody can cause it, so one line stands for all in a while. */
static void log_unknown_spi(struct ike *ike, const struct krn_unknown_spi *u)
{
	char local[ADDR_STR], remote[ADDR_STR];

	if (ike->unknown_logged &&
	    ike->now < ike->unknown_logged + LOG_UNKNOWN_MS) {
		ike->n_unknown++;
		return;
	}
	if (ike->n_unknown)
		ike_log(ike, IKE_LOG_WARN, NULL,
			"%u more packets with an invalid spi were told",
			ike->n_unknown);
	ike->n_unknown = 0;
	ike->unknown_logged = ike->now;
	ike_log(ike, IKE_LOG_WARN, NULL,
		"%%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has "
		"invalid spi for destaddr=%s, prot=50, spi=0x%08X(%u), "
		"srcaddr=%s",
		addr_fmt_ios(&u->path.local.addr, local), u->spi, u->spi,
		addr_fmt_ios(&u->path.remote.addr, remote));
}

/*
 * The peer sends with keys that we lack. Through an ISAKMP SA it can be told;
 * without one, a new one with INITIAL-CONTACT tells it.
 */
void ike_unknown_spi(struct ike *ike, const struct krn_unknown_spi *u)
{
	static const struct ike_p2_policy esp;
	const struct ike_peer *peer;
	struct host *h;
	struct sa *sa;

	ike_enter(ike);
	/* It came before its keys: the pair is there now, or will be. */
	if (ike_has_spi(ike, u->spi))
		goto out;
	log_unknown_spi(ike, u);
	h = host_find(ike, &u->path);
	if (h && h->recovered && ike->now < h->recovered + RECOVER_MS)
		goto out;
	peer = ike->ops->peer_find(ike->ctx, &u->path, NULL, bytes_of(NULL, 0));
	if (!peer)
		goto out;
	if (h)
		h->recovered = ike->now;
	sa = h ? sa_usable(h, peer->ref, NULL) : NULL;
	/* It may have got a profile since it came. */
	if (!sa && h)
		sa = sa_usable(h, 0, NULL);
	if (sa) {
		/* Only ESP is told of. */
		info_delete_child(ike, sa, &esp, u->spi, false);
		goto out;
	}
	if (!(peer->flags & IKE_PEER_SPI_RECOVERY) ||
	    !(peer->flags & IKE_PEER_STATIC) || (h && sa_pending(h, peer->ref)))
		goto out;
	phase1_begin(ike, peer, &u->path);
out:
	ike_leave(ike);
}

static bool is_between(const struct ike_path *path, const struct ike_which *w)
{
	return (!w->local.family || addr_eq(&w->local, &path->local.addr)) &&
	       (!w->remote.family || addr_eq(&w->remote, &path->remote.addr)) &&
	       (!w->remote_port || w->remote_port == path->remote.port) &&
	       (!w->vrf || *w->vrf == path->vrf);
}

static bool child_is(const struct child *c, const struct ike_which *w)
{
	return (!w->in_spi || w->in_spi == c->in_spi) &&
	       (!w->out_spi || w->out_spi == c->out_spi) &&
	       (!w->flow || w->flow == c->flow) &&
	       (!w->peer || w->peer == c->peer) &&
	       (!w->conn || w->conn == c->conn) && is_between(&c->path, w);
}

static bool sa_is(const struct sa *sa, const struct ike_which *w)
{
	return !w->in_spi && !w->out_spi && !w->flow &&
	       (!w->conn || w->conn == sa->conn) &&
	       (!w->peer || w->peer == sa->peer) && is_between(&sa->path, w);
}

static unsigned int clear_children(struct ike *ike,
				   const struct ike_which *which,
				   uint64_t until, unsigned int max)
{
	struct child *c, *next;
	unsigned int n = 0;

	for (c = TAILQ_FIRST(&ike->children); c && n < max; c = next) {
		next = TAILQ_NEXT(c, in_all);
		if (c->created > until || !child_is(c, which))
			continue;
		child_down(ike, c, IKE_REASON_CLEARED, true);
		n++;
	}
	return n;
}

static unsigned int clear_sas(struct ike *ike, const struct ike_which *which,
			      uint64_t until, unsigned int max)
{
	struct sa *sa, *next;
	unsigned int n = 0;

	for (sa = TAILQ_FIRST(&ike->sas); sa && n < max; sa = next) {
		next = TAILQ_NEXT(sa, in_all);
		if (sa->created > until || !sa_is(sa, which))
			continue;
		info_delete_sa(ike, sa);
		sa_kill(ike, sa, IKE_REASON_CLEARED);
		n++;
	}
	return n;
}

unsigned int ike_clear(struct ike *ike, const struct ike_which *which,
		       unsigned int what, uint64_t *from)
{
	unsigned int n = 0;

	ike_enter(ike);
	if (!*from)
		*from = ike->now;
	if (what & IKE_CLEAR_IPSEC)
		n = clear_children(ike, which, *from, CLEARED_AT_ONCE);
	if (what & IKE_CLEAR_ISAKMP)
		n += clear_sas(ike, which, *from, CLEARED_AT_ONCE - n);
	if (n < CLEARED_AT_ONCE)
		*from = 0;
	ike_leave(ike);
	return n;
}

void ike_shutdown(struct ike *ike)
{
	struct child *c;
	struct sa *sa;

	ike_enter(ike);
	while ((c = TAILQ_FIRST(&ike->children)))
		child_down(ike, c, IKE_REASON_SHUTDOWN, true);
	while ((sa = TAILQ_FIRST(&ike->sas))) {
		info_delete_sa(ike, sa);
		sa_kill(ike, sa, IKE_REASON_SHUTDOWN);
	}
	ike_leave(ike);
}

bool ike_has_spi(struct ike *ike, uint32_t in_spi)
{
	struct xchg *x;
	struct sa *sa;

	if (child_by_in(ike, in_spi))
		return true;
	TAILQ_FOREACH(sa, &ike->sas, in_all)
	{
		TAILQ_FOREACH(x, &sa->xchgs, in_sa)
		{
			if (x->in_spi == in_spi && x->state < XCHG_DONE)
				return true;
		}
	}
	return false;
}
