/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a selector in a command table, and what they mean. */
#ifndef LIB_SEL_MATCH_H
#define LIB_SEL_MATCH_H

#include "cmd.h"
#include "sel.h"

#define SEL_PORTS                                                \
	"[ eq EQ=port | neq NEQ=port | gt GT=port | lt LT=port " \
	"| range LO=port HI=port ]"
#define SEL_ICMP "[ TYPE=icmp [ CODE=num(0-255) ] ]"

/*
 * The selector that begins at argument *@i of a match, PROTO; *@i ends up
 * behind it. False with a sentence in *@why.
 */
bool sel_from_match(const struct cmd_match *m, int *i, struct selector *out,
		    const char **why);

/* Numbers of protocols and ports, in decimal. */
bool sel_parse_octet(const char *text, struct cmd_value *v);
bool sel_parse_port(const char *text, struct cmd_value *v);

#endif
