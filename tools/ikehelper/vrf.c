// SPDX-License-Identifier: GPL-2.0-or-later
/* VRFs of this system: Linux devices, what is in them, and when that changes. */
#include "vrf.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "../lib/log.h"
#include "../lib/rtnl.h"
#include "krn.h"

#define SETTLE_MS 200 /* changes rarely come alone */
#define AT_ONCE 256 /* messages, then others have their turn */

/* What was asked, and the answer. */
struct question {
	TAILQ_ENTRY(question) in_all;
	char dev[IF_NAMESIZE];
	bool is_name; /* of the VRF itself */
	uint32_t answer;
	unsigned int round;
};

struct vrfs {
	struct rtnl *rtnl;
	TAILQ_HEAD(, question) all;
	unsigned int round;
	int fd;
	struct event *read, *settle;
	void (*changed)(void *arg);
	void *arg;
};

static uint32_t look_up(struct vrfs *v, const char *dev, bool is_name)
{
	uint32_t index = if_nametoindex(dev), vrf, table;
	bool is_in = rtnl_vrf(v->rtnl, dev, &vrf, &table);

	if (!is_name)
		return is_in ? vrf : 0;
	return is_in && vrf == index ? vrf : VRF_NONE;
}

static uint32_t ask(struct vrfs *v, const char *dev, bool is_name)
{
	struct question *q;

	TAILQ_FOREACH(q, &v->all, in_all)
	{
		if (q->is_name == is_name && !strcmp(q->dev, dev))
			break;
	}
	if (!q) {
		q = strlen(dev) < sizeof(q->dev) ? calloc(1, sizeof(*q)) : NULL;
		if (!q)
			return is_name ? VRF_NONE : 0;
		strcpy(q->dev, dev);
		q->is_name = is_name;
		TAILQ_INSERT_TAIL(&v->all, q, in_all);
	}
	q->round = v->round;
	q->answer = look_up(v, dev, is_name);
	return q->answer;
}

uint32_t vrfs_named(void *vrfs, const char *name)
{
	return ask(vrfs, name, true);
}

uint32_t vrfs_of(void *vrfs, const char *dev, char name[IF_NAMESIZE])
{
	uint32_t vrf = ask(vrfs, dev, false);

	*name = '\0';
	if (vrf && !if_indextoname(vrf, name))
		snprintf(name, IF_NAMESIZE, "#%u", vrf);
	return vrf;
}

void vrfs_round(struct vrfs *v)
{
	struct question *q, *next;

	for (q = TAILQ_FIRST(&v->all); q; q = next) {
		next = TAILQ_NEXT(q, in_all);
		if (q->round == v->round)
			continue;
		TAILQ_REMOVE(&v->all, q, in_all);
		free(q);
	}
	v->round++;
}

/* --- changes ------------------------------------------------------------- */

static void on_settle(evutil_socket_t fd, short what, void *arg)
{
	struct vrfs *v = arg;
	struct question *q;

	(void)fd;
	(void)what;
	TAILQ_FOREACH(q, &v->all, in_all)
	{
		if (look_up(v, q->dev, q->is_name) == q->answer)
			continue;
		log_info("%s %s: the VRF has changed",
			 q->is_name ? "VRF" : "interface", q->dev);
		v->changed(v->arg);
		return;
	}
}

/* What is in the messages does not matter: all is asked for again. */
static void on_read(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval t = { .tv_usec = SETTLE_MS * 1000 };
	struct vrfs *v = arg;
	char buf[8192];
	int i;

	(void)what;
	for (i = 0; i < AT_ONCE; i++)
		if (recv(fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_TRUNC) < 0 &&
		    errno != ENOBUFS && errno != EINTR)
			break;
	if (!event_pending(v->settle, EV_TIMEOUT, NULL))
		event_add(v->settle, &t);
}

static bool listen_links(struct vrfs *v, struct event_base *base)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK,
				  .nl_groups = RTMGRP_LINK };

	v->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       NETLINK_ROUTE);
	if (v->fd < 0 || bind(v->fd, (struct sockaddr *)&nl, sizeof(nl)))
		return false;
	v->read = event_new(base, v->fd, EV_READ | EV_PERSIST, on_read, v);
	v->settle = evtimer_new(base, on_settle, v);
	return v->read && v->settle && !event_add(v->read, NULL);
}

struct vrfs *vrfs_new(struct event_base *base, void (*changed)(void *arg),
		      void *arg)
{
	struct vrfs *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	TAILQ_INIT(&v->all);
	v->changed = changed;
	v->arg = arg;
	v->fd = -1;
	v->rtnl = rtnl_open();
	if (v->rtnl && listen_links(v, base))
		return v;
	vrfs_free(v);
	return NULL;
}

void vrfs_free(struct vrfs *v)
{
	struct question *q;

	if (!v)
		return;
	while ((q = TAILQ_FIRST(&v->all))) {
		TAILQ_REMOVE(&v->all, q, in_all);
		free(q);
	}
	if (v->read)
		event_free(v->read);
	if (v->settle)
		event_free(v->settle);
	if (v->fd >= 0)
		close(v->fd);
	if (v->rtnl)
		rtnl_close(v->rtnl);
	free(v);
}
