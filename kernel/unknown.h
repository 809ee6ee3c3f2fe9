/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets that no SA is for: who is told of them, and how often. */
#ifndef IPSECGW_UNKNOWN_H
#define IPSECGW_UNKNOWN_H

#include <linux/types.h>

struct ipsecgw_net;
struct sk_buff;

void ipsecgw_unknown_tell(struct ipsecgw_net *ign, const struct sk_buff *skb,
			  __be16 sport);

#endif
