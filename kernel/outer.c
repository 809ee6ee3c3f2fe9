// SPDX-License-Identifier: GPL-2.0-only
// Outer header on and off: route, path MTU, DSCP, ECN, DF, hand-over to IP.
#include "outer.h"

#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include "drop.h"
#include "priv.h"
#include "sa.h"

/* Numbers of IPv4 packets that a CPU takes at a time. */
#define IDENT_BLOCK 32

/* Its device as the way out makes its table the one that is asked. */
static int vrf_of(const struct ipsecgw_sa *sa)
{
	return sa->fvrf == IPSECGW_VRF_GLOBAL ? 0 : sa->fvrf;
}

static struct dst_entry *route4(struct ipsecgw_sa *sa)
{
	struct flowi4 fl4 = {
		.daddr = sa->remote.a4,
		.saddr = sa->local.a4,
		.flowi4_proto = sa->proto,
		.flowi4_oif = vrf_of(sa),
		.flowi4_mark = sa->how.mark,
	};
	struct rtable *rt = ip_route_output_key(sa->ign->net, &fl4);

	if (IS_ERR(rt))
		return ERR_CAST(rt);
	dst_cache_set_ip4(&sa->out->dst, &rt->dst, fl4.saddr);
	return &rt->dst;
}

static struct dst_entry *route6(struct ipsecgw_sa *sa)
{
	struct flowi6 fl6 = {
		.daddr = sa->remote.a6,
		.saddr = sa->local.a6,
		.flowi6_proto = sa->proto,
		.flowi6_oif = vrf_of(sa),
		.flowi6_mark = sa->how.mark,
	};
	struct dst_entry *dst = ip6_route_output(sa->ign->net, NULL, &fl6);
	int err = dst->error;

	if (err) {
		dst_release(dst);
		return ERR_PTR(err);
	}
	dst_cache_set_ip6(&sa->out->dst, dst, &fl6.saddr);
	return dst;
}

/**
 * ipsecgw_outer_route() - route to the peer
 * @sa: outbound SA in tunnel mode
 *
 * XFRM is not asked: what leaves here is protected already.
 *
 * Context: RCU read side, bottom halves disabled.
 * Return: route with a reference, or ERR_PTR.
 */
struct dst_entry *ipsecgw_outer_route(struct ipsecgw_sa *sa)
{
	struct dst_entry *dst = dst_cache_get(&sa->out->dst);

	if (likely(dst))
		return dst;
	return sa->family == AF_INET ? route4(sa) : route6(sa);
}

/**
 * ipsecgw_outer_len() - octets in front of the payload
 * @sa: outbound SA
 *
 * Return: outer IP and UDP headers, ESP header and IV or AH header.
 */
unsigned int ipsecgw_outer_len(const struct ipsecgw_sa *sa)
{
	return sa->out->header_len + sa->head_len;
}

/* RFC 6040, 4.1, normal mode: ECN is copied. RFC 4301, 5.1.2: so is DSCP. */
static u8 outer_tos(const struct ipsecgw_sa *sa, u8 inner)
{
	u8 tos = inner;

	if (sa->flags & IPSECGW_SA_FLAGS_SET_DSCP)
		tos = sa->dscp | (inner & INET_ECN_MASK);
	if (sa->flags & IPSECGW_SA_FLAGS_NO_ECN)
		tos &= ~INET_ECN_MASK;
	return tos;
}

/*
 * A number that no other packet to the peer has (RFC 791). They come in blocks,
 * from where all of the host's do: to ask for each one is a siphash and an atomic
 * operation.
 */
static __be16 next_ident(struct ipsecgw_sa *sa, struct iphdr *iph)
{
	struct ipsecgw_sa_cpu *c = this_cpu_ptr(sa->cpu);

	if (unlikely(!c->idents)) {
		__ip_select_ident(sa->ign->net, iph, IDENT_BLOCK);
		c->ident = ntohs(iph->id);
		c->idents = IDENT_BLOCK;
	}
	c->idents--;
	return htons(c->ident++);
}

static void finish_header4(struct ipsecgw_sa *sa, struct sk_buff *skb,
			   struct dst_entry *dst,
			   const struct ipsecgw_inner *in)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->tos = outer_tos(sa, in->tos);
	iph->ttl = ip4_dst_hoplimit(dst);
	if (in->df) {
		iph->frag_off = htons(IP_DF);
		/* RFC 6864, 4: an atomic datagram needs no number. */
		iph->id = 0;
	} else {
		iph->frag_off = 0;
		iph->id = next_ident(sa, iph);
	}
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	skb->protocol = htons(ETH_P_IP);
}

static void finish_header6(struct ipsecgw_sa *sa, struct sk_buff *skb,
			   struct dst_entry *dst,
			   const struct ipsecgw_inner *in)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);

	ip6_flow_hdr(ip6h, outer_tos(sa, in->tos), 0);
	ip6h->hop_limit = ip6_dst_hoplimit(dst);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	skb->protocol = htons(ETH_P_IPV6);
	/* Longer than the path only if the inner packet must not be refused. */
	skb->ignore_df = 1;
}

/*
 * UDP length and, over IPv6, the checksum: the pseudo header's part of it, the
 * rest is added by ipsecgw_outer_send().
 */
static void finish_udp(struct ipsecgw_sa *sa, struct sk_buff *skb, u8 *p)
{
	struct udphdr *uh = (struct udphdr *)p;
	unsigned int len = skb_tail_pointer(skb) - p;

	uh->len = htons(len);
	uh->check = 0;
	skb_set_transport_header(skb, p - skb->data);
	/* RFC 3948, 2.1: zero over IPv4. RFC 8200, 8.1: not so over IPv6. */
	if (sa->family == AF_INET6)
		udp6_set_csum(false, skb, &ipv6_hdr(skb)->saddr,
			      &ipv6_hdr(skb)->daddr, len);
}

/* Copy what is the same for every packet; retry if the peer moved meanwhile. */
static void copy_template(const struct ipsecgw_sa *sa, u8 *to)
{
	const struct ipsecgw_sa_out *out = sa->out;
	unsigned int start;

	do {
		start = read_seqcount_begin(&out->header_seq);
		memcpy(to, out->header, out->header_len);
	} while (read_seqcount_retry(&out->header_seq, start));
}

static u8 *push_tunnel(struct ipsecgw_sa *sa, struct sk_buff *skb,
		       struct dst_entry *dst, const struct ipsecgw_inner *in)
{
	u8 *esp;

	__skb_push(skb, ipsecgw_outer_len(sa));
	copy_template(sa, skb->data);
	esp = skb->data + sa->out->header_len;
	skb_scrub_packet(skb, false);
	skb->encapsulation = 0;
	skb->ip_summed = CHECKSUM_NONE;
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sa->out->header_len);
	if (sa->family == AF_INET)
		finish_header4(sa, skb, dst, in);
	else
		finish_header6(sa, skb, dst, in);
	if (sa->encap_local)
		finish_udp(sa, skb, esp - sizeof(struct udphdr));
	dst_hold(dst);
	skb_dst_set(skb, dst);
	return esp;
}

/*
 * In transport mode this host is the source and may fragment what it sends, DF or
 * not: DF is for the path. Fragments need a number, which the header may lack.
 */
static void may_fragment(const struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	skb->ignore_df = 1;
	if (sa->family == AF_INET && skb->len > dst_mtu(skb_dst(skb)))
		__ip_select_ident(sa->ign->net, ip_hdr(skb), 1);
}

/* The IP header moves to the front, ESP takes the place behind it. */
static u8 *push_transport(struct ipsecgw_sa *sa, struct sk_buff *skb,
			  const struct ipsecgw_inner *in)
{
	unsigned int grow = ipsecgw_outer_len(sa);
	u8 *old = skb->data;
	u8 *esp;

	__skb_push(skb, grow);
	memmove(skb->data, old, in->hlen);
	skb_reset_network_header(skb);
	copy_template(sa, skb->data + in->hlen);
	skb->data[in->nhoff] = sa->encap_local ? IPPROTO_UDP : sa->proto;
	esp = skb->data + in->hlen + sa->out->header_len;
	skb_set_transport_header(skb, in->hlen);
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	nf_reset_ct(skb);
	if (sa->encap_local)
		finish_udp(sa, skb, skb->data + in->hlen);
	may_fragment(sa, skb);
	return esp;
}

/**
 * ipsecgw_outer_push() - put the headers in front of a packet
 * @sa: outbound SA
 * @skb: inner packet with trailer, and with headroom for the headers
 * @dst: route to the peer; not used in transport mode
 * @in: what comes from the inner header
 *
 * Context: softirq or bottom halves disabled.
 * Return: place of the ESP or AH header, not yet written.
 */
u8 *ipsecgw_outer_push(struct ipsecgw_sa *sa, struct sk_buff *skb,
		       struct dst_entry *dst, const struct ipsecgw_inner *in)
{
	if (unlikely(sa->how.mark))
		skb->mark = sa->how.mark;
	if (sa->mode == IPSECGW_MODE_TUNNEL)
		return push_tunnel(sa, skb, dst, in);
	return push_transport(sa, skb, in);
}

/**
 * ipsecgw_outer_send() - hand a protected packet to IP
 * @sa: outbound SA
 * @skb: packet with a route, consumed
 *
 * Our control socket as sender tells our own hooks that the packet has been
 * dealt with.
 *
 * Context: RCU read side, bottom halves disabled.
 */
void ipsecgw_outer_send(struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	struct ipsecgw_net *ign = sa->ign;

	/*
	 * The UDP checksum over IPv6 (RFC 8200, 8.1), now that what it covers is
	 * encrypted; no other packet has one to fill in. It is not left to the
	 * device: veth hands the mark on undone, and in tunnel mode XFRM takes it
	 * on to the packet inside, to whose octets it does not refer.
	 */
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb)) {
		ipsecgw_drop(ign, sa, skb, IPSECGW_DROP_OUT_HEADER);
		return;
	}
	if (sa->family == AF_INET)
		ip_local_out(ign->net, ign->ctl4, skb);
	else
		ip6_local_out(ign->net, ign->ctl6, skb);
}
