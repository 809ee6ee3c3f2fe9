/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dates as people write them in a configuration. */
#ifndef LIB_DATE_H
#define LIB_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970, UTC: from the first one to the one behind the last one. */
struct date_span {
	int64_t from, to;
};

/*
 * "Jan 2 2026", "2 January 2026" or "2 1 2026" (day, month), all of it; with
 * "12:30" that minute, with "12:30:15" that second.
 */
bool date_parse(const char *text, struct date_span *d);

#endif
