// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers of places in the configuration. */
#include "refs.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ref {
	char *place;
	uint32_t ref;
};

struct refs {
	struct ref *v; /* by place */
	size_t n, cap;
	uint32_t last;
};

struct refs *refs_new(void)
{
	return calloc(1, sizeof(struct refs));
}

void refs_free(struct refs *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->n; i++)
		free(r->v[i].place);
	free(r->v);
	free(r);
}

/* Index of the place, or where it belongs. */
static size_t ref_at(const struct refs *r, const char *place, bool *is_there)
{
	size_t lo = 0, hi = r->n;

	*is_there = false;
	while (lo < hi && !*is_there) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(place, r->v[mid].place);

		*is_there = !c;
		if (c < 0)
			hi = mid;
		else
			lo = c ? mid + 1 : mid;
	}
	return lo;
}

uint32_t ref_of(struct refs *r, const char *place)
{
	bool is_there;
	size_t at = ref_at(r, place, &is_there);
	char *copy;

	if (is_there)
		return r->v[at].ref;
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;
		struct ref *v = realloc(r->v, cap * sizeof(*v));

		if (!v)
			return 0;
		r->v = v;
		r->cap = cap;
	}
	copy = strdup(place);
	if (!copy)
		return 0;
	memmove(&r->v[at + 1], &r->v[at], (r->n - at) * sizeof(*r->v));
	r->v[at] = (struct ref){ copy, ++r->last };
	r->n++;
	return r->last;
}

uint32_t ref_of_profile(struct refs *r, const char *name)
{
	char place[256];

	snprintf(place, sizeof(place), "profile %s", name);
	return ref_of(r, place);
}

uint32_t ref_of_ring(struct refs *r, const char *name)
{
	char place[256];

	snprintf(place, sizeof(place), "keyring %s", name);
	return ref_of(r, place);
}
