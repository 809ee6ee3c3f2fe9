// SPDX-License-Identifier: GPL-2.0-or-later
// The last message of an exchange: sent again in time, or as its answer.

#include "retrans.h"
#include "ike_priv.h"

bool retrans_sent(struct ike *ike, struct retrans *r, struct bytes msg,
		  timer_fn *fn)
{
	bool kept = octets_set(&r->msg, msg.p, msg.len);

	r->step = 0;
	r->replied = ike->now;
	timer_stop(&ike->timers, &r->timer);
	if (fn && kept)
		timer_set(&ike->timers, &r->timer,
			  ike->now + ike->limits.retransmit_ms[0], fn);
	return kept;
}

bool retrans_again(struct ike *ike, struct retrans *r, timer_fn *fn)
{
	uint32_t ms = 0;

	if (r->step + 1u < IKE_RETRANS_STEPS)
		ms = ike->limits.retransmit_ms[++r->step];
	if (!ms)
		return false;
	timer_set(&ike->timers, &r->timer, ike->now + ms, fn);
	return true;
}

void retrans_accepted(struct ike *ike, struct retrans *r, struct bytes in)
{
	timer_stop(&ike->timers, &r->timer);
	r->in_hash = siphash(ike->hash_key, in.p, in.len);
	r->has_in = true;
}

bool retrans_is_copy(const struct ike *ike, const struct retrans *r,
		     struct bytes in)
{
	return r->has_in && r->in_hash == siphash(ike->hash_key, in.p, in.len);
}

bool retrans_may_reply(struct ike *ike, struct retrans *r)
{
	if (!r->msg.p || ike->now < r->replied + IKE_REPLY_MS)
		return false;
	r->replied = ike->now;
	return true;
}

void retrans_stop(struct ike *ike, struct retrans *r)
{
	timer_stop(&ike->timers, &r->timer);
}

void retrans_free(struct ike *ike, struct retrans *r)
{
	timer_stop(&ike->timers, &r->timer);
	octets_free(&r->msg);
}
