/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An ISAKMP SA, from its first message to its end, and the tables of them. */
#ifndef IKEHELPER_SA_H
#define IKEHELPER_SA_H

#include "dh.h"
#include "frag.h"
#include "host.h"
#include "keymat.h"
#include "payload.h"
#include "policy.h"
#include "retrans.h"
#include "vid.h"
#include "wait.h"

struct xchg;

/* Needed only until phase 1 is done. */
struct sa_setup {
	struct octets sai_b; /* body of the initiator's SA payload */
	struct dh *dh;
	struct octets own_ke, peer_ke;
	struct octets ni, nr, gxy;
	struct octets own_id_b, peer_id_b; /* bodies of ID payloads */
	struct ike_p1_policy *offered; /* by us */
	unsigned int n_offered;
	struct octets held; /* a datagram that came during a question */
	struct ike_path held_path;
	struct octets request; /* the one being worked on */
	struct octets names; /* of authorities that the peer asks for */
	uint32_t trust; /* to sign with, 0 none; @why then says why */
	const char *why;
	void (*then)(struct ike *ike, struct sa *sa); /* after an answer */
	struct ike_path from; /* of the message that is being checked */
	bool contact, reported, refused;
};

struct sa_dpd {
	struct timer timer;
	uint32_t seq;
	uint32_t misses;
	bool is_waiting;
};

struct sa_stats {
	uint32_t in_packets, out_packets, in_drops, retransmits;
	uint64_t in_octets, out_octets;
	uint32_t n_exchanges, n_exchanges_in, n_rejects, n_rejects_in;
	uint32_t n_invalids, n_invalids_in;
	uint32_t notifies_in, notifies_out, deletes_in, deletes_out;
};

#define SA_SEEN 128 /* message ids that are remembered, a power of two */

struct sa_seen {
	uint32_t *id; /* ring, grows up to SA_SEEN */
	unsigned int n;
};

struct sa {
	struct hnode by_cookie, by_first;
	TAILQ_ENTRY(sa) in_all, in_host, in_half;
	struct host *host;
	uint32_t conn;
	enum ike_state state;
	bool initiator, aggressive;
	bool is_dead; /* in no table; freed soon */
	bool is_closing; /* will end: the configuration has changed */
	bool is_half_open; /* the peer began it; in that list */
	bool is_static; /* the peer's address is configured */
	bool is_rekey; /* its successor has been begun */
	bool tell_life; /* ours is shorter than the peer asked for */
	bool is_ending; /* the peer is being told */
	struct keep keep;
	uint8_t icookie[IKE_COOKIE_LEN], rcookie[IKE_COOKIE_LEN];
	struct ike_path path;
	uint32_t peer, generation;
	struct ike_p1_policy p1; /* agreed */
	struct keymat km;
	uint8_t iv[IKE_BLOCK_MAX]; /* phase 1; of its last block when done */
	struct ike_id local_id, remote_id; /* copies; type 0 unknown */
	uint32_t vids; /* of the peer, VID_BIT() */
	enum vid_natt natt;
	bool local_nat, remote_nat, has_natd, has_keys;
	struct sa_setup *setup; /* NULL when phase 1 is done */
	struct retrans rt;
	struct timer life, keepalive;
	struct wait wait;
	struct sa_dpd dpd;
	struct frag_join *join;
	uint16_t frag_id;
	TAILQ_HEAD(, xchg) xchgs;
	unsigned int n_xchgs;
	struct sa_seen quick_seen, info_seen;
	uint64_t created, established, heard, expires;
	struct sa_stats stats;
};

/* A new one in its tables; NULL without memory. */
struct sa *sa_create(struct ike *ike, const struct ike_path *path,
		     bool initiator, const uint8_t *icookie);

/* One that was imported; later, when all are there: has it a newer one? */
int sa_adopt(struct ike *ike, struct sa *sa);
void sa_settle(struct ike *ike, struct sa *sa);

/* Do we say, and not the peer, which of two is one too many? */
bool sa_decides(const struct ike_id *own, const struct ike_id *other,
		const struct ike_path *path);

/* Our cookie is set, the other one may come later. */
struct sa *sa_find(struct ike *ike, const uint8_t *icookie,
		   const uint8_t *rcookie);
struct sa *sa_find_first(struct ike *ike, const struct ike_path *path,
			 const uint8_t *icookie);

/* To this peer (0: any), or the one of @id; up, for new exchanges; or NULL. */
struct sa *sa_usable(struct host *h, uint32_t peer, const struct ike_id *id);

/* One that is being established by us, or NULL. */
struct sa *sa_pending(struct host *h, uint32_t peer);

void sa_set_state(struct ike *ike, struct sa *sa, enum ike_state state);

/* Is it between the same two as a child, or another SA? */
bool sa_same_peer(const struct sa *sa, const struct ike_path *path,
		  const struct ike_id *remote_id);

/* Phase 1 is done: times, events, waiting exchanges. */
void sa_up(struct ike *ike, struct sa *sa);

/* Out of the tables; freed at the end of the call. Sends nothing. */
void sa_kill(struct ike *ike, struct sa *sa, enum ike_reason reason);

/* To be called by the engine only. */
void sa_free(struct ike *ike, struct sa *sa);

/* The peer is now at another address or port, as it has proved. */
void sa_move(struct ike *ike, struct sa *sa, const struct ike_path *path);

/* Remember a message id; false if it was there. */
bool sa_msgid_new(struct sa_seen *seen, uint32_t msgid);

void sa_setup_free(struct sa *sa);
void sa_info(struct ike *ike, const struct sa *sa, struct ike_sa_info *info);

/* Start the timer for the rekey or the end of an established one. */
void sa_start_life(struct ike *ike, struct sa *sa);

#endif
