/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the unprivileged roles have in common: begin, log, end. */
#ifndef IKEHELPER_WORKER_H
#define IKEHELPER_WORKER_H

#include "proc.h"
#include "roles.h"

struct worker;

/* Join the channels. NULL after it has said why. */
struct worker *worker_new(enum role role, proc_recv recv, void *arg);
void worker_free(struct worker *c);

struct proc *worker_proc(struct worker *c);

/*
 * Give up all rights, tell the parent, run the loop until the parent has gone
 * or worker_stop(). Returns the exit status.
 */
int worker_run(struct worker *c, const struct role_options *o);
void worker_stop(struct worker *c);

/* Called when a channel that was full has room again. */
void worker_on_room(struct worker *c, void (*room)(void *arg, enum role to));

#endif
