/* SPDX-License-Identifier: GPL-2.0-only */
/* Every difference between kernels. Sources read as if for the newest. */
#ifndef IPSECGW_COMPAT_H
#define IPSECGW_COMPAT_H

#include <linux/crypto.h>

/*
 * 6.3 passes the callback its data, earlier kernels the request. Goes when 6.1
 * leaves the supported set.
 */
#ifdef HAVE_CRYPTO_DONE_DATA
typedef void crypto_done_arg;
#define crypto_done_data(arg) (arg)
#else
typedef struct crypto_async_request crypto_done_arg;
#define crypto_done_data(arg) ((arg)->data)
#endif

/* 6.5 moved segmentation into a header of its own. Goes with 6.1. */
#ifdef HAVE_NET_GSO_H
#include <net/gso.h>
#endif

/* 6.10 allocates a dummy device; before, it was any memory. Goes with 6.1. */
#ifndef HAVE_ALLOC_NETDEV_DUMMY
#include <linux/netdevice.h>

static inline struct net_device *alloc_netdev_dummy(int sizeof_priv)
{
	struct net_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (dev)
		init_dummy_netdev(dev);
	return dev;
}

static inline void free_netdev_dummy(struct net_device *dev)
{
	kfree(dev);
}
#else
#define free_netdev_dummy(dev) free_netdev(dev)
#endif

/* 6.12 made a feature bit a field. Goes with 6.1. */
#include <linux/netdevice.h>

static inline void netdev_set_lltx(struct net_device *dev)
{
#ifdef HAVE_NETDEV_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/*
 * 6.7 split the operations of generic netlink into do and dump, and gave a dump
 * the same information as a request. Goes with 6.1.
 */
#ifndef HAVE_GENL_INFO_DUMP
#include <net/genetlink.h>
#define genl_split_ops genl_ops
#define genl_info_dump(cb) genl_dumpit_info(cb)
#endif

#endif
