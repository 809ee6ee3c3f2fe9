// SPDX-License-Identifier: GPL-2.0-or-later
/* What was: ISAKMP SAs that have gone, failures, and sums over all of them. */
#include "history.h"

#include <stdlib.h>
#include <time.h>

struct history {
	struct history_sums sums;
	uint64_t n_sas, n_failures; /* ever */
	struct history_sa sa[HISTORY_SIZE];
	struct history_failure failure[HISTORY_SIZE];
};

struct history *history_new(void)
{
	return calloc(1, sizeof(struct history));
}

void history_free(struct history *h)
{
	free(h);
}

void history_add(struct history_sums *s, const struct ike_sa_info *i)
{
	s->in_packets += i->in_packets;
	s->out_packets += i->out_packets;
	s->in_octets += i->in_octets;
	s->out_octets += i->out_octets;
	s->in_drops += i->in_drops;
	s->notifies_in += i->n_notifies_in;
	s->notifies_out += i->n_notifies_out;
	s->deletes_in += i->n_deletes_in;
	s->deletes_out += i->n_deletes_out;
	s->exchanges_in += i->n_exchanges_in;
	s->exchanges_out += i->n_exchanges - i->n_exchanges_in;
	s->invalids_in += i->n_invalids_in;
	s->invalids_out += i->n_invalids - i->n_invalids_in;
	s->rejects_in += i->n_rejects_in;
	s->rejects_out += i->n_rejects - i->n_rejects_in;
}

static void ends(struct history *h, const struct ike_event *ev)
{
	struct history_sa *slot;

	history_add(&h->sums, ev->sa);
	if (ev->sa->state != QM_IDLE) {
		if (ev->sa->is_initiator)
			h->sums.initiated_failed++;
		else
			h->sums.answered_failed++;
		return;
	}
	h->sums.previous++;
	slot = &h->sa[h->n_sas % HISTORY_SIZE];
	slot->number = ++h->n_sas;
	slot->reason = ev->reason;
	slot->info = *ev->sa;
}

void history_event(struct history *h, const struct ike_event *ev)
{
	if (ev->kind == IKE_EVENT_SA_NEW)
		h->sums.initiated += ev->sa->is_initiator;
	else if (ev->kind == IKE_EVENT_SA_DOWN)
		ends(h, ev);
}

void history_failure(struct history *h, const struct ike_failure *f,
		     uint64_t uptime)
{
	struct history_failure *slot =
		&h->failure[h->n_failures % HISTORY_SIZE];

	slot->number = ++h->n_failures;
	slot->when = time(NULL);
	slot->uptime = uptime;
	slot->f = *f;
	switch (f->kind) {
	case IKE_FAIL_AUTHENTICATION:
	case IKE_FAIL_INVALID_SIGNATURE:
	case IKE_FAIL_INVALID_CERTIFICATE:
	case IKE_FAIL_NO_KEY:
		h->sums.authentication++;
		break;
	case IKE_FAIL_INVALID_HASH:
		h->sums.hash++;
		break;
	case IKE_FAIL_PAYLOAD_MALFORMED:
		h->sums.decrypt++;
		break;
	case IKE_FAIL_LIMIT:
	case IKE_FAIL_KERNEL:
		h->sums.limits++;
		break;
	default:
		break;
	}
}

const struct history_sums *history_sums(const struct history *h)
{
	return &h->sums;
}

/* The number behind @after that is still there; 0: none. */
static uint64_t next_number(uint64_t n, uint64_t after)
{
	if (n > HISTORY_SIZE && after < n - HISTORY_SIZE)
		after = n - HISTORY_SIZE;
	return after < n ? after + 1 : 0;
}

const struct history_sa *history_next_sa(const struct history *h,
					 uint64_t after)
{
	uint64_t n = next_number(h->n_sas, after);

	return n ? &h->sa[(n - 1) % HISTORY_SIZE] : NULL;
}

const struct history_failure *history_next_failure(const struct history *h,
						   uint64_t after)
{
	uint64_t n = next_number(h->n_failures, after);

	return n ? &h->failure[(n - 1) % HISTORY_SIZE] : NULL;
}
