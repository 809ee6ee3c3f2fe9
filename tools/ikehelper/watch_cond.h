/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions on debug lines: the peers and IKE SAs that they are to be about. */
#ifndef IKEHELPER_WATCH_COND_H
#define IKEHELPER_WATCH_COND_H

#include "ike.h"
#include "request.h"

struct json_object;

#define WATCH_CONDITIONS 32

struct watch_cond {
	struct addr peer[WATCH_CONDITIONS];
	uint32_t conn[WATCH_CONDITIONS];
	unsigned int n_peers, n_conns;
	unsigned int unmatched; /* topics of lines about no peer that pass */
};

/* May a line of these topics about @path (NULL: no peer) and @conn pass? */
bool watch_cond_passes(const struct watch_cond *c, unsigned int bits,
		       const struct ike_path *path, uint32_t conn);

/* Add one or take it away. NULL, or a sentence that says why not. */
const char *watch_cond_set(struct watch_cond *c, const struct request *r);

/* All of them, for a client. */
struct json_object *watch_cond_row(const struct watch_cond *c);

#endif
