/* SPDX-License-Identifier: GPL-2.0-only */
/* An SA as a request names and describes it. Plain values. */
#ifndef IPSECGW_SA_CONFIG_H
#define IPSECGW_SA_CONFIG_H

#include "addr.h"
#include "lifetime.h"

/**
 * struct ipsecgw_sa_key - how a request names an SA
 * @spi: network byte order
 * @proto: enum ipsecgw_proto
 * @dir: enum ipsecgw_dir; an inbound SPI is unique in the namespace
 * @family: of @remote, 0 if not given
 * @remote: peer; needed to tell outbound SAs of equal SPI apart
 */
struct ipsecgw_sa_key {
	__be32 spi;
	u8 proto;
	u8 dir;
	u8 family;
	union ipsecgw_addr remote;
};

/**
 * struct ipsecgw_handling - what becomes of packets beside their protection
 * @mss: largest TCP segment, IPSECGW_MSS_AUTO, or 0 to leave it
 * @tfc_pad: octets that inner packets are padded to, or 0
 * @mark: of outbound ESP packets and their route, 0 for that of the inner packet
 */
struct ipsecgw_handling {
	u16 mss;
	u16 tfc_pad;
	u32 mark;
};

/**
 * struct ipsecgw_sa_config - an SA as a request describes it
 * @key: name
 * @mode: enum ipsecgw_mode
 * @cipher: enum ipsecgw_cipher
 * @integ: enum ipsecgw_integ
 * @icv_len: octets, 0 for the transform's own length
 * @df: enum ipsecgw_df
 * @dscp: for IPSECGW_SA_FLAGS_SET_DSCP
 * @how: what becomes of packets beside their protection
 * @n_sel: entries in @sel
 * @flags: enum ipsecgw_sa_flags
 * @policy: rule that the SA serves, 0 for none
 * @pair: SPI of the inbound SA that an outbound one belongs to, or 0
 * @replay_window: packets
 * @idle: seconds, 0 for never
 * @keepalive: seconds, 0 for none
 * @encap_local: UDP port in network byte order, 0 for plain ESP
 * @encap_remote: the peer's
 * @fvrf: VRF of the addresses, 0 for any
 * @ivrf: VRF of the inner traffic, 0 for that of the interface
 * @seq: last sequence number sent, or highest received
 * @soft: limits that raise an event
 * @hard: limits that end the SA
 * @local: our outer address, of family @key.family
 * @sel: inner traffic, in the direction of the SA
 * @cipher_key: key and salt; points into the request
 * @cipher_key_len: octets
 * @integ_key: key; points into the request
 * @integ_key_len: octets
 */
struct ipsecgw_sa_config {
	struct ipsecgw_sa_key key;
	u8 mode;
	u8 cipher;
	u8 integ;
	u8 icv_len;
	u8 df;
	u8 dscp;
	u8 n_sel;
	u32 flags;
	u32 policy;
	__be32 pair;
	u32 replay_window;
	u32 idle;
	u16 keepalive;
	struct ipsecgw_handling how;
	__be16 encap_local;
	__be16 encap_remote;
	u32 fvrf;
	u32 ivrf;
	u64 seq;
	struct ipsecgw_limits soft;
	struct ipsecgw_limits hard;
	union ipsecgw_addr local;
	struct ipsecgw_selector sel[IPSECGW_MAX_SELECTORS];
	const u8 *cipher_key;
	unsigned int cipher_key_len;
	const u8 *integ_key;
	unsigned int integ_key_len;
};

#endif
