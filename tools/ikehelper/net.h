/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP 500 and 4500: sockets, own addresses, the non-ESP marker. */
#ifndef IKEHELPER_NET_H
#define IKEHELPER_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../lib/addr.h"

#define NET_PORT_IKE 500
#define NET_PORT_NAT_T 4500
#define NET_MAX_PACKET 65535

/* Each a socket or -1; there may be no IPv6. */
enum { NET_IKE4, NET_NAT_T4, NET_IKE6, NET_NAT_T6, NET_N };

/* A message on the way, without the marker. */
struct net_packet {
	struct addr local;
	struct addr remote;
	uint16_t local_port; /* says which socket */
	uint16_t remote_port;
	const uint8_t *p;
	size_t len;
};

/*
 * Open and bind the sockets. @why gets a sentence when it fails; a missing
 * IPv6 is no failure.
 */
int net_open(int fd[NET_N], char *why, size_t size);
void net_close(int fd[NET_N]);

/* The same in a VRF, by the index of its device; @shared: the global ones. */
int net_open_vrf(int fd[NET_N], uint32_t vrf, const int shared[NET_N],
		 char *why, size_t size);

/*
 * Hand sockets of a VRF to the process at the other end of @way, none to take
 * them back: 0, or -1 with errno. There: 1, or 0 if nothing more has come.
 */
int net_pass(int way, uint32_t vrf, const int fd[NET_N]);
int net_passed(int way, uint32_t *vrf, int fd[NET_N]);

/*
 * The next message of socket @fd, which is number @which, into @buf of
 * NET_MAX_PACKET octets. 1, 0 if there is none, or a negative errno; keepalives
 * and what lacks the marker are left out.
 */
int net_recv(int fd, int which, uint8_t *buf, struct net_packet *pkt);

/* Send, 0 or a negative errno; a full socket loses it, as networks do. */
int net_send(const int fd[NET_N], const struct net_packet *pkt);

/* One octet 0xff, which keeps a mapping of NAT (RFC 3948, 2.3). */
int net_keepalive(const int fd[NET_N], const struct net_packet *pkt);

#endif
