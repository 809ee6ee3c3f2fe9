/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of an SA: what each CPU counts, what only one direction has. */
#ifndef IPSECGW_SA_PART_H
#define IPSECGW_SA_PART_H

#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/u64_stats_sync.h>
#include <net/dst_cache.h>
#include "lifetime.h"
#include "replay.h"

/**
 * struct ipsecgw_sa_cpu - what one CPU counts for an SA
 * @t: good packets
 * @credit: withdrawn from the SA's lifetime and not yet used
 * @ident: next number of an outer IPv4 packet
 * @idents: how many from there on are this CPU's
 * @syncp: for 32-bit readers of @t
 */
struct ipsecgw_sa_cpu {
	struct {
		u64_stats_t packets;
		u64_stats_t bytes;
		u64_stats_t wire_bytes;
	} t;
	struct ipsecgw_credit credit;
	u16 ident;
	u16 idents;
	struct u64_stats_sync syncp;
};

/**
 * struct ipsecgw_sa_in - what only an inbound SA has
 * @lock: protects @replay
 * @replay: window; last, because it has a flexible size
 */
struct ipsecgw_sa_in {
	spinlock_t lock; /* protects replay */
	struct ipsecgw_replay replay;
};

/* Outer header with its UDP header, as long as the longest. */
#define IPSECGW_HEADER_MAX 48

/**
 * struct ipsecgw_sa_out - what only an outbound SA has
 * @seq: last sequence number sent
 * @header_seq: readers of @header and of the addresses retry on a change
 * @header: outer header as far as it is the same for every packet
 * @header_len: octets of it that are used, 0 in transport mode without UDP
 * @dst: route to the peer
 * @path_mtu: of the last route used
 * @plain_mtu: longest inner packet for @path_mtu
 * @pair: SPI of the inbound SA of the same pair, or 0
 * @keepalive: seconds between NAT keepalives, 0 for none
 */
struct ipsecgw_sa_out {
	atomic64_t seq;
	seqcount_mutex_t header_seq;
	u8 header[IPSECGW_HEADER_MAX] __aligned(8);
	u8 header_len;
	struct dst_cache dst;
	u32 path_mtu;
	u32 plain_mtu;
	__be32 pair;
	u16 keepalive;
};

#endif
