// SPDX-License-Identifier: GPL-2.0-only
// The one drop function: count the named reason, free the skb.
#include "drop.h"

#include <linux/skbuff.h>
#include "sa.h"
#include "spd.h"

/**
 * ipsecgw_drop() - drop a packet and count why
 * @ign: namespace
 * @sa: SA that it belonged to, or NULL
 * @skb: packet, freed
 * @why: reason
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_drop(struct ipsecgw_net *ign, struct ipsecgw_sa *sa,
		  struct sk_buff *skb, enum ipsecgw_drop why)
{
	if (sa && why != IPSECGW_DROP_IN_DUMMY)
		atomic64_inc(&sa->err[ipsecgw_stats_class(why)]);
	ipsecgw_stats_drop(ign, why);
	kfree_skb(skb);
}

/**
 * ipsecgw_drop_policy() - drop a packet that has a rule but no SA
 * @ign: namespace
 * @pol: rule
 * @skb: packet, freed
 * @why: reason
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_drop_policy(struct ipsecgw_net *ign, struct ipsecgw_policy *pol,
			 struct sk_buff *skb, enum ipsecgw_drop why)
{
	atomic64_inc(&pol->err[ipsecgw_stats_class(why)]);
	ipsecgw_drop(ign, NULL, skb, why);
}
