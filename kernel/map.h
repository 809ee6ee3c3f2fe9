/* SPDX-License-Identifier: GPL-2.0-only */
/* Crypto maps on interfaces, as requests describe and dumps show them. */
#ifndef IPSECGW_MAP_H
#define IPSECGW_MAP_H

#include "addr.h"
#include <uapi/linux/ipsecgw.h>

struct ipsecgw_net;
struct netlink_ext_ack;

/**
 * struct ipsecgw_map_config - a binding as a request describes it
 * @name: crypto map, created if new
 * @ifindex: interface
 * @has_local4: @local4 is set, else the interface's first address counts
 * @has_local6: the same for @local6
 * @local4: our IPv4 address
 * @local6: our IPv6 address
 */
struct ipsecgw_map_config {
	char name[IPSECGW_MAP_NAME_SIZE];
	u32 ifindex;
	bool has_local4;
	bool has_local6;
	union ipsecgw_addr local4;
	union ipsecgw_addr local6;
};

/**
 * struct ipsecgw_map_info - a binding, or a map without one, for a dump
 * @name: crypto map
 * @ifindex: interface, 0 if unbound
 * @mtu: of the interface
 * @local4: our IPv4 address, zero if none
 * @local6: our IPv6 address, zero if none
 * @policies: rules in the map
 * @staged: changes that wait for a commit
 * @no_sa_drops: packets dropped on the interface because no SA existed
 * @clear_drops: clear packets received that a rule protects
 */
struct ipsecgw_map_info {
	char name[IPSECGW_MAP_NAME_SIZE];
	u32 ifindex;
	u32 mtu;
	union ipsecgw_addr local4;
	union ipsecgw_addr local6;
	u32 policies;
	u32 staged;
	u64 no_sa_drops;
	u64 clear_drops;
};

int ipsecgw_map_bind(struct ipsecgw_net *ign,
		     const struct ipsecgw_map_config *cfg,
		     struct netlink_ext_ack *extack);
int ipsecgw_map_unbind(struct ipsecgw_net *ign, u32 ifindex,
		       struct netlink_ext_ack *extack);
int ipsecgw_map_info(struct ipsecgw_net *ign, u32 ifindex,
		     struct ipsecgw_map_info *info);
int ipsecgw_map_walk(struct ipsecgw_net *ign, unsigned int *pos,
		     struct ipsecgw_map_info *info);

#endif
