/* SPDX-License-Identifier: GPL-2.0-only */
/* Table of transforms: our id, kernel algorithm string, key, IV and ICV sizes. */
#ifndef IPSECGW_ALG_H
#define IPSECGW_ALG_H

#include <linux/types.h>

struct netlink_ext_ack;

/**
 * enum ipsecgw_layout - how a transform sees an ESP packet
 * @IPSECGW_LAYOUT_AEAD: nonce of salt and IV; header as associated data
 * @IPSECGW_LAYOUT_AUTHENC: cipher and HMAC; header and IV as associated data
 * @IPSECGW_LAYOUT_GMAC: nonce of salt and IV; all is associated data
 */
enum ipsecgw_layout {
	IPSECGW_LAYOUT_AEAD,
	IPSECGW_LAYOUT_AUTHENC,
	IPSECGW_LAYOUT_GMAC,
};

/**
 * struct ipsecgw_alg_cipher - an encryption algorithm
 * @name: as in messages
 * @kernel_name: for the crypto API; inside authenc() for a plain cipher
 * @layout: enum ipsecgw_layout
 * @iv_len: octets of IV in the packet
 * @salt_len: octets at the end of the key that belong to the nonce
 * @block: what the payload is padded to, before the minimum of 4
 * @iv_random: the IV must be unpredictable; else it is a counter
 * @weak: no longer considered secure
 * @key_len: allowed key lengths without salt, 0 ends the list early
 * @icv_len: allowed ICV lengths of a combined cipher, the default first
 */
struct ipsecgw_alg_cipher {
	const char *name;
	const char *kernel_name;
	u8 layout;
	u8 iv_len;
	u8 salt_len;
	u8 block;
	bool iv_random;
	bool weak;
	u8 key_len[3];
	u8 icv_len[3];
};

/**
 * struct ipsecgw_alg_integ - an integrity algorithm
 * @name: as in messages
 * @kernel_name: for the crypto API
 * @key_len: octets
 * @icv_len: octets
 * @weak: no longer considered secure
 */
struct ipsecgw_alg_integ {
	const char *name;
	const char *kernel_name;
	u8 key_len;
	u8 icv_len;
	bool weak;
};

const struct ipsecgw_alg_cipher *ipsecgw_alg_cipher(u8 id);
const struct ipsecgw_alg_integ *ipsecgw_alg_integ(u8 id);

#endif
