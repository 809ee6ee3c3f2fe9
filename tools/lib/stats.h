/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of SAs and rules, all of them at once. */
#ifndef LIB_STATS_H
#define LIB_STATS_H

#include "model.h"

/* All members but the first one are counters. */
#define STATS_COUNTERS (sizeof(struct stats) / sizeof(uint64_t) - 1)

static inline uint64_t stats_at(const struct stats *s, unsigned int i)
{
	return ((const uint64_t *)s)[i + 1];
}

static inline void stats_set(struct stats *s, unsigned int i, uint64_t v)
{
	((uint64_t *)s)[i + 1] = v;
}

static inline void stats_add(struct stats *to, const struct stats *add)
{
	unsigned int i;

	for (i = 0; i < STATS_COUNTERS; i++)
		stats_set(to, i, stats_at(to, i) + stats_at(add, i));
}

#endif
