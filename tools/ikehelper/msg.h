/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages between the roles: explicit fields, every length checked. */
#ifndef IKEHELPER_MSG_H
#define IKEHELPER_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr;

#define MSG_HEADER 12
#define MSG_MAX (8 << 20) /* octets behind the header */

/*
 * A message that is built (msg_init, msg_put_*, msg_end) or read (msg_open,
 * msg_get_*, msg_close). A message may hold keys, so its memory is wiped.
 *
 * On the way: length of the body (32 bits), type (16), zero (16), id (32),
 * body; all in network byte order.
 */
struct msg {
	uint16_t type;
	uint32_t id; /* of the request, repeated by its answer */
	uint8_t *p;
	size_t len; /* built so far, or to be read */
	size_t cap;
	size_t pos; /* of the next field to be read */
	bool is_bad; /* no memory, too long, or a field was missing */
};

/* --- build ------------------------------------------------------------- */

void msg_init(struct msg *m, uint16_t type, uint32_t id);
void msg_put_u8(struct msg *m, uint8_t v);
void msg_put_u16(struct msg *m, uint16_t v);
void msg_put_u32(struct msg *m, uint32_t v);
void msg_put_u64(struct msg *m, uint64_t v);
void msg_put_bytes(struct msg *m, const void *p, size_t len);
void msg_put_text(struct msg *m, const char *text); /* NULL as "" */
void msg_put_addr(struct msg *m, const struct addr *a);

/* The finished header goes to @head; false if the message is bad. */
bool msg_end(struct msg *m, uint8_t head[MSG_HEADER]);

/* Wipe and free a message that was built. */
void msg_free(struct msg *m);

/* --- read -------------------------------------------------------------- */

/* The length of the body that follows @head; false if it is no header. */
bool msg_head(const uint8_t head[MSG_HEADER], struct msg *m);

/*
 * What is missing reads as zero and makes the message bad, so a reader asks
 * once, at the end. Bytes and text point into the message.
 */
uint8_t msg_get_u8(struct msg *m);
uint16_t msg_get_u16(struct msg *m);
uint32_t msg_get_u32(struct msg *m);
uint64_t msg_get_u64(struct msg *m);
const uint8_t *msg_get_bytes(struct msg *m, size_t *len);
const char *msg_get_text(struct msg *m); /* never NULL */
void msg_get_addr(struct msg *m, struct addr *a);

/* All fields were there and nothing is left. */
bool msg_close(const struct msg *m);

#endif
