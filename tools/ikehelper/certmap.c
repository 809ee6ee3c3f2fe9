// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificate maps: which certificates an ISAKMP profile is for. */
#include "certmap.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/cfg_if.h"

void certmap_free(struct certmap *map)
{
	unsigned int i;

	for (i = 0; i < map->n; i++)
		free(map->v[i].text);
	free(map->v);
	*map = (struct certmap){ 0 };
}

void certmap_put(struct msg *m, const struct certmap *map)
{
	unsigned int i;

	msg_put_u32(m, map->n);
	for (i = 0; i < map->n; i++) {
		msg_put_u32(m, map->v[i].entry);
		msg_put_u8(m, map->v[i].field);
		msg_put_u8(m, map->v[i].op);
		msg_put_text(m, map->v[i].text);
	}
}

/* --- one form for all ways to write a name ------------------------------- */

static bool is_between(char c)
{
	return c == ',' || c == '=' || c == '+';
}

/* Small letters, one blank where there are some, none beside , = and +. */
static void norm_text(char *s)
{
	char *begin = s, *to = s;
	size_t n;

	while (*s) {
		n = strspn(s, " \t");
		if (n) {
			s += n;
			if (*s && to != begin && !is_between(*s) &&
			    !is_between(to[-1]))
				*to++ = ' ';
			continue;
		}
		*to++ = (char)tolower((unsigned char)*s++);
	}
	*to = '\0';
}

/* Digits only, as "0x01:AB" is 01ab. */
static void norm_serial(char *s)
{
	char *to = s;

	if (s[0] == '0' && tolower((unsigned char)s[1]) == 'x')
		s += 2;
	for (; *s; s++)
		if (isxdigit((unsigned char)*s) || *s == '-')
			*to++ = (char)tolower((unsigned char)*s);
	*to = '\0';
}

static void norm(char *s, bool is_serial)
{
	if (is_serial)
		norm_serial(s);
	else
		norm_text(s);
}

void certmap_norm(struct pki_names *names)
{
	unsigned int i;

	for (i = 0; i < names->n; i++)
		norm(names->text[i], names->kind[i] == PKI_NAME_SERIAL);
}

bool certmap_get(struct msg *m, struct certmap *map)
{
	uint32_t n = msg_get_u32(m);
	struct certmap_rule *r;

	if (n > CERTMAP_MAX)
		return false;
	map->v = calloc(n ? n : 1, sizeof(*map->v));
	if (!map->v)
		return false;
	while (map->n < n) {
		r = &map->v[map->n];
		r->entry = msg_get_u32(m);
		r->field = msg_get_u8(m);
		r->op = msg_get_u8(m);
		r->text = strdup(msg_get_text(m));
		if (!r->text)
			return false;
		map->n++;
		if (cfg_cert_is_date(r->field) &&
		    !date_parse(r->text, &r->when))
			return false;
		norm(r->text, r->field == CFG_CERT_SERIAL);
	}
	return true;
}

/* --- comparison ---------------------------------------------------------- */

static bool is_of(uint8_t field, uint8_t kind)
{
	switch (field) {
	case CFG_CERT_SUBJECT:
		return kind == PKI_NAME_SUBJECT;
	case CFG_CERT_ISSUER:
		return kind == PKI_NAME_ISSUER;
	case CFG_CERT_ALT:
		return kind == PKI_NAME_ALT;
	case CFG_CERT_UNSTRUCTURED:
		return kind == PKI_NAME_UNSTRUCTURED;
	case CFG_CERT_NAME:
		return kind == PKI_NAME_SUBJECT || kind == PKI_NAME_ALT ||
		       kind == PKI_NAME_UNSTRUCTURED;
	case CFG_CERT_SERIAL:
		return kind == PKI_NAME_SERIAL;
	default:
		return false;
	}
}

static const char *digits(const char *s)
{
	return s + strspn(s, "0");
}

static bool date_fits(const struct certmap_rule *r, int64_t t)
{
	switch (r->op) {
	case CFG_CERT_EQ:
		return t >= r->when.from && t < r->when.to;
	case CFG_CERT_NE:
		return t < r->when.from || t >= r->when.to;
	case CFG_CERT_LT:
		return t < r->when.from;
	case CFG_CERT_GE:
		return t >= r->when.from;
	default:
		return false;
	}
}

/* A certificate without such a name is unlike any text. */
static bool rule_fits(const struct certmap_rule *r,
		      const struct pki_names *names)
{
	bool whole = r->op == CFG_CERT_EQ || r->op == CFG_CERT_NE;
	bool wanted = r->op == CFG_CERT_EQ || r->op == CFG_CERT_CO;
	bool found = false;
	unsigned int i;

	if (cfg_cert_is_date(r->field))
		return date_fits(r, r->field == CFG_CERT_VALID_START ?
					    names->valid_from :
					    names->valid_to);
	for (i = 0; i < names->n && !found; i++) {
		const char *text = names->text[i];

		if (!is_of(r->field, names->kind[i]))
			continue;
		if (!whole)
			found = strstr(text, r->text);
		else if (r->field == CFG_CERT_SERIAL)
			found = !strcmp(digits(text), digits(r->text));
		else
			found = !strcmp(text, r->text);
	}
	return found == wanted;
}

bool certmap_fits(const struct certmap *map, const struct pki_names *names)
{
	unsigned int i = 0;

	while (i < map->n) {
		uint32_t entry = map->v[i].entry;
		bool fits = true;

		for (; i < map->n && map->v[i].entry == entry; i++)
			fits = fits && rule_fits(&map->v[i], names);
		if (fits)
			return true;
	}
	return false;
}
