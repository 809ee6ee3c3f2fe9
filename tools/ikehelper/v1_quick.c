// SPDX-License-Identifier: GPL-2.0-or-later
// Quick mode (RFC 2409 5.5), the side that begins it.

#include "attr.h"
#include "child.h"
#include "crypto.h"
#include "dpd.h"
#include "natt.h"
#include "phase1.h"
#include "quick.h"
#include "report.h"
#include "trace.h"

#include <errno.h>

/* No answer in the time of all retransmissions. */
static void no_answer(struct ike *ike, struct xchg *x)
{
	struct report r = { .kind = IKE_FAIL_NO_ANSWER,
			    .sa = x->sa,
			    .xchg = x };
	struct sa *sa = x->sa;

	report(ike, &r, "no answer, death by retransmission");
	/* The peer has most likely lost the ISAKMP SA. */
	sa_kill(ike, sa, IKE_REASON_RETRANSMIT);
}

static void quick_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct xchg *x = container_of(t, struct xchg, rt.timer);

	if (!retrans_again(ike, &x->rt, quick_timer)) {
		no_answer(ike, x);
		return;
	}
	x->sa->stats.retransmits++;
	trace_sa(
		ike, x->sa,
		"incrementing error counter on node, attempt %u: retransmit phase 2",
		x->rt.step);
	trace_sa(ike, x->sa, "retransmitting phase 2 %s %u ...",
		 ike_state_name(x->sa->state), x->msgid);
	out_again(ike, x->sa, &x->rt);
}

static bool own_ids(struct xchg *x)
{
	struct proxies p;
	uint8_t body[4 + 32], buf[32];
	struct octets *out[2] = { &x->idci, &x->idcr };
	int i;

	flow_proxies(&x->sel, &p);
	for (i = 0; i < 2; i++) {
		struct ike_id id = id_of_range(i ? &p.remote : &p.local, buf);

		body[0] = id.type;
		body[1] = id.protocol;
		put_be16(body + 2, id.port);
		memcpy(body + 4, id.data.p, id.data.len);
		if (!octets_set(out[i], body, 4 + id.data.len))
			return false;
	}
	return true;
}

static void send_1(struct ike *ike, void *owner, const struct krn_answer *a)
{
	struct xchg *x = owner;
	struct sa *sa = x->sa;
	const struct ike_flow *flow = ike->ops->flow_get(ike->ctx, x->flow);
	struct ike_p2_policy sets[QUICK_MAX_SETS];
	struct ike_p2_spis spis = { .esp = a->in_spi, .ah = a->in_spi };
	struct bytes msg;
	struct enc e;
	unsigned int n;
	size_t at;

	if (a->err || !flow) {
		quick_fail(ike, x, 0);
		return;
	}
	x->in_spi = a->in_spi;
	if (!x->has_sel)
		x->sel = flow->sel;
	n = quick_sets(x, flow, sets);
	if (!n || !own_ids(x) || !quick_make_ke(ike, x, sets[0].group) ||
	    keymat_iv2(&sa->km, sa->iv, x->msgid, x->iv)) {
		quick_fail(ike, x, 0);
		return;
	}
	x->udp = natt_udp(sa);
	x->agreed.encap = sets[0].encap;
	trace_sa(ike, sa, "QM Initiator gets spi");
	trace_request(ike, x, &sets[0]);
	out_start(ike, sa, &e, IKE_EX_QUICK, x->msgid);
	at = enc_hash(&e, sa->km.len);
	proposal_fill_p2(&e, sets, n, &spis, x->udp);
	quick_fill_nonce(x, &e);
	quick_fill_ids(x, &e);
	quick_fill_natoa(x, &e);
	out_hash(sa, &e, at, x->msgid, bytes_of(NULL, 0));
	x->state = XCHG_SENT_1;
	sa->stats.n_exchanges++;
	msg = out_finish(sa, &e, x->iv);
	out_send(ike, sa, msg);
	retrans_sent(ike, &x->rt, msg, quick_timer);
	trace_node(ike, x, "IKE_MESG_INTERNAL, IKE_INIT_QM", "IKE_QM_READY",
		   "IKE_QM_I_QM1");
}

void quick_begin(struct ike *ike, struct xchg *x)
{
	const struct ike_flow *flow = ike->ops->flow_get(ike->ctx, x->flow);

	if (!flow) {
		xchg_kill(ike, x);
		return;
	}
	if (!x->rule)
		x->rule = flow->rule;
	do {
		x->msgid = ike_random32(ike);
	} while (!sa_msgid_new(&x->sa->quick_seen, x->msgid));
	keep_touch(ike, &x->sa->keep, IKE_KEEP_SA);
	trace_sa(ike, x->sa, "beginning Quick Mode exchange, M-ID of %u",
		 x->msgid);
	quick_alloc_spi(ike, x, send_1);
}

static struct bytes id_body(const struct ike_msg *m, unsigned int which)
{
	const struct ike_pl *pl = NULL;
	unsigned int i = 0;

	do {
		pl = ike_msg_next(m, IKE_PL_ID, &i);
	} while (pl && which--);
	return pl ? pl->body : bytes_of(NULL, 0);
}

/* The answer must name the same proxies as the question (RFC 2409 5.5). */
static bool same_ids(const struct xchg *x, const struct ike_msg *m)
{
	struct proxies ours, theirs;

	if (m->n_id == 2 && bytes_eq(id_body(m, 0), octets_bytes(&x->idci)) &&
	    bytes_eq(id_body(m, 1), octets_bytes(&x->idcr)))
		return true;
	flow_proxies(&x->sel, &ours);
	return quick_take_proxies(x->sa, m, false, &theirs) &&
	       id_range_eq(&ours.local, &theirs.local) &&
	       id_range_eq(&ours.remote, &theirs.remote);
}

/* The responder's shorter life is ours too (RFC 2407 4.6.3.1). */
static void take_life(struct xchg *x, const struct ike_msg *m)
{
	const struct ike_pl *pl;
	struct ike_notify n;
	unsigned int i = 0;
	uint32_t s, kb;

	while ((pl = ike_msg_next(m, IKE_PL_N, &i))) {
		if (ike_notify_parse(pl->body, &n) ||
		    n.type != IKE_N_RESPONDER_LIFETIME ||
		    !attr_parse_life(n.data, false, &s, &kb))
			continue;
		if (s && (!x->agreed.seconds || s < x->agreed.seconds))
			x->agreed.seconds = s;
		if (kb && (!x->agreed.kbytes || kb < x->agreed.kbytes))
			x->agreed.kbytes = kb;
	}
}

static void send_3(struct ike *ike, void *owner, const struct krn_answer *a)
{
	struct xchg *x = owner;
	struct sa *sa = x->sa;
	struct report r = { .kind = IKE_FAIL_KERNEL, .sa = sa, .xchg = x };
	struct bytes msg;
	struct enc e;
	size_t at;

	if (a->err) {
		report(ike, &r, "the kernel refused the SAs: %d", a->err);
		quick_fail(ike, x, IKE_N_NO_PROPOSAL_CHOSEN);
		return;
	}
	x->in_id = a->in_id;
	x->out_id = a->out_id;
	quick_installed(ike, x, "IKE_QM_PHASE2_COMPLETE");
	out_start(ike, sa, &e, IKE_EX_QUICK, x->msgid);
	at = enc_hash(&e, sa->km.len);
	if (e.overflow ||
	    keymat_hash3(&sa->km, x->msgid, octets_bytes(&x->ni),
			 octets_bytes(&x->nr), e.p + at) ||
	    child_create(ike, x)) {
		quick_fail(ike, x, 0);
		return;
	}
	msg = out_finish(sa, &e, x->iv);
	retrans_sent(ike, &x->rt, msg, NULL);
	trace_node_end(ike, x, false, "No Error");
	xchg_done(ike, x, quick_end_timer);
	out_send(ike, sa, msg);
	if (x->commit)
		child_hold(ike, child_by_in(ike, x->in_spi));
	else
		child_up(ike, child_by_in(ike, x->in_spi), x->replaces);
}

static uint16_t check_2(struct ike *ike, struct xchg *x,
			const struct ike_msg *m)
{
	const struct ike_flow *flow = ike->ops->flow_get(ike->ctx, x->flow);
	struct ike_p2_policy sets[QUICK_MAX_SETS];
	struct ike_sa_offer o;
	struct ike_p2_choice c;
	struct ike_explain ex = { 0 };
	struct report r = { .kind = IKE_FAIL_NO_PROPOSAL,
			    .sa = x->sa,
			    .xchg = x,
			    .local = true };
	int err;

	if (!flow || !m->sa.p)
		return IKE_N_PAYLOAD_MALFORMED;
	err = proposal_parse(m->sa, false, &o);
	if (!err)
		trace_offer_p2(ike, x->sa, &o);
	if (!err)
		err = proposal_check_p2(&o, sets, quick_sets(x, flow, sets),
					x->udp, &c, &ex);
	if (err) {
		r.explain = ex.phase ? &ex : NULL;
		r.notify = err;
		trace_refused(ike, x, ex.phase ? &ex.p2 : NULL);
		report(ike, &r, "the answer is none of our transform sets");
		return err;
	}
	if (!same_ids(x, m)) {
		r.kind = IKE_FAIL_INVALID_ID;
		report(ike, &r, "proxy identities in the answer differ");
		return IKE_N_INVALID_ID_INFORMATION;
	}
	if (!quick_take_ke(x, m)) {
		r.kind = IKE_FAIL_INVALID_KEY;
		report(ike, &r, "nonce or key exchange of the answer is wrong");
		return IKE_N_INVALID_KEY_INFORMATION;
	}
	x->agreed = c.agreed;
	x->out_spi = quick_out_spi(&c);
	take_life(x, m);
	return x->out_spi ? 0 : IKE_N_INVALID_SPI;
}

/* Message 2, whose hash is right. */
static void take_2(struct ike *ike, struct xchg *x, struct in *in)
{
	uint16_t notify;

	quick_payloads(ike, x);
	notify = check_2(ike, x, &in->m);
	if (notify) {
		quick_fail(ike, x, notify);
		return;
	}
	trace_node(ike, x, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", "IKE_QM_I_QM1",
		   "IKE_QM_IPSEC_INSTALL_AWAIT");
	x->commit = in->m.hdr.flags & IKE_F_COMMIT;
	memcpy(x->iv, in->iv, sizeof(x->iv));
	retrans_accepted(ike, &x->rt, in->raw);
	octets_free(&x->rt.msg);
	if (!quick_add_pair(ike, x, send_3))
		quick_fail(ike, x, IKE_N_NO_PROPOSAL_CHOSEN);
}

void quick_in(struct ike *ike, struct xchg *x, struct in *in)
{
	struct sa *sa = x->sa;
	struct child *c;

	if (x->state == XCHG_DONE && x->commit) {
		/* CONNECTED; like the bit itself no more than a hint. */
		c = child_by_in(ike, x->in_spi);
		if (c && !c->is_active && !c->is_superseded)
			child_up(ike, c, x->replaces);
		x->commit = false;
		return;
	}
	if (x->state != XCHG_SENT_1 && x->state != XCHG_SENT_2)
		return;
	if (in_decrypt(ike, sa, in, x->iv)) {
		quick_invalid(sa, x->initiator);
		return;
	}
	if (x->state == XCHG_SENT_2) {
		quick_take_3(ike, x, in);
		return;
	}
	if (!in_hash_ok(ike, sa, in, octets_bytes(&x->ni))) {
		quick_invalid(sa, x->initiator);
		return;
	}
	dpd_heard(ike, sa);
	natt_follow(ike, sa, in->path);
	take_2(ike, x, in);
}

static bool is_for(const struct xchg *x, const struct quick_want *w)
{
	if (x->state >= XCHG_DONE || x->flow != w->flow ||
	    (w->rule && x->rule != w->rule))
		return false;
	/* A peer may ask for a part of our flow only. */
	return x->initiator || !w->packet || flow_covers(&x->sel, w->packet);
}

bool quick_is_under_way(const struct host *h, const struct quick_want *w)
{
	struct sa *sa;
	struct xchg *x;

	TAILQ_FOREACH(sa, &h->sas, in_host)
	{
		TAILQ_FOREACH(x, &sa->xchgs, in_sa)
		{
			if (is_for(x, w))
				return true;
		}
	}
	return false;
}

static struct sa *want_sa(struct ike *ike, const struct quick_want *w,
			  const struct ike_flow *flow,
			  const struct ike_path *path)
{
	const struct ike_peer *peer;
	struct host *h = host_find(ike, path);
	struct sa *sa;

	peer = flow->peer ? ike->ops->peer_get(ike->ctx, flow->peer) :
			    ike->ops->peer_find(ike->ctx, path, NULL,
						bytes_of(NULL, 0));
	if (w->id && h) {
		sa = sa_usable(h, 0, w->id);
		if (sa)
			return sa;
	}
	if (!peer)
		return NULL;
	if (h) {
		sa = sa_usable(h, peer->ref, NULL);
		/* It began itself, and had a profile that the entry allows. */
		if (!sa && !flow->profile && peer->flags & IKE_PEER_STATIC)
			sa = sa_usable(h, 0, NULL);
		if (!sa)
			sa = sa_pending(h, peer->ref);
		if (sa)
			return sa;
	}
	/* Only who has a configured address can be called. */
	if (flow->is_dynamic && !(peer->flags & IKE_PEER_STATIC))
		return NULL;
	return phase1_begin(ike, peer, path);
}

int quick_want(struct ike *ike, const struct quick_want *w)
{
	const struct ike_flow *flow = ike->ops->flow_get(ike->ctx, w->flow);
	struct ike_path path = w->path;
	struct host *h;
	struct sa *sa;
	struct xchg *x;

	if (!flow)
		return -ENOENT;
	if (!path.remote.addr.family) {
		if (w->peer_at >= flow->n_peers)
			return -EHOSTUNREACH;
		path.remote.addr = flow->peers[w->peer_at];
	}
	path.vrf = flow->vrf;
	if (!path.local.addr.family)
		path.local.addr = flow->local;
	if (!path.local.addr.family)
		return -EHOSTUNREACH;
	h = host_find(ike, &path);
	if (h && quick_is_under_way(h, w))
		return -EALREADY;
	sa = want_sa(ike, w, flow, &path);
	if (!sa)
		return -EHOSTUNREACH;
	x = xchg_create(ike, sa, 0, true);
	if (!x)
		return -ENOMEM;
	x->flow = w->flow;
	x->rule = w->rule;
	x->peer_at = w->peer_at;
	x->replaces = w->replaces;
	x->retried = w->retried;
	x->has_sel = w->sel;
	if (w->sel)
		x->sel = *w->sel;
	if (sa->state == QM_IDLE)
		quick_begin(ike, x);
	return 0;
}

void quick_orphan(struct ike *ike, struct xchg *x, enum ike_reason reason)
{
	struct quick_want w = { .flow = x->flow,
				.rule = x->rule,
				.peer_at = x->peer_at,
				.replaces = x->replaces,
				.sel = x->has_sel ? &x->sel : NULL,
				.path = x->path };
	bool again = x->initiator && x->state < XCHG_WAIT_PAIR;
	bool had_sa = x->state != XCHG_WAIT_SA;
	bool retried = x->retried;

	xchg_kill(ike, x);
	if (!again)
		return;
	if (had_sa && !retried && reason != IKE_REASON_SHUTDOWN &&
	    reason != IKE_REASON_CLEARED && reason != IKE_REASON_CONFIG) {
		/* The peer forgot or closed the SA: once more, on another. */
		w.retried = true;
		if (!quick_want(ike, &w))
			return;
	} else if (!had_sa && (reason == IKE_REASON_RETRANSMIT ||
			       reason == IKE_REASON_FAILED)) {
		w.peer_at++;
		w.rule = 0;
		/* The next one, from the same address of ours. */
		w.path.remote = (struct ike_end){ 0 };
		if (!quick_want(ike, &w))
			return;
	}
	if (w.replaces)
		child_rekey_failed(ike, w.replaces);
}
