// SPDX-License-Identifier: GPL-2.0-or-later
/* What the daemon remembers of ISAKMP SAs and failures. */
#include "ktap.h"

#include "ikehelper/history.h"

static struct history *h;

static void end(bool is_up, bool is_initiator, enum ike_reason reason)
{
	struct ike_sa_info i = {
		.state = is_up ? QM_IDLE : MM_SA_SETUP,
		.is_initiator = is_initiator,
		.in_packets = 3,
		.out_packets = 4,
		.in_octets = 1ULL << 33,
		.n_exchanges = 5,
		.n_exchanges_in = 2,
		.n_rejects = 1,
		.n_invalids = 3,
		.n_invalids_in = 3,
	};
	struct ike_event ev = { .kind = IKE_EVENT_SA_NEW, .sa = &i };

	history_event(h, &ev);
	ev.kind = IKE_EVENT_SA_DOWN;
	ev.reason = reason;
	history_event(h, &ev);
}

static void fail(enum ike_fail kind)
{
	struct ike_failure f = { .kind = kind, .phase = 1 };

	history_failure(h, &f, 77);
}

int main(void)
{
	const struct history_failure *f;
	const struct history_sums *s;
	const struct history_sa *r;
	uint64_t at = 0;
	unsigned int i, n = 0;

	h = history_new();
	if (!ok(h != NULL, "new"))
		return ktap_end();
	s = history_sums(h);
	ok(!history_next_sa(h, 0) && !history_next_failure(h, 0),
	   "nothing yet");
	end(true, true, IKE_REASON_CLEARED);
	end(false, true, IKE_REASON_RETRANSMIT);
	end(false, false, IKE_REASON_FAILED);
	r = history_next_sa(h, 0);
	ok(r && r->number == 1 && r->reason == IKE_REASON_CLEARED &&
		   !history_next_sa(h, 1),
	   "only what was up has a record");
	ok(s->previous == 1 && s->initiated == 2 && s->initiated_failed == 1 &&
		   s->answered_failed == 1,
	   "tunnels");
	ok(s->in_packets == 9 && s->out_packets == 12 &&
		   s->in_octets == 3ULL << 33,
	   "sums in 64 bits");
	ok(s->exchanges_in == 6 && s->exchanges_out == 9 &&
		   s->rejects_in == 0 && s->rejects_out == 3 &&
		   s->invalids_in == 9 && s->invalids_out == 0,
	   "exchanges by who began them");
	for (i = 1; i < 2 * HISTORY_SIZE; i++)
		end(true, false, IKE_REASON_LIFETIME);
	while ((r = history_next_sa(h, at))) {
		n++;
		at = r->number;
	}
	ok(n == HISTORY_SIZE && at == 2 * HISTORY_SIZE, "the last %u are kept",
	   n);
	fail(IKE_FAIL_AUTHENTICATION);
	fail(IKE_FAIL_NO_KEY);
	fail(IKE_FAIL_INVALID_HASH);
	fail(IKE_FAIL_PAYLOAD_MALFORMED);
	fail(IKE_FAIL_LIMIT);
	fail(IKE_FAIL_NO_ANSWER);
	ok(s->authentication == 2 && s->hash == 1 && s->decrypt == 1 &&
		   s->limits == 1,
	   "failures by kind");
	f = history_next_failure(h, 5);
	ok(f && f->number == 6 && f->uptime == 77 &&
		   f->f.kind == IKE_FAIL_NO_ANSWER &&
		   !history_next_failure(h, 6),
	   "their records");
	history_free(h);
	return ktap_end();
}
