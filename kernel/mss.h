/* SPDX-License-Identifier: GPL-2.0-only */
/* The largest segment that the ends of a TCP connection tell each other. */
#ifndef IPSECGW_MSS_H
#define IPSECGW_MSS_H

#include <linux/types.h>

struct sk_buff;

/* In place of a number: what fits. */
#define IPSECGW_MSS_AUTO 65535

void ipsecgw_mss_clamp(struct sk_buff *skb, u16 mss, unsigned int mtu);

#endif
