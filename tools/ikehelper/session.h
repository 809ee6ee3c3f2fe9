/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions: all that we have with one peer, its status and its figures. */
#ifndef IKEHELPER_SESSION_H
#define IKEHELPER_SESSION_H

#include "info.h"
#include "key_req.h"

/*
 * A session is between one of our addresses and an address and port of a peer.
 * It outlives its SAs: a rekey is neither its end nor its beginning, and its
 * sums cover every pair of IPsec SAs that it ever had.
 */
struct sessions;

struct session_sums {
	uint64_t in_packets, in_bytes, out_packets, out_bytes;
};

struct session_info {
	uint32_t id;
	struct ike_path path;
	uint32_t ivrf; /* of the inner traffic, 0 global */
	const struct ike_ident *remote_id; /* of phase 1; type 0 unknown */
	unsigned int n_ike, n_pairs; /* SAs that are up */
	uint64_t n_past; /* pairs that have gone */
	bool is_up; /* between the line for UP and the one for DOWN */
	uint64_t seconds; /* since it went up or down */
	enum ike_reason reason; /* why it went down */
	struct session_sums past; /* of pairs that have gone */
};

/* Who does it for the sessions; @describe may return NULL. */
struct session_ops {
	uint64_t (*now)(void *ctx); /* milliseconds */
	const char *(*describe)(void *ctx, const struct ike_path *path);
	/* The name of a VRF, NULL for the global table. Or no such op. */
	const char *(*vrf)(void *ctx, uint32_t vrf);
	/* What another run goes on with, NULL: nothing any more. Or no such op. */
	void (*keep)(void *ctx, uint32_t id, const struct ike_blob *record);
	void *ctx;
};

/* NULL: no memory. @key: random, for tables that others fill. */
struct sessions *sessions_new(const struct session_ops *ops,
			      const uint64_t key[2]);
void sessions_free(struct sessions *s);

/* What the protocol tells; logs %CRYPTO-5-SESSION_STATUS as it is due. */
void session_event(struct sessions *s, const struct ike_event *ev);

/*
 * Taking over: what an earlier run has kept, then its SAs, which are counted but
 * not logged as new, and when all are there, sessions without any are down.
 */
void session_restore(struct sessions *s, const struct ike_blob *record);
void session_adopt_sa(struct sessions *s, const struct ike_sa_info *sa);
void session_adopt_child(struct sessions *s, const struct ike_child_info *c);
void session_adopted(struct sessions *s);

/* Keep all that there is, as at the beginning. */
void session_keep_all(const struct sessions *s);

/* The kernel has deleted an SA; these are its last figures. */
void session_gone(struct sessions *s, const struct krn_gone *gone);

/* Log lines for UP and DOWN, or none ("no crypto logging session"). */
void session_logging(struct sessions *s, bool on);

/*
 * Those with numbers above @after, in order, until @fn says false; @peer: only
 * its, NULL for all.
 */
typedef bool session_fn(const struct session_info *info, void *arg);
void session_next(const struct sessions *s, uint64_t after,
		  const struct addr *peer, session_fn *fn, void *arg);

#endif
