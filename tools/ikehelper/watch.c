// SPDX-License-Identifier: GPL-2.0-or-later
/* Who watches debug lines or events. */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/log.h"
#include "frame.h"
#include "watch_cond.h"
#include "watch_queue.h"
#include "watch_topic.h"

struct watcher {
	uint64_t key; /* 0: free */
	uint32_t id; /* of its request */
	unsigned int topics;
	bool is_waiting; /* for lines; else it reads what it got */
	bool is_told; /* its first answer has gone */
	struct watch_queue queue;
};

struct watch {
	struct watch_ops ops;
	unsigned int topics; /* of all */
	uint64_t last_key;
	struct watcher watcher[WATCHERS];
	struct watch_cond cond; /* of debug lines */
};

/* --- what is told --------------------------------------------------------- */

void watch_object(struct watch *w, struct json_object *event)
{
	uint64_t now = w->ops.now(w->ops.ctx);
	int i;

	for (i = 0; i < WATCHERS; i++)
		if (w->watcher[i].key && w->watcher[i].topics == TRACE_EVENT)
			watch_queue_event(&w->watcher[i].queue, now, event);
	json_object_put(event);
}

void watch_line(struct watch *w, unsigned int bits, const struct ike_path *path,
		uint32_t conn, const char *line)
{
	uint64_t now = w->ops.now(w->ops.ctx);
	int i;

	if (!watch_wants(w, bits) ||
	    !watch_cond_passes(&w->cond, bits, path, conn))
		return;
	for (i = 0; i < WATCHERS; i++)
		if (w->watcher[i].key && w->watcher[i].topics & bits)
			watch_queue_line(&w->watcher[i].queue, now, bits, line);
	log_at(LOG_LEVEL_TRACE, "%s", line);
}

/* --- answers ------------------------------------------------------------------ */

/* Some of its lines, or none at the end. */
static void give(struct watch *w, struct watcher *r, bool is_end)
{
	struct json_object *rows = json_object_new_array();
	struct json_object *o = json_object_new_object();
	struct json_object *row;
	int i;

	for (i = 0;
	     i < WATCH_BATCH && (row = watch_queue_next(&r->queue, r->topics));
	     i++)
		json_object_array_add(rows, row);
	json_object_object_add(o, "rows", rows);
	if (!is_end)
		json_object_object_add(o, "more",
				       json_object_new_boolean(true));
	/* With it, its owner can ask for more topics. */
	if (!r->is_told)
		json_object_object_add(o, "key",
				       json_object_new_int64((int64_t)r->key));
	r->is_told = true;
	r->is_waiting = false;
	w->ops.answer(w->ops.ctx, r->id,
		      strdup(json_object_to_json_string_ext(
			      o, JSON_C_TO_STRING_PLAIN)),
		      is_end ? 0 : r->key);
	json_object_put(o);
}

void watch_flush(struct watch *w)
{
	int i;

	if (!w->topics)
		return;
	for (i = 0; i < WATCHERS; i++) {
		struct watcher *r = &w->watcher[i];

		if (r->is_waiting && watch_queue_has(&r->queue))
			give(w, r, false);
	}
}

/* --- who watches --------------------------------------------------------------- */

static void count_topics(struct watch *w)
{
	unsigned int all = 0;
	int i;

	for (i = 0; i < WATCHERS; i++)
		if (w->watcher[i].key)
			all |= w->watcher[i].topics;
	w->topics = all;
	w->ops.topics(w->ops.ctx, all);
}

static void drop(struct watch *w, struct watcher *r)
{
	watch_queue_clear(&r->queue);
	*r = (struct watcher){ 0 };
	count_topics(w);
}

static struct watcher *find(struct watch *w, uint64_t key)
{
	int i;

	for (i = 0; i < WATCHERS; i++)
		if (w->watcher[i].key == key)
			return &w->watcher[i];
	return NULL;
}

static void answer(struct watch *w, uint32_t id, char *frame)
{
	w->ops.answer(w->ops.ctx, id, frame, 0);
}

static void begin(struct watch *w, uint32_t id, unsigned int bits)
{
	struct watcher *r = find(w, 0);

	if (!r) {
		answer(w, id,
		       frame_error(
			       "too many others are debugging or monitoring"));
		return;
	}
	r->key = ++w->last_key;
	r->id = id;
	r->topics = bits;
	count_topics(w);
	give(w, r, false);
}

static void on_debug(struct watch *w, uint32_t id, const struct request *r)
{
	uint64_t key = r->cursor ? r->cursor : r->number;
	struct watcher *old = key ? find(w, key) : NULL;
	bool is_event = r->kind == REQ_MONITOR;
	unsigned int bits = is_event ? TRACE_EVENT :
				       watch_topic_bits(r->text, false);

	/* The key of one who does the other of both. */
	if (old && is_event != (old->topics == TRACE_EVENT))
		old = NULL;
	if (!bits) {
		answer(w, id, frame_error("there is no such debugging"));
	} else if (!key) {
		begin(w, id, bits);
	} else if (!old) {
		/* "undebug" of another one came before the reader did. */
		answer(w, id, frame_rows(json_object_new_array(), false));
	} else if (r->cursor) {
		old->is_waiting = true;
	} else {
		old->topics |= bits;
		count_topics(w);
		answer(w, id, frame_rows(json_object_new_array(), false));
	}
}

/* Debugging is of the daemon: it ends for everybody. */
static void on_undebug(struct watch *w, uint32_t id, const struct request *r)
{
	unsigned int bits = *r->text ? watch_topic_bits(r->text, true) :
				       ~(unsigned int)TRACE_EVENT;
	int i;

	for (i = 0; i < WATCHERS; i++) {
		struct watcher *o = &w->watcher[i];

		o->topics &= ~bits;
		if (!o->key || o->topics)
			continue;
		if (o->is_waiting)
			give(w, o, true);
		drop(w, o);
	}
	count_topics(w);
	answer(w, id, frame_rows(json_object_new_array(), false));
}

static char *debugging_frame(const struct watch *w)
{
	struct json_object *rows = json_object_new_array();
	unsigned int bit;
	const char *word;
	size_t i;
	int k, n;

	for (i = 0; (word = watch_topic(i, &bit)); i++) {
		struct json_object *o;

		for (k = n = 0; k < WATCHERS; k++)
			n += w->watcher[k].key && w->watcher[k].topics & bit;
		if (!n)
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "topic",
				       json_object_new_string(word));
		json_object_object_add(o, "watchers", json_object_new_int(n));
		json_object_array_add(rows, o);
	}
	return frame_rows(rows, false);
}

bool watch_request(struct watch *w, uint32_t id, const struct request *r)
{
	struct json_object *rows;
	const char *why;

	switch (r->kind) {
	case REQ_DEBUG:
	case REQ_MONITOR:
		on_debug(w, id, r);
		break;
	case REQ_UNDEBUG:
		on_undebug(w, id, r);
		break;
	case REQ_DEBUGGING:
		answer(w, id, debugging_frame(w));
		break;
	case REQ_CONDITION:
		why = watch_cond_set(&w->cond, r);
		answer(w, id,
		       why ? frame_error(why) :
			     frame_rows(json_object_new_array(), false));
		break;
	case REQ_CONDITIONS:
		rows = json_object_new_array();
		json_object_array_add(rows, watch_cond_row(&w->cond));
		answer(w, id, frame_rows(rows, false));
		break;
	default:
		return false;
	}
	return true;
}

void watch_forget(struct watch *w, uint32_t id)
{
	int i;

	for (i = 0; i < WATCHERS; i++)
		if (w->watcher[i].key && w->watcher[i].id == id)
			drop(w, &w->watcher[i]);
}

bool watch_wants(const struct watch *w, unsigned int bits)
{
	return w->topics & bits;
}

struct watch *watch_new(const struct watch_ops *ops)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w)
		w->ops = *ops;
	return w;
}

void watch_free(struct watch *w)
{
	int i;

	for (i = 0; w && i < WATCHERS; i++)
		watch_queue_clear(&w->watcher[i].queue);
	free(w);
}
