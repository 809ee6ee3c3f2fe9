// SPDX-License-Identifier: GPL-2.0-or-later
/* The parent's part of the sockets: open them, hand them to module and engine. */
#include "sockets.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/log.h"
#include "krn_run.h"
#include "net.h"

struct sockets {
	struct krn_run *krn;
	int fd[NET_N]; /* of the global table */
	int ours, engines; /* ends of the way to the engine */
	uint32_t *vrf; /* those that the engine has */
	size_t n;
	uint32_t said; /* the last VRF that a failure was said of */
};

static int give_module(const struct sockets *s, const int fd[NET_N])
{
	if (fd[NET_NAT_T4] >= 0 && krn_run_encap(s->krn, fd[NET_NAT_T4]))
		return -1;
	return fd[NET_NAT_T6] >= 0 ? krn_run_encap(s->krn, fd[NET_NAT_T6]) : 0;
}

struct sockets *sockets_new(struct krn_run *krn)
{
	struct sockets *s = calloc(1, sizeof(*s));
	char why[256];
	int way[2];

	if (!s)
		return NULL;
	s->krn = krn;
	s->ours = -1;
	s->engines = -1;
	if (net_open(s->fd, why, sizeof(why))) {
		log_error("%s", why);
		free(s);
		return NULL;
	}
	if (give_module(s, s->fd)) {
		sockets_free(s);
		return NULL;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, way)) {
		log_error("no channel for sockets: %s", strerror(errno));
		sockets_free(s);
		return NULL;
	}
	s->ours = way[0];
	s->engines = way[1];
	return s;
}

void sockets_free(struct sockets *s)
{
	if (!s)
		return;
	net_close(s->fd);
	if (s->ours >= 0)
		close(s->ours);
	if (s->engines >= 0)
		close(s->engines);
	free(s->vrf);
	free(s);
}

const int *sockets_global(const struct sockets *s)
{
	return s->fd;
}

int sockets_engine(const struct sockets *s)
{
	return s->engines;
}

/* --- VRFs ---------------------------------------------------------------- */

static bool has(const uint32_t *v, size_t n, uint32_t vrf)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i] == vrf)
			return true;
	return false;
}

/* Said once, not each time that it is tried again. */
static bool fail(struct sockets *s, uint32_t vrf, const char *why)
{
	if (s->said != vrf)
		log_error("no IKE in the VRF with device %u: %s", vrf, why);
	s->said = vrf;
	return false;
}

static bool open_vrf(struct sockets *s, uint32_t vrf)
{
	int fd[NET_N], err;
	char why[256];

	if (net_open_vrf(fd, vrf, s->fd, why, sizeof(why)))
		return fail(s, vrf, why);
	err = give_module(s, fd);
	if (!err && net_pass(s->ours, vrf, fd)) {
		err = -1;
		fail(s, vrf, strerror(errno));
	}
	/* The engine has its own; as long as it does, so does the module. */
	net_close(fd);
	if (err)
		return false;
	s->vrf[s->n++] = vrf;
	s->said = 0;
	return true;
}

static void close_vrf(struct sockets *s, size_t i)
{
	static const int none[NET_N] = { -1, -1, -1, -1 };

	if (net_pass(s->ours, s->vrf[i], none))
		log_error("sockets of a VRF stay open: %s", strerror(errno));
	s->vrf[i] = s->vrf[--s->n];
}

unsigned int sockets_use(struct sockets *s, const uint32_t *vrf, size_t n)
{
	uint32_t *more = reallocarray(s->vrf, s->n + n + 1, sizeof(*more));
	unsigned int missing = 0;
	size_t i;

	if (!more)
		return n;
	s->vrf = more;
	for (i = s->n; i-- > 0;)
		if (!has(vrf, n, s->vrf[i]))
			close_vrf(s, i);
	for (i = 0; i < n; i++)
		if (!has(s->vrf, s->n, vrf[i]))
			missing += !open_vrf(s, vrf[i]);
	return missing;
}
