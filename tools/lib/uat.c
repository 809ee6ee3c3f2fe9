// SPDX-License-Identifier: GPL-2.0-or-later
/* SAs with their keys as lines of Wireshark's file "esp_sa". */
#include "uat.h"

#include <stdio.h>
#include <sys/socket.h>

#include "secret.h"

/* Names of Wireshark 4; NULL: it has none. Keys are followed by their salt there, too. */
static const char *cipher_of(const struct sa *sa)
{
	switch (sa->cipher) {
	case CIPHER_NULL:
		return "NULL";
	case CIPHER_DES_CBC:
		return "DES-CBC [RFC2405]";
	case CIPHER_DES3_CBC:
		return "TripleDES-CBC [RFC2451]";
	case CIPHER_AES_CBC:
		return "AES-CBC [RFC3602]";
	case CIPHER_AES_CTR:
		return "AES-CTR [RFC3686]";
	case CIPHER_AES_GCM:
		return sa->icv_len == 8 ?
			       "AES-GCM with 8 octet ICV [RFC4106]" :
		       sa->icv_len == 12 ?
			       "AES-GCM with 12 octet ICV [RFC4106]" :
			       "AES-GCM with 16 octet ICV [RFC4106]";
	default:
		return NULL;
	}
}

static const char *integ_of(const struct sa *sa)
{
	static const char *const names[] = {
		[INTEG_NONE] = "NULL",
		[INTEG_MD5_96] = "HMAC-MD5-96 [RFC2403]",
		[INTEG_SHA1_96] = "HMAC-SHA-1-96 [RFC2404]",
		[INTEG_SHA256_128] = "HMAC-SHA-256-128 [RFC4868]",
		[INTEG_SHA384_192] = "HMAC-SHA-384-192 [RFC4868]",
		[INTEG_SHA512_256] = "HMAC-SHA-512-256 [RFC4868]",
	};

	return sa->integ < sizeof(names) / sizeof(names[0]) ? names[sa->integ] :
							      NULL;
}

/* "0x0123", or "" without a key. */
static void put_hex(const struct blob *key, char buf[2 * MAX_KEY + 3])
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *p = key->p;
	char *to = buf;
	size_t i;

	if (key->len) {
		*to++ = '0';
		*to++ = 'x';
	}
	for (i = 0; i < key->len && i < MAX_KEY; i++) {
		*to++ = digit[p[i] >> 4];
		*to++ = digit[p[i] & 15];
	}
	*to = '\0';
}

bool uat_line(const struct sa *sa, char buf[UAT_LINE])
{
	const struct addr *from = sa->dir == DIR_OUT ? &sa->local : &sa->remote;
	const struct addr *to = sa->dir == DIR_OUT ? &sa->remote : &sa->local;
	const char *cipher = cipher_of(sa), *integ = integ_of(sa);
	char a[ADDR_STR], b[ADDR_STR], ckey[2 * MAX_KEY + 3],
		ikey[2 * MAX_KEY + 3];
	int n;

	addr_fmt(from, a);
	addr_fmt(to, b);
	if (!cipher || !integ) {
		n = snprintf(
			buf, UAT_LINE,
			"# Wireshark knows no such transform: SPI 0x%08x, %s to %s\n",
			sa->spi, a, b);
		return n < UAT_LINE;
	}
	put_hex(&sa->cipher_key, ckey);
	put_hex(&sa->integ_key, ikey);
	/* The last field is one of newer versions only; without it 32 bits are meant. */
	n = snprintf(
		buf, UAT_LINE,
		"\"%s\",\"%s\",\"%s\",\"0x%08x\",\"%s\",\"%s\",\"%s\",\"%s\"%s\n",
		from->family == AF_INET6 ? "IPv6" : "IPv4", a, b, sa->spi,
		cipher, ckey, integ, ikey,
		sa->flags & SA_FLAG_ESN ? ",\"64-bit\"" : "");
	secret_wipe(ckey, sizeof(ckey));
	secret_wipe(ikey, sizeof(ikey));
	return n < UAT_LINE;
}
