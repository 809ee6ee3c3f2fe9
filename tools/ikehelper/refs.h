/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of places in the configuration. */
#ifndef IKEHELPER_REFS_H
#define IKEHELPER_REFS_H

#include <stdint.h>

/* They stay the same from one configuration to the next. */
struct refs;

struct refs *refs_new(void);
void refs_free(struct refs *r);

/* The number of a place, a new one if it has none yet; 0: no memory. */
uint32_t ref_of(struct refs *r, const char *place);

/* Those of profiles and keyrings, which may not exist (yet). */
uint32_t ref_of_profile(struct refs *r, const char *name);
uint32_t ref_of_ring(struct refs *r, const char *name);

#endif
