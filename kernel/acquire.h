/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that wait for an SA, and the question to userland. */
#ifndef IPSECGW_ACQUIRE_H
#define IPSECGW_ACQUIRE_H

#include "event.h"

struct ipsecgw_bind;
struct sk_buff;

void ipsecgw_acquire_hold(struct ipsecgw_policy *pol, struct ipsecgw_bind *bind,
			  const struct ipsecgw_flow *flow, struct sk_buff *skb);
void ipsecgw_acquire_done(struct ipsecgw_policy *pol);
void ipsecgw_acquire_cancel(struct ipsecgw_policy *pol);
u32 ipsecgw_acquire_held(struct ipsecgw_policy *pol);
u32 ipsecgw_acquire_pending(struct ipsecgw_net *ign);
int ipsecgw_acquire_walk(struct ipsecgw_net *ign, unsigned int *pos,
			 struct ipsecgw_acquire_info *info);
void ipsecgw_acquire_unbind(struct ipsecgw_net *ign, u32 ifindex);
int ipsecgw_acquire_net_init(struct ipsecgw_net *ign);
void ipsecgw_acquire_net_exit(struct ipsecgw_net *ign);

#endif
