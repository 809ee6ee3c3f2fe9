/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Temporary entries of dynamic maps in the kernel. */
#ifndef IKEHELPER_INSTANCE_H
#define IKEHELPER_INSTANCE_H

#include <stdint.h>

struct gnl;
struct krn_req;
struct plan_flow;
struct wants;

/*
 * An entry for what a peer asked for: a rule with the peer, before it one for each
 * line that takes part of it away in the access list of the template @from. They
 * come and go at once; @rule is the number of the one with the peer. 0 or a
 * negative errno, said.
 */
int instance_add(struct gnl *g, const struct plan_flow *from,
		 const struct krn_req *req, uint32_t *rule);
int instance_del(struct gnl *g, uint32_t rule);

/* All of a map are staged once more, as they are. */
void instance_keep(struct gnl *g, const char *map);

/* Those of an earlier run that have no SA go. */
void instance_sweep(struct gnl *g, const struct wants *w);

#endif
