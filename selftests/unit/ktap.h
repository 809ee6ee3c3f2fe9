/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results of a unit test in KTAP form. */
#ifndef UNIT_KTAP_H
#define UNIT_KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ktap_count, ktap_failed;

__attribute__((unused)) static void ktap_lines(const char *title,
					       const char *text)
{
	const char *p = text ? text : "(null)";

	printf("# %s:\n", title);
	while (*p) {
		int n = strcspn(p, "\n");

		printf("#   |%.*s|\n", n, p);
		p += n + (p[n] == '\n');
	}
}

#define ok(cond, ...) ktap_result(cond, __FILE__, __LINE__, __VA_ARGS__)

__attribute__((format(printf, 4, 5))) static bool
ktap_result(bool good, const char *file, int line, const char *fmt, ...)
{
	char name[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	printf("%sok %d %s\n", good ? "" : "not ", ++ktap_count, name);
	if (!good) {
		printf("# at %s:%d\n", file, line);
		ktap_failed++;
	}
	return good;
}

/* Equal text; what differs is shown. */
#define is(got, want, ...) ktap_is(got, want, __FILE__, __LINE__, __VA_ARGS__)

__attribute__((unused)) static bool ktap_is(const char *got, const char *want,
					    const char *file, int line,
					    const char *name)
{
	bool good = got && !strcmp(got, want);

	ktap_result(good, file, line, "%s", name);
	if (!good) {
		ktap_lines("got", got);
		ktap_lines("want", want);
	}
	return good;
}

static int ktap_end(void)
{
	printf("1..%d\n", ktap_count);
	return ktap_failed ? 1 : 0;
}

#endif
