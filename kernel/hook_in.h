/* SPDX-License-Identifier: GPL-2.0-only */
/* Where protected packets enter: protocol handlers, UDP encapsulation. */
#ifndef IPSECGW_HOOK_IN_H
#define IPSECGW_HOOK_IN_H

#include <linux/types.h>

struct ipsecgw_net;
struct sk_buff;

int ipsecgw_hook_in_init(void);
void ipsecgw_hook_in_exit(void);
void ipsecgw_hook_in_udp(struct ipsecgw_net *ign, struct sk_buff *skb,
			 __be16 sport);

#endif
