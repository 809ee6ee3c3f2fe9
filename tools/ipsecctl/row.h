/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of views: JSON objects, filled and read. */
#ifndef IPSECCTL_ROW_H
#define IPSECCTL_ROW_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "../lib/addr.h"

typedef struct json_object row;

/* What is added to a row; text that is NULL or empty is left out. */
static inline void row_text(row *o, const char *key, const char *text)
{
	if (text && *text)
		json_object_object_add(o, key, json_object_new_string(text));
}

static inline void row_num(row *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_uint64(v));
}

static inline void row_bool(row *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

/* An address, as the daemon's rows have it; none is left out. */
static inline void row_addr(row *o, const char *key, const struct addr *a)
{
	char buf[ADDR_STR];

	if (a->family)
		row_text(o, key, addr_fmt(a, buf));
}

/* A new array in a row. */
static inline row *row_list(row *o, const char *key)
{
	row *list = json_object_new_array();

	json_object_object_add(o, key, list);
	return list;
}

static inline void row_list_text(row *list, const char *text)
{
	json_object_array_add(list, json_object_new_string(text));
}

/* What is read: the length of an array, its members; 0, NULL for none. */
static inline size_t row_len(row *list)
{
	return list ? json_object_array_length(list) : 0;
}

static inline row *row_at(row *list, size_t i)
{
	return list ? json_object_array_get_idx(list, i) : NULL;
}

static inline row *row_get(row *o, const char *key)
{
	row *v;

	return json_object_object_get_ex(o, key, &v) ? v : NULL;
}

static inline bool row_has(row *o, const char *key)
{
	return row_get(o, key);
}

/* "10.0.0.1" as routers print it; "" if there is none. Returns @buf. */
static inline const char *row_ios(row *o, const char *key, char buf[ADDR_STR])
{
	row *v = row_get(o, key);
	struct addr a;

	if (!v || !addr_parse(json_object_get_string(v), &a))
		return "";
	return addr_fmt_ios(&a, buf);
}

#endif
