// SPDX-License-Identifier: GPL-2.0-or-later
/* UDP 500 and 4500: sockets, own addresses, the non-ESP marker (RFC 3948). */
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MARKER 4 /* octets of zero where ESP has its SPI */
#define RECEIVE_BUFFER (4 << 20)
#define PATIENCE 20 /* tenths of a second */

union net_addr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

union net_control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static uint16_t port_of(int which)
{
	return which == NET_IKE4 || which == NET_IKE6 ? NET_PORT_IKE :
							NET_PORT_NAT_T;
}

static bool is_v6(int which)
{
	return which == NET_IKE6 || which == NET_NAT_T6;
}

/* --- open -------------------------------------------------------------- */

static int bind_any(int fd, int which)
{
	union net_addr a = { 0 };

	if (is_v6(which)) {
		a.v6.sin6_family = AF_INET6;
		a.v6.sin6_port = htons(port_of(which));
		return bind(fd, &a.sa, sizeof(a.v6));
	}
	a.v4.sin_family = AF_INET;
	a.v4.sin_port = htons(port_of(which));
	return bind(fd, &a.sa, sizeof(a.v4));
}

/* A killed run of ours may be about to end, and its ports are still taken. */
static int bind_in_time(int fd, int which)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	int i, err = bind_any(fd, which);

	for (i = 0; err && errno == EADDRINUSE && i < PATIENCE; i++) {
		nanosleep(&tenth, NULL);
		err = bind_any(fd, which);
	}
	return err;
}

/*
 * The path may break a long message into fragments: IKE has no way to make it
 * shorter before the peer has shown that it can.
 */
static int set_options(int fd, int which)
{
	const int on = 1, size = RECEIVE_BUFFER;
	const int pmtu4 = IP_PMTUDISC_DONT, pmtu6 = IPV6_PMTUDISC_DONT;
	int err;

	/* Less is refused to nobody; a smaller buffer is no failure. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (!is_v6(which)) {
		err = setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
		return err ? err :
			     setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &pmtu4,
					sizeof(pmtu4));
	}
	err = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (!err)
		err = setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
				 sizeof(on));
	if (!err)
		err = setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &pmtu6,
				 sizeof(pmtu6));
	return err;
}

static int allow_reuse(int fd, int on)
{
	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

/*
 * The same port once more, in a VRF. The kernel wants both to allow that; for
 * longer than it takes, any user could have port 4500 as well.
 */
static int bind_beside(int fd, int which, uint32_t vrf, int shared)
{
	const int device = vrf;
	int err = setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device,
			     sizeof(device));

	if (!err && shared >= 0)
		err = allow_reuse(shared, 1);
	if (!err)
		err = allow_reuse(fd, 1);
	if (!err)
		err = bind_any(fd, which);
	if (!err)
		err = allow_reuse(fd, 0);
	if (shared >= 0 && allow_reuse(shared, 0))
		return -1;
	return err;
}

static int bind_one(int fd, int which, uint32_t vrf, int shared)
{
	return vrf ? bind_beside(fd, which, vrf, shared) :
		     bind_in_time(fd, which);
}

static int open_one(int which, uint32_t vrf, int shared, char *why, size_t size)
{
	int fd = socket(is_v6(which) ? AF_INET6 : AF_INET,
			SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd < 0 && is_v6(which) && errno == EAFNOSUPPORT)
		return -EAFNOSUPPORT;
	if (fd >= 0 && !set_options(fd, which) &&
	    !bind_one(fd, which, vrf, shared))
		return fd;
	err = -errno;
	if (fd >= 0)
		close(fd);
	snprintf(why, size, "UDP port %u: %s%s", port_of(which), strerror(-err),
		 err == -EADDRINUSE ? "; does another IKE daemon run?" :
		 err == -EACCES	    ? "; run it as root" :
				      "");
	return err;
}

static int open_all(int fd[NET_N], uint32_t vrf, const int *shared, char *why,
		    size_t size)
{
	int i;

	for (i = 0; i < NET_N; i++)
		fd[i] = -1;
	for (i = 0; i < NET_N; i++) {
		fd[i] = open_one(i, vrf, shared ? shared[i] : -1, why, size);
		if (fd[i] >= 0)
			continue;
		if (fd[i] != -EAFNOSUPPORT) {
			int err = fd[i];

			net_close(fd);
			return err;
		}
		fd[i] = -1;
	}
	return 0;
}

int net_open(int fd[NET_N], char *why, size_t size)
{
	return open_all(fd, 0, NULL, why, size);
}

int net_open_vrf(int fd[NET_N], uint32_t vrf, const int shared[NET_N],
		 char *why, size_t size)
{
	return open_all(fd, vrf, shared, why, size);
}

void net_close(int fd[NET_N])
{
	int i;

	for (i = 0; i < NET_N; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

/* --- to another process ------------------------------------------------ */

/* Whose they are, and which of them there are, a bit each. */
struct pass {
	uint32_t vrf;
	uint32_t there;
};

union pass_control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(NET_N * sizeof(int))];
};

int net_pass(int way, uint32_t vrf, const int fd[NET_N])
{
	struct pass pass = { .vrf = vrf };
	struct iovec io = { .iov_base = &pass, .iov_len = sizeof(pass) };
	struct msghdr h = { .msg_iov = &io, .msg_iovlen = 1 };
	union pass_control control = { 0 };
	int list[NET_N], n = 0, i;
	struct cmsghdr *c;

	for (i = 0; i < NET_N; i++) {
		if (fd[i] < 0)
			continue;
		pass.there |= 1u << i;
		list[n++] = fd[i];
	}
	if (n) {
		h.msg_control = &control;
		h.msg_controllen = CMSG_SPACE(n * sizeof(int));
		c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), list, n * sizeof(int));
	}
	return sendmsg(way, &h, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int net_passed(int way, uint32_t *vrf, int fd[NET_N])
{
	struct pass pass;
	struct iovec io = { .iov_base = &pass, .iov_len = sizeof(pass) };
	union pass_control control;
	struct msghdr h = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	int list[NET_N], i, n = 0;
	struct cmsghdr *c;

	if (recvmsg(way, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) !=
	    (ssize_t)sizeof(pass))
		return 0;
	c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(list, CMSG_DATA(c), n * sizeof(int));
	}
	*vrf = pass.vrf;
	for (i = NET_N - 1; i >= 0; i--)
		fd[i] = pass.there & 1u << i && n > 0 ? list[--n] : -1;
	return 1;
}

/* --- receive ----------------------------------------------------------- */

static bool read_local(struct msghdr *h, struct addr *local)
{
	struct in6_pktinfo p6;
	struct in_pktinfo p4;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&p4, CMSG_DATA(c), sizeof(p4));
			return addr_from_bytes(local, &p4.ipi_addr, 4);
		}
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&p6, CMSG_DATA(c), sizeof(p6));
			return addr_from_bytes(local, &p6.ipi6_addr, 16);
		}
	}
	return false;
}

static bool read_remote(const union net_addr *from, struct net_packet *pkt)
{
	if (from->sa.sa_family == AF_INET6) {
		pkt->remote_port = ntohs(from->v6.sin6_port);
		return addr_from_bytes(&pkt->remote, &from->v6.sin6_addr, 16);
	}
	pkt->remote_port = ntohs(from->v4.sin_port);
	return addr_from_bytes(&pkt->remote, &from->v4.sin_addr, 4);
}

/* Is it IKE? Then without its marker. */
static bool take_marker(struct net_packet *pkt)
{
	static const uint8_t zero[MARKER];

	if (pkt->local_port == NET_PORT_IKE)
		return true;
	if (pkt->len < MARKER || memcmp(pkt->p, zero, MARKER))
		return false;
	pkt->p += MARKER;
	pkt->len -= MARKER;
	return true;
}

int net_recv(int fd, int which, uint8_t *buf, struct net_packet *pkt)
{
	union net_control control;
	union net_addr from;
	struct iovec io = { .iov_base = buf, .iov_len = NET_MAX_PACKET };
	struct msghdr h = {
		.msg_name = &from,
		.msg_iov = &io,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do {
		h.msg_namelen = sizeof(from);
		h.msg_control = &control;
		h.msg_controllen = sizeof(control);
		n = recvmsg(fd, &h, 0);
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		*pkt = (struct net_packet){
			.local_port = port_of(which),
			.p = buf,
			.len = n,
		};
	} while (!read_remote(&from, pkt) || !read_local(&h, &pkt->local) ||
		 !take_marker(pkt));
	return 1;
}

/* --- send -------------------------------------------------------------- */

static void write_remote(const struct net_packet *pkt, union net_addr *to,
			 struct msghdr *h)
{
	memset(to, 0, sizeof(*to));
	to->sa.sa_family = pkt->remote.family;
	h->msg_name = to;
	if (pkt->remote.family == AF_INET6) {
		to->v6.sin6_port = htons(pkt->remote_port);
		memcpy(&to->v6.sin6_addr, pkt->remote.b, 16);
		h->msg_namelen = sizeof(to->v6);
	} else {
		to->v4.sin_port = htons(pkt->remote_port);
		memcpy(&to->v4.sin_addr, pkt->remote.b, 4);
		h->msg_namelen = sizeof(to->v4);
	}
}

/* From the address that the peer knows. */
static void write_local(const struct net_packet *pkt,
			union net_control *control, struct msghdr *h)
{
	struct in6_pktinfo p6 = { 0 };
	struct in_pktinfo p4 = { 0 };
	bool v6 = pkt->local.family == AF_INET6;
	struct cmsghdr *c;

	if (!pkt->local.family)
		return;
	memset(control, 0, sizeof(*control));
	h->msg_control = control;
	h->msg_controllen = CMSG_SPACE(v6 ? sizeof(p6) : sizeof(p4));
	c = CMSG_FIRSTHDR(h);
	c->cmsg_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	c->cmsg_type = v6 ? IPV6_PKTINFO : IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(v6 ? sizeof(p6) : sizeof(p4));
	if (v6) {
		memcpy(&p6.ipi6_addr, pkt->local.b, 16);
		memcpy(CMSG_DATA(c), &p6, sizeof(p6));
	} else {
		memcpy(&p4.ipi_spec_dst, pkt->local.b, 4);
		memcpy(CMSG_DATA(c), &p4, sizeof(p4));
	}
}

static int send_marked(const int fd[NET_N], const struct net_packet *pkt,
		       size_t marker)
{
	static const uint8_t zero[MARKER];
	bool v6 = pkt->remote.family == AF_INET6;
	int s = fd[pkt->local_port == NET_PORT_NAT_T ?
			   (v6 ? NET_NAT_T6 : NET_NAT_T4) :
			   (v6 ? NET_IKE6 : NET_IKE4)];
	struct iovec io[2] = {
		{ .iov_base = (void *)zero, .iov_len = marker },
		{ .iov_base = (void *)pkt->p, .iov_len = pkt->len },
	};
	struct msghdr h = { .msg_iov = io, .msg_iovlen = 2 };
	union net_control control;
	union net_addr to;

	if (s < 0)
		return -EAFNOSUPPORT;
	write_remote(pkt, &to, &h);
	write_local(pkt, &control, &h);
	return sendmsg(s, &h, 0) < 0 ? -errno : 0;
}

int net_send(const int fd[NET_N], const struct net_packet *pkt)
{
	return send_marked(fd, pkt,
			   pkt->local_port == NET_PORT_NAT_T ? MARKER : 0);
}

int net_keepalive(const int fd[NET_N], const struct net_packet *pkt)
{
	static const uint8_t octet = 0xff;
	struct net_packet one = *pkt;

	one.p = &octet;
	one.len = 1;
	return send_marked(fd, &one, 0);
}
