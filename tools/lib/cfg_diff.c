// SPDX-License-Identifier: GPL-2.0-or-later
/* What differs between two configurations, object by object. */
#include "cfg_diff.h"

#include <stdio.h>

struct diff {
	cfg_change_fn fn;
	void *arg;
	unsigned int n;
	const struct cfg_map *map; /* whose entries are compared */
};

static void tell(struct diff *d, enum cfg_op op, const void *old,
		 const void *new, const struct cfg_field *f)
{
	const struct cfg_obj *o = new ? new : old;
	struct cfg_change ch = { op, o->class, old, new, d->map, f };

	d->n++;
	if (d->fn)
		d->fn(d->arg, &ch);
}

static bool is_map(const struct cfg_obj *o)
{
	return o->class == &cfg_class_map || o->class == &cfg_class_dynamic_map;
}

static const void *in(const struct cfg_tab *tab, const struct cfg_obj *o)
{
	return o->name ? cfg_find(tab, o->name) : cfg_find_num(tab, o->num);
}

static void diff_tab(struct diff *d, const struct cfg_tab *old,
		     const struct cfg_tab *new);

/* The entries of a map; of one that is not there for NULL. */
static void diff_entries(struct diff *d, const struct cfg_map *old,
			 const struct cfg_map *new)
{
	static const struct cfg_tab none;

	d->map = new ? new : old;
	diff_tab(d, old ? &old->entries : &none, new ? &new->entries : &none);
	d->map = NULL;
}

/* Fields of two maps but for their entries. */
static const struct cfg_field *map_field(const void *old, const void *new)
{
	const struct cfg_field *f;

	for (f = cfg_class_map.fields; f->kind; f++)
		if (f->kind != CFG_TAB && !cfg_field_equal(old, new, f))
			return f;
	return NULL;
}

static void diff_obj(struct diff *d, const struct cfg_obj *old,
		     const struct cfg_obj *new)
{
	const struct cfg_field *f = is_map(new) ? map_field(old, new) :
						  cfg_obj_differ(old, new);

	if (f)
		tell(d, CFG_CHANGED, old, new, f);
	if (is_map(new))
		diff_entries(d, (const struct cfg_map *)old,
			     (const struct cfg_map *)new);
}

static void diff_tab(struct diff *d, const struct cfg_tab *old,
		     const struct cfg_tab *new)
{
	const struct cfg_obj *o;

	for (o = old->first; o; o = o->next) {
		if (in(new, o))
			continue;
		if (is_map(o))
			diff_entries(d, (const struct cfg_map *)o, NULL);
		tell(d, CFG_REMOVED, o, NULL, NULL);
	}
	for (o = new->first; o; o = o->next) {
		const void *was = in(old, o);

		if (was) {
			diff_obj(d, was, o);
			continue;
		}
		tell(d, CFG_ADDED, NULL, o, NULL);
		if (is_map(o))
			diff_entries(d, NULL, (const struct cfg_map *)o);
	}
}

unsigned int cfg_diff(const struct cfg *old, const struct cfg *new,
		      cfg_change_fn fn, void *arg)
{
	struct diff d = { .fn = fn, .arg = arg };
	const struct cfg_field *f;

	for (f = cfg_class.fields; f->kind; f++) {
		const char *o = (const char *)old + f->offset;
		const char *n = (const char *)new + f->offset;

		if (f->kind == CFG_TAB)
			diff_tab(&d, (const struct cfg_tab *)o,
				 (const struct cfg_tab *)n);
		else if (!cfg_field_equal(old, new, f))
			tell(&d, CFG_CHANGED, old, new, f);
	}
	return d.n;
}

char *cfg_change_name(const struct cfg_change *ch, char *buf, size_t size)
{
	const struct cfg_obj *o = ch->new ? ch->new : ch->old;

	if (ch->map)
		snprintf(buf, size, "%s %s %u", ch->map->obj.class->name,
			 ch->map->obj.name, o->num);
	else if (o->class == &cfg_class)
		snprintf(buf, size, "%s", ch->field->name);
	else if (o->name)
		snprintf(buf, size, "%s %s", o->class->name, o->name);
	else
		snprintf(buf, size, "%s %u", o->class->name, o->num);
	return buf;
}
