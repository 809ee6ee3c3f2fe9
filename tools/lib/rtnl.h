/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes and links of the kernel: add, remove, list ours, ask where a packet would go. */
#ifndef LIB_RTNL_H
#define LIB_RTNL_H

#include "addr.h"

/* By this number our routes are known from those of others. */
#define RTNL_PROTOCOL 73

struct rtnl;

struct rtnl_route {
	struct addr dst;
	struct addr mask;
	struct addr via; /* family 0: on the link */
	uint32_t device;
	uint32_t table;
	uint32_t metric;
};

/* NULL with errno. */
struct rtnl *rtnl_open(void);
void rtnl_close(struct rtnl *r);

/* 0 or a negative errno; @replace: in place of the one with the same key. */
int rtnl_add(struct rtnl *r, const struct rtnl_route *route, bool replace);
int rtnl_del(struct rtnl *r, const struct rtnl_route *route);

/* Call @fn for each route with our protocol, of all tables. */
typedef void rtnl_fn(void *arg, const struct rtnl_route *route);
int rtnl_each(struct rtnl *r, rtnl_fn *fn, void *arg);

/* Next hop and device for @dst; @vrf is the VRF's device or 0. */
int rtnl_resolve(struct rtnl *r, const struct addr *dst, uint32_t vrf,
		 struct rtnl_route *out);

/* What the kernel knows of a neighbour's link address. */
enum rtnl_neighbour {
	RTNL_UNKNOWN, /* nothing: it has not been looked for */
	RTNL_REACHABLE, /* or was, or needs no link address */
	RTNL_LOOKED_FOR,
	RTNL_FAILED, /* it has not answered */
};

enum rtnl_neighbour rtnl_neighbour(struct rtnl *r, const struct addr *a,
				   uint32_t device);

/* --- links: interfaces that are made by us ------------------------------- */

/* 0 or a negative errno. */
int rtnl_link_make(struct rtnl *r, const char *name, const char *kind);
int rtnl_link_del(struct rtnl *r, uint32_t device);

/* Up, with this MTU (0: as it is), in this VRF or bridge (0: in none). */
int rtnl_link_set(struct rtnl *r, uint32_t device, uint32_t mtu,
		  uint32_t master);
bool rtnl_link_is(struct rtnl *r, uint32_t device, const char *kind);

/* An address with its network's mask; @add false: away with it. */
int rtnl_link_addr(struct rtnl *r, uint32_t device, const struct addr *a,
		   const struct addr *mask, bool add);

/* The VRF that a device is in, or is: its device and table. False: none. */
bool rtnl_vrf(struct rtnl *r, const char *dev, uint32_t *vrf, uint32_t *table);

#endif
