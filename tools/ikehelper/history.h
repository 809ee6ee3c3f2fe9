/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was: ISAKMP SAs that have gone, failures, and sums over all of them. */
#ifndef IKEHELPER_HISTORY_H
#define IKEHELPER_HISTORY_H

#include "failure.h"
#include "info.h"

#define HISTORY_SIZE 200 /* records of each kind */

struct history_sa {
	uint64_t number; /* from 1 */
	enum ike_reason reason;
	struct ike_sa_info info; /* when it ended */
};

struct history_failure {
	uint64_t number; /* from 1 */
	int64_t when; /* wall clock, seconds */
	uint64_t uptime; /* of the system, seconds */
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
};

struct history;

struct history *history_new(void); /* NULL: no memory */
void history_free(struct history *h);

void history_event(struct history *h, const struct ike_event *ev);
void history_failure(struct history *h, const struct ike_failure *f,
		     uint64_t uptime);

const struct history_sums *history_sums(const struct history *h);

/* The next record behind number @after, or NULL. */
const struct history_sa *history_next_sa(const struct history *h,
					 uint64_t after);
const struct history_failure *history_next_failure(const struct history *h,
						   uint64_t after);

/* Add what an SA, which may be still there, has counted. */
void history_add(struct history_sums *s, const struct ike_sa_info *i);

#endif
