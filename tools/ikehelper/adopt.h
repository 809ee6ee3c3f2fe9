/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent's part of taking over from an earlier run: files, keys, the kernel. */
#ifndef IKEHELPER_ADOPT_H
#define IKEHELPER_ADOPT_H

#include <stdbool.h>
#include <stddef.h>

struct adopt;
struct gnl;
struct ike_held;
struct msg;

/*
 * Open the state of the last run at @path and begin the one of this run beside
 * it. Waits a while for a process of the last run that has not ended yet. NULL: no
 * memory; otherwise what cannot be done is logged, and tunnels begin anew.
 */
struct adopt *adopt_new(const char *path);
void adopt_free(struct adopt *a);

/* The files for the engine, or -1. */
int adopt_old(const struct adopt *a);
int adopt_state(const struct adopt *a);

/* The keys of both, which are wiped. */
void adopt_put_keys(struct adopt *a, struct msg *m);

/* The engine has read the old one: the new one takes its place. */
void adopt_commit(struct adopt *a);

/* All tunnels were deleted: nothing is left of the state. */
void adopt_discard(struct adopt *a);

/* SAs of the kernel; the caller frees them. 0 or a negative errno. */
int adopt_held(struct gnl *g, struct ike_held **held, size_t *n);

#endif
