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
	uint32_t *used; /* numbers, by their last bits */
	size_t n_used; /* room, a power of two */
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
	free(r->used);
	free(r);
}

/*
 * Another run comes to the same numbers, whatever was configured before: they
 * are in the state that it takes over. Two places that would have the same one
 * are rare; what is taken over is compared with the flow in any case.
 */
static uint32_t hash_place(const char *place)
{
	uint32_t h = 2166136261u;

	while (*place)
		h = (h ^ (uint8_t)*place++) * 16777619u;
	return h;
}

static size_t used_at(const struct refs *r, uint32_t ref)
{
	size_t at = ref & (r->n_used - 1);

	while (r->used[at] && r->used[at] != ref)
		at = (at + 1) & (r->n_used - 1);
	return at;
}

static bool grow_used(struct refs *r)
{
	size_t room = r->n_used ? 2 * r->n_used : 256, i;
	uint32_t *p;

	if (2 * r->n < r->n_used)
		return true;
	p = calloc(room, sizeof(*p));
	if (!p)
		return false;
	free(r->used);
	r->used = p;
	r->n_used = room;
	for (i = 0; i < r->n; i++)
		r->used[used_at(r, r->v[i].ref)] = r->v[i].ref;
	return true;
}

/* A number that no other place has, or 0. */
static uint32_t new_number(struct refs *r, const char *place)
{
	uint32_t ref = hash_place(place);

	if (!grow_used(r))
		return 0;
	while (!ref || r->used[used_at(r, ref)])
		ref++;
	r->used[used_at(r, ref)] = ref;
	return ref;
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
	uint32_t ref;
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
	ref = copy ? new_number(r, place) : 0;
	if (!ref) {
		free(copy);
		return 0;
	}
	memmove(&r->v[at + 1], &r->v[at], (r->n - at) * sizeof(*r->v));
	r->v[at] = (struct ref){ copy, ref };
	r->n++;
	return ref;
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
