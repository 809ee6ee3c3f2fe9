// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificates: chains, times, revocation, identities, forged signatures. */
#include "ktap.h"

#include "pki_make.h"

#include "ikehelper/crypto.h"
#include "ikehelper/id.h"
#include "ikehelper/pki.h"
#include "ikehelper/wire.h"
#include "ikehelper/wire_esp.h"

static EVP_PKEY *root_key, *sub_key, *key, *other_key;
static X509 *root, *sub;
static struct pki *pki; /* trusts root */
static char why[PKI_WHY];
static const uint8_t hash[20] = "twenty octets of it";
static struct ike_id id;
static struct pki_check c;
static uint8_t *der[PKI_CHAIN_MAX];

/* Certificates that a peer sends, up to a NULL. */
static void send_certs(X509 *const *cert)
{
	for (c.n_cert = 0; cert[c.n_cert]; c.n_cert++) {
		OPENSSL_free(der[c.n_cert]);
		der[c.n_cert] = NULL;
		c.cert[c.n_cert].len = i2d_X509(cert[c.n_cert], &der[c.n_cert]);
		c.cert[c.n_cert].p = der[c.n_cert];
	}
}

#define send(...) send_certs((X509 *const[]){ __VA_ARGS__, NULL })

/* The signature over hash by @k in the right form. */
static void sign_with(EVP_PKEY *k)
{
	static uint8_t sig[PKI_SIG_MAX];
	uint8_t block[PKI_SIG_MAX];
	size_t len = EVP_PKEY_get_size(k);

	memset(block, 0xff, len);
	block[0] = 0;
	block[1] = 1;
	block[len - 21] = 0;
	memcpy(block + len - 20, hash, 20);
	raw_sign(k, block, len, sig);
	c.sig = bytes_of(sig, len);
	c.hash = bytes_of(hash, 20);
}

static int verify(const struct pki *with)
{
	int err = pki_verify(with, &c, why);

	if (err)
		printf("# %d %s\n", err, why);
	return err;
}

static X509 *leaf_of(X509 *issuer, EVP_PKEY *signer, const char *alt)
{
	struct spec s = { .cn = "r1",
			  .key = key,
			  .issuer = issuer,
			  .signer = signer,
			  .alt = alt };

	return make_cert(&s);
}

static void test_chain(void)
{
	X509 *leaf = leaf_of(root, root_key, "DNS:r1.test");
	X509 *deep = leaf_of(sub, sub_key, "DNS:r1.test");
	X509 *forged = make_ca("root", other_key, NULL, NULL);
	X509 *false_leaf = leaf_of(forged, other_key, "DNS:r1.test");
	X509 *self = leaf_of(NULL, NULL, "DNS:r1.test");
	struct spec s = { .cn = "r2",
			  .key = key,
			  .issuer = leaf,
			  .signer = key,
			  .alt = "DNS:r1.test" };
	X509 *below_leaf = make_cert(&s);
	struct pki *only_sub = pki_create();

	id = id_of(IKE_ID_FQDN, "r1.test", 7);
	sign_with(key);
	send(leaf);
	ok(!verify(pki), "below the root");
	send(leaf, root);
	ok(!verify(pki), "with the root sent too");
	send(deep, sub);
	ok(!verify(pki), "below a CA below the root");
	send(deep);
	ok(verify(pki) == IKE_N_INVALID_CERT_AUTHORITY, "which is not sent");
	ok(!pki_add_anchors(only_sub, read_file(save_cert("sub", sub, NULL)),
			    why) &&
		   !verify(only_sub),
	   "or is the trust point itself");
	send(false_leaf, forged);
	ok(verify(pki), "a CA with the name of ours");
	send(self);
	ok(verify(pki) == IKE_N_INVALID_CERT_AUTHORITY, "signed by itself");
	send(below_leaf, leaf);
	ok(verify(pki) == IKE_N_INVALID_CERTIFICATE, "by one that is no CA");
	c.n_cert = 0;
	ok(verify(pki) == IKE_N_CERTIFICATE_UNAVAILABLE, "none");
	ok(pki_anchor_name(pki, 0).len && !pki_anchor_name(pki, 1).p,
	   "names of the trust point");
	X509_free(leaf);
	X509_free(deep);
	X509_free(forged);
	X509_free(false_leaf);
	X509_free(self);
	X509_free(below_leaf);
	pki_free(only_sub);
}

static void test_times(void)
{
	struct spec s = { .cn = "r1",
			  .key = key,
			  .issuer = root,
			  .signer = root_key,
			  .alt = "DNS:r1.test" };
	struct spec far = { .cn = "far",
			    .key = root_key,
			    .ca = "critical,CA:TRUE",
			    .to = 1LL << 33 };
	X509 *leaf = make_cert(&s), *far_root = make_cert(&far), *far_leaf;
	struct pki *far_pki = pki_create();

	send(leaf);
	c.now = NOW + 179 * DAY;
	ok(!verify(pki), "the last day");
	c.now = NOW + 181 * DAY;
	ok(verify(pki) == IKE_N_INVALID_CERTIFICATE && strstr(why, "expired"),
	   "expired");
	c.now = NOW - 181 * DAY;
	ok(verify(pki) == IKE_N_INVALID_CERTIFICATE &&
		   strstr(why, "not yet valid"),
	   "not yet valid");
	c.now = 0;
	ok(verify(pki) == IKE_N_INVALID_CERTIFICATE, "a clock at 1970");
	s.issuer = far_root;
	s.to = 1LL << 33;
	far_leaf = make_cert(&s);
	pki_add_anchors(far_pki, read_file(save_cert("far", far_root, NULL)),
			why);
	send(far_leaf);
	c.now = (1LL << 32) + 1;
	ok(!verify(far_pki), "after 2106");
	c.now = NOW;
	X509_free(leaf);
	X509_free(far_root);
	X509_free(far_leaf);
	pki_free(far_pki);
}

static void identity(X509 *cert, uint8_t type, const void *data, size_t len,
		     bool good)
{
	int err;

	send(cert);
	id = id_of(type, data, len);
	err = pki_verify(pki, &c, why);
	ok(err == (good ? 0 : IKE_N_INVALID_ID_INFORMATION),
	   "%s of %zu octets is%s in the certificate", id_type_name(type), len,
	   good ? "" : " not");
}

static void test_identities(void)
{
	X509 *leaf = leaf_of(root, root_key,
			     "DNS:r1.test,IP:192.0.2.1,IP:2001:db8::1,"
			     "email:me@r1.test");
	struct spec s = { .cn = "r1",
			  .key = key,
			  .issuer = root,
			  .signer = root_key,
			  .host = "router.test" };
	X509 *router = make_cert(&s), *wild, *nul;
	uint8_t *dn = NULL;
	int len = i2d_X509_NAME(X509_get_subject_name(leaf), &dn);
	int root_len;
	uint8_t *root_dn = NULL;

	identity(leaf, IKE_ID_FQDN, "r1.test", 7, true);
	identity(leaf, IKE_ID_FQDN, "R1.TEST", 7, true);
	identity(leaf, IKE_ID_FQDN, "r2.test", 7, false);
	identity(leaf, IKE_ID_FQDN, "r1.test.evil", 12, false);
	identity(leaf, IKE_ID_FQDN, "r1.tes", 6, false);
	/* Not by the CN. */
	identity(leaf, IKE_ID_FQDN, "r1", 2, false);
	identity(leaf, IKE_ID_USER_FQDN, "me@r1.test", 10, true);
	identity(leaf, IKE_ID_USER_FQDN, "r1.test", 7, false);
	identity(leaf, IKE_ID_IPV4, "\xc0\0\2\1", 4, true);
	identity(leaf, IKE_ID_IPV4, "\xc0\0\2\2", 4, false);
	identity(leaf, IKE_ID_IPV6, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1",
		 16, true);
	identity(leaf, IKE_ID_DER_DN, dn, len, true);
	root_len = i2d_X509_NAME(X509_get_subject_name(root), &root_dn);
	identity(leaf, IKE_ID_DER_DN, root_dn, root_len, false);
	identity(leaf, IKE_ID_DER_DN, dn, len - 1, false);
	identity(leaf, IKE_ID_DER_DN, "\x30\0", 2, false);
	identity(leaf, IKE_ID_KEY_ID, "r1.test", 7, false);
	identity(router, IKE_ID_FQDN, "router.test", 11, true);
	identity(router, IKE_ID_FQDN, "router.tes", 10, false);
	wild = leaf_of(root, root_key, "DNS:*.test");
	identity(wild, IKE_ID_FQDN, "r1.test", 7, false);
	nul = leaf_of(root, root_key, "DNS:r1.test");
	ok(pki_dn_eq(bytes_of(dn, len), bytes_of(dn, len)) &&
		   !pki_dn_eq(bytes_of(dn, len), bytes_of(root_dn, root_len)),
	   "names compared");
	id = id_of(IKE_ID_FQDN, "r1.test", 7);
	OPENSSL_free(dn);
	OPENSSL_free(root_dn);
	X509_free(leaf);
	X509_free(router);
	X509_free(wild);
	X509_free(nul);
}

static void use(const char *usage, const char *purpose, bool good)
{
	struct spec s = { .cn = "r1",
			  .key = key,
			  .issuer = root,
			  .signer = root_key,
			  .alt = "DNS:r1.test",
			  .usage = usage,
			  .purpose = purpose };
	X509 *leaf = make_cert(&s);

	send(leaf);
	ok(verify(pki) == (good ? 0 : IKE_N_INVALID_CERTIFICATE), "%s, %s",
	   usage ? usage : "any usage", purpose ? purpose : "any purpose");
	X509_free(leaf);
}

static void test_usage(void)
{
	use("digitalSignature", NULL, true);
	use("critical,nonRepudiation", NULL, true);
	use("keyEncipherment", NULL, false);
	use("critical,keyCertSign", NULL, false);
	use(NULL, "ipsecIKE", true);
	use(NULL, "codeSigning,1.3.6.1.5.5.7.3.17", true);
	use(NULL, "serverAuth", true);
	use(NULL, "anyExtendedKeyUsage", true);
	use(NULL, "codeSigning", false);
	use("digitalSignature", "emailProtection,OCSPSigning", false);
}

static void test_crl(void)
{
	X509 *good = leaf_of(root, root_key, "DNS:r1.test");
	X509 *bad = leaf_of(root, root_key, "DNS:r1.test");
	X509_CRL *crl = make_crl(root, root_key, bad, NOW + DAY);
	X509_CRL *forged = make_crl(root, other_key, good, NOW + DAY);
	struct pki *p = pki_create(), *q = pki_create();

	pki_add_anchors(p, read_file(save_cert("root", root, NULL)), why);
	pki_add_anchors(q, read_file(save_cert("root", root, NULL)), why);
	send(good);
	pki_require_crl(p, true);
	ok(verify(p) == IKE_N_INVALID_CERTIFICATE,
	   "no CRL where one is wanted");
	ok(!pki_add_crls(p, read_file(save_crl("crl", crl)), why) && !verify(p),
	   "not revoked");
	send(bad);
	ok(verify(p) == IKE_N_INVALID_CERTIFICATE && strstr(why, "revoked"),
	   "revoked");
	c.now = NOW + 2 * DAY;
	send(good);
	ok(verify(p) == IKE_N_INVALID_CERTIFICATE, "the CRL has expired");
	pki_require_crl(p, false);
	ok(!verify(p), "which counts only where one is wanted");
	send(bad);
	ok(verify(p) == IKE_N_INVALID_CERTIFICATE, "but the revoked stay so");
	c.now = NOW;
	send(good);
	pki_require_crl(q, true);
	ok(!pki_add_crls(q, read_file(save_crl("forged", forged)), why) &&
		   verify(q) == IKE_N_INVALID_CERTIFICATE,
	   "a CRL by another key");
	ok(pki_add_crls(q, read_file(make_path("none")), why) < 0 &&
		   pki_add_crls(q, read_file(make_path("root")), why) < 0,
	   "files that are no CRL");
	X509_free(good);
	X509_free(bad);
	X509_CRL_free(crl);
	X509_CRL_free(forged);
	pki_free(p);
	pki_free(q);
}

static void odd_key(EVP_PKEY *k, const char *what)
{
	struct spec s = { .cn = "r1",
			  .key = k,
			  .issuer = root,
			  .signer = root_key,
			  .alt = "DNS:r1.test" };
	X509 *leaf;

	if (!k)
		abort();
	leaf = make_cert(&s);
	send(leaf);
	ok(verify(pki) == IKE_N_INVALID_CERTIFICATE && strstr(why, "key"), "%s",
	   what);
	X509_free(leaf);
	EVP_PKEY_free(k);
}

static void test_keys(void)
{
	BIGNUM *n = NULL, *huge = BN_new();

	odd_key(EVP_EC_gen("P-256"), "an EC key");
	odd_key(make_rsa(512), "512 bits");
	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
	odd_key(odd_rsa(n, 1), "exponent 1");
	odd_key(odd_rsa(n, 0), "exponent 0");
	odd_key(odd_rsa(n, 4), "an even exponent");
	BN_set_word(huge, 1);
	BN_lshift(huge, huge, 16000);
	BN_add_word(huge, 1);
	odd_key(odd_rsa(huge, 3), "16000 bits");
	BN_sub_word(n, 1);
	odd_key(odd_rsa(n, 65537), "an even modulus");
	BN_zero(n);
	odd_key(odd_rsa(n, 65537), "modulus 0");
	BN_free(n);
	BN_free(huge);
}

/* What the chain is signed with, up to the trust point. */
static void test_weak(void)
{
	struct spec s = { .cn = "r1",
			  .key = key,
			  .issuer = root,
			  .signer = root_key,
			  .hash = "MD5",
			  .alt = "DNS:r1.test" };
	EVP_PKEY *short_key = make_rsa(768);
	X509 *md5 = make_cert(&s), *sha1, *leaf;
	X509 *weak = make_ca("weak", short_key, root, root_key);

	s.hash = "SHA1";
	sha1 = make_cert(&s);
	sign_with(key);
	send(md5);
	ok(verify(pki) == IKE_N_INVALID_CERTIFICATE && strstr(why, "MD5"),
	   "signed with MD5");
	send(sha1);
	ok(!verify(pki), "signed with SHA-1");
	leaf = leaf_of(weak, short_key, "DNS:r1.test");
	send(leaf, weak);
	ok(verify(pki) == IKE_N_INVALID_CERTIFICATE &&
		   strstr(why, "authority") && strstr(why, "too short"),
	   "an authority with a key of 768 bits");
	X509_free(md5);
	X509_free(sha1);
	X509_free(leaf);
	X509_free(weak);
	EVP_PKEY_free(short_key);
}

static void test_encoding(void)
{
	X509 *leaf = leaf_of(root, root_key, "DNS:r1.test");
	struct bytes whole;
	unsigned int i, taken = 0;
	uint8_t *copy;

	send(leaf);
	whole = c.cert[0];
	for (i = 0; i < whole.len; i++) {
		copy = malloc(i ? i : 1);
		memcpy(copy, whole.p, i);
		c.cert[0] = bytes_of(copy, i);
		if (pki_verify(pki, &c, why) != IKE_N_INVALID_CERT_ENCODING)
			taken++;
		free(copy);
	}
	ok(!taken, "a certificate cut anywhere");
	copy = malloc(whole.len + 1);
	memcpy(copy, whole.p, whole.len);
	copy[whole.len] = 0;
	c.cert[0] = bytes_of(copy, whole.len + 1);
	ok(verify(pki) == IKE_N_INVALID_CERT_ENCODING, "an octet behind it");
	for (i = taken = 0; i < whole.len; i++) {
		memcpy(copy, whole.p, whole.len);
		copy[i] ^= 0x21;
		c.cert[0] = bytes_of(copy, whole.len);
		if (!pki_verify(pki, &c, why))
			taken++;
	}
	ok(!taken, "one changed octet anywhere");
	c.cert[0] = whole;
	c.cert[1] = bytes_of("junk", 4);
	c.n_cert = 2;
	ok(verify(pki) == IKE_N_INVALID_CERT_ENCODING, "junk behind it");
	for (i = 1; i < PKI_CHAIN_MAX; i++)
		c.cert[i] = whole;
	c.n_cert = 1000;
	ok(!verify(pki), "more certificates than are looked at");
	free(copy);
	X509_free(leaf);
}

/* A block that is not exactly the right one, signed with the right key. */
static void forge(const uint8_t *block, size_t len, const char *what)
{
	uint8_t sig[PKI_SIG_MAX];

	raw_sign(key, block, len, sig);
	c.sig = bytes_of(sig, len);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "%s", what);
}

static void right_block(uint8_t *block, size_t len)
{
	memset(block, 0xff, len);
	block[0] = 0;
	block[1] = 1;
	block[len - 21] = 0;
	memcpy(block + len - 20, hash, 20);
}

static void forged_blocks(size_t len)
{
	static const uint8_t digest_info[] = "\x30\x21\x30\x09\x06\x05\x2b\x0e"
					     "\x03\x02\x1a\x05\0\x04\x14";
	uint8_t b[PKI_SIG_MAX];
	unsigned int i;

	right_block(b, len);
	memset(b + 11, 0, len - 11);
	memcpy(b + 11, hash, 20);
	forge(b, len, "short padding, garbage behind the hash");
	right_block(b, len);
	memcpy(b + 2 + 8 + 1, hash, 20);
	b[10] = 0;
	forge(b, len, "the hash twice");
	right_block(b, len);
	b[len - 21 - 15] = 0;
	memcpy(b + len - 35, digest_info, 15);
	forge(b, len, "with DigestInfo");
	right_block(b, len);
	b[1] = 2;
	forge(b, len, "block type 2");
	right_block(b, len);
	memset(b + 2, 0, len - 22);
	b[1] = 0;
	forge(b, len, "block type 0");
	right_block(b, len);
	b[100] = 0xfe;
	forge(b, len, "one octet of padding");
	right_block(b, len);
	b[len - 21] = 0xff;
	forge(b, len, "no separator");
	for (i = 0; i < 20; i += 19) {
		right_block(b, len);
		b[len - 20 + i] ^= 1;
		forge(b, len, "another hash");
	}
	memset(b, 0, len);
	memcpy(b + len - 20, hash, 20);
	forge(b, len, "no padding");
}

static void forged_numbers(size_t len)
{
	uint8_t s[PKI_SIG_MAX + 16] = { 0 };
	BIGNUM *n = NULL;
	size_t i;
	unsigned int taken = 0;

	c.sig = bytes_of(s, len);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "s = 0");
	s[len - 1] = 1;
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "s = 1");
	EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
	BN_bn2binpad(n, s, len);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "s = n");
	memset(s, 0xff, len);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "s above n");
	BN_free(n);
	sign_with(key);
	memcpy(s, c.sig.p, len);
	for (i = 0; i < sizeof(s); i++) {
		c.sig = bytes_of(s, i);
		if (i != len && !pki_verify(pki, &c, why))
			taken++;
	}
	ok(!taken, "every wrong length");
	c.sig = bytes_of(s, len);
	ok(!verify(pki), "the right one");
	c.hash = bytes_of(hash, 19);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "a part of the hash");
	c.hash = bytes_of(hash, 0);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "no hash");
}

/* The same number in another length is another signature. */
static void leading_zero(size_t len)
{
	uint8_t h[20] = { 0 }, block[PKI_SIG_MAX], sig[PKI_SIG_MAX];
	unsigned int i;

	for (i = 0; i < 5000; i++) {
		put_be16(h, i);
		right_block(block, len);
		memcpy(block + len - 20, h, 20);
		raw_sign(key, block, len, sig + 1);
		if (!sig[1])
			break;
	}
	sig[0] = 0;
	c.hash = bytes_of(h, 20);
	c.sig = bytes_of(sig + 1, len);
	ok(!sig[1] && !verify(pki), "a signature that begins with 0");
	c.sig = bytes_of(sig + 2, len - 1);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "the same without it");
	c.sig = bytes_of(sig, len + 1);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "or with two");
}

static void test_forged(void)
{
	X509 *leaf = leaf_of(root, root_key, "DNS:r1.test");
	size_t len = EVP_PKEY_get_size(key);

	send(leaf);
	sign_with(other_key);
	ok(verify(pki) == IKE_N_INVALID_SIGNATURE, "by another key");
	forged_blocks(len);
	forged_numbers(len);
	leading_zero(len);
	X509_free(leaf);
}

static struct pki_key *load_own(const char *cert, const char *key_path)
{
	return pki_key_load(read_file(cert), read_file(key_path), why);
}

static void test_issuer(const struct pki_key *own)
{
	uint8_t *name = NULL, *other = NULL;
	int n = i2d_X509_NAME(X509_get_subject_name(root), &name);
	X509 *stranger = make_ca("stranger", other_key, NULL, NULL);
	int m = i2d_X509_NAME(X509_get_subject_name(stranger), &other);

	ok(pki_key_is_by(own, bytes_of(name, n)) &&
		   !pki_key_is_by(own, bytes_of(other, m)) &&
		   !pki_key_is_by(own, bytes_of(name, n - 1)) &&
		   !pki_key_is_by(own, bytes_of("", 0)),
	   "the authorities of our chain");
	OPENSSL_free(name);
	OPENSSL_free(other);
	X509_free(stranger);
}

static void test_own(void)
{
	X509 *leaf = leaf_of(sub, sub_key, "DNS:r1.test");
	char *cert = strdup(save_cert("own", leaf, sub));
	struct pki_key *own = load_own(cert, save_key("key", key, NULL));
	uint8_t sig[PKI_SIG_MAX];
	char text[256];
	int len;

	if (!ok(own, "our certificate and key"))
		return;
	len = pki_sign(own, bytes_of(hash, 20), sig);
	c.cert[0] = pki_key_cert(own, 0);
	c.cert[1] = pki_key_cert(own, 1);
	c.n_cert = 2;
	c.hash = bytes_of(hash, 20);
	c.sig = bytes_of(sig, len);
	ok(len == 256 && !pki_key_cert(own, 2).p && !verify(pki),
	   "what we sign is verified");
	ok(pki_sign(own, bytes_of(sig, 65), sig) < 0 &&
		   pki_sign(own, bytes_of(sig, 0), sig) < 0,
	   "what is no hash is not signed");
	ok(pki_key_has_id(own, &id) && id_dn_ok(pki_key_subject(own)),
	   "our identities");
	ok(bytes_eq(pki_key_host(own), bytes_of("r1.test", 7)),
	   "our host name");
	ok(!pki_key_fault(own, NOW) &&
		   strstr(pki_key_fault(own, NOW + 181 * DAY), "has expired") &&
		   strstr(pki_key_fault(own, NOW - 181 * DAY), "not yet"),
	   "our times");
	test_issuer(own);
	pki_cert_text(pki_key_cert(own, 0), text, sizeof(text));
	ok(strstr(text, "CN=r1,O=Test, serial ") &&
		   strstr(text, ", valid 2023-05-18 to 2024-05-12, by "
				"CN=sub,O=Test"),
	   "for the log: %s", text);
	pki_key_free(own);
	own = pki_key_load(read_file(cert), bytes_of(NULL, 0), why);
	ok(own && pki_key_has_id(own, &id) &&
		   pki_sign(own, bytes_of(hash, 20), sig) < 0,
	   "without the key it signs nothing");
	pki_key_free(own);
	ok(!load_own(cert, save_key("other", other_key, NULL)) &&
		   strstr(why, "not the certificate's"),
	   "the key of another certificate");
	ok(!load_own(cert, save_key("locked", key, "secret")) &&
		   strstr(why, "cannot be read"),
	   "a key with a passphrase");
	ok(!load_own(cert, make_path("none")) &&
		   !load_own(make_path("none"), make_path("key")) &&
		   !load_own(make_path("key"), make_path("key")),
	   "files that are not there or something else");
	X509_free(leaf);
	free(cert);
}

int main(void)
{
	char command[64];
	unsigned int i;

	make_start();
	ok(!crypto_init(NULL), "start");
	root_key = make_rsa(2048);
	sub_key = make_rsa(2048);
	key = make_rsa(2048);
	other_key = make_rsa(2048);
	root = make_ca("root", root_key, NULL, NULL);
	sub = make_ca("sub", sub_key, root, root_key);
	pki = pki_create();
	c.id = &id;
	c.now = NOW;
	ok(!pki_add_anchors(pki, read_file(save_cert("root", root, NULL)), why),
	   "a trust point");
	ok(pki_add_anchors(pki, read_file(make_path("none")), why) < 0 &&
		   pki_add_anchors(pki, read_file(save_key("k", key, NULL)),
				   why) < 0,
	   "files that are none");
	test_chain();
	test_times();
	test_identities();
	test_usage();
	test_crl();
	test_keys();
	test_weak();
	test_encoding();
	test_forged();
	test_own();
	pki_free(pki);
	for (i = 0; i < PKI_CHAIN_MAX; i++)
		OPENSSL_free(der[i]);
	X509_free(root);
	X509_free(sub);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(sub_key);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other_key);
	crypto_exit();
	snprintf(command, sizeof(command), "rm -r %s", make_dir);
	ok(!system(command), "the end");
	return ktap_end();
}
