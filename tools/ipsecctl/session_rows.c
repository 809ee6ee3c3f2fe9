// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions put together from the module's flows and the daemon's SAs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon.h"
#include "show_session.h"

#define IKE_PORT 500
#define PORT_MAX 65535
#define FIRST_INSTANCE 65536 /* entries made from dynamic ones */

/* Something of a session. */
enum kind { FLOW, IKE, KNOWN };

struct item {
	enum kind kind;
	struct addr local, remote;
	uint32_t port; /* of the peer, 0 not known */
	const char *fvrf; /* "" global */
	size_t order;
	const struct view_binding *binding; /* FLOW */
	const struct view_flow *flow; /* FLOW */
	row *row; /* IKE, KNOWN */
};

struct list {
	struct item *v;
	size_t n;
};

/* --- rows of parts ------------------------------------------------------- */

static int put_side(const struct selector *s, bool dst, char *buf, size_t size)
{
	struct addr a = { .family = s->family ? s->family : AF_INET };
	struct addr mask = a;
	unsigned int port = dst ? s->dport_min : s->sport_min;
	unsigned int hi = dst ? s->dport_max : s->sport_max;
	bool has_port = HAS(s, dst ? SEL_DPORT_MIN : SEL_SPORT_MIN) &&
			port == hi;
	char as[ADDR_STR], ms[ADDR_STR];
	int len, n;

	if (HAS(s, dst ? SEL_DST : SEL_SRC)) {
		a = dst ? s->dst : s->src;
		mask = dst ? s->dst_mask : s->src_mask;
	}
	len = addr_mask_len(&mask);
	addr_fmt_ios(&a, as);
	if (len == (int)(8 * addr_len(a.family)))
		n = snprintf(buf, size, " host %s", as);
	else if (a.family == AF_INET6 && len >= 0)
		n = snprintf(buf, size, " %s/%d", as, len);
	else
		n = snprintf(buf, size, " %s/%s", as, addr_fmt_ios(&mask, ms));
	if (has_port)
		n += snprintf(buf + n, size - n, " port %u", port);
	return n;
}

static void flow_text(const struct selector *s, char *buf, size_t size)
{
	int n = s->proto ? snprintf(buf, size, "permit %u", s->proto) :
			   snprintf(buf, size, "permit %s",
				    s->family == AF_INET6 ? "ipv6" : "ip");

	n += put_side(s, false, buf + n, size - n);
	put_side(s, true, buf + n, size - n);
}

/* What is left of the newest SA of a direction. */
static void put_left(row *o, const char *kb, const char *sec,
		     const struct view_sa *s)
{
	const struct sa *sa = &s->sa;
	uint64_t used = sa->dir == DIR_OUT ? sa->stats.out_bytes :
					     sa->stats.in_bytes;
	uint64_t limit = sa->hard.bytes / 1024;

	if (limit)
		row_num(o, kb, limit > used / 1024 ? limit - used / 1024 : 0);
	row_num(o, sec,
		sa->hard.seconds > s->age ? sa->hard.seconds - s->age : 0);
}

static row *flow_row(const struct view_flow *f)
{
	const struct stats *st = &f->policy->stats;
	row *o = json_object_new_object();
	char text[256];

	flow_text(&f->policy->sel, text, sizeof(text));
	row_text(o, "flow", text);
	row_text(o, "map", f->policy->map);
	row_num(o, "seq", f->policy->seq);
	row_num(o, "active_sas", f->n_in + f->n_out);
	row_text(o, "origin",
		 f->policy->seq >= FIRST_INSTANCE ? "dynamic crypto map" :
						    "crypto map");
	row_num(o, "in_packets", st->in_packets);
	row_num(o, "in_bytes", st->in_bytes);
	row_num(o, "in_drops", st->recv_errors);
	row_num(o, "out_packets", st->out_packets);
	row_num(o, "out_bytes", st->out_bytes);
	row_num(o, "out_drops", st->send_errors);
	if (f->n_in)
		put_left(o, "in_kilobytes_left", "in_seconds_left", f->in[0]);
	if (f->n_out)
		put_left(o, "out_kilobytes_left", "out_seconds_left",
			 f->out[0]);
	return o;
}

static row *ike_row(row *sa)
{
	bool is_up = !strcmp(daemon_text(sa, "state"), "QM_IDLE") &&
		     !daemon_flag(sa, "deleted");
	bool has_nat = daemon_flag(sa, "local_nat") ||
		       daemon_flag(sa, "remote_nat");
	row *o = json_object_new_object();
	char caps[8];

	snprintf(caps, sizeof(caps), "%s%s%s",
		 daemon_flag(sa, "dpd") ? "D" : "", has_nat ? "N" : "",
		 daemon_flag(sa, "fragmentation") ? "F" : "");
	row_num(o, "conn", daemon_number(sa, "conn"));
	row_bool(o, "active", is_up);
	row_text(o, "local", daemon_text(sa, "local"));
	row_num(o, "local_port", daemon_number(sa, "local_port"));
	row_text(o, "remote", daemon_text(sa, "remote"));
	row_num(o, "remote_port", daemon_number(sa, "remote_port"));
	row_text(o, "capabilities", is_up ? caps : "");
	row_num(o, "left", is_up ? daemon_number(sa, "left") : 0);
	return o;
}

/* --- items --------------------------------------------------------------- */

static void add_flows(struct list *l, const struct view *v)
{
	uint32_t i, k;

	for (i = 0; i < v->n_bindings; i++) {
		const struct view_binding *b = &v->binding[i];

		for (k = 0; k < b->n; k++) {
			const struct view_flow *f = &b->flow[k];
			const struct sa *sa = view_current_sa(f);
			struct item *it = &l->v[l->n];

			/* Without peer or SA it is nobody's yet. */
			if (f->policy->action != ACTION_PROTECT ||
			    (!f->policy->n_peers && !sa))
				continue;
			*it = (struct item){ .kind = FLOW,
					     .order = l->n++,
					     .fvrf = b->fvrf,
					     .binding = b,
					     .flow = f };
			view_flow_ends(b, f, &it->local, &it->remote);
			if (sa)
				it->port = sa->encap_remote ? sa->encap_remote :
							      IKE_PORT;
		}
	}
}

static void add_rows(struct list *l, row *rows, enum kind kind)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		struct item *it = &l->v[l->n];
		row *r = row_at(rows, i);

		*it = (struct item){ .kind = kind,
				     .order = l->n,
				     .port = daemon_number(r, "remote_port"),
				     .fvrf = daemon_text(r, "fvrf"),
				     .row = r };
		if (addr_parse(daemon_text(r, "local"), &it->local) &&
		    addr_parse(daemon_text(r, "remote"), &it->remote))
			l->n++;
	}
}

static int by_ends(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int c = addr_cmp(&x->remote, &y->remote);

	if (!c)
		c = addr_cmp(&x->local, &y->local);
	if (!c)
		c = strcmp(x->fvrf, y->fvrf);
	if (!c)
		c = (int)x->kind - (int)y->kind;
	return c ? c : x->order < y->order ? -1 : x->order > y->order;
}

static bool same_ends(const struct item *a, const struct item *b)
{
	return addr_eq(&a->remote, &b->remote) &&
	       addr_eq(&a->local, &b->local) && !strcmp(a->fvrf, b->fvrf);
}

/* --- sessions ------------------------------------------------------------ */

struct session {
	size_t order;
	uint32_t port;
	const char *ifname;
	row *row;
};

/* Where an address of ours is, for who has no flow yet. */
static const char *ifname_of(const struct view *v, const struct item *it)
{
	const struct addr *local = &it->local;
	uint32_t i;

	for (i = 0; i < v->n_bindings; i++)
		if (!strcmp(v->binding[i].fvrf, it->fvrf) &&
		    (addr_eq(&v->binding[i].map.local4, local) ||
		     addr_eq(&v->binding[i].map.local6, local)))
			return v->binding[i].ifname;
	return "";
}

static void session_init(struct session *s, const struct view *v,
			 const struct item *it)
{
	s->order = it->order;
	s->port = it->port;
	s->ifname = it->binding ? it->binding->ifname : ifname_of(v, it);
	s->row = json_object_new_object();
	row_text(s->row, "interface", s->ifname);
	row_addr(s->row, "local", &it->local);
	row_addr(s->row, "remote", &it->remote);
	row_text(s->row, "fvrf", it->fvrf);
	row_list(s->row, "ike_sas");
	row_list(s->row, "flows");
}

/* What the daemon knows of a session. */
static void add_known(row *o, row *known)
{
	static const char *const keys[] = {
		"id",	"description", "remote_id", "reason",	"past_pairs",
		"past", "profile",     "group",	    "username", "assigned"
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (row_has(known, keys[i]))
			json_object_object_add(
				o, keys[i],
				json_object_get(row_get(known, keys[i])));
	if (daemon_flag(known, "up"))
		row_num(o, "uptime", daemon_number(known, "seconds"));
	else
		row_num(o, "down_for", daemon_number(known, "seconds"));
}

static void add_item(struct session *s, const struct item *it)
{
	char name[IF_NAMESIZE];

	if (!s->port)
		s->port = it->port;
	if (!row_has(s->row, "ivrf"))
		row_text(s->row, "ivrf",
			 it->kind == FLOW ?
				 view_ivrf(it->binding, it->flow, name) :
				 daemon_text(it->row, "ivrf"));
	if (it->kind == FLOW)
		json_object_array_add(row_get(s->row, "flows"),
				      flow_row(it->flow));
	else if (it->kind == IKE)
		json_object_array_add(row_get(s->row, "ike_sas"),
				      ike_row(it->row));
	else
		add_known(s->row, it->row);
}

/* The session that it belongs to, among those between the same addresses. */
static struct session *match(struct session *v, size_t n, const struct item *it)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (v[i].port && it->port && v[i].port != it->port)
			continue;
		if (!it->binding || !strcmp(v[i].ifname, it->binding->ifname))
			return &v[i];
	}
	return NULL;
}

static const char *status_of(row *o)
{
	row *ikes = row_get(o, "ike_sas"), *flows = row_get(o, "flows");
	bool has_sas = false, is_up = false;
	size_t i;

	for (i = 0; i < row_len(flows); i++)
		has_sas |= daemon_number(row_at(flows, i), "active_sas");
	for (i = 0; i < row_len(ikes); i++)
		is_up |= daemon_flag(row_at(ikes, i), "active");
	if (is_up)
		return has_sas ? "UP-ACTIVE" : "UP-IDLE";
	if (has_sas)
		return "UP-NO-IKE";
	return row_len(ikes) ? "DOWN-NEGOTIATING" : "DOWN";
}

static int by_order(const void *a, const void *b)
{
	const struct session *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

/* Newest ISAKMP SA first, as in the list of them. */
static int newest_first(const void *a, const void *b)
{
	row *const *x = a, *const *y = b;
	long long i = daemon_number(*x, "conn"), j = daemon_number(*y, "conn");

	return i > j ? -1 : i < j;
}

static void finish(struct session *v, size_t n, row *all)
{
	size_t i;

	qsort(v, n, sizeof(*v), by_order);
	for (i = 0; i < n; i++) {
		row *o = v[i].row;

		row_num(o, "remote_port", v[i].port ? v[i].port : IKE_PORT);
		row_num(o, "local_port",
			v[i].port && v[i].port != IKE_PORT ? 4500 : IKE_PORT);
		row_text(o, "status", status_of(o));
		json_object_array_sort(row_get(o, "ike_sas"), newest_first);
		json_object_array_add(all, o);
	}
}

row *session_rows(const struct view *v, row *ikes, row *sessions)
{
	size_t n_flows = 0, n = 0, first = 0, i;
	struct list l = { 0 };
	struct session *s, *at;
	row *all = json_object_new_array();

	for (i = 0; i < v->n_bindings; i++)
		n_flows += v->binding[i].n;
	n_flows += row_len(ikes) + row_len(sessions) + 1;
	l.v = calloc(n_flows, sizeof(*l.v));
	s = calloc(n_flows, sizeof(*s));
	if (!l.v || !s)
		goto out;
	add_flows(&l, v);
	add_rows(&l, ikes, IKE);
	add_rows(&l, sessions, KNOWN);
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), by_ends);
	for (i = 0; i < l.n; i++) {
		if (i && !same_ends(&l.v[i - 1], &l.v[i]))
			first = n;
		at = match(s + first, n - first, &l.v[i]);
		/* One that was, with nothing configured, is no longer. */
		if (!at && l.v[i].kind == KNOWN)
			continue;
		if (!at) {
			at = &s[n++];
			session_init(at, v, &l.v[i]);
		}
		add_item(at, &l.v[i]);
	}
	finish(s, n, all);
out:
	free(l.v);
	free(s);
	return all;
}

/* --- filters ------------------------------------------------------------- */

static bool is_addr(row *o, const char *key, const struct addr *want)
{
	struct addr a;

	return !want ||
	       (addr_parse(daemon_text(o, key), &a) && addr_eq(&a, want));
}

static bool is_text(row *o, const char *key, const char *want)
{
	return !want || !strcmp(daemon_text(o, key), want);
}

static bool is_port(row *o, const char *key, uint32_t want)
{
	return !want || daemon_number(o, key) == want;
}

static bool passes(row *o, const struct session_query *q)
{
	return !q->is_standby && is_text(o, "interface", q->ifname) &&
	       is_addr(o, "local", q->local) &&
	       is_addr(o, "remote", q->remote) &&
	       is_port(o, "local_port", q->local_port) &&
	       is_port(o, "remote_port", q->remote_port) &&
	       view_is_vrf(daemon_text(o, "fvrf"), q->fvrf) &&
	       view_is_vrf(daemon_text(o, "ivrf"), q->ivrf) &&
	       is_text(o, "group", q->group) &&
	       is_text(o, "profile", q->profile) &&
	       is_text(o, "username", q->username);
}

row *session_select(row *rows, const struct session_query *q)
{
	row *some = json_object_new_array();
	size_t i;

	for (i = 0; i < row_len(rows); i++)
		if (passes(row_at(rows, i), q))
			json_object_array_add(some,
					      json_object_get(row_at(rows, i)));
	json_object_put(rows);
	return some;
}
