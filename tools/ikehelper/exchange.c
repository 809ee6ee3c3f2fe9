// SPDX-License-Identifier: GPL-2.0-or-later
// A datagram finds its SA and its exchange.

#include "exchange.h"
#include "crypto.h"
#include "mnemonic.h"
#include "trace.h"
#include "v1.h"
#include "wire_esp.h"

static const uint8_t no_cookie[IKE_COOKIE_LEN];

static void ignore(struct ike *ike, struct sa *sa, const struct ike_path *path,
		   const char *why)
{
	if (sa)
		sa->stats.in_drops++;
	trace_stray(ike, path, "message ignored: %s", why);
	ike_log(ike, IKE_LOG_DEBUG, path, "message ignored: %s", why);
}

static int decrypt(struct ike *ike, struct sa *sa, struct in *in,
		   const uint8_t *iv)
{
	size_t block = crypto_block_len(sa->km.encr);
	size_t len = in->raw.len - IKE_HDR_LEN;

	if (!len || !block || len % block || in->raw.len > sizeof(ike->rx))
		return IKE_N_PAYLOAD_MALFORMED;
	memcpy(ike->rx, in->raw.p, in->raw.len);
	memcpy(in->iv, iv, block);
	if (keymat_decrypt(&sa->km, in->iv, ike->rx + IKE_HDR_LEN, len))
		return IKE_N_PAYLOAD_MALFORMED;
	return ike_msg_parse_plain(bytes_of(ike->rx, in->raw.len), block,
				   &in->m);
}

int in_decrypt(struct ike *ike, struct sa *sa, struct in *in, const uint8_t *iv)
{
	int err = decrypt(ike, sa, in, iv);

	/* Before that the keys may be wrong, which is another failure. */
	if (err && sa->state == QM_IDLE)
		mnemonic(
			ike,
			"%%CRYPTO-6-IKMP_CRYPT_FAILURE: IKE (connection id %u) unable to decrypt packet",
			sa->conn);
	return err;
}

bool in_hash_ok(struct ike *ike, const struct sa *sa, const struct in *in,
		struct bytes ni)
{
	const struct ike_msg *m = &in->m;
	uint8_t want[IKE_HASH_MAX];
	struct bytes rest =
		bytes_of(m->raw.p + m->hash_end, m->end - m->hash_end);

	if (m->hash.p && m->hash.len > sa->km.len)
		mnemonic_peer(
			ike, in->path,
			"%CRYPTO-4-IKMP_HASH_SIZE_EXCEEDED: IKE hash from",
			"exceeds size");
	if (!m->hash.p || m->hash.len != sa->km.len)
		return false;
	if (keymat_hash12(&sa->km, m->hdr.msgid, ni, rest, want))
		return false;
	return crypto_equal(want, m->hash.p, sa->km.len);
}

/* The peer's address may change only by a NAT between us. */
static bool path_fits(const struct sa *sa, const struct ike_path *path)
{
	if (sa->path.vrf != path->vrf)
		return false;
	return sa->remote_nat || sa->local_nat ||
	       addr_eq(&sa->path.remote.addr, &path->remote.addr);
}

/* A copy of what was answered: the same answer, not too often. */
static void answer_copy(struct ike *ike, struct sa *sa, struct retrans *r)
{
	trace_sa(ike, sa, "packet is a duplicate of a previous packet.");
	if (retrans_may_reply(ike, r)) {
		out_again(ike, sa, r);
		sa->stats.retransmits++;
	}
}

static void phase1_in(struct ike *ike, struct sa *sa, struct in *in)
{
	if (retrans_is_copy(ike, &sa->rt, in->raw)) {
		/* The initiator of main mode has its own timer. */
		if (!sa->initiator || sa->aggressive)
			answer_copy(ike, sa, &sa->rt);
		return;
	}
	if (sa->state == QM_IDLE || !sa->setup || sa->setup->refused) {
		ignore(ike, sa, in->path, "phase 1 is over");
		return;
	}
	if ((in->m.hdr.exchange == IKE_EX_AGGR) != sa->aggressive ||
	    in->m.hdr.msgid) {
		ignore(ike, sa, in->path, "not of this exchange");
		return;
	}
	if (sa->wait.id) {
		/* One is kept until the key role has answered. */
		if (!sa->setup->held.p && in->raw.len <= IKE_MSG_DEFAULT) {
			octets_set(&sa->setup->held, in->raw.p, in->raw.len);
			sa->setup->held_path = *in->path;
		}
		return;
	}
	if (sa->aggressive)
		aggr_in(ike, sa, in);
	else
		main_in(ike, sa, in);
}

void exchange_held(struct ike *ike, struct sa *sa)
{
	struct octets held = sa->setup->held;
	struct ike_path path = sa->setup->held_path;
	struct in in = { .path = &path, .raw = bytes_of(held.p, held.len) };

	sa->setup->held = (struct octets){ 0 };
	if (held.p && !ike_msg_parse(in.raw, &in.m))
		phase1_in(ike, sa, &in);
	octets_free(&held);
}

static void quick_find(struct ike *ike, struct sa *sa, struct in *in)
{
	struct xchg *x = xchg_find(sa, in->m.hdr.msgid);

	if (x && x->state != XCHG_DELETE) {
		if (retrans_is_copy(ike, &x->rt, in->raw))
			answer_copy(ike, sa, &x->rt);
		else
			quick_in(ike, x, in);
		return;
	}
	if (sa->n_xchgs >= IKE_MAX_XCHG * 64) {
		ignore(ike, sa, in->path, "too many exchanges");
		return;
	}
	quick_first(ike, sa, in);
}

static void not_encrypted(struct ike *ike, struct sa *sa, const struct in *in)
{
	ignore(ike, sa, in->path, "not encrypted");
	mnemonic_peer(ike, in->path,
		      "%CRYPTO-6-IKMP_NOT_ENCRYPTED: IKE packet from",
		      "was not encrypted and it should've been.");
}

/* What an established SA, or none, has to do with a message. */
static void phase2_in(struct ike *ike, struct sa *sa, struct in *in)
{
	const struct ike_hdr *h = &in->m.hdr;
	char a[ADDR_STR];

	if (!(h->flags & IKE_F_ENC)) {
		if (h->exchange == IKE_EX_INFO)
			info_in_clear(ike, sa, in);
		else
			not_encrypted(ike, sa, in);
		return;
	}
	if (sa->state != QM_IDLE || !sa->has_keys || !h->msgid) {
		ignore(ike, sa, in->path, "before the end of phase 1");
		if (h->exchange == IKE_EX_QUICK)
			mnemonic_peer(
				ike, in->path,
				"%CRYPTO-6-IKMP_SA_NOT_AUTH: Cannot accept Quick Mode exchange from",
				"if SA is not authenticated!");
		return;
	}
	switch (h->exchange) {
	case IKE_EX_QUICK:
		quick_find(ike, sa, in);
		break;
	case IKE_EX_INFO:
		info_in(ike, sa, in);
		break;
	default:
		ignore(ike, sa, in->path, "exchange not supported");
		mnemonic(
			ike,
			"%%CRYPTO-6-IKMP_UNK_EXCHANGE: IKE peer at %s sent a message with an unknown exchange %u",
			addr_fmt_ios(&in->path->remote.addr, a), h->exchange);
	}
}

static void with_sa(struct ike *ike, struct sa *sa, struct in *in)
{
	sa->stats.in_packets++;
	sa->stats.in_octets += in->raw.len;
	trace_received(ike, sa, in->path);
	if (!path_fits(sa, in->path)) {
		ignore(ike, sa, in->path, "from another address");
		return;
	}
	if (sa->is_closing) {
		ignore(ike, sa, in->path, "the configuration has changed");
		return;
	}
	if (in->m.hdr.exchange == IKE_EX_MAIN ||
	    in->m.hdr.exchange == IKE_EX_AGGR)
		phase1_in(ike, sa, in);
	else
		phase2_in(ike, sa, in);
}

/* Without the responder's cookie: a first message. */
static void first(struct ike *ike, struct in *in)
{
	const struct ike_hdr *h = &in->m.hdr;
	struct sa *sa;

	if (h->flags & IKE_F_ENC || h->msgid ||
	    (h->exchange != IKE_EX_MAIN && h->exchange != IKE_EX_AGGR)) {
		ignore(ike, NULL, in->path, "no first message");
		return;
	}
	if (sa_find(ike, h->icookie, no_cookie)) {
		ignore(ike, NULL, in->path, "our own message");
		return;
	}
	sa = sa_find_first(ike, in->path, h->icookie);
	if (sa) {
		sa->stats.in_packets++;
		/* A copy, or another one with a cookie that is in use. */
		if (retrans_is_copy(ike, &sa->rt, in->raw))
			answer_copy(ike, sa, &sa->rt);
		return;
	}
	if (h->exchange == IKE_EX_AGGR)
		aggr_first(ike, in);
	else
		main_first(ike, in);
}

static bool join(struct ike *ike, struct sa *sa, struct in *in)
{
	struct ike_fragment f;

	if (!sa->join)
		sa->join = calloc(1, sizeof(*sa->join));
	if (!sa->join || ike_fragment_parse(in->m.frag, &f))
		return false;
	if (frag_add(sa->join, &in->m.hdr, &f, IKE_MSG_DEFAULT,
		     ike->now / 1000) != FRAG_DONE)
		return false;
	in->raw = frag_message(sa->join);
	return !ike_msg_parse(in->raw, &in->m) && !in->m.frag.p;
}

static void dispatch(struct ike *ike, struct in *in)
{
	struct sa *sa;

	if (!memcmp(in->m.hdr.rcookie, no_cookie, IKE_COOKIE_LEN)) {
		if (!in->m.frag.p)
			first(ike, in);
		return;
	}
	sa = sa_find(ike, in->m.hdr.icookie, in->m.hdr.rcookie);
	if (!sa) {
		ike->n_strays++;
		ignore(ike, NULL, in->path, "unknown cookies");
		mnemonic_peer(ike, in->path,
			      "%CRYPTO-4-IKMP_NO_SA: IKE message from",
			      "has no SA and is not an initialization offer.");
		return;
	}
	if (in->m.frag.p && !join(ike, sa, in)) {
		sa->stats.in_packets++;
		return;
	}
	/* A joined message may name another SA. */
	if (sa != sa_find(ike, in->m.hdr.icookie, in->m.hdr.rcookie))
		return;
	with_sa(ike, sa, in);
}

static void malformed(struct ike *ike, const struct in *in)
{
	char a[ADDR_STR];

	ignore(ike, NULL, in->path, in->m.why ? in->m.why : "malformed");
	if (in->m.hdr.len > in->raw.len)
		mnemonic(
			ike,
			"%%CRYPTO-4-IKMP_PKT_OVERFLOW: ISAKMP message from %s larger (%u) than the UDP packet length (%zu)",
			addr_fmt_ios(&in->path->remote.addr, a), in->m.hdr.len,
			in->raw.len);
	else
		mnemonic_peer(ike, in->path,
			      "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from",
			      "failed its sanity check or is malformed");
}

void ike_packet(struct ike *ike, const struct ike_path *path, const void *p,
		size_t len)
{
	struct in in = { .path = path, .raw = bytes_of(p, len) };
	int err;

	ike_enter(ike);
	err = ike_msg_parse(in.raw, &in.m);
	if (!err)
		dispatch(ike, &in);
	else
		malformed(ike, &in);
	ike_leave(ike);
}
