// SPDX-License-Identifier: GPL-2.0-or-later
// Aggressive mode (RFC 2409 5): three messages, identities in the clear.

#include "auth.h"
#include "contact.h"
#include "ident.h"
#include "natt.h"
#include "report.h"
#include "trace.h"

static const char peer_sent[] = "IKE_MESG_FROM_PEER, IKE_AM_EXCH";
static const char processed[] = "IKE_MESG_INTERNAL, IKE_PROCESS_COMPLETE";

void aggr_begin(struct ike *ike, struct sa *sa, const struct ike_peer *peer)
{
	struct enc e;

	trace_step(ike, sa, "IKE_MESG_FROM_IPSEC, IKE_SA_REQ_AM", "IKE_READY",
		   "IKE_I_AM1");
	trace_sa(ike, sa, "beginning Aggressive Mode exchange");
	out_start(ike, sa, &e, IKE_EX_AGGR, 0);
	if (!phase1_fill_offer(sa, &e, peer)) {
		phase1_fail(ike, sa, IKE_FAIL_NO_PROPOSAL, 0,
			    "no ISAKMP policy to offer");
		return;
	}
	sa->p1.group = sa->setup->offered[0].group;
	sa->p1.auth = sa->setup->offered[0].auth;
	if (!auth_make_ke(ike, sa)) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_KEY, 0,
			    "no key pair of this group");
		return;
	}
	auth_fill_ke(sa, &e);
	auth_fill_id(ike, sa, &e, peer);
	auth_fill_request(ike, sa, &e, peer);
	phase1_fill_vids(sa, &e, peer);
	sa_set_state(ike, sa, AG_INIT_EXCH);
	phase1_send(ike, sa, out_finish(sa, &e, NULL), true);
}

static bool reparse(const struct octets *o, struct in *in,
		    const struct ike_path *path)
{
	*in = (struct in){ .path = path, .raw = octets_bytes(o) };
	return o->p && !ike_msg_parse(in->raw, &in->m);
}

/* Message 2: the answer to the offer is made anew from message 1. */
static void send_2(struct ike *ike, void *owner, const struct ike_key_answer *a)
{
	struct sa *sa = owner;
	const struct ike_peer *peer = phase1_peer(ike, sa);
	struct in in;
	struct enc e;

	if (!peer)
		return;
	out_start(ike, sa, &e, IKE_EX_AGGR, 0);
	if (!reparse(&sa->setup->request, &in, &sa->path)) {
		sa_kill(ike, sa, IKE_REASON_FAILED);
		return;
	}
	if (!phase1_choose(ike, sa, &in, peer, &e))
		return;
	auth_fill_ke(sa, &e);
	auth_fill_id(ike, sa, &e, peer);
	if (!auth_fill_proof(sa, &e, a)) {
		phase1_fail(ike, sa, IKE_FAIL_AUTHENTICATION, 0,
			    a && a->why ? a->why : "we cannot sign");
		return;
	}
	auth_fill_request(ike, sa, &e, peer);
	phase1_fill_vids(sa, &e, peer);
	natt_fill(ike, sa, &e, peer);
	sa_set_state(ike, sa, AG_INIT_EXCH);
	phase1_send(ike, sa, out_finish(sa, &e, NULL), false);
	trace_step(ike, sa, processed, "IKE_R_AM_AAA_AWAIT", "IKE_R_AM2");
}

static void prove_2(struct ike *ike, struct sa *sa)
{
	const struct ike_peer *peer = phase1_peer(ike, sa);
	struct enc e;

	if (!peer)
		return;
	/* The proof covers our identity, which must stand before. */
	out_start(ike, sa, &e, IKE_EX_AGGR, 0);
	auth_fill_id(ike, sa, &e, peer);
	auth_sign(ike, sa, send_2);
}

/* Nothing is told to who has not the right name: neither that nor why. */
static const struct ike_peer *caller(struct ike *ike, struct in *in)
{
	struct report r = { .kind = IKE_FAIL_NO_PEER,
			    .path = in->path,
			    .local = true };
	const struct ike_peer *peer = NULL;
	struct ike_ident id;

	if (in->m.n_id == 1 && in->m.id[0].data.len <= IKE_IDENT_MAX) {
		ident_from(&id, &in->m.id[0]);
		peer = ike->ops->peer_find(ike->ctx, in->path, &id,
					   bytes_of(NULL, 0));
	}
	if (!peer) {
		report(ike, &r, "nothing is configured for this identity");
	} else if (!(peer->flags & IKE_PEER_AGGRESSIVE_OK)) {
		r.kind = IKE_FAIL_UNSUPPORTED_EXCHANGE;
		report(ike, &r, "aggressive mode is not allowed");
		peer = NULL;
	}
	return peer;
}

void aggr_first(struct ike *ike, struct in *in)
{
	const struct ike_peer *peer = caller(ike, in);
	struct sa *sa;
	struct enc e;

	if (!peer)
		return;
	sa = phase1_accept(ike, in, peer);
	if (!sa)
		return;
	trace_step(ike, sa, peer_sent, "IKE_READY", "IKE_R_AM_AAA_AWAIT");
	trace_vids(ike, sa, &in->m);
	phase1_note_vids(sa, &in->m, peer);
	out_start(ike, sa, &e, IKE_EX_AGGR, 0);
	if (!phase1_choose(ike, sa, in, peer, &e))
		return;
	if (!auth_take_ke(ike, sa, in)) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_KEY,
			    IKE_N_INVALID_KEY_INFORMATION,
			    "nonce or key exchange is missing or malformed");
		return;
	}
	if (!auth_take_id(ike, sa, in))
		return;
	if (!auth_make_ke(ike, sa) ||
	    !octets_set(&sa->setup->request, in->raw.p, in->raw.len)) {
		sa_kill(ike, sa, IKE_REASON_FAILED);
		return;
	}
	retrans_accepted(ike, &sa->rt, in->raw);
	auth_keys(ike, sa, prove_2);
}

static void send_3(struct ike *ike, void *owner, const struct ike_key_answer *a)
{
	struct sa *sa = owner;
	const struct ike_peer *peer = phase1_peer(ike, sa);
	struct enc e;

	if (!peer)
		return;
	natt_float(ike, sa);
	out_start(ike, sa, &e, IKE_EX_AGGR, 0);
	if (!auth_fill_proof(sa, &e, a)) {
		phase1_fail(ike, sa, IKE_FAIL_AUTHENTICATION, 0,
			    a && a->why ? a->why : "we cannot sign");
		return;
	}
	natt_fill(ike, sa, &e, peer);
	if (contact_is_first(sa, peer)) {
		trace_sa(ike, sa, "Send initial contact");
		contact_fill(sa, &e);
	}
	phase1_last(ike, sa, out_finish(sa, &e, sa->iv));
	trace_step(ike, sa, processed, "IKE_I_AM1", "IKE_P1_COMPLETE");
}

static void verified_2(struct ike *ike, struct sa *sa)
{
	sa_set_state(ike, sa, AG_AUTH);
	auth_sign(ike, sa, send_3);
}

static void check_2(struct ike *ike, struct sa *sa)
{
	struct in in;

	if (!reparse(&sa->setup->request, &in, &sa->path)) {
		sa_kill(ike, sa, IKE_REASON_FAILED);
		return;
	}
	auth_check(ike, sa, &in, verified_2);
}

/* Message 2 at the initiator. */
static void take_2(struct ike *ike, struct sa *sa, struct in *in,
		   const struct ike_peer *peer)
{
	uint16_t group = sa->p1.group;

	if (!phase1_check_choice(ike, sa, in))
		return;
	if (sa->p1.group != group || !auth_take_ke(ike, sa, in)) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_KEY, 0,
			    "nonce or key exchange of the answer is wrong");
		return;
	}
	memcpy(sa->rcookie, in->m.hdr.rcookie, IKE_COOKIE_LEN);
	trace_vids(ike, sa, &in->m);
	phase1_note_vids(sa, &in->m, peer);
	if (!natt_take(sa, in, peer) || !auth_take_id(ike, sa, in))
		return;
	trace_nat(ike, sa);
	if (!octets_set(&sa->setup->request, in->raw.p, in->raw.len))
		return;
	retrans_accepted(ike, &sa->rt, in->raw);
	auth_keys(ike, sa, check_2);
}

static void verified_3(struct ike *ike, struct sa *sa)
{
	natt_follow(ike, sa, &sa->setup->from);
	if (sa->setup->contact)
		contact_take(ike, sa);
	retrans_accepted(ike, &sa->rt, octets_bytes(&sa->setup->request));
	octets_free(&sa->rt.msg);
	trace_step(ike, sa, peer_sent, "IKE_R_AM2", "IKE_P1_COMPLETE");
	sa_set_state(ike, sa, AG_AUTH);
	sa_up(ike, sa);
	phase1_tell_life(ike, sa);
}

/* Message 3 at the responder; it need not be encrypted. */
static void take_3(struct ike *ike, struct sa *sa, struct in *in,
		   const struct ike_peer *peer)
{
	if (!sa->has_keys)
		return;
	memcpy(in->iv, sa->iv, sizeof(in->iv));
	if (in->m.hdr.flags & IKE_F_ENC && in_decrypt(ike, sa, in, sa->iv)) {
		sa->stats.in_drops++;
		return;
	}
	if (!natt_take(sa, in, peer) ||
	    !octets_set(&sa->setup->request, in->raw.p, in->raw.len))
		return;
	trace_nat(ike, sa);
	sa->setup->from = *in->path;
	sa->setup->contact = contact_is_told(&in->m);
	memcpy(sa->iv, in->iv, sizeof(sa->iv));
	auth_check(ike, sa, in, verified_3);
}

void aggr_in(struct ike *ike, struct sa *sa, struct in *in)
{
	const struct ike_peer *peer = phase1_peer(ike, sa);

	if (!peer)
		return;
	if (sa->state != AG_INIT_EXCH)
		return;
	if (!sa->initiator)
		take_3(ike, sa, in, peer);
	else if (!(in->m.hdr.flags & IKE_F_ENC))
		take_2(ike, sa, in, peer);
}
