// SPDX-License-Identifier: GPL-2.0-only
// Reservation of inbound SPIs.
#include <linux/netlink.h>
#include <linux/random.h>
#include "priv.h"
#include "sadb.h"
#include "sadb_timer.h"

/* Random SPIs tried before a range counts as full. */
#define SPI_TRIES 64

static __be32 random_spi(const struct ipsecgw_spi_range *range)
{
	u32 span = range->max - range->min;

	/* The span may be all 32 bits less the reserved ones. */
	return htonl(range->min +
		     (u32)(((u64)get_random_u32() * ((u64)span + 1)) >> 32));
}

static int pick_spi(struct ipsecgw_net *ign,
		    const struct ipsecgw_spi_range *range,
		    struct ipsecgw_sa_key *key)
{
	u64 span = (u64)range->max - range->min + 1;
	unsigned int i;

	for (i = 0; i < SPI_TRIES; i++) {
		key->spi = random_spi(range);
		if (!ipsecgw_sadb_find(ign, key))
			return 0;
	}
	/* A small range may have a free one that chance did not hit. */
	for (i = 0; span <= SPI_TRIES && i < span; i++) {
		key->spi = htonl(range->min + i);
		if (!ipsecgw_sadb_find(ign, key))
			return 0;
	}
	return -ENOSPC;
}

/**
 * ipsecgw_sadb_alloc_spi() - reserve a random inbound SPI
 * @ign: namespace
 * @range: what is allowed
 * @spi: set to it
 * @id: set to the connection number
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_sadb_alloc_spi(struct ipsecgw_net *ign,
			   const struct ipsecgw_spi_range *range, __be32 *spi,
			   u32 *id, struct netlink_ext_ack *extack)
{
	struct ipsecgw_sa_config cfg = {
		.key.proto = range->proto,
		.key.dir = IPSECGW_DIR_IN,
		.key.family = range->family,
		.key.remote = range->remote,
	};
	struct ipsecgw_sa *sa;
	int err;

	mutex_lock(&ign->lock);
	err = ign->exiting ? -ENODEV : pick_spi(ign, range, &cfg.key);
	if (err) {
		NL_SET_ERR_MSG(extack, "no free spi in that range");
		goto out_unlock;
	}
	sa = ipsecgw_sa_create(ign, &cfg, extack);
	if (IS_ERR(sa)) {
		err = PTR_ERR(sa);
		goto out_unlock;
	}
	err = ipsecgw_sadb_link(sa, NULL);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "the table of sas is full, see conf max-sas");
		ipsecgw_sa_put(sa);
		goto out_unlock;
	}
	ipsecgw_sadb_timer_arm(sa);
	*spi = sa->spi;
	*id = sa->id;
out_unlock:
	mutex_unlock(&ign->lock);
	return err;
}
