// SPDX-License-Identifier: GPL-2.0-or-later
// The first deed of an engine that took over: what it has and what the kernel has.

#include "child.h"
#include "v1.h"

#include <stdlib.h>

static int by_spi(const void *a, const void *b)
{
	const struct ike_held *x = a, *y = b;

	if (x->dir != y->dir)
		return x->dir < y->dir ? -1 : 1;
	return x->spi < y->spi ? -1 : x->spi > y->spi;
}

struct list {
	struct ike_held *held;
	size_t n;
};

/*
 * Does the kernel have it? It is then somebody's. Outbound SPIs are the choice
 * of peers, so several may have the same one.
 */
static bool claim(const struct list *l, uint32_t spi, uint8_t dir,
		  const struct ike_path *path)
{
	const struct ike_held want = { .spi = spi, .dir = dir };
	struct ike_held *h, *end;

	if (!l->n)
		return false;
	end = l->held + l->n;
	h = bsearch(&want, l->held, l->n, sizeof(*h), by_spi);
	while (h && h > l->held && !by_spi(h - 1, &want))
		h--;
	for (; h && h < end && !by_spi(h, &want); h++) {
		if (dir == DIR_OUT && !addr_eq(&h->remote, &path->remote.addr))
			continue;
		h->is_ours = false;
		return true;
	}
	return false;
}

static bool claim_both(const struct list *l, uint32_t in_spi, uint32_t out_spi,
		       const struct ike_path *path)
{
	bool in = claim(l, in_spi, DIR_IN, path);

	return claim(l, out_spi, DIR_OUT, path) && in;
}

static unsigned int resume_xchgs(struct ike *ike, struct sa *sa,
				 const struct list *l)
{
	struct xchg *x, *next;
	unsigned int lost = 0;

	for (x = TAILQ_FIRST(&sa->xchgs); x; x = next) {
		next = TAILQ_NEXT(x, in_sa);
		if (x->state != XCHG_SENT_2 ||
		    claim_both(l, x->in_spi, x->out_spi, &x->path))
			continue;
		xchg_kill(ike, x);
		lost++;
	}
	return lost;
}

static unsigned int resume_children(struct ike *ike, const struct list *l)
{
	struct child *c, *next;
	unsigned int lost = 0;

	for (c = TAILQ_FIRST(&ike->children); c; c = next) {
		bool both = claim_both(l, c->in_spi, c->out_spi, &c->path);

		next = TAILQ_NEXT(c, in_all);
		if (both && !c->is_ending)
			continue;
		lost += !both;
		child_down(ike, c, IKE_REASON_KERNEL, true);
	}
	TAILQ_FOREACH(c, &ike->children, in_all)
	{
		const struct krn_req req = { .op = KRN_ADOPT,
					     .proto = p2_proto(&c->agreed),
					     .rule = c->rule,
					     .flow = c->flow,
					     .ivrf = ike_ivrf(ike, c->peer),
					     .in_spi = c->in_spi,
					     .out_spi = c->out_spi,
					     .path = c->path,
					     .sel = c->sel };

		ike->ops->krn(ike->ctx, &req);
		child_settle(ike, c);
	}
	return lost;
}

static unsigned int delete_orphans(struct ike *ike, const struct list *l)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ike_held *h = &l->held[i];
		struct krn_req req = { .op = KRN_DELETE,
				       .proto = h->proto,
				       .path.remote.addr = h->remote };

		if (!h->is_ours)
			continue;
		if (h->dir == DIR_IN)
			req.in_spi = h->spi;
		else
			req.out_spi = h->spi;
		ike->ops->krn(ike->ctx, &req);
		n++;
	}
	return n;
}

void ike_resume(struct ike *ike, struct ike_held *held, size_t n)
{
	struct list l = { .held = held, .n = n };
	unsigned int lost = 0, orphans;
	struct sa *sa, *next;

	ike_enter(ike);
	if (n)
		qsort(held, n, sizeof(*held), by_spi);
	TAILQ_FOREACH(sa, &ike->sas, in_all)
	lost += resume_xchgs(ike, sa, &l);
	lost += resume_children(ike, &l);
	orphans = delete_orphans(ike, &l);
	for (sa = TAILQ_FIRST(&ike->sas); sa; sa = next) {
		next = TAILQ_NEXT(sa, in_all);
		if (!sa->is_ending) {
			sa_settle(ike, sa);
			continue;
		}
		info_delete_sa(ike, sa);
		sa_kill(ike, sa, IKE_REASON_CLEARED);
	}
	if (lost || orphans)
		ike_log(ike, IKE_LOG_INFO, NULL,
			"%u tunnels are gone from the kernel; %u SAs there belong to none",
			lost, orphans);
	ike_leave(ike);
}
