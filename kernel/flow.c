// SPDX-License-Identifier: GPL-2.0-only
// What a selector looks at in one packet: read it, whatever it holds.
#include "flow.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

/* Extension headers that are walked; no honest packet has more. */
#define MAX_EXT_HEADERS 8
/* From the start of an ICMP error to the packet that it quotes. */
#define ICMP_QUOTE 8

static void parse_ports(const struct sk_buff *skb, int offset,
			struct ipsecgw_flow *flow)
{
	const u8 *p;
	u8 buf[4];

	if (!ipsecgw_proto_has_ports(flow->proto))
		return;
	p = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (!p) {
		/* Cut off: the ports exist, and nobody can tell them. */
		flow->is_fragment = 1;
		return;
	}
	flow->has_ports = 1;
	if (ipsecgw_flow_is_icmp(flow)) {
		flow->sport = p[0];
		flow->dport = p[1];
	} else {
		flow->sport = p[0] << 8 | p[1];
		flow->dport = p[2] << 8 | p[3];
	}
}

/* Return: offset of the header above IP, 0 if it is not there, or negative. */
static int parse4(const struct sk_buff *skb, int offset,
		  struct ipsecgw_flow *flow)
{
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5)
		return -EINVAL;
	flow->proto = ip->protocol;
	flow->src.a4 = ip->saddr;
	flow->dst.a4 = ip->daddr;
	if (ip->frag_off & htons(IP_OFFSET)) {
		flow->is_fragment = 1;
		return 0;
	}
	offset += ip->ihl * 4;
	parse_ports(skb, offset, flow);
	return offset;
}

/*
 * Walk the extension headers. What ends in their midst is left with the number
 * of one as its protocol, and is_fragment: ipsecgw_flow_is_opaque().
 */
static int walk6(const struct sk_buff *skb, int offset, u8 next,
		 struct ipsecgw_flow *flow)
{
	const struct frag_hdr *frag;
	const struct ipv6_opt_hdr *ext;
	struct frag_hdr buf;
	int i;

	flow->is_fragment = 1;
	for (i = 0; i < MAX_EXT_HEADERS; i++) {
		flow->proto = next;
		switch (next) {
		case NEXTHDR_FRAGMENT:
			frag = skb_header_pointer(skb, offset, sizeof(buf),
						  &buf);
			if (!frag)
				return 0;
			next = frag->nexthdr;
			if (frag->frag_off & htons(IP6_OFFSET)) {
				flow->proto = next;
				return 0;
			}
			offset += sizeof(buf);
			break;
		case NEXTHDR_HOP:
		case NEXTHDR_ROUTING:
		case NEXTHDR_DEST:
			ext = skb_header_pointer(skb, offset, sizeof(*ext),
						 &buf);
			if (!ext)
				return 0;
			next = ext->nexthdr;
			offset += ipv6_optlen(ext);
			break;
		default:
			flow->is_fragment = 0;
			parse_ports(skb, offset, flow);
			return offset;
		}
	}
	return 0;
}

static int parse6(const struct sk_buff *skb, int offset,
		  struct ipsecgw_flow *flow)
{
	const struct ipv6hdr *ip6;
	struct ipv6hdr buf;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6)
		return -EINVAL;
	flow->src.a6 = ip6->saddr;
	flow->dst.a6 = ip6->daddr;
	return walk6(skb, offset + sizeof(buf), ip6->nexthdr, flow);
}

static int parse(const struct sk_buff *skb, u8 family, int offset,
		 struct ipsecgw_flow *flow)
{
	*flow = (struct ipsecgw_flow){ .family = family };
	if (family == AF_INET)
		return parse4(skb, offset, flow);
	return parse6(skb, offset, flow);
}

/**
 * ipsecgw_flow_parse() - read what selectors look at
 * @skb: packet; never changed, and nothing in it is trusted
 * @family: AF_INET or AF_INET6
 * @offset: of the IP header from skb->data
 * @flow: set to what is there
 *
 * Context: any.
 * Return: false if there is no IP header of that family.
 */
bool ipsecgw_flow_parse(const struct sk_buff *skb, u8 family, int offset,
			struct ipsecgw_flow *flow)
{
	return parse(skb, family, offset, flow) >= 0;
}

/**
 * ipsecgw_flow_is_link_control() - does the packet find neighbours or groups
 * @skb: packet, its network header is set and linear
 * @flow: the same
 *
 * RFC 4861 and RFC 2710: such packets neither come from beyond the link nor go
 * there, and without them no packet goes anywhere.
 *
 * Context: any.
 * Return: true if it is neighbour discovery or listener discovery.
 */
bool ipsecgw_flow_is_link_control(const struct sk_buff *skb,
				  const struct ipsecgw_flow *flow)
{
	if (flow->family != AF_INET6 || flow->proto != IPPROTO_ICMPV6 ||
	    !flow->has_ports)
		return false;
	switch (flow->sport) {
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_REDIRECT:
		return ipv6_hdr(skb)->hop_limit == 255;
	case ICMPV6_MGM_QUERY:
	case ICMPV6_MGM_REPORT:
	case ICMPV6_MGM_REDUCTION:
	case ICMPV6_MLD2_REPORT:
		return ipv6_hdr(skb)->hop_limit == 1;
	default:
		return false;
	}
}

/**
 * ipsecgw_flow_icmp_inner() - read the packet that an ICMP error is about
 * @skb: packet, its network header is set
 * @family: AF_INET or AF_INET6
 * @flow: set to what is there of the quoted packet
 *
 * An error belongs to the traffic that caused it (RFC 4301, 6.2) and goes the
 * other way: compare the mirror image of @flow with the selectors of the error's
 * own direction.
 *
 * Context: any.
 * Return: true if @skb is an ICMP error that quotes a packet.
 */
bool ipsecgw_flow_icmp_inner(const struct sk_buff *skb, u8 family,
			     struct ipsecgw_flow *flow)
{
	struct ipsecgw_flow outer;
	int offset;

	offset = parse(skb, family, skb_network_offset(skb), &outer);
	if (offset <= 0 || !outer.has_ports || !ipsecgw_flow_is_icmp(&outer))
		return false;
	if (family == AF_INET ? !icmp_is_err(outer.sport) :
				!icmpv6_is_err(outer.sport))
		return false;
	return parse(skb, family, offset + ICMP_QUOTE, flow) >= 0;
}
