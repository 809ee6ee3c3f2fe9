// SPDX-License-Identifier: GPL-2.0-only
// One packet through ESP, inbound, with its completion function.
//
// Nothing of the SA changes before a packet is authenticated.
#include "esp.h"

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/ah.h>
#include <net/dsfield.h>
#include <net/esp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "ah.h"
#include "alg.h"
#include "crypto.h"
#include "drop.h"
#include "flow.h"
#include "input.h"
#include "mapping.h"
#include "mss.h"
#include "priv.h"
#include "sa.h"
#include "choice.h"
#include "selector.h"
#include "spd.h"
#include "tunnel.h"
#include "vrf.h"

/**
 * struct in_cb - rides in skb->cb during decryption
 * @wire: octets on the wire, outer header included
 * @sport: UDP source port, 0 for plain ESP
 */
struct in_cb {
	u32 wire;
	__be16 sport;
};

/* IPv6 remembers in skb->cb where the last next header field lies. */
static struct in_cb *in_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct inet6_skb_parm) + sizeof(struct in_cb) >
		     sizeof(skb->cb));
	return (struct in_cb *)(skb->cb + sizeof(skb->cb) -
				sizeof(struct in_cb));
}

static void drop(struct ipsecgw_sa *sa, struct sk_buff *skb,
		 enum ipsecgw_drop why)
{
	dev_put(skb->dev);
	ipsecgw_drop(sa->ign, sa, skb, why);
}

static bool is_for_us(const struct ipsecgw_sa *sa, const struct sk_buff *skb)
{
	if (sa->fvrf && sa->fvrf != ipsecgw_vrf_of(skb->dev))
		return false;
	if (sa->family == AF_INET)
		return ip_hdr(skb)->version == 4 &&
		       ip_hdr(skb)->daddr == sa->local.a4;
	return ip_hdr(skb)->version == 6 &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &sa->local.a6);
}

/* Everything that can be said without touching the cipher. */
static enum ipsecgw_drop check_outside(const struct ipsecgw_sa *sa,
				       const struct sk_buff *skb, __be16 sport)
{
	unsigned int fixed = sa->head_len + sa->icv_len;

	if (READ_ONCE(sa->state) == IPSECGW_SA_STATE_EXPIRED)
		return IPSECGW_DROP_IN_EXPIRED;
	if (!is_for_us(sa, skb))
		return IPSECGW_DROP_IN_ADDRESS;
	if (!sa->encap_local != !sport)
		return IPSECGW_DROP_IN_ENCAP;
	if (skb->len < fixed + IPSECGW_ESP_TAIL)
		return IPSECGW_DROP_IN_LENGTH;
	/* RFC 4303, 2.4: aligned to 4 and to the cipher's blocks. */
	if ((skb->len - fixed) & (max_t(u8, sa->alg->block, 4) - 1))
		return IPSECGW_DROP_IN_ALIGNMENT;
	return IPSECGW_DROP_NONE;
}

static enum ipsecgw_drop replay_drop(enum ipsecgw_replay_verdict v)
{
	switch (v) {
	case IPSECGW_REPLAY_ZERO:
		return IPSECGW_DROP_IN_SEQ_ZERO;
	case IPSECGW_REPLAY_OLD:
		return IPSECGW_DROP_IN_REPLAY_OLD;
	case IPSECGW_REPLAY_SEEN:
		return IPSECGW_DROP_IN_REPLAY_SEEN;
	case IPSECGW_REPLAY_OK:
		break;
	}
	return IPSECGW_DROP_NONE;
}

static enum ipsecgw_drop commit_replay(struct ipsecgw_sa *sa, u64 seq,
				       bool *is_newest)
{
	enum ipsecgw_drop why;

	spin_lock(&sa->in->lock);
	*is_newest = seq > sa->in->replay.top;
	/* The window may have passed a wrap since the high half was inferred. */
	if (unlikely(ipsecgw_replay_infer(&sa->in->replay, (u32)seq) != seq))
		why = IPSECGW_DROP_IN_SEQ_CHANGED;
	else
		why = replay_drop(ipsecgw_replay_commit(&sa->in->replay, seq));
	spin_unlock(&sa->in->lock);
	return why;
}

/* RFC 4303, 2.4: take the trailer off; the padding is 1, 2, 3, ... */
static enum ipsecgw_drop strip_trailer(const struct ipsecgw_sa *sa,
				       struct sk_buff *skb, u8 *nexthdr)
{
	unsigned int head = sa->head_len;
	const u8 *end = skb_tail_pointer(skb) - sa->icv_len;
	unsigned int text = skb->len - head - sa->icv_len;
	u8 pad = end[-2];
	unsigned int i;

	*nexthdr = end[-1];
	if (pad + IPSECGW_ESP_TAIL > text)
		return IPSECGW_DROP_IN_PADDING;
	for (i = 1; i <= pad; i++)
		if (end[-IPSECGW_ESP_TAIL - pad - 1 + (int)i] != i)
			return IPSECGW_DROP_IN_PADDING;
	skb_trim(skb, skb->len - sa->icv_len - IPSECGW_ESP_TAIL - pad);
	return IPSECGW_DROP_NONE;
}

static u8 outer_tos(const struct sk_buff *skb)
{
	return ip_hdr(skb)->version == 4 ? ip_hdr(skb)->tos :
					   ipv6_get_dsfield(ipv6_hdr(skb));
}

/* Cut to the length that the inner header says: the rest is TFC padding. */
static enum ipsecgw_drop check_inner4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int len;

	if (skb->len < sizeof(*iph) || iph->version != 4 || iph->ihl < 5)
		return IPSECGW_DROP_IN_INNER_HEADER;
	len = ntohs(iph->tot_len);
	if (len > skb->len || len < iph->ihl * 4)
		return IPSECGW_DROP_IN_INNER_LENGTH;
	skb_trim(skb, len);
	skb->protocol = htons(ETH_P_IP);
	return IPSECGW_DROP_NONE;
}

static enum ipsecgw_drop check_inner6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int len;

	if (skb->len < sizeof(*ip6h) || ip6h->version != 6)
		return IPSECGW_DROP_IN_INNER_HEADER;
	len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	/* A jumbogram says 0 and cannot be in here. */
	if (len > skb->len)
		return IPSECGW_DROP_IN_INNER_LENGTH;
	skb_trim(skb, len);
	skb->protocol = htons(ETH_P_IPV6);
	return IPSECGW_DROP_NONE;
}

static void set_dscp(struct sk_buff *skb, u8 tos)
{
	u8 dscp = tos & ~INET_ECN_MASK;

	if (skb->protocol == htons(ETH_P_IP))
		ipv4_change_dsfield(ip_hdr(skb), INET_ECN_MASK, dscp);
	else
		ipv6_change_dsfield(ipv6_hdr(skb), INET_ECN_MASK, dscp);
}

static enum ipsecgw_drop open_tunnel(const struct ipsecgw_sa *sa,
				     struct sk_buff *skb, u8 nexthdr,
				     unsigned int head)
{
	u8 tos = outer_tos(skb);
	enum ipsecgw_drop why;
	u8 inner;

	__skb_pull(skb, head);
	skb_reset_network_header(skb);
	if (nexthdr == IPPROTO_IPIP)
		why = check_inner4(skb);
	else if (nexthdr == IPPROTO_IPV6)
		why = check_inner6(skb);
	else
		why = IPSECGW_DROP_IN_NEXT_HEADER;
	if (why)
		return why;
	inner = outer_tos(skb);
	/* RFC 6040, 4.2: CE on a packet that cannot carry it means drop. */
	if (!(sa->flags & IPSECGW_SA_FLAGS_NO_ECN) &&
	    INET_ECN_decapsulate(skb, tos, inner) > 1)
		return IPSECGW_DROP_IN_ECN;
	if (sa->flags & IPSECGW_SA_FLAGS_DECAP_DSCP)
		set_dscp(skb, tos);
	return IPSECGW_DROP_NONE;
}

/* The IP header moves back over ESP and gets its old protocol again. */
static enum ipsecgw_drop open_transport(const struct ipsecgw_sa *sa,
					struct sk_buff *skb, u8 nexthdr,
					unsigned int head)
{
	unsigned int gap = head;
	unsigned int hlen = -skb_network_offset(skb);
	u8 *old = skb_network_header(skb);

	if (sa->encap_local) {
		gap += sizeof(struct udphdr);
		hlen -= sizeof(struct udphdr);
	}
	if (sa->family == AF_INET)
		ip_hdr(skb)->protocol = nexthdr;
	else
		old[IP6CB(skb)->nhoff] = nexthdr;
	memmove(old + gap, old, hlen);
	__skb_pull(skb, head);
	__skb_push(skb, hlen);
	skb_reset_network_header(skb);
	if (sa->family == AF_INET) {
		ip_hdr(skb)->tot_len = htons(skb->len);
		ip_send_check(ip_hdr(skb));
		skb->protocol = htons(ETH_P_IP);
	} else {
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
		skb->protocol = htons(ETH_P_IPV6);
	}
	return IPSECGW_DROP_NONE;
}

/* Does one selector, in the direction of the SA, want this flow? */
static bool is_selected(const struct ipsecgw_sa *sa,
			const struct ipsecgw_flow *flow)
{
	unsigned int i;

	if (!sa->n_sel)
		return ipsecgw_selector_match_mirror(&sa->policy->cfg.sel,
						     flow);
	for (i = 0; i < sa->n_sel; i++)
		if (ipsecgw_selector_match(&sa->sel[i], flow))
			return true;
	return false;
}

/*
 * RFC 4301, 5.2, step 4: is the packet one that the SA is for? An ICMP error
 * comes from anywhere; it must quote a packet that the SA's partner carried
 * (RFC 4301, 6.2).
 */
static bool is_allowed(const struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	u8 family = skb->protocol == htons(ETH_P_IP) ? AF_INET : AF_INET6;
	struct ipsecgw_flow flow, quoted;

	if (!sa->n_sel && !sa->policy)
		return true;
	if (!ipsecgw_flow_parse(skb, family, skb_network_offset(skb), &flow))
		return false;
	if (likely(is_selected(sa, &flow)))
		return true;
	if (!ipsecgw_flow_icmp_inner(skb, family, &quoted))
		return false;
	ipsecgw_flow_mirror(&quoted, &flow);
	return is_selected(sa, &flow);
}

static bool is_from_peer(const struct ipsecgw_sa *sa, const struct sk_buff *skb,
			 __be16 sport, union ipsecgw_addr *saddr)
{
	*saddr = (union ipsecgw_addr){};
	if (sa->family == AF_INET)
		saddr->a4 = ip_hdr(skb)->saddr;
	else
		saddr->a6 = ipv6_hdr(skb)->saddr;
	return sport == sa->encap_remote &&
	       ipsecgw_addr_equal(saddr, &sa->remote);
}

/*
 * RFC 3948, 5.1, and RFC 7296, 2.23: the NAT in between chose another mapping.
 * Only the newest packet says so: one that was late comes from where the peer has
 * been, and without a window anybody could send an old one again.
 */
static void check_mapping(struct ipsecgw_sa *sa, const struct sk_buff *skb,
			  __be16 sport)
{
	union ipsecgw_addr saddr;

	if (!sport || likely(is_from_peer(sa, skb, sport, &saddr)))
		return;
	ipsecgw_mapping_changed(sa, &saddr, sport);
}

static enum ipsecgw_drop charge(struct ipsecgw_sa *sa, unsigned int bytes)
{
	struct ipsecgw_credit *credit = &this_cpu_ptr(sa->cpu)->credit;
	enum ipsecgw_verdict verdict;
	u8 limit = 0;

	verdict = ipsecgw_lifetime_charge(&sa->life, credit, bytes, &limit);
	if (unlikely(verdict != IPSECGW_LIFE_OK) &&
	    !ipsecgw_choice_carries(sa, verdict, limit))
		return IPSECGW_DROP_IN_EXPIRED;
	return IPSECGW_DROP_NONE;
}

static void count(struct ipsecgw_sa *sa, unsigned int bytes, unsigned int wire)
{
	struct ipsecgw_sa_cpu *c = this_cpu_ptr(sa->cpu);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->t.packets);
	u64_stats_add(&c->t.bytes, bytes);
	u64_stats_add(&c->t.wire_bytes, wire);
	u64_stats_update_end(&c->syncp);
	ipsecgw_stats_traffic(sa->ign, false, bytes, wire);
	ipsecgw_sa_used(sa);
}

/* What fits into the tunnel on the way back. */
static unsigned int way_back(const struct ipsecgw_sa *sa,
			     const struct sk_buff *skb)
{
	const struct ipsecgw_policy *pol = sa->policy;
	const struct ipsecgw_sa *out = pol ? rcu_dereference(pol->out) : NULL;
	u32 mtu;

	if (!out)
		return U16_MAX;
	mtu = READ_ONCE(out->out->plain_mtu);
	/* Nothing has been sent yet: as if the path were as wide as its start. */
	return mtu ?: ipsecgw_sa_plain_mtu(out, READ_ONCE(skb->dev->mtu));
}

/* From the authenticated text to a packet that the stack may have. */
static enum ipsecgw_drop open_inside(struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	unsigned int head = sa->head_len;
	enum ipsecgw_drop why;
	u8 nexthdr;

	if (likely(sa->plain)) {
		why = strip_trailer(sa, skb, &nexthdr);
		if (why)
			return why;
		/* RFC 4303, 2.6: a dummy, made to hide when others are sent. */
		if (nexthdr == IPPROTO_NONE)
			return IPSECGW_DROP_IN_DUMMY;
	} else {
		nexthdr = ((const struct ip_auth_hdr *)skb->data)->nexthdr;
		head = ipsecgw_ah_given_len(sa, skb->data[1]);
	}
	if (sa->mode == IPSECGW_MODE_TUNNEL)
		why = open_tunnel(sa, skb, nexthdr, head);
	else
		why = open_transport(sa, skb, nexthdr, head);
	if (why)
		return why;
	if (!is_allowed(sa, skb))
		return IPSECGW_DROP_IN_SELECTOR;
	if (unlikely(sa->how.mss))
		ipsecgw_mss_clamp(skb, sa->how.mss, way_back(sa, skb));
	return IPSECGW_DROP_NONE;
}

/* From here on it is a packet of the inside VRF, if there is still one. */
static bool enter_vrf(const struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	struct net_device *dev;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(sa->ign->net, sa->ivrf);
	if (dev && !netif_is_l3_master(dev))
		dev = NULL;
	if (dev) {
		dev_hold(dev);
		dev_put(skb->dev);
		skb->dev = dev;
	}
	rcu_read_unlock();
	return dev;
}

/* What the outside left on the packet does not belong to the inside. */
static void scrub(const struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	skb_scrub_packet(skb, false);
	skb_clear_hash(skb);
	skb->encapsulation = 0;
	/* Behind a NAT the checksum is about addresses that are gone. */
	skb->ip_summed = sa->encap_local && sa->mode == IPSECGW_MODE_TRANSPORT ?
				 CHECKSUM_UNNECESSARY :
				 CHECKSUM_NONE;
	skb_mac_header_rebuild(skb);
	if (skb->mac_len == ETH_HLEN)
		eth_hdr(skb)->h_proto = skb->protocol;
	memset(skb->cb, 0, sizeof(skb->cb));
}

/* Opened, or not: the only place from where a packet goes on. */
static void in_done(struct ipsecgw_sa *sa, struct sk_buff *skb, u64 seq,
		    int err)
{
	struct in_cb cb = *in_cb(skb);
	enum ipsecgw_drop why;
	bool is_newest;

	if (unlikely(err)) {
		why = err == -EBADMSG ? IPSECGW_DROP_IN_AUTH :
		      err == -ENOMEM  ? IPSECGW_DROP_IN_NO_MEMORY :
		      err == -EINVAL && !sa->plain ?
				       IPSECGW_DROP_IN_OUTER_HEADER :
				       IPSECGW_DROP_IN_CRYPTO;
		drop(sa, skb, why);
		return;
	}
	why = commit_replay(sa, seq, &is_newest);
	if (why)
		goto drop;
	if (likely(is_newest))
		check_mapping(sa, skb, cb.sport);
	why = open_inside(sa, skb);
	if (why)
		goto drop;
	why = charge(sa, skb->len);
	if (why)
		goto drop;
	if (unlikely(sa->ivrf) && !enter_vrf(sa, skb)) {
		why = IPSECGW_DROP_IN_DEVICE_DOWN;
		goto drop;
	}
	count(sa, skb->len, cb.wire);
	scrub(sa, skb);
	if (sa->is_routed && !ipsecgw_tunnel_receive(sa, skb)) {
		why = IPSECGW_DROP_IN_DEVICE_DOWN;
		goto drop;
	}
	ipsecgw_input_deliver(sa, skb);
	return;

drop:
	drop(sa, skb, why);
}

/*
 * A packet to decrypt in place: linear and nobody else's. Pages in fragments
 * may belong to a file or to another socket, so they are only ever read.
 */
static struct sk_buff *make_ours(struct sk_buff *skb)
{
	struct sk_buff *copy;

	if (likely(!skb_is_nonlinear(skb) && !skb_cloned(skb)))
		return skb;
	copy = skb_copy(skb, GFP_ATOMIC);
	if (copy)
		consume_skb(skb);
	return copy;
}

/**
 * ipsecgw_esp_in() - authenticate, decrypt and deliver a packet
 * @sa: inbound SA that its SPI names
 * @skb: packet, data at its ESP header, network header at the outer IP header;
 *	consumed
 * @sport: UDP source port, 0 for plain ESP
 *
 * Context: RCU read side, softirq or bottom halves disabled.
 */
void ipsecgw_esp_in(struct ipsecgw_sa *sa, struct sk_buff *skb, __be16 sport)
{
	const struct ip_esp_hdr *esph;
	struct ipsecgw_crypt c = { .sa = sa, .done = in_done };
	enum ipsecgw_drop why;
	struct sk_buff *mine;
	int err;

	/* Until it is delivered: the device may go while a cipher has it. */
	dev_hold(skb->dev);
	why = check_outside(sa, skb, sport);
	if (unlikely(why))
		goto drop;
	esph = (const struct ip_esp_hdr *)skb->data;
	c.seq = ipsecgw_replay_infer(&sa->in->replay, ntohl(esph->seq_no));
	/* Without the lock, so that a flood of replays costs a look only. */
	why = replay_drop(ipsecgw_replay_check(&sa->in->replay, c.seq));
	if (unlikely(why))
		goto drop;
	mine = make_ours(skb);
	if (unlikely(!mine)) {
		why = IPSECGW_DROP_IN_NO_MEMORY;
		goto drop;
	}
	skb = mine;
	in_cb(skb)->sport = sport;
	in_cb(skb)->wire = skb->len - skb_network_offset(skb);
	c.skb = skb;
	c.esp = skb->data;
	c.len = skb->len;
	err = ipsecgw_crypto_open(&c);
	if (likely(err != -EINPROGRESS))
		in_done(sa, skb, c.seq, err);
	else
		ipsecgw_stats_add(sa->ign, IPSECGW_COUNT_DEFERRED, 1);
	return;

drop:
	drop(sa, skb, why);
}

/* The same before AH. */
static enum ipsecgw_drop check_outside_ah(const struct ipsecgw_sa *sa,
					  const struct sk_buff *skb)
{
	unsigned int len;

	if (READ_ONCE(sa->state) == IPSECGW_SA_STATE_EXPIRED)
		return IPSECGW_DROP_IN_EXPIRED;
	if (!is_for_us(sa, skb))
		return IPSECGW_DROP_IN_ADDRESS;
	len = ipsecgw_ah_given_len(sa, skb->data[1]);
	if (!len || skb->len < len)
		return IPSECGW_DROP_IN_LENGTH;
	return IPSECGW_DROP_NONE;
}

/**
 * ipsecgw_esp_in_ah() - authenticate and deliver a packet with AH
 * @sa: inbound SA that its SPI names
 * @skb: packet, data at its AH header, of which 12 octets are linear, network
 *	header at the outer IP header; consumed
 *
 * Context: RCU read side, softirq or bottom halves disabled.
 */
void ipsecgw_esp_in_ah(struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	enum ipsecgw_drop why;
	struct sk_buff *mine;
	__be32 low;
	u64 seq;

	dev_hold(skb->dev);
	why = check_outside_ah(sa, skb);
	if (why)
		goto drop;
	low = ((const struct ip_auth_hdr *)skb->data)->seq_no;
	seq = ipsecgw_replay_infer(&sa->in->replay, ntohl(low));
	why = replay_drop(ipsecgw_replay_check(&sa->in->replay, seq));
	if (why)
		goto drop;
	mine = make_ours(skb);
	if (!mine) {
		why = IPSECGW_DROP_IN_NO_MEMORY;
		goto drop;
	}
	skb = mine;
	in_cb(skb)->sport = 0;
	in_cb(skb)->wire = skb->len - skb_network_offset(skb);
	in_done(sa, skb, seq, ipsecgw_ah_check(sa, skb, seq));
	return;

drop:
	drop(sa, skb, why);
}
