// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of the configuration that stand for numbers of the model. */
#include "cfg.h"
#include "cfg_names.h"

/* Key length of a cipher of a policy, beside its number. */
const struct name cfg_names_encr[] = {
	{ CFG_ENC_3DES, "3des", "Three key triple DES" },
	{ CFG_ENC_AES, "aes", "AES - Advanced Encryption Standard." },
	{ CFG_ENC_DES, "des", "DES - Data Encryption Standard (56 bit keys)." },
	{ 0 },
};

const struct name cfg_names_bits[] = {
	{ 128, "128", "128 bit keys." },
	{ 192, "192", "192 bit keys." },
	{ 256, "256", "256 bit keys." },
	{ 0 },
};

const struct name cfg_names_hash[] = {
	{ CFG_HASH_MD5, "md5", "Message Digest 5" },
	{ CFG_HASH_SHA, "sha", "Secure Hash Standard" },
	{ CFG_HASH_SHA256, "sha256", "Secure Hash Standard 2 (256 bit)" },
	{ CFG_HASH_SHA384, "sha384", "Secure Hash Standard 2 (384 bit)" },
	{ CFG_HASH_SHA512, "sha512", "Secure Hash Standard 2 (512 bit)" },
	{ 0 },
};

const struct name cfg_names_auth[] = {
	{ CFG_AUTH_PSK, "pre-share", "Pre-Shared Key" },
	{ CFG_AUTH_RSA_ENCR, "rsa-encr", "Rivest-Shamir-Adleman Encryption" },
	{ CFG_AUTH_RSA_SIG, "rsa-sig", "Rivest-Shamir-Adleman Signature" },
	{ 0 },
};

#define GROUP(n, size)                                          \
	{                                                       \
		n, #n, "Diffie-Hellman group " #n " (" size ")" \
	}
const struct name cfg_names_group[] = {
	GROUP(1, "768 bit"),
	GROUP(2, "1024 bit"),
	GROUP(5, "1536 bit"),
	GROUP(14, "2048 bit"),
	GROUP(15, "3072 bit"),
	GROUP(16, "4096 bit"),
	GROUP(19, "256 bit ecp"),
	GROUP(20, "384 bit ecp"),
	GROUP(21, "521 bit ecp"),
	GROUP(24, "2048 bit, 256 bit subgroup"),
	{ 0 },
};

#define PFS(n, size)                                        \
	{                                                   \
		n, "group" #n, "D-H Group" #n " (" size ")" \
	}
const struct name cfg_names_pfs[] = {
	PFS(1, "768-bit modp"),
	PFS(2, "1024-bit modp"),
	PFS(5, "1536-bit modp"),
	PFS(14, "2048-bit modp"),
	PFS(15, "3072-bit modp"),
	PFS(16, "4096-bit modp"),
	PFS(19, "256-bit ecp"),
	PFS(20, "384-bit ecp"),
	PFS(21, "521-bit ecp"),
	PFS(24, "2048-bit modp, 256-bit subgroup"),
	{ 0 },
};

const struct name cfg_names_identity[] = {
	{ CFG_ID_ADDRESS, "address", "Use the IP address of the interface" },
	{ CFG_ID_DN, "dn", "Use the distinguished name of the certificate" },
	{ CFG_ID_FQDN, "hostname", "Use the hostname and domain name" },
	{ 0 },
};

const struct name cfg_names_df[] = {
	{ CFG_DF_CLEAR, "clear", "Clear the DF bit of the outer header" },
	{ CFG_DF_COPY, "copy", "Copy the DF bit of the inner header" },
	{ CFG_DF_SET, "set", "Set the DF bit of the outer header" },
	{ 0 },
};

const struct name cfg_names_frag[] = {
	{ CFG_FRAG_AFTER, "after-encryption", "Fragment protected packets" },
	{ CFG_FRAG_BEFORE, "before-encryption",
	  "Fragment before packets are protected" },
	{ CFG_FRAG_MTU, "mtu-discovery", "Let path MTU discovery decide" },
	{ 0 },
};

const struct name cfg_names_deny[] = {
	{ CFG_DENY_CLEAR, "clear", "A deny lets the packet pass in clear" },
	{ CFG_DENY_DROP, "drop", "A deny drops the packet" },
	{ CFG_DENY_JUMP, "jump", "A deny goes on with the next entry" },
	{ 0 },
};

const struct name cfg_names_window[] = {
	{ 64, "64", "Window size of 64 (default)" },
	{ 128, "128", "Window size of 128" },
	{ 256, "256", "Window size of 256" },
	{ 512, "512", "Window size of 512" },
	{ 1024, "1024", "Window size of 1024" },
	{ 0 },
};

/* --- transforms -------------------------------------------------------------- */

#define T(kind, value, bits) ((CFG_T_##kind) << 16 | (bits) << 4 | (value))
const struct name cfg_names_transform[] = {
	{ T(AH, INTEG_MD5_96, 0), "ah-md5-hmac", "AH-HMAC-MD5 transform" },
	{ T(AH, INTEG_SHA1_96, 0), "ah-sha-hmac", "AH-HMAC-SHA transform" },
	{ T(AH, INTEG_SHA256_128, 0), "ah-sha256-hmac",
	  "AH-HMAC-SHA256 transform" },
	{ T(AH, INTEG_SHA384_192, 0), "ah-sha384-hmac",
	  "AH-HMAC-SHA384 transform" },
	{ T(AH, INTEG_SHA512_256, 0), "ah-sha512-hmac",
	  "AH-HMAC-SHA512 transform" },
	{ T(COMP, 0, 0), "comp-lzs",
	  "IP Compression using the LZS compression algorithm" },
	{ T(CIPHER, CIPHER_AES_CBC, 192), "esp-192-aes",
	  "ESP transform using AES cipher (192 bits)" },
	{ T(CIPHER, CIPHER_AES_CBC, 256), "esp-256-aes",
	  "ESP transform using AES cipher (256 bits)" },
	{ T(CIPHER, CIPHER_DES3_CBC, 0), "esp-3des",
	  "ESP transform using 3DES(EDE) cipher (168 bits)" },
	{ T(CIPHER, CIPHER_AES_CBC, 128), "esp-aes",
	  "ESP transform using AES cipher" },
	{ T(CIPHER, CIPHER_AES_CTR, 128), "esp-aes-ctr",
	  "ESP transform using AES in counter mode" },
	{ T(CIPHER, CIPHER_AES_CCM, 128), "esp-ccm",
	  "ESP transform using AES in CCM mode" },
	{ T(CIPHER, CIPHER_CHACHA20_POLY1305, 0), "esp-chacha20-poly1305",
	  "ESP transform using ChaCha20 and Poly1305" },
	{ T(CIPHER, CIPHER_DES_CBC, 0), "esp-des",
	  "ESP transform using DES cipher (56 bits)" },
	{ T(CIPHER, CIPHER_AES_GCM, 128), "esp-gcm",
	  "ESP transform using GCM cipher" },
	{ T(CIPHER, CIPHER_AES_GMAC, 128), "esp-gmac",
	  "ESP transform using GMAC cipher" },
	{ T(INTEG, INTEG_MD5_96, 0), "esp-md5-hmac",
	  "ESP transform using HMAC-MD5 auth" },
	{ T(CIPHER, CIPHER_NULL, 0), "esp-null", "ESP transform w/o cipher" },
	{ T(SEAL, 0, 0), "esp-seal",
	  "ESP transform using SEAL cipher (160 bits)" },
	{ T(INTEG, INTEG_SHA1_96, 0), "esp-sha-hmac",
	  "ESP transform using HMAC-SHA auth" },
	{ T(INTEG, INTEG_SHA256_128, 0), "esp-sha256-hmac",
	  "ESP transform using HMAC-SHA256 auth" },
	{ T(INTEG, INTEG_SHA384_192, 0), "esp-sha384-hmac",
	  "ESP transform using HMAC-SHA384 auth" },
	{ T(INTEG, INTEG_SHA512_256, 0), "esp-sha512-hmac",
	  "ESP transform using HMAC-SHA512 auth" },
	{ 0 },
};

const struct name cfg_names_cert_field[] = {
	{ CFG_CERT_ALT, "alt-subject-name", "Alternative names" },
	{ CFG_CERT_ISSUER, "issuer-name", "Name of the authority" },
	{ CFG_CERT_NAME, "name", "Any name of the subject" },
	{ CFG_CERT_SERIAL, "serial-number", "Serial number, hexadecimal" },
	{ CFG_CERT_SUBJECT, "subject-name", "Name of the subject" },
	{ CFG_CERT_UNSTRUCTURED, "unstructured-subject-name",
	  "Host name in the name of the subject" },
	{ 0 },
};

const struct name cfg_names_cert_op[] = {
	{ CFG_CERT_CO, "co", "Contains" },
	{ CFG_CERT_EQ, "eq", "Is equal to" },
	{ CFG_CERT_NC, "nc", "Does not contain" },
	{ CFG_CERT_NE, "ne", "Is not equal to" },
	{ 0 },
};

const struct name cfg_names_cert_date[] = {
	{ CFG_CERT_EXPIRES_ON, "expires-on", "End of its validity" },
	{ CFG_CERT_VALID_START, "valid-start", "Begin of its validity" },
	{ 0 },
};

const struct name cfg_names_cert_when[] = {
	{ CFG_CERT_EQ, "eq", "Is then" },
	{ CFG_CERT_GE, "ge", "Is then or later" },
	{ CFG_CERT_LT, "lt", "Is earlier" },
	{ CFG_CERT_NE, "ne", "Is not then" },
	{ 0 },
};

const struct name cfg_names_month[] = {
	{ 4, "april", NULL },
	{ 8, "august", NULL },
	{ 12, "december", NULL },
	{ 2, "february", NULL },
	{ 1, "january", NULL },
	{ 7, "july", NULL },
	{ 6, "june", NULL },
	{ 3, "march", NULL },
	{ 5, "may", NULL },
	{ 11, "november", NULL },
	{ 10, "october", NULL },
	{ 9, "september", NULL },
	{ 0 },
};
