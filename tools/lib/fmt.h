/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output: text by lines through modifiers, or JSON; write errors kept. */
#ifndef LIB_FMT_H
#define LIB_FMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;
struct out;

/* Text or JSON for @fd. NULL when there is no memory. */
struct out *out_new(int fd, bool json);

/*
 * Add the modifiers that follow the bar: "include RE", "section exclude RE",
 * "count RE" and so on, cut short or not, several with " | " between them.
 * NULL, or a sentence that says what is wrong.
 */
const char *out_filter(struct out *o, const char *modifiers);

/* Text; what is complete goes through the modifiers. */
__attribute__((format(printf, 2, 3))) void out_printf(struct out *o,
						      const char *fmt, ...);

bool out_is_json(const struct out *o);

/* One JSON value. Takes over the reference. */
void out_json(struct out *o, struct json_object *v);

/* A list of JSON values, one a line; out_json() in between. */
void out_list_begin(struct out *o);
void out_list_end(struct out *o);

/* Let all complete lines go out now. */
void out_flush(struct out *o);

/* Nothing more can be written. */
bool out_failed(const struct out *o);

/* Write what is left; 0, or a negative errno if any of it got lost. */
int out_end(struct out *o);
void out_free(struct out *o);

/* Into memory instead of a descriptor, for tests: text so far. */
struct out *out_new_memory(bool json);
const char *out_text(struct out *o);

/* --- modifiers (filter.c) ---------------------------------------------- */

struct filter;

struct filter *filter_new(const char *modifiers, const char **why);
void filter_free(struct filter *f);

/* Give a line (no newline) to the chain; it calls @put for what remains. */
typedef void (*filter_put)(void *arg, const char *line, size_t len);
void filter_line(struct filter *f, const char *line, size_t len, filter_put put,
		 void *arg);

/* The end of the text: counts come now. */
void filter_end(struct filter *f, filter_put put, void *arg);

/* --- values ------------------------------------------------------------ */

#define FMT_SPAN 32

/*
 * Make text of others harmless for a terminal: what is no printable UTF-8
 * becomes '?', tabs stay.
 */
void fmt_clean(char *p, size_t len);

/* "1d02h", "00:01:02": how routers print a span of time. */
char *fmt_uptime(uint64_t seconds, char buf[FMT_SPAN]);

#endif
