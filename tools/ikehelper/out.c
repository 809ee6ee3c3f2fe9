// SPDX-License-Identifier: GPL-2.0-or-later
// Build, encrypt and send messages of an SA.

#include "crypto.h"
#include "exchange.h"
#include "trace.h"
#include "v1.h"
#include "wire_esp.h"

#define FRAGMENT_SIZE 576
#define UDP_MAX 1472 /* what needs no fragments */

void out_start(struct ike *ike, struct sa *sa, struct enc *e, uint8_t exchange,
	       uint32_t msgid)
{
	struct ike_hdr h = { .version = IKE_VERSION,
			     .exchange = exchange,
			     .msgid = msgid };

	memcpy(h.icookie, sa->icookie, IKE_COOKIE_LEN);
	memcpy(h.rcookie, sa->rcookie, IKE_COOKIE_LEN);
	enc_start(e, ike->tx, sizeof(ike->tx), &h);
}

void out_hash(struct sa *sa, struct enc *e, size_t at, uint32_t msgid,
	      struct bytes ni)
{
	size_t from = at + sa->km.len;

	if (e->overflow)
		return;
	if (keymat_hash12(&sa->km, msgid, ni,
			  bytes_of(e->p + from, e->len - from), e->p + at))
		e->overflow = true;
}

struct bytes out_finish(struct sa *sa, struct enc *e, uint8_t *iv)
{
	size_t len;

	if (iv) {
		e->p[19] |= IKE_F_ENC;
		enc_pad(e, crypto_block_len(sa->km.encr));
	}
	len = enc_finish(e);
	if (!len)
		return bytes_of(NULL, 0);
	if (iv &&
	    keymat_encrypt(&sa->km, iv, e->p + IKE_HDR_LEN, len - IKE_HDR_LEN))
		return bytes_of(NULL, 0);
	return bytes_of(e->p, len);
}

static size_t fragment_size(struct ike *ike, const struct sa *sa)
{
	const struct ike_peer *peer = ike->ops->peer_get(ike->ctx, sa->peer);

	if (!peer || !(peer->flags & IKE_PEER_FRAGMENT) ||
	    !(sa->vids & VID_BIT(VID_FRAG)))
		return 0;
	return peer->fragment_size ? peer->fragment_size : FRAGMENT_SIZE;
}

static void send_one(struct ike *ike, struct sa *sa, struct bytes msg)
{
	sa->stats.out_packets++;
	sa->stats.out_octets += msg.len;
	trace_sent(ike, sa);
	keep_sync(ike);
	ike->ops->send(ike->ctx, &sa->path, msg.p, msg.len);
}

void out_send(struct ike *ike, struct sa *sa, struct bytes msg)
{
	size_t size = fragment_size(ike, sa);
	uint8_t buf[UDP_MAX];
	unsigned int i, n;

	if (!msg.p)
		return;
	if (!size || msg.len <= size) {
		send_one(ike, sa, msg);
		return;
	}
	if (size > sizeof(buf))
		size = sizeof(buf);
	n = frag_count(msg.len, size);
	sa->frag_id++;
	for (i = 1; i <= n; i++) {
		size_t len = frag_fill(msg, sa->frag_id, i, buf, size);

		send_one(ike, sa, bytes_of(buf, len));
	}
}

void out_again(struct ike *ike, struct sa *sa, const struct retrans *r)
{
	if (r->msg.p)
		out_send(ike, sa, octets_bytes(&r->msg));
}

void out_error(struct ike *ike, struct sa *sa, uint16_t type)
{
	struct ike_notify n = { .doi = IKE_DOI_IPSEC,
				.protocol = IKE_PROTO_ISAKMP,
				.type = type };
	uint32_t msgid = ike_random32(ike);
	struct enc e;

	if (!host_may_notify(ike, sa->host))
		return;
	trace_notify_out(ike, sa, n.protocol, type);
	out_start(ike, sa, &e, IKE_EX_INFO, msgid);
	enc_notify(&e, &n);
	sa->stats.notifies_out++;
	out_send(ike, sa, out_finish(sa, &e, NULL));
}
