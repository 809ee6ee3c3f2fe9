/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hash tables of objects that hold their own links, and the keyed hash. */
#ifndef IKEHELPER_HTAB_H
#define IKEHELPER_HTAB_H

#include <stddef.h>
#include <stdint.h>

struct hnode {
	struct hnode *next;
	struct hnode **at; /* what points here; NULL: in no table */
	uint64_t hash;
};

struct htab {
	struct hnode **bucket;
	size_t size; /* power of two */
	size_t count;
};

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr)-offsetof(type, member)))

/* 0 or -ENOMEM. */
int htab_init(struct htab *h);
void htab_exit(struct htab *h);

/* Does not fail: a table that cannot grow gets longer chains. */
void htab_add(struct htab *h, struct hnode *n, uint64_t hash);
void htab_del(struct htab *h, struct hnode *n);

/* The first node of a hash, and the next one with the same; or NULL. */
struct hnode *htab_first(const struct htab *h, uint64_t hash);
struct hnode *htab_same(const struct hnode *n);

/* SipHash-2-4: others choose much of what goes into the tables. */
uint64_t siphash(const uint64_t key[2], const void *p, size_t len);

#endif
