/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must outlive the engine: records of objects, written before they show. */
#ifndef IKEHELPER_KEEP_H
#define IKEHELPER_KEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct ike;

/* Lives in its owner; all zero: nothing is kept of it. */
struct keep {
	TAILQ_ENTRY(keep) in_dirty;
	uint64_t id; /* of the record, once there is one */
	uint8_t kind; /* enum ike_keep */
	bool is_dirty, is_written;
};

TAILQ_HEAD(keep_list, keep);

/* It has changed: its record is written before anything leaves the engine. */
void keep_touch(struct ike *ike, struct keep *k, uint8_t kind);

/* Write what has changed. Before each datagram and each request. */
void keep_sync(struct ike *ike);

/* Its end: no record is left of it. */
void keep_drop(struct ike *ike, struct keep *k);

#endif
