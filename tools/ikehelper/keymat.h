/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys, hashes and IVs of IKEv1 (RFC 2409, 5 and appendix B). */
#ifndef IKE_KEYMAT_H
#define IKE_KEYMAT_H

#include "bytes.h"
#include "wire.h"

#define KEYMAT_MAX 256 /* octets of key material for one phase 2 SA */

/**
 * struct keymat - keys of one IKE SA
 * @hash: negotiated (enum ike_hash)
 * @encr: negotiated (enum ike_encr)
 * @bits: of the key, for AES
 * @len: of the hash, hence of each SKEYID
 * @d: SKEYID_d, for keys of phase 2
 * @a: SKEYID_a, authenticates messages
 * @skeyid: SKEYID, authenticates phase 1
 * @key: of the cipher, made from SKEYID_e
 */
struct keymat {
	uint16_t hash, encr, bits;
	uint8_t len;
	uint8_t skeyid[IKE_HASH_MAX];
	uint8_t d[IKE_HASH_MAX];
	uint8_t a[IKE_HASH_MAX];
	uint8_t key[32];
};

/* What both sides said in phase 1, as it goes into keys and hashes. */
struct keymat_in {
	const uint8_t *icookie, *rcookie;
	struct bytes ni, nr; /* nonces, bodies of the payloads */
	struct bytes gxi, gxr; /* public values, bodies of KE */
	struct bytes gxy; /* shared secret */
};

/* SKEYID from a pre-shared key (may run where the key is kept). */
int keymat_skeyid_psk(uint16_t hash, struct bytes psk, struct bytes ni,
		      struct bytes nr, uint8_t *skeyid);

/* SKEYID when signatures authenticate. */
int keymat_skeyid_sig(uint16_t hash, struct bytes ni, struct bytes nr,
		      struct bytes gxy, uint8_t *skeyid);

/*
 * All other keys. @km has hash, encr and bits set by the caller; @skeyid is
 * copied. 0, -EINVAL for algorithms that do not exist, or what crypto says.
 */
int keymat_derive(struct keymat *km, const uint8_t *skeyid,
		  const struct keymat_in *in);

/* Wipe. */
void keymat_clear(struct keymat *km);

/*
 * HASH_I (@initiator) or HASH_R to @out, km->len octets. @sai_b is the body of
 * the initiator's SA payload, @id_b that of the ID payload of that side.
 */
int keymat_auth(const struct keymat *km, const struct keymat_in *in,
		bool initiator, struct bytes sai_b, struct bytes id_b,
		uint8_t *out);

/* First IV of phase 1, and of an exchange of phase 2. */
int keymat_iv1(const struct keymat *km, struct bytes gxi, struct bytes gxr,
	       uint8_t iv[IKE_BLOCK_MAX]);
int keymat_iv2(const struct keymat *km, const uint8_t *last_p1, uint32_t msgid,
	       uint8_t iv[IKE_BLOCK_MAX]);

/*
 * HASH(1) (also of informational and transaction exchanges; @ni_b absent) and
 * HASH(2) (@ni_b set). @rest is everything behind the HASH payload.
 */
int keymat_hash12(const struct keymat *km, uint32_t msgid, struct bytes ni_b,
		  struct bytes rest, uint8_t *out);
int keymat_hash3(const struct keymat *km, uint32_t msgid, struct bytes ni_b,
		 struct bytes nr_b, uint8_t *out);

/* What goes into the keys of one phase 2 SA in one direction. */
struct keymat_qm {
	uint8_t protocol; /* enum ike_protocol */
	uint32_t spi; /* of the receiver, host byte order */
	struct bytes ni, nr;
	struct bytes gxy; /* absent without PFS */
};

/* KEYMAT: @len octets (up to KEYMAT_MAX) to @out. */
int keymat_qm(const struct keymat *km, const struct keymat_qm *q, uint8_t *out,
	      size_t len);

/* Encrypt or decrypt payloads in place; @iv becomes the last cipher block. */
int keymat_encrypt(const struct keymat *km, uint8_t *iv, uint8_t *data,
		   size_t len);
int keymat_decrypt(const struct keymat *km, uint8_t *iv, uint8_t *data,
		   size_t len);

/*
 * Octets of KEYMAT that an ESP transform (enum ike_esp, key of @bits; salt
 * included) and an authentication algorithm (enum ike_auth_alg) take; the
 * cipher's come first. -EINVAL for an unknown one.
 */
int keymat_esp_len(uint8_t esp, uint16_t bits);
int keymat_auth_len(uint16_t auth);

#endif
