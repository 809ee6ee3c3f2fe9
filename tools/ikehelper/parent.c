// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parent role: the only one with rights. It opens sockets, owns the
 * configuration, programs the module and watches the other roles. It reads
 * nothing that comes from the network.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "../lib/gnl.h"
#include "../lib/log.h"
#include "../lib/secret.h"
#include "adopt.h"
#include "export.h"
#include "ike.h"
#include "journal.h"
#include "keeper.h"
#include "krn_msg.h"
#include "krn_run.h"
#include "listen.h"
#include "meter.h"
#include "net.h"
#include "resolve.h"
#include "running.h"
#include "request.h"
#include "roles.h"
#include "sockets.h"
#include "store.h"
#include "usage.h"
#include "vrf.h"

#define STOP_PATIENCE 5 /* seconds for the engine to say good-bye */
#define BIND_AGAIN 2 /* seconds, for interfaces that are not there yet */

struct parent {
	const struct role_options *options;
	struct proc *proc;
	struct krn_run *krn;
	struct running *running;
	struct resolve *names;
	struct adopt *adopt;
	struct key_export *export; /* NULL: keys go nowhere */
	struct proc_child child[ROLE_N];
	unsigned int n_ready;
	struct sockets *sockets;
	struct vrfs *vrfs;
	int listener;
	struct event *kernel, *on_int, *on_term, *on_hup, *on_usr2, *on_child;
	struct event *stop_timer, *bind_timer, *usage_timer;
	struct meter *meter;
	bool is_stopping;
	bool is_leaving; /* the tunnels to another run */
	bool is_drained; /* the kernel has told the last figures */
	bool is_open; /* the engine may be told of events */
	int status;
};

/* --- systemd ------------------------------------------------------------- */

static void notify(const char *text)
{
	if (notify_systemd(text))
		log_warn("cannot tell systemd: %s", strerror(errno));
}

/* --- kernel to engine ---------------------------------------------------- */

static void on_acquire(void *arg, const struct krn_acquire *a)
{
	struct parent *p = arg;
	struct msg m;

	msg_init(&m, MSG_ACQUIRE, 0);
	krn_put_acquire(&m, a);
	proc_send(p->proc, ROLE_ENGINE, &m);
}

static void on_expire(void *arg, const struct krn_expire *e)
{
	struct parent *p = arg;
	struct msg m;

	msg_init(&m, MSG_EXPIRE, 0);
	krn_put_expire(&m, e);
	proc_send(p->proc, ROLE_ENGINE, &m);
}

static void on_mapping(void *arg, const struct krn_mapping *map)
{
	struct parent *p = arg;
	struct msg m;

	msg_init(&m, MSG_MAPPING, 0);
	krn_put_mapping(&m, map);
	proc_send(p->proc, ROLE_ENGINE, &m);
}

static void on_gone(void *arg, const struct krn_gone *gone)
{
	struct parent *p = arg;
	struct msg m;

	msg_init(&m, MSG_GONE, 0);
	krn_put_gone(&m, gone);
	proc_send(p->proc, ROLE_ENGINE, &m);
}

static void on_unknown(void *arg, const struct krn_unknown_spi *u)
{
	struct parent *p = arg;
	struct msg m;

	msg_init(&m, MSG_UNKNOWN_SPI, 0);
	krn_put_unknown(&m, u);
	proc_send(p->proc, ROLE_ENGINE, &m);
}

static const struct plan_flow *on_flow(void *arg, uint32_t ref)
{
	struct parent *p = arg;

	return running_flow(p->running, ref);
}

static void on_kernel(evutil_socket_t fd, short what, void *arg)
{
	struct parent *p = arg;

	(void)fd;
	(void)what;
	krn_run_events(p->krn);
	/* They wait in the kernel, which tells when it had to drop some. */
	if (proc_is_full(p->proc, ROLE_ENGINE))
		event_del(p->kernel);
}

static void on_room(void *arg, enum role to)
{
	struct parent *p = arg;

	if (to == ROLE_ENGINE && !p->is_stopping && p->is_open)
		event_add(p->kernel, NULL);
}

/* --- messages ------------------------------------------------------------ */

static void on_request(struct parent *p, struct msg *m)
{
	struct krn_pair pair;
	struct krn_answer a;
	struct krn_req req;
	struct msg reply;

	if (!krn_get_req(m, &req, &pair)) {
		log_error(
			"a request of the engine to the kernel makes no sense");
		return;
	}
	krn_run_request(p->krn, &req, &a);
	if (p->running && (!a.err || req.op == KRN_DELETE))
		running_note(p->running, &req);
	if (req.op == KRN_ADD_PAIR && !a.err)
		export_pair(p->export, &req);
	secret_wipe(&pair, sizeof(pair));
	if (!req.id)
		return;
	msg_init(&reply, MSG_KRN_DONE, req.id);
	krn_put_answer(&reply, &a);
	proc_send(p->proc, ROLE_ENGINE, &reply);
}

static void on_log(enum role from, struct msg *m)
{
	uint8_t level = msg_get_u8(m);
	const char *line = msg_get_text(m);

	if (msg_close(m) && level <= LOG_LEVEL_ERROR)
		journal_put(level, line);
	else
		log_error("a log line of %s makes no sense", role_name[from]);
}

static void stop(struct parent *p, int status)
{
	p->status = status;
	event_base_loopbreak(proc_base(p->proc));
}

/*
 * All tunnels are deleted: the next run begins with none. The engine gets the
 * figures of the SAs that it had deleted; then it ends.
 */
static void on_stopped(struct parent *p)
{
	struct msg m;

	if (p->is_leaving) {
		stop(p, p->status);
		return;
	}
	if (p->is_drained) {
		adopt_discard(p->adopt);
		stop(p, p->status);
		return;
	}
	p->is_drained = true;
	krn_run_drain(p->krn);
	msg_init(&m, MSG_STOP, 0);
	if (proc_send(p->proc, ROLE_ENGINE, &m))
		stop(p, 1);
}

static void on_history(const struct parent *p, struct msg *m)
{
	size_t len;
	const uint8_t *body = msg_get_bytes(m, &len);

	if (msg_close(m))
		store_write(p->options->history, body, len);
	else
		log_error("the history of the engine makes no sense");
}

static void on_ready(struct parent *p)
{
	/* All children, and then the engine once more. */
	if (++p->n_ready == ROLE_N) {
		log_info("ready");
		notify("READY=1");
	}
}

/* The engine has read what an earlier run has left; its own state counts now. */
static void on_state_read(struct parent *p)
{
	struct ike_held *held;
	struct msg m;
	size_t n;

	if (p->is_open)
		return;
	if (adopt_held(krn_run_gnl(p->krn), &held, &n)) {
		log_error("cannot read the SAs of the kernel: %s",
			  gnl_error(krn_run_gnl(p->krn)));
		stop(p, 1);
		return;
	}
	adopt_commit(p->adopt);
	msg_init(&m, MSG_HELD, 0);
	keeper_put_held(&m, held, n);
	free(held);
	proc_send(p->proc, ROLE_ENGINE, &m);
	p->is_open = true;
	event_add(p->kernel, NULL);
	krn_run_catch_up(p->krn);
}

static void on_resumed(struct parent *p)
{
	running_sweep(p->running);
	on_ready(p);
}

static const pid_t *pids_of(const struct parent *p, pid_t pid[ROLE_N])
{
	int i;

	for (i = 0; i < ROLE_N; i++)
		pid[i] = p->child[i].pid;
	pid[ROLE_PARENT] = getpid();
	return pid;
}

static void on_usage(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval again = { .tv_sec = USAGE_EVERY };
	struct parent *p = arg;
	pid_t pid[ROLE_N];

	(void)fd;
	(void)what;
	meter_sample(p->meter, krn_run_gnl(p->krn), pids_of(p, pid));
	event_add(p->usage_timer, &again);
}

/* Takes over the frame. */
static void tell(struct parent *p, uint32_t id, char *frame, uint64_t cursor)
{
	struct answer a = {
		.cursor = cursor,
		.frame = frame ? frame : "{\"error\":\"out of memory\"}",
	};
	struct msg m;

	msg_init(&m, MSG_ANSWER, id);
	answer_put(&m, &a);
	proc_send(p->proc, ROLE_CONTROL, &m);
	free(frame);
}

static void on_client(struct parent *p, struct msg *m)
{
	uint64_t cursor;
	pid_t pid[ROLE_N];
	struct request r;
	char *frame;

	if (m->type == MSG_FORGET)
		return;
	if (!request_get(m, &r))
		log_error("a request of control makes no sense");
	else if (meter_request(p->meter, krn_run_gnl(p->krn), pids_of(p, pid),
			       &r, &frame, &cursor))
		tell(p, m->id, frame, cursor);
	else
		running_request(p->running, m->id, &r);
}

static void on_message(void *arg, enum role from, struct msg *m)
{
	struct parent *p = arg;

	if (m->type == MSG_LOG)
		on_log(from, m);
	else if (m->type == MSG_READY)
		on_ready(p);
	else if (from == ROLE_ENGINE && m->type == MSG_KRN)
		on_request(p, m);
	else if (from == ROLE_ENGINE && m->type == MSG_HISTORY)
		on_history(p, m);
	else if (from == ROLE_ENGINE && m->type == MSG_STATE_READ)
		on_state_read(p);
	else if (from == ROLE_ENGINE && m->type == MSG_RESUMED)
		on_resumed(p);
	else if (from == ROLE_ENGINE && m->type == MSG_STOPPED)
		on_stopped(p);
	else if (from == ROLE_CONTROL)
		on_client(p, m);
	else
		log_error("parent: message %u of %s is not for it", m->type,
			  role_name[from]);
}

/* --- children and signals ------------------------------------------------ */

/* None of them ends by itself; without one of them there is no daemon. */
static void on_child(evutil_socket_t sig, short what, void *arg)
{
	struct parent *p = arg;
	int i, how;

	(void)sig;
	(void)what;
	if (p->names)
		resolve_reap(p->names);
	for (i = 0; i < ROLE_N; i++) {
		struct proc_child *c = &p->child[i];

		if (c->pid <= 0 || waitpid(c->pid, &how, WNOHANG) != c->pid)
			continue;
		c->pid = 0;
		if (p->is_stopping)
			continue;
		if (WIFSIGNALED(how))
			log_error("the %s process was ended by signal %d (%s)",
				  role_name[i], WTERMSIG(how),
				  strsignal(WTERMSIG(how)));
		else
			log_error("the %s process has ended with status %d",
				  role_name[i], WEXITSTATUS(how));
		stop(p, 1);
	}
}

static void on_lost(void *arg, enum role from)
{
	(void)arg;
	(void)from;
	/* SIGCHLD tells more. */
}

static void begin_end(struct parent *p, enum msg_type how)
{
	const struct timeval patience = { .tv_sec = STOP_PATIENCE };
	struct msg m;

	p->is_stopping = true;
	notify("STOPPING=1");
	msg_init(&m, how, 0);
	if (proc_send(p->proc, ROLE_ENGINE, &m))
		stop(p, 1);
	event_add(p->stop_timer, &patience);
}

static void on_stop_signal(evutil_socket_t sig, short what, void *arg)
{
	struct parent *p = arg;

	(void)what;
	if (p->is_stopping)
		return;
	log_info("stopping on signal %d", (int)sig);
	begin_end(p, MSG_STOP);
}

/* For another run, of this or another version: the tunnels stay as they are. */
static void on_restart(evutil_socket_t sig, short what, void *arg)
{
	struct parent *p = arg;

	(void)what;
	if (p->is_stopping)
		return;
	log_info("ending on signal %d; the next run takes over the tunnels",
		 (int)sig);
	p->is_leaving = true;
	begin_end(p, MSG_LEAVE);
}

static void on_stop_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	log_warn("the engine does not end; going without it");
	stop(arg, 1);
}

static void on_reload(evutil_socket_t sig, short what, void *arg)
{
	struct parent *p = arg;

	(void)sig;
	(void)what;
	notify("RELOADING=1");
	running_reload(p->running);
	notify("READY=1");
}

static void on_bind_timer(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval again = { .tv_sec = BIND_AGAIN };
	struct parent *p = arg;

	(void)fd;
	(void)what;
	if (running_bind(p->running) + running_want(p->running))
		event_add(p->bind_timer, &again);
}

/* The address of a name, or the VRF of an interface, is another one. */
static void on_renew(void *arg)
{
	struct parent *p = arg;

	if (p->running && !p->is_stopping)
		running_renew(p->running);
}

/* The configuration names interfaces that do not exist (yet). */
static void on_missing(void *arg)
{
	const struct timeval again = { .tv_sec = BIND_AGAIN };
	struct parent *p = arg;

	event_add(p->bind_timer, &again);
}

static bool add_signals(struct parent *p)
{
	struct event_base *base = proc_base(p->proc);

	signal(SIGPIPE, SIG_IGN);
	p->on_int = evsignal_new(base, SIGINT, on_stop_signal, p);
	p->on_term = evsignal_new(base, SIGTERM, on_stop_signal, p);
	p->on_hup = evsignal_new(base, SIGHUP, on_reload, p);
	p->on_usr2 = evsignal_new(base, SIGUSR2, on_restart, p);
	p->on_child = evsignal_new(base, SIGCHLD, on_child, p);
	p->stop_timer = evtimer_new(base, on_stop_timer, p);
	p->bind_timer = evtimer_new(base, on_bind_timer, p);
	p->usage_timer = evtimer_new(base, on_usage, p);
	p->meter = meter_new();
	return p->on_int && p->on_term && p->on_hup && p->on_child &&
	       p->on_usr2 && p->stop_timer && p->bind_timer && p->usage_timer &&
	       p->meter && !event_add(p->on_int, NULL) &&
	       !event_add(p->on_term, NULL) && !event_add(p->on_hup, NULL) &&
	       !event_add(p->on_usr2, NULL) && !event_add(p->on_child, NULL);
}

/* --- begin and end ------------------------------------------------------- */

static int open_kernel(struct parent *p)
{
	const struct krn_run_ops ops = {
		.acquire = on_acquire,
		.expire = on_expire,
		.mapping = on_mapping,
		.gone = on_gone,
		.unknown_spi = on_unknown,
		.flow = on_flow,
		.arg = p,
	};

	p->krn = krn_run_new(&ops);
	p->sockets = p->krn ? sockets_new(p->krn) : NULL;
	if (!p->sockets)
		return -1;
	p->kernel = event_new(proc_base(p->proc), krn_run_fd(p->krn),
			      EV_READ | EV_PERSIST, on_kernel, p);
	return p->kernel ? 0 : -1;
}

static int start_children(struct parent *p)
{
	char uid[24], gid[24], control[24];
	int more[ROLE_N][PROC_MORE];
	char *argv[] = { "ikehelper", "--role", NULL, "--uid",
			 uid,	      "--gid",	gid,  "--control-gid",
			 control,     "--root", NULL, NULL,
			 NULL };
	int i, err;

	snprintf(uid, sizeof(uid), "%u", p->options->user.uid);
	snprintf(gid, sizeof(gid), "%u", p->options->user.gid);
	snprintf(control, sizeof(control), "%u", p->options->control_gid);
	argv[10] = (char *)p->options->root;
	argv[11] = p->options->debug ? "--debug" : NULL;
	memset(more, 0xff, sizeof(more));
	for (i = 0; i < NET_N; i++)
		more[ROLE_ENGINE][i] = sockets_global(p->sockets)[i];
	more[ROLE_ENGINE][NET_N] = adopt_old(p->adopt);
	more[ROLE_ENGINE][NET_N + 1] = adopt_state(p->adopt);
	more[ROLE_ENGINE][NET_N + 2] = sockets_engine(p->sockets);
	more[ROLE_CONTROL][0] = p->listener;
	err = proc_start(p->proc, argv, more, p->child);
	if (err)
		log_error("cannot start the processes: %s", strerror(-err));
	return err;
}

static void wait_children(struct parent *p)
{
	int i;

	for (i = 0; i < ROLE_N; i++)
		if (p->child[i].pid > 0)
			waitpid(p->child[i].pid, NULL, 0);
}

/* What earlier runs have kept; first of all, as all else adds to it. */
static void tell_history(struct parent *p)
{
	struct msg m;
	char boot[64];
	size_t len;
	uint8_t *kept = store_read(p->options->history, &len);

	msg_init(&m, MSG_HISTORY, 0);
	msg_put_text(&m, store_boot(boot, sizeof(boot)));
	msg_put_bytes(&m, kept, kept ? len : 0);
	free(kept);
	proc_send(p->proc, ROLE_ENGINE, &m);
}

static int begin(struct parent *p)
{
	struct running_ops ops = {
		.proc = p->proc,
		.missing = on_missing,
		.acquire = on_acquire,
		.arg = p,
		.path = p->options->config,
		.state = p->options->state,
	};
	const struct resolve_ops names = {
		.base = proc_base(p->proc),
		.user = &p->options->user,
		.changed = on_renew,
		.arg = p,
	};
	struct msg keys;

	if (!add_signals(p))
		return -1;
	p->listener =
		listen_control(p->options->socket, p->options->control_gid);
	if (p->listener < 0)
		return -1;
	if (p->options->allow_key_export) {
		p->export = export_new(proc_base(p->proc), p->options->socket);
		if (!p->export)
			return -1;
	}
	/* Before the ports, which the engine of an earlier run may still have. */
	p->adopt = adopt_new(p->options->state);
	if (!p->adopt || open_kernel(p) || start_children(p))
		return -1;
	tell_history(p);
	msg_init(&keys, MSG_STATE, 0);
	adopt_put_keys(p->adopt, &keys);
	proc_send(p->proc, ROLE_ENGINE, &keys);
	p->names = resolve_new(&names);
	if (!p->names)
		return -1;
	p->vrfs = vrfs_new(proc_base(p->proc), on_renew, p);
	if (!p->vrfs) {
		log_error("cannot watch interfaces: %s", strerror(errno));
		return -1;
	}
	ops.names = p->names;
	ops.vrfs = p->vrfs;
	ops.sockets = p->sockets;
	ops.gnl = krn_run_gnl(p->krn);
	p->running = running_new(&ops);
	if (!p->running)
		return -1;
	on_usage(-1, 0, p);
	return 0;
}

static void free_events(struct parent *p)
{
	struct event *all[] = { p->kernel,     p->on_int,     p->on_term,
				p->on_hup,     p->on_usr2,    p->on_child,
				p->stop_timer, p->bind_timer, p->usage_timer };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i])
			event_free(all[i]);
}

static void end(struct parent *p)
{
	free_events(p);
	export_free(p->export);
	meter_free(p->meter);
	running_free(p->running);
	resolve_free(p->names);
	krn_run_free(p->krn);
	vrfs_free(p->vrfs);
	/* Their channels close, which ends them. */
	proc_free(p->proc);
	wait_children(p);
	adopt_free(p->adopt);
	sockets_free(p->sockets);
	if (p->listener >= 0) {
		close(p->listener);
		unlink(p->options->socket);
	}
}

int parent_main(const struct role_options *o)
{
	struct proc_config config = {
		.role = ROLE_PARENT,
		.recv = on_message,
		.lost = on_lost,
		.room = on_room,
	};
	struct parent *p = calloc(1, sizeof(*p));
	int status;

	if (!p)
		return 1;
	config.arg = p;
	p->options = o;
	p->listener = -1;
	p->proc = proc_new(&config);
	if (!p->proc) {
		free(p);
		return 1;
	}
	p->status = begin(p) ? 1 : 0;
	if (!p->status)
		event_base_dispatch(proc_base(p->proc));
	status = p->status;
	end(p);
	free(p);
	return status;
}
