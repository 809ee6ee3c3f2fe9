// SPDX-License-Identifier: GPL-2.0-only
// Tunnel interfaces: what is routed to one leaves through an SA, or not at all.
//
// The interface has a crypto map of its own, as any other may have one. The
// difference: there is no way around it. What no rule protects has nowhere to go
// in clear, so nothing needs to be guarded, and no hook sees the packets. What the
// SAs of the map's rules carry to us comes in through the interface.
//
// Without an SA the line is dormant: routing protocols take it for down, yet what
// is routed to it still asks for an SA.
#include "tunnel.h"

#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/rbtree.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/rtnetlink.h>
#include "bind.h"
#include "compat.h"
#include "drop.h"
#include "hook_out.h"
#include "priv.h"
#include "sa.h"
#include "sadb.h"
#include "spd_commit.h"

/*
 * What our usual transforms leave of an Ethernet path, over IPv6 and in UDP too.
 * What a narrower path leaves is found out packet by packet, as it always is.
 */
#define DEFAULT_MTU 1400
/* Outer IPv6, UDP and ESP headers, IV, and a link header below them. */
#define HEADROOM (IPSECGW_HEADER_MAX + 24 + 40)
/* Padding, trailer and the longest ICV. */
#define TAILROOM 64

/**
 * struct tunnel - behind the net_device
 * @bind: its crypto map, NULL without one
 * @lock: protects @lines
 * @lines: rules of the map that have an SA to send with
 * @past_drops: for want of an SA, under earlier crypto maps; ign->lock
 */
struct tunnel {
	struct ipsecgw_bind __rcu *bind;
	spinlock_t lock; /* protects lines */
	unsigned int lines;
	u64 past_drops;
};

/* --- sending --------------------------------------------------------------- */

/*
 * What a packet socket sends has no route, and what it says of its packet need
 * not be true. Fragments and ICMP messages are made with a route.
 */
static struct dst_entry *find_route4(struct sk_buff *skb,
				     struct net_device *dev)
{
	struct flowi4 fl4 = {
		.flowi4_oif = dev->ifindex,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.daddr = ip_hdr(skb)->daddr,
	};
	struct rtable *rt = ip_route_output_key(dev_net(dev), &fl4);

	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *find_route6(struct sk_buff *skb,
				     struct net_device *dev)
{
	struct flowi6 fl6 = {
		.flowi6_oif = dev->ifindex,
		.flowi6_flags = FLOWI_FLAG_ANYSRC,
		.daddr = ipv6_hdr(skb)->daddr,
	};
	struct dst_entry *dst = ip6_route_output(dev_net(dev), NULL, &fl6);

	if (!dst->error)
		return dst;
	dst_release(dst);
	return NULL;
}

static enum ipsecgw_drop prepare(struct sk_buff *skb, struct net_device *dev)
{
	bool v4 = skb->protocol == htons(ETH_P_IP);
	struct dst_entry *dst;

	if (!pskb_inet_may_pull(skb) || skb_network_offset(skb) ||
	    skb->protocol != ip_tunnel_parse_protocol(skb))
		return IPSECGW_DROP_OUT_HEADER;
	if (v4 && !pskb_may_pull(skb, ip_hdr(skb)->ihl * 4))
		return IPSECGW_DROP_OUT_HEADER;
	/* A queue in front of us leaves something there. */
	memset(skb->cb, 0, sizeof(skb->cb));
	if (likely(skb_valid_dst(skb)))
		return IPSECGW_DROP_NONE;
	dst = v4 ? find_route4(skb, dev) : find_route6(skb, dev);
	if (!dst)
		return IPSECGW_DROP_OUT_NO_ROUTE;
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	return IPSECGW_DROP_NONE;
}

/**
 * ipsecgw_tunnel_send() - protect what was routed to a tunnel interface
 * @bind: its crypto map
 * @skb: packet, consumed
 *
 * Context: RCU read side, bottom halves disabled.
 */
void ipsecgw_tunnel_send(struct ipsecgw_bind *bind, struct sk_buff *skb)
{
	unsigned int packets = skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
	unsigned int len = skb->len;
	int err = ipsecgw_hook_out_routed(bind, skb);

	if (likely(!err))
		dev_sw_netstats_tx_add(bind->dev, max(packets, 1U), len);
	else if (err != -EINPROGRESS)
		dev_core_stats_tx_dropped_inc(bind->dev);
}

static netdev_tx_t xmit(struct sk_buff *skb, struct net_device *dev)
{
	const struct tunnel *t = netdev_priv(dev);
	struct ipsecgw_bind *bind;
	enum ipsecgw_drop why = IPSECGW_DROP_OUT_NO_SA;

	rcu_read_lock();
	bind = rcu_dereference(t->bind);
	if (likely(bind))
		why = prepare(skb, dev);
	if (likely(!why)) {
		ipsecgw_tunnel_send(bind, skb);
	} else {
		dev_core_stats_tx_dropped_inc(dev);
		ipsecgw_drop(ipsecgw_net_rcu(dev_net(dev)), NULL, skb, why);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* --- receiving ------------------------------------------------------------- */

/**
 * ipsecgw_tunnel_receive() - let a decrypted packet in through its interface
 * @sa: SA that it came through, of a rule of a tunnel interface
 * @skb: clear packet, data at its IP header; @skb->dev is held, and so is what
 *	it becomes
 *
 * Context: any but hard interrupt.
 * Return: false if the interface is gone.
 */
bool ipsecgw_tunnel_receive(struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	struct net_device *dev;

	rcu_read_lock();
	dev = rcu_dereference(sa->policy->tunnel);
	if (likely(dev)) {
		dev_hold(dev);
		dev_put(skb->dev);
		skb->dev = dev;
		skb_reset_mac_header(skb);
		skb_reset_mac_len(skb);
		dev_sw_netstats_rx_add(dev, skb->len);
	}
	rcu_read_unlock();
	return dev;
}

/* --- crypto map ------------------------------------------------------------ */

static int refuse(struct netlink_ext_ack *extack, int err, const char *why)
{
	if (extack)
		extack->_msg = why;
	return err;
}

static bool has_sas(const struct ipsecgw_policy *pol)
{
	return pol && (pol->n_in || pol->n_out);
}

/* SAs know from the start whether they are a tunnel interface's. */
static bool is_in_use(const struct ipsecgw_map *map)
{
	struct rb_node *n;

	for (n = rb_first(&map->rules); n; n = rb_next(n))
		if (has_sas(rb_entry(n, struct ipsecgw_policy, node)))
			return true;
	for (n = rb_first(&map->changes); n; n = rb_next(n))
		if (has_sas(rb_entry(n, struct ipsecgw_change, node)->pol))
			return true;
	return false;
}

/**
 * ipsecgw_tunnel_check() - may this interface have this crypto map
 * @map: map
 * @dev: interface without one, of ours or not
 * @extack: takes the sentence if not
 *
 * Context: process, ign->lock is held.
 * Return: 0 or a negative error.
 */
int ipsecgw_tunnel_check(const struct ipsecgw_map *map,
			 const struct net_device *dev,
			 struct netlink_ext_ack *extack)
{
	if (map->tunnel)
		return refuse(extack, -EBUSY,
			      "a tunnel interface has that crypto map");
	if (!ipsecgw_tunnel_is(dev))
		return 0;
	if (!list_empty(&map->binds))
		return refuse(extack, -EBUSY,
			      "another interface has that crypto map");
	if (is_in_use(map))
		return refuse(extack, -EBUSY,
			      "the crypto map has sas, bind it before them");
	return 0;
}

static void set_tunnel(struct ipsecgw_map *map, struct net_device *dev)
{
	struct rb_node *n;

	map->tunnel = dev;
	for (n = rb_first(&map->rules); n; n = rb_next(n))
		rcu_assign_pointer(
			rb_entry(n, struct ipsecgw_policy, node)->tunnel, dev);
}

/**
 * ipsecgw_tunnel_attach() - let a tunnel interface send and receive
 * @bind: its crypto map, complete
 *
 * Context: process, rtnl and ign->lock are held.
 */
void ipsecgw_tunnel_attach(struct ipsecgw_bind *bind)
{
	struct tunnel *t = netdev_priv(bind->dev);

	set_tunnel(bind->map, bind->dev);
	bind->map->is_routed = true;
	rcu_assign_pointer(t->bind, bind);
}

/**
 * ipsecgw_tunnel_detach() - a tunnel interface loses its crypto map
 * @bind: binding, freed after a grace period
 *
 * The SAs end: what they still carry must not come in through another interface.
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_tunnel_detach(struct ipsecgw_bind *bind)
{
	struct tunnel *t = netdev_priv(bind->dev);
	struct rb_node *n;

	RCU_INIT_POINTER(t->bind, NULL);
	t->past_drops += atomic64_read(&bind->no_sa_drops);
	for (n = rb_first(&bind->map->rules); n; n = rb_next(n))
		ipsecgw_sadb_policy_gone(
			rb_entry(n, struct ipsecgw_policy, node));
	set_tunnel(bind->map, NULL);
}

/**
 * ipsecgw_tunnel_line() - a rule has got its first SA to send with, or lost the last
 * @pol: rule, of a tunnel interface or not
 * @up: which of both
 *
 * Context: any but hard interrupt, pol->sa_lock is held.
 */
void ipsecgw_tunnel_line(struct ipsecgw_policy *pol, bool up)
{
	struct net_device *dev;
	struct tunnel *t;

	rcu_read_lock();
	dev = rcu_dereference(pol->tunnel);
	if (dev) {
		t = netdev_priv(dev);
		spin_lock_bh(&t->lock);
		t->lines += up ? 1 : -1;
		if (t->lines)
			netif_dormant_off(dev);
		else
			netif_dormant_on(dev);
		spin_unlock_bh(&t->lock);
	}
	rcu_read_unlock();
}

/* --- the interface ----------------------------------------------------------- */

static int init(struct net_device *dev)
{
	struct tunnel *t = netdev_priv(dev);

	spin_lock_init(&t->lock);
	/* Not yet registered, so nobody is to be told. */
	set_bit(__LINK_STATE_DORMANT, &dev->state);
	return 0;
}

static void get_stats(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	const struct tunnel *t = netdev_priv(dev);
	const struct ipsecgw_bind *bind;

	dev_get_tstats64(dev, stats);
	rcu_read_lock();
	bind = rcu_dereference(t->bind);
	stats->tx_dropped += READ_ONCE(t->past_drops);
	if (bind)
		stats->tx_dropped += atomic64_read(&bind->no_sa_drops);
	rcu_read_unlock();
}

static const struct net_device_ops ops = {
	.ndo_init = init,
	.ndo_start_xmit = xmit,
	.ndo_get_stats64 = get_stats,
};

static const struct device_type type = { .name = KBUILD_MODNAME };

static void setup(struct net_device *dev)
{
	const netdev_features_t features = NETIF_F_HW_CSUM | NETIF_F_SG |
					   NETIF_F_GSO | NETIF_F_GSO_SOFTWARE |
					   NETIF_F_HIGHDMA;

	dev->netdev_ops = &ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE;
	netdev_set_lltx(dev);
	dev->features |= features;
	dev->hw_features |= features;
	dev->hw_enc_features |= features;
	dev->mtu = DEFAULT_MTU;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - HEADROOM - TAILROOM;
	dev->needed_headroom = HEADROOM;
	dev->needed_tailroom = TAILROOM;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	dev->needs_free_netdev = true;
	SET_NETDEV_DEVTYPE(dev, &type);
	/* What is too long is told its sender by way of the route. */
	netif_keep_dst(dev);
}

static struct rtnl_link_ops link_ops = {
	.kind = KBUILD_MODNAME,
	.priv_size = sizeof(struct tunnel),
	.setup = setup,
};

/**
 * ipsecgw_tunnel_is() - is it a tunnel interface of ours
 * @dev: interface
 *
 * Return: true if it is.
 */
bool ipsecgw_tunnel_is(const struct net_device *dev)
{
	return dev->netdev_ops == &ops;
}

/**
 * ipsecgw_tunnel_init() - let tunnel interfaces be made
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_tunnel_init(void)
{
	return rtnl_link_register(&link_ops);
}

/**
 * ipsecgw_tunnel_exit() - delete those that are left
 *
 * They have no crypto map, or the module would not be unloaded.
 *
 * Context: process, takes rtnl.
 */
void ipsecgw_tunnel_exit(void)
{
	rtnl_link_unregister(&link_ops);
}
