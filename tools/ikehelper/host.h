/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one of our addresses has with one remote address: SAs, children, rates, fair shares. */
#ifndef IKEHELPER_HOST_H
#define IKEHELPER_HOST_H

#include "ike_priv.h"

struct host {
	struct hnode node, by_remote;
	struct addr local, remote;
	uint32_t vrf;
	struct sa_list sas; /* the newest last */
	struct child_list children;
	unsigned int refs; /* SAs and children, also dead ones */
	unsigned int half_open; /* SAs that the peer began, not established */
	uint64_t notified; /* when an error was last told in the clear */
	uint64_t recovered; /* when an unknown SPI was last acted on */
	uint64_t yielded; /* since when the peer is left to begin */
};

/* The host at the other end of a path, or NULL. */
struct host *host_find(struct ike *ike, const struct ike_path *path);

/* The same; made if there is none. NULL without memory. */
struct host *host_get(struct ike *ike, const struct ike_path *path);

/* Those with one remote address, in no order; @h NULL: the first. */
struct host *host_next(struct ike *ike, const struct addr *remote,
		       const struct host *h);

/* An SA or child belongs to it, or no longer: then it may be freed. */
void host_hold(struct host *h);
void host_drop(struct ike *ike, struct host *h);

/* Freed if nothing belongs to it. */
void host_put(struct ike *ike, struct host *h);

/*
 * May one more half-open SA be kept for this address, which somebody configured
 * or nobody? When there are many, each address has an equal share; when there is
 * no room, the newest waits for those who go on.
 */
bool host_admit(struct ike *ike, struct host *h, bool is_static);

/* Has the peer, who began it, not yet shown that it gets what we send? */
bool host_is_unproved(const struct sa *sa);

/* One that was admitted has shown it, or has been silent for long. */
void host_outcome(struct ike *ike, bool proved);

/* May an error be told to this address now? Counts as done. */
bool host_may_notify(struct ike *ike, struct host *h);

#endif
