// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of peers that are configured by their name. */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "../lib/log.h"

#define AT_ONCE 8 /* processes */
#define ANSWERS 8 /* addresses of one name that are looked at */
#define PATIENCE 20 /* seconds for one */
#define TICK 10
#define AGAIN_UNKNOWN 30
#define AGAIN_KNOWN 300

struct name {
	TAILQ_ENTRY(name) in_all;
	struct resolve *r;
	char *host;
	struct addr addr; /* family 0: not known */
	unsigned int round; /* of the last question */
	bool was_tried, is_lost; /* lost: said that it cannot be found */
	time_t tried;
	pid_t pid; /* of its process, 0 none */
	struct event *read;
	char said[ANSWERS * ADDR_STR]; /* addresses, one a line */
	size_t n_said;
};

struct resolve {
	struct resolve_ops ops;
	TAILQ_HEAD(, name) names;
	struct event *tick;
	unsigned int round, running;
};

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec;
}

/* --- one look-up ------------------------------------------------------- */

static void close_read(struct name *n)
{
	if (!n->read)
		return;
	close(event_get_fd(n->read));
	event_free(n->read);
	n->read = NULL;
	n->r->running--;
}

/* The world outside has made it up: may it be the address of one peer? */
static bool is_fit(const struct addr *a)
{
	return !addr_is_zero(a) && a->b[0] < (a->family == AF_INET ? 224 : 255);
}

/* The first that was said; ours if it is among them, for they come in any order. */
static bool choose(struct name *n, struct addr *found)
{
	char *at = n->said, *line;
	struct addr a;

	found->family = 0;
	while ((line = strsep(&at, "\n"))) {
		if (!addr_parse(line, &a) || !is_fit(&a))
			continue;
		if (!found->family || addr_eq(&a, &n->addr))
			*found = a;
	}
	return found->family;
}

static void finish(struct name *n)
{
	char text[ADDR_STR];
	struct addr a;

	close_read(n);
	n->said[n->n_said] = '\0';
	if (!choose(n, &a)) {
		if (!n->is_lost)
			log_warn("the address of %s cannot be found%s", n->host,
				 n->addr.family ? "; the old one stays" : "");
		n->is_lost = true;
		return;
	}
	n->is_lost = false;
	if (addr_eq(&a, &n->addr))
		return;
	n->addr = a;
	log_info("the address of %s is %s", n->host, addr_fmt(&a, text));
	n->r->ops.changed(n->r->ops.arg);
}

static void on_read(evutil_socket_t fd, short what, void *arg)
{
	struct name *n = arg;
	size_t room = sizeof(n->said) - 1 - n->n_said;
	ssize_t got = room ? read(fd, n->said + n->n_said, room) : 0;

	(void)what;
	if (got > 0)
		n->n_said += got;
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		finish(n);
}

/* This program once more, with nothing but a pipe. */
static int spawn(struct name *n, int out)
{
	const struct proc_user *user = n->r->ops.user;
	char uid[24], gid[24];
	char *argv[] = { "ikehelper", "--role", "resolve", "--uid", uid,
			 "--gid",     gid,	"--",	   n->host, NULL };
	char *envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	posix_spawn_file_actions_t acts;
	int err;

	snprintf(uid, sizeof(uid), "%u", user->uid);
	snprintf(gid, sizeof(gid), "%u", user->gid);
	err = posix_spawn_file_actions_init(&acts);
	if (err)
		return err;
	err = posix_spawn_file_actions_addopen(&acts, 0, "/dev/null", O_RDONLY,
					       0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&acts, out, 1);
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(&acts, 3);
	if (!err)
		err = posix_spawn(&n->pid, "/proc/self/exe", &acts, NULL, argv,
				  envp);
	posix_spawn_file_actions_destroy(&acts);
	return err;
}

static void start(struct name *n)
{
	int fd[2], err;

	if (n->pid || n->read || n->r->running >= AT_ONCE)
		return;
	n->was_tried = true;
	n->tried = now();
	n->n_said = 0;
	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK)) {
		log_error("cannot look up %s: %s", n->host, strerror(errno));
		return;
	}
	err = spawn(n, fd[1]);
	close(fd[1]);
	n->read = err ? NULL :
			event_new(n->r->ops.base, fd[0], EV_READ | EV_PERSIST,
				  on_read, n);
	if (err || !n->read || event_add(n->read, NULL)) {
		log_error("cannot look up %s: %s", n->host,
			  strerror(err ? err : ENOMEM));
		n->pid = err ? 0 : n->pid;
		if (n->read)
			event_free(n->read);
		n->read = NULL;
		close(fd[0]);
		return;
	}
	n->r->running++;
}

/* --- all of them ------------------------------------------------------- */

static void forget(struct resolve *r, struct name *n)
{
	if (n->pid > 0) {
		kill(n->pid, SIGKILL);
		waitpid(n->pid, NULL, 0);
	}
	close_read(n);
	TAILQ_REMOVE(&r->names, n, in_all);
	free(n->host);
	free(n);
}

static bool is_due(const struct name *n, time_t t)
{
	return !n->was_tried ||
	       t - n->tried >= (n->addr.family ? AGAIN_KNOWN : AGAIN_UNKNOWN);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct resolve *r = arg;
	struct name *n;

	(void)fd;
	(void)what;
	TAILQ_FOREACH(n, &r->names, in_all)
	{
		if (is_due(n, now()))
			start(n);
	}
}

bool resolve_get(void *arg, const char *host, struct addr *a)
{
	struct resolve *r = arg;
	struct name *n;

	TAILQ_FOREACH(n, &r->names, in_all)
	{
		if (!strcasecmp(n->host, host))
			break;
	}
	if (!n) {
		n = calloc(1, sizeof(*n));
		if (!n)
			return false;
		n->host = strdup(host);
		if (!n->host) {
			free(n);
			return false;
		}
		n->r = r;
		TAILQ_INSERT_TAIL(&r->names, n, in_all);
		start(n);
	}
	n->round = r->round;
	*a = n->addr;
	return a->family;
}

void resolve_round(struct resolve *r)
{
	struct name *n, *next;

	for (n = TAILQ_FIRST(&r->names); n; n = next) {
		next = TAILQ_NEXT(n, in_all);
		if (n->round != r->round)
			forget(r, n);
	}
	r->round++;
}

void resolve_reap(struct resolve *r)
{
	struct name *n;

	TAILQ_FOREACH(n, &r->names, in_all)
	{
		if (n->pid > 0 && waitpid(n->pid, NULL, WNOHANG) == n->pid)
			n->pid = 0;
	}
}

struct resolve *resolve_new(const struct resolve_ops *ops)
{
	const struct timeval tick = { .tv_sec = TICK };
	struct resolve *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->ops = *ops;
	TAILQ_INIT(&r->names);
	r->tick = event_new(ops->base, -1, EV_PERSIST, on_tick, r);
	if (r->tick && !event_add(r->tick, &tick))
		return r;
	resolve_free(r);
	return NULL;
}

void resolve_free(struct resolve *r)
{
	if (!r)
		return;
	while (TAILQ_FIRST(&r->names))
		forget(r, TAILQ_FIRST(&r->names));
	if (r->tick)
		event_free(r->tick);
	free(r);
}

/* --- the process ------------------------------------------------------- */

static int drop_rights(const struct proc_user *user)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	if (geteuid())
		return 0;
	return setgroups(0, NULL) ||
	       setresgid(user->gid, user->gid, user->gid) ||
	       setresuid(user->uid, user->uid, user->uid);
}

static bool get_addr(const struct addrinfo *i, struct addr *a)
{
	const struct sockaddr_in *in = (void *)i->ai_addr;
	const struct sockaddr_in6 *in6 = (void *)i->ai_addr;

	if (i->ai_family == AF_INET)
		return addr_from_bytes(a, &in->sin_addr, sizeof(in->sin_addr));
	return i->ai_family == AF_INET6 &&
	       addr_from_bytes(a, &in6->sin6_addr, sizeof(in6->sin6_addr));
}

int resolve_main(const struct proc_user *user, const char *host)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
					.ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list, *i;
	char text[ADDR_STR];
	struct addr a;
	int n = 0;

	/* Whatever happens, it ends. */
	alarm(PATIENCE);
	if (!user->uid || drop_rights(user) ||
	    getaddrinfo(host, NULL, &hints, &list))
		return 1;
	for (i = list; i && n < ANSWERS; i = i->ai_next)
		if (get_addr(i, &a)) {
			printf("%s\n", addr_fmt(&a, text));
			n++;
		}
	freeaddrinfo(list);
	return !n || fflush(stdout);
}
