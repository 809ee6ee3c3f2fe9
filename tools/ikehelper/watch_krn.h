/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug lines about the kernel, SAs and the tables of the MIB; events. */
#ifndef IKEHELPER_WATCH_KRN_H
#define IKEHELPER_WATCH_KRN_H

#include "watch.h"

/* "debug crypto engine": what the kernel is asked, answers and says itself. */
void watch_krn_req(struct watch *w, const struct krn_req *req);
void watch_krn_done(struct watch *w, const struct krn_answer *a);
void watch_acquire(struct watch *w, const struct krn_acquire *a);
void watch_expire(struct watch *w, const struct krn_expire *e);
void watch_mapping(struct watch *w, const struct krn_mapping *m);
void watch_unknown(struct watch *w, const struct krn_unknown_spi *u);
void watch_gone(struct watch *w, const struct krn_gone *g);

/* The same of SAs, "debug crypto mib", and what those who monitor are told. */
void watch_event(struct watch *w, const struct ike_event *ev);
void watch_failure(struct watch *w, const struct ike_failure *f);

#endif
