// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters as they were when an operator cleared them. */
#include "cleared.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/gnl.h"
#include "../lib/stats.h"
#include "frame.h"

#define AT_ONCE 500 /* rows of one frame */

enum kind { RULE, SA, INTERFACE };

/* Those of one object; the number of counters follows from its kind. */
struct entry {
	struct entry *next;
	enum kind kind;
	uint32_t id; /* of the rule, of the SA, of the interface */
	uint32_t spi;
	uint8_t dir;
	char map[MAP_NAME_SIZE];
	uint64_t counter[];
};

struct list {
	struct entry *first, **end;
	int err;
};

struct cleared {
	struct entry **at; /* by number, for the next part of an answer */
	size_t n;
};

static unsigned int counters_of(const struct entry *e)
{
	return e->kind == INTERFACE ? 1 : STATS_COUNTERS;
}

/* --- remember ---------------------------------------------------------------- */

static struct entry *add(struct list *l, enum kind kind, uint32_t id,
			 const uint64_t *counter, size_t n)
{
	struct entry *e;
	size_t i = 0;

	while (i < n && !counter[i])
		i++;
	if (i == n || l->err)
		return NULL;
	e = calloc(1, sizeof(*e) + n * sizeof(*counter));
	if (!e) {
		l->err = -ENOMEM;
		return NULL;
	}
	e->kind = kind;
	e->id = id;
	memcpy(e->counter, counter, n * sizeof(*counter));
	*l->end = e;
	l->end = &e->next;
	return e;
}

static struct entry *add_stats(struct list *l, enum kind kind, uint32_t id,
			       const struct stats *s)
{
	uint64_t counter[STATS_COUNTERS];
	unsigned int i;

	for (i = 0; i < STATS_COUNTERS; i++)
		counter[i] = stats_at(s, i);
	return add(l, kind, id, counter, STATS_COUNTERS);
}

static int read_rules(struct list *l, struct gnl *g, struct gnl_dump *d)
{
	const struct policy all = { 0 };
	struct policy p;
	int err = gnl_policy_dump(g, &all, d);

	while (!err && gnl_policy_next(d, &p))
		if (!HAS(&p, POLICY_STAGED))
			add_stats(l, RULE, p.id, &p.stats);
	return err;
}

static int read_sas(struct list *l, struct gnl *g, struct gnl_dump *d)
{
	const struct sa all = { 0 };
	struct entry *e;
	struct sa sa;
	int err = gnl_sa_dump(g, &all, d);

	while (!err && gnl_sa_next(d, &sa)) {
		e = add_stats(l, SA, sa.id, &sa.stats);
		if (!e)
			continue;
		e->spi = sa.spi;
		e->dir = sa.dir;
	}
	return err;
}

static int read_interfaces(struct list *l, struct gnl *g, struct gnl_dump *d)
{
	const struct map all = { 0 };
	struct entry *e;
	struct map m;
	int err = gnl_map_dump(g, &all, d);

	while (!err && gnl_map_next(d, &m)) {
		e = add(l, INTERFACE, m.ifindex, &m.no_sa_drops, 1);
		if (e)
			memcpy(e->map, m.name, sizeof(e->map));
	}
	return err;
}

static void free_list(struct entry *e)
{
	struct entry *next;

	for (; e; e = next) {
		next = e->next;
		free(e);
	}
}

/* The list as an array, in place of the one before. */
static int replace(struct cleared *c, const struct list *l)
{
	struct entry **at, *e;
	size_t n = 0;

	for (e = l->first; e; e = e->next)
		n++;
	at = calloc(n + 1, sizeof(*at));
	if (!at)
		return -ENOMEM;
	for (n = 0, e = l->first; e; e = e->next)
		at[n++] = e;
	if (c->n)
		free_list(c->at[0]);
	free(c->at);
	c->at = at;
	c->n = n;
	return 0;
}

int cleared_take(struct cleared *c, struct gnl *g)
{
	struct list l = { .end = &l.first };
	struct gnl_dump d = { 0 };
	int err = read_rules(&l, g, &d);

	if (!err)
		err = read_sas(&l, g, &d);
	if (!err)
		err = read_interfaces(&l, g, &d);
	gnl_dump_free(&d);
	if (!err)
		err = l.err ? l.err : replace(c, &l);
	if (err)
		free_list(l.first);
	return err;
}

/* --- tell ---------------------------------------------------------------------- */

static void put(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_uint64(v));
}

static struct json_object *row_of(const struct entry *e)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	unsigned int i;

	if (e->kind == RULE) {
		put(o, "rule", e->id);
	} else if (e->kind == SA) {
		put(o, "sa", e->id);
		put(o, "spi", e->spi);
		put(o, "dir", e->dir);
	} else {
		put(o, "interface", e->id);
		json_object_object_add(o, "map",
				       json_object_new_string(e->map));
	}
	for (i = 0; i < counters_of(e); i++)
		json_object_array_add(list,
				      json_object_new_uint64(e->counter[i]));
	json_object_object_add(o, "counters", list);
	return o;
}

char *cleared_frame(const struct cleared *c, uint64_t *cursor)
{
	struct json_object *rows = json_object_new_array();
	size_t i, end;

	i = *cursor < c->n ? *cursor : c->n;
	end = c->n - i > AT_ONCE ? i + AT_ONCE : c->n;
	for (; i < end; i++)
		json_object_array_add(rows, row_of(c->at[i]));
	*cursor = end < c->n ? end : 0;
	return frame_rows(rows, *cursor);
}

struct cleared *cleared_new(void)
{
	return calloc(1, sizeof(struct cleared));
}

void cleared_free(struct cleared *c)
{
	if (!c)
		return;
	if (c->n)
		free_list(c->at[0]);
	free(c->at);
	free(c);
}
