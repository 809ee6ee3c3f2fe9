// SPDX-License-Identifier: GPL-2.0-or-later
/* Ciphers, hashes and HMAC by their IKE numbers, over libcrypto. */
#include "crypto.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

/* One hash: the digest and the HMAC over it, each with a context to use. */
struct hash {
	uint16_t number;
	uint8_t len;
	const char *name;
	EVP_MD *md;
	EVP_MD_CTX *ctx;
	EVP_MAC_CTX *hmac;
};

static struct hash hashes[] = {
	{ .number = IKE_HASH_MD5, .len = 16, .name = "MD5" },
	{ .number = IKE_HASH_SHA1, .len = 20, .name = "SHA1" },
	{ .number = IKE_HASH_SHA256, .len = 32, .name = "SHA256" },
	{ .number = IKE_HASH_SHA384, .len = 48, .name = "SHA384" },
	{ .number = IKE_HASH_SHA512, .len = 64, .name = "SHA512" },
};

/* One cipher with one key size. A context keeps its cipher, not its key. */
struct cipher {
	uint16_t number;
	uint16_t bits; /* as said in the proposal; 0 for one size */
	uint8_t key_len, block;
	const char *name;
	EVP_CIPHER_CTX *enc, *dec; /* NULL: no provider has it */
};

static struct cipher ciphers[] = {
	{ IKE_ENCR_DES, 0, 8, 8, "DES-CBC", NULL, NULL },
	{ IKE_ENCR_3DES, 0, 24, 8, "DES-EDE3-CBC", NULL, NULL },
	{ IKE_ENCR_AES, 128, 16, 16, "AES-128-CBC", NULL, NULL },
	{ IKE_ENCR_AES, 192, 24, 16, "AES-192-CBC", NULL, NULL },
	{ IKE_ENCR_AES, 256, 32, 16, "AES-256-CBC", NULL, NULL },
};

#define N_HASHES (sizeof(hashes) / sizeof(hashes[0]))
#define N_CIPHERS (sizeof(ciphers) / sizeof(ciphers[0]))

/* A context of our own: what other libraries load or configure is not ours. */
static OSSL_LIB_CTX *libctx;
static OSSL_PROVIDER *provider, *legacy;
static EVP_CIPHER_CTX *sealer;

static bool init_hash(struct hash *h)
{
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
						 (char *)h->name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(libctx, "HMAC", NULL);

	h->md = EVP_MD_fetch(libctx, h->name, NULL);
	h->ctx = EVP_MD_CTX_new();
	h->hmac = mac ? EVP_MAC_CTX_new(mac) : NULL;
	EVP_MAC_free(mac);
	return h->md && h->ctx && h->hmac &&
	       EVP_MAC_CTX_set_params(h->hmac, params) > 0 &&
	       EVP_DigestInit_ex2(h->ctx, h->md, NULL) > 0;
}

static EVP_CIPHER_CTX *init_direction(const EVP_CIPHER *c, int enc)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (!ctx || EVP_CipherInit_ex2(ctx, c, NULL, NULL, enc, NULL) <= 0 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) <= 0) {
		EVP_CIPHER_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

static bool init_cipher(struct cipher *c)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(libctx, c->name, NULL);

	if (cipher) {
		c->enc = init_direction(cipher, 1);
		c->dec = init_direction(cipher, 0);
	}
	EVP_CIPHER_free(cipher);
	return c->enc && c->dec;
}

/* A context keeps its cipher; the key comes with each use. */
static bool init_sealer(void)
{
	EVP_CIPHER *gcm = EVP_CIPHER_fetch(libctx, "AES-256-GCM", NULL);
	bool ok;

	sealer = EVP_CIPHER_CTX_new();
	ok = gcm && sealer &&
	     EVP_CipherInit_ex2(sealer, gcm, NULL, NULL, 1, NULL) > 0;
	EVP_CIPHER_free(gcm);
	return ok;
}

int crypto_init(const char **why)
{
	const char *unused;
	size_t i;

	if (!why)
		why = &unused;
	if (libctx)
		return 0;
	*why = "no memory for libcrypto";
	/* The system's openssl.cnf is not for us, nor ever read later on. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	libctx = OSSL_LIB_CTX_new();
	if (!libctx)
		return -ENOMEM;
	*why = "libcrypto has no default provider";
	provider = OSSL_PROVIDER_load(libctx, "default");
	if (!provider)
		goto err_exit;
	legacy = OSSL_PROVIDER_load(libctx, "legacy");
	for (i = 0; i < N_HASHES; i++) {
		*why = hashes[i].name;
		if (!init_hash(&hashes[i]))
			goto err_exit;
	}
	for (i = 0; i < N_CIPHERS; i++) {
		*why = ciphers[i].name;
		if (!init_cipher(&ciphers[i]) &&
		    ciphers[i].number != IKE_ENCR_DES)
			goto err_exit;
	}
	*why = "AES-256-GCM";
	if (!init_sealer())
		goto err_exit;
	*why = NULL;
	return 0;

err_exit:
	crypto_exit();
	return -ENOTSUP;
}

void crypto_exit(void)
{
	size_t i;

	for (i = 0; i < N_HASHES; i++) {
		EVP_MAC_CTX_free(hashes[i].hmac);
		EVP_MD_CTX_free(hashes[i].ctx);
		EVP_MD_free(hashes[i].md);
		hashes[i].hmac = NULL;
		hashes[i].ctx = NULL;
		hashes[i].md = NULL;
	}
	for (i = 0; i < N_CIPHERS; i++) {
		EVP_CIPHER_CTX_free(ciphers[i].enc);
		EVP_CIPHER_CTX_free(ciphers[i].dec);
		ciphers[i].enc = ciphers[i].dec = NULL;
	}
	EVP_CIPHER_CTX_free(sealer);
	sealer = NULL;
	if (legacy)
		OSSL_PROVIDER_unload(legacy);
	if (provider)
		OSSL_PROVIDER_unload(provider);
	OSSL_LIB_CTX_free(libctx);
	legacy = provider = NULL;
	libctx = NULL;
}

struct ossl_lib_ctx_st *crypto_libctx(void)
{
	return libctx;
}

static struct hash *find_hash(uint16_t number)
{
	size_t i;

	for (i = 0; i < N_HASHES; i++)
		if (hashes[i].number == number)
			return &hashes[i];
	return NULL;
}

static const struct cipher *find_cipher(uint16_t number, uint16_t bits)
{
	size_t i;

	for (i = 0; i < N_CIPHERS; i++)
		if (ciphers[i].number == number && ciphers[i].bits == bits)
			return &ciphers[i];
	return NULL;
}

size_t crypto_hash_len(uint16_t hash)
{
	const struct hash *h = find_hash(hash);

	return h ? h->len : 0;
}

size_t crypto_block_len(uint16_t encr)
{
	size_t i;

	for (i = 0; i < N_CIPHERS; i++)
		if (ciphers[i].number == encr)
			return ciphers[i].block;
	return 0;
}

size_t crypto_key_len(uint16_t encr, uint16_t bits)
{
	const struct cipher *c = find_cipher(encr, bits);

	return c && c->enc && c->dec ? c->key_len : 0;
}

int crypto_hash(uint16_t hash, const struct bytes *part, unsigned int n,
		uint8_t *out)
{
	struct hash *h = find_hash(hash);
	unsigned int i;

	if (!h || !h->ctx)
		return -EINVAL;
	/* The same digest again: the context keeps what it allocated. */
	if (EVP_DigestInit_ex2(h->ctx, NULL, NULL) <= 0)
		return -EIO;
	for (i = 0; i < n; i++)
		if (EVP_DigestUpdate(h->ctx, part[i].p, part[i].len) <= 0)
			return -EIO;
	return EVP_DigestFinal_ex(h->ctx, out, NULL) > 0 ? 0 : -EIO;
}

int crypto_prf(uint16_t hash, struct bytes key, const struct bytes *part,
	       unsigned int n, uint8_t *out)
{
	static const uint8_t empty;
	struct hash *h = find_hash(hash);
	unsigned int i;
	size_t len;

	if (!h || !h->hmac)
		return -EINVAL;
	/* A key of NULL would mean the key before. */
	if (!key.len)
		key.p = &empty;
	if (EVP_MAC_init(h->hmac, key.p, key.len, NULL) <= 0)
		return -EIO;
	for (i = 0; i < n; i++)
		if (EVP_MAC_update(h->hmac, part[i].p, part[i].len) <= 0)
			return -EIO;
	return EVP_MAC_final(h->hmac, out, &len, h->len) > 0 && len == h->len ?
		       0 :
		       -EIO;
}

static int run_cipher(const struct crypto_cipher *c, bool encrypt, uint8_t *iv,
		      uint8_t *data, size_t len)
{
	const struct cipher *s = find_cipher(c->encr, c->bits);
	EVP_CIPHER_CTX *ctx = s ? (encrypt ? s->enc : s->dec) : NULL;
	uint8_t next[IKE_BLOCK_MAX];
	int n;

	if (!ctx || !len || len % s->block || len > IKE_MSG_MAX)
		return -EINVAL;
	if (!encrypt)
		memcpy(next, data + len - s->block, s->block);
	if (EVP_CipherInit_ex2(ctx, NULL, c->key, iv, encrypt, NULL) <= 0 ||
	    EVP_CipherUpdate(ctx, data, &n, data, len) <= 0 || n != (int)len)
		return -EIO;
	if (encrypt)
		memcpy(next, data + len - s->block, s->block);
	memcpy(iv, next, s->block);
	return 0;
}

int crypto_encrypt(const struct crypto_cipher *c, uint8_t *iv, uint8_t *data,
		   size_t len)
{
	return run_cipher(c, true, iv, data, len);
}

int crypto_decrypt(const struct crypto_cipher *c, uint8_t *iv, uint8_t *data,
		   size_t len)
{
	return run_cipher(c, false, iv, data, len);
}

int crypto_random(void *p, size_t len)
{
	return RAND_priv_bytes_ex(libctx, p, len, 0) > 0 ? 0 : -EIO;
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return !CRYPTO_memcmp(a, b, len);
}

int crypto_seal(const uint8_t key[32], const uint8_t nonce[CRYPTO_NONCE],
		struct bytes aad, uint8_t *data, size_t len)
{
	int n;

	if (EVP_CipherInit_ex2(sealer, NULL, key, nonce, 1, NULL) <= 0 ||
	    EVP_CipherUpdate(sealer, NULL, &n, aad.p, aad.len) <= 0 ||
	    EVP_CipherUpdate(sealer, data, &n, data, len) <= 0 ||
	    EVP_CipherFinal_ex(sealer, data + len, &n) <= 0 ||
	    EVP_CIPHER_CTX_ctrl(sealer, EVP_CTRL_AEAD_GET_TAG, CRYPTO_TAG,
				data + len) <= 0)
		return -EIO;
	return 0;
}

int crypto_unseal(const uint8_t key[32], const uint8_t nonce[CRYPTO_NONCE],
		  struct bytes aad, const uint8_t *in, size_t len, uint8_t *out)
{
	int n;

	if (EVP_CipherInit_ex2(sealer, NULL, key, nonce, 0, NULL) <= 0 ||
	    EVP_CipherUpdate(sealer, NULL, &n, aad.p, aad.len) <= 0 ||
	    EVP_CipherUpdate(sealer, out, &n, in, len) <= 0 ||
	    EVP_CIPHER_CTX_ctrl(sealer, EVP_CTRL_AEAD_SET_TAG, CRYPTO_TAG,
				(void *)(in + len)) <= 0 ||
	    EVP_CipherFinal_ex(sealer, out + len, &n) <= 0)
		return -EBADMSG;
	return 0;
}
