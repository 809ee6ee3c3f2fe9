// SPDX-License-Identifier: GPL-2.0-only
// One packet through ESP, outbound, with its completion function.
#include "esp.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <net/esp.h>
#include <net/dsfield.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/sock.h>
#include "ah.h"
#include "alg.h"
#include "compat.h"
#include "crypto.h"
#include "drop.h"
#include "mss.h"
#include "outer.h"
#include "priv.h"
#include "sa.h"
#include "choice.h"
#include "spd.h"

/* A tunnel whose route leads into another tunnel, and so on. */
#define MAX_DEPTH 4
/* RFC 791, RFC 8200: what every host must be able to take whole. */
#define MIN_MTU4 576
/* What IP options add at most by the rounding to blocks. */
#define SLACK 16

/**
 * struct out - one packet on its way, before it is cut into pieces
 * @ign: namespace
 * @sa: SA
 * @dst: route to the peer, in transport mode the packet's own
 * @mtu: longest inner packet that fits
 * @frag_outer: the outer packet may be fragmented although the inner may not
 */
struct out {
	struct ipsecgw_net *ign;
	struct ipsecgw_sa *sa;
	struct dst_entry *dst;
	unsigned int mtu;
	bool frag_outer;
};

/**
 * struct out_cb - rides behind IP's own part of skb->cb during encryption
 * @reserved: IP's part
 * @bytes: octets before encapsulation
 */
struct out_cb {
	u8 reserved[40];
	u32 bytes;
};

static DEFINE_PER_CPU(struct out *, fragmenting);
static DEFINE_PER_CPU(unsigned int, depth);

static struct out_cb *out_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct out_cb) > sizeof(skb->cb));
	BUILD_BUG_ON(sizeof(struct inet_skb_parm) > 40);
	BUILD_BUG_ON(sizeof(struct inet6_skb_parm) > 40);
	return (struct out_cb *)skb->cb;
}

static void count(struct ipsecgw_sa *sa, unsigned int bytes, unsigned int wire)
{
	struct ipsecgw_sa_cpu *c = this_cpu_ptr(sa->cpu);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->t.packets);
	u64_stats_add(&c->t.bytes, bytes);
	u64_stats_add(&c->t.wire_bytes, wire);
	u64_stats_update_end(&c->syncp);
	ipsecgw_stats_traffic(sa->ign, true, bytes, wire);
	ipsecgw_sa_used(sa);
}

/* Sealed, or not: the only place from where a packet goes on. */
static void out_done(struct ipsecgw_sa *sa, struct sk_buff *skb, u64 seq,
		     int err)
{
	if (unlikely(err)) {
		ipsecgw_drop(sa->ign, sa, skb,
			     err == -ENOMEM ? IPSECGW_DROP_OUT_NO_MEMORY :
					      IPSECGW_DROP_OUT_CRYPTO);
		return;
	}
	count(sa, out_cb(skb)->bytes, skb->len);
	ipsecgw_outer_send(sa, skb);
}

/* The copy takes over the sender's account, so that TCP keeps its brakes. */
static void move_owner(struct sk_buff *to, struct sk_buff *from)
{
	int delta = to->truesize - from->truesize;

	if (!from->sk || !from->destructor)
		return;
	/* Other destructors may look at memory of the packet they belong to. */
	if (from->destructor != sock_wfree &&
	    (!sk_is_tcp(from->sk) || from->destructor == sock_edemux))
		return;
	if (delta > 0)
		refcount_add(delta, &from->sk->sk_wmem_alloc);
	else if (delta < 0 &&
		 refcount_sub_and_test(-delta, &from->sk->sk_wmem_alloc))
		return;
	to->sk = from->sk;
	to->destructor = from->destructor;
	from->sk = NULL;
	from->destructor = NULL;
}

/* What is put in front of a packet from here on. */
static unsigned int headroom(const struct out *o)
{
	return ipsecgw_outer_len(o->sa) + LL_RESERVED_SPACE(o->dst->dev);
}

/*
 * A packet to encrypt in place: linear, nobody else's, with room. Everything
 * else is copied once. Memory that others may see is never written to.
 */
static struct sk_buff *make_room(struct sk_buff *skb, unsigned int head,
				 unsigned int tail)
{
	struct sk_buff *copy;

	if (likely(!skb_is_nonlinear(skb) && !skb_cloned(skb) &&
		   skb_headroom(skb) >= head && skb_tailroom(skb) >= tail))
		return skb;
	copy = skb_copy_expand(skb, head, tail, GFP_ATOMIC);
	if (!copy)
		return NULL;
	move_owner(copy, skb);
	consume_skb(skb);
	return copy;
}

/* What the outer header takes over. False: not a packet that we understand. */
static bool look_inside(const struct out *o, struct sk_buff *skb,
			struct ipsecgw_inner *in)
{
	const struct ipsecgw_sa *sa = o->sa;
	u8 *nexthdr;
	int hlen = 0;

	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *iph = ip_hdr(skb);

		in->nexthdr = IPPROTO_IPIP;
		in->tos = iph->tos;
		in->df = iph->frag_off & htons(IP_DF);
		hlen = iph->ihl * 4;
		in->nhoff = offsetof(struct iphdr, protocol);
	} else {
		in->nexthdr = IPPROTO_IPV6;
		in->tos = ipv6_get_dsfield(ipv6_hdr(skb));
		/* Over IPv4, the guaranteed 1280 must pass, whatever the path. */
		in->df = skb->len > IPV6_MIN_MTU;
		if (sa->mode == IPSECGW_MODE_TRANSPORT) {
			hlen = ip6_find_1stfragopt(skb, &nexthdr);
			if (hlen < 0 || hlen > skb_headlen(skb))
				return false;
			in->nhoff = nexthdr - skb->data;
		}
	}
	if (sa->mode == IPSECGW_MODE_TRANSPORT) {
		in->hlen = hlen;
		in->nexthdr = skb->data[in->nhoff];
		return true;
	}
	if (sa->df != IPSECGW_DF_COPY)
		in->df = sa->df == IPSECGW_DF_SET;
	if (o->frag_outer)
		in->df = false;
	return true;
}

/* RFC 4303, 2.4: padding 1, 2, 3, ..., its length, what the payload is. */
static void put_trailer(struct sk_buff *skb, unsigned int pad, u8 nexthdr,
			unsigned int icv)
{
	u8 *p = __skb_put(skb, pad + IPSECGW_ESP_TAIL + icv);
	unsigned int i;

	for (i = 0; i < pad; i++)
		p[i] = i + 1;
	p[pad] = pad;
	p[pad + 1] = nexthdr;
}

/* 0 and the next sequence number, or why the packet must not go. */
static enum ipsecgw_drop charge(struct ipsecgw_sa *sa, unsigned int bytes,
				u64 *seq)
{
	struct ipsecgw_credit *credit = &this_cpu_ptr(sa->cpu)->credit;
	enum ipsecgw_verdict verdict;
	u8 limit = 0;

	verdict = ipsecgw_lifetime_charge(&sa->life, credit, bytes, &limit);
	if (unlikely(verdict != IPSECGW_LIFE_OK) &&
	    !ipsecgw_choice_carries(sa, verdict, limit))
		return IPSECGW_DROP_OUT_EXPIRED;
	*seq = atomic64_inc_return(&sa->out->seq);
	/* RFC 4303, 3.3.3: never again, least of all with a counter as nonce. */
	if (unlikely(!(sa->flags & IPSECGW_SA_FLAGS_ESN) ? *seq > U32_MAX :
							   !*seq)) {
		atomic64_dec(&sa->out->seq);
		ipsecgw_choice_expire(sa, IPSECGW_LIMIT_SEQUENCE);
		return IPSECGW_DROP_OUT_SEQ_OVERFLOW;
	}
	return IPSECGW_DROP_NONE;
}

/* The same for AH: no trailer, no cipher, nothing that would take its time. */
static void out_ah(const struct out *o, struct sk_buff *skb,
		   const struct ipsecgw_inner *in)
{
	struct ipsecgw_sa *sa = o->sa;
	enum ipsecgw_drop why = IPSECGW_DROP_OUT_NO_MEMORY;
	unsigned int bytes = skb->len;
	struct sk_buff *mine;
	u64 seq;
	u8 *ah;
	int err;

	mine = make_room(skb, headroom(o), 0);
	if (!mine)
		goto drop;
	skb = mine;
	if (unlikely(sa->how.mss))
		ipsecgw_mss_clamp(skb, sa->how.mss, o->mtu);
	why = charge(sa, bytes, &seq);
	if (why)
		goto drop;
	ah = ipsecgw_outer_push(sa, skb, o->dst, in);
	out_cb(skb)->bytes = bytes;
	err = ipsecgw_ah_seal(sa, skb, ah, in->nexthdr, seq);
	why = IPSECGW_DROP_OUT_HEADER;
	if (err == -EINVAL)
		goto drop;
	out_done(sa, skb, seq, err);
	return;

drop:
	ipsecgw_drop(o->ign, sa, skb, why);
}

/* RFC 4303, 2.7: octets that hide how long the packet is, if there is room. */
static unsigned int tfc_len(const struct out *o, unsigned int bytes)
{
	unsigned int to = min_t(unsigned int, o->sa->how.tfc_pad, o->mtu);

	return to > bytes ? to - bytes : 0;
}

/* One packet that fits: trailer, headers, seal, send. */
static void out_one(const struct out *o, struct sk_buff *skb)
{
	struct ipsecgw_sa *sa = o->sa;
	struct ipsecgw_inner in = {};
	enum ipsecgw_drop why = IPSECGW_DROP_OUT_HEADER;
	unsigned int bytes = skb->len;
	unsigned int tfc = 0;
	unsigned int pad;
	struct ip_esp_hdr *esph;
	struct ipsecgw_crypt c;
	struct sk_buff *mine;
	int err;

	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		goto drop;
	if (!look_inside(o, skb, &in))
		goto drop;
	if (unlikely(!sa->plain)) {
		out_ah(o, skb, &in);
		return;
	}
	if (unlikely(sa->how.tfc_pad))
		tfc = tfc_len(o, bytes);
	pad = ipsecgw_esp_pad(bytes + tfc - in.hlen, sa->alg->block);
	mine = make_room(skb, headroom(o),
			 tfc + pad + IPSECGW_ESP_TAIL + sa->icv_len);
	if (unlikely(!mine)) {
		why = IPSECGW_DROP_OUT_NO_MEMORY;
		goto drop;
	}
	skb = mine;
	if (unlikely(sa->how.mss))
		ipsecgw_mss_clamp(skb, sa->how.mss, o->mtu);
	why = charge(sa, bytes, &c.seq);
	if (unlikely(why))
		goto drop;
	if (unlikely(tfc))
		__skb_put_zero(skb, tfc);
	put_trailer(skb, pad, in.nexthdr, sa->icv_len);
	c.esp = ipsecgw_outer_push(sa, skb, o->dst, &in);
	out_cb(skb)->bytes = bytes;
	esph = (struct ip_esp_hdr *)c.esp;
	esph->spi = sa->spi;
	esph->seq_no = htonl((u32)c.seq);
	c.sa = sa;
	c.skb = skb;
	c.len = skb_tail_pointer(skb) - c.esp;
	c.done = out_done;
	err = ipsecgw_crypto_seal(&c);
	if (likely(err != -EINPROGRESS))
		out_done(sa, skb, c.seq, err);
	else
		ipsecgw_stats_add(o->ign, IPSECGW_COUNT_DEFERRED, 1);
	return;

drop:
	ipsecgw_drop(o->ign, sa, skb, why);
}

/* Tell the sender how long a packet may be, and drop this one. */
static void refuse(const struct out *o, struct sk_buff *skb, unsigned int mtu)
{
	/* The route remembers it, so that the stack refuses the next itself. */
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (skb->protocol == htons(ETH_P_IP))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
	else
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	ipsecgw_drop(o->ign, o->sa, skb, IPSECGW_DROP_OUT_TOO_BIG);
}

static int fragment_done(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	out_one(this_cpu_read(fragmenting), skb);
	return 0;
}

/* Fragment before encryption: the peer then needs not to reassemble. */
static void out_fragments(struct out *o, struct sk_buff *skb, unsigned int size)
{
	struct out *outer = this_cpu_read(fragmenting);

	size = min(size, dst_mtu(skb_dst(skb)));
	this_cpu_write(fragmenting, o);
	if (skb->protocol == htons(ETH_P_IP)) {
		IPCB(skb)->frag_max_size = size;
		ip_do_fragment(o->ign->net, skb->sk, skb, fragment_done);
	} else {
		IP6CB(skb)->frag_max_size = size;
		skb->ignore_df = 1;
		ipv6_stub->ipv6_fragment(o->ign->net, skb->sk, skb,
					 fragment_done);
	}
	this_cpu_write(fragmenting, outer);
}

/* Longest piece that a packet came in before defragmentation, 0 if whole. */
static unsigned int longest_piece(const struct sk_buff *skb)
{
	unsigned int size = skb->protocol == htons(ETH_P_IP) ?
				    IPCB(skb)->frag_max_size :
				    IP6CB(skb)->frag_max_size;

	return skb->len > size ? size : 0;
}

/*
 * Only its source may cut an IPv6 packet, or one with DF: this host, or one that
 * has done so already, into pieces which fit.
 */
static bool may_cut(const struct out *o, const struct sk_buff *skb,
		    unsigned int piece)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		if (!(ip_hdr(skb)->frag_off & htons(IP_DF)))
			return true;
	} else if (!piece) {
		return skb->ignore_df;
	}
	return piece && piece <= o->mtu;
}

/*
 * A packet for the peer itself takes the same route as the ESP packet that it
 * becomes. Were its sender told what fits, the route would remember that as the
 * MTU of the path, ESP would have to fit into it in turn, and so on downwards.
 */
static bool is_to_peer(const struct ipsecgw_sa *sa, const struct sk_buff *skb)
{
	if (sa->mode == IPSECGW_MODE_TRANSPORT)
		return true;
	if (sa->family == AF_INET)
		return skb->protocol == htons(ETH_P_IP) &&
		       ip_hdr(skb)->daddr == sa->remote.a4;
	return skb->protocol == htons(ETH_P_IPV6) &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &sa->remote.a6);
}

/*
 * As one ESP packet, which IP cuts (RFC 4301, 8.1): whoever adds the outer header
 * is its source and may do so.
 */
static void out_whole(struct out *o, struct sk_buff *skb)
{
	/* Unless not even IP has a length for it, options or not. */
	if (skb->len > ipsecgw_sa_plain_mtu(o->sa, IP_MAX_MTU - SLACK)) {
		ipsecgw_drop(o->ign, o->sa, skb, IPSECGW_DROP_OUT_TOO_BIG);
		return;
	}
	o->frag_outer = true;
	out_one(o, skb);
	o->frag_outer = false;
}

/*
 * A packet that may be cut. Before encryption, so that the peer has nothing to put
 * together; after it, if that is configured: in the pieces that it came in, or
 * that its interface would take if there were no tunnel.
 */
static void out_cut(struct out *o, struct sk_buff *skb, unsigned int piece,
		    unsigned int floor)
{
	unsigned int size = min_not_zero(piece, o->mtu);

	if (o->sa->mode != IPSECGW_MODE_TUNNEL || o->mtu < floor) {
		out_whole(o, skb);
		return;
	}
	if (!(o->sa->flags & IPSECGW_SA_FLAGS_FRAG_AFTER)) {
		out_fragments(o, skb, size);
		return;
	}
	size = piece ?: READ_ONCE(skb_dst(skb)->dev->mtu);
	if (skb->len <= size) {
		out_whole(o, skb);
		return;
	}
	o->frag_outer = true;
	out_fragments(o, skb, size);
	o->frag_outer = false;
}

/* A single packet, too long or not. */
static void out_sized(struct out *o, struct sk_buff *skb)
{
	bool v4 = skb->protocol == htons(ETH_P_IP);
	unsigned int floor = v4 ? MIN_MTU4 : IPV6_MIN_MTU;
	unsigned int piece = longest_piece(skb);

	if (likely(skb->len <= o->mtu && !piece)) {
		out_one(o, skb);
		return;
	}
	if (may_cut(o, skb, piece)) {
		out_cut(o, skb, piece, floor);
		return;
	}
	if (is_to_peer(o->sa, skb) || skb->len <= floor ||
	    (v4 && o->sa->df == IPSECGW_DF_CLEAR)) {
		out_whole(o, skb);
		return;
	}
	refuse(o, skb, max(o->mtu, floor));
}

static bool must_refuse_gso(const struct out *o, const struct sk_buff *skb)
{
	if (skb_gso_validate_network_len(skb, o->mtu) || is_to_peer(o->sa, skb))
		return false;
	if (skb->protocol == htons(ETH_P_IPV6))
		return o->mtu >= IPV6_MIN_MTU;
	return (ip_hdr(skb)->frag_off & htons(IP_DF)) &&
	       o->sa->df != IPSECGW_DF_CLEAR && o->mtu >= MIN_MTU4;
}

/*
 * Segments get the headroom of the packet that they are cut from. With less than
 * they need each one would have to be copied once more, and also with much more:
 * then nothing is left of the slab at their ends.
 */
static struct sk_buff *fit_headroom(struct sk_buff *skb, unsigned int head)
{
	struct sk_buff *copy;

	if (skb_headroom(skb) >= head &&
	    skb_headroom(skb) < head + SMP_CACHE_BYTES)
		return skb;
	copy = __pskb_copy(skb, head, GFP_ATOMIC);
	if (!copy)
		return NULL;
	skb_headers_offset_update(copy, (int)head - (int)skb_headroom(skb));
	move_owner(copy, skb);
	consume_skb(skb);
	return copy;
}

/* One segmentation for the whole list, into linear packets of our own. */
static void out_segments(struct out *o, struct sk_buff *skb)
{
	struct sk_buff *segs, *next, *fit;

	if (must_refuse_gso(o, skb)) {
		refuse(o, skb, o->mtu);
		return;
	}
	fit = fit_headroom(skb, headroom(o));
	if (!fit) {
		ipsecgw_drop(o->ign, o->sa, skb, IPSECGW_DROP_OUT_NO_MEMORY);
		return;
	}
	skb = fit;
	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs)) {
		ipsecgw_drop(o->ign, o->sa, skb, IPSECGW_DROP_OUT_HEADER);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		out_sized(o, skb);
	}
}

/* Longest inner packet, worked out anew when the path changed. */
static unsigned int plain_mtu(struct ipsecgw_sa *sa, struct dst_entry *dst)
{
	unsigned int path = dst_mtu(dst);

	if (unlikely(READ_ONCE(sa->out->path_mtu) != path)) {
		WRITE_ONCE(sa->out->plain_mtu, ipsecgw_sa_plain_mtu(sa, path));
		WRITE_ONCE(sa->out->path_mtu, path);
	}
	return READ_ONCE(sa->out->plain_mtu);
}

/* Transport mode is between this host and the peer and nobody else. */
static bool is_between_ends(const struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	if (sa->family == AF_INET)
		return skb->protocol == htons(ETH_P_IP) &&
		       ip_hdr(skb)->saddr == sa->local.a4 &&
		       ip_hdr(skb)->daddr == sa->remote.a4;
	return skb->protocol == htons(ETH_P_IPV6) &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->saddr, &sa->local.a6) &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &sa->remote.a6);
}

static enum ipsecgw_drop find_route(struct out *o, struct sk_buff *skb)
{
	if (o->sa->mode == IPSECGW_MODE_TUNNEL) {
		o->dst = ipsecgw_outer_route(o->sa);
		if (IS_ERR(o->dst))
			return IPSECGW_DROP_OUT_NO_ROUTE;
	} else {
		if (!is_between_ends(o->sa, skb))
			return IPSECGW_DROP_OUT_HEADER;
		/* It may be borrowed, and a cipher may keep the packet. */
		if (!skb_dst_force(skb))
			return IPSECGW_DROP_OUT_NO_ROUTE;
		o->dst = dst_clone(skb_dst(skb));
	}
	return IPSECGW_DROP_NONE;
}

/**
 * ipsecgw_esp_out() - protect a packet and send it
 * @ign: namespace
 * @pol: rule that matched
 * @sa: outbound SA
 * @skb: clear packet, data at its IP header, with a route; consumed
 *
 * Context: RCU read side, bottom halves disabled.
 */
void ipsecgw_esp_out(struct ipsecgw_net *ign, struct ipsecgw_policy *pol,
		     struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	struct out o = { .ign = ign, .sa = sa };
	enum ipsecgw_drop why;

	if (unlikely(this_cpu_read(depth) >= MAX_DEPTH)) {
		ipsecgw_drop(ign, sa, skb, IPSECGW_DROP_OUT_LOOP);
		return;
	}
	why = find_route(&o, skb);
	if (unlikely(why)) {
		ipsecgw_drop(ign, sa, skb, why);
		return;
	}
	o.mtu = plain_mtu(sa, o.dst);
	this_cpu_inc(depth);
	if (skb_is_gso(skb))
		out_segments(&o, skb);
	else
		out_sized(&o, skb);
	this_cpu_dec(depth);
	dst_release(o.dst);
}
