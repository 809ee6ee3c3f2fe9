// SPDX-License-Identifier: GPL-2.0-or-later
/* Who watches debug lines or events: a bounded queue for each, conditions on peers. */
#include "watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/log.h"
#include "frame.h"

#define STAMP 32

/* A line that waits. */
struct item {
	unsigned int topics;
	char time[STAMP];
	char text[]; /* of an event: JSON */
};

struct watcher {
	uint64_t key; /* 0: free */
	uint32_t id; /* of its request */
	unsigned int topics;
	bool is_waiting; /* for lines; else it reads what it got */
	bool is_told; /* its first answer has gone */
	struct item *queue[WATCH_QUEUE];
	unsigned int first, n;
	unsigned long lost;
	uint64_t second;
	unsigned int in_second;
};

struct watch {
	struct watch_ops ops;
	unsigned int topics; /* of all */
	uint64_t last_key;
	struct watcher watcher[WATCHERS];
	struct addr peer[WATCH_CONDITIONS];
	uint32_t conn[WATCH_CONDITIONS];
	unsigned int n_peers, n_conns;
	unsigned int unmatched; /* topics of lines about no peer that pass */
};

static const struct {
	const char *word;
	unsigned int bit;
	unsigned int off; /* what "undebug" of it takes away */
} topics[] = {
	{ "isakmp", TRACE_ISAKMP, TRACE_ISAKMP | TRACE_ISAKMP_ERROR },
	{ "isakmp-error", TRACE_ISAKMP_ERROR, TRACE_ISAKMP_ERROR },
	{ "ipsec", TRACE_IPSEC, TRACE_IPSEC | TRACE_IPSEC_ERROR },
	{ "ipsec-error", TRACE_IPSEC_ERROR, TRACE_IPSEC_ERROR },
	{ "engine", TRACE_ENGINE, TRACE_ENGINE },
	{ "mib", TRACE_MIB, TRACE_MIB | TRACE_MIB_ERROR },
	{ "mib-error", TRACE_MIB_ERROR, TRACE_MIB_ERROR },
};

#define TOPICS (sizeof(topics) / sizeof(topics[0]))

static int topic_of(const char *word)
{
	size_t i;

	for (i = 0; i < TOPICS; i++)
		if (!strcmp(topics[i].word, word))
			return i;
	return -1;
}

/* --- conditions --------------------------------------------------------- */

static bool is_conditional(const struct watch *w)
{
	return w->n_peers || w->n_conns;
}

static bool passes(const struct watch *w, unsigned int bits,
		   const struct ike_path *path, uint32_t conn)
{
	bool is_about = conn || (path && path->remote.addr.family);
	unsigned int i;

	if (!is_conditional(w))
		return true;
	if (!is_about)
		return bits & w->unmatched;
	for (i = 0; path && i < w->n_peers; i++)
		if (addr_eq(&w->peer[i], &path->remote.addr))
			return true;
	for (i = 0; conn && i < w->n_conns; i++)
		if (w->conn[i] == conn)
			return true;
	return false;
}

static const char *set_peer(struct watch *w, const struct addr *a, bool off)
{
	unsigned int i = 0;

	if (!a->family)
		return "the condition has no address";
	while (i < w->n_peers && !addr_eq(&w->peer[i], a))
		i++;
	if (off && i < w->n_peers)
		w->peer[i] = w->peer[--w->n_peers];
	if (off || i < w->n_peers)
		return NULL;
	if (i == WATCH_CONDITIONS)
		return "there are too many conditions";
	w->peer[w->n_peers++] = *a;
	return NULL;
}

static const char *set_conn(struct watch *w, uint32_t conn, bool off)
{
	unsigned int i = 0;

	if (!conn)
		return "the condition has no number";
	while (i < w->n_conns && w->conn[i] != conn)
		i++;
	if (off && i < w->n_conns)
		w->conn[i] = w->conn[--w->n_conns];
	if (off || i < w->n_conns)
		return NULL;
	if (i == WATCH_CONDITIONS)
		return "there are too many conditions";
	w->conn[w->n_conns++] = conn;
	return NULL;
}

/* Without a topic: of all of them. */
static const char *set_unmatched(struct watch *w, const char *word, bool off)
{
	int t = topic_of(word);
	unsigned int bits = t < 0 ? ~0U : topics[t].off;

	if (*word && t < 0)
		return "there is no such debugging";
	w->unmatched = off ? w->unmatched & ~bits : w->unmatched | bits;
	return NULL;
}

static const char *set_condition(struct watch *w, const struct request *r)
{
	bool off = r->flags & REQ_FLAG_OFF;

	if (!strcmp(r->name, "peer"))
		return set_peer(w, &r->addr, off);
	if (!strcmp(r->name, "connid"))
		return set_conn(w, r->number, off);
	if (!strcmp(r->name, "unmatched"))
		return set_unmatched(w, r->text, off);
	if (strcmp(r->name, "reset") != 0)
		return "the daemon does not know this condition";
	w->n_peers = w->n_conns = w->unmatched = 0;
	return NULL;
}

static void add_words(struct json_object *o, const char *key, unsigned int bits)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < TOPICS; i++)
		if (bits & topics[i].bit)
			json_object_array_add(
				list, json_object_new_string(topics[i].word));
	json_object_object_add(o, key, list);
}

static char *conditions_frame(const struct watch *w)
{
	struct json_object *rows = json_object_new_array();
	struct json_object *o = json_object_new_object();
	struct json_object *peers = json_object_new_array();
	struct json_object *conns = json_object_new_array();
	char a[ADDR_STR];
	unsigned int i;

	json_object_object_add(o, "on",
			       json_object_new_boolean(is_conditional(w)));
	for (i = 0; i < w->n_peers; i++)
		json_object_array_add(peers, json_object_new_string(
						     addr_fmt(&w->peer[i], a)));
	for (i = 0; i < w->n_conns; i++)
		json_object_array_add(conns, json_object_new_int64(w->conn[i]));
	json_object_object_add(o, "peers", peers);
	json_object_object_add(o, "connections", conns);
	add_words(o, "unmatched", w->unmatched);
	json_object_array_add(rows, o);
	return frame_rows(rows, false);
}

/* --- queues ---------------------------------------------------------------- */

static struct item *new_item(unsigned int bits, const char *text)
{
	size_t len = strlen(text);
	struct item *it = malloc(sizeof(*it) + len + 1);

	if (!it)
		return NULL;
	it->topics = bits;
	log_stamp(it->time, sizeof(it->time));
	memcpy(it->text, text, len + 1);
	return it;
}

static bool push(struct watcher *r, unsigned int bits, const char *text)
{
	struct item *it;

	if (r->n == WATCH_QUEUE)
		return false;
	it = new_item(bits, text);
	if (!it)
		return false;
	r->queue[(r->first + r->n++) % WATCH_QUEUE] = it;
	return true;
}

static struct item *pop(struct watcher *r)
{
	struct item *it;

	if (!r->n)
		return NULL;
	it = r->queue[r->first];
	r->first = (r->first + 1) % WATCH_QUEUE;
	r->n--;
	return it;
}

/* What was lost is told where it is missing. */
static bool tell_lost(struct watcher *r)
{
	bool is_event = r->topics == TRACE_EVENT;
	char text[64];

	if (!r->lost)
		return true;
	snprintf(text, sizeof(text),
		 is_event ? "{\"event\":\"lost\",\"events\":%lu}" :
			    "%lu lines lost",
		 r->lost);
	if (!push(r, r->topics, text))
		return false;
	r->lost = 0;
	return true;
}

static void put(struct watch *w, struct watcher *r, unsigned int bits,
		const char *text)
{
	uint64_t second = w->ops.now(w->ops.ctx) / 1000;

	if (second != r->second) {
		r->second = second;
		r->in_second = 0;
	}
	if (r->in_second >= WATCH_RATE || !tell_lost(r) ||
	    !push(r, bits, text)) {
		r->lost++;
		return;
	}
	r->in_second++;
}

static void put_all(struct watch *w, unsigned int bits, const char *text)
{
	int i;

	for (i = 0; i < WATCHERS; i++)
		if (w->watcher[i].key && w->watcher[i].topics & bits)
			put(w, &w->watcher[i], bits, text);
}

void watch_object(struct watch *w, struct json_object *event)
{
	put_all(w, TRACE_EVENT,
		json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN));
	json_object_put(event);
}

void watch_line(struct watch *w, unsigned int bits, const struct ike_path *path,
		uint32_t conn, const char *line)
{
	if (!watch_wants(w, bits) || !passes(w, bits, path, conn))
		return;
	put_all(w, bits, line);
	log_at(LOG_LEVEL_TRACE, "%s", line);
}

/* --- answers ------------------------------------------------------------------ */

static struct json_object *row_of(const struct item *it)
{
	struct json_object *o = NULL;
	size_t i;

	if (it->topics == TRACE_EVENT)
		o = json_tokener_parse(it->text);
	if (o)
		return o;
	o = json_object_new_object();
	json_object_object_add(o, "time", json_object_new_string(it->time));
	for (i = 0; i < TOPICS; i++)
		if (it->topics & topics[i].bit)
			break;
	if (i < TOPICS)
		json_object_object_add(o, "topic",
				       json_object_new_string(topics[i].word));
	json_object_object_add(o, "line", json_object_new_string(it->text));
	return o;
}

/* Some of its lines, or none at the end. */
static void give(struct watch *w, struct watcher *r, bool is_end)
{
	struct json_object *rows = json_object_new_array();
	struct json_object *o = json_object_new_object();
	struct item *it;
	int i;

	if (!r->n)
		tell_lost(r);
	for (i = 0; i < WATCH_BATCH && (it = pop(r)); i++) {
		json_object_array_add(rows, row_of(it));
		free(it);
	}
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

		if (r->is_waiting && (r->n || r->lost))
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
	struct item *it;

	while ((it = pop(r)))
		free(it);
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

/* A list of topics, one blank between them; 0: there is another word. */
static unsigned int bits_of(const char *text, bool off)
{
	unsigned int bits = 0;
	char word[32];
	size_t n;

	while (*text) {
		int t;

		n = strcspn(text, " ");
		snprintf(word, sizeof(word), "%.*s", (int)n, text);
		t = topic_of(word);
		if (t < 0)
			return 0;
		bits |= off ? topics[t].off : topics[t].bit;
		text += n;
		text += strspn(text, " ");
	}
	return bits;
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
	unsigned int bits = is_event ? TRACE_EVENT : bits_of(r->text, false);

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
	unsigned int bits = *r->text ? bits_of(r->text, true) :
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
	size_t i;
	int k, n;

	for (i = 0; i < TOPICS; i++) {
		struct json_object *o;

		for (k = n = 0; k < WATCHERS; k++)
			n += w->watcher[k].key &&
			     w->watcher[k].topics & topics[i].bit;
		if (!n)
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "topic",
				       json_object_new_string(topics[i].word));
		json_object_object_add(o, "watchers", json_object_new_int(n));
		json_object_array_add(rows, o);
	}
	return frame_rows(rows, false);
}

bool watch_request(struct watch *w, uint32_t id, const struct request *r)
{
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
		why = set_condition(w, r);
		answer(w, id,
		       why ? frame_error(why) :
			     frame_rows(json_object_new_array(), false));
		break;
	case REQ_CONDITIONS:
		answer(w, id, conditions_frame(w));
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
	struct item *it;
	int i;

	for (i = 0; w && i < WATCHERS; i++)
		while ((it = pop(&w->watcher[i])))
			free(it);
	free(w);
}
