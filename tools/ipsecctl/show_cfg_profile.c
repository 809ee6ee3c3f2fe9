// SPDX-License-Identifier: GPL-2.0-or-later
/* The view of IPsec profiles, which tunnel interfaces have. */
#include <string.h>

#include "daemon.h"
#include "show_cfg.h"

static void put_sets(row *o, const struct cfg *cfg, const struct cfg_entry *p)
{
	row *list = row_list(o, "transform_sets");
	const struct cfg_transform_set *t;
	unsigned int i = 0;

	while ((t = cfg_entry_transform(cfg, p, i++)))
		json_object_array_add(list, view_transform_row(t));
}

/* The tunnel interfaces that have the profile. */
static void put_interfaces(row *o, const struct cfg *cfg, const char *name)
{
	row *list = row_list(o, "interfaces");
	const struct cfg_if *ifc;

	cfg_for_each(ifc, &cfg->interfaces)
	{
		if (ifc->protection && !strcmp(ifc->protection, name))
			row_list_text(list, ifc->obj.name);
	}
}

static row *profile_row(const struct cfg *cfg, const struct cfg_entry *p)
{
	struct cfg_sa_opts sa = cfg_entry_sa(cfg, p);
	row *o = json_object_new_object();

	row_text(o, "name", p->obj.name);
	row_text(o, "description", p->description);
	row_text(o, "isakmp_profile", p->isakmp_profile);
	row_text(o, "ikev2_profile", p->ikev2_profile);
	row_num(o, "seconds", sa.seconds);
	if (sa.kilobytes != CFG_NO_LIMIT)
		row_num(o, "kilobytes", sa.kilobytes);
	if (sa.idle)
		row_num(o, "idle", sa.idle);
	if (p->pfs)
		row_num(o, "pfs_group", p->pfs);
	put_sets(o, cfg, p);
	put_interfaces(o, cfg, p->obj.name);
	return o;
}

static row *profile_rows(const struct cfg *cfg, const struct cfg_query *q,
			 row *live)
{
	row *all = json_object_new_array();
	const struct cfg_entry *p;

	(void)live;
	cfg_for_each(p, &cfg->ipsec_profiles)
	{
		if (!q->name || !strcmp(q->name, p->obj.name))
			json_object_array_add(all, profile_row(cfg, p));
	}
	return all;
}

static void print_life(struct out *o, row *r)
{
	if (row_has(r, "kilobytes"))
		out_printf(
			o,
			"\tSecurity association lifetime: %lld kilobytes/%lld seconds\n",
			daemon_number(r, "kilobytes"),
			daemon_number(r, "seconds"));
	else
		out_printf(
			o,
			"\tSecurity association lifetime: (kilobytes disabled)/%lld seconds\n",
			daemon_number(r, "seconds"));
	if (row_has(r, "idle"))
		out_printf(o, "\tSecurity association idletime: %lld seconds\n",
			   daemon_number(r, "idle"));
}

static void print_profile(struct out *o, row *r)
{
	row *sets = row_get(r, "transform_sets");
	size_t i;

	out_printf(o, "IPSEC profile %s\n", daemon_text(r, "name"));
	if (row_has(r, "description"))
		out_printf(o, "\tDescription: %s\n",
			   daemon_text(r, "description"));
	if (row_has(r, "isakmp_profile"))
		out_printf(o, "\tISAKMP Profile: %s\n",
			   daemon_text(r, "isakmp_profile"));
	if (row_has(r, "ikev2_profile"))
		out_printf(o, "\tIKEv2 Profile: %s\n",
			   daemon_text(r, "ikev2_profile"));
	print_life(o, r);
	out_printf(o, "\tResponder-Only (Y/N): N\n");
	if (row_has(r, "pfs_group"))
		out_printf(o, "\tPFS (Y/N): Y\n\tDH group:  group%lld\n",
			   daemon_number(r, "pfs_group"));
	else
		out_printf(o, "\tPFS (Y/N): N\n");
	out_printf(o, "\tMixed-mode : Disabled\n\tTransform sets={\n");
	for (i = 0; i < row_len(sets); i++)
		out_printf(o, "\t\t%s:  { %s  } ,\n",
			   daemon_text(row_at(sets, i), "name"),
			   daemon_text(row_at(sets, i), "transforms"));
	out_printf(o, "\t}\n\n");
}

static void print_profiles(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++)
		print_profile(o, row_at(rows, i));
}

const struct cfg_view view_ipsec_profile = { profile_rows, print_profiles,
					     NULL };
