// SPDX-License-Identifier: GPL-2.0-or-later
/* What the daemon's processes use, from a made-up /proc. */
#include "ktap.h"

#include <json-c/json.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ikehelper/usage.h"

static char dir[] = "/tmp/unit-usage-XXXXXX";

static void put(pid_t pid, unsigned long user, unsigned long sys)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%d", dir, (int)pid);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%d/stat", dir, (int)pid);
	f = fopen(path, "w");
	/* A name may have anything in it. */
	fprintf(f,
		"%d (ike) he lper) S 1 2 3 0 -1 4194560 200 0 0 0 %lu %lu 0 0",
		(int)pid, user, sys);
	fclose(f);
	snprintf(path, sizeof(path), "%s/%d/status", dir, (int)pid);
	f = fopen(path, "w");
	fprintf(f,
		"Name:\tike\nVmHWM:\t   2048 kB\nVmRSS:\t    1024 kB\n"
		"voluntary_ctxt_switches:\t30\nnonvoluntary_ctxt_switches:\t12\n");
	fclose(f);
}

static void put_machine(unsigned long user, unsigned long idle,
			unsigned long irq, unsigned long softirq)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/stat", dir);
	f = fopen(path, "w");
	fprintf(f,
		"cpu  %lu 0 0 %lu 100 %lu %lu 0 7 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n",
		user, idle, irq, softirq);
	fclose(f);
}

static long long value(const struct usage *u, const pid_t *pid, size_t i,
		       const char *key)
{
	char *frame = usage_frame(u, pid);
	struct json_object *o = json_tokener_parse(frame), *rows, *v;
	long long n = -1;

	json_object_object_get_ex(o, "rows", &rows);
	if (json_object_object_get_ex(json_object_array_get_idx(rows, i), key,
				      &v))
		n = json_object_get_int64(v);
	json_object_put(o);
	free(frame);
	return n;
}

int main(void)
{
	pid_t pid[ROLE_N] = { 10, 11, 0, 0 };
	long hz = sysconf(_SC_CLK_TCK);
	struct usage *u;
	char command[64];
	int i;

	if (!mkdtemp(dir))
		return 1;
	u = usage_new(dir);
	put(10, 0, 0);
	put(11, 3 * hz, 2 * hz);
	put_machine(1000, 9000, 40, 60);
	usage_sample(u, pid);
	ok(value(u, pid, 1, "pid") == 11 && value(u, pid, 2, "pid") == -1,
	   "a row for each process that there is");
	ok(value(u, pid, 2, "cpu_5_seconds") == 0 &&
		   value(u, pid, 2, "interrupts_5_seconds") == 0,
	   "one for the machine, which has no rate either");
	ok(value(u, pid, 1, "resident_bytes") == 1 << 20 &&
		   value(u, pid, 1, "peak_bytes") == 2 << 20 &&
		   value(u, pid, 1, "invoked") == 42 &&
		   value(u, pid, 1, "runtime_ms") == 5000,
	   "its memory, its time, how often it ran");
	ok(value(u, pid, 1, "cpu_5_seconds") == 0, "no rate from one sample");
	put(11, 3 * hz + hz / 2, 2 * hz + hz / 2);
	put_machine(1200, 9700, 70, 130);
	usage_sample(u, pid);
	ok(value(u, pid, 2, "cpu_5_seconds") == 3000 &&
		   value(u, pid, 2, "cpu_1_minute") == 3000 &&
		   value(u, pid, 2, "interrupts_5_seconds") == 1000,
	   "of the machine 30 %%, a third of it interrupts");
	ok(value(u, pid, 1, "cpu_5_seconds") == 2000 &&
		   value(u, pid, 1, "cpu_5_minutes") == 2000,
	   "one of five seconds is 20 %%");
	for (i = 0; i < 200; i++)
		usage_sample(u, pid);
	ok(value(u, pid, 1, "cpu_5_minutes") == 0, "what is old is forgotten");
	put(11, 4 * hz, 3 * hz);
	put_machine(1700, 10200, 70, 130);
	usage_sample(u, pid);
	ok(value(u, pid, 2, "cpu_5_minutes") == 5000 &&
		   value(u, pid, 2, "interrupts_5_seconds") == 0,
	   "of the machine as well");
	ok(value(u, pid, 1, "cpu_5_seconds") == 2000 &&
		   value(u, pid, 1, "cpu_1_minute") == 166 &&
		   value(u, pid, 1, "cpu_5_minutes") == 33,
	   "the same second in a minute, and in five");
	pid[1] = 12;
	put(12, 100 * hz, 0);
	usage_sample(u, pid);
	ok(value(u, pid, 1, "cpu_1_minute") == 0, "a new process begins anew");
	usage_free(u);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	ok(!system(command), "cleaned up");
	return ktap_end();
}
