// SPDX-License-Identifier: GPL-2.0-only
// Packets that no SA is for: who is told of them, and how often.
//
// Anybody can send them, from any address, as fast as the wire allows. One second
// has one event for each of a few slots, a sender has a slot by a hash with a
// secret, and a packet that comes too early costs no more than a look there.
#include "unknown.h"

#include <linux/jhash.h>
#include <linux/udp.h>
#include <net/esp.h>
#include <net/xfrm.h>
#include "event.h"
#include "priv.h"
#include "sadb.h"
#include "vrf.h"

static unsigned long *slot_of(struct ipsecgw_net *ign,
			      const union ipsecgw_addr *remote)
{
	static u32 secret __read_mostly;

	net_get_random_once(&secret, sizeof(secret));
	return &ign->unknown_told[jhash(remote, sizeof(*remote), secret) %
				  IPSECGW_UNKNOWN_SLOTS];
}

/* A reserved SPI is a negotiation's whose packets are faster than its keys. */
static bool is_reserved(struct ipsecgw_net *ign, __be32 spi)
{
	return ipsecgw_sadb_lookup_in(ign, spi, IPPROTO_ESP);
}

/* It passes here first, and is not unknown to XFRM. */
static bool is_for_xfrm(struct ipsecgw_net *ign, const struct sk_buff *skb,
			const struct ipsecgw_unknown_info *info)
{
	struct xfrm_state *x;

	x = xfrm_state_lookup(ign->net, skb->mark,
			      (const xfrm_address_t *)&info->local, info->spi,
			      IPPROTO_ESP, info->family);
	if (!x)
		return false;
	xfrm_state_put(x);
	return true;
}

static void read_packet(const struct sk_buff *skb, __be16 sport,
			struct ipsecgw_unknown_info *info)
{
	const struct ip_esp_hdr *esph = (const struct ip_esp_hdr *)skb->data;

	memset(info, 0, sizeof(*info));
	info->spi = esph->spi;
	info->fvrf = ipsecgw_vrf_of(skb->dev);
	if (ip_hdr(skb)->version == 4) {
		info->family = AF_INET;
		info->remote.a4 = ip_hdr(skb)->saddr;
		info->local.a4 = ip_hdr(skb)->daddr;
	} else {
		info->family = AF_INET6;
		info->remote.a6 = ipv6_hdr(skb)->saddr;
		info->local.a6 = ipv6_hdr(skb)->daddr;
	}
	if (sport) {
		info->sport = sport;
		info->dport = ((const struct udphdr *)skb->data - 1)->dest;
	}
}

/**
 * ipsecgw_unknown_tell() - tell who listens of a packet that no SA is for
 * @ign: namespace
 * @skb: packet, at least an ESP header at its data, in front of that the UDP
 *	header if it came in UDP; network header at the outer IP header
 * @sport: UDP source port, 0 for plain ESP
 *
 * Context: RCU read side, softirq or bottom halves disabled.
 */
void ipsecgw_unknown_tell(struct ipsecgw_net *ign, const struct sk_buff *skb,
			  __be16 sport)
{
	struct ipsecgw_unknown_info info;
	unsigned long *told, last;

	if (!ipsecgw_event_wanted(ign) || skb->pkt_type != PACKET_HOST)
		return;
	read_packet(skb, sport, &info);
	told = slot_of(ign, &info.remote);
	last = READ_ONCE(*told);
	/* 0: not yet. */
	if (last && jiffies - last < HZ)
		return;
	/* Before the slot is taken: the traffic of XFRM would keep it. */
	if (is_reserved(ign, info.spi) || is_for_xfrm(ign, skb, &info))
		return;
	if (cmpxchg(told, last, jiffies ?: 1) == last)
		ipsecgw_event_unknown_spi(ign, &info);
}
