/* SPDX-License-Identifier: GPL-2.0-only */
/* Crypto maps: rules, their order, and the interfaces they are bound to. */
#ifndef IPSECGW_SPD_H
#define IPSECGW_SPD_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include "addr.h"
#include "stats.h"

struct ipsecgw_acquire;
struct ipsecgw_bind;
struct ipsecgw_map;
struct ipsecgw_net;
struct ipsecgw_sa;
struct net_device;
struct netlink_ext_ack;

/**
 * struct ipsecgw_policy_key - how a request names a rule
 * @id: number of the rule, 0 to go by the other three
 * @map: crypto map
 * @seq: sequence number of the entry
 * @index: order within the entry
 */
struct ipsecgw_policy_key {
	u32 id;
	char map[IPSECGW_MAP_NAME_SIZE];
	u32 seq;
	u32 index;
};

/**
 * struct ipsecgw_policy_config - a rule as a request describes it
 * @key: where it goes; @key.id 0 lets the kernel choose
 * @action: enum ipsecgw_action
 * @ivrf: VRF that packets must come from, 0 for any
 * @n_peers: entries in @peers
 * @peer_family: AF_INET or AF_INET6 of each peer
 * @sel: outbound traffic
 * @peers: in order of preference
 */
struct ipsecgw_policy_config {
	struct ipsecgw_policy_key key;
	u32 ivrf;
	u8 action;
	u8 n_peers;
	u8 peer_family[IPSECGW_MAX_PEERS];
	struct ipsecgw_selector sel;
	union ipsecgw_addr peers[IPSECGW_MAX_PEERS];
};

/**
 * struct ipsecgw_policy - one rule of a crypto map: an access list line
 * @out: outbound SA for new packets, NULL while there is none
 * @ign: namespace
 * @map: crypto map, valid while the rule is in it; read under ign->lock
 * @tunnel: interface of the map, if it is a tunnel interface; RCU
 * @cfg: as configured; constant but for its peers; @sa_lock
 * @ref: references
 * @sa_lock: protects @sas, @n_in, @n_out, @past, changes of @out and the peers
 *	in @cfg
 * @sas: SAs that serve the rule, newest first, until they are freed
 * @n_in: inbound ones among them that are not deleted
 * @n_out: outbound ones
 * @past: counters of SAs that are no more
 * @err: drops that belong to no SA, by class
 * @acq: acquire that waits for an answer, private to acquire.c
 * @dead: no longer in the map; new packets do not match it
 * @staged: waits for a commit of its map; ign->lock
 * @node: in its map, by sequence number and index; ign->lock
 * @id_node: in the table of rules by number; ign->lock
 * @rcu: deferred free
 */
struct ipsecgw_policy {
	struct ipsecgw_sa __rcu *out;
	struct ipsecgw_net *ign;
	struct ipsecgw_map *map;
	struct net_device __rcu *tunnel;
	struct ipsecgw_policy_config cfg;
	refcount_t ref;
	spinlock_t sa_lock; /* protects sas, n_in, n_out, past, out, peers */
	struct list_head sas;
	u32 n_in;
	u32 n_out;
	struct ipsecgw_sum past;
	atomic64_t err[IPSECGW_ERR_MAX];
	struct ipsecgw_acquire __rcu *acq;
	bool dead;
	bool staged;
	struct rb_node node;
	struct hlist_node id_node;
	struct rcu_head rcu;
};

int ipsecgw_spd_net_init(struct ipsecgw_net *ign);
void ipsecgw_spd_net_exit(struct ipsecgw_net *ign);

int ipsecgw_spd_add(struct ipsecgw_net *ign,
		    const struct ipsecgw_policy_config *cfg, bool staged,
		    u32 *id, struct netlink_ext_ack *extack);
int ipsecgw_spd_del(struct ipsecgw_net *ign,
		    const struct ipsecgw_policy_key *key, bool staged,
		    struct netlink_ext_ack *extack);
int ipsecgw_spd_flush(struct ipsecgw_net *ign, const char *map, bool staged,
		      u32 *count, struct netlink_ext_ack *extack);
int ipsecgw_spd_commit(struct ipsecgw_net *ign, const char *map,
		       struct netlink_ext_ack *extack);
struct ipsecgw_policy *ipsecgw_spd_find(struct ipsecgw_net *ign,
					const struct ipsecgw_policy_key *key);
struct ipsecgw_policy *ipsecgw_spd_next(struct ipsecgw_net *ign,
					const struct ipsecgw_policy_key *after);

struct ipsecgw_policy *ipsecgw_policy_hold(struct ipsecgw_policy *pol);
bool ipsecgw_policy_tryhold(struct ipsecgw_policy *pol);
void ipsecgw_policy_put(struct ipsecgw_policy *pol);

#endif
