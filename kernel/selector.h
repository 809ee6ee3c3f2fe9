/* SPDX-License-Identifier: GPL-2.0-only */
/* Does a packet belong to a class of traffic. Pure: also built in userland. */
#ifndef IPSECGW_SELECTOR_H
#define IPSECGW_SELECTOR_H

#include <linux/socket.h>
#include <linux/types.h>
#include "addr.h"
#include "flow.h"

/**
 * enum ipsecgw_match - does a packet match
 * @IPSECGW_MATCH_NO: no
 * @IPSECGW_MATCH_MAYBE: addresses do, the rest is not in this fragment
 * @IPSECGW_MATCH_YES: yes
 */
enum ipsecgw_match {
	IPSECGW_MATCH_NO,
	IPSECGW_MATCH_MAYBE,
	IPSECGW_MATCH_YES,
};

/**
 * ipsecgw_selector_wants_ports() - does a selector look at ports
 * @sel: selector
 *
 * Return: true if not every port will do.
 */
static inline bool
ipsecgw_selector_wants_ports(const struct ipsecgw_selector *sel)
{
	return sel->sport_not | sel->dport_not | sel->sport_min |
	       sel->dport_min | (sel->sport_max ^ 0xffff) |
	       (sel->dport_max ^ 0xffff);
}

/**
 * ipsecgw_selector_match_addr() - do addresses match
 * @sel: selector
 * @family: AF_INET or AF_INET6
 * @src: source address
 * @dst: destination address
 *
 * Return: true if family and both addresses match.
 */
static inline bool
ipsecgw_selector_match_addr(const struct ipsecgw_selector *sel, u8 family,
			    const union ipsecgw_addr *src,
			    const union ipsecgw_addr *dst)
{
	__be32 diff;
	int i;

	if (sel->family && sel->family != family)
		return false;
	diff = ((src->w[0] ^ sel->src.w[0]) & sel->src_mask.w[0]) |
	       ((dst->w[0] ^ sel->dst.w[0]) & sel->dst_mask.w[0]);
	if (diff || family == AF_INET)
		return !diff;
	for (i = 1; i < 4; i++)
		diff |= ((src->w[i] ^ sel->src.w[i]) & sel->src_mask.w[i]) |
			((dst->w[i] ^ sel->dst.w[i]) & sel->dst_mask.w[i]);
	return !diff;
}

/**
 * ipsecgw_selector_match_ports() - do ports match
 * @sel: selector
 * @sport: source port, host byte order
 * @dport: destination port
 *
 * Return: true if both do.
 */
static inline bool
ipsecgw_selector_match_ports(const struct ipsecgw_selector *sel, u16 sport,
			     u16 dport)
{
	bool s = sport >= sel->sport_min && sport <= sel->sport_max;
	bool d = dport >= sel->dport_min && dport <= sel->dport_max;

	return s != !!sel->sport_not && d != !!sel->dport_not;
}

/**
 * ipsecgw_selector_judge() - does a packet match, fragments included
 * @sel: selector
 * @flow: packet
 *
 * Return: enum ipsecgw_match.
 */
static inline enum ipsecgw_match
ipsecgw_selector_judge(const struct ipsecgw_selector *sel,
		       const struct ipsecgw_flow *flow)
{
	if (!ipsecgw_selector_match_addr(sel, flow->family, &flow->src,
					 &flow->dst))
		return IPSECGW_MATCH_NO;
	if (sel->proto && sel->proto != flow->proto)
		return ipsecgw_flow_is_opaque(flow) ? IPSECGW_MATCH_MAYBE :
						      IPSECGW_MATCH_NO;
	if (!ipsecgw_selector_wants_ports(sel))
		return IPSECGW_MATCH_YES;
	if (flow->has_ports)
		return ipsecgw_selector_match_ports(sel, flow->sport,
						    flow->dport) ?
			       IPSECGW_MATCH_YES :
			       IPSECGW_MATCH_NO;
	/* A protocol without ports never has those that the rule wants. */
	if (flow->is_fragment && (ipsecgw_proto_has_ports(flow->proto) ||
				  ipsecgw_flow_is_opaque(flow)))
		return IPSECGW_MATCH_MAYBE;
	return IPSECGW_MATCH_NO;
}

/**
 * ipsecgw_selector_match() - does a packet match for sure
 * @sel: selector
 * @flow: packet
 *
 * Return: true if it does.
 */
static inline bool ipsecgw_selector_match(const struct ipsecgw_selector *sel,
					  const struct ipsecgw_flow *flow)
{
	return ipsecgw_selector_judge(sel, flow) == IPSECGW_MATCH_YES;
}

/**
 * ipsecgw_selector_match_mirror() - is a packet an answer to what is selected
 * @sel: selector
 * @flow: packet in the other direction
 *
 * Return: true if its mirror image matches for sure.
 */
static inline bool
ipsecgw_selector_match_mirror(const struct ipsecgw_selector *sel,
			      const struct ipsecgw_flow *flow)
{
	struct ipsecgw_flow mirror;

	ipsecgw_flow_mirror(flow, &mirror);
	return ipsecgw_selector_match(sel, &mirror);
}

#endif
