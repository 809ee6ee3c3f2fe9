/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a tunnel: from collected facts to sentences. */
#ifndef IPSECCTL_DIAGNOSE_H
#define IPSECCTL_DIAGNOSE_H

#include <net/if.h>

#include "../lib/rtnl.h"
#include "row.h"
#include "view.h"

/* What it is about: a peer, or the packets from @src to @dst. */
struct diagnose_target {
	struct addr peer; /* family 0: a flow */
	struct addr src, dst;
	uint32_t proto; /* 0 not given */
	uint32_t port; /* of the destination, 0 not given */
};

/* Where packets to an address leave. */
struct diagnose_route {
	bool is_known; /* the kernel could be asked */
	int err; /* 0: there is a route */
	char dev[IF_NAMESIZE];
	struct addr via; /* family 0: on the link */
	enum rtnl_neighbour neighbour; /* of the next hop */
};

struct diagnose_facts {
	const struct view *view; /* NULL: the module is not loaded */
	const struct ns *ns;
	bool has_daemon;
	row *ikes, *sessions, *failures; /* of the daemon, NULL for none */
	int64_t now; /* seconds since the epoch, as in @failures */
	/* Asks for a route as seen from an interface, "" for none. */
	void (*route)(void *arg, const struct addr *dst, const char *ifname,
		      struct diagnose_route *out);
	void *arg;
};

/* The flows that the target is about. */
struct diagnose_flow {
	const struct view_binding *binding;
	const struct view_flow *flow;
};

enum diagnose_match {
	DIAGNOSE_NONE, /* no rule is about it */
	DIAGNOSE_FOUND,
	DIAGNOSE_CLEAR, /* a rule lets it pass in clear */
	DIAGNOSE_DISCARD,
	DIAGNOSE_REVERSED, /* only packets the other way are protected */
};

#define DIAGNOSE_FLOWS 16 /* more of one peer are not looked at one by one */

struct diagnose_found {
	enum diagnose_match match;
	struct diagnose_flow flow[DIAGNOSE_FLOWS];
	uint32_t n; /* in @flow */
	uint32_t total;
	struct addr local, peer; /* family 0: not known */
};

void diagnose_find(const struct view *v, const struct diagnose_target *t,
		   struct diagnose_found *found);

/*
 * The findings, in the order of the steps: "step", "level" (ok, info, warning,
 * error), "code", "text" and, unless nothing is to be done, "advice". The
 * caller owns the array.
 */
row *diagnose(const struct diagnose_facts *f, const struct diagnose_target *t);

/* Is any of them a warning or an error? */
bool diagnose_is_bad(row *findings);

void diagnose_print(struct out *o, row *findings);

/* --- parts ------------------------------------------------------------------- */

enum diagnose_level { OK, INFO, WARNING, ERROR };

/* One finding; the advice is added by diagnose_advise() to the last one. */
__attribute__((format(printf, 5, 6))) void
diagnose_say(row *all, const char *step, enum diagnose_level level,
	     const char *code, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void
diagnose_advise(row *all, const char *fmt, ...);

/* What the daemon knows: phase 1, and the failures of phase 2. */
void diagnose_phase1(row *all, const struct diagnose_facts *f,
		     const struct diagnose_found *found);
/* The newest failure of that phase with the peer, not older than @age; NULL. */
row *diagnose_failure(const struct diagnose_facts *f, const struct addr *peer,
		      int phase, int64_t age);
void diagnose_phase2_failure(row *all, row *failure);

/* Counters, drops and lifetimes of the flows that have SAs. */
void diagnose_counters(row *all, const struct diagnose_facts *f,
		       const struct diagnose_found *found);

#endif
