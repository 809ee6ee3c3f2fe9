// SPDX-License-Identifier: GPL-2.0-or-later
// Informational exchanges (RFC 2408 3.14, 3.15): notifications and deletes.

#include "child.h"
#include "dpd.h"
#include "natt.h"
#include "phase1.h"
#include "quick.h"
#include "report.h"
#include "trace.h"

#define DELETE_TIMES 3 /* nobody acknowledges a delete */
#define DELETE_AGAIN_MS 3000

static uint32_t send_info(struct ike *ike, struct sa *sa, struct enc *e,
			  size_t at)
{
	uint8_t iv[IKE_BLOCK_MAX];
	uint32_t msgid = get_be32(e->p + 20);

	out_hash(sa, e, at, msgid, bytes_of(NULL, 0));
	if (!keymat_iv2(&sa->km, sa->iv, msgid, iv))
		out_send(ike, sa, out_finish(sa, e, iv));
	return msgid;
}

static size_t start_info(struct ike *ike, struct sa *sa, struct enc *e)
{
	uint32_t msgid = ike_random32(ike);

	/* One of ours that comes back is then known as a copy. */
	sa_msgid_new(&sa->info_seen, msgid);
	keep_touch(ike, &sa->keep, IKE_KEEP_SA);
	out_start(ike, sa, e, IKE_EX_INFO, msgid);
	return enc_hash(e, sa->km.len);
}

void info_notify(struct ike *ike, struct sa *sa, const struct ike_notify *n)
{
	struct enc e;
	size_t at;

	if (sa->state != QM_IDLE || sa->is_dead)
		return;
	trace_notify_out(ike, sa, n->protocol, n->type);
	at = start_info(ike, sa, &e);
	enc_notify(&e, n);
	sa->stats.notifies_out++;
	send_info(ike, sa, &e, at);
}

static void fill_delete_sa(struct sa *sa, struct enc *e)
{
	uint8_t spi[2 * IKE_COOKIE_LEN];

	memcpy(spi, sa->icookie, IKE_COOKIE_LEN);
	memcpy(spi + IKE_COOKIE_LEN, sa->rcookie, IKE_COOKIE_LEN);
	enc_delete(e, IKE_PROTO_ISAKMP, sizeof(spi),
		   bytes_of(spi, sizeof(spi)));
	sa->stats.deletes_out++;
}

void info_delete_sa(struct ike *ike, struct sa *sa)
{
	struct enc e;
	size_t at;

	if (sa->state != QM_IDLE || sa->is_dead)
		return;
	/* Another engine would have to tell it once more. */
	sa->is_ending = true;
	trace_sa(ike, sa, "sending delete of ISAKMP SA");
	at = start_info(ike, sa, &e);
	fill_delete_sa(sa, &e);
	send_info(ike, sa, &e, at);
}

void info_refuse(struct ike *ike, struct sa *sa, uint16_t type)
{
	struct ike_notify n = { .doi = IKE_DOI_IPSEC,
				.protocol = IKE_PROTO_ISAKMP,
				.type = type };
	struct enc e;
	size_t at;

	if (!sa->initiator || sa->state != MM_KEY_EXCH || !sa->has_keys) {
		out_error(ike, sa, type);
		return;
	}
	trace_notify_out(ike, sa, n.protocol, type);
	at = start_info(ike, sa, &e);
	enc_notify(&e, &n);
	sa->stats.notifies_out++;
	fill_delete_sa(sa, &e);
	send_info(ike, sa, &e, at);
}

static void send_delete(struct ike *ike, struct sa *sa, uint8_t protocol,
			uint32_t in_spi)
{
	uint8_t spi[4];
	struct enc e;
	size_t at;

	trace_sa(ike, sa, "sending delete of IPSEC SA, SPI 0x%X", in_spi);
	put_be32(spi, in_spi);
	at = start_info(ike, sa, &e);
	enc_delete(&e, protocol, sizeof(spi), bytes_of(spi, sizeof(spi)));
	sa->stats.deletes_out++;
	send_info(ike, sa, &e, at);
}

static void delete_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct xchg *x = container_of(t, struct xchg, timer);

	send_delete(ike, x->sa, p2_protocol(&x->agreed), x->in_spi);
	if (++x->count < DELETE_TIMES)
		timer_set(&ike->timers, &x->timer,
			  ike->now + (uint64_t)DELETE_AGAIN_MS * x->count,
			  delete_timer);
	else
		xchg_kill(ike, x);
}

void info_delete_child(struct ike *ike, struct sa *sa,
		       const struct ike_p2_policy *agreed, uint32_t in_spi,
		       bool again)
{
	struct xchg *x;

	if (sa->state != QM_IDLE || sa->is_dead)
		return;
	send_delete(ike, sa, p2_protocol(agreed), in_spi);
	x = again ? xchg_create(ike, sa, 0, true) : NULL;
	if (!x)
		return;
	x->state = XCHG_DELETE;
	x->in_spi = in_spi;
	x->agreed = *agreed;
	x->count = 1;
	timer_set(&ike->timers, &x->timer, ike->now + DELETE_AGAIN_MS,
		  delete_timer);
}

/* The exchange of ours that an error is about. */
static struct xchg *meant(struct sa *sa, const struct ike_notify *n)
{
	struct xchg *x, *only = NULL;
	unsigned int count = 0;

	TAILQ_FOREACH(x, &sa->xchgs, in_sa)
	{
		if (!x->initiator || x->state != XCHG_SENT_1)
			continue;
		if (n->spi.len == 4 && get_be32(n->spi.p) == x->in_spi)
			return x;
		only = x;
		count++;
	}
	return count == 1 ? only : NULL;
}

static void take_error(struct ike *ike, struct sa *sa,
		       const struct ike_notify *n)
{
	struct xchg *x = meant(sa, n);
	struct report r = { .kind = IKE_FAIL_PEER_NOTIFY,
			    .sa = sa,
			    .xchg = x,
			    .notify = n->type };

	if (n->type == IKE_N_NO_PROPOSAL_CHOSEN)
		r.kind = IKE_FAIL_NO_PROPOSAL;
	else if (n->type == IKE_N_INVALID_ID_INFORMATION)
		r.kind = IKE_FAIL_INVALID_ID;
	else if (n->type == IKE_N_AUTHENTICATION_FAILED)
		r.kind = IKE_FAIL_AUTHENTICATION;
	if (!x) {
		ike_log(ike, IKE_LOG_INFO, &sa->path,
			"notification %u from the peer", n->type);
		return;
	}
	report(ike, &r, "the peer refused with notification %u", n->type);
	quick_fail(ike, x, 0);
}

/* What a peer says who does not believe that we are who we say we are. */
static bool is_about_us(uint16_t type)
{
	switch (type) {
	case IKE_N_INVALID_CERT_ENCODING:
	case IKE_N_INVALID_CERTIFICATE:
	case IKE_N_CERT_TYPE_UNSUPPORTED:
	case IKE_N_INVALID_CERT_AUTHORITY:
	case IKE_N_AUTHENTICATION_FAILED:
	case IKE_N_INVALID_SIGNATURE:
	case IKE_N_CERTIFICATE_UNAVAILABLE:
		return true;
	}
	return false;
}

/* The last message of phase 1 was ours: the peer has not come to have this SA. */
static void take_refusal(struct ike *ike, struct sa *sa,
			 const struct ike_notify *n)
{
	struct report r = { .kind = IKE_FAIL_PEER_NOTIFY,
			    .sa = sa,
			    .notify = n->type };

	if (n->type == IKE_N_AUTHENTICATION_FAILED)
		r.kind = IKE_FAIL_AUTHENTICATION;
	report(ike, &r, "the peer refused us with notification %u", n->type);
	sa_kill(ike, sa, IKE_REASON_FAILED);
}

/* The peer has no SA for what we send with this SPI. */
static void take_invalid_spi(struct ike *ike, struct sa *sa,
			     const struct ike_notify *n)
{
	struct bytes b = n->spi.len == 4 ? n->spi : n->data;
	struct child *c;

	if (b.len != 4)
		return;
	c = child_by_out(ike, &sa->path.remote.addr, get_be32(b.p));
	if (c && sa_same_peer(sa, &c->path, &c->remote_id))
		child_down(ike, c, IKE_REASON_PEER_DELETE, true);
}

static void take_notify(struct ike *ike, struct sa *sa,
			const struct ike_notify *n)
{
	sa->stats.notifies_in++;
	trace_notify_in(ike, sa, n);
	switch (n->type) {
	case IKE_N_R_U_THERE:
	case IKE_N_R_U_THERE_ACK:
		dpd_notify(ike, sa, n);
		break;
	case IKE_N_INVALID_SPI:
		take_invalid_spi(ike, sa, n);
		break;
	case IKE_N_RESPONDER_LIFETIME:
		phase1_take_life(ike, sa, n);
		break;
	case IKE_N_CONNECTED:
	case IKE_N_REPLAY_STATUS:
	case IKE_N_INITIAL_CONTACT:
		break;
	default:
		if (is_about_us(n->type) && n->protocol == IKE_PROTO_ISAKMP)
			take_refusal(ike, sa, n);
		else if (n->type && n->type < 16384)
			take_error(ike, sa, n);
	}
}

/* SPIs are those of the sender's inbound SAs, only this peer's count. */
static void take_delete(struct ike *ike, struct sa *sa,
			const struct ike_delete *d, bool *self)
{
	uint8_t own[2 * IKE_COOKIE_LEN];
	unsigned int i;

	memcpy(own, sa->icookie, IKE_COOKIE_LEN);
	memcpy(own + IKE_COOKIE_LEN, sa->rcookie, IKE_COOKIE_LEN);
	sa->stats.deletes_in++;
	trace_sa(ike, sa, "processing DELETE payload, protocol %u, %u SPIs",
		 d->protocol, d->count);
	for (i = 0; i < d->count; i++) {
		const uint8_t *spi = d->spis.p + (size_t)i * d->spi_size;

		if (d->protocol == IKE_PROTO_ISAKMP &&
		    d->spi_size == sizeof(own)) {
			struct sa *other = sa_find(ike, spi, spi + 8);

			if (other == sa)
				*self = true;
			else if (other && other->state == QM_IDLE &&
				 other->host == sa->host &&
				 sa_same_peer(other, &sa->path, &sa->remote_id))
				sa_kill(ike, other, IKE_REASON_PEER_DELETE);
		} else if ((d->protocol == IKE_PROTO_ESP ||
			    d->protocol == IKE_PROTO_AH) &&
			   d->spi_size == 4) {
			struct child *c = child_by_out(
				ike, &sa->path.remote.addr, get_be32(spi));

			if (c && p2_protocol(&c->agreed) == d->protocol &&
			    sa_same_peer(sa, &c->path, &c->remote_id))
				child_down(ike, c, IKE_REASON_PEER_DELETE,
					   false);
		}
	}
}

void info_in(struct ike *ike, struct sa *sa, struct in *in)
{
	uint8_t iv[IKE_BLOCK_MAX];
	bool self = false;
	unsigned int i;

	if (keymat_iv2(&sa->km, sa->iv, in->m.hdr.msgid, iv) ||
	    in_decrypt(ike, sa, in, iv) ||
	    !in_hash_ok(ike, sa, in, bytes_of(NULL, 0)) ||
	    !sa_msgid_new(&sa->info_seen, in->m.hdr.msgid)) {
		sa->stats.in_drops++;
		return;
	}
	keep_touch(ike, &sa->keep, IKE_KEEP_SA);
	trace_step(ike, sa,
		   in->m.n_pl > 1 && in->m.pl[1].type == IKE_PL_D ?
			   "IKE_MESG_FROM_PEER, IKE_INFO_DELETE" :
			   "IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY",
		   "IKE_P1_COMPLETE", "IKE_P1_COMPLETE");
	dpd_heard(ike, sa);
	natt_follow(ike, sa, in->path);
	for (i = 0; i < in->m.n_pl && !sa->is_dead; i++) {
		const struct ike_pl *pl = &in->m.pl[i];
		struct ike_notify n;
		struct ike_delete d;

		if (pl->type == IKE_PL_N && !ike_notify_parse(pl->body, &n))
			take_notify(ike, sa, &n);
		else if (pl->type == IKE_PL_D &&
			 !ike_delete_parse(pl->body, &d))
			take_delete(ike, sa, &d, &self);
	}
	/* Only now: the rest of the message was about this SA too. */
	if (self && !sa->is_dead)
		sa_kill(ike, sa, IKE_REASON_PEER_DELETE);
}

/* Not authenticated: said, not acted upon (anybody can send it). */
void info_in_clear(struct ike *ike, struct sa *sa, struct in *in)
{
	const struct ike_pl *pl;
	struct ike_notify n;
	unsigned int i = 0;

	if (sa->state == QM_IDLE || !sa->setup || sa->setup->reported)
		return;
	while ((pl = ike_msg_next(&in->m, IKE_PL_N, &i))) {
		struct report r = { .kind = IKE_FAIL_PEER_NOTIFY, .sa = sa };

		if (ike_notify_parse(pl->body, &n) || n.type >= 16384)
			continue;
		if (n.type == IKE_N_NO_PROPOSAL_CHOSEN)
			r.kind = IKE_FAIL_NO_PROPOSAL;
		else if (n.type == IKE_N_AUTHENTICATION_FAILED)
			r.kind = IKE_FAIL_AUTHENTICATION;
		else if (n.type == IKE_N_INVALID_ID_INFORMATION)
			r.kind = IKE_FAIL_INVALID_ID;
		r.notify = n.type;
		trace_notify_in(ike, sa, &n);
		sa->setup->reported = true;
		report(ike, &r, "the peer says, unproven, notification %u",
		       n.type);
		return;
	}
}
