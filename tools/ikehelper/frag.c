// SPDX-License-Identifier: GPL-2.0-or-later
/* Fragments of IKE messages (payload 132): join with bounds, split. */
#include "frag.h"

#include <stdlib.h>

#include "payload.h"

#define FRAG_HEAD (IKE_HDR_LEN + 8) /* what each datagram spends */

/* Where a piece lies in the buffer; a length of 0 is one that is missing. */
struct frag_piece {
	uint16_t at, len;
};

void frag_free(struct frag_join *j)
{
	free(j->buf);
	free(j->piece);
	memset(j, 0, sizeof(*j));
}

static bool is_done(const struct frag_join *j)
{
	return j->last && j->have == j->last;
}

/* Does a fragment go with those that are kept? */
static bool belongs(const struct frag_join *j, const struct ike_hdr *h,
		    const struct ike_fragment *f, int64_t now)
{
	return j->have && !is_done(j) && j->id == f->id &&
	       j->exchange == h->exchange && j->msgid == h->msgid &&
	       now - j->since <= FRAG_TIMEOUT;
}

static void restart(struct frag_join *j, const struct ike_hdr *h,
		    const struct ike_fragment *f, int64_t now)
{
	if (j->piece)
		memset(j->piece, 0, FRAG_MAX * sizeof(*j->piece));
	j->used = 0;
	j->highest = j->last = j->have = 0;
	j->id = f->id;
	j->exchange = h->exchange;
	j->msgid = h->msgid;
	j->since = now;
}

/* Room for @len more octets; the buffer grows with what came. */
static bool grow(struct frag_join *j, size_t len, size_t max)
{
	size_t cap = j->cap ? j->cap : 2048;
	uint8_t *p;

	if (!j->piece) {
		j->piece = calloc(FRAG_MAX, sizeof(*j->piece));
		if (!j->piece)
			return false;
	}
	while (cap < j->used + len)
		cap *= 2;
	if (cap > max)
		cap = max;
	if (cap <= j->cap)
		return true;
	p = realloc(j->buf, cap);
	if (!p)
		return false;
	j->buf = p;
	j->cap = cap;
	return true;
}

/* What a first piece has to begin with: the header of the same exchange. */
static bool head_ok(const struct ike_hdr *h, struct bytes data)
{
	return data.len >= IKE_HDR_LEN &&
	       !memcmp(data.p, h->icookie, IKE_COOKIE_LEN) &&
	       !memcmp(data.p + 8, h->rcookie, IKE_COOKIE_LEN) &&
	       data.p[16] != IKE_PL_FRAG && data.p[18] == h->exchange &&
	       get_be32(data.p + 20) == h->msgid;
}

/* Could @f be a part of the message that is kept? */
static bool fits(const struct frag_join *j, const struct ike_fragment *f)
{
	if (f->last)
		return f->number >= j->highest &&
		       (!j->last || j->last == f->number);
	return !j->last || f->number < j->last;
}

static enum frag_verdict keep(struct frag_join *j, const struct ike_fragment *f,
			      size_t max)
{
	if (f->data.len > max - j->used)
		return FRAG_BAD;
	if (!grow(j, f->data.len, max))
		return FRAG_NOMEM;
	memcpy(j->buf + j->used, f->data.p, f->data.len);
	j->piece[f->number - 1].at = j->used;
	j->piece[f->number - 1].len = f->data.len;
	j->used += f->data.len;
	j->have++;
	if (f->number > j->highest)
		j->highest = f->number;
	if (f->last)
		j->last = f->number;
	return is_done(j) ? FRAG_DONE : FRAG_MORE;
}

enum frag_verdict frag_add(struct frag_join *j, const struct ike_hdr *h,
			   const struct ike_fragment *f, size_t max,
			   int64_t now)
{
	const struct frag_piece *had;

	if (max > IKE_MSG_MAX)
		max = IKE_MSG_MAX;
	if (!f->number || !f->data.len || f->data.len > max)
		return FRAG_BAD;
	if (f->number == 1 && !head_ok(h, f->data))
		return FRAG_BAD;
	if (!belongs(j, h, f, now)) {
		restart(j, h, f, now);
		return keep(j, f, max);
	}
	had = &j->piece[f->number - 1];
	if (had->len) {
		if (had->len == f->data.len &&
		    !memcmp(j->buf + had->at, f->data.p, had->len) &&
		    f->last == (j->last == f->number))
			return FRAG_DUP;
		/*
		 * Some peers use one id for all their messages: this is the
		 * next message, the one before was never finished.
		 */
		restart(j, h, f, now);
		return keep(j, f, max);
	}
	return fits(j, f) ? keep(j, f, max) : FRAG_BAD;
}

static bool in_order(const struct frag_join *j)
{
	unsigned int i;

	for (i = 1; i < j->last; i++)
		if (j->piece[i].at != j->piece[i - 1].at + j->piece[i - 1].len)
			return false;
	return !j->piece[0].at;
}

struct bytes frag_message(struct frag_join *j)
{
	uint8_t *p, *to;
	unsigned int i;

	if (!is_done(j))
		return bytes_of(NULL, 0);
	if (in_order(j))
		return bytes_of(j->buf, j->used);
	p = to = malloc(j->used);
	if (!p)
		return bytes_of(NULL, 0);
	for (i = 0; i < j->last; i++) {
		memcpy(to, j->buf + j->piece[i].at, j->piece[i].len);
		j->piece[i].at = to - p;
		to += j->piece[i].len;
	}
	free(j->buf);
	j->buf = p;
	j->cap = j->used;
	return bytes_of(j->buf, j->used);
}

unsigned int frag_count(size_t len, size_t mtu)
{
	size_t n;

	if (mtu < FRAG_MIN_SIZE || len < IKE_HDR_LEN || len > IKE_MSG_MAX)
		return 0;
	n = (len + mtu - FRAG_HEAD - 1) / (mtu - FRAG_HEAD);
	return n > FRAG_MAX ? 0 : n;
}

size_t frag_fill(struct bytes msg, uint16_t id, unsigned int number,
		 uint8_t *buf, size_t mtu)
{
	unsigned int count = frag_count(msg.len, mtu);
	size_t room = mtu - FRAG_HEAD, at, n;

	if (!number || number > count)
		return 0;
	at = (number - 1) * room;
	n = msg.len - at < room ? msg.len - at : room;
	memcpy(buf, msg.p, IKE_HDR_LEN);
	buf[16] = IKE_PL_FRAG;
	/* A fragment itself is in the clear. */
	buf[19] &= ~IKE_F_ENC;
	put_be32(buf + 24, FRAG_HEAD + n);
	buf[28] = IKE_PL_NONE;
	buf[29] = 0;
	put_be16(buf + 30, 8 + n);
	put_be16(buf + 32, id);
	buf[34] = number;
	buf[35] = number == count;
	memcpy(buf + FRAG_HEAD, msg.p + at, n);
	return FRAG_HEAD + n;
}
