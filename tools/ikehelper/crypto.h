/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ciphers, hashes and HMAC by their IKE numbers. Everything that libcrypto
 * hands out is fetched once by crypto_init() and its contexts are used again and
 * again: for one thread only. Functions return 0 or a negative errno.
 */
#ifndef IKE_CRYPTO_H
#define IKE_CRYPTO_H

#include "bytes.h"
#include "wire.h"

/*
 * Load the providers (default, and legacy for DES) and fetch. -ENOTSUP if
 * something is missing; @why (if not NULL) then says what. A system without the
 * legacy provider only lacks DES: crypto_key_len() of it is 0. Call it before a
 * sandbox forbids to open files. Twice does nothing.
 */
int crypto_init(const char **why);
void crypto_exit(void);

/* Octets of a hash (enum ike_hash), 0 if unknown. */
size_t crypto_hash_len(uint16_t hash);

/* Octets of a cipher's block, and of its key with @bits; 0 if unknown. */
size_t crypto_block_len(uint16_t encr);
size_t crypto_key_len(uint16_t encr, uint16_t bits);

/* hash(part | part ...) to @out, crypto_hash_len() octets. */
int crypto_hash(uint16_t hash, const struct bytes *part, unsigned int n,
		uint8_t *out);

/* prf(key, part | part ...): HMAC with the negotiated hash. */
int crypto_prf(uint16_t hash, struct bytes key, const struct bytes *part,
	       unsigned int n, uint8_t *out);

/* CBC without padding. */
struct crypto_cipher {
	uint16_t encr; /* enum ike_encr */
	uint16_t bits; /* for AES */
	const uint8_t *key; /* crypto_key_len() octets */
};

/*
 * Encrypt or decrypt @len octets at @data in place. @iv, one block, is
 * replaced by the last block of cipher text. -EINVAL if @len is 0 or no
 * multiple of the block.
 */
int crypto_encrypt(const struct crypto_cipher *c, uint8_t *iv, uint8_t *data,
		   size_t len);
int crypto_decrypt(const struct crypto_cipher *c, uint8_t *iv, uint8_t *data,
		   size_t len);

#define CRYPTO_NONCE 12 /* octets, of those who seal */
#define CRYPTO_TAG 16

/*
 * AES-256-GCM in place; the tag goes behind the @len octets. @nonce must never
 * come twice with a key.
 */
int crypto_seal(const uint8_t key[32], const uint8_t nonce[CRYPTO_NONCE],
		struct bytes aad, uint8_t *data, size_t len);

/* The reverse, from @in with its tag to @out; -EBADMSG if it was not sealed so. */
int crypto_unseal(const uint8_t key[32], const uint8_t nonce[CRYPTO_NONCE],
		  struct bytes aad, const uint8_t *in, size_t len,
		  uint8_t *out);

/* Where the providers are loaded; for dh.c and pki.c. */
struct ossl_lib_ctx_st *crypto_libctx(void);

/* Random octets, for keys too. */
int crypto_random(void *p, size_t len);

/* Equal, in a time that depends on the length only. */
bool crypto_equal(const void *a, const void *b, size_t len);

#endif
