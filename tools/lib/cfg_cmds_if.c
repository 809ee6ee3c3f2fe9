// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: hostname and the like, interface. */
#include <stdio.h>
#include <string.h>

#include "cfg_cmd.h"

/* --- commands inside an interface --------------------------------------------------- */

static int set_map(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	const char *name = cfg_text(m, "MAP");
	const char *group = cfg_text(m, "GROUP");
	char more[CFG_NAME_MAX + 16];
	struct cfg_if *ifc = obj;

	if (!e->is_load && !cfg_find(&e->cfg->maps, name)) {
		cfg_say(e,
			"ERROR: Crypto Map with tag \"%s\" does not exist.\n",
			name);
		return CFG_REFUSED;
	}
	if (group)
		snprintf(more, sizeof(more), "%s%s", group,
			 cmd_has(m, "stateful") ? " stateful" : "");
	return cfg_status(cfg_set_str(&ifc->crypto_map, name) ||
			  cfg_set_str(&ifc->redundancy, group ? more : NULL));
}

static int unset_map(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_if *ifc = obj;
	const char *name = cfg_text(m, "MAP");

	(void)e;
	if (name && ifc->crypto_map && strcmp(ifc->crypto_map, name))
		return CFG_DONE;
	return cfg_status(cfg_set_str(&ifc->crypto_map, NULL) ||
			  cfg_set_str(&ifc->redundancy, NULL));
}

static void write_map(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;

	if (ifc->crypto_map)
		cfg_w_line(w, "crypto map %s%s%s", ifc->crypto_map,
			   ifc->redundancy ? " redundancy " : "",
			   ifc->redundancy ? ifc->redundancy : "");
}

static void pair(const struct cmd_match *m, char *buf, size_t size)
{
	char as[ADDR_STR], ms[ADDR_STR];

	snprintf(buf, size, "%s %s", addr_fmt(cfg_addr(m, "ADDRESS"), as),
		 addr_fmt(cfg_addr(m, "MASK"), ms));
}

static int set_address(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	char buf[2 * ADDR_STR];
	struct cfg_if *ifc = obj;

	(void)e;
	if (cmd_has(m, "secondary")) {
		pair(m, buf, sizeof(buf));
		return cfg_status(cfg_names_add(&ifc->secondary, buf));
	}
	ifc->addr = *cfg_addr(m, "ADDRESS");
	ifc->mask = *cfg_addr(m, "MASK");
	return CFG_DONE;
}

static int unset_address(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	char buf[2 * ADDR_STR];
	struct cfg_if *ifc = obj;

	(void)e;
	if (cmd_has(m, "secondary")) {
		pair(m, buf, sizeof(buf));
		cfg_names_del(&ifc->secondary, buf);
		return CFG_DONE;
	}
	ifc->addr = (struct addr){ 0 };
	ifc->mask = (struct addr){ 0 };
	if (!cfg_addr(m, "ADDRESS"))
		cfg_names_clear(&ifc->secondary);
	return CFG_DONE;
}

static void write_address(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;
	char as[ADDR_STR], ms[ADDR_STR];
	uint32_t i;

	if (ifc->addr.family)
		cfg_w_line(w, "ip address %s %s", addr_fmt(&ifc->addr, as),
			   addr_fmt(&ifc->mask, ms));
	for (i = 0; i < ifc->secondary.n; i++)
		cfg_w_line(w, "ip address %s secondary", ifc->secondary.v[i]);
}

static int set_vrf(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_if *ifc = obj;

	(void)e;
	ifc->old_vrf = cmd_has(m, "ip");
	return cfg_status(cfg_set_str(&ifc->vrf, cfg_text(m, "VRF")));
}

static int unset_vrf(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_if *ifc = obj;

	(void)e;
	(void)m;
	ifc->old_vrf = 0;
	return cfg_status(cfg_set_str(&ifc->vrf, NULL));
}

static void write_vrf(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;

	if (ifc->vrf)
		cfg_w_line(w, "%svrf forwarding %s", ifc->old_vrf ? "ip " : "",
			   ifc->vrf);
}

/* The values are one more than the global ones: 0 is "as there". */
static int set_df(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	((struct cfg_if *)obj)->df = cfg_num(m, "DF", 0) + 1;
	return CFG_DONE;
}

static int set_frag(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	((struct cfg_if *)obj)->frag = cfg_num(m, "FRAG", 0) + 1;
	return CFG_DONE;
}

static int unset_df(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	(void)m;
	((struct cfg_if *)obj)->df = 0;
	return CFG_DONE;
}

static int unset_frag(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	(void)m;
	((struct cfg_if *)obj)->frag = 0;
	return CFG_DONE;
}

static void write_df(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;

	if (ifc->df)
		cfg_w_line(w, "crypto ipsec df-bit %s",
			   names_str(cfg_names_df, ifc->df - 1));
}

static void write_frag(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;

	if (ifc->frag)
		cfg_w_line(w, "crypto ipsec fragmentation %s",
			   names_str(cfg_names_frag, ifc->frag - 1));
}

static int set_mss(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	((struct cfg_if *)obj)->mss = cfg_num(m, "MSS", MSS_AUTO);
	return CFG_DONE;
}

static int unset_mss(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	(void)m;
	((struct cfg_if *)obj)->mss = 0;
	return CFG_DONE;
}

static void write_mss(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc = obj;

	if (ifc->mss == MSS_AUTO)
		cfg_w_line(w, "ip tcp adjust-mss auto");
	else if (ifc->mss)
		cfg_w_line(w, "ip tcp adjust-mss %u", ifc->mss);
}

static void write_if_kept(struct cfg_writer *w, const void *obj)
{
	cfg_w_kept(w, &((const struct cfg_if *)obj)->kept);
}

static const struct cfg_cmd if_rows[] = {
	{ .pattern = "description TEXT=line",
	  .text = "Describe the interface.",
	  CFG_TEXT(cfg_if, description, "description") },
	{ .pattern = "device NAME=name",
	  .text = "Linux device of the interface.",
	  CFG_TEXT(cfg_if, device, "device") },
	{ .pattern = "vrf forwarding VRF=name",
	  .text = "VRF of the interface.",
	  .set = set_vrf,
	  .unset = unset_vrf,
	  .write = write_vrf },
	{ .pattern = "ip vrf forwarding VRF=name",
	  .text = "VRF of the interface.",
	  .set = set_vrf,
	  .unset = unset_vrf },
	{ .pattern = "ip address ADDRESS=addr4 MASK=mask [ secondary ]",
	  .text = "Address of the interface; it is not set by this.",
	  .set = set_address,
	  .unset = unset_address,
	  .write = write_address },
	{ .pattern = "ip tcp adjust-mss ( auto | MSS=num(500-1460) )",
	  .text = "Largest segment that TCP is told, of what the crypto map "
		  "protects; auto: what fits into the tunnel.",
	  .set = set_mss,
	  .unset = unset_mss,
	  .write = write_mss },
	{ .pattern = "crypto map MAP=map [ redundancy GROUP=name "
		     "[ stateful ] ]",
	  .text = "Attach a crypto map.",
	  .set = set_map,
	  .unset = unset_map,
	  .write = write_map },
	{ .pattern = "crypto ipsec df-bit DF=df",
	  .text = "Don't-fragment bit of the outer header.",
	  .set = set_df,
	  .unset = unset_df,
	  .write = write_df },
	{ .pattern = "crypto ipsec fragmentation FRAG=frag",
	  .text = "Fragment before or after encryption.",
	  .set = set_frag,
	  .unset = unset_frag,
	  .write = write_frag },
	{ .pattern = "shutdown",
	  .text = "Take the crypto map of the interface out of service.",
	  CFG_FLAG(cfg_if, is_shut, 1, "shutdown") },
	{ .write = write_if_kept },
};
const struct cfg_rows cfg_rows_if = { if_rows, CFG_ROWS(if_rows), 0 };

/* --- interface ----------------------------------------------------------------------- */

static bool if_name(const struct cmd_match *m, char *buf, size_t size)
{
	return cfg_ifname(cfg_text(m, "IF"), cfg_text(m, "UNIT"), buf, size);
}

static int enter_if(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	char name[2 * CFG_NAME_MAX];
	struct cfg_if *ifc;

	if (!if_name(m, name, sizeof(name)))
		return cfg_bad_word(e, m, "IF");
	ifc = cfg_get(&((struct cfg *)obj)->interfaces, name);
	if (!ifc)
		return CFG_FAILED;
	cfg_enter(e, CFG_M_IF, name, 0);
	return CFG_DONE;
}

static int no_if(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *t = &((struct cfg *)obj)->interfaces;
	char name[2 * CFG_NAME_MAX];

	if (!if_name(m, name, sizeof(name)))
		return cfg_bad_word(e, m, "IF");
	cfg_del(t, cfg_find(t, name));
	return CFG_DONE;
}

static void write_ifs(struct cfg_writer *w, const void *obj)
{
	const struct cfg_if *ifc;

	cfg_for_each(ifc, &((const struct cfg *)obj)->interfaces)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "interface %s", ifc->obj.name);
		cfg_w_block(w, CFG_M_IF, ifc);
	}
}

static const struct cfg_cmd rows[] = {
	{ .pattern = "interface IF=name [ UNIT=name ]",
	  .text = "Edit an interface.",
	  .set = enter_if,
	  .unset = no_if,
	  .write = write_ifs,
	  .no = "interface IF=name [ UNIT=name ]" },
};
const struct cfg_rows cfg_rows_ifs = { rows, CFG_ROWS(rows), CFG_AT_IF };

/* --- the top of a configuration --------------------------------------------------------- */

static const struct cfg_cmd top_rows[] = {
	{ .pattern = "hostname NAME=host",
	  .text = "Name of this router.",
	  CFG_TEXT(cfg, hostname, "hostname") },
	{ .pattern = "ip domain name DOMAIN=host",
	  .text = "Domain of this router.",
	  CFG_TEXT(cfg, domain, "ip domain name") },
	{ .pattern = "crypto logging session",
	  .text = "Log when sessions come up and go down.",
	  CFG_ON(cfg, no_session_log, "crypto logging session") },
};
const struct cfg_rows cfg_rows_top = { top_rows, CFG_ROWS(top_rows),
				       CFG_AT_TOP };
