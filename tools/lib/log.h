/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program says on standard error: one sentence, where, how bad. */
#ifndef LIB_LOG_H
#define LIB_LOG_H

/* The name in front of every message; not copied. */
void log_init(const char *program);

/* What is being worked on, as "file:12"; empty for nothing. */
__attribute__((format(printf, 1, 2))) void log_where(const char *fmt, ...);

__attribute__((format(printf, 1, 2))) void log_error(const char *fmt, ...);

__attribute__((format(printf, 1, 2))) void log_warn(const char *fmt, ...);

/* "program: " or "program: file:12: ", as messages begin. */
const char *log_prefix(void);

#endif
