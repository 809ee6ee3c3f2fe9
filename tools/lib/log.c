// SPDX-License-Identifier: GPL-2.0-or-later
/* What a program says on standard error: one sentence, where, how bad. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

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

static void say(const char *level, const char *fmt, va_list ap)
{
	fprintf(stderr, "%s%s", log_prefix(), level);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning: ", fmt, ap);
	va_end(ap);
}
