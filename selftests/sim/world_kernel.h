/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fake kernel of a node. */
#ifndef SIM_WORLD_KERNEL_H
#define SIM_WORLD_KERNEL_H

#include "world.h"

void kernel_request(struct node *n, const struct krn_req *req,
		    struct krn_answer *a);
void kernel_receive(struct node *n, uint32_t spi, const struct krn_key *key,
		    const struct ike_path *path);

/* After a restart: what only the kernel has, and what only the engine has. */
void kernel_compare(struct node *n);
void kernel_flush(struct node *n);

/* Flows of a world of many peers. */
const struct ike_flow *world_many_flow(struct node *n, uint32_t ref);
const struct ike_flow *
world_many_next(struct node *n, const struct ike_path *path, uint32_t ref);

/* A protected packet on its way to the other one. */
void world_esp(struct world *w, struct node *n, const struct wpair *p);

#endif
