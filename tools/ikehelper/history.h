/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was: ISAKMP SAs and tunnels that have gone, failures, sums over all. */
#ifndef IKEHELPER_HISTORY_H
#define IKEHELPER_HISTORY_H

#include "failure.h"
#include "tunnel.h"

#define HISTORY_SIZE 200 /* records of each kind, unless told otherwise */

struct history_sa {
	uint64_t number; /* from 1 */
	enum ike_reason reason;
	struct ike_sa_info info; /* when it ended */
};

/* A phase 2 tunnel. */
struct history_tunnel {
	uint64_t number; /* from 1 */
	enum ike_reason reason;
	struct tunnel_info info; /* when it ended; past: all its SAs */
};

struct history_failure {
	uint64_t number; /* from 1 */
	int64_t when; /* wall clock, seconds */
	uint64_t uptime; /* of the system, seconds */
	enum ike_reason ended; /* it was up before; NONE: a negotiation failed */
	struct ike_failure f;
};

/* Sums over the ISAKMP SAs that have gone, and what was counted at once. */
struct history_sums {
	uint64_t in_packets, out_packets, in_octets, out_octets, in_drops;
	uint64_t notifies_in, notifies_out, deletes_in, deletes_out;
	uint64_t exchanges_in, exchanges_out, rejects_in, rejects_out;
	uint64_t invalids_in, invalids_out;
	uint64_t previous; /* SAs that were established */
	uint64_t initiated, initiated_failed, answered_failed;
	uint64_t limits, authentication, decrypt, hash; /* failures */
	uint64_t out_drops;
	uint64_t strays; /* of earlier runs of the daemon only */
	uint64_t previous_tunnels; /* of phase 2 */
};

struct history;

/* NULL: no memory. @now: milliseconds since the system began; @key: random. */
struct history *history_new(uint64_t (*now)(void *ctx), void *ctx,
			    const uint64_t key[2]);
void history_free(struct history *h);

/* How many records of failures and of what has gone are kept. */
void history_resize(struct history *h, uint32_t failures, uint32_t tunnels);

/*
 * Tunnels that are up, which another run goes on with; the rest is in the file of
 * the history. @record NULL: nothing any more.
 */
typedef void history_keep_fn(void *ctx, uint64_t order,
			     const struct ike_blob *record);
void history_on_keep(struct history *h, history_keep_fn *keep, void *ctx);

/* The tunnels, to take over what an earlier run has kept of them. */
struct tunnels *history_live(struct history *h);

void history_event(struct history *h, const struct ike_event *ev);
void history_failure(struct history *h, const struct ike_failure *f);

/* The kernel has deleted an SA; these are its last figures. */
void history_gone(struct history *h, const struct krn_gone *gone);

/* A packet could not be sent. */
void history_out_drop(struct history *h);

const struct history_sums *history_sums(const struct history *h);
const struct tunnels *history_tunnels(const struct history *h);

/* Another number than before: it is worth to be kept. */
uint64_t history_changes(const struct history *h);

/* The next record behind number @after, or NULL. */
const struct history_sa *history_next_sa(const struct history *h,
					 uint64_t after);
const struct history_tunnel *history_next_tunnel(const struct history *h,
						 uint64_t after);
const struct history_failure *history_next_failure(const struct history *h,
						   uint64_t after);

/* Add what an SA, which may be still there, has counted. */
void history_add(struct history_sums *s, const struct ike_sa_info *i);

/* --- history_file.c ------------------------------------------------------ */

struct msg;

/*
 * All of it as a message that may be kept in a file, and back. @now: sums of
 * what is there still. @boot names this run of the system: sums of another one
 * do not go on. What cannot be read, with the reason in @why, leaves all empty.
 */
void history_put(struct msg *m, const struct history *h,
		 const struct history_sums *now, const char *boot);
bool history_get(struct history *h, const void *p, size_t len, const char *boot,
		 const char **why);

/* For it: a record as it was. False: no memory. */
bool history_restore_sa(struct history *h, const struct history_sa *r);
bool history_restore_tunnel(struct history *h, const struct history_tunnel *r);
bool history_restore_failure(struct history *h,
			     const struct history_failure *r);
void history_restore_sums(struct history *h, const struct history_sums *s);
void history_forget(struct history *h);

#endif
