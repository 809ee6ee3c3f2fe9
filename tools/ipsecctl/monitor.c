// SPDX-License-Identifier: GPL-2.0-or-later
/* The command "monitor": events of the module and of the daemon, as they come. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../lib/ctl.h"
#include "../lib/json.h"
#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"
#include "print.h"
#include "row.h"
#include "stop.h"

#define AGAIN 1 /* second until the next look for a daemon that is away */
#define AT_ONCE 1000 /* events of the module before the daemon has its turn */

struct monitor {
	struct ctx *c;
	struct gnl *g;
	struct ctl *daemon; /* NULL: away */
	bool has_joined; /* it has answered */
	bool was_told; /* that it is away */
	time_t next; /* look for it */
	uint64_t n; /* events so far */
};

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

/* Always one line, on a terminal too. Takes over @o. */
static void show_json(struct out *to, row *o)
{
	out_printf(to, "%s\n",
		   json_object_to_json_string_ext(
			   o, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

/* --- the module's ---------------------------------------------------------- */

static row *event_json(const struct event *ev, const char *now)
{
	row *o;

	if (ev->type == EVENT_ACQUIRE)
		o = json_policy(&ev->policy);
	else if (ev->type == EVENT_DROP)
		o = json_ns(&ev->ns);
	else if (ev->type == EVENT_LOST)
		o = json_object_new_object();
	else
		o = json_sa(&ev->sa);
	row_text(o, "time", now);
	row_text(o, "event", print_event_name(ev->type));
	return o;
}

static void show_event(struct ctx *c, const struct event *ev)
{
	char now[64];

	fmt_now(now, sizeof(now));
	if (out_is_json(c->out)) {
		show_json(c->out, event_json(ev, now));
	} else {
		out_printf(c->out, "%s ", now);
		print_event(c->out, ev);
	}
	out_flush(c->out);
}

/* --- the daemon's ------------------------------------------------------------ */

static bool is_spi(const char *key)
{
	return !strcmp(key, "in_spi") || !strcmp(key, "out_spi") ||
	       !strcmp(key, "replaces");
}

static void print_member(struct out *to, const char *key, row *v)
{
	bool has_blank = json_object_is_type(v, json_type_string) &&
			 strchr(json_object_get_string(v), ' ');
	const char *quote = has_blank ? "\"" : "";
	char word[64];
	size_t i;

	snprintf(word, sizeof(word), "%s", key);
	for (i = 0; word[i]; i++)
		if (word[i] == '_')
			word[i] = '-';
	if (is_spi(key))
		out_printf(to, " %s 0x%llx", word,
			   (unsigned long long)json_object_get_int64(v));
	else
		out_printf(to, " %s %s%s%s", word, quote,
			   json_object_get_string(v), quote);
}

/* What happened, and what else is known of it in that order. */
static void show_row(struct ctx *c, row *r)
{
	char now[64];

	fmt_now(now, sizeof(now));
	if (out_is_json(c->out)) {
		row_text(r, "time", now);
		show_json(c->out, json_object_get(r));
	} else {
		out_printf(c->out, "%s %s", now, daemon_text(r, "event"));
		json_object_object_foreach(r, key, v) {
			if (strcmp(key, "event") != 0)
				print_member(c->out, key, v);
		}
		out_printf(c->out, "\n");
	}
	out_flush(c->out);
}

/* The daemon comes and goes: that is no event that is counted. */
static void show_change(struct monitor *m, const char *event, const char *why)
{
	row *r = json_object_new_object();

	row_text(r, "event", event);
	row_text(r, "why", why);
	show_row(m->c, r);
	json_object_put(r);
}

static time_t seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void leave(struct monitor *m, const char *why)
{
	if (!m->was_told)
		show_change(m, "daemon-away", why);
	m->was_told = true;
	m->has_joined = false;
	m->next = seconds() + AGAIN;
	ctl_close(m->daemon);
	m->daemon = NULL;
}

static void join(struct monitor *m)
{
	row *o = daemon_request("monitor");

	if (ctl_open(&m->daemon, daemon_path()) || ctl_send(m->daemon, o))
		leave(m, ctl_error(m->daemon));
	json_object_put(o);
}

static bool is_enough(const struct monitor *m)
{
	return m->c->count && m->n >= m->c->count;
}

static void show_frame(struct monitor *m, row *frame)
{
	row *rows = row_get(frame, "rows");
	size_t i;

	if (!m->has_joined && m->was_told)
		show_change(m, "daemon-back", NULL);
	m->has_joined = true;
	m->was_told = false;
	for (i = 0; i < row_len(rows) && !is_enough(m); i++) {
		show_row(m->c, row_at(rows, i));
		m->n++;
	}
	if (!daemon_flag(frame, "more"))
		leave(m, "the daemon has ended the stream");
}

static void read_daemon(struct monitor *m)
{
	row *frame;

	do {
		if (ctl_recv(m->daemon, &frame, false))
			leave(m, ctl_error(m->daemon));
		else
			show_frame(m, frame);
		json_object_put(frame);
	} while (m->daemon && ctl_has_frame(m->daemon));
}

/* --- both ---------------------------------------------------------------------- */

/*
 * What the module has told, which the daemon's follows from; 0 or an error. There
 * may be more that no descriptor shows.
 */
static int read_module(struct monitor *m, bool *has_more)
{
	static struct event ev;
	int i, err = 0;

	for (i = 0; i < AT_ONCE && !is_enough(m) && !out_failed(m->c->out);
	     i++) {
		err = gnl_event_try(m->g, &ev);
		if (err)
			break;
		show_event(m->c, &ev);
		m->n++;
	}
	*has_more = !err;
	return err == -EAGAIN ? 0 : err;
}

static int follow(struct monitor *m)
{
	static const struct timespec again = { .tv_sec = AGAIN }, at_once;
	bool has_more = true;

	while (!stop_wanted() && !out_failed(m->c->out) && !is_enough(m)) {
		struct pollfd p[] = {
			{ .fd = gnl_fd(m->g), .events = POLLIN },
			{ .fd = m->daemon ? ctl_fd(m->daemon) : -1,
			  .events = POLLIN },
		};

		if (ppoll(p, 2,
			  has_more  ? &at_once :
			  m->daemon ? NULL :
				      &again,
			  stop_mask()) < 0)
			continue;
		if (read_module(m, &has_more))
			return ctl_refused(m->c, "monitor");
		if (p[1].revents)
			read_daemon(m);
		else if (!m->daemon && seconds() >= m->next)
			join(m);
	}
	return DONE;
}

int do_monitor(void *ctx, const struct cmd_match *match)
{
	struct ctx *c = ctx;
	struct monitor m = { .c = c, .g = ctl_gnl(c) };
	int status;

	(void)match;
	if (!m.g)
		return FAILED;
	if (gnl_listen(m.g))
		return ctl_refused(c, "monitor");
	stop_begin();
	/* It may never have been there. */
	m.was_told = true;
	join(&m);
	m.was_told = !m.daemon;
	if (!m.daemon)
		log_warn("ikehelper does not run: events of tunnels are "
			 "missing until it does");
	if (c->verbose)
		fprintf(stderr, "listening\n");
	status = follow(&m);
	stop_end();
	ctl_close(m.daemon);
	/* It only listens now; what the shell runs next needs another one. */
	gnl_close(c->gnl);
	c->gnl = NULL;
	return status;
}
