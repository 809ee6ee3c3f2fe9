// SPDX-License-Identifier: GPL-2.0-or-later
/* Views count from the last "clear crypto sa counters" on. */
#include "since_clear.h"

#include <stdlib.h>
#include <string.h>

#include "../lib/stats.h"
#include "ctl.h"
#include "daemon.h"
#include "row.h"

static int by_id(const void *key, const void *v)
{
	uint32_t id = *(const uint32_t *)key;
	const struct view_sa *s = v;

	return id < s->sa.id ? -1 : id > s->sa.id;
}

/* SAs of a view are sorted by their number. */
static struct stats *find_sa(struct view *v, row *r)
{
	uint32_t id = daemon_number(r, "sa");
	struct view_sa *s = v->n_sas ? bsearch(&id, v->sa, v->n_sas,
					       sizeof(*v->sa), by_id) :
				       NULL;

	/* Another one may have got the number of one that has gone. */
	if (!s || s->sa.spi != daemon_number(r, "spi") ||
	    s->sa.dir != daemon_number(r, "dir"))
		return NULL;
	return &s->sa.stats;
}

/* Places of rules in the view, by their numbers. */
struct index {
	uint32_t id, at;
};

static int by_rule(const void *a, const void *b)
{
	const struct index *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static struct index *index_rules(const struct view *v)
{
	struct index *all = calloc(v->n_policies + 1, sizeof(*all));
	uint32_t i;

	for (i = 0; all && i < v->n_policies; i++)
		all[i] = (struct index){ v->policy[i].id, i };
	if (all)
		qsort(all, v->n_policies, sizeof(*all), by_rule);
	return all;
}

static struct stats *find_rule(struct view *v, const struct index *rules,
			       row *r)
{
	const struct index key = { .id = daemon_number(r, "rule") };
	const struct index *found =
		bsearch(&key, rules, v->n_policies, sizeof(*rules), by_rule);

	return found ? &v->policy[found->at].stats : NULL;
}

/* None of them has ever been less, or it is another object. */
static void subtract(struct stats *s, row *counters)
{
	struct stats left = *s;
	unsigned int i;
	uint64_t base;

	if (row_len(counters) != STATS_COUNTERS)
		return;
	for (i = 0; i < STATS_COUNTERS; i++) {
		base = json_object_get_uint64(row_at(counters, i));
		if (base > stats_at(s, i))
			return;
		stats_set(&left, i, stats_at(s, i) - base);
	}
	*s = left;
}

static void subtract_drops(struct view *v, row *r)
{
	uint64_t base =
		json_object_get_uint64(row_at(row_get(r, "counters"), 0));
	uint32_t i;

	for (i = 0; i < v->n_bindings; i++) {
		struct map *m = &v->binding[i].map;

		if (m->ifindex == daemon_number(r, "interface") &&
		    !strcmp(m->name, daemon_text(r, "map")) &&
		    m->no_sa_drops >= base)
			m->no_sa_drops -= base;
	}
}

void since_clear_rows(struct view *v, row *rows)
{
	struct index *rules = index_rules(v);
	struct stats *s;
	size_t i;

	for (i = 0; rules && i < row_len(rows); i++) {
		row *r = row_at(rows, i);

		if (row_has(r, "interface")) {
			subtract_drops(v, r);
			continue;
		}
		s = row_has(r, "sa") ? find_sa(v, r) : find_rule(v, rules, r);
		if (s)
			subtract(s, row_get(r, "counters"));
	}
	free(rules);
}

void since_clear(struct view *v)
{
	row *rows;

	if (!daemon_runs() ||
	    daemon_call(daemon_request("cleared-counters"), &rows) != DONE)
		return;
	since_clear_rows(v, rows);
	json_object_put(rows);
}
