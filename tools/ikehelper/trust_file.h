/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of all trust points of a configuration, read as root. */
#ifndef IKEHELPER_TRUST_FILE_H
#define IKEHELPER_TRUST_FILE_H

#include "trust_msg.h"

struct cfg;
struct trust_files;

/*
 * All that can be read; NULL: no memory. What is wrong is logged, but for what
 * was wrong in @old (which may be NULL) already.
 */
struct trust_files *trust_files_read(const struct cfg *cfg,
				     const struct trust_files *old);
void trust_files_free(struct trust_files *t);

/* The same trust points with the same content? */
bool trust_files_equal(const struct trust_files *a,
		       const struct trust_files *b);

/* Number @i, or NULL behind the last one. */
const struct trust_info *trust_files_at(const struct trust_files *t, size_t i);

/* The number of a trust point for the other roles; 0: there is none. */
uint32_t trust_files_ref(const struct trust_files *t, const char *name);

/* Has it, or one of all if 0, what signatures need? */
bool trust_files_can_sign(const struct trust_files *t, uint32_t ref);

#endif
