/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses, selectors and flows as plain values. Pure: also built in userland. */
#ifndef IPSECGW_ADDR_H
#define IPSECGW_ADDR_H

#include <linux/types.h>
#include <linux/in6.h>

/*
 * A VRF is known by the interface index of its device. Where one is asked for, 0
 * means that any will do, and this number is the global table.
 */
#define IPSECGW_VRF_GLOBAL 0xffffffffU

/**
 * union ipsecgw_addr - an IPv4 or IPv6 address in network byte order
 * @a4: IPv4; the other words are zero
 * @a6: IPv6
 * @w: as words
 */
union ipsecgw_addr {
	__be32 a4;
	struct in6_addr a6;
	__be32 w[4];
};

/**
 * struct ipsecgw_selector - a class of traffic, in access list terms
 * @family: AF_INET or AF_INET6; 0 matches both and has no addresses
 * @proto: IP protocol, 0 for any
 * @sport_not: every source port but the range
 * @dport_not: every destination port but the range
 * @sport_min: host byte order; ICMP type
 * @sport_max: last port of the range; 0 to 65535 is any
 * @dport_min: host byte order; ICMP code
 * @dport_max: last port of the range
 * @src: source address
 * @src_mask: bits of @src that count, not necessarily contiguous
 * @dst: destination address
 * @dst_mask: bits of @dst that count
 */
struct ipsecgw_selector {
	u8 family;
	u8 proto;
	u8 sport_not;
	u8 dport_not;
	u16 sport_min;
	u16 sport_max;
	u16 dport_min;
	u16 dport_max;
	union ipsecgw_addr src;
	union ipsecgw_addr src_mask;
	union ipsecgw_addr dst;
	union ipsecgw_addr dst_mask;
};

/**
 * struct ipsecgw_flow - what a selector looks at in one packet
 * @family: AF_INET or AF_INET6
 * @proto: IP protocol behind all extension headers
 * @has_ports: @sport and @dport are valid
 * @is_fragment: not the first fragment, so ports cannot be known
 * @sport: host byte order; ICMP type
 * @dport: host byte order; ICMP code
 * @src: source address
 * @dst: destination address
 * @vrf: that the packet comes from, 0 if that does not matter
 */
struct ipsecgw_flow {
	u8 family;
	u8 proto;
	u8 has_ports;
	u8 is_fragment;
	u16 sport;
	u16 dport;
	union ipsecgw_addr src;
	union ipsecgw_addr dst;
	u32 vrf;
};

/**
 * ipsecgw_addr_equal() - are two addresses the same
 * @a: one; unused words must be zero
 * @b: the other
 *
 * Return: true if equal.
 */
static inline bool ipsecgw_addr_equal(const union ipsecgw_addr *a,
				      const union ipsecgw_addr *b)
{
	return !((a->w[0] ^ b->w[0]) | (a->w[1] ^ b->w[1]) |
		 (a->w[2] ^ b->w[2]) | (a->w[3] ^ b->w[3]));
}

/**
 * ipsecgw_addr_any() - is the address unspecified
 * @a: address
 *
 * Return: true if all bits are zero.
 */
static inline bool ipsecgw_addr_any(const union ipsecgw_addr *a)
{
	return !(a->w[0] | a->w[1] | a->w[2] | a->w[3]);
}

#endif
