/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who watches debug lines or events. A reader asks for more when it has taken
 * what it got; what does not fit into its queue meanwhile is counted and told as
 * lost.
 */
#ifndef IKEHELPER_WATCH_H
#define IKEHELPER_WATCH_H

#include "ike.h"
#include "request.h"

struct json_object;

#define WATCHERS 16
#define WATCH_BATCH 200 /* lines of one answer */

struct watch;

struct watch_ops {
	/* A frame for a client, which is taken over; @cursor 0 ends it. */
	void (*answer)(void *ctx, uint32_t id, char *frame, uint64_t cursor);
	/* Topics that anybody wants, whenever they change. */
	void (*topics)(void *ctx, unsigned int topics);
	uint64_t (*now)(void *ctx); /* milliseconds */
	void *ctx;
};

struct watch *watch_new(const struct watch_ops *ops);
void watch_free(struct watch *w);

/* A line about @path (NULL: about no peer) and a connection (0: none). */
void watch_line(struct watch *w, unsigned int topics,
		const struct ike_path *path, uint32_t conn, const char *line);

/* An event, which is taken over: whoever monitors gets it as a row. */
void watch_object(struct watch *w, struct json_object *event);

/* Let waiting readers have their lines: once after many of them. */
void watch_flush(struct watch *w);

/* Is it about debugging? Then it is answered, now or later. */
bool watch_request(struct watch *w, uint32_t id, const struct request *r);

/* The client of that request has gone. */
void watch_forget(struct watch *w, uint32_t id);

/* Does anybody want lines of these topics? */
bool watch_wants(const struct watch *w, unsigned int topics);

#endif
