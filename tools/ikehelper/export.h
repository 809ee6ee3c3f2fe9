/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent gives the keys of new SAs to one process of root, if it may at all. */
#ifndef IKEHELPER_EXPORT_H
#define IKEHELPER_EXPORT_H

#include "krn.h"

struct event_base;
struct key_export;

/*
 * Listen beside the control socket @control, with CTL_KEYS behind its path. NULL
 * after it has said why. Only for who was told --allow-key-export.
 */
struct key_export *export_new(struct event_base *base, const char *control);
void export_free(struct key_export *e);

/* A pair that the kernel has taken. Does nothing while nobody listens. */
void export_pair(struct key_export *e, const struct krn_req *req);

#endif
