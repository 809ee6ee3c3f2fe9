// SPDX-License-Identifier: GPL-2.0-or-later
/* Selectors as sets of packets: is one part of another, do they meet? */
#include "sel_set.h"

#define PORT_MAX 65535

/* --- addresses ----------------------------------------------------------- */

/* An address and the bits of it that count. */
struct side {
	const struct addr *addr; /* NULL: any */
	const struct addr *mask; /* NULL: all bits */
};

static struct side side_of(const struct selector *s, bool dst)
{
	struct side d = { 0 };

	if (HAS(s, dst ? SEL_DST : SEL_SRC))
		d.addr = dst ? &s->dst : &s->src;
	if (d.addr && HAS(s, dst ? SEL_DST_MASK : SEL_SRC_MASK))
		d.mask = dst ? &s->dst_mask : &s->src_mask;
	return d;
}

static uint8_t bits_at(const struct side *d, unsigned int i)
{
	if (!d->addr)
		return 0;
	return d->mask ? d->mask->b[i] : 0xff;
}

static bool addr_is_within(const struct selector *in,
			   const struct selector *out, bool dst)
{
	struct side a = side_of(in, dst), b = side_of(out, dst);
	unsigned int i;

	if (!b.addr)
		return true;
	if (!a.addr || a.addr->family != b.addr->family)
		return false;
	for (i = 0; i < addr_len(a.addr->family); i++) {
		uint8_t need = bits_at(&b, i);

		if ((need & ~bits_at(&a, i)) ||
		    ((a.addr->b[i] ^ b.addr->b[i]) & need))
			return false;
	}
	return true;
}

static bool addr_overlap(const struct selector *x, const struct selector *y,
			 bool dst)
{
	struct side a = side_of(x, dst), b = side_of(y, dst);
	unsigned int i;

	if (!a.addr || !b.addr)
		return true;
	if (a.addr->family != b.addr->family)
		return false;
	for (i = 0; i < addr_len(a.addr->family); i++)
		if ((a.addr->b[i] ^ b.addr->b[i]) & bits_at(&a, i) &
		    bits_at(&b, i))
			return false;
	return true;
}

/* --- ports --------------------------------------------------------------- */

/* All from @lo to @hi, or all but these. */
struct ports {
	uint32_t lo, hi;
	bool is_not;
};

static struct ports ports_of(const struct selector *s, bool dst)
{
	struct ports p = { 0, PORT_MAX, false };

	if (HAS(s, dst ? SEL_DPORT_MIN : SEL_SPORT_MIN))
		p.lo = dst ? s->dport_min : s->sport_min;
	if (HAS(s, dst ? SEL_DPORT_MAX : SEL_SPORT_MAX))
		p.hi = dst ? s->dport_max : s->sport_max;
	p.is_not = HAS(s, dst ? SEL_DPORT_NOT : SEL_SPORT_NOT);
	return p;
}

static bool span_is_within(const struct ports *in, const struct ports *out)
{
	return in->lo >= out->lo && in->hi <= out->hi;
}

static bool spans_meet(const struct ports *a, const struct ports *b)
{
	return a->lo <= b->hi && b->lo <= a->hi;
}

static bool port_is_within(const struct selector *in,
			   const struct selector *out, bool dst)
{
	struct ports a = ports_of(in, dst), b = ports_of(out, dst);

	if (!b.is_not)
		return a.is_not ? !b.lo && b.hi == PORT_MAX :
				  span_is_within(&a, &b);
	return a.is_not ? span_is_within(&b, &a) : !spans_meet(&a, &b);
}

static bool port_overlap(const struct selector *x, const struct selector *y,
			 bool dst)
{
	struct ports a = ports_of(x, dst), b = ports_of(y, dst);

	if (a.is_not && b.is_not)
		return true;
	if (a.is_not)
		return !span_is_within(&b, &a);
	return b.is_not ? !span_is_within(&a, &b) : spans_meet(&a, &b);
}

/* --- all of it ----------------------------------------------------------- */

/* 0 is any of both, whether it is said or not. */
static uint8_t family_of(const struct selector *s)
{
	return HAS(s, SEL_FAMILY) ? s->family : 0;
}

static uint8_t proto_of(const struct selector *s)
{
	return HAS(s, SEL_PROTO) ? s->proto : 0;
}

static bool may_meet(uint8_t a, uint8_t b)
{
	return !a || !b || a == b;
}

bool sel_is_within(const struct selector *in, const struct selector *out)
{
	if (family_of(out) && family_of(in) != family_of(out))
		return false;
	if (proto_of(out) && proto_of(in) != proto_of(out))
		return false;
	return addr_is_within(in, out, false) &&
	       addr_is_within(in, out, true) &&
	       port_is_within(in, out, false) && port_is_within(in, out, true);
}

bool sel_overlap(const struct selector *a, const struct selector *b)
{
	if (!may_meet(family_of(a), family_of(b)) ||
	    !may_meet(proto_of(a), proto_of(b)))
		return false;
	return addr_overlap(a, b, false) && addr_overlap(a, b, true) &&
	       port_overlap(a, b, false) && port_overlap(a, b, true);
}
