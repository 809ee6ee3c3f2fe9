/* SPDX-License-Identifier: GPL-2.0-only */
/* AH (RFC 4302): its header written, its ICV made and checked. */
#ifndef IPSECGW_AH_H
#define IPSECGW_AH_H

#include <linux/align.h>
#include <linux/socket.h>
#include <linux/types.h>

struct ipsecgw_sa;
struct sk_buff;

/* Next header, length, reserved, SPI, sequence number. */
#define IPSECGW_AH_HEADER 12

/**
 * ipsecgw_ah_len() - octets of an AH header
 * @family: of the IP header in front of it
 * @icv_len: octets of ICV
 *
 * RFC 4302, 2.6: whole words, over IPv6 whole double words.
 *
 * Return: octets with ICV and padding.
 */
static inline unsigned int ipsecgw_ah_len(u8 family, unsigned int icv_len)
{
	return ALIGN(IPSECGW_AH_HEADER + icv_len, family == AF_INET ? 4u : 8u);
}

unsigned int ipsecgw_ah_given_len(const struct ipsecgw_sa *sa, u8 hdrlen);
int ipsecgw_ah_seal(const struct ipsecgw_sa *sa, struct sk_buff *skb, u8 *ah,
		    u8 nexthdr, u64 seq);
int ipsecgw_ah_check(const struct ipsecgw_sa *sa, const struct sk_buff *skb,
		     u64 seq);

#endif
