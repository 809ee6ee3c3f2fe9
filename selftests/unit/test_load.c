// SPDX-License-Identifier: GPL-2.0-or-later
/* What the crypto engine did: five minutes of samples, and a clear. */
#include "ktap.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "ikehelper/load.h"
#include "lib/model_ns.h"

static struct load *l;

static struct ns counters(uint64_t packets)
{
	struct ns ns = { .in_packets = packets };

	PUT(&ns, NS_IN_PACKETS);
	return ns;
}

/* A member of the row, or of the counters in it; -1: it is not there. */
static long long value(uint64_t now, const char *part, const char *key)
{
	char *frame = load_frame(l, now);
	struct json_object *all = json_tokener_parse(frame), *o;
	long long n = -1;

	o = json_object_array_get_idx(json_object_object_get(all, "rows"), 0);
	if (part)
		o = json_object_object_get(o, part);
	if (o && json_object_object_get(o, key))
		n = json_object_get_int64(json_object_object_get(o, key));
	json_object_put(all);
	free(frame);
	return n;
}

int main(void)
{
	struct ns ns = counters(10);
	uint64_t t;

	l = load_new();
	ok(value(1000, NULL, "lately_seconds") == -1 &&
		   value(1000, NULL, "base_seconds") == -1,
	   "nothing is known yet");
	load_sample(l, &ns, 1000);
	ok(value(1000, NULL, "lately_seconds") == -1,
	   "no rate of a single moment");
	ok(value(1003, NULL, "lately_seconds") == 3 &&
		   value(1003, "lately", "in_packets") == 10,
	   "three seconds later");
	for (t = 1005; t <= 2000; t += LOAD_EVERY) {
		ns = counters(t);
		load_sample(l, &ns, t);
	}
	ok(value(2000, NULL, "lately_seconds") == 300 &&
		   value(2000, "lately", "in_packets") == 1700,
	   "five minutes");
	ok(value(2004, NULL, "lately_seconds") == 299 &&
		   value(2004, "lately", "in_packets") == 1705,
	   "never more");
	ok(value(2400, NULL, "lately_seconds") == -1, "not what is too old");
	ok(value(2000, NULL, "base_seconds") == -1, "not cleared");
	ns = counters(77);
	load_clear(l, &ns, 2001);
	ok(value(2011, NULL, "base_seconds") == 10 &&
		   value(2011, "base", "in_packets") == 77,
	   "cleared");
	load_free(l);
	return ktap_end();
}
