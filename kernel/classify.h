/* SPDX-License-Identifier: GPL-2.0-only */
/* Which rule of an ordered set matches a packet. Pure: also built in userland. */
#ifndef IPSECGW_CLASSIFY_H
#define IPSECGW_CLASSIFY_H

#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include "addr.h"

struct ipsecgw_index;
struct ipsecgw_policy;

/**
 * struct ipsecgw_rule - one rule of a set
 * @sel: traffic
 * @pol: whose it is; the set holds no reference, see ipsecgw_ruleset_free_rcu()
 * @skip: where to go on after IPSECGW_ACTION_NEXT
 * @vrf: that packets must come from, 0 for any
 * @action: enum ipsecgw_action
 */
struct ipsecgw_rule {
	struct ipsecgw_selector sel;
	struct ipsecgw_policy *pol;
	u32 skip;
	u32 vrf;
	u8 action;
};

/**
 * struct ipsecgw_flow_slot - a remembered result
 * @flow: packet
 * @result: 0 for an empty slot, 1 for no rule, else number of the rule plus 2
 */
struct ipsecgw_flow_slot {
	struct ipsecgw_flow flow;
	u32 result;
};

/**
 * struct ipsecgw_ruleset - rules in order; never changes once it is built
 * @n: rules
 * @can_protect: there is a rule with IPSECGW_ACTION_PROTECT
 * @has_vrf: there is a rule for one VRF only
 * @seed: of the hashes
 * @exact: index for whole packets, NULL in a short set
 * @addr: index by addresses alone, for fragments, NULL in a short set
 * @cache: results of late, per CPU, or NULL; they go with the set
 * @rcu: deferred free
 * @rules: the rules, first match wins
 */
struct ipsecgw_ruleset {
	u32 n;
	bool can_protect;
	bool has_vrf;
	u64 seed;
	struct ipsecgw_index *exact;
	struct ipsecgw_index *addr;
	struct ipsecgw_flow_slot __percpu *cache;
	struct rcu_head rcu;
	struct ipsecgw_rule rules[];
};

struct ipsecgw_ruleset *ipsecgw_ruleset_alloc(u32 n);
int ipsecgw_ruleset_build(struct ipsecgw_ruleset *rs);
void ipsecgw_ruleset_free(struct ipsecgw_ruleset *rs);
void ipsecgw_ruleset_free_rcu(struct ipsecgw_ruleset *rs);

const struct ipsecgw_rule *
ipsecgw_ruleset_lookup(const struct ipsecgw_ruleset *rs,
		       const struct ipsecgw_flow *flow, u32 from);
const struct ipsecgw_rule *
ipsecgw_ruleset_classify(const struct ipsecgw_ruleset *rs,
			 const struct ipsecgw_flow *flow, bool *unsure);

#endif
