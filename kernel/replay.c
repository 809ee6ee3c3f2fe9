// SPDX-License-Identifier: GPL-2.0-only
// Sequence numbers: window check, advance, extended numbers. Pure, no skb.
//
// RFC 6479: the window is a ring of blocks of bits with one block more than the
// window needs. It moves by whole blocks, so that sliding clears words and never
// shifts bits.
#include "replay.h"

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>

#define BLOCK_SHIFT 6

/**
 * ipsecgw_replay_blocks() - blocks of 64 bits that a window takes
 * @window: packets
 *
 * Return: a power of two, 0 for no window.
 */
unsigned int ipsecgw_replay_blocks(u32 window)
{
	if (!window)
		return 0;
	return roundup_pow_of_two(((window + 63) >> BLOCK_SHIFT) + 1);
}

/**
 * ipsecgw_replay_init() - set up a window
 * @r: window, with room for ipsecgw_replay_blocks() blocks
 * @window: packets, 0 for no check
 * @esn: extended sequence numbers
 * @top: highest sequence number received so far; all up to it count as seen
 */
void ipsecgw_replay_init(struct ipsecgw_replay *r, u32 window, bool esn,
			 u64 top)
{
	unsigned int blocks = ipsecgw_replay_blocks(window);

	r->top = top;
	r->window = window;
	r->mask = blocks ? blocks - 1 : 0;
	r->esn = esn;
	memset(r->ring, top ? 0xff : 0, blocks * sizeof(r->ring[0]));
	if (blocks && top) {
		/* Right of top nothing was seen: rest of its block is clear. */
		u32 bit = top & 63;

		r->ring[(top >> BLOCK_SHIFT) & r->mask] =
			bit == 63 ? U64_MAX : (2ULL << bit) - 1;
	}
}

/**
 * ipsecgw_replay_infer() - whole sequence number from its low half
 * @r: window; may be read without its lock
 * @low: as received
 *
 * RFC 4303, appendix A2.1.
 *
 * Return: 64-bit number, just @low without extended numbers.
 */
u64 ipsecgw_replay_infer(const struct ipsecgw_replay *r, u32 low)
{
	u64 top = READ_ONCE(r->top);
	u32 th = upper_32_bits(top);
	u32 tl = lower_32_bits(top);
	u32 bottom = tl - r->window + 1;
	u32 high = th;

	if (!r->esn)
		return low;
	if (tl >= r->window - 1) {
		/* Case A: the window lies within one subspace. */
		if (low < bottom)
			high = th + 1;
	} else if (low >= bottom) {
		/* Case B: it spans two, and this one is in the lower. */
		high = th - 1;
	}
	return (u64)high << 32 | low;
}

/**
 * ipsecgw_replay_check() - would this number be accepted
 * @r: window; may be read without its lock, the commit decides
 * @seq: 64-bit number
 *
 * Return: verdict.
 */
enum ipsecgw_replay_verdict ipsecgw_replay_check(const struct ipsecgw_replay *r,
						 u64 seq)
{
	u64 top = READ_ONCE(r->top);

	if (unlikely(!seq))
		return IPSECGW_REPLAY_ZERO;
	if (!r->window || seq > top)
		return IPSECGW_REPLAY_OK;
	if (top - seq >= r->window)
		return IPSECGW_REPLAY_OLD;
	if (READ_ONCE(r->ring[(seq >> BLOCK_SHIFT) & r->mask]) >> (seq & 63) &
	    1)
		return IPSECGW_REPLAY_SEEN;
	return IPSECGW_REPLAY_OK;
}

/* Clear the blocks that the window enters when its right edge becomes seq. */
static void slide(struct ipsecgw_replay *r, u64 seq)
{
	u64 from = r->top >> BLOCK_SHIFT;
	u64 n = min_t(u64, (seq >> BLOCK_SHIFT) - from, r->mask + 1);

	while (n--)
		WRITE_ONCE(r->ring[++from & r->mask], 0);
	WRITE_ONCE(r->top, seq);
}

/**
 * ipsecgw_replay_commit() - accept an authenticated packet's number
 * @r: window
 * @seq: 64-bit number
 *
 * Context: the window's lock is held.
 * Return: verdict; the window changes only with IPSECGW_REPLAY_OK.
 */
enum ipsecgw_replay_verdict ipsecgw_replay_commit(struct ipsecgw_replay *r,
						  u64 seq)
{
	enum ipsecgw_replay_verdict v = ipsecgw_replay_check(r, seq);
	u64 *block;

	if (v != IPSECGW_REPLAY_OK)
		return v;
	if (!r->window) {
		if (seq > r->top)
			WRITE_ONCE(r->top, seq);
		return v;
	}
	if (seq > r->top)
		slide(r, seq);
	block = &r->ring[(seq >> BLOCK_SHIFT) & r->mask];
	WRITE_ONCE(*block, *block | 1ULL << (seq & 63));
	return v;
}
