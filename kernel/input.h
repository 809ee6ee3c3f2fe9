/* SPDX-License-Identifier: GPL-2.0-only */
/* The per-CPU queue of decapsulated packets, its poll loop, their delivery. */
#ifndef IPSECGW_INPUT_H
#define IPSECGW_INPUT_H

struct ipsecgw_sa;
struct net_device;
struct sk_buff;

int ipsecgw_input_init(void);
void ipsecgw_input_exit(void);
void ipsecgw_input_deliver(struct ipsecgw_sa *sa, struct sk_buff *skb);
struct net_device *ipsecgw_input_dev(void);

#endif
