// SPDX-License-Identifier: GPL-2.0-or-later
/* The command "capture": its files, and the daemon's leave to have keys. */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../lib/cfg_cmd.h"
#include "../lib/ctl.h"
#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"

#define LINES 8192 /* octets from the daemon at a time */
#define PATIENCE 30000 /* ms for it to greet */

/* --- the daemon ---------------------------------------------------------------- */

static int refused(int err)
{
	if (err == EACCES || err == EPERM)
		log_error("the daemon gives keys to root only: run it as root");
	else if (!daemon_runs())
		log_error(
			"ikehelper does not run: there are no keys to be had");
	else
		log_error(
			"the daemon gives no keys away: start ikehelper with --allow-key-export, then try again");
	return FAILED;
}

static int connect_keys(struct capture *c)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct pollfd p = { .events = POLLIN };
	char first;

	if (snprintf(a.sun_path, sizeof(a.sun_path), "%s" CTL_KEYS,
		     daemon_path()) >= (int)sizeof(a.sun_path)) {
		log_error("the path of the control socket is too long");
		return FAILED;
	}
	c->keys = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->keys < 0 || connect(c->keys, (void *)&a, sizeof(a)))
		return refused(errno);
	/* It greets before the first SA: none is missed. */
	p.fd = c->keys;
	if (poll(&p, 1, PATIENCE) > 0 &&
	    recv(c->keys, &first, 1, MSG_PEEK) == 1)
		return DONE;
	log_error(
		"the daemon gives keys to one process of root at a time, and not to this one");
	return FAILED;
}

/* --- files ------------------------------------------------------------------ */

/* A file of ours: it must not be there, not even as a link. */
static int make(struct capture *c, int which)
{
	c->file[which] = open(
		c->path[which],
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (c->file[which] >= 0)
		return DONE;
	log_error("cannot make '%s': %s%s", c->path[which], strerror(errno),
		  errno == EEXIST ? "; name one that is not there" : "");
	return FAILED;
}

static int make_files(struct capture *c)
{
	if (make(c, 0) != DONE)
		return FAILED;
	if (!c->path[1] || make(c, 1) == DONE)
		return DONE;
	/* The other one is empty. */
	unlink(c->path[0]);
	return FAILED;
}

static void report(struct ctx *ctx, const struct capture *c)
{
	out_printf(ctx->out, "%s: %llu octets\n", c->path[0],
		   (unsigned long long)c->octets);
	if (c->path[1])
		out_printf(ctx->out, "%s: keys of %u SAs\n", c->path[1],
			   c->n_keys);
}

static int release(struct capture *c, int status)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (c->file[i] >= 0 && close(c->file[i]) && status == DONE) {
			log_error("cannot write '%s': %s", c->path[i],
				  strerror(errno));
			status = FAILED;
		}
		free(c->path[i]);
	}
	free(c->ifname);
	if (c->keys >= 0)
		close(c->keys);
	secret_free(&c->line);
	return status;
}

int do_capture(void *ctx, const struct cmd_match *m)
{
	const char *file = cfg_text(m, "FILE"), *ifname = cfg_text(m, "IF");
	struct capture c = { .ifname = strdup(ifname ? ifname : "any"),
			     .peer = cfg_addr(m, "PEER"),
			     .file = { -1, -1 },
			     .packets = -1,
			     .keys = -1 };
	bool has_keys = cmd_has(m, "keys");
	int status = FAILED;

	if (geteuid()) {
		log_error("capture: run it as root");
		return FAILED;
	}
	c.path[0] = strdup(file);
	if (has_keys && asprintf(&c.path[1], "%s.keys", file) < 0)
		c.path[1] = NULL;
	if (!c.ifname || !c.path[0] || (has_keys && !c.path[1]) ||
	    secret_alloc(&c.line, LINES))
		log_error("out of memory");
	else if (!has_keys || connect_keys(&c) == DONE)
		status = make_files(&c);
	if (status == DONE) {
		status = capture_run(&c);
		report(ctx, &c);
	}
	return release(&c, status);
}
