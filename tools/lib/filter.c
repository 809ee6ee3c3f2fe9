// SPDX-License-Identifier: GPL-2.0-or-later
/* Output modifiers: include, exclude, begin, section and count. */
#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"

enum kind { INCLUDE, EXCLUDE, BEGIN, SECTION, COUNT };

static const char *const kinds[] = { "include", "exclude", "begin", "section",
				     "count" };

/* One modifier; its output is the input of the next one. */
struct filter {
	struct filter *next;
	enum kind kind;
	bool is_not; /* section exclude */
	bool is_on; /* begin: seen; section: inside one */
	size_t indent; /* of the line that opened the section */
	unsigned long count;
	regex_t re;
	bool has_re;
};

/* The modifier that @word (of @len) stands for, -1 for none or several. */
static int find_kind(const char *word, size_t len)
{
	size_t i, n = 0;
	int found = -1;

	for (i = 0; len && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(kinds[i], word, len))
			continue;
		found = i;
		n++;
	}
	return n == 1 ? found : -1;
}

/*
 * "_" in a router's expression is the border of a word: start, end, blank,
 * comma, brace; or itself, as in the name of a log line. Inside brackets and
 * after a backslash it is nothing but itself.
 */
static char *translate(const char *p, size_t len)
{
	static const char border[] = "(^|$|[ ,{}()_])";
	char *re = malloc(len * sizeof(border) + 1), *out = re;
	const char *end = p + len, *bracket = NULL;

	if (!re)
		return NULL;
	for (; p < end; p++) {
		if (*p == '\\' && !bracket && p + 1 < end) {
			*out++ = *p++;
		} else if (*p == '[' && !bracket) {
			bracket = p[1] == '^' ? p + 2 : p + 1;
		} else if (*p == ']' && bracket && p > bracket) {
			bracket = NULL;
		} else if (*p == '_' && !bracket) {
			out = stpcpy(out, border);
			continue;
		}
		*out++ = *p;
	}
	*out = '\0';
	return re;
}

/* " | word" that goes on with another modifier; an "|" may also mean "or". */
static const char *find_next(const char *begin)
{
	const char *p = begin;

	while ((p = strchr(p, '|'))) {
		const char *word = p + 1 + strspn(p + 1, " \t");
		size_t len = strcspn(word, " \t");

		if (p > begin && isspace((unsigned char)p[-1]) &&
		    word > p + 1 && find_kind(word, len) >= 0 && word[len])
			return p;
		p++;
	}
	return NULL;
}

static const char *compile(struct filter *f, const char *p, size_t len)
{
	static char why[256];
	char text[128], *re;
	int err;

	while (len && isspace((unsigned char)p[len - 1]))
		len--;
	if (!len)
		return "a modifier needs a regular expression";
	re = translate(p, len);
	if (!re)
		return "out of memory";
	err = regcomp(&f->re, re, REG_EXTENDED | REG_NOSUB);
	free(re);
	if (err) {
		regerror(err, &f->re, text, sizeof(text));
		snprintf(why, sizeof(why), "'%.*s': %s", (int)len, p, text);
		return why;
	}
	f->has_re = true;
	return NULL;
}

/* One modifier from @p on, up to @len. */
static const char *parse(struct filter *f, const char *p, size_t len)
{
	const char *end = p + len;
	size_t n = strcspn(p, " \t");
	int kind = find_kind(p, n);

	if (kind < 0)
		return "after '|' goes include, exclude, begin, section or count";
	f->kind = kind;
	p += n;
	p += strspn(p, " \t");
	if (kind == SECTION) {
		n = strcspn(p, " \t");
		kind = n >= 2 ? find_kind(p, n) : -1;
		if ((kind == INCLUDE || kind == EXCLUDE) && p + n < end) {
			f->is_not = kind == EXCLUDE;
			p += n;
			p += strspn(p, " \t");
		}
	}
	return p < end ? compile(f, p, end - p) : compile(f, "", 0);
}

struct filter *filter_new(const char *p, const char **why)
{
	struct filter *first = NULL, **last = &first;

	*why = NULL;
	while (p) {
		struct filter *f = calloc(1, sizeof(*f));
		const char *next;

		if (!f) {
			*why = "out of memory";
			break;
		}
		*last = f;
		last = &f->next;
		p += strspn(p, " \t");
		next = find_next(p);
		*why = parse(f, p, next ? (size_t)(next - p) : strlen(p));
		if (*why)
			break;
		p = next ? next + 1 : NULL;
	}
	if (!*why)
		return first;
	filter_free(first);
	return NULL;
}

void filter_free(struct filter *f)
{
	while (f) {
		struct filter *next = f->next;

		if (f->has_re)
			regfree(&f->re);
		free(f);
		f = next;
	}
}

/* A section lasts while the lines are indented more than its first one. */
static bool in_section(struct filter *f, const char *line, size_t len,
		       bool match)
{
	size_t indent = 0;

	while (indent < len && line[indent] == ' ')
		indent++;
	if (f->is_on && indent < len && indent <= f->indent)
		f->is_on = false;
	if (!f->is_on && match) {
		f->is_on = true;
		f->indent = indent;
	}
	return f->is_on;
}

static bool passes(struct filter *f, const char *line, size_t len, bool match)
{
	switch (f->kind) {
	case INCLUDE:
		return match;
	case EXCLUDE:
		return !match;
	case BEGIN:
		f->is_on = f->is_on || match;
		return f->is_on;
	case SECTION:
		return in_section(f, line, len, match) != f->is_not;
	case COUNT:
		f->count += match;
		return false;
	}
	return false;
}

void filter_line(struct filter *f, const char *line, size_t len, filter_put put,
		 void *arg)
{
	char *text;

	if (!f) {
		put(arg, line, len);
		return;
	}
	text = strndup(line, len);
	if (!text)
		return;
	if (passes(f, line, len, !regexec(&f->re, text, 0, NULL, 0)))
		filter_line(f->next, line, len, put, arg);
	free(text);
}

void filter_end(struct filter *f, filter_put put, void *arg)
{
	char text[80];
	int n;

	for (; f; f = f->next) {
		if (f->kind != COUNT)
			continue;
		n = snprintf(text, sizeof(text),
			     "Number of lines which match regexp = %lu",
			     f->count);
		filter_line(f->next, text, n, put, arg);
	}
}
