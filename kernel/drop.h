/* SPDX-License-Identifier: GPL-2.0-only */
/* The one drop function: count the named reason, free the skb. */
#ifndef IPSECGW_DROP_H
#define IPSECGW_DROP_H

#include "stats.h"

struct ipsecgw_net;
struct ipsecgw_policy;
struct ipsecgw_sa;
struct sk_buff;

void ipsecgw_drop(struct ipsecgw_net *ign, struct ipsecgw_sa *sa,
		  struct sk_buff *skb, enum ipsecgw_drop why);
void ipsecgw_drop_policy(struct ipsecgw_net *ign, struct ipsecgw_policy *pol,
			 struct sk_buff *skb, enum ipsecgw_drop why);

#endif
