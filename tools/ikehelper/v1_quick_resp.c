// SPDX-License-Identifier: GPL-2.0-or-later
// Quick mode (RFC 2409 5.5), the side that answers.

#include "attr.h"
#include "child.h"
#include "crypto.h"
#include "dpd.h"
#include "natt.h"
#include "quick.h"
#include "report.h"
#include "trace.h"

/* What message 1 comes to, found anew each time it is needed. */
struct offer {
	struct ike_msg m;
	struct ike_sa_offer o;
	struct ike_p2_choice c;
	struct proxies p;
	const struct ike_flow *flow;
};

/* In transport mode a peer behind a NAT names its inner address. */
static void mend_proxies(const struct sa *sa, struct proxies *p)
{
	struct addr_pair {
		struct id_range *r;
		const struct addr *a;
		bool nat;
	} side[2] = { { &p->remote, &sa->path.remote.addr, sa->remote_nat },
		      { &p->local, &sa->path.local.addr, sa->local_nat } };
	int i;

	for (i = 0; i < 2; i++) {
		if (!side[i].nat || !addr_eq(&side[i].r->lo, &side[i].r->hi))
			continue;
		side[i].r->lo = *side[i].a;
		side[i].r->hi = *side[i].a;
	}
}

static void not_acceptable(struct ike *ike, const struct xchg *x)
{
	char us[ADDR_STR], peer[ADDR_STR];

	trace_bad(ike, x->sa,
		  "phase 2 SA policy not acceptable! (local %s remote %s)",
		  addr_fmt_ios(&x->sa->path.local.addr, us),
		  addr_fmt_ios(&x->sa->path.remote.addr, peer));
}

static uint16_t refuse_ids(struct ike *ike, struct xchg *x,
			   const struct proxies *p,
			   const struct flow_miss *miss)
{
	char theirs[FLOW_STR], ours[FLOW_LINE_STR];
	struct report r = { .kind = IKE_FAIL_INVALID_ID,
			    .sa = x->sa,
			    .xchg = x,
			    .local = true,
			    .notify = IKE_N_INVALID_ID_INFORMATION,
			    .attribute = "proxy identity",
			    .theirs = flow_fmt(p, theirs) };
	struct proxies held;

	if (miss->by) {
		r.attribute = NULL;
		r.flow = miss->near->ref;
		r.ours = flow_fmt_line(miss->near, miss->by, ours);
	} else if (miss->near) {
		r.flow = miss->near->ref;
		flow_proxies(&miss->near->sel, &held);
		r.ours = flow_fmt(&held, ours);
	}
	trace_proxies(ike, x, p, false);
	trace_bad(ike, x->sa,
		  "IPSec policy invalidated proposal with error 32");
	not_acceptable(ike, x);
	report(ike, &r, "proxy identities %s",
	       miss->by ? "taken by an earlier line of the access list" :
			  "not supported");
	return IKE_N_INVALID_ID_INFORMATION;
}

/* The peer's transforms against ours. */
static uint16_t choose(struct ike *ike, struct xchg *x, struct offer *f,
		       bool quiet)
{
	static const struct ike_match_opts opt;
	struct ike_match_opts o = opt;
	struct ike_p2_policy sets[QUICK_MAX_SETS];
	struct ike_explain ex = { 0 };
	struct report r = { .kind = IKE_FAIL_NO_PROPOSAL,
			    .sa = x->sa,
			    .xchg = x,
			    .local = true,
			    .flow = f->flow->ref,
			    .explain = &ex };
	int err;

	o.encap_udp = natt_udp(x->sa);
	err = proposal_match_p2(&f->o, sets, quick_sets(x, f->flow, sets), &o,
				&f->c, &ex);
	if (!err && !quiet)
		trace_validate(ike, x, &f->c.agreed);
	if (err && !quiet) {
		r.notify = err;
		trace_refused(ike, x, ex.n_offers ? &ex.p2 : NULL);
		trace_bad(ike, x->sa,
			  "IPSec policy invalidated proposal with error 256");
		not_acceptable(ike, x);
		report(ike, &r, "no transform set matches the offer");
	}
	return err;
}

/* Message 1, decrypted: 0 or the notification that refuses it. */
static uint16_t evaluate(struct ike *ike, struct xchg *x, struct offer *f,
			 bool quiet)
{
	struct flow_miss miss = { 0 };
	struct report r = { .kind = IKE_FAIL_PAYLOAD_MALFORMED,
			    .sa = x->sa,
			    .xchg = x,
			    .local = true };
	int err;

	err = f->m.sa.p ? proposal_parse(f->m.sa, false, &f->o) :
			  IKE_N_PAYLOAD_MALFORMED;
	if (err || !f->m.nonce.p) {
		if (!quiet)
			report(ike, &r, "malformed quick mode: %s",
			       err && f->m.sa.p && f->o.why ?
				       f->o.why :
				       "payload missing");
		return err ? err : IKE_N_PAYLOAD_MALFORMED;
	}
	if (!quiet)
		trace_offer_p2(ike, x->sa, &f->o);
	if (!quick_take_proxies(x->sa, &f->m, true, &f->p))
		return refuse_ids(ike, x, &f->p, &miss);
	f->flow = flow_match(ike, x->sa, &f->p, &miss);
	if (!f->flow && f->m.n_id == 2) {
		mend_proxies(x->sa, &f->p);
		f->flow = flow_match(ike, x->sa, &f->p, &miss);
	}
	if (!f->flow || !flow_selector(&f->p, &x->sel))
		return refuse_ids(ike, x, &f->p, &miss);
	x->flow = f->flow->ref;
	if (!quiet)
		trace_proxies(ike, x, &f->p, true);
	return choose(ike, x, f, quiet);
}

/* Find the offer of an exchange again, after an answer. */
static bool again(struct ike *ike, struct xchg *x, struct offer *f)
{
	size_t block = crypto_block_len(x->sa->km.encr);

	return !ike_msg_parse_plain(octets_bytes(&x->request), block, &f->m) &&
	       !evaluate(ike, x, f, true);
}

/* Message 2 is repeated until message 3 comes: the peer is authenticated. */
static void answer_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct xchg *x = container_of(t, struct xchg, rt.timer);
	struct report r = { .kind = IKE_FAIL_NO_ANSWER,
			    .sa = x->sa,
			    .xchg = x };

	if (retrans_again(ike, &x->rt, answer_timer)) {
		x->sa->stats.retransmits++;
		trace_sa(ike, x->sa, "retransmitting phase 2 %s %u ...",
			 ike_state_name(x->sa->state), x->msgid);
		out_again(ike, x->sa, &x->rt);
		return;
	}
	report(ike, &r, "message 3 of quick mode did not come");
	/* It may have been sent: then the peer uses what we now forget. */
	info_delete_child(ike, x->sa, &x->agreed, x->in_spi, true);
	quick_fail(ike, x, 0);
}

static void fill_life(struct enc *e, const struct xchg *x)
{
	uint8_t spi[4] = { 0 }, data[32] = { 0 };
	struct enc d = { .p = data, .cap = sizeof(data) };
	struct ike_notify n = { .doi = IKE_DOI_IPSEC,
				.protocol = p2_protocol(&x->agreed),
				.type = IKE_N_RESPONDER_LIFETIME,
				.spi = bytes_of(spi, sizeof(spi)) };

	put_be32(spi, x->in_spi);
	attr_fill_life(&d, false, x->agreed.seconds, x->agreed.kbytes);
	n.data = bytes_of(data, d.len);
	if (!d.overflow)
		enc_notify(e, &n);
}

static bool is_shorter(const struct xchg *x, const struct ike_p2_attrs *o)
{
	return x->agreed.seconds < o->seconds ||
	       (x->agreed.kbytes && x->agreed.kbytes < o->kbytes);
}

/* The kernel has the pair: message 2. */
static void send_2(struct ike *ike, void *owner, const struct krn_answer *a)
{
	struct xchg *x = owner;
	struct sa *sa = x->sa;
	struct ike_p2_spis spis = { .esp = x->in_spi, .ah = x->in_spi };
	struct report r = { .kind = IKE_FAIL_KERNEL, .sa = sa, .xchg = x };
	struct offer f;
	struct bytes msg;
	struct enc e;
	size_t at;

	if (a->err)
		report(ike, &r, "the kernel refused the SAs: %d", a->err);
	if (a->err || !again(ike, x, &f)) {
		quick_fail(ike, x, IKE_N_NO_PROPOSAL_CHOSEN);
		return;
	}
	x->in_id = a->in_id;
	x->out_id = a->out_id;
	quick_installed(ike, x, "IKE_QM_R_QM2");
	out_start(ike, sa, &e, IKE_EX_QUICK, x->msgid);
	at = enc_hash(&e, sa->km.len);
	proposal_reply_p2(&e, &f.c, &spis);
	quick_fill_nonce(x, &e);
	quick_fill_ids(x, &e);
	quick_fill_natoa(x, &e);
	if (is_shorter(x, &f.c.offered))
		fill_life(&e, x);
	out_hash(sa, &e, at, x->msgid, octets_bytes(&x->ni));
	msg = out_finish(sa, &e, x->iv);
	x->state = XCHG_SENT_2;
	octets_free(&x->request);
	retrans_sent(ike, &x->rt, msg, answer_timer);
	keep_touch(ike, &sa->keep, IKE_KEEP_SA);
	keep_touch(ike, &x->keep, IKE_KEEP_XCHG);
	out_send(ike, sa, msg);
}

void quick_resume(struct ike *ike, struct xchg *x)
{
	if (x->state == XCHG_DONE)
		xchg_done(ike, x, quick_end_timer);
	else
		timer_set(&ike->timers, &x->rt.timer,
			  ike->now + ike->limits.retransmit_ms[0],
			  answer_timer);
}

static void have_rule(struct ike *ike, void *owner, const struct krn_answer *a)
{
	struct xchg *x = owner;

	if (a->err || !a->rule) {
		quick_fail(ike, x, IKE_N_NO_PROPOSAL_CHOSEN);
		return;
	}
	x->rule = a->rule;
	x->own_rule = true;
	if (!quick_add_pair(ike, x, send_2))
		quick_fail(ike, x, IKE_N_NO_PROPOSAL_CHOSEN);
}

/* A dynamic map gets a temporary rule for what the peer asked for. */
static void add_rule(struct ike *ike, struct xchg *x)
{
	struct krn_req req = { .op = KRN_ADD_RULE,
			       .flow = x->flow,
			       .ivrf = ike_ivrf(ike, x->sa->peer),
			       .path = x->sa->path,
			       .sel = x->sel };

	x->state = XCHG_WAIT_RULE;
	wait_for_krn(ike, &x->wait, &req, have_rule);
}

/* The pair of an earlier exchange for the same has a rule already. */
static uint32_t rule_in_use(const struct xchg *x)
{
	struct child *c;

	TAILQ_FOREACH(c, &x->sa->host->children, in_host)
	{
		if (c->own_rule && c->flow == x->flow &&
		    flow_sel_eq(&c->sel, &x->sel) &&
		    sa_same_peer(x->sa, &c->path, &c->remote_id))
			return c->rule;
	}
	return 0;
}

static void have_spi(struct ike *ike, void *owner, const struct krn_answer *a)
{
	struct xchg *x = owner;
	struct offer f;

	if (a->err || !again(ike, x, &f)) {
		quick_fail(ike, x, IKE_N_NO_PROPOSAL_CHOSEN);
		return;
	}
	trace_node(ike, x, "IKE_MESG_INTERNAL, IKE_GOT_SPI",
		   "IKE_QM_SPI_STARVE", "IKE_QM_IPSEC_INSTALL_AWAIT");
	x->in_spi = a->in_spi;
	x->out_spi = quick_out_spi(&f.c);
	x->agreed = f.c.agreed;
	x->udp = natt_udp(x->sa);
	if (!x->out_spi || !quick_make_ke(ike, x, x->agreed.group) ||
	    !quick_take_ke(x, &f.m)) {
		struct report r = { .kind = IKE_FAIL_INVALID_KEY,
				    .sa = x->sa,
				    .xchg = x,
				    .local = true };

		report(ike, &r, "nonce or key exchange is wrong");
		quick_fail(ike, x, IKE_N_INVALID_KEY_INFORMATION);
		return;
	}
	x->rule = f.flow->rule;
	if (f.flow->is_dynamic) {
		x->rule = rule_in_use(x);
		if (!x->rule) {
			add_rule(ike, x);
			return;
		}
	}
	if (!quick_add_pair(ike, x, send_2))
		quick_fail(ike, x, IKE_N_NO_PROPOSAL_CHOSEN);
}

static bool keep_ids(struct xchg *x, const struct ike_msg *m)
{
	const struct ike_pl *ci, *cr;
	unsigned int i = 0;

	if (m->n_id != 2)
		return true;
	ci = ike_msg_next(m, IKE_PL_ID, &i);
	cr = ike_msg_next(m, IKE_PL_ID, &i);
	return ci && cr && octets_set(&x->idci, ci->body.p, ci->body.len) &&
	       octets_set(&x->idcr, cr->body.p, cr->body.len);
}

static unsigned int answering(const struct sa *sa)
{
	const struct xchg *x;
	unsigned int n = 0;

	TAILQ_FOREACH(x, &sa->xchgs, in_sa)
	n += !x->initiator && x->state < XCHG_DONE;
	return n;
}

static void accept_1(struct ike *ike, struct sa *sa, struct in *in)
{
	struct xchg *x = xchg_create(ike, sa, in->m.hdr.msgid, false);
	struct offer f = { .m = in->m };
	uint16_t notify;

	if (!x)
		return;
	sa->stats.n_exchanges++;
	sa->stats.n_exchanges_in++;
	memcpy(x->iv, in->iv, sizeof(x->iv));
	trace_node(ike, x, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", "IKE_QM_READY",
		   "IKE_QM_SPI_STARVE");
	quick_payloads(ike, x);
	notify = evaluate(ike, x, &f, false);
	if (!notify && (!keep_ids(x, &in->m) ||
			!octets_set(&x->request, in->m.raw.p, in->m.raw.len)))
		notify = IKE_N_NO_PROPOSAL_CHOSEN;
	if (notify) {
		x->out_spi = f.c.n ? quick_out_spi(&f.c) : 0;
		quick_fail(ike, x, notify);
		return;
	}
	retrans_accepted(ike, &x->rt, in->raw);
	quick_alloc_spi(ike, x, have_spi);
}

void quick_first(struct ike *ike, struct sa *sa, struct in *in)
{
	uint8_t iv[IKE_BLOCK_MAX];

	if (answering(sa) >= IKE_MAX_XCHG) {
		sa->stats.in_drops++;
		return;
	}
	if (keymat_iv2(&sa->km, sa->iv, in->m.hdr.msgid, iv) ||
	    in_decrypt(ike, sa, in, iv) ||
	    !in_hash_ok(ike, sa, in, bytes_of(NULL, 0)) ||
	    !sa_msgid_new(&sa->quick_seen, in->m.hdr.msgid)) {
		quick_invalid(sa, false);
		return;
	}
	keep_touch(ike, &sa->keep, IKE_KEEP_SA);
	dpd_heard(ike, sa);
	natt_follow(ike, sa, in->path);
	accept_1(ike, sa, in);
}

void quick_take_3(struct ike *ike, struct xchg *x, struct in *in)
{
	struct sa *sa = x->sa;
	uint8_t want[IKE_HASH_MAX];
	struct child *c;

	if (keymat_hash3(&sa->km, x->msgid, octets_bytes(&x->ni),
			 octets_bytes(&x->nr), want) ||
	    in->m.hash.len != sa->km.len ||
	    !crypto_equal(want, in->m.hash.p, sa->km.len)) {
		quick_invalid(sa, false);
		return;
	}
	dpd_heard(ike, sa);
	natt_follow(ike, sa, in->path);
	if (child_create(ike, x)) {
		quick_fail(ike, x, 0);
		return;
	}
	retrans_accepted(ike, &x->rt, in->raw);
	octets_free(&x->rt.msg);
	c = child_by_in(ike, x->in_spi);
	trace_node(ike, x, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", "IKE_QM_R_QM2",
		   "IKE_QM_PHASE2_COMPLETE");
	trace_node_end(ike, x, false, "No Error");
	xchg_done(ike, x, quick_end_timer);
	child_up(ike, c, 0);
}
