// SPDX-License-Identifier: GPL-2.0-or-later
/* The view "show crypto eli": the crypto engine and its sessions. */
#include <string.h>

#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"
#include "show_system.h"

/* What the module can use, and what of the kernel's crypto API it takes. */
static const struct {
	const char *name;
	const char *alg[2];
} ciphers[] = {
	{ "DES", { "des", "cbc" } },
	{ "3DES", { "des3_ede", "cbc" } },
	{ "AES", { "aes", "cbc" } },
	{ "GCM", { "aes", "gcm" } },
	{ "GMAC", { "aes", "gcm" } },
	{ "CCM", { "aes", "ccm" } },
	{ "CHACHA20-POLY1305", { "chacha20", "rfc7539" } },
};

static void add_capability(row *o, bool has_daemon)
{
	row *list = row_list(o, "capability");
	size_t i;

	for (i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		if (kernel_has_alg(ciphers[i].alg[0]) &&
		    kernel_has_alg(ciphers[i].alg[1]))
			row_list_text(list, ciphers[i].name);
	/* The daemon's signatures. */
	if (has_daemon)
		row_list_text(list, "RSA");
	row_list_text(list, "IPv6");
	row_list_text(list, "ESN");
}

static row *sessions(uint64_t active, uint64_t max, uint64_t failed,
		     uint64_t created)
{
	row *o = json_object_new_object();

	row_num(o, "active", active);
	row_num(o, "max", max);
	row_num(o, "failed", failed);
	row_num(o, "created", created);
	return o;
}

static uint32_t count_pairs(const struct view *v)
{
	uint32_t i, n = 0;

	for (i = 0; i < v->n_sas; i++)
		n += v->sa[i].sa.dir == DIR_OUT &&
		     v->sa[i].sa.state != STATE_LARVAL;
	return n;
}

row *eli_row(const struct view *v, const struct conf *conf, row *sums)
{
	row *o = json_object_new_object();
	row *pairs = json_object_new_object();
	uint64_t active;

	row_bool(o, "hardware", false);
	row_num(o, "engines", 1);
	row_text(o, "engine", "Software Crypto Engine");
	add_capability(o, sums);
	if (sums) {
		active = daemon_number(sums, "active");
		json_object_object_add(
			o, "ike_sessions",
			sessions(active, daemon_number(sums, "max"),
				 daemon_number(sums, "limits"),
				 active + daemon_number(sums, "previous")));
		json_object_object_add(o, "ikev2_sessions",
				       sessions(0, 0, 0, 0));
	}
	row_num(pairs, "active", count_pairs(v));
	row_num(pairs, "max", conf->v[CONF_MAX_SAS] / 2);
	json_object_object_add(o, "ipsec_sessions", pairs);
	return o;
}

static void print_sessions(struct out *o, const char *title, row *r)
{
	if (!r)
		return;
	out_printf(o, " %-14s: %5lld active, %5lld max", title,
		   daemon_number(r, "active"), daemon_number(r, "max"));
	if (row_has(r, "created"))
		out_printf(o, ", %lld failed, %lld created",
			   daemon_number(r, "failed"),
			   daemon_number(r, "created"));
	out_printf(o, "\n");
}

void eli_print(struct out *o, row *r)
{
	row *list = row_get(r, "capability");
	size_t i;

	out_printf(o, "Hardware Encryption : INACTIVE\n"
		      " Number of crypto engines = 1\n\n"
		      " CryptoEngine Software Crypto Engine details: "
		      "state = Active\n Capability    : ");
	for (i = 0; i < row_len(list); i++)
		out_printf(o, "%s%s", i ? ", " : "",
			   json_object_get_string(row_at(list, i)));
	out_printf(o, "\n\n");
	print_sessions(o, "IKE-Session", row_get(r, "ike_sessions"));
	print_sessions(o, "IKEv2-Session", row_get(r, "ikev2_sessions"));
	print_sessions(o, "IPSec-Session", row_get(r, "ipsec_sessions"));
	out_printf(o, "\n");
}

/* Sums of the daemon's ISAKMP SAs; NULL without a daemon. */
static int ask_sums(row **rows)
{
	*rows = NULL;
	if (daemon_runs())
		return daemon_call(daemon_request("isakmp-global"), rows);
	log_warn("ikehelper does not run: there are no IKE sessions");
	return DONE;
}

int do_show_eli(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl *g = ctl_gnl(c);
	struct conf conf;
	row *rows, *r;
	struct view v;

	(void)m;
	if (!g)
		return FAILED;
	if (gnl_conf_get(g, &conf) || view_collect(g, &v))
		return ctl_refused(c, "show");
	if (ask_sums(&rows) != DONE) {
		view_free(&v);
		return FAILED;
	}
	r = eli_row(&v, &conf, row_at(rows, 0));
	json_object_put(rows);
	view_free(&v);
	if (out_is_json(c->out)) {
		out_json(c->out, r);
		return DONE;
	}
	eli_print(c->out, r);
	json_object_put(r);
	return DONE;
}
