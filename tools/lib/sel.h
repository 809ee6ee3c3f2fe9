/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selectors in access list terms: build from words, check, print. */
#ifndef LIB_SEL_H
#define LIB_SEL_H

#include "model_rule.h"

#define SEL_STR 256

enum sel_op { SEL_EQ, SEL_NEQ, SEL_GT, SEL_LT, SEL_RANGE };

/* A selector while it is built: first source, then destination. */
struct sel_build {
	struct selector sel;
	uint32_t proto; /* also IP_PROTO_V6 and IP_PROTO_ALL */
	uint32_t icmp_name; /* a value of names_icmp */
	bool has_icmp_name;
	const char *why; /* what is wrong, once something is */
};

void sel_start(struct sel_build *b, uint32_t proto);

/* An address and the bits that count; any if never called. */
void sel_addr(struct sel_build *b, bool dst, const struct addr *a,
	      const struct addr *mask);

/* @hi counts for SEL_RANGE only. */
void sel_port(struct sel_build *b, bool dst, enum sel_op op, uint32_t lo,
	      uint32_t hi);

/* An ICMP type by number, or by name (a value of names_icmp). */
void sel_icmp(struct sel_build *b, uint32_t type, bool is_name);
void sel_icmp_code(struct sel_build *b, uint32_t code);

/* The finished selector; false with a sentence in b->why. */
bool sel_end(struct sel_build *b, struct selector *out);

/* "tcp 10.0.0.0 0.0.0.255 eq 80 any"; sel_start() etc. take it back. */
char *sel_fmt(const struct selector *s, char buf[SEL_STR]);

/* "addr/mask/prot/port" as views print an identity. */
char *sel_fmt_ident(const struct selector *s, bool dst, char buf[SEL_STR]);

#endif
