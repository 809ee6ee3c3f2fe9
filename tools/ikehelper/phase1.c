// SPDX-License-Identifier: GPL-2.0-or-later
// What main mode and aggressive mode have in common: begin, negotiate, send.

#include "phase1.h"
#include "attr.h"
#include "mnemonic.h"
#include "natt.h"
#include "proposal.h"
#include "report.h"
#include "trace.h"

#define MIN_LIFE 60 /* seconds; less is not agreed to either */
#define SILENT_MS 120000 /* longer than all retransmissions take */

static const struct ike_match_opts lenient;

const struct ike_peer *phase1_peer(struct ike *ike, struct sa *sa)
{
	const struct ike_peer *peer = ike->ops->peer_get(ike->ctx, sa->peer);

	if (!peer || peer->generation != sa->generation) {
		sa_kill(ike, sa, IKE_REASON_CONFIG);
		return NULL;
	}
	return peer;
}

static void set_peer(struct ike *ike, struct sa *sa,
		     const struct ike_peer *peer)
{
	struct ike_sa_info info;
	struct ike_event ev = { .kind = IKE_EVENT_SA_NEW, .sa = &info };

	sa->peer = peer->ref;
	sa->generation = peer->generation;
	sa->is_static = peer->flags & IKE_PEER_STATIC;
	sa->wait.owner = sa;
	sa_info(ike, sa, &info);
	ike->ops->event(ike->ctx, &ev);
}

struct sa *phase1_begin(struct ike *ike, const struct ike_peer *peer,
			const struct ike_path *path)
{
	struct ike_path p = *path;
	struct sa *sa;

	if (!p.local.port || !p.remote.port) {
		p.local.port = 500;
		p.remote.port = 500;
	}
	sa = sa_create(ike, &p, true, NULL);
	if (!sa)
		return NULL;
	sa->aggressive = peer->flags & IKE_PEER_AGGRESSIVE;
	sa->state = sa->aggressive ? AG_NO_STATE : MM_NO_STATE;
	set_peer(ike, sa, peer);
	trace_sa(ike, sa, "local port %u, remote port %u", p.local.port,
		 p.remote.port);
	if (sa->aggressive)
		aggr_begin(ike, sa, peer);
	else
		main_begin(ike, sa, peer);
	return sa->is_dead ? NULL : sa;
}

void phase1_rekey(struct ike *ike, struct sa *sa)
{
	const struct ike_peer *peer = ike->ops->peer_get(ike->ctx, sa->peer);

	if (!peer || sa_pending(sa->host, sa->peer))
		return;
	/* Behind a NAT only the peer can begin, but for the one we began. */
	if (!(peer->flags & IKE_PEER_STATIC) && !sa->initiator &&
	    sa->remote_nat)
		return;
	phase1_begin(ike, peer, &sa->path);
}

struct sa *phase1_accept(struct ike *ike, struct in *in,
			 const struct ike_peer *peer)
{
	struct host *h;
	struct sa *sa;

	h = host_get(ike, in->path);
	if (!h)
		return NULL;
	if (!host_admit(ike, h, peer->flags & IKE_PEER_STATIC)) {
		host_put(ike, h);
		mnemonic_peer(
			ike, in->path,
			"%CRYPTO-4-IKE_DENY_SA_REQ: IKE denied an incoming SA request from",
			"due to too many half-open negotiations");
		trace_stray(ike, in->path, "too many half-open negotiations");
		ike_log(ike, IKE_LOG_DEBUG, in->path,
			"too many half-open negotiations");
		return NULL;
	}
	sa = sa_create(ike, in->path, false, in->m.hdr.icookie);
	if (!sa) {
		host_put(ike, h);
		return NULL;
	}
	sa->aggressive = in->m.hdr.exchange == IKE_EX_AGGR;
	sa->state = sa->aggressive ? AG_NO_STATE : MM_NO_STATE;
	set_peer(ike, sa, peer);
	trace_received(ike, sa, in->path);
	return sa;
}

bool phase1_fill_offer(struct sa *sa, struct enc *e,
		       const struct ike_peer *peer)
{
	struct sa_setup *s = sa->setup;
	struct ike_p1_policy *p =
		calloc(peer->n_p1 ? peer->n_p1 : 1, sizeof(*p));
	size_t at = e->len + IKE_GEN_LEN;
	unsigned int i, n = 0;

	if (!p)
		return false;
	s->offered = p;
	for (i = 0; i < peer->n_p1; i++) {
		/* Aggressive mode has one KE, so all have its group. */
		if (sa->aggressive && n && peer->p1[i].group != p[0].group)
			continue;
		p[n++] = peer->p1[i];
	}
	s->n_offered = n;
	if (!n)
		return false;
	proposal_fill_p1(e, p, n);
	return !e->overflow && octets_set(&s->sai_b, e->p + at, e->len - at);
}

static void refused_timer(void *arg, struct timer *t)
{
	sa_kill(arg, container_of(t, struct sa, life), IKE_REASON_FAILED);
}

void phase1_refused(struct ike *ike, struct sa *sa, const struct in *in)
{
	sa->setup->refused = true;
	retrans_accepted(ike, &sa->rt, in->raw);
	timer_set(&ike->timers, &sa->life, ike->now + IKE_HALF_OPEN_MS,
		  refused_timer);
}

static void refuse(struct ike *ike, struct sa *sa, const struct in *in,
		   uint16_t notify, const struct ike_explain *x)
{
	struct report r = { .kind = notify == IKE_N_NO_PROPOSAL_CHOSEN ?
					    IKE_FAIL_NO_PROPOSAL :
					    IKE_FAIL_PAYLOAD_MALFORMED,
			    .sa = sa,
			    .local = true,
			    .notify = notify,
			    .explain = x };
	char us[ADDR_STR], them[ADDR_STR];

	trace_bad(ike, sa,
		  "phase 1 SA policy not acceptable! (local %s remote %s)",
		  addr_fmt_ios(&sa->path.local.addr, us),
		  addr_fmt_ios(&sa->path.remote.addr, them));
	report(ike, &r, "%s",
	       x ? "no ISAKMP policy matches the offer" : "malformed proposal");
	out_error(ike, sa, notify);
	phase1_refused(ike, sa, in);
}

bool phase1_choose(struct ike *ike, struct sa *sa, struct in *in,
		   const struct ike_peer *peer, struct enc *e)
{
	struct ike_sa_offer o;
	struct ike_p1_choice c;
	struct ike_explain x = { 0 };
	int err = in->m.sa.p ? proposal_parse(in->m.sa, true, &o) :
			       IKE_N_PAYLOAD_MALFORMED;

	if (err) {
		refuse(ike, sa, in, err, NULL);
		return false;
	}
	trace_sa(ike, sa, "processing SA payload. message ID = 0");
	trace_offer_p1(ike, sa, &o, peer->p1, peer->n_p1);
	err = proposal_match_p1(&o, peer->p1, peer->n_p1, &lenient, &c, &x);
	if (err) {
		refuse(ike, sa, in, err, &x);
		return false;
	}
	sa->p1 = c.agreed;
	sa->p1.priority = peer->p1[c.policy].priority;
	if (!sa->p1.seconds)
		sa->p1.seconds = 86400;
	sa->tell_life = sa->p1.seconds < c.offered.seconds;
	proposal_reply_p1(e, &c);
	return octets_set(&sa->setup->sai_b, in->m.sa.p, in->m.sa.len);
}

bool phase1_check_choice(struct ike *ike, struct sa *sa, struct in *in)
{
	struct ike_sa_offer o;
	struct ike_p1_choice c;
	struct ike_explain x = { 0 };

	bool good = in->m.sa.p && !proposal_parse(in->m.sa, true, &o);

	if (good) {
		trace_sa(ike, sa, "processing SA payload. message ID = 0");
		trace_offer_p1(ike, sa, &o, sa->setup->offered,
			       sa->setup->n_offered);
	}
	/* Not authenticated: what is wrong may come from somebody else. */
	if (!good || proposal_check_p1(&o, sa->setup->offered,
				       sa->setup->n_offered, &c, &x)) {
		struct report r = { .kind = IKE_FAIL_NO_PROPOSAL,
				    .sa = sa,
				    .local = true,
				    .explain = x.phase ? &x : NULL };

		report(ike, &r, "the answer is none of our policies");
		return false;
	}
	sa->p1 = c.agreed;
	sa->p1.priority = sa->setup->offered[c.policy].priority;
	if (!sa->p1.seconds)
		sa->p1.seconds = 86400;
	return true;
}

struct life_note {
	uint8_t spi[2 * IKE_COOKIE_LEN];
	uint8_t data[32];
	struct ike_notify n;
};

static bool make_life(const struct sa *sa, struct life_note *l)
{
	struct enc d = { .p = l->data, .cap = sizeof(l->data) };

	memcpy(l->spi, sa->icookie, IKE_COOKIE_LEN);
	memcpy(l->spi + IKE_COOKIE_LEN, sa->rcookie, IKE_COOKIE_LEN);
	attr_fill_life(&d, true, sa->p1.seconds, 0);
	l->n = (struct ike_notify){ .doi = IKE_DOI_IPSEC,
				    .protocol = IKE_PROTO_ISAKMP,
				    .type = IKE_N_RESPONDER_LIFETIME,
				    .spi = bytes_of(l->spi, sizeof(l->spi)),
				    .data = bytes_of(l->data, d.len) };
	return sa->tell_life && !d.overflow;
}

void phase1_fill_life(const struct sa *sa, struct enc *e)
{
	struct life_note l = { 0 };

	if (make_life(sa, &l))
		enc_notify(e, &l.n);
}

void phase1_tell_life(struct ike *ike, struct sa *sa)
{
	struct life_note l = { 0 };

	if (make_life(sa, &l))
		info_notify(ike, sa, &l.n);
}

void phase1_take_life(struct ike *ike, struct sa *sa,
		      const struct ike_notify *n)
{
	uint32_t s, kb;

	if (n->type != IKE_N_RESPONDER_LIFETIME || !sa->initiator ||
	    n->protocol != IKE_PROTO_ISAKMP ||
	    !attr_parse_life(n->data, true, &s, &kb) || !s ||
	    s >= sa->p1.seconds)
		return;
	sa->p1.seconds = s < MIN_LIFE ? MIN_LIFE : s;
	if (sa->state != QM_IDLE)
		return;
	sa->expires = sa->established + (uint64_t)sa->p1.seconds * 1000;
	sa_start_life(ike, sa);
}

static void fill_vid(struct enc *e, enum vid v)
{
	struct bytes b = vid_bytes(v);

	if (b.p)
		enc_payload(e, IKE_PL_VID, b);
}

void phase1_fill_vids(struct sa *sa, struct enc *e, const struct ike_peer *peer)
{
	if (!(peer->flags & IKE_PEER_NO_NATT)) {
		/* A responder names only what was offered to it. */
		if (sa->initiator || sa->vids & VID_BIT(VID_NATT_RFC))
			fill_vid(e, VID_NATT_RFC);
		else if (sa->vids & VID_BIT(VID_NATT_03))
			fill_vid(e, VID_NATT_03);
		else if (sa->vids & VID_BIT(VID_NATT_02N))
			fill_vid(e, VID_NATT_02N);
		if (sa->initiator) {
			fill_vid(e, VID_NATT_03);
			fill_vid(e, VID_NATT_02N);
		}
	}
	fill_vid(e, VID_DPD);
	if (peer->flags & IKE_PEER_FRAGMENT)
		fill_vid(e, VID_FRAG);
}

void phase1_note_vids(struct sa *sa, const struct ike_msg *m,
		      const struct ike_peer *peer)
{
	const struct ike_pl *pl;
	unsigned int i = 0;

	while ((pl = ike_msg_next(m, IKE_PL_VID, &i)))
		sa->vids |= VID_BIT(vid_match(pl->body));
	if (!(peer->flags & IKE_PEER_NO_NATT))
		sa->natt = vid_natt_choose(sa->vids);
}

/* No answer: once more, or death by retransmission. */
static void phase1_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct sa *sa = container_of(t, struct sa, rt.timer);
	struct report r = { .kind = IKE_FAIL_NO_ANSWER, .sa = sa };

	if (retrans_again(ike, &sa->rt, phase1_timer)) {
		sa->stats.retransmits++;
		trace_sa(
			ike, sa,
			"incrementing error counter on sa, attempt %u: retransmit phase 1",
			sa->rt.step);
		trace_sa(ike, sa, "retransmitting phase 1 %s...",
			 ike_state_name(sa->state));
		out_again(ike, sa, &sa->rt);
		return;
	}
	report(ike, &r, "no answer in %s, death by retransmission",
	       ike_state_name(sa->state));
	sa_kill(ike, sa, IKE_REASON_RETRANSMIT);
}

/* A peer that began and went silent: nothing is sent. */
static void half_open_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct sa *sa = container_of(t, struct sa, life);
	struct report r = { .kind = IKE_FAIL_NO_ANSWER, .sa = sa };

	if (sa->is_half_open && host_is_unproved(sa))
		host_outcome(ike, false);
	else if (!host_is_unproved(sa))
		report(ike, &r, "the peer went silent in %s",
		       ike_state_name(sa->state));
	sa_kill(ike, sa, IKE_REASON_RETRANSMIT);
}

void phase1_send(struct ike *ike, struct sa *sa, struct bytes msg, bool wants)
{
	if (!msg.p)
		return;
	out_send(ike, sa, msg);
	retrans_sent(ike, &sa->rt, msg, wants ? phase1_timer : NULL);
	if (sa->state != QM_IDLE)
		timer_set(&ike->timers, &sa->life,
			  ike->now + (wants ? SILENT_MS : IKE_HALF_OPEN_MS),
			  half_open_timer);
}

void phase1_last(struct ike *ike, struct sa *sa, struct bytes msg)
{
	if (msg.p)
		retrans_sent(ike, &sa->rt, msg, NULL);
	else
		octets_free(&sa->rt.msg);
	sa_up(ike, sa);
	out_again(ike, sa, &sa->rt);
}

void phase1_fail(struct ike *ike, struct sa *sa, enum ike_fail kind,
		 uint16_t notify, const char *why)
{
	struct report r = {
		.kind = kind, .sa = sa, .local = true, .notify = notify
	};

	report(ike, &r, "%s", why);
	if (notify)
		info_refuse(ike, sa, notify);
	sa_kill(ike, sa, IKE_REASON_FAILED);
}
