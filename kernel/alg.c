// SPDX-License-Identifier: GPL-2.0-only
// Table of transforms: our id, kernel algorithm string, key, IV and ICV sizes.
#include "alg.h"

#include <uapi/linux/ipsecgw.h>

static const struct ipsecgw_alg_cipher ciphers[__IPSECGW_CIPHER_MAX] = {
	/* RFC 2410 */
	[IPSECGW_CIPHER_NULL] = {
		.name = "null",
		.kernel_name = "ecb(cipher_null)",
		.layout = IPSECGW_LAYOUT_AUTHENC,
		.block = 1,
		.weak = true,
	},
	/* RFC 2405 */
	[IPSECGW_CIPHER_DES_CBC] = {
		.name = "des-cbc",
		.kernel_name = "cbc(des)",
		.layout = IPSECGW_LAYOUT_AUTHENC,
		.iv_len = 8,
		.block = 8,
		.iv_random = true,
		.weak = true,
		.key_len = { 8 },
	},
	/* RFC 2451 */
	[IPSECGW_CIPHER_DES3_CBC] = {
		.name = "des3-cbc",
		.kernel_name = "cbc(des3_ede)",
		.layout = IPSECGW_LAYOUT_AUTHENC,
		.iv_len = 8,
		.block = 8,
		.iv_random = true,
		.weak = true,
		.key_len = { 24 },
	},
	/* RFC 3602 */
	[IPSECGW_CIPHER_AES_CBC] = {
		.name = "aes-cbc",
		.kernel_name = "cbc(aes)",
		.layout = IPSECGW_LAYOUT_AUTHENC,
		.iv_len = 16,
		.block = 16,
		.iv_random = true,
		.key_len = { 16, 24, 32 },
	},
	/* RFC 3686: the nonce travels with the key through the crypto API */
	[IPSECGW_CIPHER_AES_CTR] = {
		.name = "aes-ctr",
		.kernel_name = "rfc3686(ctr(aes))",
		.layout = IPSECGW_LAYOUT_AUTHENC,
		.iv_len = 8,
		.salt_len = 4,
		.block = 1,
		.key_len = { 16, 24, 32 },
	},
	/* RFC 4106 */
	[IPSECGW_CIPHER_AES_GCM] = {
		.name = "aes-gcm",
		.kernel_name = "gcm(aes)",
		.layout = IPSECGW_LAYOUT_AEAD,
		.iv_len = 8,
		.salt_len = 4,
		.block = 1,
		.key_len = { 16, 24, 32 },
		.icv_len = { 16, 12, 8 },
	},
	/* RFC 4309 */
	[IPSECGW_CIPHER_AES_CCM] = {
		.name = "aes-ccm",
		.kernel_name = "ccm(aes)",
		.layout = IPSECGW_LAYOUT_AEAD,
		.iv_len = 8,
		.salt_len = 3,
		.block = 1,
		.key_len = { 16, 24, 32 },
		.icv_len = { 16, 12, 8 },
	},
	/* RFC 7634 */
	[IPSECGW_CIPHER_CHACHA20_POLY1305] = {
		.name = "chacha20-poly1305",
		.kernel_name = "rfc7539(chacha20,poly1305)",
		.layout = IPSECGW_LAYOUT_AEAD,
		.iv_len = 8,
		.salt_len = 4,
		.block = 1,
		.key_len = { 32 },
		.icv_len = { 16 },
	},
	/* RFC 4543 */
	[IPSECGW_CIPHER_AES_GMAC] = {
		.name = "aes-gmac",
		.kernel_name = "gcm(aes)",
		.layout = IPSECGW_LAYOUT_GMAC,
		.iv_len = 8,
		.salt_len = 4,
		.block = 1,
		.key_len = { 16, 24, 32 },
		.icv_len = { 16 },
	},
};

static const struct ipsecgw_alg_integ integs[__IPSECGW_INTEG_MAX] = {
	[IPSECGW_INTEG_NONE] = { .name = "none" },
	/* RFC 2403 */
	[IPSECGW_INTEG_HMAC_MD5_96] = { "hmac-md5-96", "hmac(md5)", 16, 12,
					true },
	/* RFC 2404 */
	[IPSECGW_INTEG_HMAC_SHA1_96] = { "hmac-sha1-96", "hmac(sha1)", 20, 12 },
	/* RFC 4868 */
	[IPSECGW_INTEG_HMAC_SHA256_128] = { "hmac-sha256-128", "hmac(sha256)",
					    32, 16 },
	[IPSECGW_INTEG_HMAC_SHA384_192] = { "hmac-sha384-192", "hmac(sha384)",
					    48, 24 },
	[IPSECGW_INTEG_HMAC_SHA512_256] = { "hmac-sha512-256", "hmac(sha512)",
					    64, 32 },
};

/**
 * ipsecgw_alg_cipher() - look up an encryption algorithm
 * @id: enum ipsecgw_cipher
 *
 * Return: algorithm, or NULL if there is none.
 */
const struct ipsecgw_alg_cipher *ipsecgw_alg_cipher(u8 id)
{
	if (id >= __IPSECGW_CIPHER_MAX || !ciphers[id].name)
		return NULL;
	return &ciphers[id];
}

/**
 * ipsecgw_alg_integ() - look up an integrity algorithm
 * @id: enum ipsecgw_integ
 *
 * Return: algorithm, or NULL if there is none.
 */
const struct ipsecgw_alg_integ *ipsecgw_alg_integ(u8 id)
{
	if (id >= __IPSECGW_INTEG_MAX || !integs[id].name)
		return NULL;
	return &integs[id];
}
