/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairs of IPsec SAs: which one a flow uses, their times and their end. */
#ifndef IKEHELPER_CHILD_H
#define IKEHELPER_CHILD_H

#include "xchg.h"

struct child {
	struct hnode by_in, by_out;
	TAILQ_ENTRY(child) in_all, in_host;
	struct host *host;
	bool is_dead;
	bool is_initiator, is_active;
	bool is_superseded; /* a newer pair carries its flow */
	bool is_ending; /* kernel and peer are being told */
	bool is_stale; /* will end: the configuration has changed */
	bool is_rekeying;
	bool own_rule; /* temporary, of a dynamic map */
	bool is_encap;
	uint32_t conn, peer, flow, generation, rule;
	uint32_t in_spi, out_spi, in_id, out_id;
	uint64_t order; /* when it came up among all */
	struct ike_path path;
	struct ike_id local_id, remote_id; /* of phase 1, copies */
	struct ike_p2_policy agreed;
	struct selector sel;
	uint64_t created, expires; /* expires 0: never */
	uint64_t spent; /* when its soft limit of octets was reached, or 0 */
	struct timer timer; /* rekey, then the end */
	struct timer drop; /* superseded: the end */
	struct timer begin; /* when it is chosen for new packets */
	struct wait wait; /* query of counters */
	struct keep keep;
	uint64_t in_packets, out_packets; /* when last asked */
};

/*
 * The part of its octets between the soft and the hard limit. The side that began
 * the pair begins the next one, if it can.
 */
#define CHILD_MARGIN(is_initiator) ((is_initiator) ? 10 : 20)

/* The pair of an exchange is in the kernel. 0 or -ENOMEM. */
int child_create(struct ike *ike, struct xchg *x);

struct child *child_by_in(struct ike *ike, uint32_t spi);
struct child *child_by_out(struct ike *ike, const struct addr *remote,
			   uint32_t spi);

/* The newest of a rule for this packet that is not superseded, or NULL. */
struct child *child_for(const struct host *h, uint32_t flow, uint32_t rule,
			const struct selector *packet);

/*
 * The responder wants to say CONNECTED first (RFC 2408 3.1, commit bit). Many
 * set the bit and say nothing, so it is waited for a moment only.
 */
void child_hold(struct ike *ike, struct child *c);

/* Message 3 arrived, or was sent: it now carries its flow. */
void child_up(struct ike *ike, struct child *c, uint32_t replaces);

/* The end; another pair of the flow takes over. @tell: send a delete. */
void child_down(struct ike *ike, struct child *c, enum ike_reason reason,
		bool tell);

/* Out of the tables, without a word to the kernel or the peer. */
void child_forget(struct ike *ike, struct child *c);

/* All of this peer that came up before @before (0: all). */
void child_down_peer(struct ike *ike, const struct sa *sa, uint64_t before,
		     enum ike_reason reason);

/* One that was imported: into the tables, its timers. */
void child_adopt(struct ike *ike, struct child *c, struct host *h);

/* All are there: the newest of each flow carries it. */
void child_settle(struct ike *ike, struct child *c);

void child_start_life(struct ike *ike, struct child *c);

/* It is at a soft limit (LIMIT_). */
void child_soft(struct ike *ike, struct child *c, uint8_t limit);

/* Begin its successor, now or soon. */
void child_rekey(struct ike *ike, struct child *c);

/* Its rekey ended without success: once more before the end. */
void child_rekey_failed(struct ike *ike, uint32_t in_spi);

void child_move(struct ike *ike, struct child *c, const struct ike_path *path);
void child_add(struct ike *ike, struct child *c, struct host *h);
void child_free(struct ike *ike, struct child *c);
void child_info(struct ike *ike, const struct child *c,
		struct ike_child_info *info);

#endif
