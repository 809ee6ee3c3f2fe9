/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of SAs and rules, all of them at once, in the order of gnl_stats. */
#ifndef LIB_STATS_H
#define LIB_STATS_H

#include "gnl_attr.h"
#include "model.h"

#define STATS_COUNTERS 21 /* rows of gnl_stats, which names.c compares */

static inline uint64_t stats_at(const struct stats *s, unsigned int i)
{
	return *(const uint64_t *)((const char *)s + gnl_stats[i].offset);
}

static inline void stats_set(struct stats *s, unsigned int i, uint64_t v)
{
	*(uint64_t *)((char *)s + gnl_stats[i].offset) = v;
}

static inline void stats_add(struct stats *to, const struct stats *add)
{
	unsigned int i;

	for (i = 0; i < STATS_COUNTERS; i++)
		stats_set(to, i, stats_at(to, i) + stats_at(add, i));
}

#endif
