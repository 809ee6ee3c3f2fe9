// SPDX-License-Identifier: GPL-2.0-or-later
// An exchange of phase 2: quick mode, or a delete that is sent repeatedly.

#include "xchg.h"

struct xchg *xchg_create(struct ike *ike, struct sa *sa, uint32_t msgid,
			 bool initiator)
{
	struct xchg *x = calloc(1, sizeof(*x));

	(void)ike;
	if (!x)
		return NULL;
	x->sa = sa;
	x->msgid = msgid;
	x->initiator = initiator;
	x->peer = sa->peer;
	x->path = sa->path;
	x->wait.owner = x;
	TAILQ_INSERT_TAIL(&sa->xchgs, x, in_sa);
	sa->n_xchgs++;
	return x;
}

void xchg_adopt(struct ike *ike, struct xchg *x, struct sa *sa)
{
	(void)ike;
	x->sa = sa;
	x->has_pair = true;
	x->wait.owner = x;
	TAILQ_INSERT_TAIL(&sa->xchgs, x, in_sa);
	sa->n_xchgs++;
}

struct xchg *xchg_find(struct sa *sa, uint32_t msgid)
{
	struct xchg *x;

	TAILQ_FOREACH(x, &sa->xchgs, in_sa)
	{
		if (x->msgid == msgid && msgid)
			return x;
	}
	return NULL;
}

static void forget(struct xchg *x)
{
	octets_free(&x->ni);
	octets_free(&x->nr);
	octets_free(&x->peer_ke);
	octets_free(&x->gxy);
	octets_free(&x->idci);
	octets_free(&x->idcr);
	octets_free(&x->request);
	dh_free(x->dh);
	x->dh = NULL;
}

/* What was reserved or added for a pair that will not come up. */
static void undo_kernel(struct ike *ike, struct xchg *x)
{
	struct krn_req req = { .op = KRN_DELETE,
			       .proto = x->has_pair ? p2_proto(&x->agreed) :
						      PROTO_ESP,
			       .path = x->path,
			       .in_spi = x->in_spi,
			       .out_spi = x->has_pair ? x->out_spi : 0 };

	if (x->in_spi)
		ike->ops->krn(ike->ctx, &req);
	if (x->own_rule && x->rule) {
		req = (struct krn_req){ .op = KRN_DEL_RULE, .rule = x->rule };
		ike->ops->krn(ike->ctx, &req);
	}
	x->in_spi = 0;
}

void xchg_kill(struct ike *ike, struct xchg *x)
{
	if (x->is_dead)
		return;
	if (x->state != XCHG_DONE && x->state != XCHG_DELETE)
		undo_kernel(ike, x);
	x->is_dead = true;
	wait_cancel(ike, &x->wait);
	retrans_free(ike, &x->rt);
	timer_stop(&ike->timers, &x->timer);
	TAILQ_REMOVE(&x->sa->xchgs, x, in_sa);
	x->sa->n_xchgs--;
	TAILQ_INSERT_TAIL(&ike->dead_xchgs, x, in_sa);
}

void xchg_move(struct ike *ike, struct xchg *x, struct sa *to)
{
	undo_kernel(ike, x);
	forget(x);
	wait_cancel(ike, &x->wait);
	retrans_free(ike, &x->rt);
	memset(&x->rt, 0, sizeof(x->rt));
	timer_stop(&ike->timers, &x->timer);
	TAILQ_REMOVE(&x->sa->xchgs, x, in_sa);
	x->sa->n_xchgs--;
	x->sa = to;
	x->path = to->path;
	x->peer = to->peer;
	x->msgid = 0;
	x->has_pair = false;
	x->out_spi = 0;
	x->state = XCHG_WAIT_SA;
	keep_touch(ike, &x->keep, IKE_KEEP_XCHG);
	TAILQ_INSERT_TAIL(&to->xchgs, x, in_sa);
	to->n_xchgs++;
}

void xchg_done(struct ike *ike, struct xchg *x, timer_fn *fn)
{
	x->state = XCHG_DONE;
	keep_touch(ike, &x->keep, IKE_KEEP_XCHG);
	forget(x);
	wait_cancel(ike, &x->wait);
	retrans_stop(ike, &x->rt);
	timer_set(&ike->timers, &x->timer, ike->now + IKE_LINGER_MS, fn);
}

void xchg_free(struct ike *ike, struct xchg *x)
{
	(void)ike;
	octets_free(&x->rt.msg);
	forget(x);
	free(x);
}
