/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reverse routes: to what lies behind a peer, while there are SAs with it. */
#ifndef IKEHELPER_RRI_H
#define IKEHELPER_RRI_H

#include "krn.h"

struct rri;
struct wants;

/* NULL after it has said why. */
struct rri *rri_new(void);

/* Forget the routes; they stay in the kernel. */
void rri_free(struct rri *r);

/*
 * @w is in force from now on, and is used until the next call: routes of
 * entries without reverse-route go, those of others come.
 */
void rri_apply(struct rri *r, const struct wants *w);

/* The kernel has carried out this request about a pair of SAs. */
void rri_note(struct rri *r, const struct krn_req *req);

/* Routes of an earlier run that nobody wants any more go. */
void rri_sweep(struct rri *r);

#endif
