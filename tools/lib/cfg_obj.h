/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configured objects: tables of them, and what is the same for all kinds. */
#ifndef LIB_CFG_OBJ_H
#define LIB_CFG_OBJ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cfg_class;
/*
 * Head of every object: it has a name or a number, never both. The list is
 * in the order in which the configuration is written: of creation for
 * names, ascending for numbers.
 */
struct cfg_obj {
	struct cfg_obj *next;
	struct cfg_obj *prev;
	struct cfg_obj *chain; /* of the same hash bucket */
	const struct cfg_class *class;
	char *name; /* NULL for a numbered object */
	uint32_t num;
	uint32_t hash;
};

/* Objects of one class. An empty one is all zero but for its class. */
struct cfg_tab {
	const struct cfg_class *class;
	struct cfg_obj *first;
	struct cfg_obj *last;
	struct cfg_obj **bucket;
	uint32_t n_buckets;
	uint32_t n;
};

/* Names in an order that means something. */
struct cfg_names {
	char **v;
	uint32_t n;
};

/* A pre-shared key or password as it was given. */
struct cfg_secret {
	char *text; /* NULL if there is none */
	uint8_t type; /* 0 plain, 6 encrypted with the master key */
};

/* A line that is not ours, kept as it is; several with newlines between. */
struct cfg_kept {
	struct cfg_obj obj; /* name: the line */
	uint8_t section; /* enum cfg_section, behind which it stands */
	uint8_t is_suspect; /* begins like a command of ours */
	struct cfg_tab body; /* struct cfg_kept: lines of the block it opens */
};

/* What a field of an object holds, so that one function can copy any. */
enum cfg_kind {
	CFG_POD = 1, /* @size octets without pointers and padding */
	CFG_HINT, /* the same, but two that differ in it are equal */
	CFG_STR, /* char *, NULL for none */
	CFG_SECRET, /* struct cfg_secret */
	CFG_NAMES, /* struct cfg_names */
	CFG_TAB, /* struct cfg_tab of class @sub */
	CFG_INDEX, /* the same, made from other fields: not compared */
};

struct cfg_field {
	const char *name; /* what a difference calls it */
	enum cfg_kind kind;
	size_t offset;
	size_t size;
	const struct cfg_class *sub;
};

struct cfg_class {
	const char *name; /* "isakmp policy" */
	size_t size;
	const struct cfg_field *fields; /* ends with kind 0 */
	void (*init)(void *obj); /* values that are not zero, or NULL */
};

#define CFG_F_POD(s, m)                                  \
	{                                                \
#m, CFG_POD, offsetof(struct s, m),      \
			sizeof(((struct s *)0)->m), NULL \
	}
#define CFG_F_HINT(s, m)                                 \
	{                                                \
#m, CFG_HINT, offsetof(struct s, m),     \
			sizeof(((struct s *)0)->m), NULL \
	}
#define CFG_F(s, m, kind)                                      \
	{                                                      \
#m, CFG_##kind, offsetof(struct s, m), 0, NULL \
	}
#define CFG_F_TAB(s, m, class)                               \
	{                                                    \
#m, CFG_TAB, offsetof(struct s, m), 0, class \
	}
#define CFG_F_INDEX(s, m, class)                               \
	{                                                      \
#m, CFG_INDEX, offsetof(struct s, m), 0, class \
	}

/* Walk a table; the object may not be removed in it. */
#define cfg_for_each(var, tab)                    \
	for ((var) = (void *)(tab)->first; (var); \
	     (var) = (void *)((struct cfg_obj *)(var))->next)

/* The object of a table, or NULL. */
void *cfg_find(const struct cfg_tab *tab, const char *name);
void *cfg_find_num(const struct cfg_tab *tab, uint32_t num);

/* The same, created with its defaults if it is not there. NULL: no memory. */
void *cfg_get(struct cfg_tab *tab, const char *name);
void *cfg_get_num(struct cfg_tab *tab, uint32_t num);

/* Take an object out and free it. */
void cfg_del(struct cfg_tab *tab, void *obj);
void cfg_clear(struct cfg_tab *tab);

/* An object that is in no table (the top of the model); defaults set. */
void *cfg_obj_new(const struct cfg_class *class);
void cfg_obj_free(void *obj);

/* Make @to (of the same class, in its table) equal to @from. 0 or -ENOMEM. */
int cfg_obj_copy(void *to, const void *from);

/* Equal in all fields. Names do not count, nor the order at the top. */
bool cfg_obj_equal(const void *a, const void *b);

/* The first field in which two objects differ, or NULL. */
const struct cfg_field *cfg_obj_differ(const void *a, const void *b);

bool cfg_field_equal(const void *a, const void *b, const struct cfg_field *f);

/* Back to the value that a new object has. */
void cfg_field_reset(void *obj, const struct cfg_field *f);

/* Replace a string, a secret; NULL for none. 0 or -ENOMEM. */
int cfg_set_str(char **to, const char *text);
int cfg_set_secret(struct cfg_secret *s, uint8_t type, const char *text);

/* Lists of names: append unless there, remove if there, empty. */
int cfg_names_add(struct cfg_names *names, const char *text);
bool cfg_names_del(struct cfg_names *names, const char *text);
bool cfg_names_has(const struct cfg_names *names, const char *text);
void cfg_names_clear(struct cfg_names *names);

#endif
