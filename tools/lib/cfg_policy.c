// SPDX-License-Identifier: GPL-2.0-or-later
/* From crypto maps to the rules that the module wants. */
#include "cfg_policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535
#define PROTO_ICMP 1

/* --- is an entry active? ------------------------------------------------------- */

static const struct cfg_acl *acl_of(const struct cfg *cfg,
				    const struct cfg_entry *e)
{
	const struct cfg_acl *acl = e->acl ? cfg_find(&cfg->acls, e->acl) :
					     NULL;

	return acl && !acl->is_standard ? acl : NULL;
}

static bool has_lines(const struct cfg_acl *acl)
{
	const struct cfg_ace *ace;

	cfg_for_each(ace,
		     &acl->aces) if (ace->action != CFG_ACE_REMARK) return true;
	return false;
}

static const char *session_keys_missing(const struct cfg *cfg,
					const struct cfg_entry *e)
{
	const struct cfg_transform_set *t = cfg_entry_transform(cfg, e, 0);
	int dir;

	if (e->peers.n != 1)
		return "ipsec-manual needs exactly one peer; enter 'set peer'";
	if (e->transform_sets.n != 1 || !t)
		return "ipsec-manual needs one transform set that exists; "
		       "enter 'set transform-set'";
	for (dir = CFG_KEY_IN; dir <= CFG_KEY_OUT; dir++) {
		if (t->ah &&
		    !cfg_find_num(&e->session_keys, 2 * dir + CFG_KEY_AH + 1))
			return "a session key for AH is missing; enter 'set "
			       "session-key' for both directions";
		if (t->cipher &&
		    !cfg_find_num(&e->session_keys, 2 * dir + CFG_KEY_ESP + 1))
			return "a session key for ESP is missing; enter 'set "
			       "session-key' for both directions";
	}
	return NULL;
}

const char *cfg_entry_inactive(const struct cfg *cfg, const struct cfg_entry *e)
{
	const struct cfg_acl *acl;

	if (e->type == CFG_MAP_TEMPLATE)
		return NULL;
	if (e->type == CFG_MAP_DYNAMIC)
		return cfg_find(&cfg->dynamic_maps, e->dynamic) ?
			       NULL :
			       "its dynamic map does not exist; enter "
			       "'crypto dynamic-map'";
	if (!e->peers.n)
		return "it has no peer; enter 'set peer'";
	if (!e->acl)
		return "it has no access list; enter 'match address'";
	acl = acl_of(cfg, e);
	if (!acl)
		return "its access list does not exist; enter 'ip access-list "
		       "extended'";
	if (!has_lines(acl))
		return "its access list is empty; add a permit line";
	if (e->type == CFG_MAP_MANUAL)
		return session_keys_missing(cfg, e);
	return NULL;
}

/* --- one line ------------------------------------------------------------------------ */

static bool is_one(const struct selector *s, bool dst)
{
	unsigned int lo = dst ? s->dport_min : s->sport_min;
	unsigned int hi = dst ? s->dport_max : s->sport_max;

	if (!HAS(s, dst ? SEL_DPORT_MIN : SEL_SPORT_MIN))
		return true;
	if (HAS(s, dst ? SEL_DPORT_NOT : SEL_SPORT_NOT))
		return false;
	return lo == hi || (!lo && hi == PORT_MAX);
}

/* A mask whose ones do not all lead is no subnet (RFC 2407, 4.6.2.3). */
static bool is_subnet(const struct selector *s, bool dst)
{
	return !HAS(s, dst ? SEL_DST_MASK : SEL_SRC_MASK) ||
	       addr_mask_len(dst ? &s->dst_mask : &s->src_mask) >= 0;
}

bool cfg_ace_is_too_fine(const struct cfg_ace *ace)
{
	const struct selector *s = &ace->sel;

	if (ace->action != CFG_ACE_PERMIT)
		return false;
	if (!is_subnet(s, false) || !is_subnet(s, true))
		return true;
	return s->proto != PROTO_ICMP &&
	       (!is_one(s, false) || !is_one(s, true));
}

struct selector cfg_ace_selector(const struct cfg_ace *ace)
{
	struct selector s = ace->sel;

	if (s.proto != PROTO_ICMP)
		return s;
	s.set &= ~(1ULL << SEL_SPORT_MIN | 1ULL << SEL_SPORT_MAX |
		   1ULL << SEL_DPORT_MIN | 1ULL << SEL_DPORT_MAX);
	s.sport_min = 0;
	s.sport_max = 0;
	s.dport_min = 0;
	s.dport_max = 0;
	return s;
}

static uint8_t deny_action(const struct cfg *cfg)
{
	switch (cfg->ipsec.deny) {
	case CFG_DENY_CLEAR:
		return ACTION_BYPASS;
	case CFG_DENY_DROP:
		return ACTION_DISCARD;
	default:
		return ACTION_NEXT;
	}
}

uint8_t cfg_ace_action(const struct cfg *cfg, const struct cfg_ace *ace)
{
	if (ace->action == CFG_ACE_DENY)
		return deny_action(cfg);
	return cfg_ace_is_too_fine(ace) ? ACTION_DISCARD : ACTION_PROTECT;
}

/* --- rules of an entry ------------------------------------------------------------------ */

struct build {
	struct cfg_rules *rules;
	const struct cfg *cfg;
	const struct cfg_map *map;
	cfg_resolve resolve;
	void *arg;
	uint32_t next_template;
};

static struct policy *add_rule(struct build *b, uint32_t seq, uint32_t index)
{
	struct cfg_rules *r = b->rules;
	struct policy *p;

	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 16;
		void *v = realloc(r->v, cap * sizeof(*r->v));

		if (!v)
			return NULL;
		r->v = v;
		r->cap = cap;
	}
	p = &r->v[r->n++];
	memset(p, 0, sizeof(*p));
	strncpy(p->map, b->map->obj.name, sizeof(p->map) - 1);
	p->seq = seq;
	p->index = index;
	PUT(p, POLICY_MAP);
	PUT(p, POLICY_SEQ);
	PUT(p, POLICY_INDEX);
	PUT(p, POLICY_ACTION);
	PUT(p, POLICY_SELECTOR);
	return p;
}

/* The default peer comes first, as it is tried first. */
static void add_peers(struct build *b, const struct cfg_entry *e,
		      struct policy *p)
{
	const struct cfg_set_peer *peer;
	int turn;

	for (turn = 1; turn >= 0; turn--)
		cfg_for_each(peer, &e->peers)
		{
			struct addr a = peer->addr;

			if (peer->is_default != turn || p->n_peers == MAX_PEERS)
				continue;
			if (!a.family &&
			    (!b->resolve ||
			     !b->resolve(b->arg, peer->obj.name, &a)))
				continue;
			p->peer[p->n_peers++] = a;
			PUT(p, POLICY_PEER);
		}
}

static int add_entry(struct build *b, const struct cfg_entry *e)
{
	const struct cfg_acl *acl = acl_of(b->cfg, e);
	const struct cfg_ace *ace;
	bool has_sas = false;

	cfg_for_each(ace, &acl->aces)
	{
		struct policy *p;

		if (ace->action == CFG_ACE_REMARK)
			continue;
		p = add_rule(b, e->obj.num, ace->obj.num);
		if (!p)
			return -ENOMEM;
		p->sel = cfg_ace_selector(ace);
		p->action = cfg_ace_action(b->cfg, ace);
		if (e->type == CFG_MAP_MANUAL && ace->action == CFG_ACE_PERMIT)
			p->action = has_sas ? ACTION_DISCARD : ACTION_PROTECT;
		if (p->action == ACTION_PROTECT) {
			add_peers(b, e, p);
			has_sas = true;
		}
	}
	return 0;
}

/* What the templates of a dynamic map protect is dropped until negotiated. */
static int add_templates(struct build *b, const struct cfg_entry *ref)
{
	const struct cfg_map *dyn =
		cfg_find(&b->cfg->dynamic_maps, ref->dynamic);
	const struct cfg_entry *e;
	const struct cfg_ace *ace;

	cfg_for_each(e, &dyn->entries)
	{
		const struct cfg_acl *acl = acl_of(b->cfg, e);
		uint32_t seq = CFG_SEQ_TEMPLATE + b->next_template;

		if (!acl)
			continue;
		if (seq < CFG_SEQ_TEMPLATE)
			return -ENOSPC;
		b->next_template++;
		cfg_for_each(ace, &acl->aces)
		{
			struct policy *p;

			if (ace->action == CFG_ACE_REMARK)
				continue;
			p = add_rule(b, seq, ace->obj.num);
			if (!p)
				return -ENOMEM;
			p->sel = cfg_ace_selector(ace);
			p->action = cfg_ace_action(b->cfg, ace);
			if (p->action == ACTION_PROTECT)
				p->action = ACTION_DISCARD;
		}
	}
	return 0;
}

int cfg_rules_build(struct cfg_rules *rules, const struct cfg *cfg,
		    const struct cfg_map *map, cfg_resolve resolve, void *arg)
{
	struct build b = { rules, cfg, map, resolve, arg, 0 };
	const struct cfg_entry *e;
	int err = 0;

	*rules = (struct cfg_rules){ 0 };
	cfg_for_each(e, &map->entries) if (!err && e->type != CFG_MAP_DYNAMIC &&
					   !cfg_entry_inactive(cfg, e))
		err = add_entry(&b, e);
	cfg_for_each(e, &map->entries) if (!err && e->type == CFG_MAP_DYNAMIC &&
					   !cfg_entry_inactive(cfg, e))
		err = add_templates(&b, e);
	return err;
}

void cfg_rules_free(struct cfg_rules *rules)
{
	free(rules->v);
	*rules = (struct cfg_rules){ 0 };
}

/* --- interfaces -------------------------------------------------------------------------------- */

struct sa_handling cfg_map_handling(const struct cfg *cfg, const char *map)
{
	uint8_t df = 0, frag = 0;
	uint16_t mss = 0;
	const struct cfg_if *ifc;

	cfg_for_each(ifc, &cfg->interfaces)
	{
		if (!ifc->crypto_map || strcmp(ifc->crypto_map, map))
			continue;
		df = df ? df : ifc->df;
		frag = frag ? frag : ifc->frag;
		mss = mss ? mss : ifc->mss;
	}
	df = df ? df - 1 : cfg->ipsec.df;
	frag = frag ? frag - 1 : cfg->ipsec.frag;
	return (struct sa_handling){ .df = df,
				     .frag_after = frag == CFG_FRAG_AFTER,
				     .mss = mss };
}

struct addr cfg_map_local(const struct cfg *cfg, const struct cfg_map *map,
			  const struct cfg_if *ifc)
{
	const struct cfg_if *other;

	if (map && map->local.family)
		return map->local;
	if (map && map->local_if) {
		other = cfg_find(&cfg->interfaces, map->local_if);
		return other ? other->addr : (struct addr){ 0 };
	}
	return ifc->addr;
}
