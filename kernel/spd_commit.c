// SPDX-License-Identifier: GPL-2.0-only
// The places of a crypto map, and how a set of changes takes effect at once.
//
// Every change of a map goes through commit(), the single ones too: it first
// makes everything that can fail, then changes the map and publishes the new
// rules to the interfaces with one store each. Packets see all of it or nothing.
#include "spd_commit.h"

#include <linux/sched.h>
#include <linux/slab.h>
#include "acquire.h"
#include "classify.h"
#include "priv.h"
#include "sadb.h"

#define rule_of(n) rb_entry_safe(n, struct ipsecgw_policy, node)
#define change_of(n) rb_entry_safe(n, struct ipsecgw_change, node)

static u64 place_of_change(const struct ipsecgw_change *c)
{
	return ipsecgw_place(c->seq, c->index);
}

/**
 * ipsecgw_spd_rule_from() - first rule in force at or behind a place
 * @map: map
 * @at: place
 *
 * Context: ign->lock is held.
 * Return: rule, or NULL.
 */
struct ipsecgw_policy *ipsecgw_spd_rule_from(const struct ipsecgw_map *map,
					     u64 at)
{
	struct rb_node *n = map->rules.rb_node;
	struct ipsecgw_policy *best = NULL;

	while (n) {
		if (ipsecgw_place_of(rule_of(n)) < at) {
			n = n->rb_right;
		} else {
			best = rule_of(n);
			n = n->rb_left;
		}
	}
	return best;
}

/**
 * ipsecgw_spd_rule_at() - the rule in force at a place
 * @map: map
 * @at: place
 *
 * Context: ign->lock is held.
 * Return: rule, or NULL.
 */
struct ipsecgw_policy *ipsecgw_spd_rule_at(const struct ipsecgw_map *map,
					   u64 at)
{
	struct ipsecgw_policy *pol = ipsecgw_spd_rule_from(map, at);

	return pol && ipsecgw_place_of(pol) == at ? pol : NULL;
}

static bool rule_less(struct rb_node *a, const struct rb_node *b)
{
	return ipsecgw_place_of(rb_entry(a, struct ipsecgw_policy, node)) <
	       ipsecgw_place_of(rb_entry(b, struct ipsecgw_policy, node));
}

static bool change_less(struct rb_node *a, const struct rb_node *b)
{
	return place_of_change(rb_entry(a, struct ipsecgw_change, node)) <
	       place_of_change(rb_entry(b, struct ipsecgw_change, node));
}

static int cmp_change(const void *key, const struct rb_node *n)
{
	const u64 *at = key;
	u64 other = place_of_change(rb_entry(n, struct ipsecgw_change, node));

	return *at < other ? -1 : *at > other;
}

static struct ipsecgw_change *change_at(const struct rb_root *changes, u64 at)
{
	return change_of(rb_find(&at, changes, cmp_change));
}

/**
 * ipsecgw_spd_change_at() - the change that waits for a place
 * @map: map
 * @at: place
 *
 * Context: ign->lock is held.
 * Return: change, or NULL.
 */
struct ipsecgw_change *ipsecgw_spd_change_at(const struct ipsecgw_map *map,
					     u64 at)
{
	return change_at(&map->changes, at);
}

/* --- the rules that a commit leads to -------------------------------------- */

/**
 * struct merge - walk over a map as it will be
 * @rule: next rule in force
 * @change: next change
 * @flush: rules in force go unless a change keeps them
 */
struct merge {
	struct ipsecgw_policy *rule;
	struct ipsecgw_change *change;
	bool flush;
};

static void merge_start(struct merge *m, const struct ipsecgw_map *map,
			const struct rb_root *changes, bool flush)
{
	m->rule = rule_of(rb_first(&map->rules));
	m->change = change_of(rb_first(changes));
	m->flush = flush;
}

static struct ipsecgw_policy *merge_next(struct merge *m)
{
	struct ipsecgw_policy *rule, *pol;
	struct ipsecgw_change *c;

	for (;;) {
		rule = m->rule;
		c = m->change;
		if (!rule && !c)
			return NULL;
		if (c && rule && place_of_change(c) > ipsecgw_place_of(rule))
			c = NULL;
		if (c && rule && place_of_change(c) < ipsecgw_place_of(rule))
			rule = NULL;
		if (rule)
			m->rule = rule_of(rb_next(&rule->node));
		if (c)
			m->change = change_of(rb_next(&c->node));
		if (!c)
			pol = m->flush ? NULL : rule;
		else if (rule && c->pol && ipsecgw_spd_same(rule, c->pol))
			pol = rule;
		else
			pol = c->pol;
		if (pol)
			return pol;
	}
}

static void fill_set(struct ipsecgw_ruleset *rs, struct merge *m)
{
	struct ipsecgw_policy *pol;
	u32 seq = 0, entry = 0, i = 0;

	while ((pol = merge_next(m)) && !WARN_ON_ONCE(i == rs->n)) {
		struct ipsecgw_rule *r = &rs->rules[i];

		/* The entry before ends here: that is where its rules skip to. */
		if (pol->cfg.key.seq != seq) {
			while (entry < i)
				rs->rules[entry++].skip = i;
			seq = pol->cfg.key.seq;
		}
		r->sel = pol->cfg.sel;
		r->vrf = pol->cfg.ivrf;
		r->action = pol->cfg.action;
		r->pol = pol;
		i++;
	}
	while (entry < i)
		rs->rules[entry++].skip = i;
}

static struct ipsecgw_ruleset *make_set(struct ipsecgw_map *map,
					const struct rb_root *changes,
					bool flush, u32 n)
{
	struct ipsecgw_ruleset *rs;
	struct merge m;

	rs = ipsecgw_ruleset_alloc(n);
	if (!rs)
		return NULL;
	merge_start(&m, map, changes, flush);
	fill_set(rs, &m);
	if (!ipsecgw_ruleset_build(rs))
		return rs;
	ipsecgw_ruleset_free(rs);
	return NULL;
}

/**
 * ipsecgw_map_ruleset() - the rules in force, for an interface
 * @map: map; keeps what is made, until its last interface goes
 *
 * Context: process, ign->lock is held.
 * Return: set, or NULL without memory.
 */
struct ipsecgw_ruleset *ipsecgw_map_ruleset(struct ipsecgw_map *map)
{
	const struct rb_root none = RB_ROOT;

	lockdep_assert_held(&map->ign->lock);
	if (!map->set)
		map->set = make_set(map, &none, false, map->n_rules);
	return map->set;
}

static void publish(struct ipsecgw_map *map, struct ipsecgw_ruleset *rs)
{
	struct ipsecgw_ruleset *old = map->set;
	struct ipsecgw_bind *bind;

	map->set = rs;
	list_for_each_entry(bind, &map->binds, map_list)
		rcu_assign_pointer(bind->rules, rs);
	ipsecgw_ruleset_free_rcu(old);
}

/* Nobody finds it any more: end what depends on it. */
static void policy_end(struct ipsecgw_policy *pol)
{
	WRITE_ONCE(pol->dead, true);
	ipsecgw_acquire_cancel(pol);
	ipsecgw_sadb_policy_gone(pol);
	RCU_INIT_POINTER(pol->tunnel, NULL);
	ipsecgw_policy_put(pol);
}

static void unstage(struct ipsecgw_policy *pol)
{
	hlist_del_init(&pol->id_node);
	pol->ign->policy_staged--;
	policy_end(pol);
}

/* --- changes --------------------------------------------------------------- */

static u32 count_after(const struct ipsecgw_map *map,
		       const struct rb_root *changes, bool flush)
{
	struct ipsecgw_change *c;
	struct rb_node *n;
	u32 count = flush ? 0 : map->n_rules;

	for (n = rb_first(changes); n; n = rb_next(n)) {
		c = change_of(n);
		if (!flush && ipsecgw_spd_rule_at(map, place_of_change(c)))
			count--;
		if (c->pol)
			count++;
	}
	return count;
}

static void take_out(struct ipsecgw_policy *pol, struct hlist_head *gone)
{
	rb_erase(&pol->node, &pol->map->rules);
	pol->map->n_rules--;
	pol->ign->policy_count--;
	hlist_del(&pol->id_node);
	hlist_add_head(&pol->id_node, gone);
}

static void put_in(struct ipsecgw_policy *pol)
{
	pol->staged = false;
	pol->ign->policy_staged--;
	pol->ign->policy_count++;
	pol->map->n_rules++;
	rcu_assign_pointer(pol->tunnel, pol->map->tunnel);
	rb_add(&pol->node, &pol->map->rules, rule_less);
}

static void take_out_all(struct ipsecgw_map *map, const struct rb_root *changes,
			 struct hlist_head *gone)
{
	struct ipsecgw_policy *pol, *next;
	struct ipsecgw_change *c;

	for (pol = rule_of(rb_first(&map->rules)); pol; pol = next) {
		next = rule_of(rb_next(&pol->node));
		c = change_at(changes, ipsecgw_place_of(pol));
		if (!c || !c->pol)
			take_out(pol, gone);
	}
}

/* Frees the change. What goes out is collected, it may still be published. */
static void apply(struct ipsecgw_map *map, struct ipsecgw_change *c,
		  struct hlist_head *gone)
{
	struct ipsecgw_policy *old =
		ipsecgw_spd_rule_at(map, place_of_change(c));
	struct ipsecgw_policy *pol = c->pol;

	kfree(c);
	if (old && pol && ipsecgw_spd_same(old, pol)) {
		/* The rule stays, with its SAs and counters. */
		spin_lock_bh(&old->sa_lock);
		old->cfg.n_peers = pol->cfg.n_peers;
		memcpy(old->cfg.peer_family, pol->cfg.peer_family,
		       sizeof(old->cfg.peer_family));
		memcpy(old->cfg.peers, pol->cfg.peers, sizeof(old->cfg.peers));
		spin_unlock_bh(&old->sa_lock);
		unstage(pol);
		return;
	}
	if (old)
		take_out(old, gone);
	if (pol)
		put_in(pol);
}

static int commit(struct ipsecgw_map *map, struct rb_root *changes, bool flush)
{
	u32 n = count_after(map, changes, flush);
	struct ipsecgw_net *ign = map->ign;
	struct ipsecgw_ruleset *rs = NULL;
	struct ipsecgw_policy *pol;
	struct hlist_node *next;
	struct rb_node *node;
	HLIST_HEAD(gone);

	if (n > map->n_rules &&
	    ign->policy_count - map->n_rules + n > ign->conf.max_policies)
		return -ENOSPC;
	if (!list_empty(&map->binds)) {
		rs = make_set(map, changes, flush, n);
		if (!rs)
			return -ENOMEM;
	}
	/* From here on nothing fails. */
	if (flush)
		take_out_all(map, changes, &gone);
	while ((node = rb_first(changes))) {
		rb_erase(node, changes);
		apply(map, change_of(node), &gone);
	}
	publish(map, rs);
	hlist_for_each_entry_safe(pol, next, &gone, id_node) {
		hlist_del_init(&pol->id_node);
		policy_end(pol);
		cond_resched();
	}
	return 0;
}

/**
 * ipsecgw_spd_apply_one() - put one change in force at once
 * @map: map
 * @c: change; freed unless this fails
 *
 * Context: process, ign->lock is held.
 * Return: 0 or a negative error.
 */
int ipsecgw_spd_apply_one(struct ipsecgw_map *map, struct ipsecgw_change *c)
{
	struct rb_root single = RB_ROOT;

	rb_add(&c->node, &single, change_less);
	return commit(map, &single, false);
}

/**
 * ipsecgw_spd_apply_flush() - remove all rules at once
 * @map: map
 *
 * Context: process, ign->lock is held.
 * Return: 0 or a negative error.
 */
int ipsecgw_spd_apply_flush(struct ipsecgw_map *map)
{
	struct rb_root none = RB_ROOT;

	return commit(map, &none, true);
}

/**
 * ipsecgw_spd_apply_staged() - put the changes that wait in force
 * @map: map
 *
 * Context: process, ign->lock is held.
 * Return: 0 or a negative error; then the changes still wait.
 */
int ipsecgw_spd_apply_staged(struct ipsecgw_map *map)
{
	int err = commit(map, &map->changes, map->flush);

	if (!err) {
		map->flush = false;
		map->n_changes = 0;
	}
	return err;
}

/**
 * ipsecgw_spd_stage() - let a change wait for the commit
 * @map: map
 * @c: change; takes the place of one for the same place
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_spd_stage(struct ipsecgw_map *map, struct ipsecgw_change *c)
{
	struct ipsecgw_change *old;

	old = change_at(&map->changes, place_of_change(c));
	if (old)
		ipsecgw_spd_unstage(map, old);
	rb_add(&c->node, &map->changes, change_less);
	map->n_changes++;
}

/**
 * ipsecgw_spd_stage_flush() - let the commit begin with an empty map
 * @map: map; changes that wait already are forgotten
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_spd_stage_flush(struct ipsecgw_map *map)
{
	ipsecgw_spd_unstage_all(map);
	map->flush = true;
	map->n_changes++;
}

/**
 * ipsecgw_spd_unstage() - forget a change that waits
 * @map: map
 * @c: change, freed, its rule with it
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_spd_unstage(struct ipsecgw_map *map, struct ipsecgw_change *c)
{
	rb_erase(&c->node, &map->changes);
	map->n_changes--;
	if (c->pol)
		unstage(c->pol);
	kfree(c);
}

/**
 * ipsecgw_spd_unstage_all() - forget all changes that wait
 * @map: map
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_spd_unstage_all(struct ipsecgw_map *map)
{
	struct rb_node *node;

	while ((node = rb_first(&map->changes))) {
		ipsecgw_spd_unstage(map, change_of(node));
		cond_resched();
	}
	map->flush = false;
	map->n_changes = 0;
}
