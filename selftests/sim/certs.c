// SPDX-License-Identifier: GPL-2.0-or-later
// Two engines with certificates: who they are, and each way to be refused.

#include <sys/socket.h>
#include <time.h>

#include "../unit/ktap.h"
#include "../unit/pki_make.h"
#include "ikehelper/crypto.h"
#include "ikehelper/profile.h"
#include "ikehelper/trust.h"
#include "ikehelper/wire_esp.h"
#include "lib/cfg_if.h"
#include "world.h"

static EVP_PKEY *root_key, *far_key, *key[2], *false_key;
static X509 *root, *far; /* two authorities, trust points 1 and 2 */
static struct world w;
static struct trusts *trusts[2];
static struct pki_key *own[2][2]; /* of a node, by trust point */
static struct pki_key *shown;
static int64_t now;

static struct spec spec_of(unsigned int i)
{
	return (struct spec){ .cn = i ? "r2" : "r1",
			      .key = key[i],
			      .issuer = root,
			      .signer = root_key,
			      .from = now - DAY,
			      .to = now + DAY,
			      .alt = i ? "DNS:r2.test" : "DNS:r1.test" };
}

static X509 *make_authority(const char *cn, EVP_PKEY *k)
{
	struct spec s = { .cn = cn,
			  .key = k,
			  .from = now - 2 * DAY,
			  .to = now + 2 * DAY,
			  .ca = "critical,CA:TRUE",
			  .usage = "critical,keyCertSign,cRLSign" };

	return make_cert(&s);
}

static struct pki_key *load(X509 *cert, EVP_PKEY *k)
{
	char why[PKI_WHY];
	struct pki_key *p =
		pki_key_load(read_file(save_cert("own", cert, NULL)),
			     read_file(save_key("key", k, NULL)), why);

	if (!p)
		abort();
	return p;
}

/* A trust point of a node, with a certificate or not. */
static void add_trust(int i, X509 *ca, X509 *cert, X509_CRL *crl)
{
	struct trust_info info = { .ref = ca == root ? 1 : 2,
				   .name = ca == root ? "ROOT" : "FAR",
				   .need_crl = crl };

	info.ca = read_file(save_cert("ca", ca, NULL));
	if (crl)
		info.crl = read_file(save_crl("crl", crl));
	if (cert) {
		own[i][info.ref - 1] = load(cert, key[i]);
		info.cert = read_file(save_cert("cert", cert, NULL));
	}
	if (!trusts_add(trusts[i], &info))
		abort();
	w.node[i].own[info.ref - 1] = own[i][info.ref - 1];
}

/* The lines that monitoring looks for. */
static char bad[512], no_match[512];

static void hear(struct world *world, int i, const char *line)
{
	(void)world;
	if (i && strstr(line, "%CRYPTO-5-IKMP_INVAL_CERT: "))
		snprintf(bad, sizeof(bad), "%s", line);
	if (i && strstr(line, "%CRYPTO-6-IKMP_NO_ID_CERT_"))
		snprintf(no_match, sizeof(no_match), "%s", line);
}

/* Both have a certificate below the root, that of node 0 by @s0. */
static void begin(const struct spec *s0, X509_CRL *crl)
{
	struct spec s1 = spec_of(1);
	int i;

	world_init(&w, 9);
	w.said = hear;
	bad[0] = no_match[0] = '\0';
	for (i = 0; i < 2; i++) {
		X509 *cert = make_cert(i ? &s1 : s0);

		trusts[i] = trusts_new();
		add_trust(i, root, cert, i ? crl : NULL);
		X509_free(cert);
		w.node[i].trusts = trusts[i];
		w.node[i].p1[0].auth = IKE_AUTH_RSA_SIG;
		w.node[i].peer.flags |= IKE_PEER_ANY_ID;
	}
}

static void end(void)
{
	int i;

	world_exit(&w);
	for (i = 0; i < 2; i++) {
		trusts_free(trusts[i]);
		pki_key_free(own[i][0]);
		pki_key_free(own[i][1]);
		own[i][0] = own[i][1] = NULL;
	}
	pki_key_free(shown);
	shown = NULL;
}

static void bring_up(void)
{
	world_traffic(&w, 0, 0);
	world_run(&w, 3000);
}

static void take_id(const struct ike_sa_info *info, void *arg)
{
	*(struct ike_ident *)arg = info->remote_id;
}

/* Up, and node 0 is known to node 1 by this. */
static bool known_as(uint8_t type, const char *name)
{
	struct ike_ident id = { 0 };

	if (!world_active(&w, 0, 0) || !world_active(&w, 1, 0))
		return false;
	ike_each_sa(w.node[1].ike, take_id, &id);
	return id.type == type && (!name || (id.len == strlen(name) &&
					     !memcmp(id.data, name, id.len)));
}

static void accepted(void)
{
	struct spec s = spec_of(0);
	unsigned int aggressive;

	for (aggressive = 0; aggressive < 2; aggressive++) {
		const char *mode = aggressive ? "aggressive" : "main";
		uint32_t flag = aggressive ? IKE_PEER_AGGRESSIVE : 0;

		s.alt = "DNS:r1.test,IP:192.0.2.1";
		begin(&s, NULL);
		w.node[0].peer.flags |= flag;
		bring_up();
		ok(known_as(IKE_ID_IPV4, NULL), "%s mode, by the address",
		   mode);
		end();
		s.alt = "DNS:r1.test";
		begin(&s, NULL);
		w.node[0].peer.flags |= flag;
		bring_up();
		ok(known_as(IKE_ID_FQDN, "r1.test"),
		   "%s mode, by a name that the certificate has", mode);
		end();
		begin(&s, NULL);
		w.node[0].peer.flags |= flag | IKE_PEER_DN_ID;
		bring_up();
		ok(known_as(IKE_ID_DER_DN, NULL), "%s mode, by the subject",
		   mode);
		end();
	}
	s.alt = NULL;
	begin(&s, NULL);
	bring_up();
	ok(known_as(IKE_ID_DER_DN, NULL), "by the subject if there is no name");
	end();
}

/* Refused by node 1, with a record and a line; and node 0 hears of it. */
static void refused(enum ike_fail kind, uint16_t notify, const char *why)
{
	struct ike_failure *f = &w.node[1].failure;
	char line[2048];

	bring_up();
	ike_failure_line(f, line, sizeof(line));
	ok(w.node[1].failures == 1 && f->kind == kind && f->local &&
		   f->notify == notify && strstr(f->why, why) &&
		   !w.node[1].sa_ups && !w.node[0].n_pairs,
	   "%s", line);
	if (kind == IKE_FAIL_INVALID_CERTIFICATE)
		ok(strstr(bad,
			  "Certificate received from 192.0.2.1 is bad: ") &&
			   strstr(bad, why),
		   "%s", bad);
	if (kind == IKE_FAIL_INVALID_ID && *f->ours)
		ok(strstr(no_match,
			  "%CRYPTO-6-IKMP_NO_ID_CERT_FQDN_MATCH: ID of r1.test (type 2) and certificate fqdn with CN="),
		   "%s", no_match);
	ok(w.node[0].failure.kind == IKE_FAIL_PEER_NOTIFY ||
		   w.node[0].failure.kind == kind,
	   "the peer is told");
	end();
}

static void refused_certs(void)
{
	struct spec s = spec_of(0);
	struct ike_failure *f = &w.node[1].failure;

	s.issuer = far;
	s.signer = far_key;
	begin(&s, NULL);
	refused(IKE_FAIL_CERT_AUTHORITY, IKE_N_INVALID_CERT_AUTHORITY,
		"the certificate is of an unknown authority");
	ok(strstr(f->theirs, "CN=r1,O=Test, serial ") &&
		   strstr(f->theirs, ", by CN=far,O=Test") &&
		   !strcmp(f->ours, "trust point ROOT"),
	   "the record has both sides");

	s = spec_of(0);
	begin(&s, NULL);
	w.node[0].hides_cert = true;
	refused(IKE_FAIL_NO_CERTIFICATE, IKE_N_CERTIFICATE_UNAVAILABLE,
		"the peer has sent no certificate");
}

/* What is sent is another certificate than the one that node 0 goes by. */
static void show(const struct spec *s)
{
	X509 *cert = make_cert(s);

	shown = load(cert, s->key);
	w.node[0].shown = shown;
	X509_free(cert);
}

/* An identity that the certificate does not have, of each kind. */
static void refused_id(void)
{
	struct spec good = spec_of(0), s = good;

	s.cn = "r9";
	s.alt = "DNS:r9.test";
	begin(&good, NULL);
	w.node[0].peer.flags |= IKE_PEER_DN_ID;
	show(&s);
	bring_up();
	ok(strstr(no_match,
		  "%CRYPTO-6-IKMP_NO_ID_CERT_DN_MATCH: ID of O=Test,CN=r1 (type 9) and certificate DN with CN=r9"),
	   "%s", no_match);
	end();

	good.alt = "IP:192.0.2.1";
	begin(&good, NULL);
	show(&s);
	bring_up();
	ok(strstr(no_match,
		  "%CRYPTO-6-IKMP_NO_ID_CERT_ADDR_MATCH: ID of 192.0.2.1 (type 1) and certificate addr with CN=r9"),
	   "%s", no_match);
	end();
}

static void refused_shown(void)
{
	struct spec good = spec_of(0), s = good;

	begin(&good, NULL);
	s.from = now - 3 * DAY;
	s.to = now - DAY;
	show(&s);
	refused(IKE_FAIL_INVALID_CERTIFICATE, IKE_N_INVALID_CERTIFICATE,
		"the certificate has expired");

	begin(&good, NULL);
	s.from = now + DAY;
	s.to = now + 2 * DAY;
	show(&s);
	refused(IKE_FAIL_INVALID_CERTIFICATE, IKE_N_INVALID_CERTIFICATE,
		"the certificate is not yet valid");

	s = good;
	s.alt = "DNS:r9.test";
	begin(&good, NULL);
	show(&s);
	refused(IKE_FAIL_INVALID_ID, IKE_N_INVALID_ID_INFORMATION,
		"the certificate does not have the peer's identity");

	s = good;
	s.key = false_key;
	begin(&good, NULL);
	show(&s);
	refused(IKE_FAIL_INVALID_SIGNATURE, IKE_N_INVALID_SIGNATURE,
		"the signature is not by the certificate's key");

	s = good;
	s.hash = "MD5";
	begin(&good, NULL);
	show(&s);
	refused(IKE_FAIL_INVALID_CERTIFICATE, IKE_N_INVALID_CERTIFICATE,
		"a certificate is signed with MD5");
}

/* Node 0 refuses message 6, when node 1 has an SA already. */
static void refused_6(enum ike_fail kind, uint16_t notify, const char *what)
{
	struct node *n = w.node;

	bring_up();
	ok(n[0].failures && n[0].failure.kind == kind && n[0].failure.local &&
		   n[0].failure.notify == notify && !n[0].sa_ups,
	   "message 6 is refused: %s", what);
	ok(n[1].sa_ups == 1 && n[1].sa_downs == 1 && !world_sas(&w, 1),
	   "the responder has no SA left");
	end();
}

static void refused_last(void)
{
	struct spec good = spec_of(0), s = spec_of(1);
	struct ike_failure *f = &w.node[1].failure;
	struct ike_ident *id = &w.node[0].remote_id[0];
	X509 *cert;

	s.from = now - 3 * DAY;
	s.to = now - DAY;
	begin(&good, NULL);
	cert = make_cert(&s);
	shown = load(cert, s.key);
	w.node[1].shown = shown;
	X509_free(cert);
	refused_6(IKE_FAIL_INVALID_CERTIFICATE, IKE_N_INVALID_CERTIFICATE,
		  "expired");
	ok(f->kind == IKE_FAIL_PEER_NOTIFY && !f->local &&
		   f->notify == IKE_N_INVALID_CERTIFICATE,
	   "and knows why");

	s = spec_of(1);
	s.key = false_key;
	begin(&good, NULL);
	cert = make_cert(&s);
	shown = load(cert, s.key);
	w.node[1].shown = shown;
	X509_free(cert);
	refused_6(IKE_FAIL_INVALID_SIGNATURE, IKE_N_INVALID_SIGNATURE,
		  "signature");

	/* An error that is none of those: the delete with it counts. */
	begin(&good, NULL);
	*id = (struct ike_ident){ .type = IKE_ID_FQDN, .len = 7 };
	memcpy(id->data, "r9.test", 7);
	w.node[0].peer.flags &= ~IKE_PEER_ANY_ID;
	w.node[0].peer.remote_id = id;
	w.node[0].peer.n_remote_id = 1;
	refused_6(IKE_FAIL_INVALID_ID, IKE_N_INVALID_ID_INFORMATION,
		  "identity");
}

static void revoked(void)
{
	struct spec s = spec_of(0);
	X509 *cert = make_cert(&s);
	X509_CRL *crl = make_crl(root, root_key, cert, now + DAY);
	X509_CRL *old = make_crl(root, root_key, NULL, now - DAY);

	begin(&s, crl);
	shown = load(cert, key[0]);
	w.node[0].shown = shown;
	refused(IKE_FAIL_INVALID_CERTIFICATE, IKE_N_INVALID_CERTIFICATE,
		"the certificate is revoked");
	begin(&s, crl);
	bring_up();
	ok(known_as(IKE_ID_FQDN, "r1.test"), "another one is not");
	end();
	begin(&s, old);
	refused(IKE_FAIL_INVALID_CERTIFICATE, IKE_N_INVALID_CERTIFICATE,
		"the CRL has expired");
	X509_free(cert);
	X509_CRL_free(crl);
	X509_CRL_free(old);
}

/* Both have certificates of both authorities. */
static void begin_two(void)
{
	struct spec s = spec_of(0);
	int i;

	begin(&s, NULL);
	for (i = 0; i < 2; i++) {
		struct spec f = spec_of(i);
		X509 *cert;

		f.issuer = far;
		f.signer = far_key;
		f.alt = i ? "DNS:far2.test" : "DNS:far1.test";
		cert = make_cert(&f);
		add_trust(i, far, cert, NULL);
		X509_free(cert);
	}
}

static void two_authorities(void)
{
	begin_two();
	bring_up();
	ok(known_as(IKE_ID_FQDN, "r1.test"), "the first trust point");
	end();
	begin_two();
	w.node[1].peer.trust = 2;
	bring_up();
	ok(known_as(IKE_ID_FQDN, "far1.test"),
	   "the one that the peer asks for");
	end();
	begin_two();
	w.node[0].peer.trust = 1;
	w.node[1].peer.trust = 2;
	refused(IKE_FAIL_CERT_AUTHORITY, IKE_N_INVALID_CERT_AUTHORITY,
		"unknown authority");
}

/* Ours cannot be used: nothing is sent that would have to be believed. */
static void nothing_to_show(void)
{
	struct spec s = spec_of(0);
	struct ike_failure *f = &w.node[0].failure;

	s.from = now - 3 * DAY;
	s.to = now - DAY;
	begin(&s, NULL);
	bring_up();
	ok(f->kind == IKE_FAIL_NO_CERTIFICATE && !w.node[1].sa_ups &&
		   strstr(f->why, "our certificate has expired"),
	   "our own has expired");
	end();
	s = spec_of(0);
	begin(&s, NULL);
	trusts_free(trusts[0]);
	trusts[0] = trusts_new();
	w.node[0].trusts = trusts[0];
	bring_up();
	ok(f->kind == IKE_FAIL_NO_CERTIFICATE && !w.node[1].sa_ups &&
		   strstr(f->why, "no trust point has a certificate for us"),
	   "we have none");
	end();
}

/* A peer that is configured by its subject, in another encoding. */
static void by_subject(void)
{
	struct spec s = spec_of(0);
	struct ike_ident *id = &w.node[1].remote_id[0];
	X509_NAME *name = X509_NAME_new();
	uint8_t *der = NULL;
	int i, len;

	for (i = 0; i < 2; i++) {
		X509_NAME_add_entry_by_txt(name, i ? "CN" : "O",
					   V_ASN1_UTF8STRING,
					   (const uint8_t *)(i ? "R1" : "tesT"),
					   -1, -1, 0);
	}
	len = i2d_X509_NAME(name, &der);
	begin(&s, NULL);
	*id = (struct ike_ident){ .type = IKE_ID_DER_DN, .len = len };
	memcpy(id->data, der, len);
	w.node[0].peer.flags |= IKE_PEER_DN_ID;
	w.node[1].peer.flags &= ~IKE_PEER_ANY_ID;
	w.node[1].peer.remote_id = id;
	w.node[1].peer.n_remote_id = 1;
	bring_up();
	ok(known_as(IKE_ID_DER_DN, NULL),
	   "the same subject, written otherwise");
	end();
	begin(&s, NULL);
	*id = (struct ike_ident){ .type = IKE_ID_DER_DN, .len = len };
	memcpy(id->data, der, len);
	id->data[len - 1] = '2';
	w.node[0].peer.flags |= IKE_PEER_DN_ID;
	w.node[1].peer.flags &= ~IKE_PEER_ANY_ID;
	w.node[1].peer.remote_id = id;
	w.node[1].peer.n_remote_id = 1;
	refused(IKE_FAIL_INVALID_ID, IKE_N_INVALID_ID_INFORMATION,
		"not the configured one");
	OPENSSL_free(der);
	X509_NAME_free(name);
}

/*
 * The certificate says which profile a peer is in, and with it which trust point
 * it is held against; in aggressive mode that is known later than the identity.
 */
static void by_certificate(void)
{
	struct certmap_rule rule = { .entry = 1,
				     .field = CFG_CERT_SUBJECT,
				     .op = CFG_CERT_CO };
	const struct profile prof = { .ref = 7, .cert = { &rule, 1 } };
	struct spec s = spec_of(0);
	unsigned int turn;

	for (turn = 0; turn < 6; turn++) {
		bool aggressive = turn % 2, fits = turn / 2 != 1;

		rule.text = (char *)(fits ? "cn=r1" : "cn=r9");
		begin(&s, NULL);
		w.node[1].profiles = &prof;
		w.node[1].n_profiles = 1;
		w.node[1].profile_trust = turn / 2 == 2 ? 2 : 1;
		if (aggressive)
			w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
		bring_up();
		ok(w.node[1].profile_peer.profile == (fits ? 7 : 0),
		   "%s mode, the certificate %s the map of the profile",
		   aggressive ? "aggressive" : "main",
		   fits ? "fits" : "does not fit");
		if (turn / 2 == 2)
			ok(w.node[1].failure.kind == IKE_FAIL_CERT_AUTHORITY &&
				   !w.node[0].n_pairs,
			   "it is held against the trust point of the profile");
		else
			ok(world_active(&w, 1, 0), "and the tunnel is up");
		end();
	}
}

/* Node @i trusts both authorities; it has a certificate by the far one, or by both. */
static void trust_both(int i, bool has_both)
{
	int k;

	trusts_free(trusts[i]);
	trusts[i] = trusts_new();
	for (k = 0; k < 2; k++) {
		struct spec s = spec_of(i);
		X509 *cert;

		pki_key_free(own[i][k]);
		own[i][k] = NULL;
		s.issuer = k ? far : root;
		s.signer = k ? far_key : root_key;
		cert = make_cert(&s);
		add_trust(i, s.issuer, k || has_both ? cert : NULL, NULL);
		X509_free(cert);
	}
	w.node[i].trusts = trusts[i];
}

/*
 * A certificate of another authority, which is trusted too, with the name that
 * the map of a better profile wants. It leads to that profile, and is held
 * against the trust point of that profile; by whichever side, in either mode.
 */
static void wrong_authority(void)
{
	struct certmap_rule rule = { .entry = 1,
				     .field = CFG_CERT_SUBJECT,
				     .op = CFG_CERT_CO };
	const struct profile prof = { .ref = 7, .cert = { &rule, 1 } };
	struct spec s = spec_of(0);
	unsigned int turn;

	for (turn = 0; turn < 8; turn++) {
		unsigned int cheat = turn & 1;
		bool aggressive = turn & 2, honest = turn & 4;
		struct node *n;

		begin(&s, NULL);
		n = &w.node[!cheat];
		trust_both(cheat, false);
		trust_both(!cheat, true);
		rule.text = (char *)(cheat ? "cn=r2" : "cn=r1");
		n->profiles = &prof;
		n->n_profiles = 1;
		n->profile_trust = honest ? 2 : 1;
		if (cheat)
			n->flow[0].peer = world_profile_peer(n, 7)->ref;
		if (aggressive)
			w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
		bring_up();
		if (honest)
			ok(n->profile_peer.profile == 7 &&
				   world_active(&w, !cheat, 0),
			   "%s mode, %s: the trust point of the profile",
			   aggressive ? "aggressive" : "main",
			   cheat ? "it answers" : "it begins");
		else
			ok(n->profile_peer.profile == 7 && !n->n_pairs &&
				   n->failure.kind == IKE_FAIL_CERT_AUTHORITY,
			   "%s mode, %s: another one",
			   aggressive ? "aggressive" : "main",
			   cheat ? "it answers" : "it begins");
		end();
	}
}

int main(void)
{
	char command[64];
	int i;

	make_start();
	ok(!crypto_init(NULL), "start");
	now = time(NULL);
	root_key = make_rsa(2048);
	far_key = make_rsa(2048);
	false_key = make_rsa(2048);
	for (i = 0; i < 2; i++)
		key[i] = make_rsa(2048);
	root = make_authority("root", root_key);
	far = make_authority("far", far_key);
	accepted();
	refused_certs();
	refused_id();
	refused_shown();
	refused_last();
	revoked();
	two_authorities();
	nothing_to_show();
	by_subject();
	by_certificate();
	wrong_authority();
	X509_free(root);
	X509_free(far);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(far_key);
	EVP_PKEY_free(false_key);
	for (i = 0; i < 2; i++)
		EVP_PKEY_free(key[i]);
	crypto_exit();
	snprintf(command, sizeof(command), "rm -r %s", make_dir);
	ok(!system(command), "the end");
	return ktap_end();
}
