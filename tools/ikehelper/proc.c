// SPDX-License-Identifier: GPL-2.0-or-later
/* Roles: channels between the processes, their start, dropping rights. */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "../lib/log.h"
#include "../lib/secret.h"

/* Octets that may wait in a channel before its writer should pause. */
#define HIGH_WATER (1 << 20)
#define LOW_WATER (256 << 10)

#define TURN_US 3000 /* of one channel, then others have their turn */

/* Of events: who asks waits for one other at most. */
enum { PRIO_FIRST, PRIO_OTHERS, PRIOS };

const char *const role_name[ROLE_N] = {
	[ROLE_PARENT] = "parent",
	[ROLE_ENGINE] = "engine",
	[ROLE_KEYS] = "keys",
	[ROLE_CONTROL] = "control",
};

struct channel {
	struct proc *proc;
	enum role peer;
	struct bufferevent *bev;
	struct event *more; /* its next turn, behind the others */
	bool is_full;
};

struct proc {
	struct proc_config config;
	struct event_base *base;
	struct channel channel[ROLE_N];
};

/* --- messages ---------------------------------------------------------- */

static void channel_lost(struct channel *c)
{
	bufferevent_free(c->bev);
	c->bev = NULL;
	c->proc->config.lost(c->proc->config.arg, c->peer);
}

/* Move the body to memory of its own; keys do not stay in the buffer. */
static bool take_body(struct evbuffer *in, struct msg *m)
{
	struct evbuffer_iovec piece[8];
	size_t n, left = m->len;
	uint8_t *to;
	int i, pieces;

	if (!m->len)
		return true;
	m->p = malloc(m->len);
	if (!m->p)
		return false;
	m->cap = m->len;
	for (to = m->p; left; evbuffer_drain(in, n)) {
		n = 0;
		pieces = evbuffer_peek(in, left, NULL, piece, 8);
		for (i = 0; i < pieces && i < 8 && n < left; i++) {
			size_t len = piece[i].iov_len;

			if (len > left - n)
				len = left - n;
			memcpy(to + n, piece[i].iov_base, len);
			secret_wipe(piece[i].iov_base, len);
			n += len;
		}
		to += n;
		left -= n;
	}
	return true;
}

/* One message out of the buffer; false if none is complete. */
static bool take_message(struct channel *c, struct evbuffer *in)
{
	uint8_t head[MSG_HEADER];
	struct msg m;

	if (evbuffer_copyout(in, head, sizeof(head)) < (ssize_t)sizeof(head))
		return false;
	if (!msg_head(head, &m)) {
		log_error("a message from the %s process is no message",
			  role_name[c->peer]);
		channel_lost(c);
		return false;
	}
	if (evbuffer_get_length(in) < sizeof(head) + m.len)
		return false;
	evbuffer_drain(in, sizeof(head));
	if (!take_body(in, &m)) {
		channel_lost(c);
		return false;
	}
	c->proc->config.recv(c->proc->config.arg, c->peer, &m);
	msg_free(&m);
	return c->bev;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* What clients ask goes first, but not twice before others had their turn. */
static bool is_first(const struct channel *c)
{
	return c->peer == ROLE_CONTROL;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct channel *c = arg;
	uint64_t end = now_us() + TURN_US;
	bool served = false, left = true;

	while (left && now_us() < end) {
		left = take_message(c, bufferevent_get_input(bev));
		served |= left;
	}
	if (!c->bev || (!left && !(served && is_first(c))))
		return;
	bufferevent_disable(bev, EV_READ);
	event_active(c->more, EV_TIMEOUT, 1);
}

static void on_more(evutil_socket_t fd, short what, void *arg)
{
	struct channel *c = arg;

	(void)fd;
	(void)what;
	if (!c->bev)
		return;
	bufferevent_enable(c->bev, EV_READ);
	on_read(c->bev, c);
}

/* The channel has drained to its low-water mark. */
static void on_write(struct bufferevent *bev, void *arg)
{
	struct channel *c = arg;

	(void)bev;
	if (!c->is_full)
		return;
	c->is_full = false;
	if (c->proc->config.room)
		c->proc->config.room(c->proc->config.arg, c->peer);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		channel_lost(arg);
}

static void sent(const void *p, size_t len, void *arg)
{
	(void)arg;
	secret_wipe((void *)p, len);
	free((void *)p);
}

/* All of it or nothing. Takes over the body, which is wiped when it is sent. */
static bool add_message(struct evbuffer *out, const uint8_t *head,
			struct msg *m)
{
	struct evbuffer *whole = evbuffer_new();
	bool done;

	if (!whole)
		return false;
	done = !evbuffer_add(whole, head, MSG_HEADER);
	if (done && m->len) {
		done = !evbuffer_add_reference(whole, m->p, m->len, sent, NULL);
		if (done)
			m->p = NULL;
	}
	done = done && !evbuffer_add_buffer(out, whole);
	evbuffer_free(whole);
	return done;
}

int proc_send(struct proc *p, enum role to, struct msg *m)
{
	struct channel *c = &p->channel[to];
	uint8_t head[MSG_HEADER];
	struct evbuffer *out;
	int err = 0;

	if (!c->bev)
		err = -ENOTCONN;
	else if (!msg_end(m, head))
		err = -ENOMEM;
	if (err)
		goto out_free;
	out = bufferevent_get_output(c->bev);
	if (!add_message(out, head, m))
		err = -ENOMEM;
	if (evbuffer_get_length(out) > HIGH_WATER)
		c->is_full = true;
out_free:
	msg_free(m);
	return err;
}

bool proc_is_full(const struct proc *p, enum role to)
{
	return p->channel[to].is_full;
}

/* --- this process ------------------------------------------------------ */

struct event_base *proc_base(struct proc *p)
{
	return p->base;
}

/* After each of the others it looks whether the first ones have something. */
static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config && !event_config_set_max_dispatch_interval(config, NULL, 1,
							      PRIO_OTHERS))
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	if (!base || !event_base_priority_init(base, PRIOS))
		return base;
	event_base_free(base);
	return NULL;
}

struct proc *proc_new(const struct proc_config *c)
{
	struct proc *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->config = *c;
	p->base = new_base();
	if (p->base)
		return p;
	free(p);
	errno = ENOMEM;
	return NULL;
}

void proc_free(struct proc *p)
{
	int i;

	if (!p)
		return;
	for (i = 0; i < ROLE_N; i++) {
		if (p->channel[i].bev)
			bufferevent_free(p->channel[i].bev);
		if (p->channel[i].more)
			event_free(p->channel[i].more);
	}
	event_base_free(p->base);
	free(p);
}

int proc_channel(struct proc *p, enum role to, int fd)
{
	struct channel *c = &p->channel[to];

	if (evutil_make_socket_nonblocking(fd) ||
	    evutil_make_socket_closeonexec(fd))
		return -errno;
	c->proc = p;
	c->peer = to;
	c->more = event_new(p->base, -1, 0, on_more, c);
	if (!c->more)
		return -ENOMEM;
	c->bev = bufferevent_socket_new(p->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev)
		return -ENOMEM;
	if (is_first(c) && bufferevent_priority_set(c->bev, PRIO_FIRST))
		return -ENOMEM;
	bufferevent_setcb(c->bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(c->bev, EV_WRITE, LOW_WATER, 0);
	return bufferevent_enable(c->bev, EV_READ | EV_WRITE) ? -ENOMEM : 0;
}

int proc_join(struct proc *p)
{
	int i, err;

	for (i = 0; i < ROLE_N; i++) {
		if (i == (int)p->config.role)
			continue;
		err = proc_channel(p, i, PROC_FD + i);
		if (err)
			return err;
	}
	return 0;
}

/* --- children ---------------------------------------------------------- */

/*
 * In the child, before its new run: descriptors to their places. They are
 * moved out of the way first, since a source may lie where another goes.
 */
static int place_descriptors(const int *fd, int n)
{
	int high[ROLE_N + PROC_MORE], i;

	for (i = 0; i < n; i++) {
		high[i] = -1;
		if (fd[i] < 0)
			continue;
		high[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, PROC_FD + n + 64);
		if (high[i] < 0)
			return -1;
	}
	for (i = 0; i < n; i++) {
		if (high[i] < 0)
			close(PROC_FD + i);
		else if (dup2(high[i], PROC_FD + i) < 0)
			return -1;
	}
	return 0;
}

static void run_child(enum role role, char **argv, const int *fd, int n)
{
	sigset_t none;

	sigemptyset(&none);
	if (place_descriptors(fd, n) || sigprocmask(SIG_SETMASK, &none, NULL))
		_exit(1);
	argv[2] = (char *)role_name[role];
	execv("/proc/self/exe", argv);
	_exit(1);
}

static void close_all(int pair[ROLE_N][ROLE_N])
{
	int i, j;

	for (i = 0; i < ROLE_N; i++)
		for (j = 0; j < ROLE_N; j++)
			if (pair[i][j] >= 0)
				close(pair[i][j]);
}

/* pair[I][J] is the end of role I of its channel to role J. */
static int make_channels(int pair[ROLE_N][ROLE_N])
{
	int i, j, fd[2];

	memset(pair, 0xff, ROLE_N * sizeof(pair[0]));
	for (i = 0; i < ROLE_N; i++) {
		for (j = i + 1; j < ROLE_N; j++) {
			if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				       fd))
				return -errno;
			pair[i][j] = fd[0];
			pair[j][i] = fd[1];
		}
	}
	return 0;
}

int proc_start(struct proc *p, char **argv, int more[ROLE_N][PROC_MORE],
	       struct proc_child child[ROLE_N])
{
	int pair[ROLE_N][ROLE_N], fd[ROLE_N + PROC_MORE];
	int i, n, err = make_channels(pair);

	for (i = ROLE_PARENT + 1; i < ROLE_N && !err; i++) {
		memcpy(fd, pair[i], sizeof(pair[i]));
		for (n = 0; n < PROC_MORE; n++)
			fd[ROLE_N + n] = more[i][n];
		child[i].role = i;
		child[i].pid = fork();
		if (!child[i].pid)
			run_child(i, argv, fd, ROLE_N + n);
		if (child[i].pid < 0)
			err = -errno;
	}
	for (i = ROLE_PARENT + 1; i < ROLE_N && !err; i++) {
		err = proc_channel(p, i, pair[ROLE_PARENT][i]);
		pair[ROLE_PARENT][i] = -1;
	}
	close_all(pair);
	return err;
}

int proc_drop(const struct proc_user *user, const char *root)
{
	const struct rlimit none = { 0 };

	secret_harden();
	if (chroot(root) || chdir("/"))
		return -errno;
	if (setgroups(0, NULL) || setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (setrlimit(RLIMIT_NPROC, &none))
		return -errno;
	/* Changing the user has made it dumpable again on some kernels. */
	return prctl(PR_SET_DUMPABLE, 0) ? -errno : 0;
}
