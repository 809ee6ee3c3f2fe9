// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of numbers; that they fit the contract is checked when compiled. */
#include "ktap.h"

#include "lib/model.h"
#include "lib/names.h"

static void test_unique(const struct name *table, const char *what)
{
	const struct name *a, *b;
	bool good = true;

	for (a = table; a->name; a++)
		for (b = table; b < a; b++)
			if (!strcmp(a->name, b->name))
				good = false;
	ok(good && a > table, "names of %s are there once", what);
}

static void test_transform(void)
{
	static const struct {
		uint8_t cipher, integ;
		uint32_t bits;
		const char *want;
	} cases[] = {
		{ CIPHER_DES3_CBC, INTEG_SHA1_96, 192,
		  "esp-3des esp-sha-hmac" },
		{ CIPHER_DES_CBC, INTEG_MD5_96, 64, "esp-des esp-md5-hmac" },
		{ CIPHER_AES_CBC, INTEG_SHA1_96, 128, "esp-aes esp-sha-hmac" },
		{ CIPHER_AES_CBC, INTEG_SHA256_128, 256,
		  "esp-aes 256 esp-sha256-hmac" },
		{ CIPHER_AES_CBC, INTEG_SHA384_192, 192,
		  "esp-aes 192 esp-sha384-hmac" },
		{ CIPHER_AES_GCM, INTEG_NONE, 128, "esp-gcm" },
		{ CIPHER_AES_GCM, INTEG_NONE, 256, "esp-gcm 256" },
		{ CIPHER_AES_GMAC, INTEG_NONE, 192, "esp-gmac 192" },
		{ CIPHER_NULL, INTEG_SHA512_256, 0,
		  "esp-null esp-sha512-hmac" },
		{ CIPHER_CHACHA20_POLY1305, INTEG_NONE, 256,
		  "esp-chacha20-poly1305" },
		{ CIPHER_AES_CTR, INTEG_SHA1_96, 256,
		  "esp-aes-ctr 256 esp-sha-hmac" },
		{ CIPHER_AES_CCM, INTEG_NONE, 128, "esp-ccm" },
		{ 200, 0, 0, "unknown" },
		{ CIPHER_AES_CBC, 200, 0, "unknown" },
	};
	char buf[96];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is(names_transform(cases[i].cipher, cases[i].integ,
				   cases[i].bits, buf, sizeof(buf)),
		   cases[i].want, "transform");
	is(names_engine(CIPHER_DES3_CBC, INTEG_SHA1_96, buf, sizeof(buf)),
	   "HMAC_SHA+3DES_56_CBC", "engine");
	is(names_engine(CIPHER_AES_GCM, INTEG_NONE, buf, sizeof(buf)), "GCM",
	   "engine, combined");
	ok(names_iv_len(CIPHER_DES3_CBC) == 8 &&
		   names_iv_len(CIPHER_AES_CBC) == 16 &&
		   names_iv_len(CIPHER_AES_GCM) == 8 &&
		   names_iv_len(CIPHER_NULL) == 0,
	   "lengths of the IV");
}

int main(void)
{
	uint32_t v;

	test_unique(names_cipher, "ciphers");
	test_unique(names_integ, "integrity algorithms");
	test_unique(names_ip_proto, "protocols");
	test_unique(names_port, "ports");
	test_unique(names_icmp, "ICMP types");
	test_unique(names_conf, "settings");
	is(names_str(names_cipher, CIPHER_AES_GCM), "aes-gcm",
	   "number to name");
	is(names_str(names_cipher, 99), "unknown", "a number without a name");
	ok(names_num(names_cipher, "aes-gmac", &v) && v == CIPHER_AES_GMAC,
	   "name to number");
	ok(!names_num(names_cipher, "aes", &v), "names are not cut short here");
	is(names_drop(0), "none", "first drop reason");
	is(names_drop(1), "out-no-sa", "the next one");
	for (v = 0; names_drop(v); v++)
		;
	is(names_drop(v - 1), "in-outer-header", "last drop reason");
	ok(!names_drop(v) && !names_drop(~0u), "no reason beyond");
	test_transform();
	return ktap_end();
}
