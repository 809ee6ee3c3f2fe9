// SPDX-License-Identifier: GPL-2.0-only
// Which octets of the headers in front of AH are authenticated. Pure, no skb.
//
// RFC 4302, 3.3.3.1: what changes on the way counts as zero. The caller hands in a
// copy of the headers; every length in it is hostile.
#include "ah_mask.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>

/* RFC 1770, not in the headers. */
#define OPT_SDMDD (21 | IPOPT_CONTROL | IPOPT_COPY)
/* RFC 1108, extended security. */
#define OPT_ESEC (5 | IPOPT_CONTROL | IPOPT_COPY)
/* RFC 8200, 4.2: the option data may change on the way. */
#define OPT6_MUTABLE 0x20
/* Extension headers in front of AH; no honest packet has more. */
#define MAX_EXT_HEADERS 8

/* RFC 4302, A1: those that no router changes. */
static bool is_fixed4(u8 option)
{
	switch (option) {
	case IPOPT_SEC:
	case OPT_ESEC:
	case IPOPT_CIPSO:
	case IPOPT_RA:
	case OPT_SDMDD:
		return true;
	default:
		return false;
	}
}

static bool mask_options4(u8 *p, unsigned int left)
{
	unsigned int n;

	while (left) {
		if (*p == IPOPT_END)
			return true;
		if (*p == IPOPT_NOOP) {
			p++;
			left--;
			continue;
		}
		if (left < 2 || p[1] < 2 || p[1] > left)
			return false;
		n = p[1];
		if (!is_fixed4(*p))
			memset(p, 0, n);
		p += n;
		left -= n;
	}
	return true;
}

/**
 * ipsecgw_ah_mask4() - zero what changes on the way
 * @head: copy of an IPv4 header with its options
 * @len: octets up to the AH header
 *
 * Source routes count as zero as every option that changes; the destination is
 * taken as it stands, so the packet must be at its last one or have no such route.
 *
 * Return: false if the header is not one that AH can stand behind.
 */
bool ipsecgw_ah_mask4(u8 *head, unsigned int len)
{
	struct iphdr *iph = (struct iphdr *)head;

	if (len < sizeof(*iph) || iph->ihl * 4 != len)
		return false;
	iph->tos = 0;
	iph->frag_off = 0;
	iph->ttl = 0;
	iph->check = 0;
	return mask_options4(head + sizeof(*iph), len - sizeof(*iph));
}

/* Hop-by-hop and destination options; @p behind their two first octets. */
static bool mask_options6(u8 *p, unsigned int left)
{
	unsigned int n;

	while (left) {
		if (*p == IPV6_TLV_PAD1) {
			p++;
			left--;
			continue;
		}
		if (left < 2)
			return false;
		n = p[1] + 2;
		if (n > left)
			return false;
		if (*p & OPT6_MUTABLE)
			memset(p + 2, 0, n - 2);
		p += n;
		left -= n;
	}
	return true;
}

/* A route that is not at its end would have to be predicted (3.3.3.1.2.3). */
static bool is_at_end(const u8 *rthdr)
{
	return !rthdr[3];
}

/**
 * ipsecgw_ah_mask6() - zero what changes on the way
 * @head: copy of an IPv6 header with its extension headers
 * @len: octets up to the AH header
 *
 * Return: false if these are not headers that AH can stand behind.
 */
bool ipsecgw_ah_mask6(u8 *head, unsigned int len)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)head;
	unsigned int at = sizeof(*ip6h);
	unsigned int i, n;
	u8 next;

	if (len < sizeof(*ip6h))
		return false;
	next = ip6h->nexthdr;
	/* Class and flow label; the version stays. */
	head[0] &= 0xf0;
	memset(head + 1, 0, 3);
	ip6h->hop_limit = 0;
	for (i = 0; at < len; i++) {
		if (i == MAX_EXT_HEADERS || len - at < 8)
			return false;
		n = (head[at + 1] + 1) * 8;
		if (n > len - at)
			return false;
		if (next == NEXTHDR_HOP || next == NEXTHDR_DEST) {
			if (!mask_options6(head + at + 2, n - 2))
				return false;
		} else if (next != NEXTHDR_ROUTING || !is_at_end(head + at)) {
			return false;
		}
		next = head[at];
		at += n;
	}
	return next == NEXTHDR_AUTH;
}
