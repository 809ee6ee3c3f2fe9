// SPDX-License-Identifier: GPL-2.0-or-later
/* Counters, drops, sizes and lifetimes of the flows that have SAs. */
#include "diagnose.h"

#include <string.h>

#include "../lib/names.h"
#include "../lib/sel.h"

#define COUNTERS "counters"
#define MTU "mtu and nat"
#define LIFETIME "lifetime"
#define FEW 3 /* as many may still be on their way */

/* --- one flow ----------------------------------------------------------------------- */

static uint64_t packets_of(struct view_sa **list, uint32_t n)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < n; i++)
		sum += list[i]->sa.stats.out_packets +
		       list[i]->sa.stats.in_packets;
	return sum;
}

static void check_one_sided(row *all, const struct view_flow *f)
{
	unsigned long long out = packets_of(f->out, f->n_out);
	unsigned long long in = packets_of(f->in, f->n_in);
	char sel[SEL_STR];

	sel_fmt(&f->policy->sel, sel);
	if (out > FEW && !in) {
		diagnose_say(all, COUNTERS, WARNING, "encaps-only",
			     "'%s': %llu packets went into the tunnel, none "
			     "came out.",
			     sel, out);
		diagnose_advise(all,
				"See at the peer whether it decrypts them: "
				"its access list, its route back, ESP or "
				"UDP 4500 in a firewall on the way.");
	} else if (in > FEW && !out) {
		diagnose_say(all, COUNTERS, WARNING, "decaps-only",
			     "'%s': %llu packets came out of the tunnel, none "
			     "went in.",
			     sel, in);
		diagnose_advise(all, "See whether the hosts here answer, and "
				     "whether their answers are routed to the "
				     "interface of the crypto map.");
	} else {
		diagnose_say(all, COUNTERS, OK, "both-ways",
			     "'%s': %llu packets out, %llu in.", sel, out, in);
	}
}

static const struct {
	size_t offset;
	const char *code, *text, *advice;
} errors[] = {
#define E(field, code, text, advice)                              \
	{                                                         \
		offsetof(struct stats, field), code, text, advice \
	}
	E(err_auth, "decrypt-errors", "could not be authenticated",
	  "The keys or the algorithms of the ends differ, or packets are "
	  "changed on the way: 'clear crypto sa'."),
	E(err_replay, "replay", "came twice or too late",
	  "Enlarge 'crypto ipsec security-association replay window-size', or "
	  "look for QoS that reorders packets."),
	E(err_identity, "wrong-identity", "were not what the SA is for",
	  "The access lists of the ends are not mirror images."),
	E(err_length, "malformed", "had a wrong length",
	  "Look for something on the way that cuts packets."),
	E(err_proto, "malformed", "had a wrong protocol",
	  "The mode (tunnel, transport) of the ends may differ."),
	E(err_decaps, "malformed", "could not be unpacked",
	  "The transform sets of the ends may differ."),
	E(err_send, "send-errors", "could not be sent",
	  "See 'show crypto ipsec sa detail' and the route to the peer."),
	E(err_seq, "sequence", "found no sequence number left",
	  "Shorten the lifetime, or use extended sequence numbers."),
#undef E
};

static void check_errors(row *all, const struct policy *p)
{
	char sel[SEL_STR];
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		uint64_t n = *(const uint64_t *)((const char *)&p->stats +
						 errors[i].offset);

		if (!n)
			continue;
		diagnose_say(all, COUNTERS, WARNING, errors[i].code,
			     "'%s': %llu packets %s.", sel_fmt(&p->sel, sel),
			     (unsigned long long)n, errors[i].text);
		diagnose_advise(all, "%s", errors[i].advice);
	}
}

static void check_lifetime(row *all, const struct view_flow *f)
{
	const struct view_sa *s = f->out[0];
	uint64_t limit = s->sa.hard.seconds;

	if (s->sa.state == STATE_EXPIRED || (limit && s->age >= limit)) {
		diagnose_say(
			all, LIFETIME, ERROR, "expired",
			"The outbound SA 0x%X has reached its lifetime and "
			"has no successor.",
			s->sa.spi);
		diagnose_advise(all, "'clear crypto sa', and compare the "
				     "lifetimes of both ends.");
	} else if (limit) {
		diagnose_say(all, LIFETIME, OK, "lifetime",
			     "The outbound SA 0x%X lives for another %llu of "
			     "%llu seconds.",
			     s->sa.spi, (unsigned long long)(limit - s->age),
			     (unsigned long long)limit);
	}
}

/* --- interfaces and the namespace ------------------------------------------------------ */

static uint64_t dropped(const struct ns *ns, const char *reason)
{
	const char *name;
	uint32_t i;

	for (i = 0; ns && i < ns->n_drops; i++) {
		name = names_drop(ns->drops[i].reason);
		if (name && !strcmp(name, reason))
			return ns->drops[i].packets;
	}
	return 0;
}

/* The module counts these for all tunnels together. */
static const struct {
	const char *reason, *step, *code, *text, *advice;
} shared[] = {
	{ "out-too-big", MTU, "mtu",
	  "packets were too large for the tunnel and may not be fragmented",
	  "Lower the MSS of TCP ('ip tcp adjust-mss') or the MTU of the hosts; "
	  "let ICMP 'fragmentation needed' pass; or 'crypto ipsec df-bit "
	  "clear'." },
	{ "out-fragment", MTU, "fragments",
	  "fragments had no ports to match the access list with",
	  "Use an access list without ports, or keep the hosts from sending "
	  "fragments." },
	{ "in-encap", MTU, "nat-encap",
	  "packets came in UDP for an SA without it, or the other way round",
	  "NAT has appeared or gone since the SA was made: 'clear crypto "
	  "session'." },
	{ "in-address", MTU, "nat-address",
	  "packets came from another address than that of the peer",
	  "Look for NAT that changes; allow NAT traversal at both ends." },
	{ "in-unknown-spi", COUNTERS, "unknown-spi",
	  "packets came for an SA that does not exist",
	  "One end has lost its SAs: 'clear crypto session' there, or 'crypto "
	  "isakmp invalid-spi-recovery'." },
};

static void check_shared(row *all, const struct diagnose_facts *f)
{
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		n = dropped(f->ns, shared[i].reason);
		if (!n)
			continue;
		diagnose_say(all, shared[i].step, WARNING, shared[i].code,
			     "%llu %s (of all tunnels).", (unsigned long long)n,
			     shared[i].text);
		diagnose_advise(all, "%s", shared[i].advice);
	}
}

static void check_binding(row *all, const struct view_binding *b)
{
	if (!b->map.clear_drops)
		return;
	diagnose_say(all, COUNTERS, WARNING, "clear-in",
		     "%llu packets that should have been protected came in "
		     "clear on %s and were dropped.",
		     (unsigned long long)b->map.clear_drops, b->ifname);
	diagnose_advise(all, "The peer does not protect them: its access list "
			     "is no mirror image, or its crypto map is not on "
			     "the interface.");
}

static void check_mtu(row *all, const struct view_flow *f)
{
	const struct sa *sa = &f->out[0]->sa;

	if (sa->plain_mtu)
		diagnose_say(all, MTU, OK, "mtu-fits",
			     "Packets of up to %u octets fit into the tunnel "
			     "(path MTU %u).",
			     sa->plain_mtu, sa->path_mtu);
}

void diagnose_counters(row *all, const struct diagnose_facts *f,
		       const struct diagnose_found *found)
{
	const struct view_flow *v;
	uint32_t i;

	for (i = 0; i < found->n; i++) {
		v = found->flow[i].flow;
		check_errors(all, v->policy);
		if (!v->n_in || !v->n_out)
			continue;
		check_one_sided(all, v);
		check_lifetime(all, v);
		check_mtu(all, v);
	}
	for (i = 0; i < found->n; i++)
		if (!i || found->flow[i].binding != found->flow[i - 1].binding)
			check_binding(all, found->flow[i].binding);
	check_shared(all, f);
}
