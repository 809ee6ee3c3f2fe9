// SPDX-License-Identifier: GPL-2.0-or-later
/* NAT detection: hashes of addresses and ports (RFC 3947, 3.2). */
#include "natd.h"

#include "crypto.h"
#include "payload.h"
#include "wire_esp.h"

int natd_hash(uint16_t hash, const struct ike_hdr *h, const struct addr *a,
	      uint16_t port, uint8_t *out)
{
	uint8_t be_port[2];
	struct bytes part[] = {
		bytes_of(h->icookie, IKE_COOKIE_LEN),
		bytes_of(h->rcookie, IKE_COOKIE_LEN),
		bytes_of(a->b, addr_len(a->family)),
		bytes_of(be_port, 2),
	};

	put_be16(be_port, port);
	return crypto_hash(hash, part, 4, out);
}

int natd_check(const struct ike_msg *m, const struct ike_hdr *h, bool old,
	       const struct natd_ends *ends, struct natd_verdict *v)
{
	uint8_t us[IKE_HASH_MAX], peer[IKE_HASH_MAX];
	size_t len = crypto_hash_len(ends->hash);
	unsigned int i = 0, n = 0;
	const struct ike_pl *pl;
	int err;

	memset(v, 0, sizeof(*v));
	err = natd_hash(ends->hash, h, ends->us, ends->us_port, us);
	if (!err)
		err = natd_hash(ends->hash, h, ends->peer, ends->peer_port,
				peer);
	if (err)
		return err;
	v->behind_peer = true;
	while ((pl = ike_msg_next(m, old ? IKE_PL_NATD_DRAFT : IKE_PL_NATD,
				  &i))) {
		if (pl->body.len != len)
			return IKE_N_PAYLOAD_MALFORMED;
		if (!n++)
			v->behind_us = memcmp(pl->body.p, us, len);
		else if (!memcmp(pl->body.p, peer, len))
			v->behind_peer = false;
	}
	v->present = n >= 2;
	if (!v->present)
		v->behind_us = v->behind_peer = false;
	return 0;
}
