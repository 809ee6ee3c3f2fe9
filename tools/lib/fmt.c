// SPDX-License-Identifier: GPL-2.0-or-later
/* Output: text by lines through modifiers, or JSON; write errors kept. */
#include "fmt.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLUSH_SIZE 32768

struct buf {
	char *p;
	size_t len, cap;
};

struct out {
	int fd; /* -1 for memory */
	int err; /* the first thing that went wrong */
	bool json;
	bool is_pretty;
	bool in_list;
	size_t n_list;
	struct filter *filter;
	struct buf line; /* not complete yet */
	struct buf done; /* to be written */
};

/* Room for @len octets and an end. */
static bool buf_room(struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : 4096;
	char *new;

	while (cap < b->len + len + 1)
		cap *= 2;
	if (cap == b->cap)
		return true;
	new = realloc(b->p, cap);
	if (!new)
		return false;
	b->p = new;
	b->cap = cap;
	return true;
}

static bool buf_add(struct buf *b, const char *p, size_t len)
{
	if (!buf_room(b, len))
		return false;
	memcpy(b->p + b->len, p, len);
	b->len += len;
	b->p[b->len] = '\0';
	return true;
}

struct out *out_new(int fd, bool json)
{
	struct out *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->fd = fd;
	o->json = json;
	o->is_pretty = json && fd >= 0 && isatty(fd);
	return o;
}

struct out *out_new_memory(bool json)
{
	return out_new(-1, json);
}

const char *out_text(struct out *o)
{
	return o->done.p ? o->done.p : "";
}

bool out_is_json(const struct out *o)
{
	return o->json;
}

const char *out_filter(struct out *o, const char *modifiers)
{
	const char *why = NULL;

	o->filter = filter_new(modifiers, &why);
	return why;
}

static void write_done(struct out *o)
{
	size_t pos = 0;

	if (o->fd < 0)
		return;
	while (pos < o->done.len && !o->err) {
		ssize_t n = write(o->fd, o->done.p + pos, o->done.len - pos);

		if (n < 0 && errno != EINTR)
			o->err = errno;
		else if (n > 0)
			pos += n;
	}
	o->done.len = 0;
}

static void put_line(void *arg, const char *line, size_t len)
{
	struct out *o = arg;

	if (!buf_add(&o->done, line, len) || !buf_add(&o->done, "\n", 1))
		o->err = ENOMEM;
	if (o->done.len >= FLUSH_SIZE)
		write_done(o);
}

/* Octets of the character at @p; 0 for what is none, or controls a terminal. */
static size_t printable(const unsigned char *p, size_t len)
{
	size_t n = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2, i;

	if (n == 1)
		return *p == '\t' || (*p >= ' ' && *p != 0x7f);
	/* Shortest form only, up to U+10FFFF, not U+0080 to U+009F. */
	if (*p < 0xc2 || *p > 0xf4 || n > len || (*p == 0xc2 && p[1] < 0xa0) ||
	    (*p == 0xe0 && p[1] < 0xa0) || (*p == 0xf0 && p[1] < 0x90))
		return 0;
	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Nearly all of it is plain ASCII: the end of that part. */
static size_t plain_until(const unsigned char *p, size_t i, size_t len)
{
	while (i < len && p[i] >= ' ' && p[i] < 0x7f)
		i++;
	return i;
}

void fmt_clean(char *p, size_t len)
{
	size_t i = 0, n;

	while ((i = plain_until((unsigned char *)p, i, len)) < len) {
		n = printable((unsigned char *)p + i, len - i);
		if (!n)
			p[i] = '?';
		i += n ? n : 1;
	}
}

/* Pass on the complete lines of what was printed. */
static void take_lines(struct out *o)
{
	char *p = o->line.p, *end = p + o->line.len, *nl;

	while (p < end && (nl = memchr(p, '\n', end - p))) {
		size_t len = nl - p;

		fmt_clean(p, len);
		/* Columns leave blanks behind the last word. */
		while (len && p[len - 1] == ' ')
			len--;
		if (o->filter)
			filter_line(o->filter, p, len, put_line, o);
		else
			put_line(o, p, len);
		p = nl + 1;
	}
	o->line.len = end - p;
	memmove(o->line.p, p, o->line.len);
}

void out_printf(struct out *o, const char *fmt, ...)
{
	struct buf *b = &o->line;
	size_t room, begin = b->len;
	va_list ap;
	int n;

	/* Once for what is there, once more for what it takes. */
	do {
		room = b->cap - b->len;
		va_start(ap, fmt);
		n = vsnprintf(b->p + b->len, room, fmt, ap);
		va_end(ap);
		if (n < 0)
			return;
	} while ((size_t)n >= room && buf_room(b, n));
	if ((size_t)n >= room) {
		o->err = ENOMEM;
		return;
	}
	b->len += n;
	if (memchr(b->p + begin, '\n', n))
		take_lines(o);
}

void out_json(struct out *o, struct json_object *v)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (o->in_list)
		out_printf(o, o->n_list++ ? ",\n" : "\n");
	if (o->is_pretty && !o->in_list)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	out_printf(o, "%s", json_object_to_json_string_ext(v, flags));
	if (!o->in_list)
		out_printf(o, "\n");
	json_object_put(v);
}

void out_list_begin(struct out *o)
{
	o->in_list = true;
	o->n_list = 0;
	out_printf(o, "[");
}

void out_list_end(struct out *o)
{
	o->in_list = false;
	out_printf(o, o->n_list ? "\n]\n" : "]\n");
}

void out_flush(struct out *o)
{
	write_done(o);
}

bool out_failed(const struct out *o)
{
	return o->err;
}

int out_end(struct out *o)
{
	if (o->line.len)
		out_printf(o, "\n");
	if (o->filter)
		filter_end(o->filter, put_line, o);
	write_done(o);
	return -o->err;
}

void out_free(struct out *o)
{
	if (!o)
		return;
	filter_free(o->filter);
	free(o->line.p);
	free(o->done.p);
	free(o);
}

char *fmt_uptime(uint64_t s, char buf[FMT_SPAN])
{
	const unsigned int day = 86400;
	uint64_t days = s / day;

	if (!days)
		snprintf(buf, FMT_SPAN,
			 "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600,
			 s / 60 % 60, s % 60);
	else if (days < 7)
		snprintf(buf, FMT_SPAN, "%" PRIu64 "d%02" PRIu64 "h", days,
			 s % day / 3600);
	else if (days < 365)
		snprintf(buf, FMT_SPAN, "%" PRIu64 "w%" PRIu64 "d", days / 7,
			 days % 7);
	else
		snprintf(buf, FMT_SPAN, "%" PRIu64 "y%" PRIu64 "w", days / 365,
			 days % 365 / 7);
	return buf;
}
