/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of the module as text, one block each, for the plumbing. */
#ifndef IPSECCTL_PRINT_H
#define IPSECCTL_PRINT_H

#include "../lib/fmt.h"
#include "../lib/model_ns.h"

void print_sa(struct out *o, const struct sa *sa);
void print_policy(struct out *o, const struct policy *p);
void print_acquire(struct out *o, const struct policy *p);
void print_map(struct out *o, const struct map *map);
void print_encap(struct out *o, const struct encap *e);
void print_ns(struct out *o, const struct ns *ns, bool nonzero);
void print_conf(struct out *o, const struct conf *conf, int field);

/* An event on one line, without its time. */
void print_event(struct out *o, const struct event *ev);

/* "sa-add", "acquire" and so on. */
const char *print_event_name(enum event_type type);

/* The name of an interface, or "#5" when it is gone. Returns @buf. */
char *print_ifname(uint32_t ifindex, char *buf, size_t size);

#endif
