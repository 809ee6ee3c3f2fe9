/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent's side of the kernel: carry out requests, tell of events. */
#ifndef IKEHELPER_KRN_RUN_H
#define IKEHELPER_KRN_RUN_H

#include "krn.h"

struct gnl;
struct krn_run;
struct plan_flow;

/* Where events go; called from krn_run_events(). */
struct krn_run_ops {
	void (*acquire)(void *arg, const struct krn_acquire *a);
	void (*expire)(void *arg, const struct krn_expire *e);
	void (*mapping)(void *arg, const struct krn_mapping *m);
	void (*gone)(void *arg, const struct krn_gone *g);
	void (*unknown_spi)(void *arg, const struct krn_unknown_spi *u);
	/* Flow @ref of the configuration in force, or NULL. */
	const struct plan_flow *(*flow)(void *arg, uint32_t ref);
	void *arg;
};

/* Connect to the module. NULL after it has said why. */
struct krn_run *krn_run_new(const struct krn_run_ops *ops);
void krn_run_free(struct krn_run *k);

/* The connection for commands. */
struct gnl *krn_run_gnl(struct krn_run *k);

/* Hand a socket of port 4500 to the module. 0, or a negative errno, said. */
int krn_run_encap(struct krn_run *k, int fd);

/* Carry out one request. */
void krn_run_request(struct krn_run *k, const struct krn_req *req,
		     struct krn_answer *a);

/* The descriptor of the events, and what to do when it can be read. */
int krn_run_fd(const struct krn_run *k);
void krn_run_events(struct krn_run *k);

/* All events that wait, when nothing else is to be done any more. */
void krn_run_drain(struct krn_run *k);

/* The selector as packets of the other direction have it. */
struct selector krn_mirror(const struct selector *s);

/* Tell again of every acquire that waits. */
void krn_run_catch_up(struct krn_run *k);

#endif
