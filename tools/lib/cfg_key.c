// SPDX-License-Identifier: GPL-2.0-or-later
/* Pre-shared keys in commands: of the default keyring and of others. */
#include "cfg_key.h"

#include <stdio.h>
#include <string.h>

#define KEY_MAX 128

/* What stands for a key that is not shown; not a key of its own. */
static const char removed[] = CFG_HIDDEN;

int cfg_secret_set(struct cfg_edit *e, struct cfg_secret *s,
		   const struct cmd_match *m)
{
	const char *key = cfg_text(m, "KEY");

	if (!key)
		return CFG_INCOMPLETE;
	if (!strcmp(key, removed)) {
		cfg_say(e, "%% The key was left out when this was shown; "
			   "enter the key itself.\n");
		return CFG_REFUSED;
	}
	if (strlen(key) > KEY_MAX)
		return cfg_bad_word(e, m, "KEY");
	return cfg_status(cfg_set_secret(s, cfg_num(m, "TYPE", 0), key));
}

/* Where the key of a line belongs: name in the table, address, mask. */
struct place {
	char name[CFG_KEY_PEER];
	struct addr addr;
	struct addr mask;
};

static void find_place(const struct cmd_match *m, struct place *p)
{
	const struct cmd_arg *prefix = cmd_find(m, "PREFIX");
	unsigned int i;

	memset(p, 0, sizeof(*p));
	if (cfg_text(m, "HOST")) {
		snprintf(p->name, sizeof(p->name), "hostname %s",
			 cfg_text(m, "HOST"));
		return;
	}
	if (prefix) {
		p->addr = prefix->v.addr;
		p->mask = prefix->v.mask;
	} else {
		p->addr = *cfg_addr(m, "ADDRESS");
		if (cfg_addr(m, "MASK"))
			p->mask = *cfg_addr(m, "MASK");
		else if (addr_is_zero(&p->addr))
			addr_mask(AF_INET, 0, &p->mask);
		else
			addr_mask(AF_INET, 32, &p->mask);
	}
	for (i = 0; i < sizeof(p->addr.b); i++)
		p->addr.b[i] &= p->mask.b[i];
	cfg_key_name(&p->addr, &p->mask, p->name);
}

int cfg_key_set(struct cfg_edit *e, struct cfg_tab *keys,
		const struct cmd_match *m)
{
	const char *text = cfg_text(m, "KEY");
	char as[ADDR_STR], ms[ADDR_STR];
	struct cfg_key *k;
	struct place p;
	int result;

	find_place(m, &p);
	k = cfg_find(keys, p.name);
	if (k && k->key.text && text && strcmp(k->key.text, text)) {
		if (p.addr.family == AF_INET)
			cfg_say(e,
				"A pre-shared key for address mask %s %s "
				"already exists!\n",
				addr_fmt(&p.addr, as), addr_fmt(&p.mask, ms));
		else
			cfg_say(e, "A pre-shared key for %s already exists!\n",
				p.name);
		return CFG_REFUSED;
	}
	if (!k)
		k = cfg_get(keys, p.name);
	if (!k)
		return CFG_FAILED;
	result = cfg_secret_set(e, &k->key, m);
	if (result != CFG_DONE) {
		cfg_del(keys, k);
		return result;
	}
	k->addr = p.addr;
	k->mask = p.mask;
	k->no_xauth = cmd_has(m, "no-xauth");
	return cfg_status(cfg_set_str(&k->host, cfg_text(m, "HOST")));
}

int cfg_key_unset(struct cfg_tab *keys, const struct cmd_match *m)
{
	struct place p;

	find_place(m, &p);
	cfg_del(keys, cfg_find(keys, p.name));
	return CFG_DONE;
}

char *cfg_key_peer(const struct cfg_key *k, char buf[CFG_KEY_PEER])
{
	char as[ADDR_STR], ms[ADDR_STR];

	if (k->host)
		snprintf(buf, CFG_KEY_PEER, "hostname %s", k->host);
	else if (k->addr.family == AF_INET6)
		snprintf(buf, CFG_KEY_PEER, "ipv6 %s/%d",
			 addr_fmt(&k->addr, as), addr_mask_len(&k->mask));
	else if (addr_mask_len(&k->mask) == 32)
		snprintf(buf, CFG_KEY_PEER, "address %s",
			 addr_fmt(&k->addr, as));
	else
		snprintf(buf, CFG_KEY_PEER, "address %s %s",
			 addr_fmt(&k->addr, as), addr_fmt(&k->mask, ms));
	return buf;
}
