// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the views cost with many tunnels: an engine that has negotiated them with
 * the engines of as many peers, on a fake kernel, answers as the daemon does, part
 * by part; ipsecctl puts that together with as many flows and prints it. Prints a
 * table of milliseconds and, with a file name, the same as JSON.
 */
#include <json-c/json.h>
#include <time.h>

#include "../../sim/world.h"
#include "ikehelper/rows.h"
#include "ikehelper/session.h"
#include "ipsecctl/show_session.h"
#include "ipsecctl/view.h"

#define RUNS 3 /* the best one counts: others use the machine, too */

/* --- time ---------------------------------------------------------------- */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

struct cost {
	double total, worst; /* ms; worst: of one part */
	unsigned int rows, parts;
};

static void keep_best(struct cost *best, const struct cost *c)
{
	if (!best->parts || c->total < best->total)
		best->total = c->total;
	if (!best->parts || c->worst < best->worst)
		best->worst = c->worst;
	best->rows = c->rows;
	best->parts = c->parts;
}

/* --- the daemon ---------------------------------------------------------- */

static struct world w;
static struct sessions *sessions;

static uint64_t get_now(void *ctx)
{
	(void)ctx;
	return w.now;
}

static const char *describe(void *ctx, const struct ike_path *path)
{
	(void)ctx;
	(void)path;
	return NULL;
}

static void adopt_sa(const struct ike_sa_info *i, void *arg)
{
	session_adopt_sa(arg, i);
}

static void adopt_child(const struct ike_child_info *i, void *arg)
{
	session_adopt_child(arg, i);
}

enum { SAS, PAIRS, SESSIONS, KINDS };

static char *part(int kind, const struct addr *peer, uint64_t *cursor)
{
	struct ike *ike = w.node[1].ike;

	if (kind == SAS)
		return rows_isakmp_sa(ike, peer, cursor);
	if (kind == PAIRS)
		return rows_ipsec_sa(ike, NULL, peer, cursor);
	return rows_session(sessions, NULL, peer, cursor);
}

/* The whole list, as a client gets it; its rows are added to @all. */
static struct cost ask(int kind, const struct addr *peer,
		       struct json_object *all)
{
	struct cost c = { 0 };
	uint64_t cursor = 0;
	size_t i;

	do {
		double at = now_ms(), ms;
		char *text = part(kind, peer, &cursor);
		struct json_object *frame, *rows;

		ms = now_ms() - at;
		c.total += ms;
		c.worst = ms > c.worst ? ms : c.worst;
		c.parts++;
		frame = json_tokener_parse(text);
		json_object_object_get_ex(frame, "rows", &rows);
		c.rows += json_object_array_length(rows);
		for (i = 0; all && i < json_object_array_length(rows); i++)
			json_object_array_add(
				all, json_object_get(json_object_array_get_idx(
					     rows, i)));
		json_object_put(frame);
		free(text);
	} while (cursor);
	return c;
}

/* --- the module, as ipsecctl reads it ------------------------------------ */

struct fill {
	struct view *v;
	uint32_t room;
};

static void add_flow(const struct ike_child_info *i, void *arg)
{
	struct fill *f = arg;
	struct view *v = f->v;
	struct policy *p = &v->policy[v->n_policies];
	int k;

	if (v->n_policies == f->room)
		return;
	*p = (struct policy){ .id = ++v->n_policies,
			      .seq = v->n_policies,
			      .action = ACTION_PROTECT,
			      .n_peers = 1,
			      .sel = i->sel,
			      .out_spi = i->out_spi,
			      .out_remote = i->path.remote.addr,
			      .stats = { .in_packets = 1 } };
	snprintf(p->map, sizeof(p->map), "M");
	p->peer[0] = i->path.remote.addr;
	PUT(p, POLICY_OUT_REMOTE);
	PUT(p, POLICY_STATS);
	for (k = 0; k < 2; k++) {
		struct sa *sa = &v->sa[v->n_sas++].sa;

		*sa = (struct sa){ .id = v->n_sas,
				   .spi = k ? i->out_spi : i->in_spi,
				   .pair = k ? i->in_spi : 0,
				   .dir = k ? DIR_OUT : DIR_IN,
				   .proto = PROTO_ESP,
				   .policy = p->id,
				   .mode = MODE_TUNNEL,
				   .state = STATE_ACTIVE,
				   .cipher = CIPHER_AES_CBC,
				   .integ = INTEG_SHA1_96,
				   .hard.seconds = 3600,
				   .local = i->path.local.addr,
				   .remote = i->path.remote.addr };
	}
}

/* As view_collect() makes it; of one peer: what the dump has of it. */
static bool make_view(struct view *v, unsigned int n, const struct addr *peer)
{
	struct fill f = { v, n };
	uint32_t i, k = 0, m = 0;

	memset(v, 0, sizeof(*v));
	v->policy = calloc(n, sizeof(*v->policy));
	v->sa = calloc(2 * n, sizeof(*v->sa));
	v->binding = calloc(1, sizeof(*v->binding));
	if (!v->policy || !v->sa || !v->binding)
		return false;
	ike_each_child(w.node[1].ike, add_flow, &f);
	for (i = 0; peer && i < v->n_sas; i++)
		if (addr_eq(&v->sa[i].sa.remote, peer))
			v->sa[k++] = v->sa[i];
	for (i = 0; peer && i < v->n_policies; i++)
		if (addr_eq(&v->policy[i].peer[0], peer))
			v->policy[m++] = v->policy[i];
	if (peer) {
		v->n_sas = k;
		v->n_policies = m;
	}
	v->n_bindings = 1;
	snprintf(v->binding->map.name, sizeof(v->binding->map.name), "M");
	snprintf(v->binding->ifname, sizeof(v->binding->ifname), "eth1");
	v->binding->map.local4 = w.node[1].addr;
	return true;
}

/* --- commands ------------------------------------------------------------ */

/* "show crypto session [remote PEER]": the client's part. */
static struct cost show_session(unsigned int n, const struct addr *peer)
{
	struct session_query q = { .remote = peer };
	struct json_object *ikes = json_object_new_array();
	struct json_object *known = json_object_new_array(), *rows;
	struct out *o = out_new_memory(false);
	struct cost c = { .parts = 1 };
	struct view v;
	double at;

	ask(SAS, peer, ikes);
	ask(SESSIONS, peer, known);
	if (!make_view(&v, n, peer))
		exit(1);
	at = now_ms();
	view_link(&v);
	rows = session_select(session_rows(&v, ikes, known), &q);
	session_print(o, rows, false);
	c.total = now_ms() - at;
	c.rows = json_object_array_length(rows);
	json_object_put(rows);
	json_object_put(ikes);
	json_object_put(known);
	out_end(o);
	out_free(o);
	view_free(&v);
	return c;
}

/* "show crypto ipsec sa [peer PEER]": nothing is asked of the daemon. */
static struct cost show_sa(unsigned int n, const struct addr *peer)
{
	struct view_filter f = { .peer = peer };
	struct out *o = out_new_memory(false);
	struct cost c = { .parts = 1 };
	struct view v;
	double at;

	if (!make_view(&v, n, peer))
		exit(1);
	at = now_ms();
	view_link(&v);
	show_ipsec_sa_print(o, &v, &f);
	c.total = now_ms() - at;
	c.rows = v.n_policies;
	out_end(o);
	out_free(o);
	view_free(&v);
	return c;
}

/* --- the table ------------------------------------------------------------ */

static struct json_object *results;

static void note(const char *what, unsigned int tunnels, const struct cost *c)
{
	struct json_object *o = json_object_new_object();

	printf("%-40s %7u %7u %9.2f %8.2f %9.3f\n", what, tunnels, c->rows,
	       c->total, c->worst, c->rows ? c->total * 1e3 / c->rows : 0);
	json_object_object_add(o, "what", json_object_new_string(what));
	json_object_object_add(o, "tunnels", json_object_new_int(tunnels));
	json_object_object_add(o, "rows", json_object_new_int(c->rows));
	json_object_object_add(o, "parts", json_object_new_int(c->parts));
	json_object_object_add(o, "ms", json_object_new_double(c->total));
	json_object_object_add(o, "worst_part_ms",
			       json_object_new_double(c->worst));
	json_object_array_add(results, o);
}

static void measure(unsigned int n, const struct addr *peer)
{
	static const char *const names[KINDS] = { "daemon: ISAKMP SAs",
						  "daemon: pairs of SAs",
						  "daemon: sessions" };
	char name[80];
	int kind, i;

	for (kind = 0; kind < KINDS; kind++) {
		struct cost best = { 0 }, c;

		for (i = 0; i < RUNS; i++) {
			c = ask(kind, peer, NULL);
			keep_best(&best, &c);
		}
		snprintf(name, sizeof(name), "%s%s", names[kind],
			 peer ? " of one peer" : "");
		note(name, n, &best);
	}
	for (kind = 0; kind < 2; kind++) {
		struct cost best = { 0 }, c;

		for (i = 0; i < RUNS; i++) {
			c = kind ? show_sa(n, peer) : show_session(n, peer);
			keep_best(&best, &c);
		}
		snprintf(name, sizeof(name), "show crypto %s%s",
			 kind ? "ipsec sa" : "session",
			 peer ? " of one peer" : "");
		note(name, n, &best);
	}
}

static void tunnels(unsigned int n)
{
	const struct session_ops s_ops = { get_now, describe, NULL, NULL };
	const uint64_t key[2] = { 1, 2 };
	struct addr peer = { 0 };
	unsigned int i;

	world_init(&w, 1);
	world_many(&w, n);
	for (i = 0; i < n; i++) {
		world_traffic(&w, 0, i);
		if (i % 100 == 99)
			world_run(&w, 1000);
	}
	world_run(&w, 5000);
	if (w.node[1].ups != n) {
		fprintf(stderr, "%u of %u tunnels are up\n", w.node[1].ups, n);
		exit(1);
	}
	sessions = sessions_new(&s_ops, key);
	if (!sessions)
		exit(1);
	ike_each_sa(w.node[1].ike, adopt_sa, sessions);
	ike_each_child(w.node[1].ike, adopt_child, sessions);
	measure(n, NULL);
	/* One in the middle. */
	addr_parse("198.18.0.0", &peer);
	peer.b[2] = n / 2 >> 8;
	peer.b[3] = n / 2 & 0xff;
	measure(n, &peer);
	sessions_free(sessions);
	world_exit(&w);
}

int main(int argc, char **argv)
{
	static const unsigned int sizes[] = { 1000, 2000, 5000, 10000 };
	unsigned int i, most = argc > 2 ? atoi(argv[2]) : 10000;

	setvbuf(stdout, NULL, _IOLBF, 0);
	results = json_object_new_array();
	printf("%-40s %7s %7s %9s %8s %9s\n", "", "tunnels", "rows", "ms",
	       "worst ms", "us a row");
	for (i = 0; i < 4 && sizes[i] <= most; i++)
		tunnels(sizes[i]);
	if (argc > 1 && json_object_to_file_ext(argv[1], results,
						JSON_C_TO_STRING_PRETTY)) {
		fprintf(stderr, "%s: %s\n", argv[1], json_util_get_last_err());
		return 1;
	}
	json_object_put(results);
	return 0;
}
