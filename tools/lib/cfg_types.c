// SPDX-License-Identifier: GPL-2.0-or-later
/* Types of the variables of configuration commands. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "cfg_cmd.h"
#include "date.h"
#include "sel_match.h"

#define HOST_MAX 255

/* --- words ----------------------------------------------------------------- */

static bool parse_any(const char *text, struct cmd_value *v)
{
	(void)v;
	return *text;
}

static bool parse_name(const char *text, struct cmd_value *v)
{
	(void)v;
	return *text && strlen(text) <= CFG_NAME_MAX;
}

static bool parse_map(const char *text, struct cmd_value *v)
{
	(void)v;
	return *text && strlen(text) < MAP_NAME_SIZE;
}

/* Not an address that went wrong. */
static bool parse_host(const char *text, struct cmd_value *v)
{
	(void)v;
	if (strlen(text) > HOST_MAX ||
	    strspn(text, "0123456789.") == strlen(text))
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("-._", *text))
			return false;
	return true;
}

static bool parse_type(const char *text, struct cmd_value *v)
{
	v->num = *text == '6' ? 6 : 0;
	return !strcmp(text, "0") || !strcmp(text, "6");
}

static bool parse_clock(const char *text, struct cmd_value *v)
{
	struct date_span d;
	char any[40];

	(void)v;
	return snprintf(any, sizeof(any), "1 1 2000 %s", text) <
		       (int)sizeof(any) &&
	       date_parse(any, &d);
}

static bool parse_hex(const char *text, struct cmd_value *v)
{
	size_t n = strlen(text);

	(void)v;
	return n && n % 2 == 0 && n <= 2 * MAX_KEY &&
	       strspn(text, "0123456789abcdefABCDEF") == n;
}

/* --- numbers and addresses --------------------------------------------------- */

static bool parse_num(const char *text, struct cmd_value *v)
{
	size_t n = strlen(text);

	if (!n || n > 18 || strspn(text, "0123456789") != n)
		return false;
	v->num = strtoull(text, NULL, 10);
	return true;
}

/* Leading zeros are dropped, as routers do. */
static bool parse_addr4(const char *text, struct cmd_value *v)
{
	int i;

	memset(&v->addr, 0, sizeof(v->addr));
	for (i = 0; i < 4; i++) {
		size_t n = strspn(text, "0123456789");
		unsigned long part = n && n < 10 ? strtoul(text, NULL, 10) :
						   256;

		if (part > 255 || text[n] != (i < 3 ? '.' : '\0'))
			return false;
		v->addr.b[i] = part;
		text += n + 1;
	}
	v->addr.family = AF_INET;
	return true;
}

static bool parse_addr(const char *text, struct cmd_value *v)
{
	return parse_addr4(text, v) || addr_parse(text, &v->addr);
}

static bool parse_mask(const char *text, struct cmd_value *v)
{
	return parse_addr4(text, v) && addr_mask_len(&v->addr) >= 0;
}

static bool parse_prefix6(const char *text, struct cmd_value *v)
{
	return addr_parse_prefix(text, &v->addr, &v->mask) &&
	       v->addr.family == AF_INET6;
}

/* --- names for numbers --------------------------------------------------------- */

static const struct name ace_actions[] = {
	{ CFG_ACE_PERMIT, "permit", "Specify packets to forward" },
	{ CFG_ACE_DENY, "deny", "Specify packets to reject" },
	{ 0 },
};

/* The most specific type first: the rank decides. */
const struct cmd_type cfg_types[] = {
	{ "name", "WORD", NULL, parse_name, 10, false, false },
	{ "path", "WORD", NULL, parse_any, 10, false, false },
	{ "map", "WORD", NULL, parse_map, 10, false, false },
	{ "host", "Hostname", NULL, parse_host, 10, false, false },
	{ "keytype", "<0-6>", NULL, parse_type, 10, false, false },
	{ "key", "LINE", NULL, parse_any, 10, true, false },
	{ "hexkey", "HEX", NULL, parse_hex, 10, true, false },
	{ "num", NULL, NULL, parse_num, 50, false, false },
	{ "addr", "A.B.C.D or X:X:X:X::X", NULL, parse_addr, 40, false, false },
	{ "addr4", "A.B.C.D", NULL, parse_addr4, 45, false, false },
	{ "mask", "A.B.C.D", NULL, parse_mask, 45, false, false },
	{ "prefix6", "X:X:X:X::X/<0-128>", NULL, parse_prefix6, 40, false,
	  false },
	{ "action", NULL, ace_actions, NULL, 0, false, false },
	{ "protocol", "<0-255>", names_ip_proto, sel_parse_octet, 50, false,
	  false },
	{ "port", "<0-65535>", names_port, sel_parse_port, 50, false, false },
	{ "icmp", "<0-255>", names_icmp, sel_parse_octet, 50, false, false },
	{ "encr", NULL, cfg_names_encr, NULL, 0, false, false },
	{ "bits", NULL, cfg_names_bits, NULL, 0, false, false },
	{ "hash", NULL, cfg_names_hash, NULL, 0, false, false },
	{ "auth", NULL, cfg_names_auth, NULL, 0, false, false },
	{ "group", NULL, cfg_names_group, NULL, 0, false, false },
	{ "pfs", NULL, cfg_names_pfs, NULL, 0, false, false },
	{ "identity", NULL, cfg_names_identity, NULL, 0, false, false },
	{ "df", NULL, cfg_names_df, NULL, 0, false, false },
	{ "frag", NULL, cfg_names_frag, NULL, 0, false, false },
	{ "deny", NULL, cfg_names_deny, NULL, 0, false, false },
	{ "certfield", NULL, cfg_names_cert_field, NULL, 0, false, false },
	{ "certop", NULL, cfg_names_cert_op, NULL, 0, false, false },
	{ "certdate", NULL, cfg_names_cert_date, NULL, 0, false, false },
	{ "certwhen", NULL, cfg_names_cert_when, NULL, 0, false, false },
	{ "month", NULL, cfg_names_month, NULL, 0, false, false },
	{ "clock", "HH:MM[:SS]", NULL, parse_clock, 10, false, false },
	{ "window", NULL, cfg_names_window, NULL, 0, false, false },
	{ "transform", NULL, cfg_names_transform, NULL, 0, false, false },
	{ 0 },
};

/* --- names of interfaces ---------------------------------------------------------- */

static const char *const if_types[] = {
	"FastEthernet",
	"GigabitEthernet",
	"TenGigabitEthernet",
	"Ethernet",
	"Serial",
	"Loopback",
	"Tunnel",
	"Virtual-Template",
	"Virtual-Access",
	"Vlan",
	"Port-channel",
	"Dialer",
	"BVI",
	"Null",
};

/* The long form of an abbreviated type; NULL if none or several fit. */
static const char *if_type(const char *text, size_t n)
{
	const char *found = NULL;
	size_t i;

	for (i = 0; i < sizeof(if_types) / sizeof(if_types[0]); i++) {
		if (strncasecmp(text, if_types[i], n))
			continue;
		if (strlen(if_types[i]) == n)
			return if_types[i];
		if (found)
			return NULL;
		found = if_types[i];
	}
	return found;
}

bool cfg_ifname(const char *word, const char *unit, char *buf, size_t size)
{
	size_t n = 0, room;
	const char *type;

	while (isalpha((unsigned char)word[n]) || word[n] == '-')
		n++;
	room = strspn(word + n, "0123456789/.:");
	type = n && !word[n + room] ? if_type(word, n) : NULL;
	if (unit && (word[n] || !type))
		return false;
	if (!unit)
		unit = word + n;
	/* Anything else is the name of a Linux device. */
	if (!type || !*unit)
		return snprintf(buf, size, "%s", word) < (int)size;
	if (strspn(unit, "0123456789/.:") != strlen(unit))
		return false;
	return snprintf(buf, size, "%s%s", type, unit) < (int)size;
}
