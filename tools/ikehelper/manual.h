/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SAs of crypto map entries whose keys are configured, in the kernel. */
#ifndef IKEHELPER_MANUAL_H
#define IKEHELPER_MANUAL_H

struct gnl;
struct wants;

/* Those that are in the kernel, with their keys. */
struct manuals;

struct manuals *manuals_new(void);

/* Forget them; they stay in the kernel. */
void manuals_free(struct manuals *m);

/*
 * Those of entries that are gone or changed go, new ones come; all others are
 * left alone. To be called when the rules of @w are in the kernel. Returns how
 * many wait for an interface to have an address: call it again then.
 */
unsigned int manuals_apply(struct manuals *m, struct gnl *g,
			   const struct wants *w);

#endif
