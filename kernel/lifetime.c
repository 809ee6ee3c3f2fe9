// SPDX-License-Identifier: GPL-2.0-only
// Soft and hard limits in octets, packets, seconds: credit, charge, verdict.
#include "lifetime.h"

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "stats.h"

/* Most that one CPU withdraws at a time. */
#define CHUNK_BYTES (1024 * 1024)
#define CHUNK_PACKETS 1024

/**
 * ipsecgw_lifetime_init() - set limits
 * @life: lifetime, zeroed before the first time
 * @soft: limits that raise an event
 * @hard: limits that end the SA
 * @idle: seconds, 0 for no limit
 */
void ipsecgw_lifetime_init(struct ipsecgw_lifetime *life,
			   const struct ipsecgw_limits *soft,
			   const struct ipsecgw_limits *hard, u32 idle)
{
	life->hard = *hard;
	if (memcmp(&life->soft, soft, sizeof(*soft))) {
		life->soft = *soft;
		clear_bit(IPSECGW_TOLD_SOFT_BYTES, &life->told);
		clear_bit(IPSECGW_TOLD_SOFT_PACKETS, &life->told);
		clear_bit(IPSECGW_TOLD_SOFT_SECONDS, &life->told);
	}
	life->idle = idle;
	life->counts = soft->bytes || soft->packets || hard->bytes ||
		       hard->packets;
}

/**
 * ipsecgw_lifetime_change() - set other limits in a live SA
 * @life: lifetime
 * @soft: limits that raise an event
 * @hard: limits that end the SA
 * @used: what the SA has carried
 *
 * What CPUs have withdrawn under the old limits might be more than the new ones
 * allow: it is void, and what was really used counts.
 *
 * Context: changes are serialised by the caller; packets may pass meanwhile.
 */
void ipsecgw_lifetime_change(struct ipsecgw_lifetime *life,
			     const struct ipsecgw_limits *soft,
			     const struct ipsecgw_limits *hard,
			     const struct ipsecgw_traffic *used)
{
	if (memcmp(&life->soft, soft, sizeof(*soft))) {
		clear_bit(IPSECGW_TOLD_SOFT_BYTES, &life->told);
		clear_bit(IPSECGW_TOLD_SOFT_PACKETS, &life->told);
		clear_bit(IPSECGW_TOLD_SOFT_SECONDS, &life->told);
	}
	atomic64_set(&life->bytes_used, used->bytes);
	atomic64_set(&life->packets_used, used->packets);
	ipsecgw_lifetime_init(life, soft, hard, life->idle);
	/* Pairs with ipsecgw_lifetime_refill(): who sees it sees the rest. */
	smp_store_release(&life->epoch, life->epoch + 1);
}

/*
 * How much to withdraw at once: less the nearer a limit is, so that what other
 * CPUs hold unused does not end the SA much too early.
 */
static u64 chunk(u64 used, u64 soft, u64 hard, u64 need, u64 most)
{
	u64 n = most;

	if (hard)
		n = min(n, hard > used ? (hard - used) / 16 : 0);
	if (soft && used < soft)
		n = min(n, soft - used);
	return max(n, need);
}

/* Add to a CPU's credit; false if the hard limit does not allow @need more. */
static bool withdraw(atomic64_t *used, u64 soft, u64 hard, u64 need, u64 most,
		     u64 *credit)
{
	u64 have = atomic64_read(used);
	u64 n = chunk(have, soft, hard, need, most);
	u64 now = atomic64_add_return(n, used);

	if (hard && now > hard) {
		atomic64_sub(n, used);
		/* The last octets: exactly what is needed, or nothing. */
		if (n == need)
			return false;
		now = atomic64_add_return(need, used);
		if (now > hard) {
			atomic64_sub(need, used);
			return false;
		}
		n = need;
	}
	*credit += n;
	return true;
}

static bool told_now(struct ipsecgw_lifetime *life, enum ipsecgw_told what)
{
	return !test_bit(what, &life->told) &&
	       !test_and_set_bit(what, &life->told);
}

/**
 * ipsecgw_lifetime_refill() - withdraw credit for a packet that has too little
 * @life: limits
 * @credit: this CPU's credit
 * @bytes: octets of the packet
 * @limit: set to the limit that was reached, if any
 *
 * Context: preemption disabled.
 * Return: enum ipsecgw_verdict; with SOFT the caller raises the event. HARD is
 * told once through @life->told by the caller.
 */
enum ipsecgw_verdict ipsecgw_lifetime_refill(struct ipsecgw_lifetime *life,
					     struct ipsecgw_credit *credit,
					     u64 bytes, u8 *limit)
{
	const struct ipsecgw_limits *soft = &life->soft;
	const struct ipsecgw_limits *hard = &life->hard;
	u32 epoch;

	/* Pairs with ipsecgw_lifetime_change(). */
	epoch = smp_load_acquire(&life->epoch);
	if (credit->epoch != epoch)
		*credit = (struct ipsecgw_credit){ .epoch = epoch };
	if (credit->bytes < bytes &&
	    !withdraw(&life->bytes_used, soft->bytes, hard->bytes,
		      bytes - credit->bytes, CHUNK_BYTES, &credit->bytes)) {
		*limit = IPSECGW_LIMIT_BYTES;
		return IPSECGW_LIFE_HARD;
	}
	if (!credit->packets &&
	    !withdraw(&life->packets_used, soft->packets, hard->packets, 1,
		      CHUNK_PACKETS, &credit->packets)) {
		*limit = IPSECGW_LIMIT_PACKETS;
		return IPSECGW_LIFE_HARD;
	}
	credit->bytes -= bytes;
	credit->packets--;

	if (soft->bytes &&
	    (u64)atomic64_read(&life->bytes_used) > soft->bytes &&
	    told_now(life, IPSECGW_TOLD_SOFT_BYTES)) {
		*limit = IPSECGW_LIMIT_BYTES;
		return IPSECGW_LIFE_SOFT;
	}
	if (soft->packets &&
	    (u64)atomic64_read(&life->packets_used) > soft->packets &&
	    told_now(life, IPSECGW_TOLD_SOFT_PACKETS)) {
		*limit = IPSECGW_LIMIT_PACKETS;
		return IPSECGW_LIFE_SOFT;
	}
	return IPSECGW_LIFE_OK;
}
