// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands that begin with "encap"; holds a socket for the module. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/json.h"
#include "../lib/log.h"
#include "cmds.h"
#include "print.h"

#include <json-c/json.h>

#define SHOWN 16 /* octets of a datagram that are printed */

int do_encap_list(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl_dump d = { 0 };
	struct gnl *g = ctl_gnl(c);
	struct encap e;

	(void)m;
	if (!g)
		return FAILED;
	if (gnl_encap_dump(g, &d)) {
		gnl_dump_free(&d);
		return ctl_refused(c, "encap list");
	}
	ctl_check_dump(&d);
	if (out_is_json(c->out))
		out_list_begin(c->out);
	while (gnl_encap_next(&d, &e)) {
		if (out_is_json(c->out))
			out_json(c->out, json_encap(&e));
		else
			print_encap(c->out, &e);
	}
	if (out_is_json(c->out))
		out_list_end(c->out);
	gnl_dump_free(&d);
	return DONE;
}

union sock {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t to_sock(const struct addr *a, uint16_t port, union sock *s)
{
	memset(s, 0, sizeof(*s));
	if (a->family == AF_INET6) {
		s->in6.sin6_family = AF_INET6;
		s->in6.sin6_port = htons(port);
		memcpy(&s->in6.sin6_addr, a->b, 16);
		return sizeof(s->in6);
	}
	s->in.sin_family = AF_INET;
	s->in.sin_port = htons(port);
	memcpy(&s->in.sin_addr, a->b, 4);
	return sizeof(s->in);
}

static int open_socket(const struct addr *a, uint16_t port)
{
	union sock s;
	socklen_t len = to_sock(a, port, &s);
	int fd, one = 1;

	fd = socket(s.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		log_error("cannot open a socket: %s", strerror(errno));
		return -1;
	}
	if (s.sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, &s.sa, len)) {
		log_error("cannot bind to port %u: %s; see 'ss -lnup'", port,
			  strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

/* A datagram that the module left to us: a line of it. */
static void print_datagram(struct ctx *c, int fd)
{
	unsigned char buf[65536];
	char host[ADDR_STR];
	struct addr a;
	union sock s;
	socklen_t len = sizeof(s);
	ssize_t i, n = recvfrom(fd, buf, sizeof(buf), 0, &s.sa, &len);

	if (n < 0 || !c->verbose)
		return;
	if (s.sa.sa_family == AF_INET6)
		addr_from_bytes(&a, &s.in6.sin6_addr, 16);
	else
		addr_from_bytes(&a, &s.in.sin_addr, 4);
	out_printf(c->out, "from %s port %u length %zd ", addr_fmt(&a, host),
		   ntohs(s.in.sin_port), n);
	for (i = 0; i < n && i < SHOWN; i++)
		out_printf(c->out, "%02x", buf[i]);
	out_printf(c->out, "%s\n", n > SHOWN ? "..." : "");
	out_flush(c->out);
}

/* Until a signal; DONE or FAILED. */
static int serve(struct ctx *c, int fd)
{
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
			       { .events = POLLIN } };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	p[1].fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (p[1].fd < 0) {
		log_error("signalfd: %s", strerror(errno));
		return FAILED;
	}
	while (poll(p, 2, -1) > 0 && !p[1].revents)
		if (p[0].revents)
			print_datagram(c, fd);
	close(p[1].fd);
	return DONE;
}

int do_encap_hold(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	const struct cmd_arg *a = cmd_find(m, "LOCAL");
	uint16_t port = cmd_find(m, "PORT")->v.num;
	struct addr any = { .family = AF_INET };
	struct encap e = { 0 };
	struct gnl *g = ctl_gnl(c);
	int fd, status;

	if (!g)
		return FAILED;
	fd = open_socket(a ? &a->v.addr : &any, port);
	if (fd < 0)
		return FAILED;
	e.fd = fd;
	PUT(&e, ENCAP_FD);
	if (gnl_encap_add(g, &e)) {
		status = ctl_refused(c, "encap hold");
		goto out_close;
	}
	out_printf(c->out, "holding port %u\n", port);
	out_flush(c->out);
	status = serve(c, fd);
	if (gnl_encap_del(g, &e))
		status = ctl_refused(c, "encap hold");

out_close:
	close(fd);
	return status;
}
