/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters per SA, per rule and per namespace; the list of drop reasons. */
#ifndef IPSECGW_STATS_H
#define IPSECGW_STATS_H

#include <linux/u64_stats_sync.h>
#include <uapi/linux/ipsecgw.h>

struct ipsecgw_net;

/**
 * enum ipsecgw_err - drops as an operator sees them per SA and per rule
 * @IPSECGW_ERR_NO_SA: outbound, no usable SA
 * @IPSECGW_ERR_SEND: outbound, header, route or size
 * @IPSECGW_ERR_ENCRYPT: outbound, the cipher failed
 * @IPSECGW_ERR_SEND_INTERNAL: outbound, out of memory
 * @IPSECGW_ERR_SEQ: outbound, sequence numbers used up
 * @IPSECGW_ERR_REPLAY: inbound, replayed or left of the window
 * @IPSECGW_ERR_AUTH: inbound, integrity check failed
 * @IPSECGW_ERR_LENGTH: inbound, too short or misaligned
 * @IPSECGW_ERR_IDENTITY: inbound, outside the selectors
 * @IPSECGW_ERR_PROTO: inbound, next header not what the SA protects
 * @IPSECGW_ERR_DECAPS: inbound, padding, inner header or cipher
 * @IPSECGW_ERR_INVALID_SA: inbound, SA expired or not fit for the packet
 * @IPSECGW_ERR_RECV_INTERNAL: inbound, out of memory or queue full
 * @IPSECGW_ERR_MAX: how many
 */
enum ipsecgw_err {
	IPSECGW_ERR_NO_SA,
	IPSECGW_ERR_SEND,
	IPSECGW_ERR_ENCRYPT,
	IPSECGW_ERR_SEND_INTERNAL,
	IPSECGW_ERR_SEQ,
	IPSECGW_ERR_REPLAY,
	IPSECGW_ERR_AUTH,
	IPSECGW_ERR_LENGTH,
	IPSECGW_ERR_IDENTITY,
	IPSECGW_ERR_PROTO,
	IPSECGW_ERR_DECAPS,
	IPSECGW_ERR_INVALID_SA,
	IPSECGW_ERR_RECV_INTERNAL,
	IPSECGW_ERR_MAX,
};

/**
 * struct ipsecgw_traffic - good packets, one direction
 * @packets: packets
 * @bytes: octets before encapsulation, after decapsulation
 * @wire_bytes: octets on the wire, outer header included
 */
struct ipsecgw_traffic {
	u64 packets;
	u64 bytes;
	u64 wire_bytes;
};

/**
 * struct ipsecgw_sum - counters of an SA or a rule, folded
 * @in: received
 * @out: sent
 * @err: drops by class
 */
struct ipsecgw_sum {
	struct ipsecgw_traffic in;
	struct ipsecgw_traffic out;
	u64 err[IPSECGW_ERR_MAX];
};

/**
 * enum ipsecgw_count - counters of a namespace that are no drops
 * @IPSECGW_COUNT_OUT_PACKETS: packets protected
 * @IPSECGW_COUNT_OUT_BYTES: their octets before encapsulation
 * @IPSECGW_COUNT_OUT_WIRE_BYTES: and on the wire, outer header included
 * @IPSECGW_COUNT_IN_PACKETS: packets decapsulated
 * @IPSECGW_COUNT_IN_BYTES: their octets after it
 * @IPSECGW_COUNT_IN_WIRE_BYTES: and on the wire, outer header included
 * @IPSECGW_COUNT_BYPASSED: packets that a rule let pass in clear
 * @IPSECGW_COUNT_KEEPALIVES_IN: NAT keepalives received
 * @IPSECGW_COUNT_KEEPALIVES_OUT: NAT keepalives sent
 * @IPSECGW_COUNT_ACQUIRES: acquire events
 * @IPSECGW_COUNT_DEFERRED: packets whose cipher finished asynchronously
 * @IPSECGW_COUNT_MAX: how many
 */
enum ipsecgw_count {
	IPSECGW_COUNT_OUT_PACKETS,
	IPSECGW_COUNT_OUT_BYTES,
	IPSECGW_COUNT_OUT_WIRE_BYTES,
	IPSECGW_COUNT_IN_PACKETS,
	IPSECGW_COUNT_IN_BYTES,
	IPSECGW_COUNT_IN_WIRE_BYTES,
	IPSECGW_COUNT_BYPASSED,
	IPSECGW_COUNT_KEEPALIVES_IN,
	IPSECGW_COUNT_KEEPALIVES_OUT,
	IPSECGW_COUNT_ACQUIRES,
	IPSECGW_COUNT_DEFERRED,
	IPSECGW_COUNT_MAX,
};

/**
 * struct ipsecgw_net_stats - per-CPU counters of a namespace
 * @drop: by reason, enum ipsecgw_drop
 * @count: the others
 * @syncp: for 32-bit readers
 */
struct ipsecgw_net_stats {
	u64_stats_t drop[__IPSECGW_DROP_MAX];
	u64_stats_t count[IPSECGW_COUNT_MAX];
	struct u64_stats_sync syncp;
};

enum ipsecgw_err ipsecgw_stats_class(enum ipsecgw_drop reason);
u64 ipsecgw_stats_drops(const struct ipsecgw_net *ign, enum ipsecgw_drop why);
u64 ipsecgw_stats_get(const struct ipsecgw_net *ign, enum ipsecgw_count what);
void ipsecgw_stats_add(struct ipsecgw_net *ign, enum ipsecgw_count what, u64 n);
void ipsecgw_stats_drop(struct ipsecgw_net *ign, enum ipsecgw_drop why);
void ipsecgw_stats_traffic(struct ipsecgw_net *ign, bool out, u64 bytes,
			   u64 wire);
void ipsecgw_stats_merge(struct ipsecgw_sum *to, const struct ipsecgw_sum *add);

#endif
