// SPDX-License-Identifier: GPL-2.0-or-later
/* What a program says: one sentence, where, how bad. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

static const char *program = "";
static char where[512];

void log_init(const char *name)
{
	program = name;
}

void log_where(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(where, sizeof(where), fmt, ap);
	va_end(ap);
}

const char *log_prefix(void)
{
	static char buf[640];

	snprintf(buf, sizeof(buf), "%s: %s%s", program, where,
		 where[0] ? ": " : "");
	return buf;
}

static log_put put;

void log_sink(log_put fn)
{
	put = fn;
}

static void say(enum log_level level, const char *fmt, va_list ap)
{
	char line[LOG_LINE];

	if (put) {
		vsnprintf(line, sizeof(line), fmt, ap);
		put(level, line);
		return;
	}
	fprintf(stderr, "%s%s", log_prefix(),
		level == LOG_LEVEL_WARN ? "warning: " : "");
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void log_at(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(level, fmt, ap);
	va_end(ap);
}

void log_stamp(char *buf, size_t size)
{
	struct timespec t;
	struct tm tm;
	char day[32];

	clock_gettime(CLOCK_REALTIME, &t);
	localtime_r(&t.tv_sec, &tm);
	strftime(day, sizeof(day), "%b %e %H:%M:%S", &tm);
	snprintf(buf, size, "%s.%03ld", day, t.tv_nsec / 1000000);
}
