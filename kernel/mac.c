// SPDX-License-Identifier: GPL-2.0-only
// Keyed hashes of SAs that do not encrypt.
//
// Synchronous ones only: the request lies on the stack, and no packet waits.
#include "mac.h"

#include <crypto/hash.h>
#include <linux/netlink.h>
#include "alg.h"
#include "sa.h"

/**
 * ipsecgw_mac_setup() - give an SA its keyed hash
 * @sa: SA under construction
 * @cfg: algorithm and key
 * @extack: takes the sentence on failure
 *
 * Context: process, may load modules.
 * Return: 0 or a negative error.
 */
int ipsecgw_mac_setup(struct ipsecgw_sa *sa,
		      const struct ipsecgw_sa_config *cfg,
		      struct netlink_ext_ack *extack)
{
	const struct ipsecgw_alg_integ *integ = ipsecgw_alg_integ(cfg->integ);
	int err;

	if (!integ || !integ->kernel_name) {
		NL_SET_ERR_MSG(extack, "no such integrity algorithm");
		return -EINVAL;
	}
	if (cfg->integ_key_len != integ->key_len) {
		NL_SET_ERR_MSG(
			extack,
			"integrity key has the wrong length (md5: 16 octets, sha1: 20, sha256: 32, sha384: 48, sha512: 64)");
		return -EINVAL;
	}
	sa->icv_len = integ->icv_len;
	if (integ->weak)
		sa->flags |= IPSECGW_SA_FLAGS_WEAK;
	sa->mac = crypto_alloc_shash(integ->kernel_name, 0, 0);
	if (IS_ERR(sa->mac)) {
		err = PTR_ERR(sa->mac);
		sa->mac = NULL;
		NL_SET_ERR_MSG(
			extack,
			"the kernel has no implementation of this transform, see /proc/crypto");
		return err;
	}
	err = crypto_shash_setkey(sa->mac, cfg->integ_key, cfg->integ_key_len);
	if (err) {
		NL_SET_ERR_MSG(extack, "the kernel refused the key");
		ipsecgw_mac_teardown(sa);
	}
	return err;
}

/**
 * ipsecgw_mac_teardown() - wipe and free the hash of an SA
 * @sa: SA that no packet can reach any more
 *
 * Context: process.
 */
void ipsecgw_mac_teardown(struct ipsecgw_sa *sa)
{
	if (!sa->mac)
		return;
	crypto_free_shash(sa->mac);
	sa->mac = NULL;
}

/**
 * ipsecgw_mac() - hash the parts of a packet
 * @sa: key
 * @part: parts in their order
 * @n: how many
 * @icv: set to the whole hash, room for IPSECGW_MAC_MAX octets
 *
 * Context: RCU read side, bottom halves disabled.
 * Return: 0 or a negative error.
 */
int ipsecgw_mac(const struct ipsecgw_sa *sa,
		const struct ipsecgw_mac_part *part, unsigned int n, u8 *icv)
{
	SHASH_DESC_ON_STACK(desc, sa->mac);
	unsigned int i;
	int err;

	desc->tfm = sa->mac;
	err = crypto_shash_init(desc);
	for (i = 0; !err && i < n; i++)
		err = crypto_shash_update(desc, part[i].p, part[i].len);
	if (!err)
		err = crypto_shash_final(desc, icv);
	/* The state holds what is derived from the key. */
	shash_desc_zero(desc);
	return err;
}

/**
 * ipsecgw_mac_driver() - which implementation of the hash is in use
 * @sa: SA
 *
 * Return: name, or NULL without a hash.
 */
const char *ipsecgw_mac_driver(const struct ipsecgw_sa *sa)
{
	return sa->mac ? crypto_shash_driver_name(sa->mac) : NULL;
}
