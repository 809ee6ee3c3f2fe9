// SPDX-License-Identifier: GPL-2.0-or-later
/* The view "show crypto ipsec sa" and its variants. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/names.h"
#include "../lib/sel.h"
#include "view.h"

#define DEFAULT_WINDOW 64
#define SIBLING_TUNNEL 0x80000040u
#define SIBLING_TRANSPORT 0x80000000u
#define FIRST_ID 2000
#define ESP_HEADER 8
#define ESP_TRAILER 2
#define AH_HEADER 12

static const char *const status_text[] = {
	[ROLE_CURRENT] = "ACTIVE",
	[ROLE_REPLACED] = "ACTIVE(deleted)",
	[ROLE_NEXT] = "STANDBY",
};

/* --- one SA ------------------------------------------------------------ */

static void print_settings(struct out *o, const struct sa *sa)
{
	out_printf(o, "        in use settings ={%s%s, %s}\n",
		   sa->mode == MODE_TRANSPORT ? "Transport" : "Tunnel",
		   sa->encap_local ? " UDP-Encaps" : "",
		   sa->flags & SA_FLAG_ESN ? "esn" : "");
}

/* What is left of a limit. */
static uint64_t left(uint64_t limit, uint64_t used)
{
	return limit > used ? limit - used : 0;
}

static void print_timing(struct out *o, const struct view_sa *s)
{
	const struct sa *sa = &s->sa;
	uint64_t kb = left(sa->hard.bytes / 1024, s->used / 1024);
	uint64_t sec = left(sa->hard.seconds, s->age);

	if (!sa->hard.bytes && !sa->hard.seconds) {
		out_printf(o, "        no sa timing\n");
		return;
	}
	if (sa->hard.bytes) {
		out_printf(
			o,
			"        sa timing: remaining key lifetime (k/sec): (%" PRIu64
			"/%" PRIu64 ")\n",
			kb, sec);
		return;
	}
	out_printf(o,
		   "        sa timing: remaining key lifetime (sec): %" PRIu64
		   "\n        Kilobyte Volume Rekey has been disabled\n",
		   sec);
}

static void print_ids(struct out *o, const struct view_sa *s, bool is_detail)
{
	const struct sa *sa = &s->sa;
	const char *map = s->policy ? s->policy->map : "(none)";
	uint32_t flow = sa->id - FIRST_ID + 1;

	if (is_detail)
		out_printf(
			o,
			"        conn id: %u, flow_id: SW:%u, sibling_flags %X, crypto map: %s\n",
			sa->id, flow,
			sa->mode == MODE_TRANSPORT ? SIBLING_TRANSPORT :
						     SIBLING_TUNNEL,
			map);
	else
		out_printf(
			o,
			"        slot: 0, conn id: %u, flow_id: %u, crypto map: %s\n",
			sa->id, flow, map);
}

void show_ipsec_sa_print_one(struct out *o, const struct view_sa *s,
			     bool is_detail)
{
	const struct sa *sa = &s->sa;
	char buf[96];

	out_printf(o, "      spi: 0x%X(%u)\n", sa->spi, sa->spi);
	names_transform(sa->cipher, sa->integ, sa->key_bits, buf, sizeof(buf));
	out_printf(o, "        transform: %s ,\n", buf);
	if (is_detail && sa->flags & SA_FLAG_WEAK)
		out_printf(o,
			   "        Note: %s is no longer considered secure\n",
			   buf);
	print_settings(o, sa);
	print_ids(o, s, is_detail);
	print_timing(o, s);
	out_printf(o, "        IV size: %u bytes\n", names_iv_len(sa->cipher));
	out_printf(o, "        replay detection support: %s",
		   s->has_replay ? "Y" : "N");
	if (is_detail && s->has_replay && s->window != DEFAULT_WINDOW)
		out_printf(o, "  replay window size: %u", s->window);
	out_printf(o, "\n");
}

static void print_list(struct out *o, uint8_t dir, uint8_t proto,
		       const struct view_flow *f, bool is_detail)
{
	struct view_sa *const *list = dir == DIR_IN ? f->in : f->out;
	uint32_t n = dir == DIR_IN ? f->n_in : f->n_out;
	uint32_t i;

	out_printf(o, "     %sbound %s sas:\n", names_str(names_dir, dir),
		   names_str(names_sa_proto, proto));
	for (i = 0; i < n; i++) {
		const char *text = status_text[list[i]->role];

		if ((list[i]->sa.proto == PROTO_AH) != (proto == PROTO_AH))
			continue;
		show_ipsec_sa_print_one(o, list[i], is_detail);
		if (is_detail && list[i]->role == ROLE_CURRENT)
			text = "ACTIVE(ACTIVE)";
		if (is_detail || f->has_pairs)
			out_printf(o, "        Status: %s\n", text);
	}
	out_printf(o, "\n");
}

static void print_lists(struct out *o, const struct view_flow *f,
			bool is_detail)
{
	print_list(o, DIR_IN, PROTO_ESP, f, is_detail);
	print_list(o, DIR_IN, PROTO_AH, f, is_detail);
	out_printf(o, "     inbound pcp sas:\n\n");
	print_list(o, DIR_OUT, PROTO_ESP, f, is_detail);
	print_list(o, DIR_OUT, PROTO_AH, f, is_detail);
	out_printf(o, "     outbound pcp sas:\n\n");
}

/* --- one flow ---------------------------------------------------------- */

static void print_ident(struct out *o, const struct view_flow *f)
{
	char buf[SEL_STR];

	out_printf(o, "   local  ident (addr/mask/prot/port): (%s)\n",
		   sel_fmt_ident(&f->policy->sel, false, buf));
	out_printf(o, "   remote ident (addr/mask/prot/port): (%s)\n",
		   sel_fmt_ident(&f->policy->sel, true, buf));
}

static void print_flags(struct out *o, const struct view_flow *f)
{
	const struct sa *sa = view_current_sa(f);
	bool is_transport = sa && sa->mode == MODE_TRANSPORT;

	out_printf(o, "     %s, flags={origin_is_acl,%s}\n",
		   f->policy->action == ACTION_PROTECT ? "PERMIT" : "DENY",
		   is_transport ? "transport_parent,parent_is_transport," : "");
}

static void print_good(struct out *o, const struct view_flow *f,
		       const char *colon)
{
	const struct stats *st = &f->policy->stats;
	const struct sa *sa = view_current_sa(f);
	bool is_null = sa &&
		       (sa->proto == PROTO_AH || names_is_null(sa->cipher));
	bool is_open = sa && !sa->integ && !names_is_aead(sa->cipher);

	out_printf(o,
		   "    #pkts encaps: %" PRIu64 ", #pkts encrypt: %" PRIu64
		   ", #pkts digest%s %" PRIu64 "\n",
		   st->out_packets, is_null ? 0 : st->out_packets, colon,
		   is_open ? 0 : st->out_packets);
	out_printf(o,
		   "    #pkts decaps: %" PRIu64 ", #pkts decrypt: %" PRIu64
		   ", #pkts verify%s %" PRIu64 "\n",
		   st->in_packets, is_null ? 0 : st->in_packets, colon,
		   is_open ? 0 : st->in_packets);
	out_printf(o, "    #pkts compressed: 0, #pkts decompressed: 0\n");
}

static void print_counters(struct out *o, const struct view_flow *f)
{
	const struct stats *st = &f->policy->stats;

	print_good(o, f, "");
	out_printf(
		o,
		"    #pkts not compressed: 0, #pkts compr. failed: 0, #pkts decompress failed: 0\n");
	out_printf(o,
		   "    #send errors %" PRIu64 ", #recv errors %" PRIu64 "\n\n",
		   st->send_errors, st->recv_errors);
}

static void print_causes(struct out *o, const struct view_flow *f)
{
	const struct stats *s = &f->policy->stats;

	print_good(o, f, ":");
	out_printf(
		o,
		"    #pkts not compressed: 0, #pkts compr. failed: 0\n"
		"    #pkts not decompressed: 0, #pkts decompress failed: 0\n");
	out_printf(o,
		   "    #pkts no sa (send) %" PRIu64
		   ", #pkts invalid sa (rcv) %" PRIu64 "\n",
		   s->err_no_sa, s->err_invalid_sa);
	out_printf(o,
		   "    #pkts encaps failed (send) %" PRIu64
		   ", #pkts decaps failed (rcv) %" PRIu64 "\n",
		   s->err_send + s->err_encrypt, s->err_decaps);
	out_printf(o,
		   "    #pkts invalid prot (recv) %" PRIu64
		   ", #pkts verify failed: %" PRIu64 "\n",
		   s->err_proto, s->err_auth);
	out_printf(o,
		   "    #pkts invalid identity (recv) %" PRIu64
		   ", #pkts invalid len (rcv) %" PRIu64 "\n",
		   s->err_identity, s->err_length);
	out_printf(o,
		   "    #pkts replay rollover (send): %" PRIu64
		   ", #pkts replay rollover (rcv) 0\n",
		   s->err_seq);
	out_printf(o, "    ##pkts replay failed (rcv): %" PRIu64 "\n",
		   s->err_replay);
	out_printf(
		o,
		"    #pkts tagged (send): 0, #pkts untagged (rcv): 0\n"
		"    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0\n");
	out_printf(o,
		   "    #pkts internal err (send): %" PRIu64
		   ", #pkts internal err (recv) %" PRIu64 "\n\n",
		   s->err_send_internal, s->err_recv_internal);
}

static void print_plain_flow(struct out *o, const struct view_binding *b,
			     const struct view_flow *f)
{
	const struct sa *sa = view_current_sa(f);
	struct addr local, remote;
	char ls[ADDR_STR], rs[ADDR_STR];

	view_flow_ends(b, f, &local, &remote);
	addr_fmt_ios(&local, ls);
	addr_fmt_ios(&remote, rs);
	print_ident(o, f);
	out_printf(o, "   current_peer: %s\n", rs);
	print_flags(o, f);
	print_counters(o, f);
	out_printf(o,
		   "     local crypto endpt.: %s, remote crypto endpt.: %s\n",
		   ls, rs);
	out_printf(o, "     path mtu %u, media mtu %u\n",
		   sa && sa->path_mtu ? sa->path_mtu : b->map.mtu, b->map.mtu);
	out_printf(o, "     current outbound spi: %X\n\n", f->policy->out_spi);
}

/* RFC 4302, 2.6: whole words, over IPv6 whole double words. */
static uint32_t ah_plain_mtu(const struct sa *sa, uint32_t mtu)
{
	bool is_ip6 = sa->local.family == AF_INET6;
	uint32_t unit = is_ip6 ? 8 : 4;
	uint32_t ip = is_ip6 ? 40 : 20;
	uint32_t over = (AH_HEADER + sa->icv_len + unit - 1) / unit * unit;

	if (sa->mode != MODE_TRANSPORT)
		over += ip;
	return mtu > over ? mtu - over : 0;
}

/* Longest inner packet; the module knows it only once it had a route. */
static uint32_t plain_mtu(const struct sa *sa, uint32_t mtu)
{
	bool is_tunnel = sa->mode != MODE_TRANSPORT;
	uint32_t ip = sa->local.family == AF_INET6 ? 40 : 20;
	uint32_t block = names_block_len(sa->cipher);
	uint32_t over = ip + (sa->encap_local ? 8 : 0) + ESP_HEADER +
			names_iv_len(sa->cipher) + sa->icv_len;

	if (sa->plain_mtu)
		return sa->plain_mtu;
	if (sa->proto == PROTO_AH)
		return ah_plain_mtu(sa, mtu);
	if (mtu <= over + block)
		return 0;
	return (mtu - over) / block * block - ESP_TRAILER +
	       (is_tunnel ? 0 : ip);
}

static void print_detail_ends(struct out *o, const struct view_binding *b,
			      const struct sa *sa, const struct addr *local,
			      const struct addr *remote)
{
	bool is_ip6 = local->family == AF_INET6;
	const char *ip = is_ip6 ? "ipv6" : "ip";
	char ls[ADDR_STR], rs[ADDR_STR];
	uint32_t mtu = sa && sa->path_mtu ? sa->path_mtu : b->map.mtu;

	out_printf(o, "     local crypto endpt.: %s,%s",
		   addr_fmt_ios(local, ls), is_ip6 ? "\n     " : " ");
	out_printf(o, "remote crypto endpt.: %s\n", addr_fmt_ios(remote, rs));
	out_printf(
		o,
		"     plaintext mtu %u, path mtu %u, %s mtu %u, %s mtu idb %s\n",
		sa ? plain_mtu(sa, mtu) : mtu, mtu, ip, b->map.mtu, ip,
		b->ifname);
}

static void print_detail_flow(struct out *o, const struct view_binding *b,
			      const struct view_flow *f)
{
	const struct sa *sa = view_current_sa(f);
	struct addr local, remote;
	char rs[ADDR_STR], name[IF_NAMESIZE];
	const char *vrf = view_ivrf(b, f, name);

	view_flow_ends(b, f, &local, &remote);
	out_printf(o, "   protected vrf: %s\n", *vrf ? vrf : "(none)");
	print_ident(o, f);
	out_printf(o, "   current_peer %s port %u\n", addr_fmt_ios(&remote, rs),
		   sa && sa->encap_remote ? sa->encap_remote : 500);
	print_flags(o, f);
	print_causes(o, f);
	print_detail_ends(o, b, sa, &local, &remote);
	out_printf(o, "     current outbound spi: 0x%X(%u)\n",
		   f->policy->out_spi, f->policy->out_spi);
	out_printf(o, "     PFS (Y/N): N, DH group: none\n\n");
}

/* --- the view ---------------------------------------------------------- */

bool view_wants_flow(const struct view_binding *b, const struct view_flow *f,
		     const struct view_filter *filter)
{
	const struct sa *sa = view_current_sa(f);
	struct addr local, remote;
	char name[IF_NAMESIZE];

	if (filter->is_none || !view_is_vrf(b->fvrf, filter->fvrf) ||
	    !view_is_vrf(view_ivrf(b, f, name), filter->vrf) ||
	    (filter->peer && !view_has_peer(f, filter->peer)))
		return false;
	if (filter->port &&
	    (sa && sa->encap_remote ? sa->encap_remote : 500u) != filter->port)
		return false;
	view_flow_ends(b, f, &local, &remote);
	return !filter->is_ip6 || remote.family == AF_INET6;
}

bool view_wants_binding(const struct view_binding *b,
			const struct view_filter *f)
{
	bool is_some = f->peer || f->port || f->is_ip6 || f->is_none ||
		       f->vrf || f->fvrf;
	uint32_t i;

	if (f->map && strcmp(f->map, b->map.name))
		return false;
	if (f->ifname && strcmp(f->ifname, b->ifname))
		return false;
	for (i = 0; is_some && i < b->n; i++)
		if (view_wants_flow(b, &b->flow[i], f))
			return true;
	return !is_some;
}

static void print_head(struct out *o, const struct view_binding *b,
		       bool is_detail)
{
	static const struct addr zero = { .family = AF_INET };
	const struct addr *a = b->map.local4.family ? &b->map.local4 :
			       b->map.local6.family ? &b->map.local6 :
						      &zero;
	char buf[ADDR_STR];

	out_printf(o, "\ninterface: %s\n", b->ifname);
	out_printf(o, "    Crypto map tag: %s, local addr%s %s\n\n",
		   b->map.name, is_detail ? "" : ".", addr_fmt_ios(a, buf));
}

void show_ipsec_sa_print(struct out *o, const struct view *v,
			 const struct view_filter *f)
{
	uint32_t i, k, n = 0;

	for (i = 0; i < v->n_bindings; i++) {
		const struct view_binding *b = &v->binding[i];

		if (!view_wants_binding(b, f))
			continue;
		print_head(o, b, f->is_detail);
		for (k = 0; k < b->n; k++) {
			if (!view_wants_flow(b, &b->flow[k], f))
				continue;
			if (f->is_detail)
				print_detail_flow(o, b, &b->flow[k]);
			else
				print_plain_flow(o, b, &b->flow[k]);
			if (!f->is_identity)
				print_lists(o, &b->flow[k], f->is_detail);
		}
		n++;
	}
	if (!n && (f->map || f->ifname || f->peer || f->is_ip6 || f->is_none ||
		   f->vrf))
		out_printf(o, "No SAs found\n");
}

/* --- by address -------------------------------------------------------- */

static const struct addr *outer_dst(const struct sa *sa)
{
	return sa->dir == DIR_OUT ? &sa->remote : &sa->local;
}

static int by_dst(const void *a, const void *b)
{
	const struct view_sa *x = *(const struct view_sa *const *)a;
	const struct view_sa *y = *(const struct view_sa *const *)b;
	int c = addr_cmp(outer_dst(&x->sa), outer_dst(&y->sa));

	if (!c && x->sa.fvrf != y->sa.fvrf)
		return x->sa.fvrf < y->sa.fvrf ? -1 : 1;
	if (!c)
		c = x->sa.proto - y->sa.proto;
	return c ? c : x->sa.id < y->sa.id ? -1 : x->sa.id > y->sa.id;
}

void show_ipsec_sa_print_address(struct out *o, const struct view *v,
				 const struct addr *dst, bool is_detail)
{
	const struct view_sa **list = calloc(v->n_sas + 1, sizeof(*list));
	const struct sa *last = NULL;
	char buf[ADDR_STR], name[IF_NAMESIZE];
	uint32_t i, n = 0;

	for (i = 0; list && i < v->n_sas; i++)
		if (v->sa[i].sa.state != STATE_LARVAL &&
		    (!dst || addr_eq(outer_dst(&v->sa[i].sa), dst)))
			list[n++] = &v->sa[i];
	if (n)
		qsort(list, n, sizeof(*list), by_dst);
	for (i = 0; i < n; i++) {
		const struct sa *sa = &list[i]->sa;
		const char *vrf = view_sa_vrf(sa, true, name);
		bool is_new = !last || last->fvrf != sa->fvrf ||
			      !addr_eq(outer_dst(sa), outer_dst(last));

		if (is_new)
			out_printf(o, "\nfvrf/address: %s/%s\n",
				   *vrf ? vrf : "(none)",
				   addr_fmt_ios(outer_dst(sa), buf));
		if (is_new || sa->proto != last->proto)
			out_printf(o, "   protocol: %s\n",
				   sa->proto == PROTO_AH ? "AH" : "ESP");
		last = sa;
		show_ipsec_sa_print_one(o, list[i], is_detail);
	}
	if (!n && dst)
		out_printf(o, "No SAs found\n");
	free(list);
}

/* --- count ------------------------------------------------------------- */

void show_ipsec_sa_count(const struct view *v, const char *vrf,
			 struct view_count *n)
{
	char name[IF_NAMESIZE];
	uint32_t i;

	memset(n, 0, sizeof(*n));
	for (i = 0; i < v->n_sas; i++) {
		const struct sa *sa = &v->sa[i].sa;

		if (sa->state == STATE_LARVAL ||
		    !view_is_vrf(view_sa_vrf(sa, false, name), vrf))
			continue;
		n->total++;
		if (sa->state == STATE_EXPIRED)
			n->invalid++;
		else if (v->sa[i].role == ROLE_REPLACED)
			n->rekeying++;
		else if (sa->idle && !HAS(sa, SA_UNUSED) && sa->age > sa->idle)
			n->unused++;
		else
			n->active++;
	}
}

void show_ipsec_sa_print_count(struct out *o, const struct view_count *n)
{
	out_printf(
		o,
		"IPsec SA total: %u, active: %u, rekeying: %u, unused: %u, invalid: %u\n",
		n->total, n->active, n->rekeying, n->unused, n->invalid);
}
