/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where log lines go: standard error or syslog, and the last ones in memory. */
#ifndef IKEHELPER_JOURNAL_H
#define IKEHELPER_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/log.h"

/* To standard error with the time, or to syslog(3). */
void journal_open(bool to_stderr, bool debug);
void journal_close(void);

/*
 * A line; at most a hundred a second, and as many debug lines; the others are
 * counted.
 */
void journal_put(enum log_level level, const char *line);

/* So far: lines, those left out; room for what is remembered, in octets. */
struct journal_state {
	uint64_t lines, dropped, room;
};

struct journal_state journal_state(void);

/* Forget what was remembered. */
void journal_clear(void);

/*
 * The line behind number @*at that is still there, with its time; @*at
 * becomes its number. NULL when there is none.
 */
const char *journal_next(uint64_t *at);

#endif
