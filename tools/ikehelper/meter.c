// SPDX-License-Identifier: GPL-2.0-or-later
/* What is measured beside the configuration: use of the machine, load, clears. */
#include "meter.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include <json-c/json.h>

#include "../lib/gnl.h"
#include "cleared.h"
#include "frame.h"
#include "load.h"
#include "usage.h"

struct meter {
	struct usage *usage;
	struct cleared *cleared;
	struct load *load;
};

struct meter *meter_new(void)
{
	struct meter *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->usage = usage_new("/proc");
	m->cleared = cleared_new();
	m->load = load_new();
	if (m->usage && m->cleared && m->load)
		return m;
	meter_free(m);
	return NULL;
}

void meter_free(struct meter *m)
{
	if (!m)
		return;
	usage_free(m->usage);
	cleared_free(m->cleared);
	load_free(m->load);
	free(m);
}

/* In seconds; it goes on in a suspended system. */
static uint64_t seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec;
}

void meter_sample(struct meter *m, struct gnl *g, const pid_t pid[ROLE_N])
{
	struct ns ns;

	usage_sample(m->usage, pid);
	if (!gnl_stats_get(g, &ns))
		load_sample(m->load, &ns, seconds());
}

static char *clear_load(struct meter *m, struct gnl *g)
{
	struct ns ns;

	if (gnl_stats_get(g, &ns))
		return frame_error(gnl_error(g));
	load_clear(m->load, &ns, seconds());
	return frame_rows(json_object_new_array(), false);
}

static char *clear_counters(struct meter *m, struct gnl *g)
{
	int err = cleared_take(m->cleared, g);

	if (!err)
		return frame_rows(json_object_new_array(), false);
	return frame_error(err == -ENOMEM ? "out of memory" : gnl_error(g));
}

bool meter_request(struct meter *m, struct gnl *g, const pid_t pid[ROLE_N],
		   const struct request *r, char **frame, uint64_t *cursor)
{
	*cursor = 0;
	switch (r->kind) {
	case REQ_PROCESSES:
		*frame = usage_frame(m->usage, pid);
		break;
	case REQ_CLEAR_COUNTERS:
		*frame = clear_counters(m, g);
		break;
	case REQ_CLEARED:
		*cursor = r->cursor;
		*frame = cleared_frame(m->cleared, cursor);
		break;
	case REQ_CLEAR_LOAD:
		*frame = clear_load(m, g);
		break;
	case REQ_LOAD:
		*frame = load_frame(m->load, seconds());
		break;
	default:
		return false;
	}
	return true;
}
