/* SPDX-License-Identifier: GPL-2.0-only */
/* Sequence numbers: window check, advance, extended numbers. Pure, no skb. */
#ifndef IPSECGW_REPLAY_H
#define IPSECGW_REPLAY_H

#include <linux/types.h>

/**
 * struct ipsecgw_replay - window of received sequence numbers (RFC 6479)
 * @top: highest sequence number received
 * @window: packets, 0 for no check
 * @mask: blocks of the ring less one
 * @esn: extended sequence numbers
 * @ring: one bit a sequence number, blocks of 64
 */
struct ipsecgw_replay {
	u64 top;
	u32 window;
	u32 mask;
	bool esn;
	u64 ring[];
};

/**
 * enum ipsecgw_replay_verdict - may a packet with this number pass
 * @IPSECGW_REPLAY_OK: new
 * @IPSECGW_REPLAY_ZERO: 0 is never sent
 * @IPSECGW_REPLAY_OLD: left of the window
 * @IPSECGW_REPLAY_SEEN: received before
 */
enum ipsecgw_replay_verdict {
	IPSECGW_REPLAY_OK,
	IPSECGW_REPLAY_ZERO,
	IPSECGW_REPLAY_OLD,
	IPSECGW_REPLAY_SEEN,
};

unsigned int ipsecgw_replay_blocks(u32 window);
void ipsecgw_replay_init(struct ipsecgw_replay *r, u32 window, bool esn,
			 u64 top);
u64 ipsecgw_replay_infer(const struct ipsecgw_replay *r, u32 low);
enum ipsecgw_replay_verdict ipsecgw_replay_check(const struct ipsecgw_replay *r,
						 u64 seq);
enum ipsecgw_replay_verdict ipsecgw_replay_commit(struct ipsecgw_replay *r,
						  u64 seq);

#endif
