// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands that begin with "map". */
#include <string.h>

#include "../lib/json.h"
#include "args.h"
#include "cmds.h"
#include "print.h"

#include <json-c/json.h>

static void take_name(const struct cmd_match *m, struct map *map)
{
	const struct cmd_arg *a = cmd_find(m, "MAP");

	if (!a)
		return;
	strncpy(map->name, a->text, sizeof(map->name) - 1);
	PUT(map, MAP_NAME);
}

static int take_dev(const struct cmd_match *m, struct map *map)
{
	map->ifindex = args_ifindex(cmd_find(m, "IF")->text);
	PUT(map, MAP_IFINDEX);
	return map->ifindex ? DONE : FAILED;
}

int do_map_bind(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	const struct cmd_arg *a;
	struct map map = { 0 };
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return FAILED;
	take_name(m, &map);
	if (take_dev(m, &map) != DONE)
		return FAILED;
	a = cmd_find(m, "LOCAL");
	if (a) {
		map.local4 = a->v.addr;
		PUT(&map, MAP_LOCAL4);
	}
	a = cmd_find(m, "LOCAL6");
	if (a) {
		map.local6 = a->v.addr;
		PUT(&map, MAP_LOCAL6);
	}
	return gnl_map_bind(g, &map) ? ctl_refused(c, "map bind") : DONE;
}

int do_map_unbind(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct map map = { 0 };
	struct gnl *g = ctl_gnl(c);

	if (!g || take_dev(m, &map) != DONE)
		return FAILED;
	return gnl_map_unbind(g, &map) ? ctl_refused(c, "map unbind") : DONE;
}

int do_map_commit(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct map map = { 0 };
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return FAILED;
	take_name(m, &map);
	c->rule.id = 0;
	return gnl_map_commit(g, &map) ? ctl_refused(c, "map commit") : DONE;
}

int do_map_list(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl_dump d = { 0 };
	struct map map = { 0 };
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return FAILED;
	take_name(m, &map);
	if (gnl_map_dump(g, &map, &d)) {
		gnl_dump_free(&d);
		return ctl_refused(c, "map list");
	}
	ctl_check_dump(&d);
	if (out_is_json(c->out))
		out_list_begin(c->out);
	while (gnl_map_next(&d, &map)) {
		if (out_is_json(c->out))
			out_json(c->out, json_map(&map));
		else
			print_map(c->out, &map);
	}
	if (out_is_json(c->out))
		out_list_end(c->out);
	gnl_dump_free(&d);
	return DONE;
}
