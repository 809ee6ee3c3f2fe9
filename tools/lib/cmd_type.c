// SPDX-License-Identifier: GPL-2.0-or-later
/* The types that every command table may use for its variables. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cmd_set.h"

static bool parse_word(const char *text, struct cmd_value *v)
{
	(void)v;
	return *text;
}

/* Decimal, or hexadecimal with 0x in front. No sign, no octal. */
static bool parse_num(const char *text, struct cmd_value *v)
{
	bool is_hex = text[0] == '0' && (text[1] | 0x20) == 'x';
	const char *digits = is_hex ? text + 2 : text;
	char *end;

	if (!isxdigit((unsigned char)*digits))
		return false;
	errno = 0;
	v->num = strtoull(digits, &end, is_hex ? 16 : 10);
	return !*end && !errno;
}

static bool parse_addr(const char *text, struct cmd_value *v)
{
	return addr_parse(text, &v->addr);
}

static bool parse_addr4(const char *text, struct cmd_value *v)
{
	return addr_parse(text, &v->addr) && v->addr.family == AF_INET;
}

static bool parse_addr6(const char *text, struct cmd_value *v)
{
	return addr_parse(text, &v->addr) && v->addr.family == AF_INET6;
}

static bool parse_prefix(const char *text, struct cmd_value *v)
{
	return addr_parse_prefix(text, &v->addr, &v->mask);
}

/* A better type wins where several fit: an address is also a word. */
const struct cmd_type cmd_types[] = {
	{ "word", "WORD", NULL, parse_word, 10, false, false },
	{ "line", "LINE", NULL, parse_word, 5, false, true },
	{ "secret", "KEY", NULL, parse_word, 10, true, false },
	{ "num", NULL, NULL, parse_num, 50, false, false },
	{ "addr", "A.B.C.D or X:X::X", NULL, parse_addr, 40, false, false },
	{ "addr4", "A.B.C.D", NULL, parse_addr4, 45, false, false },
	{ "addr6", "X:X::X", NULL, parse_addr6, 45, false, false },
	{ "prefix", "A.B.C.D/N or X:X::X/N", NULL, parse_prefix, 40, false,
	  false },
	{ 0 },
};

const char *cmd_hint(const struct cmd_node *node, char *buf, size_t size)
{
	if (node->has_range) {
		snprintf(buf, size, "<%llu-%llu>", (unsigned long long)node->lo,
			 (unsigned long long)node->hi);
		return buf;
	}
	if (node->type->hint)
		return node->type->hint;
	return node->type->parse == parse_num ? "NUMBER" : node->name;
}
