// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys, hashes and IVs of IKEv1 (RFC 2409, 5 and appendix B). */
#include "keymat.h"

#include <errno.h>

#include "../lib/secret.h"
#include "crypto.h"
#include "wire_esp.h"

int keymat_skeyid_psk(uint16_t hash, struct bytes psk, struct bytes ni,
		      struct bytes nr, uint8_t *skeyid)
{
	struct bytes part[] = { ni, nr };

	return crypto_prf(hash, psk, part, 2, skeyid);
}

int keymat_skeyid_sig(uint16_t hash, struct bytes ni, struct bytes nr,
		      struct bytes gxy, uint8_t *skeyid)
{
	uint8_t key[2 * IKE_NONCE_MAX];
	int err;

	if (ni.len > IKE_NONCE_MAX || nr.len > IKE_NONCE_MAX)
		return -EINVAL;
	memcpy(key, ni.p, ni.len);
	memcpy(key + ni.len, nr.p, nr.len);
	err = crypto_prf(hash, bytes_of(key, ni.len + nr.len), &gxy, 1, skeyid);
	secret_wipe(key, sizeof(key));
	return err;
}

/* SKEYID_d, _a, _e: prf(SKEYID, [before |] g^xy | CKY-I | CKY-R | number). */
static int derive_one(const struct keymat *km, const struct keymat_in *in,
		      const uint8_t *before, uint8_t number, uint8_t *out)
{
	struct bytes part[] = {
		bytes_of(before, before ? km->len : 0),
		in->gxy,
		bytes_of(in->icookie, IKE_COOKIE_LEN),
		bytes_of(in->rcookie, IKE_COOKIE_LEN),
		bytes_of(&number, 1),
	};

	return crypto_prf(km->hash, bytes_of(km->skeyid, km->len), part, 5,
			  out);
}

/* The key of the cipher: SKEYID_e, stretched if it is short (appendix B). */
static int make_key(struct keymat *km, const uint8_t *e, size_t want)
{
	uint8_t block[IKE_HASH_MAX];
	uint8_t zero = 0;
	struct bytes from = bytes_of(&zero, 1);
	size_t have = 0, n;
	int err = 0;

	if (want <= km->len) {
		memcpy(km->key, e, want);
		return 0;
	}
	while (have < want && !err) {
		err = crypto_prf(km->hash, bytes_of(e, km->len), &from, 1,
				 block);
		from = bytes_of(block, km->len);
		n = want - have < km->len ? want - have : km->len;
		memcpy(km->key + have, block, n);
		have += n;
	}
	secret_wipe(block, sizeof(block));
	return err;
}

int keymat_derive(struct keymat *km, const uint8_t *skeyid,
		  const struct keymat_in *in)
{
	size_t key_len = crypto_key_len(km->encr, km->bits);
	uint8_t e[IKE_HASH_MAX];
	int err;

	km->len = crypto_hash_len(km->hash);
	if (!km->len || !key_len || key_len > sizeof(km->key))
		return -EINVAL;
	memcpy(km->skeyid, skeyid, km->len);
	err = derive_one(km, in, NULL, 0, km->d);
	if (!err)
		err = derive_one(km, in, km->d, 1, km->a);
	if (!err)
		err = derive_one(km, in, km->a, 2, e);
	if (!err)
		err = make_key(km, e, key_len);
	secret_wipe(e, sizeof(e));
	if (err)
		keymat_clear(km);
	return err;
}

void keymat_clear(struct keymat *km)
{
	secret_wipe(km, sizeof(*km));
}

int keymat_auth(const struct keymat *km, const struct keymat_in *in,
		bool initiator, struct bytes sai_b, struct bytes id_b,
		uint8_t *out)
{
	struct bytes part[] = {
		initiator ? in->gxi : in->gxr,
		initiator ? in->gxr : in->gxi,
		bytes_of(initiator ? in->icookie : in->rcookie, IKE_COOKIE_LEN),
		bytes_of(initiator ? in->rcookie : in->icookie, IKE_COOKIE_LEN),
		sai_b,
		id_b,
	};

	return crypto_prf(km->hash, bytes_of(km->skeyid, km->len), part, 6,
			  out);
}

/* The first octets of a hash, as many as an IV takes. */
static int make_iv(const struct keymat *km, const struct bytes *part,
		   unsigned int n, uint8_t iv[IKE_BLOCK_MAX])
{
	uint8_t sum[IKE_HASH_MAX];
	int err = crypto_hash(km->hash, part, n, sum);

	/* The shortest hash is as long as the longest block. */
	if (!err)
		memcpy(iv, sum, IKE_BLOCK_MAX);
	return err;
}

int keymat_iv1(const struct keymat *km, struct bytes gxi, struct bytes gxr,
	       uint8_t iv[IKE_BLOCK_MAX])
{
	struct bytes part[] = { gxi, gxr };

	return make_iv(km, part, 2, iv);
}

int keymat_iv2(const struct keymat *km, const uint8_t *last_p1, uint32_t msgid,
	       uint8_t iv[IKE_BLOCK_MAX])
{
	uint8_t id[4];
	struct bytes part[] = {
		bytes_of(last_p1, crypto_block_len(km->encr)),
		bytes_of(id, 4),
	};

	put_be32(id, msgid);
	return make_iv(km, part, 2, iv);
}

int keymat_hash12(const struct keymat *km, uint32_t msgid, struct bytes ni_b,
		  struct bytes rest, uint8_t *out)
{
	uint8_t id[4];
	struct bytes part[] = { bytes_of(id, 4), ni_b, rest };

	put_be32(id, msgid);
	return crypto_prf(km->hash, bytes_of(km->a, km->len), part, 3, out);
}

int keymat_hash3(const struct keymat *km, uint32_t msgid, struct bytes ni_b,
		 struct bytes nr_b, uint8_t *out)
{
	uint8_t id[5] = { 0 };
	struct bytes part[] = { bytes_of(id, 5), ni_b, nr_b };

	put_be32(id + 1, msgid);
	return crypto_prf(km->hash, bytes_of(km->a, km->len), part, 3, out);
}

int keymat_qm(const struct keymat *km, const struct keymat_qm *q, uint8_t *out,
	      size_t len)
{
	uint8_t block[IKE_HASH_MAX], head[5];
	struct bytes part[] = { bytes_of(block, 0), q->gxy, bytes_of(head, 5),
				q->ni, q->nr };
	size_t have = 0, n;
	int err = 0;

	if (len > KEYMAT_MAX || !km->len)
		return -EINVAL;
	head[0] = q->protocol;
	put_be32(head + 1, q->spi);
	while (have < len && !err) {
		err = crypto_prf(km->hash, bytes_of(km->d, km->len), part, 5,
				 block);
		part[0].len = km->len;
		n = len - have < km->len ? len - have : km->len;
		memcpy(out + have, block, n);
		have += n;
	}
	secret_wipe(block, sizeof(block));
	if (err)
		secret_wipe(out, len);
	return err;
}

int keymat_encrypt(const struct keymat *km, uint8_t *iv, uint8_t *data,
		   size_t len)
{
	struct crypto_cipher c = { km->encr, km->bits, km->key };

	return crypto_encrypt(&c, iv, data, len);
}

int keymat_decrypt(const struct keymat *km, uint8_t *iv, uint8_t *data,
		   size_t len)
{
	struct crypto_cipher c = { km->encr, km->bits, km->key };

	return crypto_decrypt(&c, iv, data, len);
}

int keymat_esp_len(uint8_t esp, uint16_t bits)
{
	int salt = 0;

	switch (esp) {
	case IKE_ESP_DES:
		return bits ? -EINVAL : 8;
	case IKE_ESP_3DES:
		return bits ? -EINVAL : 24;
	case IKE_ESP_NULL:
		return bits ? -EINVAL : 0;
	case IKE_ESP_AES_CBC:
		break;
	case IKE_ESP_AES_CCM_8:
	case IKE_ESP_AES_CCM_12:
	case IKE_ESP_AES_CCM_16:
		salt = 3;
		break;
	case IKE_ESP_AES_CTR:
	case IKE_ESP_AES_GCM_8:
	case IKE_ESP_AES_GCM_12:
	case IKE_ESP_AES_GCM_16:
	case IKE_ESP_AES_GMAC:
		salt = 4;
		break;
	default:
		return -EINVAL;
	}
	if (bits != 128 && bits != 192 && bits != 256)
		return -EINVAL;
	return bits / 8 + salt;
}

int keymat_auth_len(uint16_t auth)
{
	switch (auth) {
	case IKE_AUTHALG_NONE:
		return 0;
	case IKE_AUTHALG_MD5:
	case IKE_AUTHALG_XCBC:
		return 16;
	case IKE_AUTHALG_SHA:
		return 20;
	case IKE_AUTHALG_SHA256:
		return 32;
	case IKE_AUTHALG_SHA384:
		return 48;
	case IKE_AUTHALG_SHA512:
		return 64;
	}
	return -EINVAL;
}
