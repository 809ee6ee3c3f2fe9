// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The engine role: it reads what comes from the network, without rights and
 * without keys. The protocol itself (ike.h) knows neither sockets nor
 * processes; here its wishes become packets, timers and messages.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <event2/event.h>

#include "../lib/log.h"
#include "ask.h"
#include "worker.h"
#include "certs.h"
#include "crypto.h"
#include "dh.h"
#include "door.h"
#include "frame.h"
#include "history.h"
#include "ike.h"
#include "keeper.h"
#include "key_msg.h"
#include "krn_msg.h"
#include "mnemonic.h"
#include "plan.h"
#include "request.h"
#include "roles.h"
#include "saver.h"
#include "session.h"
#include "watch_krn.h"

#define PACKETS_AT_ONCE 32 /* of one socket, then others have their turn */
#define PACKETS_MS 3 /* as much time of it; large groups take long */

struct engine {
	struct worker *worker;
	struct ike *ike;
	struct sessions *sessions;
	struct history *history;
	struct saver *saver;
	struct plan *plan; /* in force */
	struct plan *next; /* being told */
	struct certs *certs;
	struct doors *doors;
	struct event *timer;
	struct keeper *keeper;
	bool is_open; /* it may act */
	bool is_paused; /* a channel is full */
	unsigned int n_packets; /* of this turn, */
	uint64_t turn_ends;
	bool is_manual; /* ISAKMP SAs are being cleared by command */
	bool debug;
	bool is_stopping;
	struct watch *watch;
};

static struct proc *proc_of(struct engine *e)
{
	return worker_proc(e->worker);
}

/* --- what the protocol wants -------------------------------------------- */

static uint64_t op_now(void *ctx)
{
	struct timespec t;

	(void)ctx;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void op_random(void *ctx, void *p, size_t len)
{
	uint8_t *at = p;
	ssize_t n;

	(void)ctx;
	while (len) {
		n = getrandom(at, len, 0);
		if (n < 0 && errno != EINTR)
			abort();
		if (n > 0) {
			at += n;
			len -= n;
		}
	}
}

/* What the network loses is sent again; it is no different here. */
static void op_send(void *ctx, const struct ike_path *path, const void *p,
		    size_t len)
{
	struct engine *e = ctx;

	if (doors_send(e->doors, path, p, len))
		history_out_drop(e->history);
}

static void op_keepalive(void *ctx, const struct ike_path *path)
{
	struct engine *e = ctx;

	doors_keepalive(e->doors, path);
}

static void op_krn(void *ctx, const struct krn_req *req)
{
	struct engine *e = ctx;
	struct msg m;

	watch_krn_req(e->watch, req);
	msg_init(&m, MSG_KRN, req->id);
	krn_put_req(&m, req);
	proc_send(proc_of(e), ROLE_PARENT, &m);
}

/* What peers sent stays here: the role with the private keys never sees it. */
static void op_key(void *ctx, const struct ike_key_req *req)
{
	struct engine *e = ctx;
	const struct ike_peer *peer;
	struct msg m;

	if (req->op == IKE_KEY_VERIFY) {
		peer = e->plan ? plan_peer(e->plan, req->peer) : NULL;
		certs_verify(e->certs, peer ? peer->trust : UINT32_MAX, req);
		return;
	}
	msg_init(&m, MSG_KEY, req->id);
	key_put_req(&m, req);
	proc_send(proc_of(e), ROLE_KEYS, &m);
}

static uint32_t op_own_cert(void *ctx, const struct ike_peer *peer,
			    struct bytes names, struct ike_ident *id,
			    const char **why)
{
	struct engine *e = ctx;

	return trusts_own(certs_trusts(e->certs), peer, names, id, why);
}

static unsigned int op_authorities(void *ctx, const struct ike_peer *peer,
				   struct bytes *name, unsigned int max)
{
	struct engine *e = ctx;

	return trusts_names(certs_trusts(e->certs), peer->trust, name, max);
}

/* --- what is told ------------------------------------------------------- */

static void answer(void *ctx, uint32_t id, char *frame, uint64_t cursor)
{
	struct engine *e = ctx;
	struct answer a = {
		.cursor = cursor,
		.frame = frame ? frame : "{\"error\":\"out of memory\"}",
	};
	struct msg m;

	msg_init(&m, MSG_ANSWER, id);
	answer_put(&m, &a);
	proc_send(proc_of(e), ROLE_CONTROL, &m);
	free(frame);
}

static void op_keep(void *ctx, enum ike_keep kind, uint64_t id,
		    const struct ike_blob *record)
{
	struct engine *e = ctx;

	keeper_put(e->keeper, kind, id, record);
}

static void op_log(void *ctx, enum ike_log_level level,
		   const struct ike_path *path, const char *text)
{
	struct engine *e = ctx;
	char line[LOG_LINE], a[ADDR_STR];

	if (level == IKE_LOG_DEBUG && !e->debug)
		return;
	if (path && path->remote.addr.family)
		snprintf(line, sizeof(line), "%s:%u: %s",
			 addr_fmt(&path->remote.addr, a), path->remote.port,
			 text);
	else
		snprintf(line, sizeof(line), "%s", text);
	log_at(level == IKE_LOG_DEBUG ? LOG_LEVEL_DEBUG :
	       level == IKE_LOG_INFO  ? LOG_LEVEL_INFO :
					LOG_LEVEL_WARN,
	       "%s", line);
}

static void op_trace(void *ctx, unsigned int topics,
		     const struct ike_path *path, uint32_t conn,
		     const char *line)
{
	struct engine *e = ctx;

	watch_line(e->watch, topics, path, conn, line);
}

static void on_topics(void *ctx, unsigned int topics)
{
	struct engine *e = ctx;

	ike_trace(e->ike, topics);
}

/* The protocol has logged it already. */
static void op_failure(void *ctx, const struct ike_failure *f)
{
	struct engine *e = ctx;

	watch_failure(e->watch, f);
	history_failure(e->history, f);
}

static void op_event(void *ctx, const struct ike_event *ev)
{
	struct engine *e = ctx;

	mnemonic_event(e->ike, ev, e->is_manual);
	watch_event(e->watch, ev);
	session_event(e->sessions, ev);
	history_event(e->history, ev);
}

static void keep_session(void *ctx, uint32_t id, const struct ike_blob *record)
{
	struct engine *e = ctx;

	keeper_put(e->keeper, IKE_KEEP_SESSION, id, record);
}

static const char *describe(void *ctx, const struct ike_path *path)
{
	struct engine *e = ctx;

	return e->plan ? plan_note(e->plan, path) : NULL;
}

static const char *vrf_name(void *ctx, uint32_t vrf)
{
	struct engine *e = ctx;

	return plan_vrf(e->plan, vrf);
}

/* --- the configuration -------------------------------------------------- */

static const struct ike_peer *op_peer_find(void *ctx,
					   const struct ike_path *path,
					   const struct ike_ident *id,
					   struct bytes cert)
{
	struct engine *e = ctx;

	return e->plan ? plan_peer_find(e->plan, path, id, cert) : NULL;
}

static const struct ike_peer *op_peer_get(void *ctx, uint32_t ref)
{
	struct engine *e = ctx;

	return e->plan ? plan_peer(e->plan, ref) : NULL;
}

static const struct ike_flow *op_flow_get(void *ctx, uint32_t ref)
{
	struct engine *e = ctx;

	return e->plan ? plan_flow(e->plan, ref) : NULL;
}

static const struct ike_flow *op_flow_by_rule(void *ctx, uint32_t rule)
{
	struct engine *e = ctx;

	return e->plan ? plan_flow_by_rule(e->plan, rule) : NULL;
}

static const struct ike_flow *op_flow_next(void *ctx,
					   const struct ike_path *path,
					   uint32_t peer, uint32_t ref)
{
	struct engine *e = ctx;

	return e->plan ? plan_flow_next(e->plan, path, peer, ref) : NULL;
}

static bool op_flow_entry(void *ctx, uint32_t ref, const char **map,
			  uint32_t *seq)
{
	struct engine *e = ctx;
	const struct plan_flow *f = e->plan ? plan_flow_entry(e->plan, ref) :
					      NULL;

	if (!f || !f->map)
		return false;
	*map = f->map;
	*seq = f->seq;
	return true;
}

static const char *op_profile_name(void *ctx, uint32_t ref)
{
	struct engine *e = ctx;

	return e->plan ? plan_profile_name(e->plan, ref) : NULL;
}

/* The first plan is there: read what an earlier run has left. */
static void start(struct engine *e)
{
	struct msg m;

	keeper_start(e->keeper, e->ike, e->sessions, e->history);
	msg_init(&m, MSG_STATE_READ, 0);
	proc_send(proc_of(e), ROLE_PARENT, &m);
}

static void end_plan(struct engine *e)
{
	struct plan *old = e->plan;

	if (!e->next || !plan_finish(e->next)) {
		log_error("out of memory: the old configuration stays");
		plan_free(e->next);
		e->next = NULL;
		return;
	}
	e->plan = e->next;
	e->next = NULL;
	/* Handed over before the plan that needs them. */
	doors_take(e->doors);
	certs_switch(e->certs);
	session_logging(e->sessions, !plan_is_silent(e->plan));
	if (e->is_open)
		ike_reload(e->ike);
	else if (!old)
		start(e);
	plan_free(old);
}

static bool set_history(struct engine *e, struct msg *m)
{
	uint32_t failures = msg_get_u32(m), tunnels = msg_get_u32(m);

	if (!msg_close(m) || !failures || !tunnels)
		return false;
	history_resize(e->history, failures, tunnels);
	return true;
}

static void on_plan(struct engine *e, struct msg *m)
{
	bool good = true;

	if (m->type == MSG_PLAN_BEGIN) {
		plan_free(e->next);
		e->next = certs_begin(e->certs) ? plan_new() : NULL;
	} else if (m->type == MSG_PLAN_PROFILE) {
		good = e->next && plan_add_profile(e->next, m);
	} else if (m->type == MSG_PLAN_TRUST) {
		good = e->next && certs_add(e->certs, m);
	} else if (m->type == MSG_PLAN_PEER) {
		good = e->next && plan_add_peer(e->next, m);
	} else if (m->type == MSG_PLAN_FLOW) {
		good = e->next && plan_add_flow(e->next, m);
	} else if (m->type == MSG_PLAN_NOTE) {
		good = e->next && plan_add_note(e->next, m);
	} else if (m->type == MSG_PLAN_VRF) {
		good = e->next && plan_add_vrf(e->next, m);
	} else if (m->type == MSG_PLAN_HISTORY) {
		good = set_history(e, m);
	} else if (m->type == MSG_PLAN_SILENT) {
		if (e->next)
			plan_set_silent(e->next);
	} else {
		end_plan(e);
	}
	if (good)
		return;
	log_error("a part of the configuration makes no sense");
	plan_free(e->next);
	e->next = NULL;
}

static const struct ike_ops ops = {
	.now = op_now,
	.random = op_random,
	.send = op_send,
	.keepalive = op_keepalive,
	.krn = op_krn,
	.key = op_key,
	.own_cert = op_own_cert,
	.authorities = op_authorities,
	.keep = op_keep,
	.log = op_log,
	.trace = op_trace,
	.failure = op_failure,
	.event = op_event,
	.peer_find = op_peer_find,
	.peer_get = op_peer_get,
	.flow_get = op_flow_get,
	.flow_by_rule = op_flow_by_rule,
	.flow_next = op_flow_next,
	.flow_entry = op_flow_entry,
	.profile_name = op_profile_name,
	.vrf_name = vrf_name,
};

/* --- packets and time --------------------------------------------------- */

/* After every call into the protocol: when it wants to be called again. */
static void settle(struct engine *e)
{
	uint64_t next = ike_next(e->ike), now = op_now(e);
	uint64_t ms = next > now ? next - now : 0;
	struct timeval t = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	if (!doors_are_behind(e->doors) && !e->is_paused)
		ike_caught_up(e->ike);
	watch_flush(e->watch);
	if (!e->is_open)
		return;
	if (next == UINT64_MAX)
		event_del(e->timer);
	else
		event_add(e->timer, &t);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct engine *e = arg;

	(void)fd;
	(void)what;
	ike_run(e->ike);
	settle(e);
	saver_poke(e->saver);
}

static void on_verdict(void *arg, const struct ike_key_answer *a)
{
	struct engine *e = arg;

	ike_key_done(e->ike, a);
	settle(e);
}

static bool has_room(struct engine *e)
{
	return !proc_is_full(proc_of(e), ROLE_PARENT) &&
	       !proc_is_full(proc_of(e), ROLE_KEYS);
}

/* Packets wait in the sockets, or get lost there, while others catch up. */
static void pause_packets(struct engine *e, bool pause)
{
	if (pause == e->is_paused || !e->is_open)
		return;
	e->is_paused = pause;
	doors_open(e->doors, !pause);
}

static void on_room(void *arg, enum role to)
{
	struct engine *e = arg;

	(void)to;
	pause_packets(e, !has_room(e));
}

static void begin_packets(void *arg)
{
	struct engine *e = arg;

	e->n_packets = 0;
	e->turn_ends = op_now(e) + PACKETS_MS;
}

static bool on_packet(void *arg, const struct ike_path *path, const uint8_t *p,
		      size_t len)
{
	struct engine *e = arg;

	ike_packet(e->ike, path, p, len);
	return ++e->n_packets < PACKETS_AT_ONCE && op_now(e) <= e->turn_ends;
}

static void end_packets(void *arg)
{
	struct engine *e = arg;

	settle(e);
	saver_poke(e->saver);
	pause_packets(e, !has_room(e));
}

/* --- messages ------------------------------------------------------------ */

static void on_kernel(struct engine *e, struct msg *m)
{
	struct krn_answer done;
	struct krn_acquire acquire;
	struct krn_expire expire;
	struct krn_mapping mapping;
	struct krn_gone gone;
	struct krn_unknown_spi unknown;
	bool good = false;

	switch (m->type) {
	case MSG_KRN_DONE:
		good = krn_get_answer(m, &done);
		if (good) {
			watch_krn_done(e->watch, &done);
			ike_krn_done(e->ike, &done);
		}
		break;
	case MSG_ACQUIRE:
		good = krn_get_acquire(m, &acquire);
		if (good) {
			watch_acquire(e->watch, &acquire);
			ike_acquire(e->ike, &acquire);
		}
		break;
	case MSG_EXPIRE:
		good = krn_get_expire(m, &expire);
		if (good) {
			watch_expire(e->watch, &expire);
			ike_expire(e->ike, &expire);
		}
		break;
	case MSG_MAPPING:
		good = krn_get_mapping(m, &mapping);
		if (good) {
			watch_mapping(e->watch, &mapping);
			ike_mapping(e->ike, &mapping);
		}
		break;
	case MSG_GONE:
		good = krn_get_gone(m, &gone);
		if (!good)
			break;
		watch_gone(e->watch, &gone);
		session_gone(e->sessions, &gone);
		history_gone(e->history, &gone);
		break;
	case MSG_UNKNOWN_SPI:
		good = krn_get_unknown(m, &unknown);
		if (good) {
			watch_unknown(e->watch, &unknown);
			ike_unknown_spi(e->ike, &unknown);
		}
		break;
	default:
		break;
	}
	if (!good)
		log_error("engine: message %u of the parent makes no sense",
			  m->type);
}

/* The state of this run is the one that counts: go on. */
static void on_held(struct engine *e, struct msg *m)
{
	struct msg done;

	if (e->is_open ||
	    !keeper_resume(e->keeper, m, e->ike, e->sessions, e->history)) {
		log_error("what the kernel has makes no sense");
		return;
	}
	e->is_open = true;
	doors_open(e->doors, true);
	msg_init(&done, MSG_RESUMED, 0);
	proc_send(proc_of(e), ROLE_PARENT, &done);
}

static void on_stop(struct engine *e, bool is_leaving)
{
	struct msg m;

	/* Another run goes on with the last figures. */
	if (is_leaving)
		ike_keep_all(e->ike);
	else if (!e->is_stopping)
		ike_shutdown(e->ike);
	/* Once more when the kernel has told what the last SAs have carried. */
	saver_flush(e->saver);
	e->is_stopping = true;
	msg_init(&m, MSG_STOPPED, 0);
	proc_send(proc_of(e), ROLE_PARENT, &m);
}

static void on_parent(struct engine *e, struct msg *m)
{
	if (m->type >= MSG_PLAN_BEGIN && m->type <= MSG_PLAN_END)
		on_plan(e, m);
	else if (m->type == MSG_HISTORY)
		saver_read(e->saver, m);
	else if (m->type == MSG_STOP || m->type == MSG_LEAVE)
		on_stop(e, m->type == MSG_LEAVE);
	else if (m->type == MSG_HELD)
		on_held(e, m);
	else if (m->type == MSG_STATE)
		keeper_take_keys(e->keeper, m);
	else
		on_kernel(e, m);
}

static void on_keys(struct engine *e, struct msg *m)
{
	struct ike_blob cert[KEY_MAX_CERTS];
	struct ike_key_answer a;

	if (m->type == MSG_KEY_DONE && key_get_answer(m, &a, cert))
		ike_key_done(e->ike, &a);
	else
		log_error("engine: message %u of keys makes no sense", m->type);
}

/* --- control ------------------------------------------------------------- */

static char *clear(struct engine *e, const struct request *r, uint64_t *cursor)
{
	char *frame;

	e->is_manual = r->kind == REQ_CLEAR_ISAKMP;
	frame = ask_clear(e->ike, e->plan, r, cursor);
	e->is_manual = false;
	return frame;
}

static void on_request(struct engine *e, uint32_t id, const struct request *r)
{
	const struct ask ask = { e->ike, e->plan, e->sessions, e->history };
	uint64_t cursor = r->cursor;
	char *frame;

	if (watch_request(e->watch, id, r))
		return;
	if (r->kind == REQ_CLEAR_ISAKMP || r->kind == REQ_CLEAR_SA ||
	    r->kind == REQ_CLEAR_SESSION)
		frame = clear(e, r, &cursor);
	else if (!ask_show(&ask, r, &cursor, &frame))
		frame = frame_error("the engine does not know this request");
	answer(e, id, frame, cursor);
}

static void on_control(struct engine *e, struct msg *m)
{
	struct request r;

	if (m->type == MSG_FORGET)
		watch_forget(e->watch, m->id);
	else if (m->type == MSG_REQUEST && request_get(m, &r))
		on_request(e, m->id, &r);
	else
		log_error("engine: message %u of control makes no sense",
			  m->type);
}

static void on_message(void *arg, enum role from, struct msg *m)
{
	struct engine *e = arg;

	if (from == ROLE_PARENT)
		on_parent(e, m);
	else if (from == ROLE_KEYS)
		on_keys(e, m);
	else
		on_control(e, m);
	settle(e);
	saver_poke(e->saver);
	pause_packets(e, !has_room(e));
}

/* --- begin and end ------------------------------------------------------- */

/* A descriptor of the parent, if there is one. */
static int given(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : fd;
}

static bool open_engine(struct engine *e)
{
	struct event_base *base = proc_base(proc_of(e));
	const struct session_ops s_ops = { op_now, describe, vrf_name,
					   keep_session, e };
	const struct watch_ops w_ops = { answer, on_topics, op_now, e };
	const char *why = "out of memory";
	const struct door_ops d_ops = { on_packet, begin_packets, end_packets,
					e };
	int fd[NET_N], i, err = crypto_init(&why);
	uint64_t key[2];

	if (err) {
		log_error("libcrypto: %s", why);
		return false;
	}
	err = dh_init();
	if (err) {
		log_error("libcrypto: no key agreement: %s", strerror(-err));
		return false;
	}
	for (i = 0; i < NET_N; i++)
		fd[i] = given(PROC_FD_MORE + i);
	e->doors = doors_new(base, &d_ops, fd, given(PROC_FD_MORE + NET_N + 2));
	op_random(e, key, sizeof(key));
	e->sessions = sessions_new(&s_ops, key);
	e->keeper = keeper_new(given(PROC_FD_MORE + NET_N),
			       given(PROC_FD_MORE + NET_N + 1));
	e->history = history_new(op_now, e, key);
	e->watch = watch_new(&w_ops);
	if (!e->doors || !e->sessions || !e->keeper || !e->history || !e->watch)
		return false;
	history_on_keep(e->history, keeper_put_tunnel, e->keeper);
	e->ike = ike_new(&ops, e, NULL);
	e->timer = evtimer_new(base, on_timer, e);
	e->certs = certs_new(base, on_verdict, e);
	if (!e->ike || !e->timer || !e->certs)
		return false;
	e->saver = saver_new(proc_of(e), e->history, e->ike);
	if (!e->saver)
		return false;
	return true;
}

int engine_main(const struct role_options *o)
{
	struct engine *e = calloc(1, sizeof(*e));
	int status = 1;

	if (!e)
		return 1;
	e->debug = o->debug;
	e->worker = worker_new(ROLE_ENGINE, on_message, e);
	if (e->worker) {
		worker_on_room(e->worker, on_room);
		if (open_engine(e))
			status = worker_run(e->worker, o);
		saver_free(e->saver);
		if (e->ike)
			ike_free(e->ike);
		sessions_free(e->sessions);
		history_free(e->history);
		watch_free(e->watch);
		keeper_free(e->keeper);
		doors_free(e->doors);
		if (e->timer)
			event_free(e->timer);
		certs_free(e->certs);
		worker_free(e->worker);
	}
	plan_free(e->plan);
	plan_free(e->next);
	free(e);
	return status;
}
