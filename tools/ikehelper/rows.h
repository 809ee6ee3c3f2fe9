/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine knows, as frames of JSON for control clients. */
#ifndef IKEHELPER_ROWS_H
#define IKEHELPER_ROWS_H

#include "ike.h"

struct json_object;
struct history;
struct plan;
struct sessions;

#define ROWS_AT_ONCE 100 /* in one frame */

/*
 * The SAs with the next connection numbers (pairs: as they came up) behind
 * @*cursor, as a frame that the caller frees. @*cursor becomes the last one, or
 * 0 when there are no more. @plan may be NULL; @peer: only its, NULL for all.
 */
char *rows_isakmp_sa(struct ike *ike, const struct plan *plan,
		     const struct addr *peer, uint64_t *cursor);
char *rows_ipsec_sa(struct ike *ike, const struct plan *plan,
		    const struct addr *peer, uint64_t *cursor);

/* Sessions, those with the next numbers behind @*cursor, as above. */
char *rows_session(const struct sessions *s, const struct plan *plan,
		   const struct addr *peer, uint64_t *cursor);

/*
 * Failures and ISAKMP SAs that have gone, as above; @with_ends: and those of
 * tunnels that were up.
 */
char *rows_failures(const struct history *h, const struct plan *plan,
		    bool with_ends, uint64_t *cursor);
char *rows_isakmp_history(const struct history *h, const struct plan *plan,
			  uint64_t *cursor);

/* One row: sums over all ISAKMP SAs, past and present. */
char *rows_isakmp_global(const struct history *h, struct ike *ike);

/* Phase 2 tunnels that are up, by rule and peer, and those that have gone. */
char *rows_ipsec_tunnel(const struct history *h, const struct plan *plan,
			uint64_t *cursor);
char *rows_ipsec_history(const struct history *h, const struct plan *plan,
			 uint64_t *cursor);

#endif
