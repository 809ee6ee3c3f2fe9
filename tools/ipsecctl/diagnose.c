// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is wrong with a tunnel, step by step: is there a crypto map entry, a way to
 * the peer, phase 1, phase 2, traffic both ways, a route into the tunnel.
 */
#include "diagnose.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/sel.h"
#include "daemon.h"

/* --- findings ----------------------------------------------------------------- */

static const char *const levels[] = { "ok", "info", "warning", "error" };

static void put_text(row *o, const char *key, const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		return;
	/* Words of the peer may be in it: they must not look like a line. */
	fmt_clean(text, strlen(text));
	row_text(o, key, text);
	free(text);
}

void diagnose_say(row *all, const char *step, enum diagnose_level level,
		  const char *code, const char *fmt, ...)
{
	row *o = json_object_new_object();
	va_list ap;

	row_text(o, "step", step);
	row_text(o, "level", levels[level]);
	row_text(o, "code", code);
	va_start(ap, fmt);
	put_text(o, "text", fmt, ap);
	va_end(ap);
	json_object_array_add(all, o);
}

void diagnose_advise(row *all, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text(row_at(all, row_len(all) - 1), "advice", fmt, ap);
	va_end(ap);
}

bool diagnose_is_bad(row *findings)
{
	const char *level;
	size_t i;

	for (i = 0; i < row_len(findings); i++) {
		level = daemon_text(row_at(findings, i), "level");
		if (!strcmp(level, levels[WARNING]) ||
		    !strcmp(level, levels[ERROR]))
			return true;
	}
	return false;
}

void diagnose_print(struct out *o, row *findings)
{
	row *r;
	size_t i;

	for (i = 0; i < row_len(findings); i++) {
		r = row_at(findings, i);
		out_printf(o, "%-8s %-12s %s\n", daemon_text(r, "level"),
			   daemon_text(r, "step"), daemon_text(r, "text"));
		if (row_has(r, "advice"))
			out_printf(o, "%22s-> %s\n", "",
				   daemon_text(r, "advice"));
	}
	out_printf(o, "%s\n",
		   diagnose_is_bad(findings) ? "Something is wrong." :
					       "Nothing wrong was found.");
}

/* --- the crypto map ------------------------------------------------------------- */

#define MAP "crypto map"

static void say_unmatched(row *all, const struct diagnose_target *t,
			  const struct diagnose_found *found)
{
	const struct policy *p = found->n ? found->flow[0].flow->policy : NULL;
	const char *ifname = found->n ? found->flow[0].binding->ifname : "";
	char a[ADDR_STR], b[ADDR_STR], sel[SEL_STR];

	if (p)
		sel_fmt(&p->sel, sel);
	addr_fmt(&t->src, a);
	addr_fmt(&t->dst, b);
	switch (found->match) {
	case DIAGNOSE_CLEAR:
		diagnose_say(
			all, MAP, ERROR, "flow-clear",
			"Packets from %s to %s leave in clear: 'deny %s' of "
			"crypto map %s %u on %s comes first.",
			a, b, sel, p->map, p->seq, ifname);
		diagnose_advise(all, "Take the deny out of the access list, or "
				     "put a permit before it.");
		break;
	case DIAGNOSE_DISCARD:
		diagnose_say(all, MAP, ERROR, "flow-discard",
			     "Packets from %s to %s are dropped by the rule "
			     "'%s' of crypto map %s %u on %s.",
			     a, b, sel, p->map, p->seq, ifname);
		break;
	case DIAGNOSE_REVERSED:
		diagnose_say(all, MAP, ERROR, "flow-reversed",
			     "No crypto map entry is about packets from %s to "
			     "%s, but %s %u on %s is about the way back: "
			     "'permit %s'.",
			     a, b, p->map, p->seq, ifname, sel);
		diagnose_advise(all, "Name the local network first in the "
				     "access list, the one behind the peer "
				     "second.");
		break;
	default:
		diagnose_say(all, MAP, ERROR, "flow-unmatched",
			     "No crypto map entry is about packets from %s to "
			     "%s: they leave in clear.",
			     a, b);
		diagnose_advise(all,
				"Add them to the access list of the entry, "
				"here and at the peer.");
	}
}

static void say_entries(row *all, const struct diagnose_found *found)
{
	char sel[SEL_STR];
	uint32_t i;

	for (i = 0; i < found->n; i++) {
		const struct diagnose_flow *d = &found->flow[i];
		const struct policy *p = d->flow->policy;

		diagnose_say(all, MAP, OK, "map-entry",
			     "Crypto map %s %u on %s has 'permit %s'.", p->map,
			     p->seq, d->binding->ifname, sel_fmt(&p->sel, sel));
	}
	if (found->total > found->n)
		diagnose_say(all, MAP, INFO, "map-more",
			     "It has %u more flows, which are not looked at.",
			     found->total - found->n);
}

/* Is there anything to look at? */
static bool check_map(row *all, const struct diagnose_facts *f,
		      const struct diagnose_target *t,
		      const struct diagnose_found *found)
{
	char a[ADDR_STR];

	if (!f->view) {
		diagnose_say(all, MAP, ERROR, "module-missing",
			     "The module ipsecgw is not loaded: nothing is "
			     "protected, and what it knows is missing here.");
		diagnose_advise(all, "Run 'modprobe ipsecgw'.");
		return false;
	}
	if (!f->view->n_bindings) {
		diagnose_say(all, MAP, ERROR, "map-unbound",
			     "No interface has a crypto map.");
		diagnose_advise(all,
				"Enter 'crypto map NAME' for the interface "
				"towards the peer.");
		return false;
	}
	if (found->match == DIAGNOSE_FOUND) {
		say_entries(all, found);
		return true;
	}
	if (t->peer.family) {
		diagnose_say(all, MAP, ERROR, "peer-unknown",
			     "No entry of a crypto map on an interface has the "
			     "peer %s.",
			     addr_fmt(&t->peer, a));
		diagnose_advise(all,
				"Enter 'set peer %s' in an entry with "
				"access list and transform set.",
				a);
		return false;
	}
	say_unmatched(all, t, found);
	return false;
}

/* --- the way to the peer ---------------------------------------------------------- */

#define PATH "reachability"

static void say_neighbour(row *all, const struct addr *peer,
			  const struct diagnose_route *r)
{
	char a[ADDR_STR], hop[ADDR_STR];

	addr_fmt(peer, a);
	addr_fmt(r->via.family ? &r->via : peer, hop);
	switch (r->neighbour) {
	case RTNL_FAILED:
		diagnose_say(all, PATH, ERROR, "neighbour-failed",
			     "The next hop %s towards the peer %s does not "
			     "answer on %s.",
			     hop, a, r->dev);
		diagnose_advise(all, "Look at cable, VLAN and address of the "
				     "next hop.");
		break;
	case RTNL_LOOKED_FOR:
		diagnose_say(all, PATH, WARNING, "neighbour-unanswered",
			     "The next hop %s towards the peer %s has not "
			     "answered yet on %s.",
			     hop, a, r->dev);
		diagnose_advise(all, "Ask again in a few seconds.");
		break;
	default:
		diagnose_say(all, PATH, OK, "peer-route",
			     "The peer %s is reached by %s%s%s.", a, r->dev,
			     r->via.family ? " through " : "",
			     r->via.family ? hop : "");
	}
}

static void check_peer_route(row *all, const struct diagnose_facts *f,
			     const struct diagnose_found *found)
{
	const char *ifname = found->n ? found->flow[0].binding->ifname : "";
	struct diagnose_route r = { 0 };
	char a[ADDR_STR];

	if (!found->peer.family || !f->route)
		return;
	f->route(f->arg, &found->peer, ifname, &r);
	addr_fmt(&found->peer, a);
	if (!r.is_known)
		return;
	if (r.err) {
		diagnose_say(all, PATH, ERROR, "peer-no-route",
			     "There is no route to the peer %s: %s.", a,
			     strerror(-r.err));
		diagnose_advise(all,
				"Add a route to %s%s%s, in the VRF of that "
				"interface if it has one.",
				a, *ifname ? " by " : "", ifname);
		return;
	}
	if (*ifname && strcmp(r.dev, ifname)) {
		diagnose_say(all, PATH, ERROR, "peer-other-interface",
			     "The route to the peer %s leaves by %s, but the "
			     "crypto map is on %s.",
			     a, r.dev, ifname);
		diagnose_advise(all,
				"Put the crypto map on %s, or the route on "
				"%s.",
				r.dev, ifname);
		return;
	}
	say_neighbour(all, &found->peer, &r);
}

/* --- phase 2 ----------------------------------------------------------------------- */

#define PHASE2 "phase 2"

/* Without SAs: does anybody want some? */
static void say_no_sa(row *all, const struct diagnose_facts *f,
		      const struct policy *p, bool has_failed)
{
	char sel[SEL_STR];

	sel_fmt(&p->sel, sel);
	if (p->stats.err_no_sa || p->held) {
		diagnose_say(all, PHASE2, ERROR, "phase2-none",
			     "'%s' has no SA; %llu packets were dropped for "
			     "want of one, %u wait.",
			     sel, (unsigned long long)p->stats.err_no_sa,
			     p->held);
	} else if (has_failed) {
		diagnose_say(all, PHASE2, ERROR, "phase2-none",
			     "'%s' has no SA.", sel);
	} else {
		diagnose_say(all, PHASE2, INFO, "phase2-idle",
			     "'%s' has no SA, and no packet has asked for one.",
			     sel);
		diagnose_advise(all, "Send traffic that it is about%s.",
				f->has_daemon ? "" :
						"; without the daemon "
						"nobody negotiates");
	}
}

/* The age of the newest SAs, -1 if a flow has none. */
static int64_t newest_age(const struct diagnose_found *found)
{
	int64_t age = INT64_MAX;
	uint32_t i;

	for (i = 0; i < found->n; i++) {
		const struct view_flow *v = found->flow[i].flow;

		if (!v->n_out || !v->n_in)
			return -1;
		if ((int64_t)v->out[0]->age < age)
			age = v->out[0]->age;
	}
	return age;
}

/* A failure is one with the peer: for which flow is not recorded. */
static void check_phase2(row *all, const struct diagnose_facts *f,
			 const struct diagnose_found *found)
{
	row *failure = diagnose_failure(f, &found->peer, 2, newest_age(found));
	char sel[SEL_STR];
	uint32_t i;

	for (i = 0; i < found->n; i++) {
		const struct view_flow *v = found->flow[i].flow;

		if (v->n_out && v->n_in)
			diagnose_say(all, PHASE2, OK, "phase2-up",
				     "'%s' has SAs.",
				     sel_fmt(&v->policy->sel, sel));
		else
			say_no_sa(all, f, v->policy, failure);
	}
	if (failure)
		diagnose_phase2_failure(all, failure);
}

/* --- into the tunnel ----------------------------------------------------------------- */

#define ROUTING "routing"

static void check_route(row *all, const struct diagnose_facts *f,
			const struct diagnose_flow *d, const struct addr *dst)
{
	struct diagnose_route r = { 0 };
	char a[ADDR_STR];

	f->route(f->arg, dst, d->binding->ifname, &r);
	addr_fmt(dst, a);
	if (!r.is_known)
		return;
	if (r.err) {
		diagnose_say(all, ROUTING, ERROR, "flow-no-route",
			     "There is no route to %s, so its packets never "
			     "meet the crypto map on %s.",
			     a, d->binding->ifname);
		diagnose_advise(all,
				"Add a route by %s, or 'reverse-route "
				"static' to the entry.",
				d->binding->ifname);
	} else if (strcmp(r.dev, d->binding->ifname)) {
		diagnose_say(all, ROUTING, ERROR, "flow-other-interface",
			     "Packets to %s leave by %s, but the crypto map is "
			     "on %s.",
			     a, r.dev, d->binding->ifname);
		diagnose_advise(all,
				"Route them by %s, or put the crypto map "
				"on %s.",
				d->binding->ifname, r.dev);
	} else {
		diagnose_say(all, ROUTING, OK, "flow-route",
			     "Packets to %s leave by %s.", a, r.dev);
	}
}

/* An address of the network behind the peer stands for all of it. */
static void check_routing(row *all, const struct diagnose_facts *f,
			  const struct diagnose_target *t,
			  const struct diagnose_found *found)
{
	const struct selector *s;
	struct addr dst;
	uint32_t i;

	for (i = 0; i < found->n && f->route; i++) {
		s = &found->flow[i].flow->policy->sel;
		dst = t->peer.family ? s->dst : t->dst;
		if (t->peer.family && !HAS(s, SEL_DST))
			continue;
		if (t->peer.family && !addr_eq(&dst, &found->peer) &&
		    addr_mask_len(&s->dst_mask) < 8 * (int)addr_len(dst.family))
			dst.b[addr_len(dst.family) - 1] |= 1;
		check_route(all, f, &found->flow[i], &dst);
	}
}

row *diagnose(const struct diagnose_facts *f, const struct diagnose_target *t)
{
	row *all = json_object_new_array();
	struct diagnose_found found;
	bool is_there;

	diagnose_find(f->view, t, &found);
	is_there = check_map(all, f, t, &found);
	check_peer_route(all, f, &found);
	if (found.peer.family)
		diagnose_phase1(all, f, &found);
	if (!is_there)
		return all;
	check_phase2(all, f, &found);
	diagnose_counters(all, f, &found);
	check_routing(all, f, t, &found);
	return all;
}
