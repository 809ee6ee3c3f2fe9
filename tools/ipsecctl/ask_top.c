// SPDX-License-Identifier: GPL-2.0-or-later
/* The command "top": on a terminal a screen with keys, else one list after another. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/cfg_cmd.h"
#include "../lib/log.h"
#include "cmds.h"
#include "screen.h"
#include "stop.h"
#include "top.h"

#define INTERVAL 2 /* seconds */

struct top {
	struct ctx *c;
	struct top_sample before, now;
	uint64_t interval; /* ms */
	char key; /* what it is sorted by */
	bool is_reversed;
	bool has_screen;
};

static uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* DONE, or FAILED after it has said why, which a screen must not hide. */
static int read_sample(struct top *t)
{
	struct gnl *g = ctl_gnl(t->c);
	struct view v;
	int err;

	if (!g)
		return FAILED;
	if (view_collect(g, &v))
		return ctl_refused(t->c, "top");
	top_sample_free(&t->before);
	t->before = t->now;
	err = top_sample(&t->now, &v, clock_ms());
	view_free(&v);
	if (!err)
		return DONE;
	log_error("out of memory");
	return FAILED;
}

static row *rows_of(struct top *t)
{
	row *rows = top_rows(t->before.flow ? &t->before : NULL, &t->now);

	top_sort(rows, t->key, t->is_reversed);
	return rows;
}

static void print_head(struct top *t, struct out *o, row *rows)
{
	char now[32];
	time_t s = time(NULL);
	struct tm tm;

	localtime_r(&s, &tm);
	strftime(now, sizeof(now), "%H:%M:%S", &tm);
	out_printf(o,
		   "%s  %zu flows, every %llu s   "
		   "sort: Traffic Drops Peer Clock Map [%c%s]  "
		   "r reverse  q quit\n\n",
		   now, row_len(rows), (unsigned long long)t->interval / 1000,
		   t->key, t->is_reversed ? ", reversed" : "");
}

/* False when nobody sees it any more. */
static bool show(struct top *t)
{
	row *rows = rows_of(t);
	struct out *o = t->has_screen ? out_new_memory(false) : t->c->out;
	bool ok = o;

	if (!o)
		goto out;
	if (t->has_screen)
		print_head(t, o, rows);
	if (out_is_json(o))
		out_printf(o, "%s\n",
			   json_object_to_json_string_ext(
				   rows, JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		top_print(o, rows);
	out_flush(o);
	if (t->has_screen) {
		ok = screen_show(out_text(o));
		out_free(o);
	} else {
		ok = !out_failed(o);
	}
out:
	json_object_put(rows);
	return ok;
}

/* False to leave. */
static bool on_key(struct top *t, int key)
{
	if (key == 'q' || key == 'Q' || key == SCREEN_GONE)
		return false;
	if (key == 'r')
		t->is_reversed = !t->is_reversed;
	else if (key > 0 && strchr(TOP_KEYS, key))
		t->key = key;
	return true;
}

/* Until the next sample is due; keys are answered at once. False to leave. */
static bool wait_for_next(struct top *t, uint64_t due)
{
	uint64_t now;
	int key;

	while (!stop_wanted() && (now = clock_ms()) < due) {
		if (!t->has_screen) {
			struct timespec ts = { (due - now) / 1000,
					       (due - now) % 1000 * 1000000 };

			/* No descriptors: a signal or the time ends it. */
			pselect(0, NULL, NULL, NULL, &ts, stop_mask());
			continue;
		}
		key = screen_key(due - now);
		if (!on_key(t, key))
			return false;
		if ((key > 0 || stop_resized()) && !show(t))
			return false;
		if (key == ' ')
			return true;
	}
	return !stop_wanted();
}

static int run(struct top *t)
{
	uint64_t n = 0, due = clock_ms();
	int status;

	for (;;) {
		status = read_sample(t);
		if (status != DONE || !show(t))
			return status;
		n++;
		if (t->c->count && n >= t->c->count)
			return DONE;
		due = clock_ms() + t->interval;
		if (!wait_for_next(t, due))
			return DONE;
	}
}

int do_top(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct top t = {
		.c = c,
		.interval = 1000 * cfg_num(m, "SECONDS", INTERVAL),
		.key = 't',
	};
	int status;

	t.has_screen = !c->json && isatty(STDIN_FILENO) &&
		       isatty(STDOUT_FILENO);
	/* Without the module no screen is worth being taken. */
	status = read_sample(&t);
	if (status != DONE)
		return status;
	stop_begin();
	if (t.has_screen && screen_open())
		t.has_screen = false;
	status = run(&t);
	if (t.has_screen)
		screen_close();
	stop_end();
	top_sample_free(&t.before);
	top_sample_free(&t.now);
	return status;
}
