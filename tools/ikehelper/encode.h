/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Build a message: header, payloads one after another, padding. The "next
 * payload" fields and all lengths are filled in by these functions. A write past
 * the end is remembered, and enc_finish() then returns 0; nothing else needs a
 * check.
 */
#ifndef IKE_ENCODE_H
#define IKE_ENCODE_H

#include "bytes.h"

struct ike_hdr;
struct ike_id;
struct ike_notify;

/**
 * struct enc - a message that grows in a buffer of the caller
 * @p: the buffer
 * @cap: its size
 * @len: octets written
 * @next_at: where the type of the next payload is to be written
 * @overflow: it did not fit
 */
struct enc {
	uint8_t *p;
	size_t cap;
	size_t len;
	size_t next_at;
	bool overflow;
};

/* Begin a message with the cookies, exchange, flags and message ID of @h. */
void enc_start(struct enc *e, uint8_t *buf, size_t cap,
	       const struct ike_hdr *h);

/* Raw octets and numbers. */
void enc_bytes(struct enc *e, struct bytes b);
void enc_u8(struct enc *e, uint8_t v);
void enc_u16(struct enc *e, uint16_t v);
void enc_u32(struct enc *e, uint32_t v);
void enc_zero(struct enc *e, size_t n);

/*
 * Open a payload (writes its generic header) and close it (fills its length).
 * Returns the offset that enc_close() wants. Payloads inside one (proposals)
 * use enc_open_inner().
 */
size_t enc_open(struct enc *e, uint8_t type);
void enc_close(struct enc *e, size_t at);
size_t enc_open_inner(struct enc *e, bool more, uint8_t type);

/* A payload whose body is @body. */
void enc_payload(struct enc *e, uint8_t type, struct bytes body);

/* A HASH payload of @len zero octets; returns the offset of the octets. */
size_t enc_hash(struct enc *e, size_t len);

void enc_id(struct enc *e, const struct ike_id *id);
void enc_notify(struct enc *e, const struct ike_notify *n);

/* A Delete payload of @count SPIs of @size octets, all in @spis. */
void enc_delete(struct enc *e, uint8_t protocol, uint8_t size,
		struct bytes spis);

void enc_cert(struct enc *e, uint8_t type, uint8_t encoding, struct bytes der);

/* An attribute in the short (TV) and the long (TLV, 4 octets) form. */
void enc_attr16(struct enc *e, uint16_t type, uint16_t v);
void enc_attr32(struct enc *e, uint16_t type, uint32_t v);

/* Zeros up to a multiple of @block behind the header; before enc_finish(). */
void enc_pad(struct enc *e, size_t block);

/* Fill the length of the header. Returns the length, 0 after an overflow. */
size_t enc_finish(struct enc *e);

#endif
