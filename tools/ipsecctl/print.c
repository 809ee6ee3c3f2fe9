// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects of the module as text, one block each, for the plumbing. */
#include "print.h"

#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "../lib/names.h"
#include "../lib/sel.h"

char *print_ifname(uint32_t ifindex, char *buf, size_t size)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(ifindex, name))
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "#%u", ifindex);
	return buf;
}

/* --- SAs --------------------------------------------------------------- */

static void print_limits(struct out *o, const char *name,
			 const struct limits *lim)
{
	if (!lim->bytes && !lim->packets && !lim->seconds)
		return;
	out_printf(o, "    %s", name);
	if (lim->bytes)
		out_printf(o, " bytes %" PRIu64, lim->bytes);
	if (lim->packets)
		out_printf(o, " packets %" PRIu64, lim->packets);
	if (lim->seconds)
		out_printf(o, " seconds %" PRIu64, lim->seconds);
	out_printf(o, "\n");
}

static void print_transform(struct out *o, const struct sa *sa)
{
	if (!HAS(sa, SA_INTEG))
		return;
	out_printf(o, "   ");
	if (HAS(sa, SA_CIPHER))
		out_printf(o, " cipher %s",
			   names_str(names_cipher, sa->cipher));
	if (sa->key_bits)
		out_printf(o, " key-bits %u", sa->key_bits);
	if (sa->integ)
		out_printf(o, " integ %s", names_str(names_integ, sa->integ));
	if (HAS(sa, SA_ICV_LEN))
		out_printf(o, " icv %u", sa->icv_len);
	if (HAS(sa, SA_DRIVER))
		out_printf(o, " driver %s", sa->driver);
	if (sa->flags & SA_FLAG_WEAK)
		out_printf(o, " (weak: no longer considered secure)");
	out_printf(o, "\n");
}

static void print_options(struct out *o, const struct sa *sa)
{
	char name[IF_NAMESIZE];
	const struct name *n;

	out_printf(o, "    replay-window %u seq %" PRIu64, sa->replay_window,
		   sa->seq);
	if (HAS(sa, SA_DF))
		out_printf(o, " df %s", names_str(names_df, sa->df));
	if (sa->flags & SA_FLAG_SET_DSCP)
		out_printf(o, " dscp %u", sa->dscp);
	if (sa->mss == MSS_AUTO)
		out_printf(o, " mss auto");
	else if (sa->mss)
		out_printf(o, " mss %u", sa->mss);
	if (sa->tfc_pad)
		out_printf(o, " tfc-pad %u", sa->tfc_pad);
	if (sa->out_mark)
		out_printf(o, " out-mark %u", sa->out_mark);
	for (n = names_flags; n->name; n++)
		if (sa->flags & n->value & ~(SA_FLAG_SET_DSCP | SA_FLAG_WEAK))
			out_printf(o, " %s", n->name);
	if (sa->encap_local)
		out_printf(o, " encap %u %u", sa->encap_local,
			   sa->encap_remote);
	if (sa->keepalive)
		out_printf(o, " keepalive %u", sa->keepalive);
	if (sa->idle)
		out_printf(o, " idle %u", sa->idle);
	if (sa->path_mtu)
		out_printf(o, " path-mtu %u", sa->path_mtu);
	if (sa->plain_mtu)
		out_printf(o, " plain-mtu %u", sa->plain_mtu);
	if (sa->fvrf)
		out_printf(o, " fvrf %s",
			   print_ifname(sa->fvrf, name, sizeof(name)));
	if (sa->ivrf)
		out_printf(o, " ivrf %s",
			   print_ifname(sa->ivrf, name, sizeof(name)));
	out_printf(o, "\n");
}

static void print_sa_stats(struct out *o, const struct sa *sa)
{
	const struct stats *st = &sa->stats;
	bool is_out = sa->dir == DIR_OUT;

	out_printf(o,
		   "    packets %" PRIu64 " bytes %" PRIu64
		   " wire-bytes %" PRIu64 " errors %" PRIu64,
		   is_out ? st->out_packets : st->in_packets,
		   is_out ? st->out_bytes : st->in_bytes,
		   is_out ? st->out_wire_bytes : st->in_wire_bytes,
		   is_out ? st->send_errors : st->recv_errors);
	if (HAS(sa, SA_AGE))
		out_printf(o, " age %" PRIu64, sa->age);
	if (HAS(sa, SA_UNUSED))
		out_printf(o, " unused %" PRIu64, sa->unused);
	out_printf(o, "\n");
}

void print_sa(struct out *o, const struct sa *sa)
{
	char a[ADDR_STR], b[ADDR_STR], sel[SEL_STR];
	uint32_t i;

	out_printf(o, "sa dir %s spi 0x%x", names_str(names_dir, sa->dir),
		   sa->spi);
	if (sa->proto == PROTO_AH)
		out_printf(o, " proto ah");
	if (sa->local.family)
		out_printf(o, " local %s", addr_fmt(&sa->local, a));
	if (sa->remote.family)
		out_printf(o, " remote %s", addr_fmt(&sa->remote, b));
	out_printf(o, " id %u state %s%s%s", sa->id,
		   names_str(names_state, sa->state), sa->mode ? " mode " : "",
		   sa->mode ? names_str(names_mode, sa->mode) : "");
	if (sa->policy)
		out_printf(o, " policy %u", sa->policy);
	if (sa->pair)
		out_printf(o, " pair 0x%x", sa->pair);
	out_printf(o, "\n");
	if (sa->state == STATE_LARVAL)
		return;
	print_transform(o, sa);
	print_options(o, sa);
	print_limits(o, "soft", &sa->soft);
	print_limits(o, "hard", &sa->hard);
	for (i = 0; i < sa->n_sel; i++)
		out_printf(o, "    selector %s\n", sel_fmt(&sa->sel[i], sel));
	print_sa_stats(o, sa);
}

/* --- rules and maps ---------------------------------------------------- */

static void print_rule(struct out *o, const struct policy *p)
{
	char buf[ADDR_STR], sel[SEL_STR], name[IF_NAMESIZE];
	uint32_t i;

	out_printf(o, "map %s seq %u index %u", p->map, p->seq, p->index);
	if (p->action)
		out_printf(o, " %s", names_str(names_acl_action, p->action));
	out_printf(o, " %s", sel_fmt(&p->sel, sel));
	for (i = 0; i < p->n_peers; i++)
		out_printf(o, " peer %s", addr_fmt(&p->peer[i], buf));
	if (HAS(p, POLICY_IVRF))
		out_printf(o, " ivrf %s",
			   print_ifname(p->ivrf, name, sizeof(name)));
}

void print_policy(struct out *o, const struct policy *p)
{
	const struct stats *st = &p->stats;
	char buf[ADDR_STR];

	out_printf(o, "policy ");
	print_rule(o, p);
	out_printf(o, " id %u%s\n", p->id,
		   HAS(p, POLICY_STAGED) ? " staged" : "");
	if (p->action != ACTION_PROTECT)
		return;
	out_printf(o, "    sas in %u out %u held %u", p->in_sas, p->out_sas,
		   p->held);
	if (p->out_spi)
		out_printf(o, " out-spi 0x%x out-remote %s", p->out_spi,
			   addr_fmt(&p->out_remote, buf));
	out_printf(o,
		   "\n    out packets %" PRIu64 " bytes %" PRIu64
		   " errors %" PRIu64 " in packets %" PRIu64 " bytes %" PRIu64
		   " errors %" PRIu64 "\n",
		   st->out_packets, st->out_bytes, st->send_errors,
		   st->in_packets, st->in_bytes, st->recv_errors);
}

void print_acquire(struct out *o, const struct policy *p)
{
	char buf[ADDR_STR], name[IF_NAMESIZE], flow[SEL_STR];

	out_printf(o, "acquire policy %u ", p->id);
	print_rule(o, p);
	out_printf(o, " flow %s", sel_fmt(&p->flow, flow));
	if (HAS(p, POLICY_IFINDEX))
		out_printf(o, " dev %s",
			   print_ifname(p->ifindex, name, sizeof(name)));
	if (HAS(p, POLICY_LOCAL))
		out_printf(o, " local %s", addr_fmt(&p->local, buf));
	out_printf(o, " attempts %u\n", p->attempts);
}

void print_map(struct out *o, const struct map *map)
{
	char buf[ADDR_STR], name[IF_NAMESIZE];

	out_printf(o, "map %s", map->name);
	if (map->ifindex)
		out_printf(o, " dev %s mtu %u",
			   print_ifname(map->ifindex, name, sizeof(name)),
			   map->mtu);
	if (HAS(map, MAP_LOCAL4))
		out_printf(o, " local %s", addr_fmt(&map->local4, buf));
	if (HAS(map, MAP_LOCAL6))
		out_printf(o, " local6 %s", addr_fmt(&map->local6, buf));
	out_printf(o, " policies %u staged %u", map->policies, map->staged);
	if (map->ifindex)
		out_printf(o, " no-sa-drops %" PRIu64 " clear-drops %" PRIu64,
			   map->no_sa_drops, map->clear_drops);
	out_printf(o, "\n");
}

void print_encap(struct out *o, const struct encap *e)
{
	char buf[ADDR_STR];

	out_printf(o, "encap local %s port %u\n", addr_fmt(&e->local, buf),
		   e->port);
}

/* --- counters and settings --------------------------------------------- */

static void print_counter(struct out *o, const char *name, uint64_t v,
			  bool nonzero)
{
	if (v || !nonzero)
		out_printf(o, "%-24s %" PRIu64 "\n", name, v);
}

void print_ns(struct out *o, const struct ns *ns, bool nonzero)
{
	char buf[64];
	uint32_t i;

	print_counter(o, "sas", ns->sas, nonzero);
	print_counter(o, "policies", ns->policies, nonzero);
	print_counter(o, "maps", ns->maps, nonzero);
	print_counter(o, "pending", ns->pending, nonzero);
	print_counter(o, "out-packets", ns->out_packets, nonzero);
	print_counter(o, "out-bytes", ns->out_bytes, nonzero);
	print_counter(o, "out-wire-bytes", ns->out_wire_bytes, nonzero);
	print_counter(o, "in-packets", ns->in_packets, nonzero);
	print_counter(o, "in-bytes", ns->in_bytes, nonzero);
	print_counter(o, "in-wire-bytes", ns->in_wire_bytes, nonzero);
	print_counter(o, "bypassed", ns->bypassed, nonzero);
	print_counter(o, "keepalives-in", ns->keepalives_in, nonzero);
	print_counter(o, "keepalives-out", ns->keepalives_out, nonzero);
	print_counter(o, "acquires", ns->acquires, nonzero);
	print_counter(o, "deferred", ns->deferred, nonzero);
	for (i = 0; i < ns->n_drops; i++) {
		const struct counter *d = &ns->drops[i];

		if (names_drop(d->reason))
			snprintf(buf, sizeof(buf), "drop %s",
				 names_drop(d->reason));
		else
			snprintf(buf, sizeof(buf), "drop %u", d->reason);
		print_counter(o, buf, d->packets, nonzero);
	}
}

void print_conf(struct out *o, const struct conf *conf, int field)
{
	int i;

	for (i = 0; i < CONF_N; i++) {
		uint32_t v = i == CONF_EXCLUSIVE ? conf->exclusive : conf->v[i];

		if (HAS(conf, i) && (field < 0 || field == i))
			out_printf(o, "%s %u\n", names_str(names_conf, i), v);
	}
}

/* --- events ------------------------------------------------------------ */

const char *print_event_name(enum event_type type)
{
	static const char *const names[] = {
		[EVENT_SA_ADD] = "sa-add",	     [EVENT_SA_DEL] = "sa-del",
		[EVENT_ACQUIRE] = "acquire",	     [EVENT_EXPIRE] = "expire",
		[EVENT_MAPPING] = "mapping",	     [EVENT_DROP] = "drop",
		[EVENT_UNKNOWN_SPI] = "unknown-spi", [EVENT_LOST] = "lost",
	};

	return names[type];
}

static void print_sa_event(struct out *o, const struct event *ev)
{
	const struct sa *sa = &ev->sa;
	char a[ADDR_STR], b[ADDR_STR];

	if (ev->type == EVENT_EXPIRE)
		out_printf(o, " %s %s", sa->is_hard ? "hard" : "soft",
			   names_str(names_limit, sa->limit));
	out_printf(o, " dir %s spi 0x%x local %s remote %s id %u",
		   names_str(names_dir, sa->dir), sa->spi,
		   addr_fmt(&sa->local, a), addr_fmt(&sa->remote, b), sa->id);
	if (sa->state)
		out_printf(o, " state %s", names_str(names_state, sa->state));
	if (sa->policy)
		out_printf(o, " policy %u", sa->policy);
	if (sa->pair)
		out_printf(o, " pair 0x%x", sa->pair);
	if (ev->type == EVENT_MAPPING)
		out_printf(o, " new-remote %s new-port %u",
			   addr_fmt(&sa->new_remote, a), sa->new_port);
	if (HAS(sa, SA_STATS))
		out_printf(o, " packets %" PRIu64 " bytes %" PRIu64,
			   sa->dir == DIR_OUT ? sa->stats.out_packets :
						sa->stats.in_packets,
			   sa->dir == DIR_OUT ? sa->stats.out_bytes :
						sa->stats.in_bytes);
	if (HAS(sa, SA_AGE))
		out_printf(o, " age %" PRIu64, sa->age);
	out_printf(o, "\n");
}

static void print_unknown(struct out *o, const struct sa *sa)
{
	char a[ADDR_STR], b[ADDR_STR];

	out_printf(o, "unknown-spi spi 0x%x local %s remote %s", sa->spi,
		   addr_fmt(&sa->local, a), addr_fmt(&sa->remote, b));
	if (sa->encap_local)
		out_printf(o, " encap %u %u", sa->encap_local,
			   sa->encap_remote);
	out_printf(o, "\n");
}

void print_event(struct out *o, const struct event *ev)
{
	const char *reason;

	switch (ev->type) {
	case EVENT_ACQUIRE:
		print_acquire(o, &ev->policy);
		break;
	case EVENT_DROP:
		reason = names_drop(ev->ns.reason);
		out_printf(o, "drop reason %s packets %" PRIu64 "\n",
			   reason ? reason : "unknown", ev->ns.packets);
		break;
	case EVENT_UNKNOWN_SPI:
		print_unknown(o, &ev->sa);
		break;
	case EVENT_LOST:
		out_printf(o, "lost: events came faster than they were read\n");
		break;
	default:
		out_printf(o, "%s", print_event_name(ev->type));
		print_sa_event(o, ev);
	}
}
