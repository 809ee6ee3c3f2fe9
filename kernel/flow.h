/* SPDX-License-Identifier: GPL-2.0-only */
/* What a selector looks at in one packet: read it, mirror it. */
#ifndef IPSECGW_FLOW_H
#define IPSECGW_FLOW_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/types.h>
#include "addr.h"

struct sk_buff;

/**
 * ipsecgw_proto_has_ports() - do selectors look into the header
 * @proto: IP protocol
 *
 * Return: true if it has ports, or a type and a code in their place.
 */
static inline bool ipsecgw_proto_has_ports(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return true;
	default:
		return false;
	}
}

/**
 * ipsecgw_flow_is_icmp() - may the packet be about another one
 * @flow: packet
 *
 * Return: true if it is ICMP of its family.
 */
static inline bool ipsecgw_flow_is_icmp(const struct ipsecgw_flow *flow)
{
	return flow->proto ==
	       (flow->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

/**
 * ipsecgw_flow_is_opaque() - is even the protocol of the packet unknown
 * @flow: packet
 *
 * A fragment of IPv6 may begin with an extension header, behind which anything
 * can be in the fragments that follow.
 *
 * Return: true if @flow->proto is the number of an extension header.
 */
static inline bool ipsecgw_flow_is_opaque(const struct ipsecgw_flow *flow)
{
	if (!flow->is_fragment || flow->family != AF_INET6)
		return false;
	return flow->proto == IPPROTO_HOPOPTS ||
	       flow->proto == IPPROTO_ROUTING ||
	       flow->proto == IPPROTO_FRAGMENT ||
	       flow->proto == IPPROTO_DSTOPTS;
}

/**
 * ipsecgw_flow_mirror() - the flow of the answers
 * @flow: packet
 * @mirror: set to the same with source and destination exchanged
 *
 * The type and the code of ICMP stay where they are.
 */
static inline void ipsecgw_flow_mirror(const struct ipsecgw_flow *flow,
				       struct ipsecgw_flow *mirror)
{
	*mirror = *flow;
	mirror->src = flow->dst;
	mirror->dst = flow->src;
	if (ipsecgw_flow_is_icmp(mirror))
		return;
	mirror->sport = flow->dport;
	mirror->dport = flow->sport;
}

bool ipsecgw_flow_parse(const struct sk_buff *skb, u8 family, int offset,
			struct ipsecgw_flow *flow);
bool ipsecgw_flow_is_link_control(const struct sk_buff *skb,
				  const struct ipsecgw_flow *flow);
bool ipsecgw_flow_icmp_inner(const struct sk_buff *skb, u8 family,
			     struct ipsecgw_flow *flow);

#endif
