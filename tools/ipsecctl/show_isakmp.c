// SPDX-License-Identifier: GPL-2.0-or-later
/* The views "show crypto isakmp sa ...". */
#include "show_isakmp.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <json-c/json.h>

#include "../lib/fmt.h"
#include "daemon.h"
#include "view.h"

#define NAT_T_PORT 4500
#define CONN_OFFSET 1000 /* engine connections are counted from here */

/* --- rows ---------------------------------------------------------------- */

static bool passes(struct json_object *row, const struct isakmp_filter *f)
{
	struct addr remote;

	if (f->is_standby)
		return false;
	if (f->is_nat && daemon_number(row, "remote_port") != NAT_T_PORT &&
	    daemon_number(row, "local_port") != NAT_T_PORT)
		return false;
	if (f->port && daemon_number(row, "remote_port") != f->port)
		return false;
	if (!view_is_vrf(daemon_text(row, "fvrf"), f->vrf))
		return false;
	return !f->peer || (addr_parse(daemon_text(row, "remote"), &remote) &&
			    addr_eq(&remote, f->peer));
}

static int newest_first(const void *a, const void *b)
{
	struct json_object *const *x = a, *const *y = b;
	long long i = daemon_number(*x, "conn"), j = daemon_number(*y, "conn");

	return i > j ? -1 : i < j;
}

struct json_object *show_isakmp_select(struct json_object *rows,
				       const struct isakmp_filter *f)
{
	struct json_object *all = json_object_new_array(), *row;
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++) {
		row = json_object_array_get_idx(rows, i);
		if (passes(row, f))
			json_object_array_add(all, json_object_get(row));
	}
	json_object_array_sort(all, newest_first);
	return all;
}

static bool is_of(struct json_object *row, uint8_t family)
{
	struct addr remote;

	return addr_parse(daemon_text(row, "remote"), &remote) &&
	       remote.family == family;
}

/* "10.0.0.1", and with the port when the view is about ports. */
static const char *end_of(struct json_object *row, bool local, bool with_port,
			  char buf[ADDR_STR + 8])
{
	const char *text = daemon_text(row, local ? "local" : "remote");
	struct addr a;

	if (!addr_parse(text, &a))
		return "";
	addr_fmt_ios(&a, buf);
	if (with_port)
		snprintf(buf + strlen(buf), 8, ":%lld",
			 daemon_number(row,
				       local ? "local_port" : "remote_port"));
	return buf;
}

/* --- the list ------------------------------------------------------------ */

static void print_row(struct out *o, struct json_object *row, bool is_nat)
{
	char dst[ADDR_STR + 8], src[ADDR_STR + 8];
	bool started = daemon_flag(row, "initiator");

	/* The responder is the destination, whoever that is. */
	out_printf(o, "%-15s %-15s %-15s %6lld %4d %s%s\n",
		   end_of(row, !started, is_nat, dst),
		   end_of(row, started, is_nat, src), daemon_text(row, "state"),
		   daemon_number(row, "conn"), 0, "ACTIVE",
		   daemon_flag(row, "deleted") ? " (deleted)" : "");
}

void show_isakmp_print(struct out *o, struct json_object *rows, bool is_nat)
{
	size_t i, n = json_object_array_length(rows);

	out_printf(o, "IPv4 Crypto ISAKMP SA\n");
	out_printf(o, "%-15s %-15s %-15s %s %s %s\n", "dst", "src", "state",
		   "conn-id", "slot", "status");
	for (i = 0; i < n; i++)
		if (is_of(json_object_array_get_idx(rows, i), AF_INET))
			print_row(o, json_object_array_get_idx(rows, i),
				  is_nat);
	out_printf(o, "\nIPv6 Crypto ISAKMP SA\n");
	for (i = 0; i < n; i++)
		if (is_of(json_object_array_get_idx(rows, i), AF_INET6))
			print_row(o, json_object_array_get_idx(rows, i),
				  is_nat);
	out_printf(o, "\n");
}

/* --- in detail ----------------------------------------------------------- */

/* RFC 2409, appendix A, in the words of the view. */
static const char *encr_of(long long v)
{
	return v == 1 ? "des" : v == 5 ? "3des" : v == 7 ? "aes" : "";
}

static const char *hash_of(long long v)
{
	static const char *const name[] = { "",	      "md5",	"sha",	 "",
					    "sha256", "sha384", "sha512" };

	return v >= 0 && v < 7 ? name[v] : "";
}

static const char *auth_of(long long v)
{
	return v == 1 ? "psk" : v == 3 ? "rsig" : "";
}

static void print_detail(struct out *o, struct json_object *row)
{
	char local[ADDR_STR + 8], remote[ADDR_STR + 8], left[32] = "0";
	bool is_up = !strcmp(daemon_text(row, "state"), "QM_IDLE");
	bool is_deleted = daemon_flag(row, "deleted");
	long long s = daemon_number(row, "left");
	char group[16] = "";

	if (daemon_number(row, "group"))
		snprintf(group, sizeof(group), "%lld",
			 daemon_number(row, "group"));
	if (is_up && !is_deleted)
		snprintf(left, sizeof(left), "%02lld:%02lld:%02lld", s / 3600,
			 s / 60 % 60, s % 60);
	out_printf(o, "%-5lld %-15s %-15s %-6s %-6s %-4s %-6s %-4s ",
		   daemon_number(row, "conn"), end_of(row, true, false, local),
		   end_of(row, false, false, remote), daemon_text(row, "ivrf"),
		   is_up && !is_deleted ? "ACTIVE" : "",
		   encr_of(daemon_number(row, "encr")),
		   hash_of(daemon_number(row, "hash")),
		   auth_of(daemon_number(row, "auth")));
	out_printf(o, "%-2s %-8s %s%s\n", group, left,
		   daemon_flag(row, "dpd") ? "D" : "",
		   daemon_flag(row, "local_nat") ||
				   daemon_flag(row, "remote_nat") ?
			   "N" :
			   "");
	if (is_up)
		out_printf(o, "       Engine-id:Conn-id =  SW:%lld\n\n",
			   daemon_number(row, "conn") - CONN_OFFSET);
	else
		out_printf(o, "       Engine-id:Conn-id =  ????\n\n");
}

void show_isakmp_print_detail(struct out *o, struct json_object *rows)
{
	size_t i, n = json_object_array_length(rows);

	out_printf(
		o,
		"Codes: C - IKE configuration mode, D - Dead Peer Detection\n"
		"       K - Keepalives, N - NAT-traversal\n"
		"       T - cTCP encapsulation, X - IKE Extended Authentication\n"
		"       psk - Preshared key, rsig - RSA signature\n"
		"       renc - RSA encryption\n"
		"IPv4 Crypto ISAKMP SA\n\n"
		"C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.\n\n");
	for (i = 0; i < n; i++)
		if (is_of(json_object_array_get_idx(rows, i), AF_INET))
			print_detail(o, json_object_array_get_idx(rows, i));
	out_printf(o, "IPv6 Crypto ISAKMP SA\n\n");
	for (i = 0; i < n; i++)
		if (is_of(json_object_array_get_idx(rows, i), AF_INET6))
			print_detail(o, json_object_array_get_idx(rows, i));
}

/* --- numbers ------------------------------------------------------------- */

enum { ACTIVE, NEGOTIATING, DEAD, KINDS };

static void count(struct json_object *rows, unsigned int n[KINDS])
{
	size_t i;

	memset(n, 0, KINDS * sizeof(*n));
	for (i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (daemon_flag(row, "deleted"))
			n[DEAD]++;
		else if (!strcmp(daemon_text(row, "state"), "QM_IDLE"))
			n[ACTIVE]++;
		else
			n[NEGOTIATING]++;
	}
}

void show_isakmp_print_count(struct out *o, struct json_object *rows)
{
	unsigned int n[KINDS];

	count(rows, n);
	out_printf(o,
		   "Active ISAKMP SA's: %u\n"
		   "Standby ISAKMP SA's: 0\n"
		   "Currently being negotiated ISAKMP SA's: %u\n"
		   "Dead ISAKMP SA's: %u\n",
		   n[ACTIVE], n[NEGOTIATING], n[DEAD]);
}

struct json_object *show_isakmp_json_count(struct json_object *rows)
{
	struct json_object *o = json_object_new_object();
	unsigned int n[KINDS];

	count(rows, n);
	json_object_object_add(o, "active", json_object_new_int(n[ACTIVE]));
	json_object_object_add(o, "standby", json_object_new_int(0));
	json_object_object_add(o, "negotiating",
			       json_object_new_int(n[NEGOTIATING]));
	json_object_object_add(o, "dead", json_object_new_int(n[DEAD]));
	return o;
}
