/* SPDX-License-Identifier: GPL-2.0-only */
/* struct ipsecgw_net: everything that one network namespace owns. */
#ifndef IPSECGW_PRIV_H
#define IPSECGW_PRIV_H

#include <linux/idr.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

struct ipsecgw_net_stats;

#define IPSECGW_BIND_HASH 16
#define IPSECGW_POLICY_HASH 1024
#define IPSECGW_UNKNOWN_SLOTS 16

/**
 * struct ipsecgw_conf - settings of a namespace
 * @exclusive: unknown SPIs are consumed here, not left to XFRM
 * @max_sas: limit on SAs, reserved SPIs included
 * @max_policies: limit on rules
 * @max_acquires: limit on acquires without an answer
 * @hold_packets: packets held per rule while an SA is negotiated
 * @acquire_timeout: seconds until held packets are dropped
 * @larval_timeout: seconds that a reserved SPI lives
 * @drop_threshold: drops of one reason between two events, 0 for none
 */
struct ipsecgw_conf {
	bool exclusive;
	u32 max_sas;
	u32 max_policies;
	u32 max_acquires;
	u32 hold_packets;
	u32 acquire_timeout;
	u32 larval_timeout;
	u32 drop_threshold;
};

/**
 * struct ipsecgw_net - everything that one network namespace owns
 * @net: the namespace
 * @lock: serialises every change of SAs, rules, bindings and settings
 * @conf: settings; written under @lock, READ_ONCE() elsewhere
 * @exiting: nothing new is accepted
 * @stats: per-CPU counters
 * @sa_in: inbound SAs by SPI
 * @sa_out: outbound SAs by peer and SPI
 * @sa_ids: all SAs by connection number; @lock, lookups under RCU
 * @sa_count: SAs in the tables; @lock
 * @sa_next_id: connection number to try next, even; @lock
 * @sa_live: SAs not freed yet
 * @sa_timers: SAs by deadline; @lock
 * @sa_timer_work: handles what is due in @sa_timers
 * @maps: crypto maps; @lock
 * @binds: bindings by ifindex; @lock, lookups under RCU
 * @bind_count: bindings that hooks look after; @lock
 * @policies: rules by number; @lock
 * @policy_count: rules in force; @lock
 * @policy_staged: rules that wait for a commit; @lock
 * @policy_last_id: number given last; @lock
 * @acquires: pending acquires; private to acquire.c
 * @acquire_lock: protects them and what is in them
 * @acquire_work: asks again, gives up, sends what waited
 * @acquire_count: how many
 * @encaps: UDP sockets handed over; @lock, lookups under RCU
 * @unknown_told: when an unknown SPI was last told, by hash of the sender
 * @ctl4: sender of our own IPv4 output, so that hooks recognise it
 * @ctl6: the same for IPv6
 */
struct ipsecgw_net {
	struct net *net;
	struct mutex lock; /* serialises every change, see above */
	struct ipsecgw_conf conf;
	bool exiting;
	struct ipsecgw_net_stats __percpu *stats;
	struct rhashtable sa_in;
	struct rhashtable sa_out;
	struct idr sa_ids;
	u32 sa_count;
	u32 sa_next_id;
	atomic_t sa_live;
	struct rb_root_cached sa_timers;
	struct delayed_work sa_timer_work;
	struct list_head maps;
	struct hlist_head binds[IPSECGW_BIND_HASH];
	u32 bind_count;
	struct hlist_head policies[IPSECGW_POLICY_HASH];
	u32 policy_count;
	u32 policy_staged;
	u32 policy_last_id;
	struct list_head acquires;
	spinlock_t acquire_lock; /* protects acquires, acquire_count */
	struct delayed_work acquire_work;
	u32 acquire_count;
	struct list_head encaps;
	unsigned long unknown_told[IPSECGW_UNKNOWN_SLOTS];
	struct sock *ctl4;
	struct sock *ctl6;
};

extern unsigned int ipsecgw_net_id;
extern struct workqueue_struct *ipsecgw_wq;

/**
 * ipsecgw_net() - our part of a network namespace
 * @net: namespace
 *
 * Return: it; valid from the namespace's init to its exit.
 */
static inline struct ipsecgw_net *ipsecgw_net(const struct net *net)
{
	return net_generic(net, ipsecgw_net_id);
}

/**
 * ipsecgw_net_rcu() - the same for every packet, a little cheaper
 * @net: namespace
 *
 * Context: RCU read side.
 * Return: it; valid from the namespace's init to its exit.
 */
static inline struct ipsecgw_net *ipsecgw_net_rcu(const struct net *net)
{
	return rcu_dereference(net->gen)->ptr[ipsecgw_net_id];
}

#endif
