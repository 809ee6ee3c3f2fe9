// SPDX-License-Identifier: GPL-2.0-only
// Which rule of an ordered set matches a packet.
//
// A short set is walked. A long one is searched by tuples: rules that look at
// the same bits of the addresses, and exactly at the protocol and at ports or
// not, share a hash table; ranges are compared in the bucket. Tables come in
// the order of their first rule, so that the search ends when none that is left
// can beat what was found. In front is a small cache of results, because masks
// without any system make many tables. Nothing here grows with traffic.
#include "classify.h"

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/linux/ipsecgw.h>
#include "selector.h"

/* Longest set that is walked. */
#define SHORT_SET 16
/* Longest set whose walk is cheaper than the cache. */
#define NO_CACHE 4
#define CACHE_SLOTS 256
#define NONE U32_MAX

#define EXACT_PROTO 1
#define EXACT_SPORT 2
#define EXACT_DPORT 4

struct tuple {
	union ipsecgw_addr src_mask;
	union ipsecgw_addr dst_mask;
	u8 family;
	u8 exact;
	u32 last; /* number of its last rule */
	u32 first;
	u32 mask; /* buckets less one */
	u32 *bucket; /* number of the first rule of each chain */
};

struct ipsecgw_index {
	u32 n;
	u32 *next; /* by rule: the next one of the chain */
	u32 *buckets;
	struct tuple tuples[];
};

static u64 mix(u64 h, u64 v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 32;
}

static u64 word(__be32 a, __be32 b)
{
	return (u64)(__force u32)a << 32 | (__force u32)b;
}

static u64 hash_key(const struct tuple *t, const union ipsecgw_addr *src,
		    const union ipsecgw_addr *dst, u64 ports, u64 seed)
{
	u64 h;
	int i;

	h = mix(seed, word(src->w[0] & t->src_mask.w[0],
			   dst->w[0] & t->dst_mask.w[0]));
	if (t->family == AF_INET6)
		for (i = 1; i < 4; i++)
			h = mix(h, word(src->w[i] & t->src_mask.w[i],
					dst->w[i] & t->dst_mask.w[i]));
	return t->exact ? mix(h, ports) : h;
}

/* Protocol and ports as far as the tuple looks at them exactly. */
static u64 exact_ports(u8 exact, u8 proto, u16 sport, u16 dport)
{
	u64 ports = 0;

	if (exact & EXACT_PROTO)
		ports = proto;
	if (exact & EXACT_SPORT)
		ports |= (u64)sport << 16;
	if (exact & EXACT_DPORT)
		ports |= (u64)dport << 32;
	return ports;
}

static u32 first_in_bucket(const struct ipsecgw_ruleset *rs,
			   const struct tuple *t,
			   const struct ipsecgw_flow *flow)
{
	u64 ports;

	if (!t->mask)
		return t->bucket[0];
	ports = exact_ports(t->exact, flow->proto, flow->sport, flow->dport);
	return t->bucket[hash_key(t, &flow->src, &flow->dst, ports, rs->seed) &
			 t->mask];
}

static bool may_hold(const struct tuple *t, const struct ipsecgw_flow *flow)
{
	if (t->family && t->family != flow->family)
		return false;
	return flow->has_ports || !(t->exact & (EXACT_SPORT | EXACT_DPORT));
}

/**
 * struct search - what a search is about
 * @flow: packet
 * @from: first rule that counts
 * @detour: first rule with IPSECGW_ACTION_NEXT that may or may not match
 * @fragment: rules that may match count as well
 */
struct search {
	const struct ipsecgw_flow *flow;
	u32 from;
	u32 detour;
	bool fragment;
};

/*
 * Of rules that a fragment may match, those that let it pass do not count: what
 * follows decides, and that is stricter or the same.
 */
static __always_inline bool hits(const struct ipsecgw_rule *r, u32 i,
				 struct search *s)
{
	enum ipsecgw_match m = ipsecgw_selector_judge(&r->sel, s->flow);

	if (unlikely(r->vrf && s->flow->vrf && r->vrf != s->flow->vrf))
		return false;
	if (!s->fragment || m != IPSECGW_MATCH_MAYBE)
		return m == IPSECGW_MATCH_YES;
	if (r->action == IPSECGW_ACTION_NEXT && i < s->detour)
		s->detour = i;
	return r->action == IPSECGW_ACTION_PROTECT ||
	       r->action == IPSECGW_ACTION_DISCARD;
}

static __always_inline u32 search_index(const struct ipsecgw_ruleset *rs,
					const struct ipsecgw_index *ix,
					struct search *s)
{
	const struct tuple *t = ix->tuples;
	const struct tuple *end = t + ix->n;
	u32 best = NONE;
	u32 i;

	for (; t < end && t->first < best; t++) {
		if (t->last < s->from || !may_hold(t, s->flow))
			continue;
		for (i = first_in_bucket(rs, t, s->flow); i < best;
		     i = ix->next[i]) {
			if (i < s->from || !hits(&rs->rules[i], i, s))
				continue;
			best = i;
			break;
		}
	}
	return best;
}

static __always_inline u32 walk(const struct ipsecgw_ruleset *rs,
				struct search *s)
{
	u32 i;

	for (i = s->from; i < rs->n; i++)
		if (hits(&rs->rules[i], i, s))
			return i;
	return NONE;
}

/**
 * ipsecgw_ruleset_lookup() - first rule that matches a whole packet
 * @rs: rules
 * @flow: packet
 * @from: number of the first rule that counts
 *
 * Context: any, RCU read side if @rs is published.
 * Return: rule, or NULL.
 */
const struct ipsecgw_rule *
ipsecgw_ruleset_lookup(const struct ipsecgw_ruleset *rs,
		       const struct ipsecgw_flow *flow, u32 from)
{
	struct search s = { .flow = flow, .from = from };
	u32 i;

	i = rs->exact ? search_index(rs, rs->exact, &s) : walk(rs, &s);
	return i == NONE ? NULL : &rs->rules[i];
}

static const struct ipsecgw_rule *decide(const struct ipsecgw_ruleset *rs,
					 const struct ipsecgw_flow *flow)
{
	const struct ipsecgw_rule *r;
	u32 from = 0;

	while ((r = ipsecgw_ruleset_lookup(rs, flow, from)) &&
	       r->action == IPSECGW_ACTION_NEXT)
		from = r->skip;
	return r;
}

/*
 * RFC 4301, 7.4: a fragment without its ports. If it is let pass only because
 * the ports, which cannot be seen, were taken not to match a rule, or to match
 * one that leads elsewhere, the answer is not sure.
 */
static const struct ipsecgw_rule *
decide_fragment(const struct ipsecgw_ruleset *rs,
		const struct ipsecgw_flow *flow, bool *unsure)
{
	const struct ipsecgw_rule *r, *pass = NULL;
	struct search s = { .flow = flow, .fragment = true, .detour = NONE };
	u32 detour = NONE;
	u32 i;

	for (;;) {
		i = rs->addr ? search_index(rs, rs->addr, &s) : walk(rs, &s);
		if (s.detour < i)
			detour = min(detour, rs->rules[s.detour].skip);
		s.detour = NONE;
		if (i == NONE)
			return pass;
		r = &rs->rules[i];
		if (r->action == IPSECGW_ACTION_NEXT) {
			s.from = r->skip;
			continue;
		}
		if (r->action != IPSECGW_ACTION_BYPASS) {
			*unsure = pass ||
				  !ipsecgw_selector_match(&r->sel, flow);
			return r;
		}
		if (!pass)
			pass = r;
		if (detour == NONE)
			return pass;
		s.from = detour;
		detour = NONE;
	}
}

static u64 hash_flow(const struct ipsecgw_flow *flow, u64 seed)
{
	u64 head, h;
	int i;

	memcpy(&head, flow, sizeof(head));
	h = mix(mix(seed, head), word(flow->src.w[0], flow->dst.w[0]));
	if (flow->family == AF_INET6)
		for (i = 1; i < 4; i++)
			h = mix(h, word(flow->src.w[i], flow->dst.w[i]));
	return h;
}

static bool same_flow(const struct ipsecgw_flow *a,
		      const struct ipsecgw_flow *b)
{
	u64 x, y;

	BUILD_BUG_ON(offsetof(struct ipsecgw_flow, src) != sizeof(x));
	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	if (x != y || a->src.w[0] != b->src.w[0] ||
	    a->dst.w[0] != b->dst.w[0] || a->vrf != b->vrf)
		return false;
	return a->family == AF_INET || (ipsecgw_addr_equal(&a->src, &b->src) &&
					ipsecgw_addr_equal(&a->dst, &b->dst));
}

/**
 * ipsecgw_ruleset_classify() - the rule that decides about a packet
 * @rs: rules
 * @flow: packet
 * @unsure: set if @flow is a fragment whose ports would have to be known; the
 *	rule is then one that may apply, and none milder is certain to
 *
 * Follows IPSECGW_ACTION_NEXT and never returns such a rule.
 *
 * Context: RCU read side, BH off because of the cache.
 * Return: rule, or NULL if none matches.
 */
const struct ipsecgw_rule *
ipsecgw_ruleset_classify(const struct ipsecgw_ruleset *rs,
			 const struct ipsecgw_flow *flow, bool *unsure)
{
	const struct ipsecgw_rule *r;
	struct ipsecgw_flow_slot *slot;

	*unsure = false;
	if (unlikely(flow->is_fragment))
		return decide_fragment(rs, flow, unsure);
	if (!rs->cache)
		return decide(rs, flow);
	slot = this_cpu_ptr(rs->cache) +
	       (hash_flow(flow, rs->seed) & (CACHE_SLOTS - 1));
	if (likely(slot->result && same_flow(&slot->flow, flow)))
		return slot->result == 1 ? NULL : &rs->rules[slot->result - 2];
	r = decide(rs, flow);
	slot->flow = *flow;
	slot->result = r ? r - rs->rules + 2 : 1;
	return r;
}

static void tuple_of(const struct ipsecgw_selector *sel, bool addr_only,
		     struct tuple *t)
{
	memset(t, 0, sizeof(*t));
	t->family = sel->family;
	if (sel->family) {
		t->src_mask = sel->src_mask;
		t->dst_mask = sel->dst_mask;
	}
	if (addr_only)
		return;
	if (sel->proto)
		t->exact |= EXACT_PROTO;
	if (!sel->sport_not && sel->sport_min == sel->sport_max)
		t->exact |= EXACT_SPORT;
	if (!sel->dport_not && sel->dport_min == sel->dport_max)
		t->exact |= EXACT_DPORT;
}

static bool same_tuple(const struct tuple *a, const struct tuple *b)
{
	return a->family == b->family && a->exact == b->exact &&
	       ipsecgw_addr_equal(&a->src_mask, &b->src_mask) &&
	       ipsecgw_addr_equal(&a->dst_mask, &b->dst_mask);
}

static u64 hash_tuple(const struct tuple *t)
{
	u64 h = t->family << 8 | t->exact;
	int i;

	for (i = 0; i < 4; i++)
		h = mix(h, word(t->src_mask.w[i], t->dst_mask.w[i]));
	return h;
}

/**
 * struct sorting - rules being sorted into tuples
 * @n: tuples found
 * @of: by rule, the number of its tuple
 * @slots: hash table, number of a tuple plus one
 * @mask: slots less one
 * @tuples: what was found, in the order of their first rules
 */
struct sorting {
	u32 n;
	u32 *of;
	u32 *slots;
	u32 mask;
	struct tuple *tuples;
};

static u32 sort_rule(struct sorting *so, const struct tuple *key, u32 rule)
{
	u32 at = hash_tuple(key) & so->mask;
	struct tuple *t;

	while (so->slots[at]) {
		t = &so->tuples[so->slots[at] - 1];
		if (same_tuple(t, key))
			goto found;
		at = (at + 1) & so->mask;
	}
	t = &so->tuples[so->n];
	*t = *key;
	t->first = rule;
	so->slots[at] = ++so->n;
found:
	t->last = rule;
	t->mask++; /* counts rules for now */
	return t - so->tuples;
}

static int sort_rules(const struct ipsecgw_ruleset *rs, bool addr_only,
		      struct sorting *so)
{
	struct tuple key;
	u32 slots = roundup_pow_of_two(rs->n * 2);
	u32 i;

	so->of = kvmalloc_array(rs->n, sizeof(*so->of), GFP_KERNEL);
	so->slots = kvcalloc(slots, sizeof(*so->slots), GFP_KERNEL);
	so->tuples = kvmalloc_array(rs->n, sizeof(*so->tuples), GFP_KERNEL);
	so->mask = slots - 1;
	if (!so->of || !so->slots || !so->tuples)
		return -ENOMEM;
	for (i = 0; i < rs->n; i++) {
		tuple_of(&rs->rules[i].sel, addr_only, &key);
		so->of[i] = sort_rule(so, &key, i);
	}
	return 0;
}

static void free_index(struct ipsecgw_index *ix)
{
	if (!ix)
		return;
	kvfree(ix->next);
	kvfree(ix->buckets);
	kvfree(ix);
}

/* Backwards, so that each chain is in order. */
static void fill_index(const struct ipsecgw_ruleset *rs,
		       struct ipsecgw_index *ix, const struct sorting *so)
{
	const struct ipsecgw_selector *sel;
	struct tuple *t;
	u64 ports;
	u32 *head;
	u32 i;

	for (i = rs->n; i-- > 0;) {
		sel = &rs->rules[i].sel;
		t = &ix->tuples[so->of[i]];
		ports = exact_ports(t->exact, sel->proto, sel->sport_min,
				    sel->dport_min);
		head = &t->bucket[hash_key(t, &sel->src, &sel->dst, ports,
					   rs->seed) &
				  t->mask];
		ix->next[i] = *head;
		*head = i;
	}
}

static struct ipsecgw_index *build_index(const struct ipsecgw_ruleset *rs,
					 bool addr_only)
{
	struct ipsecgw_index *ix = NULL;
	struct sorting so = {};
	u32 buckets = 0;
	u32 i;

	if (sort_rules(rs, addr_only, &so))
		goto out_free;
	ix = kvzalloc(struct_size(ix, tuples, so.n), GFP_KERNEL_ACCOUNT);
	if (!ix)
		goto out_free;
	ix->n = so.n;
	memcpy(ix->tuples, so.tuples, so.n * sizeof(*so.tuples));
	for (i = 0; i < ix->n; i++) {
		ix->tuples[i].mask = roundup_pow_of_two(ix->tuples[i].mask) - 1;
		buckets += ix->tuples[i].mask + 1;
	}
	ix->next = kvmalloc_array(rs->n, sizeof(*ix->next), GFP_KERNEL_ACCOUNT);
	ix->buckets = kvmalloc_array(buckets, sizeof(*ix->buckets),
				     GFP_KERNEL_ACCOUNT);
	if (!ix->next || !ix->buckets) {
		free_index(ix);
		ix = NULL;
		goto out_free;
	}
	memset(ix->buckets, 0xff, buckets * sizeof(*ix->buckets));
	buckets = 0;
	for (i = 0; i < ix->n; i++) {
		ix->tuples[i].bucket = ix->buckets + buckets;
		buckets += ix->tuples[i].mask + 1;
	}
	fill_index(rs, ix, &so);
out_free:
	kvfree(so.of);
	kvfree(so.slots);
	kvfree(so.tuples);
	return ix;
}

/**
 * ipsecgw_ruleset_alloc() - a set whose rules are to be filled in
 * @n: rules
 *
 * Context: process, sleeps.
 * Return: set, or NULL without memory.
 */
struct ipsecgw_ruleset *ipsecgw_ruleset_alloc(u32 n)
{
	struct ipsecgw_ruleset *rs;

	rs = kvzalloc(struct_size(rs, rules, n), GFP_KERNEL_ACCOUNT);
	if (rs)
		rs->n = n;
	return rs;
}

/**
 * ipsecgw_ruleset_build() - make a filled set ready for use
 * @rs: set; it must not change any more
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM; @rs is to be freed in both cases some day.
 */
int ipsecgw_ruleset_build(struct ipsecgw_ruleset *rs)
{
	u32 i;

	get_random_bytes(&rs->seed, sizeof(rs->seed));
	for (i = 0; i < rs->n; i++) {
		if (rs->rules[i].action == IPSECGW_ACTION_PROTECT)
			rs->can_protect = true;
		if (rs->rules[i].vrf)
			rs->has_vrf = true;
	}
	/* It is as correct without, so that want of memory does not matter. */
	if (rs->n > NO_CACHE)
		rs->cache = __alloc_percpu_gfp(CACHE_SLOTS * sizeof(*rs->cache),
					       __alignof__(*rs->cache),
					       GFP_KERNEL | __GFP_NOWARN);
	if (rs->n <= SHORT_SET)
		return 0;
	rs->exact = build_index(rs, false);
	rs->addr = build_index(rs, true);
	return rs->exact && rs->addr ? 0 : -ENOMEM;
}

/**
 * ipsecgw_ruleset_free() - free a set that was not published
 * @rs: set, or NULL
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_ruleset_free(struct ipsecgw_ruleset *rs)
{
	if (!rs)
		return;
	free_index(rs->exact);
	free_index(rs->addr);
	free_percpu(rs->cache);
	kvfree(rs);
}

static void free_rcu_done(struct rcu_head *rcu)
{
	ipsecgw_ruleset_free(container_of(rcu, struct ipsecgw_ruleset, rcu));
}

/**
 * ipsecgw_ruleset_free_rcu() - free a set that packets may still look at
 * @rs: set, or NULL; unpublished before its rules' policies are put, so that
 *	whoever sees it sees them alive
 *
 * Context: any.
 */
void ipsecgw_ruleset_free_rcu(struct ipsecgw_ruleset *rs)
{
	if (rs)
		call_rcu(&rs->rcu, free_rcu_done);
}
