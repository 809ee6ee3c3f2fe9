// SPDX-License-Identifier: GPL-2.0-or-later
/* What control clients ask of the engine. */
#include "ask.h"

#include <json-c/json.h>

#include "frame.h"
#include "plan.h"
#include "request.h"
#include "rows.h"

bool ask_show(const struct ask *a, const struct request *r, uint64_t *cursor,
	      char **frame)
{
	const struct addr *peer = r->addr.family ? &r->addr : NULL;

	switch (r->kind) {
	case REQ_ISAKMP_SA:
		*frame = rows_isakmp_sa(a->ike, a->plan, peer, cursor);
		return true;
	case REQ_IPSEC_SA:
		*frame = rows_ipsec_sa(a->ike, a->plan, peer, cursor);
		return true;
	case REQ_SESSION:
		*frame = rows_session(a->sessions, a->plan, peer, cursor);
		return true;
	case REQ_ISAKMP_HISTORY:
		*frame = rows_isakmp_history(a->history, a->plan, cursor);
		return true;
	case REQ_IPSEC_TUNNEL:
		*frame = rows_ipsec_tunnel(a->history, a->plan, cursor);
		return true;
	case REQ_IPSEC_HISTORY:
		*frame = rows_ipsec_history(a->history, a->plan, cursor);
		return true;
	case REQ_ISAKMP_GLOBAL:
		*frame = rows_isakmp_global(a->history, a->ike);
		return true;
	case REQ_FAILURES:
		*frame = rows_failures(a->history, a->plan, false, cursor);
		return true;
	case REQ_MIB_FAILURES:
		*frame = rows_failures(a->history, a->plan, true, cursor);
		return true;
	default:
		return false;
	}
}

char *ask_clear(struct ike *ike, const struct plan *plan,
		const struct request *r, uint64_t *cursor)
{
	struct ike_which which = { .remote = r->addr };
	uint32_t vrf = 0;
	struct json_object *rows = json_object_new_array();
	unsigned int what = r->kind == REQ_CLEAR_ISAKMP ? IKE_CLEAR_ISAKMP :
			    r->kind == REQ_CLEAR_SA	? IKE_CLEAR_IPSEC :
							  IKE_CLEAR_ISAKMP |
							      IKE_CLEAR_IPSEC;

	if (r->kind == REQ_CLEAR_ISAKMP)
		which.conn = r->number;
	else if (r->kind == REQ_CLEAR_SA)
		which.in_spi = r->number;
	else
		which.remote_port = r->number;
	if (*r->name)
		addr_parse(r->name, &which.local);
	/* One session is of one VRF. */
	if (*r->text)
		vrf = plan_vrf_named(plan, r->text);
	if (*r->name || *r->text)
		which.vrf = &vrf;
	json_object_array_add(rows, json_object_new_uint64(ike_clear(
					    ike, &which, what, cursor)));
	return frame_rows(rows, *cursor);
}
