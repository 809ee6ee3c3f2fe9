// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory and processor time of the daemon's processes, now and lately. */
#include "usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "frame.h"

#define SAMPLES (300 / USAGE_EVERY + 1) /* five minutes, both ends */

/* Of all processors: all time, what was used of it, what of that for interrupts. */
struct machine {
	unsigned long long all, used, interrupts;
};

struct usage {
	char proc[256];
	unsigned long ticks[SAMPLES][ROLE_N];
	struct machine machine[SAMPLES];
	pid_t pid[ROLE_N]; /* whose samples these are */
	unsigned int n; /* samples ever */
};

struct state {
	unsigned long ticks; /* of user and system time */
	unsigned long long rss, peak, switches;
};

static FILE *open_file(const struct usage *u, pid_t pid, const char *name)
{
	char path[320];

	snprintf(path, sizeof(path), "%s/%d/%s", u->proc, (int)pid, name);
	return fopen(path, "re");
}

static unsigned long read_ticks(const struct usage *u, pid_t pid)
{
	FILE *f = open_file(u, pid, "stat");
	unsigned long user = 0, sys = 0;
	char buf[1024] = "", *p;

	if (!f)
		return 0;
	p = fgets(buf, sizeof(buf), f) ? strrchr(buf, ')') : NULL;
	/* Behind the name: state, ten numbers, then the two. */
	if (p)
		sscanf(p + 1,
		       " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		       &user, &sys);
	fclose(f);
	return user + sys;
}

/* "cpu user nice system idle iowait irq softirq steal guest guest_nice" */
static struct machine read_machine(const struct usage *u)
{
	unsigned long long v[8] = { 0 };
	struct machine m = { 0 };
	char path[320];
	FILE *f;
	int i, n = 0;

	snprintf(path, sizeof(path), "%s/stat", u->proc);
	f = fopen(path, "re");
	if (!f)
		return m;
	/* Time of guests is part of "user". */
	n = fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0],
		   &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]);
	fclose(f);
	for (i = 0; i < n; i++)
		m.all += v[i];
	m.used = m.all - v[3] - v[4];
	m.interrupts = v[5] + v[6];
	return m;
}

static void read_state(const struct usage *u, pid_t pid, struct state *s)
{
	FILE *f = open_file(u, pid, "status");
	unsigned long long v;
	char line[256];

	*s = (struct state){ .ticks = read_ticks(u, pid) };
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "VmRSS: %llu", &v) == 1)
			s->rss = v * 1024;
		else if (sscanf(line, "VmHWM: %llu", &v) == 1)
			s->peak = v * 1024;
		else if (sscanf(line, "voluntary_ctxt_switches: %llu", &v) ==
				 1 ||
			 sscanf(line, "nonvoluntary_ctxt_switches: %llu", &v) ==
				 1)
			s->switches += v;
	}
	if (f)
		fclose(f);
}

struct usage *usage_new(const char *proc)
{
	struct usage *u = calloc(1, sizeof(*u));

	if (u)
		snprintf(u->proc, sizeof(u->proc), "%s", proc);
	return u;
}

void usage_free(struct usage *u)
{
	free(u);
}

void usage_sample(struct usage *u, const pid_t pid[ROLE_N])
{
	int i;

	/* Another process in a role: what was before says nothing of it. */
	if (memcmp(u->pid, pid, sizeof(u->pid)) != 0)
		u->n = 0;
	memcpy(u->pid, pid, sizeof(u->pid));
	for (i = 0; i < ROLE_N; i++)
		u->ticks[u->n % SAMPLES][i] = pid[i] ? read_ticks(u, pid[i]) :
						       0;
	u->machine[u->n % SAMPLES] = read_machine(u);
	u->n++;
}

/* How many samples back @seconds are, or as many as there are. */
static unsigned int samples_of(const struct usage *u, unsigned int seconds)
{
	unsigned int back = seconds / USAGE_EVERY;

	if (back > u->n - 1)
		back = u->n - 1;
	return back > SAMPLES - 1 ? SAMPLES - 1 : back;
}

/* Hundredths of a percent over the last @seconds. */
static unsigned long lately(const struct usage *u, int role,
			    unsigned int seconds)
{
	unsigned long now, then, per_second = sysconf(_SC_CLK_TCK);
	unsigned int back;

	if (u->n < 2)
		return 0;
	back = samples_of(u, seconds);
	now = u->ticks[(u->n - 1) % SAMPLES][role];
	then = u->ticks[(u->n - 1 - back) % SAMPLES][role];
	return now > then ? (now - then) * 10000 /
				    (per_second * back * USAGE_EVERY) :
			    0;
}

static struct json_object *row_of(const struct usage *u, int role, pid_t pid)
{
	struct json_object *o = json_object_new_object();
	struct state s;
	size_t i;

	read_state(u, pid, &s);
	struct {
		const char *key;
		unsigned long long v;
	} numbers[] = {
		{ "pid", pid },
		{ "resident_bytes", s.rss },
		{ "peak_bytes", s.peak },
		{ "runtime_ms", s.ticks * 1000ULL / sysconf(_SC_CLK_TCK) },
		{ "invoked", s.switches },
		{ "cpu_5_seconds", lately(u, role, 5) },
		{ "cpu_1_minute", lately(u, role, 60) },
		{ "cpu_5_minutes", lately(u, role, 300) },
	};

	json_object_object_add(o, "role",
			       json_object_new_string(role_name[role]));
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_object_add(o, numbers[i].key,
				       json_object_new_uint64(numbers[i].v));
	return o;
}

/* The machine, of which the daemon is a part. */
static struct json_object *machine_row(const struct usage *u)
{
	static const struct {
		const char *key;
		unsigned int seconds;
	} rates[] = { { "cpu_5_seconds", 5 },
		      { "cpu_1_minute", 60 },
		      { "cpu_5_minutes", 300 } };
	struct json_object *o = json_object_new_object();
	const struct machine *now = &u->machine[(u->n - 1) % SAMPLES], *then;
	unsigned long long all, irq = 0;
	unsigned int back;
	size_t i;

	json_object_object_add(o, "role", json_object_new_string("machine"));
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		back = samples_of(u, rates[i].seconds);
		then = &u->machine[(u->n - 1 - back) % SAMPLES];
		all = now->all > then->all ? now->all - then->all : 0;
		json_object_object_add(
			o, rates[i].key,
			json_object_new_uint64(all ? (now->used - then->used) *
							       10000 / all :
						     0));
		if (!i && all)
			irq = (now->interrupts - then->interrupts) * 10000 /
			      all;
	}
	json_object_object_add(o, "interrupts_5_seconds",
			       json_object_new_uint64(irq));
	return o;
}

char *usage_frame(const struct usage *u, const pid_t pid[ROLE_N])
{
	struct json_object *rows = json_object_new_array();
	int i;

	for (i = 0; i < ROLE_N; i++)
		if (pid[i])
			json_object_array_add(rows, row_of(u, i, pid[i]));
	if (u->n)
		json_object_array_add(rows, machine_row(u));
	return frame_rows(rows, false);
}
