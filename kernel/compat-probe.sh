#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Compile probes: prints -DHAVE_X for each feature that the target kernel has.
# Usage: compat-probe.sh CC FLAGS...
set -u

probe() { # NAME, snippet on standard input
	if { cat; echo; } | "$@" -w -S -o /dev/null -x c - 2>/dev/null; then
		echo "-DHAVE_$NAME"
	fi
}

NAME=CRYPTO_DONE_DATA probe "$@" <<'END'
#include <linux/crypto.h>
static void done(void *data, int err) { }
crypto_completion_t f(void);
crypto_completion_t f(void) { crypto_completion_t c = done; return c; }
_Static_assert(__builtin_types_compatible_p(crypto_completion_t,
					    void (*)(void *, int)), "");
END

NAME=NET_GSO_H probe "$@" <<'END'
#include <net/gso.h>
END

NAME=ALLOC_NETDEV_DUMMY probe "$@" <<'END'
#include <linux/netdevice.h>
void *f(void);
void *f(void) { return (void *)alloc_netdev_dummy; }
END

NAME=NETDEV_LLTX probe "$@" <<'END'
#include <linux/netdevice.h>
void f(struct net_device *dev);
void f(struct net_device *dev) { dev->lltx = 1; }
END

NAME=GENL_INFO_DUMP probe "$@" <<'END'
#include <net/genetlink.h>
extern const void *probe;
const void *probe = genl_info_dump;
END
