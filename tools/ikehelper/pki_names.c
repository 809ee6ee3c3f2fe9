// SPDX-License-Identifier: GPL-2.0-or-later
/* The names in a certificate, as text. */
#include "pki_names.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "../lib/addr.h"
#include "pki_cert.h"

#define FLAGS (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB)

static bool add(struct pki_names *n, uint8_t kind, const void *p, size_t len)
{
	if (n->n == PKI_NAMES_MAX || memchr(p, 0, len))
		return false;
	n->text[n->n] = strndup(p, len);
	if (!n->text[n->n])
		return false;
	n->kind[n->n++] = kind;
	return true;
}

static bool add_bio(struct pki_names *n, uint8_t kind, BIO *bio)
{
	char *p = NULL;
	long len = BIO_get_mem_data(bio, &p);

	return len >= 0 && add(n, kind, len ? p : "", len);
}

static bool add_name(struct pki_names *n, uint8_t kind, const X509_NAME *name,
		     unsigned long flags)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool good = bio && X509_NAME_print_ex(bio, name, 0, flags) >= 0 &&
		    add_bio(n, kind, bio);

	BIO_free(bio);
	return good;
}

static bool add_both(struct pki_names *n, uint8_t kind, const X509_NAME *name)
{
	return add_name(n, kind, name, FLAGS) &&
	       add_name(n, kind, name, FLAGS & ~XN_FLAG_DN_REV);
}

static bool add_string(struct pki_names *n, uint8_t kind, const ASN1_STRING *s)
{
	unsigned char *utf8 = NULL;
	int len = ASN1_STRING_to_UTF8(&utf8, s);
	bool good = len >= 0 && add(n, kind, utf8, len);

	OPENSSL_free(utf8);
	return good;
}

static bool add_alt(struct pki_names *n, const GENERAL_NAME *name)
{
	char buf[ADDR_STR];
	struct addr a;

	switch (name->type) {
	case GEN_DNS:
	case GEN_EMAIL:
	case GEN_URI:
		return add_string(n, PKI_NAME_ALT, name->d.ia5);
	case GEN_DIRNAME:
		return add_both(n, PKI_NAME_ALT, name->d.directoryName);
	case GEN_IPADD:
		if (!addr_from_bytes(&a, ASN1_STRING_get0_data(name->d.ip),
				     ASN1_STRING_length(name->d.ip)))
			return false;
		addr_fmt(&a, buf);
		return add(n, PKI_NAME_ALT, buf, strlen(buf));
	default:
		return true;
	}
}

static bool add_alts(struct pki_names *n, const X509 *cert)
{
	int at = X509_get_ext_by_NID(cert, NID_subject_alt_name, -1);
	GENERAL_NAMES *names =
		X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool good = at < 0 || names;
	int i;

	for (i = 0; good && i < sk_GENERAL_NAME_num(names); i++)
		good = add_alt(n, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	return good;
}

/* Where routers put their host name. */
static bool add_unstructured(struct pki_names *n, const X509_NAME *name)
{
	bool good = true;
	int at = -1;

	while (good && (at = X509_NAME_get_index_by_NID(
				name, NID_pkcs9_unstructuredName, at)) >= 0)
		good = add_string(n, PKI_NAME_UNSTRUCTURED,
				  X509_NAME_ENTRY_get_data(
					  X509_NAME_get_entry(name, at)));
	return good;
}

static bool add_serial(struct pki_names *n, const X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool good = bio &&
		    i2a_ASN1_INTEGER(bio, X509_get0_serialNumber(cert)) > 0 &&
		    add_bio(n, PKI_NAME_SERIAL, bio);

	BIO_free(bio);
	return good;
}

static bool take_time(const ASN1_TIME *t, int64_t *seconds)
{
	struct tm tm;

	if (!ASN1_TIME_to_tm(t, &tm))
		return false;
	*seconds = timegm(&tm);
	return true;
}

bool pki_names_read(struct bytes der, struct pki_names *names)
{
	X509 *cert = pki_cert_parse(der);
	bool good;

	*names = (struct pki_names){ 0 };
	if (!cert)
		return false;
	good = add_both(names, PKI_NAME_SUBJECT, X509_get_subject_name(cert)) &&
	       add_both(names, PKI_NAME_ISSUER, X509_get_issuer_name(cert)) &&
	       add_alts(names, cert) &&
	       add_unstructured(names, X509_get_subject_name(cert)) &&
	       add_serial(names, cert) &&
	       take_time(X509_get0_notBefore(cert), &names->valid_from) &&
	       take_time(X509_get0_notAfter(cert), &names->valid_to);
	X509_free(cert);
	ERR_clear_error();
	if (!good)
		pki_names_free(names);
	return good;
}

void pki_names_free(struct pki_names *names)
{
	unsigned int i;

	for (i = 0; i < names->n; i++)
		free(names->text[i]);
	*names = (struct pki_names){ 0 };
}
