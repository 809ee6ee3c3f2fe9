// SPDX-License-Identifier: GPL-2.0-or-later
// Hash tables of objects that hold their own links, and the keyed hash.

#include "htab.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SIZE 64

int htab_init(struct htab *h)
{
	h->bucket = calloc(FIRST_SIZE, sizeof(*h->bucket));
	if (!h->bucket)
		return -ENOMEM;
	h->size = FIRST_SIZE;
	h->count = 0;
	return 0;
}

void htab_exit(struct htab *h)
{
	free(h->bucket);
	h->bucket = NULL;
}

static void insert(struct htab *h, struct hnode *n)
{
	struct hnode **at = &h->bucket[n->hash & (h->size - 1)];

	n->next = *at;
	n->at = at;
	if (n->next)
		n->next->at = &n->next;
	*at = n;
}

static void grow(struct htab *h)
{
	struct hnode **old = h->bucket, *n, *next;
	size_t i, old_size = h->size;
	struct hnode **bucket = calloc(old_size * 2, sizeof(*bucket));

	if (!bucket)
		return;
	h->bucket = bucket;
	h->size = old_size * 2;
	for (i = 0; i < old_size; i++) {
		for (n = old[i]; n; n = next) {
			next = n->next;
			insert(h, n);
		}
	}
	free(old);
}

void htab_add(struct htab *h, struct hnode *n, uint64_t hash)
{
	if (h->count >= h->size)
		grow(h);
	n->hash = hash;
	insert(h, n);
	h->count++;
}

void htab_del(struct htab *h, struct hnode *n)
{
	if (!n->at)
		return;
	*n->at = n->next;
	if (n->next)
		n->next->at = n->at;
	n->at = NULL;
	n->next = NULL;
	h->count--;
}

static struct hnode *with_hash(struct hnode *n, uint64_t hash)
{
	while (n && n->hash != hash)
		n = n->next;
	return n;
}

struct hnode *htab_first(const struct htab *h, uint64_t hash)
{
	return with_hash(h->bucket[hash & (h->size - 1)], hash);
}

struct hnode *htab_same(const struct hnode *n)
{
	return with_hash(n->next, n->hash);
}

static uint64_t rotl(uint64_t v, int n)
{
	return v << n | v >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] = rotl(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] = rotl(v[2], 32);
}

static uint64_t get_le(const uint8_t *p, size_t len)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < len; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint64_t siphash(const uint64_t key[2], const void *p, size_t len)
{
	const uint8_t *b = p;
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575ULL,
			  key[1] ^ 0x646f72616e646f6dULL,
			  key[0] ^ 0x6c7967656e657261ULL,
			  key[1] ^ 0x7465646279746573ULL };
	size_t i, whole = len / 8;
	uint64_t m;

	for (i = 0; i <= whole; i++) {
		if (i < whole)
			m = get_le(b + 8 * i, 8);
		else
			m = get_le(b + 8 * i, len % 8) | (uint64_t)len << 56;
		v[3] ^= m;
		sip_round(v);
		sip_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
