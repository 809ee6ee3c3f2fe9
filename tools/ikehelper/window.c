// SPDX-License-Identifier: GPL-2.0-or-later
/* The last records of a kind, numbered from 1 as they come. */
#include "window.h"

#include <errno.h>
#include <stdlib.h>

static void **place(const struct window *w, uint64_t number)
{
	return &w->slot[number % w->size];
}

void *window_get(const struct window *w, uint64_t number)
{
	if (!number || number > w->last || w->last - number >= w->size)
		return NULL;
	return *place(w, number);
}

int window_resize(struct window *w, uint32_t size)
{
	struct window new = { .size = size, .last = w->last };
	uint64_t n;
	uint32_t i;

	new.slot = calloc(size, sizeof(*new.slot));
	if (!new.slot)
		return -ENOMEM;
	n = w->last > size ? w->last - size : 0;
	while (n++ < w->last) {
		void *record = window_get(w, n);

		if (!record)
			continue;
		*place(&new, n) = record;
		*place(w, n) = NULL;
	}
	for (i = 0; i < w->size; i++)
		free(w->slot[i]);
	free(w->slot);
	*w = new;
	return 0;
}

void window_free(struct window *w)
{
	uint32_t i;

	for (i = 0; i < w->size; i++)
		free(w->slot[i]);
	free(w->slot);
	*w = (struct window){ 0 };
}

uint64_t window_add(struct window *w, void *record)
{
	void **slot = place(w, ++w->last);

	free(*slot);
	*slot = record;
	return w->last;
}

void *window_next(const struct window *w, uint64_t *at)
{
	uint64_t n = *at;

	if (w->last > w->size && n < w->last - w->size)
		n = w->last - w->size;
	while (n++ < w->last) {
		void *record = window_get(w, n);

		if (!record)
			continue;
		*at = n;
		return record;
	}
	return NULL;
}
