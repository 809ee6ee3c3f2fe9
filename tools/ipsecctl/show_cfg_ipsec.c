// SPDX-License-Identifier: GPL-2.0-or-later
/* The views of what is configured for IPsec: transform sets, lifetimes. */
#include <stdio.h>
#include <string.h>

#include "../lib/names.h"
#include "daemon.h"
#include "show_cfg.h"

/* --- transform sets ------------------------------------------------------ */

static const struct {
	uint8_t integ;
	const char *ah, *esp;
} integs[] = {
	{ INTEG_MD5_96, "ah-md5-hmac", "esp-md5-hmac" },
	{ INTEG_SHA1_96, "ah-sha-hmac", "esp-sha-hmac" },
	{ INTEG_SHA256_128, "ah-sha256-hmac", "esp-sha256-hmac" },
	{ INTEG_SHA384_192, "ah-sha384-hmac", "esp-sha384-hmac" },
	{ INTEG_SHA512_256, "ah-sha512-hmac", "esp-sha512-hmac" },
};

static const char *integ_word(uint8_t integ, bool is_ah)
{
	size_t i;

	for (i = 0; i < sizeof(integs) / sizeof(integs[0]); i++)
		if (integs[i].integ == integ)
			return is_ah ? integs[i].ah : integs[i].esp;
	return "unknown";
}

static void add_word(char buf[VIEW_TRANSFORM], const char *word)
{
	size_t n = strlen(buf);

	snprintf(buf + n, VIEW_TRANSFORM - n, "%s%s", n ? " " : "", word);
}

/* Views have the size of an AES key in the middle: "esp-256-aes". */
char *view_transform_words(const struct cfg_transform_set *t,
			   char buf[VIEW_TRANSFORM])
{
	char word[40];

	*buf = '\0';
	if (t->ah)
		add_word(buf, integ_word(t->ah, true));
	if (t->cipher == CIPHER_AES_CBC && t->key_bits != 128) {
		snprintf(word, sizeof(word), "esp-%u-aes", t->key_bits);
		add_word(buf, word);
	} else if (t->cipher) {
		names_transform(t->cipher, INTEG_NONE, t->key_bits, word,
				sizeof(word));
		add_word(buf, word);
	}
	if (t->integ)
		add_word(buf, integ_word(t->integ, false));
	if (t->comp_lzs)
		add_word(buf, "comp-lzs");
	return buf;
}

row *view_transform_row(const struct cfg_transform_set *t)
{
	row *o = json_object_new_object();
	char words[VIEW_TRANSFORM];

	row_text(o, "name", t->obj.name);
	row_text(o, "transforms", view_transform_words(t, words));
	row_text(o, "mode", t->mode == MODE_TRANSPORT ? "transport" : "tunnel");
	row_bool(o, "required", t->require);
	return o;
}

/* Those of the user, or the default ones while they are in use. */
static row *transform_rows(const struct cfg *cfg, const struct cfg_query *q,
			   row *live)
{
	static const struct cfg_entry none;
	const struct cfg_transform_set *t;
	row *all = json_object_new_array();
	unsigned int i = 0;

	(void)live;
	if (q->only_default || !cfg->transform_sets.n) {
		while ((t = cfg_entry_transform(cfg, &none, i++)))
			if (!q->name || !strcmp(q->name, t->obj.name))
				json_object_array_add(all,
						      view_transform_row(t));
		return all;
	}
	cfg_for_each(t, &cfg->transform_sets)
	{
		if (!q->name || !strcmp(q->name, t->obj.name))
			json_object_array_add(all, view_transform_row(t));
	}
	return all;
}

static void print_transforms(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);
		bool is_tunnel = !strcmp(daemon_text(r, "mode"), "tunnel");

		out_printf(o, "Transform set %s: { %s }\n",
			   daemon_text(r, "name"),
			   daemon_text(r, "transforms"));
		out_printf(o, "    will negotiate = { %s%s, },\n\n",
			   is_tunnel ? "Tunnel" : "Transport",
			   daemon_flag(r, "required") ? " (require)" : "");
	}
}

const struct cfg_view view_transform_set = { transform_rows, print_transforms,
					     NULL };

/* --- lifetimes ----------------------------------------------------------- */

static row *lifetime_rows(const struct cfg *cfg, const struct cfg_query *q,
			  row *live)
{
	const struct cfg_sa_opts *sa = &cfg->ipsec.sa;
	row *all = json_object_new_array(), *o = json_object_new_object();

	(void)live;
	row_num(o, "seconds", sa->seconds);
	if (sa->kilobytes != CFG_NO_LIMIT)
		row_num(o, "kilobytes", sa->kilobytes);
	if (sa->idle && !q->only_default)
		row_num(o, "idle", sa->idle);
	json_object_array_add(all, o);
	return all;
}

static void print_lifetime(struct out *o, row *rows)
{
	row *r = row_at(rows, 0);

	if (row_has(r, "kilobytes"))
		out_printf(
			o,
			"Security association lifetime: %lld kilobytes/%lld seconds\n",
			daemon_number(r, "kilobytes"),
			daemon_number(r, "seconds"));
	else
		out_printf(
			o,
			"Security association lifetime: (kilobytes disabled)/%lld seconds\n",
			daemon_number(r, "seconds"));
	if (row_has(r, "idle"))
		out_printf(o, "Security association idletime: %lld seconds\n",
			   daemon_number(r, "idle"));
}

const struct cfg_view view_sa_lifetime = { lifetime_rows, print_lifetime,
					   NULL };
