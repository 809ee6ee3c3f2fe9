/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view of octets that somebody else owns, and big-endian numbers in them. */
#ifndef IKE_BYTES_H
#define IKE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * struct bytes - octets of a message or of a buffer, not owned
 * @p: the first; NULL means absent, which is not the same as empty
 * @len: how many
 */
struct bytes {
	const uint8_t *p;
	size_t len;
};

static inline struct bytes bytes_of(const void *p, size_t len)
{
	return (struct bytes){ p, len };
}

static inline bool bytes_eq(struct bytes a, struct bytes b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

static inline uint16_t get_be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static inline uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static inline void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v & 0xff;
}

static inline void put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, v >> 16);
	put_be16(p + 2, v & 0xffff);
}

/* Take @n octets off the front of @rest; false if there are fewer. */
static inline bool bytes_take(struct bytes *rest, size_t n, struct bytes *out)
{
	if (rest->len < n)
		return false;
	*out = bytes_of(rest->p, n);
	rest->p += n;
	rest->len -= n;
	return true;
}

#endif
