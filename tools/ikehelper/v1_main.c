// SPDX-License-Identifier: GPL-2.0-or-later
// Main mode (RFC 2409 5): six messages, the last two encrypted.

#include "auth.h"
#include "contact.h"
#include "natt.h"
#include "report.h"
#include "trace.h"

static const char peer_sent[] = "IKE_MESG_FROM_PEER, IKE_MM_EXCH";
static const char working[] = "IKE_MESG_INTERNAL, IKE_PROCESS_MAIN_MODE";
static const char processed[] = "IKE_MESG_INTERNAL, IKE_PROCESS_COMPLETE";

void main_begin(struct ike *ike, struct sa *sa, const struct ike_peer *peer)
{
	struct enc e;

	trace_sa(ike, sa, "Can not start Aggressive mode, trying Main mode.");
	trace_step(ike, sa, "IKE_MESG_FROM_IPSEC, IKE_SA_REQ_MM", "IKE_READY",
		   "IKE_I_MM1");
	trace_sa(ike, sa, "beginning Main Mode exchange");
	out_start(ike, sa, &e, IKE_EX_MAIN, 0);
	if (!phase1_fill_offer(sa, &e, peer)) {
		phase1_fail(ike, sa, IKE_FAIL_NO_PROPOSAL, 0,
			    "no ISAKMP policy to offer");
		return;
	}
	phase1_fill_vids(sa, &e, peer);
	phase1_send(ike, sa, out_finish(sa, &e, NULL), true);
}

/* Message 1 at the responder. Until its cookie comes back, little is kept. */
void main_first(struct ike *ike, struct in *in)
{
	const struct ike_peer *peer;
	struct sa *sa;
	struct enc e;

	peer = ike->ops->peer_find(ike->ctx, in->path, NULL, bytes_of(NULL, 0));
	if (!peer) {
		struct report r = { .kind = IKE_FAIL_NO_PEER,
				    .path = in->path,
				    .local = true };

		report(ike, &r, "nothing is configured for this peer");
		return;
	}
	sa = phase1_accept(ike, in, peer);
	if (!sa)
		return;
	trace_step(ike, sa, peer_sent, "IKE_READY", "IKE_R_MM1");
	trace_vids(ike, sa, &in->m);
	phase1_note_vids(sa, &in->m, peer);
	out_start(ike, sa, &e, IKE_EX_MAIN, 0);
	if (!phase1_choose(ike, sa, in, peer, &e))
		return;
	phase1_fill_vids(sa, &e, peer);
	retrans_accepted(ike, &sa->rt, in->raw);
	sa_set_state(ike, sa, MM_SA_SETUP);
	phase1_send(ike, sa, out_finish(sa, &e, NULL), false);
	trace_step(ike, sa, processed, "IKE_R_MM1", "IKE_R_MM2");
}

/* KE, nonce and what goes with them, of messages 3 and 4. */
static void send_ke(struct ike *ike, struct sa *sa, const struct ike_peer *peer)
{
	struct enc e;

	out_start(ike, sa, &e, IKE_EX_MAIN, 0);
	auth_fill_ke(sa, &e);
	auth_fill_request(ike, sa, &e, peer);
	natt_fill(ike, sa, &e, peer);
	phase1_send(ike, sa, out_finish(sa, &e, NULL), sa->initiator);
}

/* Message 2 at the initiator. */
static void take_2(struct ike *ike, struct sa *sa, struct in *in,
		   const struct ike_peer *peer)
{
	trace_step(ike, sa, peer_sent, "IKE_I_MM1", "IKE_I_MM2");
	if (!phase1_check_choice(ike, sa, in)) {
		trace_step(ike, sa, "IKE_MESG_INTERNAL, IKE_PROCESS_ERROR",
			   "IKE_I_MM2", "IKE_I_MM1");
		return;
	}
	memcpy(sa->rcookie, in->m.hdr.rcookie, IKE_COOKIE_LEN);
	trace_vids(ike, sa, &in->m);
	phase1_note_vids(sa, &in->m, peer);
	if (!auth_make_ke(ike, sa)) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_KEY, 0,
			    "no key pair of this group");
		return;
	}
	retrans_accepted(ike, &sa->rt, in->raw);
	sa_set_state(ike, sa, MM_SA_SETUP);
	trace_step(ike, sa, working, "IKE_I_MM2", "IKE_I_MM2");
	send_ke(ike, sa, peer);
	trace_step(ike, sa, processed, "IKE_I_MM2", "IKE_I_MM3");
}

static bool take_ke(struct ike *ike, struct sa *sa, struct in *in,
		    const struct ike_peer *peer)
{
	if (auth_take_ke(ike, sa, in) && natt_take(sa, in, peer)) {
		trace_nat(ike, sa);
		return true;
	}
	trace_bad(ike, sa, "key exchange is missing or malformed");
	/* Anybody can send this; the real one may still come. */
	sa->stats.in_drops++;
	ike_log(ike, IKE_LOG_DEBUG, in->path,
		"key exchange is missing or malformed");
	return false;
}

static void keys_ready(struct ike *ike, struct sa *sa)
{
	(void)ike;
	(void)sa;
}

/* Message 3 at the responder. */
static void take_3(struct ike *ike, struct sa *sa, struct in *in,
		   const struct ike_peer *peer)
{
	trace_step(ike, sa, peer_sent, "IKE_R_MM2", "IKE_R_MM3");
	if (!take_ke(ike, sa, in, peer))
		return;
	if (!auth_make_ke(ike, sa)) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_KEY, 0,
			    "no key pair of this group");
		return;
	}
	retrans_accepted(ike, &sa->rt, in->raw);
	sa_set_state(ike, sa, MM_KEY_EXCH);
	trace_step(ike, sa, working, "IKE_R_MM3", "IKE_R_MM3");
	send_ke(ike, sa, peer);
	trace_step(ike, sa, processed, "IKE_R_MM3", "IKE_R_MM4");
	auth_keys(ike, sa, keys_ready);
}

/* Message 5 or 6: the identity is kept from the first call on. */
static void send_auth(struct ike *ike, void *owner,
		      const struct ike_key_answer *a)
{
	struct sa *sa = owner;
	const struct ike_peer *peer = phase1_peer(ike, sa);
	struct enc e;

	if (!peer)
		return;
	out_start(ike, sa, &e, IKE_EX_MAIN, 0);
	auth_fill_id(ike, sa, &e, peer);
	if (!auth_fill_proof(sa, &e, a)) {
		phase1_fail(ike, sa, IKE_FAIL_AUTHENTICATION, 0,
			    a && a->why ? a->why : "we cannot sign");
		return;
	}
	if (sa->initiator && contact_is_first(sa, peer)) {
		trace_sa(ike, sa, "Send initial contact");
		contact_fill(sa, &e);
	}
	if (sa->initiator) {
		sa_set_state(ike, sa, MM_KEY_EXCH);
		phase1_send(ike, sa, out_finish(sa, &e, sa->iv), true);
		trace_step(ike, sa, processed, "IKE_I_MM4", "IKE_I_MM5");
		return;
	}
	phase1_fill_life(sa, &e);
	retrans_accepted(ike, &sa->rt, octets_bytes(&sa->setup->request));
	sa_set_state(ike, sa, MM_KEY_AUTH);
	phase1_last(ike, sa, out_finish(sa, &e, sa->iv));
	trace_step(ike, sa, processed, "IKE_R_MM5", "IKE_P1_COMPLETE");
}

/* The proof covers our identity, which must stand before it is signed. */
static void prove(struct ike *ike, struct sa *sa)
{
	const struct ike_peer *peer = phase1_peer(ike, sa);
	struct enc e;

	if (!peer)
		return;
	out_start(ike, sa, &e, IKE_EX_MAIN, 0);
	auth_fill_id(ike, sa, &e, peer);
	if (e.overflow) {
		sa_kill(ike, sa, IKE_REASON_FAILED);
		return;
	}
	auth_sign(ike, sa, send_auth);
}

/* Message 4 at the initiator. */
static void take_4(struct ike *ike, struct sa *sa, struct in *in,
		   const struct ike_peer *peer)
{
	trace_step(ike, sa, peer_sent, "IKE_I_MM3", "IKE_I_MM4");
	if (!take_ke(ike, sa, in, peer))
		return;
	trace_step(ike, sa, working, "IKE_I_MM4", "IKE_I_MM4");
	retrans_accepted(ike, &sa->rt, in->raw);
	natt_float(ike, sa);
	auth_keys(ike, sa, prove);
}

/* The responder knows who the initiator is. */
static void accepted_5(struct ike *ike, struct sa *sa)
{
	if (sa->setup->contact)
		contact_take(ike, sa);
	prove(ike, sa);
}

static void verified_5(struct ike *ike, struct sa *sa)
{
	natt_follow(ike, sa, &sa->setup->from);
	auth_same_key(ike, sa, accepted_5);
}

/* What else message 6 says; its reading keys are those of the peer. */
static void take_notes(struct ike *ike, struct sa *sa, const struct in *in)
{
	const struct ike_pl *pl;
	struct ike_notify n;
	unsigned int i = 0;

	while ((pl = ike_msg_next(&in->m, IKE_PL_N, &i)))
		if (!ike_notify_parse(pl->body, &n))
			phase1_take_life(ike, sa, &n);
}

static void verified_6(struct ike *ike, struct sa *sa)
{
	sa_set_state(ike, sa, MM_KEY_AUTH);
	trace_step(ike, sa, processed, "IKE_I_MM6", "IKE_P1_COMPLETE");
	sa_up(ike, sa);
}

/* What cannot be read was encrypted with other keys, or is a forgery. */
static void unreadable(struct ike *ike, struct sa *sa, const struct in *in)
{
	struct report r = { .kind = IKE_FAIL_AUTHENTICATION,
			    .sa = sa,
			    .local = true,
			    .is_unreadable = true };

	if (sa->p1.auth == IKE_AUTH_PSK)
		r.attribute = "pre-shared key";
	sa->stats.in_drops++;
	if (in->m.odd)
		trace_bad(ike, sa, "reserved not zero on ID payload!");
	trace_step(ike, sa, "IKE_MESG_INTERNAL, IKE_PROCESS_ERROR",
		   sa->initiator ? "IKE_I_MM6" : "IKE_R_MM5",
		   sa->initiator ? "IKE_I_MM5" : "IKE_R_MM4");
	if (sa->setup->reported)
		return;
	sa->setup->reported = true;
	report(ike, &r, "message cannot be decrypted (%s), %s",
	       in->m.why ? in->m.why : "malformed",
	       sa->p1.auth == IKE_AUTH_PSK ? "probably pre-shared keys differ" :
					     "keys differ");
}

/* Messages 5 and 6. */
static void take_auth(struct ike *ike, struct sa *sa, struct in *in)
{
	struct sa_setup *s = sa->setup;

	if (!sa->has_keys || !(in->m.hdr.flags & IKE_F_ENC))
		return;
	trace_step(ike, sa, peer_sent,
		   sa->initiator ? "IKE_I_MM5" : "IKE_R_MM4",
		   sa->initiator ? "IKE_I_MM6" : "IKE_R_MM5");
	if (in_decrypt(ike, sa, in, sa->iv)) {
		unreadable(ike, sa, in);
		return;
	}
	/* A refusal goes on from here. */
	memcpy(sa->iv, in->iv, sizeof(sa->iv));
	if (!auth_take_id(ike, sa, in))
		return;
	s->from = *in->path;
	s->contact = contact_is_told(&in->m);
	if (sa->initiator) {
		retrans_accepted(ike, &sa->rt, in->raw);
		take_notes(ike, sa, in);
	} else if (!octets_set(&s->request, in->raw.p, in->raw.len)) {
		return;
	}
	auth_check(ike, sa, in, sa->initiator ? verified_6 : verified_5);
}

void main_in(struct ike *ike, struct sa *sa, struct in *in)
{
	const struct ike_peer *peer = phase1_peer(ike, sa);
	bool clear = !(in->m.hdr.flags & IKE_F_ENC);

	if (!peer)
		return;
	if (sa->state == MM_NO_STATE && sa->initiator && clear)
		take_2(ike, sa, in, peer);
	else if (sa->state == MM_SA_SETUP && clear && sa->initiator)
		take_4(ike, sa, in, peer);
	else if (sa->state == MM_SA_SETUP && clear)
		take_3(ike, sa, in, peer);
	else if (sa->state == MM_KEY_EXCH)
		take_auth(ike, sa, in);
}
