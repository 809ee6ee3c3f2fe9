// SPDX-License-Identifier: GPL-2.0-or-later
/* Configured objects: tables of them, and what is the same for all kinds. */
#include "cfg_obj.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"

#define FIRST_BUCKETS 16

static void *at(const void *obj, size_t offset)
{
	return (char *)(uintptr_t)obj + offset;
}

/* --- values ------------------------------------------------------------ */

int cfg_set_str(char **to, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return -ENOMEM;
	free(*to);
	*to = copy;
	return 0;
}

int cfg_set_secret(struct cfg_secret *s, uint8_t type, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return -ENOMEM;
	if (s->text)
		secret_wipe(s->text, strlen(s->text));
	free(s->text);
	s->text = copy;
	s->type = type;
	return 0;
}

bool cfg_names_has(const struct cfg_names *names, const char *text)
{
	uint32_t i;

	for (i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], text))
			return true;
	return false;
}

int cfg_names_add(struct cfg_names *names, const char *text)
{
	uint32_t n = names->n;
	char *copy;

	if (cfg_names_has(names, text))
		return 0;
	/* Room for a power of two. */
	if (!(n & (n - 1))) {
		void *v = realloc(names->v, (n ? 2 * n : 1) * sizeof(char *));

		if (!v)
			return -ENOMEM;
		names->v = v;
	}
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	names->v[names->n++] = copy;
	return 0;
}

bool cfg_names_del(struct cfg_names *names, const char *text)
{
	uint32_t i;

	for (i = 0; i < names->n; i++) {
		if (strcmp(names->v[i], text))
			continue;
		if (names->n == 1) {
			cfg_names_clear(names);
			return true;
		}
		free(names->v[i]);
		memmove(names->v + i, names->v + i + 1,
			(names->n - i - 1) * sizeof(char *));
		names->n--;
		return true;
	}
	return false;
}

void cfg_names_clear(struct cfg_names *names)
{
	uint32_t i;

	for (i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	names->v = NULL;
	names->n = 0;
}

/* --- tables ------------------------------------------------------------ */

/* FNV-1a; the last step spreads it over the low bits. */
static uint32_t hash_key(const char *name, uint32_t num)
{
	uint32_t h = 2166136261U ^ num;

	for (; name && *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619U;
	h *= 2654435761U;
	return h ^ h >> 16;
}

static void *find(const struct cfg_tab *tab, const char *name, uint32_t num)
{
	uint32_t hash = hash_key(name, num);
	struct cfg_obj *o;

	if (!tab->n_buckets)
		return NULL;
	for (o = tab->bucket[hash % tab->n_buckets]; o; o = o->chain) {
		if (o->hash != hash || o->num != num)
			continue;
		if (name ? o->name && !strcmp(o->name, name) : !o->name)
			return o;
	}
	return NULL;
}

void *cfg_find(const struct cfg_tab *tab, const char *name)
{
	return name ? find(tab, name, 0) : NULL;
}

void *cfg_find_num(const struct cfg_tab *tab, uint32_t num)
{
	return find(tab, NULL, num);
}

/* Twice the buckets, or the first ones. */
static int grow(struct cfg_tab *tab)
{
	uint32_t n = tab->n_buckets ? 2 * tab->n_buckets : FIRST_BUCKETS;
	struct cfg_obj **bucket = calloc(n, sizeof(*bucket));
	struct cfg_obj *o;

	if (!bucket)
		return -ENOMEM;
	free(tab->bucket);
	tab->bucket = bucket;
	tab->n_buckets = n;
	for (o = tab->first; o; o = o->next) {
		o->chain = bucket[o->hash % n];
		bucket[o->hash % n] = o;
	}
	return 0;
}

/* Numbers ascend; most are added at the end anyway. */
static void link_obj(struct cfg_tab *tab, struct cfg_obj *o)
{
	struct cfg_obj *after = tab->last;

	while (!o->name && after && after->num > o->num)
		after = after->prev;
	o->prev = after;
	o->next = after ? after->next : tab->first;
	*(o->prev ? &o->prev->next : &tab->first) = o;
	*(o->next ? &o->next->prev : &tab->last) = o;
	o->chain = tab->bucket[o->hash % tab->n_buckets];
	tab->bucket[o->hash % tab->n_buckets] = o;
	tab->n++;
}

static void *get(struct cfg_tab *tab, const char *name, uint32_t num)
{
	struct cfg_obj *o = find(tab, name, num);

	if (o)
		return o;
	if (tab->n >= tab->n_buckets && grow(tab))
		return NULL;
	o = cfg_obj_new(tab->class);
	if (!o || cfg_set_str(&o->name, name)) {
		cfg_obj_free(o);
		return NULL;
	}
	o->num = num;
	o->hash = hash_key(name, num);
	link_obj(tab, o);
	return o;
}

void *cfg_get(struct cfg_tab *tab, const char *name)
{
	return get(tab, name, 0);
}

void *cfg_get_num(struct cfg_tab *tab, uint32_t num)
{
	return get(tab, NULL, num);
}

void cfg_del(struct cfg_tab *tab, void *obj)
{
	struct cfg_obj *o = obj, **p;

	if (!o)
		return;
	p = &tab->bucket[o->hash % tab->n_buckets];
	while (*p != o)
		p = &(*p)->chain;
	*p = o->chain;
	*(o->prev ? &o->prev->next : &tab->first) = o->next;
	*(o->next ? &o->next->prev : &tab->last) = o->prev;
	tab->n--;
	cfg_obj_free(o);
}

void cfg_clear(struct cfg_tab *tab)
{
	struct cfg_obj *o = tab->first, *next;

	for (; o; o = next) {
		next = o->next;
		cfg_obj_free(o);
	}
	free(tab->bucket);
	*tab = (struct cfg_tab){ .class = tab->class };
}

/* --- objects ----------------------------------------------------------- */

void *cfg_obj_new(const struct cfg_class *class)
{
	struct cfg_obj *o = calloc(1, class->size);
	const struct cfg_field *f;

	if (!o)
		return NULL;
	o->class = class;
	for (f = class->fields; f->kind; f++)
		if (f->kind == CFG_TAB || f->kind == CFG_INDEX)
			((struct cfg_tab *)at(o, f->offset))->class = f->sub;
	if (class->init)
		class->init(o);
	return o;
}

static void free_field(void *obj, const struct cfg_field *f)
{
	void *p = at(obj, f->offset);

	switch (f->kind) {
	case CFG_POD:
	case CFG_HINT:
		memset(p, 0, f->size);
		break;
	case CFG_STR:
		free(*(char **)p);
		*(char **)p = NULL;
		break;
	case CFG_SECRET:
		cfg_set_secret(p, 0, NULL);
		break;
	case CFG_NAMES:
		cfg_names_clear(p);
		break;
	case CFG_TAB:
	case CFG_INDEX:
		cfg_clear(p);
		break;
	}
}

void cfg_obj_free(void *obj)
{
	struct cfg_obj *o = obj;
	const struct cfg_field *f;

	if (!o)
		return;
	for (f = o->class->fields; f->kind; f++)
		free_field(o, f);
	free(o->name);
	free(o);
}

static int copy_names(struct cfg_names *to, const struct cfg_names *from)
{
	uint32_t i;
	int err = 0;

	cfg_names_clear(to);
	for (i = 0; i < from->n && !err; i++)
		err = cfg_names_add(to, from->v[i]);
	return err;
}

static int copy_tab(struct cfg_tab *to, const struct cfg_tab *from)
{
	struct cfg_obj *o, *new;
	int err = 0;

	cfg_clear(to);
	for (o = from->first; o && !err; o = o->next) {
		new = get(to, o->name, o->num);
		err = new ? cfg_obj_copy(new, o) : -ENOMEM;
	}
	return err;
}

static int copy_field(void *to, const void *from, const struct cfg_field *f)
{
	void *p = at(to, f->offset);
	const void *q = at(from, f->offset);
	const struct cfg_secret *s;

	switch (f->kind) {
	case CFG_POD:
	case CFG_HINT:
		memcpy(p, q, f->size);
		return 0;
	case CFG_STR:
		return cfg_set_str(p, *(char *const *)q);
	case CFG_SECRET:
		s = q;
		return cfg_set_secret(p, s->type, s->text);
	case CFG_NAMES:
		return copy_names(p, q);
	case CFG_TAB:
	case CFG_INDEX:
		return copy_tab(p, q);
	}
	return 0;
}

int cfg_obj_copy(void *to, const void *from)
{
	const struct cfg_field *f;
	int err = 0;

	for (f = ((const struct cfg_obj *)from)->class->fields; f->kind && !err;
	     f++)
		err = copy_field(to, from, f);
	return err;
}

void cfg_field_reset(void *obj, const struct cfg_field *f)
{
	const struct cfg_class *class = ((struct cfg_obj *)obj)->class;
	void *new = f->kind == CFG_POD ? cfg_obj_new(class) : NULL;

	free_field(obj, f);
	if (new)
		copy_field(obj, new, f);
	cfg_obj_free(new);
}

/* --- comparison -------------------------------------------------------- */

static bool same_str(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_names(const struct cfg_names *a, const struct cfg_names *b)
{
	uint32_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]))
			return false;
	return true;
}

/*
 * The order of numbered objects follows from their numbers; that of named
 * ones counts where a table is part of an object (peers of an entry), not
 * at the top.
 */
static bool same_tab(const struct cfg_tab *a, const struct cfg_tab *b,
		     bool in_order)
{
	const struct cfg_obj *o, *p = b->first;

	if (a->n != b->n)
		return false;
	for (o = a->first; o; o = o->next) {
		const struct cfg_obj *q = in_order ? p :
						     find(b, o->name, o->num);

		if (!q || q->num != o->num || !same_str(q->name, o->name) ||
		    !cfg_obj_equal(o, q))
			return false;
		p = p ? p->next : NULL;
	}
	return true;
}

bool cfg_field_equal(const void *a, const void *b, const struct cfg_field *f)
{
	const void *p = at(a, f->offset), *q = at(b, f->offset);
	const struct cfg_obj *a_obj = a;
	const struct cfg_secret *s, *t;

	switch (f->kind) {
	case CFG_HINT:
	case CFG_INDEX:
		return true;
	case CFG_POD:
		return !memcmp(p, q, f->size);
	case CFG_STR:
		return same_str(*(char *const *)p, *(char *const *)q);
	case CFG_SECRET:
		s = p;
		t = q;
		return s->type == t->type && same_str(s->text, t->text);
	case CFG_NAMES:
		return same_names(p, q);
	case CFG_TAB:
		return same_tab(p, q, a_obj->name || a_obj->num);
	}
	return true;
}

const struct cfg_field *cfg_obj_differ(const void *a, const void *b)
{
	const struct cfg_field *f;

	for (f = ((const struct cfg_obj *)a)->class->fields; f->kind; f++)
		if (!cfg_field_equal(a, b, f))
			return f;
	return NULL;
}

bool cfg_obj_equal(const void *a, const void *b)
{
	return !cfg_obj_differ(a, b);
}
