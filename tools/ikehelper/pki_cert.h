/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates as libcrypto has them; shared by pki*.c only. */
#ifndef IKE_PKI_CERT_H
#define IKE_PKI_CERT_H

#include "bytes.h"

struct ike_id;
struct x509_st;

#define PKI_RSA_MIN_BITS 1024
#define PKI_RSA_MAX_BITS 8192
#define PKI_FILE_MAX 64 /* certificates of one file */

/* From DER, all of it; NULL if it is none. */
struct x509_st *pki_cert_parse(struct bytes der);

/* Of a file, PEM or DER: how many, or a negative errno. The caller frees. */
int pki_cert_read(struct bytes file, struct x509_st **cert, unsigned int max);

/* Has it this identity, in its subjectAltName or as its subject? */
bool pki_cert_has_id(const struct x509_st *cert, const struct ike_id *id);

#define PKI_HOST_MAX 255

/* The first host name that it has: its length, 0 for none. */
size_t pki_cert_host(const struct x509_st *cert, uint8_t host[PKI_HOST_MAX]);

/* May its key sign for IKE (key usage, extended key usage)? */
bool pki_cert_may_sign(struct x509_st *cert);

/* NULL if its key is an RSA key that we take, else what is wrong with it. */
const char *pki_cert_key_fault(const struct x509_st *cert);

/* Is it signed with a hash that can be forged (MD5 and older)? */
bool pki_cert_is_weak(struct x509_st *cert);

/*
 * Is @sig the signature over @hash, without DigestInfo (RFC 2409, 5.1)? Every
 * octet of the padded block is compared.
 */
bool pki_cert_signed(const struct x509_st *cert, struct bytes hash,
		     struct bytes sig);

#endif
