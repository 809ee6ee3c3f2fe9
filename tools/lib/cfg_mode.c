// SPDX-License-Identifier: GPL-2.0-or-later
/* Modes of the configuration: prompts, tables, which object is edited. */
#include "cfg_mode.h"

#include <stdlib.h>
#include <string.h>

#include "cfg_cmd.h"
#include "cfg_form.h"

#define HOST_IN_PROMPT 20 /* characters, in a configuration prompt */
#define N_GROUPS 12

/* --- words of every mode ------------------------------------------------- */

static int run_do(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)obj;
	e->exec = cfg_text(m, "COMMAND");
	return CFG_EXEC;
}

static int run_exit(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)obj;
	(void)m;
	if (e->path.mode == CFG_M_GLOBAL)
		return CFG_LEFT;
	cfg_enter(e, CFG_M_GLOBAL, NULL, 0);
	return CFG_DONE;
}

static int run_end(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)obj;
	(void)m;
	cfg_enter(e, CFG_M_GLOBAL, NULL, 0);
	return CFG_LEFT;
}

static const struct cfg_cmd words[] = {
	{ .pattern = "do COMMAND=line",
	  .text = "Run an EXEC command.",
	  .set = run_do,
	  .no = "" },
	{ .pattern = "end",
	  .text = "Leave the configuration.",
	  .set = run_end,
	  .no = "" },
	{ .pattern = "exit",
	  .text = "Leave the mode.",
	  .set = run_exit,
	  .no = "" },
};
static const struct cfg_rows common = { words, CFG_ROWS(words), CFG_AT_END };

/* --- modes ---------------------------------------------------------------- */

static const struct {
	const char *prompt;
	const char *name;
	const struct cfg_rows *rows[N_GROUPS];
} modes[] = {
	[CFG_M_GLOBAL] = { "(config)",
			   "global configuration",
			   { &cfg_rows_top, &cfg_rows_pki, &cfg_rows_isakmp,
			     &cfg_rows_profiles, &cfg_rows_ipsec,
			     &cfg_rows_ipsec_profiles, &cfg_rows_maps,
			     &cfg_rows_ifs, &cfg_rows_acls, &common } },
	[CFG_M_POLICY] = { "(config-isakmp)",
			   "ISAKMP policy",
			   { &cfg_rows_policy, &common } },
	[CFG_M_PEER] = { "(config-isakmp-peer)",
			 "ISAKMP peer",
			 { &cfg_rows_peer, &common } },
	[CFG_M_PROFILE] = { "(conf-isa-prof)",
			    "ISAKMP profile",
			    { &cfg_rows_profile, &common } },
	[CFG_M_GROUP] = { "(config-isakmp-group)",
			  "ISAKMP client group",
			  { &cfg_rows_group, &common } },
	[CFG_M_KEYRING] = { "(conf-keyring)",
			    "keyring",
			    { &cfg_rows_keyring, &common } },
	[CFG_M_TRUSTPOINT] = { "(ca-trustpoint)",
			       "trustpoint",
			       { &cfg_rows_trustpoint, &common } },
	[CFG_M_CERT_MAP] = { "(ca-certificate-map)",
			     "certificate map",
			     { &cfg_rows_cert_map, &common } },
	[CFG_M_TRANSFORM] = { "(cfg-crypto-trans)",
			      "transform set",
			      { &cfg_rows_transform, &common } },
	[CFG_M_IPSEC_PROFILE] = { "(ipsec-profile)",
				  "IPsec profile",
				  { &cfg_rows_ipsec_profile, &common } },
	[CFG_M_MAP] = { "(config-crypto-map)",
			"crypto map",
			{ &cfg_rows_entry, &common } },
	[CFG_M_IF] = { "(config-if)",
		       "interface",
		       { &cfg_rows_if, &cfg_rows_tunnel, &common } },
	[CFG_M_ACL] = { "(config-ext-nacl)",
			"extended access list",
			{ &cfg_rows_acl, &common } },
	[CFG_M_STD_ACL] = { "(config-std-nacl)",
			    "standard access list",
			    { &cfg_rows_std_acl, &common } },
};

const char *cfg_mode_prompt(enum cfg_mode mode)
{
	return modes[mode].prompt;
}

const char *cfg_mode_name(enum cfg_mode mode)
{
	return modes[mode].name;
}

const struct cfg_rows *cfg_mode_group(enum cfg_mode mode, unsigned int i)
{
	return i < N_GROUPS ? modes[mode].rows[i] : NULL;
}

char *cfg_prompt(const struct cfg *cfg, const char *host,
		 const struct cfg_path *path, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s%s#", HOST_IN_PROMPT,
		 cfg->hostname ? cfg->hostname : host,
		 modes[path->mode].prompt);
	return buf;
}

void *cfg_path_obj(struct cfg *cfg, const struct cfg_path *path)
{
	struct cfg_cert_map *certs;
	struct cfg_map *map;

	switch (path->mode) {
	case CFG_M_POLICY:
		return cfg_find_num(&cfg->policies, path->num);
	case CFG_M_PEER:
		return cfg_find(&cfg->peers, path->name);
	case CFG_M_PROFILE:
		return cfg_find(&cfg->profiles, path->name);
	case CFG_M_GROUP:
		return cfg_find(&cfg->groups, path->name);
	case CFG_M_KEYRING:
		return cfg_find(&cfg->keyrings, path->name);
	case CFG_M_TRUSTPOINT:
		return cfg_find(&cfg->trustpoints, path->name);
	case CFG_M_CERT_MAP:
		certs = cfg_find(&cfg->cert_maps, path->name);
		return certs ? cfg_find_num(&certs->entries, path->num) : NULL;
	case CFG_M_TRANSFORM:
		return cfg_find(&cfg->transform_sets, path->name);
	case CFG_M_IPSEC_PROFILE:
		return cfg_find(&cfg->ipsec_profiles, path->name);
	case CFG_M_IF:
		return cfg_find(&cfg->interfaces, path->name);
	case CFG_M_ACL:
	case CFG_M_STD_ACL:
		return cfg_find(&cfg->acls, path->name);
	case CFG_M_MAP:
		map = cfg_find(path->is_template ? &cfg->dynamic_maps :
						   &cfg->maps,
			       path->name);
		return map ? cfg_find_num(&map->entries, path->num) : NULL;
	default:
		return cfg;
	}
}

/* --- compiled tables ------------------------------------------------------- */

static struct compiled {
	struct cmd_set *set;
	struct cmd_table table;
	const struct cfg_cmd **row; /* of each command of the table */
	enum cfg_form *form;
} compiled[CFG_M_N];

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Words in front of the first variable or bracket. */
static size_t leading(const char *pattern)
{
	const char *p = pattern;

	while (*p) {
		size_t n = strcspn(p, " ");

		if (strchr("([{", *p) || memchr(p, '=', n))
			break;
		p += n;
		p += strspn(p, " ");
	}
	return p - pattern;
}

/* "no lifetime [ N=num ]" from "lifetime N=num". */
static char *form_pattern(const struct cfg_cmd *row, const char *word)
{
	const char *p = row->no ? row->no : row->pattern;
	size_t n = row->no ? strlen(p) : leading(p);
	char *text = NULL;

	if (asprintf(&text, "%s %.*s%s%s%s", word, (int)n, p, p[n] ? "[ " : "",
		     p + n, p[n] ? " ]" : "") < 0)
		abort();
	return text;
}

static void add_cmd(struct compiled *c, struct cmd *cmds,
		    const struct cfg_cmd *row, enum cfg_form form)
{
	size_t i = c->table.n_cmds++;
	const char *pattern = row->pattern;

	if (form != CFG_FORM_SET)
		pattern = form_pattern(row,
				       form == CFG_FORM_NO ? "no" : "default");
	cmds[i] = (struct cmd){ .pattern = pattern,
				.text = row->text,
				.help = row->help };
	c->row[i] = row;
	c->form[i] = form;
}

static void compile(struct compiled *c, enum cfg_mode mode)
{
	const struct cfg_rows *g;
	struct cmd *cmds;
	char err[160];
	size_t n = 0, k;
	unsigned int i;

	for (i = 0; (g = cfg_mode_group(mode, i)); i++)
		n += 3 * g->n;
	cmds = must(calloc(n, sizeof(*cmds)));
	c->row = must(calloc(n, sizeof(*c->row)));
	c->form = must(calloc(n, sizeof(*c->form)));
	c->table = (struct cmd_table){ .cmds = cmds,
				       .help = cfg_help,
				       .types = cfg_types };
	for (i = 0; (g = cfg_mode_group(mode, i)); i++)
		for (k = 0; k < g->n; k++) {
			const struct cfg_cmd *row = &g->row[k];

			if (!row->pattern)
				continue; /* it only writes */
			add_cmd(c, cmds, row, CFG_FORM_SET);
			if (row->no && !*row->no)
				continue;
			add_cmd(c, cmds, row, CFG_FORM_NO);
			add_cmd(c, cmds, row, CFG_FORM_DEFAULT);
		}
	c->set = cmd_compile(&c->table, err, sizeof(err));
	if (c->set)
		return;
	fprintf(stderr, "configuration table: %s\n", err);
	abort();
}

struct cmd_set *cfg_mode_set(enum cfg_mode mode)
{
	if (!compiled[mode].set)
		compile(&compiled[mode], mode);
	return compiled[mode].set;
}

const struct cfg_cmd *cfg_mode_row(enum cfg_mode mode, const struct cmd *cmd,
				   enum cfg_form *form)
{
	const struct compiled *c = &compiled[mode];
	size_t i = cmd - c->table.cmds;

	*form = c->form[i];
	return c->row[i];
}

void cfg_modes_free(void)
{
	size_t i, k;

	for (i = 0; i < CFG_M_N; i++) {
		struct compiled *c = &compiled[i];

		cmd_free(c->set);
		for (k = 0; k < c->table.n_cmds; k++)
			if (c->form[k] != CFG_FORM_SET)
				free((void *)(uintptr_t)c->table.cmds[k]
					     .pattern);
		free((void *)(uintptr_t)c->table.cmds);
		free(c->row);
		free(c->form);
		*c = (struct compiled){ 0 };
	}
}
