// SPDX-License-Identifier: GPL-2.0-only
// Addresses, selectors and map names as netlink attributes.
#include <linux/in.h>
#include <net/ipv6.h>
#include "addr.h"
#include "netlink.h"

static unsigned int addr_len(u8 family)
{
	return family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(__be32);
}

/**
 * ipsecgw_nl_get_addr() - read an address
 * @attr: attribute
 * @family: set to the family that the length implies
 * @addr: set to the address
 * @extack: report to the caller
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_get_addr(const struct nlattr *attr, u8 *family,
			union ipsecgw_addr *addr,
			struct netlink_ext_ack *extack)
{
	memset(addr, 0, sizeof(*addr));
	switch (nla_len(attr)) {
	case sizeof(addr->a4):
		*family = AF_INET;
		break;
	case sizeof(addr->a6):
		*family = AF_INET6;
		break;
	default:
		return ipsecgw_nl_refuse(extack, attr,
					 "address has neither 4 nor 16 octets");
	}
	memcpy(addr, nla_data(attr), nla_len(attr));
	return 0;
}

/**
 * ipsecgw_nl_get_vrf() - read the device of a VRF
 * @attr: attribute, or NULL
 *
 * Return: as addr.h numbers them, 0 without the attribute.
 */
u32 ipsecgw_nl_get_vrf(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) ?: IPSECGW_VRF_GLOBAL : 0;
}

/**
 * ipsecgw_nl_put_vrf() - write it, if there is something to say
 * @skb: message
 * @type: of the attribute
 * @vrf: as addr.h numbers them
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsecgw_nl_put_vrf(struct sk_buff *skb, int type, u32 vrf)
{
	if (!vrf)
		return 0;
	return nla_put_u32(skb, type, vrf == IPSECGW_VRF_GLOBAL ? 0 : vrf);
}

/**
 * ipsecgw_nl_get_host() - read the address of one host
 * @attr: attribute
 * @family: set to the family that the length implies
 * @addr: set to the address
 * @extack: report to the caller
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_get_host(const struct nlattr *attr, u8 *family,
			union ipsecgw_addr *addr,
			struct netlink_ext_ack *extack)
{
	int err;

	err = ipsecgw_nl_get_addr(attr, family, addr, extack);
	if (err)
		return err;
	if (ipsecgw_addr_any(addr))
		return ipsecgw_nl_refuse(extack, attr,
					 "address is unspecified (all zero)");
	if (*family == AF_INET ?
		    ipv4_is_multicast(addr->a4) || ipv4_is_lbcast(addr->a4) :
		    ipv6_addr_is_multicast(&addr->a6))
		return ipsecgw_nl_refuse(extack, attr,
					 "address is multicast or broadcast");
	return 0;
}

/**
 * ipsecgw_nl_put_addr() - write an address
 * @skb: message
 * @type: attribute
 * @family: AF_INET or AF_INET6
 * @addr: address
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsecgw_nl_put_addr(struct sk_buff *skb, int type, u8 family,
			const union ipsecgw_addr *addr)
{
	return nla_put(skb, type, addr_len(family), addr);
}

/**
 * ipsecgw_nl_get_name() - read the name of a crypto map
 * @attr: attribute, terminated and bounded by its policy
 * @name: set to the name, of size IPSECGW_MAP_NAME_SIZE
 * @extack: report to the caller
 *
 * The name ends up in logs and on terminals, so it is kept printable.
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_get_name(const struct nlattr *attr, char *name,
			struct netlink_ext_ack *extack)
{
	const char *c;

	nla_strscpy(name, attr, IPSECGW_MAP_NAME_SIZE);
	if (!*name)
		return ipsecgw_nl_refuse(extack, attr, "map name is empty");
	for (c = name; *c; c++)
		if (*c <= ' ' || *c > '~')
			return ipsecgw_nl_refuse(
				extack, attr,
				"map name is not all printable ascii without blanks");
	return 0;
}

/* One address of a selector with its mask; the bits outside become zero. */
static int get_subnet(const struct nlattr *attr, const struct nlattr *mask_attr,
		      u8 family, union ipsecgw_addr *addr,
		      union ipsecgw_addr *mask, struct netlink_ext_ack *extack)
{
	u8 given;
	int i, err;

	if (!attr) {
		if (mask_attr)
			return ipsecgw_nl_refuse(extack, mask_attr,
						 "mask without an address");
		return 0;
	}
	err = ipsecgw_nl_get_addr(attr, &given, addr, extack);
	if (err)
		return err;
	if (given != family)
		return ipsecgw_nl_refuse(
			extack, attr,
			"address is not of the selector's family");
	if (mask_attr) {
		err = ipsecgw_nl_get_addr(mask_attr, &given, mask, extack);
		if (err)
			return err;
		if (given != family)
			return ipsecgw_nl_refuse(
				extack, mask_attr,
				"mask is not of the selector's family");
	} else {
		memset(mask, 0xff, addr_len(family));
	}
	for (i = 0; i < ARRAY_SIZE(addr->w); i++)
		addr->w[i] &= mask->w[i];
	return 0;
}

/* Highest port, or ICMP type or code, that a protocol has; 0 for none. */
static u16 port_limit(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return U16_MAX;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return U8_MAX;
	}
	return 0;
}

/**
 * struct ports - a port range as a request gives it
 * @min: attribute of the lowest
 * @max: attribute of the highest
 * @inverse: attribute that turns the range round
 */
struct ports {
	const struct nlattr *min;
	const struct nlattr *max;
	const struct nlattr *inverse;
};

static int get_ports(const struct ports *p, u8 proto, u16 *min, u16 *max,
		     struct netlink_ext_ack *extack)
{
	u16 limit = port_limit(proto);

	*min = 0;
	*max = U16_MAX;
	if (!p->min && !p->max) {
		if (p->inverse)
			return ipsecgw_nl_refuse(
				extack, p->inverse,
				"negation without a port range");
		return 0;
	}
	if (!p->min)
		return ipsecgw_nl_refuse(extack, p->max,
					 "port range lacks its lowest port");
	if (!p->max)
		return ipsecgw_nl_refuse(extack, p->min,
					 "port range lacks its highest port");
	if (!limit)
		return ipsecgw_nl_refuse(
			extack, p->min,
			"ports need protocol tcp, udp, udp-lite, sctp, dccp, icmp or icmpv6");
	*min = nla_get_u16(p->min);
	*max = nla_get_u16(p->max);
	if (*min > *max)
		return ipsecgw_nl_refuse(extack, p->min,
					 "lowest port is above the highest");
	if (*max > limit && !(*min == 0 && *max == U16_MAX))
		return ipsecgw_nl_refuse(extack, p->max,
					 "icmp type or code is not 0 to 255");
	if (p->inverse && *min == 0 && *max >= limit)
		return ipsecgw_nl_refuse(
			extack, p->inverse,
			"negation of every port matches nothing");
	return 0;
}

static bool is_icmp(u8 proto)
{
	return port_limit(proto) == U8_MAX;
}

/**
 * ipsecgw_nl_get_selector() - read a selector
 * @attr: nest, checked against its policy
 * @sel: set to the selector
 * @extack: report to the caller
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_get_selector(const struct nlattr *attr,
			    struct ipsecgw_selector *sel,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPSECGW_A_SELECTOR_MAX + 1];
	struct ports sport, dport;
	int err;

	err = nla_parse_nested(tb, ARRAY_SIZE(ipsecgw_nl_selector_policy) - 1,
			       attr, ipsecgw_nl_selector_policy, extack);
	if (err)
		return err;
	memset(sel, 0, sizeof(*sel));
	if (tb[IPSECGW_A_SELECTOR_FAMILY])
		sel->family = nla_get_u8(tb[IPSECGW_A_SELECTOR_FAMILY]);
	if (sel->family && sel->family != AF_INET && sel->family != AF_INET6)
		return ipsecgw_nl_refuse(
			extack, tb[IPSECGW_A_SELECTOR_FAMILY],
			"family is not 0 (both), 2 (ipv4) or 10 (ipv6)");
	if (tb[IPSECGW_A_SELECTOR_PROTO])
		sel->proto = nla_get_u8(tb[IPSECGW_A_SELECTOR_PROTO]);

	err = get_subnet(tb[IPSECGW_A_SELECTOR_SRC],
			 tb[IPSECGW_A_SELECTOR_SRC_MASK], sel->family,
			 &sel->src, &sel->src_mask, extack);
	if (err)
		return err;
	err = get_subnet(tb[IPSECGW_A_SELECTOR_DST],
			 tb[IPSECGW_A_SELECTOR_DST_MASK], sel->family,
			 &sel->dst, &sel->dst_mask, extack);
	if (err)
		return err;

	sport = (struct ports){ tb[IPSECGW_A_SELECTOR_SPORT_MIN],
				tb[IPSECGW_A_SELECTOR_SPORT_MAX],
				tb[IPSECGW_A_SELECTOR_SPORT_NOT] };
	err = get_ports(&sport, sel->proto, &sel->sport_min, &sel->sport_max,
			extack);
	if (err)
		return err;
	sel->sport_not = !!sport.inverse;
	dport = (struct ports){ tb[IPSECGW_A_SELECTOR_DPORT_MIN],
				tb[IPSECGW_A_SELECTOR_DPORT_MAX],
				tb[IPSECGW_A_SELECTOR_DPORT_NOT] };
	err = get_ports(&dport, sel->proto, &sel->dport_min, &sel->dport_max,
			extack);
	if (err)
		return err;
	sel->dport_not = !!dport.inverse;
	if (is_icmp(sel->proto) && dport.min && !sport.min)
		return ipsecgw_nl_refuse(extack, dport.min,
					 "icmp code without a type");
	return 0;
}

static int put_subnet(struct sk_buff *skb, int type, u8 family,
		      const union ipsecgw_addr *addr,
		      const union ipsecgw_addr *mask)
{
	/* A mask of no bits is any address, which is said by silence. */
	if (!family || ipsecgw_addr_any(mask))
		return 0;
	if (ipsecgw_nl_put_addr(skb, type, family, addr))
		return -EMSGSIZE;
	return ipsecgw_nl_put_addr(skb, type + 1, family, mask);
}

static int put_ports(struct sk_buff *skb, int type, u16 min, u16 max)
{
	if (min == 0 && max == U16_MAX)
		return 0;
	if (nla_put_u16(skb, type, min))
		return -EMSGSIZE;
	return nla_put_u16(skb, type + 1, max);
}

/**
 * ipsecgw_nl_put_selector() - write a selector
 * @skb: message
 * @type: attribute
 * @sel: selector
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsecgw_nl_put_selector(struct sk_buff *skb, int type,
			    const struct ipsecgw_selector *sel)
{
	struct nlattr *nest;

	/* Each pair of attributes is written as a number and the next. */
	BUILD_BUG_ON(IPSECGW_A_SELECTOR_SRC_MASK - IPSECGW_A_SELECTOR_SRC != 1);
	BUILD_BUG_ON(IPSECGW_A_SELECTOR_DST_MASK - IPSECGW_A_SELECTOR_DST != 1);
	BUILD_BUG_ON(IPSECGW_A_SELECTOR_SPORT_MAX -
			     IPSECGW_A_SELECTOR_SPORT_MIN !=
		     1);
	BUILD_BUG_ON(IPSECGW_A_SELECTOR_DPORT_MAX -
			     IPSECGW_A_SELECTOR_DPORT_MIN !=
		     1);

	nest = nla_nest_start(skb, type);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u8(skb, IPSECGW_A_SELECTOR_FAMILY, sel->family) ||
	    nla_put_u8(skb, IPSECGW_A_SELECTOR_PROTO, sel->proto) ||
	    put_subnet(skb, IPSECGW_A_SELECTOR_SRC, sel->family, &sel->src,
		       &sel->src_mask) ||
	    put_subnet(skb, IPSECGW_A_SELECTOR_DST, sel->family, &sel->dst,
		       &sel->dst_mask) ||
	    put_ports(skb, IPSECGW_A_SELECTOR_SPORT_MIN, sel->sport_min,
		      sel->sport_max) ||
	    put_ports(skb, IPSECGW_A_SELECTOR_DPORT_MIN, sel->dport_min,
		      sel->dport_max) ||
	    (sel->sport_not &&
	     nla_put_flag(skb, IPSECGW_A_SELECTOR_SPORT_NOT)) ||
	    (sel->dport_not && nla_put_flag(skb, IPSECGW_A_SELECTOR_DPORT_NOT)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * ipsecgw_nl_put_flow() - write a packet's addresses and ports as a selector
 * @skb: message
 * @type: attribute
 * @flow: the packet
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsecgw_nl_put_flow(struct sk_buff *skb, int type,
			const struct ipsecgw_flow *flow)
{
	struct ipsecgw_selector sel = {
		.family = flow->family,
		.proto = flow->proto,
		.sport_max = U16_MAX,
		.dport_max = U16_MAX,
		.src = flow->src,
		.dst = flow->dst,
	};

	memset(&sel.src_mask, 0xff, sizeof(sel.src_mask));
	memset(&sel.dst_mask, 0xff, sizeof(sel.dst_mask));
	if (flow->has_ports) {
		sel.sport_min = flow->sport;
		sel.sport_max = flow->sport;
		sel.dport_min = flow->dport;
		sel.dport_max = flow->dport;
	}
	return ipsecgw_nl_put_selector(skb, type, &sel);
}
