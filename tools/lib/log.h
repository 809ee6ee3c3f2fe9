/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program says: one sentence, where, how bad. */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stddef.h>

/* The name in front of every message; not copied. */
void log_init(const char *program);

/* What is being worked on, as "file:12"; empty for nothing. */
__attribute__((format(printf, 1, 2))) void log_where(const char *fmt, ...);

__attribute__((format(printf, 1, 2))) void log_error(const char *fmt, ...);

__attribute__((format(printf, 1, 2))) void log_warn(const char *fmt, ...);

/* What is no complaint. */
__attribute__((format(printf, 1, 2))) void log_info(const char *fmt, ...);

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_TRACE, /* debug lines that an operator asked for */
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR,
};

__attribute__((format(printf, 2, 3))) void log_at(enum log_level level,
						  const char *fmt, ...);

/* "Nov 21 15:20:33.123": the time in front of a line. */
void log_stamp(char *buf, size_t size);

#define LOG_LINE 2048 /* longest line with its terminator */

/*
 * Give all lines, without program, place and newline, to @fn instead of
 * standard error; NULL to end that.
 */
typedef void (*log_put)(enum log_level level, const char *line);
void log_sink(log_put fn);

/* "program: " or "program: file:12: ", as messages begin. */
const char *log_prefix(void);

#endif
