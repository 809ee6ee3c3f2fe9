// SPDX-License-Identifier: GPL-2.0-or-later
// Snapshots of SAs for views and events, and the names of states.

#include "info.h"
#include "child.h"
#include "ident.h"
#include "sorted.h"

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

static void count(const struct sa *sa, struct ike_sa_info *info)
{
	const struct sa_stats *s = &sa->stats;

	info->state = sa->state;
	info->is_deleted = sa->is_dead || sa->is_closing;
	info->in_packets = s->in_packets;
	info->out_packets = s->out_packets;
	info->in_octets = s->in_octets;
	info->out_octets = s->out_octets;
	info->in_drops = s->in_drops;
	info->retransmits = s->retransmits;
	info->n_exchanges = s->n_exchanges;
	info->n_rejects = s->n_rejects;
	info->n_exchanges_in = s->n_exchanges_in;
	info->n_rejects_in = s->n_rejects_in;
	info->n_invalids = s->n_invalids;
	info->n_invalids_in = s->n_invalids_in;
	info->n_notifies_in = s->notifies_in;
	info->n_notifies_out = s->notifies_out;
	info->n_deletes_in = s->deletes_in;
	info->n_deletes_out = s->deletes_out;
}

uint32_t ike_ivrf(struct ike *ike, uint32_t peer)
{
	const struct ike_peer *p = ike->ops->peer_get(ike->ctx, peer);

	return p ? p->ivrf : 0;
}

/* The one that a view names. */
static uint32_t inside(struct ike *ike, uint32_t peer,
		       const struct ike_path *path)
{
	uint32_t own = ike_ivrf(ike, peer);

	return own ? own : path->vrf;
}

void sa_info(struct ike *ike, const struct sa *sa, struct ike_sa_info *info)
{
	*info = (struct ike_sa_info){
		.conn = sa->conn,
		.peer = sa->peer,
		.is_initiator = sa->initiator,
		.is_aggressive = sa->aggressive,
		.natt = sa->natt != VID_NATT_OFF,
		.local_nat = sa->local_nat,
		.remote_nat = sa->remote_nat,
		.frag = sa->vids & VID_BIT(VID_FRAG),
		.dpd = sa->vids & VID_BIT(VID_DPD),
		.path = sa->path,
		.ivrf = inside(ike, sa->peer, &sa->path),
		.p1 = sa->p1,
		.age = (ike->now - sa->created) / 1000,
	};
	count(sa, info);
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
		.ivrf = inside(ike, c->peer, &c->path),
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

void ike_each_count(struct ike *ike, ike_sa_fn *fn, void *arg)
{
	struct ike_sa_info info = { 0 };
	struct sa *sa;

	TAILQ_FOREACH(sa, &ike->sas, in_all)
	{
		count(sa, &info);
		fn(&info, arg);
	}
}

void ike_each_child(struct ike *ike, ike_child_fn *fn, void *arg)
{
	struct ike_child_info info;
	struct child *c;

	ike_enter(ike);
	TAILQ_FOREACH(c, &ike->children, in_all)
	{
		if (c->is_stale)
			continue;
		child_info(ike, c, &info);
		fn(&info, arg);
	}
	ike_leave(ike);
}

/* What one peer has behind @after, in order. */
static struct sorted_list sas_of(struct ike *ike, const struct addr *peer,
				 uint64_t after)
{
	struct sorted_list l = { 0 };
	struct host *h = NULL;
	struct sa *sa;

	while ((h = host_next(ike, peer, h))) {
		TAILQ_FOREACH(sa, &h->sas, in_host)
		{
			if (sa->conn > after)
				sorted_add(&l, sa->conn, sa);
		}
	}
	sorted_sort(&l);
	return l;
}

static struct sorted_list children_of(struct ike *ike, const struct addr *peer,
				      uint64_t after)
{
	struct sorted_list l = { 0 };
	struct host *h = NULL;
	struct child *c;

	while ((h = host_next(ike, peer, h))) {
		TAILQ_FOREACH(c, &h->children, in_host)
		{
			if (c->order > after)
				sorted_add(&l, c->order, c);
		}
	}
	sorted_sort(&l);
	return l;
}

static bool tell_sa(struct ike *ike, const struct sa *sa, ike_next_sa_fn *fn,
		    void *arg)
{
	struct ike_sa_info info;

	sa_info(ike, sa, &info);
	return fn(&info, arg);
}

static bool tell_child(struct ike *ike, const struct child *c,
		       ike_next_child_fn *fn, void *arg)
{
	struct ike_child_info info;

	child_info(ike, c, &info);
	return fn(&info, arg);
}

/* Both lists are in the order of these numbers. */
void ike_next_sas(struct ike *ike, uint64_t after, const struct addr *peer,
		  ike_next_sa_fn *fn, void *arg)
{
	struct sorted_list l = { 0 };
	struct sa *sa = NULL;
	size_t i;

	ike_enter(ike);
	if (peer)
		l = sas_of(ike, peer, after);
	else
		sa = TAILQ_FIRST(&ike->sas);
	for (i = 0; i < l.n && tell_sa(ike, l.v[i].element, fn, arg); i++)
		;
	for (; sa; sa = TAILQ_NEXT(sa, in_all))
		if (sa->conn > after && !tell_sa(ike, sa, fn, arg))
			break;
	free(l.v);
	ike_leave(ike);
}

void ike_next_children(struct ike *ike, uint64_t after, const struct addr *peer,
		       ike_next_child_fn *fn, void *arg)
{
	struct sorted_list l = { 0 };
	struct child *c = NULL;
	size_t i;

	ike_enter(ike);
	if (peer)
		l = children_of(ike, peer, after);
	else
		c = TAILQ_FIRST(&ike->children);
	for (i = 0; i < l.n && tell_child(ike, l.v[i].element, fn, arg); i++)
		;
	for (; c; c = TAILQ_NEXT(c, in_all))
		if (c->order > after && !tell_child(ike, c, fn, arg))
			break;
	free(l.v);
	ike_leave(ike);
}
