/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What waits for one who watches: lines or events, a bounded number, and how many
 * were lost for want of room.
 */
#ifndef IKEHELPER_WATCH_QUEUE_H
#define IKEHELPER_WATCH_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;

#define WATCH_QUEUE 1000 /* lines that wait for one reader */
#define WATCH_RATE 500 /* lines for one reader in a second */

struct watch_item;

struct watch_queue {
	struct watch_item *item[WATCH_QUEUE];
	unsigned int first, n;
	unsigned long lost;
	uint64_t second;
	unsigned int in_second;
};

/* A line of these topics, at time @now in milliseconds. */
void watch_queue_line(struct watch_queue *q, uint64_t now, unsigned int topics,
		      const char *line);

/* An event, of which it keeps a reference. */
void watch_queue_event(struct watch_queue *q, uint64_t now,
		       struct json_object *event);

/* Is there anything to be told? */
bool watch_queue_has(const struct watch_queue *q);

/* The next row for who wants these topics, which the caller owns; NULL: none. */
struct json_object *watch_queue_next(struct watch_queue *q,
				     unsigned int topics);

/* Forget all of it. */
void watch_queue_clear(struct watch_queue *q);

#endif
