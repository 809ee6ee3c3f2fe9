// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: crypto ipsec profile, and those of a tunnel interface. */
#include <stdio.h>
#include <string.h>

#include "cfg_cmd.h"

/* --- crypto ipsec profile -------------------------------------------------- */

static int enter_profile(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	const char *name = cfg_text(m, "PROFILE");

	if (!cfg_get(&((struct cfg *)obj)->ipsec_profiles, name))
		return CFG_FAILED;
	cfg_enter(e, CFG_M_IPSEC_PROFILE, name, 0);
	return CFG_DONE;
}

static int no_profile(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	const char *name = cfg_text(m, "PROFILE");
	const struct cfg_if *ifc;
	struct cfg *cfg = obj;

	cfg_for_each(ifc, &cfg->interfaces)
	{
		if (!ifc->protection || strcmp(ifc->protection, name))
			continue;
		cfg_say(e, "%% IPsec profile %s is in use by interface %s\n",
			name, ifc->obj.name);
		return CFG_REFUSED;
	}
	cfg_del(&cfg->ipsec_profiles, cfg_find(&cfg->ipsec_profiles, name));
	return CFG_DONE;
}

static void write_profiles(struct cfg_writer *w, const void *obj)
{
	const struct cfg *cfg = obj;
	const struct cfg_entry *p;

	cfg_for_each(p, &cfg->ipsec_profiles)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto ipsec profile %s", p->obj.name);
		cfg_w_block(w, CFG_M_IPSEC_PROFILE, p);
	}
}

static const struct cfg_cmd rows[] = {
	{ .pattern = "crypto ipsec profile PROFILE=name",
	  .text = "Edit an IPsec profile, for tunnel interfaces.",
	  .set = enter_profile,
	  .unset = no_profile,
	  .write = write_profiles,
	  .no = "crypto ipsec profile PROFILE=name" },
};
const struct cfg_rows cfg_rows_ipsec_profiles = { rows, CFG_ROWS(rows),
						  CFG_AT_IPSEC };

/* --- tunnel source, tunnel destination -------------------------------------- */

static int set_source(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	const struct addr *a = cfg_addr(m, "ADDRESS");
	char name[2 * CFG_NAME_MAX];
	struct cfg_if *ifc = obj;

	if (!a && !cfg_ifname(cfg_text(m, "IF"), cfg_text(m, "UNIT"), name,
			      sizeof(name)))
		return cfg_bad_word(e, m, "IF");
	ifc->tunnel_local = a ? *a : (struct addr){ 0 };
	return cfg_status(cfg_set_str(&ifc->tunnel_source, a ? NULL : name));
}

static int unset_source(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	struct cfg_if *ifc = obj;

	(void)e;
	(void)m;
	ifc->tunnel_local = (struct addr){ 0 };
	return cfg_status(cfg_set_str(&ifc->tunnel_source, NULL));
}

static void write_source(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;
	char a[ADDR_STR];

	if (ifc->tunnel_source)
		cfg_w_line(w, "tunnel source %s", ifc->tunnel_source);
	else if (ifc->tunnel_local.family)
		cfg_w_line(w, "tunnel source %s",
			   addr_fmt(&ifc->tunnel_local, a));
}

static int set_destination(struct cfg_edit *e, void *obj,
			   const struct cmd_match *m)
{
	const struct addr *a = cfg_addr(m, "ADDRESS");
	struct cfg_if *ifc = obj;

	(void)e;
	ifc->tunnel_peer = a ? *a : (struct addr){ 0 };
	return cfg_status(
		cfg_set_str(&ifc->tunnel_host, a ? NULL : cfg_text(m, "HOST")));
}

static int unset_destination(struct cfg_edit *e, void *obj,
			     const struct cmd_match *m)
{
	struct cfg_if *ifc = obj;

	(void)e;
	(void)m;
	ifc->tunnel_peer = (struct addr){ 0 };
	return cfg_status(cfg_set_str(&ifc->tunnel_host, NULL));
}

static void write_destination(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;
	char a[ADDR_STR];

	if (ifc->tunnel_host)
		cfg_w_line(w, "tunnel destination %s", ifc->tunnel_host);
	else if (ifc->tunnel_peer.family)
		cfg_w_line(w, "tunnel destination %s",
			   addr_fmt(&ifc->tunnel_peer, a));
}

/* --- tunnel mode, tunnel protection ------------------------------------------ */

static const struct {
	const char *words;
	uint8_t mode;
} tunnel_modes[] = {
	{ "gre ip", CFG_TUN_GRE },
	{ "gre multipoint", CFG_TUN_GRE_MULTIPOINT },
	{ "gre ipv6", CFG_TUN_GRE_V6 },
	{ "ipsec ipv4", CFG_TUN_IPSEC_V4 },
	{ "ipsec ipv6", CFG_TUN_IPSEC_V6 },
	{ "ipip", CFG_TUN_IPIP },
};

static int set_mode(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_if *ifc = obj;

	(void)e;
	if (cmd_has(m, "ipsec"))
		ifc->tunnel_mode = cmd_has(m, "ipv6") ? CFG_TUN_IPSEC_V6 :
							CFG_TUN_IPSEC_V4;
	else if (cmd_has(m, "ipip"))
		ifc->tunnel_mode = CFG_TUN_IPIP;
	else if (cmd_has(m, "multipoint"))
		ifc->tunnel_mode = CFG_TUN_GRE_MULTIPOINT;
	else
		ifc->tunnel_mode = cmd_has(m, "ipv6") ? CFG_TUN_GRE_V6 :
							CFG_TUN_GRE;
	return CFG_DONE;
}

static int unset_mode(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	(void)m;
	((struct cfg_if *)obj)->tunnel_mode = CFG_TUN_GRE;
	return CFG_DONE;
}

static void write_mode(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;
	size_t i;

	for (i = 1; i < sizeof(tunnel_modes) / sizeof(*tunnel_modes); i++)
		if (tunnel_modes[i].mode == ifc->tunnel_mode)
			cfg_w_line(w, "tunnel mode %s", tunnel_modes[i].words);
}

static int set_protection(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_if *ifc = obj;

	(void)e;
	ifc->is_shared = cmd_has(m, "shared");
	return cfg_status(
		cfg_set_str(&ifc->protection, cfg_text(m, "PROFILE")) ||
		cfg_set_str(&ifc->protection_profile, cfg_text(m, "ISAKMP")));
}

static int unset_protection(struct cfg_edit *e, void *obj,
			    const struct cmd_match *m)
{
	struct cfg_if *ifc = obj;

	(void)e;
	(void)m;
	ifc->is_shared = 0;
	return cfg_status(cfg_set_str(&ifc->protection, NULL) ||
			  cfg_set_str(&ifc->protection_profile, NULL));
}

static void write_protection(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;

	if (!ifc->protection)
		return;
	cfg_w_line(w, "tunnel protection ipsec profile %s%s%s%s",
		   ifc->protection, ifc->is_shared ? " shared" : "",
		   ifc->protection_profile ? " isakmp-profile " : "",
		   ifc->protection_profile ? ifc->protection_profile : "");
}

static const struct cfg_cmd tunnel_rows[] = {
	{ .pattern = "ip mtu MTU=num(68-9976)",
	  .text = "Longest packet of a tunnel interface.",
	  CFG_NUM(cfg_if, mtu, 0, "ip mtu") },
	{ .pattern = "tunnel source ( ADDRESS=addr | IF=name [ UNIT=name ] )",
	  .text = "Our address outside, or the interface that has it.",
	  .set = set_source,
	  .unset = unset_source,
	  .write = write_source,
	  .no = "tunnel source [ REST=line ]" },
	{ .pattern = "tunnel destination ( ADDRESS=addr | HOST=host )",
	  .text = "The peer.",
	  .set = set_destination,
	  .unset = unset_destination,
	  .write = write_destination,
	  .no = "tunnel destination [ REST=line ]" },
	{ .pattern = "tunnel mode ( gre ( ip | multipoint | ipv6 ) | ipsec "
		     "( ipv4 | ipv6 ) | ipip )",
	  .text = "What packets are packed into.",
	  .set = set_mode,
	  .unset = unset_mode,
	  .write = write_mode,
	  .no = "tunnel mode [ REST=line ]" },
	{ .pattern = "tunnel vrf VRF=name",
	  .text = "VRF of the packets outside.",
	  CFG_TEXT(cfg_if, tunnel_vrf, "tunnel vrf") },
	{ .pattern = "tunnel protection ipsec profile PROFILE=name "
		     "[ ( shared | isakmp-profile ISAKMP=name ) ]",
	  .text = "Protect all that is routed to the interface.",
	  .set = set_protection,
	  .unset = unset_protection,
	  .write = write_protection,
	  .no = "tunnel protection [ REST=line ]" },
};
const struct cfg_rows cfg_rows_tunnel = { tunnel_rows, CFG_ROWS(tunnel_rows),
					  0 };
