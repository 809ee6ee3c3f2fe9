/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view "top": what each tunnel does now. */
#ifndef IPSECCTL_TOP_H
#define IPSECCTL_TOP_H

#include "row.h"
#include "view.h"

/* Counters of one moment, to be compared with those of another one. */
struct top_sample {
	struct top_flow *flow; /* by the number of the rule */
	uint32_t n;
	uint64_t ms; /* when, on a clock that never jumps */
};

/* 0 or -ENOMEM. */
int top_sample(struct top_sample *s, const struct view *v, uint64_t ms);
void top_sample_free(struct top_sample *s);

/* What became of them since @before (NULL: no rates yet); the caller owns it. */
row *top_rows(const struct top_sample *before, const struct top_sample *now);

/* By traffic, drops, peer, clock of the next rekey or map: t d p c m. */
#define TOP_KEYS "tdpcm"
void top_sort(row *rows, char key, bool is_reversed);

void top_print(struct out *o, row *rows);

#endif
