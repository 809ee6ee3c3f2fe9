/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Make certificates and CRLs for tests, good and bad. */
#ifndef UNIT_PKI_MAKE_H
#define UNIT_PKI_MAKE_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <unistd.h>

#include "ikehelper/bytes.h"

#define NOW 1700000000LL
#define DAY 86400LL

/* What a certificate is to have; extensions by name, NULL for none. */
struct spec {
	const char *cn;
	EVP_PKEY *key;
	X509 *issuer; /* NULL: itself */
	EVP_PKEY *signer;
	const char *hash; /* NULL: SHA-256 */
	int64_t from, to; /* 0: a year around NOW */
	const char *ca, *usage, *purpose, *alt;
	const char *host; /* unstructured name */
};

static inline EVP_PKEY *make_rsa(unsigned int bits)
{
	return EVP_RSA_gen(bits);
}

static inline void extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext;

	if (!value)
		return;
	ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	if (!ext)
		abort();
	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
}

static inline void add_text(X509_NAME *name, const char *field,
			    const char *text)
{
	X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC,
				   (const unsigned char *)text, -1, -1, 0);
}

/* Everything but the signature, which make_cert() adds. */
static inline X509 *make_unsigned(const struct spec *s)
{
	static long serial = 1;
	X509_NAME *name = X509_NAME_new();
	X509 *cert = X509_new();

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	add_text(name, "O", "Test");
	add_text(name, "CN", s->cn);
	if (s->host)
		add_text(name, "unstructuredName", s->host);
	X509_set_subject_name(cert, name);
	X509_set_issuer_name(
		cert, s->issuer ? X509_get_subject_name(s->issuer) : name);
	X509_NAME_free(name);
	ASN1_TIME_set(X509_getm_notBefore(cert), s->from ?: NOW - 180 * DAY);
	ASN1_TIME_set(X509_getm_notAfter(cert), s->to ?: NOW + 180 * DAY);
	X509_set_pubkey(cert, s->key);
	extend(cert, NID_basic_constraints, s->ca);
	extend(cert, NID_key_usage, s->usage);
	extend(cert, NID_ext_key_usage, s->purpose);
	extend(cert, NID_subject_alt_name, s->alt);
	return cert;
}

static inline X509 *make_cert(const struct spec *s)
{
	X509 *cert = make_unsigned(s);

	if (!X509_sign(cert, s->signer ? s->signer : s->key,
		       s->hash ? EVP_get_digestbyname(s->hash) : EVP_sha256()))
		abort();
	return cert;
}

static inline X509 *make_ca(const char *cn, EVP_PKEY *key, X509 *issuer,
			    EVP_PKEY *signer)
{
	struct spec s = { .cn = cn,
			  .key = key,
			  .issuer = issuer,
			  .signer = signer,
			  .ca = "critical,CA:TRUE",
			  .usage = "critical,keyCertSign,cRLSign" };

	return make_cert(&s);
}

static inline X509_CRL *make_crl(X509 *ca, EVP_PKEY *key, X509 *revoked,
				 int64_t to)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, NOW - DAY);
	X509_REVOKED *r;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca));
	X509_CRL_set1_lastUpdate(crl, t);
	if (revoked) {
		r = X509_REVOKED_new();
		X509_REVOKED_set_serialNumber(r,
					      X509_get_serialNumber(revoked));
		X509_REVOKED_set_revocationDate(r, t);
		X509_CRL_add0_revoked(crl, r);
	}
	ASN1_TIME_set(t, to);
	X509_CRL_set1_nextUpdate(crl, t);
	ASN1_TIME_free(t);
	X509_CRL_sort(crl);
	if (!X509_CRL_sign(crl, key, EVP_sha256()))
		abort();
	return crl;
}

/* An RSA public key from numbers that need not make sense. */
static inline EVP_PKEY *odd_rsa(const BIGNUM *n, unsigned long e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	BIGNUM *bn = BN_new();
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	BN_set_word(bn, e);
	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n);
	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, bn);
	params = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_fromdata_init(ctx);
	EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	BN_free(bn);
	return key;
}

/* The private operation on a block of our choice. */
static inline void raw_sign(EVP_PKEY *key, const uint8_t *block, size_t len,
			    uint8_t *sig)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

	if (EVP_PKEY_sign_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) <= 0 ||
	    EVP_PKEY_sign(ctx, sig, &len, block, len) <= 0)
		abort();
	EVP_PKEY_CTX_free(ctx);
}

/* Files that are gone when the test ends. */
static char make_dir[] = "/tmp/ike-pki-XXXXXX";

static inline void make_start(void)
{
	if (!mkdtemp(make_dir))
		abort();
}

static inline const char *make_path(const char *name)
{
	static char path[4][64];
	static unsigned int i;

	i = (i + 1) % 4;
	snprintf(path[i], sizeof(path[i]), "%s/%s", make_dir, name);
	return path[i];
}

static inline FILE *make_file(const char *name)
{
	FILE *f = fopen(make_path(name), "w");

	if (!f)
		abort();
	return f;
}

/* What is in it; nothing, if there is no file. Good for some more calls. */
static inline struct bytes read_file(const char *path)
{
	static uint8_t room[8][16384];
	static unsigned int i;
	FILE *f = fopen(path, "r");
	size_t len;

	i = (i + 1) % 8;
	len = f ? fread(room[i], 1, sizeof(room[i]), f) : 0;
	if (f)
		fclose(f);
	return bytes_of(room[i], len);
}

static inline const char *save_cert(const char *name, X509 *one, X509 *two)
{
	FILE *f = make_file(name);

	PEM_write_X509(f, one);
	if (two)
		PEM_write_X509(f, two);
	fclose(f);
	return make_path(name);
}

static inline const char *save_key(const char *name, EVP_PKEY *key,
				   const char *pass)
{
	FILE *f = make_file(name);

	PEM_write_PrivateKey(f, key, pass ? EVP_aes_128_cbc() : NULL, NULL, 0,
			     NULL, (void *)pass);
	fclose(f);
	return make_path(name);
}

static inline const char *save_crl(const char *name, X509_CRL *crl)
{
	FILE *f = make_file(name);

	PEM_write_X509_CRL(f, crl);
	fclose(f);
	return make_path(name);
}

#endif
