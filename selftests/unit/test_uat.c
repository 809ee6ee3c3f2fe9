// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of Wireshark's file of ESP keys, one for each transform. With the name of a
 * file as its argument it writes all of them there: cfg/capture.sh lets tshark read it.
 */
#include "ktap.h"

#include <stdio.h>

#include "lib/uat.h"

static const unsigned char key[64] = { 0x00, 0x01, 0xfe, 0xff };

struct row {
	uint8_t cipher, integ, icv_len;
	unsigned int cipher_len, integ_len;
	const char *want; /* between SPI and ESN; NULL: a comment */
};

#define K8 "0x0001feff00000000"
#define K16 K8 "0000000000000000"
#define K20 K16 "00000000"
#define K24 K16 "0000000000000000"
#define K32 K24 "0000000000000000"
#define K36 K32 "00000000"
#define K48 K32 "00000000000000000000000000000000"
#define K64 K48 "00000000000000000000000000000000"

static const struct row rows[] = {
	{ CIPHER_NULL, INTEG_SHA1_96, 0, 0, 20,
	  "\"NULL\",\"\",\"HMAC-SHA-1-96 [RFC2404]\",\"" K20 "\"" },
	{ CIPHER_DES_CBC, INTEG_MD5_96, 0, 8, 16,
	  "\"DES-CBC [RFC2405]\",\"" K8 "\",\"HMAC-MD5-96 [RFC2403]\",\"" K16
	  "\"" },
	{ CIPHER_DES3_CBC, INTEG_SHA1_96, 0, 24, 20,
	  "\"TripleDES-CBC [RFC2451]\",\"" K24
	  "\",\"HMAC-SHA-1-96 [RFC2404]\",\"" K20 "\"" },
	{ CIPHER_AES_CBC, INTEG_SHA256_128, 0, 16, 32,
	  "\"AES-CBC [RFC3602]\",\"" K16
	  "\",\"HMAC-SHA-256-128 [RFC4868]\",\"" K32 "\"" },
	{ CIPHER_AES_CBC, INTEG_SHA384_192, 0, 32, 48,
	  "\"AES-CBC [RFC3602]\",\"" K32
	  "\",\"HMAC-SHA-384-192 [RFC4868]\",\"" K48 "\"" },
	{ CIPHER_AES_CTR, INTEG_SHA512_256, 0, 20, 64,
	  "\"AES-CTR [RFC3686]\",\"" K20
	  "\",\"HMAC-SHA-512-256 [RFC4868]\",\"" K64 "\"" },
	{ CIPHER_AES_GCM, INTEG_NONE, 8, 20, 0,
	  "\"AES-GCM with 8 octet ICV [RFC4106]\",\"" K20 "\",\"NULL\",\"\"" },
	{ CIPHER_AES_GCM, INTEG_NONE, 12, 20, 0,
	  "\"AES-GCM with 12 octet ICV [RFC4106]\",\"" K20 "\",\"NULL\",\"\"" },
	{ CIPHER_AES_GCM, INTEG_NONE, 16, 36, 0,
	  "\"AES-GCM with 16 octet ICV [RFC4106]\",\"" K36 "\",\"NULL\",\"\"" },
	{ CIPHER_AES_GCM, INTEG_NONE, 0, 36, 0,
	  "\"AES-GCM with 16 octet ICV [RFC4106]\",\"" K36 "\",\"NULL\",\"\"" },
	{ CIPHER_AES_CCM, INTEG_NONE, 16, 19, 0, NULL },
	{ CIPHER_CHACHA20_POLY1305, INTEG_NONE, 16, 36, 0, NULL },
	{ CIPHER_AES_GMAC, INTEG_NONE, 16, 20, 0, NULL },
	{ 99, INTEG_NONE, 16, 20, 0, NULL },
	{ CIPHER_AES_CBC, 99, 16, 16, 20, NULL },
};

static struct sa sa_of(const struct row *r)
{
	struct sa sa = { .dir = DIR_OUT,
			 .spi = 0xabcd,
			 .cipher = r->cipher,
			 .integ = r->integ,
			 .icv_len = r->icv_len,
			 .cipher_key = { key, r->cipher_len },
			 .integ_key = { key, r->integ_len } };

	addr_parse("172.16.0.1", &sa.local);
	addr_parse("172.16.0.2", &sa.remote);
	return sa;
}

static void test_row(const struct row *r, FILE *all)
{
	struct sa sa = sa_of(r);
	char line[UAT_LINE], want[UAT_LINE];

	if (r->want)
		snprintf(
			want, sizeof(want),
			"\"IPv4\",\"172.16.0.1\",\"172.16.0.2\",\"0x0000abcd\",%s\n",
			r->want);
	else
		snprintf(
			want, sizeof(want),
			"# Wireshark knows no such transform: SPI 0x0000abcd, 172.16.0.1 to 172.16.0.2\n");
	if (!ok(uat_line(&sa, line) && !strcmp(line, want),
		"cipher %u, integrity %u, ICV %u", r->cipher, r->integ,
		r->icv_len))
		printf("# want %s# have %s", want, line);
	if (all)
		fputs(line, all);
}

static void test_rest(FILE *all)
{
	struct sa sa = sa_of(&rows[0]);
	char line[UAT_LINE];

	sa.dir = DIR_IN;
	ok(uat_line(&sa, line) && strstr(line, "\"172.16.0.2\",\"172.16.0.1\""),
	   "inbound: from the peer to us");
	sa.flags = SA_FLAG_ESN;
	sa.cipher_key = (struct blob){ key, MAX_KEY / 2 };
	addr_parse("2001:db8::1", &sa.local);
	addr_parse("2001:db8:ffff:ffff:ffff:ffff:ffff:2", &sa.remote);
	ok(uat_line(&sa, line) && !strncmp(line, "\"IPv6\",", 7) &&
		   strstr(line, ",\"64-bit\"\n"),
	   "IPv6, extended sequence numbers");
	sa = sa_of(&rows[3]);
	addr_parse("2001:db8::1", &sa.local);
	addr_parse("2001:db8::2", &sa.remote);
	if (uat_line(&sa, line) && all)
		fputs(line, all);
}

/* The longest keys that there can be. */
static void test_longest(void)
{
	static const unsigned char long_key[MAX_KEY];
	struct sa sa = sa_of(&rows[8]);
	char line[UAT_LINE];

	sa.cipher_key = sa.integ_key = (struct blob){ long_key, MAX_KEY };
	ok(uat_line(&sa, line) && strlen(line) < UAT_LINE, "the longest keys");
}

int main(int argc, char **argv)
{
	FILE *all = argc > 1 ? fopen(argv[1], "w") : NULL;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(&rows[i], all);
	test_rest(all);
	test_longest();
	if (all)
		fclose(all);
	return ktap_end();
}
