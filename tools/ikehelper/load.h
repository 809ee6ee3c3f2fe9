/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the crypto engine, which is the module, has done lately, and since a clear. */
#ifndef IKEHELPER_LOAD_H
#define IKEHELPER_LOAD_H

#include <stdint.h>

#define LOAD_EVERY 5 /* seconds between samples */

struct load;
struct ns;

struct load *load_new(void);
void load_free(struct load *l);

/* To be called every LOAD_EVERY seconds; @now in seconds, of a clock that runs on. */
void load_sample(struct load *l, const struct ns *ns, uint64_t now);

/* From now on it is counted from these. */
void load_clear(struct load *l, const struct ns *ns, uint64_t now);

/*
 * A frame with one row: "base", counters of the last clear, "base_seconds" ago, and
 * "lately", those of at most five minutes and "lately_seconds" ago. Each is left out
 * if there is none.
 */
char *load_frame(const struct load *l, uint64_t now);

#endif
