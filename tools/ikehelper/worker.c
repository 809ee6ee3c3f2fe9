// SPDX-License-Identifier: GPL-2.0-or-later
/* What the unprivileged roles have in common: begin, log, end. */
#include "worker.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "../lib/log.h"
#include "request.h"

#define LINES_MAX 4096 /* that wait behind a full channel */
#define TIDY_EVERY 20 /* seconds */
#define TIDY_FROM (4 << 20) /* octets that have become unused since */

struct worker {
	struct proc *proc;
	enum role role;
	proc_recv recv;
	void (*room)(void *arg, enum role to);
	void *arg;
	bool is_ending;
	unsigned int n_waiting, n_lost; /* lines, since the channel is full */
	struct event *tidy;
	size_t unused; /* octets of the heap, the least since it was tidied */
};

/* The one whose lines go to the parent. */
static struct worker *logger;

/* A flood of lines must not grow here; the parent limits it too. */
static bool may_wait(struct worker *c)
{
	if (!proc_is_full(c->proc, ROLE_PARENT))
		return true;
	if (c->n_waiting < LINES_MAX) {
		c->n_waiting++;
		return true;
	}
	c->n_lost++;
	return false;
}

static void send_line(enum log_level level, const char *line)
{
	struct msg m;

	if (!may_wait(logger))
		return;
	msg_init(&m, MSG_LOG, 0);
	msg_put_u8(&m, level);
	msg_put_text(&m, line);
	proc_send(logger->proc, ROLE_PARENT, &m);
}

static void on_message(void *arg, enum role from, struct msg *m)
{
	struct worker *c = arg;

	if (from == ROLE_PARENT && m->type == MSG_STOP &&
	    c->role != ROLE_ENGINE)
		worker_stop(c);
	else
		c->recv(c->arg, from, m);
}

/* Without the parent there is nothing to do; it decides about the others. */
static void on_lost(void *arg, enum role from)
{
	struct worker *c = arg;

	if (from == ROLE_PARENT)
		worker_stop(c);
}

static void on_room(void *arg, enum role to)
{
	struct worker *c = arg;
	unsigned int n_lost = c->n_lost;

	if (to == ROLE_PARENT) {
		c->n_waiting = 0;
		c->n_lost = 0;
	}
	if (to == ROLE_PARENT && n_lost)
		log_warn("%u log lines are missing here: there were too many",
			 n_lost);
	if (c->room)
		c->room(c->arg, to);
}

/* What a burst has left behind goes back to the system, once it is over. */
static void on_tidy(evutil_socket_t fd, short what, void *arg)
{
	struct worker *c = arg;
	const struct timeval again = { .tv_sec = TIDY_EVERY };
	size_t unused = mallinfo2().fordblks;

	(void)fd;
	(void)what;
	if (unused < c->unused)
		c->unused = unused;
	if (unused > c->unused + TIDY_FROM) {
		malloc_trim(0);
		c->unused = unused;
	}
	event_add(c->tidy, &again);
}

struct worker *worker_new(enum role role, proc_recv recv, void *arg)
{
	struct worker *c = calloc(1, sizeof(*c));
	struct proc_config config = {
		.role = role,
		.recv = on_message,
		.lost = on_lost,
		.room = on_room,
		.arg = c,
	};
	int err;

	if (!c)
		return NULL;
	c->role = role;
	c->recv = recv;
	c->arg = arg;
	c->proc = proc_new(&config);
	if (!c->proc) {
		free(c);
		return NULL;
	}
	err = proc_join(c->proc);
	if (err) {
		log_error("no channel: %s", strerror(-err));
		worker_free(c);
		return NULL;
	}
	c->tidy = evtimer_new(proc_base(c->proc), on_tidy, c);
	if (!c->tidy) {
		worker_free(c);
		return NULL;
	}
	logger = c;
	log_sink(send_line);
	return c;
}

void worker_free(struct worker *c)
{
	log_sink(NULL);
	logger = NULL;
	if (c->tidy)
		event_free(c->tidy);
	proc_free(c->proc);
	free(c);
}

struct proc *worker_proc(struct worker *c)
{
	return c->proc;
}

void worker_on_room(struct worker *c, void (*room)(void *arg, enum role to))
{
	c->room = room;
}

void worker_stop(struct worker *c)
{
	c->is_ending = true;
	event_base_loopbreak(proc_base(c->proc));
}

int worker_run(struct worker *c, const struct role_options *o)
{
	struct msg m;
	int err;

	/* The parent ends us; what a terminal or systemd sends is for it. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	tzset();
	err = proc_drop(&o->user, o->root);
	if (!err)
		err = proc_confine(c->role);
	if (err) {
		log_sink(NULL);
		log_error("%s: cannot give up its rights: %s",
			  role_name[c->role], strerror(-err));
		return 1;
	}
	msg_init(&m, MSG_READY, 0);
	proc_send(c->proc, ROLE_PARENT, &m);
	on_tidy(-1, 0, c);
	event_base_dispatch(proc_base(c->proc));
	return c->is_ending ? 0 : 1;
}
