// SPDX-License-Identifier: GPL-2.0-or-later
/* Our own addresses and devices, as the configuration names them. */
#include "local.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/cfg_cmd.h"
#include "compile.h"

/* A device whose name a command takes for this interface. */
static bool device_like(const char *ifname, char dev[IF_NAMESIZE])
{
	struct if_nameindex *list = if_nameindex(), *i;
	char name[CFG_NAME_MAX];
	bool found = false;

	for (i = list; i && i->if_index && !found; i++) {
		found = cfg_ifname(i->if_name, NULL, name, sizeof(name)) &&
			!strcmp(name, ifname);
		if (found)
			snprintf(dev, IF_NAMESIZE, "%s", i->if_name);
	}
	if_freenameindex(list);
	return found;
}

const char *local_device(const struct cfg *cfg, const char *ifname,
			 char dev[IF_NAMESIZE])
{
	const struct cfg_if *ifc = cfg_find(&cfg->interfaces, ifname);
	bool is_said = ifc && ifc->device;

	if (!is_said && !if_nametoindex(ifname) && device_like(ifname, dev))
		return dev;
	snprintf(dev, IF_NAMESIZE, "%s", is_said ? ifc->device : ifname);
	return dev;
}

static bool take(const struct sockaddr *sa, uint8_t family, struct addr *a)
{
	if (!sa || sa->sa_family != family)
		return false;
	if (family == AF_INET)
		return addr_from_bytes(
			a, &((const struct sockaddr_in *)sa)->sin_addr, 4);
	/* What is good on one link only is nothing to meet at. */
	return family == AF_INET6 &&
	       !IN6_IS_ADDR_LINKLOCAL(
		       &((const struct sockaddr_in6 *)sa)->sin6_addr) &&
	       addr_from_bytes(a, &((const struct sockaddr_in6 *)sa)->sin6_addr,
			       16);
}

bool local_of_device(const char *dev, uint8_t family, struct addr *a)
{
	struct ifaddrs *list, *i;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (i = list; i && !found; i = i->ifa_next)
		found = !strcmp(i->ifa_name, dev) &&
			take(i->ifa_addr, family, a);
	freeifaddrs(list);
	return found;
}

bool local_of_map(const struct wants *w, const char *map, uint8_t family,
		  struct addr *a)
{
	const struct cfg_map *m = cfg_find(&w->cfg->maps, map);
	char dev[IF_NAMESIZE];
	size_t i;

	if (m && m->local.family) {
		*a = m->local;
		return a->family == family;
	}
	if (m && m->local_if)
		return local_of_device(local_device(w->cfg, m->local_if, dev),
				       family, a);
	for (i = 0; i < w->n_binds; i++)
		if (!strcmp(w->binds[i].map, map) &&
		    local_of_device(w->binds[i].dev, family, a))
			return true;
	return false;
}
