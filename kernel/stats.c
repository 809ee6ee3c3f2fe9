// SPDX-License-Identifier: GPL-2.0-only
// Counters per SA, per rule and per namespace; the list of drop reasons.
#include "stats.h"

#include <linux/percpu.h>
#include "event.h"
#include "priv.h"

static const u8 class_of[__IPSECGW_DROP_MAX] = {
	[IPSECGW_DROP_OUT_NO_SA] = IPSECGW_ERR_NO_SA,
	[IPSECGW_DROP_OUT_ACQUIRE_FULL] = IPSECGW_ERR_NO_SA,
	[IPSECGW_DROP_OUT_HOLD_FULL] = IPSECGW_ERR_NO_SA,
	[IPSECGW_DROP_OUT_HOLD_TIMEOUT] = IPSECGW_ERR_NO_SA,
	[IPSECGW_DROP_OUT_DISCARD] = IPSECGW_ERR_SEND,
	[IPSECGW_DROP_OUT_FRAGMENT] = IPSECGW_ERR_SEND,
	[IPSECGW_DROP_OUT_TOO_BIG] = IPSECGW_ERR_SEND,
	[IPSECGW_DROP_OUT_SEQ_OVERFLOW] = IPSECGW_ERR_SEQ,
	[IPSECGW_DROP_OUT_EXPIRED] = IPSECGW_ERR_NO_SA,
	[IPSECGW_DROP_OUT_NO_ROUTE] = IPSECGW_ERR_SEND,
	[IPSECGW_DROP_OUT_NO_MEMORY] = IPSECGW_ERR_SEND_INTERNAL,
	[IPSECGW_DROP_OUT_CRYPTO] = IPSECGW_ERR_ENCRYPT,
	[IPSECGW_DROP_OUT_HEADER] = IPSECGW_ERR_SEND,
	[IPSECGW_DROP_OUT_LOOP] = IPSECGW_ERR_SEND,
	[IPSECGW_DROP_OUT_GUARD] = IPSECGW_ERR_SEND,
	[IPSECGW_DROP_IN_UNKNOWN_SPI] = IPSECGW_ERR_INVALID_SA,
	[IPSECGW_DROP_IN_BAD_SPI] = IPSECGW_ERR_INVALID_SA,
	[IPSECGW_DROP_IN_ADDRESS] = IPSECGW_ERR_INVALID_SA,
	[IPSECGW_DROP_IN_ENCAP] = IPSECGW_ERR_INVALID_SA,
	[IPSECGW_DROP_IN_LENGTH] = IPSECGW_ERR_LENGTH,
	[IPSECGW_DROP_IN_ALIGNMENT] = IPSECGW_ERR_LENGTH,
	[IPSECGW_DROP_IN_SEQ_ZERO] = IPSECGW_ERR_REPLAY,
	[IPSECGW_DROP_IN_REPLAY_OLD] = IPSECGW_ERR_REPLAY,
	[IPSECGW_DROP_IN_REPLAY_SEEN] = IPSECGW_ERR_REPLAY,
	[IPSECGW_DROP_IN_AUTH] = IPSECGW_ERR_AUTH,
	[IPSECGW_DROP_IN_CRYPTO] = IPSECGW_ERR_DECAPS,
	[IPSECGW_DROP_IN_PADDING] = IPSECGW_ERR_DECAPS,
	[IPSECGW_DROP_IN_NEXT_HEADER] = IPSECGW_ERR_PROTO,
	[IPSECGW_DROP_IN_INNER_HEADER] = IPSECGW_ERR_DECAPS,
	[IPSECGW_DROP_IN_INNER_LENGTH] = IPSECGW_ERR_DECAPS,
	[IPSECGW_DROP_IN_ECN] = IPSECGW_ERR_DECAPS,
	[IPSECGW_DROP_IN_SELECTOR] = IPSECGW_ERR_IDENTITY,
	[IPSECGW_DROP_IN_QUEUE_FULL] = IPSECGW_ERR_RECV_INTERNAL,
	[IPSECGW_DROP_IN_NO_MEMORY] = IPSECGW_ERR_RECV_INTERNAL,
	[IPSECGW_DROP_IN_EXPIRED] = IPSECGW_ERR_INVALID_SA,
	[IPSECGW_DROP_IN_DEVICE_DOWN] = IPSECGW_ERR_RECV_INTERNAL,
	[IPSECGW_DROP_IN_CLEAR] = IPSECGW_ERR_INVALID_SA,
	[IPSECGW_DROP_IN_CLEAR_FRAGMENT] = IPSECGW_ERR_INVALID_SA,
	[IPSECGW_DROP_IN_SEQ_CHANGED] = IPSECGW_ERR_REPLAY,
	[IPSECGW_DROP_IN_DUMMY] = IPSECGW_ERR_INVALID_SA,
	[IPSECGW_DROP_SHUTDOWN] = IPSECGW_ERR_SEND_INTERNAL,
	[IPSECGW_DROP_IN_OUTER_HEADER] = IPSECGW_ERR_DECAPS,
};

/**
 * ipsecgw_stats_class() - what an operator calls a reason
 * @reason: drop reason
 *
 * Return: class.
 */
enum ipsecgw_err ipsecgw_stats_class(enum ipsecgw_drop reason)
{
	return class_of[reason];
}

static void bump(u64_stats_t *counter, struct u64_stats_sync *syncp, u64 n)
{
	u64_stats_update_begin(syncp);
	u64_stats_add(counter, n);
	u64_stats_update_end(syncp);
}

/**
 * ipsecgw_stats_add() - add to a counter of the namespace
 * @ign: namespace
 * @what: counter
 * @n: how much
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_stats_add(struct ipsecgw_net *ign, enum ipsecgw_count what, u64 n)
{
	struct ipsecgw_net_stats *s;

	local_bh_disable();
	s = this_cpu_ptr(ign->stats);
	bump(&s->count[what], &s->syncp, n);
	local_bh_enable();
}

/**
 * ipsecgw_stats_traffic() - count a good packet
 * @ign: namespace
 * @out: sent, else received
 * @bytes: octets before encapsulation, after decapsulation
 * @wire: octets on the wire, outer header included
 *
 * Context: softirq or bottom halves disabled.
 */
void ipsecgw_stats_traffic(struct ipsecgw_net *ign, bool out, u64 bytes,
			   u64 wire)
{
	struct ipsecgw_net_stats *s = this_cpu_ptr(ign->stats);
	u64_stats_t *c = &s->count[out ? IPSECGW_COUNT_OUT_PACKETS :
					 IPSECGW_COUNT_IN_PACKETS];

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(c);
	u64_stats_add(c + 1, bytes);
	u64_stats_add(c + 2, wire);
	u64_stats_update_end(&s->syncp);
}

/**
 * ipsecgw_stats_drop() - count a drop
 * @ign: namespace
 * @why: reason
 *
 * Raises the drop event each time that a CPU passes the threshold.
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_stats_drop(struct ipsecgw_net *ign, enum ipsecgw_drop why)
{
	u32 threshold = READ_ONCE(ign->conf.drop_threshold);
	struct ipsecgw_net_stats *s;
	u64 n;

	local_bh_disable();
	s = this_cpu_ptr(ign->stats);
	bump(&s->drop[why], &s->syncp, 1);
	n = u64_stats_read(&s->drop[why]);
	local_bh_enable();
	if (threshold && n >= threshold && !((u32)n % threshold))
		ipsecgw_event_drops(ign, why, ipsecgw_stats_drops(ign, why));
}

static u64 fold(const struct ipsecgw_net *ign, size_t offset)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct ipsecgw_net_stats *s =
			per_cpu_ptr(ign->stats, cpu);
		const u64_stats_t *c = (const void *)s + offset;
		unsigned int start;
		u64 v;

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			v = u64_stats_read(c);
		} while (u64_stats_fetch_retry(&s->syncp, start));
		sum += v;
	}
	return sum;
}

/**
 * ipsecgw_stats_drops() - packets dropped for a reason
 * @ign: namespace
 * @why: reason
 *
 * Return: sum over all CPUs.
 */
u64 ipsecgw_stats_drops(const struct ipsecgw_net *ign, enum ipsecgw_drop why)
{
	return fold(ign, offsetof(struct ipsecgw_net_stats, drop[why]));
}

/**
 * ipsecgw_stats_get() - a counter that is no drop
 * @ign: namespace
 * @what: counter
 *
 * Return: sum over all CPUs.
 */
u64 ipsecgw_stats_get(const struct ipsecgw_net *ign, enum ipsecgw_count what)
{
	return fold(ign, offsetof(struct ipsecgw_net_stats, count[what]));
}

static void merge_traffic(struct ipsecgw_traffic *to,
			  const struct ipsecgw_traffic *add)
{
	to->packets += add->packets;
	to->bytes += add->bytes;
	to->wire_bytes += add->wire_bytes;
}

/**
 * ipsecgw_stats_merge() - add one sum to another
 * @to: sum that grows
 * @add: what is added
 */
void ipsecgw_stats_merge(struct ipsecgw_sum *to, const struct ipsecgw_sum *add)
{
	unsigned int i;

	merge_traffic(&to->in, &add->in);
	merge_traffic(&to->out, &add->out);
	for (i = 0; i < IPSECGW_ERR_MAX; i++)
		to->err[i] += add->err[i];
}
