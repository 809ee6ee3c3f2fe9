// SPDX-License-Identifier: GPL-2.0-or-later
/* What waits for one who watches: lines or events, a bounded number. */
#include "watch_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/log.h"
#include "watch_topic.h"

#define STAMP 32

struct watch_item {
	struct json_object *event; /* or NULL: a line */
	unsigned int topics;
	char time[STAMP];
	char text[];
};

static struct watch_item *new_line(unsigned int topics, const char *text)
{
	size_t len = strlen(text);
	struct watch_item *it = calloc(1, sizeof(*it) + len + 1);

	if (!it)
		return NULL;
	it->topics = topics;
	log_stamp(it->time, sizeof(it->time));
	memcpy(it->text, text, len + 1);
	return it;
}

static struct watch_item *new_event(struct json_object *event)
{
	struct watch_item *it = calloc(1, sizeof(*it));

	if (it)
		it->event = json_object_get(event);
	return it;
}

static void free_item(struct watch_item *it)
{
	if (it)
		json_object_put(it->event);
	free(it);
}

/* Takes over @it, which may be NULL. */
static bool push(struct watch_queue *q, struct watch_item *it)
{
	if (!it || q->n == WATCH_QUEUE) {
		free_item(it);
		return false;
	}
	q->item[(q->first + q->n++) % WATCH_QUEUE] = it;
	return true;
}

static struct watch_item *pop(struct watch_queue *q)
{
	struct watch_item *it;

	if (!q->n)
		return NULL;
	it = q->item[q->first];
	q->first = (q->first + 1) % WATCH_QUEUE;
	q->n--;
	return it;
}

static struct watch_item *new_loss(unsigned long lost, unsigned int topics)
{
	struct watch_item *it;
	struct json_object *o;
	char text[64];

	if (topics != TRACE_EVENT) {
		snprintf(text, sizeof(text), "%lu lines lost", lost);
		return new_line(topics, text);
	}
	o = json_object_new_object();
	json_object_object_add(o, "event", json_object_new_string("lost"));
	json_object_object_add(o, "events", json_object_new_uint64(lost));
	it = new_event(o);
	json_object_put(o);
	return it;
}

/* What was lost is told where it is missing. */
static bool tell_lost(struct watch_queue *q, unsigned int topics)
{
	if (!q->lost)
		return true;
	if (q->n == WATCH_QUEUE || !push(q, new_loss(q->lost, topics)))
		return false;
	q->lost = 0;
	return true;
}

/* Is there room for one more, in this second too? */
static bool may_put(struct watch_queue *q, uint64_t now, unsigned int topics)
{
	uint64_t second = now / 1000;

	if (second != q->second) {
		q->second = second;
		q->in_second = 0;
	}
	return q->in_second < WATCH_RATE && tell_lost(q, topics) &&
	       q->n < WATCH_QUEUE;
}

static void put(struct watch_queue *q, struct watch_item *it)
{
	if (push(q, it))
		q->in_second++;
	else
		q->lost++;
}

void watch_queue_line(struct watch_queue *q, uint64_t now, unsigned int topics,
		      const char *line)
{
	bool has_room = may_put(q, now, topics);

	put(q, has_room ? new_line(topics, line) : NULL);
}

void watch_queue_event(struct watch_queue *q, uint64_t now,
		       struct json_object *event)
{
	bool has_room = may_put(q, now, TRACE_EVENT);

	put(q, has_room ? new_event(event) : NULL);
}

bool watch_queue_has(const struct watch_queue *q)
{
	return q->n || q->lost;
}

static struct json_object *line_row(const struct watch_item *it)
{
	struct json_object *o = json_object_new_object();
	const char *topic = watch_topic_of(it->topics);

	json_object_object_add(o, "time", json_object_new_string(it->time));
	if (topic)
		json_object_object_add(o, "topic",
				       json_object_new_string(topic));
	json_object_object_add(o, "line", json_object_new_string(it->text));
	return o;
}

struct json_object *watch_queue_next(struct watch_queue *q, unsigned int topics)
{
	struct watch_item *it;
	struct json_object *o;

	/* Nothing more came that it could have been told before. */
	if (!q->n)
		tell_lost(q, topics);
	it = pop(q);
	if (!it)
		return NULL;
	o = it->event ? json_object_get(it->event) : line_row(it);
	free_item(it);
	return o;
}

void watch_queue_clear(struct watch_queue *q)
{
	while (q->n)
		free_item(pop(q));
	*q = (struct watch_queue){ 0 };
}
