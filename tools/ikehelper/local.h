/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own addresses and devices, as the configuration names them. */
#ifndef IKEHELPER_LOCAL_H
#define IKEHELPER_LOCAL_H

#include "../lib/cfg.h"

struct wants;

/* The Linux device of an interface of the configuration. */
const char *local_device(const struct cfg *cfg, const char *ifname);

/* The first address of a device; false if it has none of the family. */
bool local_of_device(const char *dev, uint8_t family, struct addr *a);

/*
 * Our address for a crypto map: that of its local-address interface, else of
 * the first interface that has the map. False while there is none.
 */
bool local_of_map(const struct wants *w, const char *map, uint8_t family,
		  struct addr *a);

#endif
