// SPDX-License-Identifier: GPL-2.0-or-later
/* The engine's sockets: those of the global table and of each VRF in use. */
#include "door.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include <event2/event.h>

#include "../lib/log.h"

/* Those of one VRF. */
struct door {
	TAILQ_ENTRY(door) in_all;
	struct doors *doors;
	uint32_t vrf; /* 0 global */
	int fd[NET_N];
	struct event *read[NET_N];
	unsigned int unread; /* sockets with more, a bit each */
};

struct doors {
	struct event_base *base;
	struct door_ops ops;
	TAILQ_HEAD(, door) all;
	int pass;
	bool is_open;
	uint8_t *buf;
};

static void on_packet(evutil_socket_t fd, short what, void *arg)
{
	struct door *door = arg;
	struct doors *d = door->doors;
	struct net_packet pkt;
	int which = 0;

	(void)what;
	while (door->fd[which] != fd)
		which++;
	door->unread |= 1u << which;
	d->ops.begin(d->ops.ctx);
	for (;;) {
		struct ike_path path = { .vrf = door->vrf };

		if (net_recv(fd, which, d->buf, &pkt) <= 0) {
			door->unread &= ~(1u << which);
			break;
		}
		path.local = (struct ike_end){ pkt.local, pkt.local_port };
		path.remote = (struct ike_end){ pkt.remote, pkt.remote_port };
		if (!d->ops.packet(d->ops.ctx, &path, pkt.p, pkt.len))
			break;
	}
	d->ops.end(d->ops.ctx);
}

static void close_door(struct doors *d, struct door *door, bool is_ours)
{
	int i;

	TAILQ_REMOVE(&d->all, door, in_all);
	for (i = 0; i < NET_N; i++)
		if (door->read[i])
			event_free(door->read[i]);
	if (is_ours)
		net_close(door->fd);
	free(door);
}

/* Takes the descriptors over if it succeeds. */
static bool add_door(struct doors *d, uint32_t vrf, const int fd[NET_N])
{
	struct door *door = calloc(1, sizeof(*door));
	bool good = door;
	int i;

	if (!door)
		return false;
	door->doors = d;
	door->vrf = vrf;
	TAILQ_INSERT_TAIL(&d->all, door, in_all);
	for (i = 0; i < NET_N; i++) {
		door->fd[i] = fd[i];
		if (fd[i] < 0)
			continue;
		door->read[i] = event_new(d->base, fd[i], EV_READ | EV_PERSIST,
					  on_packet, door);
		good = good && door->read[i] &&
		       (!d->is_open || !event_add(door->read[i], NULL));
	}
	if (!good)
		close_door(d, door, false);
	return good;
}

static struct door *door_of(const struct doors *d, uint32_t vrf)
{
	struct door *door;

	TAILQ_FOREACH(door, &d->all, in_all)
	{
		if (door->vrf == vrf)
			return door;
	}
	return NULL;
}

struct doors *doors_new(struct event_base *base, const struct door_ops *ops,
			const int fd[NET_N], int pass)
{
	struct doors *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->base = base;
	d->ops = *ops;
	d->pass = pass;
	TAILQ_INIT(&d->all);
	d->buf = malloc(NET_MAX_PACKET);
	if (d->buf && add_door(d, 0, fd))
		return d;
	doors_free(d);
	return NULL;
}

void doors_free(struct doors *d)
{
	if (!d)
		return;
	while (TAILQ_FIRST(&d->all))
		close_door(d, TAILQ_FIRST(&d->all), true);
	free(d->buf);
	free(d);
}

void doors_open(struct doors *d, bool open)
{
	struct door *door;
	int i;

	d->is_open = open;
	TAILQ_FOREACH(door, &d->all, in_all)
	{
		for (i = 0; i < NET_N; i++) {
			if (door->read[i] && open)
				event_add(door->read[i], NULL);
			else if (door->read[i])
				event_del(door->read[i]);
		}
	}
}

void doors_take(struct doors *d)
{
	struct door *door;
	int fd[NET_N];
	uint32_t vrf;

	while (d->pass >= 0 && net_passed(d->pass, &vrf, fd) > 0) {
		door = door_of(d, vrf);
		if (!vrf || (door && fd[0] >= 0)) {
			log_error("sockets of a VRF came twice");
			net_close(fd);
		} else if (door) {
			close_door(d, door, true);
		} else if (fd[0] >= 0 && !add_door(d, vrf, fd)) {
			log_error("no IKE in a VRF: out of memory");
			net_close(fd);
		}
	}
}

bool doors_are_behind(const struct doors *d)
{
	struct door *door;

	TAILQ_FOREACH(door, &d->all, in_all)
	{
		if (door->unread)
			return true;
	}
	return false;
}

/* --- send ---------------------------------------------------------------- */

static struct net_packet packet_of(const struct ike_path *path)
{
	return (struct net_packet){
		.local = path->local.addr,
		.remote = path->remote.addr,
		.local_port = path->local.port,
		.remote_port = path->remote.port,
	};
}

int doors_send(struct doors *d, const struct ike_path *path, const void *p,
	       size_t len)
{
	const struct door *door = door_of(d, path->vrf);
	struct net_packet pkt = packet_of(path);

	if (!door)
		return -ENETUNREACH;
	pkt.p = p;
	pkt.len = len;
	return net_send(door->fd, &pkt);
}

void doors_keepalive(struct doors *d, const struct ike_path *path)
{
	const struct door *door = door_of(d, path->vrf);
	struct net_packet pkt = packet_of(path);

	if (door)
		net_keepalive(door->fd, &pkt);
}
