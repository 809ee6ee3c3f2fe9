/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last records of a kind, numbered from 1 as they come. */
#ifndef IKEHELPER_WINDOW_H
#define IKEHELPER_WINDOW_H

#include <stdint.h>

/* A record is memory of its own, so a large window costs what is in it. */
struct window {
	void **slot; /* by number modulo size */
	uint32_t size;
	uint64_t last; /* number of the newest record ever, 0 none */
};

/* The newest that fit are kept. 0 or -ENOMEM, and all is as it was. */
int window_resize(struct window *w, uint32_t size);
void window_free(struct window *w);

/* Take over @record, from malloc(3), as the next one. Returns its number. */
uint64_t window_add(struct window *w, void *record);

/* The record with that number, NULL if it is not there any more, or yet. */
void *window_get(const struct window *w, uint64_t number);

/* The first one behind number @*at, which becomes its number; or NULL. */
void *window_next(const struct window *w, uint64_t *at);

#endif
