// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands "conf" and "stats". */
#include <string.h>

#include "../lib/json.h"
#include "../lib/log.h"
#include "cmds.h"
#include "print.h"

int do_conf_get(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	const struct cmd_arg *a = cmd_find(m, "SETTING");
	struct gnl *g = ctl_gnl(c);
	struct conf conf;

	if (!g)
		return FAILED;
	if (gnl_conf_get(g, &conf))
		return ctl_refused(c, "conf get");
	if (a)
		conf.set &= 1ULL << a->v.num;
	if (out_is_json(c->out))
		out_json(c->out, json_conf(&conf));
	else
		print_conf(c->out, &conf, a ? (int)a->v.num : -1);
	return DONE;
}

int do_conf_set(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct conf conf = { 0 };
	struct gnl *g = ctl_gnl(c);
	int i;

	if (!g)
		return FAILED;
	for (i = 0; i + 1 < m->n; i++) {
		uint32_t field = m->arg[i].v.num, v = m->arg[i + 1].v.num;

		if (strcmp(m->arg[i].name, "SETTING"))
			continue;
		if (field == CONF_EXCLUSIVE && v > 1) {
			log_error("exclusive is 0 or 1");
			return USAGE;
		}
		if (field == CONF_EXCLUSIVE)
			conf.exclusive = v;
		else
			conf.v[field] = v;
		PUT(&conf, field);
	}
	return gnl_conf_set(g, &conf) ? ctl_refused(c, "conf set") : DONE;
}

int do_stats(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl *g = ctl_gnl(c);
	static struct ns ns;

	if (!g)
		return FAILED;
	if (gnl_stats_get(g, &ns))
		return ctl_refused(c, "stats");
	if (out_is_json(c->out))
		out_json(c->out, json_ns(&ns));
	else
		print_ns(c->out, &ns, cmd_has(m, "nonzero"));
	return DONE;
}
