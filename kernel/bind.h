/* SPDX-License-Identifier: GPL-2.0-only */
/* Crypto maps and the interfaces that they protect, as the hooks see them. */
#ifndef IPSECGW_BIND_H
#define IPSECGW_BIND_H

#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rbtree.h>
#include <linux/rculist.h>
#include "addr.h"
#include "priv.h"
#include "spd.h"

struct ipsecgw_ruleset;

/**
 * struct ipsecgw_map - a crypto map
 * @list: in ign->maps, by name; ign->lock
 * @ign: namespace
 * @name: its name
 * @rules: policies in force, by sequence number and index; ign->lock
 * @n_rules: how many
 * @changes: struct ipsecgw_change that wait for a commit, in the same order
 * @n_changes: how many
 * @flush: the commit begins with the removal of all rules
 * @binds: interfaces; ign->lock
 * @tunnel: its only interface, if that is a tunnel interface; ign->lock
 * @is_routed: its last interface was one: SAs are for such an interface, and for
 *	no other even when there is none; ign->lock
 * @set: what is published to them, NULL while there is no interface; ign->lock
 */
struct ipsecgw_map {
	struct list_head list;
	struct ipsecgw_net *ign;
	char name[IPSECGW_MAP_NAME_SIZE];
	struct rb_root rules;
	u32 n_rules;
	struct rb_root changes;
	u32 n_changes;
	bool flush;
	struct list_head binds;
	struct net_device *tunnel;
	bool is_routed;
	struct ipsecgw_ruleset *set;
};

/**
 * struct ipsecgw_bind - a crypto map on an interface
 * @node: in ign->binds; RCU
 * @rules: what to do with packets; RCU, never NULL once published
 * @ifindex: interface
 * @mark_in: in skb->napi_id, of packets that were decrypted
 * @mark_out: in skb->napi_id, of packets that passed the output hook
 * @ign: namespace
 * @dev: interface; a reference is held
 * @dev_tracker: that reference
 * @map: crypto map; ign->lock
 * @map_list: in map->binds; ign->lock
 * @is_tunnel: the interface is a tunnel interface: no marks, no hooks
 * @has_local4: @local4 was given
 * @has_local6: @local6 was given
 * @local4: our IPv4 address
 * @local6: our IPv6 address
 * @no_sa_drops: packets dropped because no SA existed
 * @clear_drops: clear packets received that a rule protects
 * @egress: hook on the interface, the leak guard
 * @napi_in: owns the number @mark_in
 * @napi_out: owns the number @mark_out
 * @rcu: deferred free
 */
struct ipsecgw_bind {
	struct hlist_node node;
	struct ipsecgw_ruleset __rcu *rules;
	u32 ifindex;
	u32 mark_in;
	u32 mark_out;
	struct ipsecgw_net *ign;
	struct net_device *dev;
	netdevice_tracker dev_tracker;
	struct ipsecgw_map *map;
	struct list_head map_list;
	bool is_tunnel;
	bool has_local4;
	bool has_local6;
	union ipsecgw_addr local4;
	union ipsecgw_addr local6;
	atomic64_t no_sa_drops;
	atomic64_t clear_drops;
	struct nf_hook_ops egress;
	struct napi_struct napi_in;
	struct napi_struct napi_out;
	struct rcu_head rcu;
};

/**
 * ipsecgw_bind_lookup() - the binding of an interface
 * @ign: namespace
 * @ifindex: interface
 *
 * Context: RCU read side.
 * Return: binding, or NULL if the interface has none.
 */
static inline struct ipsecgw_bind *ipsecgw_bind_lookup(struct ipsecgw_net *ign,
						       u32 ifindex)
{
	struct ipsecgw_bind *bind;

	hlist_for_each_entry_rcu(bind, &ign->binds[ifindex % IPSECGW_BIND_HASH],
				 node)
		if (bind->ifindex == ifindex)
			return bind;
	return NULL;
}

/**
 * ipsecgw_bind_guarded() - the binding of an interface that hooks look after
 * @ign: namespace
 * @ifindex: interface
 *
 * Context: RCU read side.
 * Return: binding, or NULL if the interface has none or is a tunnel interface.
 */
static inline struct ipsecgw_bind *ipsecgw_bind_guarded(struct ipsecgw_net *ign,
							u32 ifindex)
{
	struct ipsecgw_bind *bind = ipsecgw_bind_lookup(ign, ifindex);

	return bind && !bind->is_tunnel ? bind : NULL;
}

int ipsecgw_bind_init(void);
void ipsecgw_bind_exit(void);
void ipsecgw_bind_mark(struct ipsecgw_net *ign, struct sk_buff *skb);
bool ipsecgw_bind_local(const struct ipsecgw_bind *bind, u8 family,
			union ipsecgw_addr *local);

/* spd.c; with ign->lock held. */
struct ipsecgw_map *ipsecgw_map_find(struct ipsecgw_net *ign, const char *name);
struct ipsecgw_map *ipsecgw_map_get(struct ipsecgw_net *ign, const char *name);
void ipsecgw_map_forget(struct ipsecgw_map *map);
struct ipsecgw_ruleset *ipsecgw_map_ruleset(struct ipsecgw_map *map);

#endif
