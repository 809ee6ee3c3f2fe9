// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parent gives the keys of new SAs to one process of root, if it may at all.
 * They go from the parent, which has them anyway while it tells the kernel, straight
 * into the socket: no other role sees them, nothing is kept, nothing is read.
 */
#include "export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "../lib/ctl.h"
#include "../lib/log.h"
#include "../lib/secret.h"
#include "../lib/uat.h"
#include "listen.h"

/* Says to the client that it is the one. */
#define GREETING "# SAs that are negotiated from now on\n"

struct key_export {
	char *path;
	int listener, client; /* -1: none */
	pid_t pid; /* of the client */
	unsigned int n; /* SAs that it was told */
	struct event *accept, *gone;
	struct event_base *base;
};

static void drop_client(struct key_export *e, const char *why)
{
	log_warn("keys go to process %d no more (%s), %u SAs went to it",
		 (int)e->pid, why, e->n);
	event_free(e->gone);
	e->gone = NULL;
	close(e->client);
	e->client = -1;
}

/* It has nothing to say: whatever comes is its end. */
static void on_gone(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	drop_client(arg, "it has gone");
}

/* What does not fit at once is not kept for later. */
static void put(struct key_export *e, const char *text)
{
	size_t len = strlen(text);

	if (send(e->client, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) !=
	    (ssize_t)len)
		drop_client(e, "it does not read");
}

static void on_accept(evutil_socket_t listener, short what, void *arg)
{
	struct key_export *e = arg;
	struct ucred who;
	socklen_t len = sizeof(who);
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd < 0)
		return;
	/* The mode of the file says so, too. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) || who.uid ||
	    e->client >= 0) {
		close(fd);
		return;
	}
	e->gone = event_new(e->base, fd, EV_READ | EV_PERSIST, on_gone, e);
	if (!e->gone || event_add(e->gone, NULL)) {
		if (e->gone)
			event_free(e->gone);
		e->gone = NULL;
		close(fd);
		return;
	}
	e->client = fd;
	e->pid = who.pid;
	e->n = 0;
	log_warn("the keys of new SAs go to process %d of root", (int)who.pid);
	put(e, GREETING);
}

static void put_sa(struct key_export *e, const struct krn_req *req, uint8_t dir)
{
	const struct krn_pair *p = req->pair;
	const struct krn_key *cipher = dir == DIR_IN ? &p->in_cipher :
						       &p->out_cipher;
	const struct krn_key *integ = dir == DIR_IN ? &p->in_integ :
						      &p->out_integ;
	struct sa sa = {
		.dir = dir,
		.spi = dir == DIR_IN ? req->in_spi : req->out_spi,
		.local = req->path.local.addr,
		.remote = req->path.remote.addr,
		.cipher = p->cipher,
		.integ = p->integ,
		.icv_len = p->icv_len,
		.flags = p->esn ? SA_FLAG_ESN : 0,
		.cipher_key = { cipher->p, cipher->len },
		.integ_key = { integ->p, integ->len },
	};
	char line[UAT_LINE];

	if (e->client >= 0 && uat_line(&sa, line)) {
		put(e, line);
		e->n++;
	}
	secret_wipe(line, sizeof(line));
}

void export_pair(struct key_export *e, const struct krn_req *req)
{
	if (!e || e->client < 0)
		return;
	put_sa(e, req, DIR_IN);
	put_sa(e, req, DIR_OUT);
}

struct key_export *export_new(struct event_base *base, const char *control)
{
	struct key_export *e = calloc(1, sizeof(*e));

	if (!e || asprintf(&e->path, "%s" CTL_KEYS, control) < 0) {
		log_error("out of memory");
		free(e);
		return NULL;
	}
	e->base = base;
	e->client = -1;
	e->listener = listen_control(e->path, 0);
	if (e->listener < 0) {
		export_free(e);
		return NULL;
	}
	e->accept = event_new(base, e->listener, EV_READ | EV_PERSIST,
			      on_accept, e);
	if (!e->accept || event_add(e->accept, NULL)) {
		export_free(e);
		return NULL;
	}
	log_warn(
		"root may have the keys of new SAs (--allow-key-export): whoever gets them reads the traffic");
	return e;
}

void export_free(struct key_export *e)
{
	if (!e)
		return;
	if (e->client >= 0)
		drop_client(e, "the daemon ends");
	if (e->accept)
		event_free(e->accept);
	if (e->listener >= 0) {
		close(e->listener);
		unlink(e->path);
	}
	free(e->path);
	free(e);
}
