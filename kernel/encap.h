/* SPDX-License-Identifier: GPL-2.0-only */
/* UDP sockets handed over for ESP in UDP (RFC 3948). */
#ifndef IPSECGW_ENCAP_H
#define IPSECGW_ENCAP_H

#include "addr.h"

struct ipsecgw_net;
struct ipsecgw_sa;
struct netlink_ext_ack;
struct sock;

/**
 * struct ipsecgw_encap_info - a socket for a dump
 * @family: of @local
 * @port: network byte order
 * @local: address it is bound to, zero for any
 */
struct ipsecgw_encap_info {
	u8 family;
	__be16 port;
	union ipsecgw_addr local;
};

int ipsecgw_encap_add(struct ipsecgw_net *ign, int fd,
		      struct netlink_ext_ack *extack);
int ipsecgw_encap_del(struct ipsecgw_net *ign, int fd,
		      struct netlink_ext_ack *extack);
int ipsecgw_encap_walk(struct ipsecgw_net *ign, unsigned int *pos,
		       struct ipsecgw_encap_info *info);
bool ipsecgw_encap_is_ours(const struct sock *sk);
bool ipsecgw_encap_has_port(struct ipsecgw_net *ign, u8 family, __be16 port,
			    u32 vrf);
void ipsecgw_encap_keepalive(const struct ipsecgw_sa *sa);

#endif
