/* SPDX-License-Identifier: GPL-2.0-only */
/* Soft and hard limits in octets, packets, seconds: credit, charge, verdict. */
#ifndef IPSECGW_LIFETIME_H
#define IPSECGW_LIFETIME_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <uapi/linux/ipsecgw.h>

struct ipsecgw_traffic;

/**
 * enum ipsecgw_told - events that an SA raises once
 * @IPSECGW_TOLD_SOFT_BYTES: soft limit in octets
 * @IPSECGW_TOLD_SOFT_PACKETS: soft limit in packets
 * @IPSECGW_TOLD_SOFT_SECONDS: soft limit in seconds
 * @IPSECGW_TOLD_HARD: any hard limit
 * @IPSECGW_TOLD_IDLE: idle time; again after the next packet
 */
enum ipsecgw_told {
	IPSECGW_TOLD_SOFT_BYTES,
	IPSECGW_TOLD_SOFT_PACKETS,
	IPSECGW_TOLD_SOFT_SECONDS,
	IPSECGW_TOLD_HARD,
	IPSECGW_TOLD_IDLE,
};

/**
 * struct ipsecgw_limits - limits of an SA, 0 for none
 * @bytes: octets before encapsulation
 * @packets: packets
 * @seconds: since the SA was added
 */
struct ipsecgw_limits {
	u64 bytes;
	u64 packets;
	u64 seconds;
};

/**
 * struct ipsecgw_lifetime - limits and what is used of them
 * @soft: limits that raise an event
 * @hard: limits that end the SA
 * @idle: seconds without a packet, 0 for no limit
 * @bytes_used: octets withdrawn as credit
 * @packets_used: packets withdrawn as credit
 * @counts: there is a limit on octets or packets
 * @epoch: changes with the limits; credit of an earlier one is void
 * @told: events that were raised, bits of enum ipsecgw_told
 */
struct ipsecgw_lifetime {
	struct ipsecgw_limits soft;
	struct ipsecgw_limits hard;
	u32 idle;
	bool counts;
	u32 epoch;
	unsigned long told;
	atomic64_t bytes_used;
	atomic64_t packets_used;
};

/**
 * struct ipsecgw_credit - octets and packets that one CPU may still use
 * @bytes: octets
 * @packets: packets
 * @epoch: of the limits that it was withdrawn under
 */
struct ipsecgw_credit {
	u64 bytes;
	u64 packets;
	u32 epoch;
};

/**
 * enum ipsecgw_verdict - what a charge found
 * @IPSECGW_LIFE_OK: go on
 * @IPSECGW_LIFE_SOFT: go on, and a soft limit was passed just now
 * @IPSECGW_LIFE_HARD: drop, a hard limit is reached
 */
enum ipsecgw_verdict {
	IPSECGW_LIFE_OK,
	IPSECGW_LIFE_SOFT,
	IPSECGW_LIFE_HARD,
};

void ipsecgw_lifetime_init(struct ipsecgw_lifetime *life,
			   const struct ipsecgw_limits *soft,
			   const struct ipsecgw_limits *hard, u32 idle);
void ipsecgw_lifetime_change(struct ipsecgw_lifetime *life,
			     const struct ipsecgw_limits *soft,
			     const struct ipsecgw_limits *hard,
			     const struct ipsecgw_traffic *used);
enum ipsecgw_verdict ipsecgw_lifetime_refill(struct ipsecgw_lifetime *life,
					     struct ipsecgw_credit *credit,
					     u64 bytes, u8 *limit);

/**
 * ipsecgw_lifetime_charge() - account for one packet before it is sent
 * @life: limits
 * @credit: this CPU's credit
 * @bytes: octets of the packet
 * @limit: set to the limit that was reached, if any
 *
 * Context: preemption disabled.
 * Return: enum ipsecgw_verdict.
 */
static inline enum ipsecgw_verdict
ipsecgw_lifetime_charge(struct ipsecgw_lifetime *life,
			struct ipsecgw_credit *credit, u64 bytes, u8 *limit)
{
	if (!life->counts)
		return IPSECGW_LIFE_OK;
	if (likely(credit->epoch == READ_ONCE(life->epoch)) &&
	    credit->packets && credit->bytes >= bytes) {
		credit->packets--;
		credit->bytes -= bytes;
		return IPSECGW_LIFE_OK;
	}
	return ipsecgw_lifetime_refill(life, credit, bytes, limit);
}

#endif
