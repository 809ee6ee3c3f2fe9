// SPDX-License-Identifier: GPL-2.0-or-later
// Keys, identities and proofs of phase 1; asks the key role.

#include "auth.h"
#include "crypto.h"
#include "ident.h"
#include "pki.h"
#include "report.h"
#include "trace.h"

#include <errno.h>
#include <stdio.h>

#define NONCE_LEN 20
#define MAX_NAMES 4096 /* octets of names that a peer asks for */
#define MAX_ASKED 16 /* authorities that we ask for; for more, any will do */

bool auth_make_ke(struct ike *ike, struct sa *sa)
{
	struct sa_setup *s = sa->setup;
	uint8_t nonce[NONCE_LEN];
	struct bytes pub;

	s->dh = dh_create(sa->p1.group);
	if (!s->dh)
		return false;
	pub = dh_public(s->dh);
	ike->ops->random(ike->ctx, nonce, sizeof(nonce));
	return octets_set(&s->own_ke, pub.p, pub.len) &&
	       octets_set(sa->initiator ? &s->ni : &s->nr, nonce,
			  sizeof(nonce));
}

void auth_fill_ke(struct sa *sa, struct enc *e)
{
	struct sa_setup *s = sa->setup;

	enc_payload(e, IKE_PL_KE, octets_bytes(&s->own_ke));
	enc_payload(e, IKE_PL_NONCE,
		    octets_bytes(sa->initiator ? &s->ni : &s->nr));
}

/*
 * Certificate requests may come in any message; the last one with some counts.
 * Nothing is looked at before the identity must be chosen.
 */
static void take_requests(struct sa *sa, const struct ike_msg *m)
{
	uint8_t names[MAX_NAMES];
	const struct ike_pl *pl;
	unsigned int i = 0;
	struct ike_cert c;
	size_t n = 0;

	while ((pl = ike_msg_next(m, IKE_PL_CR, &i))) {
		if (ike_cert_parse(pl->body, &c) || !c.data.len ||
		    c.encoding != IKE_CERT_X509_SIG ||
		    c.data.len > sizeof(names) - n - 2)
			continue;
		put_be16(names + n, c.data.len);
		memcpy(names + n + 2, c.data.p, c.data.len);
		n += 2 + c.data.len;
		if (n > sizeof(names) - 2)
			break;
	}
	if (n)
		octets_set(&sa->setup->names, names, n);
}

bool auth_take_ke(struct ike *ike, struct sa *sa, const struct in *in)
{
	struct sa_setup *s = sa->setup;
	const struct ike_msg *m = &in->m;

	if (!m->ke.p || !m->nonce.p ||
	    m->ke.len != dh_public_len(sa->p1.group) ||
	    m->nonce.len < IKE_NONCE_MIN || m->nonce.len > IKE_NONCE_MAX)
		return false;
	trace_sa(ike, sa, "processing KE payload. message ID = 0");
	trace_sa(ike, sa, "processing NONCE payload. message ID = 0");
	take_requests(sa, m);
	return octets_set(&s->peer_ke, m->ke.p, m->ke.len) &&
	       octets_set(sa->initiator ? &s->nr : &s->ni, m->nonce.p,
			  m->nonce.len);
}

static struct keymat_in key_input(const struct sa *sa)
{
	const struct sa_setup *s = sa->setup;
	const struct octets *i = sa->initiator ? &s->own_ke : &s->peer_ke;
	const struct octets *r = sa->initiator ? &s->peer_ke : &s->own_ke;

	return (struct keymat_in){ .icookie = sa->icookie,
				   .rcookie = sa->rcookie,
				   .ni = octets_bytes(&s->ni),
				   .nr = octets_bytes(&s->nr),
				   .gxi = octets_bytes(i),
				   .gxr = octets_bytes(r),
				   .gxy = octets_bytes(&s->gxy) };
}

static void have_skeyid(struct ike *ike, struct sa *sa, const uint8_t *skeyid)
{
	struct keymat_in in = key_input(sa);
	auth_fn *then = sa->setup->then;

	sa->km.hash = sa->p1.hash;
	sa->km.encr = sa->p1.encr;
	sa->km.bits = sa->p1.keylen;
	if (keymat_derive(&sa->km, skeyid, &in) ||
	    keymat_iv1(&sa->km, in.gxi, in.gxr, sa->iv)) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_KEY, 0,
			    "keys cannot be derived");
		return;
	}
	sa->has_keys = true;
	sa->setup->then = NULL;
	then(ike, sa);
}

static void psk_done(struct ike *ike, void *owner,
		     const struct ike_key_answer *a)
{
	struct sa *sa = owner;

	char peer[ADDR_STR];

	addr_fmt_ios(&sa->path.remote.addr, peer);
	if (a->err || a->data.len != crypto_hash_len(sa->p1.hash)) {
		trace_bad(ike, sa, "No pre-shared key with %s!", peer);
		phase1_fail(
			ike, sa,
			a->err == -ENOKEY ? IKE_FAIL_NO_KEY :
					    IKE_FAIL_AUTHENTICATION,
			0, a->why ? a->why : "no pre-shared key for this peer");
		return;
	}
	trace_sa(ike, sa, "found peer pre-shared key matching %s", peer);
	have_skeyid(ike, sa, a->data.p);
	if (!sa->is_dead && sa->setup && !sa->wait.id)
		exchange_held(ike, sa);
}

static uint32_t profile_of(struct ike *ike, const struct sa *sa)
{
	const struct ike_peer *peer = ike->ops->peer_get(ike->ctx, sa->peer);

	return peer ? peer->profile : 0;
}

static void ask_psk(struct ike *ike, struct sa *sa, wait_key_fn *fn)
{
	const struct sa_setup *s = sa->setup;
	uint8_t nonces[2 * IKE_NONCE_MAX];
	struct ike_ident own, other;
	struct ike_key_req req = { .op = IKE_KEY_PSK,
				   .hash = sa->p1.hash,
				   .auth = sa->p1.auth,
				   .peer = sa->peer,
				   .profile = profile_of(ike, sa),
				   .path = sa->path };

	memcpy(nonces, s->ni.p, s->ni.len);
	memcpy(nonces + s->ni.len, s->nr.p, s->nr.len);
	req.data.p = nonces;
	req.data.len = s->ni.len + s->nr.len;
	if (sa->local_id.type) {
		ident_from(&own, &sa->local_id);
		req.local_id = &own;
	}
	/* In main mode it says so too late for the choice of a key. */
	if (sa->aggressive && sa->remote_id.type) {
		ident_from(&other, &sa->remote_id);
		req.remote_id = &other;
	}
	wait_for_key(ike, &sa->wait, &req, fn);
}

static void psk_again(struct ike *ike, void *owner,
		      const struct ike_key_answer *a)
{
	struct sa *sa = owner;
	auth_fn *then = sa->setup->then;

	if (a->err || a->data.len != sa->km.len ||
	    !crypto_equal(a->data.p, sa->km.skeyid, sa->km.len)) {
		phase1_fail(ike, sa, IKE_FAIL_AUTHENTICATION,
			    IKE_N_AUTHENTICATION_FAILED,
			    "its key is of no keyring of its ISAKMP profile");
		return;
	}
	sa->setup->then = NULL;
	then(ike, sa);
}

void auth_same_key(struct ike *ike, struct sa *sa, auth_fn *fn)
{
	if (sa->p1.auth != IKE_AUTH_PSK || !profile_of(ike, sa)) {
		fn(ike, sa);
		return;
	}
	sa->setup->then = fn;
	ask_psk(ike, sa, psk_again);
}

void auth_keys(struct ike *ike, struct sa *sa, auth_fn *fn)
{
	struct sa_setup *s = sa->setup;
	uint8_t gxy[IKE_KE_MAX], skeyid[IKE_HASH_MAX];
	bool ok;

	ok = !dh_derive(s->dh, octets_bytes(&s->peer_ke), gxy) &&
	     octets_set(&s->gxy, gxy, dh_secret_len(sa->p1.group));
	secret_wipe(gxy, sizeof(gxy));
	if (!ok) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_KEY,
			    IKE_N_INVALID_KEY_INFORMATION,
			    "the peer's public value is not acceptable");
		return;
	}
	s->then = fn;
	if (sa->p1.auth == IKE_AUTH_PSK) {
		ask_psk(ike, sa, psk_done);
		return;
	}
	if (keymat_skeyid_sig(sa->p1.hash, octets_bytes(&s->ni),
			      octets_bytes(&s->nr), octets_bytes(&s->gxy),
			      skeyid)) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_KEY, 0, "no SKEYID");
		return;
	}
	have_skeyid(ike, sa, skeyid);
	secret_wipe(skeyid, sizeof(skeyid));
}

/* As configured, but never one that our certificate does not have. */
static bool choose_id(struct ike *ike, struct sa *sa,
		      const struct ike_peer *peer)
{
	struct ike_id id = id_of_addr(&sa->path.local.addr);
	struct ike_ident own = peer->local_id;
	struct sa_setup *s = sa->setup;

	if (!own.type)
		ident_from(&own, &id);
	if (sa->p1.auth == IKE_AUTH_RSA_SIG)
		s->trust = ike->ops->own_cert(
			ike->ctx, peer, octets_bytes(&s->names), &own, &s->why);
	id = id_of(own.type, own.data, own.len);
	id.protocol = own.proto;
	id.port = own.port;
	trace_sa(ike, sa, "SA is doing");
	trace_sa(ike, sa, "%s authentication using id type %s",
		 sa->p1.auth == IKE_AUTH_RSA_SIG ? "RSA signature" :
						   "pre-shared key",
		 id_type_name(id.type));
	trace_id(ike, sa, &id);
	return !id_copy(&sa->local_id, &id);
}

void auth_fill_id(struct ike *ike, struct sa *sa, struct enc *e,
		  const struct ike_peer *peer)
{
	size_t at = e->len + IKE_GEN_LEN;

	if (!sa->local_id.type && !choose_id(ike, sa, peer)) {
		e->overflow = true;
		return;
	}
	enc_id(e, &sa->local_id);
	if (e->overflow ||
	    !octets_set(&sa->setup->own_id_b, e->p + at, e->len - at))
		e->overflow = true;
}

/* Two encodings of a name may be equal without the same octets. */
static bool is_same_dn(const struct ike_id *a, const struct ike_id *b)
{
	return a->type == IKE_ID_DER_DN && b->type == IKE_ID_DER_DN &&
	       pki_dn_eq(a->data, b->data);
}

static bool id_accepted(const struct sa *sa, const struct ike_id *id,
			const struct ike_peer *peer)
{
	struct ike_id addr = id_of_addr(&sa->path.remote.addr);
	unsigned int i;

	if (peer->flags & IKE_PEER_ANY_ID)
		return true;
	for (i = 0; i < peer->n_remote_id; i++) {
		const struct ike_ident *w = &peer->remote_id[i];
		struct ike_id want = id_of(w->type, w->data, w->len);

		if (id_eq(&want, id) || is_same_dn(&want, id))
			return true;
	}
	if (peer->n_remote_id)
		return false;
	/*
	 * Behind a NAT it cannot know its outer address; in aggressive mode it
	 * speaks before a NAT can be known of.
	 */
	return id_eq(&addr, id) ||
	       (id->type == addr.type &&
		(sa->remote_nat || (sa->aggressive && sa->natt)));
}

static bool refuse_id(struct ike *ike, struct sa *sa, const struct in *in)
{
	const struct ike_id *id = &in->m.id[0];
	char theirs[IKE_ID_STR];
	struct report r = { .kind = IKE_FAIL_INVALID_ID,
			    .sa = sa,
			    .local = true,
			    .notify = IKE_N_INVALID_ID_INFORMATION,
			    .attribute = "identity",
			    .theirs = theirs };

	id_fmt(id, theirs);
	report(ike, &r, "the peer's identity is not the configured one");
	info_refuse(ike, sa, IKE_N_INVALID_ID_INFORMATION);
	if (sa->aggressive && !sa->initiator)
		phase1_refused(ike, sa, in);
	else
		sa_kill(ike, sa, IKE_REASON_FAILED);
	return false;
}

/* The certificate that is the peer's own: the first one that it sends. */
static struct bytes leaf_of(const struct sa *sa, const struct in *in)
{
	const struct ike_pl *pl;
	unsigned int i = 0;
	struct ike_cert c;

	if (sa->p1.auth != IKE_AUTH_PSK)
		while ((pl = ike_msg_next(&in->m, IKE_PL_CERT, &i)))
			if (!ike_cert_parse(pl->body, &c) &&
			    c.encoding == IKE_CERT_X509_SIG)
				return c.data;
	return bytes_of(NULL, 0);
}

/* The one of whom we wanted; of who comes, the one whom it says to be. */
static const struct ike_peer *find_peer(struct ike *ike, const struct sa *sa,
					const struct in *in,
					const struct ike_ident *id)
{
	const struct ike_peer *peer, *fits;

	fits = ike->ops->peer_find(ike->ctx, in->path, id, leaf_of(sa, in));
	if (!sa->initiator)
		return fits;
	peer = ike->ops->peer_get(ike->ctx, sa->peer);
	if (peer && peer->profile && (!fits || fits->profile != peer->profile))
		return NULL;
	return peer;
}

bool auth_take_id(struct ike *ike, struct sa *sa, const struct in *in)
{
	const struct ike_peer *peer;
	const struct ike_pl *pl;
	struct ike_ident ident;
	unsigned int i = 0;

	take_requests(sa, &in->m);
	pl = ike_msg_next(&in->m, IKE_PL_ID, &i);
	if (in->m.n_id != 1 || !pl || in->m.id[0].data.len > IKE_IDENT_MAX ||
	    !octets_set(&sa->setup->peer_id_b, pl->body.p, pl->body.len)) {
		phase1_fail(ike, sa, IKE_FAIL_PAYLOAD_MALFORMED, 0,
			    "one identity is needed");
		return false;
	}
	trace_sa(ike, sa, "processing ID payload. message ID = 0");
	trace_id(ike, sa, &in->m.id[0]);
	ident_from(&ident, &in->m.id[0]);
	peer = find_peer(ike, sa, in, &ident);
	if (!peer || !id_accepted(sa, &in->m.id[0], peer))
		return refuse_id(ike, sa, in);
	id_free(&sa->remote_id);
	if (id_copy(&sa->remote_id, &in->m.id[0])) {
		sa_kill(ike, sa, IKE_REASON_FAILED);
		return false;
	}
	sa->peer = peer->ref;
	sa->generation = peer->generation;
	return true;
}

/* HASH_I or HASH_R of one side. */
static bool proof_hash(const struct sa *sa, bool own, uint8_t *out)
{
	const struct sa_setup *s = sa->setup;
	struct keymat_in in = key_input(sa);

	return !keymat_auth(&sa->km, &in, sa->initiator == own,
			    octets_bytes(&s->sai_b),
			    octets_bytes(own ? &s->own_id_b : &s->peer_id_b),
			    out);
}

void auth_sign(struct ike *ike, struct sa *sa, wait_key_fn *fn)
{
	struct ike_ident own, other;
	uint8_t hash[IKE_HASH_MAX];
	struct ike_key_req req = { .op = IKE_KEY_SIGN,
				   .hash = sa->p1.hash,
				   .auth = sa->p1.auth,
				   .peer = sa->peer,
				   .profile = profile_of(ike, sa),
				   .path = sa->path,
				   .local_id = &own,
				   .trust = sa->setup->trust };

	if (sa->p1.auth == IKE_AUTH_PSK) {
		fn(ike, sa, NULL);
		return;
	}
	if (!req.trust) {
		phase1_fail(ike, sa, IKE_FAIL_NO_CERTIFICATE, 0,
			    sa->setup->why);
		return;
	}
	if (!proof_hash(sa, true, hash)) {
		sa_kill(ike, sa, IKE_REASON_FAILED);
		return;
	}
	ident_from(&own, &sa->local_id);
	if (sa->remote_id.type) {
		ident_from(&other, &sa->remote_id);
		req.remote_id = &other;
	}
	req.data.p = hash;
	req.data.len = sa->km.len;
	wait_for_key(ike, &sa->wait, &req, fn);
}

bool auth_fill_proof(struct sa *sa, struct enc *e,
		     const struct ike_key_answer *a)
{
	uint8_t hash[IKE_HASH_MAX];
	unsigned int i;

	if (!a) {
		if (!proof_hash(sa, true, hash))
			return false;
		enc_payload(e, IKE_PL_HASH, bytes_of(hash, sa->km.len));
		return true;
	}
	if (a->err || !a->data.len)
		return false;
	for (i = 0; i < a->n_cert; i++)
		enc_cert(e, IKE_PL_CERT, IKE_CERT_X509_SIG,
			 bytes_of(a->cert[i].p, a->cert[i].len));
	enc_payload(e, IKE_PL_SIG, bytes_of(a->data.p, a->data.len));
	return true;
}

void auth_fill_request(struct ike *ike, struct sa *sa, struct enc *e,
		       const struct ike_peer *peer)
{
	struct bytes name[MAX_ASKED + 1];
	unsigned int n, i;

	if (sa->p1.auth != IKE_AUTH_RSA_SIG)
		return;
	n = ike->ops->authorities(ike->ctx, peer, name, MAX_ASKED + 1);
	/* Without a name: any authority will do. */
	if (!n || n > MAX_ASKED)
		enc_cert(e, IKE_PL_CR, IKE_CERT_X509_SIG, bytes_of("", 0));
	for (i = 0; i < n && n <= MAX_ASKED; i++)
		enc_cert(e, IKE_PL_CR, IKE_CERT_X509_SIG, name[i]);
}

/* What a notification about certificates is called in records. */
static enum ike_fail fail_of(uint16_t notify)
{
	switch (notify) {
	case IKE_N_CERTIFICATE_UNAVAILABLE:
		return IKE_FAIL_NO_CERTIFICATE;
	case IKE_N_INVALID_CERT_ENCODING:
		return IKE_FAIL_CERT_ENCODING;
	case IKE_N_INVALID_CERTIFICATE:
		return IKE_FAIL_INVALID_CERTIFICATE;
	case IKE_N_INVALID_CERT_AUTHORITY:
		return IKE_FAIL_CERT_AUTHORITY;
	case IKE_N_INVALID_ID_INFORMATION:
		return IKE_FAIL_INVALID_ID;
	case IKE_N_INVALID_SIGNATURE:
		return IKE_FAIL_INVALID_SIGNATURE;
	}
	return IKE_FAIL_AUTHENTICATION;
}

static void refuse_proof(struct ike *ike, struct sa *sa,
			 const struct ike_key_answer *a)
{
	struct report r = { .kind = fail_of(a->notify),
			    .sa = sa,
			    .local = true,
			    .notify = a->notify ? a->notify :
						  IKE_N_AUTHENTICATION_FAILED,
			    .theirs = a->theirs,
			    .ours = a->ours };

	if (a->notify == IKE_N_INVALID_ID_INFORMATION)
		r.attribute = "identity";
	report(ike, &r, "%s", a->why ? a->why : "the signature is not valid");
	info_refuse(ike, sa, r.notify);
	sa_kill(ike, sa, IKE_REASON_FAILED);
}

static void verify_done(struct ike *ike, void *owner,
			const struct ike_key_answer *a)
{
	struct sa *sa = owner;
	auth_fn *then = sa->setup->then;

	if (a->err) {
		refuse_proof(ike, sa, a);
		return;
	}
	sa->setup->then = NULL;
	then(ike, sa);
}

static void ask_verify(struct ike *ike, struct sa *sa, const struct in *in,
		       const uint8_t *hash)
{
	struct ike_blob cert[IKE_MAX_CERT];
	struct ike_ident other;
	struct ike_key_req req = { .op = IKE_KEY_VERIFY,
				   .hash = sa->p1.hash,
				   .auth = sa->p1.auth,
				   .peer = sa->peer,
				   .profile = profile_of(ike, sa),
				   .path = sa->path,
				   .remote_id = &other,
				   .data = { hash, sa->km.len },
				   .sig = { in->m.sig.p, in->m.sig.len },
				   .cert = cert };
	const struct ike_pl *pl;
	unsigned int i = 0;

	ident_from(&other, &sa->remote_id);
	while ((pl = ike_msg_next(&in->m, IKE_PL_CERT, &i))) {
		struct ike_cert c;

		if (req.n_cert == IKE_MAX_CERT ||
		    ike_cert_parse(pl->body, &c) ||
		    c.encoding != IKE_CERT_X509_SIG)
			continue;
		cert[req.n_cert].p = c.data.p;
		cert[req.n_cert++].len = c.data.len;
	}
	wait_for_key(ike, &sa->wait, &req, verify_done);
}

/*
 * The responder of aggressive mode knows the identity before the certificate:
 * what the certificate fits may be another profile, whose trust point it is held
 * against.
 */
static bool choose_again(struct ike *ike, struct sa *sa, const struct in *in)
{
	const struct ike_peer *peer;
	struct ike_ident id;

	if (!sa->aggressive || sa->initiator)
		return true;
	ident_from(&id, &sa->remote_id);
	peer = ike->ops->peer_find(ike->ctx, in->path, &id, leaf_of(sa, in));
	if (!peer) {
		phase1_fail(ike, sa, IKE_FAIL_INVALID_ID,
			    IKE_N_INVALID_ID_INFORMATION,
			    "nothing is configured for this certificate");
		return false;
	}
	sa->peer = peer->ref;
	sa->generation = peer->generation;
	return true;
}

void auth_check(struct ike *ike, struct sa *sa, const struct in *in,
		auth_fn *fn)
{
	uint8_t want[IKE_HASH_MAX];
	bool good = proof_hash(sa, false, want);

	trace_sa(ike, sa, "processing %s payload. message ID = 0",
		 sa->p1.auth == IKE_AUTH_PSK ? "HASH" : "SIG");
	if (sa->p1.auth != IKE_AUTH_PSK) {
		if (!good || !in->m.sig.p) {
			phase1_fail(ike, sa, IKE_FAIL_INVALID_SIGNATURE,
				    IKE_N_INVALID_SIGNATURE,
				    "the peer has sent no signature");
			return;
		}
		if (!choose_again(ike, sa, in))
			return;
		sa->setup->then = fn;
		ask_verify(ike, sa, in, want);
		return;
	}
	good = good && in->m.hash.len == sa->km.len &&
	       crypto_equal(want, in->m.hash.p, sa->km.len);
	if (!good) {
		phase1_fail(ike, sa, IKE_FAIL_AUTHENTICATION,
			    IKE_N_AUTHENTICATION_FAILED,
			    "the hash is wrong: pre-shared keys differ?");
		return;
	}
	fn(ike, sa);
}
