// SPDX-License-Identifier: GPL-2.0-or-later
/* Distinguished names: the DER of a Name (RFC 5280, 4.1.2.4), bounded. */
#include <stdio.h>

#include "id.h"

#define DER_OID 0x06
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define MAX_PARTS 64

/*
 * Take one element off @rest. Definite lengths in their shortest form and
 * single-octet tags only.
 */
static bool der_take(struct bytes *rest, uint8_t *tag, struct bytes *content)
{
	struct bytes head;
	size_t len, n;

	if (!bytes_take(rest, 2, &head) || (head.p[0] & 0x1f) == 0x1f)
		return false;
	*tag = head.p[0];
	len = head.p[1];
	if (len & 0x80) {
		n = len & 0x7f;
		if (n < 1 || n > 2 || !bytes_take(rest, n, &head))
			return false;
		len = n == 1 ? head.p[0] : get_be16(head.p);
		if (len < (n == 1 ? 0x80u : 0x100u))
			return false;
	}
	return bytes_take(rest, len, content);
}

static bool der_take_tag(struct bytes *rest, uint8_t tag, struct bytes *content)
{
	uint8_t got;

	return der_take(rest, &got, content) && got == tag;
}

/* One attribute of a part: its type and its text. */
static bool take_ava(struct bytes *rest, struct bytes *oid, uint8_t *tag,
		     struct bytes *text)
{
	struct bytes ava;

	return der_take_tag(rest, DER_SEQUENCE, &ava) &&
	       der_take_tag(&ava, DER_OID, oid) && oid->len &&
	       !(oid->p[oid->len - 1] & 0x80) && der_take(&ava, tag, text) &&
	       !ava.len && !(*tag & 0x20);
}

bool id_dn_ok(struct bytes der)
{
	struct bytes name, part, oid, text;
	unsigned int n = 0;
	uint8_t tag;

	if (!der_take_tag(&der, DER_SEQUENCE, &name) || der.len || !name.len)
		return false;
	while (name.len) {
		if (!der_take_tag(&name, DER_SET, &part) || !part.len)
			return false;
		while (part.len)
			if (++n > MAX_PARTS ||
			    !take_ava(&part, &oid, &tag, &text))
				return false;
	}
	return true;
}

/* A text that grows up to IKE_ID_STR and then stays as it is. */
struct out {
	char *p;
	size_t n;
};

static void out_char(struct out *o, uint8_t c)
{
	if (o->n + 1 >= IKE_ID_STR)
		return;
	o->p[o->n++] = c < ' ' || c > '~' ? '?' : c;
	o->p[o->n] = 0;
}

static void out_text(struct out *o, const char *s)
{
	while (*s)
		out_char(o, *s++);
}

static void out_number(struct out *o, uint32_t v)
{
	char s[12];

	snprintf(s, sizeof(s), "%u", v);
	out_text(o, s);
}

/* An unknown attribute type, as "2.5.4.99". */
static void out_oid(struct out *o, struct bytes oid)
{
	uint32_t v = 0;
	bool first = true;
	size_t i;

	for (i = 0; i < oid.len; i++) {
		v = v << 7 | (oid.p[i] & 0x7f);
		if (oid.p[i] & 0x80)
			continue;
		if (first) {
			out_number(o, v < 80 ? v / 40 : 2);
			out_char(o, '.');
			out_number(o, v < 80 ? v % 40 : v - 80);
		} else {
			out_char(o, '.');
			out_number(o, v);
		}
		first = false;
		v = 0;
	}
}

static void out_type(struct out *o, struct bytes oid)
{
	static const struct {
		const char *oid, *name;
	} types[] = {
		{ "\x55\x04\x03", "CN" },
		{ "\x55\x04\x05", "SN" },
		{ "\x55\x04\x06", "C" },
		{ "\x55\x04\x07", "L" },
		{ "\x55\x04\x08", "ST" },
		{ "\x55\x04\x0a", "O" },
		{ "\x55\x04\x0b", "OU" },
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "E" },
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02", "unstructuredName" },
		{ "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (bytes_eq(oid,
			     bytes_of(types[i].oid, strlen(types[i].oid)))) {
			out_text(o, types[i].name);
			return;
		}
	}
	out_oid(o, oid);
}

char *id_dn_fmt(struct bytes der, char buf[IKE_ID_STR])
{
	struct out o = { .p = buf };
	struct bytes name, part, oid, text;
	uint8_t tag;
	size_t i;

	*buf = 0;
	if (!id_dn_ok(der) || !der_take_tag(&der, DER_SEQUENCE, &name))
		return buf;
	while (der_take_tag(&name, DER_SET, &part)) {
		while (take_ava(&part, &oid, &tag, &text)) {
			if (o.n)
				out_char(&o, ',');
			out_type(&o, oid);
			out_char(&o, '=');
			for (i = 0; i < text.len; i++)
				out_char(&o, text.p[i]);
		}
	}
	return buf;
}
