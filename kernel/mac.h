/* SPDX-License-Identifier: GPL-2.0-only */
/* Keyed hashes of SAs that do not encrypt. */
#ifndef IPSECGW_MAC_H
#define IPSECGW_MAC_H

#include <linux/types.h>

struct ipsecgw_sa;
struct ipsecgw_sa_config;
struct netlink_ext_ack;

/* Longest ICV of any transform. */
#define IPSECGW_MAC_MAX 64

/**
 * struct ipsecgw_mac_part - octets to be hashed
 * @p: where
 * @len: how many
 */
struct ipsecgw_mac_part {
	const void *p;
	unsigned int len;
};

int ipsecgw_mac_setup(struct ipsecgw_sa *sa,
		      const struct ipsecgw_sa_config *cfg,
		      struct netlink_ext_ack *extack);
void ipsecgw_mac_teardown(struct ipsecgw_sa *sa);
int ipsecgw_mac(const struct ipsecgw_sa *sa,
		const struct ipsecgw_mac_part *part, unsigned int n, u8 *icv);
const char *ipsecgw_mac_driver(const struct ipsecgw_sa *sa);

#endif
