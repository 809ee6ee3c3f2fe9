/* SPDX-License-Identifier: GPL-2.0-only */
/* One SA: create from a config struct, hold, put, state, wipe, free. */
#ifndef IPSECGW_SA_H
#define IPSECGW_SA_H

#include <linux/jiffies.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/workqueue.h>
#include "sa_config.h"
#include "sa_part.h"
#include "stats.h"

struct ipsecgw_net;
struct ipsecgw_policy;
struct netlink_ext_ack;

/**
 * struct ipsecgw_sa - one security association, one direction
 * @node: in the table of its direction
 * @spi: network byte order
 * @proto: enum ipsecgw_proto
 * @dir: enum ipsecgw_dir
 * @mode: enum ipsecgw_mode
 * @family: AF_INET or AF_INET6 of @local and @remote
 * @state: enum ipsecgw_sa_state; READ_ONCE(); if chosen, under policy->sa_lock
 * @df: enum ipsecgw_df
 * @dscp: outer DSCP, already shifted, with IPSECGW_SA_FLAGS_SET_DSCP
 * @icv_len: octets
 * @flags: enum ipsecgw_sa_flags
 * @encap_local: UDP port in network byte order, 0 for plain ESP
 * @encap_remote: the peer's
 * @fvrf: VRF of @local and @remote, 0 for any
 * @ivrf: VRF of the inner traffic, 0 for that of the interface
 * @salt: start of each nonce
 * @n_sel: entries in @sel
 * @head_len: octets of the ESP header with its IV, or of the AH header
 * @key_bits: length of the cipher key
 * @is_routed: what it carries comes in through a tunnel interface, or not at all
 * @plain: ESP and nothing else
 * @how: what becomes of packets beside their protection
 * @alg: transform of ESP
 * @tfm: keyed cipher, NULL in a larval SA and in one without ESP
 * @ign: namespace
 * @policy: rule that the SA serves, or NULL; constant once the SA is added
 * @cpu: per-CPU counters
 * @in: inbound part
 * @out: outbound part
 * @remote: peer
 * @local: our address
 * @sel: inner traffic, in the direction of the SA
 * @life: limits
 * @last_used: jiffies of the last packet, 0 before it
 * @idle_told: @last_used when the idle time was told; ign->lock
 * @roam_next: jiffies before which no mapping event is raised
 * @added: seconds of boot time
 * @id: connection number
 * @cipher: enum ipsecgw_cipher
 * @integ: enum ipsecgw_integ
 * @dead: taken out of the tables
 * @ref: references; the tables hold one
 * @inflight: packets that an asynchronous cipher has
 * @err: drops by class
 * @policy_list: in policy->sas; policy->sa_lock
 * @timer_node: in the namespace's tree of deadlines; ign->lock
 * @deadline: seconds of boot time when something is due, 0 for never; ign->lock
 * @mac: keyed hash of AH, or NULL
 * @free_work: frees in process context after a grace period
 */
struct ipsecgw_sa {
	struct rhash_head node;
	__be32 spi;
	u8 proto;
	u8 dir;
	u8 mode;
	u8 family;
	u8 state;
	u8 df;
	u8 dscp;
	u8 icv_len;
	u32 flags;
	__be16 encap_local, encap_remote;
	u32 fvrf, ivrf;
	u8 salt[4];
	u8 n_sel;
	u8 head_len;
	u16 key_bits;
	bool is_routed, plain;
	struct ipsecgw_handling how;
	const struct ipsecgw_alg_cipher *alg;
	struct crypto_aead *tfm;
	struct ipsecgw_net *ign;
	struct ipsecgw_policy *policy;
	struct ipsecgw_sa_cpu __percpu *cpu;
	union {
		struct ipsecgw_sa_in *in;
		struct ipsecgw_sa_out *out;
	};
	union ipsecgw_addr remote;
	union ipsecgw_addr local;
	struct ipsecgw_selector *sel;
	struct ipsecgw_lifetime life;
	unsigned long last_used;
	unsigned long idle_told;
	unsigned long roam_next;
	u64 added;
	u32 id;
	u8 cipher, integ;
	bool dead;
	refcount_t ref;
	atomic_t inflight;
	atomic64_t err[IPSECGW_ERR_MAX];
	struct list_head policy_list;
	struct rb_node timer_node;
	u64 deadline;
	struct crypto_shash *mac;
	struct rcu_work free_work;
};

/**
 * ipsecgw_sa_used() - note that a packet has passed, with one write a tick
 * @sa: SA
 */
static inline void ipsecgw_sa_used(struct ipsecgw_sa *sa)
{
	unsigned long now = jiffies;

	if (READ_ONCE(sa->last_used) != now)
		WRITE_ONCE(sa->last_used, now);
}

struct ipsecgw_sa *ipsecgw_sa_create(struct ipsecgw_net *ign,
				     const struct ipsecgw_sa_config *cfg,
				     struct netlink_ext_ack *extack);
struct ipsecgw_sa *ipsecgw_sa_hold(struct ipsecgw_sa *sa);
bool ipsecgw_sa_tryhold(struct ipsecgw_sa *sa);
void ipsecgw_sa_put(struct ipsecgw_sa *sa);
void ipsecgw_sa_drain(struct ipsecgw_net *ign);
void ipsecgw_sa_set_endpoint(struct ipsecgw_sa *sa,
			     const union ipsecgw_addr *local,
			     const union ipsecgw_addr *remote, __be16 port);
void ipsecgw_sa_sum(const struct ipsecgw_sa *sa, struct ipsecgw_sum *sum);
void ipsecgw_sa_set_limits(struct ipsecgw_sa *sa,
			   const struct ipsecgw_limits *soft,
			   const struct ipsecgw_limits *hard);
u32 ipsecgw_sa_plain_mtu(const struct ipsecgw_sa *sa, u32 path_mtu);
u64 ipsecgw_sa_seq(const struct ipsecgw_sa *sa);
const char *ipsecgw_sa_driver(const struct ipsecgw_sa *sa);

#endif
