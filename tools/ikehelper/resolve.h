/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of peers that are configured by their name. */
#ifndef IKEHELPER_RESOLVE_H
#define IKEHELPER_RESOLVE_H

#include "../lib/addr.h"
#include "proc.h"

struct event_base;

/*
 * A name is looked up by a process of its own, as an ordinary user, so that a
 * name server that does not answer, or answers badly, holds up nothing here.
 */
struct resolve;

struct resolve_ops {
	struct event_base *base;
	const struct proc_user *user;
	/* A name has got an address, or another one. */
	void (*changed)(void *arg);
	void *arg;
};

/* NULL: no memory. */
struct resolve *resolve_new(const struct resolve_ops *ops);
void resolve_free(struct resolve *r);

/*
 * The address, if it is known (cfg_resolve of lib/cfg_policy.h). A name that is
 * asked for is looked up, again and again as it may change, until a whole round
 * of questions (resolve_round() to the next one) is without it.
 */
bool resolve_get(void *r, const char *host, struct addr *a);
void resolve_round(struct resolve *r);

/* Some child has ended. */
void resolve_reap(struct resolve *r);

/* That process: say the address of @host on standard output. Exit status. */
int resolve_main(const struct proc_user *user, const char *host);

#endif
