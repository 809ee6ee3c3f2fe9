// SPDX-License-Identifier: GPL-2.0-or-later
/* Our own certificate and private key, and signatures with it. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto.h"
#include "pki.h"
#include "pki_cert.h"
#include "wire.h"

struct pki_key {
	EVP_PKEY *key;
	X509 *cert[PKI_CHAIN_MAX];
	uint8_t *der[PKI_CHAIN_MAX];
	int der_len[PKI_CHAIN_MAX];
	unsigned int n;
	uint8_t *subject;
	int subject_len;
	uint8_t host[PKI_HOST_MAX];
	size_t host_len;
};

static int fail(char why[PKI_WHY], const char *what)
{
	snprintf(why, PKI_WHY, "%s", what);
	ERR_clear_error();
	return -EINVAL;
}

/* A key with a passphrase is refused; nobody is there to be asked. */
static int no_passphrase(char *buf, int size, int rw, void *arg)
{
	(void)buf;
	(void)size;
	(void)rw;
	(void)arg;
	return -1;
}

static int load_certs(struct pki_key *key, struct bytes file, char *why)
{
	int n = pki_cert_read(file, key->cert, PKI_CHAIN_MAX);
	const char *fault;
	unsigned int i;

	if (n < 0)
		return fail(why, "our certificate cannot be read");
	key->n = n;
	for (i = 0; i < key->n; i++) {
		key->der_len[i] = i2d_X509(key->cert[i], &key->der[i]);
		if (key->der_len[i] <= 0)
			return fail(why, "no memory");
	}
	key->subject_len = i2d_X509_NAME(X509_get_subject_name(key->cert[0]),
					 &key->subject);
	key->host_len = pki_cert_host(key->cert[0], key->host);
	fault = pki_cert_key_fault(key->cert[0]);
	if (key->subject_len <= 0)
		fault = "no memory";
	return fault ? fail(why, fault) : 0;
}

static int load_key(struct pki_key *key, struct bytes file, char *why)
{
	BIO *bio = BIO_new_mem_buf(file.len ? file.p : (const void *)"",
				   (int)file.len);

	if (!bio)
		return fail(why, "no memory");
	key->key = PEM_read_bio_PrivateKey_ex(bio, NULL, no_passphrase, NULL,
					      crypto_libctx(), NULL);
	BIO_free(bio);
	if (!key->key)
		return fail(why, "the private key cannot be read");
	if (X509_check_private_key(key->cert[0], key->key) <= 0)
		return fail(why, "the private key is not the certificate's");
	return 0;
}

struct pki_key *pki_key_load(struct bytes cert, struct bytes key_file,
			     char why[PKI_WHY])
{
	struct pki_key *key = calloc(1, sizeof(*key));

	if (!key) {
		snprintf(why, PKI_WHY, "no memory");
		return NULL;
	}
	if (load_certs(key, cert, why) ||
	    (key_file.p && load_key(key, key_file, why))) {
		pki_key_free(key);
		errno = EINVAL;
		return NULL;
	}
	return key;
}

void pki_key_free(struct pki_key *key)
{
	unsigned int i;

	if (!key)
		return;
	for (i = 0; i < key->n; i++) {
		X509_free(key->cert[i]);
		OPENSSL_free(key->der[i]);
	}
	OPENSSL_free(key->subject);
	EVP_PKEY_free(key->key);
	free(key);
}

struct bytes pki_key_cert(const struct pki_key *key, unsigned int i)
{
	if (i >= key->n)
		return bytes_of(NULL, 0);
	return bytes_of(key->der[i], key->der_len[i]);
}

struct bytes pki_key_subject(const struct pki_key *key)
{
	return bytes_of(key->subject, key->subject_len);
}

bool pki_key_has_id(const struct pki_key *key, const struct ike_id *id)
{
	return pki_cert_has_id(key->cert[0], id);
}

struct bytes pki_key_host(const struct pki_key *key)
{
	return bytes_of(key->host_len ? key->host : NULL, key->host_len);
}

const char *pki_key_fault(const struct pki_key *key, int64_t now)
{
	time_t t = now;

	if (X509_cmp_time(X509_get0_notBefore(key->cert[0]), &t) > 0)
		return "our certificate is not yet valid";
	if (X509_cmp_time(X509_get0_notAfter(key->cert[0]), &t) < 0)
		return "our certificate has expired";
	return NULL;
}

bool pki_key_is_by(const struct pki_key *key, struct bytes name)
{
	const uint8_t *p = name.p;
	X509_NAME *want = d2i_X509_NAME(NULL, &p, (long)name.len);
	bool found = false;
	unsigned int i;

	for (i = 0; want && !found && i < key->n; i++)
		found = !X509_NAME_cmp(want,
				       X509_get_issuer_name(key->cert[i]));
	X509_NAME_free(want);
	ERR_clear_error();
	return found;
}

int pki_sign(const struct pki_key *key, struct bytes hash,
	     uint8_t sig[PKI_SIG_MAX])
{
	EVP_PKEY_CTX *ctx;
	size_t len = PKI_SIG_MAX;
	bool good;

	if (!key->key || !hash.len || hash.len > IKE_HASH_MAX)
		return -EINVAL;
	ctx = EVP_PKEY_CTX_new_from_pkey(crypto_libctx(), key->key, NULL);
	/* With no digest set, the padding holds the octets as they are. */
	good = ctx && EVP_PKEY_sign_init(ctx) > 0 &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
	       EVP_PKEY_sign(ctx, sig, &len, hash.p, hash.len) > 0;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return good ? (int)len : -EIO;
}
