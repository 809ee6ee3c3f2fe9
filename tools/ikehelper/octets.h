/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets that an object owns: copied in, wiped when given back. */
#ifndef IKEHELPER_OCTETS_H
#define IKEHELPER_OCTETS_H

#include <stdlib.h>

#include "../lib/secret.h"
#include "bytes.h"

struct octets {
	uint8_t *p;
	size_t len;
};

static inline void octets_free(struct octets *o)
{
	if (o->p) {
		secret_wipe(o->p, o->len);
		free(o->p);
	}
	o->p = NULL;
	o->len = 0;
}

/* Replaces what is there; false without memory, and then it is empty. */
static inline bool octets_set(struct octets *o, const void *p, size_t len)
{
	octets_free(o);
	o->p = malloc(len ? len : 1);
	if (!o->p)
		return false;
	if (len)
		memcpy(o->p, p, len);
	o->len = len;
	return true;
}

static inline struct bytes octets_bytes(const struct octets *o)
{
	return bytes_of(o->p, o->len);
}

#endif
