/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers of the engine: a heap that never allocates. */
#ifndef IKEHELPER_TIMER_H
#define IKEHELPER_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct timer;
typedef void timer_fn(void *arg, struct timer *t);

/* Lives in its owner; all zero is a stopped one. */
struct timer {
	uint64_t at; /* milliseconds */
	timer_fn *fn;
	struct timer *child, *next, *prev; /* prev: the parent of a first */
	bool is_set;
};

struct timers {
	struct timer *root;
};

/* Set or set anew. */
void timer_set(struct timers *h, struct timer *t, uint64_t at, timer_fn *fn);
void timer_stop(struct timers *h, struct timer *t);

/* The earliest, UINT64_MAX if there is none. */
uint64_t timer_next(const struct timers *h);

/*
 * Call what is due at @now, earliest first; a function may set, stop or free
 * any timer. At most @max calls, so that a clock that jumped cannot hold up
 * the caller. Returns the number of calls.
 */
unsigned int timer_run(struct timers *h, uint64_t now, unsigned int max,
		       void *arg);

#endif
