// SPDX-License-Identifier: GPL-2.0-or-later
// NAT traversal (RFC 3947): detection, the change to port 4500, keepalives.

#include "natt.h"
#include "child.h"
#include "crypto.h"
#include "natd.h"
#include "wire_esp.h"

#define NATT_PORT 4500

static struct ike_hdr cookies(const struct sa *sa)
{
	struct ike_hdr h = { 0 };

	memcpy(h.icookie, sa->icookie, IKE_COOKIE_LEN);
	memcpy(h.rcookie, sa->rcookie, IKE_COOKIE_LEN);
	return h;
}

static void fill_one(struct sa *sa, struct enc *e, const struct ike_end *end,
		     bool wrong)
{
	struct ike_hdr h = cookies(sa);
	uint8_t type = sa->natt == VID_NATT_OLD ? IKE_PL_NATD_DRAFT :
						  IKE_PL_NATD;
	uint8_t hash[IKE_HASH_MAX];

	if (natd_hash(sa->p1.hash, &h, &end->addr, end->port, hash)) {
		e->overflow = true;
		return;
	}
	/* A NAT that there is not: makes both sides encapsulate. */
	if (wrong)
		hash[0] ^= 0xff;
	enc_payload(e, type, bytes_of(hash, crypto_hash_len(sa->p1.hash)));
}

void natt_fill(struct ike *ike, struct sa *sa, struct enc *e,
	       const struct ike_peer *peer)
{
	(void)ike;
	if (sa->natt == VID_NATT_OFF)
		return;
	fill_one(sa, e, &sa->path.remote, false);
	fill_one(sa, e, &sa->path.local, peer->flags & IKE_PEER_FORCE_ENCAP);
}

bool natt_take(struct sa *sa, const struct in *in, const struct ike_peer *peer)
{
	struct ike_hdr h = cookies(sa);
	struct natd_ends ends = { .hash = sa->p1.hash,
				  .us = &in->path->local.addr,
				  .peer = &in->path->remote.addr,
				  .us_port = in->path->local.port,
				  .peer_port = in->path->remote.port };
	struct natd_verdict v = { 0 };

	if (sa->natt == VID_NATT_OFF)
		return true;
	if (natd_check(&in->m, &h, sa->natt == VID_NATT_OLD, &ends, &v))
		return false;
	sa->has_natd = v.present;
	if (!v.present)
		return true;
	sa->local_nat = v.behind_us || peer->flags & IKE_PEER_FORCE_ENCAP;
	sa->remote_nat = v.behind_peer;
	return true;
}

void natt_float(struct ike *ike, struct sa *sa)
{
	(void)ike;
	if (!sa->local_nat && !sa->remote_nat)
		return;
	if (sa->path.local.port == NATT_PORT)
		return;
	sa->path.local.port = NATT_PORT;
	sa->path.remote.port = NATT_PORT;
}

void natt_follow(struct ike *ike, struct sa *sa, const struct ike_path *path)
{
	struct child *c, *next;
	struct host *old = sa->host;

	if (addr_eq(&sa->path.remote.addr, &path->remote.addr) &&
	    sa->path.remote.port == path->remote.port &&
	    sa->path.local.port == path->local.port)
		return;
	/*
	 * Who is not behind a NAT does not move. But NAT-D payloads are proved by
	 * nothing: if the peer goes to port 4500, it has found a NAT.
	 */
	if (!sa->remote_nat && !sa->local_nat) {
		if (sa->natt == VID_NATT_OFF || path->local.port != NATT_PORT ||
		    !addr_eq(&sa->path.remote.addr, &path->remote.addr))
			return;
		sa->remote_nat = true;
	}
	if (sa->path.local.port == NATT_PORT && path->local.port != NATT_PORT)
		return;
	for (c = TAILQ_FIRST(&old->children); c; c = next) {
		next = TAILQ_NEXT(c, in_host);
		if (c->is_encap && sa_same_peer(sa, &c->path, &c->remote_id))
			child_move(ike, c, path);
	}
	sa_move(ike, sa, path);
}

static void keepalive_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct sa *sa = container_of(t, struct sa, keepalive);

	ike->ops->keepalive(ike->ctx, &sa->path);
	natt_start(ike, sa);
}

void natt_start(struct ike *ike, struct sa *sa)
{
	const struct ike_peer *peer = ike->ops->peer_get(ike->ctx, sa->peer);

	if (!peer || !peer->nat_keepalive || !sa->local_nat ||
	    sa->path.local.port != NATT_PORT)
		return;
	timer_set(&ike->timers, &sa->keepalive,
		  ike->now + (uint64_t)peer->nat_keepalive * 1000,
		  keepalive_timer);
}

uint16_t natt_udp(const struct sa *sa)
{
	/* Both know the port, whatever each has found out. */
	if (sa->path.local.port != NATT_PORT)
		return 0;
	return sa->natt == VID_NATT_OLD ? IKE_ENCAP_DRAFT_TUNNEL :
					  IKE_ENCAP_UDP_TUNNEL;
}
