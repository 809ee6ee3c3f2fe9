/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the tests with hostile messages. */
#ifndef SIM_HOSTILE_H
#define SIM_HOSTILE_H

#include "world.h"

/* Each payload of each message left out, or twice there. */
void payloads_left_out(unsigned int *tried, unsigned int *fine_in_the_end);

struct flood_result {
	uint64_t octets_in, octets_out;
	unsigned int sas; /* at its end */
	unsigned int sent_later; /* messages, without being asked */
	unsigned int left; /* SAs, a minute later */
	bool real_is_up; /* a peer that came in the middle of it */
};

/* First messages from @hosts addresses that never go on. */
void flood(unsigned int hosts, struct flood_result *r);

struct crowd_result {
	unsigned int up, gave_up;
	uint64_t ms; /* until all were up */
};

/*
 * That many peers at once, of whom a few can be half-way up at the same time (0:
 * as many as there is room for); each datagram takes a node @cost_us.
 */
void all_at_once(unsigned int peers, unsigned int cost_us,
		 unsigned int half_open, struct crowd_result *r);

/* Is a peer that nobody has configured up @ms after it came into a flood? */
bool up_in_flood(unsigned int per_second, unsigned int half_open,
		 unsigned int ms);

#endif
