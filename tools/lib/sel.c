// SPDX-License-Identifier: GPL-2.0-or-later
/* Selectors in access list terms: build from words, check, print. */
#include "sel.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"

#define PORT_MAX 65535
#define PROTO_DCCP 33

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_UDPLITE ||
	       proto == PROTO_DCCP;
}

static bool is_icmp(uint8_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

void sel_start(struct sel_build *b, uint32_t proto)
{
	memset(b, 0, sizeof(*b));
	b->proto = proto;
}

void sel_addr(struct sel_build *b, bool dst, const struct addr *a,
	      const struct addr *mask)
{
	struct selector *s = &b->sel;

	if (a->family != mask->family) {
		b->why = "an address and its mask are of different families";
		return;
	}
	if (s->family && s->family != a->family) {
		b->why = "source and destination are of different families";
		return;
	}
	s->family = a->family;
	if (dst) {
		s->dst = *a;
		s->dst_mask = *mask;
	} else {
		s->src = *a;
		s->src_mask = *mask;
	}
	/* No bit counts: the same as any, only the family is known. */
	if (addr_is_zero(mask))
		return;
	PUT(s, dst ? SEL_DST : SEL_SRC);
	PUT(s, dst ? SEL_DST_MASK : SEL_SRC_MASK);
}

static void put_range(struct selector *s, bool dst, uint32_t lo, uint32_t hi)
{
	if (dst) {
		s->dport_min = lo;
		s->dport_max = hi;
	} else {
		s->sport_min = lo;
		s->sport_max = hi;
	}
	PUT(s, dst ? SEL_DPORT_MIN : SEL_SPORT_MIN);
	PUT(s, dst ? SEL_DPORT_MAX : SEL_SPORT_MAX);
}

void sel_port(struct sel_build *b, bool dst, enum sel_op op, uint32_t lo,
	      uint32_t hi)
{
	switch (op) {
	case SEL_EQ:
		hi = lo;
		break;
	case SEL_NEQ:
		hi = lo;
		PUT(&b->sel, dst ? SEL_DPORT_NOT : SEL_SPORT_NOT);
		break;
	case SEL_GT:
		hi = PORT_MAX;
		lo++;
		break;
	case SEL_LT:
		hi = lo - 1;
		if (!lo)
			b->why = "no port is less than 0";
		lo = 0;
		break;
	case SEL_RANGE:
		break;
	}
	if (lo > PORT_MAX)
		b->why = "no port is greater than 65535";
	else if (!b->why && lo > hi)
		b->why = "a port range begins above its end";
	if (!b->why)
		put_range(&b->sel, dst, lo, hi);
}

void sel_icmp(struct sel_build *b, uint32_t type, bool is_name)
{
	b->has_icmp_name = is_name;
	b->icmp_name = type;
	if (is_name)
		type = 0; /* the family is not known yet */
	put_range(&b->sel, false, type, type);
}

void sel_icmp_code(struct sel_build *b, uint32_t code)
{
	put_range(&b->sel, true, code, code);
}

/* The family follows from the protocol when both addresses are any. */
static bool settle_family(struct sel_build *b)
{
	struct selector *s = &b->sel;
	bool wants6 = b->proto == IP_PROTO_V6 || b->proto == IPPROTO_ICMPV6;
	bool wants4 = b->proto == 0 || b->proto == IPPROTO_ICMP;

	if (b->proto == IP_PROTO_ALL) {
		if (s->family)
			b->why = "'all' goes with 'any any' only";
	} else if (!s->family) {
		s->family = wants6 ? AF_INET6 : AF_INET;
	} else if (wants6 && s->family == AF_INET) {
		b->why = "an IPv6 protocol with IPv4 addresses";
	} else if (b->proto == IPPROTO_ICMP && s->family == AF_INET6) {
		b->why = "ICMP of IPv6 is called icmp6";
	} else if (wants4 && s->family == AF_INET6) {
		b->proto = IP_PROTO_V6;
	}
	return !b->why;
}

static bool settle_icmp(struct sel_build *b)
{
	unsigned int type;

	if (!b->has_icmp_name)
		return true;
	type = b->sel.family == AF_INET6 ? b->icmp_name >> 8 :
					   b->icmp_name & 0xff;
	if (type == ICMP_NONE) {
		b->why = "this ICMP type does not exist in this family";
		return false;
	}
	put_range(&b->sel, false, type, type);
	return true;
}

bool sel_end(struct sel_build *b, struct selector *out)
{
	struct selector *s = &b->sel;
	bool has_range = HAS(s, SEL_SPORT_MIN) || HAS(s, SEL_DPORT_MIN);

	if (b->why || !settle_family(b))
		return false;
	s->proto = b->proto > 255 ? 0 : b->proto;
	if (has_range && !has_ports(s->proto) && !is_icmp(s->proto)) {
		b->why = "only tcp, udp, sctp, dccp and udplite have ports";
		return false;
	}
	if (!settle_icmp(b))
		return false;
	PUT(s, SEL_FAMILY);
	PUT(s, SEL_PROTO);
	*out = *s;
	return true;
}

static int fmt_proto(const struct selector *s, char *buf, size_t size)
{
	const char *name = names_str(names_ip_proto, s->proto);

	if (!s->proto)
		name = s->family == AF_INET6 ? "ipv6" :
		       s->family == AF_INET  ? "ip" :
					       "all";
	if (!strcmp(name, "unknown"))
		return snprintf(buf, size, "%u", s->proto);
	return snprintf(buf, size, "%s", name);
}

/* An answer may spell "any" out. */
static bool has_addr(const struct selector *s, bool dst)
{
	return HAS(s, dst ? SEL_DST : SEL_SRC) &&
	       !addr_is_zero(dst ? &s->dst_mask : &s->src_mask);
}

static bool has_port(const struct selector *s, bool dst)
{
	unsigned int lo = dst ? s->dport_min : s->sport_min;
	unsigned int hi = dst ? s->dport_max : s->sport_max;

	if (!HAS(s, dst ? SEL_DPORT_MIN : SEL_SPORT_MIN))
		return false;
	return lo || hi != PORT_MAX ||
	       HAS(s, dst ? SEL_DPORT_NOT : SEL_SPORT_NOT);
}

static int fmt_addr(const struct selector *s, bool dst, char *buf, size_t size)
{
	const struct addr *a = dst ? &s->dst : &s->src;
	struct addr mask = dst ? s->dst_mask : s->src_mask;
	char as[ADDR_STR], ms[ADDR_STR];
	int len = addr_mask_len(&mask);

	if (!has_addr(s, dst))
		return snprintf(buf, size, " any");
	addr_fmt(a, as);
	if (len == (int)addr_len(a->family) * 8)
		return snprintf(buf, size, " host %s", as);
	if (a->family == AF_INET6 && len >= 0)
		return snprintf(buf, size, " %s/%d", as, len);
	addr_invert(&mask);
	return snprintf(buf, size, " %s %s", as, addr_fmt(&mask, ms));
}

static int fmt_port(const struct selector *s, bool dst, char *buf, size_t size)
{
	unsigned int lo = dst ? s->dport_min : s->sport_min;
	unsigned int hi = dst ? s->dport_max : s->sport_max;
	bool is_not = HAS(s, dst ? SEL_DPORT_NOT : SEL_SPORT_NOT);

	if (!has_port(s, dst))
		return 0;
	if (lo == hi)
		return snprintf(buf, size, " %s %u", is_not ? "neq" : "eq", lo);
	return snprintf(buf, size, "%s range %u %u", is_not ? " not" : "", lo,
			hi);
}

char *sel_fmt(const struct selector *s, char buf[SEL_STR])
{
	bool icmp = is_icmp(s->proto);
	int n;

	n = fmt_proto(s, buf, SEL_STR);
	n += fmt_addr(s, false, buf + n, SEL_STR - n);
	if (!icmp)
		n += fmt_port(s, false, buf + n, SEL_STR - n);
	n += fmt_addr(s, true, buf + n, SEL_STR - n);
	if (!icmp) {
		fmt_port(s, true, buf + n, SEL_STR - n);
		return buf;
	}
	if (has_port(s, false))
		n += snprintf(buf + n, SEL_STR - n, " %u", s->sport_min);
	if (has_port(s, false) && has_port(s, true))
		snprintf(buf + n, SEL_STR - n, " %u", s->dport_min);
	return buf;
}

/* Only a single port has a place in an identity. */
static unsigned int ident_port(const struct selector *s, bool dst)
{
	unsigned int lo = dst ? s->dport_min : s->sport_min;
	unsigned int hi = dst ? s->dport_max : s->sport_max;

	if (is_icmp(s->proto) || lo != hi ||
	    HAS(s, dst ? SEL_DPORT_NOT : SEL_SPORT_NOT))
		return 0;
	return lo;
}

char *sel_fmt_ident(const struct selector *s, bool dst, char buf[SEL_STR])
{
	uint8_t family = s->family ? s->family : AF_INET;
	struct addr a = { .family = family }, mask = { .family = family };
	char as[ADDR_STR], ms[ADDR_STR];

	if (has_addr(s, dst)) {
		a = dst ? s->dst : s->src;
		mask = dst ? s->dst_mask : s->src_mask;
	}
	if (family == AF_INET6 && addr_mask_len(&mask) >= 0)
		snprintf(ms, sizeof(ms), "%d", addr_mask_len(&mask));
	else
		addr_fmt_ios(&mask, ms);
	snprintf(buf, SEL_STR, "%s/%s/%u/%u", addr_fmt_ios(&a, as), ms,
		 s->proto, ident_port(s, dst));
	return buf;
}
