/* SPDX-License-Identifier: GPL-2.0-only */
/* Where clear text could leak past the output hook, or come in. */
#ifndef IPSECGW_GUARD_H
#define IPSECGW_GUARD_H

struct ipsecgw_bind;
struct net;
struct sk_buff;

int ipsecgw_guard_start(struct net *net);
void ipsecgw_guard_stop(struct net *net);
int ipsecgw_guard_attach(struct ipsecgw_bind *bind);
void ipsecgw_guard_detach(struct ipsecgw_bind *bind);
void ipsecgw_guard_pass(const struct ipsecgw_bind *bind, struct sk_buff *skb);

#endif
