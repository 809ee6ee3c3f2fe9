// SPDX-License-Identifier: GPL-2.0-or-later
/* One certificate: reading, identities, use of its key, signatures by it. */
#include "pki_cert.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <strings.h>

#include "crypto.h"
#include "id.h"
#include "pki.h"

struct x509_st *pki_cert_parse(struct bytes der)
{
	X509 *cert = X509_new_ex(crypto_libctx(), NULL);
	const uint8_t *p = der.p;

	if (!cert)
		return NULL;
	if (!d2i_X509(&cert, &p, der.len)) {
		/* It has freed the certificate. */
		ERR_clear_error();
		return NULL;
	}
	if (p == der.p + der.len)
		return cert;
	X509_free(cert);
	return NULL;
}

static X509 *read_pem(BIO *bio)
{
	X509 *cert = X509_new_ex(crypto_libctx(), NULL);

	if (cert && !PEM_read_bio_X509(bio, &cert, NULL, NULL)) {
		X509_free(cert);
		cert = NULL;
	}
	return cert;
}

int pki_cert_read(struct bytes file, struct x509_st **cert, unsigned int max)
{
	BIO *bio = BIO_new_mem_buf(file.len ? file.p : (const void *)"",
				   (int)file.len);
	unsigned int n = 0;
	X509 *der;

	if (!bio) {
		ERR_clear_error();
		return -ENOMEM;
	}
	while (n < max && (cert[n] = read_pem(bio)))
		n++;
	BIO_free(bio);
	ERR_clear_error();
	if (!n && max) {
		der = pki_cert_parse(file);
		if (der)
			cert[n++] = der;
	}
	return n ? (int)n : -EBADMSG;
}

static struct bytes string_bytes(const ASN1_STRING *s)
{
	return bytes_of(ASN1_STRING_get0_data(s), ASN1_STRING_length(s));
}

/* Names without regard to case; the length counts, so no zero octet hides. */
static bool same_name(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	       !strncasecmp((const char *)a.p, (const char *)b.p, a.len) &&
	       !memchr(a.p, 0, a.len);
}

/* RFC 4945, 3.1: which kind of alternative name an identity is held against. */
static bool alt_name_is(const GENERAL_NAME *name, const struct ike_id *id)
{
	switch (id->type) {
	case IKE_ID_FQDN:
		return name->type == GEN_DNS &&
		       same_name(string_bytes(name->d.dNSName), id->data);
	case IKE_ID_USER_FQDN:
		return name->type == GEN_EMAIL &&
		       same_name(string_bytes(name->d.rfc822Name), id->data);
	case IKE_ID_IPV4:
	case IKE_ID_IPV6:
		return name->type == GEN_IPADD &&
		       bytes_eq(string_bytes(name->d.iPAddress), id->data);
	}
	return false;
}

static bool has_alt_name(const X509 *cert, const struct ike_id *id)
{
	GENERAL_NAMES *names =
		X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool found = false;
	int i;

	for (i = 0; !found && i < sk_GENERAL_NAME_num(names); i++)
		found = alt_name_is(sk_GENERAL_NAME_value(names, i), id);
	GENERAL_NAMES_free(names);
	return found;
}

/* Routers put their host name into the subject as "unstructured name". */
static bool has_host_name(const X509 *cert, const struct ike_id *id)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_pkcs9_unstructuredName,
					    -1);

	return id->type == IKE_ID_FQDN && at >= 0 &&
	       same_name(string_bytes(X509_NAME_ENTRY_get_data(
				 X509_NAME_get_entry(subject, at))),
			 id->data);
}

size_t pki_cert_host(const struct x509_st *cert, uint8_t host[PKI_HOST_MAX])
{
	GENERAL_NAMES *names =
		X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	const GENERAL_NAME *name;
	struct bytes b;
	size_t len = 0;
	int i;

	for (i = 0; !len && i < sk_GENERAL_NAME_num(names); i++) {
		name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_DNS)
			continue;
		b = string_bytes(name->d.dNSName);
		if (b.len && b.len <= PKI_HOST_MAX)
			memcpy(host, b.p, len = b.len);
	}
	GENERAL_NAMES_free(names);
	return len;
}

/* A Name from DER, all of it; NULL if it is none. */
static X509_NAME *parse_name(struct bytes der)
{
	const uint8_t *p = der.p;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, der.len);

	if (name && p == der.p + der.len)
		return name;
	X509_NAME_free(name);
	ERR_clear_error();
	return NULL;
}

bool pki_dn_eq(struct bytes a, struct bytes b)
{
	X509_NAME *x = parse_name(a), *y = parse_name(b);
	bool same = x && y && !X509_NAME_cmp(x, y);

	X509_NAME_free(x);
	X509_NAME_free(y);
	return same;
}

bool pki_cert_has_id(const struct x509_st *cert, const struct ike_id *id)
{
	X509_NAME *name;
	bool same;

	if (id->type != IKE_ID_DER_DN)
		return has_alt_name(cert, id) || has_host_name(cert, id);
	name = parse_name(id->data);
	same = name && X509_NAME_entry_count(name) &&
	       !X509_NAME_cmp(name, X509_get_subject_name(cert));
	X509_NAME_free(name);
	return same;
}

/*
 * RFC 4945, 5.1.3.12, and wider: certificates of TLS servers and clients are
 * what many peers have.
 */
static bool is_usage_for_ike(const ASN1_OBJECT *usage)
{
	switch (OBJ_obj2nid(usage)) {
	case NID_anyExtendedKeyUsage:
	case NID_ipsec_IKE:
	case NID_ipsecEndSystem:
	case NID_ipsecTunnel:
	case NID_ipsecUser:
	case NID_server_auth:
	case NID_client_auth:
		return true;
	}
	return false;
}

bool pki_cert_may_sign(struct x509_st *cert)
{
	EXTENDED_KEY_USAGE *uses;
	bool good;
	int i;

	/* All bits are set if the certificate does not say. */
	if (!(X509_get_key_usage(cert) &
	      (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
		return false;
	if (!(X509_get_extension_flags(cert) & EXFLAG_XKUSAGE))
		return true;
	uses = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	good = false;
	for (i = 0; !good && i < sk_ASN1_OBJECT_num(uses); i++)
		good = is_usage_for_ike(sk_ASN1_OBJECT_value(uses, i));
	sk_ASN1_OBJECT_pop_free(uses, ASN1_OBJECT_free);
	return good;
}

bool pki_cert_is_weak(struct x509_st *cert)
{
	int hash = NID_undef;

	/* The hash of RSA-PSS is a parameter; MD5 is not among them. */
	if (!X509_get_signature_info(cert, &hash, NULL, NULL, NULL))
		return false;
	return hash == NID_md5 || hash == NID_md4 || hash == NID_md2;
}

static const char *rsa_fault(const EVP_PKEY *key)
{
	BIGNUM *n = NULL, *e = NULL;
	const char *fault = NULL;
	int bits;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) <= 0 ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) <= 0) {
		BN_free(n);
		return "the key of the certificate cannot be read";
	}
	bits = BN_num_bits(n);
	if (bits < PKI_RSA_MIN_BITS)
		fault = "the key of the certificate is too short";
	else if (bits > PKI_RSA_MAX_BITS)
		fault = "the key of the certificate is too long";
	else if (!BN_is_odd(n) || !BN_is_odd(e) || BN_is_one(e) ||
		 BN_num_bits(e) > 64)
		fault = "the key of the certificate is malformed";
	BN_free(n);
	BN_free(e);
	return fault;
}

const char *pki_cert_key_fault(const struct x509_st *cert)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);

	if (!key) {
		ERR_clear_error();
		return "the key of the certificate cannot be read";
	}
	if (!EVP_PKEY_is_a(key, "RSA"))
		return "the key of the certificate is not an RSA key";
	return rsa_fault(key);
}

/* Names as RFC 2253 writes them: what is no ASCII is escaped. */
static void add_name(BIO *bio, const char *what, const X509_NAME *name)
{
	BIO_printf(bio, "%s", what);
	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
}

static void add_time(BIO *bio, const char *what, const ASN1_TIME *t)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm))
		BIO_printf(bio, "%s%04d-%02d-%02d", what, tm.tm_year + 1900,
			   tm.tm_mon + 1, tm.tm_mday);
}

char *pki_cert_text(struct bytes der, char *buf, size_t size)
{
	X509 *cert = pki_cert_parse(der);
	BIO *bio = BIO_new(BIO_s_mem());
	int n = 0;

	if (cert && bio) {
		add_name(bio, "", X509_get_subject_name(cert));
		BIO_printf(bio, ", serial ");
		i2a_ASN1_INTEGER(bio, X509_get0_serialNumber(cert));
		add_time(bio, ", valid ", X509_get0_notBefore(cert));
		add_time(bio, " to ", X509_get0_notAfter(cert));
		add_name(bio, ", by ", X509_get_issuer_name(cert));
		n = BIO_read(bio, buf, (int)size - 1);
	}
	buf[n > 0 ? n : 0] = 0;
	BIO_free(bio);
	X509_free(cert);
	ERR_clear_error();
	return buf;
}

/* The signature raised to the public exponent; false if it is out of range. */
static bool open_signature(EVP_PKEY *key, struct bytes sig, uint8_t *block,
			   size_t len)
{
	EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_pkey(crypto_libctx(), key, NULL);
	size_t got = len;
	bool good;

	good = ctx && EVP_PKEY_verify_recover_init(ctx) > 0 &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) > 0 &&
	       EVP_PKEY_verify_recover(ctx, block, &got, sig.p, sig.len) > 0 &&
	       got == len;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

bool pki_cert_signed(const struct x509_st *cert, struct bytes hash,
		     struct bytes sig)
{
	uint8_t got[PKI_SIG_MAX], want[PKI_SIG_MAX];
	EVP_PKEY *key = X509_get0_pubkey(cert);
	size_t len;

	if (!key || pki_cert_key_fault(cert))
		return false;
	len = EVP_PKEY_get_size(key);
	if (len > sizeof(got) || sig.len != len || !hash.len ||
	    hash.len > IKE_HASH_MAX || hash.len + 11 > len)
		return false;
	/* PKCS #1, 9.1.2 in the form of block type 1: 00 01 ff ... 00 hash. */
	memset(want, 0xff, len);
	want[0] = 0;
	want[1] = 1;
	want[len - hash.len - 1] = 0;
	memcpy(want + len - hash.len, hash.p, hash.len);
	return open_signature(key, sig, got, len) &&
	       crypto_equal(got, want, len);
}
