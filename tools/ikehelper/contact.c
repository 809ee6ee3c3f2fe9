// SPDX-License-Identifier: GPL-2.0-or-later
// INITIAL-CONTACT (RFC 2407 4.6.3.3): one side has lost all that it had.

#include "contact.h"
#include "child.h"
#include "trace.h"
#include "wire_esp.h"

bool contact_is_first(const struct sa *sa, const struct ike_peer *peer)
{
	struct sa *other;

	if (!(peer->flags & IKE_PEER_INITIAL_CONTACT) ||
	    !TAILQ_EMPTY(&sa->host->children))
		return false;
	TAILQ_FOREACH(other, &sa->host->sas, in_host)
	{
		if (other->state == QM_IDLE)
			return false;
	}
	return true;
}

void contact_fill(struct sa *sa, struct enc *e)
{
	uint8_t spi[2 * IKE_COOKIE_LEN] = { 0 };
	struct ike_notify n = { .doi = IKE_DOI_IPSEC,
				.protocol = IKE_PROTO_ISAKMP,
				.type = IKE_N_INITIAL_CONTACT,
				.spi = bytes_of(spi, sizeof(spi)) };

	memcpy(spi, sa->icookie, IKE_COOKIE_LEN);
	memcpy(spi + IKE_COOKIE_LEN, sa->rcookie, IKE_COOKIE_LEN);
	enc_notify(e, &n);
}

bool contact_is_told(const struct ike_msg *m)
{
	const struct ike_pl *pl;
	struct ike_notify n;
	unsigned int i = 0;

	while ((pl = ike_msg_next(m, IKE_PL_N, &i))) {
		if (!ike_notify_parse(pl->body, &n) &&
		    n.type == IKE_N_INITIAL_CONTACT)
			return true;
	}
	return false;
}

void contact_take(struct ike *ike, struct sa *sa)
{
	struct sa *other, *next;

	trace_sa(
		ike, sa,
		"Process initial contact, bring down existing phase 1 and 2 SA's");
	ike_log(ike, IKE_LOG_INFO, &sa->path, "initial contact");
	for (other = TAILQ_FIRST(&sa->host->sas); other; other = next) {
		next = TAILQ_NEXT(other, in_host);
		/* What came up after this began is not of a former life. */
		if (other != sa && other->state == QM_IDLE &&
		    other->established < sa->created &&
		    sa_same_peer(other, &sa->path, &sa->remote_id))
			sa_kill(ike, other, IKE_REASON_INITIAL_CONTACT);
	}
	child_down_peer(ike, sa, sa->created, IKE_REASON_INITIAL_CONTACT);
}
