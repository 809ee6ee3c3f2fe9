// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: crypto ipsec transform-set and the settings of IPsec. */
#include <string.h>

#include "cfg_cmd.h"
#include "cfg_sa.h"

/* --- transform sets ---------------------------------------------------------- */

static int invalid(struct cfg_edit *e, const char *why)
{
	cfg_say(e, "%% Invalid transform combination: %s\n", why);
	return CFG_REFUSED;
}

/* One word of the line into @t; NULL, or what is wrong with it. */
static const char *take_transform(struct cfg_transform_set *t, uint32_t word)
{
	switch (cfg_t_kind(word)) {
	case CFG_T_AH:
		if (t->ah)
			return "more than one AH transform";
		t->ah = cfg_t_value(word);
		break;
	case CFG_T_CIPHER:
		if (t->cipher)
			return "more than one ESP cipher";
		t->cipher = cfg_t_value(word);
		t->key_bits = cfg_t_bits(word);
		break;
	case CFG_T_INTEG:
		if (t->integ)
			return "more than one ESP authentication transform";
		t->integ = cfg_t_value(word);
		break;
	case CFG_T_COMP:
		if (t->comp_lzs)
			return "comp-lzs twice";
		t->comp_lzs = 1;
		break;
	default:
		return "esp-seal is not supported";
	}
	return NULL;
}

static bool has_bits(uint8_t cipher)
{
	return cipher == CIPHER_AES_CBC || cipher == CIPHER_AES_CTR ||
	       cipher == CIPHER_AES_GCM || cipher == CIPHER_AES_CCM ||
	       cipher == CIPHER_AES_GMAC;
}

/* What the words mean together; NULL, or why they do not fit. */
static const char *settle(struct cfg_transform_set *t)
{
	if (!t->cipher && t->integ)
		t->cipher = CIPHER_NULL;
	if (names_is_aead(t->cipher) && t->integ)
		return "this cipher carries its own authentication";
	if (t->cipher == CIPHER_NULL && !t->integ)
		return "esp-null needs an ESP authentication transform";
	if (!t->cipher && !t->ah)
		return t->comp_lzs ? "comp-lzs needs an ESP or AH transform" :
				     "no transform";
	return NULL;
}

static const char *take_transforms(struct cfg_transform_set *t,
				   const struct cmd_match *m)
{
	const char *why = NULL;
	int i, n = 0;

	for (i = 0; i < m->n && !why; i++) {
		const struct cmd_arg *a = &m->arg[i];

		if (!strcmp(a->name, "TRANSFORM")) {
			why = take_transform(t, a->v.num);
			n++;
		} else if (!strcmp(a->name, "BITS")) {
			const struct cmd_arg *before = &m->arg[i - 1];

			if (cfg_t_kind(before->v.num) != CFG_T_CIPHER ||
			    !has_bits(t->cipher) || strpbrk(before->text, "12"))
				return "this transform has no key size";
			t->key_bits = a->v.num;
		}
	}
	if (!why && n > 4)
		why = "more than four transforms";
	return why ? why : settle(t);
}

static void warn_weak(struct cfg_edit *e, const struct cfg_transform_set *t)
{
	if (t->comp_lzs)
		cfg_say(e, "%% Warning: compression not supported, the set "
			   "works without it\n");
	if (t->cipher && !t->integ && !t->ah && !names_is_aead(t->cipher))
		cfg_say(e, "%% Warning: encryption without authentication is "
			   "not secure\n");
}

static int set_transform(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	struct cfg_tab *sets = &((struct cfg *)obj)->transform_sets;
	const char *name = cfg_text(m, "TAG"), *why;
	struct cfg_transform_set t = { 0 }, *old;

	if (name[0] == '#' && name[1] == '!')
		return cfg_bad_word(e, m, "TAG");
	why = take_transforms(&t, m);
	if (why)
		return invalid(e, why);
	old = cfg_get(sets, name);
	if (!old)
		return CFG_FAILED;
	old->cipher = t.cipher;
	old->integ = t.integ;
	old->ah = t.ah;
	old->comp_lzs = t.comp_lzs;
	old->key_bits = t.key_bits;
	warn_weak(e, &t);
	cfg_enter(e, CFG_M_TRANSFORM, name, 0);
	return CFG_DONE;
}

/* An entry of @maps that names the set, or NULL. */
static const struct cfg_entry *find_user(const struct cfg_tab *maps,
					 const char *set, const char **map)
{
	const struct cfg_entry *en;
	const struct cfg_map *mp;

	cfg_for_each(mp, maps) cfg_for_each(
		en, &mp->entries) if (cfg_names_has(&en->transform_sets, set))
	{
		*map = mp->obj.name;
		return en;
	}
	return NULL;
}

static int no_transform(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	const char *name = cfg_text(m, "TAG"), *map;
	struct cfg *cfg = obj;
	struct cfg_transform_set *t = cfg_find(&cfg->transform_sets, name);
	const struct cfg_entry *en;

	if (!t)
		return CFG_DONE;
	en = find_user(&cfg->maps, name, &map);
	if (!en)
		en = find_user(&cfg->dynamic_maps, name, &map);
	if (en) {
		cfg_say(e,
			"%% Transform set %s is in use by crypto map %s %u\n",
			name, map, en->obj.num);
		return CFG_REFUSED;
	}
	cfg_del(&cfg->transform_sets, t);
	return CFG_DONE;
}

/* The word of a transform; of AES the one whose key size follows. */
static const char *transform_word(unsigned int kind, unsigned int value)
{
	const struct name *n;

	for (n = cfg_names_transform; n->name; n++)
		if (cfg_t_kind(n->value) == kind &&
		    cfg_t_value(n->value) == value &&
		    cfg_t_bits(n->value) <= 128)
			return n->name;
	return NULL;
}

static void add_word(char *buf, const char *word)
{
	if (*buf && word)
		strcat(buf, " ");
	strcat(buf, word ? word : "");
}

/* As it is configured: "esp-aes 256 esp-sha-hmac". */
char *cfg_transform_words(const struct cfg_transform_set *t,
			  char buf[CFG_TRANSFORM_STR])
{
	char bits[16];

	*buf = '\0';
	if (t->ah)
		add_word(buf, transform_word(CFG_T_AH, t->ah));
	if (t->cipher)
		add_word(buf, transform_word(CFG_T_CIPHER, t->cipher));
	if (has_bits(t->cipher) && t->key_bits != 128) {
		snprintf(bits, sizeof(bits), "%u", t->key_bits);
		add_word(buf, bits);
	}
	if (t->integ)
		add_word(buf, transform_word(CFG_T_INTEG, t->integ));
	if (t->comp_lzs)
		add_word(buf, "comp-lzs");
	return buf;
}

static void write_transforms(struct cfg_writer *w, const void *obj)
{
	const struct cfg *cfg = obj;
	const struct cfg_transform_set *t;
	char words[CFG_TRANSFORM_STR];

	if (cfg->transform_sets.n)
		cfg_w_gap(w);
	cfg_for_each(t, &cfg->transform_sets)
	{
		cfg_w_line(w, "crypto ipsec transform-set %s %s", t->obj.name,
			   cfg_transform_words(t, words));
		cfg_w_block(w, CFG_M_TRANSFORM, t);
	}
}

static int set_mode(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_transform_set *t = obj;

	(void)e;
	t->mode = cmd_has(m, "transport") ? MODE_TRANSPORT : MODE_TUNNEL;
	t->require = cmd_has(m, "require");
	t->mode_given = 1;
	return CFG_DONE;
}

static int unset_mode(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_transform_set *t = obj;

	(void)e;
	(void)m;
	t->mode = MODE_TUNNEL;
	t->require = 0;
	t->mode_given = 0;
	return CFG_DONE;
}

static void write_mode(struct cfg_writer *w, const void *obj)
{
	const struct cfg_transform_set *t = obj;

	if (t->mode_given)
		cfg_w_line(w, "mode %s%s",
			   t->mode == MODE_TUNNEL ? "tunnel" : "transport",
			   t->require ? " require" : "");
}

static const struct cfg_cmd transform_rows[] = {
	{ .pattern = "mode ( tunnel | transport [ require ] )",
	  .text = "Set the mode of the SAs.",
	  .set = set_mode,
	  .unset = unset_mode,
	  .write = write_mode },
};
const struct cfg_rows cfg_rows_transform = { transform_rows,
					     CFG_ROWS(transform_rows), 0 };

/* --- settings ------------------------------------------------------------------- */

static struct cfg_sa_opts *global_sa(void *obj)
{
	return &((struct cfg *)obj)->ipsec.sa;
}

static int set_sa(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	cfg_sa_set(global_sa(obj), m);
	return CFG_DONE;
}

static int unset_sa(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_sa_opts def = { .seconds = 3600,
				   .kilobytes = 4608000,
				   .replay_window = 64 };

	(void)e;
	cfg_sa_reset(global_sa(obj), &def, m);
	return CFG_DONE;
}

static void write_sa(struct cfg_writer *w, const void *obj)
{
	struct cfg_sa_opts sa = ((const struct cfg *)obj)->ipsec.sa;

	if (sa.seconds == 3600 && !sa.in_days)
		sa.seconds = 0;
	if (sa.kilobytes == 4608000)
		sa.kilobytes = 0;
	if (sa.replay_window == 64)
		sa.replay_window = 0;
	cfg_sa_write(w, "crypto ipsec", &sa);
}

static int set_optional(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	struct cfg_ipsec *i = &((struct cfg *)obj)->ipsec;

	(void)e;
	i->optional = 1;
	i->optional_retry = cfg_num(m, "SECONDS", 0);
	return CFG_DONE;
}

static int unset_optional(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_ipsec *i = &((struct cfg *)obj)->ipsec;

	(void)e;
	(void)m;
	i->optional = 0;
	i->optional_retry = 0;
	return CFG_DONE;
}

static void write_optional(struct cfg_writer *w, const void *obj)
{
	const struct cfg_ipsec *i = &((const struct cfg *)obj)->ipsec;

	if (i->optional && i->optional_retry)
		cfg_w_line(w, "crypto ipsec optional retry %u",
			   i->optional_retry);
	else if (i->optional)
		cfg_w_line(w, "crypto ipsec optional");
}

/* --- tables of the MIB ---------------------------------------------------- */

#define HISTORY "crypto mib ipsec flowmib history "

static int set_history(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_ipsec *ipsec = &((struct cfg *)obj)->ipsec;
	uint32_t n = cmd_find(m, "COUNT")->v.num;

	if (n > CFG_HISTORY_MAX)
		cfg_say(e, "%% Warning: the table keeps %u records\n",
			CFG_HISTORY_MAX);
	if (cmd_has(m, "failure"))
		ipsec->history_failures = n;
	else
		ipsec->history_tunnels = n;
	return CFG_DONE;
}

static int unset_history(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	struct cfg_ipsec *ipsec = &((struct cfg *)obj)->ipsec;

	(void)e;
	if (cmd_has(m, "failure"))
		ipsec->history_failures = CFG_HISTORY;
	else
		ipsec->history_tunnels = CFG_HISTORY;
	return CFG_DONE;
}

static void write_history(struct cfg_writer *w, const void *obj)
{
	const struct cfg_ipsec *ipsec = &((const struct cfg *)obj)->ipsec;

	if (ipsec->history_tunnels != CFG_HISTORY)
		cfg_w_line(w, HISTORY "tunnel size %u", ipsec->history_tunnels);
	if (ipsec->history_failures != CFG_HISTORY)
		cfg_w_line(w, HISTORY "failure size %u",
			   ipsec->history_failures);
}

#define NAT_T "crypto ipsec nat-transparency "

static const struct cfg_cmd rows[] = {
	{ .pattern = "crypto ipsec " CFG_SA_LIFETIME,
	  .text = "Lifetime of SAs: the first limit that is reached.",
	  .set = set_sa,
	  .unset = unset_sa,
	  .write = write_sa,
	  .no = "crypto ipsec " CFG_SA_NO_LIFETIME },
	{ .pattern = "crypto ipsec security-association idle-time "
		     "SECONDS=num(60-86400)",
	  .text = "Delete SAs that carry no traffic for so long.",
	  CFG_NUM(cfg, ipsec.sa.idle, 0,
		  "crypto ipsec security-association idle-time") },
	{ .pattern = "crypto ipsec " CFG_SA_REPLAY,
	  .text = "Window of the replay check.",
	  .set = set_sa,
	  .unset = unset_sa,
	  .no = "crypto ipsec " CFG_SA_NO_REPLAY },
	{ .pattern = "crypto ipsec df-bit DF=df",
	  .text = "Don't-fragment bit of the outer header.",
	  CFG_NAME(cfg, ipsec.df, CFG_DF_COPY, cfg_names_df,
		   "crypto ipsec df-bit") },
	{ .pattern = "crypto ipsec fragmentation FRAG=frag",
	  .text = "Fragment before or after encryption.",
	  CFG_NAME(cfg, ipsec.frag, CFG_FRAG_BEFORE, cfg_names_frag,
		   "crypto ipsec fragmentation") },
	{ .pattern = NAT_T "udp-encapsulation",
	  .text = "Cross NATs by UDP encapsulation.",
	  CFG_ON(cfg, ipsec.no_udp_encap, NAT_T "udp-encapsulation") },
	{ .pattern = NAT_T "spi-matching",
	  .text = "Cross NATs by matching SPIs.",
	  CFG_FLAG(cfg, ipsec.spi_matching, 1, NAT_T "spi-matching") },
	{ .pattern = "crypto ipsec optional [ retry SECONDS=num(1-86400) ]",
	  .text = "Send clear text while there is no SA.",
	  .set = set_optional,
	  .unset = unset_optional,
	  .write = write_optional },
	{ .pattern = "crypto ipsec ipv4-deny DENY=deny",
	  .text = "What a deny of an access list does.",
	  CFG_NAME(cfg, ipsec.deny, CFG_DENY_JUMP, cfg_names_deny,
		   "crypto ipsec ipv4-deny") },
	{ .pattern = "crypto ipsec default transform-set",
	  .text = "Use the default sets where no other one is configured.",
	  CFG_ON(cfg, ipsec.no_default_transform_set,
		 "crypto ipsec default transform-set") },
	{ .pattern = HISTORY "( failure | tunnel ) size "
			     "COUNT=num(1-2147483647)",
	  .text = "Records of failures, or of tunnels that have gone.",
	  .set = set_history,
	  .unset = unset_history,
	  .write = write_history,
	  .no = HISTORY "( failure | tunnel ) size [ COUNT=word ]" },
	{ .pattern = "crypto ipsec transform-set TAG=name TRANSFORM=transform "
		     "[ BITS=bits ] { *TRANSFORM=transform [ BITS=bits ] }",
	  .text = "Define a combination of transforms.",
	  .set = set_transform,
	  .unset = no_transform,
	  .write = write_transforms,
	  .no = "crypto ipsec transform-set TAG=name [ TRANSFORM=transform "
		"[ BITS=bits ] { *TRANSFORM=transform [ BITS=bits ] } ]" },
};
const struct cfg_rows cfg_rows_ipsec = { rows, CFG_ROWS(rows), CFG_AT_IPSEC };
