/* SPDX-License-Identifier: GPL-2.0-only */
/* Something happened: calls for the data path. Knows nothing of netlink. */
#ifndef IPSECGW_EVENT_H
#define IPSECGW_EVENT_H

#include "addr.h"
#include "stats.h"

struct ipsecgw_net;
struct ipsecgw_policy;
struct ipsecgw_sa;

/**
 * struct ipsecgw_acquire_info - a packet that needs an SA
 * @pol: rule
 * @flow: the packet
 * @ifindex: bound interface
 * @local_family: family of @local, 0 if there is none
 * @attempts: how often asked
 * @local: our address for the binding
 */
struct ipsecgw_acquire_info {
	struct ipsecgw_policy *pol;
	struct ipsecgw_flow flow;
	u32 ifindex;
	u8 local_family;
	u32 attempts;
	union ipsecgw_addr local;
};

/**
 * struct ipsecgw_unknown_info - a packet that no SA is for
 * @spi: its SPI
 * @family: of the addresses
 * @local: destination
 * @remote: sender, as it says
 * @fvrf: VRF that it came in by
 * @sport: UDP source port, 0 without UDP
 * @dport: UDP destination port
 */
struct ipsecgw_unknown_info {
	__be32 spi;
	u8 family;
	union ipsecgw_addr local;
	union ipsecgw_addr remote;
	u32 fvrf;
	__be16 sport;
	__be16 dport;
};

/* All are safe in softirq; they allocate atomically and never sleep. */
void ipsecgw_event_sa_add(struct ipsecgw_sa *sa);
void ipsecgw_event_sa_del(struct ipsecgw_sa *sa);
void ipsecgw_event_expire(struct ipsecgw_sa *sa, bool hard,
			  enum ipsecgw_limit limit);
void ipsecgw_event_mapping(struct ipsecgw_sa *sa,
			   const union ipsecgw_addr *remote, __be16 port);
void ipsecgw_event_acquire(struct ipsecgw_net *ign,
			   const struct ipsecgw_acquire_info *info);
bool ipsecgw_event_wanted(const struct ipsecgw_net *ign);
void ipsecgw_event_unknown_spi(struct ipsecgw_net *ign,
			       const struct ipsecgw_unknown_info *info);
void ipsecgw_event_drops(struct ipsecgw_net *ign, enum ipsecgw_drop why,
			 u64 packets);

#endif
