/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two configurations, object by object. */
#ifndef LIB_CFG_DIFF_H
#define LIB_CFG_DIFF_H

#include "cfg.h"

enum cfg_op { CFG_ADDED, CFG_REMOVED, CFG_CHANGED };

/*
 * One difference. Entries of maps are reported by themselves, a map only
 * for what holds for the whole set; settings that are there once have
 * @class cfg_class and a field.
 */
struct cfg_change {
	enum cfg_op op;
	const struct cfg_class *class;
	const void *old; /* NULL when added */
	const void *new; /* NULL when removed */
	const struct cfg_map *map; /* that an entry belongs to (new or old) */
	const struct cfg_field *field; /* the first one that changed */
};

typedef void (*cfg_change_fn)(void *arg, const struct cfg_change *ch);

/* Returns the number of differences; @fn may be NULL. */
unsigned int cfg_diff(const struct cfg *old, const struct cfg *new,
		      cfg_change_fn fn, void *arg);

/* The name of the object of a change: "crypto map test 10". Returns @buf. */
char *cfg_change_name(const struct cfg_change *ch, char *buf, size_t size);

#endif
