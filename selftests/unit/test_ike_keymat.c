// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys of IKEv1 against an independent computation (ikev1.py). */
#include "ktap.h"

#include <errno.h>

#include "ikehelper/crypto.h"
#include "ikehelper/keymat.h"
#include "ikehelper/natd.h"
#include "ikehelper/payload.h"
#include "ikehelper/wire_esp.h"
#include "vectors.h"

static struct vec v;

static bool same(const uint8_t *got, const char *name)
{
	struct bytes want = vec_hex(&v, name);

	if (!memcmp(got, want.p, want.len))
		return true;
	printf("# %s differs\n", name);
	return false;
}

static bool derive_good(struct keymat *km, struct keymat_in *in)
{
	uint8_t skeyid[IKE_HASH_MAX], out[IKE_HASH_MAX];
	struct bytes sai = vec_hex(&v, "sai"), idi = vec_hex(&v, "idi");
	int err;

	if (vec_number(&v, "sig"))
		err = keymat_skeyid_sig(km->hash, in->ni, in->nr, in->gxy,
					skeyid);
	else
		err = keymat_skeyid_psk(km->hash, vec_hex(&v, "psk"), in->ni,
					in->nr, skeyid);
	return !err && same(skeyid, "skeyid") &&
	       !keymat_derive(km, skeyid, in) && same(km->d, "skeyid_d") &&
	       same(km->a, "skeyid_a") && same(km->key, "key") &&
	       !keymat_auth(km, in, true, sai, idi, out) &&
	       same(out, "hash_i") &&
	       !keymat_auth(km, in, false, sai, idi, out) &&
	       same(out, "hash_r");
}

static bool messages_good(const struct keymat *km, const struct keymat_in *in)
{
	uint32_t msgid = get_be32(vec_hex(&v, "msgid").p);
	struct bytes rest = vec_hex(&v, "rest"), none = { 0 };
	uint8_t out[IKE_HASH_MAX], iv[IKE_BLOCK_MAX];

	return !keymat_iv1(km, in->gxi, in->gxr, iv) && same(iv, "iv1") &&
	       !keymat_iv2(km, vec_hex(&v, "last").p, msgid, iv) &&
	       same(iv, "iv2") && !keymat_hash12(km, msgid, none, rest, out) &&
	       same(out, "hash1") &&
	       !keymat_hash12(km, msgid, in->ni, rest, out) &&
	       same(out, "hash2") &&
	       !keymat_hash3(km, msgid, in->ni, in->nr, out) &&
	       same(out, "hash3");
}

static bool keymat_good(const struct keymat *km, const struct keymat_in *in)
{
	struct keymat_qm q = { .protocol = IKE_PROTO_ESP,
			       .spi = get_be32(vec_hex(&v, "spi").p),
			       .ni = in->ni,
			       .nr = in->nr };
	uint8_t out[100], part[100];

	if (keymat_qm(km, &q, out, 100) || !same(out, "keymat"))
		return false;
	/* A shorter one is the beginning of a longer one. */
	if (keymat_qm(km, &q, part, 37) || memcmp(part, out, 37))
		return false;
	q.gxy = vec_hex(&v, "qgxy");
	return !keymat_qm(km, &q, out, 100) && same(out, "keymat_pfs");
}

static bool natd_good(const struct keymat *km)
{
	struct ike_hdr h = { 0 };
	struct addr a;
	uint8_t out[IKE_HASH_MAX];

	memcpy(h.icookie, vec_hex(&v, "cki").p, 8);
	memcpy(h.rcookie, vec_hex(&v, "ckr").p, 8);
	addr_from_bytes(&a, vec_hex(&v, "ip").p, 4);
	return !natd_hash(km->hash, &h, &a, get_be16(vec_hex(&v, "port").p),
			  out) &&
	       same(out, "natd");
}

static void test_vectors(void)
{
	unsigned int n = 0;

	vec_open(&v, UNIT "/ikev1.txt");
	while (vec_next(&v)) {
		struct keymat_in in;
		struct keymat km = { 0 };

		if (strcmp(vec_text(&v, "type"), "phase1"))
			continue;
		n++;
		km.hash = vec_number(&v, "hash");
		km.encr = vec_number(&v, "encr");
		km.bits = vec_number(&v, "bits");
		in.icookie = vec_hex(&v, "cki").p;
		in.rcookie = vec_hex(&v, "ckr").p;
		in.ni = vec_hex(&v, "ni");
		in.nr = vec_hex(&v, "nr");
		in.gxi = vec_hex(&v, "gxi");
		in.gxr = vec_hex(&v, "gxr");
		in.gxy = vec_hex(&v, "gxy");
		ok(derive_good(&km, &in) && messages_good(&km, &in) &&
			   keymat_good(&km, &in) && natd_good(&km),
		   "hash %u, encryption %u, %u bits, %s", km.hash, km.encr,
		   km.bits, vec_number(&v, "sig") ? "rsa-sig" : "pre-share");
	}
	ok(n == 50, "fifty vectors");
}

static void test_refusals(void)
{
	uint8_t c[8] = { 1 }, skeyid[64] = { 0 }, out[300];
	struct keymat_in in = { .icookie = c,
				.rcookie = c,
				.ni = bytes_of(c, 8),
				.nr = bytes_of(c, 8),
				.gxy = bytes_of(c, 8) };
	struct keymat km = { .hash = 3, .encr = IKE_ENCR_AES, .bits = 128 };
	struct keymat_qm q = {
		.protocol = 3, .spi = 256, .ni = in.ni, .nr = in.nr
	};
	static const uint8_t long_nonce[300];

	ok(keymat_derive(&km, skeyid, &in) == -EINVAL, "hash we lack");
	km.hash = IKE_HASH_SHA1;
	km.bits = 0;
	ok(keymat_derive(&km, skeyid, &in) == -EINVAL, "AES of no length");
	km.encr = 0;
	ok(keymat_derive(&km, skeyid, &in) == -EINVAL, "cipher we lack");
	ok(keymat_qm(&(struct keymat){ .hash = 2 }, &q, out, 16) == -EINVAL,
	   "keys before keys");
	km = (struct keymat){ .hash = 2, .encr = 5 };
	ok(!keymat_derive(&km, skeyid, &in) &&
		   keymat_qm(&km, &q, out, KEYMAT_MAX + 1) == -EINVAL &&
		   !keymat_qm(&km, &q, out, KEYMAT_MAX),
	   "more key material than there is");
	ok(keymat_skeyid_sig(2, bytes_of(long_nonce, 300), in.nr, in.gxy,
			     out) == -EINVAL,
	   "a nonce that is too long");
	keymat_clear(&km);
	ok(!km.len && !km.key[0] && !km.key[23] && !km.d[0] && !km.a[19] &&
		   !km.skeyid[0],
	   "wiped");
}

static void test_lengths(void)
{
	ok(keymat_esp_len(IKE_ESP_DES, 0) == 8 &&
		   keymat_esp_len(IKE_ESP_3DES, 0) == 24 &&
		   keymat_esp_len(IKE_ESP_NULL, 0) == 0 &&
		   keymat_esp_len(IKE_ESP_AES_CBC, 256) == 32 &&
		   keymat_esp_len(IKE_ESP_AES_CTR, 128) == 20 &&
		   keymat_esp_len(IKE_ESP_AES_CCM_16, 128) == 19 &&
		   keymat_esp_len(IKE_ESP_AES_GCM_16, 192) == 28 &&
		   keymat_esp_len(IKE_ESP_AES_GMAC, 128) == 20,
	   "octets of ESP ciphers");
	ok(keymat_esp_len(IKE_ESP_AES_CBC, 0) == -EINVAL &&
		   keymat_esp_len(IKE_ESP_AES_CBC, 64) == -EINVAL &&
		   keymat_esp_len(IKE_ESP_3DES, 192) == -EINVAL &&
		   keymat_esp_len(0, 0) == -EINVAL &&
		   keymat_esp_len(255, 128) == -EINVAL,
	   "ESP ciphers that there are not");
	ok(keymat_auth_len(IKE_AUTHALG_MD5) == 16 &&
		   keymat_auth_len(IKE_AUTHALG_SHA) == 20 &&
		   keymat_auth_len(IKE_AUTHALG_SHA256) == 32 &&
		   keymat_auth_len(IKE_AUTHALG_SHA512) == 64 &&
		   keymat_auth_len(IKE_AUTHALG_XCBC) == 16 &&
		   keymat_auth_len(0) == 0 && keymat_auth_len(3) == -EINVAL,
	   "octets of integrity keys");
}

int main(void)
{
	ok(!crypto_init(NULL), "start");
	test_vectors();
	test_refusals();
	test_lengths();
	crypto_exit();
	return ktap_end();
}
