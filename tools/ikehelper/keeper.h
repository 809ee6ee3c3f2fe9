/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine keeps for another run of it, and takes over from an earlier. */
#ifndef IKEHELPER_KEEPER_H
#define IKEHELPER_KEEPER_H

#include "ike.h"

struct history;
struct keeper;
struct msg;
struct sessions;

/* Before the sandbox. @old and @new: files of vault.h, or -1. */
struct keeper *keeper_new(int old, int new);
void keeper_free(struct keeper *k);

/* The keys of both files. */
void keeper_take_keys(struct keeper *k, struct msg *m);

/*
 * Take over what the old file has and keep all in the new one. What came of it
 * is logged.
 */
void keeper_start(struct keeper *k, struct ike *ike, struct sessions *s,
		  struct history *h);

/* Go on with what the kernel has, by a message of keeper_put_held(). */
bool keeper_resume(struct keeper *k, struct msg *m, struct ike *ike,
		   struct sessions *s, struct history *h);

/* ike_ops.keep() */
void keeper_put(struct keeper *k, enum ike_keep kind, uint64_t id,
		const struct ike_blob *record);

/* The same for history_on_keep(). */
void keeper_put_tunnel(void *keeper, uint64_t order,
		       const struct ike_blob *record);

/* SAs of the kernel, for the engine. */
void keeper_put_held(struct msg *m, const struct ike_held *held, size_t n);

#endif
