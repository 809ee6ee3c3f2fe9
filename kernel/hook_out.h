/* SPDX-License-Identifier: GPL-2.0-only */
/* Where clear packets enter: the output hook. */
#ifndef IPSECGW_HOOK_OUT_H
#define IPSECGW_HOOK_OUT_H

#include <linux/types.h>

struct ipsecgw_bind;
struct ipsecgw_flow;
struct ipsecgw_net;
struct ipsecgw_policy;
struct ipsecgw_sa;
struct net;
struct sk_buff;

int ipsecgw_hook_out_start(struct net *net);
void ipsecgw_hook_out_stop(struct net *net);
struct ipsecgw_sa *ipsecgw_hook_out_select(struct ipsecgw_policy *pol,
					   const struct ipsecgw_flow *flow);
int ipsecgw_hook_out_routed(struct ipsecgw_bind *bind, struct sk_buff *skb);
void ipsecgw_hook_out_resume(struct ipsecgw_net *ign, u32 ifindex,
			     struct sk_buff *skb);

#endif
