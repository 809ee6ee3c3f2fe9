// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: crypto map and crypto dynamic-map, what holds for a whole set. */
#include <stdio.h>
#include <string.h>

#include "cfg_cmd.h"

#define SEQ "SEQ=num(1-65535)"
#define NAMED "crypto map [ ipv6 ] MAP=map "

/* --- entries --------------------------------------------------------------------- */

/* The map of a line, created if need be. */
static struct cfg_map *take_map(struct cfg_tab *maps, const struct cmd_match *m)
{
	struct cfg_map *map = cfg_get(maps, cfg_text(m, "MAP"));

	if (map && cmd_has(m, "ipv6"))
		map->is_v6 = 1;
	return map;
}

static void say_note(struct cfg_edit *e)
{
	if (!e->is_load)
		cfg_say(e, "%% NOTE: This new crypto map will remain disabled "
			   "until a peer\n        and a valid access list "
			   "have been configured.\n");
}

static int refuse_change(struct cfg_edit *e, const char *what)
{
	cfg_say(e,
		"Attempt to change %s for existing crypto map is not "
		"permitted.\n",
		what);
	return CFG_REFUSED;
}

/* An entry with a mode of its own: ipsec-isakmp or ipsec-manual. */
static int enter_entry(struct cfg_edit *e, struct cfg *cfg,
		       const struct cmd_match *m, enum cfg_map_type type)
{
	uint32_t seq = cfg_num(m, "SEQ", 0);
	struct cfg_map *map = cfg_find(&cfg->maps, cfg_text(m, "MAP"));
	struct cfg_entry *en = map ? cfg_find_num(&map->entries, seq) : NULL;

	if (en && en->type == CFG_MAP_DYNAMIC)
		return refuse_change(e, "dynamic map tag");
	if (en && en->type != type)
		return refuse_change(e, "type");
	if (!en) {
		map = take_map(&cfg->maps, m);
		en = map ? cfg_get_num(&map->entries, seq) : NULL;
		if (!en)
			return CFG_FAILED;
		en->type = type;
		say_note(e);
	}
	cfg_enter(e, CFG_M_MAP, map->obj.name, seq);
	if (cfg_text(m, "PROFILE"))
		return cfg_status(cfg_set_str(&en->isakmp_profile,
					      cfg_text(m, "PROFILE")));
	return CFG_DONE;
}

static int enter_isakmp(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	return enter_entry(e, obj, m, CFG_MAP_ISAKMP);
}

static int enter_manual(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	return enter_entry(e, obj, m, CFG_MAP_MANUAL);
}

/* Without a type: an entry that exists. */
static int enter_again(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg *cfg = obj;
	struct cfg_map *map = cfg_find(&cfg->maps, cfg_text(m, "MAP"));
	uint32_t seq = cfg_num(m, "SEQ", 0);
	struct cfg_entry *en = map ? cfg_find_num(&map->entries, seq) : NULL;

	if (!en || en->type == CFG_MAP_DYNAMIC)
		return CFG_INCOMPLETE;
	cfg_enter(e, CFG_M_MAP, map->obj.name, seq);
	return CFG_DONE;
}

/* A reference to a dynamic map; without a number it is the last entry. */
static int set_dynamic(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	uint32_t seq = cfg_num(m, "SEQ", CFG_SEQ_MAX);
	const char *tag = cfg_text(m, "DYNAMIC");
	struct cfg *cfg = obj;
	struct cfg_map *map = cfg_find(&cfg->maps, cfg_text(m, "MAP"));
	struct cfg_entry *en = map ? cfg_find_num(&map->entries, seq) : NULL;

	if (en && (en->type != CFG_MAP_DYNAMIC || strcmp(en->dynamic, tag)))
		return refuse_change(e, "dynamic map tag");
	if (!cmd_find(m, "SEQ"))
		cfg_repaired(e, "crypto map %s %u ipsec-isakmp dynamic %s",
			     cfg_text(m, "MAP"), seq, tag);
	map = take_map(&cfg->maps, m);
	en = map ? cfg_get_num(&map->entries, seq) : NULL;
	if (!en)
		return CFG_FAILED;
	en->type = CFG_MAP_DYNAMIC;
	en->discover = cmd_has(m, "discover");
	return cfg_status(cfg_set_str(&en->dynamic, tag));
}

/* --- removal ----------------------------------------------------------------------- */

/* Commands for a whole set: their argument, words and place. */
static const struct {
	const char *arg;
	const char *key; /* the word that no other one has */
	const char *words;
	size_t offset;
} set_wide[] = {
	{ "AUTHEN", "authentication", "client authentication list",
	  offsetof(struct cfg_map, client_auth_list) },
	{ "ACCT", "accounting", "client accounting list",
	  offsetof(struct cfg_map, client_acct_list) },
	{ "AUTHOR", "authorization", "isakmp authorization list",
	  offsetof(struct cfg_map, isakmp_author_list) },
	{ "WIDEPROFILE", "isakmp-profile", "isakmp-profile",
	  offsetof(struct cfg_map, isakmp_profile) },
	{ "LOCAL", "local-address", "local-address",
	  offsetof(struct cfg_map, local_if) },
};
#define N_WIDE (sizeof(set_wide) / sizeof(set_wide[0]))

/* A set of which nothing is left goes too. */
static void prune(struct cfg_tab *maps, struct cfg_map *map)
{
	size_t i;

	if (map->entries.n || map->client_address)
		return;
	for (i = 0; i < N_WIDE; i++)
		if (*(char **)((char *)map + set_wide[i].offset))
			return;
	cfg_del(maps, map);
}

/* Interfaces that carry the map, in one string; false if there are none. */
static bool find_users(const struct cfg *cfg, const char *map, char *buf,
		       size_t size)
{
	const struct cfg_if *ifc;
	size_t n = 0;

	*buf = '\0';
	cfg_for_each(ifc, &cfg->interfaces)
	{
		if (!ifc->crypto_map || strcmp(ifc->crypto_map, map))
			continue;
		n += snprintf(buf + n, size - n, "%s%s", n ? ", " : "",
			      ifc->obj.name);
		if (n >= size)
			break;
	}
	return *buf;
}

static int no_map(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg *cfg = obj;
	struct cfg_map *map = cfg_find(&cfg->maps, cfg_text(m, "MAP"));
	char users[256];

	if (!map)
		return CFG_DONE;
	if (cmd_find(m, "SEQ")) {
		cfg_del(&map->entries,
			cfg_find_num(&map->entries, cfg_num(m, "SEQ", 0)));
		prune(&cfg->maps, map);
		return CFG_DONE;
	}
	if (find_users(cfg, map->obj.name, users, sizeof(users))) {
		cfg_say(e,
			"Crypto-map %s is in use by interface(s): %s. Please "
			"remove the crypto map from the above interface(s) "
			"first\n",
			map->obj.name, users);
		return CFG_REFUSED;
	}
	cfg_del(&cfg->maps, map);
	return CFG_DONE;
}

/* --- the whole set -------------------------------------------------------------------- */

static int set_text(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_map *map = take_map(&((struct cfg *)obj)->maps, m);
	char name[2 * CFG_NAME_MAX];
	size_t i = 0;

	while (i < N_WIDE && !cfg_text(m, set_wide[i].arg))
		i++;
	if (!map || i == N_WIDE)
		return map ? CFG_INCOMPLETE : CFG_FAILED;
	snprintf(name, sizeof(name), "%s", cfg_text(m, set_wide[i].arg));
	if (!strcmp(set_wide[i].arg, "LOCAL") &&
	    !cfg_ifname(cfg_text(m, "LOCAL"), cfg_text(m, "UNIT"), name,
			sizeof(name)))
		return cfg_bad_word(e, m, "LOCAL");
	return cfg_status(
		cfg_set_str((char **)((char *)map + set_wide[i].offset), name));
}

static int unset_text(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *maps = &((struct cfg *)obj)->maps;
	struct cfg_map *map = cfg_find(maps, cfg_text(m, "MAP"));
	size_t i;

	(void)e;
	for (i = 0; map && i < N_WIDE; i++)
		if (cmd_has(m, set_wide[i].key))
			cfg_set_str((char **)((char *)map + set_wide[i].offset),
				    NULL);
	if (map)
		prune(maps, map);
	return CFG_DONE;
}

static int set_client_address(struct cfg_edit *e, void *obj,
			      const struct cmd_match *m)
{
	struct cfg_map *map = take_map(&((struct cfg *)obj)->maps, m);

	(void)e;
	if (!map)
		return CFG_FAILED;
	map->client_address |= cmd_has(m, "initiate") ? CFG_ADDR_INITIATE :
							CFG_ADDR_RESPOND;
	return CFG_DONE;
}

static int unset_client_address(struct cfg_edit *e, void *obj,
				const struct cmd_match *m)
{
	struct cfg_map *map =
		cfg_find(&((struct cfg *)obj)->maps, cfg_text(m, "MAP"));

	(void)e;
	if (map && !cmd_has(m, "respond"))
		map->client_address &= ~CFG_ADDR_INITIATE;
	if (map && !cmd_has(m, "initiate"))
		map->client_address &= ~CFG_ADDR_RESPOND;
	if (map)
		prune(&((struct cfg *)obj)->maps, map);
	return CFG_DONE;
}

/* --- dynamic maps ----------------------------------------------------------------------- */

static int enter_template(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_map *map = take_map(&((struct cfg *)obj)->dynamic_maps, m);
	uint32_t seq = cfg_num(m, "SEQ", 0);
	struct cfg_entry *en = map ? cfg_get_num(&map->entries, seq) : NULL;

	if (!en)
		return CFG_FAILED;
	en->type = CFG_MAP_TEMPLATE;
	if (cmd_has(m, "ipsec-isakmp"))
		cfg_repaired(e, "crypto dynamic-map %s %u", map->obj.name, seq);
	cfg_enter(e, CFG_M_MAP, map->obj.name, seq);
	e->next.is_template = true;
	return CFG_DONE;
}

static int no_template(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *maps = &((struct cfg *)obj)->dynamic_maps;
	struct cfg_map *map = cfg_find(maps, cfg_text(m, "MAP"));

	(void)e;
	if (!map)
		return CFG_DONE;
	if (cmd_find(m, "SEQ"))
		cfg_del(&map->entries,
			cfg_find_num(&map->entries, cfg_num(m, "SEQ", 0)));
	if (!cmd_find(m, "SEQ") || !map->entries.n)
		cfg_del(maps, map);
	return CFG_DONE;
}

/* --- writing ------------------------------------------------------------------------------ */

static void write_templates(struct cfg_writer *w, const void *obj)
{
	const struct cfg *cfg = obj;
	const struct cfg_entry *en;
	const struct cfg_map *map;

	cfg_for_each(map, &cfg->dynamic_maps) cfg_for_each(en, &map->entries)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto dynamic-map %s%s %u",
			   map->is_v6 ? "ipv6 " : "", map->obj.name,
			   en->obj.num);
		cfg_w_block(w, CFG_M_MAP, en);
	}
}

static void write_entry(struct cfg_writer *w, const struct cfg_map *map,
			const struct cfg_entry *en)
{
	const char *v6 = map->is_v6 ? "ipv6 " : "";

	if (en->type == CFG_MAP_DYNAMIC) {
		cfg_w_line(w, "crypto map %s%s %u ipsec-isakmp dynamic %s%s",
			   v6, map->obj.name, en->obj.num, en->dynamic,
			   en->discover ? " discover" : "");
		return;
	}
	cfg_w_line(w, "crypto map %s%s %u %s", v6, map->obj.name, en->obj.num,
		   en->type == CFG_MAP_MANUAL ? "ipsec-manual" :
						"ipsec-isakmp");
	cfg_w_block(w, CFG_M_MAP, en);
}

static void write_maps(struct cfg_writer *w, const void *obj)
{
	const struct cfg *cfg = obj;
	const struct cfg_entry *en;
	const struct cfg_map *map;
	size_t i;

	cfg_for_each(map, &cfg->maps)
	{
		const char *v6 = map->is_v6 ? "ipv6 " : "";

		cfg_w_gap(w);
		for (i = 0; i < N_WIDE; i++) {
			const char *text = *(char *const *)((const char *)map +
							    set_wide[i].offset);

			if (text)
				cfg_w_line(w, "crypto map %s%s %s %s", v6,
					   map->obj.name, set_wide[i].words,
					   text);
		}
		if (map->client_address & CFG_ADDR_INITIATE)
			cfg_w_line(w,
				   "crypto map %s%s client configuration "
				   "address initiate",
				   v6, map->obj.name);
		if (map->client_address & CFG_ADDR_RESPOND)
			cfg_w_line(w,
				   "crypto map %s%s client configuration "
				   "address respond",
				   v6, map->obj.name);
		cfg_for_each(en, &map->entries) write_entry(w, map, en);
	}
}

/* --- rows ----------------------------------------------------------------------------------- */

#define TEMPLATE "crypto dynamic-map [ ipv6 ] MAP=map "

static const struct cfg_cmd rows[] = {
	{ .pattern = TEMPLATE SEQ " [ ipsec-isakmp ]",
	  .text = "Edit a template for peers that are not known.",
	  .set = enter_template,
	  .unset = no_template,
	  .write = write_templates,
	  .no = TEMPLATE "[ " SEQ " [ ipsec-isakmp ] ]" },
	{ .pattern = NAMED SEQ " ipsec-isakmp [ profile PROFILE=name ]",
	  .text = "Edit an entry whose SAs are negotiated.",
	  .set = enter_isakmp,
	  .unset = no_map,
	  .write = write_maps,
	  .no = NAMED "[ " SEQ " [ ipsec-isakmp | ipsec-manual ] ]" },
	{ .pattern = NAMED SEQ " ipsec-manual",
	  .text = "Edit an entry with fixed keys.",
	  .set = enter_manual,
	  .no = "" },
	{ .pattern = NAMED SEQ,
	  .text = "Edit an entry that exists.",
	  .set = enter_again,
	  .no = "" },
	{ .pattern = NAMED "[ " SEQ " ] ipsec-isakmp dynamic DYNAMIC=map "
			   "[ discover ]",
	  .text = "Refer to a dynamic map.",
	  .set = set_dynamic,
	  .unset = no_map,
	  .no = NAMED SEQ " ipsec-isakmp dynamic DYNAMIC=map [ discover ]" },
	{ .pattern = NAMED "local-address LOCAL=name [ UNIT=name ]",
	  .text = "Interface whose address is used with peers.",
	  .set = set_text,
	  .unset = unset_text,
	  .no = NAMED "local-address [ LOCAL=name [ UNIT=name ] ]" },
	{ .pattern = NAMED "client authentication list AUTHEN=name",
	  .text = "Extended authentication by an AAA list.",
	  .set = set_text,
	  .unset = unset_text,
	  .no = NAMED "client authentication [ list [ AUTHEN=name ] ]" },
	{ .pattern = NAMED "client accounting list ACCT=name",
	  .text = "Accounting of sessions by an AAA list.",
	  .set = set_text,
	  .unset = unset_text,
	  .no = NAMED "client accounting [ list [ ACCT=name ] ]" },
	{ .pattern = NAMED "client configuration address "
			   "( initiate | respond )",
	  .text = "Assign addresses to clients.",
	  .set = set_client_address,
	  .unset = unset_client_address,
	  .no = NAMED "client configuration address "
		      "[ initiate | respond ]" },
	{ .pattern = NAMED "isakmp authorization list AUTHOR=name",
	  .text = "Data of client groups from an AAA list.",
	  .set = set_text,
	  .unset = unset_text,
	  .no = NAMED "isakmp authorization [ list [ AUTHOR=name ] ]" },
	{ .pattern = NAMED "isakmp-profile WIDEPROFILE=name",
	  .text = "ISAKMP profile of the whole set.",
	  .set = set_text,
	  .unset = unset_text,
	  .no = NAMED "isakmp-profile [ WIDEPROFILE=name ]" },
};
const struct cfg_rows cfg_rows_maps = { rows, CFG_ROWS(rows), CFG_AT_MAP };
