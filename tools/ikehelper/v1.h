/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exchanges of IKEv1: how each begins, goes on and ends. */
#ifndef IKEHELPER_V1_H
#define IKEHELPER_V1_H

#include "exchange.h"
#include "xchg.h"

struct ike_notify;
struct child;

/* Main mode, RFC 2409 5: begin it, answer a first message, go on. */
void main_begin(struct ike *ike, struct sa *sa, const struct ike_peer *peer);
void main_first(struct ike *ike, struct in *in);
void main_in(struct ike *ike, struct sa *sa, struct in *in);

/* Aggressive mode. */
void aggr_begin(struct ike *ike, struct sa *sa, const struct ike_peer *peer);
void aggr_first(struct ike *ike, struct in *in);
void aggr_in(struct ike *ike, struct sa *sa, struct in *in);

/* Quick mode; @x waits for this SA, which is established. */
void quick_begin(struct ike *ike, struct xchg *x);
void quick_first(struct ike *ike, struct sa *sa, struct in *in);
void quick_in(struct ike *ike, struct xchg *x, struct in *in);
void quick_take_3(struct ike *ike, struct xchg *x, struct in *in);

/* One that was imported: its timers. */
void quick_resume(struct ike *ike, struct xchg *x);

/* Its SA is going: on another one, to another peer, or the end. */
void quick_orphan(struct ike *ike, struct xchg *x, enum ike_reason reason);

/*
 * Bring up @flow with the peer at @peer_at of its list, or at @path: through
 * an SA there is or a new one. @replaces: the pair that it is a rekey of. 0,
 * -EALREADY, -ENOENT, -EHOSTUNREACH or -ENOMEM.
 */
struct quick_want {
	uint32_t flow;
	uint32_t rule; /* 0: the flow's */
	unsigned int peer_at;
	uint32_t replaces;
	struct ike_path path; /* remote none: from the flow */
	const struct ike_id *id; /* of the peer, or NULL */
	const struct selector *packet; /* that it is for; NULL: any */
	const struct selector *sel; /* to ask for; NULL: the flow's */
	bool retried;
};

int quick_want(struct ike *ike, const struct quick_want *want);

/*
 * Is it already being brought up with this host, by either side? One that the
 * peer began will do as well; if it fails, somebody will ask again.
 */
bool quick_is_under_way(const struct host *h, const struct quick_want *want);

/* Informational exchanges. */
void info_in(struct ike *ike, struct sa *sa, struct in *in);
void info_in_clear(struct ike *ike, struct sa *sa, struct in *in);
void info_delete_sa(struct ike *ike, struct sa *sa);
void info_delete_child(struct ike *ike, struct sa *sa,
		       const struct ike_p2_policy *agreed, uint32_t in_spi,
		       bool again);
void info_notify(struct ike *ike, struct sa *sa, const struct ike_notify *n);

/*
 * Phase 1 fails here: an error in the clear. The responder of main mode is through
 * with message 6 and has an SA, though; there it is the end of that.
 */
void info_refuse(struct ike *ike, struct sa *sa, uint16_t type);

#endif
