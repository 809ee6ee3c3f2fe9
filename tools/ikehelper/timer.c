// SPDX-License-Identifier: GPL-2.0-or-later
// Timers of the engine: a pairing heap, linked through the timers themselves.

#include "timer.h"

#include <stddef.h>

static struct timer *meld(struct timer *a, struct timer *b)
{
	if (!a)
		return b;
	if (!b)
		return a;
	if (b->at < a->at) {
		struct timer *t = a;

		a = b;
		b = t;
	}
	b->prev = a;
	b->next = a->child;
	if (a->child)
		a->child->prev = b;
	a->child = b;
	a->next = NULL;
	a->prev = NULL;
	return a;
}

/* Pairs of siblings from left to right, then all from right to left. */
static struct timer *meld_siblings(struct timer *t)
{
	struct timer *pairs = NULL, *root = NULL;

	while (t) {
		struct timer *a = t, *b = t->next, *both;

		t = b ? b->next : NULL;
		a->next = NULL;
		a->prev = NULL;
		if (b) {
			b->next = NULL;
			b->prev = NULL;
		}
		both = meld(a, b);
		both->next = pairs;
		pairs = both;
	}
	while (pairs) {
		struct timer *rest = pairs->next;

		pairs->next = NULL;
		root = meld(root, pairs);
		pairs = rest;
	}
	return root;
}

void timer_stop(struct timers *h, struct timer *t)
{
	struct timer *below;

	if (!t->is_set)
		return;
	below = meld_siblings(t->child);
	t->child = NULL;
	if (t == h->root) {
		h->root = below;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next)
			t->next->prev = t->prev;
		h->root = meld(h->root, below);
	}
	t->next = NULL;
	t->prev = NULL;
	t->is_set = false;
}

void timer_set(struct timers *h, struct timer *t, uint64_t at, timer_fn *fn)
{
	timer_stop(h, t);
	t->at = at;
	t->fn = fn;
	t->is_set = true;
	h->root = meld(h->root, t);
}

uint64_t timer_next(const struct timers *h)
{
	return h->root ? h->root->at : UINT64_MAX;
}

unsigned int timer_run(struct timers *h, uint64_t now, unsigned int max,
		       void *arg)
{
	unsigned int n = 0;

	while (h->root && h->root->at <= now && n < max) {
		struct timer *t = h->root;

		timer_stop(h, t);
		t->fn(arg, t);
		n++;
	}
	return n;
}
