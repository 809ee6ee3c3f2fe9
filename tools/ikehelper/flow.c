// SPDX-License-Identifier: GPL-2.0-or-later
// Flows of the configuration and the proxy identities that name them.

#include "flow.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "../lib/sel_set.h"

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP;
}

static void one_range(struct id_range *r, uint8_t family, const struct addr *a,
		      const struct addr *mask)
{
	unsigned int i;

	memset(r, 0, sizeof(*r));
	r->lo.family = family;
	r->hi.family = family;
	for (i = 0; i < addr_len(family); i++) {
		uint8_t m = mask ? mask->b[i] : 0xff;

		r->lo.b[i] = a ? a->b[i] & m : 0;
		r->hi.b[i] = a ? a->b[i] | (uint8_t)~m : 0xff;
	}
}

void flow_proxies(const struct selector *sel, struct proxies *p)
{
	uint8_t family = HAS(sel, SEL_FAMILY) ? sel->family : AF_INET;
	uint8_t proto = HAS(sel, SEL_PROTO) ? sel->proto : 0;

	one_range(&p->local, family, HAS(sel, SEL_SRC) ? &sel->src : NULL,
		  HAS(sel, SEL_SRC_MASK) ? &sel->src_mask : NULL);
	one_range(&p->remote, family, HAS(sel, SEL_DST) ? &sel->dst : NULL,
		  HAS(sel, SEL_DST_MASK) ? &sel->dst_mask : NULL);
	p->local.protocol = proto;
	p->remote.protocol = proto;
	if (!has_ports(proto))
		return;
	/* A proxy identity has one port or all (RFC 2407 4.6.2). */
	if (HAS(sel, SEL_SPORT_MIN) && sel->sport_min == sel->sport_max)
		p->local.port = sel->sport_min;
	if (HAS(sel, SEL_DPORT_MIN) && sel->dport_min == sel->dport_max)
		p->remote.port = sel->dport_min;
}

static bool range_mask(const struct id_range *r, struct addr *mask)
{
	unsigned int i;

	*mask = (struct addr){ .family = r->lo.family };
	for (i = 0; i < addr_len(r->lo.family); i++) {
		mask->b[i] = (uint8_t) ~(r->lo.b[i] ^ r->hi.b[i]);
		if (r->lo.b[i] & (uint8_t)~mask->b[i])
			return false;
	}
	return addr_mask_len(mask) >= 0;
}

bool flow_selector(const struct proxies *p, struct selector *sel)
{
	*sel = (struct selector){ .family = p->local.lo.family,
				  .src = p->local.lo,
				  .dst = p->remote.lo };
	if (p->local.lo.family != p->remote.lo.family ||
	    !range_mask(&p->local, &sel->src_mask) ||
	    !range_mask(&p->remote, &sel->dst_mask))
		return false;
	PUT(sel, SEL_FAMILY);
	PUT(sel, SEL_SRC);
	PUT(sel, SEL_SRC_MASK);
	PUT(sel, SEL_DST);
	PUT(sel, SEL_DST_MASK);
	sel->proto = p->local.protocol;
	if (sel->proto)
		PUT(sel, SEL_PROTO);
	if (p->local.port) {
		sel->sport_min = p->local.port;
		sel->sport_max = p->local.port;
		PUT(sel, SEL_SPORT_MIN);
		PUT(sel, SEL_SPORT_MAX);
	}
	if (p->remote.port) {
		sel->dport_min = p->remote.port;
		sel->dport_max = p->remote.port;
		PUT(sel, SEL_DPORT_MIN);
		PUT(sel, SEL_DPORT_MAX);
	}
	return p->local.protocol == p->remote.protocol;
}

static int fmt_one(const struct id_range *r, char *buf, size_t size)
{
	char lo[ADDR_STR], hi[ADDR_STR];
	struct addr mask;

	addr_fmt(&r->lo, lo);
	if (range_mask(r, &mask))
		return snprintf(buf, size, "%s/%s/%u/%u", lo,
				addr_fmt(&mask, hi), r->protocol, r->port);
	return snprintf(buf, size, "%s-%s/%u/%u", lo, addr_fmt(&r->hi, hi),
			r->protocol, r->port);
}

char *flow_fmt(const struct proxies *p, char buf[FLOW_STR])
{
	int n = fmt_one(&p->local, buf, FLOW_STR);

	if (n > 0 && n < FLOW_STR - 4) {
		memcpy(buf + n, " - ", 4);
		fmt_one(&p->remote, buf + n + 3, FLOW_STR - n - 3);
	}
	return buf;
}

char *flow_fmt_line(const struct ike_flow *f, const struct ike_except *x,
		    char buf[FLOW_LINE_STR])
{
	char sel[SEL_STR];

	snprintf(buf, FLOW_LINE_STR, "line %u of access list %.50s: %s %s",
		 x->line, f->acl ? f->acl : "",
		 x->is_permit ? "permit" : "deny", sel_fmt(&x->sel, sel));
	return buf;
}

/* How much of the proxies a flow is for. */
enum fit { FIT_NO, FIT_PART, FIT_EQUAL };

static enum fit fit_of(const struct ike_flow *f, const struct proxies *p)
{
	struct proxies ours;

	if (f->any_sel)
		return FIT_PART;
	flow_proxies(&f->sel, &ours);
	if (id_range_eq(&ours.local, &p->local) &&
	    id_range_eq(&ours.remote, &p->remote))
		return FIT_EQUAL;
	return id_range_within(&p->local, &ours.local) &&
			       id_range_within(&p->remote, &ours.remote) ?
		       FIT_PART :
		       FIT_NO;
}

/* The line that has all of them before the flow has any. */
static const struct ike_except *taken_by(const struct ike_flow *f,
					 const struct proxies *p)
{
	struct selector sel;
	unsigned int i;

	if (!f->n_except || !flow_selector(p, &sel))
		return NULL;
	for (i = 0; i < f->n_except; i++)
		if (sel_is_within(&sel, &f->except[i].sel))
			return &f->except[i];
	return NULL;
}

const struct ike_flow *flow_match(struct ike *ike, const struct sa *sa,
				  const struct proxies *p,
				  struct flow_miss *miss)
{
	const struct ike_flow *f = NULL, *part = NULL;
	unsigned int left = 100000;

	*miss = (struct flow_miss){ 0 };
	while (left-- && (f = ike->ops->flow_next(ike->ctx, &sa->path, sa->peer,
						  f ? f->ref : 0))) {
		const struct ike_except *by;
		enum fit fit = fit_of(f, p);

		if (!miss->near)
			miss->near = f;
		if (fit == FIT_NO || (fit == FIT_PART && part))
			continue;
		by = taken_by(f, p);
		if (by) {
			if (!miss->by)
				*miss = (struct flow_miss){ f, by };
			continue;
		}
		if (fit == FIT_EQUAL)
			return f;
		part = f;
	}
	return part;
}

bool flow_sel_eq(const struct selector *a, const struct selector *b)
{
	struct proxies pa, pb;

	flow_proxies(a, &pa);
	flow_proxies(b, &pb);
	return id_range_eq(&pa.local, &pb.local) &&
	       id_range_eq(&pa.remote, &pb.remote);
}

bool flow_covers(const struct selector *sel, const struct selector *packet)
{
	struct proxies all, one;

	if (!HAS(packet, SEL_SRC) || !HAS(packet, SEL_DST))
		return true;
	flow_proxies(sel, &all);
	flow_proxies(packet, &one);
	return id_range_within(&one.local, &all.local) &&
	       id_range_within(&one.remote, &all.remote);
}
