/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKE messages for tests, good and broken. */
#ifndef UNIT_IKE_BUILD_H
#define UNIT_IKE_BUILD_H

#include "ikehelper/encode.h"
#include "ikehelper/payload.h"
#include "ikehelper/proposal.h"
#include "ikehelper/wire_esp.h"

#define BUF 20000

static uint8_t buf[BUF];
static struct enc enc;
static struct ike_msg msg;

static inline void start(uint8_t exchange, uint8_t flags)
{
	struct ike_hdr h = { .icookie = "initiat",
			     .exchange = exchange,
			     .flags = flags,
			     .msgid = 0x01020304 };

	enc_start(&enc, buf, sizeof(buf), &h);
}

static inline struct bytes done(void)
{
	return bytes_of(buf, enc_finish(&enc));
}

/*
 * The message in memory of exactly its size, so that the sanitizer sees any
 * octet that is read behind it. Valid until the next call.
 */
static inline struct bytes tight(struct bytes b)
{
	static uint8_t *p;

	free(p);
	p = malloc(b.len ? b.len : 1);
	if (b.len)
		memcpy(p, b.p, b.len);
	return bytes_of(p, b.len);
}

static inline int parse(void)
{
	return ike_msg_parse(tight(done()), &msg);
}

static inline int parse_plain(size_t block)
{
	return ike_msg_parse_plain(tight(done()), block, &msg);
}

/* A payload of @len octets of @fill. */
static inline void filled(uint8_t type, size_t len, uint8_t fill)
{
	static uint8_t data[BUF];

	memset(data, fill, len);
	enc_payload(&enc, type, bytes_of(data, len));
}

static inline void text_payload(uint8_t type, const char *octets, size_t len)
{
	enc_payload(&enc, type, bytes_of(octets, len));
}

#define text(type, octets) text_payload(type, octets, sizeof(octets) - 1)

static const struct ike_p1_policy aes_sha_5 = {
	.priority = 10,
	.encr = IKE_ENCR_AES,
	.keylen = 128,
	.hash = IKE_HASH_SHA1,
	.auth = IKE_AUTH_PSK,
	.group = 5,
	.seconds = 86400,
};

#endif
