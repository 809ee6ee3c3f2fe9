// SPDX-License-Identifier: GPL-2.0-only
// Crypto maps and their rules: what requests do to them.
#include "spd.h"

#include <linux/netlink.h>
#include <linux/slab.h>
#include "bind.h"
#include "priv.h"
#include "spd_commit.h"

static const char table_full[] =
	"the table of rules is full, see conf max-policies";
static const char out_of_memory[] = "out of memory";
static const char going_away[] = "the network namespace is going away";
static const char no_map[] = "no crypto map of that name";
static const char no_rule[] =
	"no rule with that number, or with that crypto map, seq and index";

static int refuse(struct netlink_ext_ack *extack, int err, const char *why)
{
	if (extack)
		extack->_msg = why;
	return err;
}

/* The sentence for what a commit returns. */
static int result(int err, struct netlink_ext_ack *extack)
{
	if (err)
		refuse(extack, err,
		       err == -ENOSPC ? table_full : out_of_memory);
	return err;
}

/* --- rules as objects ---------------------------------------------------- */

/**
 * ipsecgw_policy_hold() - take a reference
 * @pol: rule
 *
 * Return: @pol.
 */
struct ipsecgw_policy *ipsecgw_policy_hold(struct ipsecgw_policy *pol)
{
	refcount_inc(&pol->ref);
	return pol;
}

/**
 * ipsecgw_policy_tryhold() - take a reference, if there is one left
 * @pol: rule, found under RCU
 *
 * Return: false if the rule is being freed.
 */
bool ipsecgw_policy_tryhold(struct ipsecgw_policy *pol)
{
	return refcount_inc_not_zero(&pol->ref);
}

/**
 * ipsecgw_policy_put() - give a reference back
 * @pol: rule; packets may look at it until the end of a grace period
 *
 * Context: any.
 */
void ipsecgw_policy_put(struct ipsecgw_policy *pol)
{
	if (refcount_dec_and_test(&pol->ref))
		kfree_rcu(pol, rcu);
}

static struct hlist_head *id_bucket(struct ipsecgw_net *ign, u32 id)
{
	return &ign->policies[id % IPSECGW_POLICY_HASH];
}

/* The rule in force if there is one, else the one that waits. */
static struct ipsecgw_policy *find_id(struct ipsecgw_net *ign, u32 id)
{
	struct ipsecgw_policy *pol, *staged = NULL;

	hlist_for_each_entry(pol, id_bucket(ign, id), id_node) {
		if (pol->cfg.key.id != id)
			continue;
		if (!pol->staged)
			return pol;
		staged = pol;
	}
	return staged;
}

static struct ipsecgw_policy *
policy_create(struct ipsecgw_net *ign, const struct ipsecgw_policy_config *cfg)
{
	struct ipsecgw_policy *pol;
	int i;

	pol = kzalloc(sizeof(*pol), GFP_KERNEL_ACCOUNT);
	if (!pol)
		return NULL;
	pol->ign = ign;
	pol->cfg = *cfg;
	for (i = 0; i < 4; i++) {
		pol->cfg.sel.src.w[i] &= cfg->sel.src_mask.w[i];
		pol->cfg.sel.dst.w[i] &= cfg->sel.dst_mask.w[i];
	}
	refcount_set(&pol->ref, 1);
	spin_lock_init(&pol->sa_lock);
	INIT_LIST_HEAD(&pol->sas);
	pol->staged = true;
	return pol;
}

/* --- maps ---------------------------------------------------------------- */

/**
 * ipsecgw_map_find() - a map by name
 * @ign: namespace
 * @name: name
 *
 * Context: process, ign->lock is held.
 * Return: map, or NULL.
 */
struct ipsecgw_map *ipsecgw_map_find(struct ipsecgw_net *ign, const char *name)
{
	struct ipsecgw_map *map;

	lockdep_assert_held(&ign->lock);
	list_for_each_entry(map, &ign->maps, list)
		if (!strcmp(map->name, name))
			return map;
	return NULL;
}

/**
 * ipsecgw_map_get() - a map by name, created if there is none
 * @ign: namespace
 * @name: name
 *
 * Call ipsecgw_map_forget() if nothing was put into it.
 *
 * Context: process, ign->lock is held.
 * Return: map, or NULL without memory.
 */
struct ipsecgw_map *ipsecgw_map_get(struct ipsecgw_net *ign, const char *name)
{
	struct ipsecgw_map *map, *other;
	struct list_head *before = &ign->maps;

	lockdep_assert_held(&ign->lock);
	list_for_each_entry(other, &ign->maps, list) {
		int diff = strcmp(other->name, name);

		if (!diff)
			return other;
		if (diff > 0) {
			before = &other->list;
			break;
		}
	}
	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return NULL;
	map->ign = ign;
	strscpy(map->name, name, sizeof(map->name));
	map->rules = RB_ROOT;
	map->changes = RB_ROOT;
	INIT_LIST_HEAD(&map->binds);
	list_add_tail(&map->list, before);
	return map;
}

/**
 * ipsecgw_map_forget() - free a map if it is empty
 * @map: map without rules, changes and interfaces, or not
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_map_forget(struct ipsecgw_map *map)
{
	lockdep_assert_held(&map->ign->lock);
	if (map->n_rules || map->n_changes || !list_empty(&map->binds))
		return;
	list_del(&map->list);
	kfree(map);
}

/* --- requests ---------------------------------------------------------------- */

/* Carry a change out, or put it beside the others until the commit. */
static int submit(struct ipsecgw_map *map, struct ipsecgw_change *c,
		  bool staged, struct netlink_ext_ack *extack)
{
	if (!staged)
		return result(ipsecgw_spd_apply_one(map, c), extack);
	ipsecgw_spd_stage(map, c);
	return 0;
}

static int check_config(const struct ipsecgw_policy_config *cfg,
			struct netlink_ext_ack *extack)
{
	const struct ipsecgw_selector *sel = &cfg->sel;
	const char *why = NULL;

	if (!cfg->key.map[0])
		why = "the name of the crypto map is empty";
	else if (cfg->action < IPSECGW_ACTION_PROTECT ||
		 cfg->action > IPSECGW_ACTION_MAX)
		why = "unknown action";
	else if (cfg->n_peers > IPSECGW_MAX_PEERS)
		why = "too many peers";
	else if (sel->family && sel->family != AF_INET &&
		 sel->family != AF_INET6)
		why = "the family of the selector is neither ipv4 nor ipv6";
	else if (!sel->family && (!ipsecgw_addr_any(&sel->src_mask) ||
				  !ipsecgw_addr_any(&sel->dst_mask)))
		why = "a selector with addresses needs a family";
	else if (sel->sport_min > sel->sport_max)
		why = "the range of source ports is empty";
	else if (sel->dport_min > sel->dport_max)
		why = "the range of destination ports is empty";
	if (!why)
		return 0;
	return refuse(extack, -EINVAL, why);
}

/* Will the rule be out of the map after the next commit of this change? */
static bool goes(const struct ipsecgw_map *map,
		 const struct ipsecgw_policy *pol, bool staged)
{
	struct ipsecgw_change *c;

	if (!staged)
		return false;
	c = ipsecgw_spd_change_at(map, ipsecgw_place_of(pol));
	return c ? !c->pol || !ipsecgw_spd_same(pol, c->pol) : map->flush;
}

static bool id_taken(struct ipsecgw_map *map, u32 id, u64 at, bool staged)
{
	struct ipsecgw_policy *pol;

	hlist_for_each_entry(pol, id_bucket(map->ign, id), id_node) {
		if (pol->cfg.key.id != id)
			continue;
		if (pol->map == map && ipsecgw_place_of(pol) == at)
			continue;
		if (pol->staged || pol->map != map || !goes(map, pol, staged))
			return true;
	}
	return false;
}

static int give_id(struct ipsecgw_map *map, struct ipsecgw_policy *pol,
		   bool staged, struct netlink_ext_ack *extack)
{
	struct ipsecgw_policy_key *key = &pol->cfg.key;
	struct ipsecgw_net *ign = map->ign;
	struct ipsecgw_policy *old =
		ipsecgw_spd_rule_at(map, ipsecgw_place_of(pol));

	if (key->id) {
		if (!id_taken(map, key->id, ipsecgw_place_of(pol), staged))
			return 0;
		return refuse(extack, -EEXIST, "another rule has that number");
	}
	if (old) {
		key->id = old->cfg.key.id;
		if (ipsecgw_spd_same(old, pol) &&
		    !id_taken(map, key->id, ipsecgw_place_of(pol), staged))
			return 0;
	}
	do {
		key->id = ++ign->policy_last_id;
	} while (!key->id || find_id(ign, key->id));
	return 0;
}

static int add(struct ipsecgw_net *ign, struct ipsecgw_change *c, bool staged,
	       u32 *id, struct netlink_ext_ack *extack)
{
	struct ipsecgw_policy *pol = c->pol;
	struct ipsecgw_map *map;
	int err;

	if (ign->exiting)
		return refuse(extack, -ENODEV, going_away);
	if (ign->policy_staged >= ign->conf.max_policies)
		return refuse(extack, -ENOSPC, table_full);
	map = ipsecgw_map_get(ign, pol->cfg.key.map);
	if (!map)
		return refuse(extack, -ENOMEM, out_of_memory);
	pol->map = map;
	err = give_id(map, pol, staged, extack);
	if (err)
		goto out_forget;
	hlist_add_head(&pol->id_node, id_bucket(ign, pol->cfg.key.id));
	ign->policy_staged++;
	*id = pol->cfg.key.id;
	err = submit(map, c, staged, extack);
	if (!err)
		return 0;
	hlist_del_init(&pol->id_node);
	ign->policy_staged--;
out_forget:
	ipsecgw_map_forget(map);
	return err;
}

/**
 * ipsecgw_spd_add() - add a rule, or replace the one at its place
 * @ign: namespace
 * @cfg: description
 * @staged: takes effect with the next commit of the map
 * @id: set to the number of the rule
 * @extack: takes the sentence on failure
 *
 * If the rule at that place has the same traffic and action, it stays and only
 * takes over the peers: its SAs and counters live on.
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_spd_add(struct ipsecgw_net *ign,
		    const struct ipsecgw_policy_config *cfg, bool staged,
		    u32 *id, struct netlink_ext_ack *extack)
{
	struct ipsecgw_policy *pol;
	struct ipsecgw_change *c;
	int err;

	err = check_config(cfg, extack);
	if (err)
		return err;
	pol = policy_create(ign, cfg);
	c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	if (!pol || !c) {
		err = refuse(extack, -ENOMEM, out_of_memory);
		goto err_free;
	}
	c->seq = cfg->key.seq;
	c->index = cfg->key.index;
	c->pol = pol;
	mutex_lock(&ign->lock);
	err = add(ign, c, staged, id, extack);
	mutex_unlock(&ign->lock);
	if (!err)
		return 0;
err_free:
	kfree(c);
	kfree(pol);
	return err;
}

static struct ipsecgw_policy *find(struct ipsecgw_net *ign,
				   const struct ipsecgw_policy_key *key)
{
	u64 at = ipsecgw_place(key->seq, key->index);
	struct ipsecgw_policy *pol;
	struct ipsecgw_change *c;
	struct ipsecgw_map *map;

	if (key->id)
		return find_id(ign, key->id);
	map = ipsecgw_map_find(ign, key->map);
	if (!map)
		return NULL;
	pol = ipsecgw_spd_rule_at(map, at);
	if (pol)
		return pol;
	c = ipsecgw_spd_change_at(map, at);
	return c ? c->pol : NULL;
}

/* A staged deletion undoes a staged addition. */
static int stage_del(struct ipsecgw_map *map, struct ipsecgw_change *del,
		     struct netlink_ext_ack *extack)
{
	u64 at = ipsecgw_place(del->seq, del->index);
	struct ipsecgw_change *c;

	c = ipsecgw_spd_change_at(map, at);
	if (c ? !c->pol : map->flush)
		return refuse(extack, -ENOENT, no_rule);
	if (ipsecgw_spd_rule_at(map, at) && !map->flush)
		return submit(map, del, true, extack);
	ipsecgw_spd_unstage(map, c);
	kfree(del);
	return 0;
}

static int del(struct ipsecgw_net *ign, const struct ipsecgw_policy_key *key,
	       struct ipsecgw_change *c, bool staged,
	       struct netlink_ext_ack *extack)
{
	struct ipsecgw_policy *pol = find(ign, key);
	struct ipsecgw_map *map;
	int err;

	if (!pol)
		return refuse(extack, -ENOENT, no_rule);
	map = pol->map;
	c->seq = pol->cfg.key.seq;
	c->index = pol->cfg.key.index;
	if (staged)
		err = stage_del(map, c, extack);
	else if (pol->staged)
		err = refuse(extack, -ENOENT,
			     "the rule is not in force, delete it staged");
	else
		err = submit(map, c, false, extack);
	if (!err)
		ipsecgw_map_forget(map);
	return err;
}

/**
 * ipsecgw_spd_del() - delete a rule, its SAs with it
 * @ign: namespace
 * @key: which
 * @staged: takes effect with the next commit of the map
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_spd_del(struct ipsecgw_net *ign,
		    const struct ipsecgw_policy_key *key, bool staged,
		    struct netlink_ext_ack *extack)
{
	struct ipsecgw_change *c;
	int err;

	c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	if (!c)
		return refuse(extack, -ENOMEM, out_of_memory);
	mutex_lock(&ign->lock);
	err = del(ign, key, c, staged, extack);
	mutex_unlock(&ign->lock);
	if (err)
		kfree(c);
	return err;
}

static int flush_map(struct ipsecgw_map *map, bool staged, u32 *count,
		     struct netlink_ext_ack *extack)
{
	u32 n = map->n_rules;
	int err;

	if (staged) {
		ipsecgw_spd_stage_flush(map);
	} else {
		err = result(ipsecgw_spd_apply_flush(map), extack);
		if (err)
			return err;
		ipsecgw_spd_unstage_all(map);
	}
	*count += n;
	ipsecgw_map_forget(map);
	return 0;
}

/**
 * ipsecgw_spd_flush() - delete all rules, of a map or at all
 * @ign: namespace
 * @name: crypto map, or NULL for all
 * @staged: takes effect with the next commit of the map
 * @count: set to the number of rules in force that go
 * @extack: takes the sentence on failure
 *
 * Changes that wait for a commit are forgotten.
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_spd_flush(struct ipsecgw_net *ign, const char *name, bool staged,
		      u32 *count, struct netlink_ext_ack *extack)
{
	struct ipsecgw_map *map, *next;
	int err = 0;

	*count = 0;
	mutex_lock(&ign->lock);
	list_for_each_entry_safe(map, next, &ign->maps, list) {
		if (name && strcmp(map->name, name))
			continue;
		err = flush_map(map, staged, count, extack);
		if (err)
			break;
	}
	mutex_unlock(&ign->lock);
	return err;
}

/**
 * ipsecgw_spd_commit() - put the changes of a map in force, all at once
 * @ign: namespace
 * @name: crypto map
 * @extack: takes the sentence on failure
 *
 * If it fails, nothing has changed and the changes still wait.
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_spd_commit(struct ipsecgw_net *ign, const char *name,
		       struct netlink_ext_ack *extack)
{
	struct ipsecgw_map *map;
	int err = 0;

	mutex_lock(&ign->lock);
	map = ipsecgw_map_find(ign, name);
	if (!map) {
		err = refuse(extack, -ENOENT, no_map);
	} else if (map->n_changes) {
		err = result(ipsecgw_spd_apply_staged(map), extack);
		if (!err)
			ipsecgw_map_forget(map);
	}
	mutex_unlock(&ign->lock);
	return err;
}

/**
 * ipsecgw_spd_find() - a rule by number, or by map, seq and index
 * @ign: namespace
 * @key: which
 *
 * One in force if there is one, else one that waits for a commit.
 *
 * Context: process, takes ign->lock.
 * Return: rule with a reference, or NULL.
 */
struct ipsecgw_policy *ipsecgw_spd_find(struct ipsecgw_net *ign,
					const struct ipsecgw_policy_key *key)
{
	struct ipsecgw_policy *pol;

	mutex_lock(&ign->lock);
	pol = find(ign, key);
	if (pol)
		ipsecgw_policy_hold(pol);
	mutex_unlock(&ign->lock);
	return pol;
}

static struct ipsecgw_policy *next_rule(struct ipsecgw_net *ign,
					const struct ipsecgw_policy_key *after)
{
	struct ipsecgw_policy *pol;
	struct ipsecgw_map *map;
	int diff;

	list_for_each_entry(map, &ign->maps, list) {
		diff = after ? strcmp(map->name, after->map) : 1;
		if (diff < 0)
			continue;
		if (!diff && after->seq == U32_MAX && after->index == U32_MAX)
			continue;
		pol = ipsecgw_spd_rule_from(
			map,
			diff ? 0 : ipsecgw_place(after->seq, after->index) + 1);
		if (pol)
			return pol;
	}
	return NULL;
}

/**
 * ipsecgw_spd_next() - step of a walk over all rules in force
 * @ign: namespace
 * @after: place of the last one; NULL or an empty map name at first
 *
 * Rules come in order of map name, seq and index, so that a walk sees each rule
 * that lives throughout exactly once, whatever is added and deleted meanwhile.
 *
 * Context: process, takes ign->lock.
 * Return: rule with a reference, or NULL at the end.
 */
struct ipsecgw_policy *ipsecgw_spd_next(struct ipsecgw_net *ign,
					const struct ipsecgw_policy_key *after)
{
	struct ipsecgw_policy *pol;

	mutex_lock(&ign->lock);
	pol = next_rule(ign, after);
	if (pol)
		ipsecgw_policy_hold(pol);
	mutex_unlock(&ign->lock);
	return pol;
}

/**
 * ipsecgw_spd_net_init() - no maps, no rules
 * @ign: namespace
 *
 * Return: 0.
 */
int ipsecgw_spd_net_init(struct ipsecgw_net *ign)
{
	INIT_LIST_HEAD(&ign->maps);
	return 0;
}

/**
 * ipsecgw_spd_net_exit() - delete all rules
 * @ign: namespace, marked exiting, without bindings
 *
 * Context: process, takes ign->lock.
 */
void ipsecgw_spd_net_exit(struct ipsecgw_net *ign)
{
	u32 count;

	/* Without interfaces nothing is to be made, so nothing can fail. */
	ipsecgw_spd_flush(ign, NULL, false, &count, NULL);
	WARN_ON_ONCE(!list_empty(&ign->maps));
}
