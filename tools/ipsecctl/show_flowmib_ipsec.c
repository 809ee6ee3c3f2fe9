// SPDX-License-Identifier: GPL-2.0-or-later
/* The views "show crypto mib ipsec flowmib global|history|tunnel". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/names.h"
#include "../lib/stats.h"
#include "daemon.h"
#include "show_flowmib.h"

#define NONE "None"

/* --- values -------------------------------------------------------------- */

static const char *name_at(const char *const *names, size_t n, long long i)
{
	return i >= 0 && (size_t)i < n && names[i] ? names[i] : NONE;
}

#define NAME_AT(names, i) name_at(names, sizeof(names) / sizeof(*(names)), i)

/* Of the module's SAs, and by the numbers of RFC 2407 (IANA) of the daemon's. */
static const char *const ciphers[] = {
	[CIPHER_DES_CBC] = "des",  [CIPHER_DES3_CBC] = "3des",
	[CIPHER_AES_CBC] = "aes",  [CIPHER_AES_CTR] = "aes",
	[CIPHER_AES_GCM] = "aes",  [CIPHER_AES_CCM] = "aes",
	[CIPHER_AES_GMAC] = "aes", [CIPHER_CHACHA20_POLY1305] = "chacha20",
};
static const char *const integs[] = {
	[INTEG_MD5_96] = "ESP_HMAC_MD5",
	[INTEG_SHA1_96] = "ESP_HMAC_SHA",
	[INTEG_SHA256_128] = "ESP_HMAC_SHA256",
	[INTEG_SHA384_192] = "ESP_HMAC_SHA384",
	[INTEG_SHA512_256] = "ESP_HMAC_SHA512",
};
static const char *const ike_ciphers[] = {
	[2] = "des",  [3] = "3des", [12] = "aes", [13] = "aes",
	[14] = "aes", [15] = "aes", [16] = "aes", [18] = "aes",
	[19] = "aes", [20] = "aes", [23] = "aes", [28] = "chacha20",
};
static const char *const ike_integs[] = {
	[1] = "ESP_HMAC_MD5",	 [2] = "ESP_HMAC_SHA",
	[5] = "ESP_HMAC_SHA256", [6] = "ESP_HMAC_SHA384",
	[7] = "ESP_HMAC_SHA512",
};

/* Counters of the MIB from those of SAs. */
static row *counters_of(const struct stats *s)
{
	/* Those that came as far as the cipher. */
	uint64_t opened =
		s->in_packets + s->err_decaps + s->err_proto + s->err_identity;
	uint64_t sealed = s->out_packets + s->err_encrypt;
	row *o = json_object_new_object();

	row_num(o, "in_octets", s->in_bytes);
	row_num(o, "in_packets", s->in_packets);
	row_num(o, "in_drops", s->recv_errors - s->err_replay);
	row_num(o, "in_replay_drops", s->err_replay);
	row_num(o, "in_auths", opened + s->err_auth);
	row_num(o, "in_auth_fails", s->err_auth);
	row_num(o, "in_decrypts", opened);
	row_num(o, "in_decrypt_fails", s->err_decaps);
	row_num(o, "out_octets", s->out_wire_bytes);
	row_num(o, "out_packets", s->out_packets);
	row_num(o, "out_drops", s->send_errors);
	row_num(o, "out_auths", sealed);
	/* One operation does both. */
	row_num(o, "out_auth_fails", 0);
	row_num(o, "out_encrypts", sealed);
	row_num(o, "out_encrypt_fails", s->err_encrypt);
	return o;
}

static void add_past(struct stats *s, row *past)
{
	const struct stats more = {
		.out_packets = daemon_number(past, "out_packets"),
		.out_bytes = daemon_number(past, "out_bytes"),
		.out_wire_bytes = daemon_number(past, "out_wire_bytes"),
		.in_packets = daemon_number(past, "in_packets"),
		.in_bytes = daemon_number(past, "in_bytes"),
		.in_wire_bytes = daemon_number(past, "in_wire_bytes"),
		.send_errors = daemon_number(past, "send_errors"),
		.recv_errors = daemon_number(past, "recv_errors"),
		.err_encrypt = daemon_number(past, "err_encrypt"),
		.err_replay = daemon_number(past, "err_replay"),
		.err_auth = daemon_number(past, "err_auth"),
		.err_identity = daemon_number(past, "err_identity"),
		.err_proto = daemon_number(past, "err_proto"),
		.err_decaps = daemon_number(past, "err_decaps"),
	};

	if (past)
		stats_add(s, &more);
}

/* --- tunnels ------------------------------------------------------------- */

/* The daemon's rows, by rule. */
struct known {
	row **v;
	size_t n;
	row *all; /* what is made */
};

static int by_rule(const void *a, const void *b)
{
	row *const *x = a, *const *y = b;
	long long i = daemon_number(*x, "rule"), j = daemon_number(*y, "rule");

	return i < j ? -1 : i > j;
}

static row *find_rule(const struct known *k, uint32_t rule)
{
	row *key = json_object_new_object(), **at = NULL;

	row_num(key, "rule", rule);
	if (k->n)
		at = bsearch(&key, k->v, k->n, sizeof(*k->v), by_rule);
	json_object_put(key);
	return at ? *at : NULL;
}

/* What the daemon says of a life; without it an SA says what it can. */
static void put_life(row *o, row *r, const struct sa *sa)
{
	static const char *const same[] = { "seconds",	    "kilobytes",
					    "left_seconds", "left_kilobytes",
					    "up",	    "refreshes",
					    "expired" };
	size_t i;

	row_text(o, "keying", r || sa->hard.seconds ? "IKE" : "Manual");
	for (i = 0; r && i < sizeof(same) / sizeof(same[0]); i++)
		row_num(o, same[i], daemon_number(r, same[i]));
	if (r)
		return;
	row_num(o, "seconds", sa->hard.seconds);
	row_num(o, "kilobytes", sa->hard.bytes / 1024);
	row_num(o, "up", sa->age);
}

static void put_algorithms(row *o, const char *cipher, const char *integ,
			   long long group)
{
	/* 1: none, as the MIB counts them. */
	row_num(o, "dh_group", group ? group : 1);
	row_text(o, "cipher", cipher);
	row_text(o, "ah_auth", NONE);
	row_text(o, "esp_auth", integ);
}

static void add_tunnel(const struct view_binding *b, const struct view_flow *f,
		       void *arg)
{
	struct known *k = arg;
	row *r = find_rule(k, f->policy->id), *o = json_object_new_object();
	const struct sa *sa = f->n_out ? &f->out[0]->sa : &f->in[0]->sa;
	struct addr local, remote;
	struct stats s = { 0 };
	uint32_t i;

	view_flow_ends(b, f, &local, &remote);
	row_num(o, "index", f->policy->id);
	row_text(o, "vrf", b->fvrf);
	row_addr(o, "local", &local);
	row_addr(o, "remote", &remote);
	row_num(o, "mode", sa->mode);
	put_life(o, r, sa);
	row_num(o, "current", f->n_in + f->n_out);
	put_algorithms(o, NAME_AT(ciphers, sa->cipher),
		       NAME_AT(integs, sa->integ),
		       r ? daemon_number(r, "pfs_group") : 0);
	for (i = 0; i < f->n_in; i++)
		stats_add(&s, &f->in[i]->sa.stats);
	for (i = 0; i < f->n_out; i++)
		stats_add(&s, &f->out[i]->sa.stats);
	add_past(&s, r ? row_get(r, "past") : NULL);
	json_object_object_add(o, "counters", counters_of(&s));
	json_object_array_add(k->all, o);
}

row *flowmib_tunnels(const struct view *v, row *tunnels)
{
	struct known k = { .n = row_len(tunnels) };
	size_t i;

	k.all = json_object_new_array();
	k.v = calloc(k.n + 1, sizeof(*k.v));
	if (!k.v)
		k.n = 0;
	for (i = 0; i < k.n; i++)
		k.v[i] = row_at(tunnels, i);
	if (k.n)
		qsort(k.v, k.n, sizeof(*k.v), by_rule);
	flowmib_each_flow(v, add_tunnel, &k);
	free(k.v);
	return k.all;
}

static bool is_transport(long long encap)
{
	/* RFC 2407 4.5, RFC 3947 5.1 and its drafts. */
	return encap == 2 || encap == 4 || encap == 61444;
}

row *flowmib_ipsec_history(row *history)
{
	static const char *const same[] = { "seconds",	    "kilobytes",
					    "left_seconds", "left_kilobytes",
					    "up",	    "refreshes",
					    "expired",	    "current" };
	row *all = json_object_new_array(), *o, *r;
	size_t i, k;

	for (i = 0; i < row_len(history); i++) {
		struct stats s = { 0 };

		r = row_at(history, i);
		o = json_object_new_object();
		row_text(o, "reason",
			 flowmib_end_reason(daemon_text(r, "reason")));
		row_num(o, "index", daemon_number(r, "number"));
		row_text(o, "vrf", daemon_text(r, "fvrf"));
		row_text(o, "local", daemon_text(r, "local"));
		row_text(o, "remote", daemon_text(r, "remote"));
		row_text(o, "keying", "IKE");
		row_num(o, "mode",
			is_transport(daemon_number(r, "encap")) ? 2 : 1);
		for (k = 0; k < sizeof(same) / sizeof(same[0]); k++)
			row_num(o, same[k], daemon_number(r, same[k]));
		put_algorithms(o, NAME_AT(ike_ciphers, daemon_number(r, "esp")),
			       NAME_AT(ike_integs, daemon_number(r, "integ")),
			       daemon_number(r, "pfs_group"));
		add_past(&s, row_get(r, "past"));
		json_object_object_add(o, "counters", counters_of(&s));
		json_object_array_add(all, o);
	}
	return all;
}

/* --- sums ---------------------------------------------------------------- */

static bool is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

/* Packets dropped for the reasons of a list. */
static uint64_t drops(const struct ns *ns, const char *const *list)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < ns->n_drops; i++)
		if (is_one_of(names_drop(ns->drops[i].reason) ?: "", list))
			sum += ns->drops[i].packets;
	return sum;
}

static void count_flow(const struct view_binding *b, const struct view_flow *f,
		       void *arg)
{
	(void)b;
	(void)f;
	++*(uint64_t *)arg;
}

/*
 * Drops of packets that a tunnel is for: clear text that should have been
 * protected and packets for nobody are none of them.
 */
static const char *const in_drops[] = {
	"in-address",  "in-encap",	  "in-length",	     "in-alignment",
	"in-auth",     "in-crypto",	  "in-padding",	     "in-next-header",
	"in-selector", "in-inner-header", "in-inner-length", "in-ecn",
	"in-expired",  "in-queue-full",	  "in-no-memory",    "in-device-down",
	NULL
};
static const char *const out_drops[] = { "out-no-sa",	     "out-acquire-full",
					 "out-hold-full",    "out-hold-timeout",
					 "out-fragment",     "out-too-big",
					 "out-seq-overflow", "out-expired",
					 "out-no-route",     "out-no-memory",
					 "out-crypto",	     "out-header",
					 "out-loop",	     NULL };
static const char *const replays[] = { "in-seq-zero", "in-replay-old",
				       "in-replay-seen", "in-seq-changed",
				       NULL };
static const char *const in_opened[] = { "in-crypto",	    "in-padding",
					 "in-next-header",  "in-inner-header",
					 "in-inner-length", "in-ecn",
					 "in-selector",	    NULL };
static const char *const in_undone[] = { "in-crypto", "in-padding", NULL };
static const char *const auth[] = { "in-auth", NULL };
static const char *const crypto[] = { "out-crypto", NULL };
static const char *const unknown[] = { "in-unknown-spi", NULL };
static const char *const misuse[] = { "in-next-header", "in-selector", NULL };
static const char *const capacity[] = { "in-no-memory",	 "in-queue-full",
					"out-no-memory", "out-acquire-full",
					"out-hold-full", NULL };

row *flowmib_ipsec_global(const struct view *v, const struct ns *ns,
			  row *isakmp_global)
{
	row *all = json_object_new_array(), *o = json_object_new_object();
	uint64_t opened = ns->in_packets + drops(ns, in_opened);
	uint64_t sealed = ns->out_packets + drops(ns, crypto);
	uint64_t active = 0;

	flowmib_each_flow(v, count_flow, &active);
	row_num(o, "active", active);
	if (isakmp_global)
		row_num(o, "previous",
			daemon_number(row_at(isakmp_global, 0),
				      "previous_tunnels"));
	row_num(o, "in_octets", ns->in_bytes);
	row_num(o, "out_octets", ns->out_wire_bytes);
	row_num(o, "in_packets", ns->in_packets);
	row_num(o, "out_packets", ns->out_packets);
	row_num(o, "in_drops", drops(ns, in_drops));
	row_num(o, "out_drops", drops(ns, out_drops));
	row_num(o, "in_replay_drops", drops(ns, replays));
	row_num(o, "in_auths", opened + drops(ns, auth));
	row_num(o, "out_auths", sealed);
	row_num(o, "in_decrypts", opened);
	row_num(o, "out_encrypts", sealed);
	row_num(o, "in_decrypt_fails", drops(ns, in_undone));
	row_num(o, "out_encrypt_fails", drops(ns, crypto));
	row_num(o, "no_sa_fails", drops(ns, unknown));
	row_num(o, "protocol_use_fails", drops(ns, misuse));
	row_num(o, "capacity_fails", drops(ns, capacity));
	row_num(o, "in_auth_fails", drops(ns, auth));
	json_object_array_add(all, o);
	return all;
}

/* --- text ---------------------------------------------------------------- */

static void print_agreed(struct out *o, row *r)
{
	flowmib_text(o, "Local address", r, "local");
	flowmib_text(o, "Remote address", r, "remote");
	flowmib_text(o, "IPSEC keying", r, "keying");
	flowmib_num(o, "Encapsulation mode", r, "mode");
	flowmib_num(o, "Lifetime (KB)", r, "kilobytes");
	flowmib_num(o, "Lifetime (Sec)", r, "seconds");
	flowmib_span(o, "Active time", daemon_number(r, "up"));
	flowmib_num(o, "Lifetime threshold (KB)", r, "left_kilobytes");
	flowmib_num(o, "Lifetime threshold (Sec)", r, "left_seconds");
	flowmib_num(o, "Total number of refreshes", r, "refreshes");
	flowmib_num(o, "Expired SA instances", r, "expired");
	flowmib_num(o, "Current SA instances", r, "current");
	flowmib_num(o, "In SA DH group", r, "dh_group");
	flowmib_text(o, "In sa encrypt algorithm", r, "cipher");
	flowmib_text(o, "In SA auth algorithm", r, "ah_auth");
	flowmib_text(o, "In SA ESP auth algo", r, "esp_auth");
	flowmib_line(o, "In SA uncompress algorithm", NONE);
	flowmib_num(o, "Out SA DH group", r, "dh_group");
	flowmib_text(o, "Out SA encryption algorithm", r, "cipher");
	flowmib_text(o, "Out SA auth algorithm", r, "ah_auth");
	flowmib_text(o, "Out SA ESP auth algorithm", r, "esp_auth");
	flowmib_line(o, "Out SA uncompress algorithm", NONE);
}

/* There is no compression: octets are the same before and after. */
static void print_counters(struct out *o, row *c)
{
	flowmib_num(o, "In octets", c, "in_octets");
	flowmib_num(o, "Decompressed octets", c, "in_octets");
	flowmib_num(o, "In packets", c, "in_packets");
	flowmib_num(o, "In drops", c, "in_drops");
	flowmib_num(o, "In replay drops", c, "in_replay_drops");
	flowmib_num(o, "In authentications", c, "in_auths");
	flowmib_num(o, "In authentication failures", c, "in_auth_fails");
	flowmib_num(o, "In decrypts", c, "in_decrypts");
	flowmib_num(o, "In decrypt failures", c, "in_decrypt_fails");
	flowmib_num(o, "Out octets", c, "out_octets");
	flowmib_num(o, "Out uncompressed octets", c, "out_octets");
	flowmib_num(o, "Out packets", c, "out_packets");
	flowmib_num(o, "Out drops", c, "out_drops");
	flowmib_num(o, "Out authentications", c, "out_auths");
	flowmib_num(o, "Out authentication failures", c, "out_auth_fails");
	flowmib_num(o, "Out encryptions", c, "out_encrypts");
	flowmib_num(o, "Out encryption failures", c, "out_encrypt_fails");
	flowmib_line(o, "Compressed octets", "0");
	flowmib_line(o, "Decompressed octets", "0");
	flowmib_num(o, "Out uncompressed octets", c, "out_octets");
	out_printf(o, "\n");
}

void flowmib_print_tunnels(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		flowmib_num(o, "Index", row_at(rows, i), "index");
		print_agreed(o, row_at(rows, i));
		print_counters(o, row_get(row_at(rows, i), "counters"));
	}
}

void flowmib_print_ipsec_history(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		flowmib_text(o, "Reason", row_at(rows, i), "reason");
		flowmib_num(o, "Index", row_at(rows, i), "index");
		print_agreed(o, row_at(rows, i));
		print_counters(o, row_get(row_at(rows, i), "counters"));
	}
}

void flowmib_print_ipsec_global(struct out *o, row *rows)
{
	static const char *const lines[][2] = {
		{ "Active Tunnels", "active" },
		{ "Previous Tunnels", "previous" },
		{ "In octets", "in_octets" },
		{ "Out octets", "out_octets" },
		{ "In packets", "in_packets" },
		{ "Out packets", "out_packets" },
		{ "Uncompressed encrypted bytes", "out_octets" },
		{ "In packets drops", "in_drops" },
		{ "Out packets drops", "out_drops" },
		{ "In replay drops", "in_replay_drops" },
		{ "In authentications", "in_auths" },
		{ "Out authentications", "out_auths" },
		{ "In decrypts", "in_decrypts" },
		{ "Out encrypts", "out_encrypts" },
		/* There is no compression. */
		{ "Compressed bytes", "" },
		{ "Uncompressed bytes", "" },
		{ "In uncompressed bytes", "" },
		{ "Out uncompressed bytes", "" },
		{ "In decrypt failures", "in_decrypt_fails" },
		{ "Out encrypt failures", "out_encrypt_fails" },
		{ "No SA failures", "no_sa_fails" },
		{ "Protocol use failures", "protocol_use_fails" },
		{ "System capacity failures", "capacity_fails" },
		{ "In authentication failures", "in_auth_fails" },
		{ "Out authentication failures", "" },
	};

	flowmib_sums(o, row_at(rows, 0), lines,
		     sizeof(lines) / sizeof(lines[0]));
}
