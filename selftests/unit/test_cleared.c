// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters that are cleared: what the daemon remembers, what a view makes of it. */
#include "ktap.h"

#include <json-c/json.h>

#include "ikehelper/cleared.h"
#include "ipsecctl/ctl.h"
#include "ipsecctl/since_clear.h"
#include "lib/stats.h"
#include "mock_gnl.h"
#include "show_world.h"

static struct cleared *c;
static struct view v;

struct gnl *ctl_gnl(struct ctx *ctx)
{
	return (struct gnl *)ctx;
}

/* All parts of the answer; how many there were. */
static unsigned int ask(struct json_object **rows)
{
	struct json_object *frame, *list;
	unsigned int parts = 0;
	uint64_t cursor = 0;
	size_t i;

	*rows = json_object_new_array();
	do {
		char *text = cleared_frame(c, &cursor);

		frame = json_tokener_parse(text);
		free(text);
		list = json_object_object_get(frame, "rows");
		for (i = 0; i < json_object_array_length(list); i++)
			json_object_array_add(
				*rows,
				json_object_get(
					json_object_array_get_idx(list, i)));
		json_object_put(frame);
	} while (++parts < 100 && cursor);
	return parts;
}

/* The view as it is now, less what was cleared. */
static void look(void)
{
	struct json_object *rows;

	view_free(&v);
	view_collect((struct gnl *)1, &v);
	ask(&rows);
	since_clear_rows(&v, rows);
	json_object_put(rows);
}

static struct stats *of_rule(uint32_t id)
{
	uint32_t i;

	for (i = 0; i < v.n_policies; i++)
		if (v.policy[i].id == id)
			return &v.policy[i].stats;
	return NULL;
}

static struct view_sa *of_sa(uint32_t id)
{
	uint32_t i;

	for (i = 0; i < v.n_sas; i++)
		if (v.sa[i].sa.id == id)
			return &v.sa[i];
	return NULL;
}

static void test_nothing(void)
{
	struct json_object *rows;

	ok(ask(&rows) == 1 && !json_object_array_length(rows),
	   "nothing was cleared");
	json_object_put(rows);
	look();
	ok(of_rule(1)->in_packets == 4 && of_sa(2000)->sa.stats.in_packets == 4,
	   "views have all");
}

static void test_clear(void)
{
	struct stats zero = { 0 }, *s;
	struct json_object *rows;
	unsigned int i;

	mock_list_map.v[0].no_sa_drops = 5;
	for (i = 0; i < STATS_COUNTERS; i++)
		stats_set(&mock_list_policy.v[0].stats, i, 100 + i);
	ok(!cleared_take(c, NULL), "clear");
	look();
	s = of_rule(1);
	zero.set = s->set;
	ok(!memcmp(s, &zero, sizeof(zero)), "each counter of a rule");
	ok(!of_sa(2000)->sa.stats.in_packets && !of_sa(2000)->sa.stats.in_bytes,
	   "those of an SA");
	ok(of_sa(2000)->used == 400, "not of its life");
	ok(!v.binding[0].map.no_sa_drops, "those of an interface");
	ask(&rows);
	ok(json_object_array_length(rows) == 4,
	   "what had counted nothing is not remembered");
	json_object_put(rows);
}

static void test_go_on(void)
{
	struct sa *sa = &mock_list_sa.v[0];

	mock_list_policy.v[0].stats.in_packets += 2;
	sa->stats.in_packets += 2;
	mock_list_map.v[0].no_sa_drops += 3;
	look();
	ok(of_rule(1)->in_packets == 2 && of_sa(2000)->sa.stats.in_packets == 2,
	   "they count on from zero");
	ok(v.binding[0].map.no_sa_drops == 3, "interfaces as well");
	sa->spi++;
	look();
	ok(of_sa(2000)->sa.stats.in_packets == 6,
	   "another SA with that number has all of its own");
	sa->spi--;
	sa->dir = DIR_OUT;
	look();
	ok(of_sa(2000)->sa.stats.in_packets == 6,
	   "so has one of the other direction");
	sa->dir = DIR_IN;
	mock_list_policy.v[0].stats.out_bytes = 1;
	look();
	ok(of_rule(1)->out_bytes == 1 && of_rule(1)->in_packets > 100,
	   "a rule that has less is another one");
}

/* Replaced as a whole by the next one, in parts when they are many. */
static void test_again(void)
{
	struct json_object *rows;
	uint32_t i;

	mock_list_map.n = 0;
	mock_list_policy.n = 0;
	ok(!cleared_take(c, NULL), "without rules");
	ask(&rows);
	ok(json_object_array_length(rows) == 2, "the SAs are left");
	json_object_put(rows);
	mock_list_sa.n = 0;
	for (i = 0; i < 501; i++)
		world_rule(10 + i, "m", i, NULL)->stats.in_packets = 1;
	ok(!cleared_take(c, NULL) && ask(&rows) == 2, "two parts");
	ok(json_object_array_length(rows) == 501, "of all rules");
	json_object_put(rows);
}

int main(void)
{
	world_kernel("up");
	c = cleared_new();
	test_nothing();
	test_clear();
	test_go_on();
	test_again();
	cleared_free(c);
	view_free(&v);
	return ktap_end();
}
