/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments of IKE messages (payload 132): join with bounds, split. */
#ifndef IKE_FRAG_H
#define IKE_FRAG_H

#include "bytes.h"

struct ike_fragment;
struct ike_hdr;

#define FRAG_MAX 255
#define FRAG_TIMEOUT 30 /* seconds that an unfinished message is kept */
#define FRAG_MIN_SIZE 256 /* smallest datagram we cut to */

enum frag_verdict {
	FRAG_MORE, /* kept, others are missing */
	FRAG_DONE, /* the message is complete: frag_message() */
	FRAG_DUP, /* had it, the same octets */
	FRAG_BAD, /* refused, what was kept stays */
	FRAG_NOMEM,
};

/* The joining of one message; all zero is an empty one. One for each IKE SA. */
struct frag_join {
	uint8_t *buf; /* pieces in order of arrival */
	size_t used, cap;
	struct frag_piece *piece; /* by number, 1 first */
	uint16_t id;
	uint8_t exchange;
	uint32_t msgid;
	uint8_t highest, last; /* numbers; last is 0 while unknown */
	uint8_t have;
	int64_t since; /* when the first piece came, in seconds */
};

/*
 * Take a fragment of a message whose header is @h. At most @max octets in all
 * are kept. Another id, message ID or exchange, or one after FRAG_TIMEOUT,
 * begins anew. @now is in seconds of a clock that never goes back.
 */
enum frag_verdict frag_add(struct frag_join *j, const struct ike_hdr *h,
			   const struct ike_fragment *f, size_t max,
			   int64_t now);

/*
 * After FRAG_DONE: the whole message, owned by @j until the next frag_add() or
 * frag_free(). Its header still has to be checked like that of any other.
 */
struct bytes frag_message(struct frag_join *j);

/* Forget all; @j is empty again. */
void frag_free(struct frag_join *j);

/* Pieces needed for @len octets in datagrams of at most @mtu; 0: too many. */
unsigned int frag_count(size_t len, size_t mtu);

/*
 * Write piece @number (from 1) of @msg as a datagram of its own into @buf of
 * @mtu octets. Returns its length, 0 for a number that does not exist.
 */
size_t frag_fill(struct bytes msg, uint16_t id, unsigned int number,
		 uint8_t *buf, size_t mtu);

#endif
