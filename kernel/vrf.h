/* SPDX-License-Identifier: GPL-2.0-only */
/* Which VRF a packet or a device belongs to, as addr.h numbers them. */
#ifndef IPSECGW_VRF_H
#define IPSECGW_VRF_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/l3mdev.h>
#include <net/sock.h>
#include "addr.h"

/**
 * ipsecgw_vrf_of() - the VRF that a device is in, or is
 * @dev: device
 *
 * Context: RCU read side.
 * Return: never 0.
 */
static inline u32 ipsecgw_vrf_of(const struct net_device *dev)
{
	return l3mdev_master_ifindex_rcu(dev) ?: IPSECGW_VRF_GLOBAL;
}

/**
 * ipsecgw_vrf_of_index() - the same by the number of the device
 * @net: namespace
 * @ifindex: device, 0 for none
 *
 * Context: RCU read side.
 * Return: never 0.
 */
static inline u32 ipsecgw_vrf_of_index(struct net *net, int ifindex)
{
	return l3mdev_master_ifindex_by_index(net, ifindex) ?:
							      IPSECGW_VRF_GLOBAL;
}

/**
 * ipsecgw_vrf_from() - the VRF that a packet about to leave comes from
 * @net: namespace
 * @skb: packet, forwarded or of this host
 * @sk: its sender, or NULL
 * @out: device that it leaves through
 *
 * Context: RCU read side.
 * Return: that of what it came in by, of its socket, else of @out; never 0.
 */
static inline u32 ipsecgw_vrf_from(struct net *net, const struct sk_buff *skb,
				   const struct sock *sk,
				   const struct net_device *out)
{
	int dev = skb->skb_iif;

	if (!dev && sk && sk_fullsock(sk))
		dev = READ_ONCE(sk->sk_bound_dev_if);
	return dev ? ipsecgw_vrf_of_index(net, dev) : ipsecgw_vrf_of(out);
}

#endif
