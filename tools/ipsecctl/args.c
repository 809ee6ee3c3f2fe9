// SPDX-License-Identifier: GPL-2.0-or-later
/* From matched words to the structs of the model. */
#include "args.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/sel_match.h"

#define FIRST_INDEX 1 /* of a rule that is named without one */

uint32_t args_ifindex(const char *name)
{
	uint32_t i = if_nametoindex(name);

	if (!i)
		log_error("there is no interface '%s'; 'ip link' names them",
			  name);
	return i;
}

/* --- rules ------------------------------------------------------------- */

void args_policy_key(const struct cmd_match *m, struct policy *key)
{
	const struct cmd_arg *a;

	a = cmd_find(m, "ID");
	if (a) {
		key->id = a->v.num;
		PUT(key, POLICY_ID);
	}
	a = cmd_find(m, "MAP");
	if (a) {
		strncpy(key->map, a->text, sizeof(key->map) - 1);
		PUT(key, POLICY_MAP);
	}
	a = cmd_find(m, "ENTRY");
	if (a) {
		key->seq = a->v.num;
		PUT(key, POLICY_SEQ);
	}
	a = cmd_find(m, "INDEX");
	if (a || HAS(key, POLICY_SEQ)) {
		key->index = a ? a->v.num : FIRST_INDEX;
		PUT(key, POLICY_INDEX);
	}
}

int args_policy_id(struct ctx *c, const struct cmd_match *m, uint32_t *id)
{
	struct policy key = { 0 }, reply;
	struct gnl *g;

	args_policy_key(m, &key);
	if (HAS(&key, POLICY_ID)) {
		*id = key.id;
		return DONE;
	}
	if (c->rule.id && c->rule.seq == key.seq &&
	    c->rule.index == key.index && !strcmp(c->rule.map, key.map)) {
		*id = c->rule.id;
		return DONE;
	}
	g = ctl_gnl(c);
	if (!g)
		return FAILED;
	if (gnl_policy_get(g, &key, &reply))
		return ctl_refused(c, "rule");
	*id = reply.id;
	c->rule = key;
	c->rule.id = reply.id;
	return DONE;
}

/* --- selectors --------------------------------------------------------- */

static bool is_arg(const struct cmd_match *m, int i, const char *name)
{
	return i < m->n && !strcmp(m->arg[i].name, name);
}

int args_selector(const struct cmd_match *m, int *i, struct selector *out)
{
	const char *why;

	if (sel_from_match(m, i, out, &why))
		return DONE;
	log_error("selector: %s", why);
	return USAGE;
}

/* --- SAs --------------------------------------------------------------- */

enum bind_kind { NUM, ADDRESS, FLAG };

/* Which argument goes where. */
static const struct bind {
	const char *name;
	enum bind_kind kind;
	int field;
	size_t offset;
	size_t size; /* of a number; of a flag its bit */
} binds[] = {
#define BIND(name, kind, field, m)                         \
	{                                                  \
		name, kind, field, offsetof(struct sa, m), \
			sizeof(((struct sa *)0)->m)        \
	}
	BIND("DIR", NUM, SA_DIR, dir),
	BIND("SPI", NUM, SA_SPI, spi),
	BIND("SAPROTO", NUM, SA_PROTO, proto),
	BIND("MODE", NUM, SA_MODE, mode),
	BIND("LOCAL", ADDRESS, SA_LOCAL, local),
	BIND("REMOTE", ADDRESS, SA_REMOTE, remote),
	BIND("NEWREMOTE", ADDRESS, SA_NEW_REMOTE, new_remote),
	BIND("PAIR", NUM, SA_PAIR, pair),
	BIND("CIPHER", NUM, SA_CIPHER, cipher),
	BIND("INTEG", NUM, SA_INTEG, integ),
	BIND("ICV", NUM, SA_ICV_LEN, icv_len),
	BIND("WINDOW", NUM, SA_REPLAY_WINDOW, replay_window),
	BIND("DF", NUM, SA_DF, df),
	BIND("DSCP", NUM, SA_DSCP, dscp),
	BIND("MSS", NUM, SA_MSS, mss),
	BIND("PADTO", NUM, SA_TFC_PAD, tfc_pad),
	BIND("MARK", NUM, SA_OUT_MARK, out_mark),
	BIND("LPORT", NUM, SA_ENCAP_LOCAL, encap_local),
	BIND("RPORT", NUM, SA_ENCAP_REMOTE, encap_remote),
	BIND("KEEPALIVE", NUM, SA_KEEPALIVE, keepalive),
	BIND("IDLE", NUM, SA_IDLE, idle),
	BIND("SEQ", NUM, SA_SEQ, seq),
	BIND("STATE", NUM, SA_STATE, state),
	BIND("MIN", NUM, SA_MIN_SPI, min_spi),
	BIND("MAX", NUM, SA_MAX_SPI, max_spi),
#undef BIND
	{ "esn", FLAG, SA_FLAGS, 0, SA_FLAG_ESN },
	{ "standby", FLAG, SA_FLAGS, 0, SA_FLAG_STANDBY },
	{ "no-ecn", FLAG, SA_FLAGS, 0, SA_FLAG_NO_ECN },
	{ "decap-dscp", FLAG, SA_FLAGS, 0, SA_FLAG_DECAP_DSCP },
	{ "dscp", FLAG, SA_FLAGS, 0, SA_FLAG_SET_DSCP },
	{ "roam", FLAG, SA_FLAGS, 0, SA_FLAG_ROAM },
	{ "frag-after", FLAG, SA_FLAGS, 0, SA_FLAG_FRAG_AFTER },
};

static void put_number(void *p, size_t size, uint64_t v)
{
	switch (size) {
	case 1:
		*(uint8_t *)p = v;
		break;
	case 2:
		*(uint16_t *)p = v;
		break;
	case 4:
		*(uint32_t *)p = v;
		break;
	default:
		*(uint64_t *)p = v;
	}
}

static bool take_bind(const struct cmd_arg *a, struct sa *sa)
{
	size_t n = sizeof(binds) / sizeof(binds[0]);
	const struct bind *b;

	if (!strcmp(a->name, "auto")) {
		PUT(sa, SA_MSS);
		sa->mss = MSS_AUTO;
		return true;
	}
	for (b = binds; b < binds + n; b++)
		if (!strcmp(b->name, a->name))
			break;
	if (b == binds + n)
		return false;
	PUT(sa, b->field);
	if (b->kind == FLAG)
		sa->flags |= b->size;
	else if (b->kind == ADDRESS)
		*(struct addr *)((char *)sa + b->offset) = a->v.addr;
	else
		put_number((char *)sa + b->offset, b->size, a->v.num);
	return true;
}

static bool take_limit(const struct cmd_arg *a, struct limits *lim)
{
	if (!strcmp(a->name, "KB")) {
		PUT(lim, LIM_BYTES);
		lim->bytes = a->v.num * 1024;
	} else if (!strcmp(a->name, "BYTES")) {
		PUT(lim, LIM_BYTES);
		lim->bytes = a->v.num;
	} else if (!strcmp(a->name, "PACKETS")) {
		PUT(lim, LIM_PACKETS);
		lim->packets = a->v.num;
	} else if (!strcmp(a->name, "SECONDS")) {
		PUT(lim, LIM_SECONDS);
		lim->seconds = a->v.num;
	} else {
		return false;
	}
	return true;
}

/* Where keys come from; how a message calls them. */
static const struct {
	const char *name;
	const char *keyword;
	bool is_integ;
	enum { WORD, FROM_FILE, FROM_STDIN } from;
} keys[] = {
	{ "KEY", "key", false, WORD },
	{ "KEYFILE", "key-file", false, FROM_FILE },
	{ "key-stdin", "key-stdin", false, FROM_STDIN },
	{ "IKEY", "integ-key", true, WORD },
	{ "IKEYFILE", "integ-key-file", true, FROM_FILE },
	{ "integ-key-stdin", "integ-key-stdin", true, FROM_STDIN },
};

static int bad_key(const char *keyword, int err)
{
	if (err == -EINVAL)
		log_error("%s: a key is an even number of hexadecimal digits",
			  keyword);
	else if (err == -E2BIG)
		log_error("%s: a key has at most %d octets", keyword, MAX_KEY);
	else
		log_error("%s: cannot read it: %s", keyword, strerror(-err));
	return err == -EINVAL || err == -E2BIG ? USAGE : FAILED;
}

static int take_key(struct ctx *c, const struct cmd_arg *a, struct sa *sa)
{
	size_t n = sizeof(keys) / sizeof(keys[0]), i;
	bool is_open = false;
	struct secret *s;
	struct blob *blob;
	int err;

	for (i = 0; i < n; i++)
		if (!strcmp(keys[i].name, a->name))
			break;
	if (i == n)
		return DONE;
	s = keys[i].is_integ ? &c->integ_key : &c->cipher_key;
	if (keys[i].from == FROM_STDIN && c->batch_stdin) {
		log_error("%s: the batch itself comes from standard input",
			  keys[i].keyword);
		return USAGE;
	}
	if (keys[i].from == WORD)
		err = secret_from_hex(s, a->text, strlen(a->text));
	else if (keys[i].from == FROM_FILE)
		err = secret_from_file(s, a->text, &is_open);
	else
		err = secret_from_fd(s, STDIN_FILENO, true);
	if (err)
		return bad_key(keys[i].keyword, err);
	if (is_open)
		log_warn("%s: others may read '%s'; use 'chmod 600'",
			 keys[i].keyword, a->text);
	blob = keys[i].is_integ ? &sa->integ_key : &sa->cipher_key;
	blob->p = s->p;
	blob->len = s->len;
	PUT(sa, keys[i].is_integ ? SA_INTEG_KEY : SA_CIPHER_KEY);
	return DONE;
}

static int take_selector(const struct cmd_match *m, int *i, struct sa *sa)
{
	int status;

	if (sa->n_sel == MAX_SELECTORS) {
		log_error("an SA has at most %d selectors", MAX_SELECTORS);
		return USAGE;
	}
	status = args_selector(m, i, &sa->sel[sa->n_sel]);
	if (status != DONE)
		return status;
	sa->n_sel++;
	PUT(sa, SA_SELECTOR);
	return DONE;
}

int args_vrf(const struct cmd_arg *a, uint32_t *vrf)
{
	*vrf = 0;
	if (!strcmp(a->text, "Global"))
		return DONE;
	*vrf = args_ifindex(a->text);
	return *vrf ? DONE : FAILED;
}

static int take_vrf(const struct cmd_arg *a, struct sa *sa)
{
	bool is_front = *a->name == 'F';

	PUT(sa, is_front ? SA_FVRF : SA_IVRF);
	return args_vrf(a, is_front ? &sa->fvrf : &sa->ivrf);
}

int args_sa(struct ctx *c, const struct cmd_match *m, struct sa *sa)
{
	struct limits *lim = NULL;
	int i = 0, status;

	while (i < m->n) {
		const struct cmd_arg *a = &m->arg[i];

		if (is_arg(m, i, "PROTO")) {
			status = take_selector(m, &i, sa);
			if (status != DONE)
				return status;
			continue;
		}
		if (is_arg(m, i, "FVRF") || is_arg(m, i, "VRF")) {
			status = take_vrf(a, sa);
			if (status != DONE)
				return status;
			i++;
			continue;
		}
		i++;
		if (!strcmp(a->name, "soft")) {
			PUT(sa, SA_SOFT);
			lim = &sa->soft;
		} else if (!strcmp(a->name, "hard")) {
			PUT(sa, SA_HARD);
			lim = &sa->hard;
		} else if (!take_bind(a, sa) && (!lim || !take_limit(a, lim))) {
			status = take_key(c, a, sa);
			if (status != DONE)
				return status;
		}
	}
	return args_sa_key(c, m, sa);
}

int args_sa_key(struct ctx *c, const struct cmd_match *m, struct sa *key)
{
	const char *const names[] = { "DIR", "SPI", "SAPROTO", "REMOTE", NULL };
	uint32_t id;
	int i;

	for (i = 0; names[i]; i++) {
		const struct cmd_arg *a = cmd_find(m, names[i]);

		if (a)
			take_bind(a, key);
	}
	if (!cmd_has(m, "ID") && !cmd_has(m, "MAP"))
		return DONE;
	if (args_policy_id(c, m, &id) != DONE)
		return FAILED;
	key->policy = id;
	PUT(key, SA_POLICY);
	return DONE;
}
