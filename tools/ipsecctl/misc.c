// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands "conf", "stats" and "monitor". */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../lib/json.h"
#include "../lib/log.h"
#include "cmds.h"
#include "print.h"
#include "stop.h"

#include <json-c/json.h>

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

/* --- monitor ----------------------------------------------------------- */

/* Local time with milliseconds and the offset of the zone. */
static char *fmt_now(char *buf, size_t size)
{
	char day[32], zone[8];
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(buf, size, "%s.%03ld%s", day, ts.tv_nsec / 1000000, zone);
	return buf;
}

static json_object *event_json(const struct event *ev, const char *now)
{
	json_object *o;

	if (ev->type == EVENT_ACQUIRE)
		o = json_policy(&ev->policy);
	else if (ev->type == EVENT_DROP)
		o = json_ns(&ev->ns);
	else if (ev->type == EVENT_LOST)
		o = json_object_new_object();
	else
		o = json_sa(&ev->sa);
	json_object_object_add(o, "time", json_object_new_string(now));
	json_object_object_add(
		o, "event", json_object_new_string(print_event_name(ev->type)));
	return o;
}

static void show_event(struct ctx *c, const struct event *ev)
{
	char now[64];
	json_object *o;

	fmt_now(now, sizeof(now));
	if (out_is_json(c->out)) {
		/* Always one line, on a terminal too. */
		o = event_json(ev, now);
		out_printf(c->out, "%s\n",
			   json_object_to_json_string_ext(
				   o, JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
	} else {
		out_printf(c->out, "%s ", now);
		print_event(c->out, ev);
	}
	out_flush(c->out);
}

static int follow(struct ctx *c, struct gnl *g)
{
	static struct event ev;
	uint64_t n = 0;

	while (!stop_wanted() && !out_failed(c->out) &&
	       (!c->count || n < c->count)) {
		int err = gnl_event(g, &ev, stop_mask());

		if (err == -EINTR)
			continue;
		if (err)
			return ctl_refused(c, "monitor");
		show_event(c, &ev);
		n++;
	}
	return DONE;
}

int do_monitor(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl *g = ctl_gnl(c);
	int status;

	(void)m;
	if (!g)
		return FAILED;
	if (gnl_listen(g))
		return ctl_refused(c, "monitor");
	stop_begin();
	if (c->verbose)
		fprintf(stderr, "listening\n");
	status = follow(c, g);
	stop_end();
	/* It only listens now; what the shell runs next needs another one. */
	gnl_close(c->gnl);
	c->gnl = NULL;
	return status;
}
