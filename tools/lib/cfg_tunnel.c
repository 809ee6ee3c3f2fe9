// SPDX-License-Identifier: GPL-2.0-or-later
/* Tunnel interfaces as what they mean: a crypto map of their own. */
#include "cfg_tunnel.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"

#define HEAD "-head-0"
#define ENTRY 1
#define LINE 10
/* A reference to it means the default transform sets, like a profile without. */
#define DEFAULT_PROFILE "default"

static const char *wrong_addresses(const struct cfg_if *ifc)
{
	bool v6 = ifc->tunnel_mode == CFG_TUN_IPSEC_V6;
	uint8_t family = v6 ? AF_INET6 : AF_INET;

	if (!ifc->tunnel_source && !ifc->tunnel_local.family)
		return "it has no source; enter 'tunnel source'";
	if (!ifc->tunnel_host && !ifc->tunnel_peer.family)
		return "it has no destination; enter 'tunnel destination'";
	if ((!ifc->tunnel_source && ifc->tunnel_local.family != family) ||
	    (!ifc->tunnel_host && ifc->tunnel_peer.family != family))
		return v6 ? "'tunnel mode ipsec ipv6' wants IPv6 addresses as "
			    "source and destination" :
			    "'tunnel mode ipsec ipv4' wants IPv4 addresses as "
			    "source and destination";
	return NULL;
}

const char *cfg_tunnel_inactive(const struct cfg *cfg, const struct cfg_if *ifc)
{
	if (strncmp(ifc->obj.name, "Tunnel", 6))
		return "only an interface called Tunnel can be protected so";
	if (strlen(ifc->obj.name) + strlen(HEAD) >= MAP_NAME_SIZE)
		return "its name is too long";
	if (ifc->tunnel_mode != CFG_TUN_IPSEC_V4 &&
	    ifc->tunnel_mode != CFG_TUN_IPSEC_V6)
		return "its mode cannot be protected here; enter 'tunnel mode "
		       "ipsec ipv4'";
	if (ifc->tunnel_vrf)
		return "ISAKMP is spoken in the global table only; enter 'no "
		       "tunnel vrf'";
	if (strcmp(ifc->protection, DEFAULT_PROFILE) &&
	    !cfg_find(&cfg->ipsec_profiles, ifc->protection))
		return "its IPsec profile does not exist; enter 'crypto ipsec "
		       "profile'";
	return wrong_addresses(ifc);
}

/* permit ip any any */
static int add_acl(struct cfg *cfg, const char *name, uint8_t family)
{
	struct cfg_acl *acl = cfg_get(&cfg->acls, name);
	struct sel_build b;
	struct cfg_ace *ace;

	if (!acl)
		return -ENOMEM;
	acl->is_named = 1;
	acl->is_standard = 0;
	cfg_clear(&acl->aces);
	ace = cfg_get_num(&acl->aces, LINE);
	if (!ace)
		return -ENOMEM;
	ace->action = CFG_ACE_PERMIT;
	sel_start(&b, family == AF_INET6 ? IP_PROTO_V6 : 0);
	sel_end(&b, &ace->sel);
	return 0;
}

static int add_peer(struct cfg_entry *e, const struct cfg_if *ifc)
{
	char a[ADDR_STR];
	const char *name = ifc->tunnel_host ? ifc->tunnel_host :
					      addr_fmt(&ifc->tunnel_peer, a);
	struct cfg_set_peer *p = cfg_get(&e->peers, name);

	if (!p)
		return -ENOMEM;
	p->addr = ifc->tunnel_peer;
	return 0;
}

static int add_entry(struct cfg *cfg, struct cfg_map *map,
		     const struct cfg_if *ifc)
{
	const struct cfg_entry *profile =
		cfg_find(&cfg->ipsec_profiles, ifc->protection);
	struct cfg_entry *e = cfg_get_num(&map->entries, ENTRY);

	if (!e || (profile && cfg_obj_copy(e, profile)))
		return -ENOMEM;
	e->type = CFG_MAP_ISAKMP;
	if (ifc->protection_profile &&
	    cfg_set_str(&e->isakmp_profile, ifc->protection_profile))
		return -ENOMEM;
	if (cfg_set_str(&e->acl, map->obj.name) || add_peer(e, ifc))
		return -ENOMEM;
	return 0;
}

static int add_map(struct cfg *cfg, struct cfg_if *ifc)
{
	char name[MAP_NAME_SIZE];
	struct cfg_map *map;
	int err;

	snprintf(name, sizeof(name), "%s" HEAD, ifc->obj.name);
	/* Whatever the user calls so. */
	cfg_del(&cfg->maps, cfg_find(&cfg->maps, name));
	map = cfg_get(&cfg->maps, name);
	if (!map)
		return -ENOMEM;
	map->is_v6 = ifc->tunnel_mode == CFG_TUN_IPSEC_V6;
	map->local = ifc->tunnel_local;
	err = add_acl(cfg, name, map->is_v6 ? AF_INET6 : AF_INET);
	if (!err)
		err = add_entry(cfg, map, ifc);
	if (!err)
		err = cfg_set_str(&ifc->crypto_map, name);
	if (!err)
		err = cfg_set_str(&map->local_if, ifc->tunnel_source);
	return err;
}

int cfg_tunnel_maps(struct cfg *cfg)
{
	struct cfg_if *ifc;
	int err = 0;

	cfg_for_each(ifc, &cfg->interfaces)
	{
		if (!err && ifc->protection && !cfg_tunnel_inactive(cfg, ifc))
			err = add_map(cfg, ifc);
	}
	return err;
}
