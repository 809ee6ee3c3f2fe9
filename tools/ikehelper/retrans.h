/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last message of an exchange: sent again in time, or as its answer. */
#ifndef IKEHELPER_RETRANS_H
#define IKEHELPER_RETRANS_H

#include "octets.h"
#include "timer.h"

struct ike;
struct ike_path;

struct retrans {
	struct octets msg; /* last one sent */
	struct timer timer;
	uint64_t in_hash; /* of the last one accepted */
	uint64_t replied; /* when msg was last sent as an answer */
	uint8_t step;
	bool has_in;
};

/* Remember what is being sent; @fn when no answer came in time, or NULL. */
bool retrans_sent(struct ike *ike, struct retrans *r, struct bytes msg,
		  timer_fn *fn);

/* The next step: true if msg is to be sent again, false at the end. */
bool retrans_again(struct ike *ike, struct retrans *r, timer_fn *fn);

/* A message was accepted: it is the one that a copy will be compared with. */
void retrans_accepted(struct ike *ike, struct retrans *r, struct bytes in);

/* Was this the last message accepted? */
bool retrans_is_copy(const struct ike *ike, const struct retrans *r,
		     struct bytes in);

/* May a copy be answered now (once in a second)? Counts as done. */
bool retrans_may_reply(struct ike *ike, struct retrans *r);

void retrans_stop(struct ike *ike, struct retrans *r);

/* Stop and forget. */
void retrans_free(struct ike *ike, struct retrans *r);

#endif
