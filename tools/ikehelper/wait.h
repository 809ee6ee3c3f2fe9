/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the kernel and to the key role that have no answer yet. */
#ifndef IKEHELPER_WAIT_H
#define IKEHELPER_WAIT_H

#include "htab.h"
#include "ike.h"

typedef void wait_krn_fn(struct ike *ike, void *owner,
			 const struct krn_answer *a);
typedef void wait_key_fn(struct ike *ike, void *owner,
			 const struct ike_key_answer *a);

/* Lives in its owner, which has one question at a time; all zero is none. */
struct wait {
	struct hnode node;
	uint32_t id; /* 0: none */
	void *owner;
	wait_krn_fn *krn;
	wait_key_fn *key;
};

/* Ask; @req gets its id here. The owner must not have a question. */
void wait_for_krn(struct ike *ike, struct wait *w, struct krn_req *req,
		  wait_krn_fn *fn);
void wait_for_key(struct ike *ike, struct wait *w, struct ike_key_req *req,
		  wait_key_fn *fn);

/* No longer interested. */
void wait_cancel(struct ike *ike, struct wait *w);

#endif
