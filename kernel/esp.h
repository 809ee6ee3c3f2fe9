/* SPDX-License-Identifier: GPL-2.0-only */
/* ESP wire format and its arithmetic; prototypes of the two ESP paths. */
#ifndef IPSECGW_ESP_H
#define IPSECGW_ESP_H

#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/types.h>

struct ipsecgw_net;
struct ipsecgw_policy;
struct ipsecgw_sa;
struct sk_buff;

#define IPSECGW_ESP_HEADER 8
/* Pad length and next header (RFC 4303, 2.4, 2.6). */
#define IPSECGW_ESP_TAIL 2

/**
 * ipsecgw_esp_pad() - octets of padding
 * @len: octets of payload
 * @block: block size of the cipher
 *
 * RFC 4303, 2.4: the end of the trailer lies on a boundary of 4, and on one of
 * the cipher's blocks.
 *
 * Return: 0 to block + 1.
 */
static inline unsigned int ipsecgw_esp_pad(unsigned int len, unsigned int block)
{
	unsigned int with = len + IPSECGW_ESP_TAIL;

	return ALIGN(with, max(block, 4u)) - with;
}

/**
 * ipsecgw_esp_payload_max() - longest payload that fits
 * @room: octets for the ESP packet, its header included
 * @iv_len: octets of IV
 * @icv_len: octets of ICV
 * @block: block size of the cipher
 *
 * Return: octets, 0 if nothing fits.
 */
static inline unsigned int ipsecgw_esp_payload_max(unsigned int room,
						   unsigned int iv_len,
						   unsigned int icv_len,
						   unsigned int block)
{
	unsigned int fixed = IPSECGW_ESP_HEADER + iv_len + icv_len;

	if (room < fixed + max(block, 4u))
		return 0;
	return ALIGN_DOWN(room - fixed, max(block, 4u)) - IPSECGW_ESP_TAIL;
}

void ipsecgw_esp_out(struct ipsecgw_net *ign, struct ipsecgw_policy *pol,
		     struct ipsecgw_sa *sa, struct sk_buff *skb);
void ipsecgw_esp_in(struct ipsecgw_sa *sa, struct sk_buff *skb, __be16 sport);
void ipsecgw_esp_in_ah(struct ipsecgw_sa *sa, struct sk_buff *skb);

#endif
