/* SPDX-License-Identifier: GPL-2.0-only */
/* The places of a crypto map, and how a set of changes takes effect at once. */
#ifndef IPSECGW_SPD_COMMIT_H
#define IPSECGW_SPD_COMMIT_H

#include <linux/rbtree.h>
#include <linux/string.h>
#include "bind.h"
#include "spd.h"

/**
 * struct ipsecgw_change - what becomes of one place in a map
 * @node: among the changes, by place
 * @seq: sequence number
 * @index: order within the entry
 * @pol: new rule, NULL for none
 */
struct ipsecgw_change {
	struct rb_node node;
	u32 seq;
	u32 index;
	struct ipsecgw_policy *pol;
};

/**
 * ipsecgw_place() - sequence number and index as one number
 * @seq: sequence number
 * @index: order within the entry
 *
 * Return: place in a map.
 */
static inline u64 ipsecgw_place(u32 seq, u32 index)
{
	return (u64)seq << 32 | index;
}

/**
 * ipsecgw_place_of() - where a rule stands
 * @pol: rule
 *
 * Return: its place.
 */
static inline u64 ipsecgw_place_of(const struct ipsecgw_policy *pol)
{
	return ipsecgw_place(pol->cfg.key.seq, pol->cfg.key.index);
}

/**
 * ipsecgw_spd_same() - are two rules the same but for their peers
 * @a: one
 * @b: the other
 *
 * Return: true if number, traffic, VRF and action are.
 */
static inline bool ipsecgw_spd_same(const struct ipsecgw_policy *a,
				    const struct ipsecgw_policy *b)
{
	return a->cfg.action == b->cfg.action && a->cfg.ivrf == b->cfg.ivrf &&
	       a->cfg.key.id == b->cfg.key.id &&
	       !memcmp(&a->cfg.sel, &b->cfg.sel, sizeof(a->cfg.sel));
}

/* All with ign->lock held. */
struct ipsecgw_policy *ipsecgw_spd_rule_from(const struct ipsecgw_map *map,
					     u64 at);
struct ipsecgw_policy *ipsecgw_spd_rule_at(const struct ipsecgw_map *map,
					   u64 at);
struct ipsecgw_change *ipsecgw_spd_change_at(const struct ipsecgw_map *map,
					     u64 at);
int ipsecgw_spd_apply_one(struct ipsecgw_map *map, struct ipsecgw_change *c);
int ipsecgw_spd_apply_flush(struct ipsecgw_map *map);
int ipsecgw_spd_apply_staged(struct ipsecgw_map *map);
void ipsecgw_spd_stage(struct ipsecgw_map *map, struct ipsecgw_change *c);
void ipsecgw_spd_stage_flush(struct ipsecgw_map *map);
void ipsecgw_spd_unstage(struct ipsecgw_map *map, struct ipsecgw_change *c);
void ipsecgw_spd_unstage_all(struct ipsecgw_map *map);

#endif
