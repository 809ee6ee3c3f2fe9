// SPDX-License-Identifier: GPL-2.0-or-later
/* Build a message: header, payloads one after another, padding. */
#include "encode.h"

#include "payload.h"
#include "wire.h"

/* Room for @n octets, or NULL. */
static uint8_t *grow(struct enc *e, size_t n)
{
	uint8_t *p;

	if (e->overflow || n > e->cap - e->len) {
		e->overflow = true;
		return NULL;
	}
	p = e->p + e->len;
	e->len += n;
	return p;
}

void enc_bytes(struct enc *e, struct bytes b)
{
	uint8_t *p = grow(e, b.len);

	if (p && b.len)
		memcpy(p, b.p, b.len);
}

void enc_u8(struct enc *e, uint8_t v)
{
	uint8_t *p = grow(e, 1);

	if (p)
		*p = v;
}

void enc_u16(struct enc *e, uint16_t v)
{
	uint8_t *p = grow(e, 2);

	if (p)
		put_be16(p, v);
}

void enc_u32(struct enc *e, uint32_t v)
{
	uint8_t *p = grow(e, 4);

	if (p)
		put_be32(p, v);
}

void enc_zero(struct enc *e, size_t n)
{
	uint8_t *p = grow(e, n);

	if (p)
		memset(p, 0, n);
}

void enc_start(struct enc *e, uint8_t *buf, size_t cap, const struct ike_hdr *h)
{
	*e = (struct enc){ .p = buf, .cap = cap, .next_at = 16 };
	enc_bytes(e, bytes_of(h->icookie, IKE_COOKIE_LEN));
	enc_bytes(e, bytes_of(h->rcookie, IKE_COOKIE_LEN));
	enc_u8(e, IKE_PL_NONE);
	enc_u8(e, IKE_VERSION);
	enc_u8(e, h->exchange);
	enc_u8(e, h->flags);
	enc_u32(e, h->msgid);
	enc_u32(e, 0);
}

size_t enc_open(struct enc *e, uint8_t type)
{
	size_t at = e->len;

	enc_zero(e, IKE_GEN_LEN);
	if (e->overflow)
		return 0;
	e->p[e->next_at] = type;
	e->next_at = at;
	return at;
}

size_t enc_open_inner(struct enc *e, bool more, uint8_t type)
{
	size_t at = e->len;

	enc_u8(e, more ? type : IKE_PL_NONE);
	enc_zero(e, IKE_GEN_LEN - 1);
	return e->overflow ? 0 : at;
}

void enc_close(struct enc *e, size_t at)
{
	size_t len = e->len - at;

	if (len > UINT16_MAX)
		e->overflow = true;
	if (!e->overflow)
		put_be16(e->p + at + 2, len);
}

void enc_payload(struct enc *e, uint8_t type, struct bytes body)
{
	size_t at = enc_open(e, type);

	enc_bytes(e, body);
	enc_close(e, at);
}

size_t enc_hash(struct enc *e, size_t len)
{
	size_t at = enc_open(e, IKE_PL_HASH);

	enc_zero(e, len);
	enc_close(e, at);
	return at + IKE_GEN_LEN;
}

void enc_id(struct enc *e, const struct ike_id *id)
{
	size_t at = enc_open(e, IKE_PL_ID);

	enc_u8(e, id->type);
	enc_u8(e, id->protocol);
	enc_u16(e, id->port);
	enc_bytes(e, id->data);
	enc_close(e, at);
}

void enc_notify(struct enc *e, const struct ike_notify *n)
{
	size_t at = enc_open(e, IKE_PL_N);

	enc_u32(e, n->doi);
	enc_u8(e, n->protocol);
	enc_u8(e, n->spi.len);
	enc_u16(e, n->type);
	enc_bytes(e, n->spi);
	enc_bytes(e, n->data);
	enc_close(e, at);
}

void enc_delete(struct enc *e, uint8_t protocol, uint8_t size,
		struct bytes spis)
{
	size_t at = enc_open(e, IKE_PL_D);

	enc_u32(e, IKE_DOI_IPSEC);
	enc_u8(e, protocol);
	enc_u8(e, size);
	enc_u16(e, size ? spis.len / size : 0);
	enc_bytes(e, spis);
	enc_close(e, at);
}

void enc_cert(struct enc *e, uint8_t type, uint8_t encoding, struct bytes der)
{
	size_t at = enc_open(e, type);

	enc_u8(e, encoding);
	enc_bytes(e, der);
	enc_close(e, at);
}

void enc_attr16(struct enc *e, uint16_t type, uint16_t v)
{
	enc_u16(e, type | IKE_ATTR_TV);
	enc_u16(e, v);
}

void enc_attr32(struct enc *e, uint16_t type, uint32_t v)
{
	enc_u16(e, type);
	enc_u16(e, 4);
	enc_u32(e, v);
}

void enc_pad(struct enc *e, size_t block)
{
	size_t over = block ? (e->len - IKE_HDR_LEN) % block : 0;

	if (!e->overflow && over)
		enc_zero(e, block - over);
}

size_t enc_finish(struct enc *e)
{
	if (e->overflow || e->len > IKE_MSG_MAX)
		return 0;
	put_be32(e->p + 24, e->len);
	return e->len;
}
