// SPDX-License-Identifier: GPL-2.0-or-later
/* Selectors: check and print. Their words are tried in test_commands. */
#include "ktap.h"

#include <sys/socket.h>

#include "lib/names.h"
#include "lib/sel.h"
#include "lib/sel_set.h"

static void set_addr(struct sel_build *b, bool dst, const char *prefix)
{
	struct addr a, m;

	addr_parse_prefix(prefix, &a, &m);
	sel_addr(b, dst, &a, &m);
}

static void test_family(void)
{
	struct sel_build b;
	struct selector s;
	char buf[SEL_STR];

	sel_start(&b, 0);
	ok(sel_end(&b, &s) && s.family == AF_INET, "ip any any is IPv4");
	is(sel_fmt(&s, buf), "ip any any", "printed");
	sel_start(&b, IP_PROTO_V6);
	ok(sel_end(&b, &s) && s.family == AF_INET6, "ipv6 any any is IPv6");
	is(sel_fmt(&s, buf), "ipv6 any any", "printed");
	sel_start(&b, IP_PROTO_ALL);
	ok(sel_end(&b, &s) && !s.family && !s.proto, "all any any is both");
	is(sel_fmt(&s, buf), "all any any", "printed");
	sel_start(&b, 0);
	set_addr(&b, true, "2001:db8::/32");
	ok(sel_end(&b, &s) && s.family == AF_INET6, "ip with IPv6 addresses");
	is(sel_fmt(&s, buf), "ipv6 any 2001:db8::/32", "printed");
	sel_start(&b, 6);
	set_addr(&b, true, "::/0");
	ok(sel_end(&b, &s) && s.family == AF_INET6 && !HAS(&s, SEL_DST),
	   "a prefix of length 0 gives the family only");
	is(sel_fmt(&s, buf), "tcp any any", "printed");
}

static void test_refused(void)
{
	struct sel_build b;
	struct selector s;

	sel_start(&b, 0);
	set_addr(&b, false, "10.0.0.0/8");
	set_addr(&b, true, "::1/128");
	ok(!sel_end(&b, &s) && strstr(b.why, "families"), "two families");
	sel_start(&b, 0);
	sel_port(&b, true, SEL_EQ, 80, 0);
	ok(!sel_end(&b, &s) && strstr(b.why, "ports"), "ip has no ports");
	sel_start(&b, 6);
	sel_port(&b, true, SEL_GT, 65535, 0);
	ok(!sel_end(&b, &s), "greater than the last port");
	sel_start(&b, 6);
	sel_port(&b, true, SEL_LT, 0, 0);
	ok(!sel_end(&b, &s), "less than the first port");
	sel_start(&b, 6);
	sel_port(&b, true, SEL_RANGE, 5, 4);
	ok(!sel_end(&b, &s), "a range backwards");
	sel_start(&b, 58);
	set_addr(&b, true, "10.0.0.0/8");
	ok(!sel_end(&b, &s), "icmp6 with IPv4 addresses");
	sel_start(&b, 1);
	set_addr(&b, true, "::1/128");
	ok(!sel_end(&b, &s), "icmp with IPv6 addresses");
	sel_start(&b, IP_PROTO_ALL);
	set_addr(&b, true, "10.0.0.0/8");
	ok(!sel_end(&b, &s), "all with addresses");
	sel_start(&b, 1);
	sel_icmp(&b, ICMP_NONE | 2 << 8, true);
	ok(!sel_end(&b, &s), "packet-too-big does not exist in IPv4");
}

static void test_ports(void)
{
	static const struct {
		enum sel_op op;
		uint32_t lo, hi;
		const char *want;
	} cases[] = {
		{ SEL_EQ, 80, 0, "udp any any eq 80" },
		{ SEL_EQ, 0, 0, "udp any any eq 0" },
		{ SEL_NEQ, 80, 0, "udp any any neq 80" },
		{ SEL_GT, 1023, 0, "udp any any range 1024 65535" },
		{ SEL_LT, 1024, 0, "udp any any range 0 1023" },
		{ SEL_RANGE, 5, 9, "udp any any range 5 9" },
		{ SEL_RANGE, 0, 65535, "udp any any" },
	};
	struct sel_build b;
	struct selector s;
	char buf[SEL_STR];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sel_start(&b, 17);
		sel_port(&b, true, cases[i].op, cases[i].lo, cases[i].hi);
		ok(sel_end(&b, &s), "ports taken");
		is(sel_fmt(&s, buf), cases[i].want, "printed");
	}
	sel_start(&b, 17);
	sel_port(&b, false, SEL_EQ, 53, 0);
	sel_end(&b, &s);
	is(sel_fmt(&s, buf), "udp any eq 53 any", "source port");
}

static void test_icmp(void)
{
	struct sel_build b;
	struct selector s;
	char buf[SEL_STR];

	sel_start(&b, 1);
	sel_icmp(&b, 8 | 128 << 8, true);
	ok(sel_end(&b, &s) && s.sport_min == 8, "echo of IPv4");
	sel_start(&b, 58);
	sel_icmp(&b, 8 | 128 << 8, true);
	sel_icmp_code(&b, 0);
	ok(sel_end(&b, &s) && s.sport_min == 128 && s.dport_max == 0,
	   "echo of IPv6");
	is(sel_fmt(&s, buf), "icmp6 any any 128 0", "printed");
	sel_start(&b, 1);
	sel_icmp(&b, 3, false);
	ok(sel_end(&b, &s), "type by number");
	is(sel_fmt(&s, buf), "icmp any any 3", "printed");
}

static void test_ident(void)
{
	struct sel_build b;
	struct selector s;
	char buf[SEL_STR];

	sel_start(&b, 47);
	set_addr(&b, false, "172.22.1.3/32");
	set_addr(&b, true, "172.22.1.0/24");
	sel_end(&b, &s);
	is(sel_fmt(&s, buf), "gre host 172.22.1.3 172.22.1.0 0.0.0.255",
	   "access list form");
	is(sel_fmt_ident(&s, false, buf), "172.22.1.3/255.255.255.255/47/0",
	   "identity of a host");
	is(sel_fmt_ident(&s, true, buf), "172.22.1.0/255.255.255.0/47/0",
	   "identity of a net");
	sel_start(&b, 6);
	sel_port(&b, true, SEL_EQ, 80, 0);
	set_addr(&b, false, "2001:db8::/32");
	sel_end(&b, &s);
	is(sel_fmt_ident(&s, false, buf), "2001:DB8::/32/6/0",
	   "IPv6 has a prefix length");
	is(sel_fmt_ident(&s, true, buf), "::/0/6/80", "any, with a port");
	sel_start(&b, 6);
	sel_port(&b, true, SEL_RANGE, 80, 90);
	sel_end(&b, &s);
	is(sel_fmt_ident(&s, true, buf), "0.0.0.0/0.0.0.0/6/0",
	   "a range is no port");
}

/* --- as sets ----------------------------------------------------------------- */

static uint32_t seed = 1;

static unsigned int below(unsigned int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 16) % n;
}

/* Bounds are 0 to 3, so that ports 0 to 4 stand for all. */
static void random_ports(struct sel_build *b, bool dst)
{
	unsigned int lo = below(4), hi = lo + below(4 - lo);

	switch (below(6)) {
	case 0:
		sel_port(b, dst, SEL_EQ, lo, 0);
		break;
	case 1:
		sel_port(b, dst, SEL_NEQ, lo, 0);
		break;
	case 2:
		sel_port(b, dst, SEL_GT, lo, 0);
		break;
	case 3:
		sel_port(b, dst, SEL_RANGE, lo, hi);
		break;
	}
}

static void random_addr(struct sel_build *b, bool dst)
{
	struct addr a = { .family = AF_INET, .b = { 10 } };
	struct addr m = { .family = AF_INET, .b = { 255, 255, 255, 252 } };

	a.b[3] = below(4);
	m.b[3] |= below(4);
	if (below(4))
		sel_addr(b, dst, &a, &m);
}

static struct selector random_sel(void)
{
	static const uint8_t protos[] = { 0, 6, 17 };
	struct selector s;
	struct sel_build b;

	sel_start(&b, protos[below(3)]);
	random_addr(&b, false);
	if (b.proto)
		random_ports(&b, false);
	random_addr(&b, true);
	if (b.proto)
		random_ports(&b, true);
	if (!sel_end(&b, &s))
		ok(false, "a selector: %s", b.why);
	return s;
}

static bool has_addr(const struct addr *a, const struct addr *m, unsigned int x)
{
	return !((a->b[3] ^ x) & m->b[3]);
}

static bool has_port(unsigned int lo, unsigned int hi, bool is_not,
		     unsigned int port)
{
	return (port >= lo && port <= hi) != is_not;
}

/* Packet @i of 2 * 4 * 4 * 5 * 5. */
static bool has_packet(const struct selector *s, unsigned int i)
{
	unsigned int sport = i % 5, dport = i / 5 % 5, src = i / 25 % 4;
	unsigned int dst = i / 100 % 4, proto = i / 400 ? 17 : 6;

	return (!s->proto || s->proto == proto) &&
	       (!HAS(s, SEL_SRC) || has_addr(&s->src, &s->src_mask, src)) &&
	       (!HAS(s, SEL_DST) || has_addr(&s->dst, &s->dst_mask, dst)) &&
	       (!HAS(s, SEL_SPORT_MIN) ||
		has_port(s->sport_min, s->sport_max, HAS(s, SEL_SPORT_NOT),
			 sport)) &&
	       (!HAS(s, SEL_DPORT_MIN) ||
		has_port(s->dport_min, s->dport_max, HAS(s, SEL_DPORT_NOT),
			 dport));
}

static void test_sets(void)
{
	unsigned int n, i, within = 0, overlap = 0, wrong = 0, missed = 0;

	for (n = 0; n < 20000; n++) {
		struct selector a = random_sel(), b = random_sel();
		bool part = true, meet = false, is_within, hard;

		for (i = 0; i < 800; i++) {
			bool in_a = has_packet(&a, i), in_b = has_packet(&b, i);

			part = part && (!in_a || in_b);
			meet = meet || (in_a && in_b);
		}
		is_within = sel_is_within(&a, &b);
		hard = HAS(&a, SEL_SPORT_NOT) || HAS(&a, SEL_DPORT_NOT) ||
		       !a.proto || !HAS(&a, SEL_SRC) || !HAS(&a, SEL_DST);
		within += is_within;
		overlap += meet;
		wrong += is_within && !part;
		missed += part && !is_within && !hard;
		missed += meet != sel_overlap(&a, &b);
	}
	ok(within > 100 && overlap > 1000 && overlap < n - 1000,
	   "%u pairs of selectors: %u within, %u overlap", n, within, overlap);
	ok(!wrong, "what is within has no packet outside (%u)", wrong);
	ok(!missed, "and they meet where a packet is of both (%u)", missed);
}

static void test_families(void)
{
	struct sel_build b;
	struct selector v4, v6, all;

	sel_start(&b, 0);
	sel_end(&b, &v4);
	sel_start(&b, IP_PROTO_V6);
	sel_end(&b, &v6);
	sel_start(&b, IP_PROTO_ALL);
	sel_end(&b, &all);
	ok(!sel_overlap(&v4, &v6) && !sel_is_within(&v4, &v6),
	   "IPv4 and IPv6 do not meet");
	ok(sel_is_within(&v6, &all) && !sel_is_within(&all, &v6) &&
		   sel_overlap(&all, &v4),
	   "both are within all");
	sel_start(&b, 0);
	set_addr(&b, true, "2001:db8::/32");
	sel_end(&b, &all);
	sel_start(&b, 0);
	set_addr(&b, true, "2001:db8:1::/48");
	sel_end(&b, &v6);
	ok(sel_is_within(&v6, &all) && !sel_is_within(&all, &v6) &&
		   !sel_overlap(&all, &v4),
	   "all 16 octets count");
}

int main(void)
{
	test_sets();
	test_families();
	test_family();
	test_refused();
	test_ports();
	test_icmp();
	test_ident();
	return ktap_end();
}
