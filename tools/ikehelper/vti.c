// SPDX-License-Identifier: GPL-2.0-or-later
/* Tunnel interfaces: made, set up, removed. */
#include "vti.h"

#include <net/if.h>
#include <string.h>

#include "../lib/log.h"
#include "../lib/rtnl.h"
#include "compile.h"

#define KIND "ipsecgw"

static const struct want_bind *same(const struct wants *w,
				    const struct want_bind *b)
{
	size_t i;

	for (i = 0; w && i < w->n_binds; i++)
		if (w->binds[i].tunnel && !strcmp(w->binds[i].dev, b->dev))
			return &w->binds[i];
	return NULL;
}

static void complain(const char *dev, const char *what, int err)
{
	log_error("interface %s: %s: %s", dev, what, strerror(-err));
}

static void set_addr(struct rtnl *r, const struct want_bind *b, uint32_t device,
		     const struct cfg_if *ifc, bool add)
{
	int err;

	if (!ifc->addr.family)
		return;
	err = rtnl_link_addr(r, device, &ifc->addr, &ifc->mask, add);
	if (err && add)
		complain(b->dev, "its address", err);
}

static bool is_as_before(const struct cfg_if *a, const struct cfg_if *b)
{
	return a->mtu == b->mtu && addr_eq(&a->addr, &b->addr) &&
	       addr_eq(&a->mask, &b->mask) &&
	       !strcmp(a->vrf ? a->vrf : "", b->vrf ? b->vrf : "");
}

static void set_up(struct rtnl *r, const struct want_bind *b,
		   const struct want_bind *was, bool is_new)
{
	const struct cfg_if *ifc = b->tunnel;
	uint32_t device = if_nametoindex(b->dev);
	uint32_t vrf = ifc->vrf ? if_nametoindex(ifc->vrf) : 0;
	int err;

	if (!device || (!is_new && was && is_as_before(was->tunnel, ifc)))
		return;
	if (ifc->vrf && !vrf)
		log_warn("interface %s: there is no VRF %s", b->dev, ifc->vrf);
	err = rtnl_link_set(r, device, ifc->mtu, vrf);
	if (err)
		complain(b->dev, "cannot be set up", err);
	if (!is_new && was &&
	    (!addr_eq(&was->tunnel->addr, &ifc->addr) ||
	     !addr_eq(&was->tunnel->mask, &ifc->mask)))
		set_addr(r, b, device, was->tunnel, false);
	set_addr(r, b, device, ifc, true);
}

static void remove_unwanted(struct rtnl *r, const struct wants *old,
			    const struct wants *new)
{
	size_t i;

	for (i = 0; old && i < old->n_binds; i++) {
		const struct want_bind *b = &old->binds[i];
		uint32_t device = if_nametoindex(b->dev);

		if (b->tunnel && device && !same(new, b) &&
		    rtnl_link_is(r, device, KIND))
			rtnl_link_del(r, device);
	}
}

void vti_apply(struct rtnl *r, const struct wants *old, struct wants *new)
{
	size_t i;
	int err;

	remove_unwanted(r, old, new);
	for (i = 0; i < new->n_binds; i++) {
		struct want_bind *b = &new->binds[i];
		uint32_t device = if_nametoindex(b->dev);

		if (!b->tunnel)
			continue;
		err = device ? 0 : rtnl_link_make(r, b->dev, KIND);
		if (err)
			complain(b->dev, "cannot be made", err);
		b->is_foreign = device && !rtnl_link_is(r, device, KIND);
		if (!b->is_foreign)
			set_up(r, b, same(old, b), !device);
		else if (old != new)
			log_warn(
				"interface %s: somebody else's device has that "
				"name; remove it, or enter 'device' with "
				"another name",
				b->dev);
	}
}
