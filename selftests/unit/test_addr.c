// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses, masks and prefixes. */
#include "ktap.h"

#include <sys/socket.h>

#include "lib/addr.h"

static void test_parse(void)
{
	static const struct {
		const char *text;
		const char *want; /* NULL: refused */
		const char *ios;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", "192.0.2.1" },
		{ "0.0.0.0", "0.0.0.0", "0.0.0.0" },
		{ "2001:DB8:0:0::1", "2001:db8::1", "2001:DB8::1" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", "::FFFF:192.0.2.1" },
		{ "192.0.2", NULL, NULL },
		{ "192.0.2.256", NULL, NULL },
		{ "192.0.2.1 ", NULL, NULL },
		{ "192.0.2.01", NULL, NULL },
		{ "2001:db8::1::2", NULL, NULL },
		{ "fe80::1%eth0", NULL, NULL },
		{ "", NULL, NULL },
	};
	char buf[ADDR_STR];
	struct addr a;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!cases[i].want) {
			ok(!addr_parse(cases[i].text, &a), "refuse '%s'",
			   cases[i].text);
			continue;
		}
		ok(addr_parse(cases[i].text, &a), "take '%s'", cases[i].text);
		is(addr_fmt(&a, buf), cases[i].want, "print it");
		is(addr_fmt_ios(&a, buf), cases[i].ios, "as a router does");
	}
}

static void test_prefix(void)
{
	static const char *const bad[] = {
		"10.0.0.0",    "10.0.0.0/",	"10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/+8", "10.0.0.0/8x",	"::/129",      "/8",
		"10.0.0.0/ 8", "10.0.0.0/0008", "x/8",
	};
	char buf[ADDR_STR];
	struct addr a, m;

	ok(addr_parse_prefix("10.1.0.0/12", &a, &m), "IPv4 prefix");
	is(addr_fmt(&m, buf), "255.240.0.0", "its mask");
	ok(addr_mask_len(&m) == 12, "its length");
	ok(addr_parse_prefix("2001:db8::/33", &a, &m), "IPv6 prefix");
	is(addr_fmt(&m, buf), "ffff:ffff:8000::", "its mask");
	ok(addr_parse_prefix("0.0.0.0/0", &a, &m) && addr_is_zero(&m),
	   "length 0");
	ok(addr_parse_prefix("::1/128", &a, &m) && addr_mask_len(&m) == 128,
	   "length 128");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!addr_parse_prefix(bad[i], &a, &m), "refuse '%s'", bad[i]);
}

static void test_rest(void)
{
	const unsigned char b[16] = { 10, 0, 0, 1 };
	struct addr a, c, m;

	addr_parse("255.0.255.0", &m);
	ok(addr_mask_len(&m) == -1, "a mask with a hole has no length");
	addr_parse("0.0.0.255", &m);
	addr_invert(&m);
	ok(addr_mask_len(&m) == 24, "a wildcard mask turned over");
	addr_parse("10.0.0.1", &a);
	addr_parse("10.0.0.2", &c);
	ok(addr_cmp(&a, &c) < 0 && addr_cmp(&c, &a) > 0, "order");
	addr_parse("::1", &c);
	ok(!addr_eq(&a, &c), "families differ");
	ok(addr_from_bytes(&c, b, 4) && addr_eq(&a, &c), "4 octets");
	ok(addr_from_bytes(&c, b, 16) && c.family == AF_INET6, "16 octets");
	ok(!addr_from_bytes(&c, b, 5), "5 octets are no address");
	memset(&c, 0, sizeof(c));
	is(addr_fmt(&c, (char[ADDR_STR]){ 0 }), "none", "no address");
}

int main(void)
{
	test_parse();
	test_prefix();
	test_rest();
	return ktap_end();
}
