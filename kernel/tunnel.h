/* SPDX-License-Identifier: GPL-2.0-only */
/* Tunnel interfaces: what is routed to one leaves through an SA, or not at all. */
#ifndef IPSECGW_TUNNEL_H
#define IPSECGW_TUNNEL_H

#include <linux/types.h>

struct ipsecgw_bind;
struct ipsecgw_map;
struct ipsecgw_policy;
struct ipsecgw_sa;
struct net_device;
struct netlink_ext_ack;
struct sk_buff;

bool ipsecgw_tunnel_is(const struct net_device *dev);
int ipsecgw_tunnel_check(const struct ipsecgw_map *map,
			 const struct net_device *dev,
			 struct netlink_ext_ack *extack);
void ipsecgw_tunnel_attach(struct ipsecgw_bind *bind);
void ipsecgw_tunnel_detach(struct ipsecgw_bind *bind);
void ipsecgw_tunnel_line(struct ipsecgw_policy *pol, bool up);
void ipsecgw_tunnel_send(struct ipsecgw_bind *bind, struct sk_buff *skb);
bool ipsecgw_tunnel_receive(struct ipsecgw_sa *sa, struct sk_buff *skb);
int ipsecgw_tunnel_init(void);
void ipsecgw_tunnel_exit(void);

#endif
