// SPDX-License-Identifier: GPL-2.0-only
// Where protected packets enter: protocol handlers, UDP encapsulation.
//
// XFRM's chain of protocol handlers lets us live beside esp4, esp6 and their
// users in any load order: what is not ours goes on to the next handler.
#include "hook_in.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/udp.h>
#include <net/ah.h>
#include <net/esp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>
#include "drop.h"
#include "esp.h"
#include "priv.h"
#include "sadb.h"
#include "unknown.h"

/* Before xfrm_interface (10) and vti (100). */
#define PRIORITY 1000
/* RFC 4303, 2.1: 0 is for local use, 1 to 255 are reserved. */
#define SPI_FIRST 256
/* Packets that may have been sent since one that an error quotes. */
#define RECENT 1000000

/* The SA of a packet, or NULL and whether the packet was consumed. */
static struct ipsecgw_sa *find_sa(struct ipsecgw_net *ign, struct sk_buff *skb)
{
	const struct ip_esp_hdr *esph;
	struct ipsecgw_sa *sa;

	if (!pskb_may_pull(skb, sizeof(*esph)))
		return NULL;
	esph = (const struct ip_esp_hdr *)skb->data;
	sa = ipsecgw_sadb_lookup_in(ign, esph->spi, IPPROTO_ESP);
	/* A reservation has no keys: as unknown as any other SPI. */
	if (!sa || READ_ONCE(sa->state) == IPSECGW_SA_STATE_LARVAL)
		return NULL;
	return sa;
}

static enum ipsecgw_drop why_unknown(const struct sk_buff *skb)
{
	const struct ip_esp_hdr *esph = (const struct ip_esp_hdr *)skb->data;

	if (skb_headlen(skb) < sizeof(*esph))
		return IPSECGW_DROP_IN_LENGTH;
	if (ntohl(esph->spi) < SPI_FIRST)
		return IPSECGW_DROP_IN_BAD_SPI;
	return IPSECGW_DROP_IN_UNKNOWN_SPI;
}

/* Tell of it if it is what it should be. Return: why it is dropped, if it is. */
static enum ipsecgw_drop unknown(struct ipsecgw_net *ign,
				 const struct sk_buff *skb, __be16 sport)
{
	enum ipsecgw_drop why = why_unknown(skb);

	if (why == IPSECGW_DROP_IN_UNKNOWN_SPI)
		ipsecgw_unknown_tell(ign, skb, sport);
	return why;
}

/* -EINVAL, and nothing else, passes the packet on to XFRM. */
static int receive(struct sk_buff *skb, __be16 sport)
{
	struct ipsecgw_net *ign = ipsecgw_net_rcu(dev_net(skb->dev));
	struct ipsecgw_sa *sa = find_sa(ign, skb);
	enum ipsecgw_drop why;

	if (likely(sa)) {
		ipsecgw_esp_in(sa, skb, sport);
		return 0;
	}
	/* What comes to a socket of somebody else concerns nobody but its owner. */
	why = sport ? why_unknown(skb) : unknown(ign, skb, 0);
	if (!READ_ONCE(ign->conf.exclusive))
		return -EINVAL;
	ipsecgw_drop(ign, NULL, skb, why);
	return 0;
}

static int rcv(struct sk_buff *skb)
{
	return receive(skb, 0);
}

static int rcv_ah(struct sk_buff *skb)
{
	struct ipsecgw_net *ign = ipsecgw_net_rcu(dev_net(skb->dev));
	enum ipsecgw_drop why = IPSECGW_DROP_IN_LENGTH;
	struct ipsecgw_sa *sa;
	__be32 spi;

	if (pskb_may_pull(skb, sizeof(struct ip_auth_hdr))) {
		spi = ((const struct ip_auth_hdr *)skb->data)->spi;
		sa = ipsecgw_sadb_lookup_in(ign, spi, IPPROTO_AH);
		if (sa && READ_ONCE(sa->state) != IPSECGW_SA_STATE_LARVAL) {
			ipsecgw_esp_in_ah(sa, skb);
			return 0;
		}
		why = ntohl(spi) < SPI_FIRST ? IPSECGW_DROP_IN_BAD_SPI :
					       IPSECGW_DROP_IN_UNKNOWN_SPI;
	}
	if (!READ_ONCE(ign->conf.exclusive))
		return -EINVAL;
	ipsecgw_drop(ign, NULL, skb, why);
	return 0;
}

/*
 * ESP in UDP from a socket that its owner set up for XFRM. The UDP header still
 * lies in front of the ESP header.
 */
static int rcv_encap(struct sk_buff *skb, int nexthdr, __be32 spi,
		     int encap_type)
{
	const struct udphdr *uh = (const struct udphdr *)skb->data - 1;

	if (-skb_network_offset(skb) < (int)sizeof(*uh))
		return -EINVAL;
	return receive(skb, uh->source);
}

/**
 * ipsecgw_hook_in_udp() - ESP in UDP from a socket that was handed to us
 * @ign: namespace
 * @skb: packet, data at its ESP header; consumed
 * @sport: UDP source port
 *
 * Context: RCU read side, softirq or bottom halves disabled.
 */
void ipsecgw_hook_in_udp(struct ipsecgw_net *ign, struct sk_buff *skb,
			 __be16 sport)
{
	struct ipsecgw_sa *sa = find_sa(ign, skb);

	if (sa)
		ipsecgw_esp_in(sa, skb, sport);
	else
		ipsecgw_drop(ign, NULL, skb, unknown(ign, skb, sport));
}

/* Called for every packet of XFRM too; 1 means: ask the next one. */
static int rcv_cb(struct sk_buff *skb, int err)
{
	return 1;
}

/* There is no AH in UDP. */
static int rcv_ah_encap(struct sk_buff *skb, int nexthdr, __be32 spi,
			int encap_type)
{
	return -EINVAL;
}

/* RFC 792: of AH, what is quoted for sure ends before its sequence number. */
static bool is_recent(const struct ipsecgw_sa *sa, const u8 *head)
{
	const struct ip_esp_hdr *esph = (const struct ip_esp_hdr *)head;

	return sa->proto == IPPROTO_AH ||
	       (u32)ipsecgw_sa_seq(sa) - ntohl(esph->seq_no) < RECENT;
}

/*
 * RFC 4301, 8.2: anybody can send an ICMP error. It is believed if it quotes what
 * only those on the path have seen: an SPI that we send with, our two addresses,
 * and a sequence number that we have used not long ago.
 */
static struct ipsecgw_sa *quoted_sa(struct ipsecgw_net *ign, const u8 *head,
				    u8 proto, u8 family,
				    const union ipsecgw_addr *src,
				    const union ipsecgw_addr *dst)
{
	__be32 spi = proto == IPPROTO_AH ?
			     ((const struct ip_auth_hdr *)head)->spi :
			     ((const struct ip_esp_hdr *)head)->spi;
	struct ipsecgw_sa *sa =
		ipsecgw_sadb_lookup_out(ign, spi, proto, family, dst);

	if (!sa || !ipsecgw_addr_equal(&sa->local, src))
		return NULL;
	return is_recent(sa, head) ? sa : NULL;
}

/* Was the quoted packet longer than what it is said to have been too long for? */
static bool is_longer4(const struct iphdr *quoted, u32 mtu)
{
	return ntohs(quoted->tot_len) > mtu;
}

static bool is_longer6(const struct ipv6hdr *quoted, u32 mtu)
{
	return sizeof(*quoted) + ntohs(quoted->payload_len) > mtu;
}

static int err4(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct net *net = dev_net(skb->dev);
	union ipsecgw_addr src = { .a4 = iph->saddr };
	union ipsecgw_addr dst = { .a4 = iph->daddr };
	struct ipsecgw_sa *sa;

	sa = quoted_sa(ipsecgw_net(net), skb->data + iph->ihl * 4,
		       iph->protocol, AF_INET, &src, &dst);
	if (!sa)
		return -ENOENT;
	if (icmp_hdr(skb)->type == ICMP_DEST_UNREACH &&
	    icmp_hdr(skb)->code == ICMP_FRAG_NEEDED && is_longer4(iph, info))
		ipv4_update_pmtu(skb, net, info, 0, iph->protocol);
	return 0;
}

static int err6(struct sk_buff *skb, u8 proto, u8 type, int offset, __be32 info)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	struct net *net = dev_net(skb->dev);
	union ipsecgw_addr src = { .a6 = ip6h->saddr };
	union ipsecgw_addr dst = { .a6 = ip6h->daddr };
	struct ipsecgw_sa *sa;

	sa = quoted_sa(ipsecgw_net(net), skb->data + offset, proto, AF_INET6,
		       &src, &dst);
	if (!sa)
		return -ENOENT;
	if (type == ICMPV6_PKT_TOOBIG && is_longer6(ip6h, ntohl(info)))
		ip6_update_pmtu(skb, net, info, 0, 0, sock_net_uid(net, NULL));
	return 0;
}

static int err6_esp(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		    u8 code, int offset, __be32 info)
{
	return err6(skb, IPPROTO_ESP, type, offset, info);
}

static int err6_ah(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		   u8 code, int offset, __be32 info)
{
	return err6(skb, IPPROTO_AH, type, offset, info);
}

static struct xfrm4_protocol esp4 = {
	.handler = rcv,
	.input_handler = rcv_encap,
	.cb_handler = rcv_cb,
	.err_handler = err4,
	.priority = PRIORITY,
};

static struct xfrm6_protocol esp6 = {
	.handler = rcv,
	.input_handler = rcv_encap,
	.cb_handler = rcv_cb,
	.err_handler = err6_esp,
	.priority = PRIORITY,
};

static struct xfrm4_protocol ah4 = {
	.handler = rcv_ah,
	.input_handler = rcv_ah_encap,
	.cb_handler = rcv_cb,
	.err_handler = err4,
	.priority = PRIORITY,
};

static struct xfrm6_protocol ah6 = {
	.handler = rcv_ah,
	.input_handler = rcv_ah_encap,
	.cb_handler = rcv_cb,
	.err_handler = err6_ah,
	.priority = PRIORITY,
};

static int register_both(struct xfrm4_protocol *p4, struct xfrm6_protocol *p6,
			 u8 proto)
{
	int err = xfrm4_protocol_register(p4, proto);

	if (err)
		return err;
	err = xfrm6_protocol_register(p6, proto);
	if (err)
		xfrm4_protocol_deregister(p4, proto);
	return err;
}

/**
 * ipsecgw_hook_in_init() - start to receive
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_hook_in_init(void)
{
	int err = register_both(&esp4, &esp6, IPPROTO_ESP);

	if (err)
		return err;
	err = register_both(&ah4, &ah6, IPPROTO_AH);
	if (err) {
		xfrm6_protocol_deregister(&esp6, IPPROTO_ESP);
		xfrm4_protocol_deregister(&esp4, IPPROTO_ESP);
	}
	return err;
}

/**
 * ipsecgw_hook_in_exit() - stop receiving
 *
 * Context: process; no handler runs any more when it returns.
 */
void ipsecgw_hook_in_exit(void)
{
	xfrm6_protocol_deregister(&ah6, IPPROTO_AH);
	xfrm4_protocol_deregister(&ah4, IPPROTO_AH);
	xfrm6_protocol_deregister(&esp6, IPPROTO_ESP);
	xfrm4_protocol_deregister(&esp4, IPPROTO_ESP);
}
