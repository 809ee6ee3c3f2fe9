/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the kernel, its answers and events, as messages. */
#ifndef IKEHELPER_KRN_MSG_H
#define IKEHELPER_KRN_MSG_H

#include "krn.h"
#include "msg.h"

/* Side by side: who sends puts, who receives gets; false for no such thing. */
void krn_put_path(struct msg *m, const struct ike_path *path);
void krn_get_path(struct msg *m, struct ike_path *path);
void krn_put_sel(struct msg *m, const struct selector *s);
void krn_get_sel(struct msg *m, struct selector *s);
void krn_put_handling(struct msg *m, const struct sa_handling *how);
void krn_get_handling(struct msg *m, struct sa_handling *how);
void krn_put_stats(struct msg *m, const struct stats *s);
void krn_get_stats(struct msg *m, struct stats *s);

void krn_put_req(struct msg *m, const struct krn_req *req);
/* @pair is where req->pair points to afterwards. The caller wipes it. */
bool krn_get_req(struct msg *m, struct krn_req *req, struct krn_pair *pair);

void krn_put_answer(struct msg *m, const struct krn_answer *a);
bool krn_get_answer(struct msg *m, struct krn_answer *a);

void krn_put_acquire(struct msg *m, const struct krn_acquire *a);
bool krn_get_acquire(struct msg *m, struct krn_acquire *a);
void krn_put_expire(struct msg *m, const struct krn_expire *e);
bool krn_get_expire(struct msg *m, struct krn_expire *e);
void krn_put_mapping(struct msg *m, const struct krn_mapping *map);
bool krn_get_mapping(struct msg *m, struct krn_mapping *map);
void krn_put_gone(struct msg *m, const struct krn_gone *g);
bool krn_get_gone(struct msg *m, struct krn_gone *g);
void krn_put_unknown(struct msg *m, const struct krn_unknown_spi *u);
bool krn_get_unknown(struct msg *m, struct krn_unknown_spi *u);

#endif
