/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of SAs: by SPI, by peer and SPI; add, delete, lookup, walk. */
#ifndef IPSECGW_SADB_H
#define IPSECGW_SADB_H

#include "sa.h"

/**
 * struct ipsecgw_sa_filter - which SAs a dump or flush means
 * @dir: enum ipsecgw_dir, 0 for both
 * @family: of @remote, 0 for every peer
 * @policy: rule, 0 for every one
 * @remote: peer
 */
struct ipsecgw_sa_filter {
	u8 dir;
	u8 family;
	u32 policy;
	union ipsecgw_addr remote;
};

/**
 * struct ipsecgw_spi_range - what an SPI reservation asks for
 * @min: lowest SPI, host byte order, at least 256
 * @max: highest
 * @proto: enum ipsecgw_proto
 * @family: of @remote, 0 if the peer is not known
 * @remote: peer that the SPI is for
 */
struct ipsecgw_spi_range {
	u32 min;
	u32 max;
	u8 proto;
	u8 family;
	union ipsecgw_addr remote;
};

/**
 * struct ipsecgw_sa_change - what an update may change
 * @state: IPSECGW_SA_STATE_ACTIVE chooses an outbound SA, 0 leaves it
 * @has_soft: @soft is given
 * @has_hard: @hard is given
 * @has_idle: @idle is given
 * @has_keepalive: @keepalive is given
 * @encap_remote: the peer's new UDP port, 0 leaves it
 * @new_family: family of @new_remote, 0 leaves the peer's address
 * @new_remote: the peer's new address
 * @local_family: family of @new_local, 0 leaves our address
 * @new_local: our new address
 * @idle: seconds
 * @keepalive: seconds
 * @soft: limits
 * @hard: limits
 */
struct ipsecgw_sa_change {
	u8 state;
	bool has_soft;
	bool has_hard;
	bool has_idle;
	bool has_keepalive;
	__be16 encap_remote;
	u8 new_family;
	union ipsecgw_addr new_remote;
	u8 local_family;
	union ipsecgw_addr new_local;
	u32 idle;
	u16 keepalive;
	struct ipsecgw_limits soft;
	struct ipsecgw_limits hard;
};

int ipsecgw_sadb_net_init(struct ipsecgw_net *ign);
void ipsecgw_sadb_net_exit(struct ipsecgw_net *ign);

/* Control path: process context, take ign->lock themselves. */
int ipsecgw_sadb_add(struct ipsecgw_net *ign,
		     const struct ipsecgw_sa_config *cfg, u32 *id,
		     struct netlink_ext_ack *extack);
int ipsecgw_sadb_update(struct ipsecgw_net *ign,
			const struct ipsecgw_sa_key *key,
			const struct ipsecgw_sa_change *chg,
			struct netlink_ext_ack *extack);
int ipsecgw_sadb_del(struct ipsecgw_net *ign, const struct ipsecgw_sa_key *key,
		     struct netlink_ext_ack *extack);
u32 ipsecgw_sadb_flush(struct ipsecgw_net *ign,
		       const struct ipsecgw_sa_filter *filter);
int ipsecgw_sadb_alloc_spi(struct ipsecgw_net *ign,
			   const struct ipsecgw_spi_range *range, __be32 *spi,
			   u32 *id, struct netlink_ext_ack *extack);
struct ipsecgw_sa *ipsecgw_sadb_get(struct ipsecgw_net *ign,
				    const struct ipsecgw_sa_key *key,
				    struct netlink_ext_ack *extack);
struct ipsecgw_sa *ipsecgw_sadb_next(struct ipsecgw_net *ign, u32 *id,
				     const struct ipsecgw_sa_filter *filter);
void ipsecgw_sadb_policy_gone(struct ipsecgw_policy *pol);

/* With ign->lock held. */
struct ipsecgw_sa *ipsecgw_sadb_find(struct ipsecgw_net *ign,
				     const struct ipsecgw_sa_key *key);
int ipsecgw_sadb_link(struct ipsecgw_sa *sa, struct ipsecgw_sa *larval);
void ipsecgw_sadb_remove(struct ipsecgw_sa *sa);
int ipsecgw_sadb_move(struct ipsecgw_sa *sa, const union ipsecgw_addr *local,
		      const union ipsecgw_addr *remote, __be16 port,
		      struct netlink_ext_ack *extack);

/* Data path: RCU read side, no reference. */
struct ipsecgw_sa *ipsecgw_sadb_lookup_in(struct ipsecgw_net *ign, __be32 spi,
					  u8 proto);
struct ipsecgw_sa *ipsecgw_sadb_lookup_out(struct ipsecgw_net *ign, __be32 spi,
					   u8 proto, u8 family,
					   const union ipsecgw_addr *remote);

#endif
