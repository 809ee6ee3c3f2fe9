// SPDX-License-Identifier: GPL-2.0-or-later
// Snapshots of SAs for views and events, and the names of states.

#include "info.h"
#include "child.h"
#include "ident.h"

static const char *const states[] = {
	[MM_NO_STATE] = "MM_NO_STATE", [MM_SA_SETUP] = "MM_SA_SETUP",
	[MM_KEY_EXCH] = "MM_KEY_EXCH", [MM_KEY_AUTH] = "MM_KEY_AUTH",
	[AG_NO_STATE] = "AG_NO_STATE", [AG_INIT_EXCH] = "AG_INIT_EXCH",
	[AG_AUTH] = "AG_AUTH",	       [QM_IDLE] = "QM_IDLE",
};

static const char *const reasons[] = {
	[IKE_REASON_NONE] = "none",
	[IKE_REASON_LIFETIME] = "lifetime",
	[IKE_REASON_REKEYED] = "rekeyed",
	[IKE_REASON_PEER_DELETE] = "deleted by the peer",
	[IKE_REASON_PEER_DEAD] = "peer dead",
	[IKE_REASON_RETRANSMIT] = "no answer",
	[IKE_REASON_FAILED] = "failed",
	[IKE_REASON_INITIAL_CONTACT] = "initial contact",
	[IKE_REASON_CLEARED] = "cleared",
	[IKE_REASON_CONFIG] = "configuration changed",
	[IKE_REASON_IDLE] = "idle",
	[IKE_REASON_DUPLICATE] = "duplicate",
	[IKE_REASON_LIMIT] = "limit",
	[IKE_REASON_SHUTDOWN] = "shutdown",
	[IKE_REASON_KERNEL] = "kernel",
};

const char *ike_state_name(enum ike_state state)
{
	return state < sizeof(states) / sizeof(states[0]) ? states[state] :
							    "UNKNOWN";
}

const char *ike_reason_name(enum ike_reason reason)
{
	return reason < sizeof(reasons) / sizeof(reasons[0]) ? reasons[reason] :
							       "unknown";
}

void sa_info(struct ike *ike, const struct sa *sa, struct ike_sa_info *info)
{
	*info = (struct ike_sa_info){
		.conn = sa->conn,
		.peer = sa->peer,
		.state = sa->state,
		.is_initiator = sa->initiator,
		.is_aggressive = sa->aggressive,
		.is_deleted = sa->is_dead || sa->is_closing,
		.natt = sa->natt != VID_NATT_OFF,
		.local_nat = sa->local_nat,
		.remote_nat = sa->remote_nat,
		.frag = sa->vids & VID_BIT(VID_FRAG),
		.dpd = sa->vids & VID_BIT(VID_DPD),
		.path = sa->path,
		.p1 = sa->p1,
		.age = (ike->now - sa->created) / 1000,
		.in_packets = sa->stats.in_packets,
		.out_packets = sa->stats.out_packets,
		.in_octets = sa->stats.in_octets,
		.out_octets = sa->stats.out_octets,
		.in_drops = sa->stats.in_drops,
		.retransmits = sa->stats.retransmits,
		.n_exchanges = sa->stats.n_exchanges,
		.n_rejects = sa->stats.n_rejects,
		.n_exchanges_in = sa->stats.n_exchanges_in,
		.n_rejects_in = sa->stats.n_rejects_in,
		.n_invalids = sa->stats.n_invalids,
		.n_invalids_in = sa->stats.n_invalids_in,
		.n_notifies_in = sa->stats.notifies_in,
		.n_notifies_out = sa->stats.notifies_out,
		.n_deletes_in = sa->stats.deletes_in,
		.n_deletes_out = sa->stats.deletes_out,
	};
	if (sa->state == QM_IDLE) {
		info->up = (ike->now - sa->established) / 1000;
		info->left = sa->expires > ike->now ?
				     (sa->expires - ike->now) / 1000 :
				     0;
	}
	if (sa->local_id.type)
		ident_from(&info->local_id, &sa->local_id);
	if (sa->remote_id.type)
		ident_from(&info->remote_id, &sa->remote_id);
	memcpy(info->icookie, sa->icookie, sizeof(info->icookie));
	memcpy(info->rcookie, sa->rcookie, sizeof(info->rcookie));
}

void child_info(struct ike *ike, const struct child *c,
		struct ike_child_info *info)
{
	*info = (struct ike_child_info){
		.order = c->order,
		.conn = c->conn,
		.peer = c->peer,
		.flow = c->flow,
		.rule = c->rule,
		.in_spi = c->in_spi,
		.out_spi = c->out_spi,
		.in_id = c->in_id,
		.out_id = c->out_id,
		.is_initiator = c->is_initiator,
		.is_active = c->is_active,
		.is_encap = c->is_encap,
		.path = c->path,
		.p2 = c->agreed,
		.up = (ike->now - c->created) / 1000,
		.left = c->expires > ike->now ? (c->expires - ike->now) / 1000 :
						0,
		.sel = c->sel,
	};
	ident_from(&info->remote_id, &c->remote_id);
}

uint64_t ike_strays(const struct ike *ike)
{
	return ike->n_strays;
}

void ike_each_sa(struct ike *ike, ike_sa_fn *fn, void *arg)
{
	struct ike_sa_info info;
	struct sa *sa;

	ike_enter(ike);
	TAILQ_FOREACH(sa, &ike->sas, in_all)
	{
		sa_info(ike, sa, &info);
		fn(&info, arg);
	}
	ike_leave(ike);
}

void ike_each_child(struct ike *ike, ike_child_fn *fn, void *arg)
{
	struct ike_child_info info;
	struct child *c;

	ike_enter(ike);
	TAILQ_FOREACH(c, &ike->children, in_all)
	{
		child_info(ike, c, &info);
		fn(&info, arg);
	}
	ike_leave(ike);
}

/* Both lists are in the order of these numbers. */
void ike_next_sas(struct ike *ike, uint64_t after, const struct addr *peer,
		  ike_next_sa_fn *fn, void *arg)
{
	struct ike_sa_info info;
	bool go_on = true;
	struct sa *sa;

	ike_enter(ike);
	for (sa = TAILQ_FIRST(&ike->sas); sa && go_on;
	     sa = TAILQ_NEXT(sa, in_all)) {
		if (sa->conn <= after ||
		    (peer && !addr_eq(&sa->path.remote.addr, peer)))
			continue;
		sa_info(ike, sa, &info);
		go_on = fn(&info, arg);
	}
	ike_leave(ike);
}

void ike_next_children(struct ike *ike, uint64_t after, const struct addr *peer,
		       ike_next_child_fn *fn, void *arg)
{
	struct ike_child_info info;
	bool go_on = true;
	struct child *c;

	ike_enter(ike);
	for (c = TAILQ_FIRST(&ike->children); c && go_on;
	     c = TAILQ_NEXT(c, in_all)) {
		if (c->order <= after ||
		    (peer && !addr_eq(&c->path.remote.addr, peer)))
			continue;
		child_info(ike, c, &info);
		go_on = fn(&info, arg);
	}
	ike_leave(ike);
}
