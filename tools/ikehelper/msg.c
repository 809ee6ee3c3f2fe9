// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages between the roles: explicit fields, every length checked. */
#include "msg.h"

#include <stdlib.h>
#include <string.h>

#include "../lib/addr.h"
#include "../lib/secret.h"

/* --- build ------------------------------------------------------------- */

void msg_init(struct msg *m, uint16_t type, uint32_t id)
{
	*m = (struct msg){ .type = type, .id = id };
}

void msg_free(struct msg *m)
{
	if (m->p)
		secret_wipe(m->p, m->cap);
	free(m->p);
	*m = (struct msg){ 0 };
}

/* Not realloc(3), which leaves the old octets behind. */
static bool grow(struct msg *m, size_t more)
{
	size_t cap = m->cap ? m->cap : 256;
	uint8_t *p;

	if (m->is_bad)
		return false;
	if (more <= m->cap - m->len)
		return true;
	if (more > MSG_MAX || m->len + more > MSG_MAX) {
		m->is_bad = true;
		return false;
	}
	while (cap < m->len + more)
		cap *= 2;
	p = malloc(cap);
	if (!p) {
		m->is_bad = true;
		return false;
	}
	if (m->p) {
		memcpy(p, m->p, m->len);
		secret_wipe(m->p, m->cap);
		free(m->p);
	}
	m->p = p;
	m->cap = cap;
	return true;
}

static void put(struct msg *m, const void *p, size_t len)
{
	if (!len || !grow(m, len))
		return;
	memcpy(m->p + m->len, p, len);
	m->len += len;
}

static void put_number(struct msg *m, uint64_t v, unsigned int octets)
{
	uint8_t b[8];
	unsigned int i;

	for (i = 0; i < octets; i++)
		b[i] = v >> (8 * (octets - 1 - i));
	put(m, b, octets);
}

void msg_put_u8(struct msg *m, uint8_t v)
{
	put_number(m, v, 1);
}

void msg_put_u16(struct msg *m, uint16_t v)
{
	put_number(m, v, 2);
}

void msg_put_u32(struct msg *m, uint32_t v)
{
	put_number(m, v, 4);
}

void msg_put_u64(struct msg *m, uint64_t v)
{
	put_number(m, v, 8);
}

void msg_put_bytes(struct msg *m, const void *p, size_t len)
{
	if (len > MSG_MAX) {
		m->is_bad = true;
		return;
	}
	put_number(m, len, 4);
	put(m, p, len);
}

/* With its terminator, so that the reader can point to it. */
void msg_put_text(struct msg *m, const char *text)
{
	if (!text)
		text = "";
	msg_put_bytes(m, text, strlen(text) + 1);
}

void msg_put_addr(struct msg *m, const struct addr *a)
{
	msg_put_bytes(m, a->b, addr_len(a->family));
}

static void put_be32(uint8_t *p, uint32_t v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

bool msg_end(struct msg *m, uint8_t head[MSG_HEADER])
{
	if (m->is_bad)
		return false;
	put_be32(head, m->len);
	put_be32(head + 4, (uint32_t)m->type << 16);
	put_be32(head + 8, m->id);
	return true;
}

/* --- read -------------------------------------------------------------- */

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

bool msg_head(const uint8_t head[MSG_HEADER], struct msg *m)
{
	*m = (struct msg){
		.len = get_be32(head),
		.type = get_be32(head + 4) >> 16,
		.id = get_be32(head + 8),
	};
	return m->len <= MSG_MAX && !(get_be32(head + 4) & 0xffff);
}

static const uint8_t *get(struct msg *m, size_t len)
{
	const uint8_t *p = m->p + m->pos;

	if (m->is_bad || len > m->len - m->pos) {
		m->is_bad = true;
		return NULL;
	}
	m->pos += len;
	return p;
}

static uint64_t get_number(struct msg *m, unsigned int octets)
{
	const uint8_t *p = get(m, octets);
	uint64_t v = 0;

	while (p && octets--)
		v = v << 8 | *p++;
	return v;
}

uint8_t msg_get_u8(struct msg *m)
{
	return get_number(m, 1);
}

uint16_t msg_get_u16(struct msg *m)
{
	return get_number(m, 2);
}

uint32_t msg_get_u32(struct msg *m)
{
	return get_number(m, 4);
}

uint64_t msg_get_u64(struct msg *m)
{
	return get_number(m, 8);
}

const uint8_t *msg_get_bytes(struct msg *m, size_t *len)
{
	const uint8_t *p;

	*len = get_number(m, 4);
	p = get(m, *len);
	if (!p)
		*len = 0;
	return p;
}

const char *msg_get_text(struct msg *m)
{
	size_t len;
	const uint8_t *p = msg_get_bytes(m, &len);

	if (p && len && !p[len - 1] && !memchr(p, 0, len - 1))
		return (const char *)p;
	m->is_bad = true;
	return "";
}

void msg_get_addr(struct msg *m, struct addr *a)
{
	size_t len;
	const uint8_t *p = msg_get_bytes(m, &len);

	*a = (struct addr){ 0 };
	if (p && len && !addr_from_bytes(a, p, len))
		m->is_bad = true;
}

bool msg_close(const struct msg *m)
{
	return !m->is_bad && m->pos == m->len;
}
