// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: crypto isakmp client configuration group. */
#include "cfg_cmd.h"
#include "cfg_key.h"

static int set_key(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	return cfg_secret_set(e, &((struct cfg_group *)obj)->key, m);
}

static int unset_key(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	(void)m;
	return cfg_status(
		cfg_set_secret(&((struct cfg_group *)obj)->key, 0, NULL));
}

static void write_key(struct cfg_writer *w, const void *obj)
{
	const struct cfg_group *g = obj;

	if (g->key.text)
		cfg_w_line(w, "key %s", cfg_w_secret(w, &g->key));
}

/* One or two servers of a kind. */
static int set_pair(struct addr pair[2], const struct cmd_match *m)
{
	const struct addr *a = cfg_addr(m, "ADDRESS");
	const struct addr *b = cfg_addr(m, "SECOND");

	pair[0] = a ? *a : (struct addr){ 0 };
	pair[1] = a && b ? *b : (struct addr){ 0 };
	return CFG_DONE;
}

static void write_pair(struct cfg_writer *w, const char *word,
		       const struct addr pair[2])
{
	char as[ADDR_STR], bs[ADDR_STR];

	if (pair[0].family)
		cfg_w_line(w, "%s %s%s%s", word, addr_fmt(&pair[0], as),
			   pair[1].family ? " " : "",
			   pair[1].family ? addr_fmt(&pair[1], bs) : "");
}

static const struct cmd_match nothing;

static int set_dns(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	return set_pair(((struct cfg_group *)obj)->dns, m);
}

static int unset_dns(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)m;
	return set_dns(e, obj, &nothing);
}

static void write_dns(struct cfg_writer *w, const void *obj)
{
	write_pair(w, "dns", ((const struct cfg_group *)obj)->dns);
}

static int set_wins(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	return set_pair(((struct cfg_group *)obj)->wins, m);
}

static int unset_wins(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)m;
	return set_wins(e, obj, &nothing);
}

static void write_wins(struct cfg_writer *w, const void *obj)
{
	write_pair(w, "wins", ((const struct cfg_group *)obj)->wins);
}

static void write_kept(struct cfg_writer *w, const void *obj)
{
	cfg_w_kept(w, &((const struct cfg_group *)obj)->kept);
}

static const struct cfg_cmd group_rows[] = {
	{ .pattern = "key [ TYPE=keytype ] KEY=key",
	  .text = "Pre-shared key of the group.",
	  .set = set_key,
	  .unset = unset_key,
	  .write = write_key },
	{ .pattern = "dns ADDRESS=addr4 [ SECOND=addr4 ]",
	  .text = "Name servers for clients.",
	  .set = set_dns,
	  .unset = unset_dns,
	  .write = write_dns },
	{ .pattern = "wins ADDRESS=addr4 [ SECOND=addr4 ]",
	  .text = "WINS servers for clients.",
	  .set = set_wins,
	  .unset = unset_wins,
	  .write = write_wins },
	{ .pattern = "domain DOMAIN=host",
	  .text = "Domain name for clients.",
	  CFG_TEXT(cfg_group, domain, "domain") },
	{ .pattern = "pool POOL=name",
	  .text = "Pool of addresses for clients.",
	  CFG_TEXT(cfg_group, pool, "pool") },
	{ .pattern = "acl ACL=name",
	  .text = "What clients send through the tunnel.",
	  CFG_TEXT(cfg_group, acl, "acl") },
	{ .pattern = "netmask MASK=mask",
	  .text = "Subnet mask for clients.",
	  CFG_ADDR(cfg_group, netmask, "netmask") },
	{ .pattern = "max-users COUNT=num(1-5000)",
	  .text = "Most clients of the group.",
	  CFG_NUM(cfg_group, max_users, 0, "max-users") },
	{ .write = write_kept },
};
const struct cfg_rows cfg_rows_group = { group_rows, CFG_ROWS(group_rows), 0 };

int cfg_group_enter(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_group *g =
		cfg_get(&((struct cfg *)obj)->groups, cfg_text(m, "GROUP"));

	if (!g)
		return CFG_FAILED;
	cfg_enter(e, CFG_M_GROUP, g->obj.name, 0);
	return CFG_DONE;
}

int cfg_group_no(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *t = &((struct cfg *)obj)->groups;

	(void)e;
	cfg_del(t, cfg_find(t, cfg_text(m, "GROUP")));
	return CFG_DONE;
}

void cfg_group_write_all(struct cfg_writer *w, const void *obj)
{
	const struct cfg_group *g;

	cfg_for_each(g, &((const struct cfg *)obj)->groups)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto isakmp client configuration group %s",
			   g->obj.name);
		cfg_w_block(w, CFG_M_GROUP, g);
	}
}
