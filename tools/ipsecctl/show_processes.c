// SPDX-License-Identifier: GPL-2.0-or-later
/* The views "show processes memory" and "show processes cpu": our processes. */
#include <string.h>

#include "cmds.h"
#include "daemon.h"
#include "row.h"

/* What each role is called; people look for "Crypto IKMP". */
static const char *name_of(row *r)
{
	static const char *const names[][2] = {
		{ "parent", "IPSEC key engine" },
		{ "engine", "Crypto IKMP" },
		{ "keys", "Crypto keys" },
		{ "control", "Crypto control" },
	};
	const char *role = daemon_text(r, "role");
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i][0], role))
			return names[i][1];
	return role;
}

static bool is_machine(row *r)
{
	return !strcmp(daemon_text(r, "role"), "machine");
}

/* Whole percents: all, and what of it is interrupts, where packets are forwarded. */
static void print_machine(struct out *o, row *r)
{
	out_printf(o,
		   "CPU utilization for five seconds: %lld%%/%lld%%; "
		   "one minute: %lld%%; five minutes: %lld%%\n",
		   daemon_number(r, "cpu_5_seconds") / 100,
		   daemon_number(r, "interrupts_5_seconds") / 100,
		   daemon_number(r, "cpu_1_minute") / 100,
		   daemon_number(r, "cpu_5_minutes") / 100);
}

static void print_memory(struct out *o, row *rows)
{
	size_t i;

	out_printf(o, "%4s %3s %10s %10s %10s %10s %10s %s\n", "PID", "TTY",
		   "Allocated", "Freed", "Holding", "Getbufs", "Retbufs",
		   "Process");
	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);
		long long peak = daemon_number(r, "peak_bytes");
		long long now = daemon_number(r, "resident_bytes");

		out_printf(o, "%4lld %3d %10lld %10lld %10lld %10d %10d %s\n",
			   daemon_number(r, "pid"), 0, peak,
			   peak > now ? peak - now : 0, now, 0, 0, name_of(r));
	}
}

/* Hundredths of a percent as "12.34%". */
static const char *percent(row *r, const char *key, char buf[16])
{
	unsigned int n = daemon_number(r, key);

	snprintf(buf, 16, "%2u.%02u%%", n / 100, n % 100);
	return buf;
}

static void print_cpu(struct out *o, row *rows)
{
	char a[16], b[16], c[16];
	size_t i, end = row_len(rows);

	if (end && is_machine(row_at(rows, end - 1)))
		print_machine(o, row_at(rows, --end));
	out_printf(o, "%4s %11s %11s %10s %6s %6s %6s %3s %s\n", "PID",
		   "Runtime(ms)", "Invoked", "uSecs", "5Sec", "1Min", "5Min",
		   "TTY", "Process");
	for (i = 0; i < end; i++) {
		row *r = row_at(rows, i);
		long long ms = daemon_number(r, "runtime_ms");
		long long n = daemon_number(r, "invoked");

		out_printf(o, "%4lld %11lld %11lld %10lld %6s %6s %6s %3d %s\n",
			   daemon_number(r, "pid"), ms, n,
			   n ? ms * 1000 / n : 0,
			   percent(r, "cpu_5_seconds", a),
			   percent(r, "cpu_1_minute", b),
			   percent(r, "cpu_5_minutes", c), 0, name_of(r));
	}
}

/* Without the machine, which has no memory of that kind. Takes over @rows. */
static row *only_processes(row *rows)
{
	row *all = json_object_new_array();
	size_t i;

	for (i = 0; i < row_len(rows); i++)
		if (!is_machine(row_at(rows, i)))
			json_object_array_add(all,
					      json_object_get(row_at(rows, i)));
	json_object_put(rows);
	return all;
}

int do_show_processes(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	row *rows;

	if (daemon_call(daemon_request("processes"), &rows) != DONE)
		return FAILED;
	if (cmd_has(m, "memory"))
		rows = only_processes(rows);
	if (out_is_json(c->out)) {
		out_json(c->out, rows);
		return DONE;
	}
	if (cmd_has(m, "memory"))
		print_memory(c->out, rows);
	else
		print_cpu(c->out, rows);
	json_object_put(rows);
	return DONE;
}
