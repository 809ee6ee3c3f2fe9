// SPDX-License-Identifier: GPL-2.0-or-later
/* Which lines of a router's configuration are not ours. */
#include "cfg_foreign.h"

#include <string.h>
#include <strings.h>

/* Lines that open a mode that we do not have. */
static const char *const openers[] = {
	"line",
	"gatekeeper",
	"dial-peer",
	"voice",
	"voice-port",
	"router",
	"route-map",
	"class-map",
	"policy-map",
	"controller",
	"track",
	"key chain",
	"ip sla",
	"archive",
	"call-manager-fallback",
	"mgcp",
	"telephony-service",
	"control-plane",
	"ip vrf",
	"vrf definition",
	"aaa group server",
	"radius server",
	"tacacs server",
	"ip dhcp pool",
	"crypto ikev2 proposal",
	"crypto ikev2 policy",
	"crypto ikev2 keyring",
	"crypto ikev2 profile",
	"crypto ipsec profile",
	"crypto gdoi group",
	"crypto pki certificate chain",
	"crypto ca certificate chain",
	"crypto identity",
	"crypto pki server",
	"crypto key pubkey-chain",
	"ipv6 access-list",
	"ip prefix-list",
	"redundancy",
	"ip inspect",
	"zone",
	"zone-pair",
	"object-group",
	"event manager applet",
	"ephone",
	"sccp ccm group",
	"spanning-tree mst configuration",
	"template",
	"parameter-map",
};

/* Words of ours that whole groups of foreign commands begin with. */
static const char *const foreign[] = {
	"crypto ikev2",	       "crypto mib",	       "crypto engine",
	"crypto gdoi",	       "crypto key",	       "crypto pki",
	"crypto ca",	       "crypto identity",      "crypto logging",
	"crypto call",	       "crypto xauth",	       "crypto wui",
	"crypto provisioning", "crypto ipsec profile",
};

/* Does @line begin with the words of @head? */
static bool begins(const char *line, const char *head)
{
	size_t n = strlen(head);

	return !strncasecmp(line, head, n) &&
	       (!line[n] || line[n] == ' ' || line[n] == '\t');
}

static const char *skip_no(const char *line)
{
	if (begins(line, "no"))
		line += 2 + strspn(line + 2, " \t");
	return line;
}

/* Word @i of a line, the first one is 0, is @word. */
static bool has_word(const char *line, int i, const char *word)
{
	for (; i > 0; i--) {
		line += strcspn(line, " \t");
		line += strspn(line, " \t");
	}
	return begins(line, word);
}

/* "crypto map NAME ..." with @word behind the name, or behind its number. */
static bool is_map_with(const char *line, const char *word)
{
	return begins(line, "crypto map") &&
	       (has_word(line, 3, word) || has_word(line, 4, word));
}

bool cfg_opens_block(const char *line)
{
	size_t i;

	if (is_map_with(line, "gdoi"))
		return true;
	for (i = 0; i < sizeof(openers) / sizeof(openers[0]); i++)
		if (begins(line, openers[i]))
			return true;
	return false;
}

bool cfg_looks_ours(enum cfg_mode mode, const char *line)
{
	size_t i;

	line = skip_no(line);
	if (begins(line, "crypto pki trustpoint") ||
	    begins(line, "crypto ca trustpoint") ||
	    begins(line, "crypto pki certificate map") ||
	    begins(line, "crypto ca certificate map"))
		return true;
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (begins(line, foreign[i]))
			return false;
	if (is_map_with(line, "gdoi") || is_map_with(line, "redundancy"))
		return false;
	if (begins(line, "crypto") || begins(line, "access-list") ||
	    begins(line, "ip access-list") || begins(line, "interface"))
		return true;
	switch (mode) {
	case CFG_M_GLOBAL:
	case CFG_M_IF:
		return false;
	case CFG_M_MAP:
		return begins(line, "set") || begins(line, "match") ||
		       begins(line, "reverse-route");
	case CFG_M_ACL:
	case CFG_M_STD_ACL:
		return begins(line, "permit") || begins(line, "deny") ||
		       strspn(line, "0123456789") > 0;
	case CFG_M_PROFILE:
		return begins(line, "match") || begins(line, "keyring") ||
		       begins(line, "vrf") || begins(line, "keepalive");
	case CFG_M_CERT_MAP:
		return true; /* each line makes the entry fit fewer */
	case CFG_M_KEYRING:
		return begins(line, "pre-shared-key");
	case CFG_M_POLICY:
		return begins(line, "encryption") || begins(line, "encr") ||
		       begins(line, "hash") || begins(line, "group") ||
		       begins(line, "authentication") ||
		       begins(line, "lifetime");
	case CFG_M_TRANSFORM:
		return begins(line, "mode");
	case CFG_M_GROUP:
		return begins(line, "key");
	default:
		return false;
	}
}

bool cfg_opens_literal(const char *line, char end[8])
{
	const char *p = line;

	*end = '\0';
	if (begins(line, "certificate")) {
		strcpy(end, "quit");
		return true;
	}
	if (!begins(line, "banner"))
		return false;
	p += strlen("banner");
	p += strspn(p, " \t");
	/* "banner motd ^C": the type is a word of letters. */
	if (p[strspn(p, "abcdefghijklmnopqrstuvwxyz-")] == ' ') {
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	if (!*p)
		return false;
	end[0] = *p++;
	end[1] = '\0';
	if (end[0] == '^' && *p == 'C') {
		end[1] = *p++;
		end[2] = '\0';
	}
	return !strstr(p, end);
}
