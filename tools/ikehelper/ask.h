/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What control clients ask of the engine. */
#ifndef IKEHELPER_ASK_H
#define IKEHELPER_ASK_H

#include <stdbool.h>
#include <stdint.h>

struct history;
struct ike;
struct plan;
struct request;
struct sessions;

/* Where the answers come from. */
struct ask {
	struct ike *ike;
	const struct plan *plan; /* may be NULL */
	const struct sessions *sessions;
	const struct history *history;
};

/*
 * The frame that answers @r, which the caller frees, or NULL without memory;
 * @*cursor as in rows.h. False: another kind of request.
 */
bool ask_show(const struct ask *a, const struct request *r, uint64_t *cursor,
	      char **frame);

/* Clear a part of what @r says: the frame with how many SAs that were. */
char *ask_clear(struct ike *ike, const struct plan *plan,
		const struct request *r, uint64_t *cursor);

#endif
