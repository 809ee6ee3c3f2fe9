// SPDX-License-Identifier: GPL-2.0-only
// AH (RFC 4302): its header written, its ICV made and checked.
#include "ah.h"

#include <crypto/algapi.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/ah.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "ah_mask.h"
#include "mac.h"
#include "sa.h"

/* Octets in front of AH: an IP header and extension headers of an honest packet. */
#define HEADERS_MAX 512

/*
 * The headers as they are hashed. Not on the stack, which is deep here already;
 * bottom halves are disabled from the copy to the hash.
 */
static DEFINE_PER_CPU(u8[HEADERS_MAX], headers) __aligned(8);

/**
 * ipsecgw_ah_given_len() - octets of a received AH header
 * @sa: inbound SA
 * @hdrlen: what the packet says
 *
 * Some pad to double words over IPv4 as well (Linux without "align4").
 *
 * Return: octets, 0 if the length does not fit the ICV of the SA.
 */
unsigned int ipsecgw_ah_given_len(const struct ipsecgw_sa *sa, u8 hdrlen)
{
	unsigned int len = (hdrlen + 2) * 4;

	if (len == ipsecgw_ah_len(sa->family, sa->icv_len) ||
	    len == ipsecgw_ah_len(AF_INET6, sa->icv_len))
		return len;
	return 0;
}

/* RFC 4302, 3.3.3.2: headers, AH with zero as its ICV, payload, high half. */
static int make_icv(const struct ipsecgw_sa *sa, const struct sk_buff *skb,
		    const struct ip_auth_hdr *ah, u64 seq, u8 *icv)
{
	static const u8 zero[IPSECGW_MAC_MAX];
	const u8 *net = skb_network_header(skb);
	unsigned int len = (ah->hdrlen + 2) * 4;
	unsigned int hlen = (const u8 *)ah - net;
	const u8 *data = (const u8 *)ah + len;
	__be32 high = htonl(upper_32_bits(seq));
	u8 *head = this_cpu_ptr(headers);
	struct ipsecgw_mac_part part[] = {
		{ head, hlen },
		{ ah, IPSECGW_AH_HEADER },
		{ zero, sa->icv_len },
		/* Padding is hashed as it is (RFC 4302, 3.3.3.2.1). */
		{ ah->auth_data + sa->icv_len,
		  len - IPSECGW_AH_HEADER - sa->icv_len },
		{ data, skb_tail_pointer(skb) - data },
		{ &high, sa->flags & IPSECGW_SA_FLAGS_ESN ? sizeof(high) : 0 },
	};

	if (hlen > HEADERS_MAX)
		return -EINVAL;
	memcpy(head, net, hlen);
	if (sa->family == AF_INET ? !ipsecgw_ah_mask4(head, hlen) :
				    !ipsecgw_ah_mask6(head, hlen))
		return -EINVAL;
	return ipsecgw_mac(sa, part, ARRAY_SIZE(part), icv);
}

/* Where a packet with a source route will be at last, AH would have to predict. */
static bool has_source_route(const struct iphdr *iph)
{
	const u8 *p = (const u8 *)(iph + 1);
	unsigned int left = iph->ihl * 4 - sizeof(*iph);
	unsigned int n;

	while (left && *p != IPOPT_END) {
		if (*p == IPOPT_LSRR || *p == IPOPT_SSRR)
			return true;
		n = *p == IPOPT_NOOP ? 1 : left < 2 ? left : p[1];
		if (!n || n > left)
			return true;
		p += n;
		left -= n;
	}
	return false;
}

/**
 * ipsecgw_ah_seal() - write the AH header of a packet
 * @sa: outbound SA
 * @skb: packet, linear; its IP header says AH follows
 * @ah: where the AH header lies
 * @nexthdr: what follows it
 * @seq: 64-bit sequence number
 *
 * Fills in the length of the IP header: it is authenticated.
 *
 * Context: RCU read side, bottom halves disabled.
 * Return: 0, -EINVAL if the IP header cannot be authenticated, or another error.
 */
int ipsecgw_ah_seal(const struct ipsecgw_sa *sa, struct sk_buff *skb, u8 *ah,
		    u8 nexthdr, u64 seq)
{
	struct ip_auth_hdr *ahh = (struct ip_auth_hdr *)ah;
	u8 icv[IPSECGW_MAC_MAX];
	int err;

	memset(ah, 0, sa->head_len);
	ahh->nexthdr = nexthdr;
	ahh->hdrlen = sa->head_len / 4 - 2;
	ahh->spi = sa->spi;
	ahh->seq_no = htonl((u32)seq);
	if (sa->family == AF_INET) {
		if (has_source_route(ip_hdr(skb)))
			return -EINVAL;
		ip_hdr(skb)->tot_len = htons(skb->len);
	} else {
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
	}
	err = make_icv(sa, skb, ahh, seq, icv);
	if (!err)
		memcpy(ahh->auth_data, icv, sa->icv_len);
	return err;
}

/**
 * ipsecgw_ah_check() - is a received packet authentic
 * @sa: inbound SA
 * @skb: packet, linear, data at its AH header, whose length is checked
 * @seq: 64-bit sequence number
 *
 * Context: RCU read side, bottom halves disabled.
 * Return: 0, -EBADMSG if the ICV is wrong, -EINVAL if headers in front of AH are
 * not what they should be, or another error.
 */
int ipsecgw_ah_check(const struct ipsecgw_sa *sa, const struct sk_buff *skb,
		     u64 seq)
{
	const struct ip_auth_hdr *ahh = (const void *)skb->data;
	u8 icv[IPSECGW_MAC_MAX];
	int err = make_icv(sa, skb, ahh, seq, icv);

	if (err)
		return err;
	return crypto_memneq(icv, ahh->auth_data, sa->icv_len) ? -EBADMSG : 0;
}
