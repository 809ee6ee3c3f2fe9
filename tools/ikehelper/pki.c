// SPDX-License-Identifier: GPL-2.0-or-later
/* X.509: trust points, and the verification of what peers send. */
#include "pki.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto.h"
#include "id.h"
#include "pki_cert.h"
#include "wire_esp.h"

#define MAX_CHAIN_DEPTH 8

struct pki {
	X509_STORE *store;
	X509 *anchor[PKI_FILE_MAX];
	uint8_t *name[PKI_FILE_MAX]; /* subjects as DER */
	int name_len[PKI_FILE_MAX];
	unsigned int n;
	bool has_crl, need_crl;
};

static int say(char why[PKI_WHY], int err, const char *what, const char *about)
{
	snprintf(why, PKI_WHY, "%s%s%s", what, *about ? ": " : "", about);
	return err;
}

struct pki *pki_create(void)
{
	struct pki *pki = calloc(1, sizeof(*pki));

	if (!pki)
		return NULL;
	pki->store = X509_STORE_new();
	if (!pki->store) {
		free(pki);
		errno = ENOMEM;
		return NULL;
	}
	return pki;
}

void pki_free(struct pki *pki)
{
	unsigned int i;

	if (!pki)
		return;
	for (i = 0; i < pki->n; i++) {
		X509_free(pki->anchor[i]);
		OPENSSL_free(pki->name[i]);
	}
	X509_STORE_free(pki->store);
	free(pki);
}

static bool add_anchor(struct pki *pki, X509 *cert)
{
	unsigned int i = pki->n;

	pki->name_len[i] =
		i2d_X509_NAME(X509_get_subject_name(cert), &pki->name[i]);
	if (pki->name_len[i] <= 0)
		return false;
	pki->anchor[i] = cert;
	pki->n++;
	return X509_STORE_add_cert(pki->store, cert) > 0;
}

int pki_add_anchors(struct pki *pki, struct bytes file, char why[PKI_WHY])
{
	unsigned int room = PKI_FILE_MAX - pki->n;
	X509 *cert[PKI_FILE_MAX];
	int n, i, err = 0;

	if (!room)
		return say(why, -E2BIG, "too many certificates", "");
	n = pki_cert_read(file, cert, room);
	if (n < 0)
		return say(why, n, "no certificate can be read", "");
	for (i = 0; i < n; i++) {
		if (!err && !add_anchor(pki, cert[i]))
			err = say(why, -ENOMEM, "no memory", "");
		if (err && (!pki->n || pki->anchor[pki->n - 1] != cert[i]))
			X509_free(cert[i]);
	}
	ERR_clear_error();
	return err;
}

static X509_CRL *read_pem_crl(BIO *bio)
{
	X509_CRL *crl = X509_CRL_new_ex(crypto_libctx(), NULL);

	if (crl && !PEM_read_bio_X509_CRL(bio, &crl, NULL, NULL)) {
		/* A failed d2i has freed it and left NULL. */
		X509_CRL_free(crl);
		crl = NULL;
	}
	return crl;
}

static X509_CRL *parse_crl(struct bytes der)
{
	X509_CRL *crl = X509_CRL_new_ex(crypto_libctx(), NULL);
	const uint8_t *p = der.p;

	if (crl && !d2i_X509_CRL(&crl, &p, (long)der.len))
		crl = NULL;
	return crl;
}

int pki_add_crls(struct pki *pki, struct bytes file, char why[PKI_WHY])
{
	BIO *bio = BIO_new_mem_buf(file.len ? file.p : (const void *)"",
				   (int)file.len);
	X509_CRL *crl = bio ? read_pem_crl(bio) : NULL;
	unsigned int n = 0;
	int err = 0;

	if (!crl)
		crl = parse_crl(file);
	for (; crl && n < PKI_FILE_MAX; n++) {
		if (X509_STORE_add_crl(pki->store, crl) <= 0)
			err = say(why, -ENOMEM, "no memory", "");
		X509_CRL_free(crl);
		crl = read_pem_crl(bio);
	}
	X509_CRL_free(crl);
	if (!n)
		err = say(why, -EBADMSG, "no CRL can be read", "");
	else if (!err)
		pki->has_crl = true;
	BIO_free(bio);
	ERR_clear_error();
	return err;
}

void pki_require_crl(struct pki *pki, bool required)
{
	pki->need_crl = required;
}

struct bytes pki_anchor_name(const struct pki *pki, unsigned int i)
{
	if (i >= pki->n)
		return bytes_of(NULL, 0);
	return bytes_of(pki->name[i], pki->name_len[i]);
}

/* Without "revocation-check crl" a CRL that is missing or old is no fault. */
static int forgive(int good, X509_STORE_CTX *ctx)
{
	const struct pki *pki = X509_STORE_CTX_get_app_data(ctx);

	if (good || pki->need_crl)
		return good;
	switch (X509_STORE_CTX_get_error(ctx)) {
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_CRL_HAS_EXPIRED:
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
		return 1;
	}
	return 0;
}

static void set_rules(const struct pki *pki, X509_STORE_CTX *ctx, int64_t now)
{
	X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(ctx);
	/* A trust point may be a CA below a root that we do not have. */
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN |
			      X509_V_FLAG_TRUSTED_FIRST;

	if (pki->has_crl || pki->need_crl)
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	X509_VERIFY_PARAM_set_flags(p, flags);
	X509_VERIFY_PARAM_set_time(p, now);
	X509_VERIFY_PARAM_set_depth(p, MAX_CHAIN_DEPTH);
	/* Old peers have certificates with SHA-1: keys are judged apart. */
	X509_VERIFY_PARAM_set_auth_level(p, 0);
	X509_STORE_CTX_set_app_data(ctx, (void *)pki);
	X509_STORE_CTX_set_verify_cb(ctx, forgive);
}

/* Which notification a fault of the chain is, and what to say. */
static const struct {
	int fault, verdict;
	const char *text;
} verdicts[] = {
#define AUTHORITY IKE_N_INVALID_CERT_AUTHORITY, "is of an unknown authority"
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, AUTHORITY },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, AUTHORITY },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, AUTHORITY },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, AUTHORITY },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, AUTHORITY },
	{ X509_V_ERR_CERT_UNTRUSTED, AUTHORITY },
#undef AUTHORITY
	{ X509_V_ERR_CERT_HAS_EXPIRED, IKE_N_INVALID_CERTIFICATE,
	  "has expired" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, IKE_N_INVALID_CERTIFICATE,
	  "is not yet valid" },
	{ X509_V_ERR_CERT_REVOKED, IKE_N_INVALID_CERTIFICATE, "is revoked" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL, IKE_N_INVALID_CERTIFICATE,
	  "cannot be checked: there is no CRL of its authority" },
	{ X509_V_ERR_CRL_HAS_EXPIRED, IKE_N_INVALID_CERTIFICATE,
	  "cannot be checked: the CRL has expired" },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE, IKE_N_INVALID_CERTIFICATE,
	  "cannot be checked: the CRL is not by its authority" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, IKE_N_INVALID_CERTIFICATE,
	  "is not signed by its authority" },
};

static int fault_of(X509_STORE_CTX *ctx, char *why)
{
	int fault = X509_STORE_CTX_get_error(ctx);
	const char *what = X509_STORE_CTX_get_error_depth(ctx) ?
				   "the certificate of an authority" :
				   "the certificate";
	size_t i;

	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (verdicts[i].fault != fault)
			continue;
		snprintf(why, PKI_WHY, "%s %s", what, verdicts[i].text);
		return verdicts[i].verdict;
	}
	snprintf(why, PKI_WHY, "%s is refused: %s", what,
		 X509_verify_cert_error_string(fault));
	return IKE_N_INVALID_CERTIFICATE;
}

/*
 * The anchor is trusted whatever its key and signature are, and the peer's own
 * key is judged apart.
 */
static int judge_chain(X509_STORE_CTX *ctx, char *why)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	int i, n = sk_X509_num(chain), err = IKE_N_INVALID_CERTIFICATE;
	const char *fault;
	X509 *cert;

	for (i = 0; i + 1 < n; i++) {
		cert = sk_X509_value(chain, i);
		if (pki_cert_is_weak(cert))
			return say(why, err, "a certificate is signed with MD5",
				   "");
		if (!i || !EVP_PKEY_is_a(X509_get0_pubkey(cert), "RSA"))
			continue;
		fault = pki_cert_key_fault(cert);
		if (fault)
			return say(why, err, "an authority on the way", fault);
	}
	return 0;
}

static int verify_chain(const struct pki *pki, X509 *leaf,
			STACK_OF(X509) * others, int64_t now, char *why)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new_ex(crypto_libctx(), NULL);
	int err;

	if (!ctx || !X509_STORE_CTX_init(ctx, pki->store, leaf, others)) {
		err = say(why, IKE_N_INVALID_CERTIFICATE, "no memory", "");
		goto out_free;
	}
	set_rules(pki, ctx, now);
	if (X509_verify_cert(ctx) > 0)
		err = judge_chain(ctx, why);
	else
		err = fault_of(ctx, why);
out_free:
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return err;
}

/* The certificates behind the first, for building the chain. */
static bool parse_others(const struct pki_check *c, unsigned int n,
			 STACK_OF(X509) * others)
{
	unsigned int i;
	X509 *cert;

	for (i = 1; i < n; i++) {
		cert = pki_cert_parse(c->cert[i]);
		if (!cert)
			return false;
		if (!sk_X509_push(others, cert)) {
			X509_free(cert);
			return false;
		}
	}
	return true;
}

static int judge_leaf(X509 *leaf, const struct pki_check *c, char *why)
{
	const char *fault = pki_cert_key_fault(leaf);

	if (fault)
		return say(why, IKE_N_INVALID_CERTIFICATE, fault, "");
	if (!pki_cert_may_sign(leaf))
		return say(why, IKE_N_INVALID_CERTIFICATE,
			   "the certificate is not for signatures in IKE", "");
	if (!pki_cert_has_id(leaf, c->id))
		return say(why, IKE_N_INVALID_ID_INFORMATION,
			   "the certificate does not have the peer's identity",
			   "");
	if (!pki_cert_signed(leaf, c->hash, c->sig))
		return say(why, IKE_N_INVALID_SIGNATURE,
			   "the signature is not by the certificate's key", "");
	return 0;
}

int pki_verify(const struct pki *pki, const struct pki_check *c,
	       char why[PKI_WHY])
{
	unsigned int n = c->n_cert < PKI_CHAIN_MAX ? c->n_cert : PKI_CHAIN_MAX;
	STACK_OF(X509) *others = sk_X509_new_null();
	int err = IKE_N_INVALID_CERT_ENCODING;
	X509 *leaf = NULL;

	*why = 0;
	if (!n) {
		err = say(why, IKE_N_CERTIFICATE_UNAVAILABLE,
			  "the peer has sent no certificate", "");
		goto out_free;
	}
	leaf = pki_cert_parse(c->cert[0]);
	if (!leaf || !others || !parse_others(c, n, others)) {
		say(why, err, "a certificate is malformed", "");
		goto out_free;
	}
	err = verify_chain(pki, leaf, others, c->now, why);
	if (!err)
		err = judge_leaf(leaf, c, why);
out_free:
	X509_free(leaf);
	sk_X509_pop_free(others, X509_free);
	return err;
}
