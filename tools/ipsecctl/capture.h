/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture of packets, beside it the keys of the SAs. */
#ifndef IPSECCTL_CAPTURE_H
#define IPSECCTL_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../lib/addr.h"
#include "../lib/secret.h"

struct capture {
	char *ifname; /* "any" for all; words of the line are not there after fork() */
	const struct addr *peer; /* NULL: all */
	char *path[2]; /* of the packets, of the keys or NULL */
	int file[2]; /* -1: none */
	int packets; /* what tcpdump writes */
	int keys; /* what the daemon says, -1: no keys */
	pid_t child;
	struct secret line; /* a part of one, from the daemon */
	uint64_t octets;
	unsigned int n_keys;
};

/* Until a signal comes or tcpdump ends. DONE, or FAILED after it has said why. */
int capture_run(struct capture *c);

#endif
