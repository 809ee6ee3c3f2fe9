/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters as they were when an operator cleared them. The module's own go on, as
 * sums over time are made of them; views take away what is remembered here.
 */
#ifndef IKEHELPER_CLEARED_H
#define IKEHELPER_CLEARED_H

#include <stdint.h>

struct cleared;
struct gnl;

struct cleared *cleared_new(void);
void cleared_free(struct cleared *c);

/*
 * Remember all counters as they are now, in place of what was remembered before.
 * 0, or a negative errno: then what was remembered still is.
 */
int cleared_take(struct cleared *c, struct gnl *g);

/*
 * A frame with the rows behind @*cursor, and where to go on there (0: nowhere).
 * Only what had counted something has a row: "rule"; "sa" with "spi" and "dir";
 * "interface" with "map". "counters" are those of struct stats in its order, or
 * the packets that an interface dropped for want of an SA.
 */
char *cleared_frame(const struct cleared *c, uint64_t *cursor);

#endif
