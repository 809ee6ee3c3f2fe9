/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine keeps for another run of it, and takes over from an earlier. */
#ifndef IKEHELPER_KEEPER_H
#define IKEHELPER_KEEPER_H

#include "ike.h"

struct keeper;
struct msg;

/* Before the sandbox. @old and @new: files of vault.h, or -1. */
struct keeper *keeper_new(int old, int new);
void keeper_free(struct keeper *k);

/* The keys of both files. False if the message makes no sense. */
bool keeper_take_keys(struct keeper *k, struct msg *m);

/*
 * Take over what the old file has and keep all in the new one. What came of it
 * is logged. True if @ike goes on with what was.
 */
bool keeper_start(struct keeper *k, struct ike *ike);

/* ike_ops.keep() */
void keeper_put(struct keeper *k, enum ike_keep kind, uint64_t id,
		const struct ike_blob *record);

/* SAs of the kernel, for ike_resume(); the caller frees it. NULL: bad message. */
struct ike_held *keeper_get_held(struct msg *m, size_t *n);
void keeper_put_held(struct msg *m, const struct ike_held *held, size_t n);

#endif
