// SPDX-License-Identifier: GPL-2.0-or-later
/* The view "show crypto engine accelerator statistic". */
#include <inttypes.h>
#include <string.h>

#include "../lib/cfg_cmd.h"
#include "../lib/json.h"
#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"
#include "show_system.h"

/* What went wrong, as the view has it, from the module's reasons. */
static const struct {
	const char *key, *name;
	const char *reason[6];
	bool is_inside; /* the engine had got the packet */
} errors[] = {
	{ "pad_errors", "Pad Error", { "in_padding" }, true },
	{ "data_errors", "Data Error", { "in_crypto", "out_crypto" }, true },
	{ "packet_errors",
	  "Packet Error",
	  { "in_next_header", "in_inner_header", "in_inner_length", "in_ecn" },
	  true },
	{ "no_sa", "No SA", { "in_unknown_spi", "out_no_sa" }, false },
	{ "replay_errors",
	  "Replay errors",
	  { "in_replay_old", "in_replay_seen", "in_seq_zero" },
	  false },
	{ "authentication_errors",
	  "Authentication errors",
	  { "in_auth" },
	  true },
	{ "policy_errors", "Policy errors", { "in_selector" }, true },
	{ "no_buffer",
	  "No buffer",
	  { "in_no_memory", "out_no_memory", "in_queue_full" },
	  false },
};

#define ERRORS (sizeof(errors) / sizeof(errors[0]))

static uint64_t since(uint64_t now, uint64_t then)
{
	return now > then ? now - then : 0;
}

static uint64_t counted(row *now, row *base, const char *key)
{
	return since(daemon_number(now, key), daemon_number(base, key));
}

static uint64_t dropped(row *now, row *base, const char *reason)
{
	row *n = row_get(now, "drops"), *b = row_get(base, "drops");

	return counted(n, b, reason);
}

static uint64_t error_sum(row *now, row *base, size_t i)
{
	uint64_t sum = 0;
	size_t k;

	for (k = 0; k < 6 && errors[i].reason[k]; k++)
		sum += dropped(now, base, errors[i].reason[k]);
	return sum;
}

static uint64_t all_drops(row *now, row *base)
{
	row *drops = row_get(now, "drops");
	uint64_t sum = 0;

	if (!drops)
		return 0;
	json_object_object_foreach(drops, reason, n) {
		(void)n;
		sum += dropped(now, base, reason);
	}
	return sum;
}

/* Packets and octets into the engine and out of it. */
static void add_flow(row *o, row *now, row *base)
{
	uint64_t done = counted(now, base, "in_packets") +
			counted(now, base, "out_packets");
	uint64_t lost = 0;
	size_t i;

	for (i = 0; i < ERRORS; i++)
		if (errors[i].is_inside)
			lost += error_sum(now, base, i);
	row_num(o, "packets_in", done + lost);
	row_num(o, "packets_out", done);
	row_num(o, "bytes_in",
		counted(now, base, "in_wire_bytes") +
			counted(now, base, "out_bytes"));
	row_num(o, "bytes_out",
		counted(now, base, "in_bytes") +
			counted(now, base, "out_wire_bytes"));
}

row *accel_row(row *now, row *load)
{
	row *o = json_object_new_object();
	row *base = row_get(load, "base"), *lately = row_get(load, "lately");
	row *list = json_object_new_object(), *l;
	size_t i;

	row_text(o, "device", "Software Crypto Engine");
	row_num(o, "slot", 0);
	if (base)
		row_num(o, "cleared_seconds",
			daemon_number(load, "base_seconds"));
	add_flow(o, now, base);
	row_num(o, "packets_decrypted", counted(now, base, "in_packets"));
	row_num(o, "packets_encrypted", counted(now, base, "out_packets"));
	row_num(o, "bytes_before_decrypt", counted(now, base, "in_wire_bytes"));
	row_num(o, "bytes_decrypted", counted(now, base, "in_bytes"));
	row_num(o, "bytes_encrypted", counted(now, base, "out_bytes"));
	row_num(o, "bytes_after_encrypt", counted(now, base, "out_wire_bytes"));
	row_num(list, "drops", all_drops(now, base));
	for (i = 0; i < ERRORS; i++)
		row_num(list, errors[i].key, error_sum(now, base, i));
	json_object_object_add(o, "errors", list);
	if (!lately)
		return o;
	l = json_object_new_object();
	row_num(l, "seconds", daemon_number(load, "lately_seconds"));
	add_flow(l, now, lately);
	json_object_object_add(o, "lately", l);
	return o;
}

static void two(struct out *o, uint64_t a, const char *in, uint64_t b,
		const char *out)
{
	out_printf(o, "%21" PRIu64 " %-20s%13" PRIu64 " %s\n", a, in, b, out);
}

/* @times of a member in each of the seconds. */
static uint64_t rate(row *r, const char *key, uint64_t times, uint64_t seconds)
{
	return seconds ? daemon_number(r, key) * times / seconds : 0;
}

static void print_rates(struct out *o, row *r, uint64_t seconds, bool is_kbits)
{
	uint64_t bits_in = rate(r, "bytes_in", 8, seconds);
	uint64_t bits_out = rate(r, "bytes_out", 8, seconds);

	two(o, rate(r, "packets_in", 1, seconds), "paks/sec in",
	    rate(r, "packets_out", 1, seconds), "paks/sec out");
	if (is_kbits)
		two(o, bits_in / 1000, "Kbits/sec in", bits_out / 1000,
		    "Kbits/sec out");
	else
		two(o, bits_in, "bits/sec in", bits_out, "bits/sec out");
}

static void print_sums(struct out *o, row *r)
{
	two(o, daemon_number(r, "packets_in"), "packets in",
	    daemon_number(r, "packets_out"), "packets out");
	two(o, daemon_number(r, "bytes_in"), "bytes in",
	    daemon_number(r, "bytes_out"), "bytes out");
	if (daemon_number(r, "cleared_seconds"))
		print_rates(o, r, daemon_number(r, "cleared_seconds"), true);
	two(o, daemon_number(r, "packets_decrypted"), "packets decrypted",
	    daemon_number(r, "packets_encrypted"), "packets encrypted");
	two(o, daemon_number(r, "bytes_before_decrypt"), "bytes before decrypt",
	    daemon_number(r, "bytes_encrypted"), "bytes encrypted");
	two(o, daemon_number(r, "bytes_decrypted"), "bytes decrypted",
	    daemon_number(r, "bytes_after_encrypt"), "bytes after encrypt");
	two(o, 0, "packets decompressed", 0, "packets compressed");
}

void accel_print(struct out *o, row *r)
{
	row *lately = row_get(r, "lately"), *list = row_get(r, "errors");
	size_t i;

	out_printf(o, "Device:   Software Crypto Engine\n"
		      "Location: Onboard: 0\n"
		      "        :Statistics for encryption device since the ");
	if (row_has(r, "cleared_seconds"))
		out_printf(
			o,
			"last clear\n         of counters %lld seconds ago\n",
			daemon_number(r, "cleared_seconds"));
	else
		out_printf(o, "module was loaded\n");
	print_sums(o, r);
	if (lately) {
		out_printf(o, "        Last 5 minutes:\n");
		two(o, daemon_number(lately, "packets_in"), "packets in",
		    daemon_number(lately, "packets_out"), "packets out");
		print_rates(o, lately, daemon_number(lately, "seconds"), false);
	}
	out_printf(o, "\n        Errors:\n        %-28s = %lld\n",
		   "Total Number of Packet Drops",
		   daemon_number(list, "drops"));
	for (i = 0; i < ERRORS; i++)
		out_printf(o, "        %-28s = %lld\n", errors[i].name,
			   daemon_number(list, errors[i].key));
}

/* The daemon's row, NULL without one. */
static int ask_load(row **rows)
{
	*rows = NULL;
	if (daemon_runs())
		return daemon_call(daemon_request("load"), rows);
	log_warn("ikehelper does not run: nobody knows what was cleared, or "
		 "the last minutes");
	return DONE;
}

int do_show_accel(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl *g = ctl_gnl(c);
	row *rows, *now, *r;
	static struct ns ns;

	if (!g)
		return FAILED;
	if (gnl_stats_get(g, &ns))
		return ctl_refused(c, "show");
	if (ask_load(&rows) != DONE)
		return FAILED;
	now = json_ns(&ns);
	r = accel_row(now, row_at(rows, 0));
	json_object_put(now);
	json_object_put(rows);
	if (cfg_num(m, "SLOT", 0))
		log_warn("there is no crypto engine in this slot");
	else if (out_is_json(c->out))
		out_json(c->out, json_object_get(r));
	else
		accel_print(c->out, r);
	json_object_put(r);
	return DONE;
}

int do_clear_accel(void *ctx, const struct cmd_match *m)
{
	(void)ctx;
	(void)m;
	return daemon_call(daemon_request("clear-load"), NULL);
}
