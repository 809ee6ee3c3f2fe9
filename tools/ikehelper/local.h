/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own addresses and devices, as the configuration names them. */
#ifndef IKEHELPER_LOCAL_H
#define IKEHELPER_LOCAL_H

#include <net/if.h>

#include "../lib/cfg.h"

struct wants;

/*
 * The Linux device of an interface of the configuration: its "device", else its
 * name. If there is no device of that name it is the one that a command takes
 * for this interface, as eth0 is taken for Ethernet0. Returns @dev.
 */
const char *local_device(const struct cfg *cfg, const char *ifname,
			 char dev[IF_NAMESIZE]);

/* The first address of a device; false if it has none of the family. */
bool local_of_device(const char *dev, uint8_t family, struct addr *a);

/*
 * Our address for a crypto map: that of its local-address interface, else of
 * the first interface that has the map. False while there is none.
 */
bool local_of_map(const struct wants *w, const char *map, uint8_t family,
		  struct addr *a);

#endif
