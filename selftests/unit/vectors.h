/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read files of test vectors: blocks of "name: value" (vectors/README). */
#ifndef UNIT_VECTORS_H
#define UNIT_VECTORS_H

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ikehelper/bytes.h"

#define VEC_FIELDS 40
#define VEC_OCTETS 32768

struct vec {
	FILE *f;
	unsigned int n;
	char name[VEC_FIELDS][24];
	char *value[VEC_FIELDS];
	uint8_t octets[VEC_OCTETS]; /* what vec_hex() gave out */
	size_t used;
};

static inline void vec_clear(struct vec *v)
{
	while (v->n)
		free(v->value[--v->n]);
	v->used = 0;
}

static inline void vec_open(struct vec *v, const char *path)
{
	memset(v, 0, sizeof(*v));
	v->f = fopen(path, "r");
	if (!v->f) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
}

static inline void vec_more(struct vec *v, const char *text)
{
	char **value = &v->value[v->n - 1];
	size_t len = strlen(*value);

	*value = realloc(*value, len + strlen(text) + 1);
	if (!*value)
		abort();
	strcpy(*value + len, text);
}

/* Read the next block; false at the end of the file. */
static inline bool vec_next(struct vec *v)
{
	static char line[8192];
	char *colon;

	vec_clear(v);
	while (fgets(line, sizeof(line), v->f)) {
		line[strcspn(line, "\n")] = 0;
		if (!*line && v->n)
			return true;
		if (!*line || *line == '#')
			continue;
		if (*line == ' ') {
			vec_more(v, line + 1);
			continue;
		}
		colon = strchr(line, ':');
		if (!colon || v->n == VEC_FIELDS)
			abort();
		*colon = 0;
		snprintf(v->name[v->n], sizeof(v->name[0]), "%.23s", line);
		v->value[v->n++] = strdup(colon + 1 + (colon[1] == ' '));
	}
	if (v->n)
		return true;
	fclose(v->f);
	return false;
}

/* The value of a field; the test ends if it is missing. */
static inline const char *vec_text(const struct vec *v, const char *name)
{
	unsigned int i;

	for (i = 0; i < v->n; i++)
		if (!strcmp(v->name[i], name))
			return v->value[i];
	printf("Bail out! a vector has no %s\n", name);
	exit(1);
}

static inline unsigned int vec_number(const struct vec *v, const char *name)
{
	return atoi(vec_text(v, name));
}

/* The value as octets; they live until the next block. */
static inline struct bytes vec_hex(struct vec *v, const char *name)
{
	const char *s = vec_text(v, name);
	uint8_t *start = v->octets + v->used;
	unsigned int octet;

	for (;;) {
		while (isspace((unsigned char)*s))
			s++;
		if (sscanf(s, "%2x", &octet) != 1)
			break;
		if (v->used == VEC_OCTETS)
			abort();
		v->octets[v->used++] = octet;
		s += 2;
	}
	return bytes_of(start, v->octets + v->used - start);
}

#endif
