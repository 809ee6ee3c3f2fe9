/* SPDX-License-Identifier: GPL-2.0-only */
/* The only user of the crypto API: allocate, lay out a request, submit. */
#ifndef IPSECGW_CRYPTO_H
#define IPSECGW_CRYPTO_H

#include <linux/types.h>

struct ipsecgw_sa;
struct ipsecgw_sa_config;
struct netlink_ext_ack;
struct sk_buff;

/**
 * struct ipsecgw_crypt - one ESP packet to seal or open
 * @sa: keys
 * @skb: packet; linear, not cloned, ours
 * @esp: its ESP header
 * @len: octets from the ESP header to the end of the ICV
 * @seq: 64-bit sequence number
 * @done: called with the result if the cipher finishes later
 */
struct ipsecgw_crypt {
	struct ipsecgw_sa *sa;
	struct sk_buff *skb;
	u8 *esp;
	unsigned int len;
	u64 seq;
	void (*done)(struct ipsecgw_sa *sa, struct sk_buff *skb, u64 seq,
		     int err);
};

int ipsecgw_crypto_setup(struct ipsecgw_sa *sa,
			 const struct ipsecgw_sa_config *cfg,
			 struct netlink_ext_ack *extack);
void ipsecgw_crypto_teardown(struct ipsecgw_sa *sa);
int ipsecgw_crypto_seal(const struct ipsecgw_crypt *c);
int ipsecgw_crypto_open(const struct ipsecgw_crypt *c);
void ipsecgw_crypto_exit(void);

#endif
