/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one engine owns. */
#ifndef IKEHELPER_IKE_PRIV_H
#define IKEHELPER_IKE_PRIV_H

#include <sys/queue.h>

#include "bytes.h"
#include "htab.h"
#include "ike.h"
#include "keep.h"
#include "timer.h"
#include "wire.h"

#define IKE_RETRANS_STEPS 8 /* of ike_limits */
#define IKE_REPLY_MS 1000 /* a copy of a request is answered this often */
#define IKE_NOTIFY_MS 1000 /* an error is told to an address this often */
#define IKE_HALF_OPEN_MS 30000 /* a peer's first message may lead nowhere */
#define IKE_LINGER_MS 60000 /* answers are kept for copies */
#define IKE_OVERLAP_MS 30000 /* a pair stays behind its successor */
#define IKE_RUN_MAX 256 /* timers of one ike_run() */
#define IKE_MAX_XCHG 32 /* phase 2 exchanges of one SA that a peer began */

struct sa;
struct child;
struct host;

TAILQ_HEAD(sa_list, sa);
TAILQ_HEAD(child_list, child);

struct ike {
	const struct ike_ops *ops;
	void *ctx;
	struct ike_limits limits;
	uint64_t now; /* of this call; never goes back */
	uint64_t skew; /* what is added to ops->now() for that */
	unsigned int depth; /* of calls from outside */
	struct timers timers;
	uint64_t hash_key[2];
	struct htab by_cookie; /* SAs by our own cookie */
	struct htab by_first; /* those we answer, by cookie and address */
	struct htab hosts, by_remote; /* by both addresses, by one */
	struct htab by_in, by_out; /* children by SPI */
	struct htab waits;
	struct sa_list sas; /* the oldest first */
	struct sa_list half_open; /* the peer began, not established */
	struct child_list children;
	/* Out of all tables, freed when the call from outside ends. */
	struct sa_list dead_sas;
	struct child_list dead_children;
	TAILQ_HEAD(, xchg) dead_xchgs;
	/* Where reload.c goes on. */
	struct child *next_child;
	struct sa *next_sa;
	struct timer reload;
	struct keep_list dirty; /* changed, the record not yet written */
	uint64_t next_keep;
	uint32_t n_sas, n_half_open;
	int proved; /* how many peers go on that begin, see host.c */
	uint64_t caught_up; /* when nothing was left to read */
	uint32_t next_conn, next_req;
	uint64_t next_order; /* of pairs */
	unsigned int topics; /* of debug lines */
	uint64_t log_second; /* rate of lines that strangers cause */
	unsigned int log_count;
	uint64_t name_second; /* the same, of lines about single messages */
	unsigned int name_count;
	unsigned int n_failed[2][IKE_FAIL_KINDS]; /* by phase */
	uint64_t n_strays;
	uint64_t unknown_logged; /* when an unknown SPI was last logged */
	unsigned int n_unknown; /* not logged since */
	uint8_t rx[IKE_MSG_MAX];
	uint8_t tx[IKE_MSG_MAX];
};

/* Around every call from outside: the time, and the end of what died. */
void ike_enter(struct ike *ike);
void ike_leave(struct ike *ike);

/* Random and not 0. */
uint32_t ike_random32(struct ike *ike);

/* Below @n. */
uint32_t ike_random_below(struct ike *ike, uint32_t n);

__attribute__((format(printf, 4, 5))) void ike_log(struct ike *ike,
						   enum ike_log_level level,
						   const struct ike_path *path,
						   const char *fmt, ...);

/* May a stranger cause one more line at INFO or WARN (20 in a second)? */
bool ike_may_log(struct ike *ike);

/* The inside VRF that the profile of a peer names, 0 none. */
uint32_t ike_ivrf(struct ike *ike, uint32_t peer);

#endif
