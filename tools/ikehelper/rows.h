/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine knows, as frames of JSON for control clients. */
#ifndef IKEHELPER_ROWS_H
#define IKEHELPER_ROWS_H

#include "ike.h"

struct json_object;
struct plan;

#define ROWS_AT_ONCE 100 /* in one frame */

/*
 * The SAs with the next connection numbers (inbound SPIs) above @*cursor, as
 * a frame that the caller frees. @*cursor becomes the last one, or 0 when there
 * are no more. @plan may be NULL.
 */
char *rows_isakmp_sa(struct ike *ike, uint64_t *cursor);
char *rows_ipsec_sa(struct ike *ike, const struct plan *plan, uint64_t *cursor);

/* A failure as a row, numbered. */
struct json_object *rows_failure(const struct ike_failure *f, uint64_t number,
				 int64_t when);

#endif
