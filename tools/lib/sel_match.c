// SPDX-License-Identifier: GPL-2.0-or-later
/* From the words of a selector that matched to the selector. */
#include "sel_match.h"

#include <string.h>

static const struct {
	const char *name;
	enum sel_op op;
} port_ops[] = {
	{ "EQ", SEL_EQ }, { "NEQ", SEL_NEQ },  { "GT", SEL_GT },
	{ "LT", SEL_LT }, { "LO", SEL_RANGE },
};

static bool is_arg(const struct cmd_match *m, int i, const char *name)
{
	return i < m->n && !strcmp(m->arg[i].name, name);
}

/* "any", "host A", "A/N" or "A WILDCARD"; returns the next argument. */
static int take_addr(const struct cmd_match *m, int i, struct sel_build *b,
		     bool dst)
{
	const struct cmd_arg *a = &m->arg[i];
	struct addr mask;

	if (is_arg(m, i, "any"))
		return i + 1;
	if (is_arg(m, i, "host"))
		a = &m->arg[++i];
	if (is_arg(m, i, "NET")) {
		mask = a->v.mask;
	} else if (is_arg(m, i, "ADDR")) {
		mask = m->arg[++i].v.addr;
		addr_invert(&mask);
	} else {
		addr_mask(a->v.addr.family, 8 * addr_len(a->v.addr.family),
			  &mask);
	}
	sel_addr(b, dst, &a->v.addr, &mask);
	return i + 1;
}

/* "eq 80" and the like, or nothing; returns the next argument. */
static int take_port(const struct cmd_match *m, int i, struct sel_build *b,
		     bool dst)
{
	size_t n = sizeof(port_ops) / sizeof(port_ops[0]), k;

	for (k = 0; k < n && i + 1 < m->n; k++) {
		const struct cmd_arg *a = &m->arg[i + 1];
		uint32_t hi = 0;

		if (strcmp(a->name, port_ops[k].name))
			continue;
		i += 2;
		if (port_ops[k].op == SEL_RANGE)
			hi = m->arg[i++].v.num;
		sel_port(b, dst, port_ops[k].op, a->v.num, hi);
		break;
	}
	return i;
}

bool sel_from_match(const struct cmd_match *m, int *i, struct selector *out,
		    const char **why)
{
	struct sel_build b;
	int k = *i;

	sel_start(&b, m->arg[k++].v.num);
	k = take_addr(m, k, &b, false);
	k = take_port(m, k, &b, false);
	k = take_addr(m, k, &b, true);
	k = take_port(m, k, &b, true);
	if (is_arg(m, k, "TYPE")) {
		uint32_t type = m->arg[k++].v.num;

		sel_icmp(&b, type, type > 255);
		if (is_arg(m, k, "CODE"))
			sel_icmp_code(&b, m->arg[k++].v.num);
	}
	*i = k;
	*why = NULL;
	if (sel_end(&b, out))
		return true;
	*why = b.why;
	return false;
}

static bool parse_plain(const char *text, uint64_t max, struct cmd_value *v)
{
	const char *p;

	v->num = 0;
	for (p = text; *p; p++) {
		if (*p < '0' || *p > '9' || p - text > 5)
			return false;
		v->num = 10 * v->num + (*p - '0');
	}
	return p > text && v->num <= max;
}

bool sel_parse_octet(const char *text, struct cmd_value *v)
{
	return parse_plain(text, 255, v);
}

bool sel_parse_port(const char *text, struct cmd_value *v)
{
	return parse_plain(text, 65535, v);
}
