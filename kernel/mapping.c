// SPDX-License-Identifier: GPL-2.0-only
// A peer behind a NAT was seen at another address or port.
//
// IKE hears of it in any case. With IPSECGW_SA_FLAGS_ROAM the outbound SA of the
// pair follows at once, which needs the lock of the tables and so a work item.
#include "mapping.h"

#include <linux/slab.h>
#include "event.h"
#include "priv.h"
#include "sa.h"
#include "sadb.h"
#include "spd.h"

/* Between two events of an SA; a packet a second is no flood. */
#define INTERVAL HZ

/**
 * struct move - where the peer of an SA is now
 * @work: does it
 * @sa: inbound SA, held
 * @remote: address
 * @port: UDP port
 */
struct move {
	struct work_struct work;
	struct ipsecgw_sa *sa;
	union ipsecgw_addr remote;
	__be16 port;
};

static bool is_partner(const struct ipsecgw_sa *out,
		       const struct ipsecgw_sa *in)
{
	return out->dir == IPSECGW_DIR_OUT && !out->dead &&
	       out->proto == in->proto && out->out->pair == in->spi &&
	       out->family == in->family && out->encap_local;
}

static void move_work(struct work_struct *work)
{
	struct move *m = container_of(work, struct move, work);
	struct ipsecgw_net *ign = m->sa->ign;
	struct ipsecgw_sa *out;
	int id;

	mutex_lock(&ign->lock);
	if (m->sa->dead)
		goto out_unlock;
	/* Nearly always the number next to ours. */
	out = idr_find(&ign->sa_ids, m->sa->id + 1);
	if (!out || !is_partner(out, m->sa)) {
		idr_for_each_entry(&ign->sa_ids, out, id)
			if (is_partner(out, m->sa))
				break;
	}
	if (out)
		ipsecgw_sadb_move(out, &out->local, &m->remote, m->port, NULL);
	m->sa->remote = m->remote;
	m->sa->encap_remote = m->port;
out_unlock:
	mutex_unlock(&ign->lock);
	ipsecgw_sa_put(m->sa);
	kfree(m);
}

static void follow(struct ipsecgw_sa *sa, const union ipsecgw_addr *remote,
		   __be16 port)
{
	struct move *m;

	if (!ipsecgw_sa_tryhold(sa))
		return;
	m = kmalloc(sizeof(*m), GFP_ATOMIC);
	if (!m) {
		ipsecgw_sa_put(sa);
		return;
	}
	INIT_WORK(&m->work, move_work);
	m->sa = sa;
	m->remote = *remote;
	m->port = port;
	queue_work(ipsecgw_wq, &m->work);
}

/**
 * ipsecgw_mapping_changed() - an authenticated packet came from elsewhere
 * @sa: inbound SA with UDP encapsulation
 * @remote: source address
 * @port: source port
 *
 * Context: RCU read side, bottom halves disabled.
 */
void ipsecgw_mapping_changed(struct ipsecgw_sa *sa,
			     const union ipsecgw_addr *remote, __be16 port)
{
	unsigned long next = READ_ONCE(sa->roam_next);

	if (next && time_before(jiffies, next))
		return;
	/* Never 0, which means never. */
	WRITE_ONCE(sa->roam_next, (jiffies + INTERVAL) | 1);
	ipsecgw_event_mapping(sa, remote, port);
	if (sa->flags & IPSECGW_SA_FLAGS_ROAM)
		follow(sa, remote, port);
}
