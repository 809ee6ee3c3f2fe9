// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses, masks and prefixes: parse, print, compare. */
#include "addr.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

unsigned int addr_len(uint8_t family)
{
	if (family == AF_INET)
		return 4;
	return family == AF_INET6 ? 16 : 0;
}

bool addr_parse(const char *text, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, a->b) == 1)
		a->family = AF_INET;
	else if (inet_pton(AF_INET6, text, a->b) == 1)
		a->family = AF_INET6;
	return a->family != 0;
}

bool addr_parse_prefix(const char *text, struct addr *a, struct addr *mask)
{
	const char *slash = strchr(text, '/');
	char host[ADDR_STR];
	unsigned long len;
	size_t n;
	char *end;

	if (!slash || !isdigit((unsigned char)slash[1]))
		return false;
	n = slash - text;
	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	if (!addr_parse(host, a))
		return false;
	len = strtoul(slash + 1, &end, 10);
	if (*end || end - slash > 4 || len > addr_len(a->family) * 8)
		return false;
	addr_mask(a->family, len, mask);
	return true;
}

/* inet_ntop() prints each octet by sprintf(): a tenth of what a list of SAs costs. */
static void fmt_v4(const uint8_t b[4], char *p)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		if (b[i] >= 100)
			*p++ = '0' + b[i] / 100;
		if (b[i] >= 10)
			*p++ = '0' + b[i] / 10 % 10;
		*p++ = '0' + b[i] % 10;
	}
	*p = '\0';
}

char *addr_fmt(const struct addr *a, char buf[ADDR_STR])
{
	if (a->family == AF_INET)
		fmt_v4(a->b, buf);
	else if (!addr_len(a->family) ||
		 !inet_ntop(a->family, a->b, buf, ADDR_STR))
		strcpy(buf, "none");
	return buf;
}

char *addr_fmt_ios(const struct addr *a, char buf[ADDR_STR])
{
	char *p;

	addr_fmt(a, buf);
	if (a->family == AF_INET6)
		for (p = buf; *p; p++)
			*p = toupper((unsigned char)*p);
	return buf;
}

void addr_mask(uint8_t family, unsigned int len, struct addr *mask)
{
	unsigned int i;

	memset(mask, 0, sizeof(*mask));
	mask->family = family;
	for (i = 0; i < addr_len(family) && len; i++) {
		unsigned int n = len < 8 ? len : 8;

		mask->b[i] = 0xff00 >> n;
		len -= n;
	}
}

int addr_mask_len(const struct addr *mask)
{
	struct addr whole;
	unsigned int i, len = 0;

	for (i = 0; i < addr_len(mask->family); i++)
		len += __builtin_popcount(mask->b[i]);
	addr_mask(mask->family, len, &whole);
	return addr_eq(mask, &whole) ? (int)len : -1;
}

void addr_invert(struct addr *a)
{
	unsigned int i;

	for (i = 0; i < addr_len(a->family); i++)
		a->b[i] = ~a->b[i];
}

bool addr_eq(const struct addr *a, const struct addr *b)
{
	return addr_cmp(a, b) == 0;
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->b, b->b, addr_len(a->family));
}

bool addr_is_zero(const struct addr *a)
{
	unsigned int i;

	for (i = 0; i < addr_len(a->family); i++)
		if (a->b[i])
			return false;
	return true;
}

bool addr_from_bytes(struct addr *a, const void *p, size_t len)
{
	memset(a, 0, sizeof(*a));
	if (len != 4 && len != 16)
		return false;
	a->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(a->b, p, len);
	return true;
}
