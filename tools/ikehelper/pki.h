/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * X.509: trust points with their certificates, chains that peers send, RSA
 * signatures of IKEv1 (the bare hash, RFC 2409, 5.1). For the role that holds
 * keys.
 */
#ifndef IKE_PKI_H
#define IKE_PKI_H

#include "bytes.h"

struct ike_id;
struct pki;
struct pki_key;

#define PKI_WHY 256 /* room for a sentence about what failed */
#define PKI_CHAIN_MAX 16
#define PKI_SIG_MAX 1024 /* octets: RSA of up to 8192 bits */

/* A set of trust anchors, other CAs and CRLs: one trust point. */
struct pki *pki_create(void);
void pki_free(struct pki *pki);

/*
 * What a file holds: PEM (one or several) or DER. 0 or a negative errno; @why
 * gets a sentence.
 */
int pki_add_anchors(struct pki *pki, struct bytes file, char why[PKI_WHY]);
int pki_add_crls(struct pki *pki, struct bytes file, char why[PKI_WHY]);

/* No CRL for an issuer: refuse (revocation-check crl) or go on (none). */
void pki_require_crl(struct pki *pki, bool required);

/* Subject of anchor @i as DER, for a CR payload; absent behind the last. */
struct bytes pki_anchor_name(const struct pki *pki, unsigned int i);

/*
 * Our certificate, with its chain behind it, and the private key: what PEM
 * files hold. Without @key (absent) it cannot sign.
 */
struct pki_key *pki_key_load(struct bytes cert, struct bytes key,
			     char why[PKI_WHY]);
void pki_key_free(struct pki_key *key);

/* Certificate @i of our chain as DER, ours first; absent behind the last. */
struct bytes pki_key_cert(const struct pki_key *key, unsigned int i);

/* Subject of our certificate as DER, for identity DER_ASN1_DN. */
struct bytes pki_key_subject(const struct pki_key *key);

/* Has our certificate this identity? */
bool pki_key_has_id(const struct pki_key *key, const struct ike_id *id);

/* A host name that it has; absent if it has none. Good while @key is. */
struct bytes pki_key_host(const struct pki_key *key);

/* NULL if it is valid at @now, else what is wrong. */
const char *pki_key_fault(const struct pki_key *key, int64_t now);

/* Is one of its certificates by the authority with this name (DER)? */
bool pki_key_is_by(const struct pki_key *key, struct bytes name);

/* Sign HASH_I or HASH_R. Length, or a negative errno. */
int pki_sign(const struct pki_key *key, struct bytes hash,
	     uint8_t sig[PKI_SIG_MAX]);

/**
 * struct pki_check - what a peer claims
 * @cert: DER certificates as they came, its own first
 * @n_cert: how many, at most PKI_CHAIN_MAX are looked at
 * @id: the identity that the certificate must have
 * @hash: HASH_I or HASH_R as we computed it
 * @sig: body of the SIG payload
 * @now: seconds since 1970
 */
struct pki_check {
	struct bytes cert[PKI_CHAIN_MAX];
	unsigned int n_cert;
	const struct ike_id *id;
	struct bytes hash;
	struct bytes sig;
	int64_t now;
};

/*
 * Verify all of it: chain, times, revocation, use of keys, identity, signature.
 * Returns 0 or a notification type: IKE_N_CERTIFICATE_UNAVAILABLE,
 * IKE_N_INVALID_CERT_ENCODING, IKE_N_INVALID_CERTIFICATE,
 * IKE_N_INVALID_CERT_AUTHORITY, IKE_N_INVALID_ID_INFORMATION,
 * IKE_N_INVALID_SIGNATURE; @why says more.
 */
int pki_verify(const struct pki *pki, const struct pki_check *c,
	       char why[PKI_WHY]);

/* Subject, serial number, issuer and times of a certificate, for the log. */
char *pki_cert_text(struct bytes der, char *buf, size_t size);

/* Equal Names by their canonical form (case and blanks do not count). */
bool pki_dn_eq(struct bytes a, struct bytes b);

#endif
