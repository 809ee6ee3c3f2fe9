// SPDX-License-Identifier: GPL-2.0-or-later
/* Ciphers, hashes and HMAC of IKE against published vectors. */
#include "ktap.h"

#include <errno.h>

#include "ikehelper/crypto.h"
#include "vectors.h"

static uint16_t hash_number(const char *name)
{
	return !strcmp(name, "md5")    ? IKE_HASH_MD5 :
	       !strcmp(name, "sha1")   ? IKE_HASH_SHA1 :
	       !strcmp(name, "sha256") ? IKE_HASH_SHA256 :
	       !strcmp(name, "sha384") ? IKE_HASH_SHA384 :
	       !strcmp(name, "sha512") ? IKE_HASH_SHA512 :
					 0;
}

/* RFC 2202 and RFC 4231, in one part and cut in the middle. */
static void test_hmac(void)
{
	static struct vec v;
	unsigned int n = 0;

	vec_open(&v, VECTORS "/hmac.txt");
	while (vec_next(&v)) {
		struct bytes data = vec_hex(&v, "data"),
			     mac = vec_hex(&v, "mac");
		struct bytes part[2] = {
			bytes_of(data.p, data.len / 2),
			bytes_of(data.p + data.len / 2,
				 data.len - data.len / 2),
		};
		uint16_t hash = hash_number(vec_text(&v, "name"));
		uint8_t one[IKE_HASH_MAX], two[IKE_HASH_MAX];

		if (!hash)
			continue;
		n++;
		ok(!crypto_prf(hash, vec_hex(&v, "key"), &data, 1, one) &&
			   !memcmp(one, mac.p, mac.len) &&
			   !crypto_prf(hash, vec_hex(&v, "key"), part, 2,
				       two) &&
			   !memcmp(two, mac.p, mac.len),
		   "HMAC %s, %s", vec_text(&v, "name"), vec_text(&v, "source"));
	}
	ok(n >= 10, "there were vectors of HMAC");
}

/* One vector through both directions, whole and in two messages. */
static bool cipher_good(struct vec *v, uint16_t encr, uint16_t bits)
{
	struct bytes key = vec_hex(v, "key"), iv = vec_hex(v, "iv");
	struct bytes text = vec_hex(v, "text"), sealed = vec_hex(v, "sealed");
	struct crypto_cipher c = { encr, bits, key.p };
	uint8_t got[256], vector[IKE_BLOCK_MAX];
	size_t first = text.len > iv.len ? iv.len : text.len;
	bool good;

	memcpy(got, text.p, text.len);
	memcpy(vector, iv.p, iv.len);
	good = !crypto_encrypt(&c, vector, got, first);
	if (text.len > first)
		good = good && !crypto_encrypt(&c, vector, got + first,
					       text.len - first);
	good = good && !memcmp(got, sealed.p, sealed.len) &&
	       !memcmp(vector, sealed.p + sealed.len - iv.len, iv.len);
	memcpy(vector, iv.p, iv.len);
	good = good && !crypto_decrypt(&c, vector, got, text.len);
	return good && !memcmp(got, text.p, text.len) &&
	       !memcmp(vector, sealed.p + sealed.len - iv.len, iv.len);
}

static void test_ciphers(const char *path)
{
	static struct vec v;

	vec_open(&v, path);
	while (vec_next(&v)) {
		const char *name;
		struct bytes key;

		/* The file also has whole packets. */
		if (strcmp(vec_text(&v, "type"), "cipher"))
			continue;
		name = vec_text(&v, "name");
		key = vec_hex(&v, "key");
		if (!strcmp(name, "des-ede3-cbc"))
			ok(cipher_good(&v, IKE_ENCR_3DES, 0), "3DES, %s",
			   vec_text(&v, "source"));
		else
			ok(cipher_good(&v, IKE_ENCR_AES, key.len * 8),
			   "AES, %s", vec_text(&v, "source"));
		/* Three equal keys: single DES. */
		if (key.len == 24 && !memcmp(key.p, key.p + 8, 8))
			ok(cipher_good(&v, IKE_ENCR_DES, 0), "DES, %s",
			   vec_text(&v, "source"));
	}
}

/* FIPS 180 and RFC 1321: the hash of "abc". */
static void test_hashes(void)
{
	static const struct {
		uint16_t hash;
		const char *start;
	} abc[] = {
		{ IKE_HASH_MD5, "\x90\x01\x50\x98" },
		{ IKE_HASH_SHA1, "\xa9\x99\x3e\x36" },
		{ IKE_HASH_SHA256, "\xba\x78\x16\xbf" },
		{ IKE_HASH_SHA384, "\xcb\x00\x75\x3f" },
		{ IKE_HASH_SHA512, "\xdd\xaf\x35\xa1" },
	};
	struct bytes part[] = { bytes_of("a", 1), bytes_of(NULL, 0),
				bytes_of("bc", 2) };
	uint8_t out[IKE_HASH_MAX];
	unsigned int i;

	for (i = 0; i < 5; i++)
		ok(!crypto_hash(abc[i].hash, part, 3, out) &&
			   !memcmp(out, abc[i].start, 4),
		   "hash %u", abc[i].hash);
}

static void test_refusals(void)
{
	uint8_t key[32] = { 0 }, iv[16] = { 0 }, data[32] = { 0 }, out[64];
	struct crypto_cipher c = { IKE_ENCR_AES, 128, key };
	struct bytes part = bytes_of(data, 4);

	ok(crypto_encrypt(&c, iv, data, 0) == -EINVAL, "nothing to encrypt");
	ok(crypto_decrypt(&c, iv, data, 15) == -EINVAL, "no whole block");
	ok(crypto_decrypt(&c, iv, data, 17) == -EINVAL, "a block and a bit");
	c.bits = 0;
	ok(crypto_encrypt(&c, iv, data, 16) == -EINVAL,
	   "AES without key length");
	c.bits = 129;
	ok(crypto_encrypt(&c, iv, data, 16) == -EINVAL, "AES with an odd one");
	c.encr = 2;
	ok(crypto_encrypt(&c, iv, data, 16) == -EINVAL, "a cipher we lack");
	ok(!crypto_key_len(IKE_ENCR_3DES, 192) && !crypto_key_len(0, 0) &&
		   crypto_key_len(IKE_ENCR_AES, 192) == 24,
	   "octets of a key");
	ok(crypto_hash(3, &part, 1, out) == -EINVAL &&
		   crypto_prf(0, part, &part, 1, out) == -EINVAL,
	   "a hash we lack");
	ok(!crypto_prf(IKE_HASH_SHA1, bytes_of(NULL, 0), &part, 1, out),
	   "an empty key");
	ok(!crypto_init(NULL), "a second start does nothing");
}

/* The key of one HMAC is not left for the next one. */
static void test_key_change(void)
{
	struct bytes data = bytes_of("data", 4);
	uint8_t a[20], b[20], c[20];

	crypto_prf(IKE_HASH_SHA1, bytes_of("k1", 2), &data, 1, a);
	crypto_prf(IKE_HASH_SHA1, bytes_of("", 0), &data, 1, b);
	crypto_prf(IKE_HASH_SHA1, bytes_of("k1", 2), &data, 1, c);
	ok(memcmp(a, b, 20) && !memcmp(a, c, 20), "keys of HMAC do not mix");
}

int main(void)
{
	const char *why = NULL;

	if (!ok(!crypto_init(&why), "start"))
		printf("# %s\n", why);
	test_hmac();
	test_hashes();
	test_ciphers(VECTORS "/rfc3602.txt");
	test_ciphers(VECTORS "/des.txt");
	test_refusals();
	test_key_change();
	crypto_exit();
	return ktap_end();
}
