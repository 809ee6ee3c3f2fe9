// SPDX-License-Identifier: GPL-2.0-or-later
/* Where log lines go: standard error or syslog, and the last ones in memory. */
#include "journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define LINES 2000 /* remembered */
#define PER_SECOND 100

static char *ring[LINES];
static uint64_t count;
static bool is_stderr, is_debug, is_systemd;
static time_t second;
static uint64_t dropped; /* lines that were left out, ever */
static unsigned int in_second, left_out;
static unsigned int traces_in_second, traces_left_out;

void journal_open(bool to_stderr, bool debug)
{
	is_stderr = to_stderr;
	is_debug = debug;
	/* It adds the time itself, and reads the level from the line. */
	is_systemd = getenv("JOURNAL_STREAM");
	if (!to_stderr)
		openlog("ikehelper", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	log_sink(journal_put);
}

void journal_close(void)
{
	log_sink(NULL);
	journal_clear();
}

static int priority(enum log_level level)
{
	static const int p[] = {
		[LOG_LEVEL_DEBUG] = LOG_DEBUG, [LOG_LEVEL_TRACE] = LOG_DEBUG,
		[LOG_LEVEL_INFO] = LOG_INFO,   [LOG_LEVEL_WARN] = LOG_WARNING,
		[LOG_LEVEL_ERROR] = LOG_ERR,
	};

	return p[level];
}

static void put(enum log_level level, const char *line)
{
	char when[64], **slot = &ring[count % LINES];

	log_stamp(when, sizeof(when));
	if (is_stderr && is_systemd)
		fprintf(stderr, "<%d>%s\n", priority(level), line);
	else if (is_stderr)
		fprintf(stderr, "%s: %s\n", when, line);
	else
		syslog(priority(level), "%s", line);
	free(*slot);
	if (asprintf(slot, "%s: %s", when, line) < 0)
		*slot = NULL;
	count++;
}

static void leave_out(unsigned int *of_kind)
{
	++*of_kind;
	dropped++;
}

void journal_put(enum log_level level, const char *line)
{
	time_t now = time(NULL);
	char text[64];

	if (level == LOG_LEVEL_DEBUG && !is_debug)
		return;
	if (now != second) {
		if (left_out) {
			snprintf(text, sizeof(text), "%u lines left out",
				 left_out);
			put(LOG_LEVEL_WARN, text);
		}
		if (traces_left_out) {
			snprintf(text, sizeof(text), "%u debug lines left out",
				 traces_left_out);
			put(LOG_LEVEL_TRACE, text);
		}
		second = now;
		in_second = left_out = traces_in_second = traces_left_out = 0;
	}
	/* Debugging takes no room from what else is said. */
	if (level == LOG_LEVEL_TRACE && !is_debug) {
		if (++traces_in_second > PER_SECOND)
			leave_out(&traces_left_out);
		else
			put(level, line);
		return;
	}
	/* Who wants debug lines wants all of them. */
	if (!is_debug && ++in_second > PER_SECOND)
		leave_out(&left_out);
	else
		put(level, line);
}

struct journal_state journal_state(void)
{
	return (struct journal_state){
		.lines = count,
		.dropped = dropped,
		.room = LINES * LOG_LINE,
	};
}

void journal_clear(void)
{
	int i;

	for (i = 0; i < LINES; i++) {
		free(ring[i]);
		ring[i] = NULL;
	}
}

const char *journal_next(uint64_t *at)
{
	uint64_t n = *at;

	if (count > LINES && n < count - LINES)
		n = count - LINES;
	for (; n < count; n++) {
		if (!ring[n % LINES])
			continue;
		*at = n + 1;
		return ring[n % LINES];
	}
	return NULL;
}
