// SPDX-License-Identifier: GPL-2.0-only
/* The classifier of the module against a plain walk over the rules. */
#include "ktap.h"

#include "classify.c"

#define LOOKUPS 600000

static u64 state = 88172645463325252ULL;

static u32 rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static u32 below(u32 n)
{
	return rnd() % n;
}

/* --- the reference ------------------------------------------------------ */

static bool ref_addr(const union ipsecgw_addr *a, const union ipsecgw_addr *b,
		     const union ipsecgw_addr *mask)
{
	const u8 *x = (const u8 *)a, *y = (const u8 *)b, *m = (const u8 *)mask;
	int i;

	for (i = 0; i < 16; i++)
		if ((x[i] & m[i]) != (y[i] & m[i]))
			return false;
	return true;
}

static bool ref_port(u16 port, u16 low, u16 high, bool not )
{
	return not ? port < low || port > high : port >= low && port <= high;
}

static bool ref_match(const struct ipsecgw_selector *s,
		      const struct ipsecgw_flow *f)
{
	bool any = s->sport_min == 0 && s->sport_max == 65535 &&
		   s->dport_min == 0 && s->dport_max == 65535 &&
		   !s->sport_not && !s->dport_not;

	if (s->family && s->family != f->family)
		return false;
	if (s->family && (!ref_addr(&f->src, &s->src, &s->src_mask) ||
			  !ref_addr(&f->dst, &s->dst, &s->dst_mask)))
		return false;
	if (s->proto && s->proto != f->proto)
		return false;
	if (any)
		return true;
	return f->has_ports &&
	       ref_port(f->sport, s->sport_min, s->sport_max, s->sport_not) &&
	       ref_port(f->dport, s->dport_min, s->dport_max, s->dport_not);
}

static const struct ipsecgw_rule *ref_lookup(const struct ipsecgw_ruleset *rs,
					     const struct ipsecgw_flow *f,
					     u32 from)
{
	const struct ipsecgw_rule *r;
	u32 i;

	for (i = from; i < rs->n; i++) {
		r = &rs->rules[i];
		if (r->vrf && f->vrf && r->vrf != f->vrf)
			continue;
		if (ref_match(&r->sel, f))
			return r;
	}
	return NULL;
}

static const struct ipsecgw_rule *ref_classify(const struct ipsecgw_ruleset *rs,
					       const struct ipsecgw_flow *f)
{
	const struct ipsecgw_rule *r = ref_lookup(rs, f, 0);

	while (r && r->action == IPSECGW_ACTION_NEXT)
		r = ref_lookup(rs, f, r->skip);
	return r;
}

/* --- random rules and packets --------------------------------------------- */

/**
 * struct shape - what kind of rules
 * @name: for the result
 * @n: how many
 * @masks: different masks, 0 for any bits at all
 * @hosts: different values of each word of an address
 * @ports: percentage of rules that look at ports
 * @v6: percentage of IPv6
 */
struct shape {
	const char *name;
	u32 n;
	u32 masks;
	u32 hosts;
	u32 ports;
	u32 v6;
};

static const struct shape shapes[] = {
	{ "no rules", 0, 1, 4, 0, 50 },
	{ "one rule", 1, 2, 4, 50, 50 },
	{ "a short set without cache", 4, 2, 4, 50, 30 },
	{ "a short set with cache", 16, 2, 4, 50, 30 },
	{ "the shortest long set", 17, 2, 4, 50, 30 },
	{ "a few prefix lengths", 400, 4, 20, 20, 30 },
	{ "any prefix length", 1000, 33, 8, 30, 50 },
	{ "masks with holes", 1000, 0, 4, 30, 50 },
	{ "ports of two hosts", 3000, 1, 2, 100, 0 },
	{ "many hosts", 10000, 2, 200, 10, 20 },
};

static const u8 protos[] = { 1, 6, 17, 47, 50, 58, 132 };

static __be32 mask_word(const struct shape *sh)
{
	u32 len;

	if (!sh->masks)
		return (__be32)(rnd() | rnd());
	len = sh->masks == 33 ? below(33) : 32 - 4 * below(sh->masks);
	return len ? htonl(~0U << (32 - len)) : 0;
}

static void random_addr(const struct shape *sh, u8 family,
			union ipsecgw_addr *a)
{
	int i, words = family == AF_INET6 ? 4 : 1;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < words; i++)
		a->w[i] = htonl(0x0a000000 + below(sh->hosts) * 0x00010101);
}

static void random_ports(u16 *min, u16 *max, u8 * not )
{
	*min = 0;
	*max = 65535;
	switch (below(5)) {
	case 0:
		break;
	case 1:
	case 2:
		*min = *max = below(40);
		break;
	default:
		*min = below(40);
		*max = *min + below(10);
		*not = below(4) == 0;
	}
}

static void random_selector(const struct shape *sh, struct ipsecgw_selector *s)
{
	int i, words;

	memset(s, 0, sizeof(*s));
	s->sport_max = s->dport_max = 65535;
	/* One or two without a family, or they hide the rest. */
	if (below(sh->n + 1)) {
		s->family = below(100) < sh->v6 ? AF_INET6 : AF_INET;
		words = s->family == AF_INET6 ? 4 : 1;
		random_addr(sh, s->family, &s->src);
		random_addr(sh, s->family, &s->dst);
		for (i = 0; i < words; i++) {
			s->src_mask.w[i] = mask_word(sh);
			s->dst_mask.w[i] = mask_word(sh);
			s->src.w[i] &= s->src_mask.w[i];
			s->dst.w[i] &= s->dst_mask.w[i];
		}
	}
	if (below(2))
		s->proto = protos[below(sizeof(protos))];
	if (below(100) < sh->ports) {
		random_ports(&s->sport_min, &s->sport_max, &s->sport_not);
		random_ports(&s->dport_min, &s->dport_max, &s->dport_not);
	}
}

static struct ipsecgw_ruleset *random_set(const struct shape *sh)
{
	struct ipsecgw_ruleset *rs = ipsecgw_ruleset_alloc(sh->n);
	u32 i, end;

	for (i = 0; i < sh->n; i++) {
		random_selector(sh, &rs->rules[i].sel);
		rs->rules[i].action = 1 + below(below(4) ? 3 : 4);
		rs->rules[i].vrf = below(8) ? 0 : 1 + below(2);
	}
	for (i = 0; i < sh->n; i = end) {
		end = min(sh->n, i + 1 + below(6));
		for (u32 k = i; k < end; k++)
			rs->rules[k].skip = end;
	}
	if (ipsecgw_ruleset_build(rs))
		abort();
	return rs;
}

static void random_flow(const struct shape *sh, struct ipsecgw_flow *f)
{
	memset(f, 0, sizeof(*f));
	f->family = below(100) < sh->v6 ? AF_INET6 : AF_INET;
	f->proto = protos[below(sizeof(protos))];
	f->vrf = below(3);
	random_addr(sh, f->family, &f->src);
	random_addr(sh, f->family, &f->dst);
	f->has_ports = ipsecgw_proto_has_ports(f->proto);
	if (f->has_ports) {
		f->sport = below(50);
		f->dport = below(50);
	}
}

/* --- the tests ---------------------------------------------------------------- */

static void test_shape(const struct shape *sh)
{
	struct ipsecgw_ruleset *rs = random_set(sh);
	u32 i, wrong = 0, wrong_from = 0, hits = 0, from;
	u32 lookups = min(LOOKUPS / 10, 80000000 / (sh->n + 1));
	struct ipsecgw_flow f;
	bool unsure;

	for (i = 0; i < lookups; i++) {
		const struct ipsecgw_rule *want, *got;

		/* Again and again the same, for the cache. */
		if (!i || below(3))
			random_flow(sh, &f);
		want = ref_classify(rs, &f);
		got = ipsecgw_ruleset_classify(rs, &f, &unsure);
		wrong += got != want || unsure;
		hits += !!want;
		from = sh->n ? below(sh->n) : 0;
		wrong_from += ipsecgw_ruleset_lookup(rs, &f, from) !=
			      ref_lookup(rs, &f, from);
	}
	ok(!wrong, "%s: %u packets, %u with a rule", sh->name, lookups, hits);
	ok(!wrong_from, "%s: from somewhere in the middle", sh->name);
	ipsecgw_ruleset_free(rs);
}

static bool is_strict(const struct ipsecgw_rule *r)
{
	return r && r->action != IPSECGW_ACTION_BYPASS;
}

/*
 * Whatever the rest of the fragment's packet looks like: if the fragment is let
 * pass, so is that packet. And where ports do not matter, nothing is unsure.
 */
static void test_fragments(const struct shape *sh)
{
	struct ipsecgw_ruleset *rs = random_set(sh);
	u32 lookups = min(LOOKUPS / 40, 20000000 / (sh->n + 1));
	u32 i, leaks = 0, doubts = 0, needless = 0, k;
	struct ipsecgw_flow f, whole;
	bool unsure, same;

	for (i = 0; i < lookups; i++) {
		const struct ipsecgw_rule *got, *want;

		random_flow(sh, &whole);
		f = whole;
		f.is_fragment = 1;
		f.has_ports = 0;
		f.sport = f.dport = 0;
		if (f.family == AF_INET6 && !below(4))
			f.proto = IPPROTO_DSTOPTS;
		got = ipsecgw_ruleset_classify(rs, &f, &unsure);
		doubts += unsure;
		same = true;
		for (k = 0; k < 30; k++) {
			if (f.proto == IPPROTO_DSTOPTS)
				whole.proto = protos[below(sizeof(protos))];
			whole.has_ports = ipsecgw_proto_has_ports(whole.proto);
			whole.sport = whole.has_ports ? below(60) : 0;
			whole.dport = whole.has_ports ? below(60) : 0;
			want = ref_classify(rs, &whole);
			if (is_strict(want) && !is_strict(got))
				leaks++;
			same = same && is_strict(want) == is_strict(got);
		}
		needless += unsure && !sh->ports && f.proto != IPPROTO_DSTOPTS;
		if (!unsure && got && got->action == IPSECGW_ACTION_NEXT)
			leaks++;
		if (unsure && !is_strict(got))
			leaks++;
	}
	ok(!leaks,
	   "%s: no fragment passes whose packet must not (%u of %u unsure)",
	   sh->name, doubts, lookups);
	ok(!needless, "%s: no doubt without need", sh->name);
	ipsecgw_ruleset_free(rs);
}

static struct ipsecgw_selector any_tcp(u16 dport)
{
	struct ipsecgw_selector s = {
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.sport_max = 65535,
		.dport_max = 65535,
	};

	if (dport)
		s.dport_min = s.dport_max = dport;
	return s;
}

static void test_next(void)
{
	struct ipsecgw_ruleset *rs = ipsecgw_ruleset_alloc(4);
	struct ipsecgw_flow f = {
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.has_ports = 1,
	};
	bool unsure;

	/* 10: next tcp 80, protect tcp; 20: bypass tcp 80, discard tcp */
	rs->rules[0].sel = any_tcp(80);
	rs->rules[0].action = IPSECGW_ACTION_NEXT;
	rs->rules[0].skip = 2;
	rs->rules[1].sel = any_tcp(0);
	rs->rules[1].action = IPSECGW_ACTION_PROTECT;
	rs->rules[1].skip = 2;
	rs->rules[2].sel = any_tcp(80);
	rs->rules[2].action = IPSECGW_ACTION_BYPASS;
	rs->rules[2].skip = 4;
	rs->rules[3].sel = any_tcp(0);
	rs->rules[3].action = IPSECGW_ACTION_DISCARD;
	rs->rules[3].skip = 4;
	ok(!ipsecgw_ruleset_build(rs), "build");
	ok(rs->can_protect, "a rule protects");
	f.dport = 81;
	ok(ipsecgw_ruleset_classify(rs, &f, &unsure) == &rs->rules[1],
	   "the entry's own rule");
	f.dport = 80;
	ok(ipsecgw_ruleset_classify(rs, &f, &unsure) == &rs->rules[2],
	   "next leads to the next entry");
	f = (struct ipsecgw_flow){
		.family = AF_INET,
		.proto = IPPROTO_TCP,
		.is_fragment = 1,
	};
	ok(ipsecgw_ruleset_classify(rs, &f, &unsure) == &rs->rules[1] &&
		   !unsure,
	   "a fragment that may be next is protected");
	rs->rules[1].action = IPSECGW_ACTION_BYPASS;
	ok(ipsecgw_ruleset_classify(rs, &f, &unsure) == &rs->rules[3] && unsure,
	   "a fragment that may be next, and then discarded");
	rs->rules[3].action = IPSECGW_ACTION_BYPASS;
	ok(ipsecgw_ruleset_classify(rs, &f, &unsure) == &rs->rules[1] &&
		   !unsure,
	   "a fragment that passes either way");
	ipsecgw_ruleset_free(rs);
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		test_shape(&shapes[i]);
		test_fragments(&shapes[i]);
	}
	test_next();
	return ktap_end();
}
