// SPDX-License-Identifier: GPL-2.0-only
// The largest segment that the ends of a TCP connection tell each other: make it
// one that fits into the tunnel, so that nobody needs ICMP to find out.
#include "mss.h"

#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

/* RFC 9293, 3.7.1: what a host may send that has been told nothing. */
#define MIN_MSS 536

/* Offset of a TCP header that is not behind others we do not know, or 0. */
static int tcp_offset(const struct sk_buff *skb)
{
	__be16 frag = 0;
	u8 proto;
	int at;

	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *iph = ip_hdr(skb);

		if (iph->protocol != IPPROTO_TCP ||
		    iph->frag_off & htons(IP_OFFSET))
			return 0;
		return skb_network_offset(skb) + iph->ihl * 4;
	}
	proto = ipv6_hdr(skb)->nexthdr;
	at = skb_network_offset(skb) + sizeof(struct ipv6hdr);
	if (proto != IPPROTO_TCP) {
		at = ipv6_skip_exthdr(skb, at, &proto, &frag);
		if (at < 0 || proto != IPPROTO_TCP || frag & htons(IP6_OFFSET))
			return 0;
	}
	return at;
}

/* The value of the option, or NULL; options end at @end. */
static u8 *find_mss(u8 *p, const u8 *end)
{
	while (p < end && *p != TCPOPT_EOL) {
		if (*p == TCPOPT_NOP) {
			p++;
			continue;
		}
		if (end - p < 2 || p[1] < 2 || p[1] > end - p)
			return NULL;
		if (*p == TCPOPT_MSS)
			return p[1] == TCPOLEN_MSS ? p + 2 : NULL;
		p += p[1];
	}
	return NULL;
}

static void lower(struct tcphdr *th, u8 *value, u16 mss)
{
	u16 was = value[0] << 8 | value[1];

	if (was <= mss)
		return;
	value[0] = mss >> 8;
	value[1] = mss;
	/* RFC 1071, 2 (B): at an odd place the sum has them the other way round. */
	if ((value - (u8 *)th) & 1)
		csum_replace2(&th->check, htons(swab16(was)),
			      htons(swab16(mss)));
	else
		csum_replace2(&th->check, htons(was), htons(mss));
}

/**
 * ipsecgw_mss_clamp() - lower what a TCP SYN says
 * @skb: clear packet, linear and ours to write to; network header set
 * @mss: largest segment, or IPSECGW_MSS_AUTO
 * @mtu: longest packet that fits, for IPSECGW_MSS_AUTO
 *
 * Its checksum is complete and stays right. Without the option nothing is added:
 * whoever is told nothing sends segments that are small enough.
 *
 * Context: any.
 */
void ipsecgw_mss_clamp(struct sk_buff *skb, u16 mss, unsigned int mtu)
{
	int at = tcp_offset(skb);
	struct tcphdr *th;
	unsigned int head;
	u8 *value;

	if (!at || at + sizeof(*th) > skb->len)
		return;
	th = (struct tcphdr *)(skb->data + at);
	if (!th->syn || th->doff * 4 < sizeof(*th) ||
	    at + th->doff * 4 > skb->len)
		return;
	value = find_mss((u8 *)(th + 1), (u8 *)th + th->doff * 4);
	if (!value)
		return;
	if (mss == IPSECGW_MSS_AUTO) {
		head = sizeof(*th) + (skb->protocol == htons(ETH_P_IP) ?
					      sizeof(struct iphdr) :
					      sizeof(struct ipv6hdr));
		mss = clamp(mtu, MIN_MSS + head, U16_MAX) - head;
	}
	lower(th, value, mss);
}
