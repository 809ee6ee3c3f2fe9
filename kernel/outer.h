/* SPDX-License-Identifier: GPL-2.0-only */
/* Outer header on and off: route, path MTU, DSCP, ECN, DF, hand-over to IP. */
#ifndef IPSECGW_OUTER_H
#define IPSECGW_OUTER_H

#include <linux/types.h>

struct dst_entry;
struct ipsecgw_sa;
struct sk_buff;

/**
 * struct ipsecgw_inner - what the outer header takes from the inner one
 * @nexthdr: for the ESP trailer
 * @tos: traffic class with ECN
 * @df: don't fragment
 * @hlen: transport mode, octets that stay in front of ESP
 * @nhoff: transport mode, where the protocol field lies
 */
struct ipsecgw_inner {
	u8 nexthdr;
	u8 tos;
	bool df;
	u16 hlen;
	u16 nhoff;
};

struct dst_entry *ipsecgw_outer_route(struct ipsecgw_sa *sa);
unsigned int ipsecgw_outer_len(const struct ipsecgw_sa *sa);
u8 *ipsecgw_outer_push(struct ipsecgw_sa *sa, struct sk_buff *skb,
		       struct dst_entry *dst, const struct ipsecgw_inner *in);
void ipsecgw_outer_send(struct ipsecgw_sa *sa, struct sk_buff *skb);

#endif
