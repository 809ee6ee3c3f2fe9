// SPDX-License-Identifier: GPL-2.0-or-later
// Dead peer detection (RFC 3706), periodic and on demand.

#include "dpd.h"
#include "child.h"
#include "report.h"
#include "trace.h"
#include "v1.h"
#include "wire_esp.h"

#define TRIES 5
#define RETRY_S 2

static void dpd_timer(void *arg, struct timer *t);

static const struct ike_peer *config(struct ike *ike, const struct sa *sa)
{
	const struct ike_peer *peer = ike->ops->peer_get(ike->ctx, sa->peer);

	return peer && peer->dpd_interval && sa->vids & VID_BIT(VID_DPD) ?
		       peer :
		       NULL;
}

static void next_check(struct ike *ike, struct sa *sa, uint32_t seconds)
{
	timer_set(&ike->timers, &sa->dpd.timer,
		  ike->now + (uint64_t)seconds * 1000, dpd_timer);
}

void dpd_start(struct ike *ike, struct sa *sa)
{
	const struct ike_peer *peer = config(ike, sa);

	if (!peer)
		return;
	if (!sa->dpd.seq)
		sa->dpd.seq = ike_random32(ike) & 0x7fffffff;
	sa->dpd.is_waiting = false;
	sa->dpd.misses = 0;
	next_check(ike, sa, peer->dpd_interval);
}

static void send(struct ike *ike, struct sa *sa, uint16_t type, uint32_t seq)
{
	uint8_t spi[2 * IKE_COOKIE_LEN] = { 0 }, data[4] = { 0 };
	struct ike_notify n = { .doi = IKE_DOI_IPSEC,
				.protocol = IKE_PROTO_ISAKMP,
				.type = type,
				.spi = bytes_of(spi, sizeof(spi)),
				.data = bytes_of(data, sizeof(data)) };

	memcpy(spi, sa->icookie, IKE_COOKIE_LEN);
	memcpy(spi + IKE_COOKIE_LEN, sa->rcookie, IKE_COOKIE_LEN);
	put_be32(data, seq);
	info_notify(ike, sa, &n);
}

void dpd_probe(struct ike *ike, struct sa *sa)
{
	const struct ike_peer *peer = config(ike, sa);

	if (!peer || sa->dpd.is_waiting)
		return;
	sa->dpd.seq++;
	sa->dpd.is_waiting = true;
	send(ike, sa, IKE_N_R_U_THERE, sa->dpd.seq);
	next_check(ike, sa, peer->dpd_retry ? peer->dpd_retry : RETRY_S);
}

/* Did the peer forget only this SA, as after a restart in the midst of phase 1? */
static bool is_heard_elsewhere(const struct sa *sa)
{
	const struct sa *other;

	TAILQ_FOREACH(other, &sa->host->sas, in_host)
	{
		if (other->state == QM_IDLE && other->heard > sa->heard &&
		    sa_same_peer(other, &sa->path, &sa->remote_id))
			return true;
	}
	return false;
}

void dpd_dead(struct ike *ike, struct sa *sa)
{
	struct report r = { .kind = IKE_FAIL_DPD, .sa = sa };
	struct ike_sa_info info;
	struct ike_event ev = { .kind = IKE_EVENT_PEER_DEAD, .sa = &info };
	struct sa *other, *next;

	if (is_heard_elsewhere(sa)) {
		sa_kill(ike, sa, IKE_REASON_PEER_DEAD);
		return;
	}
	report(ike, &r, "the peer does not answer");
	sa_info(ike, sa, &info);
	ike->ops->event(ike->ctx, &ev);
	child_down_peer(ike, sa, 0, IKE_REASON_PEER_DEAD);
	for (other = TAILQ_FIRST(&sa->host->sas); other; other = next) {
		next = TAILQ_NEXT(other, in_host);
		if (other != sa && other->state == QM_IDLE &&
		    other->heard <= sa->heard &&
		    sa_same_peer(other, &sa->path, &sa->remote_id))
			sa_kill(ike, other, IKE_REASON_PEER_DEAD);
	}
	sa_kill(ike, sa, IKE_REASON_PEER_DEAD);
}

/* Sent something and heard nothing since the last time: ask the peer. */
static void counted(struct ike *ike, void *owner, const struct krn_answer *a)
{
	struct child *c = owner;
	bool sent, heard;
	struct sa *sa;

	if (a->err)
		return;
	sent = a->out_packets > c->out_packets;
	heard = a->in_packets > c->in_packets;
	c->out_packets = a->out_packets;
	c->in_packets = a->in_packets;
	sa = sa_usable(c->host, c->peer, &c->remote_id);
	if (sa && sent && !heard)
		dpd_probe(ike, sa);
}

static void count(struct ike *ike, struct sa *sa)
{
	struct child *c;

	TAILQ_FOREACH(c, &sa->host->children, in_host)
	{
		struct krn_req req = { .op = KRN_QUERY,
				       .proto = p2_proto(&c->agreed),
				       .rule = c->rule,
				       .in_spi = c->in_spi,
				       .out_spi = c->out_spi,
				       .path = c->path };

		if (!c->is_active || !id_eq(&c->remote_id, &sa->remote_id) ||
		    c->wait.id)
			continue;
		wait_for_krn(ike, &c->wait, &req, counted);
	}
}

static void dpd_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct sa *sa = container_of(t, struct sa, dpd.timer);
	const struct ike_peer *peer = config(ike, sa);
	uint64_t quiet = ike->now - sa->heard;

	if (!peer)
		return;
	if (sa->dpd.is_waiting) {
		uint32_t tries = peer->dpd_tries ? peer->dpd_tries : TRIES;

		sa->dpd.misses++;
		trace_sa(ike, sa, "DPD incrementing error counter (%u/%u)",
			 sa->dpd.misses, tries);
		if (sa->dpd.misses >= tries) {
			trace_bad(ike, sa, "DPD: peer not responding!");
			dpd_dead(ike, sa);
			return;
		}
		/* The same question: any answer to it will do. */
		send(ike, sa, IKE_N_R_U_THERE, sa->dpd.seq);
		next_check(ike, sa,
			   peer->dpd_retry ? peer->dpd_retry : RETRY_S);
		return;
	}
	if (peer->flags & IKE_PEER_DPD_PERIODIC) {
		dpd_probe(ike, sa);
		return;
	}
	next_check(ike, sa, peer->dpd_interval);
	if (quiet >= (uint64_t)peer->dpd_interval * 1000)
		count(ike, sa);
}

void dpd_heard(struct ike *ike, struct sa *sa)
{
	(void)ike;
	sa->heard = ike->now;
}

void dpd_notify(struct ike *ike, struct sa *sa, const struct ike_notify *n)
{
	const struct ike_peer *peer = config(ike, sa);
	uint32_t seq;

	if (n->data.len != 4 || n->protocol != IKE_PROTO_ISAKMP)
		return;
	seq = get_be32(n->data.p);
	if (n->type == IKE_N_R_U_THERE) {
		send(ike, sa, IKE_N_R_U_THERE_ACK, seq);
		return;
	}
	if (!sa->dpd.is_waiting || seq != sa->dpd.seq)
		return;
	sa->dpd.is_waiting = false;
	sa->dpd.misses = 0;
	if (peer)
		next_check(ike, sa, peer->dpd_interval);
}
