// SPDX-License-Identifier: GPL-2.0-or-later
/* Hides what may be a key or a password in a line that is shown. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg_edit.h"

#define HEX_KEY 16

/* Words behind which a secret stands. */
static const char *const leads[] = {
	"key",	      "password",	"secret", "community",
	"cipher",     "authenticator",	"md5",	  "key-string",
	"passphrase", "pre-shared-key",
};

/* What follows "key" without being one. */
static const char *const not_secret[] = {
	"address",	"ipv6",	  "hostname",	"generate",
	"import",	"chain",  "config-key", "encryption",
	"pubkey-chain", "export", "storage",
};

static bool is_word(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && !strncasecmp(p, word, n);
}

static bool leads_to_secret(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
		if (is_word(p, n, leads[i]))
			return true;
	return false;
}

static bool is_plain(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(not_secret) / sizeof(not_secret[0]); i++)
		if (is_word(p, n, not_secret[i]))
			return true;
	return false;
}

/* The type of encryption in front of a secret. */
static bool is_type(const char *p, size_t n)
{
	return n == 1 && strchr("056789", *p);
}

/* So many hexadecimal digits are a key wherever they stand. */
static bool is_hex_key(const char *p, size_t n)
{
	return n >= HEX_KEY && strspn(p, "0123456789abcdefABCDEF") >= n;
}

char *cfg_mask_line(const char *line)
{
	char *copy = strdup(line), *p = copy;
	bool hide = false;

	while (copy && *(p += strspn(p, " \t"))) {
		size_t n = strcspn(p, " \t");

		if (is_hex_key(p, n)) {
			memset(p, '*', n);
		} else if (hide && !(is_type(p, n) && p[n])) {
			hide = false;
			if (!is_plain(p, n))
				memset(p, '*', n);
		} else if (!hide) {
			hide = leads_to_secret(p, n);
		}
		p += n;
	}
	return copy;
}
