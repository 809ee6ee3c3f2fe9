// SPDX-License-Identifier: GPL-2.0-or-later
/* What the crypto engine, which is the module, has done lately, and since a clear. */
#include "load.h"

#include <stdlib.h>

#include <json-c/json.h>

#include "../lib/json.h"
#include "frame.h"

#define LATELY 300
#define SAMPLES (LATELY / LOAD_EVERY + 1) /* both ends */

struct sample {
	uint64_t time;
	struct ns ns;
};

struct load {
	struct sample at[SAMPLES];
	uint64_t n; /* samples ever */
	struct sample base;
	bool has_base;
};

void load_sample(struct load *l, const struct ns *ns, uint64_t now)
{
	l->at[l->n++ % SAMPLES] = (struct sample){ now, *ns };
}

void load_clear(struct load *l, const struct ns *ns, uint64_t now)
{
	l->base = (struct sample){ now, *ns };
	l->has_base = true;
}

/* The oldest one that is not too old, or NULL. */
static const struct sample *oldest(const struct load *l, uint64_t now)
{
	uint64_t i = l->n > SAMPLES ? l->n - SAMPLES : 0;

	for (; i < l->n; i++) {
		const struct sample *s = &l->at[i % SAMPLES];

		if (s->time < now && now - s->time <= LATELY)
			return s;
	}
	return NULL;
}

char *load_frame(const struct load *l, uint64_t now)
{
	struct json_object *rows = json_object_new_array();
	struct json_object *o = json_object_new_object();
	const struct sample *s = oldest(l, now);

	if (l->has_base) {
		json_object_object_add(o, "base", json_ns(&l->base.ns));
		json_object_object_add(
			o, "base_seconds",
			json_object_new_uint64(now - l->base.time));
	}
	if (s) {
		json_object_object_add(o, "lately", json_ns(&s->ns));
		json_object_object_add(o, "lately_seconds",
				       json_object_new_uint64(now - s->time));
	}
	json_object_array_add(rows, o);
	return frame_rows(rows, false);
}

struct load *load_new(void)
{
	return calloc(1, sizeof(struct load));
}

void load_free(struct load *l)
{
	free(l);
}
